"""Make many calls of the sample package, and write down what becomes of each.

    python recorder.py OUT

This is a program of its own, for every Python from 3.9, and needs nothing but the package. It runs
once with `FFIWHEEL_ACCELERATE=0` and once with `1`; what both wrote is compared by `comparer.py`.

A case is a name and a fact. What an expression does is a fact: the value that it has, with its
type; or the error that it raises, with its type, text, arguments and where in C++ it came from.
Facts have no addresses and no times in them, so two runs of the same code write the same. Each line
of OUT is a case; one without a fact is where the process died.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import itertools
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from given import names

HERE = Path(__file__).resolve().parent
PACKAGE = "every_call"
LONGEST = 400
DEEPEST = 6

Fact = Any
"""What JSON can say."""

Case = tuple[str, Callable[[], Fact]]
"""A name, and how its fact is found."""


def read_lines(name: str) -> list[str]:
    """Return the expressions of a file."""
    lines = (HERE / "calls" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def describe(value: Any, depth: int = 0) -> Fact:
    """Return the type of a value, and what it holds."""
    full = f"{type(value).__module__}.{type(value).__qualname__}"
    kind = SAME_AS.get(full, full)
    if depth > DEEPEST:
        return kind
    hold = HOLDING.get(kind)
    return [kind, hold(value, depth) if hold else shorten(repr(value))]


def shorten(text: str) -> str:
    """Return a text without addresses, that can be encoded and is not too long."""
    told = re.sub(r"0x[0-9a-fA-F]{6,}", "0x", text.encode("utf-8", "backslashreplace").decode())
    if len(told) <= LONGEST:
        return told
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    return f"{told[:80]}... {len(told)} characters {digest}"


def elements(value: Any, depth: int) -> Fact:
    """Return what the elements of a sequence are."""
    return [describe(one, depth + 1) for one in itertools.islice(value, 40)]


def pairs(value: Any, depth: int) -> Fact:
    """Return what the pairs of a mapping are, in the order of their text."""
    found = [[describe(key, depth + 1), describe(value[key], depth + 1)] for key in value]
    return sorted(found, key=repr)


def fields(value: Any, depth: int) -> Fact:
    """Return what the fields of an object of the package are."""
    return {
        name: describe(getattr(value, name), depth + 1)
        for name in ("x", "y", "label", "z", "size", "rate", "tags", "limit")
        if hasattr(type(value), name)
    }


def tensor(value: Any, _depth: int) -> Fact:
    """Return what is known of an array of the runtime."""
    return [shorten(str(value.dtype)), shorten(str(value.device)), list(value.shape)]


def error_value(value: BaseException, depth: int) -> Fact:
    """Return what an error is that nobody raises."""
    return [shorten(str(value)), [describe(one, depth + 1) for one in value.args]]


SAME_AS = {"tvm_ffi.core.String": "builtins.str", "tvm_ffi.core.Bytes": "builtins.bytes"}
"""What the runtime makes of long texts and bytes; `forms.txt` asks for their types."""

HOLDING: dict[str, Callable[[Any, int], Fact]] = {
    "builtins.list": elements,
    "builtins.tuple": elements,
    "builtins.dict": pairs,
    "builtins.set": lambda value, depth: sorted(elements(value, depth), key=repr),
    "builtins.function": lambda value, _depth: value.__name__,
    "builtins.builtin_function_or_method": lambda value, _depth: value.__name__,
    "builtins.ValueError": error_value,
    "tvm_ffi.container.Array": elements,
    "tvm_ffi.container.List": elements,
    "tvm_ffi.container.Map": pairs,
    "tvm_ffi.container.Dict": pairs,
    "tvm_ffi.core.Tensor": tensor,
    f"{PACKAGE}._ffi_api.Point": fields,
    f"{PACKAGE}._ffi_api.Point3": fields,
    f"{PACKAGE}._ffi_api.Options": fields,
    "given.derive.<locals>.PointLike": fields,
}


def describe_error(error: BaseException) -> Fact:
    """Return everything about an error but the lines of Python it went through."""
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "bases": [one.__name__ for one in type(error).__mro__],
        "text": shorten(str(error)),
        "arguments": [describe(one) for one in error.args],
        "attributes": sorted(vars(error)) if hasattr(error, "__dict__") else [],
        "cause": type(error.__cause__).__name__,
        "context": type(error.__context__).__name__,
        "notes": list(getattr(error, "__notes__", [])),
        "from": frames_in_sources(error),
    }


def frames_in_sources(error: BaseException) -> list[str]:
    """Return the functions of C++ sources, and of scenes, that an error went through."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith((".cc", "scenes.py"))
    ]


def outcome(action: Callable[[], Any]) -> Fact:
    """Return what becomes of an action; nothing may be left behind by an error."""
    try:
        fact = describe(action())
    except BaseException as error:  # noqa: BLE001 - Ctrl-C and the end of the process are cases too
        fact = describe_error(error)
    left = sys.exc_info()[0]
    return fact if left is None else {"left behind": left.__name__, "fact": fact}


def evaluate(package: Any, expression: str, **more: Any) -> Callable[[], Any]:
    """Return an action that evaluates an expression."""
    code = compile(expression, "<case>", "eval")
    known = {**names(package, expression), **more}
    return lambda: eval(code, known)


def outcome_alone(action: Callable[[], Any]) -> Fact:
    """Return what becomes of an action in a process of its own, with tracebacks left out."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where the runtime tells of its death
        fact = outcome(action)
        if isinstance(fact, dict):
            fact = {key: fact[key] for key in fact if key not in ("from", "attributes")}
        with os.fdopen(writing, "w") as pipe:
            json.dump(fact, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    died = os.waitpid(child, 0)[1]
    return json.loads(said) if not died else {"died": died}


def look_at(package: Any) -> Iterator[Case]:
    """Say how each name of the package presents itself."""
    for name in sorted(package.__all__):
        value = getattr(package, name)
        for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
            yield f"{name}.{attribute}", partial(outcome, partial(getattr, value, attribute))
        for title, ask in LOOKS.items() if callable(value) else ():
            yield f"{title} of {name}", partial(outcome, partial(ask, value))


def parameters(function: Callable[..., Any]) -> list[tuple[str, str, str]]:
    """Return names, kinds and defaults of the parameters of a function."""
    found = inspect.signature(function).parameters.values()
    return [(one.name, one.kind.name, repr(one.default)) for one in found]


LOOKS: dict[str, Callable[[Any], Any]] = {
    "parameters": parameters,
    "signature": lambda value: str(inspect.signature(value)),
    "documentation": inspect.getdoc,
}


def first_calls(package: Any) -> Iterator[Case]:
    """Make each of a few calls the first of a process, when the runtime may not be there yet."""
    for expression in read_lines("first.txt"):
        yield f"first {expression}", partial(outcome_alone, evaluate(package, expression))


def plain_calls(package: Any) -> Iterator[Case]:
    """Make the calls that are written down in full; what may end a process is left out."""
    first = [line for line in read_lines("first.txt") if not re.search("__new__|HalfMade", line)]
    for expression in dict.fromkeys([*read_lines("forms.txt"), *read_lines("nature.txt"), *first]):
        yield expression, partial(outcome, evaluate(package, expression))


def crossed_calls(package: Any) -> Iterator[Case]:
    """Put every value into every call that takes one."""
    templates = read_lines("crossed.txt")
    for value in read_lines("values.txt"):
        for template in templates:
            yield f"{template} with {value}", partial(cross, package, template, value)


def cross(package: Any, template: str, value: str) -> Fact:
    """Return what becomes of a call with a value, which itself has to be there."""
    made = evaluate(package, value)()
    return outcome(evaluate(package, template, X=made))


def scenes(package: Any) -> Iterator[Case]:
    """Play what takes more than an expression."""
    for scene in importlib.import_module("scenes").SCENES:
        yield f"scene {scene.__name__}", partial(outcome, partial(scene, package))


PARTS = (first_calls, look_at, plain_calls, crossed_calls, scenes)


def cases(package: Any) -> Iterator[Case]:
    """Return all cases, none of which has been tried yet."""
    return itertools.chain.from_iterable(part(package) for part in PARTS)


def record(package: Any, out: IO[str]) -> None:
    """Write all cases; a name is written before its call, so that a dead process tells where."""
    for name, find in cases(package):
        out.write(f"[{json.dumps(name)}, ")
        out.flush()
        out.write(f"{json.dumps(find())}]\n")


def main(out: str) -> None:
    """Record the package, and what it says of itself."""
    package = importlib.import_module(PACKAGE)
    answer = getattr(package, "__accelerated__", "no such attribute")
    accelerated = True if answer else str(answer)
    with Path(out).open("w", encoding="utf-8") as file:
        file.write(f"{json.dumps(['accelerated', accelerated])}\n")
        record(package, file)
        file.write(f"{json.dumps(['end', True])}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
