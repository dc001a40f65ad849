"""The table of targets: their names in every tool's spelling, and what is known about each.

A name may be followed by the oldest glibc or macOS to support, after a dot as zig writes it:
`linux-aarch64.2.28`, `macos-arm64.12.0`. The other spellings are those of zig, Rust and wheel tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, ProjectError
from ffiwheel.model.target import NATIVE, OLDEST, Target, explain_minimum
from ffiwheel.system.machine import host_libc, machine_arch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL = "all"
"""Every target of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the table says of a target."""

    target: Target
    triple: str
    """zig's name of it, without a version."""
    aliases: tuple[str, ...]
    """How others call it, without a version."""
    tag: str
    """The platform tag of its wheels; `*` stands for the version."""
    runtime: str
    """The system as `apache-tvm-ffi` names it in its wheels' tags; empty where it has no wheel."""


TABLE: tuple[Row, ...] = (
    Row(
        target=Target(
            name="linux-x86_64",
            system="linux",
            libc="glibc",
            arch="x86_64",
            minimum=OLDEST["glibc"],
        ),
        triple="x86_64-linux-gnu",
        aliases=("x86_64-unknown-linux-gnu", "linux-amd64"),
        tag="manylinux_*_x86_64",
        runtime="linux_x86_64",
    ),
    Row(
        target=Target(
            name="linux-aarch64",
            system="linux",
            libc="glibc",
            arch="aarch64",
            minimum=OLDEST["glibc"],
        ),
        triple="aarch64-linux-gnu",
        aliases=("aarch64-unknown-linux-gnu", "linux-arm64"),
        tag="manylinux_*_aarch64",
        runtime="linux_aarch64",
    ),
    Row(
        target=Target(name="musllinux-x86_64", system="linux", libc="musl", arch="x86_64"),
        triple="x86_64-linux-musl",
        aliases=("x86_64-unknown-linux-musl",),
        tag="musllinux_1_2_x86_64",
        runtime="",
    ),
    Row(
        target=Target(name="musllinux-aarch64", system="linux", libc="musl", arch="aarch64"),
        triple="aarch64-linux-musl",
        aliases=("aarch64-unknown-linux-musl", "musllinux-arm64"),
        tag="musllinux_1_2_aarch64",
        runtime="",
    ),
    Row(
        target=Target(
            name="macos-arm64", system="macos", libc="system", arch="arm64", minimum=OLDEST["macos"]
        ),
        triple="aarch64-macos",
        aliases=("aarch64-apple-darwin", "macos-aarch64"),
        tag="macosx_*_arm64",
        runtime="macosx_arm64",
    ),
    Row(
        target=Target(
            name="macos-x86_64",
            system="macos",
            libc="system",
            arch="x86_64",
            minimum=OLDEST["macos"],
        ),
        triple="x86_64-macos",
        aliases=("x86_64-apple-darwin", "macos-amd64"),
        tag="macosx_*_x86_64",
        runtime="",
    ),
    Row(
        target=Target(name="windows-amd64", system="windows", libc="system", arch="amd64"),
        triple="x86_64-windows-gnu",
        aliases=("x86_64-pc-windows-gnu", "windows-x86_64"),
        tag="win_amd64",
        runtime="win_amd64",
    ),
    Row(
        target=Target(name="windows-arm64", system="windows", libc="system", arch="arm64"),
        triple="aarch64-windows-gnu",
        aliases=("aarch64-pc-windows-gnullvm", "windows-aarch64"),
        tag="win_arm64",
        runtime="win_arm64",
    ),
)

_LEGACY_TAGS = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}
"""Platform tags that name a glibc by a year. (PEP 513, 571, 599)"""
_VERSION = re.compile(r"^(?P<name>[^.]+)\.(?P<version>\d+(?:\.\d+)*)$")
_PLACE = "command line"


def native_target() -> Target:
    """Return the machine that we run on."""
    return Target(name=NATIVE, system="linux", libc=host_libc(), arch=machine_arch())


def names_of_targets() -> tuple[str, ...]:
    """Return the names that keys of the configuration may match, the machine's own among them."""
    named = (*(row.target.name for row in TABLE), full_name(native_target()))
    return tuple(dict.fromkeys(named))


def full_name(target: Target) -> str:
    """Return the name of a target that says what it is: that of `native`, as if it were asked for.

    >>> full_name(Target(name="native", system="linux", libc="glibc", arch="riscv64"))
    'linux-riscv64'
    """
    if not target.is_native:
        return target.name
    return f"{'musllinux' if target.libc == 'musl' else target.system}-{target.arch}"


def row_of(target: Target) -> Row:
    """Return the row of a target that is not `native`."""
    return next(row for row in TABLE if row.target.name == target.name)


def platform_tag(target: Target) -> str:
    """Return the oldest platform tag that wheels for a target, not `native`, can have.

    >>> platform_tag(parse_target("linux-aarch64.2.28", {}))
    'manylinux_2_28_aarch64'
    """
    return row_of(target).tag.replace("*", target.minimum.replace(".", "_"))


def names_of(target: Target) -> tuple[str, ...]:
    """Return how ffiwheel, zig and others call a target, without a version."""
    row = row_of(target)
    return (target.name, row.triple, *row.aliases)


def parse_targets(words: Iterable[str], minimums: Mapping[str, str]) -> tuple[Target, ...]:
    """Return the targets that `words` name, each once, in their order.

    A word with a version decides over one without, so `all` and `linux-aarch64.2.28` go together.

    Args:
        words: names, aliases, platform tags, `native` or `all`.
        minimums: `glibc` and `macos` -> the oldest release, where the project says so.

    Raises:
        ProjectError: naming every word that is none, and every target with two versions.
    """
    found: dict[str, Target] = {}
    given: dict[str, str] = {}
    problems: list[Problem] = []
    for word in dict.fromkeys(words):
        for name in [row.target.name for row in TABLE] if word == ALL else [word]:
            try:
                target = parse_target(name, minimums)
            except ProjectError as error:
                problems += error.problems
                continue
            exact = target.minimum if _states_minimum(name) else ""
            if exact and given.get(target.name, exact) != exact:
                problems.append(_explain_two(target.name, given[target.name], exact))
            if exact or target.name not in found:
                found[target.name] = target
            if exact:
                given[target.name] = exact
    if problems:
        raise ProjectError.of(problems)
    return tuple(found.values())


def parse_target(word: str, minimums: Mapping[str, str]) -> Target:
    """Return the target that a word names.

    >>> parse_target("aarch64-linux-gnu.2.28", {}).minimum
    '2.28'
    >>> parse_target("macosx_12_0_arm64", {}).minimum, parse_target("macos-arm64", {}).minimum
    ('12.0', '11.0')

    Raises:
        ProjectError: if it names none, or one with a version that it cannot have.
    """
    if word == NATIVE:
        return native_target()
    name, version = _split_version(word)
    for row in TABLE:
        target = row.target
        tagged = _read_tag(row, name)
        if tagged is None and name not in names_of(target):
            continue
        kind = "macos" if target.system == "macos" else target.libc
        version = version or tagged or ""
        if version:
            _require_minimum(word, target, kind, version)
        return replace(target, minimum=version or minimums.get(kind, "") or target.minimum)
    raise ProjectError.of([_explain_unknown(word)])


def _split_version(word: str) -> tuple[str, str]:
    """Return a name and the version behind its last dot before digits; macOS has whole numbers.

    >>> _split_version("macos-arm64.12"), _split_version("musllinux_1_2_x86_64")
    (('macos-arm64', '12.0'), ('musllinux_1_2_x86_64', ''))
    """
    matched = _VERSION.match(word)
    if not matched:
        return word, ""
    version = matched["version"]
    return matched["name"], version if "." in version else f"{version}.0"


def _states_minimum(word: str) -> bool:
    if _split_version(word)[1]:
        return True
    return any(_read_tag(row, word) for row in TABLE)


def _require_minimum(word: str, target: Target, kind: str, version: str) -> None:
    """Refuse a version that a target cannot have."""
    if not target.minimum:
        message = f"`{word}`: {target.name} has no versions to choose from"
        raise ProjectError(message, where=_PLACE, hint=f"say `{target.name}`")
    if said := explain_minimum(kind, version):
        hint = f"say `{target.name}` for {OLDEST[kind]}, or `{target.name}.VERSION`"
        raise ProjectError(f"`{word}`: {said}", where=_PLACE, hint=hint)


def _read_tag(row: Row, word: str) -> str | None:
    """Return the version in a platform tag of the row, or None if `word` is none."""
    legacy, _, arch = word.partition("_")
    if row.target.libc == "glibc" and legacy in _LEGACY_TAGS and arch == row.target.arch:
        return _LEGACY_TAGS[legacy]
    pattern = re.escape(row.tag).replace(r"\*", r"(\d+_\d+)")
    found = re.fullmatch(pattern, word)
    return ".".join(found.groups()).replace("_", ".") if found else None


def _explain_two(name: str, first: str, second: str) -> Problem:
    hint = "give one: the wheel for the older one runs on the newer one, too"
    return Problem(f"{name} is wanted for {first} and for {second}", _PLACE, hint)


def _explain_unknown(word: str) -> Problem:
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    name, version = _split_version(word)
    names = [row.target.name for row in TABLE]
    tags = [platform_tag(row.target) for row in TABLE]
    spelt = [spelling for row in TABLE for spelling in names_of(row.target)]
    close = difflib.get_close_matches(name.lower(), [*spelt, *tags, NATIVE, ALL], n=1)
    if close:
        takes_version = any(close[0] in names_of(row.target) for row in TABLE if row.target.minimum)
        meant = f"{close[0]}.{version}" if version and takes_version else close[0]
        hint = f"did you mean `{meant}`? `ffiwheel targets` shows all"
    else:
        listed = f"{', '.join(names[:4])},\n{', '.join([*names[4:], NATIVE])}"
        hint = f"the targets are {listed};\n`ffiwheel targets` says more"
    return Problem(f"unknown target `{word}`", _PLACE, hint)
