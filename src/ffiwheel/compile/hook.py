"""Run the hooks of another PEP 517 backend in a child process, listening to what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.compile.errors import PLAIN, extract_errors, listener
from ffiwheel.errors import CompileError
from ffiwheel.system.environment import inherited
from ffiwheel.system.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproject_hooks import SubprocessRunner

    from ffiwheel.model.progress import Step


def hook_runner(
    step: Step, *, root: Path, failure: str, env: Mapping[str, str]
) -> SubprocessRunner:
    """Return the function that `pyproject_hooks` and `build` start a hook's process with.

    Args:
        step: who hears what the hook prints.
        root: the project, for the error and as the folder to run in where none is given.
        failure: what it means for the user when the process fails.
        env: variables to add to the environment.
    """

    def runner(
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        variables = inherited(**{**PLAIN, **env, **(extra_environ or {})})
        done = run(cmd, cwd=Path(cwd or root), env=variables, on_line=listener(step))
        if done.code:
            output = extract_errors(done.lines)
            raise CompileError(f"{failure} ({done.ending})", where=str(root), output=output)

    return runner
