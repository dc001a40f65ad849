"""A header for C and C++, and the one source that holds the full version.

The header has only what stays the same from commit to commit: the release that work leads to. So a
new commit compiles the source anew, and nothing else. Both are C as well as C++.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.version import Version
from ffiwheel.versioning.emit.request import NOTICE
from ffiwheel.versioning.forms.c import (
    COUNT_BITS,
    render_c_major,
    render_c_minor,
    render_c_number,
    render_c_patch,
)
from ffiwheel.versioning.forms.pep440 import render_full

if TYPE_CHECKING:
    from ffiwheel.versioning.emit.request import Request

_HEADER = """\
/* {notice} */
#ifndef {prefix}_H_
#define {prefix}_H_

#define {prefix}_MAJOR {major}
#define {prefix}_MINOR {minor}
#define {prefix}_PATCH {patch}

/* For comparisons in #if. It leaves out the count of commits, so that this file stays the same from
 * commit to commit. */
#define {prefix}_NUMBER {number}

/* The number of a release: {prefix}_NUMBER >= {prefix}_ENCODE(1, 2, 0) holds in #if
 * from 1.2.0 on, and not for what leads to it, such as 1.2.0rc1. */
#define {prefix}_ENCODE(major, minor, patch) \\
  ((major) * {major_unit}LL + (minor) * {minor_unit}LL + (patch) * {patch_unit}LL + {release}LL)

#ifdef __cplusplus
extern "C" {{
#endif

/* The whole version by PEP 440, such as "0.7.0.dev912+g1f2e3d4c5b". */
const char* {name}_version(void);

/* {prefix}_NUMBER with the count of commits. */
long long {name}_version_number(void);

#ifdef __cplusplus
}}
#endif

#endif /* {prefix}_H_ */
"""

_SOURCE = """\
/* {notice} */
#include "{header}"

const char* {name}_version(void) {{ return "{full}"; }}

long long {name}_version_number(void) {{ return {number}; }}
"""


def render_header(request: Request) -> str:
    """Return the header.

    `ENCODE` multiplies by wide numbers where it could shift: in `#if` nothing can be cast, and
    outside of it a shift would be too wide for an `int`.
    """
    version = request.version
    zero = _number("0.0.0")
    return _HEADER.format(
        notice=NOTICE,
        name=request.name,
        prefix=request.prefix,
        major=render_c_major(version),
        minor=render_c_minor(version),
        patch=render_c_patch(version),
        number=int(render_c_number(version)) >> COUNT_BITS << COUNT_BITS,
        major_unit=_number("1.0.0") - zero,
        minor_unit=_number("0.1.0") - zero,
        patch_unit=_number("0.0.1") - zero,
        release=zero,
    )


def render_source(request: Request) -> str:
    """Return the source that defines the header's functions."""
    return _SOURCE.format(
        notice=NOTICE,
        header=request.header,
        name=request.name,
        full=render_full(request.version),
        number=render_c_number(request.version),
    )


def _number(release: str) -> int:
    return int(render_c_number(Version(public=release)))
