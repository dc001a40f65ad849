"""When the accelerator is on, when it is off and why, and what it asks of CPython."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from places import find_every_python, find_place
from workshop import QUICKSTART, REPOSITORY, SAMPLES, Workshop, run, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

    from places import Place

SOURCE = REPOSITORY / "src" / "ffiwheel" / "compile" / "data" / "accelerator" / "accelerator.cc"
PAGE = REPOSITORY / "docs" / "acceleration.md"
VERSION = "3.12" if "3.12" in find_every_python() else max(find_every_python())

compiled = [pytest.mark.compiler, pytest.mark.network]


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return find_place(tmp_path, tmp_path_factory)


def say(place: Place, program: str, **env: str) -> str:
    """Return what a program prints in the environment with the sample package."""
    done = run(place.python(VERSION), "-c", program, cwd=place.scratch, env=env)
    assert done.code == 0, done.err
    return done.out.strip()


def used_functions() -> list[str]:
    return re.findall(r"^  FUNCTION\([^,]+, (\w+), ", SOURCE.read_text(), re.MULTILINE)


def documented_functions() -> dict[str, str]:
    """Return function -> since when the page says it is in the stable ABI."""
    rows = re.findall(r"^\| (3\.\d+) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: since for since, row in rows for name in re.findall(r"`(\w+)`", row)}


def test_each_function_is_documented_and_used() -> None:
    text = SOURCE.read_text()
    names = used_functions()
    assert sorted(names) == sorted(documented_functions())
    assert [name for name in names if f"py.{name}" not in text] == []


@pytest.mark.compiler
@pytest.mark.parametrize("since", sorted(set(documented_functions().values())))
def test_functions_are_in_the_limited_api(since: str) -> None:
    """CPython's own headers declare each function at the level that the page gives."""
    minor = int(since.partition(".")[2])
    names = [name for name, first in documented_functions().items() if first == since]

    ask = "import sysconfig; print(sysconfig.get_paths()['include'])"
    newest = max(find_every_python().items(), key=lambda one: int(one[0].split()[0][2:]))[1]
    headers = run(newest, "-c", ask, cwd=SOURCE.parent).out.strip()

    def undeclared(level: int) -> set[str]:
        program = f"#define Py_LIMITED_API 0x03{level:02x}0000\n#include <Python.h>\n" + "".join(
            f"#undef {name}\nvoid* p{name} = (void*)&{name};\n" for name in names
        )
        command = ["cc", "-x", "c", "-fsyntax-only", "-fmax-errors=0", f"-I{headers}", "-"]
        done = subprocess.run(command, input=program, text=True, capture_output=True, check=False)
        return {name for name in names if re.search(rf"{name}\W+undeclared", done.stderr)}

    assert undeclared(minor) == set()
    if minor in {7, 9, 10, 11}:  # some are declared at every level, and are in the list later
        assert undeclared(minor - 1) == set(names)


@pytest.mark.compiler
@pytest.mark.network
def test_import_and_calls_do_without_tvm_ffi(place: Place) -> None:
    program = """
import sys, every_call as p
assert p.add(1, y=2) == 3 and p.same_text("x" * 40) == "x" * 40
print(p.__accelerated__, "tvm_ffi" in sys.modules)
try: p.add(1)
except TypeError as error: print(error)
print("tvm_ffi" in sys.modules, p.Point(1).x)
"""
    said = "yes False\nadd() missing 1 required positional argument: 'y'\nTrue 1"
    assert say(place, program) == said


OFF = {
    "FFIWHEEL_ACCELERATE=0 is set": "import os; os.environ['FFIWHEEL_ACCELERATE'] = '0'",
    "this is not CPython": "import sys; sys.implementation.name = 'pypy'",
    "this Python has no GIL": "import sys; sys.version = '3.14.0 free-threading build'",
    "this Python lacks what it uses: ": (
        "import ctypes\n"
        "class Less(ctypes.PyDLL):\n"
        "    def __getitem__(self, name):\n"
        "        if name == 'PyTuple_New': raise AttributeError(name)\n"
        "        return super().__getitem__(name)\n"
        "ctypes.pythonapi = Less(None)\n"
    ),
    "`every_call.add` is registered already": (
        "import tvm_ffi, importlib.util as u, os\n"
        "folder = os.path.dirname(u.find_spec('every_call').origin)\n"
        "kept = tvm_ffi.load_module(os.path.join(folder, 'libevery_call.so'))\n"
    ),
    "apache-tvm-ffi was not found on the path": (
        "import sys, tvm_ffi\n"
        "real = sys.meta_path[-1]\n"
        "class Other:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        return None if name == 'tvm_ffi' else real.find_spec(name, path, target)\n"
        "sys.meta_path[-1] = Other()\n"
    ),
}


@pytest.mark.compiler
@pytest.mark.network
@pytest.mark.parametrize("reason", OFF)
def test_package_works_where_it_is_off(reason: str, place: Place) -> None:
    program = f"{OFF[reason]}\nimport every_call as p\nprint(p.__accelerated__)\n"
    program += "assert p.add(1, y=2) == 3 and p.Point(1).x == 1\nprint(type(p.add).__name__)"
    said = say(place, program).splitlines()
    assert said[0].startswith(f"no: {reason}")
    assert said[1] == "function"


@pytest.mark.compiler
@pytest.mark.network
def test_another_release_of_the_runtime(place: Place) -> None:
    """The text of the module is another one here: it finds a release that is not for the wheel."""
    program = """
import sys, importlib.util as u, os
file = os.path.join(os.path.dirname(u.find_spec("every_call").origin), "_ffi_fast.py")
text = open(file).read()
changed = text.replace("_read_release(os.path", "'9.9.9' or (os.path")
changed = changed.replace("(release in releases) != only", "release == '9.9.9'")
class Finder:
    def find_spec(self, name, path, target=None):
        return u.spec_from_loader(name, self) if name == "every_call._ffi_fast" else None
    def create_module(self, spec): return None
    def exec_module(self, module): exec(changed, module.__dict__)
sys.meta_path.insert(0, Finder())
import every_call as p
print(p.__accelerated__, p.add(1, 2))
"""
    reason = "it is not known to run on this release of apache-tvm-ffi"
    assert say(place, program) == f"no: {reason} 3"


@pytest.mark.compiler
@pytest.mark.network
def test_one_library_asks_for_no_symbol_of_python(place: Place) -> None:
    program = """
import importlib.util as u, os
print(os.path.join(os.path.dirname(u.find_spec("every_call").origin), "libevery_call.so"))
"""
    done = run("nm", "-D", "--undefined-only", say(place, program), cwd=place.scratch)
    assert done.code == 0
    assert not re.search(r"\b_?Py[A-Z_]", done.out)


@pytest.mark.compiler
@pytest.mark.network
def test_eight_threads_at_once(place: Place) -> None:
    program = """
import threading, every_call as p, tvm_ffi
def work():
    for i in range(20_000):
        assert p.add(i, y=1) == i + 1
        assert p.same_text("x" * 20) == "x" * 20
        assert p.same_int(2**40) == 2**40
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
print("done")
"""
    assert say(place, program) == "done"


@pytest.mark.compiler
def test_guide_project_and_held_functions(workshop: Workshop) -> None:
    """A CMake project gets it, too; a package that imports a class has registered it at once."""
    project = workshop.copy(QUICKSTART)
    file = project / "pyproject.toml"
    wishes = '[tool.ffiwheel.bindings]\naccelerate = true\nhold-gil = ["add_*"]\n'
    file.write_text(f"{file.read_text()}\n{wishes}")
    wheel = workshop.wheel(project)
    run("unzip", "-q", wheel, "-d", project / "out", cwd=project)
    table = (project / "out" / "my_ffi_extension" / "_ffi_api.py").read_text()
    rows = re.sub(r",?\s+", ",", table)
    assert '"_add_one",("x",),(...,),"a",0,1,True)' in rows
    assert '"_raise_error",("message",),(...,),"s",0,1,False' in rows
    plain = (project / "out" / "my_ffi_extension" / "_ffi_api_plain.py").read_text()
    assert "_add_one.release_gil = False\n" in plain
    said = run_ffiwheel("stubs", "--from-wheel", wheel, "--out", project / "stubs", cwd=project)
    assert said.code == 0, said.err
    assert [path.name for path in (project / "stubs").rglob("*.pyi")] == ["_ffi_api.pyi"]


@pytest.mark.compiler
def test_nested_namespaces(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "everything")
    file = project / "pyproject.toml"
    text = file.read_text()
    assert "[tool.ffiwheel.bindings]" not in text
    file.write_text(f"{text}\n[tool.ffiwheel.bindings]\naccelerate = true\n")
    run("unzip", "-q", workshop.wheel(project), "-d", project / "out", cwd=project)
    program = """
import sys, everything as p
assert p.same_int(3) == 3 and p.twice(2)
print(p.__accelerated__, "tvm_ffi" in sys.modules)
print(p.names.__name__, p.Pair.__name__, "tvm_ffi" in sys.modules)
"""
    done = run(sys.executable, "-c", program, cwd=project / "out")
    assert done.out == "yes False\neverything.names Pair True\n", done.err
