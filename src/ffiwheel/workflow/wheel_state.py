"""Builds a wheel, and writes down what it was made of, for `wheel_current` to compare.

A file that was touched after the build began gets a mark that no file has, so that the next build
is a whole one.
"""

from __future__ import annotations

import os
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.compile.ask_ninja import ask_ninja, parse_deps
from ffiwheel.reflect.source.files import read_files
from ffiwheel.system.environment import program_folders
from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.wheel.finder import INPUT, STATE, mark_file, render_state
from ffiwheel.workflow.build import make_wheel
from ffiwheel.workflow.compile import source_packages
from ffiwheel.workflow.place import build_folder, deliver
from ffiwheel.workflow.verdict import terms_of
from ffiwheel.workflow.wheel_current import (
    NAMES,
    WHEEL,
    describe_order,
    find_delivered,
    is_remembered,
    mark_names,
    state_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from ffiwheel.config.project import Project
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Progress, Step
    from ffiwheel.workflow.build import BuildOptions
    from ffiwheel.workflow.wheel_current import Order

_SLACK = 20_000_000
"""Nanoseconds that the time of a file may be behind the clock."""
_CHANGING = "changing"
_IGNORING = ".gitignore"
_OURSELVES = Path(__file__).resolve().parents[1]


class Listening:
    """A `Progress` that hands everything on, and knows whether there were findings."""

    def __init__(self, progress: Progress) -> None:
        """Hand everything on to `progress`."""
        self.progress = progress
        self.has_findings = False

    def step(self, name: str) -> AbstractContextManager[Step]:
        """Return a context in which the step `name` runs."""
        return self.progress.step(name)

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:
        """Show a finding."""
        self.has_findings = True
        self.progress.warn(finding, subjects)

    def note(self, text: str) -> None:
        """Say what holds the work up."""
        self.progress.note(text)


def bring_up_to_date(
    project: Project, order: Order, options: BuildOptions, progress: Progress
) -> Path:
    """Build one wheel and return it, unless another build has just delivered the same.

    Args:
        project: what to build.
        order: what is wanted, as far as it can be remembered.
        options: the same, and all the rest.
        progress: where to tell.

    Raises:
        FfiwheelError: of the class of the step that failed; the output folder is then as it was.
    """
    terms_of(project, debug=options.debug)
    moment, listening = time.time_ns(), Listening(progress)
    with build_folder(project, progress, debug=options.debug) as folder:
        if not options.fix and (current := find_delivered(project, order)):
            progress.note("nothing is left to do: another build has done it")
            return current
        built = make_wheel(project, folder, options, listening)
        [delivered] = deliver((built.path,), Path(order.outdir))
        is_plain = is_remembered(project) and folder.is_relative_to(project.root)
        if is_plain and not (listening.has_findings or options.fix):
            _remember(project, order, folder, delivered, moment)
    return delivered


def _remember(project: Project, order: Order, folder: Path, wheel: Path, moment: int) -> None:
    """Write down what a wheel was made of.

    Args:
        project: what was built.
        order: what was wanted.
        folder: the build folder.
        wheel: what was delivered.
        moment: when the build began, in nanoseconds since 1970.
    """
    files = sorted({str(path) for path in _list_files(project, folder)})
    rows = [
        (WHEEL, mark_file(str(wheel)), str(wheel)),
        *((INPUT, _mark(path, moment), path) for path in files),
        *((NAMES, mark_names(path), path) for path in _list_folders(project, files)),
    ]
    text = render_state(describe_order(project, order), rows)
    place = make_private_folder(state_folder(project, debug=order.debug))
    write_if_changed(place / STATE, text.encode("utf-8", "surrogateescape"))


def _mark(path: str, moment: int) -> str:
    """Return the mark of a file, unless it may have changed since the build began."""
    try:
        facts = os.stat(path)  # noqa: PTH116 - hundreds
    except OSError:
        return ""
    is_new = max(facts.st_mtime_ns, facts.st_ctime_ns) >= moment - _SLACK
    return _CHANGING if is_new else mark_file(path)


def _list_files(project: Project, folder: Path) -> Iterator[str | Path]:
    """Yield all files that a build has read: compilers, and ffiwheel itself."""
    for name in parse_deps(ask_ninja(project.root, folder / "build.ninja", "deps")):
        path = os.path.normpath(project.root / name)
        if not path.startswith(f"{folder}{os.sep}"):
            yield path
    yield from (project.root / name for name, _ in read_files(project.root, folder))
    yield from _files_of(project.root)
    yield from (project.root / name for name in _described(project))
    for place in _package_folders(project):
        yield from _files_of(place)
        yield place / _IGNORING
    if not _OURSELVES.is_relative_to(sysconfig.get_path("purelib")):
        yield from _OURSELVES.rglob("*.py")  # somebody may be working on them


def _files_of(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.iterdir() if path.is_file())


def _described(project: Project) -> Iterator[str]:
    """Yield the files that the metadata names: the readme, and licences."""
    readme = project.table.get("readme")
    name = readme.get("file") if isinstance(readme, dict) else readme
    if isinstance(name, str):
        yield name
    patterns = project.table.get("license-files")
    for pattern in patterns if isinstance(patterns, list) else ():
        yield from (str(path) for path in project.root.glob(str(pattern)))


def _package_folders(project: Project) -> Iterator[Path]:
    for package in source_packages(project):
        yield package.path
        yield from (path for path in package.path.rglob("*") if path.is_dir())


def _list_folders(project: Project, files: Iterable[str]) -> list[str]:
    """Return the folders in which something new would count."""
    root = project.folder
    found = {root, *(str(project.root / name) for name in ("python", "src"))}
    found |= {str(path) for path in _package_folders(project)}
    for path in files:
        folder = os.path.dirname(path)  # noqa: PTH120 - hundreds
        while folder.startswith(f"{root}{os.sep}") and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)  # noqa: PTH120 - as above
    paths = sysconfig.get_paths()
    return sorted({*found, *program_folders(), paths["purelib"], paths["platlib"]})
