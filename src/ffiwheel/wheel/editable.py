"""An editable wheel: Python from the source tree, everything built from the wheel itself.

The wheel holds a `.pth` file that puts the source folder on the path, and one folder with the
built and generated files, which a small finder lays over the packages. Type checkers do not run
finders; they get the generated stubs as a partial stub package. Nothing is written into the source
tree, and uninstalling removes all of it. (PEP 660, PEP 561)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content, Draft
    from ffiwheel.wheel.packages import PackageFolder

_FINDER = '''\
"""Lays what ffiwheel built over the source tree of {name}."""

import importlib.util
import os
import sys

_BUILT = os.path.dirname(os.path.abspath(__file__))
_MODULES = {modules!r}
_SOURCES = {sources!r}


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _MODULES:
            return None
        file = os.path.join(_BUILT, *_MODULES[name].split("/"))
        is_package = file.endswith("__init__.py")
        folders = [os.path.dirname(file), *_SOURCES.get(name, ())] if is_package else None
        return importlib.util.spec_from_file_location(
            name, file, submodule_search_locations=folders
        )


def install():
    """Put the finder before the one that looks into folders; once."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
'''


def make_editable(
    draft: Draft, packages: tuple[PackageFolder, ...], source: Mapping[str, Path]
) -> Draft:
    """Return the draft of the editable wheel.

    Args:
        draft: the ordinary wheel.
        packages: the packages that stay in the source tree.
        source: archive path -> file of what stays there.
    """
    built = {name: content for name, content in draft.files.items() if name not in source}
    folder = f"_{draft.name.lower().replace('-', '_').replace('.', '_')}_editable"
    modules = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
        for name in built
        if name.endswith(".py")
    }
    places = sorted({_import_root(package) for package in packages})
    lines = [*places, f"import {folder}; {folder}.install()"]
    files = {f"{folder}/{name}": content for name, content in built.items()}
    files |= _partial_stubs(built)
    sources = {package.name.replace("/", "."): [str(package.path)] for package in packages}
    finder = _FINDER.format(name=draft.name, modules=modules, sources=sources)
    return replace(
        draft,
        files={
            **files,
            f"{folder}/__init__.py": finder.encode(),
            f"{folder}.pth": "".join(f"{line}\n" for line in lines).encode(),
        },
    )


def _import_root(package: PackageFolder) -> str:
    """Return the folder that has to be on the path for `package` to be found."""
    return str(package.path.parents[package.name.count("/")])


def _partial_stubs(built: Mapping[str, Content]) -> dict[str, Content]:
    """Return the generated stubs of each package as `<package>-stubs`, which adds to its source.

    A generated module that has no stub is its own.
    """
    stubs: dict[str, Content] = {}
    for name, content in built.items():
        package, _, inside = name.partition("/")
        if inside.endswith(".pyi") or (inside.endswith(".py") and f"{name}i" not in built):
            stubs[f"{package}-stubs/{inside.removesuffix('i')}i"] = content
            stubs[f"{package}-stubs/py.typed"] = b"partial\n"
    return stubs
