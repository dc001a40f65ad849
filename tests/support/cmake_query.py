"""Ask `ffiwheel_version()` in a CMake script, with ffiwheel or with git alone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cmake
from workshop import REPOSITORY, run

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULE = REPOSITORY / "src/ffiwheel/compile/data/cmake/ffiwheel/FfiwheelVersion.cmake"
CMAKE = os.environ.get("FFIWHEEL_TEST_CMAKE", str(Path(cmake.CMAKE_BIN_DIR) / "cmake"))
FFIWHEEL = str(Path(sys.executable).with_name("ffiwheel"))
ALONE = "OFF"
"""What to say for ffiwheel where it is not to be asked."""

_SCRIPT = """\
include("{module}")
ffiwheel_version(IT SOURCE_DIR "${{PROJECT}}")
foreach (part IN ITEMS "" _MAJOR _MINOR _PATCH _FULL _PUBLIC _NUMBER _SOURCE)
  message("IT_VERSION${{part}}=${{IT_VERSION${{part}}}}")
endforeach ()
"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What CMake made of a project's version: variables, or why there are none."""

    variables: Mapping[str, str]
    error: str
    """The message: what is wrong on the first line, then the hint."""

    def __getattr__(self, name: str) -> str:
        """Return a variable by the end of its name, such as `full`."""
        return self.variables[f"IT_VERSION_{name.upper()}"]


def ask_cmake(project: Path, scratch: Path, ffiwheel: str, script_text: str = _SCRIPT) -> Told:
    """Ask for the version of a project; `scratch` is where temporary files may be."""
    scratch.mkdir(exist_ok=True)
    script = scratch / "query.cmake"
    script.write_text(script_text.format(module=MODULE))
    (scratch / "tmp").mkdir(exist_ok=True)
    defined = (f"-DPROJECT={project}", f"-DFFIWHEEL_EXECUTABLE={ffiwheel}")
    result = run(CMAKE, *defined, "-P", script, cwd=scratch, env={"TMPDIR": str(scratch / "tmp")})
    assert not list((scratch / "tmp").iterdir()), "temporary files are gone"
    assert not result.out, "the answer is in variables"
    if result.code:
        return Told(variables={}, error=read_message(result.err))
    lines = result.err.splitlines()
    return Told(variables=dict(line.split("=", 1) for line in lines), error="")


def read_message(said: str) -> str:
    """Return the message of `ffiwheel_version()` in what CMake says.

    CMake breaks its first line anywhere and leaves alone what was indented.
    """
    complaint = said.partition("ffiwheel_version:")[2].partition("Call Stack")[0]
    lines = complaint.rstrip().splitlines() or [said]
    return "".join(
        f"\n{line[4:]}" if line.startswith("    ") else f" {line.strip()}".rstrip()
        for line in lines
    ).strip()
