"""Tags for Docker and OCI registries: `0.7.0.dev912_g1f2e3d4c5b`.

A tag is `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (https://github.com/opencontainers/distribution-spec),
so `+` becomes `_`, as Helm does it, and `!` becomes `-`. PEP 440's normal form has neither, so two
versions never share a tag. Tags have no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.versioning.forms.limit import require_length
from ffiwheel.versioning.forms.pep440 import render_full

if TYPE_CHECKING:
    from ffiwheel.model.version import Version

_LONGEST = 128


def render_docker(version: Version) -> str:
    """Return the tag of an image."""
    return require_length(
        render_full(version).replace("+", "_").replace("!", "-"), _LONGEST, "docker"
    )
