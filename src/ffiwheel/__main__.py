"""`python -m ffiwheel` is the command `ffiwheel`."""

from __future__ import annotations

import sys

from ffiwheel.cli.start import start

sys.exit(start())
