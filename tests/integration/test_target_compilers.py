"""Which compiler a target gets, and zig's C++ libraries, which are built once per machine.

Most of it is shown with programs that only say they are compilers.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest
from debian_packages import find_or_install, look_for
from workshop import GOLDEN, TEMPLATES, Result, Workshop, compare_golden, require, run, run_ffiwheel

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.toolchain.zig import find_zig, zig_release

if TYPE_CHECKING:
    from pathlib import Path

ZIG = """\
#!/bin/sh
[ "$1" = version ] && { echo "${FAKE_RELEASE:-0.17.9}"; exit; }
echo "$@" >> "$FAKE_LOG"
echo "$ZIG_LIB_DIR" > "$FAKE_LOG.sources"
case "$*" in
  *"${FAKE_FAILS:-nothing}"*) echo "error: it is broken"; exit 1;;
esac
[ -z "$FAKE_WAITS" ] || { : > "$FAKE_WAITS"; exec sleep 600; }
for word do last="$word"; done
: > "$last"
"""
COMPILER = """\
#!/bin/sh
[ "$1" = -dumpmachine ] && echo "$MACHINE" || echo "g++ (Debian 12.2.0) 12.2.0"
"""


class Bench:
    """A folder with a zig that only says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.log = folder / "log"
        (folder / "ziglang").mkdir()
        (folder / "ziglang" / "__init__.py").touch()
        (folder / "ziglang" / "lib").mkdir()
        (folder / "ziglang" / "lib" / "libcxx.cpp").write_text("// zig's own\n")
        self.program("ziglang/zig", ZIG)

    def program(self, name: str, text: str) -> Path:
        """Make a program."""
        made = self.folder / name
        made.write_text(text)
        made.chmod(0o755)
        return made

    def variables(self, **more: str) -> dict[str, str]:
        """Return what makes ffiwheel find the programs."""
        places = {"PYTHONPATH": str(self.folder), "ZIG_GLOBAL_CACHE_DIR": str(self.cache)}
        return {**places, "FAKE_LOG": str(self.log), **more}

    def targets(self, *arguments: str, **more: str) -> Result:
        """Run `ffiwheel targets`."""
        return run_ffiwheel("targets", *arguments, cwd=self.folder, **self.variables(**more))

    def calls(self) -> list[str]:
        """Return the commands that zig was given."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder with a zig that only says so."""
    return Bench(tmp_path)


def facts_of(result: Result) -> dict[str, dict[str, object]]:
    """Return target -> what the table in JSON says."""
    assert result.code == 0, result.err
    return {one["name"]: one for one in json.loads(result.out)["targets"]}


def test_the_table(bench: Bench, *, update_golden: bool) -> None:
    """As a machine without an emulator sees it."""
    (bench.folder / "pyproject.toml").write_text('[tool.ffiwheel.targets]\nmacos = "12.0"\n')
    names = ("linux-aarch64", "musllinux-aarch64", "macos-arm64", "macos-x86_64", "windows-arm64")
    result = bench.targets(*names, PATH="/nowhere")
    assert result.code == 0, result.err
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    if os.uname().machine == "x86_64":
        compare_golden(GOLDEN / "targets" / "table.txt", text, update=update_golden)
    assert not result.err


def test_emulators_are_found(bench: Bench) -> None:
    programs = bench.folder / "bin"
    programs.mkdir()
    other = "aarch64" if os.uname().machine == "x86_64" else "x86_64"
    bench.program(f"bin/qemu-{other}-static", "#!/bin/sh\n")
    path = f"{programs}:/usr/bin:/bin"
    root = bench.folder / "root"
    facts = facts_of(bench.targets("all", "--json", PATH=path, QEMU_LD_PREFIX=str(root)))
    assert facts[f"linux-{other}"]["state"] == "linked only", "there is no C library"
    loader = {"aarch64": "lib/ld-linux-aarch64.so.1", "x86_64": "lib64/ld-linux-x86-64.so.2"}[other]
    (root / loader).parent.mkdir(parents=True)
    (root / loader).touch()
    facts = facts_of(bench.targets("all", "native", "--json", PATH=path, QEMU_LD_PREFIX=str(root)))
    emulated = facts[f"linux-{other}"]
    assert (emulated["state"], emulated["by"]) == ("emulated", "qemu")
    assert facts["native"]["state"] == "run"
    assert facts["macos-arm64"]["state"] == "linked only"
    assert {name for name, one in facts.items() if not one["runtime"]} == {
        "musllinux-x86_64",
        "musllinux-aarch64",
        "macos-x86_64",
    }


def test_cold_libraries_are_built_once(bench: Bench) -> None:
    first = bench.targets("all", "linux-aarch64.2.28", "--warm", "--json")
    assert all(one["warm"] for one in facts_of(first).values())
    assert json.loads(first.out)["cache"] == str(bench.cache)
    assert len(bench.calls()) == 8
    assert all(" -s " in call for call in bench.calls())
    assert any("-target aarch64-linux-gnu.2.28 " in call for call in bench.calls())
    assert first.err.count("zig builds its C++ library for linux-x86_64, ") == 1
    again = bench.targets("all", "linux-aarch64.2.28", "--warm")
    assert len(bench.calls()) == 8
    assert not again.err
    other = facts_of(bench.targets("linux-aarch64", "linux-x86_64", "--json"))
    assert [one["warm"] for one in other.values()] == [False, True], "another glibc is another one"


def test_builds_that_keep_symbols_have_their_own(bench: Bench) -> None:
    bench.targets("win_arm64", "--warm")
    debug = facts_of(bench.targets("win_arm64", "--debug", "--warm", "--json"))
    assert debug["windows-arm64"]["warm"]
    assert [" -s " in call for call in bench.calls()] == [True, False]


def test_a_library_that_cannot_be_built_stays_cold(bench: Bench) -> None:
    facts = facts_of(bench.targets("--warm", "--json", FAKE_FAILS="macos"))
    cold = [name for name, one in facts.items() if not one["warm"]]
    assert cold == ["macos-arm64", "macos-x86_64"]


def test_all_environments_share_the_libraries(bench: Bench) -> None:
    """zig knows again what it has built by the path of its sources, so that path stays the same."""
    sources = bench.folder / "log.sources"
    bench.targets("win_arm64", "--warm")
    shared = bench.cache / "ffiwheel" / "zig-0.17.9"
    assert sources.read_text() == f"{shared}\n"
    assert (shared / "libcxx.cpp").read_text() == "// zig's own\n"
    shutil.rmtree(bench.folder / "ziglang" / "lib")  # as an isolated build's folder goes
    bench.targets("win_amd64", "--warm")
    assert sources.read_text() == f"{shared}\n"
    assert (shared / "libcxx.cpp").is_file()
    bench.targets("macos-arm64", "--warm", ZIG_LIB_DIR="/mine")
    assert sources.read_text() == "/mine\n", "who says it is heard"


def test_an_awkward_cache(bench: Bench) -> None:
    place = bench.folder / "it's $a: cache"
    facts = facts_of(
        bench.targets("win_arm64", "--warm", "--json", ZIG_GLOBAL_CACHE_DIR=str(place))
    )
    assert facts["windows-arm64"]["warm"]
    assert (place / "ffiwheel").is_dir()


def test_an_interruption_ends_zig(bench: Bench) -> None:
    started = bench.folder / "started"
    os.mkfifo(started)
    process = subprocess.Popen(
        [sys.executable, "-m", "ffiwheel", "targets", "win_arm64", "--warm"],
        cwd=bench.folder,
        env={**os.environ, **bench.variables(FAKE_WAITS=str(started))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    started.read_bytes()  # until zig has begun
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert [one.name for one in (bench.cache / "ffiwheel").iterdir()] == ["zig-0.17.9"]


@pytest.mark.parametrize("home", [None, "/proc/nowhere"], ids=["unset", "read-only"])
def test_a_home_that_cannot_be_written_to(home: str | None, bench: Bench) -> None:
    """zig itself would stop there; the processes are told another folder."""
    variables = {**os.environ, **bench.variables(), "TMPDIR": str(bench.folder)}
    for name in ("HOME", "XDG_CACHE_HOME", "ZIG_GLOBAL_CACHE_DIR"):
        variables.pop(name, None)
    if home:
        variables["HOME"] = home
    command = [sys.executable, "-m", "ffiwheel", "targets", "win_arm64", "--warm", "--json"]
    done = subprocess.run(
        command, cwd=bench.folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["cache"] == str(bench.folder / f"ffiwheel-{os.getuid()}" / "zig")
    assert answer["targets"][0]["warm"]


def golden(name: str, result: Result, bench: Bench, *, update: bool) -> None:
    """Compare an error with its golden text."""
    assert not result.out
    text = f"exit code {result.code}\n{result.err}".replace(str(bench.folder), "{folder}")
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)


def test_words_that_are_no_targets(bench: Bench, *, update_golden: bool) -> None:
    words = ["linux-arch64.2.28", "freebsd", "manylinux2010_x86_64", "win_amd64.10"]
    result = bench.targets(*words, "linux-x86_64.2.28", "manylinux_2_31_x86_64")
    golden("target-words", result, bench, update=update_golden)


def test_versions_that_are_none(bench: Bench, *, update_golden: bool) -> None:
    text = '[tool.ffiwheel.targets]\nglibc = "2.5"\nmacos = "Big Sur"\n'
    (bench.folder / "pyproject.toml").write_text(text)
    golden("target-minimums", bench.targets(), bench, update=update_golden)


def test_another_zig(bench: Bench, *, update_golden: bool) -> None:
    result = bench.targets("win_arm64", "--warm", FAKE_RELEASE="0.16.0")
    golden("target-other-zig", result, bench, update=update_golden)
    assert not bench.calls()


def test_no_zig(bench: Bench, *, update_golden: bool) -> None:
    shutil.rmtree(bench.folder / "ziglang")
    (bench.folder / "sitecustomize.py").write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'ziglang' else real(n, p)\n"
    )
    golden(
        "target-no-zig-to-warm", bench.targets("win_arm64", "--warm"), bench, update=update_golden
    )
    table = bench.targets("win_arm64")
    assert table.code == 0
    assert "pip install 'ffiwheel[zig]'" in table.out


def test_a_compiler_for_another_system(bench: Bench, *, update_golden: bool) -> None:
    cxx = str(bench.program("arm-c++", COMPILER))
    arguments = ("linux-aarch64", "--warm")
    wrong = bench.targets(*arguments, CXX_linux_aarch64=cxx, MACHINE="x86_64-linux-gnu")
    golden("target-wrong-compiler", wrong, bench, update=update_golden)
    right = bench.targets("linux-aarch64", "--json", CXX_linux_aarch64=cxx, MACHINE="aarch64-linux")
    assert facts_of(right)["linux-aarch64"]["compiler"] == "g++ 12.2"
    assert facts_of(right)["linux-aarch64"]["warm"] is None


def test_a_compiler_that_is_not_there(bench: Bench, *, update_golden: bool) -> None:
    result = bench.targets("win_amd64", "--warm", CXX_x86_64_pc_windows_gnu="nowhere-g++")
    golden("target-no-compiler", result, bench, update=update_golden)


@pytest.mark.zig
@pytest.mark.parametrize("when", ["at-first", "later"])
def test_a_full_disk(when: str, bench: Bench, *, update_golden: bool) -> None:
    """The real zig, with a cache of 3 MB: full of its sources, or of what it builds."""
    shutil.rmtree(bench.folder / "ziglang")
    zig = find_zig()
    require("zig", present=zig is not None)
    assert zig
    if run("unshare", "--user", "--map-root-user", "--mount", "true", cwd=bench.folder).code:
        pytest.skip("this system lets nobody mount a small disk")
    bench.cache.mkdir()
    script = (
        f"mount -t tmpfs -o size=3m none '{bench.cache}' && "
        f"exec '{sys.executable}' -m ffiwheel targets linux-aarch64 --warm"
    )
    unshare = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script)
    variables = {"ZIG_GLOBAL_CACHE_DIR": str(bench.cache)}
    variables |= {"ZIG_LIB_DIR": str(zig.with_name("lib"))} if when == "later" else {}
    result = run(*unshare, cwd=bench.folder, env=variables)
    said = result.err[result.err.find("error: ") :].replace(zig_release(zig), "{release}")
    golden(
        f"target-full-disk-{when}",
        Result(result.code, result.out, said),
        bench,
        update=update_golden,
    )


@pytest.mark.parametrize(
    "cxx", ["aarch64-linux-gnu-g++", "clang++ --target=aarch64-linux-gnu"], ids=["g++", "clang"]
)
def test_the_systems_cross_compiler(cxx: str, workshop: Workshop) -> None:
    """Debian's `g++-aarch64-linux-gnu`, and clang with its libraries."""
    for program, package in (("aarch64-linux-gnu-g++", "g++-aarch64-linux-gnu"), (cxx, "clang")):
        found = find_or_install(partial(look_for, program.split()[0]), package)
        require("cross", present=found is not None)
    project = workshop.copy(TEMPLATES / "cpu")
    wheel = workshop.wheel(project, "--target", "linux-aarch64", CXX_linux_aarch64=cxx)
    assert wheel.stem.endswith("_aarch64")
    with zipfile.ZipFile(wheel) as archive:
        [library] = [name for name in archive.namelist() if name.endswith(".so")]
        facts = read_binary(io.BytesIO(archive.read(library)), library)
    assert facts.arch == "aarch64"
    assert "libstdc++.so.6" in facts.needed, "it is not zig's"
