"""An API in which everything is called like something that Python or a stub already has."""

from __future__ import annotations

import builtins
import keyword

from ffiwheel.model.api import (
    Api,
    Class,
    Constant,
    Constructor,
    Field,
    Function,
    Library,
    Member,
    Method,
    Parameter,
    Signature,
)
from ffiwheel.model.types import AnyType, FunctionType, Type

WORDS = sorted(
    {*dir(builtins), *keyword.kwlist, *keyword.softkwlist}
    | {"Any", "Sequence", "Mapping", "Callable", "Protocol", "ClassVar", "NoReturn", "TypeAlias"}
    | {"overload", "tvm_ffi", "ctypes", "typing", "annotations", "SupportsDLPack", "self", "cls"}
    | {"_methods", "_told", "_FOLDER", "_LIBRARY", "mro", "same_as", "value", "name", "key", "args"}
    | {"kwargs", "never", "other", "_0", "__x", "__init__", "__len__", "__slots__", "a-b", "1a", ""}
    | {"__all__", "__path__", "__ffi_init__", "é", "ﬁ", "x²", "class_", "class__"}
)
_INT, _STR = Type("int"), Type("ffi.String")
_KINDS: tuple[AnyType, ...] = (
    _INT,
    _STR,
    Type("ffi.Array", (_STR,)),
    Type("ffi.Map", (_STR, _INT)),
    Type("ffi.Tensor"),
    Type("Optional", (Type("Any"),)),
    Type("Tuple", (_INT, _STR)),
    Type("void*"),
    Type("pkg.int"),
    Type("pkg.classes.str"),
    Type("Expected", (_INT, Type("ffi.Error"))),
    FunctionType((_STR,), Type("ffi.Array", (_INT,))),
    FunctionType(),
)
_WAY = Signature(
    parameters=tuple(Parameter(name=f"p{i}", type=kind) for i, kind in enumerate(_KINDS)),
    result=Type("pkg.int"),
)


def awkward_api() -> Api:
    """Return the API."""
    words = [word for word in WORDS if word]
    named = Signature(parameters=tuple(Parameter(name=word, type=_INT) for word in WORDS))
    fields = tuple(
        Field(name=word, type=_KINDS[i % len(_KINDS)], is_writable=bool(i % 2), doc=word)
        for i, word in enumerate(words)
        if not word.startswith("__")  # TVM-FFI itself cannot have such fields
    )
    methods = tuple(Method(name=word, signatures=(_WAY,), doc=word) for word in words)
    made = Constructor(signatures=(named,))
    return Api(
        libraries=(Library(path="pkg/libpkg.so", symbols=(Function(name="symbol"),)),),
        functions=(
            *(Function(name=f"pkg.functions.{word}", signatures=(_WAY,)) for word in words),
            Function(name="pkg.parameters", signatures=(named,)),
            *(Function(name=f"pkg.deep.{word}.{word}") for word in words[::5]),
        ),
        classes=(
            Class(type_key="pkg.int", constructor=made),
            *(Class(type_key=f"pkg.classes.{word}", fields=(fields[0],)) for word in words),
            Class(type_key="pkg.fields.Fields", fields=fields),
            Class(type_key="pkg.methods.Methods", methods=methods),
            Class(type_key="pkg.methods.Derived", parent="pkg.fields.Fields", methods=methods),
            Class(type_key="pkg.methods.More", parent="pkg.methods.Methods", fields=fields),
            Class(
                type_key="pkg.constants.C",
                constants=tuple(Constant(name=word, value=1) for word in words),
            ),
            Class(
                type_key="pkg.members.E",
                kind="int-enum",
                parent="ffi.IntEnum",
                members=tuple(Member(name=word, value=i) for i, word in enumerate(words)),
            ),
        ),
    )
