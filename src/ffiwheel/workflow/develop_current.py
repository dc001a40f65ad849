"""Whether an editable install is what it should be: what decides that there is nothing to do.

Most runs of `ffiwheel develop` end here, so it imports little; what builds is imported later.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel import __version__
from ffiwheel.system.environment import compiling_variables
from ffiwheel.wheel.finder import BESIDE, BUILT, INPUT, LISTING, find_change, read_state
from ffiwheel.wheel.names import folder_name
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.toolchain.virtual import Environment

KEY, INSTALLED = "key", "installed"
"""What stands for all that only an installer can change: as it should be, and as it is."""
_ALL = (INPUT, LISTING, BESIDE, BUILT)


class Wishes(NamedTuple):
    """What somebody wants of an editable install."""

    debug: bool = False
    rebuild: bool = False
    """Whether an import looks for changes, and builds what has changed."""
    extras: tuple[str, ...] = ()
    """Optional dependencies to install with it."""
    groups: tuple[str, ...] = ()
    """Dependency groups to install with it."""


def find_installed(project: Project, environment: Environment) -> Path | None:
    """Return the folder with what was built, if an editable install of the project is there.

    There is none that works where the environment's Python is gone.
    """
    if not os.path.exists(environment.python):  # noqa: PTH110 - where nothing may be seen, no
        return None
    for site in environment.likely_sites:
        if (folder := site / folder_name(project.name)).is_dir():
            return folder
    return None


def find_reason(project: Project, folder: Path | None, wishes: Wishes) -> str:
    """Return why an editable install is not what it should be; nothing if it is.

    Args:
        project: what is installed.
        folder: the folder in the environment with what was built, or None.
        wishes: what it should be.
    """
    if folder is None:
        return "it is not installed"
    values, files = read_state(str(folder))
    wanted = describe_wishes(project, wishes)
    if any(values.get(name) != value for name, value in wanted.items()):
        return "it is to be built in another way"
    if values.get(KEY) != values.get(INSTALLED) or lacks(values, wishes):
        return "more is to be installed with it"
    if change := find_change(str(folder), files, _ALL):
        return f"`{change}` has changed"
    if values.get("version") != describe_version(project):
        return "its version has changed"
    return ""


def describe_wishes(project: Project, wishes: Wishes) -> dict[str, str]:
    """Return what has to be written in the state of an install, name by name.

    The rest of what the compiler depends on is among the files: its headers and the runtime's.
    """
    return {
        "with": repr((__version__, sys.prefix, *compiling_variables())),
        "root": project.folder,
        "debug": _say(is_so=wishes.debug),
        "rebuild": _say(is_so=wishes.rebuild),
    }


def lacks(values: Mapping[str, str], wishes: Wishes) -> bool:
    """Tell whether optional dependencies or groups are wanted that were not installed."""
    return any(
        not set(wanted) <= set(values.get(name, "").split())
        for name, wanted in (("extras", wishes.extras), ("groups", wishes.groups))
    )


def join_names(names: Iterable[str]) -> str:
    """Return extras or groups as the state has them."""
    return " ".join(sorted(set(names)))


def describe_version(project: Project) -> str:
    """Return the version that an install should have, as far as a new one is worth the while.

    The local part counts only where files state it: it changes with the first edit after a commit.
    """
    if not project.is_ours:
        return ""
    version = project_version(project)
    return version.full if project.config.version.emit else version.public


def parse_wishes(values: Mapping[str, str]) -> Wishes:
    """Return what an install was made with."""
    return Wishes(
        debug=values.get("debug") == _say(is_so=True),
        rebuild=values.get("rebuild") == _say(is_so=True),
        extras=tuple(values.get("extras", "").split()),
        groups=tuple(values.get("groups", "").split()),
    )


def is_out_of_date(folder: str) -> bool:
    """Tell whether what is compiled has changed since an install was built."""
    return bool(find_change(folder, read_state(folder)[1], (INPUT, LISTING)))


def _say(*, is_so: bool) -> str:
    return "yes" if is_so else "no"
