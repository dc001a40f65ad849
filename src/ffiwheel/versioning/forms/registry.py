"""Every form of a version by its name, which is also its name on the command line.

A form's module is imported when the form is asked for: whoever wants the plain version or one
form does not wait for the others.
"""

from __future__ import annotations

import importlib
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from ffiwheel.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ffiwheel.model.version import Version

    Form: TypeAlias = "Callable[[Version], str]"


def _render_by(module: str, function: str, version: Version) -> str:
    render: Form = getattr(importlib.import_module(module), function)
    return render(version)


def _form(module: str, function: str) -> Form:
    return partial(_render_by, f"{__package__}.{module}", function)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "full": _form("pep440", "render_full"),
        "public": _form("pep440", "render_public"),
        "local": _form("pep440", "render_local"),
        "npm": _form("semver", "render_npm"),
        "cargo": _form("semver", "render_cargo"),
        "conda": _form("conda", "render_conda"),
        "debian": _form("debian", "render_debian"),
        "cmake": _form("cmake", "render_cmake"),
        "cmake-full": _form("cmake", "render_cmake_full"),
        "c-major": _form("c", "render_c_major"),
        "c-minor": _form("c", "render_c_minor"),
        "c-patch": _form("c", "render_c_patch"),
        "c-number": _form("c", "render_c_number"),
        "docker": _form("docker", "render_docker"),
        "windows": _form("windows", "render_windows"),
    }
)
"""The function of each form; `docs/version-forms.md` has a row for each."""


def render_form(version: Version, name: str) -> str:
    """Return `version` in the form `name`.

    >>> from ffiwheel.model.version import Version
    >>> render_form(Version(public="0.7.0.dev912", local="g1f2e3d4c5b"), "conda")
    '0.7.0.dev912+1.g1f2e3d4c5b'

    Raises:
        ProjectError: if there is no such form.
        VersionError: if the form cannot express the version.
    """
    render = FORMS.get(name)
    if render is None:
        raise ProjectError(
            f"there is no form `{name}` of a version",
            hint=f"the forms are: {', '.join(FORMS)}",
        )
    return render(version)
