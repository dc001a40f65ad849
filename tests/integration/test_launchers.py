"""Compilers behind a cache, or on other machines: the same library, and nothing compiled twice."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from debian_packages import find_or_install, look_for
from many import build_many, library_of, make_many
from workshop import SAMPLES, Workshop, check, require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = 40
PATIENCE = 20
"""How many seconds a server has to begin."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that ccache keeps things in."""
    require("ccache", present=bool(find_or_install(lambda: look_for("ccache"), "ccache")))
    monkeypatch.delenv("CCACHE_DISABLE")
    monkeypatch.setenv("CCACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def count(folder: Path, name: str) -> int:
    """Return how often something happened, as ccache counts."""
    lines = check("ccache", "--print-stats", cwd=folder).splitlines()
    return int(dict(line.split("\t") for line in lines)[name])


def hits(folder: Path) -> int:
    """Return how often ccache had what was asked for."""
    return count(folder, "direct_cache_hit") + count(folder, "preprocessed_cache_hit")


def test_ccache_is_used_where_it_is_found(cache: Path) -> None:
    project = make_many(cache / "p", 5)
    compiled = build_many(project, CXX="g++")
    assert len(compiled) == 7, "five that begin alike, what they begin with, and ours"
    assert (count(cache, "cache_miss"), hits(cache)) == (7, 0)
    before = library_of(project)
    shutil.rmtree(project / "build")
    assert build_many(project, CXX="g++") == compiled
    assert (count(cache, "cache_miss"), hits(cache)) == (7, 7), "with a precompiled header, too"
    assert library_of(project) == before
    # Another launcher than before makes nothing anew.
    for choice in ("none", "ccache", "auto"):
        assert build_many(project, f"--launcher={choice}", CXX="g++") == []
    shutil.rmtree(project / "build")
    build_many(project, "--launcher=none", CXX="g++")
    assert (count(cache, "cache_miss"), hits(cache)) == (7, 7)
    assert library_of(project) == before


def test_a_change_that_ccache_must_see(cache: Path) -> None:
    head = '#include "number.h"\n#include <tvm/ffi/c_api.h>\n'
    project = make_many(cache / "p", 1, head=head)
    (project / "include/number.h").write_text("#define NUMBER 1\n")
    source = project / "src/f00.cc"
    source.write_text(source.read_text().replace("= 0 +", "= NUMBER +"))
    build_many(project)
    before = library_of(project)
    (project / "include/number.h").write_text("#define NUMBER 2\n")
    assert build_many(project) == ["src/f00.cc"]
    assert library_of(project) != before


def test_cmake_is_told(cache: Path, workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "cmake-extension")
    wheel = workshop.wheel(project).read_bytes()
    assert count(cache, "cache_miss") >= 2
    assert workshop.wheel(project, "--launcher=none").read_bytes() == wheel
    folders = {path.name for path in (project / "build/ffiwheel/release").glob("cmake-*")}
    assert len(folders) == 2, "what is built with a launcher stays for the next time"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    """Tell whether a server is there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def serving(log: Path) -> Iterator[str]:
    """Run a `distccd` that writes a log, and give its address."""
    port = free_port()
    options = ("--no-detach", "--listen", "127.0.0.1", "--allow", "127.0.0.1", "--port", str(port))
    said = ("--log-stderr", "--log-level", "info", "--jobs", "2")  # root may not be who writes it
    with log.open("wb") as stream:
        server = subprocess.Popen(
            ["distccd", "--daemon", *options, *said],
            stderr=stream,
            start_new_session=True,  # it ends its whole group
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not listens(port):
            assert server.poll() is None, "distccd has ended"
            assert time.monotonic() < deadline, "distccd does not listen"
            time.sleep(0.05)
        yield f"127.0.0.1:{port}/2"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def compiled_by(log: Path) -> set[str]:
    """Return the sources that a `distccd` compiled, as its log says."""
    return set(re.findall(r"COMPILE_OK.* (\S+\.cc)$", log.read_text(), re.MULTILINE))


def test_two_machines_compile_forty_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_or_install(lambda: look_for("distccd"), "distcc")
    require("distcc", present=bool(found and look_for("distcc")))
    (tmp_path / "distcc").mkdir()
    monkeypatch.setenv("DISTCC_DIR", str(tmp_path / "distcc"))
    monkeypatch.setenv("DISTCC_FALLBACK", "0")  # what they do not compile is an error
    head = '#include "shared.h"\n'
    project = make_many(tmp_path / "p", MANY, 'launcher = "distcc"\n', head=head)
    (project / "include/shared.h").write_text("#include <tvm/ffi/c_api.h>\n")
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with serving(logs[0]) as one, serving(logs[1]) as two:
        monkeypatch.setenv("DISTCC_HOSTS", f"{one} {two}")
        assert len(build_many(project, CXX="g++")) == MANY + 1
        first, second = map(compiled_by, logs)
        sources = {f"src/f{number:02}.cc" for number in range(MANY)}
        assert first | second >= sources, "by them and by nobody else"
        assert first & sources
        assert second & sources
        before = library_of(project)
        assert build_many(project, CXX="g++") == []
        source = project / "src/f07.cc"
        source.write_text(source.read_text().replace("= 7 +", "= 8 +"))
        assert build_many(project, CXX="g++") == ["src/f07.cc"]
        source.write_text(source.read_text().replace("= 8 +", "= 7 +"))
        (project / "include/shared.h").write_text("#include <tvm/ffi/c_api.h>\n// edited\n")
        assert len(build_many(project, CXX="g++")) == MANY, "it is known who includes it"
    assert library_of(project) == before
    shutil.rmtree(project / "build")
    build_many(project, "--launcher=none", CXX="g++")
    assert library_of(project) == before, "no matter where it was compiled"
