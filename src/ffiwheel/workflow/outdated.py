"""What Ninja would take for new enough, although a file that it was made of is another one.

Ninja asks which of two files is younger. Where an older copy of a file took its place, or a file
was saved while the clock was behind, that is the object. So each build notes what compilers have
read, each file with a mark that no other state of it has. The next one notes the new marks before
it compiles: if it is interrupted, what it had compiled is right for them, and what it had not is
gone, or older than the file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ffiwheel.compile.ask_ninja import ask_ninja, parse_deps, parse_objects
from ffiwheel.system.files import write_if_changed
from ffiwheel.wheel.finder import INPUT, STATE, mark_file, read_state, render_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project

_KNOWN = "deps"


def forget_outdated(project: Project, folder: Path) -> None:
    """Remove what Ninja would not make again, although it was made of other files."""
    values, rows = read_state(str(folder))
    before = {path: mark for _, mark, path in rows}
    now = {path: mark_file(path) for path in before}
    if changed := {path: mark for path, mark in now.items() if mark not in ("", before[path])}:
        for cwd, file in ninja_files(project, folder):
            _forget(cwd, file, changed)
        _note(folder, values, now)


def remember_inputs(project: Project, folder: Path) -> None:
    """Note what compilers have read, for the next build; a file changed meanwhile stays changed."""
    values, rows = read_state(str(folder))
    files = list(ninja_files(project, folder))
    known = repr([mark_file(str(file.with_name(".ninja_deps"))) for _, file in files])
    if values.get(_KNOWN) == known:
        return
    earlier = {path: mark for _, mark, path in rows}
    read = {path for cwd, file in files for path in list_read(folder, cwd, file)}
    marks = {path: earlier.get(path) or mark_file(path) for path in read}
    _note(folder, {_KNOWN: known}, marks)


def remembered(folder: Path) -> list[str]:
    """Return the files that were compiled in a build folder, as far as that was noted."""
    return [path for _, _, path in read_state(str(folder))[1]]


def ninja_files(project: Project, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the folder that Ninja works in, and its file, for each that a build may have used."""
    if project.config.sources and (folder / "build.ninja").is_file():
        yield project.root, folder / "build.ninja"
    for pattern in ("cmake-*/build.ninja", "*/cmake-*/build.ninja"):  # alone, of several targets
        for file in folder.glob(pattern):
            yield file.parent, file


def list_read(folder: Path, cwd: Path, file: Path) -> Iterator[str]:
    """Yield the files that compilers have read, but those that the build has made itself."""
    made = f"{folder}{os.sep}"
    for name in set(parse_deps(ask_ninja(cwd, file, "deps"))):
        path = os.path.normpath(cwd / name)
        if not path.startswith(made) and os.path.isfile(path):  # noqa: PTH113 - hundreds
            yield path


def _forget(cwd: Path, file: Path, changed: Mapping[str, str]) -> None:
    last = mark_file(str(file.with_name(".ninja_deps")))  # nothing that was made is younger
    if not any(_time_of(mark) <= _time_of(last or "0") for mark in changed.values()):
        return
    for made, read in parse_objects(ask_ninja(cwd, file, "deps")):
        known = (os.path.normpath(cwd / name) for name in read)
        times = [_time_of(changed[path]) for path in known if path in changed]
        own = mark_file(str(cwd / made))
        if own and any(one <= _time_of(own) for one in times):
            (cwd / made).unlink(missing_ok=True)


def _note(folder: Path, values: Mapping[str, str], marks: Mapping[str, str]) -> None:
    rows: Iterable[tuple[str, str, str]] = sorted(
        (INPUT, mark, path) for path, mark in marks.items()
    )
    text = render_state(values, rows)
    write_if_changed(folder / STATE, text.encode("utf-8", "surrogateescape"))


def _time_of(mark: str) -> int:
    return int(mark.partition(":")[0])
