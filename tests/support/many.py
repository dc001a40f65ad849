"""Projects of many small sources, and what a build of one did."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

from workshop import check, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[build-system]
requires = ["ffiwheel"]
build-backend = "ffiwheel.backend"

[project]
name = "many"
version = "1.0"
dependencies = ["apache-tvm-ffi>=0.1.5"]

[tool.ffiwheel]
sources = ["src/*.cc"]

[tool.ffiwheel.compile]
include-dirs = ["include"]
"""
PLAIN = """\
extern "C" TVM_FFI_DLL_EXPORT
int __tvm_ffi_f{0}(void*, const TVMFFIAny*, int32_t, TVMFFIAny* out) {{
  static const char* volatile place = __FILE__;
  out->type_index = kTVMFFIInt;
  out->v_int64 = {0} + (place[0] == 0);
  return 0;
}}
"""
"""A function in C, which compiles in no time."""
TYPED = """\
int64_t f{0}(int64_t x) {{
  if (x < 0) TVM_FFI_THROW(ValueError) << "negative: " << x;
  return x + {0};
}}
TVM_FFI_DLL_EXPORT_TYPED_FUNC(f{0}, f{0});
"""


def make_many(
    folder: Path, count: int, options: str = "", head: str = "", body: str = PLAIN
) -> Path:
    """Make a project of `count` sources.

    Args:
        folder: where; it is made.
        count: how many sources.
        options: what follows in `[tool.ffiwheel.compile]`.
        head: what each source begins with; default: the header of the C ABI.
        body: what follows, with the source's number for `{0}`.
    """
    for name in ("src", "include", "python/many"):
        (folder / name).mkdir(parents=True)
    (folder / "python/many/__init__.py").touch()
    (folder / "pyproject.toml").write_text(PYPROJECT + options)
    for number in range(count):
        source = folder / "src" / f"f{number:02}.cc"
        source.write_text((head or "#include <tvm/ffi/c_api.h>\n") + body.format(number))
    return folder


def build_many(project: Path, *arguments: str, **variables: str) -> list[str]:
    """Build a project, and return what was compiled, in the words of the log.

    The wheel is removed first: a build that sees that nothing has changed writes no log.
    """
    shutil.rmtree(project / "dist", ignore_errors=True)
    result = run_ffiwheel("build", *arguments, cwd=project, **variables)
    assert result.code == 0, result.err
    log = (project / "build/ffiwheel/release/log.txt").read_text()
    return sorted(re.findall(r"^\[\d+/\d+\] compile (.*)$", log, re.MULTILINE))


def library_of(project: Path) -> bytes:
    """Return the library that was built."""
    return (project / "build/ffiwheel/release/libmany.so").read_bytes()


def sbom_of(project: Path) -> dict[str, object]:
    """Return the parts list in the wheel that was built."""
    [wheel] = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("ffiwheel.cdx.json")]
        return dict(json.loads(archive.read(name)))


def deps_of(project: Path, ninja: Path, output: str) -> str:
    """Return what Ninja remembers that an output was made of."""
    file = "build/ffiwheel/release/build.ninja"
    return check(ninja, "-f", file, "-t", "deps", output, cwd=project)
