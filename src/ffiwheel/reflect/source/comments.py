"""Which Doxygen comment belongs to which line.

A comment belongs to what begins after it, with nothing but blank lines and `#if`s between, or,
where it is written `///<`, to what ends on its line. Ordinary comments are nobody's documentation,
but those right above a macro that exports a function: they can be about nothing else.
https://www.doxygen.nl/manual/docblocks.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.reflect.source.text import Text

_DOXYGEN = re.compile(r"(?P<line>//[/!](?!/)|/\*(?:\*(?![*/])|!))(?P<trailing><?)")
_NOT_OF_A_DECLARATION = re.compile(
    r"[\\@](?:file|defgroup|addtogroup|weakgroup|mainpage|page|name|namespace|dir|cond|endcond"
    r"|copyright|license)\b|@[{}]"
)
_ORDINARY = re.compile(r"//(?![/!])")
_NOT_FOR_PEOPLE = re.compile(
    r"//\s*(?:NOLINT|clang-format|IWYU|cppcheck|LCOV_|\}|#)|[;{}]\s*$|^//\s*[^\w\s]{2,}\s*$"
)
"""What tools read, code that somebody has commented out, and rules from margin to margin."""
_HARMLESS_DIRECTIVES = frozenset({"if", "ifdef", "ifndef", "else", "elif", "endif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    first: int
    last: int
    column: int
    end_column: int
    text: str
    is_line: bool
    is_trailing: bool
    is_alone: bool
    """Whether nothing stands before it on its line."""


class Comments:
    """The Doxygen comments of one file, found by line."""

    def __init__(self, text: Text) -> None:
        """Read the comments; time is linear in the file's lines."""
        blocks = list(_merge(_doxygen_blocks(text)))
        self._text = text
        self._trailing = {one.first: one for one in blocks if one.is_trailing}
        self._ending = {one.last: one for one in blocks if not one.is_trailing}
        self._ordinary = {
            one.line: one.text
            for one in text.remarks
            if _ORDINARY.match(one.text) and not text.lines[one.line].strip()
        }
        self._above = self._carry()

    def above(self, line: int, column: int) -> str:
        """Return the comment, as written, of what begins at a place."""
        here = self._ending.get(line)
        if here and here.end_column <= column:
            between = self._text.lines[line][here.end_column : column]
            if not between.strip(" \t."):
                return here.text
        before = self._text.lines[line][:column] if line < len(self._text.lines) else "x"
        block = self._above[line] if line < len(self._above) and not before.strip(" \t.") else None
        return block.text if block else ""

    def right_above(self, line: int) -> str:
        """Return the ordinary comment that ends on the line before, as Doxygen has it written."""
        found: list[str] = []
        while (one := self._ordinary.get(line - 1 - len(found))) is not None:
            found.insert(0, one)
        if any(map(_NOT_FOR_PEOPLE.search, found)):
            return ""
        return "\n".join(f"/{one}" for one in found)

    def beside(self, line: int) -> str:
        """Return the comment, as written, of what ends on a line."""
        block = self._trailing.get(line)
        return block.text if block else ""

    def _carry(self) -> list[_Block | None]:
        """Return for each line the comment that still waits for its owner there."""
        barriers = {
            one.line for one in self._text.directives if one.name not in _HARMLESS_DIRECTIVES
        }
        carried: list[_Block | None] = []
        waiting: _Block | None = None
        for number, line in enumerate(self._text.lines):
            carried.append(waiting)
            if number in self._ending:
                waiting = self._ending[number]
                if line[waiting.end_column :].strip():
                    waiting = None
            elif number in barriers or (line and not line.isspace()):
                waiting = None
        return carried


def _doxygen_blocks(text: Text) -> Iterator[_Block]:
    for remark in text.remarks:
        match = _DOXYGEN.match(remark.text)
        if match is None or _NOT_OF_A_DECLARATION.search(remark.text):
            continue
        lines = remark.text.split("\n")
        indent = remark.column if len(lines) == 1 else 0
        yield _Block(
            first=remark.line,
            last=remark.line + len(lines) - 1,
            column=remark.column,
            end_column=indent + len(lines[-1]),
            text=remark.text,
            is_line=remark.text.startswith("//"),
            is_trailing=bool(match["trailing"]),
            is_alone=not text.lines[remark.line][: remark.column].strip(),
        )


def _merge(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Join comments of one line each that follow each other."""
    run: list[_Block] = []
    for block in blocks:
        if run and not _continues(run[-1], block):
            yield _join(run)
            run = []
        run.append(block)
    if run:
        yield _join(run)


def _continues(last: _Block, block: _Block) -> bool:
    return (
        last.is_line
        and block.is_line
        and block.first == last.last + 1
        and block.is_trailing == last.is_trailing
        and block.is_alone
    )


def _join(run: list[_Block]) -> _Block:
    first, last = run[0], run[-1]
    return _Block(
        first=first.first,
        last=last.last,
        column=first.column,
        end_column=last.end_column,
        text="\n".join(one.text for one in run),
        is_line=first.is_line,
        is_trailing=first.is_trailing,
        is_alone=first.is_alone,
    )
