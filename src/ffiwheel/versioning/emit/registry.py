"""Every kind of file by its name, which is also its name in `[[tool.ffiwheel.version.emit]]`.

A module is imported when its file is asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ffiwheel.versioning.emit.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitter:
    """One kind of file."""

    module: str
    function: str
    file: str
    """What it is called where nobody names it; `{name}` is the project's."""

    def render(self, request: Request) -> str:
        """Return the file's text.

        Raises:
            VersionError: if the file has no word for the version.
            ProjectError: if the file to start from will not do.
        """
        module = importlib.import_module(f"{__package__}.{self.module}")
        function: Callable[[Request], str] = getattr(module, self.function)
        return function(request)


def _emitter(module: str, function: str, file: str) -> Emitter:
    return Emitter(module=module, function=function, file=file)


EMITTERS: Mapping[str, Emitter] = MappingProxyType(
    {
        "c-header": _emitter("c", "render_header", "{name}_version.h"),
        "c-source": _emitter("c", "render_source", "{name}_version.cc"),
        "cmake": _emitter("cmake", "render_cmake", "{name}_version.cmake"),
        "python": _emitter("python", "render_python", "_version.py"),
        "javascript": _emitter("javascript", "render_module", "{name}_version.mjs"),
        "commonjs": _emitter("javascript", "render_commonjs", "{name}_version.cjs"),
        "typescript": _emitter("javascript", "render_declaration", "{name}_version.d.mts"),
        "package-json": _emitter("package_json", "render_package_json", "package.json"),
        "conda": _emitter("conda", "render_variant", "{name}_version.yaml"),
        "json": _emitter("facts", "render_json", "{name}_version.json"),
        "env": _emitter("facts", "render_env", "{name}_version.env"),
    }
)
"""The kinds of files; `docs/emitted-files.md` has a section for each."""
