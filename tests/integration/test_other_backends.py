"""Other build backends take the version from ffiwheel, as docs/other-backends.md says."""

from __future__ import annotations

import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from other_backends import (
    BACKENDS,
    build,
    make_project,
    snippets,
    tree,
    version_of,
)
from workshop import SAMPLES, Workshop, check, commit_all, git_status, run_ffiwheel

from ffiwheel.versioning.archive import render_archive_files

SETUP_PY = "from setuptools import setup\nsetup(name='hello', packages=['hello'])\n"
SETUP_CFG = "[metadata]\nname = hello\n[options]\npackages = hello\n"
OWN_DATA = {"setup.py": SETUP_PY, "setup.cfg": SETUP_CFG}
OLD_TABLE = """\
[tool.scikit-build]
experimental = true
metadata.version.provider = "ffiwheel.hooks.dynamic_metadata"
"""
NEW_TABLE = '[[tool.dynamic-metadata]]\nprovider = "ffiwheel"\n'


def kinds() -> dict[str, tuple[str, dict[str, str]]]:
    """`pyproject.toml` and further files of one project of each kind."""
    found = {name: (snippets(name)[0], dict[str, str]()) for name in BACKENDS}
    legacy = snippets("setuptools")[1]
    found |= {name: (legacy, {name: content}) for name, content in OWN_DATA.items()}
    modern = found["scikit-build-core"][0]
    assert NEW_TABLE in modern
    return found | {"old-table": (modern.replace(NEW_TABLE, OLD_TABLE), {})}


KINDS = kinds()


@pytest.fixture(params=[*BACKENDS, "setup.py"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project, at the tag v0.6.0."""
    pyproject, files = KINDS[request.param]
    return make_project(tmp_path / "hello-sources", pyproject, **files)


@pytest.mark.parametrize("kind", KINDS)
def test_the_version_follows_git(kind: str, tmp_path: Path) -> None:
    pyproject, files = KINDS[kind]
    project = make_project(tmp_path / "hello-sources", pyproject, **files)
    assert version_of(build(project, "wheel", tmp_path / "at")) == "0.6.0"
    commit_all(project)
    before = tree(project)
    wheel = build(project, "wheel", tmp_path / "after")
    assert version_of(wheel) == "0.7.0.dev1"
    named = {"FFIWHEEL_VERSION_FOR_HELLO": "9.9"}
    assert version_of(build(project, "wheel", tmp_path / "set", **named)) == "9.9"
    assert git_status(project) == ""
    assert tree(project) == before, "nothing is written into the tree"
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.endswith("version.txt")]
    assert texts in ([], [b"0.7.0.dev1"]), "what CMake was told"
    (project / "hello" / "__init__.py").write_text("EDITED = True\n")
    edited = version_of(build(project, "wheel", tmp_path / "edited"))
    assert re.fullmatch(r"0\.7\.0\.dev1\+g\w{10}\.d\w{8}", edited), edited
    assert edited == run_ffiwheel("version", cwd=project).out.strip()


def test_an_sdist_builds_without_git(project: Path, tmp_path: Path) -> None:
    """Also one of an edited tree, in a folder that is no repository, and where git is missing."""
    (project / "hello" / "__init__.py").write_text("EDITED = True\n")
    sdist = build(project, "sdist", tmp_path / "sdist")
    version = version_of(sdist)
    assert ".d" in version
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [unpacked] = (tmp_path / "unpacked").iterdir()
    assert version_of(build(unpacked, "wheel", tmp_path / "wheel", PATH="/nowhere")) == version
    assert version_of(build(unpacked, "sdist", tmp_path / "again")) == version


def test_an_editable_install(project: Path, tmp_path: Path) -> None:
    commit_all(project)
    before = tree(project)
    options = ("--no-deps", "--no-build-isolation", "--prefix", tmp_path / "prefix")
    check(sys.executable, "-m", "pip", "install", "--quiet", *options, "-e", ".", cwd=project)
    [site] = (tmp_path / "prefix").glob("lib/*/site-packages")
    code = (
        f"import site; site.addsitedir({str(site)!r}); import hello, importlib.metadata as m; "
        "print(m.version('hello'), hello.__file__)"
    )
    said = check(sys.executable, "-c", code, cwd=tmp_path).split()
    assert said == ["0.7.0.dev1", str(project / "hello" / "__init__.py")]
    assert git_status(project) == ""
    assert tree(project) == before


def test_pip_wheel(project: Path, tmp_path: Path) -> None:
    command = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, ".")
    check(sys.executable, "-m", "pip", *command, cwd=project)
    [wheel] = tmp_path.glob("*.whl")
    assert version_of(wheel) == "0.6.0"


def test_git_archive(project: Path, tmp_path: Path) -> None:
    for name, content in render_archive_files("v").items():
        (project / name).write_bytes(content)
    commit_all(project)
    check("git", "archive", "-o", tmp_path / "a.tar", "HEAD", cwd=project)
    with tarfile.open(tmp_path / "a.tar") as archive:
        archive.extractall(tmp_path / "archive", filter="data")
    assert version_of(build(tmp_path / "archive", "wheel", tmp_path / "wheel")) == "0.7.0.dev1"


@pytest.fixture(params=BACKENDS)
def emitting(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project one commit after v0.6.0 that emits files, whose names git is told to ignore."""
    files, hatchling, scikit = snippets("Emitted files")
    more = {"hatchling": hatchling, "scikit-build-core": scikit}.get(request.param, "")
    text = f"{snippets(request.param)[0]}\n{files}\n{more}"
    ignored = "*.egg-info/\n/build/\n__pycache__/\n_version.py\n"
    project = make_project(tmp_path / "hello-sources", text, **{".gitignore": ignored})
    commit_all(project)
    return project


def test_emitted_files(emitting: Path, tmp_path: Path) -> None:
    before = tree(emitting)
    wheel = build(emitting, "wheel", tmp_path / "wheel")
    assert emitted_in(wheel) == {"hello/_version.py": "0.7.0.dev1"}
    sdist = build(emitting, "sdist", tmp_path / "sdist")
    assert git_status(emitting) == ""
    assert tree(emitting) == before
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [unpacked] = (tmp_path / "unpacked").iterdir()
    assert "0.7.0.dev1" in (unpacked / "hello" / "_version.py").read_text()
    assert "0.7.0" in (unpacked / "include" / "hello_version.h").read_text()
    answer = json.loads(run_ffiwheel("version", "--json", cwd=unpacked).out)
    assert answer["node"] == check("git", "rev-parse", "HEAD", cwd=emitting).strip()
    again = build(unpacked, "wheel", tmp_path / "again", PATH="/nowhere")
    assert emitted_in(again) == {"hello/_version.py": "0.7.0.dev1"}
    commit_all(emitting)
    later = build(emitting, "wheel", tmp_path / "later")
    assert emitted_in(later) == {"hello/_version.py": "0.7.0.dev2"}


def test_emitted_files_and_an_editable_install(emitting: Path, tmp_path: Path) -> None:
    before = tree(emitting)
    options = ("--no-deps", "--no-build-isolation", "--prefix", tmp_path / "prefix")
    check(sys.executable, "-m", "pip", "install", "--quiet", *options, "-e", ".", cwd=emitting)
    [site] = (tmp_path / "prefix").glob("lib/*/site-packages")
    code = f"import site; site.addsitedir({str(site)!r}); import hello; print(hello.__file__)"
    said = check(sys.executable, "-c", code, cwd=tmp_path).strip()
    assert said == str(emitting / "hello" / "__init__.py")
    if "scikit_build_core" in before["pyproject.toml"].decode():
        code += "; from hello import _version; print(_version.__version__)"
        assert check(sys.executable, "-c", code, cwd=tmp_path).split()[-1].startswith("0.7.0.dev1")
    assert git_status(emitting) == ""
    assert tree(emitting) == before


@pytest.mark.compiler
def test_setuptools_finds_emitted_headers(tmp_path: Path) -> None:
    """Also with a command of the project's own, which goes on to run."""
    setup = """\
from setuptools import Extension, setup
from setuptools.command.build_py import build_py

class Own(build_py):
    def run(self):
        super().run()
        self.mkpath(self.build_lib)
        open(self.build_lib + "/own.txt", "w").close()

setup(cmdclass={"build_py": Own}, ext_modules=[Extension("hello._c", ["c.c"])])
"""
    source = """\
#include <Python.h>
#include "hello_version.h"
#if HELLO_VERSION_MINOR != 7
#error "it is another version"
#endif
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_c", NULL, -1, NULL};
PyMODINIT_FUNC PyInit__c(void) { return PyModule_Create(&module); }
"""
    text = f"{snippets('setuptools')[0]}\n{snippets('Emitted files')[0]}"
    project = make_project(tmp_path / "p", text, **{"setup.py": setup, "c.c": source})
    commit_all(project)
    before = tree(project)
    wheel = build(project, "wheel", tmp_path / "wheel")
    assert emitted_in(wheel) == {"hello/_version.py": "0.7.0.dev1"}
    with zipfile.ZipFile(wheel) as archive:
        assert "own.txt" in archive.namelist()
    assert tree(project) == before


def emitted_in(wheel: Path) -> dict[str, str]:
    """Return the emitted files in a wheel, each of them once, with the version they state."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "version." in name and "txt" not in name]
        assert len(names) == len(set(names))
        return {
            name: re.findall(r"0\.7\.0\.dev\d+", archive.read(name).decode())[0] for name in names
        }


@pytest.mark.compiler
@pytest.mark.parametrize("sample", ["guide-directives", "setuptools-extension"])
def test_ffiwheel_hands_over_and_is_asked(sample: str, workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / sample, git=False)
    file = project / "pyproject.toml"
    entry = NEW_TABLE if "scikit_build_core" in file.read_text() else ""
    lines = file.read_text().splitlines()
    lines[lines.index('version = "1.0.0"')] = 'dynamic = ["version"]'
    text = "\n".join(lines)
    file.write_text(f"{text}\n{entry}\n[tool.ffiwheel.version]\n")
    commit_all(project, initial=True)
    check("git", "tag", "v0.6.0", cwd=project)
    commit_all(project)
    result = workshop.build(project)
    assert version_of(Path(result.out.strip())) == "0.7.0.dev1"
    assert re.search(r"version +0\.7\.0\.dev1\+g\w{10} ", result.err), "it is known beforehand"
    assert git_status(project) == ""


@pytest.mark.parametrize("name", OWN_DATA)
def test_who_does_not_ask_is_left_alone(name: str, tmp_path: Path) -> None:
    """setuptools calls us for every project; only the table turns us on."""
    legacy = snippets("setuptools")[1].replace("[tool.ffiwheel.version]", "")
    content = OWN_DATA[name].replace("'hello', ", "'hello', version='3.0', ")
    content = content.replace("name = hello\n", "name = hello\nversion = 3.0\n")
    project = make_project(tmp_path / "p", legacy, **{name: content})
    assert version_of(build(project, "wheel", tmp_path / "wheel")) == "3.0"


def test_the_hook_costs_next_to_nothing_where_nobody_asks(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\nversion = "3.0"\n')
    code = "import sys; from setuptools import Distribution; Distribution(); print(*sys.modules)"
    loaded = check(sys.executable, "-c", code, cwd=tmp_path).split()
    ours = {name for name in loaded if name.partition(".")[0] == "ffiwheel"}
    assert ours == {"ffiwheel", "ffiwheel.hooks", "ffiwheel.hooks.setuptools"}


def test_hatchling_projects_without_us_load_two_names(tmp_path: Path) -> None:
    [text] = snippets("hatchling")
    text = text.replace('source = "ffiwheel"', 'path = "hello/__init__.py"')
    project = make_project(tmp_path / "p", text)
    (project / "hello" / "__init__.py").write_text('__version__ = "3.0"\n')
    code = (
        "import sys, hatchling.build as b; "
        f"print(b.build_wheel({str(tmp_path)!r})); print(*sys.modules)"
    )
    wheel, *loaded = check(sys.executable, "-c", code, cwd=project).split()
    assert wheel.startswith("hello-3.0-")
    assert {name for name in loaded if name.startswith("ffiwheel.")} <= {
        "ffiwheel.hooks",
        "ffiwheel.hooks.hatch",
    }


def test_another_distribution_in_the_folder_keeps_its_version(tmp_path: Path) -> None:
    """Some tools make a `Distribution` of their own in a project's folder."""
    project = make_project(tmp_path / "p", snippets("setuptools")[0])
    code = (
        "from setuptools import Distribution as D; "
        "other, own = D({'name': 'other', 'version': '3.0'}), D({'name': 'Hello'}); "
        "print(other.get_version(), own.get_version())"
    )
    assert check(sys.executable, "-c", code, cwd=project).split() == ["3.0", "0.6.0"]


def test_dynamic_metadata_itself(tmp_path: Path) -> None:
    """The reference loader, which other backends use, takes the provider too."""
    project = make_project(tmp_path / "p", snippets("scikit-build-core")[0])
    code = (
        "import sys, pathlib\n"
        "if sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n"
        "from dynamic_metadata.loader import resolve\n"
        "table = tomllib.loads(pathlib.Path('pyproject.toml').read_text())\n"
        "print(resolve(table, 'wheel').project['version'])"
    )
    assert check(sys.executable, "-c", code, cwd=project).strip() == "0.6.0"
