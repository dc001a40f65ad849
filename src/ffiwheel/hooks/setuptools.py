"""What setuptools calls for every project in an environment that has ffiwheel.

Most of them never heard of us, so only a word in `pyproject.toml` is looked for here, with the
standard library.

https://setuptools.pypa.io/en/latest/userguide/extension.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from setuptools import Distribution


def finalize_distribution_options(dist: Distribution) -> None:
    """Set the version of `dist`, if the project in this folder asks for it."""
    try:
        named = b"ffiwheel" in Path("pyproject.toml").read_bytes()
    except OSError:
        return
    if named:
        from ffiwheel.hooks.distribution import finalize  # noqa: PLC0415 - most go without

        finalize(dist, Path.cwd())


finalize_distribution_options.order = 100  # type: ignore[attr-defined]  # read by setuptools: after setuptools_scm, whose version is then seen
