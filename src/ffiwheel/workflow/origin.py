"""Whose a build folder is: what another machine, ffiwheel or time left is removed.

A folder is copied, or seen from several containers. Ninja compares times and command lines, and
these may be the same where the compiler behind them is not; CMake refuses a folder that was moved.
What was made before the clock was set back is younger than all that is saved from then on.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from ffiwheel import __version__
from ffiwheel.system.files import explaining, write_if_changed
from ffiwheel.system.machine import describe_machine
from ffiwheel.wheel.finder import mark_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.toolchain import Compiler

BUILT_ANEW = (
    "the build folder is from another place, machine, ffiwheel or time: everything is built anew"
)
_FILE = "origin.json"
_SLACK = 2_000_000_000
"""Nanoseconds by which clocks are put right now and then; `outdated` sees to what falls within."""
_KEPT = {".gitignore", _FILE}


def claim_folder(folder: Path, root: Path, *compilers: Compiler) -> bool:
    """Make a build folder that of this machine, this ffiwheel and this project; tell if it was not.

    Args:
        folder: the build folder.
        root: the project's folder.
        compilers: what is going to work there. Others may, in turn.

    Raises:
        OutputError: if something in it cannot be removed.
    """
    programs = [os.path.realpath(one.cxx[0]) for one in compilers]
    known = _read(folder / _FILE)
    now = {
        "ffiwheel": __version__,
        "root": str(root),
        "machine": describe_machine(),
        **{program: mark_file(program) for program in programs},
    }
    is_other = any(known.get(name, value) != value for name, value in now.items())
    if is_other or _is_of_the_future(folder):
        is_other = True
        _clear(folder)
        known = {}
    write_if_changed(folder / _FILE, json.dumps({**known, **now}, indent=2).encode())
    return is_other


def _is_of_the_future(folder: Path) -> bool:
    """Tell whether Ninja has worked here later than now, by the clock of the file system."""
    with explaining(folder), tempfile.TemporaryFile(dir=folder) as file:
        now = os.fstat(file.fileno()).st_mtime_ns
    logs = (*folder.glob(".ninja_log"), *folder.glob("cmake-*/.ninja_log"))
    return any(log.stat().st_mtime_ns > now + _SLACK for log in logs)


def _read(file: Path) -> Mapping[str, str]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name in _KEPT:
            continue
        with explaining(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
