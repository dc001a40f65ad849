"""Windows: load the libraries that were put into a wheel before TVM-FFI loads those that need them.

delvewheel adds their folder to those that Python searches. That is enough for Python's own modules
and for `ctypes`. TVM-FFI calls `LoadLibraryW`, which does not search such folders, nor the one that
the library lies in. But Windows never searches for a library that is loaded already: it has the
name, and that is all that counts.

https://learn.microsoft.com/en-us/windows/win32/dlls/dynamic-link-library-search-order
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.system.archive import read_content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ffiwheel.model.draft import Content

_END = "# end delvewheel patch"
_PRELOAD = """

# begin ffiwheel preload: TVM-FFI does not search the folder above
def _ffiwheel_preload():
    import ctypes
    import os
    here = os.path.dirname(os.path.abspath(__file__))
    for name in {names!r}:
        ctypes.WinDLL(os.path.normpath(os.path.join(here, {up!r}, name)))


_ffiwheel_preload()
del _ffiwheel_preload
# end ffiwheel preload
"""


def add_preload(files: Mapping[str, Content], added: Sequence[str]) -> dict[str, Content]:
    """Return the files of a wheel whose packages load the libraries that were put in.

    Args:
        files: archive path -> content, with the lines of delvewheel in the packages.
        added: the archive paths of these libraries.
    """
    changed: dict[str, Content] = {}
    for name, content in files.items():
        text = read_content(content) if name.endswith(".py") else b""
        head, mark, tail = text.partition(_END.encode())
        if mark and b"_ffiwheel_preload" not in tail:
            up = "/".join([".."] * name.count("/"))
            lines = _PRELOAD.format(names=tuple(added), up=up).encode()
            changed[name] = head + mark + lines + tail.lstrip(b"\r\n")
    return {**files, **changed}
