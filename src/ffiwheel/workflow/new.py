"""Make a new project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.config.schema import VersionTable
from ffiwheel.scaffold.template import parse_name, render_template, write_files
from ffiwheel.system.git import ask_git
from ffiwheel.versioning.archive import render_archive_files

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.scaffold.template import TemplateName


def make_project(folder: Path, name: str, template: TemplateName) -> Path:
    """Write a new project into `folder`, put it under git, and return the folder.

    Raises:
        ProjectError: if the name will not do, or a file is in the way.
    """
    files = render_template(template, parse_name(name or folder.absolute().name))
    # They cannot lie in the templates: there, git would fill them in for archives of ffiwheel.
    files |= render_archive_files(VersionTable().tag_prefix)
    write_files(files, folder)
    if ask_git(folder, "rev-parse", "--is-inside-work-tree") is None:
        ask_git(folder, "init", "--quiet")
    return folder
