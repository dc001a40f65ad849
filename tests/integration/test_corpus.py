"""Wheels from PyPI that nobody wrote for us: are they read, and is the tag the one others find?"""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from auditwheel.error import NonPlatformWheelError, WheelToolsError
from auditwheel.wheel_abi import analyze_wheel_abi
from auditwheel.wheeltools import get_wheel_architecture, get_wheel_libc
from workshop import require

from ffiwheel.audit.binary.read import detect_format, read_binary
from ffiwheel.audit.platform import lowest_platform

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from ffiwheel.model.platform import Platform

TABLE = tomllib.loads((Path(__file__).parents[1] / "data" / "corpus.toml").read_text())
DIFFERENCES = {row["wheel"]: (row["ours"], row["theirs"]) for row in TABLE["difference"]}

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def corpus(pytestconfig: pytest.Config) -> dict[str, list[Path]]:
    """System -> its wheels, downloaded once and kept in pytest's cache."""
    assert pytestconfig.cache is not None
    found: dict[str, list[Path]] = {"linux": [], "macos": [], "windows": []}
    for number, row in enumerate(TABLE["fetch"]):
        folder = pytestconfig.cache.mkdir("corpus") / str(number)
        if len(wheels := sorted(folder.glob("*.whl"))) != len(row["wheels"]):
            wheels = fetch(row["platforms"], row["wheels"], folder)
        found[row["system"]] += wheels
    return found


def fetch(platforms: list[str], wheels: list[str], folder: Path) -> list[Path]:
    """Download wheels into an empty folder; without a network, skip."""
    for old in folder.glob("*.whl"):
        old.unlink()
    options = [f"--platform={one}" for one in platforms]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run(
        [*pip, "--python-version=3.11", *options, f"--dest={folder}", *wheels],
        capture_output=True,
        text=True,
        check=False,
    )
    require("network", present=done.returncode == 0)
    return sorted(folder.glob("*.whl"))


def ours(wheel: Path) -> Platform:
    """Return our answer, for every binary of the wheel, whatever its name."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return lowest_platform(
        {
            name: read_binary(io.BytesIO(data), name)
            for name, data in files.items()
            if detect_format(data[:8])
        }
    )


def theirs(wheel: Path) -> str:
    """Return the tag that `auditwheel show` names, or its error."""
    try:
        libc = get_wheel_libc(wheel.name)
    except WheelToolsError:  # several in one name; then it looks inside
        libc = None
    logging.disable(logging.ERROR)
    try:
        found = analyze_wheel_abi(
            libc,
            get_wheel_architecture(wheel.name),
            wheel,
            frozenset(),
            disable_isa_ext_check=False,
            allow_graft=False,
        )
    except NonPlatformWheelError:
        return "any"
    except Exception as error:  # noqa: BLE001 - a crash of theirs is a difference like others
        return type(error).__name__
    finally:
        logging.disable(logging.NOTSET)
    return str(found.overall_policy.name)


def test_linux_tags_are_those_of_auditwheel(corpus: dict[str, list[Path]]) -> None:
    found = {wheel.name: (ours(wheel).tag, theirs(wheel)) for wheel in corpus["linux"]}
    differing = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    assert differing == {name: DIFFERENCES[name] for name in DIFFERENCES if "linux" in name}
    assert len(found) >= 25


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_tags_of_other_systems_are_those_of_the_file_names(
    system: str, corpus: dict[str, list[Path]]
) -> None:
    found = {wheel.name: (ours(wheel).tag, wheel.stem.split("-")[-1]) for wheel in corpus[system]}
    differing = {name: pair for name, pair in found.items() if pair[0] not in pair[1].split(".")}
    expected = {name: DIFFERENCES[name] for name in DIFFERENCES if name in found}
    assert differing == expected
    assert len(found) >= 10


def test_the_runtime_brings_the_cxx_library_of_windows(corpus: dict[str, list[Path]]) -> None:
    [wheel] = [one for one in corpus["windows"] if one.name.startswith("xgrammar")]
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read("xgrammar/xgrammar_bindings.dll")
    assert "MSVCP140.dll" in read_binary(io.BytesIO(data), "xgrammar_bindings.dll").needed
    assert not ours(wheel).missing
