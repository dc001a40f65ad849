"""Which files of the source tree go into the wheel, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.errors import ProjectError
from ffiwheel.model.draft import is_library
from ffiwheel.system.git import ask_git_for_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".git"}
_SOURCE_FOLDERS = ("python", "src")
_USUAL_PLACES = (*_SOURCE_FOLDERS, ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFolder:
    """A folder of the source tree whose files go into the wheel."""

    path: Path
    name: str
    """Its path in the wheel, with `/`."""

    def archive_path(self, file: Path) -> str | None:
        """Return the archive path of `file`, or None if it lies elsewhere."""
        if not file.is_relative_to(self.path):
            return None
        return f"{self.name}/{file.relative_to(self.path).as_posix()}"

    def source_path(self, name: str) -> Path | None:
        """Return the file of an archive path, or None if it belongs elsewhere."""
        start = f"{self.name}/"
        return self.path / name.removeprefix(start) if name.startswith(start) else None


def find_packages(
    root: Path, import_name: str, listed: tuple[str, ...], emitted: Iterable[str] = ()
) -> tuple[PackageFolder, ...]:
    """Return the Python packages of a project of ours.

    Args:
        root: the project's folder.
        import_name: the package to look for where none is listed.
        listed: folders named in the configuration.
        emitted: files that count as if they lay in the project, relative to it.

    Raises:
        ProjectError: naming every listed folder that does not exist.
    """
    paths = [PurePosixPath(path) for path in emitted]
    implied = {folder for path in paths for folder in path.parents}
    missing = [
        folder
        for folder in listed
        if not (root / folder).is_dir() and PurePosixPath(folder) not in implied
    ]
    if missing:
        raise ProjectError(
            f"there is no folder {', '.join(f'`{folder}`' for folder in missing)}",
            where=f"tool.ffiwheel.packages in {root / 'pyproject.toml'}",
            hint="list folders of Python packages, relative to the project's folder",
        )
    if listed:
        return tuple(PackageFolder(path=root / one, name=_archive_name(one)) for one in listed)
    return _search(root, import_name, _USUAL_PLACES, paths)


def _archive_name(folder: str) -> str:
    """Return where in the wheel a listed folder goes: its path below `python/` or `src/`.

    >>> _archive_name("python/acme/kernels"), _archive_name("lib/hello")
    ('acme/kernels', 'hello')
    """
    first, *rest = PurePosixPath(folder).parts
    return "/".join(rest) if first in _SOURCE_FOLDERS and rest else PurePosixPath(folder).name


def find_cmake_packages(
    root: Path, import_name: str, wheel_table: Mapping[str, object]
) -> tuple[PackageFolder, ...]:
    """Return the packages that scikit-build-core puts into the wheel of a project.

    `wheel.packages` is a list of folders, a table of archive path -> folder, or absent; then the
    package of the project's name is looked for (scikit-build-core's settings reference).
    """
    listed = wheel_table.get("packages")
    if isinstance(listed, dict):
        pairs = listed.items()
        return tuple(PackageFolder(path=root / str(path), name=str(name)) for name, path in pairs)
    if isinstance(listed, list):
        folders = [root / str(item) for item in listed]
        return tuple(PackageFolder(path=folder, name=folder.name) for folder in folders)
    return _search(root, import_name, ("src", "python", "."))


def _search(
    root: Path, name: str, places: tuple[str, ...], emitted: Iterable[PurePosixPath] = ()
) -> tuple[PackageFolder, ...]:
    """Return the first folder with Python that is called like the package, in any case."""
    with_python = {root / path.parent for path in emitted if path.suffix == ".py"}
    for place in places:
        there = set((root / place).iterdir()) if (root / place).is_dir() else set()
        there |= {folder for folder in with_python if folder.parent == root / place}
        for folder in sorted(there):
            if folder.name.lower() == name.lower() and (
                folder in with_python or any(folder.glob("*.py"))
            ):
                return (PackageFolder(path=folder, name=folder.name),)
    return ()


def package_files(folder: PackageFolder) -> dict[str, Path]:
    """Return archive path -> file of everything in a package that is source.

    Libraries are source where git tracks them, or knows nothing; otherwise they are products, and a
    stale one must not get into a wheel.
    """
    ignored = set(ask_git_for_files(folder.path, "--others", "--ignored", "--exclude-standard"))
    files = [
        path
        for path in sorted(_walk(folder.path))
        if not (is_library(path.name) and path.relative_to(folder.path).as_posix() in ignored)
    ]
    return {f"{folder.name}/{path.relative_to(folder.path).as_posix()}": path for path in files}


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in _LEFT_OUT or path.suffix in {".pyc", ".pyo"}:
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path
