"""Part of the step *bind*: nothing wrong gets into a wheel."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import sys
from typing import TYPE_CHECKING

from ffiwheel.bind.check import check_bindings
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import cache_folder
from ffiwheel.system.files import is_writable, write_if_changed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content, Draft


def prove_bindings(draft: Draft, generated: Mapping[str, bytes], folder: Path) -> None:
    """Check the `generated` files of a draft, unless these very files have passed before.

    Args:
        draft: the wheel to be, with its libraries.
        generated: archive path -> content.
        folder: the build folder.

    Raises:
        ReflectError: naming everything that is wrong.
    """
    stubs = {
        name.removesuffix(".pyi").replace("/", "."): content.decode()
        for name, content in sorted(generated.items())
        if name.endswith(".pyi")
    }
    passed, staged = folder / "bindings.passed", folder / "bindings"
    wanted = _fingerprint({**draft.libraries, **generated})
    if passed.is_file() and passed.read_bytes() == wanted:
        return
    shutil.rmtree(staged, ignore_errors=True)
    _stage({**draft.libraries, **generated}, staged)
    shared = cache_folder()
    check_bindings(staged, stubs, (shared if is_writable(shared) else folder) / "mypy")
    write_if_changed(passed, wanted)


def _fingerprint(files: Mapping[str, Content]) -> bytes:
    """Return a hash of all that the check depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for package in ("apache-tvm-ffi", "mypy", "ffiwheel"):
        digest.update(importlib.metadata.version(package).encode())
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(read_content(content)).digest())
    return digest.hexdigest().encode()


def _stage(files: Mapping[str, Content], folder: Path) -> None:
    """Lay files out as an installation would; large ones are linked to."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            place.symlink_to(content)
