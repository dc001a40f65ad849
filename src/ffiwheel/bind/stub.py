"""Write the stub `_ffi_api.pyi`: what the module offers, with types and documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import annotate, read_signature, read_type
from ffiwheel.bind.names import spell
from ffiwheel.bind.text import MARK, render_docstring, render_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.bind.plan import Bindings, BoundClass
    from ffiwheel.model.api import Method

_CONSTRUCTOR = "__ffi_init__"


def render_stub(bindings: Bindings) -> str:
    """Return the text of the stub."""
    classes = {bound.one.type_key: bound.name for bound in bindings.classes}
    lines = [
        MARK,
        "from collections.abc import Callable, Mapping, Sequence",
        "from typing import Any",
        "",
        "import tvm_ffi",
        "",
        render_names(bindings.names),
        "",
    ]
    for bound in bindings.functions:
        head = render_signature(bound.name, bound.function.schema, classes)
        lines += _with_doc(head, bound.function.doc)
    for one in bindings.classes:
        lines += ["", f"class {one.name}({one.base or 'tvm_ffi.Object'}):"]
        lines += [f"    {line}" for line in _render_members(one, classes)]
    return "\n".join(lines) + "\n"


def render_signature(
    name: str, schema: str, classes: Mapping[str, str], *, receiver: str = ""
) -> str:
    """Return the `def` line of a function, its parameters positional and named `_0`, `_1` ...

    Args:
        name: its Python name.
        schema: its type schema; a method's first parameter is the object.
        classes: type key -> class of the same stub.
        receiver: `self` for a method, which then takes the place of the first parameter.
    """
    signature = read_signature(schema)
    result = annotate(signature.result, classes, is_input=False)
    if signature.parameters is None:
        given = ["*args: Any"]
    else:
        own = signature.parameters[1:] if receiver else signature.parameters
        given = [f"_{i}: {annotate(one, classes, is_input=True)}" for i, one in enumerate(own)]
        given += ["/"] if given else []
    return f"def {name}({', '.join([receiver] * bool(receiver) + given)}) -> {result}:"


def _render_members(bound: BoundClass, classes: Mapping[str, str]) -> Iterator[str]:
    yield render_docstring(bound.one.doc) if bound.one.doc else "..."
    for field in bound.one.fields:
        kind = annotate(read_type(field.schema), classes, is_input=False)
        if field.is_writable:
            yield f"{spell(field.name)}: {kind}"
        else:
            yield "@property"
            yield from _with_doc(f"def {spell(field.name)}(self) -> {kind}:", field.doc)
    names = [method.name for method in bound.one.methods]
    for method in bound.one.methods:
        if names.count(method.name) == 1:
            yield from _render_method(method, classes)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        shown = "__init__" if name == _CONSTRUCTOR else spell(name)
        yield f"def {shown}(self, *args: Any) -> Any: ..."


def _render_method(method: Method, classes: Mapping[str, str]) -> Iterator[str]:
    if method.name == _CONSTRUCTOR:
        head = render_signature("__init__", method.schema, classes)
        parameters = head[head.index("(") + 1 : head.rindex(") -> ")]
        given = f"self, {parameters}" if parameters else "self"
        yield f"def __init__({given}) -> None: ..."
    elif method.is_static:
        yield "@staticmethod"
        head = render_signature(spell(method.name), method.schema, classes)
        yield from _with_doc(head, method.doc)
    else:
        head = render_signature(spell(method.name), method.schema, classes, receiver="self")
        yield from _with_doc(head, method.doc)


def _with_doc(head: str, doc: str) -> list[str]:
    return [head, f"    {render_docstring(doc)}"] if doc else [f"{head} ..."]
