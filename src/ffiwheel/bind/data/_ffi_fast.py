"""Bind the functions of a library without importing `tvm_ffi`, where this Python allows it.

The library holds an accelerator, which calls its functions by CPython's stable ABI. What it uses of
CPython is looked up here, in the running interpreter: the library itself needs no Python. Where
something is missing, everything is bound by `tvm_ffi`; `__accelerated__` of the package says why.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # the module `typing` takes longer than all of this
if TYPE_CHECKING:
    import ctypes
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

SWITCH = "FFIWHEEL_ACCELERATE"
"""The environment variable that switches the accelerator off, if it is `0`."""
_RUNTIMES = {"win32": "tvm_ffi.dll", "darwin": "libtvm_ffi.dylib"}
_PREFIX = "__tvm_ffi__ffiwheel_"
_ERRORS = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    IndexError,
    AssertionError,
    MemoryError,
)
"""What `tvm_ffi` raises for errors of these names, and `RuntimeError` for others."""


class Accelerated:
    """Whether calls are accelerated: true, or false and why."""

    def __init__(self, reason: str = "") -> None:
        """Begin with the reason; empty if calls are accelerated."""
        self.reason = reason

    def __bool__(self) -> bool:
        """Tell whether calls are accelerated."""
        return not self.reason

    def __repr__(self) -> str:
        """Return `yes`, or `no` with the reason."""
        return f"no: {self.reason}" if self.reason else "yes"


class _UnavailableError(Exception):
    """The accelerator cannot work here; its text says why."""


class _Twin:
    """The module that binds by `tvm_ffi` what another one is to have."""

    def __init__(self, name: str, module: dict[str, Any]) -> None:
        self.name = name
        self.module = module

    def resolve(self, name: str, handle: str) -> tuple[object, object]:
        """Return the plain function of a name, and `tvm_ffi`'s function object behind it."""
        found = vars(_import(self.name))
        return found[name], found[handle]

    def find(self, name: str) -> object:
        """Return what the twin has under a name, and give the other all that it lacks."""
        if not name.startswith("__"):
            for each, value in vars(_import(self.name)).items():
                self.module.setdefault(each, value)
        if name in self.module:
            return self.module[name]
        raise AttributeError(f"module {self.module['__name__']!r} has no attribute {name!r}")

    def list_names(self) -> list[str]:
        """Return what `dir` shows."""
        return sorted({*self.module, *self.module["__all__"]})


class Package:
    """The libraries of a package, loaded."""

    def __init__(
        self, name: str, files: Sequence[str], registered: str, releases: Sequence[str], only: bool
    ) -> None:
        """Load the libraries, if calls into them can be accelerated.

        Args:
            name: the full name of the root module.
            files: the paths of the libraries; the first holds the accelerator.
            registered: a name that they register, or empty.
            releases: releases of the runtime on which they do not run.
            only: whether they run on these releases alone instead.
        """
        self.plain = f"{name}_plain"
        self.libraries: list[ctypes.PyDLL] = []
        self.files = files
        self.taker: object = None
        try:
            _check_python()
            self.libraries = _load(files, registered, releases, only)
            self._start()
        except _UnavailableError as reason:
            self.accelerated = Accelerated(str(reason))
        else:
            self.accelerated = Accelerated()
        vars(sys.modules[name.rpartition(".")[0]])["__accelerated__"] = self.accelerated

    def bind(self, module: dict[str, Any], inner: str, table: Sequence[tuple[Any, ...]]) -> None:
        """Give a module its functions, and all else when somebody asks for it.

        Args:
            module: the names of the module.
            inner: what follows the name of the root module in that of the module, as `.math`.
            table: public name, name in the registry or of the C symbol, index of the library (None
                for what is registered), name of `tvm_ffi`'s function object in the plain module,
                parameters, defaults (`...` for none), kinds, how many parameters are positional
                only, how many may be given by position, whether the GIL is held.
        """
        twin = _Twin(f"{self.plain}{inner}", module)
        if self.accelerated:
            for row in table:
                module[row[0]] = self._function(module["__name__"], twin.resolve, row)
        if not self.accelerated or "tvm_ffi" in sys.modules:
            for name in module["__all__"]:
                twin.find(name)
        module["__getattr__"] = twin.find
        module["__dir__"] = twin.list_names

    def _start(self) -> None:
        import ctypes  # noqa: PLC0415 - it takes its time

        library = self.libraries[0]
        try:
            listed = ctypes.c_char.in_dll(library, f"{_PREFIX}python")
        except ValueError:
            raise _UnavailableError("the library was compiled without it") from None
        names = ctypes.string_at(ctypes.addressof(listed)).decode().split()
        try:
            found = [ctypes.cast(ctypes.pythonapi[name], ctypes.c_void_p) for name in names]
        except AttributeError as error:
            raise _UnavailableError(f"this Python lacks what it uses: {error}") from None
        start = library[f"{_PREFIX}start"]
        start.restype = ctypes.py_object
        start.argtypes = [ctypes.c_void_p, ctypes.py_object]
        addresses = (ctypes.c_void_p * len(found))(*(one.value for one in found))
        self._make = library[f"{_PREFIX}function"]
        self._make.restype, self._make.argtypes = ctypes.py_object, [ctypes.py_object]
        self._cast, self._pointer = ctypes.cast, ctypes.c_void_p
        reason = start(addresses, self._world())
        if reason == "this is a subinterpreter":  # where the import of `tvm_ffi` never ends
            raise ImportError(f"{self.plain.partition('.')[0]} cannot be imported: {reason}")
        if reason:
            raise _UnavailableError(reason)

    def _world(self) -> tuple[Any, ...]:
        errors = {error.__name__: error for error in _ERRORS}
        constants = (int, float, bool, str, bytes, None, True, AttributeError, TypeError)
        return (
            *constants,
            RuntimeError,
            ...,
            errors,
            type(self.bind),
            _sign,
            lambda names, values: dict(zip(names, values)),  # noqa: B905 - Python 3.9 has no strict
            self._classify,
            self._find_taker,
            self._load_taker,
        )

    def _function(self, module: str, resolve: object, row: tuple[Any, ...]) -> object:
        """Return the Python object of a function, made from a row of the table."""
        name, source, library, handle, parameters, defaults, kinds, *places, holds_gil = row
        address: int | None = 0
        if library is not None:
            symbol = self.libraries[library][f"__tvm_ffi_{source}"]
            address = self._cast(symbol, self._pointer).value
        names = tuple(map(sys.intern, parameters))
        holds = holds_gil or os.environ.get("TVM_FFI_RELEASE_GIL_BY_DEFAULT", "1") == "0"
        called = (name, module, resolve, address, source, kinds, names, defaults)
        return self._make((*called, *places, holds, handle))

    def _classify(self, of: type) -> int:
        """Return how arrays of a type are read.

        1 is by the buffer protocol, 2 by `tvm_ffi`; 0 the same, but what `tvm_ffi` does when it is
        imported may change that. Anything else is the address of a `DLPackExchangeAPI`.
        """
        numpy = sys.modules.get("numpy")
        found = getattr(of, "__dlpack_c_exchange_api__", None)
        is_its_own = of.__module__.partition(".")[0] == "tvm_ffi"
        if os.environ.get("TVM_FFI_SKIP_DLPACK_C_EXCHANGE_API") == "1" or is_its_own:
            found = None
        address = 0 if found is None else _exchange_address(found)
        if address or (found is None and numpy is not None and of is numpy.ndarray):
            return address or 1
        return 2 if "tvm_ffi" in sys.modules else 0

    def _find_taker(self) -> object:
        return self._load_taker() if "tvm_ffi" in sys.modules else None

    def _load_taker(self) -> object:
        if self.taker is None:
            _import(self.plain)
            library = _import("tvm_ffi").load_module(self.files[0])
            self.taker = library.get_function("_ffiwheel_take")
        return self.taker


def _check_python() -> None:
    if os.environ.get(SWITCH) == "0":
        raise _UnavailableError(f"{SWITCH}=0 is set")
    if sys.implementation.name != "cpython":
        raise _UnavailableError("this is not CPython")
    if "free-threading" in sys.version:
        raise _UnavailableError("this Python has no GIL")
    if object.__basicsize__ != 2 * _pointer_size():
        raise _UnavailableError("objects of this Python have a header of another size")


def _pointer_size() -> int:
    return (sys.maxsize.bit_length() + 1) // 8


def _load(
    files: Sequence[str], name: str, releases: Sequence[str], only: bool
) -> list[ctypes.PyDLL]:
    """Load the runtime's library, then those of the package."""
    import ctypes  # noqa: PLC0415 - it takes its time

    found = next((spec for spec in map(_find, sys.meta_path) if spec), None)
    if not found or not found.submodule_search_locations:
        raise _UnavailableError("apache-tvm-ffi was not found on the path")
    folder = found.submodule_search_locations[0]
    release = _read_release(os.path.join(folder, "_version.py"))
    if not release or (release in releases) != only:
        raise _UnavailableError("it is not known to run on this release of apache-tvm-ffi")
    runtime = os.path.join(folder, "lib", _RUNTIMES.get(sys.platform, "libtvm_ffi.so"))
    try:
        library = ctypes.CDLL(runtime, ctypes.RTLD_GLOBAL)
        if name and _is_registered(library, name.encode()):
            raise _UnavailableError(f"`{name}` is registered already")
        return [ctypes.PyDLL(file) for file in files]
    except OSError as error:  # what is wrong, `tvm_ffi` says better
        raise _UnavailableError(str(error)) from None


def _sign(function: object) -> object:
    return _import("inspect").signature(function)


def _find(finder: Any) -> Any:
    return finder.find_spec("tvm_ffi", None)


def _import(name: str) -> ModuleType:
    __import__(name)
    return sys.modules[name]


def _read_release(file: str) -> str:
    """Return the release that a file of `tvm_ffi` names; empty if it does not."""
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
    except OSError:
        return ""
    return text.partition("__version__ = version = '")[2].partition("'")[0]


def _is_registered(runtime: ctypes.CDLL, name: bytes) -> bool:
    """Tell whether a global function has a name."""
    import ctypes  # noqa: PLC0415 - it takes its time

    text = ctypes.create_string_buffer(name)
    given = (ctypes.c_void_p * 2)(ctypes.addressof(text), len(name))
    found = ctypes.c_void_p()
    runtime.TVMFFIFunctionGetGlobal(given, ctypes.byref(found))
    if found.value:
        runtime.TVMFFIObjectDecRef(found)
    return found.value is not None


def _exchange_address(found: object) -> int:
    """Return the address of an exchange API of version 1, which is an integer or in a capsule."""
    import ctypes  # noqa: PLC0415 - it takes its time

    if isinstance(found, int):
        address = found
    else:
        get = ctypes.pythonapi["PyCapsule_GetPointer"]
        get.restype, get.argtypes = ctypes.c_size_t, [ctypes.py_object, ctypes.c_char_p]
        address = get(found, b"dlpack_exchange_api")
    if not address:
        return 0
    major = ctypes.c_uint32.from_address(address).value
    return address if major == 1 else 0
