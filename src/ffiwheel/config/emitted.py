"""What is wrong with `[[tool.ffiwheel.version.emit]]`, as far as the project's files tell."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from ffiwheel.config.schema import EmitTable

_PLACE = "tool.ffiwheel.version.emit"
_C_SUFFIXES = {".c", ".cc", ".cpp", ".cxx", ".c++", ".C"}


def check_emitted(
    tables: tuple[EmitTable, ...], root: Path, misread: Collection[str] = ()
) -> list[Problem]:
    """Return all that is wrong with the files that a project wants.

    Args:
        tables: what it says of them; a default stands in for what could not be read.
        root: the project's folder.
        misread: the places of the problems that the decoder has reported.
    """
    places = [f"{_PLACE}[{index}]" for index in range(len(tables))]
    is_open = any(place in misread or f"{place}.form" in misread for place in places)
    return [
        problem
        for index, (table, place) in enumerate(zip(tables, places, strict=True))
        for problem in (
            *_check_path(table, f"{place}.path", root),
            *_check_content(table, place, root, misread),
            *_check_earlier(table, f"{place}.path", tables[:index]),
            *_check_header(table, place, tables, is_open=is_open),
        )
    ]


def is_inside(path: str) -> bool:
    """Tell whether a path names a file inside of the project.

    >>> [is_inside(path) for path in ("include/a.h", "/a.h", "../a.h", ".", ".git/a.h")]
    [True, False, False, False, False]
    """
    parts = PurePosixPath(path).parts
    return bool(parts) and not {"..", "/", ".git"}.intersection(parts)


def _check_path(table: EmitTable, where: str, root: Path) -> Iterator[Problem]:
    if not table.path:
        return  # the decoder reports it
    if not is_inside(table.path):
        hint = "give a path relative to the project's folder, such as `include/hello_version.h`"
        yield Problem(f"`{table.path}` is not inside of the project", where, hint)
    elif (root / table.path).is_dir() or table.path.endswith("/"):
        yield Problem(f"`{table.path}` is a folder", where, "add the name of the file")
    elif table.form == "c-source" and PurePosixPath(table.path).suffix not in _C_SUFFIXES:
        hint = "let it end in `.cc`, or another ending of C and C++"
        yield Problem(f"a compiler would not know `{table.path}` for a source", where, hint)


def _check_content(
    table: EmitTable, where: str, root: Path, misread: Collection[str]
) -> Iterator[Problem]:
    has_lost_keys = bool({where, f"{where}.form", f"{where}.template"} & {*misread})
    if table.template is None and has_lost_keys:
        return  # what it starts from is not known
    if table.form is None and table.template is None:
        hint = 'write `form = "..."` for one of the known kinds, or `template = "..."`'
        yield Problem("neither `form` nor `template` says what the file is", where, hint)
    if table.form not in {None, "package-json"} and table.template is not None:
        hint = "take away one of them; only `package-json` starts from a file"
        yield Problem(f"`{table.form}` has no use for `template`", where, hint)
    given = table.given
    if given is not None and not is_inside(given):
        hint = "give a path relative to the project's folder"
        yield Problem(f"`{given}` is not inside of the project", f"{where}.template", hint)
    elif given is not None and not (root / given).is_file():
        hint = "write it, or correct the path, which is relative to the project's folder"
        yield Problem(f"there is no file `{given}`", f"{where}.template", hint)
    elif given is not None and PurePosixPath(given) == PurePosixPath(table.path):
        hint = "let `path` name another file, in a folder such as `out`"
        yield Problem(f"`{given}` would be emitted over itself", f"{where}.path", hint)


def _check_earlier(table: EmitTable, where: str, earlier: Iterable[EmitTable]) -> Iterator[Problem]:
    path = PurePosixPath(table.path)
    others = [PurePosixPath(one.path) for one in earlier if one.path and table.path]
    hint = "give each file a path of its own"
    if path in others:
        yield Problem(f"`{path}` is emitted twice", where, hint)
    elif nested := [one for one in others if path in one.parents or one in path.parents]:
        yield Problem(f"`{min(path, *nested)}` cannot be a file and a folder", where, hint)


def _check_header(
    table: EmitTable, where: str, tables: Iterable[EmitTable], *, is_open: bool
) -> Iterator[Problem]:
    """Check that a source has its header, unless the form of some file could not be read."""
    has_header = is_open or any(one.form == "c-header" for one in tables)
    if table.form == "c-source" and not has_header:
        hint = 'add `[[tool.ffiwheel.version.emit]]` with `form = "c-header"`'
        yield Problem("`c-source` includes a header that is not emitted", where, hint)
