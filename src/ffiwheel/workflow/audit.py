"""Audit files that somebody names: wheels and shared libraries, from whatever backend."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ffiwheel.audit.check import Audited, audit_file
from ffiwheel.audit.rules.ffi import exported, runtime_symbols
from ffiwheel.errors import FfiwheelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ffiwheel.audit.rule import Rule
    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.finding import Finding
    from ffiwheel.model.runtime import RuntimeRange, Trial

SCHEMA = 1
"""The version of the JSON; another one means that a key has changed its meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that could not be audited."""

    path: Path
    error: FfiwheelError


def audit_files(paths: Iterable[Path], rules: Sequence[Rule]) -> tuple[Audited | Refused, ...]:
    """Audit each file; one that cannot be read does not hide the others."""
    return tuple(_audit(path, rules) for path in paths)


def _audit(path: Path, rules: Sequence[Rule]) -> Audited | Refused:
    try:
        return audit_file(path, rules=rules)
    except FfiwheelError as error:
        return Refused(path=path, error=error)


def describe(
    results: Sequence[Audited | Refused], rules: int, trials: Mapping[Path, tuple[Trial, ...]]
) -> dict[str, object]:
    """Return the outcome as JSON has it; `docs/audit.md` describes the keys."""
    files = [
        {**_describe_file(one), "trials": [asdict(trial) for trial in trials[one.path]]}
        if one.path in trials
        else _describe_file(one)
        for one in results
    ]
    return {"schema": SCHEMA, "rules": rules, "files": files}


def _describe_file(one: Audited | Refused) -> dict[str, object]:
    if isinstance(one, Refused):
        return {"file": str(one.path), "errors": [item._asdict() for item in one.error.problems]}
    subject = one.subject
    libraries = subject.binaries.items()
    return {
        "file": str(one.path),
        "kind": "wheel" if subject.is_wheel else "library",
        "size": one.size,
        "tag": subject.file_tag,
        "lowest_platform": subject.platform.tag,
        "reasons": [str(reason) for reason in subject.platform.reasons],
        "runtime": _describe_runtime(one.runtime),
        "libraries": [_describe_library(path, binary, subject) for path, binary in libraries],
        "findings": [_describe_finding(found) for found in one.report.findings],
    }


def _describe_runtime(found: RuntimeRange | None) -> dict[str, object] | None:
    return None if found is None else {"specifier": found.specifier, **asdict(found)}


def _describe_library(path: str, binary: Binary, subject: Subject) -> dict[str, object]:
    code = [{**asdict(one), "kind": one.kind.value} for one in binary.device_code]
    sizes: dict[str, int] = {}
    for one in binary.device_code:
        sizes[one.arch] = sizes.get(one.arch, 0) + one.size
    shared = any("cudart" in name.lower() for name in binary.needed)
    return {
        "path": path,
        "format": binary.format.value,
        "arch": binary.arch,
        "size": binary.size,
        "needed": list(binary.needed),
        "is_extension": binary.is_extension,
        "header_version": binary.header_version or None,
        "runtime_functions": list(binary.ffi_imports),
        "runtime_cxx_symbols": list(runtime_symbols(binary, exported(subject))),
        "compilers": list(binary.compilers),
        "cudart": "static" if binary.static_cudart else "shared" if shared else None,
        "device_code": code,
        "architectures": sizes,
    }


def _describe_finding(found: Finding) -> dict[str, object]:
    return {"code": found.code, **asdict(found), "severity": found.severity.value}
