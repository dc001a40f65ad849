"""Decide how the parameters of a C++ function are called in Python.

TVM-FFI passes arguments by position, and all of them: a default is a value that Python passes. So a
default that Python cannot spell is none, but in a constructor that TVM-FFI makes from the fields:
that takes arguments by name, and one that is left out gets its default in C++.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from ffiwheel.bind.annotation import join_union
from ffiwheel.bind.names import free_name, spell
from ffiwheel.model.api import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ffiwheel.bind.annotation import Annotator
    from ffiwheel.model.api import Parameter, Signature

Kind: TypeAlias = Literal["positional", "either", "keyword"]

_ENDLESS = re.compile(r"""float\(["'](-?inf|nan)["']\)""")
"""The numbers that have no literal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundParameter:
    """A parameter of a Python function."""

    name: str
    source: str
    """Its name in C++; empty if unknown."""
    annotation: str
    default: str = ""
    """A Python literal; `UNTOLD` where the argument is left out instead; empty if there is none."""
    kind: Kind = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSignature:
    """One way to call a Python function."""

    parameters: tuple[BoundParameter, ...] | None
    """None where it takes anything."""
    result: str

    @property
    def has_names(self) -> bool:
        """Whether every parameter can be given by name."""
        known = self.parameters
        return known is not None and all(one.kind != "positional" for one in known)

    @property
    def positional(self) -> BoundSignature:
        """This signature, for a caller that cannot give names or leave anything out."""
        if self.parameters is None:
            return self
        plain = tuple(replace(one, default="", kind="positional") for one in self.parameters)
        return replace(self, parameters=plain)


def plan_signature(
    signature: Signature,
    annotator: Annotator,
    *,
    taken: Collection[str] = (),
    by_name: bool = False,
    types: Mapping[str, str] | None = None,
) -> BoundSignature:
    """Return how a function is called from Python.

    Args:
        signature: how it is called in C++.
        annotator: what annotations are made with.
        taken: names that no parameter may have, such as `self`.
        by_name: whether C++ takes arguments by name, and so one can be left out.
        types: annotations that are better, by Python name or `return`.
    """
    better = types or {}
    result = better.get("return") or annotator.given(signature.result)
    if signature.parameters is None:
        return BoundSignature(parameters=None, result=result)
    names = name_parameters(signature.parameters, taken)
    defaults = plan_defaults(signature.parameters, by_name=by_name)
    last_positional = max(
        (i for i, one in enumerate(signature.parameters) if _is_positional(one)), default=-1
    )
    bound = tuple(
        BoundParameter(
            name=name,
            source=one.name,
            annotation=better.get(name) or annotator.taken(one.type),
            default=default,
            kind="positional" if index <= last_positional else _kind(one),
        )
        for index, (one, name, default) in enumerate(
            zip(signature.parameters, names, defaults, strict=True)
        )
    )
    return BoundSignature(parameters=bound, result=result)


def name_parameters(
    parameters: Sequence[Parameter], taken: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the Python names of parameters; without a name, one is `_0`, `_1` ...

    >>> from ffiwheel.model.api import Parameter as P
    >>> name_parameters([P(name="x"), P(), P(name="class"), P(name="x"), P(name="self")], {"self"})
    ('x', '_1', 'class_', 'x_', 'self_')
    """
    used, names = set(taken), []
    for index, one in enumerate(parameters):
        names.append(free_name(spell(one.name) if one.name else f"_{index}", used))
        used.add(names[-1])
    return tuple(names)


def plan_defaults(parameters: Sequence[Parameter], *, by_name: bool) -> tuple[str, ...]:
    """Return what each parameter is when the caller leaves it out; empty if that is not possible.

    >>> from ffiwheel.model.api import Parameter as P
    >>> plan_defaults([P(default="1"), P(default="kSize"), P(default="2")], by_name=False)
    ('', '', '2')
    """
    found = []
    is_followed = False
    for one in reversed(parameters):
        default = _spell_default(one.default, by_name=by_name)
        if is_followed and not one.is_keyword_only:
            default = ""
        is_followed = is_followed or not (default or one.is_keyword_only)
        found.append(default)
    return tuple(reversed(found))


def lost_defaults(parameters: Sequence[Parameter], *, by_name: bool) -> tuple[str, ...]:
    """Return the names of the parameters whose default Python has to do without.

    >>> from ffiwheel.model.api import Parameter as P
    >>> lost_defaults([P(name="a"), P(name="b", default="1"), P(name="c")], by_name=False)
    ('b',)
    """
    defaults = plan_defaults(parameters, by_name=by_name)
    pairs = zip(parameters, defaults, strict=True)
    return tuple(one.name for one, default in pairs if one.default and not default)


def merge_signatures(signatures: Sequence[BoundSignature]) -> BoundSignature:
    """Return the one signature that takes what any of the overloads takes.

    Names and defaults are kept where all overloads have the same.
    """
    if len(signatures) == 1:
        return signatures[0]
    result = join_union([one.result for one in signatures])
    sizes = {None if one.parameters is None else len(one.parameters) for one in signatures}
    if len(sizes) > 1 or None in sizes:
        return BoundSignature(parameters=None, result=result)
    columns = [*zip(*(one.parameters or () for one in signatures), strict=True)]
    merged = tuple(
        replace(column[0], annotation=join_union([one.annotation for one in column]))
        for column in columns
    )
    if all(len({(one.name, one.default, one.kind) for one in each}) == 1 for each in columns):
        return BoundSignature(parameters=merged, result=result)
    plain = [
        replace(one, name=f"_{index}", default="", kind="positional")
        for index, one in enumerate(merged)
    ]
    return BoundSignature(parameters=tuple(plain), result=result)


def _is_positional(parameter: Parameter) -> bool:
    return parameter.is_positional_only or not parameter.name


def _kind(parameter: Parameter) -> Kind:
    return "keyword" if parameter.is_keyword_only else "either"


@cache
def _spell_default(text: str, *, by_name: bool) -> str:
    """Return a default as a literal, in the spelling of a formatter.

    >>> print(_spell_default("float('-inf')", by_name=False), _spell_default("'a'", by_name=False))
    float("-inf") "a"
    """
    if not text:
        return ""
    if endless := _ENDLESS.fullmatch(text):
        return spell_literal(float(endless[1]))
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = ...
    if value is ... or isinstance(value, list | dict | set):
        return UNTOLD if by_name else ""
    return spell_literal(value)


def spell_literal(value: object) -> str:
    """Return a literal with double quotes, where that needs no escape.

    >>> print(spell_literal("a"), spell_literal('say "a"'), spell_literal(1.5), spell_literal(-1))
    "a" 'say "a"' 1.5 -1
    """
    if isinstance(value, str) and '"' not in value and repr(value)[0] == "'":
        return f'"{repr(value)[1:-1]}"'
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
