"""How sizes are shown to people."""

from __future__ import annotations

_KILO = 1000


def show_size(count: int) -> str:
    """Return a number of bytes with a unit.

    >>> show_size(999), show_size(52_300), show_size(4_100_000)
    ('999 B', '52 kB', '4.1 MB')
    """
    if count < _KILO:
        return f"{count} B"
    if count < _KILO**2:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _KILO**2:.1f} MB"
