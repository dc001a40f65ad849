"""Many targets, one trouble: it is told once, with the names of all that have it."""

from __future__ import annotations

from pathlib import Path

from ffiwheel.errors import CompileError, FfiwheelError, MissingToolError, TargetsError
from ffiwheel.model.outcome import Outcome
from ffiwheel.model.target import Target
from ffiwheel.workflow.failures import explain_failures

NAMES = ("linux-aarch64", "macos-arm64", "windows-amd64")


def outcome(name: str, error: FfiwheelError | None) -> Outcome:
    target = Target(name=name, system="linux", libc="glibc", arch="aarch64")
    wheel = None if error else Path(f"{name}.whl")
    return Outcome(target=target, seconds=1.0, wheel=wheel, error=error)


def does_not_compile(name: str, line: int) -> CompileError:
    said = f"a.cc:{line}:1: error: no\n{name}/include/x.h:1: note: declared here"
    return CompileError("it does not compile", where=f"build/{name}/build.ninja", output=said)


def test_nothing_failed() -> None:
    assert explain_failures([outcome(name, None) for name in NAMES]) is None


def test_one_target_has_its_own_error() -> None:
    error = explain_failures([outcome("macos-arm64", MissingToolError("no zig", hint="install"))])
    assert type(error) is MissingToolError
    assert str(error) == "error: no zig\n help: install"


def test_the_machine_itself_is_not_named() -> None:
    assert str(explain_failures([outcome("native", CompileError("no"))])) == "error: no"


def test_all_fail_alike() -> None:
    error = explain_failures([outcome(name, does_not_compile(name, 3)) for name in NAMES])
    assert type(error) is CompileError
    assert [one.message for one in error.problems] == ["all 3 targets: it does not compile"]
    assert error.output.count("error: no") == 1


def test_some_fail_and_each_trouble_is_told_once() -> None:
    first, second, third = NAMES
    outcomes = [
        outcome(first, does_not_compile(first, 3)),
        outcome("native", None),
        outcome(second, does_not_compile(second, 3)),
        outcome(third, does_not_compile(third, 4)),
    ]
    error = explain_failures(outcomes)
    assert type(error) is TargetsError
    assert [one.message for one in error.problems] == [
        "linux-aarch64, macos-arm64: it does not compile",
        "windows-amd64: it does not compile",
    ]
    assert error.output.count("error: no") == 2


def test_all_fail_in_different_ways() -> None:
    outcomes = [outcome(NAMES[0], CompileError("a")), outcome(NAMES[1], MissingToolError("b"))]
    assert type(explain_failures(outcomes)) is TargetsError
