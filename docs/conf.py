"""How Sphinx makes the documentation: Markdown in, HTML out."""

from __future__ import annotations

project = "ffiwheel"
author = copyright = "The ffiwheel developers"  # noqa: A001 - Sphinx's own names
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "ffiwheel"
myst_heading_anchors = 3
exclude_patterns = ["changelog.d", "benchmarks/*.md"]  # pages include the latter
