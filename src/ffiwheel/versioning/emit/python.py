"""A Python module that states the version; it imports nothing and runs on Python 3.9.

`__version__` is what the wheel's metadata says, so the two never disagree. The names are those of
setuptools-scm's version file, and `full_version`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.version import Version
from ffiwheel.versioning.emit.request import NOTICE
from ffiwheel.versioning.forms.pep440 import parse_version, render_full

if TYPE_CHECKING:
    from packaging.version import Version as Pep440

    from ffiwheel.versioning.emit.request import Request

_MODULE = '''\
# {notice}
"""The version."""

__all__ = [
    "__commit_id__",
    "__version__",
    "__version_tuple__",
    "commit_id",
    "full_version",
    "version",
    "version_tuple",
]

__version__: str
version: str
__version_tuple__: "tuple[int | str, ...]"
version_tuple: "tuple[int | str, ...]"
__commit_id__: "str | None"
commit_id: "str | None"
full_version: str

__version__ = version = "{version}"
"""As in the metadata of the package."""
__version_tuple__ = version_tuple = {parts}
__commit_id__ = commit_id = {commit}
"""The commit it was built from, where that is known."""
full_version = "{full}"
"""With the part that names the commit."""
'''


def render_python(request: Request) -> str:
    """Return the module."""
    version = request.version
    public, _, local = version.for_wheel.partition("+")
    parsed = parse_version(Version(public=public, local=local, source=version.source))
    return _MODULE.format(
        notice=NOTICE,
        version=parsed,
        parts=_quote(_tuple_of(parsed)),
        commit=f'"{version.node}"' if version.node else None,
        full=render_full(version),
    )


def _tuple_of(version: Pep440) -> tuple[int | str, ...]:
    """Return the numbers of the release, then each other part as text.

    >>> from packaging.version import Version as Pep440
    >>> _tuple_of(Pep440("0.7.0rc1.dev3+g1f2e.d3c4"))
    (0, 7, 0, 'rc1', 'dev3', 'g1f2e.d3c4')
    """
    pre = "".join(map(str, version.pre)) if version.pre else ""
    post = "" if version.post is None else f"post{version.post}"
    dev = "" if version.dev is None else f"dev{version.dev}"
    return (*version.release, *filter(None, (pre, post, dev, version.local)))


def _quote(parts: tuple[int | str, ...]) -> str:
    inside = ", ".join(f'"{part}"' if isinstance(part, str) else str(part) for part in parts)
    return f"({inside})" if len(parts) > 1 else f"({inside},)"
