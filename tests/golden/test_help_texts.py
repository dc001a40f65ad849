"""What `help()` says of the quickstart: it reads as if a person had written the package.

What every object has from TVM-FFI is left out; another release of it may say something else.
"""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, QUICKSTART, Workshop, check, compare_golden

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "my_ffi_extension"
END = " |  Data and other attributes defined here:"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel of the quickstart."""
    workshop = Workshop(tmp_path_factory.mktemp("help"))
    folder = workshop.folder / "installed"
    with zipfile.ZipFile(workshop.wheel(workshop.copy(QUICKSTART))) as wheel:
        wheel.extractall(folder)
    return folder


@pytest.mark.compiler
@pytest.mark.parametrize("name", ["IntPair", "add_one", "add_two"])
def test_help(name: str, installed: Path, *, update_golden: bool) -> None:
    code = f"import {PACKAGE}; help({PACKAGE}.{name})"
    said = check(sys.executable, "-c", code, cwd=installed)
    lines = [line.rstrip() for line in said.partition(END)[0].splitlines()]
    own = "\n".join(line for line in lines if "__ffi_init__" not in line)
    text = own.replace("\n |\n |\n", "\n |\n").rstrip(" |-\n") + "\n"
    compare_golden(GOLDEN / "help" / f"{name}.txt", text, update=update_golden)
