"""An editable wheel: Python from the source tree, everything built from the wheel itself.

The wheel holds a `.pth` file that puts the source folder on the path, and one folder with the
built and generated files, which a small finder lays over the packages. Type checkers do not run
finders; they see the stubs in the source tree, and those that have no place there as a partial stub
package. Uninstalling removes all that the wheel has. (PEP 660, PEP 561)

What was built is replaced in the environment without an installer as long as nothing else changes.
That is what the `key` of an install tells: it stands for all files but the built ones.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.system.archive import read_content
from ffiwheel.wheel import finder
from ffiwheel.wheel.names import folder_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ffiwheel.model.draft import Content, Draft
    from ffiwheel.wheel.packages import PackageFolder

_LOCAL = re.compile(rb"(?m)^(Version: [^+\n]*)\+.*$")
_NEEDED = re.compile(rb"(?ms)\A.*?(?=^$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """An editable wheel to be, without its state."""

    draft: Draft
    folder: str
    """The folder in the environment with what was built."""
    built: Mapping[str, Content]
    """Path in that folder -> content."""
    key: str
    """What stands for everything that only an installer can change."""

    def with_state(self, text: str) -> Draft:
        """Return the whole wheel."""
        return self.draft.with_files(
            {
                f"{self.folder}/{finder.STATE}": text.encode("utf-8", "surrogateescape"),
                f"{self.folder}/{finder.LOCK}": b"",
            }
        )


def make_editable(
    draft: Draft,
    packages: tuple[PackageFolder, ...],
    source: Mapping[str, Path],
    placed: Collection[str],
) -> Editable:
    """Return the editable wheel.

    Args:
        draft: the ordinary wheel.
        packages: the packages that stay in the source tree.
        source: archive path -> file of what stays there.
        placed: the archive paths of the stubs that checkers find in the source tree.
    """
    built = {name: content for name, content in draft.files.items() if name not in source}
    folder = folder_name(draft.name)
    fixed = {
        **_partial_stubs(built, placed),
        f"{folder}/__init__.py": _render_finder(draft.name, built, packages),
        f"{folder}.pth": _render_path(folder, packages),
    }
    files = {**{f"{folder}/{name}": content for name, content in built.items()}, **fixed}
    return Editable(
        draft=replace(draft, files=files),
        folder=folder,
        built=built,
        key=_key(fixed, draft.dist_info, built),
    )


def _render_finder(
    name: str, built: Mapping[str, Content], packages: tuple[PackageFolder, ...]
) -> bytes:
    text = Path(finder.__file__).read_text(encoding="utf-8")
    tops = tuple(sorted({path.partition("/")[0] for path in built if "/" in path}))
    sources = {package.name.replace("/", "."): str(package.path) for package in packages}
    start = f"# What ffiwheel built is laid over the source tree of {name}.\n"
    call = f"install(os.path.dirname(os.path.abspath(__file__)), {tops!r}, {sources!r})"
    return f"{start}{text}\n\n{call}\n".encode()


def _render_path(folder: str, packages: tuple[PackageFolder, ...]) -> bytes:
    places = sorted({_import_root(package) for package in packages})
    return "".join(f"{line}\n" for line in [*places, f"import {folder}"]).encode()


def _import_root(package: PackageFolder) -> str:
    """Return the folder that has to be on the path for `package` to be found."""
    return str(package.path.parents[package.name.count("/")])


def _partial_stubs(built: Mapping[str, Content], placed: Collection[str]) -> dict[str, Content]:
    """Return the generated stubs of each package as `<package>-stubs`, which adds to its source.

    A generated module that has no stub is its own.
    """
    stubs: dict[str, Content] = {}
    for name, content in built.items():
        package, _, inside = name.partition("/")
        stub = f"{name.removesuffix('i')}i"
        if stub in placed:
            continue
        if inside.endswith(".pyi") or (inside.endswith(".py") and stub not in built):
            stubs[f"{package}-stubs/{inside.removesuffix('i')}i"] = content
            stubs[f"{package}-stubs/py.typed"] = b"partial\n"
    return stubs


def _key(
    fixed: Mapping[str, Content], info: Mapping[str, Content], built: Mapping[str, Content]
) -> str:
    """Return a hash of what an installer has to do with.

    The local part of the version is left out, which changes with the first edit after a commit, and
    so is the description.
    """
    metadata = _NEEDED.match(read_content(info["METADATA"]) + b"\n\n")
    described = _LOCAL.sub(rb"\1", metadata[0] if metadata else b"")
    parts = [described, read_content(info.get("entry_points.txt", b""))]
    parts += [f"{name}\0".encode() + read_content(one) for name, one in sorted(fixed.items())]
    parts += [name.encode() for name in sorted(built)]
    return hashlib.sha256(b"\0\0".join(parts)).hexdigest()[:16]
