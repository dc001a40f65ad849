"""Every rule, by what it looks at. A new rule needs its line in `RULES` and a text in `data/rules`.

Codes say where to look: `WHL` the archive, its metadata and its tags; `PYP` what ties it to one
Python; `ELF` a shared library, whatever its format; `MAC` and `WIN` what only Mach-O and PE have;
`FFI` how it uses TVM-FFI; `CUDA` device code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rules import (
    archive,
    content,
    cuda,
    ffi,
    linking,
    metadata,
    python,
    runtime,
    stubs,
    symbols,
    tags,
)

if TYPE_CHECKING:
    from ffiwheel.audit.rule import Rule

_MODULES = (tags, archive, metadata, stubs, python, linking, symbols, content, runtime, ffi, cuda)
_ORDER = ("WHL", "PYP", "ELF", "MAC", "WIN", "FFI", "CUDA")

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (one for module in _MODULES for one in module.RULES),
        key=lambda one: (_ORDER.index(one.code.rstrip("0123456789")), one.code),
    )
)
"""Every rule, in the order of their codes."""
