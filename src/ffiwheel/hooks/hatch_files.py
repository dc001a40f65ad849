"""`[tool.hatch.build.hooks.ffiwheel]`: hatchling takes the emitted files from here.

https://hatch.pypa.io/latest/plugins/build-hook/reference/
"""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

from ffiwheel.config.project import read_project
from ffiwheel.hooks.asking import ending_clearly
from ffiwheel.workflow.handover import files_for_sdist, files_for_wheel, write_all
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Iterable


class BuildHook(BuildHookInterface[BuilderConfig]):
    """The files that `[[tool.ffiwheel.version.emit]]` lists, in sdists and wheels.

    They lie outside of the project until the build is over, so that hatchling puts them in place of
    those that an unpacked sdist holds. In an editable install Python imports from the source tree,
    where there are none.
    """

    PLUGIN_NAME = "ffiwheel"
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, dict[str, str]]) -> None:
        """Add the files to what is built."""
        if version == "editable":
            return
        is_sdist = self.target_name == "sdist"
        with ending_clearly():
            project = read_project(Path(self.root), to_build=False)
            plan = files_for_sdist if is_sdist else files_for_wheel
            files = plan(project, project_version(project))
        self._folder = tempfile.TemporaryDirectory(prefix="ffiwheel-")
        write_all(files, Path(self._folder.name))
        build_data["force_include"] |= {
            str(Path(self._folder.name, path)): path
            for path in files
            if is_sdist or ships(self.build_config, path)
        }

    def finalize(self, version: str, build_data: dict[str, object], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the files when the build is over."""
        if self._folder:
            self._folder.cleanup()


def ships(config: BuilderConfig, path: str) -> bool:
    """Tell whether a file of the project would go into the wheel, be it ignored by git or not."""
    if folders := config.only_include.values():
        return is_below(path, folders)
    return config.path_is_included(path)


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Tell whether `path` is one of `folders`, which may be files, or lies in one.

    >>> [is_below(path, ["src/hello"]) for path in ("src/hello/a.py", "src/hello", "src/hello2.py")]
    [True, True, False]
    """
    places = {PurePosixPath(path), *PurePosixPath(path).parents}
    return any(PurePosixPath(Path(folder).as_posix()) in places for folder in folders)
