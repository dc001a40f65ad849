"""What hatchling loads of every plugin that is installed, wanted or not: nothing but two names.

https://hatch.pypa.io/latest/plugins/about/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from hatchling.version.source.plugin.interface import VersionSourceInterface


@hookimpl
def hatch_register_version_source() -> type[VersionSourceInterface]:
    """Return what `[tool.hatch.version]` calls with `source = "ffiwheel"`."""
    from ffiwheel.hooks.hatch_version import VersionSource  # noqa: PLC0415 - most go without

    return VersionSource
