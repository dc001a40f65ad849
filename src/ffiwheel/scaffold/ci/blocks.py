"""A workflow's text in parts: blocks of ours, and what its owner wrote around them.

      # ffiwheel: begin build 1f2e3d4c5b6a
      build:
        ...
      # ffiwheel: end build

The number is a hash of the lines in between, by which an edit is seen. The versions of actions do
not count: Dependabot raises them, or replaces them by hashes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MARK = re.compile(r"^ *# ffiwheel: (?P<word>begin|end) (?P<name>\S+)(?: (?P<digest>\S+))? *$")
_USES = re.compile(r"^(?P<before>[ -]*uses: *(?P<action>[^\s@]+)@)(?P<version>.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A job of ours in a file."""

    name: str
    digest: str
    """The hash of what we wrote."""
    text: str
    """What is there now."""
    line: int
    """Where it begins, counted from 1."""

    @property
    def is_edited(self) -> bool:
        """Whether somebody changed more than versions of actions."""
        return digest_of(self.text) != self.digest


def parse_blocks(text: str, where: str) -> tuple[str | Block, ...]:
    """Return the parts of a workflow in their order.

    Args:
        text: the file's text.
        where: the file, for messages.

    Raises:
        ProjectError: naming every mark that has no partner.
    """
    parts: list[str | Block] = []
    problems: list[Problem] = []
    kept: list[str] = []
    opened: tuple[re.Match[str], int] | None = None
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        found = _MARK.match(line.rstrip("\r\n"))
        if not found:
            kept.append(line)
            continue
        if found["word"] == "begin":
            if opened:
                problems.append(_explain_mark(*opened, where))
            parts.append("".join(kept))
            opened = found, number
        elif opened and opened[0]["name"] == found["name"]:
            parts.append(_make_block(*opened, "".join(kept)))
            opened = None
        else:
            problems.append(_explain_mark(found, number, where))
        kept = []
    if opened:
        problems.append(_explain_mark(*opened, where))
    if problems:
        raise ProjectError.of(problems)
    _refuse_doubles(parts, where)
    return (*parts, "".join(kept))


def _make_block(begin: re.Match[str], line: int, text: str) -> Block:
    return Block(name=begin["name"], digest=begin["digest"] or "", text=text, line=line)


def _refuse_doubles(parts: Sequence[str | Block], where: str) -> None:
    names = [block.name for block in blocks_of(parts)]
    problems = [
        Problem(f"the block `{name}` is there twice", where, "remove one of them")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ProjectError.of(problems)


def render_block(name: str, text: str, indent: str) -> str:
    """Return a block with its marks, which are indented by `indent`."""
    begin = f"{indent}# ffiwheel: begin {name} {digest_of(text)}\n"
    return f"{begin}{text}{indent}# ffiwheel: end {name}\n"


def digest_of(text: str) -> str:
    r"""Return the hash of a block's lines, whatever the versions of actions.

    >>> digest_of("- uses: a/b@v1\n") == digest_of("- uses: a/b@0123abcd # v1.2\n")
    True
    """
    plain = _USES.sub(r"\g<before>", text)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def find_versions(texts: Sequence[str]) -> dict[str, str]:
    """Return action -> version, with the comment behind it, as it stands in `texts`."""
    return {found["action"]: found["version"] for one in texts for found in _USES.finditer(one)}


def keep_versions(text: str, versions: Mapping[str, str]) -> str:
    """Return a block with the versions of actions that the file has had so far."""

    def replace(found: re.Match[str]) -> str:
        return found["before"] + versions.get(found["action"], found["version"])

    return _USES.sub(replace, text)


def blocks_of(parts: Sequence[str | Block]) -> Iterator[Block]:
    """Yield the blocks among the parts."""
    yield from (part for part in parts if isinstance(part, Block))


def _explain_mark(mark: re.Match[str], line: int, where: str) -> Problem:
    return Problem(
        f"`{mark[0].strip()}` has no partner",
        f"{where}:{line}",
        "a block of ffiwheel begins with `# ffiwheel: begin NAME HASH` and ends with\n"
        "`# ffiwheel: end NAME`; remove the whole block, or bring the line back from git",
    )
