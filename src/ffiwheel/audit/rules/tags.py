"""Rules on tags: what the name of a wheel promises, and what is true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.platform import Platform

_FORM = re.compile(r"(manylinux|musllinux|macosx|ios|android)_(\d+)_(\d+)_(\w+)")
_OLD_NAMES = {"manylinux1": "2_5", "manylinux2010": "2_12", "manylinux2014": "2_17"}
_LINUX = ("manylinux", "musllinux", "linux")
_MACS = ("arm64", "x86_64", "intel")
_SHOWN = 3


class Promise(NamedTuple):
    """A platform tag, taken apart."""

    system: str
    """Such as `manylinux`, `linux` or `win`."""
    release: tuple[int, int]
    """The oldest release of the system's library; 0.0 where the tag names none."""
    arch: str


def parse_promise(tag: str) -> Promise:
    """Take a platform tag apart.

    >>> parse_promise("manylinux2014_x86_64")
    Promise(system='manylinux', release=(2, 17), arch='x86_64')
    >>> parse_promise("win_amd64")
    Promise(system='win', release=(0, 0), arch='amd64')
    """
    system, _, arch = tag.partition("_")
    if system in _OLD_NAMES:
        tag = f"manylinux_{_OLD_NAMES[system]}_{arch}"
    if found := _FORM.fullmatch(tag):
        return Promise(found[1], (int(found[2]), int(found[3])), found[4])
    return Promise(system, (0, 0), arch)


@rule("WHL001 platform-tag-false", Severity.ERROR)
def check_platform_tag(subject: Subject) -> Iterator[Remark]:
    """Compare every platform of the tag with the lowest one that is true."""
    if not subject.is_wheel or not subject.binaries or subject.platform.conflict:
        return
    for tag in subject.platform_tags:
        if not is_true(tag, subject.floor):
            yield Remark(
                subject.file_name,
                f"`{tag}` is not true; the lowest platform tag that is: `{subject.floor.tag}`",
                "\n".join(map(str, subject.floor.reasons[:_SHOWN]))
                or "rename it with `wheel tags`, which changes WHEEL as well",
            )


def is_true(tag: str, floor: Platform) -> bool:
    """Tell whether libraries run wherever a platform tag promises; `floor` is their lowest one."""
    return tag in floor.also or _holds(parse_promise(tag), floor.tag)


def _holds(given: Promise, lowest: str) -> bool:
    """Tell whether a wheel with the given platform runs wherever that promises."""
    needed = parse_promise(lowest)
    if given.arch != needed.arch and not (needed.arch == "universal2" and given.arch in _MACS):
        return False
    if given.system == "linux":
        return needed.system in _LINUX
    return given.system == needed.system and given.release >= needed.release


@rule("WHL006 platform-tag-high", Severity.WARNING)
def check_needlessly_high(subject: Subject) -> Iterator[Remark]:
    """Find systems that could run a wheel, and do not get it."""
    if not subject.is_wheel or not subject.binaries or subject.platform.conflict:
        return
    needed = parse_promise(subject.floor.tag)
    promises = [parse_promise(tag) for tag in subject.platform_tags]
    lowest = min(promises, key=lambda one: (one.system == "linux", one.release))
    is_plain = (
        lowest.system == "linux" and needed.system != "linux" and not subject.platform.missing
    )
    is_higher = lowest.system == needed.system and lowest.release > needed.release
    if lowest.arch == needed.arch and (is_plain or is_higher):
        yield Remark(
            subject.file_name,
            f"`{subject.floor.tag}` is true as well, and older systems would get the wheel, too",
            f"`wheel tags --platform-tag {subject.floor.tag}` renames it",
        )


@rule("WHL002 not-portable", Severity.WARNING)
def check_no_index(subject: Subject) -> Iterator[Remark]:
    """Find Linux wheels that no `manylinux` tag fits, and that say so."""
    is_plain = any(tag.startswith("linux_") for tag in subject.platform_tags)
    if is_plain and subject.binaries and subject.platform.tag.startswith("linux_"):
        yield Remark(
            subject.file_name,
            "no `manylinux` or `musllinux` tag fits, so no index takes it",
            "\n".join(map(str, subject.platform.reasons[:_SHOWN])),
        )


@rule("WHL003 tags-differ", Severity.ERROR)
def check_same_tags(subject: Subject) -> Iterator[Remark]:
    """Compare the file name with the file `WHEEL`."""
    if not subject.is_wheel:
        return
    parts = (part.split(".") for part in subject.file_tag.split("-"))
    pythons, abis, platforms = (*parts, [], [], [])[:3]
    expected = {f"{p}-{a}-{s}" for p in pythons for a in abis for s in platforms}
    if set(subject.wheel_tags) != expected:
        said = ", ".join(subject.wheel_tags) or "nothing"
        yield Remark(
            subject.file_name,
            f"WHEEL says `{said}`, the name `{subject.file_tag}`",
            "WHEEL has one line `Tag:` for each combination of the name's tags;\n"
            "`wheel tags` changes both places",
        )


@rule("ELF016 wrong-machine", Severity.ERROR)
def check_machines(subject: Subject) -> Iterator[Remark]:
    """Find libraries of one wheel that no single machine can load."""
    if subject.is_wheel and subject.platform.conflict:
        yield Remark(
            subject.file_name,
            subject.platform.conflict,
            "make one wheel for each; is there a library of another build among the sources?",
        )


RULES = (
    check_platform_tag,
    check_needlessly_high,
    check_no_index,
    check_same_tags,
    check_machines,
)
