"""Which CUDA can be compiled for which target."""

from __future__ import annotations

from pathlib import Path

import pytest

from ffiwheel.compile.kernels import check_cuda
from ffiwheel.errors import ProjectError
from ffiwheel.toolchain.targets import TABLE, Row, native_target

ROOT = Path("/project")
KERNELS = (ROOT / "kernels" / "add.cu",)
SUPPORTED = {"linux-x86_64", "linux-aarch64", "windows-amd64"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.target.name)
def test_kernels_are_for_systems_that_have_a_driver(row: Row) -> None:
    target = row.target
    check_cuda(target, ROOT, (), ())
    if target.name in SUPPORTED:
        check_cuda(target, ROOT, (), KERNELS)
    else:
        with pytest.raises(ProjectError, match="NVIDIA has no driver"):
            check_cuda(target, ROOT, (), KERNELS)


def test_cpp_and_cuda_in_one_file_are_for_this_machine() -> None:
    check_cuda(native_target(), ROOT, KERNELS, ())
    with pytest.raises(ProjectError, match="cannot be compiled for another system"):
        check_cuda(TABLE[0].target, ROOT, KERNELS, ())
