"""setuptools: the commands that bring emitted files into builds, wheels and sdists.

Each is laid over the project's own command, or over setuptools' one, and writes only into what that
command makes.

https://setuptools.pypa.io/en/latest/userguide/extension.html
"""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from setuptools.errors import SetupError

from ffiwheel.errors import FfiwheelError
from ffiwheel.workflow.handover import files_for_sdist, files_for_wheel, write_all
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext as BuildExt  # noqa: N812 - they are classes
    from setuptools.command.build_py import build_py as BuildPy  # noqa: N812
    from setuptools.command.sdist import sdist as Sdist  # noqa: N812

    from ffiwheel.config.project import Project
else:
    BuildExt = BuildPy = Sdist = object  # the real ones come below ours in `_lay_over`


@contextlib.contextmanager
def setup_errors() -> Iterator[None]:
    """Let setuptools show an error of the user's in its own way, which has no traceback."""
    try:
        yield
    except FfiwheelError as error:
        raise SetupError(f"{error}".removeprefix("error: ")) from None


def add_commands(dist: Distribution, project: Project) -> None:
    """Lay our commands over those of `dist`."""
    _lay_over(dist, "sdist", FilesIntoSdist, project)
    if project.config.version.emit:
        _lay_over(dist, "build_py", FilesIntoPackages, project)
        _lay_over(dist, "build_ext", FilesForCompiler, project)


def _lay_over(dist: Distribution, name: str, ours: type, project: Project) -> None:
    theirs = dist.get_command_class(name)
    dist.cmdclass[name] = type(name, (ours, theirs), {"project": project})


class FilesIntoSdist(Sdist):
    """`sdist`: the files lie at their paths, and the stamp at the top."""

    project: Project

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Add the files to the tree that becomes the archive."""
        super().make_release_tree(base_dir, files)
        with setup_errors():
            extra = files_for_sdist(self.project, project_version(self.project))
            for path in extra:
                Path(base_dir, path).unlink(missing_ok=True)  # it may be a link to a source file
            write_all(extra, Path(base_dir))


class FilesIntoPackages(BuildPy):
    """`build_py`: the files that lie in a package are copied with it.

    An editable install has no copy of the package, and so no place for them.
    """

    project: Project

    def run(self) -> None:
        """Copy the packages, and then the files."""
        super().run()
        if not self.editable_mode:
            with setup_errors():
                files = files_for_wheel(self.project, project_version(self.project))
            write_all(self._place(files), Path(self.build_lib))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:  # noqa: FBT001, FBT002 - theirs
        """Return what the command makes."""
        paths = {table.path: b"" for table in self.project.config.version.emit}
        ours = [str(Path(self.build_lib, name)) for name in self._place(paths)]
        theirs = super().get_outputs(include_bytecode)
        return [*theirs, *(name for name in ours if name not in theirs)]

    def _place(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        folders = {
            package: Path(self.get_package_dir(package)).as_posix()
            for package in self.packages or ()
        }
        named = {place_in_package(path, folders): content for path, content in files.items()}
        return {name: content for name, content in named.items() if name}


class FilesForCompiler(BuildExt):
    """`build_ext`: an emitted header is found by `#include`, as if it lay in the project."""

    project: Project

    def finalize_options(self) -> None:
        """Add the folders of the headers to those that the compiler looks into."""
        super().finalize_options()
        tables = self.project.config.version.emit
        headers = [table.path for table in tables if table.form == "c-header"]
        self.include_dirs = [*self.include_dirs, *self._folders(headers)]

    def run(self) -> None:
        """Write the headers, and then compile."""
        with setup_errors():
            files = files_for_wheel(self.project, project_version(self.project))
            write_all(files, self._folder)
        super().run()

    @property
    def _folder(self) -> Path:
        return Path(self.build_temp, "ffiwheel")

    def _folders(self, headers: Iterable[str]) -> list[str]:
        parents = {parent for path in headers for parent in PurePosixPath(path).parents}
        return sorted((str(self._folder / parent) for parent in parents), key=len, reverse=True)


def place_in_package(path: str, folders: Mapping[str, str]) -> str:
    """Return the archive path of a file in the project, empty if it lies in no package.

    Args:
        path: the file, relative to the project.
        folders: package -> its folder in the project.

    >>> place_in_package("src/hello/sub/_version.py", {"hello": "src/hello"})
    'hello/sub/_version.py'
    >>> place_in_package("include/hello.h", {"hello": "src/hello"})
    ''
    """
    inside = {
        package: PurePosixPath(path).relative_to(folder)
        for package, folder in folders.items()
        if PurePosixPath(folder) in PurePosixPath(path).parents
    }
    if not inside:
        return ""
    package = max(inside, key=lambda name: len(folders[name]))
    return f"{package.replace('.', '/')}/{inside[package]}"
