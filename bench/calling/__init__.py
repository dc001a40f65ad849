"""What `bench/calls.py` is made of: the same functions bound in several ways, and their timing."""

from __future__ import annotations
