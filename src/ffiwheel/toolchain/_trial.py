"""The child process that loads a wheel with one release of the runtime, and calls nothing.

    python -I _trial.py FOLDERS PACKAGES LIBRARIES      each a JSON list

It imports the runtime and the packages, then loads the libraries with all symbols resolved at once.
It ends with exit code 0, or as whatever goes wrong makes it end. Standard library only.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import sys


def main() -> None:
    """Load everything, or fail."""
    folders, packages, libraries = (json.loads(text) for text in sys.argv[1:4])
    sys.path[:0] = folders
    importlib.import_module("tvm_ffi")
    for package in packages:
        importlib.import_module(package)
    for library in libraries:
        ctypes.CDLL(library, mode=getattr(os, "RTLD_NOW", 0))


if __name__ == "__main__":
    try:
        main()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the wheel does
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())}")
