"""What tags, sizes and documentation are called for people."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

from markupsafe import Markup

_MANYLINUX = {"manylinux1": "2_5", "manylinux2010": "2_12", "manylinux2014": "2_17"}
_SYSTEMS = {"manylinux": "Linux with glibc", "musllinux": "Linux with musl", "macosx": "macOS"}
_MACHINES = {
    "x86_64": "x86-64",
    "amd64": "x86-64",
    "aarch64": "ARM64",
    "arm64": "ARM64",
    "i686": "32-bit x86",
    "universal2": "ARM64 and x86-64",
}
_LAID_OUT = re.compile(r"\s|[-*+>:|#]|\d+[.)]\s|@|\\|=")
"""How a line begins that has a layout of its own."""


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""Control characters, those that change the direction of what follows, and half characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text."""

    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of documentation."""

    text: str
    is_laid_out: bool = False
    """Whether its line breaks are its author's."""


def describe_systems(platforms: str) -> tuple[str, ...]:
    """Return the systems that a platform tag, or several joined by dots, stands for.

    >>> describe_systems("manylinux2014_x86_64.manylinux_2_17_x86_64")
    ('Linux with glibc 2.17 or later, x86-64',)
    >>> describe_systems("macosx_11_0_arm64"), describe_systems("win_amd64")
    (('macOS 11.0 or later, ARM64',), ('Windows, x86-64',))
    """
    return tuple(dict.fromkeys(_describe_system(one) for one in sorted(platforms.split("."))))


def _describe_system(platform: str) -> str:
    family, _, rest = platform.partition("_")
    if family in _MANYLINUX:
        family, rest = "manylinux", f"{_MANYLINUX[family]}_{rest}"
    machine = _MACHINES.get(rest, rest)
    if found := re.fullmatch(r"(\d+)_(\d+)_(\w+)", rest):
        major, minor, machine = found.groups()
        system = _SYSTEMS.get(family, family)
        return f"{system} {major}.{minor} or later, {_MACHINES.get(machine, machine)}"
    plain = {
        "any": "every system",
        "win32": "Windows, 32-bit x86",
        "win": f"Windows, {machine}",
        "linux": f"Linux like the one it was built on, {machine}",
    }
    return plain.get(family, platform)


def describe_pythons(python: str, abi: str) -> str:
    """Return the Pythons that a Python tag and an ABI tag stand for.

    >>> describe_pythons("py3", "none"), describe_pythons("cp312", "cp312")
    ('every Python 3', 'CPython 3.12')
    >>> describe_pythons("cp39", "abi3"), describe_pythons("cp313", "cp313t")
    ('CPython 3.9 and later', 'CPython 3.13, free-threaded')
    """
    if abi == "none" and "py3" in python.split("."):
        return "every Python 3"
    if found := re.fullmatch(r"cp(\d)(\d+)", python):
        name = f"CPython {found[1]}.{found[2]}"
        if abi == "abi3":
            return f"{name} and later"
        return f"{name}, free-threaded" if abi.endswith("t") else name
    return f"{python}-{abi}"


def split_doc(text: str) -> tuple[Block, ...]:
    r"""Return the paragraphs of a documentation; lines are kept where they seem to be laid out.

    >>> [block.is_laid_out for block in split_doc("Add `a`\nto b.\n\n    >>> 1")]
    [False, True]
    """
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return tuple(_make_block(one) for one in paragraphs if one.strip())


def _make_block(paragraph: str) -> Block:
    lines = paragraph.split("\n")
    is_laid_out = any(_LAID_OUT.match(line) for line in lines)
    joined = "\n".join(lines) if is_laid_out else " ".join(line.strip() for line in lines)
    return Block(joined, is_laid_out)


def split_code(text: str) -> tuple[Piece, ...]:
    """Return a text in pieces: what stands between backticks is code.

    >>> split_code("link with `-z now`")
    (Piece(text='link with ', is_code=False), Piece(text='-z now', is_code=True))
    """
    parts = re.split(r"`+([^`\n]+)`+", text)
    return tuple(Piece(part, index % 2 == 1) for index, part in enumerate(parts) if part)


def show(value: object) -> object:
    r"""Return a text with what nobody would see written out: names can be made to deceive.

    >>> show("a\u202ecod\n"), show(1)
    ('a\\u202ecod\n', 1)
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _INVISIBLE.sub(lambda found: ascii(found[0])[1:-1], value)


def shorten(text: str, most: int = 120) -> str:
    """Return a text without its middle if it is longer than `most`; C++ names can be.

    >>> shorten("abcdefghij", 5)
    'ab…ij'
    """
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def count(number: int, word: str) -> str:
    """Return a number with its word.

    >>> count(1, "library"), count(2, "library"), count(0, "file")
    ('1 library', '2 libraries', '0 files')
    """
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {plural}".replace(",", "\N{NARROW NO-BREAK SPACE}")
