"""Which Pythons are on the machine: the one that runs us, and those that can run wheels."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from functools import partial
from glob import escape, glob
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.tool import Fault, Tool
from ffiwheel.system.environment import interpreter
from ffiwheel.system.files import is_writable
from ffiwheel.system.parallel import run_parallel
from ffiwheel.toolchain.checkup.ask import ask, explain_silence, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "Python"
_OWN_PURPOSE = "runs ffiwheel, and loads libraries to see what they offer"
_PURPOSE = "can run wheels"
_MAKE = "make an environment: python3 -m venv .venv && . .venv/bin/activate"
_ASK = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.implementation.name)"
_AT_ONCE = 8
_OLDEST = (3, 9)
"""The oldest Python that TVM-FFI, and with it a wheel, runs on."""
_PLACES = (
    ("PYENV_ROOT", "~/.pyenv", "versions/*/bin"),
    ("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python", "*/bin"),
)
"""Variable, folder where it is not set, and where programs lie in it: those of pyenv and of uv."""


def check_own_python() -> tuple[Tool, ...]:
    """Describe the Python that runs us."""
    version = ".".join(map(str, sys.version_info[:3]))
    detail = f"environment {sys.prefix}" if sys.prefix != sys.base_prefix else "no environment"
    own = Tool(
        group="Python",
        name=OWN,
        purpose=_OWN_PURPOSE,
        version=version,
        path=interpreter(),
        detail=detail,
    )
    refused = explain_installs(is_environment=sys.prefix != sys.base_prefix)
    return (own.with_trouble(Fault.UNWRITABLE, refused, _MAKE) if refused else own,)


def explain_installs(*, is_environment: bool) -> str:
    """Return why no package can be installed beside us, as editable installs are.

    https://peps.python.org/pep-0668 has the file by which a system keeps its Python to itself.
    """
    paths = sysconfig.get_paths()
    if not is_environment and (Path(paths["stdlib"]) / "EXTERNALLY-MANAGED").is_file():
        return "the system keeps its packages to itself (PEP 668)"
    if not is_writable(Path(paths["purelib"])):
        return f"nothing can be installed in {paths['purelib']}"
    return ""


def check_other_pythons() -> tuple[Tool, ...]:
    """Look at every other Python that wheels can run on, the oldest first."""
    tasks = [partial(_check_python, path) for path in list_pythons()]
    found = [tool for tool in run_parallel(tasks, _AT_ONCE) if tool]
    return tuple(sorted(found, key=lambda tool: [int(n) for n in tool.version.split(".") if n]))


def list_pythons() -> tuple[Path, ...]:
    """Return every Python on the search path and of pyenv and uv, each once, but for ours."""
    own = interpreter().resolve()
    here = interpreter().parent if sys.prefix != sys.base_prefix else None
    found: dict[Path, Path] = {}
    for path in _look():
        real = path.resolve()
        is_own = real == own or path.parent == here  # an environment may have copies
        if not is_own and "shims" not in path.parts:  # pyenv's shims stand for its versions
            found.setdefault(real, path)
    return tuple(sorted(found.values()))


def _look() -> Iterator[Path]:
    folders = [Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    for variable, usual, pattern in _PLACES:
        root = Path(os.environ.get(variable) or usual).expanduser()
        folders += _list(root, pattern)
    for folder in folders:
        for path in _list(folder, "python3*"):
            if re.fullmatch(r"python3(\.\d+t?)?", path.name) and os.access(path, os.X_OK):
                yield path


def _list(folder: Path, pattern: str) -> list[Path]:
    """Return what is in a folder; nothing where it may not be seen, where `Path.glob` raises."""
    return sorted(Path(found) for found in glob(f"{escape(str(folder))}/{pattern}"))  # noqa: PTH207


def _check_python(path: Path) -> Tool | None:
    """Look at one Python; one that is too old for wheels of TVM-FFI is none of ours."""
    command = [str(path), "-I", "-S", "-c", _ASK]
    done = ask(command)
    tool = Tool(group="Python", name=path.name, purpose=_PURPOSE, path=path)
    if done.timed_out:
        return tool.with_trouble(*explain_silence(command))
    words = last_line(done.lines).split()
    if done.code or len(words) != len(("version", "name")):
        said = last_line(done.lines) or done.ending
        fix = f"install it anew, or take it off PATH: {path.parent}"
        return tool.with_trouble(Fault.BROKEN, f"it does not run: {said}", fix)
    version, name = words
    if tuple(map(int, version.split(".")[:2])) < _OLDEST:
        return None
    detail = "" if name == "cpython" else name
    return Tool(
        group="Python",
        name=f"python{version.rpartition('.')[0]}",
        purpose=_PURPOSE,
        version=version,
        path=path,
        detail=detail,
    )
