"""The build backend: what pip, uv and build call. (PEP 517, PEP 660)

Every hook runs in the project's folder. What is said goes to stderr, as frontends show it when a
build fails.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.workflow.build import BuildOptions

    ConfigSettings = Mapping[str, str | list[str]]


@contextlib.contextmanager
def _reporting() -> Iterator[None]:
    """Print an error of the user's and end; a bug passes through with its traceback."""
    from ffiwheel.errors import FfiwheelError
    from ffiwheel.ui.console import print_error

    try:
        yield
    except FfiwheelError as error:
        print_error(error)
        sys.exit(error.exit_code)


@_reporting()
def build_wheel(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,  # noqa: ARG001 - the metadata is computed again
) -> str:
    """https://peps.python.org/pep-0517/#build-wheel"""
    from ffiwheel.config.project import read_project
    from ffiwheel.ui.console import ConsoleProgress
    from ffiwheel.workflow.build import build_wheel as build

    options = _options(config_settings)
    project, outdir = read_project(Path.cwd()), Path(wheel_directory)
    return build(project, outdir, options, ConsoleProgress(verbose=options.verbose)).path.name


@_reporting()
def build_sdist(
    sdist_directory: str,
    config_settings: ConfigSettings | None = None,  # noqa: ARG001 - nothing to set
) -> str:
    """https://peps.python.org/pep-0517/#build-sdist"""
    from ffiwheel.config.project import read_project
    from ffiwheel.ui.console import ConsoleProgress
    from ffiwheel.workflow.sdist import build_sdist as build

    return build(read_project(Path.cwd()), Path(sdist_directory), ConsoleProgress()).name


@_reporting()
def build_editable(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,  # noqa: ARG001 - the metadata is computed again
) -> str:
    """https://peps.python.org/pep-0660/#build-editable"""
    from ffiwheel.config.project import read_project
    from ffiwheel.ui.console import ConsoleProgress
    from ffiwheel.workflow.editable import build_editable as build

    options = _options(config_settings)
    project, outdir = read_project(Path.cwd()), Path(wheel_directory)
    return build(project, outdir, options, ConsoleProgress(verbose=options.verbose)).name


@_reporting()
def prepare_metadata_for_build_wheel(
    metadata_directory: str,
    config_settings: ConfigSettings | None = None,  # noqa: ARG001 - nothing to set
) -> str:
    """https://peps.python.org/pep-0517/#prepare-metadata-for-build-wheel"""
    from ffiwheel.config.project import read_project
    from ffiwheel.workflow.metadata import write_metadata

    return write_metadata(read_project(Path.cwd()), Path(metadata_directory)).name


@_reporting()
def get_requires_for_build_wheel(
    config_settings: ConfigSettings | None = None,
) -> list[str]:
    """https://peps.python.org/pep-0517/#get-requires-for-build-wheel

    On a machine without a C++ compiler that is the one from PyPI.
    """
    from ffiwheel.toolchain.native import has_compiler

    return ([] if has_compiler() else ["ziglang"]) + get_requires_for_build_sdist(config_settings)


@_reporting()
def get_requires_for_build_sdist(
    config_settings: ConfigSettings | None = None,  # noqa: ARG001 - nothing to set
) -> list[str]:
    """https://peps.python.org/pep-0517/#get-requires-for-build-sdist"""
    from ffiwheel.config.project import read_project
    from ffiwheel.workflow.version import version_requires

    return version_requires(read_project(Path.cwd(), to_build=False))


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
get_requires_for_build_editable = get_requires_for_build_wheel


def _options(settings: ConfigSettings | None) -> BuildOptions:
    """Return what `--config-setting debug=true`, `verbose=true` and `launcher=...` ask for."""
    from typing import get_args

    from ffiwheel.config.schema import LauncherName
    from ffiwheel.errors import Problem, ProjectError
    from ffiwheel.workflow.build import BuildOptions

    given = settings or {}
    launchers = get_args(LauncherName)
    known = {"debug": ("true", "false"), "verbose": ("true", "false"), "launcher": launchers}
    hint = (
        "the settings are `debug` and `verbose`, and each is `true` or `false`;\n"
        f"and `launcher`, which is one of {', '.join(f'`{name}`' for name in launchers)}"
    )
    wrong = [
        Problem(f"`{name}={value}` is not a setting", "config settings", hint)
        for name, value in given.items()
        if value not in known.get(name, ())
    ]
    if wrong:
        raise ProjectError.of(wrong)
    return BuildOptions(
        debug=given.get("debug") == "true",
        verbose=given.get("verbose") == "true",
        launcher=str(given.get("launcher", "")),
    )
