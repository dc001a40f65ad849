"""Ask a program for its version, and say what is wrong if it does not answer."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.tool import Fault
from ffiwheel.system.process import Completed, run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ffiwheel.model.tool import Tool

SECONDS = 5.0
"""How long one program has to answer; the slowest that was seen takes a tenth of it."""
_VERSION = re.compile(r"\d+(?:\.\d+)+(?:[.-]?(?:post|pre|rc|dev|a|b)[.\d]*\d)?")


def ask(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Completed:
    """Return what a program answers; one that cannot even be started ends with exit code 127."""
    try:
        return run(command, cwd=Path("/"), env=env, timeout=SECONDS)
    except OSError as error:
        return Completed(code=127, lines=(str(error),))


def check_program(
    tool: Tool,
    program: Path | None,
    fix: str,
    options: Sequence[str] = ("--version",),
    read: Callable[[str], str] | None = None,
) -> Tool:
    """Return a tool with the path and the version of its program, or with what is wrong.

    Args:
        tool: what is looked for.
        program: where it lies, or None if it was not found.
        fix: the command that installs it.
        options: what makes it print its version.
        read: finds the version in what it prints; default: `parse_version`.
    """
    if program is None:
        return tool.with_trouble(Fault.MISSING, "it is not installed", fix)
    found = replace(tool, path=program)
    command = [str(program), *options]
    done = ask(command)
    if done.timed_out:
        return found.with_trouble(*explain_silence(command))
    if done.code:
        said = last_line(done.lines) or done.ending
        return found.with_trouble(Fault.BROKEN, f"it does not run: {said}", fix)
    return replace(found, version=(read or parse_version)(done.text))


def explain_silence(command: Sequence[str]) -> tuple[Fault, str, str]:
    """Return what is wrong with a program that does not answer in time."""
    message = f"it does not answer within {SECONDS:.0f} seconds"
    return Fault.SILENT, message, f"see what it waits for: {shlex.join(command)}"


def parse_version(text: str) -> str:
    r"""Return the first number with a dot that is not in brackets.

    >>> parse_version("cc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright")
    '12.2.0'
    >>> parse_version("sccache 0.4.0-pre.6"), parse_version("1.13.2.git.kitware.jobserver-pipe-1")
    ('0.4.0-pre.6', '1.13.2')
    """
    found = _VERSION.search(re.sub(r"\([^)]*\)", "", text))
    return found[0] if found else ""


def last_line(lines: Sequence[str]) -> str:
    """Return the last line that says something."""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def find_on_path(name: str) -> Path | None:
    """Return a program on the search path."""
    found = shutil.which(name)
    return Path(found) if found else None


def install_command(package: str) -> str:
    """Return the command that installs one of the system's packages, by Debian's name of it."""
    if shutil.which("apt-get"):
        return f"apt-get install {package}"
    return f"install `{package}` (Debian's name of it) with the system's package manager"
