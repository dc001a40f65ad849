"""Pieces of Python text that the module and its stub share."""

from __future__ import annotations

MARK = "# Made by ffiwheel from what the library registers; do not edit."
"""The first line of every generated file, by which it is told from a file of the user's."""


def render_docstring(text: str) -> str:
    """Return `text` as a docstring.

    >>> print(render_docstring("Add one."), render_docstring('Say "hi".'))
    \"\"\"Add one.\"\"\" 'Say "hi".'
    """
    return repr(text) if "\\" in text or '"' in text else f'"""{text}"""'


def render_names(names: tuple[str, ...]) -> str:
    """Return the statement that lists the public names."""
    return f"__all__ = {list(names)!r}".replace("'", '"')
