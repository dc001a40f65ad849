"""What hatchling loads of every plugin that is installed, wanted or not: nothing but names.

https://hatch.pypa.io/latest/plugins/about/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from hatchling.builders.config import BuilderConfig
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    from hatchling.version.source.plugin.interface import VersionSourceInterface


@hookimpl
def hatch_register_version_source() -> type[VersionSourceInterface]:
    """Return what `[tool.hatch.version]` calls with `source = "ffiwheel"`."""
    from ffiwheel.hooks.hatch_version import VersionSource  # noqa: PLC0415 - most go without

    return VersionSource


@hookimpl
def hatch_register_build_hook() -> type[BuildHookInterface[BuilderConfig]]:
    """Return what `[tool.hatch.build.hooks.ffiwheel]` turns on."""
    from ffiwheel.hooks.hatch_files import BuildHook  # noqa: PLC0415 - most go without

    return BuildHook
