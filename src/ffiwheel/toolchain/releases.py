"""Releases of the TVM-FFI runtime, installed beside each other, to load a wheel with each of them.

They stay in the user's cache: a folder each, made by uv where it is there, else by pip. Both take
their settings and mirrors from where they always do.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Runtime
from ffiwheel.system.environment import cache_folder, inherited, interpreter
from ffiwheel.system.process import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.system.process import Completed

_PROGRAM = Path(__file__).with_name("_trial.py")
_SECONDS = 120.0


def install_release(version: str) -> Path:
    """Return a folder with a release of `apache-tvm-ffi` and what it needs.

    Raises:
        MissingToolError: if it cannot be installed.
    """
    python = f"{sys.implementation.cache_tag}-{sys.platform}"
    place = cache_folder() / "runtimes" / python / version
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            made = install_into(Path(scratch) / version, [f"apache-tvm-ffi=={version}"])
            if not place.is_dir():
                made.rename(place)
    return place


def find_release(version: str) -> Runtime:
    """Return a release of the runtime for this machine, installed on its own.

    Raises:
        MissingToolError: if it cannot be installed.
    """
    root = install_release(version) / "tvm_ffi"
    return Runtime(version=version, root=root, library=root / "lib" / "libtvm_ffi.so")


def install_into(folder: Path, requirements: Sequence[str]) -> Path:
    """Install requirements into a folder of their own, and return it.

    Raises:
        MissingToolError: if that fails.
    """
    program = Path(sys.executable).with_name("uv")
    uv = str(program) if program.is_file() else shutil.which("uv")
    command: list[str | Path] = (
        [uv, "pip", "install", "--quiet", "--python", interpreter()]
        if uv
        else [interpreter(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    folder.mkdir(exist_ok=True)
    command += ["--target", folder, *requirements]
    done = run(command, cwd=folder.parent, env=inherited(), timeout=_SECONDS)
    if done.code:
        raise MissingToolError(
            f"{', '.join(f'`{one}`' for one in requirements)} cannot be installed",
            hint="is the index within reach, and has the release a wheel for this Python?",
            output=done.text,
        )
    return folder


def load_with(
    folders: Sequence[Path], packages: Sequence[str], libraries: Sequence[Path]
) -> Completed:
    """Import packages and load libraries in a process of their own; this runs their code."""
    lists = ([str(one) for one in folders], list(packages), [str(one) for one in libraries])
    arguments = [json.dumps(one) for one in lists]
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as folder:
        return run(
            [interpreter(), "-I", "-X", "utf8", _PROGRAM, *arguments],
            cwd=Path(folder),
            env=inherited(),
            timeout=_SECONDS,
        )
