"""Options and fixtures of the whole test suite."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from debian_packages import find_or_install, look_for
from workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, which writes the expected files anew."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    """Install what builds use wherever it is found: before the first of them, not between two."""
    is_worker = hasattr(config, "workerinput")
    for name, program in (("ccache", "ccache"), ("mold", "mold"), ("lld", "ld.lld")):
        if not is_worker and name in os.environ.get("FFIWHEEL_REQUIRE", "").split(","):
            find_or_install(partial(look_for, program), name)


os.environ["CCACHE_DISABLE"] = "1"
"""The user's cache is not for tests; ccache hands everything on to the compiler then."""


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder in one that we may not look into: root does not while the test runs."""
    folder = tmp_path / "sealed" / "inside"
    (folder / "bin").mkdir(parents=True)
    folder.parent.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    folder.parent.chmod(0o755)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A place to copy sample projects to and to run ffiwheel in."""
    return Workshop(tmp_path)
