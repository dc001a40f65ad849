"""Annotations that the project states itself, in `[tool.ffiwheel.bindings.types]`.

    "add.x" = "int"                       a parameter
    "add.return" = "float"                what a function gives
    "Point.x" = "float"                   a field
    "Point.scale.factor" = "float"        a parameter of a method
    "Point.__init__.x" = "SupportsFloat"  a parameter of a constructor

Functions, classes and methods have their registered names without the prefix; parameters and fields
their Python names. Names in an annotation are those of `builtins`, `typing` and `collections.abc`,
`SupportsDLPack`, the package's own classes, and others with their module:
`numpy.typing.NDArray[Any]`.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import difflib
import typing
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import ARRAY_PROTOCOL
from ffiwheel.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ffiwheel.bind.parameters import BoundSignature

_TABLE = "tool.ffiwheel.bindings"
_YOUNGER = frozenset(
    {
        "Buffer",
        "Concatenate",
        "LiteralString",
        "Never",
        "ReadOnly",
        "Required",
        "NotRequired",
        "Self",
        "TypeGuard",
        "TypeIs",
        "Unpack",
    }
)
"""What Python 3.9 has in `typing_extensions` only, which TVM-FFI brings."""


class Overrides:
    """The project's annotations, by what they are about, and which of them were of use."""

    def __init__(self, table: Mapping[str, str], prefix: str, classes: Mapping[str, str]) -> None:
        """Read the table.

        Args:
            table: spot -> annotation.
            prefix: the namespace in the registry.
            classes: type key -> the full name of the Python class.
        """
        self._prefix = prefix
        self._problems: list[Problem] = []
        self._offered: set[str] = set()
        self._table = table
        self._by_owner: dict[str, dict[str, str]] = {}
        own = {key.removeprefix(f"{prefix}."): name for key, name in classes.items()}
        for spot, text in table.items():
            owner, _, leaf = spot.rpartition(".")
            self._by_owner.setdefault(owner, {})[leaf] = self._read(spot, text, own)

    def of(self, name: str, *, is_symbol: bool = False) -> Mapping[str, str]:
        """Return the annotations for parts of what is registered as `name`."""
        return self._by_owner.get(name if is_symbol else self._short(name), {})

    def offer(self, name: str, signature: BoundSignature) -> None:
        """Say that a function has parameters and a result."""
        if self._table:
            parts = ["return", *(one.name for one in signature.parameters or ())]
            self._offered.update(f"{self._short(name)}.{part}" for part in parts)

    def offer_field(self, key: str, name: str) -> None:
        """Say that a class has a field."""
        self._offered.add(f"{self._short(key)}.{name}")

    def check(self) -> None:
        """Make sure that everything in the table is about something.

        Raises:
            ProjectError: with each line that is not, or that is no annotation.
        """
        for spot in self._table:
            if spot not in self._offered:
                close = difflib.get_close_matches(spot, sorted(self._offered), n=1)
                hint = f"did you mean `{close[0]}`?" if close else _describe_spots()
                problem = Problem(
                    "there is no such parameter or field", _place("types", spot), hint
                )
                self._problems.append(problem)
        if self._problems:
            raise ProjectError.of(self._problems)

    def _short(self, name: str) -> str:
        return name.removeprefix(f"{self._prefix}.")

    def _read(self, spot: str, text: str, own: Mapping[str, str]) -> str:
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):
            self._problems.append(
                Problem(f"`{text}` is no annotation", _place("types", spot), "write a Python type")
            )
            return "typing.Any"
        full = _FullNames(own)
        result = ast.unparse(full.visit(tree))
        for name in full.unknown:
            hint = f"write it with its module: `package.{name}`"
            self._problems.append(Problem(f"`{name}` is unknown", _place("types", spot), hint))
        return result.replace("'", '"') if '"' not in result else result


def check_classes(table: Mapping[str, str], mentioned: Collection[str]) -> None:
    """Make sure that `[tool.ffiwheel.bindings.classes]` is about classes that something mentions.

    Args:
        table: type key -> dotted name.
        mentioned: every type key that the library uses and does not register.

    Raises:
        ProjectError: with each line that is not, or that names no class.
    """
    problems = []
    for key, name in table.items():
        where = _place("classes", key)
        if key not in mentioned:
            close = difflib.get_close_matches(key, sorted(mentioned), n=1)
            hint = f"did you mean `{close[0]}`?" if close else "leave the line out"
            problems.append(Problem(f"nothing here is of the type `{key}`", where, hint))
        if "." not in name or not all(part.isidentifier() for part in name.split(".")):
            hint = 'write it with its module: `"package.Class"`'
            problems.append(Problem(f"`{name}` is no class of a module", where, hint))
    if problems:
        raise ProjectError.of(problems)


class _FullNames(ast.NodeTransformer):
    """Gives names the modules they come from."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = own
        self.unknown: list[str] = []

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Take a dotted name as a whole."""
        name = ast.unparse(node)
        module, _, last = name.rpartition(".")
        if last in _YOUNGER and module in {"typing", "collections.abc"}:
            return ast.Name(id=f"typing_extensions.{last}")
        return ast.Name(id=self._own.get(name, name))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Find a plain name among what everybody knows."""
        if node.id in self._own:
            return ast.Name(id=self._own[node.id])
        if node.id == ARRAY_PROTOCOL:
            return node
        if node.id in _YOUNGER:
            return ast.Name(id=f"typing_extensions.{node.id}")
        for module in (builtins, collections.abc, typing):
            if node.id in getattr(module, "__all__", dir(module)):
                return ast.Name(id=f"{module.__name__}.{node.id}")
        self.unknown.append(node.id)
        return node


def _describe_spots() -> str:
    return 'write `"function.parameter"`, `"function.return"` or `"Class.field"`'


def _place(table: str, key: str) -> str:
    return f'{_TABLE}.{table}."{key}" in pyproject.toml'
