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


def replace_built(folder: Path, name: str, built: Mapping[str, Content], state: str) -> None:
    """Replace what was built in an environment, the libraries first and the state at the end.

    Who imports meanwhile gets a whole file in any case.

    Args:
        folder: the folder in the environment.
        name: the project's name.
        built: path in the folder -> content.
        state: what it was made of.

    Raises:
        OutputError: if something cannot be written; the state then says that it is out of date.
    """
    changed = [path for path, content in built.items() if not _is_there(folder / path, content)]
    for path in sorted(changed, key=lambda path: path.endswith(".py")):
        with replacing(folder / path) as temporary:
            temporary.write_bytes(read_content(built[path]))
        _forget_compiled(folder / path)
    for file in _list_built(folder):
        if file.relative_to(folder).as_posix() not in built:
            with explaining(file):
                file.unlink()
            _forget_compiled(file)
    text = state.encode("utf-8", "surrogateescape")
    _record(folder, name, text)
    write_if_changed(folder / STATE, text)


def mark_editable(site: Path, name: str, root: Path) -> None:
    """Let the installers know that a project is an editable install of `root`. (PEP 610)"""
    info = find_dist_info(site, name)
    if info:
        origin = {"url": root.as_uri(), "dir_info": {"editable": True}}
        text = json.dumps(origin).encode()
        _write_record(info, {f"{info.name}/{_ORIGIN}": text})
        write_if_changed(info / _ORIGIN, text)


def _is_there(path: Path, content: Content) -> bool:
    return path.is_file() and path.read_bytes() == read_content(content)


def _forget_compiled(path: Path) -> None:
    """Remove the byte code of a module: it knows the second its source is from, and no more."""
    if path.suffix == ".py":
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            with explaining(compiled):
                compiled.unlink(missing_ok=True)


def _list_built(folder: Path) -> list[Path]:
    """Return the files in the packages of an install; those at the top are the finder's."""
    inside = (path for path in folder.rglob("*") if path.parent != folder and path.is_file())
    return [path for path in inside if path.suffix != ".pyc"]


def _record(folder: Path, name: str, state: bytes) -> None:
    """Bring `RECORD` up to date, so that uninstalling goes on to remove everything."""
    site = folder.parent
    if info := find_dist_info(site, name):
        files = {
            path.relative_to(site).as_posix(): path.read_bytes() for path in _list_built(folder)
        }
        files[f"{folder.name}/{STATE}"] = state
        _write_record(info, files, f"{folder.name}/")


def _write_record(info: Path, files: Mapping[str, bytes], start: str = "") -> None:
    """Let `RECORD` list these files, and no others deep in a folder whose path is `start`."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        record = info / "RECORD"
        rows = parse_record(record.read_text(encoding="utf-8"))
        kept = [row for row in rows if row.path not in files and not _is_below(row.path, start)]
        new = [Row(name, hash_of(data), str(len(data))) for name, data in sorted(files.items())]
        write_if_changed(record, render_rows([*new, *kept]))


def _is_below(path: str, start: str) -> bool:
    return bool(start) and path.startswith(start) and "/" in path.removeprefix(start)
