"""The generated stubs in a source tree: from a build of the project, or from a wheel.

They are for editors and type checkers; a build does not need them and makes its own. What is
written has the mark of generated files, and only what has it is ever written over or removed.
"""

from __future__ import annotations

import contextlib
import posixpath
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.bind.fast import is_twin
from ffiwheel.bind.render import MODULE, PARTIAL
from ffiwheel.errors import Problem, ProjectError, StaleError, WheelError
from ffiwheel.model.api_json import parse_api
from ffiwheel.model.draft import API_FILE
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import explaining, write_changed
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.wheel.assemble import open_wheel
from ffiwheel.workflow.binaries import read_binaries
from ffiwheel.workflow.bind import bind_draft, is_ours, wishes_for, wishes_of
from ffiwheel.workflow.build import make_draft
from ffiwheel.workflow.check import Proof
from ffiwheel.workflow.compile import source_files, source_packages
from ffiwheel.workflow.place import build_folder
from ffiwheel.workflow.reflect import count_names, reflect_draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Progress
    from ffiwheel.workflow.build import BuildOptions

_TYPED = "py.typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that is not as it should be."""

    path: Path
    before: bytes | None
    """What is there; None if nothing is."""
    after: bytes | None
    """What should be there; None if nothing should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stubs:
    """The stubs of a package, and where they belong."""

    files: Mapping[Path, bytes]
    leftovers: tuple[Path, ...]
    """Stubs of ours in the same package that nothing is generated for any more."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to be done before all is as it should be."""
        wanted: dict[Path, bytes | None] = {**self.files, **dict.fromkeys(self.leftovers)}
        there = {path: path.read_bytes() if path.is_file() else None for path in wanted}
        return tuple(
            Change(path=path, before=there[path], after=after)
            for path, after in wanted.items()
            if there[path] != after
        )


def build_stubs(
    project: Project, out: Path | None, options: BuildOptions, progress: Progress
) -> Stubs:
    """Build a project as far as its bindings, and return its stubs.

    Args:
        project: the project.
        out: the folder for the stubs; None for the project's own packages.
        options: how to build.
        progress: where to tell.

    Raises:
        FfiwheelError: of the class of the step that failed.
        ProjectError: if there is nothing to write, or no place, or a stub is in the way.
    """
    with build_folder(project, progress, debug=False) as folder:
        draft = make_draft(project, folder, options, progress)
        return plan_stubs(draft, _places(project, out))


def read_wheel_stubs(
    wheel: Path, project: Project | None, out: Path | None, progress: Progress
) -> Stubs:
    """Return the stubs of a wheel.

    Its description says what it offers; only where it has none are its libraries loaded.

    Args:
        wheel: the wheel.
        project: whose wishes for bindings count, and where the stubs belong; None for neither.
        out: the folder for the stubs; None for the project's own packages.
        progress: where to tell.

    Raises:
        WheelError: if it is no wheel, or has no extension.
        ReflectError: if its description cannot be read, or a library does not load.
        ProjectError: if there is nothing to write, or no place, or a stub is in the way.
    """
    if not wheel.is_file():
        hint = "give the path of a file that ends in `.whl`"
        raise ProjectError("there is no such wheel", where=str(wheel), hint=hint)
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as scratch:
        folder = Path(scratch)
        draft = open_wheel(wheel, folder / "opened")
        api, doubts = _describe_wheel(wheel, draft, folder, progress)
        draft = draft.with_files(_own_partials(project) if project else {})
        proof = Proof.TYPED if API_FILE in draft.dist_info else Proof.LOADED
        with progress.step("bind") as step:
            wishes = wishes_of(project) if project else wishes_for(draft)
            draft, findings = bind_draft(wishes, draft, api, folder, step, proof)
        for finding in (*doubts, *findings):
            progress.warn(finding)
        return plan_stubs(draft, _places(project, out))


def plan_stubs(draft: Draft, places: Callable[[str], Path]) -> Stubs:
    """Return the stubs among the files of a draft.

    Args:
        draft: the wheel to be, with its bindings.
        places: archive path -> where that file belongs.

    Raises:
        ProjectError: if there are none, or a hand-written one stands in their place.
    """
    found = find_stubs(draft)
    if not found:
        raise ProjectError(
            "there are no stubs to write: the package binds its library itself",
            hint=f"without a `{MODULE}.py` of its own, it gets a module and a stub",
        )
    targets = {places(name): name for name in found}
    problems = [
        *_refuse_written(targets, found, draft),
        *(_problem_of(path) for path in targets if path.exists() and not has_mark(path)),
    ]
    if problems:
        raise ProjectError.of(dict.fromkeys(problems))
    marks = [name for name in draft.files if posixpath.basename(name) == _TYPED]
    typed = {
        places(mark)
        for mark in marks
        if any(name.startswith(f"{posixpath.dirname(mark)}/") for name in found)
    }
    files = {path: found[name] for path, name in targets.items()}
    left = {path for marker in typed for path in marked_below(marker.parent)}
    return Stubs(
        files={**files, **{path: b"" for path in typed if not path.exists()}},
        leftovers=tuple(sorted(left - files.keys())),
    )


def write_stubs(stubs: Stubs) -> tuple[Path, ...]:
    """Write the stubs that changed, all or none; return the paths of all.

    Raises:
        OutputError: if one of them cannot be written.
    """
    write_changed(stubs.files)
    for path in stubs.leftovers:
        with explaining(path):
            path.unlink()
    return tuple(sorted(stubs.files))


def explain_stale(names: Sequence[str]) -> StaleError:
    """Return the error for stubs that are not as they should be."""
    listed = ", ".join(f"`{name}`" for name in names)
    is_one = len(names) == 1
    return StaleError(
        f"{listed} {'is' if is_one else 'are'} not what ffiwheel would write now",
        hint="`ffiwheel stubs` with the same arguments, without `--check`, writes "
        f"{'it' if is_one else 'them'}",
    )


def find_stubs(draft: Draft) -> dict[str, bytes]:
    """Return archive path -> content; a generated package without a stub is its own.

    Where the draft has a hand-written stub, its content is empty.
    """
    stubs = {}
    for name, content in draft.files.items():
        if not is_ours(name, content) or is_twin(name):
            continue
        stub = f"{name.removesuffix('i')}i"
        is_written = stub in draft.files and not is_ours(stub, draft.files[stub])
        if name == stub or stub not in draft.files or is_written:
            stubs[stub] = b"" if is_written else read_content(content)
    return stubs


def _refuse_written(
    targets: Mapping[Path, str], found: Mapping[str, bytes], draft: Draft
) -> Iterator[Problem]:
    for path, name in targets.items():
        if not found[name]:
            content = draft.files[name]
            yield _problem_of(content if isinstance(content, Path) else path)


def _problem_of(path: Path) -> Problem:
    name = path.name
    if path.is_dir():
        message = f"cannot write `{name}`: a folder has its name"
        return Problem(message, str(path), "choose another folder: `--out DIR`")
    return Problem(
        f"`{name}` is written by hand, and is not written over",
        str(path),
        f"remove it, or call it `{name.replace(MODULE, PARTIAL)}`: what that defines\n"
        "stands in place of what is generated"
        if MODULE in name
        else "remove it, or choose another folder: `--out DIR`",
    )


def has_mark(path: Path) -> bool:
    """Tell whether we generated a file."""
    return path.is_file() and is_ours(path.name, path)


def marked_below(folder: Path) -> Iterator[Path]:
    """Yield the stubs below a folder that we generated."""
    yield from (path for path in folder.rglob("*.pyi") if has_mark(path))


def _places(project: Project | None, out: Path | None) -> Callable[[str], Path]:
    """Return the function from an archive path to the file that it is in the source tree."""
    if out is not None:
        return lambda name: out / name
    assert project
    packages = source_packages(project)

    def place(name: str) -> Path:
        found = (path for one in packages if (path := one.source_path(name)))
        with contextlib.suppress(StopIteration):
            return next(found)
        package = name.partition("/")[0]
        raise ProjectError(
            f"the source tree has no Python package `{package}` to write stubs into",
            where=str(project.root),
            hint=f"make one, `python/{package}/__init__.py`, or choose a folder: `--out DIR`",
        )

    return place


def _describe_wheel(
    wheel: Path, draft: Draft, folder: Path, progress: Progress
) -> tuple[Api, tuple[Finding, ...]]:
    with progress.step("reflect") as step:
        if content := draft.dist_info.get(API_FILE):
            text = read_content(content).decode(errors="replace")
            api = parse_api(text, f"{API_FILE} in {wheel}")
            step.done(f"{count_names(api)}, as {API_FILE} says")
            if not api.libraries:
                raise _explain_no_extension(wheel)
            _refuse_foreign(api, draft, wheel)
            return api, ()
        if not any(binary.is_extension for _, binary in read_binaries(draft).values()):
            raise _explain_no_extension(wheel)
        progress.note(f"the wheel has no {API_FILE}: its libraries are loaded")
        return reflect_draft(draft, folder, folder, find_runtime(), step)


def _refuse_foreign(api: Api, draft: Draft, wheel: Path) -> None:
    """Refuse a description of what is not in the wheel: stubs are written where it lies."""
    for library in api.libraries:
        if library.path not in draft.files:
            raise WheelError(
                f"{API_FILE} describes `{library.path}`, which is not in the wheel",
                where=str(wheel),
                hint="build the wheel again, and do not change it by hand",
            )


def _explain_no_extension(wheel: Path) -> WheelError:
    hint = "only what speaks the C ABI of TVM-FFI can be described"
    return WheelError("the wheel has no TVM-FFI extension", where=str(wheel), hint=hint)


def _own_partials(project: Project) -> dict[str, Path]:
    return {name: path for name, path in source_files(project).items() if f"/{PARTIAL}" in name}
