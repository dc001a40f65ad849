"""How targets are named: every tool's spelling, versions, and words that name nothing."""

from __future__ import annotations

import re

import pytest
from workshop import REPOSITORY

from ffiwheel.errors import ProjectError
from ffiwheel.model.target import NATIVE, OLDEST, explain_minimum
from ffiwheel.toolchain.cross import explain_machine, name_c_compiler
from ffiwheel.toolchain.targets import (
    ALL,
    TABLE,
    Row,
    names_of,
    parse_target,
    parse_targets,
    platform_tag,
)
from ffiwheel.toolchain.zig import SERIES, explain_release, name_target

ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.target.name)


@ROWS
def test_every_spelling_names_the_same_target(row: Row) -> None:
    target = row.target
    for word in (*names_of(target), name_target(target), platform_tag(target)):
        assert parse_target(word, {}) == target, word


def test_no_spelling_names_two_targets() -> None:
    spelt = [word for row in TABLE for word in (*names_of(row.target), platform_tag(row.target))]
    assert len(spelt) == len(set(spelt))


@pytest.mark.parametrize(
    ("word", "name", "minimum"),
    [
        ("linux-aarch64.2.28", "linux-aarch64", "2.28"),
        ("aarch64-unknown-linux-gnu.2.28", "linux-aarch64", "2.28"),
        ("manylinux_2_28_aarch64", "linux-aarch64", "2.28"),
        ("manylinux2014_x86_64", "linux-x86_64", "2.17"),
        ("musllinux_1_2_x86_64", "musllinux-x86_64", ""),
        ("macosx_12_0_arm64", "macos-arm64", "12.0"),
        ("macos-x86_64.13", "macos-x86_64", "13.0"),
        ("win_amd64", "windows-amd64", ""),
    ],
)
def test_versions_in_names(word: str, name: str, minimum: str) -> None:
    target = parse_target(word, {"glibc": "2.34", "macos": "14.0"})
    assert (target.name, target.minimum) == (name, minimum)


def test_the_project_decides_where_the_word_does_not() -> None:
    minimums = {"glibc": "2.34", "macos": "14.0"}
    tags = [platform_tag(target) for target in parse_targets([ALL], minimums)]
    assert tags == [
        "manylinux_2_34_x86_64",
        "manylinux_2_34_aarch64",
        "musllinux_1_2_x86_64",
        "musllinux_1_2_aarch64",
        "macosx_14_0_arm64",
        "macosx_14_0_x86_64",
        "win_amd64",
        "win_arm64",
    ]


@pytest.mark.parametrize(
    "words", [[ALL, "linux-aarch64.2.28"], ["linux-aarch64.2.28", ALL]], ids=["after", "before"]
)
def test_a_version_decides_over_none(words: list[str]) -> None:
    targets = {target.name: target.minimum for target in parse_targets(words, {})}
    assert len(targets) == len(TABLE)
    assert targets["linux-aarch64"] == "2.28"
    assert targets["linux-x86_64"] == OLDEST["glibc"]


def test_a_target_that_is_named_twice_is_built_once() -> None:
    words = ["win_amd64", NATIVE, "windows-amd64", NATIVE, "win_amd64"]
    assert [one.name for one in parse_targets(words, {})] == ["windows-amd64", NATIVE]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("linux-arch64", "linux-aarch64"),
        ("linux-arch64.2.28", "linux-aarch64.2.28"),
        ("Windows-AMD64", "windows-amd64"),
        ("macos-arm", "macos-arm64"),
        ("manylinux_2_17_x86_46", "manylinux_2_17_x86_64"),
        ("nativ", "native"),
    ],
)
def test_did_you_mean(word: str, meant: str) -> None:
    with pytest.raises(ProjectError, match=re.escape(f"did you mean `{meant}`?")):
        parse_targets([word], {})


def test_all_wrong_words_are_reported_at_once() -> None:
    wrong = ["linux-riscv64", "", "linux-x86_64.2.5", "win_amd64.10.0", "macos-arm64.x"]
    with pytest.raises(ProjectError) as caught:
        parse_targets([*wrong, ALL, "linux-aarch64.2.28", "linux-aarch64.2.31"], {})
    assert len(caught.value.problems) == len(wrong) + 1
    assert all(problem.hint for problem in caught.value.problems)


@pytest.mark.parametrize(
    "text", ["", "2", "2.5", "2.17.1", "x", "2.45", "3.0", "-2.17", "2.17 ", "²·¹"]
)
def test_no_oldest_glibc(text: str) -> None:
    assert explain_minimum("glibc", text)


@pytest.mark.parametrize(
    ("kind", "text"), [("glibc", "2.17"), ("macos", "11.0"), ("macos", "26.0")]
)
def test_an_oldest_system(kind: str, text: str) -> None:
    assert explain_minimum(kind, text) == ""


@pytest.mark.parametrize(
    ("machine", "names"),
    [
        ("x86_64-linux-gnu", {"linux-x86_64"}),
        ("aarch64-unknown-linux-gnu", {"linux-aarch64"}),
        ("x86_64-alpine-linux-musl", {"musllinux-x86_64"}),
        ("arm64-apple-darwin22.1.0", {"macos-arm64"}),
        ("x86_64-w64-mingw32", {"windows-amd64"}),
        ("aarch64-w64-windows-gnu", {"windows-arm64"}),
        ("arm-none-eabi", set()),
        ("", set()),
    ],
)
def test_what_a_compiler_compiles_for(machine: str, names: set[str]) -> None:
    fits = {row.target.name for row in TABLE if not explain_machine(machine, row.target)}
    assert fits == names


@pytest.mark.parametrize(
    ("cxx", "cc"),
    [
        ("aarch64-linux-gnu-g++", "aarch64-linux-gnu-gcc"),
        ("clang++-14 --target=aarch64-linux-gnu", "clang-14 --target=aarch64-linux-gnu"),
        ("/g++/bin/c++", "/g++/bin/cc"),
        ("icpx", "icpx"),
    ],
)
def test_the_c_compiler_beside(cxx: str, cc: str) -> None:
    assert name_c_compiler(cxx) == cc


@pytest.mark.parametrize("number", ["", "0.16.0", "0.170.0", "0.18.0-dev.1+abc", "1.17.0"])
def test_other_releases_of_zig(number: str) -> None:
    assert explain_release(number)


def test_the_package_asks_for_the_series_of_zig_that_the_code_accepts() -> None:
    asked = re.findall(r'"ziglang(>[^"]*)"', (REPOSITORY / "pyproject.toml").read_text())
    major, minor = SERIES.split(".")
    assert asked == [f">={SERIES},<{major}.{int(minor) + 1}"] * 2
