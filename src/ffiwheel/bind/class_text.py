"""Write the classes of a generated module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.bind.parameters import merge_signatures, spell_literal
from ffiwheel.bind.support import OPERATORS
from ffiwheel.bind.text import (
    INDENT,
    WIDTH,
    join_blocks,
    join_definitions,
    lay_out,
    render_docstring,
    render_head,
    render_match_args,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.bind.bindings import BoundClass, BoundConstructor, BoundFunction
    from ffiwheel.bind.vocabulary import Vocabulary
    from ffiwheel.model.api import Constant

_DEEPER = INDENT * 2


def render_class(
    one: BoundClass, base: str, tvm_ffi: str, vocabulary: Vocabulary, handles: Mapping[str, str]
) -> list[str]:
    """Return the text of a class, and of what has to follow it.

    Args:
        one: the class.
        base: the expression for the class it derives from.
        tvm_ffi: how the package `tvm_ffi` is called.
        vocabulary: how names are written in the module.
        handles: public name -> the global that holds the function object.
    """
    is_enum = one.kind != "object"
    if not is_enum:
        head = [
            f"@{tvm_ffi}.register_object({spell_literal(one.key)})",
            f"class {one.name}({base}):",
        ]
    else:
        head = [f"class {one.name}({base}, type_key={spell_literal(one.key)}):"]
    body = join_blocks(
        [
            render_docstring(one.doc or f"The C++ class `{one.key}`.", INDENT),
            [f"{INDENT}__slots__ = ()", *render_match_args(one.match_args)],
            [f"{INDENT}{field.name}: {vocabulary.shorten(field.given)}" for field in one.fields],
            join_definitions(_render_constant(of) for of in one.constants if not is_enum),
            _render_constructor(one, vocabulary, handles),
            *(_render_method(one, method, vocabulary, handles) for method in one.methods),
            _render_operators(one),
        ],
        1,
    )
    after = [*_render_after(one, handles)]
    return [*head, *body, *(["", "", *after] if after else [])]


def _render_constant(one: Constant) -> list[str]:
    doc = render_docstring(one.doc, INDENT) if one.doc else []
    return [f"{INDENT}{one.name} = {spell_literal(one.value)}", *doc]


def _render_constructor(
    one: BoundClass, vocabulary: Vocabulary, handles: Mapping[str, str]
) -> list[str]:
    if one.constructor is None:
        return [] if one.kind != "object" else _render_refusal(one, vocabulary)
    signature = merge_signatures(one.constructor.signatures)
    lines = render_head(
        "__init__", signature, vocabulary, receiver="self", result="None", indent=INDENT
    )
    lines += render_docstring(one.constructor.doc, _DEEPER) if one.constructor.doc else []
    handle = handles[f"{one.name}.__init__"]
    passed = [handle, *_passed(one.constructor)]
    return [*lines, *lay_out("self.__init_handle_by_constructor__(", passed, ")", _DEEPER)]


def _passed(constructor: BoundConstructor) -> list[str]:
    """Return the arguments of a constructor in C++.

    One that TVM-FFI made takes by name what is keyword-only, and what may be left out.
    """
    parameters = merge_signatures(constructor.signatures).parameters
    if parameters is None:
        return ["*args"]
    named = constructor.by_name
    passed = [one.name for one in parameters[: len(parameters) - len(named)]]
    if not named:
        return passed
    is_plain = all(one.name == one.source for one in named)
    told = [f"{one.name}={one.name}" for one in named]
    pairs = ", ".join(f'"{one.source}": {one.name}' for one in named)
    return [*passed, f"*_told({', '.join(told) if is_plain else f'**{{{pairs}}}'})"]


def _render_refusal(one: BoundClass, vocabulary: Vocabulary) -> list[str]:
    anything = vocabulary.word("typing.Any")
    return [
        *lay_out(
            "def __init__(",
            ["self", f"*args: {anything}", f"**kwargs: {anything}"],
            ") -> None:",
            INDENT,
        ),
        f'{_DEEPER}raise TypeError("`{one.name}` has no constructor: its objects come from C++")',
    ]


def _render_method(
    one: BoundClass, method: BoundFunction, vocabulary: Vocabulary, handles: Mapping[str, str]
) -> list[str]:
    signature = merge_signatures(method.signatures)
    receiver = "" if method.is_static else "self"
    lines = [f"{INDENT}@{vocabulary.word('builtins.staticmethod')}"] if method.is_static else []
    lines += render_head(method.name, signature, vocabulary, receiver=receiver, indent=INDENT)
    lines += render_docstring(method.doc, _DEEPER) if method.doc else []
    given = [of.name for of in signature.parameters or ()]
    passed = ["*args"] if signature.parameters is None else given
    passed = [receiver, *passed] if receiver else passed
    handle = handles[f"{one.name}.{method.name}"]
    return [*lines, *lay_out(f"return {handle}(", passed, ")", _DEEPER)]


def _render_operators(one: BoundClass) -> list[str]:
    """Return the operators; who has equality and no hash cannot be hashed, as in Python."""
    found = {
        operator: function
        for protocol in one.protocols
        for operator, function in OPERATORS.get(protocol, {}).items()
    }
    if "__eq__" in found and "__hash__" not in found:
        found["__hash__"] = "None"
    own = {method.name for method in one.methods}
    return [f"{INDENT}{name} = {of}" for name, of in sorted(found.items()) if name not in own]


def _render_after(one: BoundClass, handles: Mapping[str, str]) -> Iterator[str]:
    """Yield the statements that need the class to be registered."""
    sources = {"__init__": "__ffi_init__"} if one.constructor else {}
    sources |= {method.name: method.source for method in one.methods}
    if sources:
        yield from _render_unpacking(
            one, [handles[f"{one.name}.{name}"] for name in sources], sources
        )
    for field in one.fields:
        if field.name != field.source:
            yield f"{one.name}.{field.name} = {one.name}.__dict__[{spell_literal(field.source)}]"
    texts = [f"{of.name}={spell_literal(of.doc)}" for of in one.fields if of.doc]
    if texts:
        yield from lay_out("_describe(", [one.name, *texts], ")")
    if one.kind != "object":
        yield from _render_members(one)


def _render_members(one: BoundClass) -> Iterator[str]:
    """Yield the members of an enum, and its constants, which its body would make members."""
    plain = [spell_literal(source) for name, source, _ in one.members if name == source]
    if plain:
        yield from lay_out("_members(", [one.name, *plain], ")")
    for name, source, _ in one.members:
        if name != source:
            yield f"{one.name}.{name} = {one.name}.get({spell_literal(source)})"
    for constant in one.constants:
        yield f"{one.name}.{constant.name} = {spell_literal(constant.value)}"


def _render_unpacking(
    one: BoundClass, handles: Sequence[str], sources: Mapping[str, str]
) -> list[str]:
    """Return the statement that binds the function objects of a class."""
    names = [one.name, *(spell_literal(source) for source in sources.values())]
    line = f"[{', '.join(handles)}] = _methods({', '.join(names)})"
    if len(line) <= WIDTH:
        return [line]
    call = lay_out("] = _methods(", names, ")")
    return ["[", *(f"{INDENT}{handle}," for handle in handles), *call]
