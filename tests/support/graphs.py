"""Commit graphs of any size, made by one `git fast-import`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_TIME = 1_700_000_000


@dataclass(frozen=True)
class Commit:
    """A commit by its number in the list, beginning with 0."""

    parents: tuple[int, ...]
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """The files that it adds to those of its first parent."""


def line(length: int, tags: dict[int, str]) -> list[Commit]:
    """Return commits one after the other, with tags by their number."""
    return [
        Commit((number - 1,) if number else (), (tags[number],) if number in tags else ())
        for number in range(length)
    ]


def make_repository(folder: Path, commits: Iterable[Commit], pyproject: str = "") -> list[str]:
    """Make a repository whose HEAD is the last commit, and return the commits' hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    git = ("git", "-C", str(folder))
    subprocess.run([*git, "init", "--quiet"], check=True)
    marks = folder / ".git" / "marks"
    stream = b"".join(_render(commits, pyproject))
    subprocess.run(
        [*git, "fast-import", "--quiet", f"--export-marks={marks}"], input=stream, check=True
    )
    subprocess.run([*git, "reset", "--quiet", "--hard", "refs/heads/all"], check=True)
    rows = dict(row.split() for row in marks.read_text().splitlines())
    return [rows[f":{number}"] for number in range(1, len(rows) + 1)]


def _render(commits: Iterable[Commit], pyproject: str) -> Iterator[bytes]:
    for number, commit in enumerate(commits, start=1):
        yield (
            f"commit refs/heads/all\nmark :{number}\n"
            f"committer Test <test@example.org> {_TIME + number} +0000\ndata 0\n"
        ).encode()
        for word, parent in zip(("from", *["merge"] * 16), commit.parents, strict=False):
            yield f"{word} :{parent + 1}\n".encode()
        if pyproject and not commit.parents:
            yield f"M 100644 inline pyproject.toml\ndata {len(pyproject)}\n{pyproject}".encode()
        for name in commit.files:
            yield f"M 100644 inline {name}\ndata 0\n\n".encode()
        yield b"\n"
        for tag in commit.tags:
            yield f"reset refs/tags/{tag}\nfrom :{number}\n\n".encode()
