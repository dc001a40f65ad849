"""What goes wrong around a build: signals, full disks, closed pipes, two builds at once."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, commit_all, git_status, run

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
    assert processes_of(project) == ""
    assert "Traceback" not in done.err


def test_programs_of_cmake_and_of_other_backends_stay_programs(workshop: Workshop) -> None:
    ours = workshop.copy(TEMPLATES / "cmake", git=False)
    add_line(
        ours / "CMakeLists.txt", "install(PROGRAMS tool.sh DESTINATION my_extension RENAME tool)"
    )
    other = workshop.copy(SAMPLES / "setuptools-extension", git=False)
    file = other / "setup.py"
    file.write_text(file.read_text().replace("setup(", 'setup(scripts=["tool.sh"],', 1))
    for project in (ours, other):
        (project / "tool.sh").write_text("#!/bin/sh\n")
        (project / "tool.sh").chmod(0o755)
        commit_all(project, initial=True)
        with zipfile.ZipFile(workshop.wheel(project)) as archive:
            modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        [tool] = [mode for name, mode in modes.items() if name.endswith(("/tool", "/tool.sh"))]
        assert tool & 0o777 == 0o755
        assert {mode & 0o777 for name, mode in modes.items() if name.endswith(".so")} == {0o644}


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        ("| true", 141, "✓ audit"),
        (">&-", 8, "error: the answer cannot be written: stdout is closed"),
        (">/dev/full", 8, "error: the answer cannot be written: No space left on device"),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
        (">&- 2>&- <&-", 8, ""),
        ("-v 2>&1 | true", 141, ""),
    ],
)
def test_a_stream_that_cannot_be_written(
    workshop: Workshop, redirection: str, code: int, said: str
) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    command = f"'{sys.executable}' -m ffiwheel build {redirection}"
    done = run("bash", "-o", "pipefail", "-c", command, cwd=project)
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err
    assert len(list(project.glob("dist/*.whl"))) == 1


def test_a_locale_without_letters(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only", "mein Ördner")
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert workshop.wheel(project, **poor).exists()
    out = project / "Ausgäbe"
    result = workshop.build(project, "-o", str(out), **poor)
    assert result.code == 0, result.err
    assert len(list(out.glob("*.whl"))) == 1


def test_streams_without_letters(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only", "mein Ördner")
    result = workshop.build(project, "-o", "Ausgäbe", "--sdist", PYTHONIOENCODING="ascii")
    assert result.code == 0, result.err
    assert all((project / line).is_file() for line in result.out.splitlines())
    assert "Ausgäbe" in result.out


def test_the_probe_says_what_fails_in_a_folder_with_letters(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "bad" / "unresolved-symbol", "mein Ördner")
    result = workshop.build(project, PYTHONIOENCODING="ascii")
    assert "it needs `defined_nowhere`" in result.err


@pytest.mark.parametrize("arguments", [(), ("--sdist",)])
def test_two_builds_at_once_wait_for_each_other(
    workshop: Workshop, arguments: tuple[str, ...]
) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    builds = [start(project, *arguments) for _ in range(3)]
    said = [build.communicate(timeout=120)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], said
    waited = ["waiting for another build of this project" in text for text in said]
    assert sorted(waited) == [False, True, True]
    assert len(list(project.glob("dist/*.whl"))) == 1


def test_an_editable_build_waits_for_another(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    first = start(project)
    wait_until(lambda: "cc1plus" in processes_of(project))
    code = "from ffiwheel import backend; print(backend.build_editable('out'))"
    editable = run(sys.executable, "-c", code, cwd=project)
    first.communicate(timeout=120)
    assert (first.returncode, editable.code) == (0, 0), editable.err
    assert editable.err.count("waiting for another build") == 1


def test_an_older_copy_of_a_file_is_compiled(either: Path, workshop: Workshop) -> None:
    """As `mv` brings back from a backup, or a clock that was behind makes."""
    source, library = find_source(either), built(workshop.wheel(either))
    text = source.read_text()
    source.write_text(text.replace("return x + 1;", "return x + 41;"))
    os.utime(source, (1_700_000_000, 1_700_000_000))
    assert built(workshop.wheel(either)) != library
    source.write_text(text)
    os.utime(source, (1_600_000_000, 1_600_000_000))
    assert built(workshop.wheel(either)) == library


def test_an_older_copy_after_a_build_that_failed(workshop: Workshop) -> None:
    """What was compiled then is not of the file that is there now."""
    project = workshop.copy(TEMPLATES / "cpu")
    source, other = find_source(project), project / "src" / "other.cc"
    other.write_text("int fine;\n")
    library = built(workshop.wheel(project))
    text, facts = source.read_text(), source.stat()
    source.write_text(text.replace("return x + 1;", "return x + 41;"))
    other.write_text("nonsense")
    assert workshop.build(project, "-v", CMAKE_BUILD_PARALLEL_LEVEL="2").code == 4
    source.write_text(text)
    os.utime(source, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    other.write_text("int fine;\n")
    assert built(workshop.wheel(project)) == library


def test_a_clock_that_was_set_back(either: Path, workshop: Workshop) -> None:
    source, library = find_source(either), built(workshop.wheel(either))
    folder = either / "build" / "ffiwheel" / "release"
    later = time.time() + 3600
    for path in folder.rglob("*"):
        os.utime(path, (later, later))
    source.write_text(source.read_text().replace("return x + 1;", "return x + 41;"))
    result = workshop.build(either)
    assert result.code == 0, result.err
    assert "everything is built anew" in result.err
    assert built(either / result.out.strip()) != library
    assert "everything is built anew" not in workshop.build(either).err


@pytest.mark.parametrize("options", [(), ("--target", "native")])
def test_a_build_folder_that_was_moved(workshop: Workshop, options: tuple[str, ...]) -> None:
    """CMake refuses one."""
    project = workshop.copy(TEMPLATES / "cmake")
    library = built(workshop.wheel(project, *options))
    moved = project.rename(project.parent / "elsewhere")
    result = workshop.build(moved, *options)
    assert result.code == 0, result.err
    assert "everything is built anew" in result.err
    assert built(moved / result.out.splitlines()[-1]) == library


def test_a_file_that_goes_while_it_is_compiled(workshop: Workshop, tmp_path: Path) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    [source] = project.glob("src/*.cc")
    text, compiler = source.read_text(), tmp_path / "c++"
    compiler.write_text(
        f'#!/bin/sh\n{shutil.which("c++")} "$@" || exit\n'
        f'case "$*" in *" -c src/"*) rm {source};; esac\n'
    )
    compiler.chmod(0o755)
    result = workshop.build(project, CXX=str(compiler))
    assert result.code == 2, result.err
    assert f"error: `src/{source.name}` has gone while the project was built" in result.err
    assert "build again" in result.err
    assert not list(project.glob("dist/*.whl"))
    source.write_text(text)
    assert workshop.wheel(project).exists()


KILLED = [0.3, 0.6, 0.9, 1.2, 1.6, 2.1]
"""Seconds after which a build is killed: before it compiles, meanwhile, and afterwards."""


def test_a_build_that_was_killed_at_any_moment(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    [source] = project.glob("src/*.cc")
    text = source.read_text()
    want = built(workshop.wheel(project))
    for seconds in KILLED:
        source.write_text(f"{text}\nextern int after_{int(seconds * 10)};\n")
        process = start(project)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()
        process.communicate()
    source.write_text(text)
    wheel = workshop.wheel(project)
    assert built(wheel) == want
    assert processes_of(project) == ""
    left = {path.name for path in (project / "dist").iterdir()}
    assert all(name.endswith(".whl") or name == ".gitignore" for name in left), left
    assert git_status(project) == ""


def test_the_first_of_many_errors_is_shown(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    [source] = project.glob("src/*.cc")
    warnings = "".join(f"#warning number {number}\n" for number in range(1500))
    source.write_text(f"#error the first\n{warnings}{source.read_text()}")
    result = workshop.build(project)
    log = project / "build" / "ffiwheel" / "release" / "log.txt"
    assert result.code == 4
    assert "#error the first" in result.err
    assert len(result.err.splitlines()) < 60
    assert re.search(rf"\n\.\.\. \d{{4}} more lines in {re.escape(str(log))}\n", result.err)
    assert f"everything that was printed is in {log}" in result.err
    assert "number 1499" in log.read_text()
    source.write_text("nonsense")
    workshop.build(project)
    assert "number" not in log.read_text(), "each build has a fresh log"


def test_forced_colors_do_not_hide_the_error(either: Path, workshop: Workshop) -> None:
    """Jupyter forces them on all that it starts, and people set `NINJA_STATUS`."""
    source = find_source(either)
    source.write_text(source.read_text().replace("return x + 1;", "return nonsense;"))
    result = workshop.build(either, CLICOLOR_FORCE="1", NINJA_STATUS="%p ")
    assert result.code == 4
    said = [line for line in result.err.splitlines() if not line.startswith("✓")]
    assert "my_extension.cc" in said[0], result.err
    assert "my_extension.cc.o" not in said[0], result.err
    assert len(said) < 15, result.err


def test_an_sdist_that_does_not_build_is_not_delivered(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    add_line(project / "src" / "more.h", "#pragma once")
    [source] = project.glob("src/*.cc")
    source.write_text(f'#include "more.h"\n{source.read_text()}')  # git does not know `more.h`
    assert workshop.build(project, "-o", "out").code == 0
    result = workshop.build(project, "--sdist")
    assert result.code == 4
    assert "more.h: No such file" in result.err
    assert [path.name for path in (project / "dist").iterdir()] == [".gitignore"]


@pytest.mark.parametrize("arguments", [(), ("--sdist",)])
@pytest.mark.parametrize("content", [os.urandom(6_000_000), bytes(6_000_000)], ids=["raw", "zeros"])
def test_a_disk_that_is_too_small(
    workshop: Workshop, content: bytes, arguments: tuple[str, ...]
) -> None:
    """Zeros fit into the archive, but not when they are unpacked from it."""
    project = workshop.copy(TEMPLATES / "cpu", git=False)
    (project / "python" / "my_extension" / "big.bin").write_bytes(content)
    commit_all(project, initial=True)
    command = f"ulimit -f 3000; exec '{sys.executable}' -m ffiwheel build {' '.join(arguments)}"
    done = run("bash", "-c", command, cwd=project)
    if arguments or any(content):
        assert done.code == 8, done.err
        assert "File too large" in done.err
        assert [path.name for path in (project / "dist").iterdir()] == [".gitignore"]
    assert "Traceback" not in done.err


def test_a_file_that_cannot_be_read_is_named(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    (project / "python" / "my_extension" / "data.txt").symlink_to("/proc/self/mem")
    result = workshop.build(project)
    assert result.code == 2, result.err
    assert "cannot read `data.txt`: Input/output error" in result.err


@pytest.fixture(params=["cpu", "cmake"])
def either(request: pytest.FixtureRequest, workshop: Workshop) -> Path:
    """A project of each engine."""
    return workshop.copy(TEMPLATES / str(request.param))


def find_source(project: Path) -> Path:
    [source] = project.glob("src/my_extension.cc")
    return source


def built(wheel: Path) -> bytes:
    """Return the library in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".so")]
        return archive.read(name)


def add_line(file: Path, line: str) -> None:
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}{line}\n")


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
        # A process that is ending has a folder for a moment longer than it has a command line.
        works_here = str(project) in command or str(project) in place
        if command and works_here and "ffiwheel build" not in command:
            found.append(command)
    return "\n".join(found)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
