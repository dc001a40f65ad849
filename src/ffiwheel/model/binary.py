"""What a reader of shared libraries returns, whatever their format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """The facts of one shared library that linking and tagging depend on."""

    arch: str
    """The machine as platform tags spell it, such as `x86_64`."""
    needed: tuple[str, ...] = ()
    """The libraries it asks the loader for (`DT_NEEDED`)."""
    versions: tuple[tuple[str, str, str], ...] = ()
    """Versioned symbols it needs: (library, version, symbol), sorted."""
    imports: tuple[str, ...] = ()
    """Undefined symbols, sorted."""
    exports: tuple[str, ...] = ()
    """Defined symbols that other libraries can see, sorted."""
    runpaths: tuple[str, ...] = ()
    """Entries of `DT_RPATH` and `DT_RUNPATH`."""
    binds_now: bool = False
    """Whether all symbols are resolved when it is loaded (`-z now`)."""
    has_unique: bool = False
    """Whether it exports `STB_GNU_UNIQUE` symbols, which are shared across libraries."""
    has_debug: bool = False
    """Whether it carries debug sections."""

    @property
    def is_extension(self) -> bool:
        """Whether it speaks the TVM-FFI C ABI."""
        return any(name.startswith("TVMFFI") for name in self.imports) or bool(self.ffi_symbols)

    @property
    def uses_python(self) -> bool:
        """Whether it needs symbols of the Python C API or libpython itself."""
        return any(name.startswith(("Py", "_Py")) for name in self.imports) or any(
            name.startswith("libpython") for name in self.needed
        )

    @property
    def ffi_symbols(self) -> tuple[str, ...]:
        """Names of the functions exported as TVM-FFI C symbols."""
        prefix, hidden = "__tvm_ffi_", "__tvm_ffi__"
        return tuple(
            name.removeprefix(prefix)
            for name in self.exports
            if name.startswith(prefix) and not name.startswith(hidden)
        )
