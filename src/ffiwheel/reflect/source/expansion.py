"""Expands macros: the half of a preprocessor that shows registrations and declarations.

`macros` says which macros are looked for in a text. Within an expansion everything known is
expanded. What an unclosed parenthesis or a macro that multiplies itself can cost is limited.

https://en.cppreference.com/w/cpp/preprocessor/replace
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.reflect.source.macros import LITERAL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from ffiwheel.reflect.source.macros import Macro

_USE = re.compile(rf"{LITERAL}|\b[A-Za-z_]\w*", re.DOTALL)
_OPENING = re.compile(r"\s*\(")
_BRACKET = re.compile(rf"{LITERAL}|[(),]", re.DOTALL)
_TOKEN = re.compile(
    rf"{LITERAL}|(?<!\#)\#(?!\#)\s*(?P<quoted>\w+)"
    r"|(?P<left>\s*\#\#\s*)?(?P<word>\w+)(?P<right>(?=\s*\#\#))?",
    re.DOTALL,
)
_MOST_GROWTH = 200_000
_MOST_UNCLOSED = 20
_DEEPEST = 40


class Expander:
    """Expands macros in the texts of one file."""

    def __init__(self, macros: Mapping[str, Macro], wanted: Collection[str]) -> None:
        """Take all macros, and the names of those to look for in texts."""
        self._macros = macros
        self._wanted = wanted
        self._room = _MOST_GROWTH
        self._unclosed = 0
        self._depth = 0

    def expand_text(self, text: str) -> str:
        """Return `text` with the wanted macros expanded; every line keeps its number."""
        present = [name for name in self._wanted if name in text]
        if not present:
            return text
        names = "|".join(sorted(present, key=len, reverse=True))
        pattern = re.compile(rf"{LITERAL}|\b(?:{names})\b", re.DOTALL)
        pieces: list[str] = []
        position = 0
        for match in pattern.finditer(text):
            call = self._read_call(text, match, position)
            if call is not None:
                end, arguments = call
                result = self._call(self._macros[match[0]], arguments, frozenset())
                if self._room < 0:
                    break
                lines = text.count("\n", match.start(), end)
                pieces += text[position : match.start()], _on_lines(result, lines)
                position = end
        return "".join([*pieces, text[position:]])

    def _expand(self, text: str, hidden: frozenset[str]) -> str:
        """Return `text` with every known macro expanded that is not hidden."""
        if self._depth > _DEEPEST or self._room < 0:
            return text
        pieces: list[str] = []
        position = 0
        for match in _USE.finditer(text):
            if match[0] in self._macros and match[0] not in hidden:
                call = self._read_call(text, match, position)
                if call is not None:
                    end, arguments = call
                    result = self._call(self._macros[match[0]], arguments, hidden)
                    pieces += text[position : match.start()], result
                    position = end
        return "".join([*pieces, text[position:]])

    def _read_call(
        self, text: str, match: re.Match[str], position: int
    ) -> tuple[int, list[str]] | None:
        """Return where the use of a macro ends, and its arguments; None if it is none."""
        if match.start() < position or match[0] not in self._macros:
            return None
        if self._macros[match[0]].parameters is None:
            return match.end(), []
        if self._unclosed > _MOST_UNCLOSED or not _OPENING.match(text, match.end()):
            return None
        call = read_arguments(text, match.end())
        self._unclosed += call is None
        return call

    def _call(self, macro: Macro, arguments: list[str], hidden: frozenset[str]) -> str:
        """Return what one use of a macro becomes."""
        self._depth += 1
        result = substitute(macro, arguments, lambda text: self._expand(text, hidden))
        self._room -= len(result) - sum(map(len, arguments))
        result = self._expand(result, hidden | {macro.name})
        self._depth -= 1
        return result


def _on_lines(text: str, lines: int) -> str:
    """Return a text with as many newlines as stood in its place."""
    missing = lines - text.count("\n")
    return text + "\n" * missing if missing >= 0 else text.replace("\n", " ") + "\n" * lines


def read_arguments(text: str, position: int) -> tuple[int, list[str]] | None:
    """Return the end of a parenthesis that opens at `position`, and what its commas part.

    >>> read_arguments("f(a, g(b, c)) + 1", 1)
    (13, ['a', 'g(b, c)'])
    """
    opening = _OPENING.match(text, position)
    if opening is None:
        return None
    depth, start = 1, opening.end()
    arguments: list[str] = []
    for match in _BRACKET.finditer(text, start):
        sign = match[0]
        depth += (sign == "(") - (sign == ")")
        if depth == 0 or (depth == 1 and sign == ","):
            arguments.append(text[start : match.start()].strip())
            start = match.end()
        if depth == 0:
            return match.end(), arguments if arguments != [""] else []
    return None


def substitute(macro: Macro, arguments: list[str], expand: Callable[[str], str]) -> str:
    """Return the body of a macro with its arguments in place, before it is scanned again.

    `expand` is applied to arguments that are neither quoted by `#` nor pasted by `##`.
    """
    if macro.parameters is None:
        return macro.body
    values = dict.fromkeys(macro.parameters, "")
    values |= zip(macro.parameters, arguments, strict=False)
    if macro.parameters and len(arguments) > len(macro.parameters):
        values[macro.parameters[-1]] = ", ".join(arguments[len(macro.parameters) - 1 :])

    def replace(match: re.Match[str]) -> str:
        if match["quoted"]:
            return quote(values.get(match["quoted"], match["quoted"]))
        word = match["word"]
        if word is None:
            return match[0]
        if word not in values:
            return str(word)
        is_pasted = match["left"] is not None or match["right"] is not None
        return values[word] if is_pasted else expand(values[word])

    return _TOKEN.sub(replace, macro.body)


def quote(text: str) -> str:
    """Return a text as a C++ string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
