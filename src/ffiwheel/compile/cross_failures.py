"""What the failure of a build for another system means, where its output shows it.

A project that builds here may ask for what there is only on this machine: the headers of Python, a
library of the system, a program that is run while CMake configures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.model.target import Target

_NO_PYTHON = "the project asks for the headers of Python, and there are none for {target}"
_PYTHON_HINT = (
    "a library that speaks the TVM-FFI C ABI needs none: ask for\n"
    "`find_package(Python COMPONENTS Interpreter)` alone, and do not include `<Python.h>`"
)
_NO_LIBRARY = "the project needs `{name}`, which is not there for {target}"
_LIBRARY_HINT = (
    "what this machine has of it is for this machine: get its sources with `FetchContent`,\n"
    "or put a build of it for {target} into the project, and that folder on `CMAKE_PREFIX_PATH`"
)
_RUNS = "the project runs a program while it is configured, and this machine cannot run {target}'s"
_RUNS_HINT = "give the answers: CMake's message names the variables for `cmake.define`"

_SIGNS = (
    (
        r"Could NOT find Python3? \(missing:[^)]*(?:Development|INCLUDE_DIR)",
        _NO_PYTHON,
        _PYTHON_HINT,
    ),
    (r"'Python\.h' file not found", _NO_PYTHON, _PYTHON_HINT),
    (r"(?i)try_run\(\) invoked in cross-compiling mode", _RUNS, _RUNS_HINT),
    (r"Could NOT find (?P<name>\w+)", _NO_LIBRARY, _LIBRARY_HINT),
    (r'package configuration file provided by "(?P<name>[^"]+)"', _NO_LIBRARY, _LIBRARY_HINT),
    (r"None of the required '(?P<name>[^']+)' found", _NO_LIBRARY, _LIBRARY_HINT),
    (r"unable to find dynamic system library '(?P<name>[^']+)'", _NO_LIBRARY, _LIBRARY_HINT),
)


def explain_failure(lines: Sequence[str], target: Target) -> Problem | None:
    """Return what the output of a failed build shows about its target, or None.

    >>> from ffiwheel.model.target import Target
    >>> mac = Target(name="macos-arm64", system="macos", libc="system", arch="arm64")
    >>> explain_failure(["  Could NOT find ZLIB (missing: ZLIB_LIBRARY)"], mac).message
    'the project needs `ZLIB`, which is not there for macos-arm64'
    >>> explain_failure(["a.cc:1: error: no"], mac)
    """
    if target.is_native:
        return None
    text = " ".join(line.strip() for line in lines)  # CMake breaks its lines
    for pattern, message, hint in _SIGNS:
        if found := re.search(pattern, text):
            words = {"target": target.name, **found.groupdict()}
            return Problem(message.format(**words), hint=hint.format(**words))
    return None
