"""Call my_extension.add with arrays that claim to be on a GPU, though they are in plain memory.

The argument is a list of device numbers, to be worked on one after the other, or `threads`: then
many work on the first at once.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
import threading
import types

import tvm_ffi

DEVICE_TYPE_CUDA = 2
KEPT: list[object] = []


class Tensor(ctypes.Structure):
    """`DLManagedTensor` of https://dmlc.github.io/dlpack/latest/c_api.html."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("byte_offset", ctypes.c_uint64),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
    )


def make_array(memory: ctypes.Array[ctypes.c_float], device: int) -> object:
    """Return memory as an array of float32 on a device."""
    shape, strides = (ctypes.c_int64 * 1)(len(memory)), (ctypes.c_int64 * 1)(1)
    data, *extents = (ctypes.addressof(one) for one in (memory, shape, strides))
    tensor = Tensor(data, DEVICE_TYPE_CUDA, device, 1, 2, 32, 1, *extents, 0, None, None)
    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    KEPT.extend((memory, shape, strides, tensor))
    exporter = types.SimpleNamespace(
        __dlpack__=lambda **_: new(ctypes.addressof(tensor), b"dltensor", None),
        __dlpack_device__=lambda: (DEVICE_TYPE_CUDA, device),
    )
    return tvm_ffi.from_dlpack(exporter)


def add(device: int = 0, size: int = 1000) -> None:
    """Add two arrays and check the sum, or tell the error."""
    memories = [
        (ctypes.c_float * size)(*range(size)),
        (ctypes.c_float * size)(*[0.5] * size),
        (ctypes.c_float * size)(),
    ]
    my_extension = importlib.import_module("my_extension")
    try:
        my_extension.add(*(make_array(memory, device) for memory in memories))
    except RuntimeError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        return
    wrong = [i for i, value in enumerate(memories[-1]) if value != i + 0.5]
    sys.stdout.write(f"wrong: {wrong}\n" if wrong else "right\n")


if __name__ == "__main__":
    if sys.argv[1] == "threads":
        threads = [threading.Thread(target=add) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for number in sys.argv[1:]:
            add(int(number))
