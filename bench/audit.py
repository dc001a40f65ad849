"""How long it takes to audit a wheel, beside `auditwheel show` in the same run.

Two wheels: the quickstart example, as a whole process from start to end; and one with a library of
200 MB, as large CUDA libraries are, with 20,000 symbols and 2,000 pieces of device code. Its bytes
are made up; the structures around them are those of nvcc 13. Of each process the time and the most
memory are measured, in turns.
"""

from __future__ import annotations

import os
import statistics
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5
REPOSITORY = Path(__file__).resolve().parents[1]
QUICKSTART = REPOSITORY / "examples" / "quickstart"
FFIWHEEL = (sys.executable, "-m", "ffiwheel")
AUDITWHEEL = (sys.executable, "-m", "auditwheel", "show")
PIECES, PIECE = 2_000, 100_000
SYMBOLS = 20_000
ARCHES = (80, 90, 100, 120)
DEVELOPING = {"PYTHONDONTWRITEBYTECODE", "PYTHONDEVMODE", "PYTHONPROFILEIMPORTTIME"}
"""Variables that make every start of Python slow."""

READ = """\
import sys
from ffiwheel.audit.binary.read import read_binary
with open(sys.argv[1], "rb") as file:
    read_binary(file, sys.argv[1])
"""


LAUNCH = """\
import os, resource, sys, time
nowhere = os.open(os.devnull, os.O_WRONLY)
quiet = [(os.POSIX_SPAWN_DUP2, nowhere, 1), (os.POSIX_SPAWN_DUP2, nowhere, 2)]
started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
os.waitpid(child, 0)
seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Starts a command from a small process: memory counts from before a child becomes its program."""


class Cost(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float
    """Seconds that a processor worked for it, whatever else the machine did."""
    megabytes: float


def cost(*command: str | Path) -> Cost:
    """Run a command, and return what it took."""
    launch = [sys.executable, "-SE", "-c", LAUNCH, *(str(part) for part in command)]
    variables = {key: value for key, value in os.environ.items() if key not in DEVELOPING}
    seconds, processor, kilobytes = subprocess.check_output(
        launch, text=True, env=variables
    ).split()
    return Cost(float(seconds), float(processor), int(kilobytes) / 1024)


def write_device_code(path: Path) -> None:
    """Write fat binaries, one piece of device code each."""
    with path.open("wb") as file:
        for number in range(PIECES):
            arch = ARCHES[number % len(ARCHES)]
            entry = struct.pack(
                "<HHIQIIIIIIQQQ", 2, 0x101, 64, PIECE, *(0, 0, 0, arch, 0, 0), 17, 0, 0
            )
            file.write(struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(entry) + PIECE))
            file.write(entry + os.urandom(PIECE))


def make_large_library(folder: Path) -> Path:
    """Link a library of 200 MB."""
    write_device_code(folder / "device.bin")
    lines = ['.section .nv_fatbin, "a"', '.incbin "device.bin"', '.section .note.GNU-stack, ""']
    lines.append(".text")
    for number in range(SYMBOLS):
        name = f"_ZN7kernels6launchILi{number}EfEEvPKT0_PS1_l"
        lines += [f".globl {name}", f".type {name}, @function", f"{name}: ret", f".size {name}, 1"]
    (folder / "large.s").write_text("\n".join(lines) + "\n")
    library = folder / "large.so"
    subprocess.run(["c++", "-shared", "large.s", "-o", library], cwd=folder, check=True)
    return library


def make_wheel(library: Path) -> Path:
    """Put a library into a wheel, which is stored: unpacking is not what is measured."""
    wheel = library.parent / "large-1.0-py3-none-linux_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(library, "large/large.so")
        info = "large-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: large\nVersion: 1.0\n")
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n"
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def make_quickstart(folder: Path) -> Path:
    """Build the quickstart example."""
    command = [*FFIWHEEL, "build", str(QUICKSTART), "--outdir", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def measure(folder: Path) -> dict[str, list[Cost]]:
    """Return the costs of each way, round by round."""
    library = make_large_library(folder)
    large, quickstart = make_wheel(library), make_quickstart(folder / "quickstart")
    ways: dict[str, tuple[str | Path, ...]] = {
        "bare Python": (sys.executable, "-c", ""),
        "quickstart: auditwheel show": (*AUDITWHEEL, quickstart),
        "quickstart: ffiwheel audit": (*FFIWHEEL, "audit", quickstart),
        "200 MB: read_binary": (sys.executable, "-c", READ, library),
        "200 MB: ffiwheel audit, the library": (*FFIWHEEL, "audit", library),
        "200 MB: ffiwheel audit, a wheel with it": (*FFIWHEEL, "audit", large),
        "200 MB: auditwheel show, the same wheel": (*AUDITWHEEL, large),
    }
    for command in ways.values():
        cost(*command)  # the first writes the modules' bytecode, as an installer does
    costs: dict[str, list[Cost]] = {name: [] for name in sorted(ways)}
    for _ in range(ROUNDS):
        for name, found in costs.items():
            found.append(cost(*ways[name]))
    return costs


def render(costs: dict[str, list[Cost]]) -> str:
    """Return a Markdown table of medians."""
    rows = ["| way | median s | min s | max s | processor s | most MB |"]
    rows.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, found in costs.items():
        times = [one.seconds for one in found]
        spread = f"{statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f}"
        processor = statistics.median(one.processor for one in found)
        memory = max(one.megabytes for one in found)
        rows.append(f"| {name} | {spread} | {processor:.2f} | {memory:.0f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="ffiwheel-bench-") as scratch:
        print(render(measure(Path(scratch))))
