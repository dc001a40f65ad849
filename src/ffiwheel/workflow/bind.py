"""The step *bind*: give Python names to what the libraries offer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ffiwheel.bind.plan import find_clashes, plan_bindings
from ffiwheel.bind.render import MODULE, render_bindings, render_package
from ffiwheel.bind.text import MARK
from ffiwheel.errors import ReflectError
from ffiwheel.system.archive import read_content

if TYPE_CHECKING:
    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.progress import Step

_SHOWN_NAMES = 5


def bind_draft(project: Project, draft: Draft, api: Api, step: Step) -> Draft:
    """Return `draft` with generated bindings, unless the project has its own.

    Raises:
        ReflectError: if a project of ours would get an empty package.
    """
    package = find_package(project, draft, api.libraries[0].path)
    module = f"{package}/{MODULE}.py"
    if _is_users(draft, module):
        step.done(f"{module} is the project's own")
        return draft
    prefix = project.config.bindings.prefix or package.replace("/", ".")
    if clashes := find_clashes(api, prefix):
        raise explain_clash(clashes[0], package)
    bindings = plan_bindings(api, prefix)
    if not bindings.names or not package:
        if project.is_ours:
            is_python = package == project.import_name or _is_package(draft, package)
            raise explain_nothing(api, prefix, is_python=is_python)
        step.done("nothing: the project binds its library itself")
        return draft
    files = render_bindings(bindings, package)
    if f"{package}/__init__.py" not in draft.files:
        files |= render_package(package, bindings.names)
    step.done(", ".join(name.rpartition("/")[2] for name in files if "_ffi_api" in name))
    kept = {name: content for name, content in draft.files.items() if name.endswith("py.typed")}
    return replace(draft, files={**draft.files, **files, **kept})


def explain_nothing(api: Api, prefix: str, *, is_python: bool) -> ReflectError:
    """Return the error for a library that offers nothing under the expected names.

    Args:
        api: what it does register.
        prefix: where that was looked for.
        is_python: whether the library lies in a Python package.
    """
    library = api.libraries[0].path
    if not is_python:
        return ReflectError(
            f"`{library}` lies outside of every Python package",
            where=library,
            hint="install it into the package: `install(TARGETS ... DESTINATION <package>)`",
        )
    names = api.names
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    seen = ", ".join(f"`{name}`" for name in names[:_SHOWN_NAMES]) + more
    if not names:
        return ReflectError(
            f"`{library}` registers nothing",
            where=library,
            hint=f'register functions as "{prefix}.NAME" with `GlobalDef()`,\n'
            "or export C symbols with `TVM_FFI_DLL_EXPORT_TYPED_FUNC`",
        )
    return ReflectError(
        f"`{library}` registers nothing under `{prefix}.`, only {seen}",
        where=library,
        hint=f'register as "{prefix}.NAME", or say where in `[tool.ffiwheel.bindings]`:\n'
        f'prefix = "{names[0].split(".")[0]}"',
    )


def find_package(project: Project, draft: Draft, library: str) -> str:
    """Return the archive path of the Python package that a library belongs to.

    That is the innermost folder around it with Python code; a package that has none of its own, and
    gets it from us, is the project's.
    """
    folder = library.rpartition("/")[0]
    around = folder
    while around:
        if _is_package(draft, around):
            return around
        around = around.rpartition("/")[0]
    is_inside = folder == project.import_name or folder.startswith(f"{project.import_name}/")
    return project.import_name if is_inside else folder


def explain_clash(names: tuple[str, ...], package: str) -> ReflectError:
    """Return the error for registered names that Python could not tell apart."""
    listed = " and ".join(f"`{name}`" for name in names)
    return ReflectError(
        f"{listed} would have the same name in Python",
        where=package,
        hint="register one of them under another name: dots and dashes become `_`",
    )


def _is_package(draft: Draft, folder: str) -> bool:
    return bool(folder) and f"{folder}/__init__.py" in draft.files


def _is_users(draft: Draft, module: str) -> bool:
    """Tell whether the draft has a bindings module that we did not make."""
    content = draft.files.get(module)
    return content is not None and not read_content(content).startswith(MARK.encode())
