r"""Versions that stand as text in files: find them, judge them, replace them.

Files are bytes here, so that encodings, line ends and all the rest stay as they are. A pattern sees
them with `\n` for line ends, so that `$` means the same in every file. It has to match once: a
pattern that matches twice would change something that nobody thought of.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, VersionError
from ffiwheel.model.version import Version
from ffiwheel.versioning.forms.registry import render_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.version import Version as Pep440

    from ffiwheel.config.schema import WriteTable

_SHOWN_LINES = 5
# What no form writes is no version: a greedy `(.*)` that ran on to the next quotation mark.
_NO_VERSION = re.compile(r"[^0-9A-Za-z.+!,~_ -]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralVersion:
    """A version as it stands in a file."""

    path: str
    """The file, relative to the project."""
    line: int
    """Counted from 1."""
    form: str
    text: str
    start: int
    """Where the text begins, in bytes from the file's beginning."""
    end: int

    @property
    def place(self) -> str:
        """The file and the line."""
        return f"{self.path}:{self.line}"


def find_literals(
    path: str, content: bytes, entries: Mapping[str, WriteTable]
) -> tuple[list[LiteralVersion], list[Problem]]:
    """Return what the `entries` of one file match, and the problems of those that do not.

    Args:
        path: the file, relative to the project.
        content: what is in it.
        entries: the key of each entry, such as `tool.ffiwheel.version.write[0]`, and the entry.
    """
    literals: list[LiteralVersion] = []
    problems: list[Problem] = []
    for key, entry in entries.items():
        spans = _find_spans(content, entry.pattern)
        lines = [1 + content.count(b"\n", 0, start) for start, _ in spans]
        if len(spans) != 1:
            problems.append(_explain_count(path, lines, key))
            continue
        (start, end), line = spans[0], lines[0]
        text = content[start:end].decode(errors="replace")
        literal = LiteralVersion(
            path=path, line=line, form=entry.form, text=text, start=start, end=end
        )
        problem = _check_extent(literal, literals, key)
        if problem:
            problems.append(problem)
        else:
            literals.append(literal)
    return literals, problems


def _find_spans(content: bytes, pattern: str) -> list[tuple[int, int]]:
    r"""Return from where to where the group reaches in each match, in bytes.

    >>> _find_spans(b"a\r\nversion = 1\r\n", "^version = (.*)$")
    [(13, 14)]
    """
    ends = [found.start() for found in re.finditer(rb"\r\n", content)]
    shortened = [end - index for index, end in enumerate(ends)]

    def place(offset: int) -> int:
        return offset + bisect.bisect_left(shortened, offset)

    matches = re.finditer(pattern.encode(), content.replace(b"\r\n", b"\n"), re.MULTILINE)
    return [
        (place(found.start(1)), place(found.end(1))) for found in matches if found[1] is not None
    ]


def _explain_count(path: str, lines: Sequence[int], key: str) -> Problem:
    if not lines:
        message = f"the pattern matches nothing in `{path}`"
        hint = "correct the pattern, or the file: nothing was changed"
        return Problem(message, f"{key}.pattern", hint)
    shown = ", ".join(map(str, lines[:_SHOWN_LINES])) + (", ..." if lines[_SHOWN_LINES:] else "")
    message = f"the pattern matches {len(lines)} times in `{path}`, in the lines {shown}"
    hint = "make it match once, for instance with `^` and with what stands before the version"
    return Problem(message, f"{key}.pattern", hint)


def _check_extent(
    literal: LiteralVersion, others: Iterable[LiteralVersion], key: str
) -> Problem | None:
    """Refuse a group that reaches over more than a version, or into another entry's."""
    if _NO_VERSION.search(literal.text):
        shown = " ".join(literal.text.split())
        message = f"the group matches `{shown}` at {literal.place}, which is no version"
        hint = 'let it end where the version ends, such as `"([^"]*)"`'
        return Problem(message, f"{key}.pattern", hint)
    if any(literal.start <= other.end and other.start <= literal.end for other in others):
        message = f"two patterns match the version at {literal.place}"
        return Problem(message, f"{key}.pattern", "remove one of them")
    return None


def render_literal(literal: LiteralVersion, number: Pep440) -> str | Problem:
    """Return what is to stand in a literal's place, or why its form cannot express the number."""
    try:
        return render_form(Version(public=str(number), source="git"), literal.form)
    except VersionError as error:
        [problem] = error.problems
        return Problem(problem.message, f"{literal.place}, {problem.where}", problem.hint)


def choose_number(literals: Sequence[LiteralVersion], numbers: Sequence[Pep440]) -> Pep440:
    """Return the one of `numbers` that most literals say; in doubt, the first."""
    return min(numbers, key=lambda number: len(check_literals(literals, number, "")))


def check_rendering(literals: Iterable[LiteralVersion], number: Pep440) -> list[Problem]:
    """Return a problem for each literal whose form cannot express `number`."""
    rendered = [render_literal(literal, number) for literal in literals]
    return [problem for problem in rendered if isinstance(problem, Problem)]


def replace_literals(content: bytes, literals: Iterable[LiteralVersion], number: Pep440) -> bytes:
    """Return a file's content with `number`, which all forms can express, in all its literals."""
    for literal in sorted(literals, key=lambda literal: literal.start, reverse=True):
        text = str(render_literal(literal, number)).encode()
        content = content[: literal.start] + text + content[literal.end :]
    return content


def check_literals(literals: Iterable[LiteralVersion], number: Pep440, hint: str) -> list[Problem]:
    """Return a problem for each literal that does not say `number`."""
    problems = []
    for literal in literals:
        expected = render_literal(literal, number)
        if isinstance(expected, Problem):
            problems.append(expected)
        elif literal.text != expected:
            message = f"found `{literal.text}`, expected `{expected}` (the form `{literal.form}`)"
            problems.append(Problem(message, literal.place, hint))
    return problems
