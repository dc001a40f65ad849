"""Write the stub of a generated module: what type checkers and editors read.

A stub is made of blocks, one for each name, so that a hand-written stub can put others in their
place; see `partial`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ANY, ARRAY_PROTOCOL
from ffiwheel.bind.handles import name_handles
from ffiwheel.bind.overloads import plan_overloads
from ffiwheel.bind.place import render_import_groups
from ffiwheel.bind.stub_class import render_stub_class
from ffiwheel.bind.support import RESERVED
from ffiwheel.bind.text import (
    INDENT,
    MARK,
    Definition,
    join_blocks,
    join_definitions,
    render_definition,
    render_docstring,
    render_names,
)
from ffiwheel.bind.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.bind.bindings import Bindings, BoundFunction, BoundModule
    from ffiwheel.bind.overloads import Narrower
    from ffiwheel.bind.place import Place
    from ffiwheel.bind.stub_class import StubClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A stub in pieces."""

    doc: list[str]
    imports: list[str]
    names: list[str]
    protocol: list[str]
    """The class that stands for arrays, where this module defines it."""
    functions: Mapping[str, list[str]]
    """Name -> lines."""
    classes: Mapping[str, StubClass]
    rest: list[str]

    def render(self) -> str:
        """Return the whole text."""
        blocks = [
            [MARK, *self.doc],
            self.imports,
            self.names,
            self.protocol,
            join_definitions(self.functions.values()),
            *(one.render() for one in self.classes.values()),
            self.rest,
        ]
        return "\n".join(join_blocks(blocks, 1)) + "\n"


def plan_stub(
    bindings: Bindings, module: BoundModule, place: Place, doc: str, *, is_bare: bool
) -> Stub:
    """Return the stub of a module.

    Args:
        bindings: everything that is generated.
        module: the module to describe.
        place: where it lies.
        doc: what the module is for.
        is_bare: whether functions are TVM-FFI's own function objects.
    """
    members = {name for one in module.classes for name in one.names}
    hidden = {*module.names, *name_handles(module).values(), *RESERVED}
    vocabulary = Vocabulary(place.name, hidden, members)
    functions = {
        one.name: render_stub_function(one, vocabulary, bindings.derived, is_bare=is_bare)
        for one in module.functions
    }
    known = {f"{of.home}.{one.name}": one for of in bindings.modules for one in of.classes}
    classes = {
        one.name: render_stub_class(one, vocabulary, known, bindings.derived)
        for one in module.classes
    }
    protocol = _render_protocol(vocabulary) if bindings.has_arrays and place.is_root else []
    alias = vocabulary.word("typing.TypeAlias") if vocabulary.own_aliases else ""
    library = module.library_name
    rest = [f"{library}: {vocabulary.word('tvm_ffi.Module')}"] if library else []
    rest += [f"{new}: {alias} = {old}" for old, new in sorted(vocabulary.own_aliases.items())]
    return Stub(
        doc=render_docstring(doc),
        imports=_render_imports(module, place, vocabulary),
        names=render_names(module.names),
        protocol=protocol,
        functions=functions,
        classes=classes,
        rest=rest,
    )


def render_stub_function(
    one: BoundFunction, vocabulary: Vocabulary, derived: Narrower, *, is_bare: bool = False
) -> list[str]:
    """Return a function with all of its overloads."""
    signatures = [of.positional for of in one.signatures] if is_bare else one.signatures
    shown = plan_overloads(signatures, derived)
    return render_definition(Definition(name=one.name, signatures=shown, doc=one.doc), vocabulary)


def _render_protocol(vocabulary: Vocabulary) -> list[str]:
    protocol, anything = vocabulary.word("typing.Protocol"), vocabulary.word(ANY)
    return [
        f"class {ARRAY_PROTOCOL}({protocol}):",
        f'{INDENT}"""An array: of NumPy, PyTorch, JAX, TVM-FFI, or anything with `__dlpack__`."""',
        "",
        f"{INDENT}def __dlpack__(self, *args: {anything}, **kwargs: {anything}) -> {anything}: ...",
    ]


def _render_imports(module: BoundModule, place: Place, vocabulary: Vocabulary) -> list[str]:
    found = {place.relative(name): entries for name, entries in vocabulary.imports.items()}
    if not place.is_root and any(ARRAY_PROTOCOL in one for one in module.annotations):
        root = place.relative(place.root)
        found[root] = tuple(sorted({*found.get(root, ()), ARRAY_PROTOCOL}))
    return render_import_groups(found)
