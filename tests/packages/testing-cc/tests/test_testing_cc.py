"""Calls into apache-tvm-ffi's own test library, under another name."""

from __future__ import annotations

import numpy as np
import pytest
import testing_cc
import tvm_ffi


def test_functions_run() -> None:
    assert testing_cc.add_one(41) == 42
    assert testing_cc.schema_id_string("text") == "text"
    assert list(testing_cc.schema_id_arr_int([1, 2])) == [1, 2]
    assert testing_cc.schema_id_opt_int(None) is None
    assert testing_cc.apply(lambda x: x * 2, 21) == 42


def test_errors_arrive() -> None:
    with pytest.raises(ValueError, match="wrong"):
        testing_cc.test_raise_error("ValueError", "wrong")


def test_classes_have_fields_and_methods() -> None:
    pair = testing_cc.TestIntPair(3, 5)
    assert (pair.a, pair.b) == (3, 5)
    assert testing_cc.TestIntPairSum(pair) == 8
    derived = testing_cc.TestCxxClassDerived(1, 2, 3.5)
    assert isinstance(derived, testing_cc.TestCxxClassBase)


def test_arrays_come_back() -> None:
    array = np.arange(3, dtype="int64")
    tensor = testing_cc.schema_id_tensor(tvm_ffi.from_dlpack(array))
    assert np.from_dlpack(tensor).tolist() == [0, 1, 2]
