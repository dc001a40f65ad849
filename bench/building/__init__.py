"""What `bench/builds.py` builds, and the ways in which it is built."""

from __future__ import annotations
