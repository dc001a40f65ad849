"""What `ffiwheel audit` prints, in every form, and what it refuses.

A case is a wheel or a library that `make` writes, and a text in `tests/golden/audit` of its name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from crafted import INFO, METADATA, TAG, WHEEL, write_wheel, zipped
from workshop import GOLDEN, REPOSITORY, compare_golden, run_ffiwheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIBRARY = (REPOSITORY / "tests" / "data" / "libraries" / "tiny.so").read_bytes()
EXTENSION = {
    "pkg/libpkg.so": LIBRARY,
    "pkg/py.typed": b"",
    "pkg/_ffi_api.pyi": b"def add(x: int) -> int: ...\n",
    f"{INFO}/METADATA": METADATA.encode(),
    f"{INFO}/WHEEL": WHEEL.encode(),
}
TRUE = TAG.replace("manylinux_2_17", "manylinux_2_5")
"""The library needs nothing that a newer system has."""


def good(folder: Path) -> None:
    """Write a wheel without a fault."""
    write_wheel(folder, {**EXTENSION, f"{INFO}/WHEEL": WHEEL.replace(TAG, TRUE).encode()}, TRUE)


def high(folder: Path) -> None:
    """Write a wheel whose tag is higher than it has to be."""
    write_wheel(folder, EXTENSION, TAG)


def bad(folder: Path) -> None:
    """Write a wheel with a fault of each kind, some in several files."""
    more = {
        "pkg/libtvm_ffi.so": LIBRARY,
        "pkg/aux.py": b"",
        "pkg/bell\x07.py": b"",
        "pkg/broken.so": b"\x7fELF, and then nothing",
        f"{INFO}/METADATA": METADATA.replace(
            "Requires-Python: >=3.9", "Requires-Python: 3"
        ).encode(),
        f"{INFO}/RECORD": b"pkg/__init__.py,md5=x,0\n",
    }
    write_wheel(folder, {**EXTENSION, **more}, TRUE)


def several(folder: Path) -> None:
    """Write a good file, one that is none, and a library; one more is not there."""
    good(folder)
    (folder / "text.whl").write_text("not a zip")
    (folder / "tiny.so").write_bytes(LIBRARY)


REPORTS: list[tuple[str, Callable[[Path], None], list[str]]] = [
    ("good", good, [f"pkg-1.0-{TRUE}.whl"]),
    ("bad", bad, [f"pkg-1.0-{TRUE}.whl"]),
    ("several", several, [f"pkg-1.0-{TRUE}.whl", "text.whl", "missing.whl", "tiny.so"]),
    ("selected", bad, ["--select", "ELF,WHL00", "--ignore", "whl004", f"pkg-1.0-{TRUE}.whl"]),
    ("never", bad, ["--fail-on", "never", "--select", "WHL003", f"pkg-1.0-{TRUE}.whl"]),
    ("on-warnings", high, ["--fail-on", "warning", f"pkg-1.0-{TAG}.whl"]),
]


FORMS = [(*case, "text") for case in REPORTS] + [
    (*case, form)
    for case in REPORTS
    for form in ("json", "github")
    if case[0] in {"bad", "several"}
]


@pytest.mark.parametrize(
    ("name", "make", "words", "form"), FORMS, ids=[f"{case[0]}-{case[3]}" for case in FORMS]
)
def test_report(
    name: str,
    make: Callable[[Path], None],
    words: list[str],
    form: str,
    tmp_path: Path,
    *,
    update_golden: bool,
) -> None:
    make(tmp_path)
    options = {"text": [], "json": ["--json"], "github": ["--format", "github"]}[form]
    result = run_ffiwheel("audit", *options, *words, cwd=tmp_path)
    if form == "json":
        json.loads(result.out)
    text = f"exit code {result.code}\n{result.out}---\n{result.err}"
    compare_golden(GOLDEN / "audit" / f"{name}.{form}.txt", text, update=update_golden)
    assert "Traceback" not in result.err
    assert "\x07" not in result.out


def nothing(_: Path) -> None:
    """Write nothing."""


def folder_with_wheels(folder: Path) -> None:
    (folder / "dist").mkdir()


def empty_zip(folder: Path) -> None:
    (folder / "empty.whl").write_bytes(zipped({}))


def plain_zip(folder: Path) -> None:
    (folder / "plain.whl").write_bytes(zipped({"a.py": b""}))


def text_file(folder: Path) -> None:
    (folder / "notes.so").write_text("to do\n")


def cut_library(folder: Path) -> None:
    (folder / "cut.so").write_bytes(LIBRARY[:700])


def cut_wheel(folder: Path) -> None:
    high(folder)
    path = folder / f"pkg-1.0-{TAG}.whl"
    path.write_bytes(path.read_bytes()[:-100])


ERRORS: list[tuple[str, Callable[[Path], None], list[str]]] = [
    ("audit-no-file", nothing, []),
    ("audit-missing-file", nothing, ["dist/*.whl"]),
    ("audit-folder", folder_with_wheels, ["dist"]),
    ("audit-empty-zip", empty_zip, ["empty.whl"]),
    ("audit-plain-zip", plain_zip, ["plain.whl"]),
    ("audit-text-file", text_file, ["notes.so"]),
    ("audit-cut-library", cut_library, ["cut.so"]),
    ("audit-cut-wheel", cut_wheel, [f"pkg-1.0-{TAG}.whl"]),
    ("audit-unknown-rule", nothing, ["--explain", "ELF33"]),
    ("audit-unknown-name", nothing, ["--explain", "binds-lazyly"]),
    ("audit-unknown-prefix", nothing, ["--select", "EFL,WHL", "--ignore", "X", "a.whl"]),
]


@pytest.mark.parametrize(("name", "make", "words"), ERRORS, ids=[case[0] for case in ERRORS])
def test_error(
    name: str,
    make: Callable[[Path], None],
    words: list[str],
    tmp_path: Path,
    *,
    update_golden: bool,
) -> None:
    make(tmp_path)
    result = run_ffiwheel("audit", *words, cwd=tmp_path)
    text = f"exit code {result.code}\n{result.err}"
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update_golden)
    assert result.code not in {0, 1}
    assert not result.out
    assert "Traceback" not in result.err


def test_explain(tmp_path: Path, *, update_golden: bool) -> None:
    by_code = run_ffiwheel("audit", "--explain", "elf003", cwd=tmp_path)
    by_name = run_ffiwheel("audit", "--explain", "binds-lazily", cwd=tmp_path)
    assert by_code == by_name
    compare_golden(GOLDEN / "audit" / "explain.txt", by_code.out, update=update_golden)
