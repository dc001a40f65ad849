"""Which machines of GitHub and GitLab can run the wheels of a target.

https://docs.github.com/en/actions/reference/runners/github-hosted-runners
https://docs.gitlab.com/ci/runners/hosted_runners
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ffiwheel.model.target import Target


class Runner(NamedTuple):
    """A kind of machine."""

    github: str
    """GitHub's label for it."""
    gitlab: str = ""
    """GitLab's tag for it; empty where GitLab has none, or not for everybody."""
    oldest: str = "3.9"
    """The oldest CPython that there is for it."""


RUNNERS = {
    "linux-x86_64": Runner("ubuntu-latest", "saas-linux-small-amd64"),
    "linux-aarch64": Runner("ubuntu-24.04-arm", "saas-linux-small-arm64"),
    "musllinux-x86_64": Runner("ubuntu-latest", "saas-linux-small-amd64"),
    "musllinux-aarch64": Runner("ubuntu-24.04-arm", "saas-linux-small-arm64"),
    "macos-arm64": Runner("macos-latest"),
    "macos-x86_64": Runner("macos-15-intel"),  # until August 2027
    "windows-amd64": Runner("windows-latest"),
    "windows-arm64": Runner("windows-11-arm", oldest="3.11"),
}


class Trial(NamedTuple):
    """One test of a wheel."""

    target: str
    github: str
    gitlab: str
    python: str


def plan_trials(targets: Sequence[Target], pythons: Sequence[str]) -> Iterator[Trial]:
    """Yield what is tested where; the oldest Python is the oldest that the machine has."""
    for target in targets:
        runner = RUNNERS[target.name]
        if _release(pythons[-1]) < _release(runner.oldest):
            continue
        admitted = {max(python, runner.oldest, key=_release) for python in pythons}
        for python in sorted(admitted, key=_release):
            yield Trial(target.name, runner.github, runner.gitlab, python)


def _release(python: str) -> tuple[int, ...]:
    return tuple(int(number) for number in python.split("."))
