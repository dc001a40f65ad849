"""Wrong versions of functions, each wrong in one way that an accelerator could be wrong.

    python stand_ins.py

For each of them it prints, as JSON: what is wrong; the case in which that shows; what `recorder.py`
finds there of the right function, of a wrapper that changes nothing, and of the wrong one. Runs on
every Python from 3.9.
"""

from __future__ import annotations

import copy
import ctypes
import functools
import importlib
import json
import sys
import types
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import recorder

if TYPE_CHECKING:
    from collections.abc import Callable


class StandIn(NamedTuple):
    """What is put for a function of the package."""

    what: str
    """The name of the function, a colon, and what is wrong with what is put in its place."""
    case: str
    """The name of the case in which it shows."""
    make: Callable[[Any], Any]
    """Makes it, from the package."""


STAND_INS: list[StandIn] = []


def wrong(what: str, case: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Let a function make what is put for one of the package's."""

    def add(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        STAND_INS.append(StandIn(what, case, make))
        return make

    return add


class Overlay(types.ModuleType):
    """The package with one function replaced."""

    def __init__(self, package: Any, name: str, function: Any) -> None:
        super().__init__(package.__name__)
        self.__dict__.update(vars(package))
        setattr(self, name, function)


def like(function: Any) -> Callable[[Any], Any]:
    """Let another function look like one."""
    return functools.wraps(function)


@wrong("same_int: goes through a double", "p.same_int(X) with 2**53 + 1")
def _(p: Any) -> Any:
    return like(p.same_int)(lambda x: int(float(p.same_int(x))))


@wrong("same_int: wraps around at 64 bits", "p.same_int(X) with 2**63")
def _(p: Any) -> Any:
    return like(p.same_int)(
        lambda x: p.same_int((x + 2**63) % 2**64 - 2**63 if type(x) is int else x)
    )


@wrong("same_int: asks a subclass for its value", "p.same_int(X) with Lying(5)")
def _(p: Any) -> Any:
    return like(p.same_int)(lambda x: p.same_int(int(x) if isinstance(x, int) else x))


@wrong("same_int: takes what has an index", "p.same_int(X) with Indexed(4)")
def _(p: Any) -> Any:
    return like(p.same_int)(lambda x: p.same_int(getattr(x, "number", x)))


@wrong("same_bool: gives an integer", "p.same_bool(X) with 1")
def _(p: Any) -> Any:
    return like(p.same_bool)(lambda x: int(p.same_bool(x)))


@wrong("same_float: gives single precision", "p.same_float(X) with 1e300")
def _(p: Any) -> Any:
    return like(p.same_float)(lambda x: ctypes.c_float(p.same_float(x)).value)


@wrong("same_text: ends at a null", "p.same_text(X) with 'in\\x00side'")
def _(p: Any) -> Any:
    return like(p.same_text)(lambda x: p.same_text(x).partition("\0")[0])


@wrong("same_text: replaces surrogates", "p.same_text(X) with '\\ud800'")
def _(p: Any) -> Any:
    return like(p.same_text)(
        lambda x: p.same_text(x.encode("utf-8", "replace").decode() if isinstance(x, str) else x)
    )


@wrong("same_text: believes a subclass", "p.same_text(X) with TextLies('text')")
def _(p: Any) -> Any:
    return like(p.same_text)(lambda x: p.same_text(str(x) if isinstance(x, str) else x))


@wrong("same_bytes: takes a view", "p.same_bytes(X) with memoryview(b'view')")
def _(p: Any) -> Any:
    return like(p.same_bytes)(lambda x: p.same_bytes(bytes(x) if isinstance(x, memoryview) else x))


@wrong("same_optional: has lost None", "p.same_optional(X) with None")
def _(p: Any) -> Any:
    return like(p.same_optional)(lambda x: 0 if p.same_optional(x) is None else x)


@wrong("add: counts its arguments otherwise", "p.add(1, 2, 3)")
def _(p: Any) -> Any:
    def add(x: Any, y: Any = 0, *_rest: Any) -> Any:
        return p.add(x, y)

    return like(p.add)(add)


@wrong("add: has parameters with other names", "parameters of add")
def _(p: Any) -> Any:
    def add(a: Any, b: Any) -> Any:
        return p.add(a, b)

    add.__module__, add.__qualname__ = p.add.__module__, p.add.__qualname__
    return add


@wrong("add: compares keywords by identity", "p.add(1, **{''.join(['', 'y']): 2})")
def _(p: Any) -> Any:
    def add(*positional: Any, **named: Any) -> Any:
        if any(key is not sys.intern(str(key)) for key in named):
            raise TypeError("add() got an unexpected keyword argument 'y'")
        return p.add(*positional, **named)

    return like(p.add)(add)


@wrong("defaults: has another default", "p.defaults(1)")
def _(p: Any) -> Any:
    def defaults(a: Any, b: Any = 2, c: Any = 4) -> Any:
        return p.defaults(a, b, c)

    return like(p.defaults)(defaults)


@wrong("keyword_only: takes it by position", "p.keyword_only(1, 2, 'fast')")
def _(p: Any) -> Any:
    def keyword_only(x: Any, factor: Any = 2, mode: Any = "fast") -> Any:
        return p.keyword_only(x, factor, mode=mode)

    return like(p.keyword_only)(keyword_only)


@wrong("fail: raises another type", "p.fail('key')")
def _(p: Any) -> Any:
    def fail(kind: Any) -> Any:
        try:
            return p.fail(kind)
        except KeyError as error:
            raise RuntimeError(str(error)) from None

    return like(p.fail)(fail)


@wrong("fail: formats the text", "p.fail('percent')")
def _(p: Any) -> Any:
    def fail(kind: Any) -> Any:
        try:
            return p.fail(kind)
        except ValueError as error:
            raise ValueError(str(error).replace("%s", "")) from None

    return like(p.fail)(fail)


@wrong("fail_deep: has no frames of C++", "p.fail_deep(0)")
def _(p: Any) -> Any:
    def fail_deep(depth: Any) -> Any:
        try:
            return p.fail_deep(depth)
        except ValueError as error:
            made = ValueError(*error.args)
        vars(made).update({"__tvm_ffi_error__": None})
        raise made

    return like(p.fail_deep)(fail_deep)


@wrong("describe: copies what is not contiguous", "p.describe(X) with np.ones((4, 5)).T")
def _(p: Any) -> Any:
    return like(p.describe)(
        lambda array: p.describe(
            np.ascontiguousarray(array) if isinstance(array, np.ndarray) else array
        )
    )


@wrong("sum: ignores that an array may not be written", "p.sum(frozen())")
def _(p: Any) -> Any:
    return like(p.sum)(lambda array: p.sum(np.array(array)))


@wrong("same_object: gives another object", "identical(p.same_object, p.Point(1))")
def _(p: Any) -> Any:
    return like(p.same_object)(lambda x: copy.copy(p.same_object(x)))


@wrong("meet: keeps the GIL", "scene threads_are_in_cxx_together")
def _(p: Any) -> Any:
    return like(p.meet)(lambda _: p.same_bool(0))  # what it says when it has waited in vain


@wrong("signal_itself: hears no Ctrl-C", "scene ctrl_c_ends_a_kernel")
def _(p: Any) -> Any:
    def signal_itself(number: Any, ms: Any) -> Any:
        try:
            return p.signal_itself(number, ms)
        except KeyboardInterrupt:
            return 0

    return like(p.signal_itself)(signal_itself)


@wrong("same_any: keeps a reference", "scene references_are_given_back")
def _(p: Any) -> Any:
    kept: list[Any] = []

    def same_any(x: Any) -> Any:
        kept.append(x)
        return p.same_any(x)

    return like(p.same_any)(same_any)


@wrong("call: has lost what the callback raised", "scene callback_raises_value_error")
def _(p: Any) -> Any:
    def call(f: Any, x: Any) -> Any:
        try:
            return p.call(f, x)
        except ValueError:
            return None

    return like(p.call)(call)


@wrong("seven: has no documentation, and another module", "seven.__module__")
def _(p: Any) -> Any:
    def seven() -> Any:
        return p.seven()

    return seven


@wrong("keywords_needed: has another name", "keywords_needed.__qualname__")
def _(p: Any) -> Any:
    made = like(p.keywords_needed)(passes_on(p.keywords_needed))
    made.__qualname__ = "elsewhere"
    return made


def passes_on(function: Any) -> Any:
    """Return a function that calls another one."""

    def call(*positional: Any, **named: Any) -> Any:
        return function(*positional, **named)

    return call


def honest(package: Any, name: str) -> Any:
    """Return the package with a function in a wrapper that changes nothing."""
    function = getattr(package, name)
    return Overlay(package, name, like(function)(passes_on(function)))


def find(package: Any, case: str) -> Any:
    """Return the fact of one case."""
    return next(find() for name, find in recorder.cases(package) if name == case)


def main() -> None:
    """Say what is found of each stand-in."""
    package = importlib.import_module(recorder.PACKAGE)
    for one in STAND_INS:
        name = one.what.partition(":")[0]
        places = (package, honest(package, name), Overlay(package, name, one.make(package)))
        sys.stdout.write(json.dumps([one.what, one.case, *(find(p, one.case) for p in places)]))
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
