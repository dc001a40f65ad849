"""Rules on metadata: what indexes refuse, and what installers trip over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import (
    canonicalize_name,
    canonicalize_version,
    parse_wheel_filename,
)
from packaging.version import Version

from ffiwheel.audit.requirements import requires_runtime
from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.finding import Severity
from ffiwheel.model.provider import RUNTIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject

_FLAGS = re.MULTILINE | re.IGNORECASE
_MOST_FIELDS = 5000


@rule("WHL005 runtime-not-required", Severity.ERROR)
def check_runtime_required(subject: Subject) -> Iterator[Remark]:
    """Find extensions in a wheel that does not depend on `apache-tvm-ffi`."""
    if not subject.is_wheel or not subject.extensions or subject.is_runtime:
        return
    if requires_runtime(subject.requirements):
        return
    yield Remark(
        subject.file_name,
        f"`{RUNTIME.name}` is not among its dependencies, so it cannot be imported",
        f'add `dependencies = ["{RUNTIME.name}>=0.1.5"]` to `[project]`',
    )


@rule("WHL007 names-differ", Severity.ERROR)
def check_names(subject: Subject) -> Iterator[Remark]:
    """Compare name and version in the file name, in `.dist-info` and in `METADATA`."""
    if not subject.is_wheel:
        return
    try:
        name, version, _, _ = parse_wheel_filename(subject.file_name)
    except ValueError as error:
        text = str(error)
        yield Remark(subject.file_name, text[0].lower() + text[1:], "do not rename wheels")
        return
    folder, _, folder_version = subject.dist_info.removesuffix(".dist-info").partition("-")
    said = (str(subject.headers["Name"] or ""), str(subject.headers["Version"] or ""))
    for where, (found, number) in {
        "METADATA": said,
        f"the folder `{subject.dist_info}`": (folder, folder_version),
    }.items():
        if (canonicalize_name(found), _canonical(number)) != (name, _canonical(str(version))):
            yield Remark(
                subject.file_name,
                f"{where} says `{found}` `{number}`, the file name `{name}` `{version}`",
                "do not rename wheels",
            )


def _canonical(version: str) -> str:
    """Return a version in the one way to write it; what is none stays as it is."""
    try:
        return canonicalize_version(Version(version))
    except ValueError:
        return version


@rule("WHL008 metadata-invalid", Severity.ERROR)
def check_metadata(subject: Subject) -> Iterator[Remark]:
    """Report what `packaging` finds wrong in `METADATA`, as PyPI and `twine check` do."""
    if not subject.is_wheel:
        return
    from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata  # noqa: PLC0415 - slow

    where = f"{subject.dist_info}/METADATA"
    if len(subject.headers) > _MOST_FIELDS:  # the check takes time by the square of them
        yield Remark(where, f"it has {len(subject.headers)} fields; nobody's has so many")
        return
    try:
        Metadata.from_email(subject.metadata)
    except (RecursionError, ValueError) as failure:
        yield Remark(where, f"it cannot be read: {failure}", "mend `[project]` and build again")
    except ExceptionGroup as group:
        for error in group.exceptions:
            field = error.field if isinstance(error, InvalidMetadata) else ""
            text = str(error)
            named = text if field in text else f"{field}: {text}"
            yield Remark(where, f"PyPI refuses it: {named}", "mend `[project]` and build again")


@rule("WHL009 metadata-thin", Severity.NOTE)
def check_description(subject: Subject) -> Iterator[Remark]:
    """Report what a page on PyPI would lack."""
    if not subject.is_wheel:
        return
    body = str(subject.headers.get_payload() or "").strip()
    lacking = [
        what
        for what, is_there in {
            "a description (`readme`)": body or subject.headers["Description"],
            "a summary (`description`)": subject.headers["Summary"],
            "a license (`license`)": subject.headers["License-Expression"]
            or subject.headers["License"]
            or "License ::" in str(subject.headers.get_all("Classifier", [])),
            "the Pythons it is for (`requires-python`)": subject.headers["Requires-Python"],
        }.items()
        if not is_there
    ]
    if lacking:
        where = f"{subject.dist_info}/METADATA"
        yield Remark(where, f"it lacks {', '.join(lacking)}", "add them to `[project]`")


@rule("WHL015 wheel-file-false", Severity.ERROR)
def check_wheel_file(subject: Subject) -> Iterator[Remark]:
    """Check the version of the format, and where libraries are to be installed."""
    if not subject.is_wheel:
        return
    where = f"{subject.dist_info}/WHEEL"
    version = re.search(r"^Wheel-Version:\s*(\S+)", subject.wheel_text, re.MULTILINE)
    if not version or version[1].partition(".")[0] != "1":
        said = f"`{version[1]}`" if version else "nothing"
        yield Remark(where, f"`Wheel-Version` is {said}; installers refuse all but 1.x")
    is_pure = re.search(r"^Root-Is-Purelib:\s*true", subject.wheel_text, _FLAGS)
    if is_pure and subject.binaries:
        yield Remark(
            where,
            "`Root-Is-Purelib` is true, and there are libraries in the wheel",
            "it must be `false`: some systems keep libraries in another folder",
            Severity.WARNING,
        )


@rule("WHL016 not-for-pypi", Severity.NOTE)
def check_uploadable(subject: Subject) -> Iterator[Remark]:
    """Report what is fine for oneself, and PyPI refuses."""
    if not subject.is_wheel:
        return
    where = f"{subject.dist_info}/METADATA"
    version = str(subject.headers["Version"] or "")
    if "+" in version:
        help_ = "a version of a tagged commit has none; TestPyPI and PyPI refuse local parts"
        yield Remark(where, f"the version `{version}` has a local part", help_)
    for requirement in subject.requirements:
        if requirement.url:
            help_ = "name a release instead"
            yield Remark(where, f"`{requirement.name}` is required from a URL", help_)
    for classifier in subject.headers.get_all("Classifier", []):
        if str(classifier).startswith("Private ::"):
            yield Remark(where, f"it has the classifier `{classifier}`")


RULES = (
    check_runtime_required,
    check_names,
    check_metadata,
    check_description,
    check_wheel_file,
    check_uploadable,
)
