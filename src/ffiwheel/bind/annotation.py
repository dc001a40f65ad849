"""From a type of TVM-FFI to a Python annotation.

An annotation is written with full names (`collections.abc.Sequence[builtins.int]`); `Vocabulary`
makes it short. What Python hands in may be wider than what comes out: any `Sequence` is taken for
an `ffi.Array`, and a `tvm_ffi.Array` is given. In the parameters of a callback the sides are
changed. What comes out was tried with the releases from 0.1.12 to 0.1.15:

- tuples and the containers of the C++ library come back as TVM-FFI's own;
- an `Expected<T>` that holds an error comes back as that error, and is not raised.

What has no annotation is `Any`: a stub may say less than the truth, never something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ffiwheel.model.types import AnyType, FunctionType, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY = "typing.Any"
ARRAY_PROTOCOL = "SupportsDLPack"
"""Stands for the protocol that the root module defines."""
_NONE, _INT, _STR, _BYTES = "None", "builtins.int", "builtins.str", "builtins.bytes"
_CALLABLE, _SEQUENCE = "collections.abc.Callable", "collections.abc.Sequence"
_MAPPING = "collections.abc.Mapping"
_ERROR = "tvm_ffi.core.Error"

_SCALARS: dict[str, tuple[str, str]] = {  # word -> what may go in, what comes out
    "Any": (ANY, ANY),
    "None": (_NONE, _NONE),
    "bool": ("builtins.bool", "builtins.bool"),
    "int": (_INT, _INT),
    "float": ("builtins.float", "builtins.float"),
    "void*": ("ctypes.c_void_p | None", "ctypes.c_void_p"),
    "DataType": (f"tvm_ffi.dtype | {_STR}", "tvm_ffi.dtype"),
    "Device": (f"tvm_ffi.Device | {_STR}", "tvm_ffi.Device"),
    "const char*": (_STR, _STR),
    "std::string": (_STR, _STR),
    "ffi.String": (_STR, _STR),
    "ffi.SmallStr": (_STR, _STR),
    "TVMFFIByteArray*": (f"{_BYTES} | builtins.bytearray", _BYTES),
    "ffi.Bytes": (f"{_BYTES} | builtins.bytearray", _BYTES),
    "ffi.SmallBytes": (f"{_BYTES} | builtins.bytearray", _BYTES),
    "ffi.BigInt": (_INT, _INT),
    "ffi.Shape": (f"{_SEQUENCE}[{_INT}]", "tvm_ffi.Shape"),
    "ffi.Tensor": (ARRAY_PROTOCOL, "tvm_ffi.Tensor"),
    "DLTensor*": (ARRAY_PROTOCOL, "tvm_ffi.Tensor"),
    "ffi.Error": (f"builtins.Exception | {_ERROR}", _ERROR),
    "ffi.OpaquePyObject": (ANY, ANY),
    "ffi.Unchanged": (ANY, ANY),
    "UnchangedOr": (ANY, ANY),
}
BUILTIN_CLASSES = {
    "ffi.Object": "tvm_ffi.Object",
    "ffi.Module": "tvm_ffi.Module",
    "ffi.Function": "tvm_ffi.Function",
    "ffi.Enum": "tvm_ffi.dataclasses.Enum",
    "ffi.IntEnum": "tvm_ffi.dataclasses.IntEnum",
    "ffi.StrEnum": "tvm_ffi.dataclasses.StrEnum",
    "ffi.VisitInterrupt": "tvm_ffi.VisitInterrupt",
    "ffi.StructuralKey": "tvm_ffi.StructuralKey",
    "ffi.StructuralVisitor": "tvm_ffi.StructuralVisitor",
    "ffi.StructuralMutator": "tvm_ffi.StructuralMutator",
    "ffi.reflection.AccessPath": "tvm_ffi.access_path.AccessPath",
    "ffi.reflection.AccessStep": "tvm_ffi.access_path.AccessStep",
}
"""Type key -> the class that the package `tvm_ffi` registers for it."""
_SEQUENCES = {
    "ffi.Array": "tvm_ffi.Array",
    "ffi.List": "tvm_ffi.List",
    "std::vector": "tvm_ffi.Array",
    "std::array": "tvm_ffi.Array",
}
_MAPPINGS = {
    "ffi.Map": "tvm_ffi.Map",
    "ffi.Dict": "tvm_ffi.Dict",
    "std::map": "tvm_ffi.Map",
    "std::unordered_map": "tvm_ffi.Map",
}
_OPTIONALS = {"Optional", "std::optional"}
_VARIANTS = {"Variant", "std::variant"}
_TUPLES = {"Tuple", "std::tuple"}
_WORDS = frozenset(
    {*_SCALARS, *_SEQUENCES, *_MAPPINGS, *_OPTIONALS, *_VARIANTS, *_TUPLES}
    | {"Expected", "ObjectRValueRef"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """What annotations are made with."""

    classes: Mapping[str, str] = field(default_factory=lambda: BUILTIN_CLASSES)
    """Type key -> the full name of the Python class."""
    accepts: Mapping[str, AnyType] = field(default_factory=dict)
    """Type key -> what converts to an object of the class."""

    def taken(self, kind: AnyType) -> str:
        """Return the annotation of a value that Python hands in."""
        return self._annotate(kind, is_input=True)

    def given(self, kind: AnyType) -> str:
        """Return the annotation of a value that Python gets."""
        return self._annotate(kind, is_input=False)

    def unknown(self, kind: AnyType) -> Iterator[str]:
        """Yield the names in a type that nothing is known of."""
        if isinstance(kind, FunctionType):
            for one in (*(kind.parameters or ()), kind.result):
                yield from self.unknown(one)
            return
        if kind.name not in _WORDS and kind.name not in self.classes:
            yield kind.name
        for one in kind.arguments:
            yield from self.unknown(one)

    def _annotate(self, kind: AnyType, *, is_input: bool) -> str:
        if isinstance(kind, FunctionType):
            return self._annotate_function(kind, is_input=is_input)
        if kind.name in _SCALARS:
            return _SCALARS[kind.name][0 if is_input else 1]
        if kind.name in self.classes:
            return self._annotate_class(kind.name, is_input=is_input)
        inner = [self._annotate(one, is_input=is_input) for one in kind.arguments]
        if kind.name in _SEQUENCES:
            outer = _SEQUENCE if is_input else _SEQUENCES[kind.name]
            return f"{outer}[{inner[0] if inner else ANY}]"
        if kind.name in _MAPPINGS:
            outer = _MAPPING if is_input else _MAPPINGS[kind.name]
            return f"{outer}[{', '.join(inner) if len(inner) == 2 else f'{ANY}, {ANY}'}]"  # noqa: PLR2004
        return self._annotate_choice(kind, inner, is_input=is_input)

    def _annotate_choice(self, kind: Type, inner: list[str], *, is_input: bool) -> str:
        if kind.name in _TUPLES:
            elements = join_union(self.given(one) for one in kind.arguments)
            array = f"tvm_ffi.Array[{elements}]"
            exact = f"builtins.tuple[{', '.join(inner) or f'{ANY}, ...'}]"
            return join_union([exact, array]) if is_input else array
        if not inner:
            return ANY
        if kind.name in _VARIANTS:
            return join_union(inner)
        extra = {"Optional": "None", "std::optional": "None", "Expected": _ERROR}
        if is_input:
            extra["ObjectRValueRef"] = "tvm_ffi.core.ObjectRValueRef"
        if kind.name in extra:
            return join_union([inner[0], extra[kind.name]])
        return inner[0] if kind.name == "ObjectRValueRef" else ANY

    def _annotate_class(self, key: str, *, is_input: bool) -> str:
        name = self.classes[key]
        if not is_input or key not in self.accepts:
            return name
        wider = self.accepts[key]
        return join_union([name, *([] if key in _names(wider) else [self.taken(wider)])])

    def _annotate_function(self, kind: FunctionType, *, is_input: bool) -> str:
        if kind.parameters is None:
            known = kind.result != Type("Any")
            if is_input or known:
                result = self._annotate(kind.result, is_input=is_input)
                return f"{_CALLABLE}[..., {result}]"
            return "tvm_ffi.Function"
        given = ", ".join(self._annotate(one, is_input=not is_input) for one in kind.parameters)
        return f"{_CALLABLE}[[{given}], {self._annotate(kind.result, is_input=is_input)}]"


def _names(kind: AnyType) -> Iterator[str]:
    """Yield every name in a type."""
    if isinstance(kind, FunctionType):
        for one in (*(kind.parameters or ()), kind.result):
            yield from _names(one)
    else:
        yield kind.name
        for one in kind.arguments:
            yield from _names(one)


def join_union(parts: Iterator[str] | list[str]) -> str:
    """Join alternatives, each once and `None` at the end; `Any` swallows the rest.

    >>> join_union(["builtins.int", "None", "builtins.int | builtins.str"])
    'builtins.int | builtins.str | None'
    >>> join_union([ANY, "None"]), join_union([])
    ('typing.Any', 'typing.Any')
    """
    found = dict.fromkeys(one for part in parts for one in split_union(part))
    if ANY in found or not found:
        return ANY
    return " | ".join([*(one for one in found if one != "None"), *(["None"] * ("None" in found))])


def split_union(text: str) -> list[str]:
    """Return the alternatives of an annotation.

    >>> split_union("a[b | c] | d")
    ['a[b | c]', 'd']
    """
    if " | " not in text:
        return [text]
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "|" and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()]
