"""Emitted files in the hands of the programs that they are for."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import cmake
import pytest
from emitted_sample import MAIN, times
from jinja2 import Environment
from packaging.version import Version as Pep440
from rattler_build import Stage0Recipe, VariantConfig
from version_sample import COMMON, EVERYTHING, express, make_version, public_of
from workshop import (
    SAMPLES,
    Result,
    Workshop,
    check,
    commit_all,
    find_npm_package,
    find_pythons,
    git_status,
    require,
    run,
    run_ffiwheel,
)

from ffiwheel.versioning.emit.registry import EMITTERS
from ffiwheel.versioning.emit.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

CMAKE = Path(cmake.CMAKE_BIN_DIR) / "cmake"
TYPESCRIPT = "5.9.3"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, three commits after v0.6.0."""
    project = Workshop(tmp_path_factory.mktemp("emitted")).copy(SAMPLES / "emitted-files")
    check("git", "tag", "v0.6.0", cwd=project)
    for _ in range(3):
        commit_all(project)
    return project


@pytest.fixture(scope="module")
def emitted(project: Path) -> Path:
    """The folder with its emitted files."""
    folder = project.parent / "out"
    result = run_ffiwheel("version", "--emit", folder, cwd=project)
    assert result.code == 0, result.err
    assert all(Path(line).is_file() for line in result.out.splitlines())
    assert len(result.out.splitlines()) == 13
    return folder


@pytest.fixture(scope="module")
def forms(project: Path) -> dict[str, str]:
    """Every form of its version."""
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    said: dict[str, str] = answer["forms"]
    return said


def node(script: str, folder: Path, *options: str) -> list[str | None]:
    require("node", present=shutil.which("node") is not None)
    said: list[str | None] = json.loads(check("node", *options, "--eval", script, cwd=folder))
    return said


@pytest.mark.parametrize("file", ["version.mjs", "version.cjs"])
def test_node_imports_both_modules(
    file: str, emitted: Path, forms: Mapping[str, str], project: Path
) -> None:
    commit = check("git", "rev-parse", "HEAD", cwd=project).strip()
    expected = [forms["npm"], forms["full"], commit]
    names = "version, pep440Version, commit"
    show = f"console.log(JSON.stringify([{names}]))"
    script = f'import {{ {names} }} from "./{file}"; {show}'
    assert node(script, emitted / "web", "--input-type=module") == expected
    if file.endswith(".cjs"):
        script = f'const {{ {names} }} = require("./{file}"); {show}'
        assert node(script, emitted / "web") == expected


@pytest.mark.parametrize("ending", ["m", "c"])
def test_typescript_knows_the_types(ending: str, emitted: Path, tmp_path: Path) -> None:
    modules = find_npm_package("typescript", TYPESCRIPT)
    require("node", present=modules is not None)
    for file in (emitted / "web").iterdir():
        shutil.copy(file, tmp_path)
    good = f"""
        import {{ version, pep440Version, commit }} from "./version.{ending}js";
        const text: string = version + pep440Version;
        const maybe: string | null = commit;
        console.log(text, maybe);
        """
    (tmp_path / f"good.{ending}ts").write_text(good)
    (tmp_path / f"bad.{ending}ts").write_text(good.replace("string | null", "string"))
    options = ("--strict", "--noEmit", "--module", "nodenext", "--lib", "es2022,dom")
    tsc = ("node", f"{modules}/typescript/bin/tsc", *options)
    check(*tsc, f"good.{ending}ts", cwd=tmp_path)
    refused = run(*tsc, f"bad.{ending}ts", cwd=tmp_path)
    assert "Type 'null' is not assignable" in refused.out


def find_compilers() -> dict[str, str]:
    found = {"c": shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")}
    found["c++"] = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    return {language: program for language, program in found.items() if program}


@pytest.mark.compiler
@pytest.mark.parametrize("standard", ["c99", "c17", "c++11", "c++20"])
def test_header_and_source_are_c_and_cpp(
    standard: str, emitted: Path, forms: Mapping[str, str], tmp_path: Path
) -> None:
    language = "c++" if "++" in standard else "c"
    require("compiler", present=len(find_compilers()) == 2)
    compiler = find_compilers()[language]
    main = tmp_path / "main.c"
    main.write_text(MAIN)
    source = emitted / "src" / "emitted_files_version.cc"
    include = f"-I{emitted / 'include'}"
    command = (compiler, f"-std={standard}", *WARNINGS, include, "-x", language, main, source)
    check(*command, "-o", tmp_path / "main", cwd=tmp_path)
    assert check(tmp_path / "main", cwd=tmp_path).split() == [forms["full"], forms["c-number"]]


@pytest.mark.compiler
def test_a_c_program_links_with_the_source_compiled_as_cpp(emitted: Path, tmp_path: Path) -> None:
    require("compiler", present=len(find_compilers()) == 2)
    compilers = find_compilers()
    (tmp_path / "main.c").write_text(MAIN)
    source = emitted / "src" / "emitted_files_version.cc"
    check(compilers["c++"], "-c", source, "-o", "version.o", cwd=tmp_path)
    check(compilers["c"], f"-I{emitted / 'include'}", "-c", "main.c", "-o", "main.o", cwd=tmp_path)
    check(compilers["c"], "main.o", "version.o", "-o", "main", cwd=tmp_path)
    check(tmp_path / "main", cwd=tmp_path)


@pytest.mark.compiler
@pytest.mark.parametrize("language", ["c", "c++"])
def test_the_macros_agree_with_the_forms_in_preprocessor_conditions(
    language: str, tmp_path: Path
) -> None:
    """`ENCODE` is the number of every release; `NUMBER` is never above that of the version."""
    require("compiler", present=len(find_compilers()) == 2)
    compiler = find_compilers()[language]
    header = EMITTERS["c-header"].render(Request(version=make_version("0.7.0.dev3"), name="hello"))
    (tmp_path / "header.h").write_text(header)
    lines = ['#include "header.h"']
    for text in sorted({*EVERYTHING, *COMMON}):
        number, version = express(text, "c-number"), public_of(Pep440(text))
        if number is None:
            continue
        major, minor, patch = (*version.release, 0, 0)[:3]
        encoded = f"HELLO_VERSION_ENCODE({major}, {minor}, {patch})"
        holds = "==" if str(version) == version.base_version else "!="
        sign = "<" if version < Pep440(version.base_version) else ">="
        lines.append(f"#if !({number} {holds} {encoded}) || !({number} {sign} {encoded})")
        lines += [f"#error {text}", "#endif"]
    assert len(lines) > 300
    lines.append("long long in_code = HELLO_VERSION_ENCODE(2047, 4095, 4095);")
    (tmp_path / "main.c").write_text("\n".join(lines) + "\n")
    check(compiler, "-x", language, *WARNINGS, "-c", "main.c", cwd=tmp_path)


def test_cmake_includes_the_file(
    emitted: Path, forms: Mapping[str, str], project: Path, tmp_path: Path
) -> None:
    names = ("", "_MAJOR", "_MINOR", "_PATCH", "_TWEAK", "_FULL", "_COMMIT")
    shown = ";".join(f"${{EMITTED_FILES_VERSION{name}}}" for name in names)
    (tmp_path / "CMakeLists.txt").write_text(
        f'cmake_minimum_required(VERSION 3.18)\ninclude("{emitted}/cmake/emitted_files_version'
        '.cmake")\nproject(hello VERSION ${EMITTED_FILES_VERSION} LANGUAGES NONE)\n'
        f'message(NOTICE "${{hello_VERSION}};{shown}")\n'
    )
    said = run(CMAKE, "-S", ".", "-B", "build", cwd=tmp_path)
    commit = check("git", "rev-parse", "HEAD", cwd=project).strip()
    release = forms["cmake"]
    expected = [release, release, "0", "7", "0", "", forms["full"], commit]
    assert said.err.strip().split(";") == expected
    script = emitted / "cmake" / "emitted_files_version.cmake"
    assert run(CMAKE, "-P", script, cwd=tmp_path) == Result(0, "", "")


def test_a_shell_and_readers_of_env_files_read_the_same(
    emitted: Path, forms: Mapping[str, str], tmp_path: Path
) -> None:
    file = emitted / "version.env"
    plain = dict(line.split("=", 1) for line in file.read_text().splitlines())
    script = f"set -eua; . {file}; env"
    lines = check("sh", "-c", script, cwd=tmp_path).splitlines()
    assert set(file.read_text().splitlines()) <= set(lines)
    assert plain.pop("EMITTED_FILES_VERSION") == forms["full"]
    assert plain.pop("EMITTED_FILES_VERSION_COMMIT")
    prefix = "EMITTED_FILES_VERSION_"
    read = {
        name.removeprefix(prefix).lower().replace("_", "-"): text for name, text in plain.items()
    }
    assert read == {form: text for form, text in forms.items() if form != "full"}


def test_no_version_needs_quotes_in_a_shell(tmp_path: Path) -> None:
    """Whatever PEP 440 allows, the shell reads back what was written."""
    for index, text in enumerate(sorted({*EVERYTHING, "1!2.0rc1.post2.dev3+a.b-c_d"})[::7]):
        request = Request(version=make_version(text), name="hello")
        file = tmp_path / f"{index}.env"
        file.write_text(EMITTERS["env"].render(request))
    script = 'for f in *.env; do env -i sh -c "set -a; . ./$f; env" | grep ^HELLO; done'
    said = check("sh", "-c", script, cwd=tmp_path).splitlines()
    written = [line for file in tmp_path.glob("*.env") for line in file.read_text().splitlines()]
    assert sorted(said) == sorted(written)


def test_json_has_what_the_query_has(emitted: Path, project: Path) -> None:
    answer = json.loads(run_ffiwheel("version", "--json", cwd=project).out)
    facts = json.loads((emitted / "version.json").read_text())
    assert facts["forms"] == answer["forms"]
    assert facts["commit"] == answer["node"]
    same = ("version", "tag", "distance", "dirty")
    assert [facts[key] for key in same] == [answer[key] for key in same]


def test_every_python_imports_the_module(emitted: Path, forms: Mapping[str, str]) -> None:
    pythons = find_pythons()
    require("pythons", present="3.9" in pythons)
    code = "import sys, _version as v; print(v.__version__, v.full_version, v.version_tuple[:3]);"
    code += "print(sorted(set(sys.modules) - before))"
    for python in pythons.values():
        said = check(
            python, "-B", "-c", f"import sys; before = set(sys.modules)\n{code}",
            cwd=emitted / "python" / "emitted_files",
        )  # fmt: skip
        first, second = said.splitlines()
        assert first == f"{forms['public']} {forms['full']} (0, 7, 0)"
        assert second == "['_version']", "it imports nothing"


def test_mypy_knows_the_types(emitted: Path, tmp_path: Path) -> None:
    shutil.copy(emitted / "python" / "emitted_files" / "_version.py", tmp_path)
    use = "import _version as v\n\nreveal_type(v.version_tuple)\nreveal_type(v.commit_id)\n"
    (tmp_path / "use.py").write_text(use)
    mypy = (sys.executable, "-m", "mypy", "--strict", "--no-incremental", "_version.py", "use.py")
    said = check(*mypy, cwd=tmp_path)
    assert 'Revealed type is "tuple[int | str, ...]"' in said
    assert 'Revealed type is "str | None"' in said


RECIPE = """
schema_version: 1
context:
  version: ${{ %s }}
package:
  name: hello
  version: ${{ version }}
"""


def test_rattler_build_renders_a_recipe(
    emitted: Path, forms: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = VariantConfig.from_file(emitted / "conda" / "version.yaml")
    [rendered] = Stage0Recipe.from_yaml(RECIPE % "emitted_files_version").render(variant)
    assert rendered.recipe.package.version == forms["conda"]
    monkeypatch.setenv("EMITTED_FILES_VERSION_CONDA", forms["conda"])
    by_environment = RECIPE % 'env.get("EMITTED_FILES_VERSION_CONDA", default="0.0.0")'
    [rendered] = Stage0Recipe.from_yaml(by_environment).render()
    assert rendered.recipe.package.version == forms["conda"]


def test_a_meta_yaml_reads_the_environment(
    emitted: Path, forms: Mapping[str, str], tmp_path: Path
) -> None:
    """conda-build is not on PyPI; it renders with Jinja2, and `environ` is the environment."""
    text = "version: \"{{ environ.get('EMITTED_FILES_VERSION_CONDA', '0.0.0') }}\""
    python = f"exec '{sys.executable}' -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    script = f"set -a; . {emitted}/version.env; {python}"
    environ = json.loads(check("sh", "-c", script, cwd=tmp_path))
    rendered = Environment(autoescape=True).from_string(text).render(environ=environ)
    assert rendered == f'version: "{forms["conda"]}"'


def test_npm_packs_the_emitted_folder(
    emitted: Path, forms: Mapping[str, str], project: Path, tmp_path: Path
) -> None:
    npm = shutil.which("npm")
    require("node", present=npm is not None)
    assert npm
    stage = tmp_path / "npm"
    shutil.copytree(emitted / "npm", stage)
    for file in (emitted / "web").iterdir():
        shutil.copy(file, stage)
    check(npm, "pack", "--silent", "--ignore-scripts", "./npm", cwd=tmp_path)
    [packed] = tmp_path.glob("*.tgz")
    with tarfile.open(packed) as archive:
        names = set(archive.getnames())
        packed_json = archive.extractfile("package/package.json")
        assert packed_json
        facts = json.load(packed_json)
    # npm leaves out build metadata, which the registry would refuse to tell versions apart by.
    assert facts["version"].partition("+")[0] == forms["npm"].partition("+")[0]
    assert {"package/version.mjs", "package/version.cjs"} <= names
    original = (project / "web" / "package.json").read_text()
    assert (emitted / "npm" / "package.json").read_text() == original.replace(
        '"version": "0.0.0"', f'"version": "{forms["npm"]}"'
    )


def test_a_second_run_writes_nothing(project: Path, emitted: Path) -> None:
    before = times(emitted)
    result = run_ffiwheel("version", "--emit", emitted, cwd=project)
    assert result.code == 0
    assert times(emitted) == before
    assert git_status(project) == ""


def test_without_a_table_one_of_every_kind_is_written(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    (project / "package.json").write_text('{"version": "0.0.0"}')
    result = run_ffiwheel("version", "--emit", "build/out", cwd=project)
    names = [emitter.file.format(name="sources_only") for emitter in EMITTERS.values()]
    assert result.out.splitlines() == [f"build/out/{name}" for name in names]
    assert result.err == ""
    compiler = find_compilers().get("c++")
    require("compiler", present=compiler is not None)
    assert compiler
    source = "build/out/sources_only_version.cc"
    check(compiler, *WARNINGS, "-fsyntax-only", source, cwd=project)


def test_without_a_table_what_cannot_be_expressed_is_noted(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    variables = {"FFIWHEEL_VERSION": "1!2.0.0"}
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('version = "1.0.0"', 'dynamic = ["version"]'))
    result = run_ffiwheel("version", "--emit", "build/out", cwd=project, **variables)
    assert result.code == 0
    assert "_version.py" in result.out
    assert ".h" not in result.out
    expected = "sources_only_version.h is left out: `1!2.0.0` has an epoch"
    assert expected in result.err
    assert os.listdir(project / "build" / "out")  # noqa: PTH208 - some are there
