"""Where the loader finds a library that is needed and does not lie in the wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.picture import Origin
from ffiwheel.model.provider import DRIVER, PYTHON, PYTORCH, RUNTIME, TOOLKIT, find_provider
from ffiwheel.system.libraries import is_system

if TYPE_CHECKING:
    from ffiwheel.model.binary import Binary

_ORIGINS = {
    RUNTIME.name: Origin.RUNTIME,
    PYTHON.name: Origin.PYTHON,
    PYTORCH.name: Origin.PYTORCH,
    DRIVER.name: Origin.CUDA,
    TOOLKIT[0].name: Origin.CUDA,
}


def find_origin(library: str, binary: Binary) -> Origin:
    """Return where the loader finds a library.

    Args:
        library: the name it is asked by.
        binary: the library that asks.

    >>> from ffiwheel.model.binary import Binary, Format
    >>> windows = Binary(arch="amd64", format=Format.PE)
    >>> [find_origin(name, windows).name for name in ("KERNEL32.dll", "tvm_ffi.dll", "mine.dll")]
    ['SYSTEM', 'RUNTIME', 'MISSING']
    """
    if is_system(library, binary):
        return Origin.SYSTEM
    provider = find_provider(library, binary)
    return _ORIGINS[provider.name] if provider else Origin.MISSING
