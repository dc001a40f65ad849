"""The runtime's headers for zig: no C++ exception goes from one library into another.

TVM-FFI calls a function that was made in C++ without its C wrapper, so what it throws goes straight
into the library that called it. Its header allows that to callers of the same C++ runtime only
(`cpp_call` in `c_api.h`). zig puts a C++ runtime of its own into each library, so no two libraries
are of the same: the process would end. Here such headers are written as make and call functions by
the C wrapper alone, which hands errors on as values.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.system.files import write_if_changed

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.compile.job import Job

_CHANGES = {
    "function.h": (
        ("this->cpp_call = reinterpret_cast<void*>(CppCall);", "this->cpp_call = nullptr;"),
        ("reinterpret_cast<FCall>(self->cpp_call)(self,", "CppCall(self,"),
        (
            "this->cpp_call ? reinterpret_cast<FCall>(this->cpp_call) : CppCallDedirectToSafeCall",
            "CppCallDedirectToSafeCall",
        ),
    ),
    "any.h": (("if (func_cell->cpp_call != nullptr) {", "if (false) {"),),
}
"""Header -> what its text has, and what takes the place of it."""

_PLACE = PurePosixPath("tvm/ffi")


def safe_call_flags(job: Job) -> list[str]:
    """Return what lets a compiler find the headers that `write_safe_calls` has written."""
    return ["-isystem", str(_folder(job))] if job.compiler.family == "zig" else []


def write_safe_calls(job: Job) -> None:
    """Write the headers for a job that needs them."""
    if job.compiler.family != "zig":
        return
    for name in _CHANGES:
        given = (job.runtime.include_dir / _PLACE / name).read_text(encoding="utf-8")
        place = _folder(job) / _PLACE / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_if_changed(place, render_safe_calls(name, given).encode())


def render_safe_calls(name: str, given: str) -> str:
    r"""Return the text of a header, with the C wrapper in the place of C++ calls.

    One that has other words than those we know stays as it is.

    >>> render_safe_calls("any.h", "if (func_cell->cpp_call != nullptr) { ... }")
    '// Changed by ffiwheel: functions are called through the C ABI alone.\nif (false) { ... }'
    >>> render_safe_calls("any.h", "another any.h")
    'another any.h'
    """
    text = given
    for found, wanted in _CHANGES[name]:
        if found not in text:
            return given
        text = text.replace(found, wanted)
    return f"// Changed by ffiwheel: functions are called through the C ABI alone.\n{text}"


def _folder(job: Job) -> Path:
    return job.folder / "safe-calls"
