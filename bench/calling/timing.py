"""Time calls: a program of its own, which needs the packages that it measures, and NumPy.

    python timing.py LIBRARY ROUNDS CALLS

It prints JSON: for each case and way the nanoseconds of a call in each round. Ways take turns, the
cost of an empty loop is taken off, and time is that of the processor in this thread: what else the
machine does only makes it wait.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import itertools
import json
import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import tvm_ffi

if TYPE_CHECKING:
    from collections.abc import Callable

ARRAY = np.zeros((4, 5))
SHORT = "abc"
LONG = "abcd" * 10

CASES = {
    "int → int": "inc(1)",
    "int, int → int": "add(1, 2)",
    "float, float → float": "add_floats(1.5, 2.5)",
    "bool → bool": "flag(True)",
    "→ None": "nothing()",
    "str of 3 → int": "size(SHORT)",
    "str of 40 → int": "size(LONG)",
    "str of 3 → str": "echo(SHORT)",
    "str of 40 → str": "echo(LONG)",
    "f(1, b=7, c=8)": "named(1, b=7, c=8)",
    "f(1), two defaults": "named(1)",
    "list of 4 int → int": "total(LIST)",
    "NumPy array 4 x 5 → int": "elements(ARRAY)",
    "error raised and caught": "failing(fail, 1)",
    "object made": "Pair(1, 2)",
    "method": "pair.sum()",
    "attribute": "pair.a",
}
"""What is measured, in terms of a way's own functions."""

DEAR = {"error raised and caught": 50, "list of 4 int → int": 4, "object made": 4}
"""By how much less often these are called."""


def failing(function: Callable[[int], Any], x: int) -> None:
    """Call what raises."""
    try:  # noqa: SIM105 - what would be nicer costs as much as a call
        function(x)
    except ValueError:
        pass


def known(functions: object) -> dict[str, Any]:
    """Return what the cases speak of, for one way."""
    names = ("inc", "add", "add_floats", "flag", "nothing", "size", "echo", "named", "total")
    found = {
        name: getattr(functions, name)
        for name in (*names, "elements", "fail", "Pair")
        if hasattr(functions, name)
    }
    if "Pair" in found:
        found["pair"] = found["Pair"](1, 2)
    given = {"ARRAY": ARRAY, "SHORT": SHORT, "LONG": LONG, "LIST": [1, 2, 3, 4]}
    return {**found, **given, "failing": failing}


def bare(package: str) -> object:
    """Return TVM-FFI's own function objects; they take no keywords, and know no defaults."""
    names = ("inc", "add", "add_floats", "flag", "nothing", "size", "echo", "total", "elements")
    found = {name: tvm_ffi.get_global_func(f"{package}.{name}") for name in (*names, "fail")}
    return SimpleNamespace(**found)


def foreign(library: ctypes.CDLL) -> object:
    """Return what ctypes makes of a library; texts are encoded, and arrays give their address."""
    whole, real = ctypes.c_int64, ctypes.c_double
    signatures: dict[str, tuple[Any, ...]] = {
        "nothing": (None,),
        "flag": (ctypes.c_bool, ctypes.c_bool),
        "inc": (whole, whole),
        "add": (whole, whole, whole),
        "add_floats": (real, real, real),
        "size": (whole, ctypes.c_char_p),
        "elements": (whole, ctypes.c_void_p, whole, whole),
    }
    found = {}
    for name, (result, *taken) in signatures.items():
        found[name] = getattr(library, name)
        found[name].restype, found[name].argtypes = result, taken
    size, elements = found["size"], found["elements"]
    found["size"] = lambda text: size(text.encode())
    found["elements"] = lambda array: elements(array.ctypes.data, *array.shape)
    return SimpleNamespace(**found)


def find_ways(library: str) -> dict[str, object]:
    """Return every way for which there is a package, with its functions."""
    os.environ["FFIWHEEL_ACCELERATE"] = "0"
    plain = importlib.import_module("calls_plain")
    os.environ["FFIWHEEL_ACCELERATE"] = "1"
    ways: dict[str, object] = {"ffiwheel": plain}
    for package, name in (
        ("calls_fast", "ffiwheel, accelerated"),
        ("calls_held", "ffiwheel, accelerated, GIL held"),
    ):
        if importlib.util.find_spec(package):
            found = importlib.import_module(package)
            if getattr(found, "__accelerated__", False):
                ways[name] = found
    ways["tvm_ffi.Function"] = bare("calls_plain")
    for framework in ("nanobind", "pybind11"):
        module = importlib.import_module(f"calls_{framework}")
        ways |= {f"{framework}, GIL released": module.released, f"{framework}, GIL held": module}
    ways["ctypes, GIL released"] = foreign(ctypes.CDLL(library))
    ways["ctypes, GIL held"] = foreign(ctypes.PyDLL(library))
    return ways


def make_loop(expression: str, names: dict[str, Any]) -> Callable[[Any], None]:
    """Return a function that evaluates an expression again and again, its names local."""
    used = [name for name in names if name in expression]
    parameters = "".join(f", {name}={name}" for name in used)
    made: dict[str, Any] = {}
    text = f"def loop(times{parameters}):\n    for _ in times:\n        {expression}\n"
    exec(text, dict(names), made)
    found: Callable[[Any], None] = made["loop"]
    return found


def nanoseconds(loop: Callable[[Any], None], calls: int) -> float:
    """Return the processor time of one turn of a loop."""
    times = itertools.repeat(None, calls)
    started = time.thread_time_ns()
    loop(times)
    return (time.thread_time_ns() - started) / calls


def make_loops(ways: dict[str, object]) -> dict[tuple[str, str], Callable[[Any], None]]:
    """Return a loop for each case and way that there is."""
    loops = {}
    for way, functions in ways.items():
        names = known(functions)
        for case, expression in CASES.items():
            first = expression.partition("(")[0].partition(".")[0]
            needs = "fail" if first == "failing" else first
            if needs in names:
                loops[case, way] = make_loop(expression, names)
    return loops


def main(library: str, rounds: str, calls: str) -> None:
    """Measure everything in turns, and print it."""
    loops = make_loops(find_ways(library))
    empty = make_loop("pass", {})
    found: dict[str, dict[str, list[float]]] = {case: {} for case in CASES}
    for turn in range(int(rounds) + 1):
        for case in CASES:
            times = int(calls) // DEAR.get(case, 1)
            nothing = nanoseconds(empty, times)
            for way in [way for of, way in loops if of == case]:
                spent = nanoseconds(loops[case, way], times) - nothing
                if turn:
                    found[case].setdefault(way, []).append(spent)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
