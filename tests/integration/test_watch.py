"""`ffiwheel watch`: what is built when, and what becomes of the command that runs after it.

The first tests have a build that does nothing but say so; the last one compiles.
"""

from __future__ import annotations

import os
import signal
import sys
import sysconfig
import time
from typing import TYPE_CHECKING

import pytest
from watched import Watched, is_running, wait_until
from workshop import (
    REPOSITORY,
    TEMPLATES,
    Workshop,
    commit_all,
    find_pythons,
    make_environment,
    require,
    run_ffiwheel,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVER = """\
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts us may ignore it
from ffiwheel.cli.main import main
from ffiwheel.errors import CompileError
from ffiwheel.workflow import watch

def refresh(project, options, progress):
    text = (project.root / "a.cc").read_text().strip()
    with open(project.root / ".builds", "a") as record:
        record.write(f"{text}\\n")
    (project.root / "generated.pyi").write_text(text)
    if text == "wrong":
        raise CompileError("the sources do not compile or link", output="a.cc:1: error: wrong")
    if text == "slow":
        wait = project.root / ".go"
        progress.note("busy")
        while not wait.exists():
            time.sleep(0.01)
    return Path(sys.executable).parent

watch.refresh = refresh
sys.exit(main())
"""
RUNNER = """\
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
print("begun", os.getpid(), child.pid, open("a.cc").read().strip(), flush=True)
time.sleep(float(sys.argv[1]))
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under git that ignores what the build writes."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["ffiwheel"]\nbuild-backend = "ffiwheel.backend"\n'
        '[project]\nname = "hello"\nversion = "1"\ndependencies = ["apache-tvm-ffi"]\n'
        '[tool.ffiwheel]\nsources = ["*.cc"]\n'
    )
    (folder / ".gitignore").write_text("*.pyi\nscratch/\n")
    (folder / "a.cc").write_text("one\n")
    (folder / "run.py").write_text(RUNNER)
    commit_all(folder, initial=True)
    return folder


@pytest.fixture
def watching(project: Path) -> Iterator[Watched]:
    """`ffiwheel watch` with a command that runs for ten minutes."""
    command = (sys.executable, "-c", DRIVER, "watch", "--", "python", "run.py", "600", "0")
    with Watched(*command, cwd=project, log=project.parent / "log") as watched:
        watched.wait_for("watching hello")
        yield watched


def builds(project: Path) -> list[str]:
    return (project / ".builds").read_text().split()


def begun(watched: Watched) -> tuple[list[int], str]:
    """Return the processes of the command, and what it saw."""
    watched.wait_for("begun ")
    *pids, text = watched.wait_for("\n").split()
    return [int(pid) for pid in pids], text


def save(path: Path, text: str) -> None:
    """Save a file as editors do: a new one takes its place."""
    path.with_suffix(".swp~").write_text(text)
    path.with_suffix(".swp~").replace(path)


def test_command_starts_anew_and_its_group_ends(watching: Watched, project: Path) -> None:
    first, text = begun(watching)
    assert text == "one"
    save(project / "a.cc", "two\n")
    watching.wait_for("changed: a.cc")
    second, text = begun(watching)
    assert text == "two"
    wait_until(lambda: not any(map(is_running, first)))
    assert not any(map(is_running, first))
    assert all(map(is_running, second))
    assert watching.end() == 130
    wait_until(lambda: not any(map(is_running, second)))
    assert not any(map(is_running, second))
    assert builds(project) == ["one", "two"]


def test_compile_error_is_told_and_the_next_save_tries_again(
    watching: Watched, project: Path
) -> None:
    first, _ = begun(watching)
    save(project / "a.cc", "wrong\n")
    said = watching.wait_for("watching hello")
    assert "a.cc:1: error: wrong\n\nerror: the sources do not compile or link" in said
    assert all(map(is_running, first)), "a command may go on with the build that it began with"
    save(project / "a.cc", "right\n")
    second, text = begun(watching)
    assert (text, first == second) == ("right", False)
    assert watching.end(signal.SIGTERM) == 143


def test_burst_is_one_build(watching: Watched, project: Path) -> None:
    begun(watching)
    for number in range(20):
        save(project / "a.cc", f"{number}\n")
        (project / f"b{number}.cc").write_text("")
        time.sleep(0.005)
    said = watching.wait_for("watching hello")
    assert "changed: a.cc, b0.cc, b1.cc and 18 more" in said
    assert begun(watching)[1] == "19"
    assert builds(project) == ["one", "19"]


def test_what_nobody_saves_is_no_reason(watching: Watched, project: Path) -> None:
    begun(watching)
    for name in ("generated.pyi", "scratch/a", "build/a.o", "__pycache__/a.pyc", ".a.swp", "a.cc~"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("anything")
        time.sleep(0.2)
    save(project / "a.cc", "last\n")
    assert begun(watching)[1] == "last"
    assert builds(project) == ["one", "last"]


def test_what_is_saved_during_a_build_is_built_before_the_command(
    watching: Watched, project: Path
) -> None:
    begun(watching)
    save(project / "a.cc", "slow\n")
    watching.wait_for("busy")
    save(project / "a.cc", "late\n")
    (project / ".go").touch()
    assert begun(watching)[1] == "late"
    assert builds(project) == ["one", "slow", "late"]


def test_command_ends_with_who_is_killed(watching: Watched) -> None:
    [runner, _], _ = begun(watching)
    watching.end(signal.SIGKILL)
    wait_until(lambda: not is_running(runner))
    assert not is_running(runner)


def test_end_of_the_command_is_told(project: Path) -> None:
    for code, said in ((0, "succeeded"), (3, "exit code 3")):
        command = ("watch", "--", "python", "run.py", "0", str(code))
        log = project.parent / f"log{code}"
        with Watched(sys.executable, "-c", DRIVER, *command, cwd=project, log=log) as watched:
            watched.wait_for(f"python run.py 0 {code}: {said}")
            assert watched.end() == 130


def test_program_that_is_not_there(project: Path) -> None:
    command = ("watch", "--", "no-such-program")
    log = project.parent / "log"
    with Watched(sys.executable, "-c", DRIVER, *command, cwd=project, log=log) as watched:
        assert "error: there is no program `no-such-program`" in watched.wait_for("watching")
        assert watched.end() == 130


def test_folder_without_project(tmp_path: Path) -> None:
    result = run_ffiwheel("watch", cwd=tmp_path)
    assert result.code == 2
    assert "not a project" in result.err


@pytest.mark.compiler
def test_template_from_save_to_result(workshop: Workshop) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    python = find_pythons().get(version)
    require("pythons", present=python is not None)
    assert python
    environment = make_environment(python, workshop.folder / "environment", "apache-tvm-ffi")
    [site] = (environment.parents[1] / "lib").glob("python*/site-packages")
    ours = (REPOSITORY / "src", sysconfig.get_path("purelib"))
    (site / "ours.pth").write_text("".join(f"{place}\n" for place in ours))
    project = workshop.copy(TEMPLATES / "cpu", "my-extension")
    source = project / "src" / "my_extension.cc"
    text = source.read_text()
    ask = "import my_extension; print('result', my_extension.add_one(1))"
    command = (environment, "-m", "ffiwheel", "watch", "--", "python", "-c", ask)
    variables = {"VIRTUAL_ENV": str(environment.parents[1]), "PATH": os.environ["PATH"]}
    log = workshop.folder / "log"
    with Watched(*command, cwd=project, log=log, **variables) as watched:
        watched.wait_for("result 2\n")
        save(source, text.replace("return x + 1;", "return x + 41;"))
        watched.wait_for("result 42\n")
        save(source, text.replace("return x + 1;", "return x + ;"))
        said = watched.wait_for("watching my-extension")
        assert "my_extension.cc:" in said
        assert "expected primary-expression" in said
        save(source, text)
        watched.wait_for("result 2\n")
        watched.end(signal.SIGTERM)
