"""The TVM-FFI runtime of a target: its headers, and something to link with.

Both come out of the wheel of `apache-tvm-ffi` for that system, which stays in the cache. Where the
release has none, or none is wanted, the headers are this machine's, which are the same, and a
library that has no more than the names is linked with.
"""

from __future__ import annotations

import shlex
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import Runtime
from ffiwheel.toolchain.cached import in_cache
from ffiwheel.toolchain.link_stub import make_link_stub
from ffiwheel.toolchain.releases import release_folder, run_installer
from ffiwheel.toolchain.targets import native_target, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler

_PYTHON = "3.12"
"""A Python for which every release has a wheel everywhere; what is taken out of it knows none."""
_KEPT = ("include", "share", "lib", "src")
"""The folders of the package that builds need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """How a system is called by those who fetch wheels for it, and what is linked with there."""

    pip: str
    uv: str
    libraries: tuple[str, ...]
    """What is kept of the libraries; the first is linked with."""


_SOURCES = {
    "linux_x86_64": _Source(
        pip="manylinux_2_28_x86_64", uv="x86_64-manylinux_2_28", libraries=("libtvm_ffi.so",)
    ),
    "linux_aarch64": _Source(
        pip="manylinux_2_28_aarch64", uv="aarch64-manylinux_2_28", libraries=("libtvm_ffi.so",)
    ),
    "macosx_arm64": _Source(
        pip="macosx_14_0_arm64", uv="aarch64-apple-darwin", libraries=("libtvm_ffi.dylib",)
    ),
    "win_amd64": _Source(
        pip="win_amd64", uv="x86_64-pc-windows-msvc", libraries=("tvm_ffi.lib", "tvm_ffi.dll")
    ),
    "win_arm64": _Source(
        pip="win_arm64", uv="aarch64-pc-windows-msvc", libraries=("tvm_ffi.lib", "tvm_ffi.dll")
    ),
}
"""The system, as wheels of `apache-tvm-ffi` name it -> where they come from."""


def find_target_runtime(
    target: Target, host: Runtime, symbols: Sequence[str], compiler: Compiler, *, stub: bool
) -> Runtime:
    """Return the runtime of a target, in the release of this machine's.

    Args:
        target: what is compiled for.
        host: the runtime of this machine.
        symbols: the C functions of that release.
        compiler: the compiler for the target.
        stub: whether to link with the names alone. The target has to have a wheel otherwise.

    Raises:
        MissingToolError: if it can neither be found nor fetched, or the cache is damaged.
        OutputError: if the cache cannot be written to.
    """
    if stub:
        return replace(host, library=make_link_stub(target, host.version, symbols, compiler))
    if _is_host(target):
        return host
    return fetch_runtime(row_of(target).runtime, host.version)


def _is_host(target: Target) -> bool:
    native = native_target()
    there = (target.system, target.libc, target.arch)
    return there == (native.system, native.libc, native.arch)


def fetch_runtime(platform: str, version: str) -> Runtime:
    """Return a release of the runtime for another system, out of the cache or off the index.

    Args:
        platform: the system as wheels of `apache-tvm-ffi` name it, such as `win_amd64`.
        version: the release.

    Raises:
        MissingToolError: if it is not in the cache and cannot be fetched, or the cache is damaged.
        OutputError: if the cache cannot be written to.
    """
    place = in_cache(
        release_folder(version) / platform, lambda made: _fetch(platform, version, made)
    )
    root = place / "tvm_ffi"
    library = root / "lib" / _SOURCES[platform].libraries[0]
    return Runtime(version=version, root=root, library=library)


def _fetch(platform: str, version: str, made: Path) -> None:
    """Fill an empty folder with what builds need out of a wheel."""
    source = _SOURCES[platform]
    with tempfile.TemporaryDirectory(prefix=".", dir=made.parent) as scratch:
        unpacked = Path(scratch)
        done = run_installer(
            unpacked,
            [f"apache-tvm-ffi=={version}"],
            [*_pip_options(source), "--no-compile"],
            ["--python-platform", source.uv, "--python-version", _PYTHON, *_ONLY],
        )
        if done.code:
            raise _explain_missing(source, platform, version, done.text)
        package = unpacked / "tvm_ffi"
        for unwanted in (package / "lib").iterdir():
            if unwanted.name not in source.libraries:
                shutil.rmtree(unwanted) if unwanted.is_dir() else unwanted.unlink()
        for folder in _KEPT:
            (made / "tvm_ffi").mkdir(exist_ok=True)
            (package / folder).rename(made / "tvm_ffi" / folder)


_ONLY = ("--only-binary", ":all:", "--no-deps")


def _pip_options(source: _Source) -> list[str]:
    abi = f"cp{_PYTHON.replace('.', '')}"
    python = ["--python-version", _PYTHON, "--implementation", "cp", "--abi", abi]
    return [*_ONLY, "--platform", source.pip, *python]


def _explain_missing(source: _Source, platform: str, version: str, output: str) -> MissingToolError:
    wanted = f"apache-tvm-ffi=={version}"
    command = ["pip", "download", *_pip_options(source), "--dest", "wheels", wanted]
    return MissingToolError(
        f"the wheel of apache-tvm-ffi {version} for {platform} is not in the cache,"
        " and cannot be fetched",
        where=str(release_folder(version) / platform),
        hint=f"let this machine reach an index once; or run, where there is a network,\n"
        f"  {shlex.join(command)}\n"
        "and build here with PIP_FIND_LINKS (uv: UV_FIND_LINKS) set to that folder;\n"
        "or add `--link stubs`, which needs no wheel",
        output=output,
    )
