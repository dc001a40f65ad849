"""What stands in the way of a repair, in full; a case makes the folder that it happens in."""

from __future__ import annotations

import shutil
import zipfile
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from foreign import make_wheel
from workshop import GOLDEN, compare_golden

from ffiwheel.errors import FfiwheelError
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.workflow.repair import RepairOptions, repair_wheels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANY = "py3-none-any"


def no_wheel(folder: Path) -> list[Path]:
    return [folder / "one.whl", folder / "two.whl"]


def not_a_wheel(folder: Path) -> list[Path]:
    wheel = folder / "given" / f"hello-1.0-{ANY}.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"not a zip")
    return [wheel]


def bad_name(folder: Path) -> list[Path]:
    wheel = make_wheel(folder / "given", {}, "any")
    return [wheel.rename(wheel.with_name("grafting.whl"))]


def no_metadata(folder: Path) -> list[Path]:
    wheel = folder / "given" / f"hello-1.0-{ANY}.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("hello/__init__.py", "")
    return [wheel]


def no_library(folder: Path) -> list[Path]:
    return [make_wheel(folder / "given", {}, "any")]


def several_kinds(folder: Path) -> list[Path]:
    program = folder / "windows.dll"
    program.write_bytes(files("setuptools").joinpath("cli-64.exe").read_bytes())
    libraries = {"grafting/linux.so": find_runtime().library, "grafting/windows.dll": program}
    return [make_wheel(folder / "given", libraries, "linux_x86_64")]


def damaged_library(folder: Path) -> list[Path]:
    library = folder / "libhello.so"
    library.write_bytes(b"no library")
    return [make_wheel(folder / "given", {"grafting/libhello.so": library}, "linux_x86_64")]


def same_folder(folder: Path) -> list[Path]:
    return [make_wheel(folder / "out", {}, "any")]


def same_result(folder: Path) -> list[Path]:
    library = folder / "libhello.so"
    shutil.copyfile(find_runtime().library.with_name("libtvm_ffi_testing.so"), library)
    inside = {"grafting/libhello.so": library}
    return [make_wheel(folder / name, inside, "linux_x86_64") for name in ("one", "two")]


def libraries_nowhere(folder: Path) -> list[Path]:
    (folder / "nowhere").rmdir()
    return [make_wheel(folder / "given", {}, "any")]


CASES = (
    no_wheel,
    not_a_wheel,
    bad_name,
    no_metadata,
    no_library,
    several_kinds,
    damaged_library,
    same_folder,
    same_result,
    libraries_nowhere,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_is_not_repaired(
    case: Callable[[Path], list[Path]], tmp_path: Path, *, update_golden: bool
) -> None:
    (tmp_path / "nowhere").mkdir()
    wheels = case(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    options = RepairOptions(lib_dirs=(tmp_path / "nowhere",))
    with pytest.raises(FfiwheelError) as caught:
        repair_wheels(wheels, tmp_path / "out", options, ConsoleProgress())
    text = f"exit code {caught.value.exit_code}\n{caught.value}\n".replace(str(tmp_path), "...")
    name = f"repair-{case.__name__.replace('_', '-')}.txt"
    compare_golden(GOLDEN / "errors" / name, text, update=update_golden)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before, "nothing was written, and nothing changed"
