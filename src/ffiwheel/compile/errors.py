"""Find the lines that matter in what CMake, Ninja and compilers print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ffiwheel.errors import CompileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ffiwheel.model.progress import Step

PLAIN = {"NINJA_STATUS": "[%f/%t] ", "CLICOLOR_FORCE": "0"}
"""Variables by which Ninja and CMake talk as it is read here. Jupyter forces colors on all."""
_STATUS = re.compile(r"^\[(\d+)/(\d+)\] ")
_FAILED = re.compile(r"^FAILED: (\[code=-?\d+\] )?")
_FULL = "No space left on device"
_TAIL = 30
_SHOWN = 40


def read_status(line: str) -> tuple[int, int] | None:
    """Return how many of how many steps Ninja says are finished, if the line says that.

    >>> read_status("[3/10] compile src/a.cc"), read_status("src/a.cc:1: error")
    ((3, 10), None)
    """
    found = _STATUS.match(line)
    return (int(found[1]), int(found[2])) if found else None


def listener(step: Step) -> Callable[[str], None]:
    """Return the function that hears each line of a build: it passes it on, and the progress."""

    def listen(line: str) -> None:
        step.output(line)
        if status := read_status(line):
            step.advance(*status)

    return listen


def name_log(error: CompileError, log: Path) -> CompileError:
    """Return `error` with the head of its output, where the first error is, and the log's path.

    >>> from pathlib import Path
    >>> print(name_log(CompileError("it failed", hint="run with `-v`"), Path("log.txt")))
    error: it failed
     help: run with `-v`
           everything that was printed is in log.txt
    >>> full = CompileError("it failed", output="ld: final link failed: No space left on device")
    >>> print(name_log(full, Path("log.txt")))
    ld: final link failed: No space left on device
    <BLANKLINE>
    error: it failed: the disk is full
     help: free some space, and build again
           everything that was printed is in log.txt
    """
    if _FULL in error.output:
        error = _explain_full(error)
    lines = error.output.splitlines()
    more = [f"... {len(lines) - _SHOWN} more lines in {log}"] if len(lines) > _SHOWN else []
    said = f"everything that was printed is in {log}"
    named = CompileError.of(
        problem._replace(hint=f"{problem.hint}\n{said}".strip()) for problem in error.problems
    )
    named.output = "\n".join(lines[:_SHOWN] + more)
    return named


def _explain_full(error: CompileError) -> CompileError:
    full = CompileError.of(
        one._replace(
            message=f"{one.message}: the disk is full", hint="free some space, and build again"
        )
        for one in error.problems
    )
    full.output = error.output
    return full


def extract_errors(lines: Sequence[str]) -> str:
    """Return the compiler's own lines, else CMake's errors, else the last lines."""
    failed = [line for said in failed_outputs(lines).values() for line in said]
    found = failed or list(_cmake_errors(lines)) or list(lines[-_TAIL:])
    return "\n".join(found).strip("\n")


def failed_outputs(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return each output that Ninja could not make -> what was printed, without the command.

    >>> failed_outputs(["FAILED: [code=1] a.o ", "c++ -c a.cc", "a.cc:1: error", "[2/2] link b"])
    {'a.o': ['a.cc:1: error']}
    """
    found: dict[str, list[str]] = {}
    name, skip_command = "", False
    for line in lines:
        if line.startswith("FAILED:"):
            name = _FAILED.sub("", line).strip()
            found[name], skip_command = [], True
        elif skip_command:
            skip_command = False
        elif _STATUS.match(line) or line.startswith(("ninja: ", "*** ")):
            name = ""
        elif name:
            found[name].append(line)
    return found


def _cmake_errors(lines: Iterable[str]) -> Iterator[str]:
    """Yield CMake's error blocks: a headline, then indented or empty lines."""
    inside = False
    for line in lines:
        if line.startswith("CMake Error"):
            inside = True
        elif inside and line and not line.startswith(" "):
            inside = False
        if inside:
            yield line
