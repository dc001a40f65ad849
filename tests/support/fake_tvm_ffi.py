"""Stands in for `tvm_ffi` where a test is about names and not about a library.

Every function gives the number of its arguments, and every class has a field of every name.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from awkward import WORDS


class Object:
    """Base of all classes."""

    def same_as(self, other: object) -> bool:
        """Tell whether both are the same."""
        return self is other

    def __init_handle_by_constructor__(self, function: Any, *given: Any) -> None:
        """Note with how many arguments the object was made."""
        assert function(*given) == len(given)


class IntEnum(Object):
    """Base of enums."""

    def __init_subclass__(cls, type_key: str) -> None:
        """Take the key."""

    @staticmethod
    def get(index: str) -> str:
        """Return a member."""
        return f"member {index}"


def count(*given: Any) -> int:
    """Return how many arguments there are."""
    return len(given)


def register_object(type_key: str) -> Any:
    """Give a class a field of each name that its body has none of."""

    def register(cls: type) -> type:
        cls.__tvm_ffi_type_info__ = types.SimpleNamespace(methods=[], type_index=0)  # type: ignore[attr-defined]  # as the runtime does
        for word in WORDS:
            if word and word not in cls.__dict__ and not word.startswith("__"):
                setattr(cls, word, property(lambda _: type_key))
        return cls

    return register


def install() -> None:
    """Make `import tvm_ffi` find this."""
    fake: Any = types.ModuleType("tvm_ffi")
    fake.Object, fake.register_object, fake.__path__ = Object, register_object, []
    fake.get_global_func = lambda _, allow_missing=False: None if allow_missing else count
    fake.load_module = lambda _: types.SimpleNamespace(get_function=lambda _: count)
    fake.convert = lambda function: function
    fake.core = types.ModuleType("tvm_ffi.core")
    fake.core._lookup_type_attr = lambda *_: count  # noqa: SLF001 - as the runtime has it
    fake.core.Error = type("Error", (Object,), {})
    fake.dataclasses = types.ModuleType("tvm_ffi.dataclasses")
    fake.dataclasses.IntEnum = IntEnum
    for name in ("", ".core", ".dataclasses"):
        found = fake if not name else getattr(fake, name[1:])
        sys.modules[f"tvm_ffi{name}"] = found
