"""Audit or repair damaged and malicious files, each within a time limit, in little memory.

    python hostile.py ACTION SEED COUNT FOLDER

The actions are `audit` and `repair`.

A case is made from its number, so what fails can be made again. The answer is JSON: how many files
were audited, how many refused, and what went wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from crafted import INFO, METADATA, TAG, WHEEL, wheel_files, zipped

from ffiwheel.audit.check import audit_file
from ffiwheel.audit.rules import RULES
from ffiwheel.errors import FfiwheelError
from ffiwheel.ui.findings import render_audit, render_commands
from ffiwheel.ui.page.render import render_page
from ffiwheel.workflow.audit import describe
from ffiwheel.workflow.picture import read_picture
from ffiwheel.workflow.repair import RepairOptions, repair_wheels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ffiwheel.model.finding import Finding

LIBRARIES = Path(__file__).resolve().parents[1] / "data" / "libraries"
ROOM = 768 * 1024**2
"""Bytes of address space; Python and what it imports take some 150 MB of them."""
SECONDS = 5
NUMBERS = (
    0,
    1,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**40,
    2**63,
    2**64 - 1,
)
NAMES = (
    "../evil.so", "/tmp/evil.so", "a/../../evil.py", "C:\\evil.dll", "a\\b.so", "con.so", "a\0b.so",
    "\x1b[2J.so", "a/" * 400 + "b.so", "e\u0301.so", "\u00e9.so", f"{INFO}/RECORD", "pkg", "pkg/", "",
)  # fmt: skip
TEXTS = (
    "Requires-Dist: a; " + "(" * 5000, "Version: " + "1" * 9000, "Name: \n" * 2000, "Tag: " * 999,
    "\u202e\x1b[31m", "Requires-Python: >=" + "9." * 9000, "\n" * 9999, "Requires-Dist: " + "a[" * 999,
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return damaged data."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(changed) + 1)
        if chance.random() < 0.5:
            place = min(place, chance.randrange(512))
        if chance.random() < 0.3:
            place = max(0, len(changed) - chance.randrange(1, 256))
        chance.choice(MUTATIONS)(changed, place, chance)
    return bytes(changed)


def flip(data: bytearray, place: int, chance: random.Random) -> None:
    if place < len(data):
        data[place] ^= 1 << chance.randrange(8)


def number(data: bytearray, place: int, chance: random.Random) -> None:
    size = chance.choice((2, 4, 8))
    place -= place % size
    order = chance.choice(("little", "big"))
    value = chance.choice(NUMBERS) % 2 ** (8 * size)
    if place + size <= len(data):
        data[place : place + size] = value.to_bytes(size, order)


def cut(data: bytearray, place: int, chance: random.Random) -> None:
    del data[place : place + chance.choice((1, 4, 100, len(data)))]


def insert(data: bytearray, place: int, chance: random.Random) -> None:
    data[place:place] = chance.choice((b"\0" * 8, b"PK\1\2", b"PK\5\6" + b"\0" * 18, b"\xff" * 99))


def repeat(data: bytearray, place: int, chance: random.Random) -> None:
    size = chance.choice((4, 64, 1024))
    data[place:place] = data[place : place + size]


MUTATIONS: tuple[Callable[[bytearray, int, random.Random], None], ...] = (
    flip, flip, number, number, number, cut, insert, repeat,
)  # fmt: skip


def make_case(index: int, seed: int, folder: Path) -> Path:
    """Write the file of a case: a library, or a wheel that is damaged inside or as a whole."""
    chance = random.Random(f"{seed}:{index}")
    suffix = chance.choice((".so", ".dylib", ".dll"))
    library = (LIBRARIES / f"tiny{suffix}").read_bytes()
    kind = chance.randrange(5)
    path = folder / (f"x{suffix}" if kind == 0 else f"pkg-1.0-{TAG}.whl")
    if kind == 0:
        path.write_bytes(mutate(library, chance))
        return path
    files = {
        f"pkg/libpkg{suffix}": mutate(library, chance) if kind == 1 else library,
        "pkg/_ffi_api.pyi": b"def add(x: int) -> int: ...\n",
        f"{INFO}/METADATA": METADATA.encode(),
        f"{INFO}/WHEEL": WHEEL.encode(),
        f"{INFO}/ffiwheel-api.json": b'{"schema": 1, "functions": [{"name": "pkg.add"}]}',
    }
    if kind == 2:
        name = chance.choice(list(files))
        text = chance.choice(TEXTS).encode("utf-8", "surrogatepass") + b"\n"
        files[name] = chance.choice(
            (text + files[name], files[name] + text, mutate(files[name], chance))
        )
    if kind == 3:
        files[chance.choice(NAMES)] = chance.choice((library, b"", b"x,y\n"))
    whole = zipped(wheel_files(files))
    path.write_bytes(mutate(whole, chance) if kind == 4 else whole)
    return path


def audit(path: Path) -> bool:
    """Audit a file and render the outcome in every form; tell whether it could be read."""
    try:
        one = audit_file(path)
    except FfiwheelError:
        return False
    json.dumps(describe([one], len(RULES), {}))
    for text in render_audit([one], ascii_only=False):
        assert "\x1b" not in text.plain
    assert render_page(read_picture(one)).endswith(b"</html>")
    assert all("\n" not in command for command in render_commands(str(path), one.report.findings))
    return True


class Silence:
    """Says nothing."""

    @contextlib.contextmanager
    def step(self, _name: str) -> Iterator[Silence]:
        """Return itself."""
        yield self

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""

    def output(self, line: str) -> None:
        """Say nothing."""

    def done(self, text: str, right: str = "") -> None:
        """Say nothing."""

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""


def repair(path: Path) -> bool:
    """Repair a wheel; tell whether it could be. Its libraries are described, so none is loaded."""
    outdir = path.parent / "repaired"
    try:
        repair_wheels([path], outdir, RepairOptions(), Silence())
    except FfiwheelError:
        return False
    finally:
        shutil.rmtree(outdir, ignore_errors=True)
    return True


ACTIONS: dict[str, Callable[[Path], bool]] = {"audit": audit, "repair": repair}


def main(action: str, seed: int, count: int, folder: Path) -> int:
    """Take `count` cases through an action."""
    outside: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        """Note every file that is opened for writing and is not a case's or a temporary one."""
        if event == "open" and str(arguments[1] or "").strip("rbtU"):
            name = os.fspath(arguments[0]) if isinstance(arguments[0], str | Path) else ""
            if name and not str(name).startswith(str(folder)):
                outside.append(str(name))

    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.addaudithook(watch)
    problems: list[str] = []
    read, slowest = 0, 0.0
    for index in range(count):
        path = make_case(index, seed, folder)
        started = time.process_time()
        signal.alarm(SECONDS)
        try:
            read += ACTIONS[action](path)
        except (Exception, KeyboardInterrupt):  # noqa: BLE001 - whatever it is, it is a bug
            problems.append(f"case {seed}:{index} {path.name}\n{traceback.format_exc()}")
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.process_time() - started)
        path.unlink()
    left = [str(one) for one in folder.iterdir()]
    print(json.dumps({"read": read, "refused": count - read, "problems": problems[:5],
                      "outside": outside[:5], "left": left, "slowest": slowest}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
