"""Variables for CMake, to be included before `project()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.emit.request import NOTICE
from ffiwheel.versioning.forms.cmake import render_cmake as render_release
from ffiwheel.versioning.forms.cmake import render_cmake_full

if TYPE_CHECKING:
    from ffiwheel.versioning.emit.request import Request

_PARTS = ("MAJOR", "MINOR", "PATCH", "TWEAK")


def render_cmake(request: Request) -> str:
    """Return the file that sets `HELLO_VERSION`, its parts, `_FULL` and `_COMMIT`.

    `TWEAK` is empty unless there is a fourth number, as with `project(VERSION)`.
    """
    version, prefix = request.version, request.prefix
    release = render_release(version)
    numbers = release.split(".")
    parts = dict(zip(_PARTS, [*numbers, ""], strict=False))
    lines = [
        f"# {NOTICE}",
        f'set({prefix} "{release}")',
        *(f'set({prefix}_{part} "{number}")' for part, number in parts.items()),
        f'set({prefix}_FULL "{render_cmake_full(version)}")',
        f'set({prefix}_COMMIT "{version.node}")',
    ]
    return "".join(f"{line}\n" for line in lines)
