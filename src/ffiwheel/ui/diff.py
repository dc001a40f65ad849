"""The difference between a file and what it should be, as `patch` reads it."""

from __future__ import annotations

import difflib

_NOWHERE = "/dev/null"
_UNFINISHED = "\n\\ No newline at end of file\n"


def render_diff(name: str, before: bytes | None, after: bytes | None) -> str:
    r"""Return the unified diff of a file; None stands for one that is not there.

    >>> print(render_diff("a.pyi", b"x: int\n", b"x: str\n"))
    --- a.pyi
    +++ a.pyi
    @@ -1 +1 @@
    -x: int
    +x: str
    >>> print(render_diff("py.typed", None, b""))
    --- /dev/null
    +++ py.typed
    """
    old, new = (_NOWHERE if text is None else name for text in (before, after))
    lines = [*difflib.unified_diff(_lines(before), _lines(after), old, new)]
    shown = lines or [f"--- {old}\n", f"+++ {new}\n"]
    return "".join(x if x.endswith("\n") else x + _UNFINISHED for x in shown).rstrip("\n")


def _lines(text: bytes | None) -> list[str]:
    return (text or b"").decode(errors="replace").splitlines(keepends=True)
