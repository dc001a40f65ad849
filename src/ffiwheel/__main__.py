"""`python -m ffiwheel` is the command `ffiwheel`."""

from __future__ import annotations

from ffiwheel.cli.start import start

start()
