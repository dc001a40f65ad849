"""`%%ffi`: C++ in a session of IPython. One session runs all cells, as people do."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from workshop import check

if TYPE_CHECKING:
    from pathlib import Path

FIRST = """\
#include "offset.h"
int64_t Add(int64_t x, int64_t y) { return x + y + OFFSET; }
TVM_FFI_DLL_EXPORT_TYPED_FUNC(add, Add);
int64_t Scale(int64_t x, int64_t by) { return x * by; }
class PairObj : public tvm::ffi::Object {
 public:
  int64_t a, b;
  PairObj(int64_t a, int64_t b) : a(a), b(b) {}
  int64_t Sum() const { return a + b; }
  TVM_FFI_DECLARE_OBJECT_INFO_FINAL(FFI_CELL ".Pair", PairObj, tvm::ffi::Object);
};
TVM_FFI_STATIC_INIT_BLOCK() {
  namespace refl = tvm::ffi::reflection;
  refl::GlobalDef().def(FFI_CELL ".scale", Scale);
  refl::GlobalDef().def("demo.twice", [](int64_t x) { return 2 * x; });
  refl::GlobalDef().def("lonely", [](int64_t x) { return -x; });
  refl::ObjectDef<PairObj>().def(refl::init<int64_t, int64_t>()).def("sum", &PairObj::Sum);
}
"""
SECOND = FIRST.replace("x * by", "x + by").replace("2 * x", "3 * x").replace("a + b", "a * b")
WRONG = "int64_t Add(int64_t x) {\n  return x + 2\n}\n"
NOTHING = "int x;\n"
SESSION = """\
import json, subprocess, sys, time
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "ffiwheel")
started, steps = [], json.load(sys.stdin)
real = subprocess.Popen.__init__

def count(self, command, *rest, **named):
    started.append(command)
    real(self, command, *rest, **named)

subprocess.Popen.__init__ = count
answers = []
for kind, text in steps:
    started.clear()
    if kind == "python":
        answers.append(repr(eval(text, shell.user_ns)))
        continue
    if kind == "file":
        open("offset.h", "w").write(text)
        answers.append("")
        continue
    with capture_output() as said:
        done = shell.run_cell(text)
    error = done.error_in_exec or done.error_before_exec
    text = said.stdout + said.stderr
    answers.append({"ok": done.success, "said": text, "programs": len(started)})
    if kind == "cell" and error:
        answers[-1]["said"] = str(error)
print(json.dumps(answers))
"""
STEPS = {
    "header": ("file", "#define OFFSET 0\n"),
    "first": ("cell", f"%%ffi -I .\n{FIRST}"),
    "symbol": ("python", "add(1, 2), add(x=1, y=2)"),
    "function": ("python", "scale(x=3, by=4)"),
    "class": ("python", "Pair(3, 4).sum()"),
    "other names": ("python", "twice(4), lonely(4)"),
    "again": ("cell", f"%%ffi -I .\n{FIRST}"),
    "keep": ("plain", "old = add, scale, Pair"),
    "refused": ("cell", f"%%ffi -I .\n{SECOND}"),
    "overridden": ("cell", f"%%ffi -I . --override\n{SECOND}"),
    "new": ("python", "scale(3, 4), Pair(3, 4).sum(), twice(4)"),
    "old": ("python", "old[1](3, 4), old[2](3, 4).sum()"),
    "two classes": ("python", "old[2] is Pair, isinstance(Pair(1, 2), old[2])"),
    "wrong": ("cell", f"%%ffi\n{WRONG}"),
    "unharmed": ("python", "scale(3, 4)"),
    "bad name": ("cell", f"%%ffi --name a-b\n{NOTHING}"),
    "bad option": ("cell", f"%%ffi --nmae a\n{NOTHING}"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sessions run."""
    return tmp_path_factory.mktemp("cells")


def run_session(folder: Path, steps: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Return what each step of a session of its own gave."""
    given = json.dumps(list(steps.values()))
    # A kernel of Jupyter sets the last two for all that it starts.
    home = {
        "XDG_CACHE_HOME": f"{folder}-cache",
        "IPYTHONDIR": f"{folder}-ipython",
        "CLICOLOR_FORCE": "1",
        "FORCE_COLOR": "1",
    }
    said = check(sys.executable, "-c", SESSION, cwd=folder, env=home, said=given)
    answers = json.loads(said.splitlines()[-1])
    return dict(zip(steps, answers, strict=True))


@pytest.fixture(scope="module")
def session(folder: Path) -> dict[str, Any]:
    """What each step of the session gave."""
    return run_session(folder, STEPS)


@pytest.mark.compiler
def test_cell_gives_what_it_offers(session: dict[str, Any]) -> None:
    assert session["first"]["ok"], session["first"]["said"]
    assert session["symbol"] == "(3, 3)"
    assert session["function"] == "12"
    assert session["class"] == "7"
    assert session["other names"] == "(8, -4)"


@pytest.mark.compiler
def test_same_cell_starts_no_program(session: dict[str, Any]) -> None:
    assert session["first"]["programs"] > 0
    assert session["again"] == {"ok": True, "said": "", "programs": 0}


@pytest.mark.compiler
def test_changed_cell_lives_beside_the_old_one(session: dict[str, Any]) -> None:
    assert session["overridden"]["ok"], session["overridden"]["said"]
    assert session["overridden"]["programs"] == 0, "it was compiled when it was refused"
    assert session["new"] == "(7, 12, 12)"
    assert session["old"] == "(12, 7)"
    assert session["two classes"] == "(False, False)"


@pytest.mark.compiler
def test_name_that_is_taken_is_refused_before_anything_is_loaded(session: dict[str, Any]) -> None:
    assert session["refused"]["said"] == (
        "%%ffi\n"
        "error: `demo.twice`, `lonely`: registered already, for as long as the session lasts\n"
        ' help: register it in the cell\'s own namespace: `FFI_CELL ".twice"`\n'
        "       or let `%%ffi --override` register functions anew"
    )


@pytest.mark.compiler
def test_compile_error_has_the_lines_of_the_cell(session: dict[str, Any]) -> None:
    assert not session["wrong"]["ok"]
    said = session["wrong"]["said"]
    assert said.startswith("%%ffi\ncell.cc: In function")
    assert "cell.cc:2:15: error: expected" in said
    assert "\x1b" not in said
    assert "ffiwheel-" not in session["wrong"]["said"], "a path of a folder that is gone"
    assert session["unharmed"] == "7"


@pytest.mark.compiler
def test_cell_that_cannot_be_used(session: dict[str, Any]) -> None:
    assert "`a-b` cannot be the name of a cell" in session["bad name"]["said"]
    assert "--nmae" in session["bad option"]["said"]


@pytest.mark.compiler
def test_next_session_finds_it_in_the_cache(session: dict[str, Any], folder: Path) -> None:
    assert session["first"]["ok"]
    steps = {name: STEPS[name] for name in ("first", "symbol")}
    found = run_session(folder, steps)
    assert found["first"] == {"ok": True, "said": "", "programs": 0}
    assert found["symbol"] == "(3, 3)"
