"""Editable installs: Python from the source tree, the rest built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.wheel.assemble import write_wheel
from ffiwheel.wheel.editable import make_editable
from ffiwheel.workflow.binaries import facts_of, headers_of
from ffiwheel.workflow.build import make_draft, platform_tag
from ffiwheel.workflow.compile import source_files, source_packages
from ffiwheel.workflow.place import build_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.config.project import Project
    from ffiwheel.model.progress import Progress
    from ffiwheel.workflow.build import BuildOptions


def build_editable(
    project: Project, outdir: Path, options: BuildOptions, progress: Progress
) -> Path:
    """Build the editable wheel of `project` into `outdir`."""
    with build_folder(project, progress, debug=options.debug) as folder:
        draft = make_draft(project, folder, options, progress)
        source = source_files(project)
        unchanged = {name: path for name, path in source.items() if draft.files.get(name) == path}
        editable = make_editable(draft, source_packages(project), unchanged)
        binaries = facts_of(draft)
        tag = platform_tag(draft.name, binaries)
        return write_wheel(editable, tag, outdir, headers_of(binaries))
