"""What a wheel requires of the runtime, held against where it runs, and mended."""

from __future__ import annotations

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ffiwheel.audit.runtime import compute_python_range, compute_range, read_table
from ffiwheel.audit.runtime.requirement import (
    admitted_failures,
    mend_line,
    mend_specifier,
    runtime_requirements,
    spell_specifier,
)
from ffiwheel.audit.runtime.wheel import find_bases
from ffiwheel.config.dependency import replace_dependencies
from ffiwheel.errors import ProjectError
from ffiwheel.model.binary import Binary, Import

GET_FUNCTION = "_ZN3tvm3ffi9ModuleObj11GetFunctionERKNS0_6StringEb"
STRINGIFY = "_ZN3tvm3ffi4json9StringifyERKNS0_3AnyE"
KNOWN = [one.version for one in read_table().releases]


def needing(*symbols: str) -> Binary:
    return Binary(arch="x86_64", imports=tuple(Import(symbol) for symbol in symbols))


LATE = compute_range(needing("TVMFFIGetCustomAllocator"))
EARLY = compute_range(needing(f"{STRINGIFY}NS0_8OptionalIivEE"))
HOLES = compute_range(needing(GET_FUNCTION))
EVERY = compute_range(needing("TVMFFIFunctionCall"))

MENDED = [
    ("apache-tvm-ffi", LATE, "apache-tvm-ffi>=0.1.13.post2"),
    ("apache-tvm-ffi>=0.1.5", EVERY, "apache-tvm-ffi>=0.1.5"),
    ("apache-tvm-ffi>=0.1.5", LATE, "apache-tvm-ffi>=0.1.13.post2"),
    ("apache-tvm-ffi >= 0.1.5, <2", LATE, "apache-tvm-ffi >=0.1.13.post2,<2"),
    ("apache-tvm-ffi>=0.1.5,!=0.1.8", EARLY, "apache-tvm-ffi>=0.1.5,!=0.1.8,<0.1.13"),
    ("apache-tvm-ffi<0.1.14", EARLY, "apache-tvm-ffi<0.1.13"),
    ("apache-tvm-ffi>=0.1.12", HOLES, "apache-tvm-ffi>=0.1.12,!=0.1.13,!=0.1.13.post0"),
    ("apache-tvm-ffi>=0.1.14", HOLES, "apache-tvm-ffi>=0.1.14"),
    ("apache-tvm-ffi~=0.1.0", LATE, "apache-tvm-ffi>=0.1.13.post2,~=0.1.0"),
    ("apache-tvm-ffi>=0.1.14", EARLY, None),
    ("apache-tvm-ffi==0.1.12", LATE, None),
    (
        'Apache.TVM_ffi [ cpp ]>=0.1.5 ; os_name == "posix"',
        LATE,
        'Apache.TVM_ffi [ cpp ]>=0.1.13.post2 ; os_name == "posix"',
    ),
    ("apache-tvm-ffi (>=0.1.5)", LATE, "apache-tvm-ffi >=0.1.13.post2"),
]


@pytest.mark.parametrize(("line", "runtime", "mended"), MENDED, ids=[case[0] for case in MENDED])
def test_a_line_is_mended(line: str, runtime: object, mended: str | None) -> None:
    assert mend_line(line, runtime) == mended  # type: ignore[arg-type]  # the cases are
    if mended:
        assert mend_line(mended, runtime) == mended  # type: ignore[arg-type]  # as above


SPECIFIERS = st.lists(
    st.builds(
        "".join, st.tuples(st.sampled_from([">=", "<", "!=", ">", "<="]), st.sampled_from(KNOWN))
    )
).map(lambda clauses: SpecifierSet(",".join(clauses)))


@given(SPECIFIERS, st.sampled_from([LATE, EARLY, HOLES, EVERY]))
def test_what_is_mended_admits_some_release_and_none_that_fails(
    wanted: SpecifierSet, runtime: object
) -> None:
    mended = mend_specifier(wanted, runtime)  # type: ignore[arg-type]  # as above
    if mended is not None:
        assert not admitted_failures(mended, runtime)  # type: ignore[arg-type]  # as above
        admitted = [one for one in KNOWN if mended.contains(one)]
        assert admitted
        assert all(wanted.contains(one) for one in admitted if not _is_yanked(one))
        assert SpecifierSet(spell_specifier(mended)) == mended


def _is_yanked(version: str) -> bool:
    return next(one.yanked for one in read_table().releases if one.version == version)


def test_only_plain_requirements_of_the_runtime_count() -> None:
    lines = [
        "numpy>=1",
        "Apache_TVM.ffi>=0.1.5",
        "apache-tvm-ffi>=0.1.6; python_version >= '3.9'",
        "apache-tvm-ffi>=0.1.7; extra == 'cpp'",
        "apache-tvm-ffi @ https://example.org/a.whl",
        "not a requirement!",
    ]
    assert [str(one.specifier) for one in runtime_requirements(lines)] == [">=0.1.5", ">=0.1.6"]


PYPROJECT = """\
# A comment at the top.
[project]
name   = "pkg"
dependencies = [
    # The first one.
    "numpy",   # arrays
    'apache-tvm-ffi [cpp] >= 0.1.5; os_name == "posix"',  # the runtime
    "apache-tvm-ffi>=0.1.6; os_name != 'posix'"
    # The end.
]

[project.optional-dependencies]
all = ["apache-tvm-ffi>=0.1.5"]
"""


def test_only_the_line_changes() -> None:
    changes = {
        'apache-tvm-ffi [cpp] >= 0.1.5; os_name == "posix"': 'x>=2; os_name == "posix"',
        "apache-tvm-ffi>=0.1.6; os_name != 'posix'": "y>=3",
    }
    expected = PYPROJECT
    for old, new in changes.items():
        expected = expected.replace(old, new)
    assert replace_dependencies(PYPROJECT, changes, "pyproject.toml") == expected


@pytest.mark.parametrize(
    "text",
    [
        'project = { name = "pkg", dependencies = ["a>=1", "b"] }\n',
        '[project]\ndependencies = ["a>=1"]\r\n# end\r\n',
        'project.dependencies = ["b", "a>=1",]  # both',
        '[project]\ndependencies = ["b", """a>=1"""]\n',
        "[project]\ndependencies = [\n\t'a>=1',\n\t'b',]\n[tool.x]\ny=1",
    ],
)
def test_it_may_be_written_in_many_ways(text: str) -> None:
    changed = replace_dependencies(text, {"a>=1": "a>=2"}, "pyproject.toml")
    assert "a>=2" in changed
    assert len(changed.splitlines()) == len(text.splitlines())
    assert changed.replace("a>=2", "a>=1").replace('"', "") == text.replace('"', "")
    assert tomlkit.parse(changed)


@pytest.mark.parametrize(
    "text", ['[project]\nname = "pkg"\n', '[project]\ndependencies = ["b"]\n', "=="]
)
def test_what_cannot_be_found_is_refused(text: str) -> None:
    with pytest.raises(ProjectError):
        replace_dependencies(text, {"a>=1": "a>=2"}, "pyproject.toml")


def test_names_in_python_are_a_bound_too() -> None:
    stub = "from tvm_ffi.dataclasses import (\n    Enum,\n    IntEnum as _I,\n)\nimport enum\n"
    stub += "class A(_I): ...\nclass B(enum.IntEnum): ...\nclass C(tvm_ffi.VisitInterrupt): ...\n"
    assert set(find_bases([stub, "not python ( tvm_ffi.List"])) == {
        "tvm_ffi.dataclasses.IntEnum",
        "enum.IntEnum",
        "tvm_ffi.VisitInterrupt",
    }
    assert compute_python_range(find_bases([stub])).specifier == ">=0.1.13.post2"
    assert compute_python_range(["tvm_ffi.dataclasses.IntEnum"]).specifier == ">=0.1.11"


def test_a_requirement_reads_the_same_after_it_is_spelt() -> None:
    for _, _, mended in MENDED:
        assert mended is None or str(Requirement(mended).specifier)
