"""Render an `Api` as a Python module and its stub."""
