"""What was asked for when a workflow was written, and the line in which its file says so.

    # ffiwheel: ci github --target linux-x86_64; jobs build test publish

The line makes the file ours. Who runs the command again without options gets the same choice, and
a job that is listed but not there any more was taken out on purpose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Service: TypeAlias = Literal["github", "gitlab"]
Builder: TypeAlias = Literal["zig", "cibuildwheel"]

SERVICES: tuple[Service, ...] = get_args(Service)
BUILDERS: tuple[Builder, ...] = get_args(Builder)

_LINE = re.compile(
    r"^# ffiwheel: ci (?P<service>github|gitlab)"
    r"(?: --with (?P<builder>zig|cibuildwheel))?"
    r"(?P<targets>(?: --target [\w.-]+)*); jobs(?P<jobs>[ \w-]*?)[ \t\r]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What kind of workflow is wanted."""

    service: Service
    builder: Builder = "zig"
    """ffiwheel with zig builds all wheels on one machine, cibuildwheel builds them on several."""
    targets: tuple[str, ...] = ()
    """As they were given; none stands for all that the project can be built for."""

    @property
    def options(self) -> tuple[str, ...]:
        """The options that choose this on the command line."""
        chosen = () if self.builder == "zig" else ("--with", self.builder)
        return (*chosen, *(word for target in self.targets for word in ("--target", target)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the line in a file says, and where it stands."""

    choice: Choice
    jobs: tuple[str, ...]
    """The blocks of ours that were written."""
    span: tuple[int, int]
    """Where the line begins and ends in the text."""


def render_line(choice: Choice, jobs: tuple[str, ...]) -> str:
    """Return the line that records a choice.

    >>> render_line(Choice(service="gitlab", targets=("macos-arm64",)), ("build", "test"))
    '# ffiwheel: ci gitlab --target macos-arm64; jobs build test'
    """
    return (
        " ".join(["# ffiwheel: ci", choice.service, *choice.options]) + "; jobs " + " ".join(jobs)
    )


def find_record(text: str) -> Record | None:
    r"""Return what the first such line in a file says, or None if the file is not ours.

    >>> found = find_record("# ffiwheel: ci github --with cibuildwheel; jobs sdist\n")
    >>> found.choice.builder, found.jobs
    ('cibuildwheel', ('sdist',))
    """
    found = _LINE.search(text)
    if not found:
        return None
    service: Service = "gitlab" if found["service"] == "gitlab" else "github"
    builder: Builder = "cibuildwheel" if found["builder"] == "cibuildwheel" else "zig"
    targets = tuple(found["targets"].replace("--target", "").split())
    return Record(
        choice=Choice(service=service, builder=builder, targets=targets),
        jobs=tuple(found["jobs"].split()),
        span=found.span(),
    )
