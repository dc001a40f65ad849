"""Finish a Mach-O library on the disk: read it, finish it, sign it, and put it elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import WheelError
from ffiwheel.system.files import explaining, make_private_folder
from ffiwheel.wheel.macho.dylib import LayoutError, read_dylib
from ffiwheel.wheel.macho.finish import finish_dylib
from ffiwheel.wheel.sign import sign

if TYPE_CHECKING:
    from ffiwheel.wheel.macho.finish import Wanted


def finish_library(library: Path, finished: Path, wanted: Wanted) -> None:
    """Write a finished and signed library to `finished`, which appears whole or not at all.

    Args:
        library: what the linker made; it is only read.
        finished: where to write it; its name becomes the identifier of the signature.
        wanted: what is to leave it.

    Raises:
        WheelError: if it is damaged, or laid out in a way that we do not know.
    """
    try:
        data = finish_dylib(read_dylib(library.read_bytes()), wanted)
    except LayoutError as error:
        hint = "link it with zig for one processor; a library from elsewhere does not belong here"
        message = f"it cannot be made safe for macOS: {error}"
        raise WheelError(message, where=str(library), hint=hint) from error
    make_private_folder(finished.parent)
    with (
        explaining(finished),
        tempfile.TemporaryDirectory(dir=finished.parent, prefix=".signing-") as scratch,
    ):
        made = Path(scratch) / finished.name
        made.write_bytes(data)
        made.chmod(0o755)
        sign(made, str(library))
        made.replace(finished)
