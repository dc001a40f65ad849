"""Options and fixtures of the whole test suite."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, which writes the expected files anew."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


os.environ["CCACHE_DISABLE"] = "1"
"""The user's cache is not for tests; ccache hands everything on to the compiler then."""


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A place to copy sample projects to and to run ffiwheel in."""
    return Workshop(tmp_path)
