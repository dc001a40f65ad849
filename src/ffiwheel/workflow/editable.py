"""Editable installs: Python from the source tree, the rest built."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel import __version__
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import copy_once, write_if_changed
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.wheel.assemble import write_wheel
from ffiwheel.wheel.editable import make_editable
from ffiwheel.workflow.binaries import facts_of, headers_of
from ffiwheel.workflow.bind import bind_draft, is_ours
from ffiwheel.workflow.build import BuildOptions, make_draft, platform_tag
from ffiwheel.workflow.check import Proof
from ffiwheel.workflow.compile import source_files, source_packages
from ffiwheel.workflow.develop_beside import write_beside
from ffiwheel.workflow.develop_current import Wishes as Install
from ffiwheel.workflow.develop_current import describe_version
from ffiwheel.workflow.develop_state import (
    State,
    describe_values,
    list_files,
    take_stock,
)
from ffiwheel.workflow.place import build_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Content, Draft
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.progress import Progress, Step
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.wheel.editable import Editable
    from ffiwheel.workflow.bind import Wishes


class Made(NamedTuple):
    """An editable install to be."""

    editable: Editable
    state: State

    @property
    def draft(self) -> Draft:
        """The whole wheel."""
        return self.editable.with_state(self.state.text)


def build_editable(
    project: Project, outdir: Path, options: BuildOptions, progress: Progress
) -> Path:
    """Build the editable wheel of `project` into `outdir`, as pip and uv have it done.

    What is around us may be an environment for this build alone, with headers that will be gone.
    """
    wishes = Install(debug=options.debug, rebuild=project.config.develop.rebuild)
    with build_folder(project, progress, debug=options.debug) as folder:
        passing = find_runtime()
        made = make_install(project, folder, wishes, options, progress, passing)
        return write_editable(made.draft, outdir)


def make_install(
    project: Project,
    folder: Path,
    wishes: Install,
    options: BuildOptions,
    progress: Progress,
    passing: Runtime | None = None,
) -> Made:
    """Build what an editable install consists of, and write what editors look for.

    Args:
        project: what to build.
        folder: its build folder.
        wishes: what the install should be.
        options: how to build.
        progress: where to tell.
        passing: the runtime, if it may be gone afterwards.

    Raises:
        FfiwheelError: of the class of the step that failed; no install was touched then.
    """
    stock = take_stock(project, folder)
    draft = make_draft(project, folder, options, progress, _bind_again)
    kept_headers = _keep_headers(passing, folder) if passing else {}
    beside = write_beside(project, draft, folder, kept_headers, progress)
    source = source_files(project)  # with the stubs that were just written
    kept = {name: path for name, path in source.items() if _is_kept(draft.files.get(name), path)}
    editable = make_editable(draft, source_packages(project), kept, beside.placed)
    values = describe_values(project, wishes, editable, describe_version(project))
    gone = f"{passing.root}{os.sep}" if passing else "\n"
    listed = list_files(project, folder, editable, beside.files, stock)
    files = [row for row in listed if not row[2].startswith(gone)]
    return Made(editable, State(values, files))


def _keep_headers(runtime: Runtime, folder: Path) -> dict[str, str]:
    """Copy the headers of a runtime that may be gone; return the folder -> that of the copy."""
    copy = folder / "runtime-headers" / runtime.version
    copy_once(runtime.include_dir, copy)
    return {str(runtime.include_dir): str(copy)}


def write_editable(draft: Draft, outdir: Path) -> Path:
    """Write an editable wheel, under the lowest platform tag that is true."""
    binaries = facts_of(draft)
    tag = platform_tag(draft.name, binaries)
    return write_wheel(draft, tag, outdir, headers_of(binaries))


def _is_kept(content: Content | None, path: Path) -> bool:
    """Tell whether a file of the wheel is that of the source tree; others' backends copy it."""
    return content is not None and (
        content == path or (path.is_file() and read_content(content) == path.read_bytes())
    )


def _bind_again(
    wishes: Wishes, draft: Draft, api: Api, folder: Path, step: Step
) -> tuple[Draft, tuple[Finding, ...]]:
    """Bind a draft; the same text as last time, for a library that loads, is not proven again.

    A wheel is: there, the proof is about these very files.
    """
    proven = folder / "bindings.known"
    bound, findings = bind_draft(wishes, draft, api, folder, step, Proof.GIVEN)
    if proven.is_file() and proven.read_bytes() == _fingerprint(bound.files):
        return bound, findings
    bound, findings = bind_draft(wishes, draft, api, folder, step)
    write_if_changed(proven, _fingerprint(bound.files))
    return bound, findings


def _fingerprint(files: Mapping[str, Content]) -> bytes:
    digest = hashlib.sha256(__version__.encode())
    for name, content in sorted(files.items()):
        if is_ours(name, content):
            digest.update(f"\0{name}\0".encode() + read_content(content))
    return digest.hexdigest().encode()
