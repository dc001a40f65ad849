"""Warm zig: let it build its C++ library for several targets at once, before it is needed.

zig builds libc++, libc++abi, libunwind and what starts programs when it links the first library for
a target, mostly on one core, and keeps them in its cache. What it builds depends on the target with
its version and on whether the linker strips (`-s`); `-O0`, `-O2`, `-O3` and `-g` share one. So a
library with nothing in it is linked for each target, all by one Ninja, which fills the cores and
ends them all when we are interrupted. A file in zig's cache then says that this was done: whoever
removes the cache removes it as well.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ninja
from ninja.ninja_syntax import escape

from ffiwheel.errors import OutputError
from ffiwheel.system.environment import inherited
from ffiwheel.system.files import explaining
from ffiwheel.system.process import run
from ffiwheel.toolchain.zig import CACHE_HINT, zig_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ffiwheel.model.progress import Step
    from ffiwheel.model.toolchain import Compiler

_STATUS = re.compile(r"^\[(\d+)/(\d+)\] ")
_FULL = re.compile(r"NoSpaceLeft|No space left|DiskQuota|FileTooBig|File too large")
_RULE = "rule warm\n  command = $line\n  description = $name\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """zig's C++ library for one target."""

    name: str
    """The target."""
    command: tuple[str, ...]
    """zig, for this target."""
    marker: Path
    """The file that says it is there."""
    is_stripped: bool

    @property
    def is_warm(self) -> bool:
        """Whether zig has built it."""
        return self.marker.is_file()


def list_libraries(compilers: Mapping[str, Compiler], *, debug: bool) -> tuple[Library, ...]:
    """Return zig's C++ libraries for some targets, each once; other compilers bring their own.

    Args:
        compilers: target -> the compiler for it.
        debug: whether for builds that keep symbols.
    """
    found = {}
    for name, compiler in compilers.items():
        if compiler.family == "zig":
            triple, kind = compiler.cxx[-1], "debug" if debug else "release"
            marker = f"{compiler.label.replace(' ', '-')}-{triple}-{kind}"
            found[triple] = Library(
                name=name,
                command=compiler.cxx,
                marker=zig_cache() / "ffiwheel" / marker,
                is_stripped=not debug,
            )
    return tuple(found.values())


def warm(libraries: Sequence[Library], step: Step) -> None:
    """Let zig build these libraries, as many at once as there are cores.

    One that cannot be built stays as it is: the compilation that needs it says why.

    Raises:
        OutputError: if the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as scratch:
        place = Path(scratch)
        with explaining(place):
            (place / "warm.cc").write_text('extern "C" int ffiwheel_warm() { return 0; }\n')
            (place / "build.ninja").write_text(render_ninja(libraries))
        with explaining(zig_cache()):
            (zig_cache() / "ffiwheel").mkdir(parents=True, exist_ok=True)
        cores = str(len(os.sched_getaffinity(0)))
        command: list[str | Path] = [Path(ninja.BIN_DIR) / "ninja"]
        command += ["-k", "0", "-j", cores]

        def listen(line: str) -> None:
            step.output(line)
            if found := _STATUS.match(line):
                step.advance(int(found[1]), int(found[2]))

        env = inherited(NINJA_STATUS="[%f/%t] ")
        done = run(command, cwd=place, env=env, on_line=listen)
    if done.code and any(_FULL.search(line) for line in done.lines):
        raise OutputError(
            "zig cannot build its C++ library: no space left",
            where=str(zig_cache()),
            hint=CACHE_HINT,
        )


def render_ninja(libraries: Iterable[Library]) -> str:
    """Return the `build.ninja` that links an empty library with each of `libraries`."""
    text = _RULE
    for index, library in enumerate(libraries):
        pic = [] if "windows" in library.command[-1] else ["-fPIC"]
        kind = ["-O2", "-s"] if library.is_stripped else ["-O0"]
        command = [*library.command, *kind, *pic, "-shared", "warm.cc", "-o", f"{index}.out"]
        marker = str(library.marker)
        target = escape(marker).replace(" ", "$ ").replace(":", "$:")
        text += f"build {target}: warm\n"
        text += f"  line = {escape(shlex.join(command))} && touch {escape(shlex.quote(marker))}\n"
        text += f"  name = {library.name}\n"
    return text
