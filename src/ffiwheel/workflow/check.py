"""Part of the step *bind*: nothing wrong gets into a wheel."""

from __future__ import annotations

import contextlib
import enum
import hashlib
import importlib.metadata
import shutil
import sys
from typing import TYPE_CHECKING

from ffiwheel.bind.check import check_bindings, check_stubs, compare_own, imported_modules
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import cache_folder
from ffiwheel.system.files import is_writable, write_if_changed
from ffiwheel.wheel.assemble import stem_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content, Draft


class Proof(enum.Enum):
    """How far it can be proven that generated bindings are right."""

    LOADED = "the libraries are loaded, and the bindings imported"
    TYPED = "nothing can be loaded: the types are checked"
    GIVEN = "the same text was proven for another target"


def prove_bindings(
    draft: Draft,
    generated: Collection[str],
    folder: Path,
    proof: Proof,
    runtime: Path | None = None,
) -> None:
    """Check generated files of a draft, unless these very files have passed before.

    Args:
        draft: the wheel to be, with its libraries.
        generated: the archive paths of the files.
        folder: the build folder.
        proof: how far that is possible.
        runtime: the package `tvm_ffi` to do it with, if not the installed one.

    Raises:
        ReflectError: naming everything that is wrong.
    """
    if proof is Proof.GIVEN:
        return
    files = {name: draft.files[name] for name in generated}
    stubs = {
        _module(name): read_content(content).decode()
        for name, content in sorted(files.items())
        if name.endswith(".pyi")
    }
    files = {**draft.libraries, **_find_surroundings(draft, files, stubs), **files}
    passed, staged = folder / "bindings.passed", folder / "bindings"
    wanted = _fingerprint(files)
    if passed.is_file() and passed.read_bytes() == wanted:
        return
    _stage(files, staged, runtime)
    cache = _mypy_cache(folder)
    if proof is Proof.TYPED:
        check_stubs(staged, stubs, cache)
        return
    check_bindings(staged, stubs, cache)
    write_if_changed(passed, wanted)


def compare_beside(
    draft: Draft,
    names: Collection[str],
    libraries: Collection[str],
    folder: Path,
    proof: Proof,
    runtime: Path | None = None,
) -> Mapping[str, str]:
    """Return how modules of the project's own differ from the stubs beside them, where they do.

    A module that loads its library finds it as it does when it is installed: through the list of
    files. Others find that somebody has loaded it, as an import of the whole package would.

    Args:
        draft: the wheel to be, with the stubs.
        names: the archive paths of the stubs.
        libraries: the archive paths of the extensions.
        folder: the build folder.
        proof: how far that is possible.
        runtime: the package `tvm_ffi` to do it with, if not the installed one.

    Returns:
        archive path of a stub -> what differs.

    Raises:
        ReflectError: if a stub does not type-check.
    """
    if proof is Proof.GIVEN:
        return {}
    stubs = {_module(name): read_content(draft.files[name]).decode() for name in sorted(names)}
    files = {one: draft.files[one] for name in names for one in (name, name.removesuffix("i"))}
    files = {**draft.libraries, **_find_surroundings(draft, files, stubs), **files}
    passed, staged = folder / "bindings.passed", folder / "bindings"
    wanted = _fingerprint(files)
    if passed.is_file() and passed.read_bytes() == wanted:
        return {}
    info = f"{stem_of(draft.name, draft.version)}.dist-info"
    record = "".join(f"{name},,\n" for name in files)
    metadata = {f"{info}/RECORD": record.encode(), f"{info}/METADATA": draft.dist_info["METADATA"]}
    _stage({**files, **metadata}, staged, runtime)
    check_stubs(staged, stubs, _mypy_cache(folder))
    if proof is Proof.TYPED:
        return {}
    differing = compare_own(staged, stubs, tuple(libraries))
    if not differing:
        write_if_changed(passed, wanted)
    return {name: differing[module] for name in names if (module := _module(name)) in differing}


def _find_surroundings(
    draft: Draft, files: Mapping[str, Content], stubs: Mapping[str, str]
) -> dict[str, Content]:
    """Return what mypy has to find beside generated files, or it takes it from an installation.

    These are the modules of the project's own that stubs import, and the packages around the
    stubs, which are empty otherwise.
    """
    found = {
        name: draft.files[name]
        for module, text in stubs.items()
        for other in imported_modules(module, text, is_package=_has_init(module, files))
        for name in _spellings(other)
        if name in draft.files and name not in files
    }
    parents = {parent for module in stubs for parent in _packages_around(module)}
    for parent in sorted(parents):
        if not _has_init(parent, {**files, **found}) and _has_init(parent, draft.files):
            found[f"{parent.replace('.', '/')}/__init__.pyi"] = b""
    return found


def _has_init(module: str, files: Collection[str]) -> bool:
    return any(name in files for name in _spellings(module) if "__init__" in name)


def _spellings(module: str) -> tuple[str, ...]:
    """Return the archive paths that a module may have.

    >>> _spellings("a.b")
    ('a/b/__init__.pyi', 'a/b/__init__.py', 'a/b.pyi', 'a/b.py')
    """
    path = module.replace(".", "/")
    return tuple(f"{path}{rest}" for rest in ("/__init__.pyi", "/__init__.py", ".pyi", ".py"))


def _packages_around(module: str) -> tuple[str, ...]:
    """Return the packages that a module lies in.

    >>> _packages_around("a.b.c")
    ('a', 'a.b')
    """
    parts = module.split(".")[:-1]
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


def _mypy_cache(folder: Path) -> Path:
    shared = cache_folder()
    return (shared if is_writable(shared) else folder) / "mypy"


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


def _stage(files: Mapping[str, Content], folder: Path, runtime: Path | None) -> None:
    """Lay files out as an installation would, and no others; large ones are linked to."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            place.symlink_to(content)
    if runtime:
        (folder / runtime.name).symlink_to(runtime)
