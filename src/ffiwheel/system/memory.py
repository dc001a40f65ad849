"""How much memory there is for more processes: of the machine, and of the groups that we are in.

A container has a limit that the machine's figures do not show. Groups lie in each other, and each
may have one. https://docs.kernel.org/admin-guide/cgroup-v2.html,
https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MEMINFO = Path("/proc/meminfo")
_GROUPS = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class GroupFiles:
    """What the kernel says about the memory of a group: the text of three files, empty if none."""

    limit: str
    """`memory.max`, or `memory.limit_in_bytes` in the first version."""
    used: str
    """`memory.current`, or `memory.usage_in_bytes`."""
    stat: str
    """`memory.stat`."""


def read_free_memory() -> int | None:
    """Return how many bytes more processes can take, or None if the system does not say."""
    folders = group_folders(_read(_GROUPS), _MOUNT)
    groups = (_read_group(folder) for folder in folders)
    return free_memory(_read(_MEMINFO), groups)


def free_memory(meminfo: str, groups: Iterable[GroupFiles]) -> int | None:
    r"""Return how many bytes more processes can take, or None if nothing says so.

    >>> free_memory("MemTotal: 9 kB\nMemAvailable:    2048 kB\n", [])
    2097152
    >>> free_memory("MemAvailable: 2048 kB", [GroupFiles("max\n", "7", "")])
    2097152
    >>> free_memory("", [GroupFiles("5000", "4000", "inactive_file 500\n")])
    1500
    """
    found = re.search(r"^MemAvailable:\s*(\d+) kB", meminfo, re.MULTILINE)
    left = [int(found[1]) * 1024] if found else []
    for group in groups:
        if group.limit.strip().isdecimal() and group.used.strip().isdecimal():
            # The kernel takes back what it holds of files that nobody reads, as with the machine.
            cached = re.search(r"^(?:total_)?inactive_file (\d+)$", group.stat, re.MULTILINE)
            used = int(group.used) - (int(cached[1]) if cached else 0)
            left.append(max(0, int(group.limit) - used))
    return min(left, default=None)


def group_folders(text: str, mount: Path) -> tuple[Path, ...]:
    r"""Return the folders of the groups that `/proc/self/cgroup` names, and of those around them.

    In a container the kernel may name a path that is only there outside; then the top is its own.

    >>> [str(one) for one in group_folders("0::/a/b\n", Path("/m"))]
    ['/m/a/b', '/m/a', '/m']
    >>> [str(one) for one in group_folders("4:cpu,memory:/a\n3:pids:/a\n0::/\n", Path("/m"))]
    ['/m/memory/a', '/m/memory', '/m']
    """
    found = []
    for line in text.splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        top = mount / "memory" if controllers else mount
        folder = top / path.lstrip("/")
        found += [folder, *(one for one in folder.parents if one.is_relative_to(top))]
    return tuple(dict.fromkeys(found))


def _read_group(folder: Path) -> GroupFiles:
    return GroupFiles(
        limit=_read(folder / "memory.max") or _read(folder / "memory.limit_in_bytes"),
        used=_read(folder / "memory.current") or _read(folder / "memory.usage_in_bytes"),
        stat=_read(folder / "memory.stat"),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
