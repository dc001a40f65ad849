"""`ffiwheel stubs`: for editors, checked, elsewhere, from a wheel; no build is misled by them."""

from __future__ import annotations

import shutil
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from workshop import (
    GOLDEN,
    REPOSITORY,
    SAMPLES,
    TEMPLATES,
    Workshop,
    check,
    commit_all,
    compare_golden,
    git_status,
    require,
    run,
    run_ffiwheel,
)

from ffiwheel.bind.text import MARK

if TYPE_CHECKING:
    from pathlib import Path

STUB = "python/my_extension/_ffi_api.pyi"


@pytest.fixture
def project(workshop: Workshop) -> Path:
    """A copy of the first template, under git."""
    return workshop.copy(TEMPLATES / "cpu")


def stubs(project: Path, *arguments: str | Path) -> list[str]:
    """Run `ffiwheel stubs`, which is expected to succeed, and return the lines of its answer."""
    result = run_ffiwheel("stubs", *arguments, cwd=project)
    assert result.code == 0, result.err
    return result.out.splitlines()


def read_wheel(wheel: Path, name: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name)


def test_checkers_are_content_with_the_source_tree_of_a_template(project: Path) -> None:
    assert stubs(project) == [STUB]
    assert git_status(project) == ""
    (project / "use.py").write_text(
        "import my_extension\n\nx: int = my_extension.add_one(x=1)\n"
        "y: int = my_extension.IntPair(1, 2).sum()\n"
    )
    paths = {"MYPYPATH": str(project / "python")}
    options = ("--strict", "--cache-dir=.cache")
    check(sys.executable, "-m", "mypy", *options, "use.py", "python", cwd=project, env=paths)


@pytest.mark.network
def test_pyright_is_content_with_the_source_tree_of_a_template(project: Path) -> None:
    require("node", present=shutil.which("node") is not None)
    stubs(project)
    file = project / "pyproject.toml"
    strict = '[tool.pyright]\ntypeCheckingMode = "strict"\ninclude = ["python"]\n'
    file.write_text(file.read_text().replace("[tool.pyright]\n", strict))
    said = check(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, cwd=project)
    assert "0 errors, 0 warnings" in said


def test_what_is_up_to_date_is_not_written_again(project: Path) -> None:
    stubs(project)
    before = (project / STUB).stat().st_mtime_ns
    assert stubs(project) == [STUB]
    assert (project / STUB).stat().st_mtime_ns == before
    assert stubs(project, "--check") == []


def test_check_shows_what_is_stale(project: Path, *, update_golden: bool) -> None:
    missing = run_ffiwheel("stubs", "--check", cwd=project)
    assert missing.code == 10
    assert missing.out.startswith(f"--- /dev/null\n+++ {STUB}\n@@ -0,0 +1,")
    assert not (project / STUB).exists()
    stubs(project)
    text = (project / STUB).read_text()
    old = text.replace("def add_one(x: int)", "def add_one(y: int)")
    assert old != text
    (project / STUB).write_text(old)
    stale = run_ffiwheel("stubs", "--check", cwd=project)
    assert stale.code == 10
    assert "-def add_one(y: int) -> int:\n+def add_one(x: int) -> int:\n" in stale.out
    compare_golden(
        GOLDEN / "errors" / "stubs-stale.txt",
        stale.err[stale.err.index("error: ") :],
        update=update_golden,
    )
    assert (project / STUB).read_text() == old
    (project / "stale.patch").write_text(stale.out)
    check("git", "apply", "-p0", "stale.patch", cwd=project)
    assert (project / STUB).read_text() == text


def test_a_hand_written_stub_is_never_written_over(project: Path, *, update_golden: bool) -> None:
    stubs(project)
    mine = (project / STUB).read_text().removeprefix(MARK)
    (project / STUB).write_text(mine)
    result = run_ffiwheel("stubs", cwd=project)
    said = result.err[result.err.index("error: ") :].replace(str(project), "{project}")
    compare_golden(GOLDEN / "errors" / "stubs-hand-written.txt", said, update=update_golden)
    assert result.code == 2
    assert (project / STUB).read_text() == mine
    elsewhere = project / "out" / "my_extension" / "_ffi_api.pyi"
    (project / STUB).unlink()
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text("mine")
    assert run_ffiwheel("stubs", "--out", "out", cwd=project).code == 2
    assert elsewhere.read_text() == "mine"


def test_a_build_takes_no_notice_of_stale_stubs(project: Path) -> None:
    stubs(project)
    fresh = (project / STUB).read_bytes()
    (project / STUB).write_text(f"{MARK}\ndef gone() -> int: ...\n")
    leftover = project / "python" / "my_extension" / "math" / "__init__.pyi"
    leftover.parent.mkdir()
    leftover.write_text(f"{MARK}\n")
    result = run_ffiwheel("build", "--sdist", cwd=project)
    assert result.code == 0, result.err
    sdist, wheel = (project / line for line in result.out.splitlines())
    with tarfile.open(sdist) as archive:
        assert not [name for name in archive.getnames() if name.endswith("_ffi_api.pyi")]
    again = run_ffiwheel("build", cwd=project)
    assert again.code == 0, again.err
    assert read_wheel(wheel, "my_extension/_ffi_api.pyi") == fresh
    with zipfile.ZipFile(wheel) as built:
        assert "my_extension/math/__init__.pyi" not in built.namelist()
    assert str(leftover.relative_to(project)) in run_ffiwheel("stubs", "--check", cwd=project).out
    stubs(project)
    assert not leftover.exists()


def test_nested_packages_and_committed_stubs(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "everything")
    (project / "python" / "everything").mkdir(parents=True)
    init = project / "python" / "everything" / "__init__.py"
    init.write_text('"""Everything."""\n\nfrom ._ffi_api import scale as scale\n')
    written = stubs(project)
    assert "python/everything/_ffi_api/__init__.pyi" in written
    assert "python/everything/py.typed" in written
    assert "python/everything/__init__.pyi" not in written
    folders = [
        path for path in written if path.endswith("/__init__.pyi") and "_ffi_api" not in path
    ]
    assert folders, "packages that only the build makes have stubs"
    commit_all(project)
    wheel = workshop.wheel(project)
    with zipfile.ZipFile(wheel) as built:
        names = built.namelist()
    assert not [name for name in names if f"python/{name}" in folders]
    assert stubs(project, "--check") == []
    paths = {"MYPYPATH": str(project / "python")}
    check(sys.executable, "-m", "mypy", "--strict", "python", cwd=project, env=paths)


def test_without_a_package_in_the_source_tree(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    result = run_ffiwheel("stubs", cwd=project)
    said = result.err[result.err.index("error: ") :].replace(str(project), "{project}")
    compare_golden(GOLDEN / "errors" / "stubs-no-package.txt", said, update=update_golden)
    assert stubs(project, "--out", "typings") == [
        "typings/sources_only/__init__.pyi",
        "typings/sources_only/_ffi_api.pyi",
        "typings/sources_only/py.typed",
    ]
    (project / "use.py").write_text("import sources_only\nsources_only.add_one('a')\n")
    paths = {"MYPYPATH": str(project / "typings")}
    said = run(sys.executable, "-m", "mypy", "use.py", cwd=project, env=paths).out
    assert 'Argument 1 to "add_one" has incompatible type "str"; expected "int"' in said


def test_from_a_wheel(workshop: Workshop, tmp_path: Path) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    wheel = workshop.wheel(project)
    other = tmp_path / "other"
    other.mkdir()
    written = stubs(other, "--from-wheel", wheel, "--out", "typings")
    name = "sources_only/_ffi_api.pyi"
    assert f"typings/{name}" in written
    assert (other / "typings" / name).read_bytes() == read_wheel(wheel, name)
    bare = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(bare, "w") as made:
        for entry in given.namelist():
            if not entry.endswith("ffiwheel-api.json"):
                made.writestr(entry, given.read(entry))
    result = run_ffiwheel("stubs", "--from-wheel", bare, "--out", "loaded", cwd=other)
    assert result.code == 0, result.err
    assert "the wheel has no ffiwheel-api.json: its libraries are loaded" in result.err
    loaded = (other / "loaded" / name).read_text()
    assert "def add_one(_0: int, /) -> int:" in loaded, "no source, no names"


def test_a_wheel_for_another_system_is_described(workshop: Workshop, tmp_path: Path) -> None:
    """Nothing is loaded where there is a description, so the library may be for any system."""
    library = REPOSITORY / "tests" / "data" / "libraries" / "tiny.dll"
    wheel = workshop.wheel(workshop.copy(SAMPLES / "sources-only"))
    foreign = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(foreign, "w") as made:
        for entry in given.namelist():
            content = library.read_bytes() if entry.endswith(".so") else given.read(entry)
            made.writestr(entry, content)
    assert stubs(tmp_path, "--from-wheel", foreign, "--out", "typings")


def test_wishes_of_the_project_count_for_its_wheel(workshop: Workshop) -> None:
    project = workshop.copy(TEMPLATES / "cpu")
    wheel = workshop.wheel(project)
    file = project / "pyproject.toml"
    wish = '[tool.ffiwheel.bindings.types]\n"add_one.return" = "Literal[2]"\n'
    file.write_text(f"{file.read_text()}\n{wish}")
    assert stubs(project, "--from-wheel", wheel) == [STUB]
    assert "def add_one(x: int) -> Literal[2]:" in (project / STUB).read_text()


BAD_WHEELS = {
    "stubs-wheel-missing": None,
    "stubs-wheel-no-extension": "Name: hello\nVersion: 1.0\n",
}


@pytest.mark.parametrize("name", BAD_WHEELS)
def test_wheels_that_cannot_be_described(name: str, tmp_path: Path, *, update_golden: bool) -> None:
    wheel = tmp_path / "hello-1.0-py3-none-any.whl"
    if metadata := BAD_WHEELS[name]:
        with zipfile.ZipFile(wheel, "w") as made:
            made.writestr("hello-1.0.dist-info/METADATA", metadata)
    result = run_ffiwheel("stubs", "--from-wheel", wheel, "--out", "typings", cwd=tmp_path)
    said = result.err[result.err.index("error: ") :].replace(str(tmp_path), "{folder}")
    text = f"exit code {result.code}\n{said}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update_golden)
    assert not (tmp_path / "typings").exists()


def test_all_or_none(workshop: Workshop, *, update_golden: bool) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    (project / "typings" / "sources_only" / "_ffi_api.pyi").mkdir(parents=True)
    result = run_ffiwheel("stubs", "--out", "typings", cwd=project)
    said = result.err[result.err.index("error: ") :].replace(str(project), "{project}")
    compare_golden(GOLDEN / "errors" / "stubs-folder-in-the-way.txt", said, update=update_golden)
    assert result.code == 2
    assert len(list((project / "typings").rglob("*"))) == 2


USES = """\
from guide_generated._ffi_api import LIB, Counter, greet
from guide_generated.tools._ffi_api import Clock, half

count: int = Counter().increment()
count = half(Clock(), Clock().increment())
text: str = greet("you")
LIB.anything
greet(3)
Counter(3)
Counter().count = 1
half("you", 2)
"""


def test_a_module_of_the_guide_gets_a_stub_beside_it(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "guide-generated")
    workshop.wheel(project)
    for inner in ("", "tools/"):
        [made] = project.glob(f"build/ffiwheel/**/tree/guide_generated/{inner}_ffi_api.py")
        place = project / "python" / "guide_generated" / inner
        place.mkdir(exist_ok=True)
        shutil.copy(made, place)  # as the guide's own build does
    wheel = workshop.wheel(project)
    folder = workshop.folder / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    module = (folder / "guide_generated" / "_ffi_api.py").read_text()
    assert "tvm-ffi-stubgen(begin)" in module
    (folder / "use.py").write_text(USES)
    said = run(sys.executable, "-m", "mypy", "--strict", "use.py", cwd=folder).out
    assert {int(line.split(":")[1]) for line in said.splitlines()[:-1]} == {8, 9, 10, 11}, said
    lines = "\n".join(USES.splitlines()[:6])
    check(sys.executable, "-c", lines, cwd=folder)
    assert git_status(project) == ""
    assert stubs(project) == [
        "python/guide_generated/_ffi_api.pyi",
        "python/guide_generated/py.typed",
        "python/guide_generated/tools/_ffi_api.pyi",
    ]


def test_a_module_with_code_of_its_own_is_left_alone(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "guide-directives")
    result = workshop.build(project)
    assert result.code == 0
    assert "API007 module-left-alone" in result.err
    assert "`Point.__abs__` is written by hand" in result.err
    with zipfile.ZipFile(project / result.out.strip()) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pyi")]
