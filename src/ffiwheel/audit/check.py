"""Read a finished wheel from the disk and apply every rule to it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from ffiwheel.audit.binary.read import read_binary
from ffiwheel.audit.rules import RULES, Subject
from ffiwheel.errors import WheelError
from ffiwheel.model.draft import is_library
from ffiwheel.model.finding import Report
from ffiwheel.model.record import check_record

if TYPE_CHECKING:
    from pathlib import Path


def audit_wheel(path: Path, *, exports: tuple[str, ...], debug: bool) -> Report:
    """Return what the rules say about a wheel; nothing in it is run.

    Args:
        path: the wheel.
        exports: patterns of the symbols that may be exported besides the C ABI.
        debug: whether debug sections are wanted.
    """
    subject = read_subject(path, exports=exports, debug=debug)
    findings = tuple(finding for rule in RULES for finding in rule(subject))
    return Report(rules=len(RULES), findings=findings)


def read_subject(path: Path, *, exports: tuple[str, ...], debug: bool) -> Subject:
    """Return everything that the rules look at.

    Raises:
        WheelError: if the file is not a wheel, or a library in it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    except (OSError, zipfile.BadZipFile) as error:
        raise WheelError(f"not a wheel: {error}", where=str(path)) from error
    info = next((name.removesuffix("WHEEL") for name in files if _is_wheel_file(name)), "")
    record = f"{info}RECORD"
    if record not in files or f"{info}METADATA" not in files:
        raise WheelError("not a wheel: METADATA, WHEEL or RECORD is missing", where=str(path))
    return Subject(
        file_name=path.name,
        file_tag="-".join(path.stem.split("-")[-3:]),
        wheel_tags=tuple(
            line.removeprefix("Tag: ")
            for line in files[f"{info}WHEEL"].decode().splitlines()
            if line.startswith("Tag: ")
        ),
        metadata=files[f"{info}METADATA"].decode(),
        binaries={
            name: read_binary(io.BytesIO(data), name)
            for name, data in sorted(files.items())
            if is_library(name)
        },
        unrecorded=tuple(check_record(files, files[record], record)),
        exports=exports,
        debug=debug,
    )


def _is_wheel_file(name: str) -> bool:
    return name.count("/") == 1 and name.endswith(".dist-info/WHEEL")
