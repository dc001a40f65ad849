"""What the rules look at: everything that was read from one wheel, or from one bare library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.parser import HeaderParser
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from ffiwheel.audit.requirements import parse_requirements
from ffiwheel.model.provider import RUNTIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

    from packaging.requirements import Requirement

    from ffiwheel.model.api import Api
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.platform import Platform
    from ffiwheel.model.record import RecordFault
    from ffiwheel.model.runtime import RuntimeRange


class Entry(NamedTuple):
    """A file in an archive, as its directory describes it."""

    name: str
    """As it is written there, whatever that is."""
    size: int
    """Bytes, unpacked, as the archive claims."""
    packed: int
    """Bytes in the archive, as it claims."""
    mode: int = 0
    """Type and permissions as Unix has them; 0 where nothing is said."""


class Oddity(NamedTuple):
    """Something about an archive that readers of it may understand differently."""

    name: str
    """The file in it; empty for the whole archive."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """How an archive is laid out."""

    size: int = 0
    """Bytes of the archive."""
    entries: tuple[Entry, ...] = ()
    """In the order of its directory."""
    oddities: tuple[Oddity, ...] = ()
    is_bomb: bool = False
    """Whether it claims to become so large that it was not unpacked."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What was read from a wheel; of a bare library there is no more than `binaries`."""

    file_name: str
    file_tag: str
    """The tag in the file name, such as `py3-none-manylinux_2_17_x86_64`; empty for a library."""
    wheel_tags: tuple[str, ...]
    """The tags in the file `WHEEL`."""
    metadata: str
    """The text of `METADATA`."""
    binaries: Mapping[str, Binary]
    """Archive path -> facts of each shared library that could be read."""
    unrecorded: tuple[RecordFault, ...] = ()
    """Where `RECORD` does not describe the files truly."""
    exports: tuple[str, ...] = ()
    """Patterns of the symbols that may be exported besides the C ABI."""
    debug: bool = False
    """Whether symbols were asked for."""
    prefixes: tuple[str, ...] = ()
    """Namespaces for registered names that are fine besides the packages' names."""
    outside: tuple[str, ...] = ()
    """Names of libraries that somebody else brings, its makers say."""
    dist_info: str = ""
    """The folder with the metadata, without a slash at its end."""
    wheel_text: str = ""
    """The text of `WHEEL`."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Archive path -> bytes of each file, unpacked."""
    stubs: Mapping[str, str] = field(default_factory=dict)
    """Archive path -> text of each `.pyi`."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Archive path -> hash of each library."""
    unreadable: Mapping[str, str] = field(default_factory=dict)
    """Archive path -> why a library could not be read."""
    damaged: Mapping[str, str] = field(default_factory=dict)
    """Archive path -> why a file could not be unpacked."""
    outline: Outline = field(default_factory=Outline)
    api: Api | None = None
    """The description of what the libraries offer, where there is one."""
    api_fault: str = ""
    """Why the description could not be read."""

    @property
    def is_wheel(self) -> bool:
        """Whether this is a wheel, and not a bare library."""
        return bool(self.file_tag)

    @property
    def python_tag(self) -> str:
        """Python and ABI of the tag, such as `py3-none`."""
        return "-".join(self.file_tag.split("-")[:2])

    @property
    def platform_tags(self) -> tuple[str, ...]:
        """The platforms of the tag."""
        return tuple(self.file_tag.rpartition("-")[2].split("."))

    @cached_property
    def platform(self) -> Platform:
        """The lowest platform tag that is true for the libraries."""
        from ffiwheel.audit.platform import lowest_platform  # noqa: PLC0415 - it takes 0.1 s

        return lowest_platform(self.binaries)

    @cached_property
    def runtime(self) -> RuntimeRange | None:
        """The releases of the TVM-FFI runtime on which it works; None if it needs none."""
        from ffiwheel.audit.runtime.wheel import compute_wheel_range  # noqa: PLC0415 - as above

        return compute_wheel_range(self)

    @cached_property
    def floor(self) -> Platform:
        """The lowest platform tag if somebody brings the libraries that are missing."""
        if not self.platform.missing:
            return self.platform
        from ffiwheel.audit.platform import lowest_platform  # noqa: PLC0415 - as above

        missing = {reason.library for reason in self.platform.missing}
        return lowest_platform(
            {
                path: replace(one, needed=tuple(name for name in one.needed if name not in missing))
                for path, one in self.binaries.items()
            }
        )

    @cached_property
    def headers(self) -> Message:
        """The fields of `METADATA`."""
        return HeaderParser().parsestr(self.metadata)

    @cached_property
    def extensions(self) -> Mapping[str, Binary]:
        """The libraries that speak the TVM-FFI C ABI."""
        return {path: one for path, one in self.binaries.items() if one.is_extension}

    @property
    def requirements(self) -> Iterator[Requirement]:
        """The dependencies that can be read."""
        return parse_requirements(self.headers.get_all("Requires-Dist", []))

    @property
    def required(self) -> frozenset[str]:
        """The projects that it depends on."""
        return frozenset(canonicalize_name(one.name) for one in self.requirements)

    @property
    def name(self) -> str:
        """The project, as PyPI compares names."""
        return canonicalize_name(str(self.headers["Name"] or ""))

    @property
    def is_runtime(self) -> bool:
        """Whether this is the wheel of the TVM-FFI runtime itself."""
        return self.name == RUNTIME.name

    @property
    def packages(self) -> frozenset[str]:
        """The names at the top of the wheel under which Python can import something."""
        tops = {name.partition("/") for name in self.sizes}
        folders = {top for top, slash, _ in tops if slash and "." not in top}
        return frozenset(folders | {top[:-3] for top, slash, _ in tops if top.endswith(".py")})
