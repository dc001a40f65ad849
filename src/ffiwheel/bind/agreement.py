"""Hold a stub against the module that it describes, as the import of it showed.

What the stub promises must be there, called as it says; what the module exports must be in the
stub. Where the module cannot tell how a function is called (one of C), its name is all there is.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Seen: TypeAlias = "Mapping[str, object]"
"""What the import showed of a module, a class or a function: see `_witness`."""
Definition: TypeAlias = "ast.FunctionDef | ast.ClassDef | ast.AnnAssign | ast.Assign"

_LOOSE = {"*", "**"}


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    kind: str
    has_default: bool

    def __str__(self) -> str:
        stars = self.kind if self.kind in _LOOSE else ""
        return f"{stars}{self.name}{'=...' if self.has_default else ''}"


def find_disagreements(stub: str, seen: Seen) -> tuple[str, ...]:
    """Return what the text of a stub and its module do not say alike, one sentence each."""
    body = ast.parse(stub).body
    exports, names = _list(seen["exports"]), _table(seen["names"])
    everything, defined = _definitions(body), _public(_definitions(body))
    missing = [
        f"`{name}` is exported, but not in the stub" for name in exports if name not in everything
    ]
    return (*missing, *_compare_all(defined, names, ""))


def _definitions(body: Sequence[ast.stmt]) -> dict[str, list[Definition]]:
    """Return the names of a module or class with their definitions, overloads in order."""
    found: dict[str, list[Definition]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        else:
            continue
        for name in names:
            found.setdefault(name, []).append(node)
    return found


def _public(defined: Mapping[str, list[Definition]]) -> dict[str, list[Definition]]:
    """Return what the import tells about, too (see `_witness`), and the module should have."""
    return {
        name: nodes
        for name, nodes in defined.items()
        if (not name.startswith("_") or name == "__init__") and not _is_for_checkers(nodes[0])
    }


def _is_for_checkers(node: Definition) -> bool:
    """Tell whether a class is marked with `typing.type_check_only`: the module does not have it."""
    marks = node.decorator_list if isinstance(node, ast.ClassDef) else []
    return "_only" in {ast.unparse(mark) for mark in marks}


def _compare_all(
    defined: Mapping[str, Sequence[Definition]], names: Mapping[str, Seen], owner: str
) -> Iterator[str]:
    for name, nodes in defined.items():
        spelt = f"{owner}.{name}" if owner else name
        if name not in names:
            yield f"`{spelt}` is in the stub, but not in the module"
        elif isinstance(nodes[0], ast.ClassDef):
            yield from _compare_class(nodes[0], names[name], spelt)
        elif isinstance(nodes[0], ast.FunctionDef):
            functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
            yield from _compare_function(functions, names[name], spelt)
        elif names[name].get("is_writable") is False:
            yield f"`{spelt}` can be set in the stub, but not in the module"
        else:
            yield from _compare_value(nodes[0], names[name], spelt)


def _compare_value(node: Definition, seen: Seen, spelt: str) -> Iterator[str]:
    """Compare the value of a constant, where the stub says one."""
    told = node.value if isinstance(node, ast.AnnAssign) else None
    real = seen.get("value")
    if told is not None and real is not None and ast.unparse(told) not in {real, "..."}:
        yield f"`{spelt}` is `{ast.unparse(told)}` in the stub, but `{real}` in the module"


def _compare_class(node: ast.ClassDef, seen: Seen, spelt: str) -> Iterator[str]:
    if seen["kind"] != "class":
        yield f"`{spelt}` is a class in the stub, but not in the module"
        return
    yield from _compare_all(_public(_definitions(node.body)), _table(seen["members"]), spelt)


def _compare_function(nodes: Sequence[ast.FunctionDef], seen: Seen, spelt: str) -> Iterator[str]:
    marks = {ast.unparse(mark) for node in nodes for mark in node.decorator_list}
    if "property" in marks:
        if seen["kind"] != "property":
            yield f"`{spelt}` is a property in the stub, but not in the module"
        elif seen["is_writable"] != (f"{nodes[0].name}.setter" in marks):
            yield f"the stub is wrong on whether `{spelt}` can be set"
        return
    if seen["kind"] != "function":
        yield f"`{spelt}` is a function in the stub, but not in the module"
        return
    real = _read_real(seen["signature"])
    for node in nodes:
        promised = _read_promised(node.args)[1 if "classmethod" in marks else 0 :]
        if real is None or _takes_anything(real) or _takes_anything(promised):
            continue
        if not _accepts(real, promised, exactly=len(nodes) == 1):
            yield f"`{spelt}` is {_show(promised)} in the stub, but {_show(real)} in the module"


def _accepts(real: Sequence[_Parameter], promised: Sequence[_Parameter], *, exactly: bool) -> bool:
    """Tell whether the real function can be called in the ways that are promised.

    One of several overloads needs only a place for each of its parameters, and so does one whose
    arguments are all given by position, where the real function takes any number of them.
    """
    kinds = {one.kind for one in real}
    if exactly and not ("*" in kinds and all(one.kind == "positional-only" for one in promised)):
        return [_identity(one) for one in real] == [_identity(one) for one in promised]
    names = {one.name for one in real}
    positional = [one for one in real if one.kind in {"plain", "positional-only"}]
    given = [one for one in promised if one.kind in {"plain", "positional-only"}]
    has_place = "*" in kinds or len(given) <= len(positional)
    named = [one for one in promised if one.kind in {"plain", "keyword-only"}]
    return has_place and ("**" in kinds or all(one.name in names for one in named))


def _takes_anything(parameters: Sequence[_Parameter]) -> bool:
    """Tell whether a signature leaves open how the function is called."""
    return {one.kind for one in parameters} >= _LOOSE


def _identity(one: _Parameter) -> tuple[str, str, bool]:
    """Return what callers depend on: not the name where it cannot be used."""
    is_named = one.kind in {"plain", "keyword-only"}
    return one.name if is_named else "", one.kind, one.has_default


def _read_promised(given: ast.arguments) -> list[_Parameter]:
    positional = [(one.arg, "positional-only") for one in given.posonlyargs]
    positional += [(one.arg, "plain") for one in given.args]
    required = len(positional) - len(given.defaults)
    found = [
        _Parameter(name, kind, index >= required) for index, (name, kind) in enumerate(positional)
    ]
    found += [_Parameter(given.vararg.arg, "*", has_default=False)] if given.vararg else []
    found += [
        _Parameter(one.arg, "keyword-only", default is not None)
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return found + ([_Parameter(given.kwarg.arg, "**", has_default=False)] if given.kwarg else [])


def _read_real(signature: object) -> list[_Parameter] | None:
    if signature is None:
        return None
    rows = [_list(row) for row in _list(signature)]
    return [_Parameter(str(name), str(kind), bool(default)) for name, kind, default in rows]


def _show(parameters: Sequence[_Parameter]) -> str:
    """Return a signature as Python spells it.

    >>> _show([_Parameter("x", "positional-only", False), _Parameter("y", "keyword-only", True)])
    '`(x, /, *, y=...)`'
    """
    parts: list[str] = []
    kinds = [one.kind for one in parameters]
    for index, one in enumerate(parameters):
        if one.kind == "keyword-only" and not {"*", "keyword-only"} & set(kinds[:index]):
            parts.append("*")
        parts.append(str(one))
        if one.kind == "positional-only" and kinds[index + 1 : index + 2] != ["positional-only"]:
            parts.append("/")
    return f"`({', '.join(parts)})`"


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _table(value: object) -> Mapping[str, Seen]:
    assert isinstance(value, dict)
    return value
