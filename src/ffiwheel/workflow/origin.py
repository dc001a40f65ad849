"""Whose a build folder is: what another machine or another ffiwheel left is removed.

A folder is copied, or seen from several containers. Ninja compares times and command lines, and
these may be the same where the compiler behind them is not; CMake refuses a folder that was moved.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from ffiwheel import __version__
from ffiwheel.system.files import explaining, write_if_changed
from ffiwheel.system.machine import describe_machine
from ffiwheel.wheel.finder import mark_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.toolchain import Compiler

_FILE = "origin.json"
_KEPT = {".gitignore", _FILE}


def claim_folder(folder: Path, root: Path, compiler: Compiler) -> bool:
    """Make a build folder that of this machine, this ffiwheel and this project; tell if it was not.

    Args:
        folder: the build folder.
        root: the project's folder.
        compiler: what is going to work there. Several may, in turn.

    Raises:
        OutputError: if something in it cannot be removed.
    """
    program = os.path.realpath(compiler.cxx[0])
    known = _read(folder / _FILE)
    now = {
        "ffiwheel": __version__,
        "root": str(root),
        "machine": describe_machine(),
        program: mark_file(program),
    }
    is_other = any(known.get(name, value) != value for name, value in now.items())
    if is_other:
        _clear(folder)
        known = {}
    write_if_changed(folder / _FILE, json.dumps({**known, **now}, indent=2).encode())
    return is_other


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
