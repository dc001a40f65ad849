"""ffiwheel turns C++ and CUDA into Python wheels."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0.dev0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add `%%ffi` to an IPython session: `%load_ext ffiwheel`."""
    # By name: nothing else needs IPython, and every module of ours imports this one.
    shell.register_magics(importlib.import_module("ffiwheel.ipython").FfiMagics)
