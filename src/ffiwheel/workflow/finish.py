"""Finish the libraries of a draft whose linker leaves that to others: those for macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.binary import Format
from ffiwheel.workflow.binaries import read_binaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.compile.job import Job
    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft

_ALWAYS = "__tvm_ffi_*"


def finish_draft(draft: Draft, job: Job, exports: tuple[str, ...] | None) -> Draft:
    """Return the draft with libraries that are safe to load beside others.

    Only libraries that speak the TVM-FFI C ABI are changed, each into a file of its own. What
    another library of the draft takes from one stays an export of it.

    Args:
        draft: the wheel to be.
        job: for what it was compiled, and in which folder.
        exports: patterns of the symbols that leave libraries besides `__tvm_ffi_*`; None if nothing
            is said, so that all leave it but weak C++ symbols.

    Raises:
        WheelError: if a library cannot be finished.
    """
    if job.target.format is not Format.MACHO:
        return draft
    from ffiwheel.wheel.macho.finish import Wanted  # noqa: PLC0415 - few builds are for macOS
    from ffiwheel.wheel.macho.library import finish_library  # noqa: PLC0415 - as above

    binaries = read_binaries(draft)
    finished = {}
    for name, (path, binary) in binaries.items():
        if binary.is_extension:
            wanted = Wanted(
                patterns=(_ALWAYS, *(exports or ())),
                names=_taken({other: one for other, (_, one) in binaries.items() if other != name}),
                weak_only=exports is None,
                symbols=job.debug,
            )
            finished[name] = job.folder / "finished" / name
            finish_library(path, finished[name], wanted)
    return draft.with_files(finished)


def _taken(others: Mapping[str, Binary]) -> frozenset[str]:
    """Return the symbols that libraries take from elsewhere."""
    return frozenset(symbol.name for one in others.values() for symbol in one.imports)
