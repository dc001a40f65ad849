"""What a wheel of plain sources is, down to the symbols of its library."""

from __future__ import annotations

import io
import json
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workshop import SAMPLES, TEMPLATES, Workshop, check, commit_all, git_status, run, run_ffiwheel

from ffiwheel.audit.binary.read import read_binary

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary


def library_of(wheel: Path) -> Binary:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".so")]
        return read_binary(io.BytesIO(archive.read(name)), name)


def test_the_wheel_is_good(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    wheel = workshop.wheel(project)
    assert git_status(project) == ""
    assert "-py3-none-manylinux_2_" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    folder = wheel.name.split("-py3")[0] + ".dist-info"
    assert names == [
        "my_extension/__init__.py",
        "my_extension/_ffi_api.py",
        "my_extension/_ffi_api.pyi",
        "my_extension/libmy_extension.so",
        "my_extension/py.typed",
        f"{folder}/METADATA",
        f"{folder}/WHEEL",
        f"{folder}/ffiwheel-api.json",
        f"{folder}/RECORD",
    ]
    assert "Requires-Dist: apache-tvm-ffi" in metadata
    library = library_of(wheel)
    assert all(name.startswith("__tvm_ffi_") for name in library.exports)
    assert "add_two" in library.ffi_symbols
    assert "libtvm_ffi.so" in library.needed
    assert library.binds_now
    assert not library.unique_exports
    assert not library.has_debug
    assert not library.runpaths


def test_debug_keeps_symbols(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    assert library_of(workshop.wheel(project, "--debug")).has_debug


def test_more_symbols_are_exported_on_request(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    [source] = project.rglob("*.cc")
    source.write_text(source.read_text() + '\nextern "C" int more_api() { return 1; }\n')
    hidden = library_of(workshop.wheel(project))
    assert "more_api" not in hidden.exports
    file = project / "pyproject.toml"
    text = file.read_text().replace("[tool.ffiwheel]", '[tool.ffiwheel]\nexports = ["more_*"]')
    file.write_text(text)
    exports = library_of(workshop.wheel(project)).exports
    assert "more_api" in exports
    assert all(name.startswith(("__tvm_ffi_", "more_")) for name in exports)


def test_two_folders_give_the_same_bytes(workshop: Workshop) -> None:
    first = workshop.wheel(workshop.copy(SAMPLES / "runtime-features", "one"))
    second = workshop.wheel(workshop.copy(SAMPLES / "runtime-features", "deeper/pärt two"))
    assert first.read_bytes() == second.read_bytes()


def test_no_path_of_the_build_machine_is_inside(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "runtime-features")
    with zipfile.ZipFile(workshop.wheel(project)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            assert str(project).encode() not in data
            assert sys.prefix.encode() not in data


def test_source_date_epoch_is_honoured(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    wheel = workshop.wheel(project, SOURCE_DATE_EPOCH="1700000000")
    with zipfile.ZipFile(wheel) as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(2023, 11, 14)}


def test_json_says_what_was_made(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    result = workshop.build(project, "--json")
    answer = json.loads(result.out)
    assert Path(answer["wheel"]).stat().st_size == answer["size"]
    assert answer["version"] == "1.0.0"
    assert answer["findings"] == []
    steps = ["version", "compile", "reflect", "bind", "assemble", "audit"]
    assert list(answer["seconds"]) == steps


def test_json_says_what_is_wrong(workshop: Workshop) -> None:
    result = workshop.build(workshop.copy(SAMPLES / "bad" / "unknown-keys"), "--json")
    assert result.code == 2
    errors = json.loads(result.out)["errors"]
    assert len(errors) > 1
    assert errors[0]["message"] == "unknown key `sorces`"


def test_sdist_is_complete(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    direct = workshop.wheel(project).read_bytes()
    result = workshop.build(project, "--sdist")
    assert result.code == 0, result.err
    sdist, wheel = (project / line for line in result.out.split())
    assert sdist.name == "my_extension-0.1.0.dev1.tar.gz"
    assert wheel.read_bytes() == direct, "the wheel from the sdist is the same"
    assert git_status(project) == ""


def test_the_version_comes_from_git(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")

    def version() -> str:
        return run_ffiwheel("version", cwd=project).out.strip()

    check("git", "tag", "v0.6.0", cwd=project)
    assert version() == "0.6.0"
    commit_all(project)
    node = check("git", "rev-parse", "HEAD", cwd=project)[:10]
    assert version() == f"0.7.0.dev1+g{node}"
    (project / "README.md").write_text("edited")
    edited = version()
    assert edited.startswith(f"0.7.0.dev1+g{node}.d")
    index = (project / ".git" / "index").read_bytes()
    assert version() == edited
    assert (project / ".git" / "index").read_bytes() == index, "a query changes nothing"


def test_path_with_spaces_and_other_letters(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "runtime-features", "mein Ördner/it's $HOME")
    assert workshop.wheel(project).exists()


def test_interruption_ends_the_compiler_and_leaves_nothing(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "runtime-features")
    process = start(project)
    wait_for_compiler(project)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    assert compilers_of(project) == []
    assert not list(project.glob("dist/*.whl"))
    assert git_status(project) == ""
    assert workshop.wheel(project).exists(), "the next build recovers"


def test_the_next_build_recovers_from_a_kill(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "runtime-features")
    process = start(project)
    wait_for_compiler(project)
    process.kill()
    process.wait()
    built = workshop.wheel(project)
    reference = workshop.wheel(workshop.copy(SAMPLES / "runtime-features", "again"))
    assert built.read_bytes() == reference.read_bytes()


def test_a_file_that_cannot_be_written_is_explained(workshop: Workshop) -> None:
    """A limit on file sizes stands for the full disk: both fail in the middle of writing."""
    project = workshop.copy(TEMPLATES / "cpu")
    workshop.wheel(project)
    shutil.rmtree(project / "dist")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-m", "ffiwheel", "build"],
        cwd=project,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 8, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (project / "dist").iterdir()] == [".gitignore"]


def test_a_read_only_tree_builds(workshop: Workshop, tmp_path: Path) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    view, out, cache = tmp_path / "view", tmp_path / "out", tmp_path / "cache"
    view.mkdir()
    if run("unshare", "--user", "--map-root-user", "--mount", "true", cwd=tmp_path).code:
        pytest.skip("this system lets nobody mount a folder read-only")
    script = (
        f"mount --bind '{project}' '{view}' && mount -o remount,ro,bind '{view}' && cd '{view}' && "
        f"! touch file 2>/dev/null && exec '{sys.executable}' -m ffiwheel build "
    )
    enter = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    environment = {"XDG_CACHE_HOME": str(cache), "GIT_CONFIG_COUNT": "1"}
    environment |= {"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    refused = run(*enter, script, cwd=tmp_path, env=environment)
    assert refused.code == 8
    assert "the output folder cannot be written to" in refused.err
    result = run(*enter, f"{script} -o '{out}'", cwd=tmp_path, env=environment)
    assert result.code == 0, result.err
    assert len(list(out.glob("*.whl"))) == 1


def test_no_terminal_no_colours(workshop: Workshop) -> None:
    result = workshop.build(workshop.copy(SAMPLES / "sources-only"))
    assert "\x1b" not in result.err
    coloured = workshop.build(workshop.folder / "sources-only", FORCE_COLOR="1")
    assert "\x1b[32m" in coloured.err


def start(project: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "ffiwheel", "build"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def compilers_of(project: Path) -> list[str]:
    """Return the command lines of processes that work on a project."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "cc1plus" in command and str(project) in command:
            found.append(command)
    return found


def wait_for_compiler(project: Path) -> None:
    deadline = time.monotonic() + 20
    while not compilers_of(project):
        assert time.monotonic() < deadline, "the compiler never started"
        time.sleep(0.02)
