"""From TVM-FFI's type schema to a Python annotation for a stub.

The grammar (`{"type": T, "args": [...]}`, from 0.1.15 `{"type": F, "named_args": {...}}`) is read
in both forms. What has no exact annotation is `Any`: a stub may say less than the truth, never
something else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema: TypeAlias = "dict[str, object]"

_SCALARS = {
    "None": "None",
    "bool": "bool",
    "int": "int",
    "float": "float",
    "DataType": "tvm_ffi.dtype",
    "Device": "tvm_ffi.Device",
    "const char*": "str",
    "std::string": "str",
    "ffi.String": "str",
    "ffi.SmallStr": "str",
    "TVMFFIByteArray*": "bytes",
    "ffi.Bytes": "bytes",
    "ffi.SmallBytes": "bytes",
    "ffi.Shape": "tvm_ffi.Shape",
    "ffi.Object": "tvm_ffi.Object",
    "ffi.Module": "tvm_ffi.Module",
    "ffi.BigInt": "int",
}
_TENSORS = {"DLTensor*", "ffi.Tensor"}
_FUNCTIONS = {"ffi.Function", "std::function"}
_SEQUENCES = {"ffi.Array", "ffi.List", "std::vector"}
_MAPPINGS = {"ffi.Map", "ffi.Dict", "std::map", "std::unordered_map"}
_OPTIONALS = {"Optional", "std::optional"}
_VARIANTS = {"Variant", "std::variant"}
_TUPLES = {"Tuple", "std::tuple"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The types of a function, outermost first."""

    parameters: tuple[Schema, ...] | None
    """None where the function takes anything."""
    result: Schema


def read_signature(text: str) -> Signature:
    """Return the signature in a type schema; an empty or strange one takes and gives anything."""
    unknown: Schema = {"type": "Any"}
    anything = Signature(parameters=None, result=unknown)
    try:
        schema = json.loads(text)
    except ValueError:
        return anything
    if not isinstance(schema, dict) or schema.get("type") not in _FUNCTIONS:
        return anything
    named = schema.get("named_args")
    if isinstance(named, dict):
        result = _schemas(named.get("return"))
        parameters = _schemas(named["params"]) if "params" in named else None
        return Signature(parameters=parameters, result=(*result, unknown)[0])
    arguments = _schemas(schema.get("args"))
    return Signature(parameters=arguments[1:], result=arguments[0]) if arguments else anything


def read_type(text: str) -> Schema:
    """Return the schema of a field, `Any` where there is none."""
    try:
        schema = json.loads(text)
    except ValueError:
        return {"type": "Any"}
    return schema if isinstance(schema, dict) else {"type": "Any"}


def annotate(schema: Schema, classes: Mapping[str, str], *, is_input: bool) -> str:
    """Return the annotation of a value.

    Args:
        schema: its type.
        classes: type key -> name of the Python class in the same module.
        is_input: whether Python hands the value in; then what converts is accepted too.
    """
    kind = str(schema.get("type"))
    inner = [annotate(one, classes, is_input=is_input) for one in _schemas(schema.get("args"))]
    if kind in _SCALARS or kind in classes:
        return classes.get(kind) or _SCALARS[kind]
    if kind in _TENSORS:
        return "Any" if is_input else "tvm_ffi.Tensor"
    if kind in _FUNCTIONS:
        return "Callable[..., Any]"
    return _annotate_generic(kind, inner)


def _annotate_generic(kind: str, inner: list[str]) -> str:
    if kind in _SEQUENCES:
        return f"Sequence[{inner[0] if inner else 'Any'}]"
    if kind in _MAPPINGS:
        return f"Mapping[{', '.join(inner if len(inner) == 2 else ['Any', 'Any'])}]"  # noqa: PLR2004
    if kind in _OPTIONALS and inner:
        return _union([*inner, "None"])
    if kind in _VARIANTS and inner:
        return _union(inner)
    if kind in _TUPLES:
        return f"tuple[{', '.join(inner)}]" if inner else "tuple[Any, ...]"
    return "Any"


def _union(parts: list[str]) -> str:
    """Join alternatives, each once; `Any` swallows the rest.

    >>> _union(["int", "int", "None"]), _union(["Any", "None"])
    ('int | None', 'Any')
    """
    return "Any" if "Any" in parts else " | ".join(dict.fromkeys(parts))


def _schemas(value: object) -> tuple[Schema, ...]:
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
