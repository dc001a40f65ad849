"""Read a project's folder into one frozen `Project`.

A version query reads it, too, and does without `pathlib`, which takes as long to be imported as
git takes to answer.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.config.decode import Table, TomlValue, decode_table, subtable
from ffiwheel.config.schema import Config
from ffiwheel.errors import Problem, ProjectError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from _typeshed import StrPath

    from ffiwheel.config.schema import TargetsTable, VersionTable

OWN_BACKEND = "ffiwheel.backend"
_ONE_TABLE = "write `[tool.ffiwheel]`, with one bracket: there is one such table"
_LEGACY_BACKEND = "setuptools.build_meta:__legacy__"


class Project(NamedTuple):
    """A project folder and everything its `pyproject.toml` says."""

    folder: str
    """Its absolute path, without links."""
    pyproject: Table
    """The whole file, as TOML says it."""
    config: Config

    @property
    def root(self) -> Path:
        """The project's folder."""
        from pathlib import Path  # noqa: PLC0415 - see above

        return Path(self.folder)

    @property
    def table(self) -> Table:
        """The table `[project]`."""
        return subtable(self.pyproject, "project")

    @property
    def backend(self) -> str:
        """The build backend's object reference, as PEP 517 and PEP 518 default it."""
        return str(subtable(self.pyproject, "build-system").get("build-backend", _LEGACY_BACKEND))

    @property
    def name(self) -> str:
        """The project's name, or the folder's where the file has none."""
        return str(self.table.get("name", os.path.basename(self.folder)))

    @property
    def import_name(self) -> str:
        """The name of the Python package: the project's, as an identifier."""
        return normalize_name(self.name).replace("-", "_")

    @property
    def static_version(self) -> str | None:
        """The version written in the file, if it is not to be computed."""
        value = self.table.get("version")
        return str(value) if isinstance(value, str) else None

    def tool(self, name: str) -> Table:
        """Return the table `[tool.<name>]`, empty where there is none."""
        return subtable(subtable(self.pyproject, "tool"), name)

    @property
    def is_ours(self) -> bool:
        """Whether ffiwheel is the project's build backend."""
        return self.backend == OWN_BACKEND


def normalize_name(name: str) -> str:
    """Return the name of a distribution in its normal form. (PEP 503)

    >>> normalize_name("My.Extension__2")
    'my-extension-2'
    """
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def read_project(folder: StrPath, *, to_build: bool = True) -> Project:
    """Read the project in a folder.

    Args:
        folder: the folder.
        to_build: whether it must have what a build needs. A version query does without: there,
            even a folder without `pyproject.toml` will do.

    Raises:
        ProjectError: if it is none, or its `pyproject.toml` has problems: all of them.
    """
    folder = os.path.realpath(folder)
    file = os.path.join(folder, "pyproject.toml")
    if not os.path.isdir(folder):
        raise ProjectError(f"`{folder}` is not a folder", hint="give the folder of a project")
    if not os.path.isfile(file):
        return _read_legacy(folder, to_build=to_build)
    pyproject = read_toml(file)
    problems: list[Problem] = []
    table = subtable(pyproject, "tool").get("ffiwheel", {})
    if not isinstance(table, dict):
        problems.append(Problem("expected a table, found a list", "tool.ffiwheel", _ONE_TABLE))
        table = {}
    config = decode_table(Config, table, "tool.ffiwheel", problems)
    project = Project(folder=folder, pyproject=pyproject, config=config)
    problems += _check_config(config) + _check_version(config.version) + _check_provider(project)
    misread = {problem.where for problem in problems}
    problems += _check_targets(config.targets) if "targets" in table else []
    problems += _check_version_files(project, subtable(table, "version"), misread)
    if to_build:
        problems += _check_own(project) if project.is_ours else _check_foreign(project)
    elif project.is_ours:
        problems += _check_stated_version(project)
    if problems:
        raise ProjectError.of(
            Problem(found.message, f"{found.where} in {file}", found.hint) for found in problems
        )
    return project


def _check_version_files(project: Project, table: Table, misread: Collection[str]) -> list[Problem]:
    """Check the keys for files that state the version; few projects have them."""
    problems: list[Problem] = []
    if "changelog" in table or "write" in table:
        from ffiwheel.config.release import check_release_keys  # noqa: PLC0415 - a query has none

        problems += check_release_keys(table)
    if emitted := project.config.version.emit:
        from ffiwheel.config.emitted import check_emitted  # noqa: PLC0415 - a query has none

        problems += check_emitted(emitted, project.root, misread)
    return problems


def read_toml(file: str) -> dict[str, TomlValue]:
    """Return what a TOML file says.

    Raises:
        ProjectError: if it is none, with the line.
    """
    with open(file, encoding="utf-8", errors="replace", newline="") as stream:
        text = stream.read()
    try:
        table: dict[str, TomlValue] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        lines = text.splitlines()
        line = int(found[1]) if found else len(lines)
        raise ProjectError(
            f"not valid TOML: {error}",
            where=f"{file}:{line}",
            hint=f"correct the line: {lines[line - 1].strip() if lines else ''}",
        ) from error
    return table


def _read_legacy(folder: str, *, to_build: bool) -> Project:
    if os.path.isfile(os.path.join(folder, "setup.py")) or not to_build:
        return Project(folder=folder, pyproject={}, config=Config())
    raise ProjectError(
        "not a project: it has no `pyproject.toml`",
        where=folder,
        hint="`ffiwheel new PATH` makes a new project; `ffiwheel build PATH` builds one",
    )


def _check_own(project: Project) -> list[Problem]:
    """Check what only a project with our own backend must have."""
    if not project.table:
        return [Problem("there is no table `[project]`", "project", "add `name` and `version`")]
    problems = []
    if not re.fullmatch(
        r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", str(project.table.get("name"))
    ):
        hint = "give a name of letters, digits, `-`, `_` and `.`"
        problems.append(Problem("the project has no valid name", "project.name", hint))
    return problems + _check_stated_version(project) + _check_runtime_dependency(project)


def _check_stated_version(project: Project) -> list[Problem]:
    """Check that the version is either stated or left to git, also for a mere query."""
    dynamic = project.table.get("dynamic", [])
    if not isinstance(dynamic, list) or any(field != "version" for field in dynamic):
        hint = "write the other fields in `[project]`"
        return [Problem("only `version` can be dynamic", "project.dynamic", hint)]
    if ("version" in dynamic) == (project.static_version is not None):
        hint = 'write `version = "1.0.0"`, or `dynamic = ["version"]` to take it from git'
        return [Problem("the version must be static or dynamic", "project.version", hint)]
    return []


def _check_config(config: Config) -> list[Problem]:
    """Check what a type cannot say."""
    place = "tool.ffiwheel.exports"
    hint = "list names as `nm -D` shows them; `*` and `?` match other characters"
    problems = [
        Problem(f"`{pattern}` cannot be the name of a symbol", place, hint)
        for pattern in config.exports or ()
        if not re.fullmatch(r"[A-Za-z0-9_.$*?]+", pattern)
    ]
    if any(os.path.normpath(folder) == os.curdir for folder in config.packages):
        hint = "list the folders of the packages themselves, such as `python/hello`"
        problems.append(Problem("the project is not a package", "tool.ffiwheel.packages", hint))
    return problems


def _check_targets(table: TargetsTable) -> list[Problem]:
    """Check the oldest systems; they stand in few projects."""
    from ffiwheel.model.target import explain_minimum  # noqa: PLC0415 - a query has none

    return [
        Problem(said, f"tool.ffiwheel.targets.{kind}", f'write a release, such as `"{example}"`')
        for kind, text, example in (
            ("glibc", table.glibc, "2.28"),
            ("macos", table.macos, "12.0"),
        )
        if (said := explain_minimum(kind, text))
    ]


def _check_foreign(project: Project) -> list[Problem]:
    """Check that there is something that can build at all."""
    named = "build-backend" in subtable(project.pyproject, "build-system")
    if named or os.path.isfile(os.path.join(project.folder, "setup.py")):
        return []
    hint = f'add:\n[build-system]\nrequires = ["ffiwheel"]\nbuild-backend = "{OWN_BACKEND}"'
    return [Problem("no build backend is named", "build-system.build-backend", hint)]


def _check_version(table: VersionTable) -> list[Problem]:
    problems = []
    if table.fallback is not None and not re.fullmatch(r"(\d+!)?\d+(\.\d+)+", table.fallback):
        message = f"expected a release such as `0.1.0`, found `{table.fallback}`"
        hint = "`.devN` is added to it"
        problems.append(Problem(message, "tool.ffiwheel.version.fallback", hint))
    if re.search(r"[\s~^:?*\[\\]|\.\.|@\{|//|^[-/.]", table.tag_prefix):
        message = f"no git tag can begin with `{table.tag_prefix}`"
        hint = "give the text before the number, such as `v` or `hello-v`; patterns are not known"
        problems.append(Problem(message, "tool.ffiwheel.version.tag-prefix", hint))
    return problems


def _check_provider(project: Project) -> list[Problem]:
    """Check that no key is given that the provider of the version would ignore."""
    provider = project.config.version.provider
    if provider == "git":
        return []
    given = subtable(project.tool("ffiwheel"), "version")
    hint = f"take it away, and say it in `[tool.{provider}]`"
    return [
        Problem(f"`{key}` means nothing to {provider}", f"tool.ffiwheel.version.{key}", hint)
        for key in ("tag-prefix", "next", "fallback", "paths")
        if key in given
    ]


def _check_runtime_dependency(project: Project) -> list[Problem]:
    dependencies = project.table.get("dependencies", [])
    if not isinstance(dependencies, list) or any(type(text) is not str for text in dependencies):
        return []  # pyproject-metadata reports it
    # The name at its beginning is all that is asked of a requirement here. A version query does
    # not wait the 20 ms that `packaging.requirements` takes to be imported.
    names = [re.match(r"\s*[A-Za-z0-9._-]+", str(text)) for text in dependencies]
    if not all(names) or "apache-tvm-ffi" in [normalize_name(name[0]) for name in names if name]:
        return []  # pyproject-metadata reports what is no requirement
    return [
        Problem(
            "the wheel could not be imported: `apache-tvm-ffi` is not among the dependencies",
            "project.dependencies",
            'add `dependencies = ["apache-tvm-ffi>=0.1.5"]`',
        )
    ]
