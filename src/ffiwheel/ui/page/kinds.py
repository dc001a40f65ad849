"""What the parts of a wheel are for: the colors of the map."""

from __future__ import annotations

import enum
import posixpath

from ffiwheel.model.binary import SectionKind


class Kind(enum.Enum):
    """What a part is for, in words for people."""

    CODE = "machine code"
    DEVICE = "CUDA code"
    CONSTANT = "read-only data"
    DATA = "variables"
    LINKING = "for the loader"
    DEBUG = "for debuggers"
    PYTHON = "Python"
    METADATA = "metadata"
    OTHER = "other"
    MIXED = "several"
    """What has parts of its own."""


OF_SECTIONS = {
    SectionKind.CODE: Kind.CODE,
    SectionKind.CONSTANT: Kind.CONSTANT,
    SectionKind.DATA: Kind.DATA,
    SectionKind.DEVICE: Kind.DEVICE,
    SectionKind.LINKING: Kind.LINKING,
    SectionKind.SYMBOLS: Kind.DEBUG,
    SectionKind.DEBUG: Kind.DEBUG,
    SectionKind.OTHER: Kind.OTHER,
}
_OF_FILES = {
    **dict.fromkeys((".py", ".pyi", ".typed", ".pyc", ".pxd", ".pyx"), Kind.PYTHON),
    ".pdb": Kind.DEBUG,
    **dict.fromkeys((".so", ".dylib", ".dll", ".pyd", ".exe", ".a", ".lib"), Kind.CODE),
}


def kind_of_file(path: str) -> Kind:
    """Return what a file is for.

    >>> [kind_of_file(path).name for path in ("a/b.pyi", "a-1.dist-info/RECORD", "a.pdb", "a.bin")]
    ['PYTHON', 'METADATA', 'DEBUG', 'OTHER']
    """
    if ".dist-info/" in path:
        return Kind.METADATA
    if ".dSYM/" in path:
        return Kind.DEBUG
    name = posixpath.basename(path).lower()
    return _OF_FILES.get(posixpath.splitext(name)[1], Kind.CODE if ".so." in name else Kind.OTHER)
