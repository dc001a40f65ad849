"""`ffiwheel audit --html`: from a file on the disk to a page on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crafted import INFO, METADATA, WHEEL, write_wheel
from workshop import GOLDEN, REPOSITORY, compare_golden, run_ffiwheel

from ffiwheel.model.api import Api, Function, Library, Parameter, Signature
from ffiwheel.model.api_json import render_api
from ffiwheel.model.types import Type

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = REPOSITORY / "tests" / "data" / "libraries"
TAG = "py3-none-manylinux_2_5_x86_64"
STUB = b'def add(x: int) -> int:\n    """Add what there is."""\n'
FILES = {
    "pkg/libpkg.so": (LIBRARIES / "tiny.so").read_bytes(),
    "pkg/py.typed": b"",
    f"{INFO}/METADATA": METADATA.encode(),
    f"{INFO}/WHEEL": WHEEL.replace("py3-none-manylinux_2_17_x86_64", TAG).encode(),
}
INT = Type("int")
API = Api(
    libraries=(Library(path="pkg/libpkg.so"),),
    functions=(
        Function(
            name="pkg.scale",
            signatures=(Signature(parameters=(Parameter(type=INT, name="x"),), result=INT),),
            doc="Multiply what there is.",
        ),
    ),
)


def make_page(folder: Path, file: Path, name: str = "page.html") -> str:
    result = run_ffiwheel("audit", "--html", name, "--fail-on", "never", file, cwd=folder)
    assert result.code == 0, result.err
    return (folder / name).read_text()


def test_page_of_a_wheel(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {**FILES, "pkg/_ffi_api.pyi": STUB}, TAG)
    page = make_page(tmp_path, wheel)
    assert "<h1>pkg 1.0</h1>" in page
    assert "Linux with glibc 2.5 or later, x86-64" in page
    assert "<b>.text</b>" in page
    assert "def <b>add</b>(x: int) -&gt; int" in page
    assert "Add what there is." in page
    assert "sha256=" in page
    assert make_page(tmp_path, wheel, "again.html") == page


def test_page_of_a_wheel_without_stubs_shows_what_its_description_says(tmp_path: Path) -> None:
    files = {**FILES, f"{INFO}/ffiwheel-api.json": render_api(API)}
    page = make_page(tmp_path, write_wheel(tmp_path, files, TAG))
    assert "def <b>scale</b>(x: int) -&gt; int" in page
    assert "Multiply what there is." in page


@pytest.mark.parametrize("name", ["tiny.so", "tiny.dylib", "tiny.dll"])
def test_page_of_a_library(tmp_path: Path, name: str) -> None:
    page = make_page(tmp_path, LIBRARIES / name)
    assert f"<h1>{name}</h1>" in page
    assert "text</b>" in page
    assert 'href="#metadata"' not in page


def test_page_beside_an_error(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {**FILES, f"{INFO}/RECORD": b"x,,\n"}, TAG)
    result = run_ffiwheel("audit", "--html", "page.html", wheel, cwd=tmp_path)
    assert result.code == 11
    assert "WHL004" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("audit-page-of-two", ["--html", "page.html", "a.whl", "b.whl"]),
        ("audit-page-over-wheel", ["--html", "a.whl", "b.whl"]),
        ("audit-page-nowhere", ["--html", "b.whl/page.html", "a.whl"]),
    ],
)
def test_no_page(tmp_path: Path, name: str, words: list[str], *, update_golden: bool) -> None:
    wheel = write_wheel(tmp_path)
    for copy in ("a.whl", "b.whl"):
        (tmp_path / copy).write_bytes(wheel.read_bytes())
    result = run_ffiwheel("audit", *words, cwd=tmp_path)
    assert result.code != 0
    assert (tmp_path / "a.whl").read_bytes() == wheel.read_bytes()
    assert not (tmp_path / "page.html").exists()
    said = result.err[result.err.index("error: ") :]
    compare_golden(GOLDEN / "errors" / f"{name}.txt", said, update=update_golden)


def test_no_page_of_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_text("not a zip")
    assert run_ffiwheel("audit", "--html", "page.html", "a.whl", cwd=tmp_path).code != 0
    assert not (tmp_path / "page.html").exists()
