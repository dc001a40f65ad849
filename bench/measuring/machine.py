"""The machine and the programs that figures belong to."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def describe_machine(packages: Iterable[str] = ()) -> dict[str, str]:
    """Return what the figures belong to: day, machine, programs, packages of this environment."""
    return {
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "g++": _version_of("c++", "--version"),
        **{name: metadata.version(name) for name in packages},
    }


def sentence(machine: dict[str, str]) -> str:
    """Return the description in one sentence; `load` is the mean of the minute before."""
    kind = f"{machine['cores']} cores ({machine['processor']}), {machine['memory']}"
    rest = [f"{key} {value}" for key, value in machine.items() if key not in _PLACES]
    return (
        f"Measured on {machine['date']} on {machine['system']}, {kind}, with a load of "
        f"{machine['load']} before the start; {', '.join(rest)}."
    )


_PLACES = ("date", "processor", "cores", "memory", "system", "load")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version_of(*command: str) -> str:
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found else said.splitlines()[0]
