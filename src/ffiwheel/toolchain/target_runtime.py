"""The TVM-FFI runtime of a target: its headers, and something to link with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.toolchain.link_stub import make_link_stub

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ffiwheel.model.target import Target
    from ffiwheel.model.toolchain import Compiler, Runtime


def find_target_runtime(
    target: Target, host: Runtime, symbols: Sequence[str], folder: Path, compiler: Compiler
) -> Runtime:
    """Return the runtime of a target, in the release of this machine's.

    Args:
        target: what is compiled for.
        host: the runtime of this machine; headers are the same everywhere.
        symbols: the C functions of that release.
        folder: where to make what is linked with.
        compiler: the compiler for the target.
    """
    return replace(host, library=make_link_stub(target, symbols, folder, compiler))
