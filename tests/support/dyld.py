"""What dyld asks of a library before it loads it, as a list of what is wrong.

Written from the checks in Apple's dyld that it applies to libraries for SDK 13 and later, and with
macholib for the structures; nothing of ffiwheel is used.

https://github.com/apple-oss-distributions/dyld/blob/main/mach_o/Image.cpp
"""

from __future__ import annotations

import hashlib
import struct
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from macholib import mach_o
from macholib.MachO import MachO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = {0x0100000C: 0x4000, 0x01000007: 0x1000}
_READ, _WRITE, _RUN = 1, 2, 4
_RIGHTS = {
    "__TEXT": _READ | _RUN,
    "__DATA_CONST": _READ | _WRITE,
    "__DATA": _READ | _WRITE,
    "__LINKEDIT": _READ,
}


class Blob(NamedTuple):
    """A table in `__LINKEDIT`."""

    start: int
    size: int
    name: str
    alignment: int = 8


def read_header(path: Path) -> Any:
    [header] = MachO(str(path)).headers
    return header


def commands(header: Any) -> list[tuple[int, Any, Any]]:
    return [(int(load.cmd), cmd, data) for load, cmd, data in header.commands]


def text_of(data: Any) -> str:
    return bytes(data).rstrip(b"\0").decode()


def find_faults(path: Path) -> Iterator[str]:
    """Yield what dyld would refuse."""
    header, data = read_header(path), path.read_bytes()
    every = commands(header)
    yield from _command_faults(header, data)
    yield from _segment_faults(header, data)
    linkedit = next(c for n, c, _ in every if _segment_name(n, c) == "__LINKEDIT")
    yield from _blob_faults(linkedit, blobs(every))
    if linkedit.fileoff + linkedit.filesize != len(data):
        yield "the file does not end with __LINKEDIT"


def _command_faults(header: Any, data: bytes) -> Iterator[str]:
    at, end = 32, 32 + header.header.sizeofcmds
    numbers = []
    while at < end:
        number, size = struct.unpack_from("<II", data, at)
        numbers.append(number)
        if size % 8 or size < 8:
            yield f"load command {number:#x} has {size} bytes"
        at += size
    if at != end or len(numbers) != header.header.ncmds:
        yield "the load commands do not fill their room"
    for number in (mach_o.LC_UUID, mach_o.LC_ID_DYLIB, mach_o.LC_BUILD_VERSION):
        if numbers.count(number) != 1:
            yield f"{numbers.count(number)} load commands {number:#x}"
    for kind in (mach_o.LC_RPATH, mach_o.LC_LOAD_DYLIB):
        named = [text_of(text) for number, _, text in commands(header) if number == kind]
        if len(named) != len(set(named)) or not named:
            yield f"load commands {kind:#x} name {named}"


def _segment_faults(header: Any, data: bytes) -> Iterator[str]:
    every = commands(header)
    found = [(one, parts) for number, one, parts in every if number == mach_o.LC_SEGMENT_64]
    names = [_segment_name(mach_o.LC_SEGMENT_64, one) for one, _ in found]
    if names[0] != "__TEXT" or names[-1] != "__LINKEDIT":
        yield f"segments are {names}"
    for name, (one, sections) in zip(names, found, strict=True):
        for fault, is_there in _one_segment(one, sections, header, len(data)).items():
            if is_there:
                yield f"{name} {fault}"
    for (one, _), (following, _) in pairwise(found):
        if one.vmaddr + one.vmsize > following.vmaddr:
            yield "segments overlap in memory"
        if one.fileoff + one.filesize > following.fileoff:
            yield "segments overlap in the file"


def _one_segment(one: Any, sections: Any, header: Any, size: int) -> dict[str, bool]:
    """Return what may be wrong with a segment, and whether it is."""
    page = PAGES[header.header.cputype]
    end = one.vmaddr + one.vmsize
    return {
        "does not begin with a page": bool(one.vmaddr % page or one.fileoff % page),
        "is larger in the file": one.filesize > one.vmsize or one.fileoff + one.filesize > size,
        "has other rights": {one.initprot, one.maxprot} != {_RIGHTS[text_of(one.segname)]},
        "does not hold its sections": any(
            not one.vmaddr <= part.addr <= part.addr + part.size <= end for part in sections
        ),
    }


def _segment_name(number: int, command: Any) -> str:
    return text_of(command.segname) if number == mach_o.LC_SEGMENT_64 else ""


def blobs(every: list[tuple[int, Any, Any]]) -> list[Blob]:
    """Return the tables in the order that dyld asks for."""
    one = {number: command for number, command, _ in every}
    info, plain, dynamic = (
        one[number] for number in (mach_o.LC_DYLD_INFO_ONLY, mach_o.LC_SYMTAB, mach_o.LC_DYSYMTAB)
    )
    found = [
        Blob(getattr(info, f"{name}_off"), getattr(info, f"{name}_size"), name)
        for name in ("rebase", "bind", "weak_bind", "lazy_bind", "export")
    ]
    found += [
        Blob(one[number].dataoff, one[number].datasize, hex(number))
        for number in (mach_o.LC_FUNCTION_STARTS, mach_o.LC_DATA_IN_CODE)
        if number in one
    ]
    signature = one[mach_o.LC_CODE_SIGNATURE]
    found += [
        Blob(plain.symoff, plain.nsyms * 16, "symbols"),
        Blob(dynamic.indirectsymoff, dynamic.nindirectsyms * 4, "indirect", 4),
        Blob(plain.stroff, plain.strsize, "strings", 1),
        Blob(signature.dataoff, signature.datasize, "signature", 16),
    ]
    return [blob for blob in found if blob.size]


def _blob_faults(linkedit: Any, found: list[Blob]) -> Iterator[str]:
    start, end = linkedit.fileoff, linkedit.fileoff + linkedit.filesize
    for one in found:
        if one.start % one.alignment:
            yield f"{one.name} is not aligned"
        if not start <= one.start <= one.start + one.size <= end:
            yield f"{one.name} lies outside of __LINKEDIT"
    for one, following in pairwise(found):
        if one.start + one.size > following.start:
            yield f"{one.name} is not before {following.name}"


class Signature(NamedTuple):
    """What a code directory says."""

    flags: int
    identifier: str
    is_true: bool
    """Whether the hash of every page is right."""


def read_signature(path: Path) -> Signature:
    """Return the first code directory of a signature."""
    data = path.read_bytes()
    command = next(c for n, c, _ in commands(read_header(path)) if n == mach_o.LC_CODE_SIGNATURE)
    blob = data[command.dataoff :][: command.datasize]
    magic, length, count = struct.unpack_from(">III", blob)
    assert (magic, length) == (0xFADE0CC0, len(blob))
    starts = dict(struct.iter_unpack(">II", blob[12 : 12 + 8 * count]))
    directory = blob[starts[0] :]
    magic, _, _, flags, hashes, name, _, pages, limit = struct.unpack_from(">9I", directory)
    width, kind, _, shift = directory[36:40]
    assert (magic, width, kind, limit) == (0xFADE0C02, 32, 2, command.dataoff)
    step = 1 << shift
    wanted = [
        hashlib.sha256(data[at : min(at + step, limit)]).digest() for at in range(0, limit, step)
    ]
    held = [directory[hashes + 32 * index :][:32] for index in range(pages)]
    identifier = directory[name:].partition(b"\0")[0].decode()
    return Signature(flags, identifier, held == wanted)


def is_local_name(name: str) -> bool:
    """Tell whether a name in a load command means the same on every Mac."""
    return (
        name.startswith(("@rpath/", "@loader_path/", "/usr/lib/"))
        and ".." not in (PurePosixPath(name).parts[:1])
    )
