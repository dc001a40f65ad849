"""Modules in which everything has a name that means something else import, and call through."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from awkward import awkward_api
from bound import write_files
from workshop import REPOSITORY, check

from ffiwheel.bind.render import render_bindings
from ffiwheel.config.schema import BindingsTable

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
import fake_tvm_ffi
fake_tvm_ffi.install()
import pkg, inspect
from pkg import functions, methods, fields, members, constants, classes, deep

called = 0
for name in functions.__all__:
    assert getattr(functions, name)(*range(13)) == 13, name
    assert getattr(functions, name)(**{f"p{i}": i for i in range(13)}) == 13, name
    called += 1
for one in (methods.Methods, methods.Derived):
    target = object.__new__(one)
    for name, found in vars(one).items():
        if inspect.isfunction(found) and found.__module__.startswith("pkg") and name != "__init__":
            assert found(target, *range(13)) == 14, name
            called += 1
assert constants.C.print == 1
assert members.E.print == "member print"
assert members.E.class___ == "member class"
taken = inspect.signature(pkg.parameters).parameters
named = [name for name, one in taken.items() if one.kind is not one.POSITIONAL_ONLY]
assert len(taken) == len(named) + 1
assert pkg.parameters(*range(len(taken))) == len(taken)
assert pkg.parameters(0, **dict.fromkeys(named, 0)) == len(taken)
assert len(classes.__all__) > 150
print(called)
"""


def test_everything_is_reached_under_its_name(tmp_path: Path) -> None:
    write_files(render_bindings(awkward_api(), "pkg", BindingsTable()).files, tmp_path)
    support = REPOSITORY / "tests" / "support"
    env = {"PYTHONPATH": f"{tmp_path}:{support}", "PYTHONDONTWRITEBYTECODE": "1"}
    said = check(sys.executable, "-W", "error", "-c", PROGRAM, cwd=tmp_path, env=env)
    assert int(said) > 500
