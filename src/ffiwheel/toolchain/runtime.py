"""The `apache-tvm-ffi` release that is installed beside us, found without importing it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from pathlib import Path

from packaging.version import Version as Pep440

from ffiwheel.errors import MissingToolError
from ffiwheel.model.provenance import Part
from ffiwheel.model.toolchain import Runtime

_DLPACK = re.compile(r"#define DLPACK_M(?:AJOR|INOR)_VERSION (\d+)")
OLDEST = Pep440("0.1.12")
"""The oldest release whose headers and reflection data the tests cover."""


def installed_version() -> str:
    """Return the release that is installed, or nothing where none is."""
    try:
        return importlib.metadata.version("apache-tvm-ffi")
    except importlib.metadata.PackageNotFoundError:
        return ""


def find_runtime() -> Runtime:
    """Return the installed runtime.

    Raises:
        MissingToolError: if it is not installed, is too old, or lacks its library.
    """
    hint = f"pip install --upgrade 'apache-tvm-ffi>={OLDEST}'"
    version = installed_version()
    if not version:
        raise MissingToolError("`apache-tvm-ffi` is not installed", hint=hint)
    if Pep440(version) < OLDEST:
        message = f"`apache-tvm-ffi` {version} is too old: builds need {OLDEST} or later"
        raise MissingToolError(message, hint=hint)
    spec = importlib.util.find_spec("tvm_ffi")
    root = Path(str(spec.origin)).resolve().parent if spec else Path()
    library = root / "lib" / "libtvm_ffi.so"
    if not library.is_file():
        message = f"`apache-tvm-ffi` {version} is installed without its library"
        again = "pip install --force-reinstall apache-tvm-ffi"
        raise MissingToolError(message, where=str(library), hint=again)
    return Runtime(version=version, root=root, library=library)


def list_headers(runtime: Runtime) -> tuple[Part, ...]:
    """Return the packages whose headers a TVM-FFI extension is compiled with."""
    release = Part("apache-tvm-ffi", runtime.version, f"pkg:pypi/apache-tvm-ffi@{runtime.version}")
    header = runtime.include_dir / "dlpack" / "dlpack.h"
    text = header.read_text(encoding="utf-8") if header.is_file() else ""
    dlpack = ".".join(_DLPACK.findall(text))
    parts = (Part("dlpack", dlpack, f"pkg:github/dmlc/dlpack@v{dlpack}"),) if dlpack else ()
    return (release, *parts)
