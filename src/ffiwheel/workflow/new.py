"""Make a new project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.scaffold.template import parse_name, render_template, write_files
from ffiwheel.system.git import ask_git

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.scaffold.template import TemplateName


def make_project(folder: Path, name: str, template: TemplateName) -> Path:
    """Write a new project into `folder`, put it under git, and return the folder.

    Raises:
        ProjectError: if the name will not do, or a file is in the way.
    """
    files = render_template(template, parse_name(name or folder.absolute().name))
    write_files(files, folder)
    if ask_git(folder, "rev-parse", "--is-inside-work-tree") is None:
        ask_git(folder, "init", "--quiet")
    return folder
