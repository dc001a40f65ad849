"""Part of the step *bind*: nothing wrong gets into a wheel."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import shutil
import sys
from typing import TYPE_CHECKING

from ffiwheel.bind.check import check_bindings, check_stubs
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import cache_folder
from ffiwheel.system.files import is_writable, write_if_changed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content, Draft


def prove_bindings(draft: Draft, generated: Collection[str], folder: Path, *, loads: bool) -> None:
    """Check generated files of a draft, unless these very files have passed before.

    Args:
        draft: the wheel to be, with its libraries.
        generated: the archive paths of the files.
        folder: the build folder.
        loads: whether the libraries may be loaded; otherwise only the types are checked.

    Raises:
        ReflectError: naming everything that is wrong.
    """
    files = {**draft.libraries, **{name: draft.files[name] for name in generated}}
    stubs = {
        _module(name): read_content(content).decode()
        for name, content in sorted(files.items())
        if name.endswith(".pyi")
    }
    passed, staged = folder / "bindings.passed", folder / "bindings"
    wanted = _fingerprint(files)
    if passed.is_file() and passed.read_bytes() == wanted:
        return
    shutil.rmtree(staged, ignore_errors=True)
    _stage(files, staged)
    shared = cache_folder()
    cache = (shared if is_writable(shared) else folder) / "mypy"
    if not loads:
        check_stubs(staged, stubs, cache)
        return
    check_bindings(staged, stubs, cache)
    write_if_changed(passed, wanted)


def _module(stub: str) -> str:
    """Return the name of the module that a stub describes.

    >>> _module("a/b.pyi"), _module("a/b/__init__.pyi")
    ('a.b', 'a.b')
    """
    return stub.removesuffix(".pyi").removesuffix("/__init__").replace("/", ".")


def _fingerprint(files: Mapping[str, Content]) -> bytes:
    """Return a hash of all that the check depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for package in ("apache-tvm-ffi", "mypy", "ffiwheel"):
        digest.update(_version(package).encode())
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(read_content(content)).digest())
    return digest.hexdigest().encode()


def _version(package: str) -> str:
    """Return the version of a package, or nothing where it is not installed."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(package)
    return ""


def _stage(files: Mapping[str, Content], folder: Path) -> None:
    """Lay files out as an installation would; large ones are linked to."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            place.symlink_to(content)
