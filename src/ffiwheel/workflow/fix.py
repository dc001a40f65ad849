"""Let a project require the releases of the TVM-FFI runtime on which its wheel works."""

from __future__ import annotations

from dataclasses import replace
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from ffiwheel.audit.runtime.requirement import mend_line, quote_line, runtime_requirements
from ffiwheel.config.decode import subtable
from ffiwheel.config.dependency import replace_dependencies
from ffiwheel.errors import ProjectError
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import replacing
from ffiwheel.workflow.bind import judge_draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.config.project import Project
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.progress import Progress
    from ffiwheel.model.runtime import RuntimeRange


def fix_requirement(project: Project, draft: Draft, progress: Progress) -> Draft:
    """Write the true range into `pyproject.toml`, and return the draft that requires it.

    Raises:
        ProjectError: if that takes more than other clauses in a line of `project.dependencies`.
    """
    runtime = judge_draft(draft)
    file = project.root / "pyproject.toml"
    metadata = read_content(draft.dist_info["METADATA"]).decode()
    stated = HeaderParser().parsestr(metadata).get_all("Requires-Dist", [])
    if not plan_changes(stated, runtime, str(file)):
        return draft
    listed = subtable(project.pyproject, "project").get("dependencies", [])
    lines = [line for line in listed if isinstance(line, str)] if isinstance(listed, list) else []
    changes = plan_changes(lines, runtime, str(file))
    if not changes:
        [change] = list(plan_changes(stated, runtime, str(file)).values())[:1]
        raise ProjectError(
            "the requirement of `apache-tvm-ffi` does not stand in `project.dependencies`",
            where=str(file),
            hint=f"write this where your dependencies are:\n{quote_line(change)}",
        )
    changed = replace_dependencies(file.read_text(encoding="utf-8"), changes, str(file))
    with replacing(file, file.stat().st_mode & 0o777) as new:
        new.write_text(changed, encoding="utf-8")
    for old, line in changes.items():
        progress.note(f"pyproject.toml: `{old}` is `{line}` now")
    return replace(draft, dist_info={**draft.dist_info, "METADATA": _mend(metadata, runtime)})


def plan_changes(lines: list[str], runtime: RuntimeRange, where: str) -> Mapping[str, str]:
    """Return line -> its better form, of those that admit a release known to fail.

    Raises:
        ProjectError: if there is none.
    """
    changes = {}
    for line in lines:
        if any(runtime_requirements([line])):
            mended = mend_line(line, runtime)
            if mended is None:
                raise ProjectError(
                    f"`{line}` cannot be mended: no release that it admits will do",
                    where=where,
                    hint=f"it runs on `apache-tvm-ffi{runtime.specifier}`",
                )
            if mended != line:
                changes[line] = mended
    return changes


def _mend(metadata: str, runtime: RuntimeRange) -> bytes:
    """Return the text of `METADATA` with better requirements."""
    prefix, lines = "Requires-Dist: ", metadata.split("\n")
    for index, text in enumerate(lines):
        if not text:  # the description follows
            break
        line = text.removeprefix(prefix)
        if line != text and any(runtime_requirements([line])):
            lines[index] = f"{prefix}{Requirement(mend_line(line, runtime) or line)}"
    return "\n".join(lines).encode()
