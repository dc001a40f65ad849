"""The child process: load libraries and write down what they register. Standard library only.

It speaks the TVM-FFI C ABI through ctypes and does not import the Python package `tvm_ffi`, which
would cost a tenth of a second (more than one with PyTorch). What that package loads is loaded here
too, so that a name registered twice ends this process as it would end the user's. The structures
are those of `tvm/ffi/c_api.h`; their layout is the same from 0.1.12 to 0.1.15.

Arguments: the runtime library, the file to write the answer to, as JSON the libraries to load with
their C symbols, and as JSON the names of the type attributes to read.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
from ctypes import (
    POINTER,
    Structure,
    Union,
    byref,
    c_char,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path

_NONE, _INT, _BOOL, _FLOAT, _RAW_STR, _SMALL_STR, _STR = 0, 1, 2, 3, 8, 11, 65
_OBJECT_HEADER = 24
_HAS_DEFAULT, _FROM_FACTORY = 1 << 1, 1 << 5
_ENUM_BASE, _ENUM_STATE = "ffi.Enum", "ffi.EnumState"
_ENUM_COLUMN = "__ffi_enum__"
_LOADING = "[ffiwheel loads] "
_UNBUFFERED = 2


class _Value(Union):
    _fields_ = (
        ("integer", c_int64),
        ("number", c_double),
        ("pointer", c_void_p),
        ("text", c_char * 8),
        ("raw", c_char_p),
    )


class _Any(Structure):
    _fields_ = (("type_index", c_int32), ("small_length", c_uint32), ("value", _Value))


class _Bytes(Structure):
    _fields_ = (("data", c_void_p), ("size", c_size_t))

    def text(self) -> str:
        return ctypes.string_at(self.data, self.size).decode() if self.data else ""


class _FieldInfo(Structure):
    _fields_ = (
        ("name", _Bytes),
        ("doc", _Bytes),
        ("metadata", _Bytes),
        ("flags", c_int64),
        ("size", c_int64),
        ("alignment", c_int64),
        ("offset", c_int64),
        ("getter", c_void_p),
        ("setter", c_void_p),
        ("default", _Any),
        ("static_type_index", c_int32),
    )


class _MethodInfo(Structure):
    _fields_ = (
        ("name", _Bytes),
        ("doc", _Bytes),
        ("metadata", _Bytes),
        ("flags", c_int64),
        ("method", _Any),
    )


class _TypeMetadata(Structure):
    _fields_ = (("doc", _Bytes),)  # more follows, which nobody here reads


class _TypeInfo(Structure):
    pass


class _Column(Structure):
    """The values of one attribute, for the types from `begin_index` on."""

    _fields_ = (("data", POINTER(_Any)), ("size", c_int32), ("begin_index", c_int32))


_TypeInfo._fields_ = (
    ("type_index", c_int32),
    ("type_depth", c_int32),
    ("type_key", _Bytes),
    ("ancestors", POINTER(POINTER(_TypeInfo))),
    ("type_key_hash", c_uint64),
    ("num_fields", c_int32),
    ("num_methods", c_int32),
    ("fields", POINTER(_FieldInfo)),
    ("methods", POINTER(_MethodInfo)),
    ("metadata", POINTER(_TypeMetadata)),
)


class _Runtime:
    """The calls into `libtvm_ffi` that reflection needs."""

    def __init__(self, path: str) -> None:
        self.library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
        for companion in sorted(Path(path).parent.glob("libtvm_ffi_*.so")):
            ctypes.CDLL(str(companion))
        self.library.TVMFFIGetTypeInfo.restype = POINTER(_TypeInfo)
        self.library.TVMFFIGetTypeAttrColumn.restype = POINTER(_Column)
        self.library.TVMFFIFunctionCall.argtypes = (
            c_void_p,
            POINTER(_Any),
            c_int32,
            POINTER(_Any),
        )

    def call(self, name: str, *arguments: _Any) -> _Any:
        """Call the global function `name`."""
        handle = c_void_p()
        self.library.TVMFFIFunctionGetGlobal(byref(_bytes(name)), byref(handle))
        return self.call_handle(handle.value, *arguments)

    def call_handle(self, handle: int | None, *arguments: _Any) -> _Any:
        """Call a function object."""
        packed = (_Any * max(len(arguments), 1))(*arguments)
        result = _Any()
        code = self.library.TVMFFIFunctionCall(handle, packed, len(arguments), byref(result))
        if code != 0:
            raise RuntimeError(f"TVM-FFI call failed with code {code}")
        return result

    def function_names(self) -> list[str]:
        """Return the names of all global functions."""
        listing = self.call("ffi.FunctionListGlobalNamesFunctor").value.pointer
        count = self.call_handle(listing, _integer(-1)).value.integer
        return [_text(self.call_handle(listing, _integer(i))) for i in range(count)]

    def type_keys(self) -> list[str]:
        """Return the keys of all registered types."""
        array = self.call("ffi.GetRegisteredTypeKeys")
        count = self.call("ffi.ArraySize", array).value.integer
        return [_text(self.call("ffi.ArrayGetItem", array, _integer(i))) for i in range(count)]

    def type_info(self, key: str) -> _TypeInfo:
        """Return the record of a registered type."""
        index = c_int32()
        self.library.TVMFFITypeKeyToIndex(byref(_bytes(key)), byref(index))
        info: _TypeInfo = self.library.TVMFFIGetTypeInfo(index).contents
        return info

    def attribute(self, info: _TypeInfo, name: str) -> _Any | None:
        """Return the value of a type's attribute, None where it has none."""
        column = self.library.TVMFFIGetTypeAttrColumn(byref(_bytes(name)))
        if not column:
            return None
        place = info.type_index - column.contents.begin_index
        if not 0 <= place < column.contents.size:
            return None
        value: _Any = column.contents.data[place]
        return value if value.type_index != _NONE else None

    def field(self, value: _Any, key: str, name: str) -> _Any:
        """Return a field of an object, as the type `key` declares it."""
        info = self.type_info(key)
        [field] = [one for one in info.fields[: info.num_fields] if one.name.text() == name]
        result = _Any()
        _GETTER(field.getter)(value.value.pointer + field.offset, byref(result))
        return result


_GETTER = ctypes.CFUNCTYPE(c_int32, c_void_p, POINTER(_Any))


def _bytes(text: str) -> _Bytes:
    data = text.encode()
    return _Bytes(ctypes.cast(c_char_p(data), c_void_p), len(data))


def _integer(value: int) -> _Any:
    return _Any(_INT, 0, _Value(integer=value))


def _raw_string(value: str) -> _Any:
    return _Any(_RAW_STR, 0, _Value(raw=value.encode()))


def _text(value: _Any) -> str:
    """Return the text of a string, whether it is stored in the value or in an object."""
    if value.type_index == _SMALL_STR:
        address = ctypes.addressof(value) + _Any.value.offset
        return ctypes.string_at(address, value.small_length).decode()
    if value.type_index == _STR:
        return _Bytes.from_address(value.value.pointer + _OBJECT_HEADER).text()
    return ""


def _plain(value: _Any) -> tuple[bool, object]:
    """Return whether a value is one that JSON knows, and it."""
    kind = value.type_index
    if kind == _NONE:
        return True, None
    if kind == _INT:
        return True, value.value.integer
    if kind == _BOOL:
        return True, bool(value.value.integer)
    if kind == _FLOAT:
        return True, value.value.number
    return (True, _text(value)) if kind in {_SMALL_STR, _STR} else (False, None)


def _function(runtime: _Runtime, name: str) -> dict[str, object]:
    metadata = runtime.call("ffi.GetGlobalFuncMetadata", _raw_string(name))
    return {"name": name, "metadata": _text(metadata)}


def _symbol(library: ctypes.CDLL, name: str) -> dict[str, object]:
    def text(kind: str) -> str:
        getter = getattr(library, f"__tvm_ffi__{kind}_{name}", None)
        result = _Any()
        if getter is None or getter(None, None, 0, byref(result)) != 0:
            return ""
        return _text(result)

    return {"name": name, "metadata": text("metadata"), "doc": text("doc")}


def _class(runtime: _Runtime, key: str, wanted: list[str]) -> dict[str, object]:
    info = runtime.type_info(key)
    ancestors = [info.ancestors[i].contents.type_key.text() for i in range(info.type_depth)]
    attributes = {name: runtime.attribute(info, name) for name in wanted}
    return {
        "type_key": key,
        "ancestors": ancestors,
        "doc": info.metadata.contents.doc.text() if info.metadata else "",
        "fields": [_field(field) for field in info.fields[: info.num_fields]],
        "methods": [_method(method) for method in info.methods[: info.num_methods]],
        "attributes": {n: _plain(value)[1] for n, value in attributes.items() if value},
        "members": _members(runtime, info) if _ENUM_BASE in ancestors else [],
    }


def _field(field: _FieldInfo) -> dict[str, object]:
    has_default = bool(field.flags & _HAS_DEFAULT)
    is_plain, value = _plain(field.default) if has_default else (False, None)
    return {
        "name": field.name.text(),
        "metadata": field.metadata.text(),
        "doc": field.doc.text(),
        "flags": field.flags,
        "default": [value] if is_plain and not field.flags & _FROM_FACTORY else [],
    }


def _method(method: _MethodInfo) -> dict[str, object]:
    return {
        "name": method.name.text(),
        "metadata": method.metadata.text(),
        "doc": method.doc.text(),
        "flags": method.flags,
    }


def _members(runtime: _Runtime, info: _TypeInfo) -> list[list[object]]:
    """Return name and number of each member of an enum, in the order of registration."""
    state = runtime.attribute(info, _ENUM_COLUMN)
    if state is None:
        return []
    entries = runtime.field(state, _ENUM_STATE, "entries")
    count = runtime.call("ffi.ListSize", entries).value.integer
    items = [runtime.call("ffi.ListGetItem", entries, _integer(i)) for i in range(count)]
    return [
        [
            _text(runtime.field(item, _ENUM_BASE, "_str_index")),
            runtime.field(item, _ENUM_BASE, "_int_index").value.integer,
        ]
        for item in items
    ]


def _print_at_once() -> None:
    """Let C print without a buffer: what lies in one is lost when the process is killed."""
    c = ctypes.CDLL(None)
    for name in ("stdout", "__stdoutp"):  # the latter on macOS
        with contextlib.suppress(ValueError):
            c.setvbuf(c_void_p.in_dll(c, name), None, _UNBUFFERED, c_size_t(0))


def _main(
    runtime_path: str, answer_path: str, requests: list[dict[str, object]], attributes: list[str]
) -> None:
    _print_at_once()
    runtime = _Runtime(runtime_path)
    functions, keys = set(runtime.function_names()), set(runtime.type_keys())
    loaded = []
    for request in requests:
        print(f"{_LOADING}{request['path']}", flush=True)
        library = ctypes.CDLL(str(request["path"]), mode=os.RTLD_NOW)
        symbols = request["symbols"]
        assert isinstance(symbols, list)
        loaded.append({"symbols": [_symbol(library, str(name)) for name in symbols]})
    answer = {
        "libraries": loaded,
        "functions": [
            _function(runtime, n) for n in sorted({*runtime.function_names()} - functions)
        ],
        "classes": [
            _class(runtime, key, attributes) for key in sorted({*runtime.type_keys()} - keys)
        ],
    }
    with open(answer_path, "w", encoding="utf-8") as file:  # noqa: PTH123 - no pathlib: start fast
        file.write(json.dumps(answer))  # `dump` is written in Python, and five times slower
    sys.stdout.flush()
    os._exit(0)  # a library's destructors are none of our business


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4]))
