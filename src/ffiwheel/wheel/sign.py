"""Sign Mach-O libraries ad hoc, so that macOS loads them.

On Apple's processors macOS ends a process that maps code with a missing or a wrong signature. Every
edit makes a signature wrong. What repairwheel edits it signs again; this is for libraries that came
unsigned, or that somebody changed after they had been signed.

https://developer.apple.com/documentation/technotes/tn3126-inside-code-signing-hashes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.errors import WheelError
from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.binary import Binary

_DEBUG = ".dSYM/"
"""Beside a library, what debuggers know of it, in the same format; nobody loads it."""


def sign_broken(libraries: Mapping[str, tuple[Path, Binary]]) -> tuple[str, ...]:
    """Sign those of `libraries` that macOS would not load, in place, and return their names.

    Args:
        libraries: archive path -> the file, which is ours to change, and its facts.

    Raises:
        WheelError: if there is no room for a signature.
    """
    loadable = {name: pair for name, pair in libraries.items() if _DEBUG not in name}
    broken = {name: path for name, (path, one) in loadable.items() if needs_signature(one)}
    for name, path in broken.items():
        sign(path, name)
    return tuple(broken)


def sign(path: Path, name: str) -> None:
    """Sign a library ad hoc, in place; its file's name becomes its identifier.

    Args:
        path: the file, which is ours to change.
        name: what an error calls it.

    Raises:
        WheelError: if there is no room for a signature.
    """
    from repairwheel.macos import machosign  # noqa: PLC0415 - few wheels need it

    try:
        machosign.ad_hoc_sign(str(path))
    except machosign.SigningException as error:
        hint = "link it with `-Wl,-headerpad_max_install_names`, or sign it with `codesign`"
        raise WheelError(f"it cannot be signed: {error}", where=name, hint=hint) from error


def needs_signature(binary: Binary) -> bool:
    """Tell whether macOS refuses a library because of its signature."""
    parts = binary.slices or (binary,)
    return binary.format is Format.MACHO and any(
        one.signature == "invalid" or (not one.signature and one.arch.startswith("arm64"))
        for one in parts
    )
