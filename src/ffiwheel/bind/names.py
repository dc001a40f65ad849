"""How registered names are spelt in Python."""

from __future__ import annotations

import keyword
import re


def spell(name: str) -> str:
    """Return `name` as a Python identifier.

    Dots of a nested namespace and other characters become `_`; a keyword gets a `_` at its end.

    >>> [spell(name) for name in ("add", "math.add", "with-dash", "import", "2d")]
    ['add', 'math_add', 'with_dash', 'import_', '_2d']
    """
    spelt = re.sub(r"\W", "_", name)
    if keyword.iskeyword(spelt):
        return f"{spelt}_"
    return f"_{spelt}" if spelt[:1].isdigit() else spelt
