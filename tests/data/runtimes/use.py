"""Load a library of this folder with the runtime that is on the path, and use what it has.

python use.py KIND LIBRARY
"""

import sys

import tvm_ffi

kind, path = sys.argv[1:]
library = tvm_ffi.load_module(path)


def get(name):
    return tvm_ffi.get_global_func(f"{kind}.{name}")


def fail(x):
    raise KeyError(x)


def raises(kind, call, *args):
    try:
        call(*args)
    except kind:
        return True
    return False


if kind == "plain":
    assert library.add(1, 2) == 3
    assert raises(ValueError, get("fail"), "why")
    assert raises(KeyError, get("call"), fail)
    assert get("call")(lambda x: x + 1) == 4
    assert get("maybe")(None) is None
    assert get("maybe")(1) == "x"
    assert dict(get("count")([1, 2, 3])) == {"size": 3}
    tvm_ffi.register_object("plain.Point")(type("Point", (tvm_ffi.Object,), {}))
    point = get("point")(7)
    point.x += 1
    assert point.x == 8
elif kind == "json":
    assert get("text")([1, True]) == "[1,true]"
else:
    assert get("run")(library, "twice") == 42
print("fine")
