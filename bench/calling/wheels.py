"""How large wheels are, and how many a release has: all of them are built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from calling.projects import FLOWS, Flow, build_theirs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STABLE = re.compile(r"-cp3(\d+)-abi3-|-py3-none-")
OLDEST = 9
"""The minor number of the oldest Python that ffiwheel's wheels are for."""
OLDEST_NANOBIND = 10
"""The minor number of the oldest Python that nanobind knows."""


class Wheels(NamedTuple):
    """The wheels of one release for one platform."""

    sizes: dict[str, int]
    """The file names, and their bytes."""

    def row(self, name: str, pythons: int) -> tuple[str, ...]:
        """Return what a table says of it."""
        kilobytes = [size / 1000 for size in self.sizes.values()]
        least, most = min(kilobytes), max(kilobytes)
        size = f"{least:.0f}" if f"{least:.0f}" == f"{most:.0f}" else f"{least:.0f} to {most:.0f}"
        return (name, size, str(len(kilobytes)), f"{sum(kilobytes):.0f}", str(pythons))


def find_pythons(base: Path, wanted: str) -> dict[int, Path]:
    """Return the CPythons beside the one that runs this, by minor number.

    Args:
        base: the folder that one is installed in; pyenv and uv keep the others beside it.
        wanted: versions, such as `3.12,3.13`; nothing for all that ffiwheel's wheels are for.
    """
    found = {}
    for path in base.parent.glob("*/bin/python3.*"):
        match = re.fullmatch(r"python3\.(\d+)", path.name)
        if match and (f"3.{match[1]}" in wanted.split(",") if wanted else int(match[1]) >= OLDEST):
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def build_release(flow: Flow, pythons: Mapping[int, Path], folder: Path) -> Wheels:
    """Build what a release for these Pythons needs; a wheel for all later ones is built once."""
    sizes: dict[str, int] = {}
    for minor, python in pythons.items():
        if flow.framework == "nanobind" and minor < OLDEST_NANOBIND:
            continue
        if not any(_serves(name, minor) for name in sizes):
            place = folder / f"{minor}"
            place.mkdir(parents=True)
            wheel = build_theirs(flow, python, place)
            sizes[wheel.name] = wheel.stat().st_size
    return Wheels(sizes)


def _serves(name: str, minor: int) -> bool:
    found = STABLE.search(name)
    return bool(found) and int(found[1] or 0) <= minor if found else False


def build_all(ours: Path, pythons: Mapping[int, Path], folder: Path) -> dict[str, Wheels]:
    """Return the wheels of each way."""
    found = {"ffiwheel": Wheels({ours.name: ours.stat().st_size})}
    for number, flow in enumerate(FLOWS):
        found[flow.name] = build_release(flow, pythons, folder / str(number))
    return found


def served(name: str, pythons: Mapping[int, Path]) -> int:
    """Return how many of the Pythons the wheels of a way serve."""
    least = OLDEST_NANOBIND if name.startswith("nanobind") else 0
    return sum(minor >= least for minor in pythons)
