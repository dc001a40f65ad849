"""The computed runtime range, held against what happens with real releases from PyPI."""

from __future__ import annotations

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from runtimes import CACHE, SOURCES, compile_with, facts, release
from workshop import Result, run, run_ffiwheel

from ffiwheel.audit.check import check_subject
from ffiwheel.audit.runtime import compute_range, intersect_ranges
from ffiwheel.audit.subject import Subject
from ffiwheel.bind.render import render_bindings
from ffiwheel.compile.safe_calls import render_safe_calls
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api import Api, Function, Library

pytestmark = [pytest.mark.compiler, pytest.mark.network]

OLDEST, NEWEST = "0.1.12", "0.1.15.post2"
"""The oldest headers that builds take, and the newest."""
YANKED = "0.1.13"
RUNTIMES = ("0.1.5", "0.1.9", OLDEST, YANKED, "0.1.13.post2", "0.1.14.post0", NEWEST)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("libraries")


@pytest.mark.parametrize("version", RUNTIMES[RUNTIMES.index(OLDEST) :])
@pytest.mark.parametrize("header", ["function.h", "any.h"])
def test_the_headers_of_a_release_can_be_changed_for_zig(header: str, version: str) -> None:
    headers = release(version) / "tvm_ffi" / "include" / "tvm" / "ffi"
    given = (headers / header).read_text()
    changed = render_safe_calls(header, given)
    assert "cpp_call != nullptr" not in changed
    assert "(this->cpp_call)" not in changed
    assert given.count("\n") == changed.count("\n") - 1


def use(kind: str, library: Path, version: str) -> Result:
    """Use a library with a release, in a process of its own."""
    variables = {"PYTHONPATH": str(release(version))}
    program = ("-P", SOURCES / "use.py") if sys.version_info >= (3, 11) else (SOURCES / "use.py",)
    return run(sys.executable, *program, kind, library, cwd=SOURCES, env=variables)


BUILT = [(kind, headers) for kind in ("plain", "json", "module") for headers in (OLDEST, NEWEST)]


@pytest.mark.parametrize(("kind", "headers"), [*BUILT, ("plain", YANKED), ("module", YANKED)])
def test_a_library_runs_where_it_is_computed_to(kind: str, headers: str, folder: Path) -> None:
    library = compile_with(headers, kind, folder)
    computed = compute_range(facts(library))
    assert facts(library).header_version == headers
    for version in RUNTIMES:
        release(version)  # which changes variables of the process for a moment
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda version: use(kind, library, version), RUNTIMES)
    observed = {
        version: one.out == "fine\n" for version, one in zip(RUNTIMES, results, strict=True)
    }
    assert observed == {version: version in computed.releases for version in RUNTIMES}


# The four ways in which a wrong runtime, or a second library, ends the interpreter. Each is named
# before anything runs, and guarded bindings raise an error.


def audit(*libraries: Path, requires: str) -> dict[str, str]:
    """Return code -> message of what the rules on TVM-FFI say about a wheel with libraries."""
    name = "pkg-1.0-py3-none-linux_x86_64.whl"
    tag = name.removesuffix(".whl").partition("-1.0-")[2]
    subject = Subject(
        file_name=name,
        file_tag=tag,
        wheel_tags=(tag,),
        metadata=f"Metadata-Version: 2.4\nName: pkg\nVersion: 1.0\nRequires-Dist: {requires}\n",
        binaries={f"pkg/{path.name}": facts(path) for path in libraries},
        sizes={f"pkg/{path.name}": 1 for path in libraries} | {"pkg/__init__.py": 1},
        digests={f"pkg/{path.name}": str(path.stat().st_size) for path in libraries},
    )
    found = check_subject(subject).findings
    return {one.code: one.message for one in found if one.code.startswith("FFI")}


def write_guarded(
    library: Path, names: tuple[str, ...], folder: Path, package: str = "pkg"
) -> Path:
    """Write the bindings of a library that registers some names, and return their folder."""
    path = f"{package}/{library.name}"
    functions = tuple(Function(name=name) for name in names)
    api = Api(functions=functions, libraries=(Library(path=path),))
    table = BindingsTable(prefix=names[0].partition(".")[0])
    runtime = compute_range(facts(library))
    rendered = render_bindings(api, package, table, judge=lambda _: intersect_ranges([runtime]))
    for name, content in rendered.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    shutil.copy(library, folder / path)
    return folder


def python(code: str, version: str, *folders: Path) -> Result:
    variables = {"PYTHONPATH": os.pathsep.join(map(str, [*folders, release(version)]))}
    return run(sys.executable, "-c", code, cwd=SOURCES, env=variables)


FAULTS = {
    "an inlined symbol": ("plain", YANKED, OLDEST, ("point", 7), 127, "TVMFFIGetCustomAllocator"),
    "a mangled name": ("json", OLDEST, NEWEST, ("text", 1), 127, "json9Stringify"),
    "a layout": ("module", YANKED, NEWEST, ("run", None), -11, "two words instead of one"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_runtime_is_refused(fault: str, tmp_path: Path) -> None:
    kind, headers, version, (name, value), code, said = FAULTS[fault]
    lazy = compile_with(headers, kind, tmp_path, "-Wl,-z,lazy")
    given = "library, 'twice'" if value is None else repr(value)
    bare = (
        f"import tvm_ffi; library = tvm_ffi.load_module({str(lazy)!r});"
        f"tvm_ffi.get_global_func('{kind}.{name}')({given})"
    )
    assert python(bare, version).code == code

    found = audit(lazy, requires=f"apache-tvm-ffi=={version}")
    assert said in found.get("FFI001", found.get("FFI002", ""))

    guarded = write_guarded(lazy, (f"{kind}.{name}",), tmp_path / "guarded")
    refused = python("import pkg", version, guarded)
    assert refused.code == 1
    specifier = compute_range(facts(lazy)).specifier
    line = f"ImportError: pkg needs apache-tvm-ffi{specifier}, and {version} is installed:"
    assert refused.err.splitlines()[-2:] == [line, f"    pip install 'apache-tvm-ffi{specifier}'"]
    if headers != YANKED:
        assert python("import pkg", headers, guarded).code == 0


def test_a_name_that_is_registered_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    library = compile_with(NEWEST, "json", folder)
    copy = Path(shutil.copy(library, tmp_path / "copy.so"))
    bare = "import tvm_ffi; [tvm_ffi.load_module(x) for x in ({!r}, {!r})]"
    assert python(bare.format(str(library), str(copy)), NEWEST).code == -6

    found = audit(library, copy, requires="apache-tvm-ffi>=0.1.13.post2")
    assert "pkg/json-0.1.15.post2.so" in found["FFI024"]

    folders = [
        write_guarded(library, ("json.text",), tmp_path / package, package)
        for package in ("one", "two")
    ]
    refused = python("import one, two", NEWEST, *folders)
    assert refused.code == 1
    assert "ImportError: another library has registered `json.text`" in refused.err
    again = "import importlib, one; importlib.reload(one._ffi_api); print(one.text(1))"
    assert python(again, NEWEST, *folders).out == "1\n"
    first = f"import tvm_ffi; tvm_ffi.load_module({str(folders[0] / 'one' / library.name)!r});"
    assert python(f"{first} import one; print(one.text(1))", NEWEST, *folders).out == "1\n"


@pytest.mark.parametrize(("version", "loads"), [(OLDEST, True), (NEWEST, False)])
def test_against_says_what_happens(version: str, loads: bool, folder: Path) -> None:  # noqa: FBT001 - a case
    library = compile_with(OLDEST, "json", folder)
    options = ("--json", "--against", f"=={version}", "--fail-on", "never")
    result = run_ffiwheel("audit", *options, library, cwd=folder, XDG_CACHE_HOME=str(CACHE))
    assert result.code == 0, result.err
    [trial] = json.loads(result.out)["files"][0]["trials"]
    assert (trial["release"], trial["loads"]) == (version, loads)
    assert ("Stringify" in trial["expected"]) == ("Stringify" in trial["said"]) == (not loads)
