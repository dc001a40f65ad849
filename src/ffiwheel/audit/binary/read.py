"""Read a shared library of any format; the only door to the readers.

Whatever is wrong with a file becomes one `WheelError`. Our own code says `DamageError`. The parsers
of others raise what their code happens to raise on damaged files, which is named here once.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from ffiwheel.audit.binary.image import DamageError, Image
from ffiwheel.errors import WheelError
from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ffiwheel.model.binary import Binary, Symbol

_LONGEST_MAGIC = 8
_FAT = (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_THIN = (b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf")
_FAT_SLICES_MOST = 32
"""A class file of Java begins like a fat Mach-O file, but has at least 45 in that place."""

_DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error)


def detect_format(head: bytes) -> Format | None:
    r"""Return the format of a file that begins with `head` (8 bytes are enough).

    >>> detect_format(b"\x7fELF\x02\x01\x01\0"), detect_format(b"#!/bin/sh")
    (<Format.ELF: 'ELF'>, None)
    """
    if head.startswith(b"\x7fELF"):
        return Format.ELF
    if head.startswith(_THIN):
        return Format.MACHO
    if head.startswith(_FAT) and len(head) >= _LONGEST_MAGIC:
        [count] = struct.unpack_from(">I", head, 4)
        return Format.MACHO if count <= _FAT_SLICES_MOST else None
    return Format.PE if head.startswith(b"MZ") else None


def read_binary(file: BinaryIO, name: str) -> Binary:
    """Return the facts of a shared library; nothing in it is run.

    Args:
        file: the library; it has to seek cheaply, as a file on the disk or in memory does and a
            member of an archive does not.
        name: what it is called in an error: its path, or its path in the wheel.

    Raises:
        WheelError: if it is of no known format, or is damaged.
    """
    with _explained(name):
        image = Image.of(file)
        read, _ = _readers(_format(image))
        return read(image)


def read_symbols(file: BinaryIO, name: str) -> tuple[Symbol, ...]:
    """Return the functions and variables of a shared library whose size can be told.

    That takes longer than `read_binary`; of Windows DLLs only exported functions are known.

    Raises:
        WheelError: if it is of no known format, or is damaged.
    """
    with _explained(name):
        image = Image.of(file)
        _, read = _readers(_format(image))
        return read(image)


def _readers(
    kind: Format,
) -> tuple[Callable[[Image], Binary], Callable[[Image], tuple[Symbol, ...]]]:
    """Return what reads the facts of a format's files, and what reads their symbols.

    To import one takes 20 to 47 ms, a good part of what an audit lasts.
    """
    if kind is Format.ELF:
        from ffiwheel.audit.binary import elf  # noqa: PLC0415 - who has none, waits not

        return elf.read_elf, elf.read_elf_symbols
    if kind is Format.MACHO:
        from ffiwheel.audit.binary import macho  # noqa: PLC0415 - as above

        return macho.read_macho, macho.read_macho_symbols
    from ffiwheel.audit.binary import pe  # noqa: PLC0415 - as above

    return pe.read_pe, pe.read_pe_symbols


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn what is wrong with a file into the error that people see."""
    try:
        yield
    except DamageError as error:
        raise WheelError(
            f"`{name}` cannot be read: {error}",
            where=name,
            hint="is the file whole? Build or download it again",
        ) from error
    except _DAMAGE as error:
        raise WheelError(
            f"`{name}` is damaged: its headers contradict each other",
            where=name,
            hint="is the file whole? Build or download it again",
        ) from error


def _format(image: Image) -> Format:
    found = detect_format(image.read(0, min(_LONGEST_MAGIC, image.size), "beginning"))
    if not found:
        raise DamageError("it is neither an ELF, a Mach-O nor a PE file")
    return found
