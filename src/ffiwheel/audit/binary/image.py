"""Bounded reads of a file that may lie about itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK, _OVERLAP = 1 << 20, 1 << 12
SYMBOLS_MOST = 2_000_000
"""More symbols than this are damage: libtorch_cuda, the largest seen, has a fifth of them."""
_NAMES_MOST = 256 << 20


class DamageError(ValueError):
    """A file that is not what it says; the text is the end of a sentence about the file."""


@dataclass(frozen=True, slots=True)
class Image:
    """A file, or a part of one, that is read by offset and never as a whole."""

    file: BinaryIO
    """Has to seek cheaply: a file on the disk or in memory, not a member of an archive."""
    size: int
    start: int = 0
    """Where in the file the image begins."""

    @classmethod
    def of(cls, file: BinaryIO) -> Image:
        """Return the image of a whole file."""
        return cls(file, file.seek(0, os.SEEK_END))

    def part(self, offset: int, size: int, what: str) -> Image:
        """Return the image of a part, such as one architecture of a fat file.

        Raises:
            DamageError: if the part is not wholly inside.
        """
        self._check(offset, size, what)
        return Image(self.file, size, self.start + offset)

    def read(self, offset: int, size: int, what: str) -> bytes:
        """Return `size` bytes at `offset`.

        Raises:
            DamageError: if there are fewer.
        """
        self._check(offset, size, what)
        self.file.seek(self.start + offset)
        data = self.file.read(size)
        if len(data) != size:
            raise DamageError(f"its {what} cannot be read whole")
        return data

    def chunks(self, offset: int, size: int, what: str) -> Iterator[bytes]:
        """Yield a range in pieces; each but the first begins with the last 4 KiB before it."""
        self._check(offset, size, what)
        end = offset + size
        while True:
            stop = min(offset + _CHUNK, end)
            yield self.read(offset, stop - offset, what)
            if stop == end:
                return
            offset = stop - _OVERLAP

    def _check(self, offset: int, size: int, what: str) -> None:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise DamageError(f"its {what} ends behind the end of the file")


class Names:
    """A table of strings that end with NUL, read with a budget.

    Tables may share the ends of names, so that a small damaged table could spell gigabytes.
    """

    def __init__(self, table: bytes, *, prefix: str = "") -> None:
        """Take the table, and what every name begins with and is dropped (Mach-O: `_`)."""
        self._table = table
        self._prefix = prefix.encode()
        self._left = min(_NAMES_MOST, 4 * len(table) + 1024)

    def __getitem__(self, offset: int) -> str:
        """Return the name at `offset`.

        Raises:
            DamageError: if it is not in the table, or all names together are too long.
        """
        end = self._table.find(b"\0", offset)
        if not 0 <= offset <= end:
            raise DamageError("a name lies outside of its table of names")
        self._left -= end - offset
        if self._left < 0:
            raise DamageError("its names are longer than the table that holds them")
        return show_name(self._table[offset:end].removeprefix(self._prefix))


def show_name(raw: bytes) -> str:
    """Return a name as text; bytes that are not UTF-8 are escaped."""
    return raw.decode("utf-8", "backslashreplace")
