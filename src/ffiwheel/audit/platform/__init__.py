"""The lowest platform tag that is true for a set of libraries, and what forces it.

Each system has its own measure: Linux the versions of symbols, macOS the oldest release that a
library was built for, Windows nothing but the processor. What the systems bring is the data of the
field's tools (auditwheel, delocate, delvewheel); the comparison is ours, so that it can name the
symbol that decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.binary import Format
from ffiwheel.model.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.binary import Binary


def lowest_platform(binaries: Mapping[str, Binary]) -> Platform:
    """Return the lowest tag on which all `binaries` (by archive path) load.

    What a known package or driver brings (`model.provider`) forces no tag. A Linux wheel that no
    index would take is `linux`; a wheel that no system can load has a `conflict` and no tag.
    """
    formats = {binary.format for binary in binaries.values()}
    if not formats:
        return Platform(tag="any")
    if len(formats) > 1:
        names = ", ".join(sorted(one.value for one in formats))
        return Platform(tag="", conflict=f"it has libraries of several systems: {names}")
    if formats == {Format.ELF}:
        from ffiwheel.audit.platform.linux import lowest_linux  # noqa: PLC0415 - one of the three is needed

        return lowest_linux(binaries)
    if formats == {Format.MACHO}:
        from ffiwheel.audit.platform.macos import lowest_macos  # noqa: PLC0415 - as above

        return lowest_macos(binaries)
    from ffiwheel.audit.platform.windows import lowest_windows  # noqa: PLC0415 - as above

    return lowest_windows(binaries)
