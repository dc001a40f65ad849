"""Read a `_ffi_api.py` that is the project's own, such as one that `tvm-ffi-stubgen` keeps.

A stub beside a module hides all of it from type checkers. So it is known what the module consists
of, or it is not, and then why: only what the generator writes is understood.
https://tvm.apache.org/ffi/packaging/stubgen.html
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INIT = ("tvm_ffi.init_ffi_api", "tvm_ffi.registry.init_ffi_api")
_REGISTER = ("tvm_ffi.register_object", "tvm_ffi.registry.register_object")
_LOAD = ("tvm_ffi.libinfo.load_lib_module", "tvm_ffi.load_module", "tvm_ffi.module.load_module")
_CHECKING = "typing.TYPE_CHECKING"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClass:
    """A class of the module, and what it says that its objects have."""

    key: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModule:
    """What a module consists of."""

    namespaces: frozenset[str]
    """Those whose functions it takes in, all of them."""
    libraries: tuple[str, ...]
    """The names of loaded libraries."""
    functions: frozenset[str]
    """The functions that it shows to type checkers."""
    classes: Mapping[str, OwnClass]
    exports: frozenset[str]
    """What `__all__` lists."""
    unknown: str = ""
    """What in it is not understood, in a few words; empty if all is."""


def read_module(text: str, package: str) -> OwnModule:
    """Return what a module consists of; what it imports from its package is bound there."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return OwnModule(
            namespaces=frozenset(),
            libraries=(),
            functions=frozenset(),
            classes={},
            exports=frozenset(),
            unknown="it does not parse",
        )
    reader = _Reader(package.partition(".")[0])
    for node in body:
        reader.read(node)
    return OwnModule(
        namespaces=frozenset(reader.namespaces),
        libraries=tuple(reader.libraries),
        functions=frozenset(reader.functions),
        classes=reader.classes,
        exports=frozenset(reader.exports),
        unknown=reader.unknown,
    )


class _Reader:
    """Goes through a module, and remembers the first thing that it does not know."""

    def __init__(self, package: str) -> None:
        self._package = package
        self.namespaces: list[str] = []
        self.libraries: list[str] = []
        self.functions: list[str] = []
        self.classes: dict[str, OwnClass] = {}
        self.exports: list[str] = []
        self.unknown = ""
        self._imported: dict[str, str] = {}

    def read(self, node: ast.stmt, *, is_typing: bool = False) -> None:
        """Take in one statement of the module."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._read_import(node, is_typing=is_typing)
        elif isinstance(node, ast.If) and self._full_name(node.test) == _CHECKING:
            for each in (*node.body, *node.orelse):
                self.read(each, is_typing=True)
        elif isinstance(node, ast.FunctionDef) and is_typing:
            self.functions.append(node.name)
        elif isinstance(node, ast.ClassDef) and not is_typing:
            self._read_class(node)
        elif isinstance(node, ast.Assign):
            self._read_assignment(node)
        elif isinstance(node, ast.Expr):
            self._read_expression(node.value, node.lineno)
        else:
            name = getattr(node, "name", "")
            self._refuse(f"`{name}` is written by hand" if name else _line(node.lineno))

    def _refuse(self, reason: str) -> None:
        self.unknown = self.unknown or reason

    def _read_import(self, node: ast.Import | ast.ImportFrom, *, is_typing: bool) -> None:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        for alias in node.names:
            full = f"{module}.{alias.name}" if module else alias.name
            first = full.partition(".")[0]
            is_known = first == "tvm_ffi" or first in sys.stdlib_module_names
            is_known |= first == self._package and (alias.asname or "").startswith("_")
            if not is_typing and (level or alias.name == "*" or not is_known):
                self._refuse(f"it imports `{'.' * level}{full}`")
            self._imported[alias.asname or (alias.name if module else first)] = (
                full if module or alias.asname else first
            )

    def _full_name(self, node: ast.expr) -> str:
        """Return what a dotted name stands for, with the module that it is from."""
        first, dot, rest = ast.unparse(node).partition(".")
        return f"{self._imported.get(first, '')}{dot}{rest}"

    def _read_expression(self, node: ast.expr, line: int) -> None:
        if isinstance(node, ast.Constant):
            return
        if isinstance(node, ast.Call) and self._full_name(node.func) in _INIT:
            match node.args:
                case [ast.Constant(value=str(namespace)), ast.Name(id="__name__")]:
                    self.namespaces.append(namespace)
                    return
        self._refuse(_line(line))

    def _read_assignment(self, node: ast.Assign) -> None:
        [name] = [ast.unparse(one) for one in node.targets] if len(node.targets) == 1 else [""]
        if name == "__all__":
            self._read_exports(node.value)
        elif isinstance(node.value, ast.Call) and self._full_name(node.value.func) in _LOAD:
            self.libraries.append(name)
        elif not name.isidentifier() or not name.startswith("_"):
            self._refuse(f"`{name}` is written by hand" if name else _line(node.lineno))

    def _read_exports(self, node: ast.expr) -> None:
        for one in node.elts if isinstance(node, ast.List | ast.Tuple) else [node]:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                self.exports.append(one.value)
            else:
                self._refuse(_line(node.lineno))

    def _read_class(self, node: ast.ClassDef) -> None:
        key = ""
        match node.decorator_list:
            case [ast.Call(func=function, args=[ast.Constant(value=str(value))])]:
                key = value if self._full_name(function) in _REGISTER else ""
        if not key or node.keywords:
            self._refuse(f"`{node.name}` is written by hand")
        self.classes[node.name] = OwnClass(
            key=key, members=frozenset(self._read_members(node.body, node.name))
        )

    def _read_members(
        self, body: Sequence[ast.stmt], owner: str, *, is_typing: bool = False
    ) -> list[str]:
        found: list[str] = []
        for node in body:
            if isinstance(node, ast.AnnAssign) and node.value is None:
                found.append(ast.unparse(node.target))
            elif isinstance(node, ast.If) and self._full_name(node.test) == _CHECKING:
                found += self._read_members(node.body, owner, is_typing=True)
            elif isinstance(node, ast.FunctionDef) and is_typing:
                found.append(node.name)
            elif not isinstance(node, ast.Pass) and not _is_constant(node):
                name = getattr(node, "name", "")
                hand = f"`{owner}.{name}` is written by hand"
                self._refuse(hand if name else _line(node.lineno))
        return found


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _line(number: int) -> str:
    return f"line {number} is none that `tvm-ffi-stubgen` writes"
