"""Which files of the project went into its libraries, as Ninja remembers it.

Compilers tell Ninja every file that they read, headers too. So this is the list of what a library
was made of, and not of what lies in the project. https://ninja-build.org/manual.html#_deps
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import ninja

from ffiwheel.system.process import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.compile.job import Job


def read_inputs(job: Job, file: Path, cwd: Path, outputs: tuple[str, ...] = ()) -> dict[str, Path]:
    """Return path from the project's folder -> file of each that was compiled, sorted.

    A file that states the version stands under the path that it has in the project. What a build
    makes for itself and what lies elsewhere is left out.

    Args:
        job: what was compiled.
        file: the `build.ninja`.
        cwd: the folder that Ninja worked in.
        outputs: the objects that are asked about; default: all.
    """
    program = Path(ninja.BIN_DIR) / "ninja"
    told = (
        query((program, "-C", cwd, "-f", file, "-t", "deps", *outputs)) if file.is_file() else None
    )
    listed = (os.path.join(cwd, one) for one in parse_deps(told or ""))  # noqa: PTH118 - thousands
    ours = (f"{job.root}/", *([f"{job.overlay.folder}/"] if job.overlay else []))
    near = [Path(one) for one in set(map(os.path.normpath, listed)) if one.startswith(ours)]
    return dict(sorted((name, path) for path in near if (name := _name(job, path))))


def parse_deps(text: str) -> Iterator[str]:
    r"""Yield every file that `ninja -t deps` lists.

    >>> list(parse_deps("a.o: #deps 2, deps mtime 17 (VALID)\n    a.cc\n    include/a.h\n\n"))
    ['a.cc', 'include/a.h']
    """
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def _name(job: Job, path: Path) -> str | None:
    if job.overlay and path.is_relative_to(job.overlay.folder):
        return path.relative_to(job.overlay.folder).as_posix()
    is_inside = path.is_relative_to(job.root) and not path.is_relative_to(job.folder)
    is_runtime = path.is_relative_to(job.runtime.root)  # an environment may lie in the project
    return path.relative_to(job.root).as_posix() if is_inside and not is_runtime else None
