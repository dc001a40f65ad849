"""The child process: load libraries and write down what they register. Standard library only.

It speaks the TVM-FFI C ABI through ctypes and does not import the Python package `tvm_ffi`, which
would cost a tenth of a second (more than one with PyTorch). What that package loads is loaded here
too, so that a name registered twice ends this process as it would end the user's. The structures
are those of `tvm/ffi/c_api.h`; their layout is the same from 0.1.12 to 0.1.15.

Arguments: the runtime library, the file to write the answer to, then each library to load.
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
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path

_INT, _RAW_STR, _SMALL_STR, _STR, _FUNCTION, _ARRAY = 1, 8, 11, 65, 68, 71
_OBJECT_HEADER = 24
_WRITABLE, _STATIC_METHOD = 1 << 0, 1 << 2


class _Value(Union):
    _fields_ = (
        ("integer", c_int64),
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
        self.library.TVMFFIFunctionCall.argtypes = (
            c_void_p,
            POINTER(_Any),
            c_int32,
            POINTER(_Any),
        )

    def call(self, name: str, *arguments: _Any) -> _Any:
        """Call the global function `name`."""
        handle = c_void_p()
        data = name.encode()
        key = _Bytes(ctypes.cast(c_char_p(data), c_void_p), len(data))
        self.library.TVMFFIFunctionGetGlobal(byref(key), byref(handle))
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
        data = key.encode()
        name = _Bytes(ctypes.cast(c_char_p(data), c_void_p), len(data))
        index = c_int32()
        self.library.TVMFFITypeKeyToIndex(byref(name), byref(index))
        info: _TypeInfo = self.library.TVMFFIGetTypeInfo(index).contents
        return info


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


def _schema(metadata: str) -> str:
    """Return the type schema inside a metadata JSON, empty where there is none."""
    with contextlib.suppress(ValueError):
        return str(json.loads(metadata).get("type_schema", ""))
    return ""


def _function(runtime: _Runtime, name: str) -> dict[str, object]:
    metadata = runtime.call("ffi.GetGlobalFuncMetadata", _raw_string(name))
    return {"name": name, "schema": _schema(_text(metadata))}


def _symbol(library: ctypes.CDLL, name: str) -> dict[str, object]:
    def text(kind: str) -> str:
        getter = getattr(library, f"__tvm_ffi__{kind}_{name}", None)
        result = _Any()
        if getter is None or getter(None, None, 0, byref(result)) != 0:
            return ""
        return _text(result)

    return {"name": name, "schema": _schema(text("metadata")), "doc": text("doc")}


def _class(runtime: _Runtime, key: str) -> dict[str, object]:
    info = runtime.type_info(key)
    parent = info.ancestors[info.type_depth - 1].contents.type_key.text() if info.type_depth else ""
    return {
        "type_key": key,
        "parent": parent,
        "doc": info.metadata.contents.doc.text() if info.metadata else "",
        "fields": [
            {
                "name": field.name.text(),
                "schema": _schema(field.metadata.text()),
                "doc": field.doc.text(),
                "is_writable": bool(field.flags & _WRITABLE),
            }
            for field in info.fields[: info.num_fields]
        ],
        "methods": [
            {
                "name": method.name.text(),
                "schema": _schema(method.metadata.text()),
                "doc": method.doc.text(),
                "is_static": bool(method.flags & _STATIC_METHOD),
            }
            for method in info.methods[: info.num_methods]
        ],
    }


def _main(runtime_path: str, answer_path: str, requests: list[dict[str, object]]) -> None:
    runtime = _Runtime(runtime_path)
    functions, keys = set(runtime.function_names()), set(runtime.type_keys())
    loaded = []
    for request in requests:
        print(f"loading {request['path']}", flush=True)
        library = ctypes.CDLL(str(request["path"]), mode=os.RTLD_NOW)
        symbols = request["symbols"]
        assert isinstance(symbols, list)
        loaded.append({"symbols": [_symbol(library, str(name)) for name in symbols]})
    answer = {
        "libraries": loaded,
        "functions": [
            _function(runtime, n) for n in sorted({*runtime.function_names()} - functions)
        ],
        "classes": [_class(runtime, key) for key in sorted({*runtime.type_keys()} - keys)],
    }
    with open(answer_path, "w", encoding="utf-8") as file:  # noqa: PTH123 - no pathlib: start fast
        json.dump(answer, file)
    sys.stdout.flush()
    os._exit(0)  # a library's destructors are none of our business


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
