"""Which files of the project went into its libraries, as Ninja remembers it.

Compilers tell Ninja every file that they read, headers too. So this is the list of what a library
was made of, and not of what lies in the project. https://ninja-build.org/manual.html#_deps
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.compile.ask_ninja import ask_ninja, parse_deps

if TYPE_CHECKING:
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
    told = parse_deps(ask_ninja(cwd, file, "deps", *outputs))
    listed = (os.path.join(cwd, one) for one in told)  # noqa: PTH118 - thousands
    ours = (f"{job.root}/", *([f"{job.overlay.folder}/"] if job.overlay else []))
    near = [Path(one) for one in set(map(os.path.normpath, listed)) if one.startswith(ours)]
    return dict(sorted((name, path) for path in near if (name := _name(job, path))))


def _name(job: Job, path: Path) -> str | None:
    if job.overlay and path.is_relative_to(job.overlay.folder):
        return path.relative_to(job.overlay.folder).as_posix()
    is_inside = path.is_relative_to(job.root) and not path.is_relative_to(job.folder)
    is_runtime = path.is_relative_to(job.runtime.root)  # an environment may lie in the project
    return path.relative_to(job.root).as_posix() if is_inside and not is_runtime else None
