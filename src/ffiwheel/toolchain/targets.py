"""The table of targets: their names in every tool's spelling, and what is known about each.

A name may be followed by the oldest glibc or macOS to support, after a dot as zig writes it:
`linux-aarch64.2.28`, `macos-arm64.12.0`. The other spellings are those of zig, Rust and wheel tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, ProjectError
from ffiwheel.model.target import NATIVE, Target
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
            name="linux-x86_64", system="linux", libc="glibc", arch="x86_64", minimum="2.17"
        ),
        triple="x86_64-linux-gnu",
        aliases=("x86_64-unknown-linux-gnu",),
        tag="manylinux_*_x86_64",
        runtime="linux_x86_64",
    ),
    Row(
        target=Target(
            name="linux-aarch64", system="linux", libc="glibc", arch="aarch64", minimum="2.17"
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
        aliases=("aarch64-unknown-linux-musl",),
        tag="musllinux_1_2_aarch64",
        runtime="",
    ),
    Row(
        target=Target(
            name="macos-arm64", system="macos", libc="system", arch="arm64", minimum="11.0"
        ),
        triple="aarch64-macos",
        aliases=("aarch64-apple-darwin", "macos-aarch64"),
        tag="macosx_*_arm64",
        runtime="macosx_arm64",
    ),
    Row(
        target=Target(
            name="macos-x86_64", system="macos", libc="system", arch="x86_64", minimum="11.0"
        ),
        triple="x86_64-macos",
        aliases=("x86_64-apple-darwin",),
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

_VERSION = re.compile(r"^(?P<name>.*?[^.\d])\.(?P<version>\d+(?:\.\d+)+)$")


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


def parse_targets(words: Iterable[str], minimums: Mapping[str, str]) -> tuple[Target, ...]:
    """Return the targets that `words` name, each once, in their order.

    Args:
        words: names, aliases, platform tags, `native` or `all`.
        minimums: `glibc` and `macos` -> the oldest release, where the project says so.

    Raises:
        ProjectError: naming every word that is none.
    """
    found: dict[str, Target] = {}
    problems = []
    for word in words:
        named = [row.target.name for row in TABLE] if word == ALL else [word]
        for name in named:
            target = parse_target(name, minimums)
            if target is None:
                problems.append(_explain_unknown(word))
            else:
                found[target.name] = target
    if problems:
        raise ProjectError.of(problems)
    return tuple(found.values())


def parse_target(word: str, minimums: Mapping[str, str]) -> Target | None:
    """Return the target that a word names, or None.

    >>> parse_target("aarch64-linux-gnu.2.28", {}).minimum
    '2.28'
    >>> parse_target("macosx_12_0_arm64", {}).minimum, parse_target("macos-arm64", {}).minimum
    ('12.0', '11.0')
    """
    if word == NATIVE:
        return native_target()
    matched = _VERSION.match(word)
    name, version = (matched["name"], matched["version"]) if matched else (word, "")
    for row in TABLE:
        target = row.target
        tagged = _read_tag(row, name)
        if tagged is None and name not in (target.name, row.triple, *row.aliases):
            continue
        version = version or tagged or ""
        if version and not target.minimum:
            return None
        configured = minimums.get("macos" if target.system == "macos" else target.libc, "")
        return replace(target, minimum=version or configured or target.minimum)
    return None


def _read_tag(row: Row, word: str) -> str | None:
    """Return the version in a platform tag of the row, or None if `word` is none."""
    pattern = re.escape(row.tag).replace(r"\*", r"(\d+_\d+)")
    found = re.fullmatch(pattern, word)
    return ".".join(found.groups()).replace("_", ".") if found else None


def _explain_unknown(word: str) -> Problem:
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    names = [row.target.name for row in TABLE]
    known = [*names, NATIVE, ALL, *(alias for row in TABLE for alias in (row.triple, *row.aliases))]
    close = difflib.get_close_matches(word, known, n=1)
    hint = (
        f"did you mean `{close[0]}`? " if close else f"the targets are {', '.join(known[:10])};\n"
    )
    return Problem(f"unknown target `{word}`", "--target", f"{hint}`ffiwheel targets` shows all")
