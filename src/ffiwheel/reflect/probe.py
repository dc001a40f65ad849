"""Start the child process, give it time, and turn its answer, or its end, into a value."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import ReflectError
from ffiwheel.reflect.decode import ATTRIBUTES, decode_answer
from ffiwheel.system.environment import inherited, interpreter
from ffiwheel.system.process import query, run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ffiwheel.model.api import Api
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.toolchain import Runtime
    from ffiwheel.system.process import Completed

_SECONDS = 60.0
"""How long loading the libraries may take; a library that needs this at every import is broken."""
_PROGRAM = Path(__file__).with_name("_probe.py")
_LOADING = "[ffiwheel loads] "
_TRACEBACK = "Traceback (most recent call last)"
_UNHELPFUL = (_TRACEBACK, '  File "')
_HINT_CRASH = (
    "its static initializers run when it is loaded; run them in a debugger,\n"
    "or look above for what it printed"
)
_HINT_TWICE = "another library has registered the same name; use names of your package's own"


def reflect(
    libraries: Mapping[str, tuple[Path, Binary]],
    runtime: Runtime,
    attributes: Collection[str] = (),
    *,
    seconds: float = _SECONDS,
) -> Api:
    """Return what `libraries` register when they are loaded.

    Args:
        libraries: archive path -> the file to load, and its facts.
        runtime: the TVM-FFI release to load them with.
        attributes: the names of the type attributes to look for, which no runtime lists.
        seconds: how long all of this may take.

    Raises:
        ReflectError: if a library cannot be loaded, crashes or hangs.
    """
    requests = [
        {"path": str(path), "symbols": binary.ffi_symbols} for path, binary in libraries.values()
    ]
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as folder:
        answer = Path(folder) / "answer.json"
        done = run(
            [
                *(interpreter(), "-X", "utf8", _PROGRAM, runtime.library, answer),
                *(json.dumps(requests), json.dumps([*dict.fromkeys((*ATTRIBUTES, *attributes))])),
            ],
            cwd=Path(folder),
            env=inherited(PYTHONIOENCODING="utf-8:backslashreplace"),
            timeout=seconds,
        )
        if done.code or not answer.is_file():
            raise explain_failure(done, runtime)
        return decode_answer(json.loads(answer.read_text(encoding="utf-8")), tuple(libraries))


def explain_failure(done: Completed, runtime: Runtime) -> ReflectError:
    """Return the error for a probe that ended without an answer."""
    loading, said = done.split(_LOADING)
    where = loading or str(runtime.library)
    name = Path(where).name
    if symbol := re.search(r"undefined symbol: ([^\s,]+)", done.text):
        needed = readable_symbol(symbol[1])
        return ReflectError(
            f"`{name}` does not load: it needs `{needed}`, which nothing defines",
            where=where,
            hint="add the source that defines it to `sources`,\n"
            "or link its library with `link-flags` in `[tool.ffiwheel.compile]`",
        )
    if missing := re.search(r"(\S+): cannot open shared object file", done.text):
        return ReflectError(
            f"`{name}` does not load: the library `{missing[1]}` is not found",
            where=where,
            hint="install it, or link it statically",
        )
    return ReflectError(
        f"`{name}` does not load: {_reason(done, where)}",
        where=where,
        hint=_HINT_TWICE if "already registered" in done.text else _HINT_CRASH,
        output="\n".join(line for line in said if not line.startswith(_UNHELPFUL)),
    )


def _reason(done: Completed, library: str) -> str:
    """Return what the loader says of a library, or how the process ended where it said nothing."""
    if done.timed_out:
        return "it takes too long"
    if done.code >= 0 and _TRACEBACK in done.text:
        return done.lines[-1].removeprefix(f"OSError: {library}: ")
    return done.ending if done.code < 0 else f"it ended the process with {done.ending}"


def readable_symbol(symbol: str) -> str:
    """Return a C++ symbol as it stands in the source, where binutils are there to tell."""
    readable = query(("c++filt", "--", symbol)) if symbol.startswith("_Z") else None
    return (readable or symbol).strip()
