"""The generated files, word by word: of the sample with one of everything, full and bare."""

from __future__ import annotations

import posixpath
import sys
from typing import TYPE_CHECKING

import pytest
from bound import EVERYTHING, TESTING_CC, render_stored, write_bindings
from workshop import GOLDEN, check, compare_golden

from ffiwheel.config.schema import BindingsTable

if TYPE_CHECKING:
    from pathlib import Path

FULL = render_stored(EVERYTHING).files
BARE = render_stored(EVERYTHING, BindingsTable(signatures="bare")).files


@pytest.mark.parametrize("name", sorted(FULL))
def test_full(name: str, *, update_golden: bool) -> None:
    compare_golden(GOLDEN / "bindings" / "full" / name, FULL[name].decode(), update=update_golden)


@pytest.mark.parametrize("name", ["everything/_ffi_api/geo.py", "everything/_ffi_api/names.pyi"])
def test_bare(name: str, *, update_golden: bool) -> None:
    path = GOLDEN / "bindings" / "bare" / posixpath.basename(name)
    compare_golden(path, BARE[name].decode(), update=update_golden)


def test_every_golden_file_is_rendered() -> None:
    folder = GOLDEN / "bindings" / "full"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == set(FULL)


@pytest.mark.parametrize("api", [EVERYTHING, TESTING_CC], ids=lambda path: path.stem)
def test_it_is_formatted_as_a_person_would(api: Path, tmp_path: Path) -> None:
    """A formatter leaves modules and stubs as they are."""
    folder = tmp_path
    write_bindings(api, folder)
    options = (
        "--isolated",
        "--line-length",
        "100",
        "--target-version",
        "py39",
        "--diff",
        "--no-cache",
    )
    modules = sorted(folder.rglob("*.py*"))
    assert modules
    check(sys.executable, "-m", "ruff", "format", *options, *modules, cwd=folder)
