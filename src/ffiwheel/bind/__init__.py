"""Render an `Api` as Python modules and their stubs."""
