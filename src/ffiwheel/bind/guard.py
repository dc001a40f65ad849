"""The checks that a generated module makes before it loads a library.

A runtime on which the library fails would end the interpreter, or the import with a message about a
symbol. The module compares the runtime's version, which `import tvm_ffi` has at hand, with the
releases that were known when the wheel was built; that takes about a microsecond. Releases that
came later pass, unless the library depends on what the newest known ones lack already.

A name that is registered twice would end the interpreter, too. So the module asks for a name of its
own; if it is there, it must be the same library that somebody has loaded.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ffiwheel.bind.text import INDENT, WIDTH, lay_out

if TYPE_CHECKING:
    from ffiwheel.bind.bindings import Bindings
    from ffiwheel.model.runtime import RuntimeRange

RELEASES = "_RELEASES"
"""The global that holds the releases."""
REFUSE = "_refuse_another"
"""The function that is called where a name is registered already."""
_REFUSE = f'''
def {REFUSE}(name, path):
    """Raise an error, unless the library at a path is the one that has registered a name."""
    import ctypes
    import os

    mode = getattr(os, "RTLD_NOLOAD", None)
    try:
        if mode is not None:
            ctypes.CDLL(path, mode=mode)
    except OSError:
        reason = f"another library has registered `{{name}}`, so {{path}} cannot be loaded"
        raise ImportError(reason) from None
'''


def needed_names(bindings: Bindings) -> tuple[str, ...]:
    """Return the full names of the runtime's classes that generated classes derive from."""
    bases = {one.base for module in bindings.modules for one in module.classes}
    return tuple(sorted(base for base in bases if base.startswith("tvm_ffi.")))


def render_guard(runtime: RuntimeRange, package: str, tvm_ffi: str) -> list[str]:
    """Return the lines of the check; none where every known release will do.

    Args:
        runtime: on which releases the libraries work.
        package: the name of the package, for people.
        tvm_ffi: how `tvm_ffi` is written.
    """
    if not runtime.failures:
        return []
    wanted = f"apache-tvm-ffi{runtime.specifier}"
    return [
        *render_releases(runtime),
        f"if {tvm_ffi}.__version__ {'not in' if runtime.is_closed else 'in'} {RELEASES}.split():",
        f"{INDENT}raise ImportError(",
        f'{INDENT * 2}"{package} needs {wanted}, "',
        f'{INDENT * 2}f"and {{{tvm_ffi}.__version__}} is installed:\\n"',
        f"{INDENT * 2}\"    pip install '{wanted}'\"",
        f"{INDENT})",
    ]


def render_releases(runtime: RuntimeRange) -> list[str]:
    """Return the statement that lists releases: those that will do where the range is closed."""
    failing = [failure.release for failure in runtime.failures]
    listed = runtime.releases if runtime.is_closed else failing
    return [f"{RELEASES} = (", *_render_words(listed), ")"]


def _render_words(words: tuple[str, ...] | list[str]) -> list[str]:
    """Return the lines of one string with `words`, to be set in parentheses."""
    lines = textwrap.wrap(" ".join(words), WIDTH - len(INDENT) - 3)
    return [
        f'{INDENT}"{line}{" " if index < len(lines) else ""}"'
        for index, line in enumerate(lines, start=1)
    ]


def own_name(bindings: Bindings) -> str:
    """Return a name that the library registers; empty if it is not clear which one does."""
    names = (
        one.source for module in bindings.modules for one in module.functions if one.library is None
    )
    return next(names, "") if len(bindings.libraries) == 1 else ""


def render_refusal() -> list[str]:
    """Return the function that is called where a name is taken."""
    return _REFUSE.strip("\n").split("\n")


def render_name_check(name: str, path: str, tvm_ffi: str) -> list[str]:
    """Return the lines that refuse to load a library whose name is taken.

    Args:
        name: a name that the library registers, as a literal.
        path: the expression for its path.
        tvm_ffi: how `tvm_ffi` is written.
    """
    return [
        *lay_out(f"if {tvm_ffi}.get_global_func(", [name, "True"], ") is not None:"),
        *lay_out(f"{REFUSE}(", [name, path], ")", INDENT),
    ]
