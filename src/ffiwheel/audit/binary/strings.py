"""What the strings of a library tell: build folders, registered names, the headers' version.

Only read-only data is searched, a piece at a time. A search is for fixed bytes first, because that
is ten times as fast as a pattern, and libraries are large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ffiwheel.audit.binary.image import DamageError

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER_MARK = b"ffiwheel:tvm-ffi-headers="
"""What a build of ours puts before the version of the TVM-FFI headers, in read-only data."""

_CUDART_MARK = b"cudaErrorCudartUnloading"
"""An entry in the table of error names of the CUDA runtime."""

_DRIVER_MARKS = (b"libcuda.so.1", b"nvcuda.dll")
"""The driver, which the static CUDA runtime opens by itself."""

_ROOTS = (
    *(b"/home/", b"/root/", b"/Users/", b"/tmp/", b"/var/folders/"),
    *(b"/build/", b"/builds/", b"/work/", b"/workspace/", b"/project/", b"/io/", b"/__w/"),
)
"""Folders in which people and build services keep sources; `/usr`, `/proc`, `/opt` are not."""

_DRIVES = (b":\\", b":/")
_UNIX = re.compile(rb"(?<![\w.$%~+@}>/-])(?:/var|/private)*(/[\w.+@~-]+(?:/[\w.+@~-]+){2,})")
_WINDOWS = re.compile(rb"(?<!\w)([A-Za-z]:[\\/](?:[\w.+@~ -]+[\\/])+)[\w.+@~-]")
_SYSTEM_FOLDERS = ("windows", "program files", "program files (x86)")
_NAME = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_NAME_LAST = re.compile(rb"(?<![\t\n\r -~])" + _NAME.pattern + rb"\Z")
_FILE_SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cu", ".cuh", ".cxx", ".h", ".hh", ".hpp", ".inc", ".py", ".rs"),
    *(".dll", ".dylib", ".exe", ".json", ".pdb", ".so", ".txt"),
)
_VERSION = re.compile(re.escape(HEADER_MARK) + rb"([0-9][\w.+!-]{0,63})")
_FOLDERS_MOST, _NAMES_MOST, _NAME_LONGEST = 64, 20_000, 255


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
            if len(self.folders) < _NAMES_MOST:
                self.folders.update(find_folders(chunk))
            self.has_cudart |= _CUDART_MARK in chunk
            self.has_driver |= any(mark in chunk for mark in _DRIVER_MARKS)
            if not self.header_version and (found := _VERSION.search(chunk)):
                self.header_version = found[1].decode()
            if self.want_names:
                self.names.update(find_names(chunk))
                if len(self.names) > _NAMES_MOST:
                    raise DamageError("it holds more names than any library registers")


def find_folders(data: bytes) -> set[str]:
    r"""Return the folders of the build machine that `data` names.

    A folder counts if a file below it is named, two levels below a root such as `/home`.

    >>> sorted(find_folders(b"\0/home/ada/lib/a.cc\0/tmp/lock\0/usr/lib/x/y.so\0"))
    ['/home/ada/lib']
    >>> find_folders(b"\0D:\\a\\work\\x.cpp\0C:\\Windows\\System32\\a.dll\0")
    {'D:\\a\\work'}
    """
    found = set()
    for root in _ROOTS:
        for path in _paths(data, root):
            folder, _, last = path.rpartition("/")
            if last and "XXX" not in path:
                found.add(folder)
    for mark in _DRIVES:
        for at in _positions(data, mark):
            match = _WINDOWS.match(data, max(at - 1, 0), at + 1024)
            if match:
                folder = match[1].decode()[:-1]
                if re.split(r"[\\/]", folder)[1].lower() not in _SYSTEM_FOLDERS:
                    found.add(folder)
    return found


def find_names(data: bytes) -> set[str]:
    r"""Return the strings that are spelt as registered names are.

    >>> sorted(find_names(b"\0demo.add\0demo.sub.mul\0a.cc\0in a demo.text\0\x01demo.last\0"))
    ['demo.add', 'demo.last', 'demo.sub.mul']
    """
    return {
        name
        for piece in data.split(b"\0")
        if b"." in piece
        and (match := _NAME_LAST.search(piece, max(len(piece) - _NAME_LONGEST, 0)))
        and not (name := match[0].decode()).endswith(_FILE_SUFFIXES)
    }


def _paths(data: bytes, root: bytes) -> Iterable[str]:
    for at in _positions(data, root):
        match = _UNIX.match(data, at, at + 1024)
        if match and match[1].startswith(root):
            yield match[1].decode()


def _positions(data: bytes, mark: bytes) -> Iterable[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)
