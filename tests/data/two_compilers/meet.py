"""Load libraries into one process and let each work with what the other made.

The arguments are `local` or `global`, and for each library its name and file.
What came of it is printed as JSON; it says the same for all compilers, orders and modes.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import tvm_ffi

if TYPE_CHECKING:
    from collections.abc import Callable

    Part = Callable[[str], Callable[..., Any]]


def said_by(function: Callable[..., object], *arguments: object) -> str:
    """Return the exception of a call, as text."""
    try:
        function(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return f"{type(error).__name__}: {error}"
    return "nothing"


def fail() -> None:
    """Fail, in Python."""
    raise KeyError("from Python")


def meet(one: Part, two: Part) -> dict[str, object]:
    """Return what becomes of calls that go through both libraries."""
    box = two("make_box")(one("make_map")(two("make_array")(3)))
    opened = two("open")(box)
    return {
        "raised": said_by(one("raise"), "an error"),
        "raised in the other": said_by(one("call"), lambda: two("raise")("another")),
        "raised in Python": said_by(one("call"), lambda: two("call")(fail)),
        "standard": one("catch_standard")(lambda: two("raise")("x")),
        "standard, of Python": one("catch_standard")(fail),
        "error": one("catch_error")(lambda: two("raise")("x")),
        "error, of Python": one("catch_error")(fail),
        "thrown": said_by(one("call"), two("raise_standard")),
        "thrown, caught": one("catch_standard")(two("raise_standard")),
        "thread": one("catch_in_thread")(),
        "format": one("format")(3.14159),
        "array": one("count_array")(two("make_array")(100)),
        "map": list(one("look_up")(opened, "value")),
        "box": str(one("look_up")(one("make_map")(box), "value").value["part"]),
    }


def find_part(name: str) -> Part:
    """Return what finds the functions of a library."""
    return lambda function: tvm_ffi.get_global_func(f"{name}.{function}")


def main(mode: str, *pairs: str) -> None:
    """Print what became of all pairs, each different result once."""
    names, files = pairs[::2], pairs[1::2]
    flag = {"local": os.RTLD_LOCAL, "global": os.RTLD_GLOBAL}[mode]
    libraries = [ctypes.CDLL(file, mode=flag | os.RTLD_NOW) for file in files]
    met = {}
    for one, two in itertools.permutations(names, 2):
        for _ in range(100):
            text = json.dumps(meet(find_part(one), find_part(two)))
            for name in sorted(names, key=len, reverse=True):
                text = text.replace(name, "PART")
            met[text] = len(libraries)
    sys.stdout.write(json.dumps([json.loads(text) for text in met]))


main(*sys.argv[1:])
