"""The order of versions in each form, told by the programs that will compare them.

Every check hands a whole ladder of versions to one process: once `EVERYTHING`, then
samples that hypothesis draws. The expected order is `packaging`'s.
"""

from __future__ import annotations

import json
import operator
import os
import shutil
import tempfile
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import cmake
import pytest
import semver
from debian.debian_support import NativeVersion
from hypothesis import example, given
from packaging.version import Version as Pep440
from rattler import Version as CondaVersion
from version_sample import (
    COMMON,
    EVERYTHING,
    RARE,
    Rung,
    Sample,
    climb,
    in_few_runs,
    out_of_order,
    public_of,
    release_of,
    samples,
)
from workshop import REPOSITORY, check, find_npm_package, require, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CMAKE = os.environ.get("FFIWHEEL_TEST_CMAKE", str(Path(cmake.CMAKE_BIN_DIR) / "cmake"))
NPM_SEMVER = "7.8.6"


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_full_and_public_are_in_order_for_packaging(sample: Sample) -> None:
    assert list(out_of_order(climb("full", sample), Pep440, operator.lt)) == []
    rungs = climb("public", sample, rank_by=public_of)
    assert list(out_of_order(rungs, Pep440, operator.lt)) == []


NPM_SCRIPT = """
const semver = require("semver");
const rungs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const parsed = rungs.map(rung => new semver.SemVer(rung.text));
const wrong = rungs.filter((rung, i) => parsed[i].raw !== rung.text).map(rung => rung.text);
for (let i = 0; i < rungs.length; i++)
  for (let j = i + 1; j < rungs.length; j++)
    if (parsed[i].compare(parsed[j]) !== Math.sign(rungs[i].rank - rungs[j].rank))
      wrong.push(`${rungs[i].text} < ${rungs[j].text}`);
console.log(JSON.stringify(wrong));
"""


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_npm_is_in_order_for_npm(sample: Sample) -> None:
    modules = find_npm_package("semver", NPM_SEMVER)
    require("node", present=modules is not None)
    rungs = climb("npm", sample, rank_by=public_of)
    said = json.dumps([{"rank": rung.rank, "text": rung.text} for rung in rungs])
    env = {"NODE_PATH": str(modules)}
    out = check("node", "--eval", NPM_SCRIPT, cwd=REPOSITORY, env=env, said=said)
    assert json.loads(out) == []


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_npm_is_in_order_for_another_reader_of_semver(sample: Sample) -> None:
    rungs = climb("npm", sample, rank_by=public_of)
    parse: Callable[[str], semver.Version] = semver.Version.parse
    assert list(out_of_order(rungs, parse, operator.lt)) == []


@in_few_runs
@given(samples())
@example(Sample((*COMMON[::4], *RARE)))
def test_cargo_is_in_order_for_cargo(sample: Sample) -> None:
    """`cargo metadata` lists packages of one name by version, and reads no registry for it."""
    require("cargo", present=shutil.which("cargo") is not None)
    texts = [rung.text for rung in climb("cargo", sample)]
    with tempfile.TemporaryDirectory() as scratch:
        write_crates(Path(scratch), texts[1::2] + texts[::2])
        command = ("cargo", "metadata", "--offline", "--quiet", "--format-version=1")
        packages = json.loads(check(*command, cwd=Path(scratch)))["packages"]
    assert [one["version"] for one in packages if one["name"] == "dep"] == texts


def write_crates(folder: Path, versions: Sequence[str]) -> None:
    """Write a crate that depends on a crate `dep` of each version."""
    lines = ["[package]", 'name = "top"', 'version = "0.0.0"', "[dependencies]"]
    for index, version in enumerate(versions):
        lines.append(f'd{index} = {{ package = "dep", path = "d{index}" }}')
        crate = folder / f"d{index}"
        (crate / "src").mkdir(parents=True)
        (crate / "src" / "lib.rs").touch()
        (crate / "Cargo.toml").write_text(f'[package]\nname = "dep"\nversion = "{version}"\n')
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").touch()
    (folder / "Cargo.toml").write_text("\n".join(lines))


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_conda_is_in_order_for_rattler(sample: Sample) -> None:
    assert list(out_of_order(climb("conda", sample), CondaVersion, operator.lt)) == []


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_debian_is_in_order_for_python_debian(sample: Sample) -> None:
    assert list(out_of_order(climb("debian", sample), NativeVersion, operator.lt)) == []


@in_few_runs
@given(samples())
@example(EVERYTHING)
def test_debian_is_in_order_for_dpkg(sample: Sample) -> None:
    """dpkg compares two versions a run; its order is transitive, so neighbours are enough."""
    require("dpkg", present=shutil.which("dpkg") is not None)
    texts = [rung.text for rung in climb("debian", sample)]
    said = "".join(f"{low} {high}\n" for low, high in pairwise(texts))
    loop = 'while read a b; do dpkg --compare-versions "$a" lt "$b" || echo "$a < $b"; done 2>&1'
    assert check("sh", "-c", loop, cwd=REPOSITORY, said=said) == ""


@in_few_runs
@given(samples())
@example(Sample(EVERYTHING[::2]))
@pytest.mark.parametrize("form", ["cmake", "cmake-full"])
def test_cmake_orders_releases_and_takes_what_leads_to_one_as_equal(
    form: str, sample: Sample
) -> None:
    rungs = climb(form, sample, rank_by=release_of)
    script = f"""
        set(texts {" ".join(rung.text for rung in rungs)})
        set(ranks {" ".join(str(rung.rank) for rung in rungs)})
        foreach(low low_rank IN ZIP_LISTS texts ranks)
          foreach(high high_rank IN ZIP_LISTS texts ranks)
            if(low_rank LESS high_rank)
              if(NOT low VERSION_LESS high)
                message("${{low}} < ${{high}}")
              endif()
            elseif(low_rank EQUAL high_rank)
              if(NOT low VERSION_EQUAL high)
                message("${{low}} = ${{high}}")
              endif()
            endif()
          endforeach()
        endforeach()
        """
    with tempfile.NamedTemporaryFile("w", suffix=".cmake") as file:
        file.write(script)
        file.flush()
        result = run(CMAKE, "-P", file.name, cwd=REPOSITORY)
    assert (result.code, result.err) == (0, "")


def test_cmake_accepts_the_form_in_project(tmp_path: Path) -> None:
    texts = sorted({rung.text for rung in climb("cmake", [*EVERYTHING, "202611201200.0.0.4"])})
    calls = [
        f'project(p VERSION {text} LANGUAGES NONE)\nmessage(NOTICE "${{PROJECT_VERSION}}")'
        for text in texts
    ]
    top = "cmake_minimum_required(VERSION 3.18)\n" + "\n".join(calls)
    (tmp_path / "CMakeLists.txt").write_text(top)
    result = run(CMAKE, "-S", tmp_path, "-B", tmp_path / "build", cwd=tmp_path)
    assert (result.code, result.err.split()) == (0, texts)


def find_compiler() -> str | None:
    return next((name for name in ("c++", "g++", "clang++") if shutil.which(name)), None)


@pytest.mark.compiler
@in_few_runs
@given(samples())
@example(Sample(EVERYTHING[::4]))
@pytest.mark.parametrize("language", ["c", "c++"])
def test_c_number_is_in_order_in_preprocessor_conditions(language: str, sample: Sample) -> None:
    compiler = find_compiler()
    require("compiler", present=compiler is not None)
    assert compiler
    rungs = climb("c-number", sample, rank_by=public_of)
    lines = [preprocess(low, high) for low, high in combinations(rungs, 2)]
    flags = ("-x", language, "-E", "-P", "-pedantic-errors", "-Wall", "-Werror")
    assert check(compiler, *flags, "-", cwd=REPOSITORY, said="".join(lines)).strip() == ""


def preprocess(low: Rung, high: Rung) -> str:
    """Return C that leaves a line if two numbers are not in order."""
    holds = "<" if low.rank < high.rank else "=="
    return f"#if !({low.text} {holds} {high.text})\n{low.text} {holds} {high.text}\n#endif\n"
