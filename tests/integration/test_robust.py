"""What goes wrong around a build: signals, full disks, closed pipes, two builds at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, git_status, run

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("sample", [SAMPLES / "runtime-features", TEMPLATES / "cmake"])
def test_a_signal_ends_the_compilers(
    workshop: Workshop, sample: Path, number: signal.Signals, code: int
) -> None:
    project = workshop.copy(sample)
    process = start(project)
    wait_until(lambda: "cc1plus" in processes_of(project))
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == code
    assert processes_of(project) == ""
    assert not list(project.glob("dist/*.whl"))
    assert git_status(project) == ""


def test_timeout_ends_the_compilers(workshop: Workshop) -> None:
    """`timeout` sends its signal twice: to the command, then to its process group."""
    project = workshop.copy(SAMPLES / "runtime-features")
    done = run("timeout", "1", sys.executable, "-m", "ffiwheel", "build", cwd=project)
    assert done.code == 124
    wait_until(lambda: processes_of(project) == "")
    assert "Traceback" not in done.err


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ffiwheel", "build", *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_of(project: Path) -> str:
    """Return the command lines of compilers and build tools that work on a project."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if (str(project) in command or str(project) in place) and "ffiwheel build" not in command:
            found.append(command)
    return "\n".join(found)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
