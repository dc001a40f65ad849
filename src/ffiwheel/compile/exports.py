"""The list of symbols that leave a library, as each format's linker wants it.

Nothing but the TVM-FFI C ABI does by default: two libraries that export C++ symbols of different
C++ runtimes into one process break each other.
"""

from __future__ import annotations

EXPORTED = "__tvm_ffi_*"
"""The symbols that every extension exports: the TVM-FFI C ABI."""


def render_export_map(exports: tuple[str, ...]) -> str:
    r"""Return the version script for linkers of ELF.

    >>> render_export_map(("hello_*",))
    '{ global: __tvm_ffi_*; hello_*; local: *; };\n'
    """
    listed = " ".join(f"{symbol};" for symbol in (EXPORTED, *exports))
    return f"{{ global: {listed} local: *; }};\n"
