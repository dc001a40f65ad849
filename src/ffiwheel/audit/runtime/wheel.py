"""The runtime range of a whole wheel: of its libraries, and of its modules in Python."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.audit.runtime.compute import (
    compute_joint_range,
    compute_python_range,
    intersect_ranges,
)
from ffiwheel.model.runtime import PYTHON_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.runtime import RuntimeRange

_FIELD = "Tvm-Ffi-Headers: "


def compute_wheel_range(subject: Subject) -> RuntimeRange | None:
    """Return the releases on which everything in a wheel works; None if nothing needs TVM-FFI.

    Where a library does not say which headers it was compiled with, the wheel may.
    """
    headers = [
        line.removeprefix(_FIELD)
        for line in subject.wheel_text.splitlines()
        if line.startswith(_FIELD)
    ]
    stated = headers[0] if len(headers) == 1 else ""
    if not subject.extensions:
        return None
    libraries = [
        replace(one, header_version=one.header_version or stated)
        for one in subject.binaries.values()
    ]
    needed = compute_python_range(find_bases(subject.stubs.values()))
    return intersect_ranges((compute_joint_range(libraries), needed))


def find_bases(texts: Iterable[str]) -> Iterator[str]:
    """Yield the full names of the runtime's classes that classes of stubs derive from."""
    lasts = {name.rpartition(".")[2] for name in PYTHON_SINCE}
    for text in texts:
        if "tvm_ffi" in text and any(last in text for last in lasts):
            yield from _find_bases(text)


def _find_bases(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the rules on stubs say so
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in tree.body:
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            written = ast.unparse(base)
            yield imported.get(written, written)
