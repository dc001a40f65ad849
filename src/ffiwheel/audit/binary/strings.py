"""What the strings of a library tell: build folders, registered names, the headers' version.

Only read-only data is searched, a piece at a time. Patterns begin with one fixed byte, which Python
finds ten times as fast as a set of them, and look back only from there: libraries are large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER_MARK = b"ffiwheel:tvm-ffi-headers="
"""What a build of ours puts before the version of the TVM-FFI headers, in read-only data."""

_CUDART_MARK = b"cudaErrorCudartUnloading"
"""An entry in the table of error names of the CUDA runtime."""

_DRIVER_MARKS = (b"libcuda.so.1", b"nvcuda.dll")
"""The driver, which the static CUDA runtime opens by itself."""

_ROOTS = b"home|root|Users|tmp|var/folders|build|builds|work|workspace|project|io|__w"
"""Folders in which people and build services keep sources; `/usr`, `/proc`, `/opt` are not."""

_UNIX = re.compile(rb"/(?:" + _ROOTS + rb")(?:/[\w.+@~-]+){2,}")
_WINDOWS = re.compile(rb":[\\/](?:[\w.+@~ -]+[\\/])+[\w.+@~-]")
_BEFORE_UNIX = re.compile(rb"(?<![\w.$%~+@}>/-])(?:/var|/private)*\Z")
_BEFORE_WINDOWS = re.compile(rb"(?<!\w)[A-Za-z]\Z")
_SYSTEM_FOLDERS = ("windows", "program files", "program files (x86)")
_NAME_END = re.compile(rb"\.[A-Za-z_]\w*\0")
_EMAN = re.compile(rb"\w*[A-Za-z_](?:\.\w*[A-Za-z_])+(?![\t\n\r -~])")
"""A name from its end to its beginning, before which there is no text."""

_FILE_SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cu", ".cuh", ".cxx", ".h", ".hh", ".hpp", ".inc", ".py", ".rs"),
    *(".dll", ".dylib", ".exe", ".json", ".pdb", ".so", ".txt"),
)
_VERSION = re.compile(re.escape(HEADER_MARK) + rb"([0-9][\w.+!-]{0,63})")
_FOLDERS_MOST, _NAMES_MOST, _NAME_LONGEST = 64, 50_000, 255
_PLACES_MOST = 10_000
"""How many places of a piece (1 MiB) are looked at more closely for each kind of string."""


@dataclass(slots=True)
class Strings:
    """What was found so far."""

    want_names: bool
    """Whether registered names are looked for; only a library of TVM-FFI has any."""
    folders: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    header_version: str = ""
    has_cudart: bool = False
    has_driver: bool = False

    @property
    def build_paths(self) -> tuple[str, ...]:
        """The folders, sorted, the first 64."""
        return tuple(sorted(self.folders)[:_FOLDERS_MOST])

    @property
    def static_cudart(self) -> bool:
        """Whether these are the strings of the CUDA runtime."""
        return self.has_cudart and self.has_driver

    def search(self, chunks: Iterable[bytes]) -> None:
        """Search the pieces of one section."""
        for chunk in chunks:
            self.has_cudart = self.has_cudart or _CUDART_MARK in chunk
            self.has_driver = self.has_driver or any(mark in chunk for mark in _DRIVER_MARKS)
            if not self.header_version and (found := _VERSION.search(chunk)):
                self.header_version = found[1].decode()
            if len(self.folders) < _NAMES_MOST:
                self.folders.update(find_folders(chunk))
            if self.want_names and len(self.names) < _NAMES_MOST:
                self.names.update(find_names(chunk))


def find_folders(data: bytes) -> Iterator[str]:
    r"""Yield the folders of the build machine that `data` names.

    A folder counts if a file below it is named, two levels below a root such as `/home`.

    >>> list(find_folders(b"\0/home/ada/lib/a.cc\0/tmp/lock\0/usr/lib/x/y.so\0"))
    ['/home/ada/lib']
    >>> list(find_folders(b"\0D:\\a\\work\\x.cpp\0C:\\Windows\\System32\\a.dll\0"))
    ['D:\\a\\work']
    """
    for match in islice(_UNIX.finditer(data), _PLACES_MOST):
        before = _BEFORE_UNIX.search(data, max(match.start() - 16, 0), match.start())
        if before and b"XXX" not in match[0]:
            yield match[0].decode().rpartition("/")[0]
    for match in islice(_WINDOWS.finditer(data), _PLACES_MOST):
        drive = _BEFORE_WINDOWS.search(data, max(match.start() - 2, 0), match.start())
        if drive:
            folder = re.sub(r"[\\/].\Z", "", (drive[0] + match[0]).decode())
            if re.split(r"[\\/]", folder)[1].lower() not in _SYSTEM_FOLDERS:
                yield folder


def find_names(data: bytes) -> Iterator[str]:
    r"""Yield the strings that are spelt as registered names are.

    >>> list(find_names(b"\0demo.add\0demo.sub.mul\0a.cc\0in a demo.text\0\x01demo.last\0"))
    ['demo.add', 'demo.sub.mul', 'demo.last']
    """
    for found in islice(_NAME_END.finditer(data), _PLACES_MOST):
        end = found.end() - 1
        match = _EMAN.match(data[max(end - _NAME_LONGEST, 0) : end][::-1])
        if match:
            name = match[0][::-1].decode()
            if not name.endswith(_FILE_SUFFIXES):
                yield name
