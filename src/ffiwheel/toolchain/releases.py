"""Releases of the TVM-FFI runtime from the index, for this machine and for others.

They stay in the user's cache, a folder each. They are fetched by the program that has installed the
runtime here, pip or uv, because it knows the way to an index: both take their settings and mirrors
from where they always do, and compare what they get with the hash that the index gives.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import sys
import sysconfig
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Runtime
from ffiwheel.system.environment import cache_folder, inherited, interpreter
from ffiwheel.system.machine import host_libc
from ffiwheel.system.process import run
from ffiwheel.toolchain.cached import in_cache, refuse_write
from ffiwheel.toolchain.installer import has_pip, look_for_uv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.system.process import Completed

_PROGRAM = Path(__file__).with_name("_trial.py")
_SECONDS = 120.0
_FULL = re.compile(r"(?:\[Errno |os error )(27|28|122)\b")
"""How pip and uv say that a disk, a quota or a limit on file sizes is full."""


def install_release(version: str) -> Path:
    """Return a folder with a release of `apache-tvm-ffi` and what it needs.

    Raises:
        MissingToolError: if it cannot be installed.
        OutputError: if the cache cannot be written to.
    """
    system = f"{sysconfig.get_platform()}-{host_libc()}"
    place = release_folder(version) / f"{sys.implementation.cache_tag}-{system}"
    return in_cache(place, lambda made: _install(made, [f"apache-tvm-ffi=={version}"]))


def release_folder(version: str) -> Path:
    """Return where everything of a release lies in the cache."""
    return cache_folder() / "releases" / version


def find_release(version: str) -> Runtime:
    """Return a release of the runtime for this machine, installed on its own.

    Raises:
        MissingToolError: if it cannot be installed.
        OutputError: if the cache cannot be written to.
    """
    root = install_release(version) / "tvm_ffi"
    return Runtime(version=version, root=root, library=root / "lib" / "libtvm_ffi.so")


def install_into(folder: Path, requirements: Sequence[str]) -> Path:
    """Install requirements into a folder of their own, and return it.

    Raises:
        MissingToolError: if that fails.
    """
    folder.mkdir(exist_ok=True)
    _install(folder, requirements)
    return folder


def _install(folder: Path, requirements: Sequence[str]) -> None:
    done = run_installer(folder, requirements)
    if done.code:
        raise MissingToolError(
            f"{', '.join(f'`{one}`' for one in requirements)} cannot be installed",
            hint="is the index within reach, and has the release a wheel for this Python?",
            output=done.text,
        )


def run_installer(
    folder: Path,
    requirements: Sequence[str],
    for_pip: Sequence[str] = (),
    for_uv: Sequence[str] = (),
) -> Completed:
    """Install requirements into a folder, and return how that ended.

    Args:
        folder: an empty folder.
        requirements: what to install.
        for_pip: options for pip, if pip it is.
        for_uv: options for uv, if uv it is.

    Raises:
        OutputError: if there is no room for it.
    """
    uv = find_uv()
    command: list[str | Path] = (
        [uv, "pip", "install", "--quiet", "--python", interpreter(), *for_uv]
        if uv
        else [interpreter(), "-m", "pip", "install", "--quiet", *for_pip]
    )
    # What users have pip do for themselves would keep it from filling a folder.
    env = inherited(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_REQUIRE_VIRTUALENV="0", PIP_USER="0")
    command += ["--target", folder, *requirements]
    done = run(command, cwd=folder, env=env, timeout=_SECONDS)
    if done.code and (full := _FULL.search(done.text)):
        raise refuse_write(folder, int(full[1]), done.text)
    return done


@lru_cache
def find_uv() -> str | None:
    """Return uv where it has installed the runtime, or where there is no pip."""
    runtime = next(iter(importlib.metadata.distributions(name="apache-tvm-ffi")), None)
    installer = (runtime.read_text("INSTALLER") or "").strip() if runtime else ""
    return None if installer != "uv" and has_pip() else look_for_uv()


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
