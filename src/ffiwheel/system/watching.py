"""See which files of a folder change, by looking again and again.

A look costs a few microseconds a file, so this does without the system's notices, which network
drives and shared folders of containers and virtual machines do not always pass on. The pause
between two looks grows with what a look costs, so that watching never takes more than a small part
of a core.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Stamp: TypeAlias = "tuple[int, int, int]"
"""When a file was changed, in nanoseconds, its size and its number in the file system."""
Snapshot: TypeAlias = "dict[str, Stamp]"
"""Path of each file, from the folder -> its stamp."""

_SHORTEST_PAUSE = 0.1
_PAUSES_PER_LOOK = 20
"""A pause takes so many times as long as a look: one twentieth of a core at most."""
_QUIET_SECONDS = 0.05
_LONGEST_BURST = 2.0
_SKIPPED = {"__pycache__", "node_modules"}


def take_snapshot(root: Path, skipped: frozenset[str] = frozenset()) -> Snapshot:
    """Return the stamp of every file in a folder.

    What begins with a dot is left out, and so are editors' backups (`~`), virtual environments and
    links to folders. What vanishes meanwhile is not there.

    Args:
        root: the folder.
        skipped: folders in it that are left out as well, by their path from it.
    """
    return dict(_walk(str(root), "", skipped))


def _walk(folder: str, prefix: str, skipped: frozenset[str]) -> Iterator[tuple[str, Stamp]]:
    entries = _list_entries(folder)
    if any(entry.name == "pyvenv.cfg" for entry in entries):
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.name.startswith(".") or entry.name.endswith("~") or name in skipped:
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _SKIPPED:
                yield from _walk(entry.path, f"{name}/", skipped)
        elif stamp := _stamp(entry):
            yield name, stamp


def _list_entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        facts = entry.stat()
    except OSError:
        return None
    is_file = stat.S_ISREG(facts.st_mode)
    return (facts.st_mtime_ns, facts.st_size, facts.st_ino) if is_file else None


def find_changes(before: Mapping[str, Stamp], after: Mapping[str, Stamp]) -> list[str]:
    """Return the files that were made, changed or removed.

    >>> find_changes({"a": (1, 1, 1), "b": (1, 1, 2)}, {"a": (2, 1, 1), "c": (1, 1, 3)})
    ['a', 'b', 'c']
    """
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def wait_for_change(
    look: Callable[[], Snapshot], before: Snapshot, on_pause: Callable[[], None]
) -> Snapshot:
    """Wait until files differ from what they were, and then until no more of them change.

    Several saves at once are one change; one that has been undone by then is none.

    Args:
        look: takes a snapshot.
        before: what the files were.
        on_pause: is called between two looks.
    """
    while True:
        started = time.monotonic()
        now = look()
        cost = time.monotonic() - started
        if now != before and (settled := _settle(look, now)) != before:
            return settled
        on_pause()
        time.sleep(max(_SHORTEST_PAUSE, cost * _PAUSES_PER_LOOK))


def _settle(look: Callable[[], Snapshot], now: Snapshot) -> Snapshot:
    deadline = time.monotonic() + _LONGEST_BURST
    while time.monotonic() < deadline:
        time.sleep(_QUIET_SECONDS)
        last, now = now, look()
        if now == last:
            break
    return now
