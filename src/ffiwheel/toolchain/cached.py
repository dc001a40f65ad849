"""Folders in the user's cache: one appears whole or not at all, and is checked whenever it is used.

Several builds may want the same one at once. Each makes its own, the first puts it in its place,
and the others take that. A file `RECORD` in it, as wheels have one, tells later what was there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import MissingToolError, OutputError
from ffiwheel.model.record import Hashed, check_record, hash_of, parse_record, render_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RECORD = "RECORD"
_REFUSALS = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EEXIST,
    errno.EFBIG,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}


def in_cache(place: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder `place`, made if it is not there and checked if it is.

    Args:
        place: where in the cache it lies.
        make: fills an empty folder.

    Raises:
        OutputError: if the cache cannot be written to.
        MissingToolError: if what lies there is not what was put there.
    """
    if place.is_dir():
        _check(place)
        return place
    with _explaining(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=place.parent) as scratch:
            made = Path(scratch) / place.name
            made.mkdir()
            make(made)
            files = {str(one.relative_to(made)): one.read_bytes() for one in _files(made)}
            (made / _RECORD).write_bytes(render_record(files, _RECORD))
            _settle(made, place)
    return place


def refuse_write(place: Path, number: int, output: str = "") -> OutputError:
    """Return the error for a cache that cannot be written to; `number` is the system's reason."""
    return OutputError(
        f"cannot write to the cache: {os.strerror(number)}",
        where=str(place),
        hint="see to room and permissions there,\n"
        "or name another folder for caches in the variable XDG_CACHE_HOME",
        output=output,
    )


@contextlib.contextmanager
def _explaining(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        raise refuse_write(place, error.errno) from error


def _files(folder: Path) -> list[Path]:
    """Return what is to stay as it is: all files but those that Python writes when it runs."""
    return sorted(one for one in folder.rglob("*") if one.is_file() and one.suffix != ".pyc")


def _settle(made: Path, place: Path) -> None:
    """Put a folder into its place, unless another build was faster."""
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def _check(place: Path) -> None:
    """Refuse a folder in which a file is missing or has changed; others may have been added."""
    try:
        rows = parse_record((place / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(place, _RECORD) from None
    files = {row.path: place / row.path for row in rows if row.path != _RECORD}
    found = {name: one.read_bytes() for name, one in files.items() if one.is_file()}
    hashed = {name: Hashed(hash_of(data), len(data)) for name, data in found.items()}
    for fault in check_record(rows, hashed, _RECORD):
        raise _damaged(place, fault.path)


def _damaged(place: Path, name: str) -> MissingToolError:
    return MissingToolError(
        f"the cache is damaged: `{name}` is not what was put there",
        where=str(place),
        hint=f"rm -r {shlex.quote(str(place))}\nand build again, which makes it anew",
    )
