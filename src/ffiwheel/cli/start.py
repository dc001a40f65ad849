"""Where the command `ffiwheel` begins and ends."""

from __future__ import annotations

import gc
import os
import sys

from ffiwheel.cli.main import is_plain_query, main


def start() -> None:
    """Run the command line and end the process with its exit code."""
    if not is_plain_query(sys.argv[1:]):
        sys.exit(main())
    # A plain query of the version lives for a few hundredths of a second. It leaves its garbage
    # to the system, and the answer is out: what Python would tidy up before it ends takes 5 ms.
    gc.disable()
    os._exit(main())
