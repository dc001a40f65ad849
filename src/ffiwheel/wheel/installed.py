"""An editable install as it lies in an environment: what was built is replaced in place.

A library that a running process has loaded is never written over: the new one is another file, and
takes the name. https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from ffiwheel.model.record import Row, hash_of, parse_record, render_rows
from ffiwheel.system.archive import read_content
from ffiwheel.system.files import explaining, replacing, write_if_changed
from ffiwheel.wheel.finder import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ffiwheel.model.draft import Content

_ORIGIN = "direct_url.json"


def find_dist_info(site: Path, name: str) -> Path | None:
    """Return the `.dist-info` folder of a project, if it is installed in `site`."""
    wanted = canonicalize_name(name)
    for folder in site.glob("*.dist-info"):
        if canonicalize_name(folder.name.partition("-")[0]) == wanted:
            return folder
    return None


def replace_built(folder: Path, name: str, built: Mapping[str, Content], state: str) -> bool:
    """Replace what was built in an environment, the libraries first and the state at the end.

    Who imports meanwhile gets a whole file in any case.

    Args:
        folder: the folder in the environment.
        name: the project's name.
        built: path in the folder -> content.
        state: what it was made of.

    Returns:
        Whether there was anything to replace besides the state.

    Raises:
        OutputError: if something cannot be written; the state then says that it is out of date.
    """
    changed = [name for name, content in built.items() if not _is_there(folder / name, content)]
    for path in sorted(changed, key=lambda name: name.endswith(".py")):
        with replacing(folder / path) as temporary:
            temporary.write_bytes(read_content(built[path]))
        _forget_compiled(folder / path)
    write_if_changed(folder / STATE, state.encode("utf-8", "surrogateescape"))
    _record(folder, name)
    return bool(changed)


def mark_editable(site: Path, name: str, root: Path) -> None:
    """Let the installers know that a project is an editable install of `root`. (PEP 610)"""
    info = find_dist_info(site, name)
    if info:
        origin = {"url": root.as_uri(), "dir_info": {"editable": True}}
        write_if_changed(info / _ORIGIN, json.dumps(origin).encode())
        _write_record(site, info, {f"{info.name}/{_ORIGIN}"})


def _is_there(path: Path, content: Content) -> bool:
    return path.is_file() and path.read_bytes() == read_content(content)


def _forget_compiled(path: Path) -> None:
    """Remove the byte code of a module: it knows the second its source is from, and no more."""
    if path.suffix == ".py":
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            with explaining(compiled):
                compiled.unlink(missing_ok=True)


def _record(folder: Path, name: str) -> None:
    """Bring `RECORD` up to date, so that uninstalling goes on to remove everything."""
    site = folder.parent
    if info := find_dist_info(site, name):
        files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
        _write_record(site, info, {path.relative_to(site).as_posix() for path in files})


def _write_record(site: Path, info: Path, changed: set[str]) -> None:
    with contextlib.suppress(FileNotFoundError, ValueError):
        record = info / "RECORD"
        text = record.read_text(encoding="utf-8")
        kept = [row for row in parse_record(text) if row.path not in changed]
        files = {name: (site / name).read_bytes() for name in sorted(changed)}
        rows = [Row(name, hash_of(data), str(len(data))) for name, data in files.items()]
        write_if_changed(record, render_rows([*rows, *kept]))
