"""Write `_ffi_api.py`, which loads the libraries beside it and binds what they register.

The module needs `tvm_ffi` only. It loads a library by its path, so it works from a wheel, from an
editable install and from a plain folder alike.
"""

from __future__ import annotations

import ast
import json
import posixpath
from typing import TYPE_CHECKING

from ffiwheel.bind.stub import render_stub
from ffiwheel.bind.text import MARK, render_docstring, render_names

if TYPE_CHECKING:
    from ffiwheel.bind.plan import Bindings, BoundClass, BoundFunction

MODULE = "_ffi_api"
"""The name of the generated module."""


def render_bindings(bindings: Bindings, package: str) -> dict[str, bytes]:
    """Return the generated files, by archive path; `package` is the folder they lie in."""
    module, stub = render_module(bindings, package), render_stub(bindings)
    for text in (module, stub):
        ast.parse(text)  # what does not parse is a bug of ours, and must not reach a wheel
    return {
        f"{package}/{MODULE}.py": module.encode(),
        f"{package}/{MODULE}.pyi": stub.encode(),
        f"{package}/py.typed": b"",
    }


def render_package(package: str, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return the `__init__.py` of a package that has no Python code of its own."""
    listed = "".join(f"    {name},\n" for name in names)
    text = (
        f'{MARK}\n"""The package {posixpath.basename(package)}."""\n\n'
        f"from .{MODULE} import (\n{listed})\n\n{render_names(names)}\n"
    )
    return {f"{package}/__init__.py": text.encode()}


def render_module(bindings: Bindings, package: str) -> str:
    """Return the text of the module in the folder `package`."""
    files = ", ".join(posixpath.basename(path) for path in bindings.libraries)
    lines = [
        MARK,
        f'"""Functions and classes of {files}."""',
        "",
        "from pathlib import Path as _Path",
        "",
        "import tvm_ffi as _tvm_ffi",
        "",
        render_names(bindings.names),
        "",
        "_FOLDER = _Path(__file__).parent",
    ]
    for index, path in enumerate(bindings.libraries):
        relative = posixpath.relpath(path, package)
        lines.append(f'_LIBRARY_{index} = _tvm_ffi.load_module(str(_FOLDER / "{relative}"))')
    lines += ["", *(_render_function(bound) for bound in bindings.functions)]
    for one in bindings.classes:
        lines += ["", "", *_render_class(one)]
    return "\n".join(lines) + "\n"


def _render_function(bound: BoundFunction) -> str:
    if bound.library is None:
        return f"{bound.name} = _tvm_ffi.get_global_func({json.dumps(bound.function.name)})"
    return (
        f"{bound.name} = _LIBRARY_{bound.library}.get_function({json.dumps(bound.function.name)})"
    )


def _render_class(bound: BoundClass) -> list[str]:
    doc = bound.one.doc or f"The C++ class `{bound.one.type_key}`."
    return [
        f"@_tvm_ffi.register_object({json.dumps(bound.one.type_key)})",
        f"class {bound.name}({bound.base or '_tvm_ffi.Object'}):",
        f"    {render_docstring(doc)}",
    ]
