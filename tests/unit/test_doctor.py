"""What `ffiwheel doctor` says of machines on which something is missing, old, broken or silent.

The search path is a folder of small shell scripts, so each machine is described in a few lines.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, SAMPLES, TEMPLATES, Workshop, compare_golden

from ffiwheel.config.project import read_project
from ffiwheel.errors import MissingToolError
from ffiwheel.model.finding import Severity
from ffiwheel.model.tool import Fault, Tool, judge
from ffiwheel.system.machine import is_host
from ffiwheel.system.process import impatient, query
from ffiwheel.toolchain import native
from ffiwheel.toolchain.checkup import ask, build_tools, caches, compilers, launchers, pythons
from ffiwheel.ui.doctor import render_tools
from ffiwheel.workflow.doctor import Diagnosis, diagnose, find_needs, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not is_host("x86_64"), reason="what is foreign depends on it")
VARIABLES = (
    *("CC", "CXX", "CUDACXX", "CUDA_HOME", "CUDA_PATH", "DISTCC_HOSTS", "SCCACHE_SERVER_PORT"),
    *("SCCACHE_SERVER_UDS", "ZIG_GLOBAL_CACHE_DIR", "FFIWHEEL_VERSION"),
)
LOADS_NOTHING = "echo 'fatal error: string: No such file' >&2; exit 1"
GCC = "echo 'g++ (Debian 12.2.0-14) 12.2.0'"
SICK = {
    "apt-get": "",
    "c++": f'case "$*" in *--version) {GCC};; *) {LOADS_NOTHING};; esac',
    "cc": "echo 'cc: error while loading shared libraries: libmpfr.so.6' >&2; exit 127",
    "nvcc": "exit 1",
    "cmake": "echo 'cmake version 3.25.1'",
    "git": "echo 'git version 2.39.5'",
    "ccache": "/bin/sleep 60",
    "sccache": "echo 'sccache 0.4.0-pre.6'",
    "distcc": 'case "$1" in --version) echo "distcc 3.4";; *) exit 110;; esac',
    "icecc": "echo 'ICECC 1.4'",
    "qemu-aarch64-static": "echo 'qemu-aarch64 version 7.2.19 (Debian 1:7.2)'",
    "wine": "echo 'wine: cannot find ntdll.so' >&2; exit 1",
    "python3.12": "echo 'No such file: libpython3.12.so' >&2; exit 127",
    "python3.8": "echo '3.8.18 cpython'",
    "python3.10": "echo '3.10.4 cpython'",
}
"""A machine on which something is wrong with nearly everything."""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], Path]:
    """Makes a machine that has these programs and no zig, and returns where they lie."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for module in (build_tools, compilers, native):
        monkeypatch.setattr(module, "find_zig", lambda: None)
    monkeypatch.setenv("QEMU_LD_PREFIX", str(tmp_path))
    monkeypatch.setattr("ffiwheel.toolchain.cuda._USUAL", tmp_path / "none")
    monkeypatch.setattr(launchers, "_ICECC_SOCKETS", ())
    monkeypatch.setattr(launchers, "_ICECC_PORT", free_port())
    monkeypatch.setenv("SCCACHE_SERVER_PORT", str(free_port()))
    for name in ("HOME", "XDG_CACHE_HOME", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))

    def make(programs: dict[str, str]) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, body in programs.items():
            (folder / name).write_text(f"#!/bin/sh\n{body}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    return make


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


def report(found: Diagnosis, folder: Path) -> str:
    """Return all that is said, without what differs from machine to machine."""
    text = "\n".join(line.plain for line in render_tools(found.checked, ascii_only=True))
    if error := refuse(found):
        text += f"\n\n{error}"
    text = text.replace(str(folder), "...").replace(os.environ["SCCACHE_SERVER_PORT"], "4226")
    text = text.replace(str(launchers._ICECC_PORT), "10245")  # noqa: SLF001 - it is patched
    own = r"(Ninja|CMake|Python|apache-tvm-ffi)"
    text = re.sub(rf"^(  . {own}) +\d\S+  +(.*?)  /.*", r"\1  (ours)  \3", text, flags=re.MULTILINE)
    text = re.sub(r"\d\S+ is installed", "X is installed", text)
    lines = [re.sub(r"  +", "  ", line) if line[:2] == "  " else line for line in text.split("\n")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def test_bare_machine(machine: Callable[[dict[str, str]], Path], tmp_path: Path) -> None:
    machine({"apt-get": ""})
    (tmp_path / "empty").mkdir()
    found = diagnose(tmp_path / "empty")
    assert found.project is None
    assert refuse(found) is None
    by_name = {one.tool.name: one for one in found.checked}
    for name in ("C++ compiler", "git", "nvcc", "zig", "ccache", "distcc", "icecc", "wine"):
        assert by_name[name].tool.is_missing, name
        assert by_name[name].worst is Severity.NOTE, name
        assert by_name[name].findings[0].help, name
    for name in ("CMake", "Ninja", "Python", "apache-tvm-ffi"):
        assert not by_name[name].findings, name
    assert by_name["git"].findings[0].help == "apt-get install git"


def test_bare_machine_and_a_project(
    machine: Callable[[dict[str, str]], Path], workshop: Workshop, *, update_golden: bool
) -> None:
    project = workshop.copy(TEMPLATES / "cuda", "hello")
    before = sorted(project.rglob("*"))
    machine({})
    found = diagnose(project)
    path = GOLDEN / "doctor" / "bare.txt"
    compare_golden(path, report(found, workshop.folder), update=update_golden)
    error = refuse(found)
    assert error
    assert error.exit_code == 5
    assert sorted(project.rglob("*")) == before


def test_sick_machine(
    machine: Callable[[dict[str, str]], Path],
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    *,
    update_golden: bool,
) -> None:
    project = workshop.copy(SAMPLES / "cmake-extension", "hello")
    file = project / "CMakeLists.txt"
    file.write_text(re.sub(r"VERSION \d[.\d]*", "VERSION 99.0", file.read_text(), count=1))
    settings = project / "pyproject.toml"
    settings.write_text(
        re.sub(r'"apache-tvm-ffi[^"]*"', '"apache-tvm-ffi>=99"', settings.read_text())
    )
    home = workshop.folder / "home"
    home.touch()  # a file, so no cache can be made in it
    machine(SICK)
    monkeypatch.setattr(ask, "SECONDS", 1.0)
    monkeypatch.setattr(build_tools, "_list_cmakes", lambda: iter([ask.find_on_path("cmake")]))
    started = time.monotonic()
    found = diagnose(project)
    assert time.monotonic() - started < 20
    path = GOLDEN / "doctor" / "sick.txt"
    compare_golden(path, report(found, workshop.folder), update=update_golden)


def test_project_that_cannot_be_read(
    machine: Callable[[dict[str, str]], Path], tmp_path: Path
) -> None:
    machine({})
    (tmp_path / "pyproject.toml").write_text("[project\n")
    found = diagnose(tmp_path)
    error = refuse(found)
    assert error
    assert error.exit_code == 2
    assert len(found.checked) > 10


def test_compiler_that_hangs(
    machine: Callable[[dict[str, str]], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "pid"
    machine({"c++": f"echo $$ >{note}; /bin/sleep 60; true"})
    monkeypatch.setattr(compilers, "SECONDS", 0.5)
    [tool] = compilers.check_compilers()
    assert tool.troubles[0].fault is Fault.SILENT
    group = int(note.read_text())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and group_is_alive(group):
        time.sleep(0.01)
    assert not group_is_alive(group)


def group_is_alive(group: int) -> bool:
    """Tell whether a process group has members that run; one that nobody waited for does not."""
    facts = (read(stat).rpartition(")")[2].split() for stat in Path("/proc").glob("[0-9]*/stat"))
    return any(one[0] not in "ZX" for one in facts if one and int(one[2]) == group)


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def test_copies_of_the_python_that_runs_us_are_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `python -m venv --copies` makes them."""
    for name in ("python", "python3", "python3.11"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", "/nowhere")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", "/nowhere")
    assert {path.name for path in pythons.list_pythons()} == {"python3", "python3.11"}
    monkeypatch.setattr(pythons, "interpreter", lambda: tmp_path / "python")
    monkeypatch.setattr(sys, "prefix", str(tmp_path.parent))
    assert pythons.list_pythons() == ()


def test_folders_that_may_not_be_seen(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(sealed))
    monkeypatch.setenv("PATH", str(sealed / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(sealed))
    assert pythons.list_pythons() == ()
    [tool] = caches.check_cache()
    assert [one.fault for one in tool.troubles] == [Fault.UNWRITABLE]


def test_patience_ends_with_the_block() -> None:
    slow = (sys.executable, "-c", "import time; time.sleep(0.6); print('late')")
    with impatient(0.2), pytest.raises(MissingToolError, match="does not answer"):
        query(slow)
    assert query(slow) == "late\n"


@pytest.mark.parametrize(("listens", "faults"), [(True, []), (False, [Fault.UNREACHABLE])])
def test_distcc_host(
    machine: Callable[[dict[str, str]], Path], *, listens: bool, faults: list[Fault]
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        port = server.getsockname()[1]
        hosts = f"localhost/2 127.0.0.1:{port}/4,lzo @elsewhere"
        machine({"distcc": f'case "$1" in --version) echo "distcc 3.4";; *) echo "{hosts}";; esac'})
        [tool] = launchers.check_distcc()
    assert [one.fault for one in tool.troubles] == faults


SERVED = """case "$1" in
--version) echo "sccache 0.16.0";;
--show-stats) echo "Cache hits    0"; echo "Cache location    S3, bucket: objects";;
--dist-status) echo '{"NotConnected":["http://big/","will retry in 30.0s"]}';;
*) exit 1;;
esac"""


def test_sccache_with_a_server(
    machine: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        monkeypatch.setenv("SCCACHE_SERVER_PORT", str(port))
        machine({"sccache": SERVED})
        [tool] = launchers.check_sccache()
    assert tool.detail == f"server on port {port}, cache S3, bucket: objects"
    [trouble] = tool.troubles
    assert trouble.fault is Fault.UNREACHABLE
    assert trouble.message == "its scheduler http://big/ does not answer: will retry in 30.0s"


def test_nvcc_that_refuses_the_compiler(machine: Callable[[dict[str, str]], Path]) -> None:
    refuses = "echo 'host_config.h:137: error: -- unsupported GNU version!'; exit 1"
    nvcc = f'case "$*" in *-E*) {refuses};; *) echo "release 13.0, V13.0.88";; esac'
    machine({"nvcc": nvcc, "c++": GCC})
    [tool] = compilers.check_nvcc(is_needed=True)
    assert tool.version == "13.0"
    assert "unsupported GNU version" in tool.troubles[0].message
    assert compilers.check_nvcc(is_needed=False)[0].troubles == ()


def test_python_that_nothing_can_be_installed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("packages", "EXTERNALLY-MANAGED"):
        (tmp_path / name).touch()
    paths = {"stdlib": str(tmp_path), "purelib": str(tmp_path)}
    monkeypatch.setattr("sysconfig.get_paths", lambda: paths)
    assert pythons.explain_installs(is_environment=True) == ""
    managed = pythons.explain_installs(is_environment=False)
    assert managed == "the system keeps its packages to itself (PEP 668)"
    paths["purelib"] = str(tmp_path / "packages")  # a file
    [tool] = pythons.check_own_python()
    assert tool.troubles[0].fault is Fault.UNWRITABLE


def test_severity_is_what_the_project_makes_of_it() -> None:
    tool = Tool(group="compilers", name="nvcc", purpose="")
    missing = tool.with_trouble(Fault.MISSING, "it is not installed", "install it")
    broken = tool.with_trouble(Fault.BROKEN, "it does not run", "install it")
    assert [one.worst for one in judge((tool, missing, broken), {})] == [
        None,
        Severity.NOTE,
        Severity.WARNING,
    ]
    needed = judge((missing, broken), {"nvcc": "`a.cu` is CUDA"})
    assert [one.worst for one in needed] == [Severity.ERROR] * 2
    assert needed[0].findings[0].message == "it is not installed; `a.cu` is CUDA"


@pytest.mark.parametrize(
    ("sample", "needs"),
    [
        (SAMPLES / "sources-only", {"C++ compiler", "Ninja", "apache-tvm-ffi"}),
        (SAMPLES / "cmake-extension", {"C++ compiler", "Ninja", "apache-tvm-ffi", "CMake"}),
        (SAMPLES / "guide-directives", {"C++ compiler", "Ninja", "apache-tvm-ffi", "CMake"}),
        (SAMPLES / "setuptools-extension", {"C++ compiler", "apache-tvm-ffi"}),
        (TEMPLATES / "cuda", {"C++ compiler", "Ninja", "apache-tvm-ffi", "nvcc", "git"}),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_what_projects_need(sample: Path, needs: set[str]) -> None:
    assert set(find_needs(read_project(sample)).reasons) == needs


def test_a_launcher_that_is_named_is_needed(tmp_path: Path) -> None:
    text = (SAMPLES / "sources-only" / "pyproject.toml").read_text()
    settings = '\n[tool.ffiwheel.compile]\nlauncher = "{}"\n'
    for name in ("distcc", "auto", "none"):
        (tmp_path / "pyproject.toml").write_text(text + settings.format(name))
        assert (name in find_needs(read_project(tmp_path)).reasons) == (name == "distcc")
