"""On which releases of `apache-tvm-ffi` a library works, said before it is run."""

from __future__ import annotations

from ffiwheel.audit.runtime.compute import (
    compute_joint_range,
    compute_python_range,
    compute_range,
    intersect_ranges,
)
from ffiwheel.audit.runtime.table import read_table

__all__ = [
    "compute_joint_range",
    "compute_python_range",
    "compute_range",
    "intersect_ranges",
    "read_table",
]
