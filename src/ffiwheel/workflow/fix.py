"""Let a project, or a wheel, require the releases of the TVM-FFI runtime on which it works."""

from __future__ import annotations

from dataclasses import replace
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from ffiwheel.audit.requirements import parse_requirements, requires_runtime
from ffiwheel.audit.runtime.requirement import (
    RUNTIME,
    mend_line,
    quote_line,
    runtime_requirements,
)
from ffiwheel.config.decode import subtable
from ffiwheel.config.dependency import replace_dependencies
from ffiwheel.errors import ProjectError, WheelError
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import replacing
from ffiwheel.workflow.binaries import facts_of
from ffiwheel.workflow.bind import judge_draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    stated = _required(metadata)
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


def fix_metadata(draft: Draft, progress: Progress) -> Draft:
    """Return the draft of a wheel that comes alone, with the true range in its `METADATA`.

    Raises:
        WheelError: if there is none, or it takes more than other clauses in a requirement.
    """
    libraries = facts_of(draft).values()
    if not any(one.is_extension for one in libraries):
        return draft
    runtime = judge_draft(draft)
    metadata = read_content(draft.dist_info["METADATA"]).decode(errors="surrogateescape")
    stated = _required(metadata)
    try:
        changes = plan_changes(stated, runtime, f"METADATA of {draft.name}")
    except ProjectError as error:
        raise WheelError.of(error.problems) from error
    lacking = not requires_runtime(parse_requirements(stated))
    added = [f"{RUNTIME}{runtime.specifier}"] if lacking else []
    if not changes and not added:
        return draft
    mended = _add(_mend(metadata, runtime), added)
    wanted = [*(changes.get(line, line) for line in stated), *added]
    now = _required(mended.decode(errors="surrogateescape"))
    if [*parse_requirements(now)] != [*parse_requirements(wanted)]:
        message = "its requirements are written in a way that cannot be mended"
        raise WheelError(message, where=f"METADATA of {draft.name}", hint="build the wheel anew")
    for old, line in changes.items():
        progress.note(f"it required `{old}`, and requires `{line}` now")
    for line in added:
        progress.note(f"it requires `{line}` now")
    return replace(draft, dist_info={**draft.dist_info, "METADATA": mended})


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
            mended = mend_line(line, runtime)
            if mended and mended != line:
                lines[index] = f"{prefix}{Requirement(mended)}"
    return "\n".join(lines).encode(errors="surrogateescape")


def _add(metadata: bytes, lines: Sequence[str]) -> bytes:
    """Return the text of `METADATA` with more requirements, the last of its fields."""
    fields, gap, description = metadata.partition(b"\n\n")
    new = "".join(f"Requires-Dist: {line}\n" for line in lines).encode()
    return fields.rstrip(b"\n") + b"\n" + new + gap[1:] + description


def _required(metadata: str) -> list[str]:
    """Return the requirements that `METADATA` states."""
    return [str(line) for line in HeaderParser().parsestr(metadata).get_all("Requires-Dist", [])]
