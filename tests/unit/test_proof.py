"""The type check of generated stubs sees those stubs, and nothing that happens to be installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rich

from ffiwheel.errors import ReflectError
from ffiwheel.model.draft import Draft
from ffiwheel.workflow.check import Proof, prove_bindings

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = rich.__name__
"""A package of this environment, as a project's own may be, too."""
STUB = f"{INSTALLED}/console.pyi"
"""A module that it has, as the one that the last build made."""


def prove(folder: Path, stub: str) -> None:
    files = {
        STUB: stub.encode(),
        f"{INSTALLED}/__init__.py": b"from missing import something",
        f"{INSTALLED}/own.py": b"from missing import Base\nclass Thing(Base): ...\n",
    }
    draft = Draft(name=INSTALLED, version="1", files=files, dist_info={})
    prove_bindings(draft, [STUB], folder, Proof.TYPED)


def test_an_installed_package_does_not_stand_before_the_stub(tmp_path: Path) -> None:
    with pytest.raises(ReflectError) as caught:
        prove(tmp_path, "def f(x: Undefined) -> int: ...\n")
    [problem] = caught.value.problems
    assert problem.message.startswith('the stub of `f` does not type-check: Name "Undefined"')


def test_stubs_may_speak_of_the_projects_own_modules(tmp_path: Path) -> None:
    prove(tmp_path, "from .own import Thing\n\ndef f(x: Thing) -> int: ...\n")
    with pytest.raises(ReflectError) as caught:
        prove(tmp_path, "from .other import Thing\n\ndef f(x: Thing) -> int: ...\n")
    assert "`f` does not type-check: Cannot find" in str(caught.value)
