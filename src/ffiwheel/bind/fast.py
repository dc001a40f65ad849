"""Write the modules of a package whose calls are accelerated.

Each generated module comes twice then. `_ffi_api_plain.py` is what it is without the accelerator:
everything, bound by `tvm_ffi`. `_ffi_api.py` is what people import: a table of the functions that
the accelerator can call, and the way to all else, which imports the other. `_ffi_fast.py` is the
same for all packages and decides, when the package is imported, which way it goes.

A function gains if it takes and gives nothing but numbers, booleans, strings, bytes and None; it
may take views of arrays. The others would go through `tvm_ffi` at each call.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.bind.guard import RELEASES, own_name, render_releases
from ffiwheel.bind.handles import name_handles
from ffiwheel.bind.parameters import spell_literal
from ffiwheel.bind.text import INDENT, MARK, join_blocks, lay_out, render_docstring, render_names
from ffiwheel.model.types import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.bind.bindings import Bindings, BoundFunction, BoundModule
    from ffiwheel.bind.place import Place
    from ffiwheel.config.schema import BindingsTable
    from ffiwheel.model.api import Signature
    from ffiwheel.model.runtime import RuntimeRange
    from ffiwheel.model.types import AnyType

FAST = "_ffi_fast"
"""The module that is the same for all packages."""
FAST_SOURCE = Path(__file__).parent / "data" / f"{FAST}.py"
PLAIN = "_plain"
"""What follows the name of a module in that of its twin."""
_MOST_PARAMETERS = 16
"""As in `accelerator.cc`."""
_NUMBERS = {"int", "float", "bool", "None"}
_STRINGS = {"ffi.String", "std::string"}
_BYTES = {"ffi.Bytes", "TVMFFIByteArray*"}
_CHOICES = {"Optional", "std::optional", "Variant", "std::variant"}
_VIEW = "DLTensor*"
_LATER = """

def __getattr__(name):
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from AROUND import MODULE

    return getattr(MODULE, name)


def __dir__():
    return sorted({*globals(), *__all__})
"""


def plan_kinds(signatures: Sequence[Signature]) -> str | None:
    """Return a letter for each parameter of a function that gains; None for one that does not.

    >>> from ffiwheel.model.api import Parameter as P, Signature as S
    >>> number, text = Type("int"), Type("ffi.String")
    >>> plan_kinds([S(parameters=(P(type=number), P(type=text), P(type=Type("DLTensor*"))),
    ...               result=number)])
    'asv'
    >>> plan_kinds([S(parameters=(P(type=Type("ffi.Array")),), result=number)]) is None
    True
    """
    if len(signatures) != 1 or signatures[0].parameters is None:
        return None
    [signature] = signatures
    kinds = [_kind(one.type) for one in signature.parameters or ()]
    if len(kinds) > _MOST_PARAMETERS or not all(kinds) or not _is_plain(signature.result):
        return None
    return "".join(kinds)


def _kind(of: AnyType) -> str:
    """Return the letter of a parameter, as `accelerator.cc` has them; empty if there is none."""
    if _is_plain(of):
        return "s" if isinstance(of, Type) and of.name in _STRINGS else "a"
    inner = of.arguments[0] if isinstance(of, Type) and of.name in _CHOICES else of
    return "v" if isinstance(inner, Type) and inner.name == _VIEW else ""


def _is_plain(of: AnyType) -> bool:
    if not isinstance(of, Type):
        return False
    if of.name in _CHOICES:
        return bool(of.arguments) and all(_is_plain(one) for one in of.arguments)
    return of.name in _NUMBERS | _STRINGS | _BYTES


def is_fast(bindings: Bindings, table: BindingsTable) -> bool:
    """Tell whether modules have twins, which all of them must be able to: they lie in the root."""
    wanted = table.accelerate and table.signatures == "full"
    return wanted and all(f"{home}.".startswith(f"{bindings.root}.") for home in bindings.family)


def is_twin(name: str) -> bool:
    """Tell whether a file of a wheel is a module that nobody imports by its name.

    >>> is_twin("pkg/_ffi_api_plain.py"), is_twin("pkg/_ffi_api.py")
    (True, False)
    """
    return f"/_ffi_api{PLAIN}" in name


def twin(bindings: Bindings, place: Place) -> Place:
    """Return where the twin of a module lies, under whose name it goes."""
    root = bindings.root.replace(".", "/")
    return replace(place, path=f"{root}{PLAIN}{place.path[len(root) :]}")


def render_name(bindings: Bindings) -> list[str]:
    """Return the line that gives what a twin defines the name of the module that people import."""
    last = bindings.root.rpartition(".")[2]
    return [f'__name__ = __name__.replace("{last}{PLAIN}", "{last}")']


def render_fast(
    bindings: Bindings,
    module: BoundModule,
    place: Place,
    runtime: RuntimeRange | None,
    doc: str,
) -> str:
    """Return the text of a module that people import.

    Args:
        bindings: everything that is generated.
        module: the module to write.
        place: where it lies.
        runtime: the releases of the runtime that are checked for, if any.
        doc: what it is for.
    """
    package = posixpath.dirname(bindings.root.replace(".", "/")).replace("/", ".")
    inner = module.home[len(bindings.root) :]
    source = place.relative(f"{package}.{FAST}" if place.is_root else bindings.root)
    taken = "Package as _Package" if place.is_root else "_PACKAGE"
    rows = [row for one in module.functions for row in _render_row(module, one)]
    blocks: list[list[str]] = [
        [MARK, *render_docstring(doc)],
        ["from __future__ import annotations"],
        ["import os as _os"] if place.is_root else [],
        [f"from {source} import {taken}"],
        render_names(module.names),
        _render_package(bindings, place, runtime) if place.is_root else [],
        # Before the module is asked for what it lacks: `import` would ask it for its children.
        [f"from . import {name} as {name}" for name in module.children],
        [
            "_PACKAGE.bind(",
            f"{INDENT}globals(),",
            f'{INDENT}"{inner}",',
            *([f"{INDENT}(", *rows, f"{INDENT}),"] if rows else [f"{INDENT}(),"]),
            ")",
        ],
    ]
    return "\n".join(join_blocks(blocks, 1)) + "\n"


def _render_package(bindings: Bindings, place: Place, runtime: RuntimeRange | None) -> list[str]:
    files = [posixpath.relpath(path, place.folder) for path in bindings.libraries]
    releases = render_releases(runtime) if runtime and runtime.failures else []
    ends = bool(runtime and runtime.is_closed)
    return [
        *releases,
        "_FOLDER = _os.path.dirname(_os.path.abspath(__file__))",
        "_PACKAGE = _Package(",
        f"{INDENT}__name__,",
        *lay_out("[", [f'_os.path.join(_FOLDER, "{file}")' for file in files], "],", INDENT),
        f"{INDENT}{spell_literal(own_name(bindings))},",
        f"{INDENT}{f'{RELEASES}.split()' if releases else '[]'},",
        f"{INDENT}{'True' if ends else 'False'},",
        ")",
        "__accelerated__ = _PACKAGE.accelerated",
    ]


def slow_names(module: BoundModule) -> list[str]:
    """Return the public names of a module that `tvm_ffi` is imported for."""
    fast = {one.name for one in module.functions if one.kinds is not None}
    return [name for name in module.names if name not in fast]


def render_later(source: str) -> list[str]:
    """Return what lets a package take names from another module when somebody asks for them."""
    name = source.rpartition(".")[2]
    around = source.removesuffix(name)
    around = around if not around.strip(".") else around.removesuffix(".")
    text = _LATER.strip("\n").replace("AROUND", around).replace("MODULE", name)
    return text.split("\n")


def _render_row(module: BoundModule, one: BoundFunction) -> list[str]:
    """Return what the accelerator has to know of a function, if it gains."""
    if one.kinds is None:
        return []
    [signature] = one.signatures
    given = signature.parameters or ()
    kinds = [each.kind for each in given]
    parts = [
        spell_literal(one.name),
        spell_literal(one.source),
        repr(one.library),
        spell_literal(name_handles(module)[one.name]),
        _tuple([spell_literal(each.name) for each in given]),
        _tuple([each.default or "..." for each in given]),
        spell_literal(one.kinds),
        str(kinds.count("positional")),
        str(len(kinds) - kinds.count("keyword")),
        repr(one.holds_gil),
    ]
    return lay_out("(", parts, "),", INDENT * 2)


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
