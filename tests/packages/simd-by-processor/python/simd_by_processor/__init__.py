"""A package whose library has other instructions for each processor."""

from ._ffi_api import has_ticks, instructions, sum

__all__ = ["has_ticks", "instructions", "sum"]
