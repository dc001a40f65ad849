"""The child process: import the generated modules and write down what they offer.

Runs with the real libraries and the real `tvm_ffi`, on the Python that builds. Packages around the
modules are not executed: they are the user's, and may need what only an installation brings.

Arguments: the folder to import from, the file to write the answer to, the libraries in the folder
that are loaded first, `--`, then the modules.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import inspect
import json
import os
import sys
import types
from functools import partial
from pathlib import Path

_IMPORTING = "[ffiwheel imports] "
_UNBUFFERED = 2
_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.KEYWORD_ONLY: "keyword-only",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _print_at_once() -> None:
    """Let C print without a buffer: what lies in one is lost when the process is killed."""
    c = ctypes.CDLL(None)
    for name in ("stdout", "__stdoutp"):  # the latter on macOS
        with contextlib.suppress(ValueError):
            stream = ctypes.c_void_p.in_dll(c, name)
            c.setvbuf(stream, None, _UNBUFFERED, ctypes.c_size_t(0))


def _main(folder: str, answer: str, *rest: str) -> None:
    _print_at_once()
    sys.path.insert(0, folder)
    end = rest.index("--")
    libraries, modules = rest[:end], rest[end + 1 :]
    for name in libraries:
        importlib.import_module("tvm_ffi").load_module(str(Path(folder, name)))
    for name in modules:
        _stand_in_for_packages(Path(folder), name, modules)
    seen = {}
    for name in modules:
        print(f"{_IMPORTING}{name}", flush=True)
        seen[name] = _describe_module(importlib.import_module(name))
    Path(answer).write_text(json.dumps(seen), encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # a library's destructors are none of our business


def _stand_in_for_packages(folder: Path, module: str, generated: tuple[str, ...]) -> None:
    """Put an empty package in the place of each that the module lies in, and that is the user's."""
    parts = module.split(".")[:-1]
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        if name not in sys.modules and name not in generated:
            package = types.ModuleType(name)
            package.__path__ = [str(folder.joinpath(*parts[:count]))]
            package.__dict__["__getattr__"] = partial(_show, name)
            sys.modules[name] = package


def _show(package: str, name: str) -> object:
    """Return what the `__init__` of a package takes from its bindings, if the generator made it."""
    if name.startswith("__") or importlib.util.find_spec(f"{package}._ffi_api") is None:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{package}._ffi_api"), name)


def _describe_module(module: types.ModuleType) -> dict[str, object]:
    getattr(module, "_anything", None)  # one that waits to bind its names does so then
    names = {name: _describe(value) for name, value in vars(module).items() if _is_told(name)}
    return {"exports": list(getattr(module, "__all__", ())), "names": names}


def _is_told(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def _describe(value: object) -> dict[str, object]:
    if inspect.isclass(value):
        members = {name: getattr(value, name, None) for name in dir(value) if _is_told(name)}
        described = {name: _describe_value(member) for name, member in members.items()}
        return {"kind": "class", "members": described}
    return _describe_value(value)


def _describe_value(value: object) -> dict[str, object]:
    if inspect.isdatadescriptor(value):
        return {"kind": "property", "is_writable": _is_writable(value)}
    if isinstance(value, (bool, int, float, str)):
        return {"kind": "value", "value": repr(value)}
    return {"kind": "function" if callable(value) else "value", "signature": _signature(value)}


def _is_writable(value: object) -> bool:
    return getattr(value, "fset", None) is not None


def _signature(value: object) -> list[list[object]] | None:
    if not callable(value):
        return None
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):  # a function of C, which has none
        return None
    return [
        [one.name, _KINDS[one.kind], one.default is not inspect.Parameter.empty]
        for one in parameters
    ]


if __name__ == "__main__":
    _main(*sys.argv[1:])
