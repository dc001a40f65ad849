"""Is the TVM-FFI runtime there, with headers and a library that loads?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from ffiwheel.errors import MissingToolError
from ffiwheel.model.tool import Fault, Tool
from ffiwheel.system.environment import interpreter
from ffiwheel.toolchain.checkup.ask import ask, explain_silence, last_line
from ffiwheel.toolchain.runtime import find_runtime, installed_version

if TYPE_CHECKING:
    from ffiwheel.model.toolchain import Runtime

RUNTIME = "apache-tvm-ffi"
_TOOL = Tool(group="runtime", name=RUNTIME, purpose="what libraries are compiled for and run on")
_AGAIN = "pip install --force-reinstall apache-tvm-ffi"
_HEADER = "tvm/ffi/c_api.h"
_LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"


def check_runtime(requirement: str = "") -> tuple[Tool, ...]:
    """Look at the installed runtime.

    Args:
        requirement: what the project requires of it, such as `apache-tvm-ffi>=0.1.12`.
    """
    try:
        runtime = find_runtime()
    except MissingToolError as error:
        problem = error.problems[0]
        version = installed_version()
        is_damaged = bool(problem.where)
        fault = Fault.BROKEN if is_damaged else Fault.TOO_OLD if version else Fault.MISSING
        return (replace(_TOOL, version=version).with_trouble(fault, problem.message, problem.hint),)
    found = replace(
        _TOOL,
        version=runtime.version,
        path=runtime.root,
        detail=f"headers in {runtime.include_dir.name}, library {_name(runtime)}",
    )
    return (_hold_against(_load(_look_for_headers(found, runtime), runtime), requirement),)


def _name(runtime: Runtime) -> str:
    library = runtime.library
    return str(
        library.relative_to(runtime.root) if library.is_relative_to(runtime.root) else library
    )


def _look_for_headers(tool: Tool, runtime: Runtime) -> Tool:
    header = runtime.include_dir / _HEADER
    if header.is_file():
        return tool
    return tool.with_trouble(Fault.BROKEN, f"its header {header} is not there", _AGAIN)


def _load(tool: Tool, runtime: Runtime) -> Tool:
    """Load its library in a process of its own."""
    command = [str(interpreter()), "-I", "-S", "-c", _LOAD, str(runtime.library)]
    done = ask(command)
    if done.timed_out:
        return tool.with_trouble(*explain_silence(command))
    if done.code:
        said = last_line(done.lines) or done.ending
        return tool.with_trouble(Fault.BROKEN, f"its library does not load: {said}", _AGAIN)
    return tool


def _hold_against(tool: Tool, requirement: str) -> Tool:
    """Refuse a release that the project itself would not run on."""
    try:
        specifier = Requirement(requirement or RUNTIME).specifier
    except InvalidRequirement:
        return tool
    if specifier.contains(tool.version, prereleases=True):
        return tool
    message = f"{tool.version} is installed, and the project requires `{requirement}`"
    return tool.with_trouble(Fault.TOO_OLD, message, f"pip install '{requirement}'")
