"""Make one call a million times, and say what has grown.

    python leaks.py TIMES

A program of its own, as `recorder.py`. For each case, in JSON: how many blocks of Python's memory
are in use more than before (each object that is not given back is one), how many bytes `malloc`
has given out more (what C++ forgets), and how many references there are more to what was handed in.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import sys
from typing import Any

import numpy as np
import tvm_ffi
from given import TextLike, names

PACKAGE = "every_call"
WARM = 20
"""Before it is measured, a case is run for this part of its times: caches fill, memory settles."""

ARGUMENTS: dict[str, Any] = {
    "big": 2**80,
    "wide": 10**9,
    "real": 0.1,
    "short": "text",
    "long": "text" * 100,
    "odd": TextLike("text"),
    "raw": b"bytes" * 20,
    "listed": [1, 2, 3],
    "mapped": {"a": 1},
    "thing": object(),
    "same": lambda x: x,
}

CASES = {
    "nothing": "p.nothing()",
    "int": "p.same_int(wide)",
    "ints": "p.add(wide, 2)",
    "float": "p.add_floats(real, 2.5)",
    "bool": "p.same_bool(True)",
    "none": "p.same_any(None)",
    "short text": "p.same_text(short)",
    "long text": "p.same_text(long)",
    "size of a text": "p.text_size(long)",
    "text of a subclass": "p.same_text(odd)",
    "bytes": "p.same_bytes(raw)",
    "named": "p.defaults(1, c=wide)",
    "defaults": "p.all_defaults()",
    "keyword only": "p.keyword_only(1, mode=short)",
    "many": "p.sixteen(*range(16))",
    "any number": "p.count(wide, real, long, None)",
    "list": "p.same_list(listed)",
    "map": "p.same_map(mapped)",
    "large integer": "p.same_any(big)",
    "any object": "p.same_any(thing)",
    "array": "p.describe(array)",
    "array in two dimensions": "p.sum(matrix)",
    "array of the runtime": "p.sum(tensor)",
    "array that comes back": "p.same_tensor(array)",
    "function": "p.same_function(same)",
    "callback": "p.call(same, wide)",
    "made in C++": "p.adder(1)",
    "object": "p.Point(1, 0.5, long)",
    "object by default": "p.Point(1)",
    "object from C++": "p.some_point(2)",
    "object handed in": "p.point_x(point)",
    "object handed through": "p.same_point(point)",
    "method": "point.scaled(3)",
    "attribute": "point.x",
    "attribute that is a text": "point.label",
    "attribute set": "setattr(point, 'x', wide)",
    "too few": "tried(p.add, wide)",
    "unknown name": "tried(p.add, wide, z=long)",
    "wrong type": "tried(p.same_int, long)",
    "wrong array": "tried(p.sum, listed)",
    "raised in C++": "tried(p.fail, 'value')",
    "raised in a callback": "tried(p.call, p.fail, 'value')",
    "lost in C++": "p.lose_memory(64)",  # what has to be noticed
    "lost in Python": "kept.append(object())",
    "lost reference": "lose(thing)",
}
DEAR = {"too few", "unknown name", "wrong type", "wrong array", "raised in C++"} | {
    "raised in a callback"
}
"""What makes a traceback is made a hundredth of the times."""


def tried(function: Any, *positional: Any, **named: Any) -> None:
    """Call what fails."""
    try:
        function(*positional, **named)
    except (TypeError, ValueError):
        return
    raise AssertionError("it did not fail")


class Mallinfo(ctypes.Structure):
    """The `struct mallinfo2` of glibc."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def allocated() -> int:
    """Return how many bytes `malloc` has given out and not got back; Python's own are blocks."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = Mallinfo
    found = ask()
    return int(found.uordblks) + int(found.hblkhd)


def known_names(package: Any) -> dict[str, Any]:
    """Return what the cases speak of."""
    array = np.ones(10)
    made = {"array": array, "matrix": np.ones((4, 5)), "tensor": tvm_ffi.from_dlpack(array)}
    lose = ctypes.pythonapi.Py_IncRef
    lose.argtypes = [ctypes.py_object]
    ours = {"tried": tried, "kept": [], "lose": lose, "point": package.Point(1, 0.5, "label")}
    return {**names(package, ""), **ARGUMENTS, **made, **ours}


def repeat(call: str, times: int, known: dict[str, Any]) -> None:
    """Make a call many times."""
    made: dict[str, Any] = {}
    exec(f"def run(times):\n    for _ in range(times): {call}", known, made)
    made["run"](times)
    gc.collect()


def measure(case: str, times: int, known: dict[str, Any]) -> dict[str, Any]:
    """Return what a case has let grow."""
    held = [name for name in known if name in ARGUMENTS or name in ("array", "tensor", "point")]
    times //= 100 if case in DEAR else 1
    repeat(CASES[case], times // WARM, known)
    counts = {name: sys.getrefcount(known[name]) for name in held}
    size, blocks = allocated(), sys.getallocatedblocks()
    repeat(CASES[case], times, known)
    blocks, size = sys.getallocatedblocks() - blocks, allocated() - size
    grown = {name: sys.getrefcount(known[name]) - counts[name] for name in held}
    references = {name: more for name, more in grown.items() if more}
    return {"times": times, "blocks": blocks, "bytes": size, "references": references}


def main(times: str) -> None:
    """Measure the cases, one after the other."""
    known = known_names(importlib.import_module(PACKAGE))
    for case in CASES:
        sys.stdout.write(f"{json.dumps([case, measure(case, int(times), known)])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
