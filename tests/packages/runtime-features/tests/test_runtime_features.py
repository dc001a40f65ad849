"""Tests of the installed package: what crosses the language border."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import runtime_features


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (runtime_features.raise_value_error, ValueError),
        (runtime_features.raise_type_error, TypeError),
        (runtime_features.raise_key_error, KeyError),
        (runtime_features.raise_runtime_error, RuntimeError),
        (runtime_features.raise_std_exception, RuntimeError),
    ],
)
def test_cpp_error_becomes_python_exception(
    function: Callable[[str], None], kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="häßlich, but from C"):
        function("häßlich, but from C++")


def test_callback() -> None:
    assert runtime_features.sum_of(lambda i: i * i, 5) == 30


def test_callback_exception_reaches_the_caller() -> None:
    def fail(i: int) -> int:
        raise IndexError("raised in the callback")

    with pytest.raises(IndexError, match="raised in the callback"):
        runtime_features.sum_of(fail, 5)


def test_callback_exception_of_own_class() -> None:
    class OwnError(Exception):
        pass

    def fail(i: int) -> int:
        raise OwnError("raised in the callback")

    # The class is unknown to C++: `tvm_ffi.register_error` would make it known.
    with pytest.raises(RuntimeError, match="raised in the callback"):
        runtime_features.sum_of(fail, 5)


def test_callback_of_wrong_type() -> None:
    with pytest.raises(TypeError):
        runtime_features.sum_of(lambda i: "text", 5)  # type: ignore[arg-type,return-value]


def test_cpp_catches_callback_exception() -> None:
    def fail() -> None:
        raise ValueError("caught in C++")

    assert runtime_features.caught_message(fail) == "ValueError: caught in C++"
    assert runtime_features.caught_message(lambda: None) == ""


def test_numpy_array_is_not_copied() -> None:
    array = np.arange(12, dtype=np.float64).reshape(3, 4)
    assert runtime_features.data_pointer(array) == array.ctypes.data
    assert runtime_features.data_pointer(array[1:]) == array.ctypes.data + 4 * 8


def test_numpy_array_is_changed_in_place() -> None:
    array = np.zeros((2, 3))
    runtime_features.increment(array)
    assert (array == 1).all()


def test_numpy_array_of_wrong_type() -> None:
    with pytest.raises(ValueError, match="increment: x must be a contiguous float64 array"):
        runtime_features.increment(np.zeros(3, dtype=np.int32))


def test_returned_array_shares_memory() -> None:
    array = np.zeros(3)
    result = np.from_dlpack(runtime_features.identity(array))
    array[1] = 5
    assert result.tolist() == [0, 5, 0]
    del array
    assert result.tolist() == [0, 5, 0]
