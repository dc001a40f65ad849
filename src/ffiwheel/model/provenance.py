"""What a wheel was made of and with, as far as is known; the SBOM tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A program that worked on the wheel, or a package that is in it."""

    name: str
    version: str = ""
    purl: str = ""
    """Its package URL, where it has one."""


@dataclass(frozen=True, slots=True, order=True)
class Graft:
    """A library of another origin that the wheel carries."""

    path: str
    """Its archive path."""
    name: str
    """What it was called before, such as `libgomp.so.1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a wheel was made of and with."""

    tools: tuple[Part, ...] = ()
    """Compilers, the linker, the build backend."""
    headers: tuple[Part, ...] = ()
    """Packages whose headers were compiled into the libraries."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Path from the project's folder -> SHA-256 of each file that was compiled, in hexadecimal."""
    grafts: tuple[Graft, ...] = ()
    packages: tuple[Part, ...] = ()
    """Packages of the system that grafts were taken from."""


UNKNOWN = Provenance()
"""Of a wheel that came from elsewhere."""


def part_of(label: str) -> Part:
    """Return the program that a label like `g++ 12.2` names.

    >>> part_of("nvcc 13.0"), part_of("CMake")
    (Part(name='nvcc', version='13.0', purl=''), Part(name='CMake', version='', purl=''))
    """
    name, _, version = label.partition(" ")
    return Part(name, version)
