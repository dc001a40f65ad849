"""Where the command `ffiwheel` begins."""

from __future__ import annotations

import gc
import os
import sys

_OBJECTS = 50_000
"""How many new objects Python waits for before it tidies up. With its own measure, 700, that takes
a quarter of the time of `ffiwheel audit`."""


def start() -> int:
    """Run the command line; return its exit code, or end with it at once."""
    # A plain query of the version lasts a few hundredths of a second, of which Python would tidy up
    # for a tenth: on the way, and at the end, when the answer is out. The system does that anyway.
    gc.disable()
    from ffiwheel.cli.main import is_plain_query, main  # noqa: PLC0415 - with nothing tidied up

    if is_plain_query(sys.argv[1:]):
        os._exit(main())
    gc.set_threshold(_OBJECTS)
    gc.enable()
    code = main()
    gc.freeze()  # what is left goes with the process
    return code
