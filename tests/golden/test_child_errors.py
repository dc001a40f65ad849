"""A library that does not let itself be loaded is an error that names it and shows what it said.

The libraries here are nothing but a static initializer, for that is all that the child processes
of *reflect* and *bind* see of them before the end.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, check, compare_golden, require

from ffiwheel.bind.check import import_modules
from ffiwheel.errors import ReflectError
from ffiwheel.reflect.probe import reflect
from ffiwheel.toolchain.runtime import find_runtime
from ffiwheel.workflow.binaries import read_file

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.compiler
SECONDS = 2.0
SOURCE = """\
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

static int start() {
  std::printf("looking for a license");
  %s
  return 0;
}
static int started = start();
"""
ENDINGS = {
    "hangs": "for (;;) pause();",
    "aborts": "std::abort();",
    "crashes": "int* nothing = nullptr; *const_cast<int volatile*>(nothing) = 1;",
    "exits": 'std::printf(" in vain\\n"); std::exit(3);',
    "exits-without-an-error": "std::exit(0);",
    "throws": 'std::printf("\\n"); throw std::runtime_error("there is no license");',
}


@pytest.fixture(scope="module", params=sorted(ENDINGS))
def ending(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def library(ending: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that ends its process as told."""
    folder = tmp_path_factory.mktemp(ending)
    compiler = next((found for name in ("c++", "g++") if (found := shutil.which(name))), None)
    require("compiler", present=compiler is not None)
    source, library = folder / "ends.cc", folder / "pkg" / "libends.so"
    library.parent.mkdir()
    source.write_text(SOURCE % ENDINGS[ending])
    check(str(compiler), "-shared", "-fPIC", "-w", source, "-o", library, cwd=folder)
    return library


def test_the_probe(ending: str, library: Path, *, update_golden: bool) -> None:
    binary = read_file(library, library.name)
    with pytest.raises(ReflectError) as caught:
        reflect({library.name: (library, binary)}, find_runtime(), seconds=SECONDS)
    compare(caught.value, f"child-{ending}-in-the-probe", library, update=update_golden)


def test_the_import(ending: str, library: Path, *, update_golden: bool) -> None:
    """The library has passed the probe, and is loaded again by the module that was made for it."""
    module = library.with_name("_ffi_api.py")
    module.write_text(f'import ctypes\nctypes.CDLL("{library}")\n')
    with pytest.raises(ReflectError) as caught:
        import_modules(library.parents[1], ("pkg._ffi_api",), seconds=SECONDS)
    compare(caught.value, f"child-{ending}-at-import", library, update=update_golden)


def compare(error: ReflectError, name: str, library: Path, *, update: bool) -> None:
    text = str(error).replace(str(library.parents[1]), "{folder}") + "\n"
    text = re.sub(r"!+ Segfault encountered !+(?s:.*?)\n\n", "\n\n", text)  # TVM-FFI's own words
    compare_golden(GOLDEN / "errors" / f"{name}.txt", text, update=update)
