"""A C++ file taken apart: its code, and beside it its comments and directives.

Texts are held as Latin-1, one character for each byte, so that offsets are those of the parser, and
any byte is a character. `readable` makes real text of a piece.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

_LATIN_BOM = "\xef\xbb\xbf"
_TOKEN = re.compile(
    r"""
    [/"'\#](?:
      (?<=/)(?P<line>/[^\\\n]*(?:\\.[^\\\n]*)*)
    | (?<=/)(?P<block>\*.*?(?:\*/|\Z))
    | (?<=\#)(?P<directive>(?:/\*.*?(?:\*/|\Z)|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[^\\\n]|\\.)*)
    | (?<=R")(?P<fence>[^()\\\s]{0,16})\(.*?(?:\)(?P=fence)"|\Z)
    | (?<=")[^"\\\n]*(?:\\.[^"\\\n]*)*"?
    | (?<=[0-9A-Fa-f]')(?=[0-9A-Fa-f])
    | (?<=')[^'\\\n]*(?:\\.[^'\\\n]*)*'?
    | )
    """,
    re.DOTALL | re.VERBOSE,
)
_INNER_COMMENT = re.compile(r"//.*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment."""

    line: int
    """Lines count from 0 here."""
    column: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A line for the preprocessor, with its continuations."""

    line: int
    start: int
    end: int
    name: str
    body: str


@dataclass(frozen=True)
class Text:
    """A file without comments and directives; blanks stand in their place."""

    path: str
    code: str
    remarks: tuple[Remark, ...]
    directives: tuple[Directive, ...]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the code."""
        return self.code.split("\n")


def readable(text: str) -> str:
    """Return what a piece of Latin-1 says: UTF-8, or else Latin-1 itself."""
    try:
        return text.encode("latin-1", "replace").decode()
    except UnicodeDecodeError:
        return text


def blank(text: str) -> str:
    """Return blanks in the shape of `text`."""
    return " " * len(text) if "\n" not in text else _NOT_NEWLINE.sub(" ", text)


def take_apart(path: str, data: bytes) -> Text:
    """Return the code of a file, its comments and its directives."""
    source = data.decode("latin-1").removeprefix(_LATIN_BOM)
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    pieces: list[str] = []
    remarks: list[Remark] = []
    directives: list[Directive] = []
    position = 0
    for match in _TOKEN.finditer(source):
        start, end = match.span()
        if (kind := match.lastgroup) is None or kind == "fence":
            continue
        line = bisect_right(starts, start) - 1
        if kind == "directive":
            if source[starts[line] : start].strip():
                continue
            directives.append(_read_directive(match["directive"], line, start, end))
        else:
            remarks.append(Remark(line=line, column=start - starts[line], text=match[0]))
        pieces += source[position:start], blank(match[0])
        position = end
    pieces.append(source[position:])
    return Text(path, "".join(pieces), tuple(remarks), tuple(directives))


def _read_directive(text: str, line: int, start: int, end: int) -> Directive:
    """Return a directive; `text` is what follows its `#`."""
    text = _INNER_COMMENT.sub(" ", text.replace("\\\n", " ")).strip()
    name = re.match(r"\w*", text)
    word = name[0] if name else ""
    return Directive(line=line, start=start, end=end, name=word, body=text[len(word) :])
