"""Real releases of apache-tvm-ffi beside each other, and libraries compiled with their headers."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workshop import REPOSITORY, check, require

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.compile.ninja import render_headers_source
from ffiwheel.errors import MissingToolError
from ffiwheel.toolchain.native import find_compiler
from ffiwheel.toolchain.releases import install_release

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

SOURCES = REPOSITORY / "tests" / "data" / "runtimes"
CACHE = Path(tempfile.gettempdir()) / f"ffiwheel-tests-{os.getuid()}" / "cache"
"""Where releases stay for the next run, as the user's cache would have them."""


@cache
def release(version: str) -> Path:
    """Return a folder with a release; it stays for the next run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(CACHE))
        try:
            return install_release(version)
        except MissingToolError:
            require("network", present=False)
            raise


def compile_with(headers: str, kind: str, folder: Path, *flags: str) -> Path:
    """Compile a source of `tests/data/runtimes` with the headers of a release."""
    package = release(headers) / "tvm_ffi"
    library = folder / f"{kind}-{headers}.so"
    record = folder / f"headers-{headers}.cc"
    record.write_text(render_headers_source(headers))
    options = ("-std=c++17", "-O0", "-w", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,now")
    includes = ("-I", package / "include", "-L", package / "lib")
    files = (SOURCES / f"{kind}.cc", record)
    cxx = find_compiler().cxx
    check(*cxx, *options, *includes, *files, "-ltvm_ffi", *flags, "-o", library, cwd=folder)
    return library


def facts(library: Path) -> Binary:
    """Return what a reader of libraries says."""
    with library.open("rb") as file:
        return read_binary(file, library.name)
