"""What each form is, what it refuses, and what it keeps of the order where it cannot keep all."""

from __future__ import annotations

import operator
import re
import sys

import pytest
from hypothesis import example, given
from version_sample import (
    COMMON,
    EVERYTHING,
    Sample,
    climb,
    common_versions,
    express,
    in_few_runs,
    make_version,
    out_of_order,
    public_of,
    samples,
)
from workshop import REPOSITORY, check

from ffiwheel.errors import FfiwheelError, ProjectError, VersionError
from ffiwheel.versioning.forms.registry import FORMS, render_form

DEV = "0.7.0.dev912+g1f2e3d4c5b"

EXAMPLES = [
    ("full", DEV, DEV),
    ("full", "v1.0.0-RC1", "1.0.0rc1"),
    ("public", DEV, "0.7.0.dev912"),
    ("local", DEV, "g1f2e3d4c5b"),
    ("local", "0.7.0", ""),
    ("npm", DEV, "0.7.0-1.dev.912+g1f2e3d4c5b"),
    ("npm", "0.7.0", "0.7.0"),
    ("npm", "1.2", "1.2.0"),
    ("npm", "0.7.0a1", "0.7.0-alpha.1"),
    ("npm", "0.7.0b2", "0.7.0-beta.2"),
    ("npm", "1.0.0rc2", "1.0.0-rc.2"),
    ("npm", "1.0.0rc2.dev3", "1.0.0-rc.1.dev.3"),
    ("npm", "0.7.0.post1", "0.7.1-0.post.1"),
    ("npm", "0.7.0.post2.dev3", "0.7.1-0.post.1.dev.3"),
    ("npm", f"0.7.0.dev{2**53 - 2}", f"0.7.0-1.dev.{2**53 - 2}"),
    ("cargo", DEV, "0.7.0-1.dev.912+g1f2e3d4c5b"),
    ("cargo", f"0.7.0.dev{2**53}", f"0.7.0-1.dev.{2**53}"),
    ("conda", DEV, "0.7.0.dev912+1.g1f2e3d4c5b"),
    ("conda", "1!2.0rc1.post2.dev3", "1!2.0.0.rc1.post2.dev3"),
    ("conda", "1.2.3.4", "1.2.3.4"),
    ("conda", "0.7.0.dev1+g4831029384.d00000001", "0.7.0.dev1+1.g483102938.4.d00000001"),
    ("debian", DEV, "0.7.0~~dev912+g1f2e3d4c5b"),
    ("debian", "1!1.0.0rc1", "1:1.0.0~rc1"),
    ("debian", "1.0.0rc1.dev3", "1.0.0~rc1~dev3"),
    ("debian", "0.7.0.post1", "0.7.0.post1"),
    ("debian", "0.7.0.post1.dev2", "0.7.0.post1~dev2"),
    ("cmake", DEV, "0.7.0"),
    ("cmake", "1.2rc1", "1.2.0"),
    ("cmake", "2026.11.20.1", "2026.11.20.1"),
    ("cmake-full", DEV, DEV),
    ("c-major", DEV, "0"),
    ("c-minor", DEV, "7"),
    ("c-patch", "0.7.3.post1", "3"),
    ("c-number", "0.0.0.dev0", "0"),
    ("c-number", "0.0.0.dev912", "912"),
    ("c-number", "0.0.0a1", str(1 << 25 | 1 << 17 | 1 << 16)),
    ("c-number", "0.0.0rc2.dev3", str(3 << 25 | 2 << 17 | 3)),
    ("c-number", "0.0.1", str(1 << 28 | 4 << 25 | 1 << 16)),
    ("c-number", "0.1.0.post255", str(1 << 40 | 5 << 25 | 255 << 17 | 1 << 16)),
    ("c-number", "2047.4095.4095.post255.dev65535", str(2**63 - 1 - (2 << 25) - (1 << 16))),
    ("docker", DEV, "0.7.0.dev912_g1f2e3d4c5b"),
    ("docker", "1!2.0", "1-2.0"),
    ("windows", DEV, "0,7,0,912"),
    ("windows", "0.7.0.dev65000", "0,7,0,39998"),
    ("windows", "0.7.0a1", "0,7,0,40002"),
    ("windows", "0.7.0b1.dev5", "0,7,0,45001"),
    ("windows", "0.7.0rc9999", "0,7,0,59998"),
    ("windows", "0.7.0", "0,7,0,60000"),
    ("windows", "0.7.0.post1", "0,7,0,60003"),
    ("windows", "0.7.0.post9999", "0,7,0,65535"),
]

WITHOUT_EPOCH = (
    "`1!2.0.0` has an epoch, which this form cannot express",
    "`full`, `public`, `conda`, `debian` and `docker` can; the others need tags without an epoch",
)
THREE_NUMBERS = (
    "`1.2.3.4` has 4 numbers, and this form has room for 3",
    "tag releases with 3 numbers, such as `1.2.3`",
)
NO_POST_OF_PRE = (
    "`1.0.0rc1.post2` is a post-release of a pre-release, which this form cannot express",
    "tag the next pre-release instead, here `rc2`",
)
COUNT_FROM_1 = "count pre-releases and post-releases from 1"
SMALLER = (
    "use smaller numbers in tags; where it is the count of commits, tag a release or the next"
    " version's `.dev0`, from which they are counted anew"
)
SHORTER = "shorten the version's local part"
LONG = "0" * 130

REFUSALS = [
    *((form, "1!2.0.0", *WITHOUT_EPOCH) for form in ("npm", "cargo", "cmake", "cmake-full")),
    *((form, "1!2.0.0", *WITHOUT_EPOCH) for form in ("c-major", "c-number", "windows")),
    *((form, "1.2.3.4", *THREE_NUMBERS) for form in ("npm", "cargo", "debian", "windows")),
    *((form, "1.2.3.4", *THREE_NUMBERS) for form in ("c-minor", "c-patch", "c-number")),
    *((form, "1.0.0rc1.post2", *NO_POST_OF_PRE) for form in ("npm", "cargo")),
    *((form, "1.0.0rc1.post2", *NO_POST_OF_PRE) for form in ("c-number", "windows")),
    (
        "npm",
        "1.0.0a0.dev3",
        "`1.0.0a0.dev3` comes before the first of its kind, which this form cannot express",
        COUNT_FROM_1,
    ),
    (
        "cargo",
        "1.0.0.post0.dev3",
        "`1.0.0.post0.dev3` comes before the first of its kind, which this form cannot express",
        COUNT_FROM_1,
    ),
    (
        "npm",
        "1.0.0.dev9007199254740991",
        "`1.0.0.dev9007199254740991` has the number 9007199254740991, and this form holds"
        " 9007199254740990 at the most",
        SMALLER,
    ),
    (
        "cargo",
        "18446744073709551615.0.0",
        "`18446744073709551615.0.0` has the number 18446744073709551615, and this form holds"
        " 18446744073709551614 at the most",
        SMALLER,
    ),
    (
        "conda",
        "202611201200.0.0",
        "`202611201200.0.0` has the number 202611201200, and this form holds 2147483647"
        " at the most",
        SMALLER,
    ),
    (
        "conda",
        "1.2.3.4.5",
        "`1.2.3.4.5` has 5 numbers, and this form has room for 4",
        THREE_NUMBERS[1],
    ),
    (
        "cmake",
        "1.2.3.4.5",
        "`1.2.3.4.5` has 5 numbers, and this form has room for 4",
        THREE_NUMBERS[1],
    ),
    (
        "debian",
        "2147483648!1.0.0",
        "`2147483648!1.0.0` has the number 2147483648, and this form holds 2147483647 at the most",
        SMALLER,
    ),
    (
        "c-major",
        "202611201200.0.0",
        "`202611201200.0.0` has the number 202611201200, and this form holds 2147483647"
        " at the most",
        SMALLER,
    ),
    (
        "c-number",
        "1.0.0.dev65536",
        "`1.0.0.dev65536` has the number 65536, and this form holds 65535 at the most",
        SMALLER,
    ),
    (
        "c-number",
        "2048.1.1",
        "`2048.1.1` has the number 2048, and this form holds 2047 at the most",
        SMALLER,
    ),
    (
        "c-number",
        "1.0.0rc256",
        "`1.0.0rc256` has the number 256, and this form holds 255 at the most",
        SMALLER,
    ),
    (
        "windows",
        "1.65536.0",
        "`1.65536.0` has the number 65536, and this form holds 65535 at the most",
        SMALLER,
    ),
    (
        "docker",
        f"1.0.0+g{LONG}",
        f"`1.0.0_g{LONG}` has 137 characters, and this form has room for 128",
        SHORTER,
    ),
    (
        "npm",
        f"1.0.0+g{LONG}{LONG}",
        f"`1.0.0+g{LONG}{LONG}` has 267 characters, and this form has room for 256",
        SHORTER,
    ),
    (
        "conda",
        "1.0.0+gabcdefghij.dabcdefgh.cuda12.torch27.python313.linux.x86.64.more",
        "`1.0.0+1.gabcdefghij.dabcdefgh.cuda12.torch27.python313.linux.x86.64.more` has 72"
        " characters, and this form has room for 64",
        SHORTER,
    ),
]


@pytest.mark.parametrize(("form", "version", "expected"), EXAMPLES)
def test_form_of_a_version(form: str, version: str, expected: str) -> None:
    assert render_form(make_version(version), form) == expected


@pytest.mark.parametrize(("form", "version", "message", "hint"), REFUSALS)
def test_what_a_form_cannot_express_is_an_error(
    form: str, version: str, message: str, hint: str
) -> None:
    assert said(VersionError, version, form) == (message, f"form `{form}`", hint)


@pytest.mark.parametrize("form", FORMS)
def test_text_that_is_no_version_is_an_error(form: str) -> None:
    assert said(VersionError, "1.0-beginning", form) == (
        "`1.0-beginning` is not a version by PEP 440",
        "the version from pyproject",
        "write it like `1.2.0`, `1.2.0rc1`, `1.2.0.post1` or `1.2.0.dev3`",
    )


def test_an_unknown_form_is_an_error() -> None:
    assert said(ProjectError, "1.0.0", "nmp") == (
        "there is no form `nmp` of a version",
        "",
        "the forms are: full, public, local, npm, cargo, conda, debian, cmake, cmake-full, c-major,"
        " c-minor, c-patch, c-number, docker, windows",
    )


def said(error: type[FfiwheelError], version: str, form: str) -> tuple[str, str, str]:
    """Return message, place and hint of the error that a form raises."""
    with pytest.raises(error) as caught:
        render_form(make_version(version), form)
    [problem] = caught.value.problems
    return problem.message, problem.where, problem.hint


@given(common_versions())
def test_what_projects_tag_can_be_expressed_in_every_form(version: str) -> None:
    for form in FORMS:
        assert express(version, form) is not None, form


VERBATIM = {"full", "public", "cmake-full", "docker"}
"""Forms with as many zeros as were written."""


@pytest.mark.parametrize("form", FORMS)
def test_equal_versions_are_one_text(form: str) -> None:
    texts = {express(version, form) for version in ("1.2rc1", "1.2.0rc1", "1.2.0.0-RC.1")}
    assert len(texts) == 1 or form in VERBATIM


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_two_versions_never_share_a_docker_tag(sample: Sample) -> None:
    tags = [rung.text for rung in climb("docker", sample)]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", tag) for tag in tags)


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_windows_never_turns_the_order_around(sample: Sample) -> None:
    files = [read_fileversion(rung.text) for rung in climb("windows", sample)]
    assert files == sorted(files)
    assert all(0 <= number <= 0xFFFF for numbers in files for number in numbers)


def test_windows_tells_apart_what_is_within_its_ranges() -> None:
    """All but the N of `.devN` after a pre-release or post-release."""
    sample = [one for one in COMMON if re.fullmatch(r"[\d.]+(\.dev\d+|(a|b|rc|\.post)\d+)?", one)]
    rungs = climb("windows", sample)
    assert list(out_of_order(rungs, read_fileversion, operator.lt)) == []
    assert express("1.0.0rc1.dev3", "windows") == express("1.0.0rc1.dev4", "windows")
    assert express("1.0.0.dev39998", "windows") == express("1.0.0.dev40000", "windows")


def read_fileversion(text: str) -> tuple[int, ...]:
    """Return the four numbers, which Windows compares from left to right."""
    major, minor, patch, rest = map(int, text.split(","))
    return major, minor, patch, rest


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_c_number_has_63_bits_and_keeps_the_order(sample: Sample) -> None:
    rungs = climb("c-number", sample, rank_by=public_of)
    assert list(out_of_order(rungs, int, operator.lt)) == []
    assert all(0 <= int(rung.text) < 2**63 for rung in rungs)


def test_a_form_imports_no_other_form_and_no_package_but_packaging() -> None:
    code = """
import sys
from ffiwheel.model.version import Version
from ffiwheel.versioning.forms.registry import render_form
render_form(Version(public="1.0.0"), "conda")
tops = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
forms = [name for name in sys.modules if name.startswith("ffiwheel.versioning.forms.")]
print(*sorted(tops - {"__main__", "ffiwheel"}), *sorted(name.rpartition(".")[2] for name in forms))
"""
    printed = check(sys.executable, "-S", "-c", path_code() + code, cwd=REPOSITORY)
    assert printed.split() == ["packaging", "conda", "limit", "pep440", "registry"]


def path_code() -> str:
    """Return code for a Python without `site`, whose hooks import what they like."""
    return f"import sys; sys.path[:] = {sys.path!r}\n"


def test_every_form_has_a_row_with_its_example_in_the_documentation() -> None:
    page = (REPOSITORY / "docs" / "version-forms.md").read_text(encoding="utf-8")
    table = page.partition("## The rules")[0]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| `([^`]*)` \|", table, re.MULTILINE))
    assert rows == {form: express(DEV, form) for form in FORMS}
