"""setuptools: the version of a distribution and its files, where the project asks for them.

A project asks with the table `[tool.ffiwheel.version]`, empty or not, and with
`dynamic = ["version"]`. Without a table `[project]` (then `setup.py` or `setup.cfg` has the
metadata) the former is enough.
"""

from __future__ import annotations

from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel.config.decode import subtable
from ffiwheel.config.project import normalize_name, read_project, read_toml
from ffiwheel.errors import FfiwheelError, ProjectError
from ffiwheel.hooks.commands import add_commands, setup_errors
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from pathlib import Path

    from setuptools import Distribution

    from ffiwheel.config.decode import Table
    from ffiwheel.config.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Legacy:
    """What `setup.py` and `setup.cfg` say."""

    name: str = ""
    version: str = ""
    """The version, or what it is to be read from."""


def finalize(dist: Distribution, root: Path) -> None:
    """Set the version of `dist`, if the project in `root` asks for it.

    Raises:
        SetupError: if it asks, and there is none or another one; setuptools shows the text.
    """
    try:
        pyproject = read_toml(str(root / "pyproject.toml"))
    except FfiwheelError:
        return  # setuptools reads the file too, and says what is wrong with it
    legacy = read_legacy(dist, root)
    if not asks(pyproject, legacy.name):
        return
    with setup_errors():
        project = _name(read_project(root, to_build=False), legacy.name)
        dist.metadata.version = _choose_version(project, legacy)
    add_commands(dist, project)


def asks(pyproject: Table, name: str) -> bool:
    """Tell whether a project wants the version of a distribution from us.

    Args:
        pyproject: the project's `pyproject.toml`.
        name: the distribution's name, empty where `setup.py` and `setup.cfg` say none; programs
            make distributions of other names in a project's folder, too.

    >>> asks({"tool": {"ffiwheel": {"version": {}}}}, "hello")
    True
    >>> asks({"project": {"dynamic": ["version"]}}, "")
    False
    """
    project, tool = subtable(pyproject, "project"), subtable(pyproject, "tool")
    if "version" not in subtable(tool, "ffiwheel"):
        return False
    if not project:
        return True
    dynamic = project.get("dynamic", [])
    is_named = not name or normalize_name(name) == normalize_name(str(project.get("name")))
    return is_named and isinstance(dynamic, list) and "version" in dynamic


def read_legacy(dist: Distribution, root: Path) -> Legacy:
    """Return what `setup.py` has set, or `setup.cfg` is going to, which is read after the hooks."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(root / "setup.cfg", encoding="utf-8")
    except ConfigParserError:
        parser.clear()  # setuptools says what is wrong with it
    said = parser["metadata"] if parser.has_section("metadata") else {}
    return Legacy(
        name=dist.metadata.name or said.get("name", ""),
        version=dist.metadata.version or said.get("version", ""),
    )


def _choose_version(project: Project, legacy: Legacy) -> str:
    if legacy.version and project.config.version.provider == "setuptools_scm":
        return legacy.version  # setuptools_scm was here before
    version = project_version(project).for_wheel
    is_dynamic = "version" in subtable(project.tool("setuptools"), "dynamic")
    if is_dynamic or legacy.version not in {"", version}:
        raise _explain_rival("`[tool.setuptools.dynamic]`" if is_dynamic else "", project, version)
    return version


def _explain_rival(rival: str, project: Project, version: str) -> ProjectError:
    """Return the error for a version that is said twice; setuptools does not tell by whom."""
    hint = "take the other one away, or this table"
    if not rival and project.tool("setuptools_scm"):
        rival = "`[tool.setuptools_scm]`"
        hint += ',\nor write `provider = "setuptools_scm"` in this table'
    return ProjectError(
        f"two places say the version: {rival or '`setup.py` or `setup.cfg`'} "
        f"and ffiwheel, which says {version}",
        where=f"tool.ffiwheel.version in {project.root / 'pyproject.toml'}",
        hint=hint,
    )


def _name(project: Project, name: str) -> Project:
    """Return the project with the name that it has in `setup.py` or `setup.cfg`."""
    if project.table or not name:
        return project
    return project._replace(pyproject={**project.pyproject, "project": {"name": name}})
