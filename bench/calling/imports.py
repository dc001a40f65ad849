"""What an import costs, and a first call after it: whole processes of fresh interpreters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring.cost import Cost, measure
from measuring.turns import Way, take_turns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BARE = "bare Python"
PLAIN = "ffiwheel"
FAST = "ffiwheel, accelerated"
QUICKSTART = "quickstart"
QUICKSTART_FAST = "quickstart, accelerated"

Imports = dict[str, dict[str, list[Cost]]]
"""What is done ("import" or "call") -> way -> what each process took."""

_OFF = {"FFIWHEEL_ACCELERATE": "0"}
_ON = {"FFIWHEEL_ACCELERATE": "1"}


def list_imports(library: Path, *, accelerated: bool) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Return for each way what imports, what calls, and what to set in the environment."""
    ours = ("import calls_plain", "calls_plain.inc(1)")
    quickstart = ("import my_ffi_extension", "my_ffi_extension.add_one(41)")
    found = {
        BARE: ("pass", "pass", {}),
        PLAIN: (*ours, _OFF),
        QUICKSTART: (*quickstart, _OFF),
        "tvm_ffi alone": ("import tvm_ffi", "tvm_ffi.Shape((1, 2))", {}),
        "nanobind": ("import calls_nanobind", "calls_nanobind.inc(1)", {}),
        "pybind11": ("import calls_pybind11", "calls_pybind11.inc(1)", {}),
        "ctypes": (f"import ctypes; x = ctypes.CDLL({str(library)!r})", "x.inc(1)", {}),
    }
    if accelerated:
        found |= {
            FAST: ("import calls_fast", "calls_fast.inc(1)", _ON),
            QUICKSTART_FAST: (*quickstart, _ON),
        }
    return found


def measure_imports(
    python: Path, ways: Mapping[str, tuple[str, str, dict[str, str]]], rounds: int
) -> Imports:
    """Return what a process takes that imports, and one that also calls, in turns."""
    turns = []
    for name, (get, call, env) in ways.items():
        turns += [
            _way(f"import/{name}", python, get, env),
            _way(f"call/{name}", python, f"{get}; {call}", env),
        ]
    found = take_turns(turns, rounds + 1)
    return {
        kind: {name: found[f"{kind}/{name}"][1:] for name in ways} for kind in ("import", "call")
    }


def _way(name: str, python: Path, code: str, env: Mapping[str, str]) -> Way[Cost]:
    return Way(name, lambda: measure((python, "-c", code), env=env))
