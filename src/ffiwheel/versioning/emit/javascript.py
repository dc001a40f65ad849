"""The version for JavaScript: an ES module, a CommonJS module, and the declaration of both.

Node.js can import the CommonJS module by its names as well, because it finds `exports.<name> =`
without running the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.emit.request import NOTICE
from ffiwheel.versioning.forms.pep440 import render_full
from ffiwheel.versioning.forms.semver import render_npm

if TYPE_CHECKING:
    from ffiwheel.versioning.emit.request import Request

_DECLARATION = """\
// {notice}

/** The version as npm writes it. */
export declare const version: string;

/** The version by PEP 440, as Python and C++ say it. */
export declare const pep440Version: string;

/** The commit it was built from, where that is known. */
export declare const commit: string | null;
"""


def render_module(request: Request) -> str:
    """Return the ES module."""
    return _render(request, "export const ")


def render_commonjs(request: Request) -> str:
    """Return the CommonJS module."""
    return _render(request, "exports.", '"use strict";\n\n')


def render_declaration(request: Request) -> str:  # noqa: ARG001 - as every emitter
    """Return the TypeScript declaration, which is the same for every version."""
    return _DECLARATION.format(notice=NOTICE)


def _render(request: Request, keyword: str, head: str = "") -> str:
    version = request.version
    values = {
        "version": f'"{render_npm(version)}"',
        "pep440Version": f'"{render_full(version)}"',
        "commit": f'"{version.node}"' if version.node else "null",
    }
    lines = "".join(f"{keyword}{name} = {value};\n" for name, value in values.items())
    return f"// {NOTICE}\n{head}{lines}"
