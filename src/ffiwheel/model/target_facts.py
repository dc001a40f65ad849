"""What is known of a target on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What is known of a target on this machine."""

    name: str
    triple: str
    """zig's name of it; empty for this machine with its own compiler."""
    tag: str
    """The oldest platform tag that its wheels can have; empty where the audit finds it out."""
    compiler: str
    """The compiler that is used here; empty if there is none."""
    state: Literal["run", "emulated", "linked only"]
    """How far its libraries can be tried on this machine."""
    by: str
    """The program that emulates it; empty where none is needed or none is here."""
    runtime: bool
    """Whether `apache-tvm-ffi` has a wheel for it on PyPI."""
    warm: bool | None
    """Whether zig has built its C++ library for it; None where another compiler is used."""
    trouble: str = ""
    """Why there is no compiler."""
    users: str = ""
    """What people there have to do besides `pip install`."""
