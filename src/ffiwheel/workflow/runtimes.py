"""Which release of the runtime a build is made with, here and for a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from ffiwheel.audit.runtime.table import C_PREFIX, read_table
from ffiwheel.errors import ProjectError
from ffiwheel.toolchain.releases import find_release
from ffiwheel.toolchain.runtime import OLDEST, find_runtime, installed_version
from ffiwheel.toolchain.target_runtime import find_target_runtime
from ffiwheel.toolchain.targets import row_of
from ffiwheel.workflow.binaries import read_file

if TYPE_CHECKING:
    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler, Runtime

_OPTION = "--ffi"


def find_wanted_runtime(wanted: str) -> Runtime:
    """Return a release of the runtime for this machine; that is the installed one by default.

    Args:
        wanted: what `--ffi` says; may be empty.

    Raises:
        ProjectError: if there is no such release, or it is too old.
        MissingToolError: if it is not installed, and cannot be.
        OutputError: if the cache cannot be written to.
    """
    version = choose_release(wanted) if wanted else ""
    return find_release(version) if version not in ("", installed_version()) else find_runtime()


def choose_release(wanted: str) -> str:
    """Return the release that `--ffi` names; one that is newer than the table may exist.

    Raises:
        ProjectError: if it is no version, is too old, or is known not to exist.
    """
    try:
        version = Version(wanted)
    except InvalidVersion as error:
        raise ProjectError(
            f"`{wanted}` is no version", where=_OPTION, hint=f"such as `{_OPTION} {OLDEST}`"
        ) from error
    if version < OLDEST:
        raise ProjectError(
            f"apache-tvm-ffi {version} is too old: builds need {OLDEST} or later",
            where=_OPTION,
            hint="what is built with a later one may run on it all the same: the audit says so",
        )
    known = {Version(one.version): one.version for one in read_table().releases}
    if version in known or version > max(known):
        return known.get(version, str(version))
    below = max(one for one in known if one < version)
    above = min(one for one in known if one > version)
    raise ProjectError(
        f"there is no apache-tvm-ffi {version}",
        where=_OPTION,
        hint=f"the nearest are {known[below]} and {known[above]}",
    )


def runtime_for(target: Target, host: Runtime, compiler: Compiler, link: str) -> Runtime:
    """Return the runtime of a target: out of its wheel, or where there is none the names alone.

    Args:
        target: what is compiled for.
        host: the runtime of this machine, in the release to compile against.
        compiler: the compiler for the target.
        link: `stubs` for the names alone wherever there is a wheel, too.

    Raises:
        MissingToolError: if it can neither be found nor fetched, or the cache is damaged.
        OutputError: if the cache cannot be written to.
    """
    exports = read_file(host.library, host.library.name).exports
    symbols = [name for name in exports if name.startswith(C_PREFIX)]
    stub = link == "stubs" or row_of(target).runtime not in _platforms(host.version)
    return find_target_runtime(target, host, symbols, compiler, stub=stub)


def _platforms(version: str) -> tuple[str, ...]:
    """Return the systems that a release has wheels for; one not known yet, as the newest known."""
    releases = read_table().releases
    return next((one for one in releases if one.version == version), releases[-1]).platforms
