"""A variant file, which conda-build and rattler-build read alike.

A recipe writes `{{ hello_version }}` or `${{ hello_version }}`. The quotes keep YAML from reading
`0.10` as a number.

https://rattler.build/latest/variants/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.emit.request import NOTICE
from ffiwheel.versioning.forms.conda import render_conda

if TYPE_CHECKING:
    from ffiwheel.versioning.emit.request import Request


def render_variant(request: Request) -> str:
    """Return the variant file with the one key `<name>_version`."""
    return f'# {NOTICE}\n{request.name}_version:\n  - "{render_conda(request.version)}"\n'
