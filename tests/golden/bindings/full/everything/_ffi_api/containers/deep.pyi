# Made by ffiwheel from what the library registers; do not edit.
"""What libeverything.so offers under `everything.containers.deep`."""

from collections.abc import Sequence

from .. import SupportsDLPack

__all__ = ["total"]

def total(_0: Sequence[SupportsDLPack], /) -> int: ...
