"""ffiwheel turns C++ and CUDA into Python wheels."""

from __future__ import annotations

__version__ = "0.1.0.dev0"
