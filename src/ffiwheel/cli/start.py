"""Where the command `ffiwheel` begins."""

from __future__ import annotations

import gc
import os
import sys

from ffiwheel.cli.main import is_plain_query, main


def start() -> int:
    """Run the command line; return its exit code, or end with it at once."""
    if is_plain_query(sys.argv[1:]):
        # It lasts a few hundredths of a second, of which Python would tidy up for a tenth: during
        # the work, and at the end, when the answer is out already. The system does that anyway.
        gc.disable()
        os._exit(main())
    return main()
