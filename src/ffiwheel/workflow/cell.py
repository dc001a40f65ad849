"""A piece of C++ that somebody types into a session, made into a Python package of its own.

The package's name contains a hash of all that it was made of, so another text, option, header,
compiler or runtime gives another package, with a library of another name. It stays in the user's
cache: the same cell is compiled once.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import tomli_w

from ffiwheel import __version__
from ffiwheel.bind.render import render_bindings
from ffiwheel.config.project import OWN_BACKEND, read_project
from ffiwheel.config.schema import BindingsTable
from ffiwheel.errors import CompileError, ReflectError
from ffiwheel.model.api_json import parse_api, render_api
from ffiwheel.model.draft import API_FILE
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import cache_folder, compiler_choice
from ffiwheel.system.watching import take_snapshot
from ffiwheel.toolchain.cached import in_cache
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.workflow.build import BuildOptions, find_job_compiler, plan_job
from ffiwheel.workflow.compile import compile_project
from ffiwheel.workflow.reflect import reflect_draft
from ffiwheel.workflow.version import project_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ffiwheel.config.project import Project
    from ffiwheel.model.api import Api
    from ffiwheel.model.draft import Draft
    from ffiwheel.model.progress import Progress
    from ffiwheel.workflow.attempt import Attempt

PREFIX_MACRO = "FFI_CELL"
"""What a cell calls its own namespace: `FFI_CELL ".add"`."""
_SOURCE = "cell.cc"
_HEADER = "tvm/ffi/tvm_ffi.h"
_HEADERS = {"", ".h", ".hh", ".hpp", ".hxx", ".h++", ".cuh", ".inl", ".inc", ".ipp", ".tcc"}
_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A piece of C++, and how it is compiled."""

    source: str
    name: str = "cell"
    """What the names of its package and its library begin with."""
    include_dirs: tuple[Path, ...] = ()
    flags: tuple[str, ...] = ()
    link_flags: tuple[str, ...] = ()
    debug: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCell:
    """A cell that was compiled and bound."""

    module: str
    """The name of its package."""
    folder: Path
    """Where the package lies."""
    roots: tuple[str, ...]
    """The modules in it that bind something: one for each namespace, and for C symbols."""
    api: Api
    """What it registers."""

    @property
    def bare(self) -> tuple[str, ...]:
        """The names of the functions that are registered without a namespace."""
        return tuple(one.name for one in self.api.functions if "." not in one.name)


def make_cell(cell: Cell, progress: Progress, *, verbose: bool) -> MadeCell:
    """Return a cell's package, compiled unless the cache has it.

    Raises:
        CompileError: with the compiler's lines.
        ReflectError: if the cell offers nothing, or its library does not load.
        MissingToolError: if there is no compiler or no runtime.
        OutputError: if the cache cannot be written to.
    """
    module = name_cell(cell)
    place = in_cache(
        cache_folder() / "cells" / module,
        lambda folder: _make(cell, module, folder, progress, verbose=verbose),
    )
    api = parse_api((place / API_FILE).read_text(encoding="utf-8"), str(place / API_FILE))
    return MadeCell(module=module, folder=place / module, roots=_list_roots(module, api), api=api)


def name_cell(cell: Cell) -> str:
    """Return the name of a cell's package, which is another one if anything is another."""
    runtime = find_runtime()
    headers = [_stamp_headers(folder) for folder in cell.include_dirs]
    made_of = (__version__, cell, headers, runtime.version, str(runtime.root), compiler_choice())
    digest = hashlib.sha256(repr(made_of).encode()).hexdigest()[:_DIGITS]
    return f"{cell.name}_{digest}"


def _stamp_headers(folder: Path) -> list[tuple[str, object]]:
    """Return what changes when a header is saved; the session itself may lie beside them."""
    found = take_snapshot(folder).items()
    return sorted((name, one) for name, one in found if Path(name).suffix in _HEADERS)


def render_project(cell: Cell, module: str) -> str:
    """Return the `pyproject.toml` that a cell is compiled by."""
    compile_table = {
        "include-dirs": [str(folder) for folder in cell.include_dirs],
        "defines": [f'{PREFIX_MACRO}="{module}"'],
        "flags": ["-include", _HEADER, *cell.flags],
        "link-flags": list(cell.link_flags),
    }
    return tomli_w.dumps(
        {
            "build-system": {"requires": ["ffiwheel"], "build-backend": OWN_BACKEND},
            "project": {"name": module, "version": "0", "dependencies": ["apache-tvm-ffi"]},
            "tool": {"ffiwheel": {"sources": [_SOURCE], "compile": compile_table}},
        }
    )


def _make(cell: Cell, module: str, place: Path, progress: Progress, *, verbose: bool) -> None:
    """Fill the folder `place` with the package of a cell."""
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as scratch:
        root = Path(scratch).resolve()
        (root / _SOURCE).write_text(cell.source, encoding="utf-8")
        (root / "pyproject.toml").write_text(render_project(cell, module), encoding="utf-8")
        options = BuildOptions(debug=cell.debug, verbose=verbose)
        draft, api = _compile(read_project(root), _write_spelt_out(cell, root), options, progress)
        files = {name: read_content(one) for name, one in draft.libraries.items()}
        for name, content in {**files, **_render_package(module, api)}.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        (place / API_FILE).write_bytes(render_api(api))


def _write_spelt_out(cell: Cell, root: Path) -> Path:
    """Write the source with its own namespace spelt out, for who reads names of parameters in it.

    The macro stands nowhere but on the compiler's command line.
    """
    folder = root / "spelt-out"
    folder.mkdir()
    text = re.sub(rf"\b{PREFIX_MACRO}\b", f'"{name_cell(cell)}"', cell.source)
    (folder / _SOURCE).write_text(text, encoding="utf-8")
    return folder


def _compile(
    project: Project, spelt_out: Path, options: BuildOptions, progress: Progress
) -> tuple[Draft, Api]:
    version, folder = project_version(project), project.root / "build"
    job = plan_job(project, version, folder, options, find_job_compiler(project))
    with progress.step("compile") as step:
        [attempt] = compile_project(project, version, [job], folder, step)
        draft = _require_draft(attempt)
    with progress.step("reflect") as step:
        api, findings = reflect_draft(draft, spelt_out, folder, job.runtime, step)
    for finding in findings:
        progress.warn(finding)
    return draft, require_names(api)


def _require_draft(attempt: Attempt) -> Draft:
    """Return what was compiled; an error does not speak of files that are gone by then."""
    try:
        return attempt.draft
    except CompileError as error:
        problems = (one._replace(where="") for one in error.problems)
        plain = CompileError.of(problems)
        plain.output = error.output
        raise plain from error


def require_names(api: Api) -> Api:
    """Return what a cell offers.

    Raises:
        ReflectError: if that is nothing.
    """
    if api.names or api.symbols:
        return api
    raise ReflectError(
        "the cell offers nothing",
        hint="export a function: `TVM_FFI_DLL_EXPORT_TYPED_FUNC(name, Function)`,\n"
        f'or register one as `{PREFIX_MACRO} ".name"` with `GlobalDef()`',
    )


def _render_package(module: str, api: Api) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {f"{module}/__init__.py": b""}
    for root, (prefix, part) in zip(_list_roots(module, api), _split(module, api), strict=True):
        package = f"{module}/{root}"
        files |= render_bindings(part, package, BindingsTable(prefix=prefix)).files
    return files


def _list_roots(module: str, api: Api) -> tuple[str, ...]:
    return tuple(re.sub(r"\W", "_", prefix) for prefix, _ in _split(module, api))


def _split(module: str, api: Api) -> Iterator[tuple[str, Api]]:
    """Yield each namespace that something is registered in, with what lies there.

    The C symbols go with the first.
    """
    prefixes = dict.fromkeys(name.split(".")[0] for name in api.names if "." in name)
    without = replace(api, libraries=tuple(replace(one, symbols=()) for one in api.libraries))
    has_symbols = bool(api.symbols)
    if has_symbols and module not in prefixes:
        prefixes = {module: None, **prefixes}
    for index, prefix in enumerate(prefixes):
        yield prefix, (api if index == 0 else without)
