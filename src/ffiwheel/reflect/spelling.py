"""How well a type as C++ spells it agrees with the type that reflection names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ffiwheel.model.types import FunctionType

if TYPE_CHECKING:
    from ffiwheel.model.types import AnyType

_FUNCTION = "ffi.Function"
_QUALIFIERS = re.compile(r"\b(?:const|volatile|struct|class|typename|tvm|ffi|std)\b|::|&|\s")
_FAMILIES: tuple[tuple[set[str], str], ...] = (
    ({"bool"}, r"bool"),
    ({"int"}, r"u?int(?:8|16|32|64|ptr)?(?:_t)?|s?size_t|ptrdiff_t|char"),
    ({"int"}, r"(?:long|short|unsigned|signed)(?:long|short|int|char)*"),
    ({"float"}, r"(?:long)?double|float"),
    ({"ffi.String", "std::string", "const char*"}, r"[Ss]tring(?:_?[Vv]iew)?|char\*"),
    ({"ffi.Bytes", "TVMFFIByteArray*"}, r"Bytes|TVMFFIByteArray\*"),
    ({"DLTensor*", "ffi.Tensor"}, r"DLTensor\*|Tensor(?:View)?"),
    ({"ffi.Array", "ffi.List", "std::vector"}, r"(?:Array|List|vector)<.*"),
    ({"ffi.Map", "ffi.Dict", "std::map", "std::unordered_map"}, r"(?:Map|Dict|\w*map)<.*"),
    ({"Optional", "std::optional"}, r"[Oo]ptional<.*"),
    ({"Variant", "std::variant"}, r"[Vv]ariant<.*"),
    ({"Tuple", "std::tuple"}, r"[Tt]uple<.*"),
    ({_FUNCTION}, r"(?:Typed)?Function(?:<.*)?|function<.*"),
)
"""Names of types in reflection, and how C++ spells what may be behind them."""


@lru_cache(10_000)
def agreement(kind: AnyType, spelt: str) -> int:
    """Return 1 where the two certainly agree, -1 where they certainly do not, else 0.

    >>> from ffiwheel.model.types import Type
    >>> agreement(Type("int"), "int64_t"), agreement(Type("int"), "const std::string&")
    (1, -1)
    >>> agreement(Type("hello.Pair"), "const Pair&"), agreement(Type("int"), "T")
    (0, 0)
    """
    name = _FUNCTION if isinstance(kind, FunctionType) else kind.name
    bare = _QUALIFIERS.sub("", spelt)
    found = [name in names for names, pattern in _FAMILIES if re.fullmatch(pattern, bare)]
    if any(found):
        return 1
    return -1 if found else 0
