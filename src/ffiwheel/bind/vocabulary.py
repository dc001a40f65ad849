"""How the full names in annotations are written in one module, and what it has to import for that.

`collections.abc.Sequence` is written `Sequence`, unless something registered has that name; then it
is `_Sequence`, and `builtins.int` stays as it is. So nothing a library registers changes what an
annotation means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.bind.names import private_name

if TYPE_CHECKING:
    from collections.abc import Collection

_FULL_NAME = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1|\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+""")
_WHOLE = {"tvm_ffi", "ctypes"}
"""Modules that are imported as a whole."""


class Vocabulary:
    """The names that one module writes, and remembers to import."""

    def __init__(self, module: str, public: Collection[str], members: Collection[str] = ()) -> None:
        """Begin with nothing imported.

        Args:
            module: the full name of the module; its own names need no import.
            public: the names that it defines.
            members: the names that its classes define.
        """
        self.own_aliases: dict[str, str] = {}
        """Names of the module's own that a class hides -> how they are written instead."""
        self._module = module
        self._members = frozenset(members)
        self._avoid = {*public, *members}
        self._spelt: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._modules: dict[str, str] = {}

    def shorten(self, annotation: str) -> str:
        """Return an annotation as it is written in this module."""
        if annotation not in self._texts:
            self._texts[annotation] = _FULL_NAME.sub(
                lambda match: match[0] if match[1] else self.word(match[0]), annotation
            )
        return self._texts[annotation]

    def word(self, name: str) -> str:
        """Return how a full name is written, and remember to import it."""
        if name not in self._spelt:
            self._spelt[name] = self._spell(name)
        return self._spelt[name]

    def own(self, name: str) -> str:
        """Return the full name of what this module defines as `name`."""
        return f"{self._module}.{name}"

    @property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """Module -> what is imported from it, as it is written; empty for the module itself."""
        found: dict[str, tuple[str, ...]] = {}
        for name, alias in sorted(self._modules.items()):
            found[f"{name} as {alias}" if alias != name else name] = ()
        for (module, name), alias in sorted(self._names.items()):
            entry = name if alias == name else f"{name} as {alias}"
            found[module] = (*found.get(module, ()), entry)
        return found

    def _spell(self, name: str) -> str:
        module, _, last = name.rpartition(".")
        if module == self._module:
            if last in self._members:
                self.own_aliases[last] = self._reserve(last)
            return self.own_aliases.get(last, last)
        if module == "builtins":
            return last if last not in self._avoid else f"{self._whole('builtins')}.{last}"
        if module in _WHOLE:
            return f"{self._whole(module)}.{last}"
        self._names[module, last] = self._reserve(last)
        return self._names[module, last]

    def _whole(self, module: str) -> str:
        if module not in self._modules:
            self._modules[module] = self._reserve(module)
        return self._modules[module]

    def _reserve(self, name: str) -> str:
        found = name if name not in self._avoid else private_name(name, self._avoid)
        self._avoid.add(found)
        return found
