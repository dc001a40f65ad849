"""What a reader of shared libraries returns, whatever their format."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Format(enum.Enum):
    """The format of a shared library, in the words of its specification."""

    ELF = "ELF"
    MACHO = "Mach-O"
    PE = "PE"


class CodeKind(enum.Enum):
    """What device code is: for one architecture, for that and every later one, or unlinked."""

    SASS = "SASS"
    PTX = "PTX"
    LTOIR = "LTO-IR"


class SectionKind(enum.Enum):
    """What a section holds."""

    CODE = "code"
    CONSTANT = "constant"
    DATA = "data"
    DEVICE = "device"
    LINKING = "linking"
    SYMBOLS = "symbols"
    DEBUG = "debug"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """A symbol that another library has to have."""

    name: str
    """Without the underscore that Mach-O puts before the names of C."""
    library: str = ""
    """The library it is asked of, where the format says so (ELF: versioned symbols only)."""
    version: str = ""
    """Its version in that library, such as `GLIBC_2.17`; ELF only."""
    weak: bool = False
    """Whether the library also loads without it."""


@dataclass(frozen=True, slots=True, order=True)
class Section:
    """A part of a library."""

    name: str
    """Its name; of Mach-O with its segment: `__TEXT,__text`."""
    size: int
    """Bytes in the file."""
    kind: SectionKind = field(default=SectionKind.OTHER, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A function or variable of a library, with the room that it takes in the file."""

    name: str
    section: str
    """The name of the `Section` that it lies in."""
    size: int


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """CUDA code for one architecture."""

    arch: str
    """Such as `sm_90` or `sm_90a`; of PTX and LTO-IR `compute_90`."""
    kind: CodeKind
    size: int
    """Bytes in the file, compressed if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """The facts of one shared library that linking, tagging and the rules depend on."""

    arch: str
    """The machine as the platform tags of its system spell it: `x86_64`, `arm64`, `amd64`."""
    format: Format = Format.ELF
    processor: str = ""
    """The level of the processor that it asks for, such as `x86-64-v3`; empty for the lowest."""
    soname: str = ""
    """What it calls itself: `DT_SONAME`, the install name, the name of the DLL."""
    size: int = 0
    """Bytes of the file."""
    needed: tuple[str, ...] = ()
    """The libraries it asks the loader for, in its order."""
    optional: tuple[str, ...] = ()
    """Libraries that it also loads without: weak dylibs, delay-loaded DLLs."""
    versions: tuple[tuple[str, str], ...] = ()
    """Library and version that the loader asks for, with or without a symbol; ELF only, sorted."""
    imports: tuple[Import, ...] = ()
    """Undefined symbols, sorted."""
    exports: tuple[str, ...] = ()
    """Defined symbols that other libraries can see, sorted."""
    weak_exports: tuple[str, ...] = ()
    """Those of them that the loader may replace by another library's, sorted."""
    unique_exports: tuple[str, ...] = ()
    """Those that are `STB_GNU_UNIQUE`: shared with every library that has the name, sorted."""
    runpaths: tuple[str, ...] = ()
    """Folders in which the loader looks: `DT_RPATH`, `DT_RUNPATH`, `LC_RPATH`."""
    minimum_os: str = ""
    """The oldest macOS that loads it, such as `11.0`; thin Mach-O only."""
    binds_now: bool = False
    """Whether all symbols are resolved when it is loaded: `-z now`, Mach-O without lazy binding,
    every PE."""
    relro: bool = True
    """Whether what the loader has filled in is read-only afterwards; ELF only."""
    executable_stack: bool = False
    text_relocations: bool = False
    """Whether the loader has to write into its code."""
    has_debug: bool = False
    """Whether it carries debug sections."""
    has_symbols: bool = False
    """Whether it carries the full table of symbols, which only debuggers need."""
    build_paths: tuple[str, ...] = ()
    """Absolute folders of the machine it was built on that its strings name, sorted; 64 at most."""
    names: tuple[str, ...] = ()
    """Strings in its read-only data that look like registered names (`package.name`), sorted; of
    libraries that speak the TVM-FFI C ABI only."""
    compilers: tuple[str, ...] = ()
    """What compilers and linkers wrote about themselves, such as `GCC: (Debian) 12.2`."""
    header_version: str = ""
    """The version of the TVM-FFI headers it was compiled with, as our build records it."""
    signature: str = ""
    """Of Mach-O: `ad-hoc`, `identity`, `invalid` or, where there is none, empty."""
    device_code: tuple[DeviceCode, ...] = ()
    """CUDA code inside: one entry per architecture and kind, sorted by both."""
    static_cudart: bool = False
    """Whether the CUDA runtime is linked into it."""
    sections: tuple[Section, ...] = ()
    """Its sections in the order of the file; in a fat Mach-O file `arm64:__TEXT,__text`."""
    slices: tuple[Binary, ...] = ()
    """Of a fat Mach-O file: what it holds for each architecture. The other facts are those of all
    slices together, and `arch` is the word that platform tags have for them: `universal2`."""

    @property
    def is_extension(self) -> bool:
        """Whether it speaks the TVM-FFI C ABI."""
        return bool(self.ffi_imports) or bool(self.ffi_symbols)

    @property
    def uses_python(self) -> bool:
        """Whether it needs symbols of the Python C API or libpython itself."""
        return any(one.name.startswith(("Py", "_Py")) for one in self.imports) or any(
            name.startswith(("libpython", "python3")) for name in self.needed
        )

    @property
    def ffi_imports(self) -> tuple[str, ...]:
        """Names of the C functions that it needs of the TVM-FFI runtime."""
        return tuple(one.name for one in self.imports if one.name.startswith("TVMFFI"))

    @property
    def ffi_symbols(self) -> tuple[str, ...]:
        """Names of the functions exported as TVM-FFI C symbols."""
        prefix, hidden = "__tvm_ffi_", "__tvm_ffi__"
        return tuple(
            name.removeprefix(prefix)
            for name in self.exports
            if name.startswith(prefix) and not name.startswith(hidden)
        )
