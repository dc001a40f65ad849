"""Copy a template under another name.

A template has no syntax of its own: it is a project called `my-extension`, and making a new one
means writing another name in its place, in files and in file names.
"""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from packaging.utils import canonicalize_name

from ffiwheel.errors import ProjectError
from ffiwheel.system.files import explaining

if TYPE_CHECKING:
    from collections.abc import Mapping

TemplateName: TypeAlias = Literal["cpu", "cmake", "cuda"]

TEMPLATES = Path(__file__).parent / "templates"
NAMES: tuple[TemplateName, ...] = get_args(TemplateName)
_TAKEN = """
alignas alignof asm auto bool case catch char class const constexpr decltype default delete do
double dynamic_cast enum explicit export extern float friend goto inline int long mutable
namespace new noexcept nullptr operator private protected public register reinterpret_cast
short signed sizeof static static_assert static_cast std struct switch template this
thread_local throw tvm tvm_ffi typedef typeid typename union unsigned using virtual void
volatile wchar_t
"""
"""What the template's C++ namespace, or the import name beside the runtime, cannot be called."""
_PRODUCTS = {"__pycache__", "build", "dist"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectName:
    """A name for a new project, in its two spellings."""

    distribution: str
    """With `-`, as in `pip install hello-world`."""
    package: str
    """With `_`, as in `import hello_world`."""


def parse_name(text: str) -> ProjectName:
    """Return the spellings of a project's name.

    Raises:
        ProjectError: if it cannot be the name of a distribution and of a Python package.
    """
    distribution = canonicalize_name(text)
    package = distribution.replace("-", "_")
    if (
        package in _TAKEN.split()
        or keyword.iskeyword(package)
        or package in sys.stdlib_module_names
    ):
        raise ProjectError(
            f"`{package}` is a word of Python, of C++ or of a module that exists",
            where="--name",
            hint=f"choose another name, such as `{package}-kernels`",
        )
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text) or not package.isidentifier():
        raise ProjectError(
            f"`{text}` cannot be the name of a Python package",
            where="--name",
            hint="begin with a letter; letters, digits, `-` and `_` may follow",
        )
    return ProjectName(distribution=distribution, package=package)


def render_template(template: TemplateName, name: ProjectName) -> dict[str, bytes]:
    """Return the files of a new project, by relative path."""
    folder = TEMPLATES / template
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = [path for path in files if not _PRODUCTS.intersection(path.relative_to(folder).parts)]
    return {
        _rename(path.relative_to(folder).as_posix(), name): _rename(
            path.read_text(encoding="utf-8"), name
        ).encode()
        for path in kept
    }


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a new project into `folder`.

    Raises:
        ProjectError: if one of the files exists; then nothing is written.
        OutputError: if the folder cannot be written to.
    """
    present = [name for name in files if (folder / name).exists()]
    if present:
        listed = ", ".join(f"`{name}`" for name in present[:3])
        raise ProjectError(
            f"the folder already has {listed}",
            where=str(folder),
            hint="choose a folder that does not exist or is empty",
        )
    for name, content in files.items():
        path = folder / name
        with explaining(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _rename(text: str, name: ProjectName) -> str:
    return text.replace("my_extension", name.package).replace("my-extension", name.distribution)
