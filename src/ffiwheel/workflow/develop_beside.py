"""What editors look for in a source tree: the generated stubs, and how each source is compiled.

None of it is for git to see. What git tracks is never changed: where the stubs are committed,
`ffiwheel stubs` brings them up to date. What git neither tracks nor ignores is put on the list of
ignored files that belongs to the clone.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.reflect.source.files import DATABASE
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import explaining, is_writable, write_if_changed
from ffiwheel.system.git import ask_git, ask_git_for_files
from ffiwheel.workflow.compile import source_packages
from ffiwheel.workflow.develop_database import read_database
from ffiwheel.workflow.stubs import find_stubs, has_mark, marked_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.progress import Progress

_TYPED = "py.typed"


class Beside(NamedTuple):
    """What lies in the source tree for editors."""

    files: list[Path]
    placed: frozenset[str]
    """The archive paths of the stubs among them."""


def write_beside(
    project: Project,
    draft: Draft,
    folder: Path,
    renamed: Mapping[str, str],
    progress: Progress,
) -> Beside:
    """Bring what editors look for up to date; where nothing can be written there is none.

    Args:
        project: what was built.
        draft: its wheel to be.
        folder: its build folder.
        renamed: a folder that compilers were given -> what editors are told instead.
        progress: where to tell what was left as it is.

    Raises:
        OutputError: if a file cannot be written.
    """
    stubs = _plan_stubs(project, draft)
    wanted = {path: content for path, (_, content) in stubs.items()}
    wanted |= _plan_database(project, folder, renamed)
    stale = {path: one for path, one in wanted.items() if not _is_there(path, one)}
    tracked = set(ask_git_for_files(project.root, "--", *map(str, stale))) if stale else set()
    kept = {path for path in stale if path.relative_to(project.root).as_posix() in tracked}
    for path in sorted(kept):
        shown = path.relative_to(project.root)
        progress.note(f"{shown} is tracked by git, and stays: `ffiwheel stubs` writes it")
    new = [path for path in stale if path not in kept and not path.exists()]
    for path in stale.keys() - kept:
        write_if_changed(path, stale[path])
    _remove_leftovers(project, stubs)
    _hide_from_git(project.root, new)
    return Beside(
        files=sorted(wanted.keys() - kept),
        placed=frozenset(name for path, (name, _) in stubs.items()),
    )


def _plan_stubs(project: Project, draft: Draft) -> dict[Path, tuple[str, bytes]]:
    """Return the file in the source tree of each stub, its archive path and its content.

    One that is written by hand stays.
    """
    packages = [one for one in source_packages(project) if is_writable(one.path)]
    found = find_stubs(draft)
    typed = {
        name: read_content(content)
        for name, content in draft.files.items()
        if posixpath.basename(name) == _TYPED and any(_is_around(name, stub) for stub in found)
    }
    places = {
        path: (name, content)
        for name, content in {**found, **typed}.items()
        for package in packages
        if (content or name in typed) and (path := package.source_path(name))
    }
    return {path: pair for path, pair in places.items() if not path.exists() or has_mark(path)}


def _is_around(mark: str, stub: str) -> bool:
    return stub.startswith(f"{posixpath.dirname(mark)}/")


def _remove_leftovers(project: Project, stubs: Mapping[Path, object]) -> None:
    """Remove the stubs of ours that nothing is generated for any more."""
    for package in source_packages(project):
        if not is_writable(package.path):
            continue
        left = [path for path in marked_below(package.path) if path not in stubs]
        tracked = set(ask_git_for_files(package.path, "--", *map(str, left))) if left else set()
        for path in left:
            if path.relative_to(package.path).as_posix() not in tracked:
                with explaining(path):
                    path.unlink()


def _plan_database(project: Project, folder: Path, renamed: Mapping[str, str]) -> dict[Path, bytes]:
    """Return how each source is compiled, as it is to be written at the top of the project.

    Somebody else's database stays.
    """
    place = project.root / DATABASE
    if not is_writable(project.root) or place.is_symlink():
        return {}
    if place.is_file() and b"build/ffiwheel/" not in place.read_bytes():
        return {}
    text = json.dumps(read_database(project, folder), indent=2)
    for old, new in renamed.items():
        text = text.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1])
    return {place: f"{text}\n".encode()} if len(text) > len("[]") else {}


def _is_there(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _hide_from_git(root: Path, paths: Iterable[Path]) -> None:
    """Put new files that git would list on its clone's own list of ignored files."""
    names = [str(path) for path in paths]
    if not names:
        return
    seen = ask_git_for_files(root, "--others", "--exclude-standard", "--full-name", "--", *names)
    listed = ask_git(root, "rev-parse", "--git-path", "info/exclude")
    if not seen or not listed:
        return
    file = root / listed.strip()
    text = file.read_text(encoding="utf-8", errors="surrogateescape") if file.is_file() else ""
    more = [f"/{name}" for name in seen if f"/{name}" not in text.splitlines()]
    start = text if text.endswith("\n") or not text else f"{text}\n"
    if more:
        lines = "".join(f"{line}\n" for line in more)
        write_if_changed(file, f"{start}{lines}".encode("utf-8", "surrogateescape"))
