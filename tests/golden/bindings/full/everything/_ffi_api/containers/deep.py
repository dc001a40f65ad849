# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.containers.deep`."""

from __future__ import annotations

from collections.abc import Sequence

import tvm_ffi

from .. import SupportsDLPack

__all__ = ["total"]


_total = tvm_ffi.get_global_func("everything.containers.deep.total")


def total(_0: Sequence[SupportsDLPack], /) -> int:
    return _total(_0)
