"""What is asked in the same way on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.platform import Reason
from ffiwheel.model.provider import file_name, find_provider, name_asked, names_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ffiwheel.model.binary import Binary


def one_arch(binaries: Iterable[Binary]) -> tuple[str, str]:
    """Return the machine of all libraries, or why there is none."""
    arches = sorted({one.arch for one in binaries})
    if len(arches) == 1:
        return arches[0], ""
    return "", f"it has libraries for several machines: {', '.join(arches)}"


def find_missing(
    binaries: Mapping[str, Binary], lacks: str, has: Callable[[str, Binary], bool]
) -> Iterator[Reason]:
    """Yield the libraries that neither the system, nor the wheel, nor a known package brings.

    Args:
        binaries: archive path -> facts.
        lacks: how a sentence about a library goes on, such as `which macOS does not have`.
        has: tells whether the system has what a library needs.
    """
    inside = names_inside(binaries)
    for path, binary in sorted(binaries.items()):
        for library in binary.needed:
            if not (
                name_asked(library) in inside
                or has(library, binary)
                or find_provider(library, binary)
            ):
                yield Reason(
                    path=path,
                    library=library,
                    text=f"{file_name(path)} needs {library}, {lacks}",
                    help="link it statically, or put it into the wheel",
                )
