"""The macros of a project, and which of them the reader has to expand.

A macro is expanded where that can show a registration or a declaration:

- its body, or that of a macro it calls, speaks of TVM-FFI's registry;
- it defines a function under the name of an argument, or calls an argument, which may be a macro;
- it is nothing but string literals, or makes one of its arguments, or is a list of parameters;
- it is nothing at all or only attributes, which the parser could take for a type.

What others do inside of functions is of no interest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_HEAD = re.compile(r"\s*([A-Za-z_]\w*)(\([^()]*\))?")
LITERAL = r'(?:R"([^()\\\s]{0,16})\(.*?\)\1"|"[^"\\\n]*(?:\\.[^"\\\n]*)*")'
"""A string; to stand first in a pattern, for it has a group, which is the fence of a raw one."""
_REGISTERS = re.compile(
    r"\b(?:GlobalDef|ObjectDef|OverloadObjectDef|EnumDef|TypeAttrDef|ffiwheel_\w+|_type_key"
    r"|init\s*<|def(?:_packed|_method|_static|_ro|_rw|_type_attr)?\s*\()"
)
_ONLY_LITERALS = re.compile(rf"(?:{LITERAL}\s*)+", re.DOTALL)
_MAKES_TEXT = re.compile(rf"(?:{LITERAL}|#(?!#)|[\w\s(),])+", re.DOTALL)
_ONLY_ATTRIBUTES = re.compile(
    r"(?:\s|\[\[[^\]]*\]\]|__attribute__\s*\(\(.*\)\)|__declspec\s*\([^()]*\)"
    r"|__\w+__|__inline|inline|static|extern(?:\s*\"C\")?|constexpr|EMSCRIPTEN_KEEPALIVE)*"
)
_ONLY_PARAMETERS = re.compile(
    r"(?:(?:const\s)?\s*[\w:]+(?:<[^;(){}]*?>)?[\s&*]+[A-Za-z_]\w*\s*(?:,\s*|$))+"
)
_SIGNATURE = re.compile(
    r"(?:template\s*<[^<>]*>\s*)?(?!return\b|else\b|throw\b)[\w:<>,&*\s\"]+?[\s&*]"
    r"(?P<name>\w+(?:\s*\#\#\s*\w+)*)\s*\("
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A `#define`."""

    name: str
    parameters: tuple[str, ...] | None
    """None for a macro without parentheses."""
    body: str


def parse_macro(text: str) -> Macro | None:
    """Return what stands after `#define`.

    >>> parse_macro(" REG(name, ...) f(#name, __VA_ARGS__)")
    Macro(name='REG', parameters=('name', '__VA_ARGS__'), body='f(#name, __VA_ARGS__)')
    """
    head = _HEAD.match(text)
    if head is None:
        return None
    parameters: tuple[str, ...] | None = None
    if head[2] is not None:
        names = [one.strip() for one in head[2][1:-1].split(",")]
        names = ["__VA_ARGS__" if one == "..." else one.removesuffix("...") for one in names]
        parameters = tuple(one.strip() for one in names if one)
        if not all(one.isidentifier() for one in parameters):
            return None
    return Macro(name=head[1], parameters=parameters, body=text[head.end() :].strip())


def find_involved(macros: Collection[Macro]) -> frozenset[str]:
    """Return the names of the macros that are worth expanding in a text."""
    others = {one.name for one in macros if _is_text_or_nothing(one) or _declares(one)}
    return find_registering(macros) | find_quoting(macros) | others


def find_registering(macros: Iterable[Macro]) -> frozenset[str]:
    """Return the names of the macros that register something, or call one that does."""
    callers: dict[str, list[str]] = {}
    pending = []
    for macro in macros:
        if _REGISTERS.search(macro.body):
            pending.append(macro.name)
        for word in set(re.findall(r"[A-Za-z_]\w*", macro.body)):
            callers.setdefault(word, []).append(macro.name)
    found = set(pending)
    while pending:
        new = set(callers.get(pending.pop(), ())) - found
        found |= new
        pending += new
    return frozenset(found)


def find_quoting(macros: Iterable[Macro]) -> frozenset[str]:
    """Return the names of the macros that make a text of their arguments.

    >>> macros = map(parse_macro, ["Q(x) #x", "NAME(x) Q(x)", "CALL(x) f(x)", "ID(x) x"])
    >>> sorted(find_quoting([macro for macro in macros if macro]))
    ['NAME', 'Q']
    """
    pending = {
        one.name: one for one in macros if one.parameters and _MAKES_TEXT.fullmatch(one.body)
    }
    found: set[str] = set()
    while new := {name for name, one in pending.items() if _quotes(one, found)} - found:
        found |= new
    return frozenset(found)


def _quotes(macro: Macro, others: Collection[str]) -> bool:
    """Tell whether a macro makes a text, by itself or with one of the others."""
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(LITERAL, "", macro.body, flags=re.DOTALL)))
    makes = '"' in macro.body or "#" in macro.body or not words.isdisjoint(others)
    return makes and words <= {*(macro.parameters or ()), *others}


def _is_text_or_nothing(macro: Macro) -> bool:
    """Tell whether a macro is nothing but literals, parameters or attributes."""
    patterns = (_ONLY_ATTRIBUTES, _ONLY_LITERALS, _ONLY_PARAMETERS)
    return macro.parameters is None and any(one.fullmatch(macro.body) for one in patterns)


def _declares(macro: Macro) -> bool:
    """Tell whether a macro makes a function of an argument's name, or calls an argument."""
    if any(re.search(rf"\b{one}\s*\(", macro.body) for one in macro.parameters or ()):
        return True
    signature = _SIGNATURE.match(macro.body) if macro.parameters else None
    parts = re.split(r"\W+", signature["name"]) if signature else []
    return not set(parts).isdisjoint(macro.parameters or ())
