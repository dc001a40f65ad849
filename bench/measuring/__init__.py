"""What the benchmarks share: measure processes in turns, and write tables, facts and plots."""

from __future__ import annotations
