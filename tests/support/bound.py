"""Generated bindings of an API that is stored as JSON: no compiler is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshop import REPOSITORY

from ffiwheel.audit.runtime import compute_python_range
from ffiwheel.bind.render import Rendered, render_bindings
from ffiwheel.config.schema import BindingsTable
from ffiwheel.model.api_json import parse_api

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APIS = REPOSITORY / "tests" / "data" / "apis"
EVERYTHING = APIS / "everything.json"
"""What `tests/packages/everything` registers; a test holds it against the real library."""

TESTING_CC = APIS / "testing-cc.json"
"""What `tests/packages/testing-cc` registered with apache-tvm-ffi 0.1.15.post2."""


def render_stored(api: Path, table: BindingsTable | None = None) -> Rendered:
    """Return the bindings of a stored API."""
    parsed = parse_api(api.read_text(), str(api))
    package = parsed.libraries[0].path.rpartition("/")[0]
    table = table or BindingsTable()
    return render_bindings(parsed, package, table, judge=compute_python_range)


def write_bindings(api: Path, folder: Path, table: BindingsTable | None = None) -> None:
    """Write the bindings of a stored API into a folder."""
    write_files(render_stored(api, table).files, folder)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write generated files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
