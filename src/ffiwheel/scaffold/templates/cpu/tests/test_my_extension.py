"""Tests of the installed package."""

from typing import Any

import numpy as np
import pytest

import my_extension


def test_c_symbol() -> None:
    assert my_extension.add_two(40) == 42


def test_global_functions() -> None:
    assert my_extension.add_one(41) == 42
    assert my_extension.divide(1, 4) == 0.25


def test_wrong_argument_type() -> None:
    text: Any = "forty-one"
    with pytest.raises(TypeError):
        my_extension.add_one(text)


def test_error() -> None:
    with pytest.raises(ValueError, match="divide: cannot divide 1 by zero"):
        my_extension.divide(1, 0)


def test_callback() -> None:
    assert my_extension.apply_twice(lambda x: x * x, 3) == 81


def test_callback_error() -> None:
    def fail(x: int) -> int:
        raise KeyError(x)

    with pytest.raises(KeyError):
        my_extension.apply_twice(fail, 3)


def test_class() -> None:
    pair = my_extension.IntPair(1, 2)
    assert (pair.a, pair.b, pair.sum()) == (1, 2, 3)
    pair.a = 40
    assert pair.sum() == 42


def test_array_is_changed_in_place() -> None:
    array = np.arange(6, dtype=np.float32)
    my_extension.scale(array[::2], 10)
    assert array.tolist() == [0, 1, 20, 3, 40, 5]


def test_array_of_wrong_type() -> None:
    with pytest.raises(TypeError, match="scale: x must be float32, not float64"):
        my_extension.scale(np.zeros(3), 2)


def test_array_of_wrong_shape() -> None:
    with pytest.raises(ValueError, match="scale: x must have 1 dimension, not 2"):
        my_extension.scale(np.zeros((2, 2), dtype=np.float32), 2)
