"""The files of a project, read as far as they are needed.

Most files of a large project register nothing. Those that do are found by the words that no
registration can do without, `GlobalDef` and the like, and by the macros that hold them. Others are
read when a name is asked for that they seem to declare. So the time goes with what a library
offers, not with what lies in its folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Generic, TypeVar

from ffiwheel.reflect.source.declarations import (
    Alias,
    Class,
    Declarations,
    Function,
    Variable,
    read_declarations,
)
from ffiwheel.reflect.source.macros import find_involved, find_quoting, find_registering
from ffiwheel.reflect.source.preprocess import make_plain, read_macros, runtime_macros
from ffiwheel.reflect.source.syntax import parse
from ffiwheel.reflect.source.text import take_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from ffiwheel.reflect.source.declarations import Scope
    from ffiwheel.reflect.source.macros import Macro
    from ffiwheel.reflect.source.preprocess import Plain
    from ffiwheel.reflect.source.text import Text

_MARKERS = frozenset(
    {b"GlobalDef", b"ObjectDef", b"EnumDef", b"TypeAttrDef", b"TVM_FFI_DLL_EXPORT_TYPED_FUNC"}
)
_WORD = re.compile(rb"[A-Za-z_]\w+")
_BEFORE = re.compile(r"(?:(?P<word>\w+)|[>&*:~,{\]])\s*$")
_AFTER = re.compile(r"\s*(?:final\s*)?[({=:,};\[]")
_NOT_BEFORE_NAMES = frozenset(
    {"return", "else", "throw", "case", "goto", "new", "delete", "co_return"}
)
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+)', re.MULTILINE)
_QUOTING = re.compile(
    rb"^[ \t]*#[ \t]*define[ \t]+\w+\((?:[^\n]|\\\r?\n)*[^#]#[ \t]*\w", re.MULTILINE
)
"""A macro that makes a text of an argument, which may be the name of what is registered."""
_LARGEST = 8_000_000

Named = TypeVar("Named", bound="Function | Class | Variable | Alias")


class Table(Generic[Named]):
    """Declarations, by name and by scope."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._by_name: dict[str, list[Named]] = {}
        self._by_scope: dict[tuple[Scope, str], list[Named]] = {}

    def add(self, found: Iterable[Named]) -> None:
        """Add declarations."""
        for one in found:
            self._by_name.setdefault(one.name, []).append(one)
            self._by_scope.setdefault((one.scope, one.name), []).append(one)

    def named(self, name: str) -> list[Named]:
        """Return all of a name."""
        return self._by_name.get(name, [])

    def inside(self, scope: Scope, name: str) -> list[Named]:
        """Return those of a name in exactly this scope."""
        return self._by_scope.get((scope, name), [])


@dataclass(frozen=True)
class File:
    """A file that was read."""

    plain: Plain
    root: Node
    declarations: Declarations


class Project:
    """The sources of a project, and tables of what the files read so far declare."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Take the files and read those that register something."""
        self.functions = Table[Function]()
        self.classes = Table[Class]()
        self.variables = Table[Variable]()
        self.aliases = Table[Alias]()
        self.aliases_of: dict[tuple[str, str], list[Alias]] = {}
        """By the file and the name; what `using namespace` opens has no name."""
        self.macros: dict[str, Macro] = {}
        self.registering: list[File] = []
        self._data = {path: data for path, data in files if _is_readable(data)}
        self._texts: dict[str, Text] = {}
        self._own_macros: dict[str, dict[str, Macro]] = {}
        self._reached: dict[str, frozenset[str]] = {}
        self._known: set[str] = set()
        self._is_read: set[str] = set()
        self._involved: frozenset[str] = frozenset()
        registering = self._find_registering()
        self._take_quoting(registering)
        for path in registering:
            self.registering.append(self._read(path))

    def learn(self, name: str) -> None:
        """Read the files that seem to declare a name."""
        if name in self._known:
            return
        self._known.add(name)
        for path in self._words.get(name.encode("latin-1", "replace"), ()):
            if path not in self._is_read and seems_to_declare(self._data[path], name):
                self._take_macros(path)
                self._read(path)

    def sees(self, path: str, other: str) -> bool:
        """Tell whether a file is another one, or includes it through whatever others."""
        if path == other:
            return True
        return other in self._reach(path)

    def _find_registering(self) -> list[str]:
        """Return the files that register something, in order; learn their macros."""
        self.macros |= runtime_macros()
        found: dict[str, None] = {}
        words = _MARKERS
        while True:
            new = [path for path in self._data if path not in found and self._has(path, words)]
            for path in new:
                found[path] = None
                self._take_macros(path)
            macros = self.macros.values()
            self._involved = find_involved(macros) | set(runtime_macros())
            names = find_registering(macros) - set(runtime_macros())
            words = frozenset(name.encode("latin-1") for name in names)
            if not new:
                return [path for path in self._data if path in found]

    def _take_quoting(self, registering: Sequence[str]) -> None:
        """Learn the macros that make texts, in the files that those which register include."""
        for path in {other: None for one in registering for other in sorted(self._reach(one))}:
            if path not in self._texts and _QUOTING.search(self._data[path]):
                self._take_macros(path)
        self._involved |= find_quoting(self.macros.values())

    def _has(self, path: str, words: frozenset[bytes]) -> bool:
        return any(word in self._data[path] for word in words)

    def _take_macros(self, path: str) -> None:
        """Take a file apart, and learn its macros."""
        text = self._texts[path] = take_apart(path, self._data[path])
        self._own_macros[path] = read_macros(text)
        for name, macro in self._own_macros[path].items():
            self.macros.setdefault(name, macro)

    def _read(self, path: str) -> File:
        self._is_read.add(path)
        text = self._texts[path]
        own = self._own_macros[path]
        involved = self._involved | find_involved(own.values())
        plain = make_plain(text, {**self.macros, **own, **runtime_macros()}, involved)
        root = parse(plain.code)
        file = File(plain, root, read_declarations(plain, root))
        self.functions.add(file.declarations.functions)
        self.classes.add(file.declarations.classes)
        self.variables.add(file.declarations.variables)
        self.aliases.add(file.declarations.aliases)
        for alias in file.declarations.aliases:
            self.aliases_of.setdefault((path, alias.name), []).append(alias)
        return file

    @cached_property
    def _words(self) -> dict[bytes, list[str]]:
        """The files that are not read at first, by the words in them."""
        words: dict[bytes, list[str]] = {}
        for path, data in self._data.items():
            if path not in self._is_read:
                for word in set(_WORD.findall(data)):
                    words.setdefault(word, []).append(path)
        return words

    def _reach(self, path: str) -> frozenset[str]:
        """Return the files of the project that a file includes, directly or not."""
        if path in self._reached:
            return self._reached[path]
        reached, pending = set(), [path]
        while pending:
            current = pending.pop()
            for name in self._includes(current):
                for other in self._by_name.get(PurePosixPath(name).name, ()):
                    if other not in reached and f"/{other}".endswith("/" + name.lstrip("./")):
                        reached.add(other)
                        pending.append(other)
        self._reached[path] = frozenset(reached)
        return self._reached[path]

    def _includes(self, path: str) -> list[str]:
        return [one.decode("latin-1") for one in _INCLUDE.findall(self._data[path])]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self._data:
            names.setdefault(PurePosixPath(path).name, []).append(path)
        return names


def _is_readable(data: bytes) -> bool:
    """Tell whether something is text, and not too much: a table of millions of numbers."""
    return len(data) <= _LARGEST and b"\0" not in data


def seems_to_declare(data: bytes, name: str) -> bool:
    """Tell whether a file seems to declare a name; rather too often than too seldom.

    >>> seems_to_declare(b"int add(int a);", "add"), seems_to_declare(b"x = add(1);", "add")
    (True, False)
    """
    word = name.encode("latin-1", "replace")
    for match in re.finditer(rb"\b" + re.escape(word) + rb"\b", data):
        before = data[max(match.start() - 80, 0) : match.start()].decode("latin-1")
        after = data[match.end() : match.end() + 20].decode("latin-1")
        sign = _BEFORE.search(before)
        if sign and sign["word"] not in _NOT_BEFORE_NAMES and _AFTER.match(after or ";"):
            return True
        if before.rstrip().endswith("define"):
            return True
    return False
