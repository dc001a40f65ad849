"""Tests of the installed package. Those that run the kernel need PyTorch and a CUDA GPU."""

from typing import Any

import numpy as np
import pytest

import my_extension


@pytest.fixture
def torch() -> Any:
    """Return PyTorch, for its arrays on the GPU."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    if not torch.cuda.is_available():
        pytest.skip("PyTorch finds no CUDA GPU")
    return torch


def test_cpu_array_is_refused() -> None:
    array = np.zeros(3, dtype=np.float32)
    with pytest.raises(ValueError, match="add: a must be on a CUDA device"):
        my_extension.add(array, array, array)


@pytest.mark.parametrize("shape", [(0,), (1,), (1000,), (3, 5, 7), (1 << 25,)])
def test_add(torch: Any, shape: tuple[int, ...]) -> None:
    a = torch.rand(shape, device="cuda")
    b = torch.rand(shape, device="cuda")
    out = torch.empty_like(a)
    my_extension.add(a, b, out)
    assert torch.equal(out, a + b)


def test_add_on_a_stream(torch: Any) -> None:
    a = torch.ones(1 << 20, device="cuda")
    out = torch.empty_like(a)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        my_extension.add(a, a, out)
    stream.synchronize()
    assert torch.equal(out, 2 * a)


def test_wrong_dtype(torch: Any) -> None:
    a = torch.ones(3, device="cuda")
    with pytest.raises(TypeError, match="add: b must be float32, not float64"):
        my_extension.add(a, a.double(), a)


def test_wrong_shape(torch: Any) -> None:
    a = torch.ones(3, device="cuda")
    with pytest.raises(ValueError, match="add: out must have the shape of a"):
        my_extension.add(a, a, torch.ones(4, device="cuda"))


def test_not_contiguous(torch: Any) -> None:
    a = torch.ones(6, device="cuda")
    with pytest.raises(ValueError, match="add: a must be contiguous"):
        my_extension.add(a[::2], a[::2], a[:3])
