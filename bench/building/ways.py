"""The ways that are compared, and which of them is measured for what.

Isolated builds compile everything each time, so most of them are measured from nothing only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import tvm_ffi
from measuring.cost import Cost, measure

from building.projects import (
    Project,
    Writer,
    write_floor,
    write_guide,
    write_nanobind,
    write_plain,
    write_unhelped,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Scenario = Literal["clean", "no-op", "edit", "header"]
ALL: tuple[Scenario, ...] = get_args(Scenario)
QUIET = {"CCACHE_DISABLE": "1"}
"""A cache would hide what a compiler takes."""
FFIWHEEL = Path(sys.executable).parent / "ffiwheel"
PACKAGES = ("pip", "build", "uv", "cmake", "ninja", "scikit-build-core", "nanobind")

FLOOR = "floor: c++ and zip"
BUILD = "ffiwheel build"
BUILD_UNHELPED = "ffiwheel build, no precompiled header"
BUILD_CMAKE = "ffiwheel build, CMake project"
DEVELOP = "ffiwheel develop"
DEVELOP_UNHELPED = "ffiwheel develop, no precompiled header"
PIP_KEPT = "pip wheel, kept folder"
UV_KEPT = "uv build, kept folder"
PIP = "pip wheel, isolated"
UV = "uv build, isolated"
FRONTEND = "python -m build, isolated"
NANOBIND_KEPT = "nanobind: pip wheel, kept folder"
NANOBIND = "nanobind: pip wheel, isolated"


@dataclass(frozen=True, slots=True)
class Tool:
    """A way from sources to a wheel or to an install."""

    name: str
    write: Writer
    command: Sequence[str | Path]
    env: Mapping[str, str]
    measured: Mapping[int, Sequence[Scenario]]
    """Number of files -> what is measured; always from nothing first."""
    special: Mapping[Scenario, Sequence[str]] = field(default_factory=dict)
    """Commands that differ from `command`."""
    installs: bool = False
    """Whether it installs into the project's own environment."""

    def run(self, project: Project, scenario: Scenario) -> Cost:
        """Build once, and return what it took."""
        command = self.special.get(scenario, self.command)
        own = {"VIRTUAL_ENV": str(project.folder / ".venv")} if self.installs else {}
        return measure(command, cwd=project.folder, env={**QUIET, **self.env, **own})


def describe_environment(folder: Path) -> dict[str, str]:
    """Return the variables with which an environment is active."""
    programs = folder / "bin"
    return {"VIRTUAL_ENV": str(folder), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def list_versions(folder: Path) -> dict[str, str]:
    """Return the versions of what the other ways need, as an environment has them."""
    python = folder / "bin" / "python"
    command = (sys.executable, "-m", "uv", "pip", "list", "--format=json", "--python", python)
    rows = json.loads(subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True))
    return {row["name"]: row["version"] for row in rows if row["name"] in PACKAGES}


def make_virtual(folder: Path, packages: Sequence[str] = ()) -> None:
    """Make an environment with the runtime of this one, and other packages."""
    runtime = f"apache-tvm-ffi=={tvm_ffi.__version__}"
    uv = (sys.executable, "-m", "uv")
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder], check=True)
    install = (*uv, "pip", "install", "-q", "--python", folder / "bin" / "python")
    subprocess.run([*install, runtime, *packages], check=True)


def uninstall(project: Project) -> None:
    """Remove the project from its environment, if it is there."""
    uv = (sys.executable, "-m", "uv", "pip", "uninstall", "-q")
    python = project.folder / ".venv" / "bin" / "python"
    subprocess.run([*uv, "--python", python, "my-extension"], check=True, capture_output=True)


def check_install(project: Project) -> None:
    """Import what was installed: an edit has to have arrived.

    Raises:
        SystemExit: it has not.
    """
    source = min((project.folder / "src").glob("*.cc")).read_text(encoding="utf-8")
    header = (project.folder / "src" / "shared.h").read_text(encoding="utf-8")
    numbers = (re.search(r"\+ (1\d{3})", source), re.search(r"SHARED (\d+)", header))
    wanted = sum(int(found[1]) for found in numbers if found)
    code = (
        "import my_extension._ffi_api as api; "
        "print(api.add_one(0) if hasattr(api, 'add_one') else api.add_0(0, 0))"
    )
    python = project.folder / ".venv" / "bin" / "python"
    told = int(subprocess.check_output([python, "-c", code], text=True))
    if told != wanted:
        sys.exit(f"error: {project.folder} says {told} in place of {wanted}")


def list_tools(other: Mapping[str, str]) -> list[Tool]:
    """Return all ways; those of others run in the environment that `other` describes."""
    return [*_bare(), *_ours(), *_kept(other), *_isolated(other)]


def _bare() -> list[Tool]:
    special: dict[Scenario, tuple[str, ...]] = {
        "edit": ("sh", "edited.sh"),
        "header": ("sh", "header.sh"),
    }
    measured: dict[int, tuple[Scenario, ...]] = {
        1: ("clean", "edit"),
        10: ("clean", "edit", "header"),
        50: ("clean", "edit"),
    }
    return [Tool(FLOOR, write_floor, ("sh", "all.sh"), {}, measured, special)]


def _ours() -> list[Tool]:
    build, develop = (FFIWHEEL, "build"), (FFIWHEEL, "develop")
    return [
        Tool(BUILD, write_plain, build, {}, dict.fromkeys((1, 10, 50), ALL)),
        Tool(BUILD_UNHELPED, write_unhelped, build, {}, {10: ("clean", "edit"), 50: ("clean",)}),
        Tool(BUILD_CMAKE, write_guide, build, {}, {1: ("clean", "no-op", "edit")}),
        Tool(DEVELOP, write_plain, develop, {}, dict.fromkeys((1, 10), ALL), installs=True),
        Tool(DEVELOP_UNHELPED, write_unhelped, develop, {}, {10: ("clean", "edit")}, installs=True),
    ]


def _kept(other: Mapping[str, str]) -> list[Tool]:
    pip = ("python", "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", "dist", ".")
    uv = ("uv", "build", "--wheel", "--no-build-isolation", "-o", "dist")
    rest: tuple[Scenario, ...] = ("clean", "no-op", "edit")
    return [
        Tool(PIP_KEPT, write_guide, pip, other, dict.fromkeys((1, 10, 50), ALL)),
        Tool(UV_KEPT, write_guide, uv, other, {1: ALL, 10: rest}),
        Tool(NANOBIND_KEPT, write_nanobind, pip, other, {1: ALL, 10: ALL, 50: rest}),
    ]


def _isolated(other: Mapping[str, str]) -> list[Tool]:
    pip = ("python", "-m", "pip", "wheel", "--no-deps", "-w", "dist", ".")
    uv = ("uv", "build", "--wheel", "-o", "dist")
    build = ("python", "-m", "build", "--wheel", "--outdir", "dist")
    few: dict[int, tuple[Scenario, ...]] = {1: ("clean", "no-op"), 10: ("clean",)}
    return [
        Tool(PIP, write_guide, pip, other, {**few, 50: ("clean",)}),
        Tool(UV, write_guide, uv, other, few),
        Tool(FRONTEND, write_guide, build, other, few),
        Tool(NANOBIND, write_nanobind, pip, other, {1: ("clean",)}),
    ]
