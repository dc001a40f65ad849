"""The requirements that a wheel states, as far as they can be read.

https://packaging.python.org/en/latest/specifications/dependency-specifiers/
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ffiwheel.model.provider import RUNTIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def parse_requirements(lines: Iterable[object]) -> Iterator[Requirement]:
    """Yield the requirements that can be read; of the others WHL008 speaks."""
    for line in lines:
        with contextlib.suppress(RecursionError, ValueError):  # the former: hundreds of brackets
            yield Requirement(str(line))


def requires_runtime(requirements: Iterable[Requirement]) -> bool:
    """Tell whether `apache-tvm-ffi` is required wherever the wheel is installed."""
    return any(
        canonicalize_name(one.name) == RUNTIME.name and not one.marker for one in requirements
    )
