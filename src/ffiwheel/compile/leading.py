"""What a C++ file includes before it says anything else.

A header that is compiled beforehand stands for the beginning of a source, and for nothing but that:
what follows must see what it would have seen. So only includes are read here that come before any
other directive and any token, in the order in which they stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BLANK = re.compile(r"(?:\s|//(?:\\\n|[^\n])*|/\*.*?\*/)*", re.DOTALL)
_INCLUDE = re.compile(r'#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")')
_ONCE = re.compile(r"#[ \t]*pragma[ \t]+once\b[^\n]*")
_GUARD = re.compile(r"#[ \t]*ifndef[ \t]+(\w+)[ \t]*\n\s*#[ \t]*define[ \t]+\1[ \t]*(?=\n|$)")
_SHARED = re.compile(r"<(?:tvm/ffi/[\w./]+|dlpack/[\w./]+|[a-z_]+)>")
"""Headers of TVM-FFI, DLPack and the C++ library, which no project edits."""
RUNTIME = "<tvm/ffi/"
_DEPTH = 8
_HEAD = 65536
"""How much of a file is read: a license and the includes, in bytes."""


def read_leading(file: Path, folders: Sequence[Path], depth: int = _DEPTH) -> tuple[str, ...]:
    """Return the headers of TVM-FFI and the C++ library that `file` begins with.

    Args:
        file: a source, or a header.
        folders: where the compiler looks for headers of the project.
        depth: how many headers inside headers are followed.

    Returns:
        Such as `("<vector>", "<tvm/ffi/function.h>")`, up to the last header of TVM-FFI.
    """
    found: list[str] = []
    for name in leading_includes(_read_head(file)):
        if name.startswith('"'):
            own = _find(name.strip('"'), (file.parent, *folders)) if depth else None
            found += read_leading(own, folders, depth - 1) if own else ()
            break
        if not _SHARED.fullmatch(name):
            break
        found.append(name)
    last = max((at for at, name in enumerate(found, 1) if name.startswith(RUNTIME)), default=0)
    return tuple(found[:last])


def leading_includes(text: str) -> tuple[str, ...]:
    r"""Return what C++ includes before anything else, as it is spelt.

    >>> leading_includes('// hi\n#pragma once\n#include "a.h"\n#include <b>\nint i;\n#include <c>')
    ('"a.h"', '<b>')
    >>> leading_includes("#define NDEBUG\n#include <a>")
    ()
    """
    found, at = [], _skip_guard(text)
    while match := _INCLUDE.match(text, _skip_blank(text, at)):
        found.append(match[1])
        at = match.end()
    return tuple(found)


def _skip_guard(text: str) -> int:
    """Return where a header goes on after what keeps it from being read twice."""
    at = _skip_blank(text, 0)
    match = _ONCE.match(text, at) or _GUARD.match(text, at)
    return match.end() if match else at


def _skip_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _read_head(file: Path) -> str:
    """Return the beginning of a file; nothing if it cannot be read, which the compiler will say."""
    try:
        with file.open("rb") as stream:
            return stream.read(_HEAD).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except OSError:
        return ""


def _find(name: str, folders: Sequence[Path]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
