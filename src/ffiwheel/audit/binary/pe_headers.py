"""The headers of a Windows DLL, and reads by the address that its tables use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import pefile

from ffiwheel.audit.binary.image import DamageError, show_name

if TYPE_CHECKING:
    from ffiwheel.audit.binary.image import Image

_READ_MOST: Final = 1 << 20
_NAME_FIRST, _NAME_LONGEST = 512, 1 << 16
_NAMES_LARGEST: Final = 256 << 20
_COFF_SYMBOL: Final = 18
PLUS: Final = 0x20B
"""The magic number of an optional header of 64 bits."""


class PeSection(NamedTuple):
    """A section."""

    name: str
    address: int
    """Where it begins, relative to the base of the image."""
    length: int
    """Bytes in memory."""
    offset: int
    size: int
    """Bytes in the file."""
    flags: int


@dataclass(slots=True)
class Pe:
    """A DLL with its headers."""

    image: Image
    headers: pefile.PE
    sections: tuple[PeSection, ...]
    names_left: int = _NAMES_LARGEST
    """How many bytes of names may still be read; tables may share a name many times over."""

    @property
    def is_64(self) -> bool:
        """Whether addresses have 64 bits."""
        return bool(self.headers.OPTIONAL_HEADER.Magic == PLUS)

    def directory(self, number: int) -> tuple[int, int]:
        """Return address and size of a table; zeros if there is none."""
        found = self.headers.OPTIONAL_HEADER.DATA_DIRECTORY
        if number >= len(found):
            return 0, 0
        return int(found[number].VirtualAddress), int(found[number].Size)

    def place(self, address: int, what: str) -> tuple[int, int]:
        """Return offset in the file of an address, and how many bytes of its section follow.

        Raises:
            DamageError: if no section has it.
        """
        for one in self.sections:
            into = address - one.address
            if 0 <= into < one.size:
                return one.offset + into, one.size - into
        raise DamageError(f"its {what} lies outside of its sections")

    def read(self, address: int, size: int, what: str) -> bytes:
        """Return `size` bytes at an address."""
        offset, left = self.place(address, what)
        if size > left:
            raise DamageError(f"its {what} is larger than the section that holds it")
        return self.image.read(offset, size, what)

    def read_some(self, address: int, size: int, what: str) -> bytes:
        """Return at most `size` bytes at an address, fewer at the end of a section."""
        offset, left = self.place(address, what)
        return self.image.read(offset, min(size, left, self.image.size - offset), what)

    def text(self, address: int, what: str) -> str:
        """Return the string at an address."""
        for size in (_NAME_FIRST, _NAME_LONGEST):
            name, end, _ = self.read_some(address, size, what).partition(b"\0")
            if end:
                self.names_left -= len(name) + 1
                if self.names_left < 0:
                    raise DamageError("its names are longer than the file")
                return show_name(name)
        raise DamageError(f"its {what} has no end")


class _Data:
    """The file as pefile wants it: something like bytes, of which only the headers are read."""

    def __init__(self, image: Image) -> None:
        self._image = image

    def __len__(self) -> int:
        return self._image.size

    def __getitem__(self, key: slice) -> bytes:
        start, stop, _ = key.indices(self._image.size)
        return self._image.read(start, min(max(stop - start, 0), _READ_MOST), "headers")

    def find(self, *arguments: bytes | int) -> int:
        """Search the beginning, where the headers are."""
        pattern, *bounds = arguments
        assert isinstance(pattern, bytes)
        return self[0:_READ_MOST].find(pattern, *(int(one) for one in bounds))


def read_headers(image: Image) -> Pe:
    """Return the headers.

    Raises:
        DamageError: if they cannot be decoded.
    """
    try:
        headers = pefile.PE(data=_Data(image), fast_load=True)
    except pefile.PEFormatError as error:
        raise DamageError(str(error)) from error
    sections = tuple(
        PeSection(
            name=_section_name(image, headers, bytes(one.Name).rstrip(b"\0")),
            address=int(one.VirtualAddress),
            length=int(one.Misc_VirtualSize),
            offset=int(one.PointerToRawData) & ~0x1FF,
            size=int(one.SizeOfRawData),
            flags=int(one.Characteristics),
        )
        for one in headers.sections
    )
    return Pe(image=image, headers=headers, sections=sections)


def _section_name(image: Image, headers: pefile.PE, raw: bytes) -> str:
    """Return a name; one that is longer than eight bytes stands in a table, as `/4` says."""
    if not (raw.startswith(b"/") and raw[1:].isdigit()):
        return show_name(raw)
    header = headers.FILE_HEADER
    table = int(header.PointerToSymbolTable) + int(header.NumberOfSymbols) * _COFF_SYMBOL
    offset = table + int(raw[1:])
    if not header.PointerToSymbolTable or offset >= image.size:
        return show_name(raw)
    name = image.read(offset, min(_NAME_FIRST, image.size - offset), "names of sections")
    return show_name(name.partition(b"\0")[0])
