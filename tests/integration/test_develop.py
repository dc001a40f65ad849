"""`ffiwheel develop`: an editable install that is quick, true, and survives what happens to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from debian_packages import find_or_install, look_for
from workshop import (
    QUICKSTART,
    TEMPLATES,
    Result,
    Workshop,
    check,
    commit_all,
    git_status,
    make_environment,
    require,
    run,
    run_ffiwheel,
)

from ffiwheel.bind.text import MARK
from ffiwheel.model.record import parse_record
from ffiwheel.wheel import finder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.network, pytest.mark.compiler]
NAME = "my_extension"
STUB = f"python/{NAME}/_ffi_api.pyi"
MORE = """
[dependency-groups]
base = ["iniconfig"]
tools = [{include-group = "base"}]
"""
ADD = f"import {NAME}; print({NAME}.add_one(1))"


class Home(NamedTuple):
    """A project with an environment in it, into which it is installed."""

    project: Path
    python: Path
    first: Result
    left: str
    """What git saw after the first time; later tests edit what they like, in any order."""

    @property
    def site(self) -> Path:
        return next((self.project / ".venv").glob("lib/*/site-packages"))

    @property
    def folder(self) -> Path:
        return self.site / f"_{NAME}_editable"

    @property
    def source(self) -> Path:
        return self.project / "src" / f"{NAME}.cc"

    def develop(self, *arguments: str, **variables: str) -> Result:
        return run_ffiwheel("develop", *arguments, cwd=self.project, **{**CLEAN, **variables})

    def succeed(self, *arguments: str, **variables: str) -> str:
        result = self.develop(*arguments, **variables)
        assert result.code == 0, result.err
        return result.err

    @property
    def answer(self) -> str:
        """What `ADD` prints where what was built is up to date."""
        found = re.search(r"int64_t AddOne.* x \+ (\d+);", self.source.read_text())
        assert found
        return f"{1 + int(found[1])}\n"

    def edit(self) -> str:
        """Let `add_one` add one more, and return what `ADD` prints then."""
        text, more = self.source.read_text(), self.answer.strip()
        edited = re.sub(r"(int64_t AddOne.* x \+ )\d+;", rf"\g<1>{more};", text)
        self.source.write_text(edited)
        return self.answer

    def compiled(self) -> int:
        """Return how often the source was compiled."""
        log = self.project / "build" / "ffiwheel" / "release" / ".ninja_log"
        return log.read_text().count(f"{NAME}.cc.o\t")


CLEAN = {"VIRTUAL_ENV": "", "CONDA_PREFIX": ""}


def make_home(workshop: Workshop, sample: Path) -> tuple[Path, Path]:
    """Copy a project that lets git see everything, and make an environment in it."""
    project = workshop.copy(sample)
    (project / ".gitignore").write_text("build/\n.venv/\n__pycache__/\n")
    commit_all(project)
    python = make_environment(Path(sys.executable), project / ".venv", "apache-tvm-ffi", "mypy")
    return project, python


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    project, python = make_home(Workshop(tmp_path_factory.mktemp("develop")), TEMPLATES / "cpu")
    file = project / "pyproject.toml"
    extra = 'test = ["mypy", "numpy", "pytest"]\n'
    text = file.read_text().replace(extra, f'{extra}more = ["sniffio"]\n')
    file.write_text(f'{text}{MORE}\n[tool.ffiwheel.compile]\nflags = ["-O0"]\n')  # less to wait for
    commit_all(project)
    first = run_ffiwheel("develop", cwd=project, **CLEAN)
    assert first.code == 0, first.err
    return Home(project, python, first, git_status(project))


@pytest.fixture
def watching(home: Home) -> Iterator[Home]:
    """The install, while imports look for changes."""
    home.succeed("--watch-imports")
    yield home
    home.succeed()


def test_the_first_time(home: Home, tmp_path: Path) -> None:
    assert "by uv" in home.first.err
    assert not home.first.out
    assert check(home.python, "-c", ADD, cwd=tmp_path) == home.answer
    assert home.left == "", "nothing is left for git to see"
    [origin] = home.site.glob(f"{NAME}-*.dist-info/direct_url.json")
    assert json.loads(origin.read_text())["dir_info"] == {"editable": True}
    package = home.project / "python" / NAME / "__init__.py"
    said = check(home.python, "-c", f"import {NAME}; print({NAME}.__file__)", cwd=tmp_path)
    assert said.strip() == str(package)


def test_with_nothing_changed_nothing_is_done_nor_imported(home: Home) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.folder.rglob("*")}
    assert home.succeed() == "nothing has changed: .venv is up to date\n"
    assert before == {path: path.stat().st_mtime_ns for path in home.folder.rglob("*")}
    command = (sys.executable, "-X", "importtime", "-m", "ffiwheel", "develop")
    said = run(*command, cwd=home.project, env=CLEAN).err
    imported = {line.rpartition("|")[2].strip() for line in said.splitlines() if "|" in line}
    heavy = {"rich", "subprocess", "ninja", "mypy", "tree_sitter", "ffiwheel.workflow.build"}
    assert "ffiwheel.workflow.develop_current" in imported
    assert not heavy & imported


def test_an_environment_whose_python_is_gone_is_not_up_to_date(home: Home) -> None:
    target = home.python.readlink()
    home.python.unlink()
    home.python.symlink_to("/nowhere/python3")
    result = home.develop()
    home.python.unlink()
    home.python.symlink_to(target)
    assert result.code == 5
    assert "the Python of the environment does not run" in result.err
    assert home.succeed() == "nothing has changed: .venv is up to date\n"


def test_clangd_understands_the_commands(home: Home) -> None:
    """g++ knows options that clangd does not."""
    clangd = find_or_install(lambda: look_for("clangd"), "clangd")
    require("clangd", present=clangd is not None)
    assert clangd
    check(clangd, f"--check={home.source}", cwd=home.project)


def test_editors_and_checkers_find_everything(home: Home, tmp_path: Path) -> None:
    [entry] = json.loads((home.project / "compile_commands.json").read_text())
    check(*entry["arguments"], "-fsyntax-only", cwd=Path(entry["directory"]))
    assert (Path(entry["directory"]) / entry["file"]).samefile(home.source)
    assert (home.project / STUB).read_text().startswith(MARK)
    use = tmp_path / "use.py"
    use.write_text(f"import {NAME}\n\n{NAME}.add_one(1)\n{NAME}.add_one('x')\n")
    said = run(home.python, "-m", "mypy", "--strict", "--cache-dir=.cache", use, cwd=tmp_path).out
    assert "use.py:4: error: Argument 1" in said, said
    assert "Found 1 error" in said


def test_pyright_needs_no_configuration(home: Home) -> None:
    """Nor that somebody activates the environment."""
    require("node", present=shutil.which("node") is not None)
    use = home.project / "use.py"
    use.write_text(f"import {NAME}\nimport tvm_ffi\n\n{NAME}.add_one(1)\n{NAME}.add_one('x')\n")
    command = (sys.executable, "-m", "pyright", "--outputjson")
    said = json.loads(run(*command, cwd=home.project, env=CLEAN).out)["generalDiagnostics"]
    use.unlink()
    found = [(Path(one["file"]).name, one["range"]["start"]["line"]) for one in said]
    assert [one for one in found if not one[0].startswith("test_")] == [("use.py", 4)], said


def test_an_edit_is_compiled_and_nothing_is_installed(home: Home, tmp_path: Path) -> None:
    [info] = home.site.glob(f"{NAME}-*.dist-info")
    library = home.folder / NAME / f"lib{NAME}.so"
    before = library.stat().st_ino
    code = f"import {NAME}; input(); print({NAME}.add_one(1))"
    using = subprocess.Popen(
        [home.python, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    wait_until(lambda: str(library) in Path(f"/proc/{using.pid}/maps").read_text())
    answer = home.answer
    edited = home.edit()
    assert "replaced in" in home.succeed()
    assert library.stat().st_ino != before, "the loaded library is not written over"
    assert check(home.python, "-c", ADD, cwd=tmp_path) == edited
    assert using.communicate("\n", timeout=60)[0] == answer
    record = (info / "RECORD").read_text()
    assert f"{home.folder.name}/{NAME}/lib{NAME}.so,sha256=" in record
    for row in parse_record(record):
        assert not row.size or (home.site / row.path).stat().st_size == int(row.size), row.path


def test_an_import_builds_what_has_changed_once(watching: Home, tmp_path: Path) -> None:
    assert check(watching.python, "-c", ADD, cwd=tmp_path) == watching.answer
    edited, before = watching.edit(), watching.compiled()
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: check(watching.python, "-c", ADD, cwd=tmp_path), range(4))
        assert list(answers) == [edited] * 4
    assert watching.compiled() == before + 1
    assert watching.succeed("--watch-imports").startswith("nothing has changed")


def test_an_import_shows_what_the_compiler_says(watching: Home, tmp_path: Path) -> None:
    good = watching.source.read_text()
    watching.source.write_text(good.replace("{ return x + ", "{ return nonsense + ", 1))
    result = run(watching.python, "-c", ADD, cwd=tmp_path)
    assert f"ImportError: `src/{NAME}.cc` has changed, and cannot be built:\n\n" in result.err
    assert re.search("nonsense.* was not declared|undeclared identifier .nonsense", result.err)
    assert "✓" not in result.err
    assert "During handling" not in result.err
    watching.source.write_text(good)
    assert check(watching.python, "-c", ADD, cwd=tmp_path) == watching.answer


def test_of_many_imports_one_tries_what_fails(watching: Home, tmp_path: Path) -> None:
    """Those who have waited for it say the same; who comes later tries again."""
    good = watching.source.read_text()
    watching.source.write_text(good.replace("{ return x + ", "{ return nonsense + ", 1))
    compiler, tries = tmp_path / "c++", tmp_path / "tries"
    compiler.write_text(
        f'#!/bin/sh\ncase "$*" in *" -c src/"*) echo tried >> {tries}; sleep 5;; esac\n'
        f'exec {shutil.which("c++")} "$@"\n'
    )
    compiler.chmod(0o755)
    env = {"CXX": str(compiler)}
    with ThreadPoolExecutor(6) as pool:
        said = list(
            pool.map(lambda _: run(watching.python, "-c", ADD, cwd=tmp_path, env=env).err, range(6))
        )
    assert all("nonsense" in one and "ImportError" in one for one in said), said
    assert tries.read_text() == "tried\n", "one for all"
    assert "nonsense" in run(watching.python, "-c", ADD, cwd=tmp_path, env=env).err
    assert tries.read_text() == "tried\n" * 2
    watching.source.write_text(good)
    assert check(watching.python, "-c", ADD, cwd=tmp_path) == watching.answer
    assert (watching.folder / finder.LOCK).read_bytes() == b""


def test_the_key_does_what_the_option_does(home: Home) -> None:
    file = home.project / "pyproject.toml"
    before = file.read_text()
    home.succeed()
    assert "\nrebuild no\n" in (home.folder / "state.txt").read_text()
    file.write_text(f"{before}\n[tool.ffiwheel.develop]\nrebuild = true\n")
    home.succeed()
    assert "\nrebuild yes\n" in (home.folder / "state.txt").read_text()
    file.write_text(before)
    home.succeed()


def test_an_import_with_nothing_changed_imports_nothing(watching: Home, tmp_path: Path) -> None:
    code = (
        f"import sys, tvm_ffi; before = set(sys.modules); import {NAME};"
        f"print(*(set(sys.modules) - before))"
    )
    new = check(watching.python, "-c", code, cwd=tmp_path).split()
    assert [name for name in new if not name.startswith(NAME)] == []
    code = "import sys; print('subprocess' in sys.modules, 'importlib.util' in sys.modules)"
    bare = check(watching.python, "-I", "-S", "-c", code, cwd=tmp_path)
    assert check(watching.python, "-I", "-c", code, cwd=tmp_path) == bare, "as without us"


def test_an_import_sees_a_new_header_and_a_file_that_is_gone(watching: Home) -> None:
    _, files = finder.read_state(str(watching.folder))
    kinds = (finder.INPUT, finder.LISTING)
    assert finder.find_change(str(watching.folder), files, kinds) == ""
    (watching.source.parent / "notes.txt").write_text("of no importance")
    assert finder.find_change(str(watching.folder), files, kinds) == ""
    new = watching.source.with_name("new.h")
    new.write_text("")
    assert finder.find_change(str(watching.folder), files, kinds) == str(new.parent)
    new.unlink()
    assert finder.find_change(str(watching.folder), files, kinds) == ""
    watching.source.rename(new)
    assert finder.find_change(str(watching.folder), files, kinds) == str(watching.source)
    new.rename(watching.source)
    assert finder.find_change(str(watching.folder), files, kinds) == ""


def test_two_at_once(home: Home, tmp_path: Path) -> None:
    edited, before = home.edit(), home.compiled()
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(lambda _: home.succeed(), range(2)), key=len)
    assert "waiting for another build" in said[0]
    assert "another run has done it" in said[0]
    assert home.compiled() == before + 1
    assert check(home.python, "-c", ADD, cwd=tmp_path) == edited


def test_interrupted(home: Home, tmp_path: Path) -> None:
    """What is installed stays as it is, and the next run does what was left."""
    compiler, started = tmp_path / "c++", tmp_path / "started"
    real = shutil.which("c++")
    compiler.write_text(
        f'#!/bin/sh\ncase "$*" in *" -c "*) touch {started}; sleep 60;; esac\nexec {real} "$@"\n'
    )
    compiler.chmod(0o755)
    before = (home.folder / "state.txt").read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "ffiwheel", "develop"],
        cwd=home.project,
        env={**os.environ, **CLEAN, "CXX": str(compiler)},
        stderr=subprocess.DEVNULL,
    )
    wait_until(started.exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert (home.folder / "state.txt").read_bytes() == before
    assert check(home.python, "-c", ADD, cwd=tmp_path) == home.answer
    assert home.succeed().startswith("nothing has changed")


def test_a_clock_that_goes_backwards(home: Home, tmp_path: Path) -> None:
    edited = home.edit()
    past = time.time() - 3600
    os.utime(home.source, (past, past))
    home.succeed()
    assert check(home.python, "-c", ADD, cwd=tmp_path) == edited


def test_a_build_folder_of_another_machine(home: Home) -> None:
    origin = home.project / "build" / "ffiwheel" / "release" / "origin.json"
    facts = json.loads(origin.read_text())
    origin.write_text(json.dumps({**facts, "machine": "x86_64 glibc 2.5"}))
    (home.project / "pyproject.toml").touch()
    before = (home.folder / NAME / f"lib{NAME}.so").read_bytes()
    said = home.succeed()
    assert "everything is built anew" in said
    assert home.compiled() == 1
    assert (home.folder / NAME / f"lib{NAME}.so").read_bytes() == before
    assert json.loads(origin.read_text())["machine"] == facts["machine"]


def test_what_is_stale_or_gone_is_written_again(home: Home) -> None:
    stub, database = home.project / STUB, home.project / "compile_commands.json"
    library = home.folder / NAME / f"lib{NAME}.so"
    texts = {path: path.read_bytes() for path in (stub, database, library)}
    before = home.compiled()
    stub.write_text(f"{MARK}\n\ndef gone() -> int: ...\n")
    database.unlink()
    library.unlink()
    home.succeed()
    assert texts == {path: path.read_bytes() for path in texts}
    assert home.compiled() == before
    mine = texts[stub].removeprefix(MARK.encode()) + b"# mine\n"
    stub.write_bytes(mine)
    home.succeed()
    assert stub.read_bytes() == mine, "what people write is never touched"
    stub.unlink()
    commit_all(home.project)
    home.succeed()
    assert git_status(home.project) == ""


def test_what_git_tracks_is_never_changed(home: Home) -> None:
    stub = home.project / STUB
    good = stub.read_bytes()
    stub.write_bytes(good + b"# old\n")
    check("git", "add", "--force", STUB, cwd=home.project)
    said = home.succeed()
    assert f"{STUB} is tracked by git, and stays" in said
    assert stub.read_bytes() == good + b"# old\n"
    check("git", "rm", "--quiet", "--cached", "--force", STUB, cwd=home.project)
    (home.project / "pyproject.toml").touch()
    home.succeed()
    assert stub.read_bytes() == good


def test_groups_extras_and_debug(home: Home, tmp_path: Path) -> None:
    before = (home.folder / NAME / f"lib{NAME}.so").stat().st_size
    said = home.succeed("--group", "tools", "--extra", "more")
    assert "by uv" in said
    check(home.python, "-c", "import iniconfig, sniffio", cwd=tmp_path)
    assert home.succeed("--group", "tools").startswith("nothing has changed")
    assert home.succeed().startswith("nothing has changed"), "it stays"
    home.succeed("--debug")
    assert (home.folder / NAME / f"lib{NAME}.so").stat().st_size > 2 * before
    home.succeed()
    assert (home.folder / NAME / f"lib{NAME}.so").stat().st_size == before


def test_pip_makes_the_same_install(home: Home, tmp_path: Path) -> None:
    """What pip and uv get from the backend has the same files, of the same contents."""
    home.succeed()
    code = "import ffiwheel.backend as b, sys; print(b.build_editable(sys.argv[1]))"
    check(sys.executable, "-c", code, tmp_path, cwd=home.project)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if "dist-info" not in name}
    passing = {f"{home.folder.name}/state.txt"}
    for name in files.keys() - passing:
        assert (home.site / name).read_bytes() == files[name], name
    pip = make_environment(Path(sys.executable), tmp_path / "pip", "pip", "apache-tvm-ffi")
    home.succeed()
    said = home.develop(VIRTUAL_ENV=str(tmp_path / "pip"))
    assert said.code == 0, said.err
    assert check(pip, "-c", ADD, cwd=tmp_path) == home.answer
    listed = check(pip, "-m", "pip", "list", "--editable", cwd=tmp_path)
    assert str(home.project) in listed
    check(pip, "-m", "pip", "uninstall", "--yes", NAME, cwd=tmp_path)
    site = next((tmp_path / "pip").glob("lib/*/site-packages"))
    assert not list(site.glob(f"*{NAME}*")), "nothing is left behind"


@pytest.mark.parametrize("sample", [TEMPLATES / "cmake", QUICKSTART], ids=lambda one: one.name)
def test_cmake_projects(sample: Path, tmp_path: Path) -> None:
    """Also one of the guide, which loads its library by the list of installed files."""
    project, python = make_home(Workshop(tmp_path), sample)
    result = run_ffiwheel("develop", "--watch-imports", cwd=project, **CLEAN)
    assert result.code == 0, result.err
    assert git_status(project) == ""
    name = next((project / "python").iterdir()).name
    code = f"import {name}; print({name}.add_one(1))"
    assert check(python, "-c", code, cwd=tmp_path) == "2\n"
    for entry in json.loads((project / "compile_commands.json").read_text()):
        assert (Path(entry["directory"]) / entry["file"]).is_file()
    assert (
        "nothing has changed"
        in run_ffiwheel("develop", "--watch-imports", cwd=project, **CLEAN).err
    )
    [source] = [one for one in project.glob("src/*.*") if "x + 1;" in one.read_text()]
    source.write_text(source.read_text().replace("x + 1;", "x + 4;"))
    assert check(python, "-c", code, cwd=tmp_path) == "5\n"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
