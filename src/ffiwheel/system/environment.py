"""The environment variables that ffiwheel honours, read in one place."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ZIP_EPOCH = 315532800
"""1980-01-01, the first moment that a zip archive can express."""
_GIT_CONFIGURATION = (
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_VALUE_",
    "GIT_EXEC_PATH",
)
# What makes git look elsewhere than in the folder it is asked in.
_GIT_PLACES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
)

_OF_THE_SHELL = frozenset(
    ("_", "COLUMNS", "LINES", "OLDPWD", "PWD", "PYTEST_CURRENT_TEST", "SHLVL", "TERM", "WINDOWID")
)

_LAST = 2**32 - 1
"""In 2106, the last moment that gzip can express; zip goes on to 2107."""


def source_date_epoch() -> int:
    """Return the time, in seconds since 1970, that built archives carry.

    `SOURCE_DATE_EPOCH` decides (https://reproducible-builds.org/specs/source-date-epoch);
    without it the time is a constant, so that the same input gives the same bytes.

    Raises:
        ProjectError: if its value is no number, or later than archives can express.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return ZIP_EPOCH
    if not (value.isascii() and value.isdecimal() and int(value) <= _LAST):
        raise ProjectError(
            f"`{value}` is no time that an archive can carry",
            where="environment variable SOURCE_DATE_EPOCH",
            hint="give the seconds since 1970, before the year 2106,\n"
            "such as `export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)`",
        )
    return max(int(value), ZIP_EPOCH)


def cache_folder() -> Path:
    """Return the folder for files that may be deleted at any time."""
    from pathlib import Path  # noqa: PLC0415 - a version query does without

    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(base) / "ffiwheel"


def version_override(project: str) -> tuple[str, str] | None:
    """Return the variable that sets the version of `project`, and what it says.

    `FFIWHEEL_VERSION_FOR_<NAME>` is for one project, whose normal name is spelt in capitals and
    with `_`; `FFIWHEEL_VERSION` is for any. A variable that is empty is not set.
    """
    name = project.upper().replace("-", "_")
    for variable in (f"FFIWHEEL_VERSION_FOR_{name}", "FFIWHEEL_VERSION"):
        if os.environ.get(variable, "").strip():
            return variable, os.environ[variable].strip()
    return None


def git_environment(**changes: str) -> dict[str, str]:
    """Return the environment for a git that answers alike everywhere and changes nothing.

    A hook sets `GIT_DIR` and more, which name another repository than the folder's. Only where
    git finds its configuration stays: `safe.directory` may be set there.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_GIT_CONFIGURATION)
    }
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        **changes,
    }


def users_git_environment() -> dict[str, str]:
    """Return the environment for a git that acts for the user: names, keys, hooks and habits.

    Only the repository is always the folder's, which a hook's `GIT_DIR` would change.
    """
    return {name: value for name, value in os.environ.items() if name not in _GIT_PLACES}


def compiler_choice() -> tuple[str, str]:
    """Return the values of `CC` and `CXX`, empty where unset."""
    return os.environ.get("CC", ""), os.environ.get("CXX", "")


def active_environments() -> list[tuple[str, str]]:
    """Return the variable that names the active environment of Python, and the environment.

    conda's base environment is no place for projects: it is conda's own, and always active.
    """
    is_base = os.environ.get("CONDA_DEFAULT_ENV", "") == "base"
    names = ("VIRTUAL_ENV", *(() if is_base else ("CONDA_PREFIX",)))
    return [(name, os.environ[name]) for name in names if os.environ.get(name)]


def compiling_variables() -> list[str]:
    """Return the values of the variables that compilers and CMake heed, empty where unset."""
    names = ("CC", "CXX", "CUDACXX", "CFLAGS", "CXXFLAGS", "CUDAFLAGS", "LDFLAGS", "CPATH")
    return [os.environ.get(name, "") for name in names]


def describe_environment() -> str:
    """Return what tells whether any variable has changed that a build may heed.

    Left out is only what differs from one shell or moment to the next and says nothing about
    programs and files.
    """
    from hashlib import sha256  # noqa: PLC0415 - a version query does without

    heeded = sorted(item for item in os.environ.items() if item[0] not in _OF_THE_SHELL)
    return sha256(repr(heeded).encode("utf-8", "surrogateescape")).hexdigest()


def program_folders() -> list[str]:
    """Return the folders in which programs are looked for."""
    return [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]


def compiler_choice_for(names: Sequence[str]) -> tuple[str, str, str]:
    """Return the variable that names a C++ compiler for a target, its value, and that of `CC_...`.

    They are spelt as Rust's: `CXX_aarch64_linux_gnu`, `CC_linux_aarch64`. All are empty where no
    such variable is set.

    Args:
        names: how the target is called; the first for which there is a variable decides.
    """
    for name in names:
        suffix = name.replace("-", "_").replace(".", "_")
        if os.environ.get(f"CXX_{suffix}"):
            variable = f"CXX_{suffix}"
            return variable, os.environ[variable], os.environ.get(f"CC_{suffix}", "")
    return "", "", ""


def parallel_choice() -> int:
    """Return how many compilers the user wants at once, 0 where that is not said.

    https://cmake.org/cmake/help/latest/envvar/CMAKE_BUILD_PARALLEL_LEVEL.html
    """
    value = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", "")
    return int(value) if value.isascii() and value.isdecimal() else 0


def zig_cache_choice() -> Path | None:
    """Return where zig keeps what it makes for all projects, or None if it knows no such place."""
    from pathlib import Path  # noqa: PLC0415 - a version query does without

    if chosen := os.environ.get("ZIG_GLOBAL_CACHE_DIR"):
        return Path(chosen).absolute()
    if caches := os.environ.get("XDG_CACHE_HOME"):
        return Path(caches).absolute() / "zig"
    home = os.environ.get("HOME")
    return Path(home).absolute() / ".cache" / "zig" if home else None


def is_set(name: str) -> bool:
    """Tell whether a variable is set, and not empty."""
    return bool(os.environ.get(name))


def provide(**variables: str) -> None:
    """Set variables for all processes that are started from now on."""
    os.environ.update(variables)


def inherited(**changes: str) -> dict[str, str]:
    """Return the environment for a child process, with `changes`."""
    return {**os.environ, **changes}


def appended(**flags: Sequence[str]) -> dict[str, str]:
    """Return variables such as `CFLAGS` with `flags` after what the user has put there."""
    import shlex  # noqa: PLC0415 - a version query does without

    return {
        name: " ".join([*os.environ.get(name, "").split(), shlex.join(more)])
        for name, more in flags.items()
    }


def interpreter() -> Path:
    """Return the Python interpreter that runs us, links to it kept (it may be in a venv)."""
    from pathlib import Path  # noqa: PLC0415 - a version query does without

    return Path(sys.executable)
