"""Call everything that an API describes, and hold what comes back against its annotations.

    python smoke.py API.json PACKAGE

It prints how many functions, methods and constructors were called. Values are made by type, so no
function is known by name; those that take anything are left out, as are those on a list.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tvm_ffi

from ffiwheel.bind.plan import plan_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api_json import parse_api
from ffiwheel.model.types import AnyType, FunctionType, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ffiwheel.model.api import Api, Class, Signature

LEFT_OUT = {
    "testing_cc.test_raise_error": "always raises",
    "testing_cc.run_check_signal": "sleeps",
    "testing_cc.schema_id_dltensor": "TVM-FFI cannot return a `DLTensor*`",
    "testing_cc.enum_variant_get": "takes the names of members only",
    "everything.text_size": "a `const char*` is never taken from Python",
    "everything.bytes_size": "a `TVMFFIByteArray*` is never taken from Python",
    "everything.same_module": "needs a module",
    "everything.scale": "its mode may be wrong",
}
_SCALARS: dict[str, tuple[Any, type | tuple[type, ...]]] = {
    "None": (None, type(None)),
    "Any": (1, object),
    "bool": (True, bool),
    "int": (3, int),
    "float": (1.5, float),
    "void*": (ctypes.c_void_p(8), ctypes.c_void_p),
    "DataType": ("float32", tvm_ffi.dtype),
    "Device": ("cpu", tvm_ffi.Device),
    "std::string": ("text", str),
    "ffi.String": ("text", str),
    "ffi.Bytes": (b"ab", bytes),
    "ffi.BigInt": (1 << 70, int),
    "ffi.Shape": ((1, 2), tvm_ffi.Shape),
    "ffi.Tensor": (np.zeros(3), tvm_ffi.Tensor),
    "DLTensor*": (np.zeros(3), tvm_ffi.Tensor),
    "ffi.Error": (ValueError("x"), tvm_ffi.core.Error),
    "ffi.Object": (tvm_ffi.Array([1]), tvm_ffi.core.Object),
    "ffi.VisitInterrupt": (None, getattr(tvm_ffi, "VisitInterrupt", object)),
    "ffi.Enum": (None, getattr(tvm_ffi.dataclasses, "Enum", object)),
}
_ARRAYS = {"ffi.Array": "Array", "ffi.List": "List", "std::vector": "Array", "std::array": "Array"}
_MAPS = {"ffi.Map": "Map", "ffi.Dict": "Dict", "std::map": "Map", "std::unordered_map": "Map"}


class _NoObjectError(Exception):
    """Python cannot make an object of the class."""


@dataclass
class Smoke:
    """Calls what an API describes."""

    api: Api
    package: str
    count: int = 0

    def run(self) -> int:
        """Call everything, and return how many calls there were."""
        bindings = plan_bindings(
            self.api, f"{self.package}._ffi_api", self.package, BindingsTable()
        )
        self.classes = {one.type_key: one for one in self.api.classes}
        self.python: dict[str, Any] = {}
        for module in bindings.modules:
            loaded = importlib.import_module(module.home)
            self.python |= {one.key: getattr(loaded, one.name) for one in module.classes}
            self.names = {(f.source, f.library): f.name for f in module.functions}
            functions = {one.name: one for one in (*self.api.functions, *self.api.symbols)}
            for (source, _), name in self.names.items():
                if source not in LEFT_OUT:
                    self.call(source, getattr(loaded, name), functions[source].signatures)
        for module in bindings.modules:
            for bound in module.classes:
                self.use(self.classes[bound.key], {m.source: m.name for m in bound.methods})
        return self.count

    def use(self, one: Class, methods: dict[str, str]) -> None:
        """Make an object of a class, read its fields and call its methods."""
        python = self.python[one.type_key]
        try:
            target = self.make(Type(one.type_key))
        except _NoObjectError:
            target = None
        for field in one.fields if target is not None else ():
            if hasattr(target, field.name):
                self.check(f"{one.type_key}.{field.name}", getattr(target, field.name), field.type)
        for method in one.methods:
            if method.name.startswith("__") or not (method.is_static or target is not None):
                continue
            owner = python if method.is_static else target
            name = f"{one.type_key}.{method.name}"
            self.call(name, getattr(owner, methods[method.name]), method.signatures)

    def call(
        self, name: str, function: Callable[..., object], signatures: tuple[Signature, ...]
    ) -> None:
        """Call a function in each of its ways; a later overload may be hidden by an earlier."""
        results = [one.result for one in signatures]
        for signature in signatures:
            if signature.parameters is None:
                continue
            try:
                given = [self.make(one.type) for one in signature.parameters]
            except _NoObjectError:
                continue
            named = {
                one.name: value
                for one, value in zip(signature.parameters, given, strict=True)
                if one.is_keyword_only
            }
            result = function(*given[: len(given) - len(named)], **named)
            self.count += 1
            if not any(self.fits(result, kind) for kind in results):
                raise SystemExit(f"{name} gave {result!r} of {type(result)}, not {results}")

    def make(self, kind: AnyType) -> Any:  # noqa: PLR0911 - one for each kind of type
        """Return a value that Python may hand in for a type."""
        if isinstance(kind, FunctionType):
            return lambda *_: self.make(kind.result)
        if kind.name in _SCALARS:
            return _SCALARS[kind.name][0]
        inner = [self.make(one) for one in kind.arguments]
        if kind.name in _ARRAYS:
            return (inner or [1]) * (kind.length or 2)
        if kind.name in _MAPS:
            return {inner[0]: inner[1]} if inner else {"a": 1}
        if kind.name in {"Tuple", "std::tuple"}:
            return tuple(inner)
        if inner:
            return inner[0]
        return self.construct(kind.name)

    def construct(self, key: str) -> Any:
        """Return an object of a registered class."""
        one, python = self.classes[key], self.python[key]
        if one.members:
            return next(iter(python))
        if one.constructor is None:
            raise _NoObjectError
        self.count += 1
        parameters = one.constructor.signatures[0].parameters or ()
        given = [self.make(p.type) for p in parameters if not p.is_keyword_only]
        named = {p.name: self.make(p.type) for p in parameters if p.is_keyword_only}
        return python(*given, **named)

    def check(self, name: str, value: object, kind: AnyType) -> None:
        """Make sure that a value is of a type."""
        if not self.fits(value, kind):
            raise SystemExit(f"{name} is {value!r} of {type(value)}, not {kind}")

    def fits(self, value: Any, kind: AnyType) -> bool:
        """Tell whether a value that Python got is of a type."""
        if isinstance(kind, FunctionType):
            return isinstance(value, tvm_ffi.Function)
        if kind.name in _SCALARS:
            is_wrong_bool = kind.name == "int" and isinstance(value, bool)
            return isinstance(value, _SCALARS[kind.name][1]) and not is_wrong_bool
        if kind.name in {"Tuple", "std::tuple"}:
            pairs = zip(value, kind.arguments, strict=True)
            return isinstance(value, tvm_ffi.Array) and all(self.fits(*pair) for pair in pairs)
        if kind.name in _ARRAYS:
            is_array = isinstance(value, getattr(tvm_ffi, _ARRAYS[kind.name]))
            return is_array and all(self.fits(v, k) for v in value for k in kind.arguments)
        if kind.name in _MAPS:
            is_map = isinstance(value, getattr(tvm_ffi, _MAPS[kind.name]))
            return is_map and all(
                self.fits(part, one)
                for pair in value.items()
                for part, one in zip(pair, kind.arguments, strict=False)
            )
        return any(self.choices(value, kind))

    def choices(self, value: object, kind: Type) -> Iterator[bool]:
        """Yield whether a value is of each alternative of a type."""
        if kind.name in {"Optional", "std::optional"}:
            yield value is None
        yield from (self.fits(value, one) for one in kind.arguments)
        if kind.name in self.python:
            yield isinstance(value, self.python[kind.name])


if __name__ == "__main__":
    path = Path(sys.argv[1])
    print(Smoke(parse_api(path.read_text(), str(path)), sys.argv[2]).run())  # noqa: T201 - its answer
