"""The options of a project, as they are for one target; and those that no other target can take."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.config.schema import CompileTable

TABLE = "tool.ffiwheel.compile"
_NATIVE = re.compile(r"-m(?:arch|tune|cpu)[= ]native\b")
_FOLDER_OPTIONS = ("-isystem", "-iquote", "-idirafter", "-I", "-L")
_SYSTEM = ("/usr/include", "/usr/local/include", "/usr/lib", "/usr/local/lib", "/lib")
"""Where a Linux machine keeps what is for itself."""


def fit_table(table: CompileTable, name: str) -> CompileTable:
    """Return what a project says about compiling, for the target of this name."""
    return table._replace(
        flags=(*table.flags, *_pick(table.flags_for, name)),
        link_flags=(*table.link_flags, *_pick(table.link_flags_for, name)),
        flags_for={},
        link_flags_for={},
    )


def _pick(flags: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    return tuple(
        flag for pattern, given in flags.items() if fnmatchcase(name, pattern) for flag in given
    )


def check_patterns(table: CompileTable, names: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for every key that is meant for targets and matches none of `names`."""
    for key, flags in (("flags-for", table.flags_for), ("link-flags-for", table.link_flags_for)):
        for pattern in flags:
            if not any(fnmatchcase(name, pattern) for name in names):
                yield Problem(
                    f"no target is called `{pattern}`",
                    f"{TABLE}.{key}",
                    f"the targets are {', '.join(names)}; `*` matches any text",
                )


def check_cross(table: CompileTable, target: str, *, is_like_host: bool) -> Iterator[Problem]:
    """Yield a problem for every option that is about this machine, and not about a target.

    Args:
        table: what the project says, for this target.
        target: its name; it is not `native`.
        is_like_host: whether this machine's libraries are for it as well.
    """
    listed = (
        ("flags", table.flags),
        ("cuda-flags", table.cuda_flags),
        ("link-flags", table.link_flags),
        ("include-dirs", tuple(f"-I{folder}" for folder in table.include_dirs)),
    )
    for key, flags in listed:
        for flag in flags:
            if _NATIVE.search(flag):
                yield Problem(
                    f"`{flag}` asks for the processor of this machine",
                    f"{TABLE}.{key}",
                    "name a processor, for the targets that it is for:\n"
                    f'[{TABLE}.flags-for]\n"*-x86_64" = ["-march=x86-64-v3"]',
                )
        for folder in () if is_like_host else _places(flags):
            if owner := _owner_of(folder):
                yield Problem(
                    f"`{folder}` cannot be used for another system: {owner}",
                    f"{TABLE}.{key}",
                    "keep what a target needs in the project, and say for which target it is:\n"
                    f"[{TABLE}.{'link-flags-for' if key == 'link-flags' else 'flags-for'}]\n"
                    f'"{target}" = [...]',
                )


def _places(flags: Sequence[str]) -> Iterator[str]:
    """Yield the absolute paths of folders and libraries among options.

    >>> list(_places(["-I/usr/include", "-isystem", "/a", "/usr/lib/libm.so", "-DX=/b", "-O3"]))
    ['/usr/include', '/a', '/usr/lib/libm.so']
    """
    for flag in flags:
        rest = next((flag[len(one) :] for one in _FOLDER_OPTIONS if flag.startswith(one)), flag)
        if rest.startswith("/"):
            yield rest


def _owner_of(path: str) -> str:
    """Return why a path is of no use for other systems, or nothing."""
    if any(path == one or path.startswith(f"{one}/") for one in _SYSTEM):
        return "it belongs to this machine"
    if (Path(path) / "Python.h").is_file():
        return "it has the headers of a Python for this machine"
    return ""
