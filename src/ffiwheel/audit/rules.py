"""The rules that a finished wheel is held against, one function each.

A rule is pure: it looks at what was read from the wheel and returns findings. Its code and name
are its identity; what it means and what to do is in `docs/rules.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import HeaderParser
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ffiwheel.model.binary import Binary


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was read from a wheel."""

    file_name: str
    file_tag: str
    """The tag in the file name, such as `py3-none-manylinux_2_17_x86_64`."""
    wheel_tags: tuple[str, ...]
    """The tags in the file `WHEEL`."""
    metadata: str
    binaries: Mapping[str, Binary]
    unrecorded: tuple[str, ...]
    """Files that `RECORD` does not describe truly."""
    exports: tuple[str, ...]
    """Patterns of the symbols that may be exported besides the C ABI."""
    debug: bool
    """Whether symbols were asked for."""

    @property
    def extensions(self) -> Mapping[str, Binary]:
        """The libraries that speak the TVM-FFI C ABI."""
        return {path: one for path, one in self.binaries.items() if one.is_extension}


def check_platform_tag(subject: Subject) -> Iterator[Finding]:
    """WHL001 platform-tag-false: the tag promises systems on which the wheel does not load."""
    platform = lowest_platform(subject.binaries)
    if subject.file_tag.split("-")[-1] != platform.tag:
        yield Finding(
            rule="WHL001 platform-tag-false",
            severity=Severity.ERROR,
            subject=subject.file_name,
            message=f"the lowest true platform tag is `{platform.tag}`",
            help="; ".join(platform.reasons[:3]),
        )


def check_no_index(subject: Subject) -> Iterator[Finding]:
    """WHL002 not-portable: no `manylinux` tag fits, so no index takes the wheel."""
    platform = lowest_platform(subject.binaries)
    if platform.tag.startswith("linux_"):
        yield Finding(
            rule="WHL002 not-portable",
            severity=Severity.WARNING,
            subject=subject.file_name,
            message="no `manylinux` tag fits: " + "; ".join(platform.reasons[:3]),
            help="link the library statically, or build on an older system",
        )


def check_same_tags(subject: Subject) -> Iterator[Finding]:
    """WHL003 tags-differ: the file name and the file `WHEEL` disagree."""
    if set(subject.wheel_tags) != {subject.file_tag}:
        yield Finding(
            rule="WHL003 tags-differ",
            severity=Severity.ERROR,
            subject=subject.file_name,
            message=f"WHEEL says `{', '.join(subject.wheel_tags)}`, the name `{subject.file_tag}`",
        )


def check_recorded(subject: Subject) -> Iterator[Finding]:
    """WHL004 record-false: `RECORD` does not describe the files."""
    for name in subject.unrecorded:
        yield Finding(
            rule="WHL004 record-false",
            severity=Severity.ERROR,
            subject=name,
            message="RECORD has no entry, or another hash, for this file",
        )


def check_runtime_required(subject: Subject) -> Iterator[Finding]:
    """WHL005 runtime-not-required: an extension that does not depend on `apache-tvm-ffi`."""
    if subject.extensions and not _requires_runtime(subject.metadata):
        yield Finding(
            rule="WHL005 runtime-not-required",
            severity=Severity.ERROR,
            subject=subject.file_name,
            message="`apache-tvm-ffi` is not among its dependencies, so it cannot be imported",
            help='add `dependencies = ["apache-tvm-ffi>=0.1.5"]` to `[project]`',
        )


def check_runtime_outside(subject: Subject) -> Iterator[Finding]:
    """ELF001 runtime-inside: the wheel carries a second TVM-FFI runtime."""
    for path in subject.binaries:
        if path.rpartition("/")[2].startswith("libtvm_ffi."):
            yield Finding(
                rule="ELF001 runtime-inside",
                severity=Severity.ERROR,
                subject=path,
                message="two copies of the TVM-FFI runtime do not see each other's objects",
                help="do not install `libtvm_ffi.so`; `apache-tvm-ffi` brings it",
            )


def check_python_free(subject: Subject) -> Iterator[Finding]:
    """ELF002 needs-python: a library under the tag `py3-none` is bound to one Python."""
    if not subject.file_tag.startswith("py3-none"):
        return
    for path, binary in subject.binaries.items():
        if binary.uses_python:
            yield Finding(
                rule="ELF002 needs-python",
                severity=Severity.ERROR,
                subject=path,
                message="it uses the Python C API, so `py3-none` is not true",
                help="leave `<Python.h>` out: the C ABI of TVM-FFI does not need it",
            )


def check_binds_now(subject: Subject) -> Iterator[Finding]:
    """ELF003 binds-lazily: a symbol the runtime lacks would end the interpreter, not the import."""
    for path, binary in subject.extensions.items():
        if not binary.binds_now:
            yield Finding(
                rule="ELF003 binds-lazily",
                severity=Severity.WARNING,
                subject=path,
                message="a missing symbol is found at the first call and ends the interpreter",
                help="link with `-Wl,-z,now`",
            )


def check_exports(subject: Subject) -> Iterator[Finding]:
    """ELF004 exports-too-much: C++ symbols leave the library and can meet another library's."""
    allowed = ("__tvm_ffi_*", "_init", "_fini", *subject.exports)
    for path, binary in subject.extensions.items():
        extra = [
            name
            for name in binary.exports
            if not any(fnmatchcase(name, pattern) for pattern in allowed)
        ]
        if extra:
            yield Finding(
                rule="ELF004 exports-too-much",
                severity=Severity.WARNING,
                subject=path,
                message=f"{len(extra)} symbols besides `__tvm_ffi_*` are exported,"
                f" such as `{extra[0]}`",
                help="compile with `-fvisibility=hidden`; with `tvm_ffi_configure_target`\n"
                "`exports = []` in `[tool.ffiwheel]` is enough",
            )


def check_wanted_exports(subject: Subject) -> Iterator[Finding]:
    """ELF008 export-missing: a symbol that is to leave the library does not."""
    exported = [name for binary in subject.extensions.values() for name in binary.exports]
    for pattern in subject.exports:
        if not any(fnmatchcase(name, pattern) for name in exported):
            yield Finding(
                rule="ELF008 export-missing",
                severity=Severity.WARNING,
                subject=subject.file_name,
                message=f"no exported symbol matches `{pattern}` of `exports`",
                help='declare it `extern "C" __attribute__((visibility("default")))`,\n'
                "or list the mangled name of a C++ function",
            )


def check_unique(subject: Subject) -> Iterator[Finding]:
    """ELF005 unique-symbols: variables are shared with every library that has the same name."""
    for path, binary in subject.extensions.items():
        if binary.unique_exports:
            yield Finding(
                rule="ELF005 unique-symbols",
                severity=Severity.WARNING,
                subject=path,
                message="it exports STB_GNU_UNIQUE symbols, which two extensions would share",
                help="compile with `-fno-gnu-unique`",
            )


def check_runpath(subject: Subject) -> Iterator[Finding]:
    """ELF006 absolute-runpath: a folder of the build machine is searched on the user's."""
    for path, binary in subject.binaries.items():
        absolute = [folder for folder in binary.runpaths if not folder.startswith("$ORIGIN")]
        if absolute:
            yield Finding(
                rule="ELF006 absolute-runpath",
                severity=Severity.WARNING,
                subject=path,
                message=f"the loader will search `{absolute[0]}` on the user's machine",
                help="take `-rpath` out of the link flags, or let it begin with `$ORIGIN`",
            )


def check_stripped(subject: Subject) -> Iterator[Finding]:
    """ELF007 debug-symbols: a release wheel carries debug sections."""
    for path, binary in subject.binaries.items():
        if binary.has_debug and not subject.debug:
            yield Finding(
                rule="ELF007 debug-symbols",
                severity=Severity.WARNING,
                subject=path,
                message="it has debug sections",
                help="strip it, or build with `--debug`",
            )


RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_platform_tag,
    check_no_index,
    check_same_tags,
    check_recorded,
    check_runtime_required,
    check_runtime_outside,
    check_python_free,
    check_binds_now,
    check_exports,
    check_unique,
    check_runpath,
    check_stripped,
    check_wanted_exports,
)
"""Every rule, in the order of their codes."""


def _requires_runtime(metadata: str) -> bool:
    for text in HeaderParser().parsestr(metadata).get_all("Requires-Dist", []):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if canonicalize_name(requirement.name) == "apache-tvm-ffi" and not requirement.marker:
            return True
    return False
