"""Write files so that an interruption, a full disk or a second run never leaves half of one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.errors import OutputError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HINTS = {
    errno.ENOSPC: "free some space, or choose another disk (`--outdir`, `--emit`)",
    errno.EDQUOT: "free some space, or choose another disk (`--outdir`, `--emit`)",
    errno.EFBIG: "raise the limit on file sizes (`ulimit -f`)",
    errno.EACCES: "choose a folder that you may write to (`--outdir`, `--emit`)",
    errno.EROFS: "choose a folder that you may write to (`--outdir`, `--emit`)",
}

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


@contextlib.contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place when the block succeeds.

    The reader of `path` sees the old file or the whole new one, never a part.

    Args:
        path: the file.
        mode: its permissions.

    Raises:
        OutputError: if the file cannot be written; trouble with other files passes through.
    """
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with explaining(path):
            temporary.chmod(mode)
            temporary.replace(path)
    except OSError as error:
        if error.errno in _FULL or error.filename == name:
            raise cannot_write(path, error) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write `path` into an `OutputError`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


@contextlib.contextmanager
def explaining_full(folder: Path) -> Iterator[None]:
    """Turn a full disk, whoever of the many that write into `folder` met it, into an `OutputError`.

    Trouble of any other kind passes through.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        place = error.filename2 or error.filename or folder
        raise cannot_write(Path(os.fsdecode(place)), error) from error


@contextlib.contextmanager
def explaining_gone(root: Path) -> Iterator[None]:
    """Turn a file of a project that somebody has removed meanwhile into a `ProjectError`.

    Trouble with files elsewhere passes through.
    """
    try:
        yield
    except FileNotFoundError as error:
        path = Path(os.fsdecode(error.filename or ""))
        if not path.is_relative_to(root) or os.path.lexists(path):
            raise
        raise ProjectError(
            f"`{path.relative_to(root)}` has gone while the project was built",
            where=str(root),
            hint="build again; if it goes each time, see who removes it",
        ) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """Return the error for the system's refusal to write `path`."""
    return OutputError(
        f"cannot write `{path.name}`: {_reason(error)}",
        where=str(path),
        hint=_HINTS.get(error.errno or 0, ""),
    )


def read_input(path: Path) -> bytes:
    """Return the bytes of one of the project's files.

    Raises:
        ProjectError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProjectError(
            f"cannot read `{path.name}`: {_reason(error)}",
            where=str(path),
            hint="it is to go into the archive; mend its permissions, or remove it",
        ) from error


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write `content` to `path` unless it is there already; tell whether it was written.

    What did not change keeps its time, so nothing that depends on it is built again.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return True


def write_changed(contents: Mapping[Path, bytes]) -> None:
    """Write the files that are not there already; all of them are made before one appears."""
    with contextlib.ExitStack() as stack:
        for path, content in contents.items():
            if not (path.is_file() and path.read_bytes() == content):
                stack.enter_context(replacing(path)).write_bytes(content)


def rewrite(contents: Mapping[Path, bytes]) -> None:
    """Give existing files new contents: all of them, or none. Permissions stay.

    Raises:
        OutputError: if one of them cannot be written.
    """
    before = {path: path.read_bytes() for path in contents}
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in contents}
    try:
        with contextlib.ExitStack() as stack:
            for path, content in contents.items():
                stack.enter_context(replacing(path, modes[path])).write_bytes(content)
    except BaseException as failure:
        for path in contents:
            if path.read_bytes() != before[path]:
                with replacing(path, modes[path]) as temporary:
                    temporary.write_bytes(before[path])
        if not isinstance(failure, OutputError):
            raise
        [problem] = failure.problems
        hint = "no file was changed; see who may write to that file and its folder"
        raise OutputError(problem.message, where=problem.where, hint=hint) from failure


def make_private_folder(path: Path) -> Path:
    """Create a folder that git does not see, and return it."""
    with explaining(path):
        path.mkdir(parents=True, exist_ok=True)
    ignore = path / ".gitignore"
    if not ignore.exists():
        write_if_changed(ignore, b"*\n")
    return path


def make_own_folder(name: str) -> Path:
    """Return a folder among the temporary ones that is ours alone, and the same next time.

    Raises:
        OutputError: if it cannot be made, or is somebody else's.
    """
    own = Path(tempfile.gettempdir()) / f"ffiwheel-{os.getuid()}"
    with explaining(own):
        own.mkdir(mode=0o700, exist_ok=True)
        facts = own.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(own))
        (own / name).mkdir(exist_ok=True)
    return own / name


def copy_once(source: Path, place: Path) -> None:
    """Make `place` a copy of the folder `source`, unless it is there; never a part of one.

    The files are links where both lie on one file system that has them.

    Raises:
        OutputError: if it cannot be written.
    """
    if place.is_dir():
        return
    with explaining(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            made = Path(scratch) / place.name
            try:
                shutil.copytree(source, made, copy_function=_link_or_copy)
            except shutil.Error as error:
                is_full = f"[Errno {errno.ENOSPC}]" in str(error)
                reason = errno.ENOSPC if is_full else errno.EIO
                raise OSError(reason, os.strerror(reason), str(place)) from error
            try:
                made.rename(place)
            except OSError:
                if not place.is_dir():  # else another process was faster
                    raise


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def require_writable(folder: Path) -> None:
    """Refuse early what would fail at the end.

    Raises:
        OutputError: if no file can be made in `folder`.
    """
    if not is_writable(folder):
        raise OutputError(
            "the output folder cannot be written to",
            where=str(folder),
            hint=_HINTS[errno.EACCES],
        )


def is_writable(folder: Path) -> bool:
    """Tell whether new files can be made in `folder`, or where it would be created.

    `os.access` says yes to root on a read-only mount, so a file is really made.
    """
    while not os.path.exists(folder):  # noqa: PTH110 - `Path` raises where nothing may be seen
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
