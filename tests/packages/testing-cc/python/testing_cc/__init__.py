"""The test library of apache-tvm-ffi."""

from ._ffi_api import *  # noqa: F403
