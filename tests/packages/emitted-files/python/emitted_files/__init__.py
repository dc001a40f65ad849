"""One version in every language."""

from ._ffi_api import version, version_number
from ._version import __version__

__all__ = ["__version__", "version", "version_number"]
