"""Versions for CMake: `0.7.0` for `project(VERSION)`, and the full text for a variable beside it.

`project(VERSION 0.7.0.dev912)` is an error; CMake takes one to four numbers. `VERSION_LESS` stops
at the first character that is neither a digit nor a dot, so to CMake `0.7.0.dev912` is `0.7.0`:
the order of releases is kept, and what leads to a release equals it. Where that matters, compare
`c-number`.

https://cmake.org/cmake/help/latest/command/if.html#version-comparisons
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.forms.limit import refuse_epoch, require_numbers
from ffiwheel.versioning.forms.pep440 import parse_version

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.model.version import Version

_MOST_NUMBERS = 4


def render_cmake(version: Version) -> str:
    """Return what `project(VERSION)` takes: the numbers of the release."""
    return _release(parse_version(version), "cmake")


def render_cmake_full(version: Version) -> str:
    """Return the whole version, for a variable such as `<PROJECT>_VERSION_FULL`."""
    parsed = parse_version(version)
    _release(parsed, "cmake-full")
    return str(parsed)


def _release(version: Pep440, form: str) -> str:
    refuse_epoch(version, form)
    return ".".join(map(str, require_numbers(version, _MOST_NUMBERS, form)))
