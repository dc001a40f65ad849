"""Rules on the archive: what installers and indexes would refuse, or understand differently."""

from __future__ import annotations

import itertools
import stat
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.finding import Severity
from ffiwheel.model.size import show_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject

PYPI_LIMIT = 100 * 1000**2
"""Bytes of a file that PyPI takes without being asked, https://docs.pypi.org/project-management/storage-limits/."""

_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{name}{number}" for name in ("com", "lpt") for number in "123456789¹²³"
}
_FORBIDDEN = frozenset('<>:"|?*')
_REBUILD = "build the wheel again, and do not change it by hand"


@rule("WHL004 record-false", Severity.ERROR)
def check_recorded(subject: Subject) -> Iterator[Remark]:
    """Compare `RECORD` with the files."""
    for path, what in subject.unrecorded:
        yield Remark(path, what, _REBUILD)


@rule("WHL020 duplicate-name", Severity.ERROR)
def check_duplicates(subject: Subject) -> Iterator[Remark]:
    """Find names that two files have."""
    names = [entry.name for entry in subject.outline.entries]
    for name, count in Counter(names).items():
        if count > 1:
            yield Remark(name, f"{count} files have this name", _REBUILD)
    # With "/" as the lowest sign, what lies in a folder directly follows the folder's own name.
    ordered = sorted({name.replace("/", "\0") for name in names if not name.endswith("/")})
    for first, second in itertools.pairwise(ordered):
        if second.startswith(f"{first}\0"):
            name = first.replace("\0", "/")
            yield Remark(name, "it is a file, and a folder as well", _REBUILD)


@rule("WHL021 name-escapes", Severity.ERROR)
def check_escapes(subject: Subject) -> Iterator[Remark]:
    """Find names that lead out of the folder that a wheel is unpacked to."""
    for entry in subject.outline.entries:
        parts = entry.name.replace("\\", "/").split("/")
        is_drive = parts[0][1:2] == ":" and parts[0][:1].isalpha()
        if ".." in parts or (not parts[0] and entry.name) or is_drive:
            message = "the name leads out of the folder that the wheel is installed to"
            yield Remark(entry.name, message, "do not install this wheel")


@rule("WHL022 name-unportable", Severity.WARNING)
def check_portable_names(subject: Subject) -> Iterator[Remark]:
    """Find names that some systems cannot have, or read as something else."""
    on_windows = any(tag == "any" or tag.startswith("win") for tag in subject.platform_tags)
    for entry in subject.outline.entries:
        if why := _unportable(entry.name):
            is_error = on_windows or "control" in why or "backslash" in why
            yield Remark(entry.name, why, "rename the file", Severity.ERROR if is_error else None)


def _unportable(name: str) -> str:
    """Return what is wrong with a name, if something is.

    >>> _unportable("a/aux.py"), _unportable("a/b.py")
    ('Windows keeps the name `aux.py` for itself', '')
    """
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        return "the name has control characters"
    if "\\" in name:
        return "a backslash is part of the name here, and a folder's end on Windows"
    for part in filter(lambda part: part not in {".", ".."}, name.rstrip("/").split("/")):
        if _FORBIDDEN.intersection(part) or part != part.rstrip(". "):
            return f"Windows cannot have a file called `{part}`"
        if part.partition(".")[0].rstrip(" ").lower() in _RESERVED:
            return f"Windows keeps the name `{part}` for itself"
    return ""


@rule("WHL023 case-collision", Severity.WARNING)
def check_case(subject: Subject) -> Iterator[Remark]:
    """Find names that are one and the same where case does not count."""
    seen: dict[str, str] = {}
    folds = any(tag == "any" or tag[:3] in {"win", "mac"} for tag in subject.platform_tags)
    for name in dict.fromkeys(entry.name for entry in subject.outline.entries):
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            message = f"Windows and macOS cannot have it beside `{seen[key]}`"
            yield Remark(name, message, "rename one of them", Severity.ERROR if folds else None)
        seen.setdefault(key, name)


@rule("WHL024 not-a-plain-file", Severity.ERROR)
def check_plain_files(subject: Subject) -> Iterator[Remark]:
    """Find links and devices."""
    for entry in subject.outline.entries:
        kind = stat.S_IFMT(entry.mode)
        if kind == stat.S_IFLNK:
            help_ = "put a copy of the file in its place; pip writes the link's target as a text"
            yield Remark(entry.name, "it is a symbolic link", help_)
        elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            yield Remark(entry.name, "it is neither a file nor a folder", _REBUILD)


@rule("WHL025 decompression-bomb", Severity.ERROR)
def check_bomb(subject: Subject) -> Iterator[Remark]:
    """Report an archive that was not unpacked because of what it would become."""
    outline = subject.outline
    if outline.is_bomb:
        whole = sum(entry.size for entry in outline.entries)
        yield Remark(
            subject.file_name,
            f"its {show_size(outline.size)} would become {show_size(whole)};"
            " the files in it were not read",
            "do not install this wheel, if you do not know why it is so",
        )


@rule("WHL026 archive-ambiguous", Severity.ERROR)
def check_layout(subject: Subject) -> Iterator[Remark]:
    """Report what programs that read the archive in different ways would not agree on."""
    for name, what in subject.outline.oddities:
        yield Remark(name or subject.file_name, what, _REBUILD)


@rule("WHL027 file-damaged", Severity.ERROR)
def check_damaged(subject: Subject) -> Iterator[Remark]:
    """Report files that cannot be unpacked."""
    for name, why in subject.damaged.items():
        yield Remark(name, f"it cannot be unpacked: {why}", _REBUILD)


@rule("WHL010 too-large", Severity.WARNING)
def check_size(subject: Subject) -> Iterator[Remark]:
    """Compare the size with what PyPI takes."""
    if subject.outline.size > PYPI_LIMIT:
        yield Remark(
            subject.file_name,
            f"it has {show_size(subject.outline.size)}; PyPI takes {show_size(PYPI_LIMIT)}"
            " unless the project's limit was raised",
            "leave out architectures or debug sections, or ask for a higher limit",
        )


RULES = (
    check_recorded,
    check_size,
    check_duplicates,
    check_escapes,
    check_portable_names,
    check_case,
    check_plain_files,
    check_bomb,
    check_layout,
    check_damaged,
)
