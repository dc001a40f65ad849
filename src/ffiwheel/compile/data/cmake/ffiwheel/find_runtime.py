"""Print where this interpreter's TVM-FFI runtime lies: a line each, paths with forward slashes.

Order: the release, the library to link, the CMake folder, then the include folders without
repetition.
`import tvm_ffi` would load the runtime and, where it is installed, torch: over a second for four
paths. So only `libinfo.py` is executed, as a module of its own; it imports nothing of its package.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path


def main() -> str:
    """Return the lines to print; exit with a sentence on stderr where there is no runtime."""
    package = importlib.util.find_spec("tvm_ffi")
    if package is None or package.origin is None:
        sys.exit(f"{sys.executable} has no module tvm_ffi")
    spec = importlib.util.spec_from_file_location(
        "ffiwheel_libinfo", Path(package.origin).with_name("libinfo.py")
    )
    if spec is None or spec.loader is None:
        sys.exit(f"{package.origin} has no libinfo.py beside it")
    libinfo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(libinfo)

    library = Path(libinfo.find_libtvm_ffi())
    if sys.platform == "win32":
        library = library.with_name("tvm_ffi.lib")
    includes = dict.fromkeys((libinfo.find_include_path(), libinfo.find_dlpack_include_path()))
    paths = (library, libinfo.find_cmake_path(), *includes)
    release = importlib.metadata.version("apache-tvm-ffi")
    return "\n".join((release, *(Path(path).as_posix() for path in paths)))


if __name__ == "__main__":
    print(main())
