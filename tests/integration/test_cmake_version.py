"""`ffiwheel_version()` in CMake: the same version with ffiwheel and with git alone."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from cmake_query import ALONE, FFIWHEEL, ask_cmake
from graphs import Commit, make_repository
from history import Case, History, pattern_of, read_cases, snapshot
from packaging.version import InvalidVersion
from packaging.version import Version as Pep440
from version_sample import EVERYTHING
from workshop import GOLDEN, check, compare_golden

from ffiwheel.config.project import read_project
from ffiwheel.errors import FfiwheelError
from ffiwheel.model.version import Version
from ffiwheel.versioning.forms.registry import render_form
from ffiwheel.versioning.stamp import render_stamp
from ffiwheel.workflow.version import describe

if TYPE_CHECKING:
    from pathlib import Path

    from cmake_query import Told

PATHS_ARE_REFUSED = (
    "only ffiwheel knows what this key says of the version.\nat:   tool.ffiwheel.version.paths in "
)
"""All that the histories have and CMake alone cannot do. (docs/cmake.md has the list.)"""
GIT_DOES_NOT_ANSWER = (
    "`.git` is a file that names no repository",
    "`.git` points to a repository that is not here",
    "git failed: it said nothing",
    "git failed: the disk is on fire",
    "git is too old for the repository",
    "git is too old: version 2.18 is needed",
    "git sees no repository in `.git`",
    "git's own files are damaged",
    "git's settings cannot be read",
    "it is bare",
    "the clone is partial",
    "the tag `v3.0.0` is broken",
    "the tag `v9.9.9` points to a commit that is not here",
)
"""What ffiwheel explains, and CMake alone repeats as git says it, which differs among gits."""
GIT_FAILED = re.compile(
    r"git failed: .*\w.*\nat:   git [a-z-]+ in /.+\n"
    r"help: `git status` there may say more; or set FFIWHEEL_VERSION in the environment\."
)


def facts_of(project: Path) -> dict[str, object]:
    return describe(read_project(project, to_build=False))


def ask_three(project: Path, scratch: Path, *, writes: bool = False) -> str:
    """Return the version that ffiwheel, CMake with ffiwheel and CMake alone agree on."""
    before = snapshot(project)
    alone = ask_cmake(project, scratch, ALONE)
    assert writes or snapshot(project) == before
    facts = facts_of(project)
    check_told(ask_cmake(project, scratch, FFIWHEEL), facts)
    if read_project(project, to_build=False).config.version.paths:
        assert alone.error.startswith(PATHS_ARE_REFUSED)
    else:
        check_told(alone, facts)
    return str(facts["version"])


def check_told(told: Told, facts: dict[str, object]) -> None:
    """Compare what CMake knows with what ffiwheel knows."""
    version = Version(public=str(facts["public"]), local=str(facts["local"]))
    if Pep440(version.public).epoch:
        assert "has an epoch, which CMake cannot express" in told.error
        return
    assert not told.error
    assert told.full == render_form(version, "full")
    assert told.public == render_form(version, "public")
    assert told.variables["IT_VERSION"] == render_form(version, "cmake")
    assert told.source == facts["source"]
    forms = facts["forms"]
    assert isinstance(forms, dict)
    assert told.number == (forms["c-number"] or "")
    for name in ("major", "minor", "patch"):
        assert forms[f"c-{name}"] in (told.variables[f"IT_VERSION_{name.upper()}"], None)


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_history(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    def ask(project: Path) -> str:
        return ask_three(project, tmp_path / "scratch", writes=bool(case.writes))

    history = History(tmp_path, monkeypatch, ask)
    history.begin(case.config, case.format)
    for step in case.steps:
        history.replay(step)
    if case.expect.error:
        alone = check_refusal(history.project, tmp_path / "scratch")
        check_message(case, alone, tmp_path, update=update_golden)
        return
    version = ask(history.project)
    assert pattern_of(case.expect.version, history.node).fullmatch(version), version


def check_refusal(project: Path, scratch: Path) -> str:
    """Check that whoever is asked refuses; return what CMake says alone."""
    before = snapshot(project)
    with pytest.raises(FfiwheelError) as caught:
        facts_of(project)
    alone = ask_cmake(project, scratch, ALONE).error
    assert snapshot(project) == before
    assert caught.value.problems[0].message in ask_cmake(project, scratch, FFIWHEEL).error
    return alone


def check_message(case: Case, alone: str, folder: Path, *, update: bool) -> None:
    """Check that CMake alone says the same of what is wrong, or else why git does not answer."""
    if "paths" in case.config:
        assert alone.startswith(PATHS_ARE_REFUSED)
    elif case.expect.error in GIT_DOES_NOT_ANSWER:
        assert GIT_FAILED.fullmatch(alone), alone
    else:
        assert case.expect.error.replace("`", "'") in alone.replace("`", "'")
        text = f"{alone.replace(str(folder), '')}\n"
        compare_golden(GOLDEN / "cmake_version" / f"{case.name}.txt", text, update=update)


# Commit graphs, spellings, settings --------------------------------------------------------------

TAGS = ("1.0", "1.0.0", "1.0.1", "1.0.2rc1", "1.0.2", "1.0.2.post1", "1.0.3", "1.0.10")
MORE_TAGS = ("0.10.0", "1.1.0.dev0", "1.1.0.dev7", "1.1.0rc1", "1.1.0", "2.0.0a1", "junk", "2")


def random_graph(chance: random.Random) -> list[Commit]:
    """Return commits with forks and merges, and tags, most often in their order."""
    tags = [*TAGS, *chance.sample(MORE_TAGS, 2)]
    if chance.random() < 0.3:
        chance.shuffle(tags)
    commits = [Commit(())]
    heads = [0, 0, 0]
    for number in range(1, 60):
        branch = chance.randrange(3)
        parents = {heads[branch]: None}
        if chance.random() < 0.25:
            parents[chance.choice(heads)] = None
        named = (f"v{tags.pop(0)}",) if tags and chance.random() < 0.15 else ()
        commits.append(Commit(tuple(parents), named))
        heads[branch] = number
    return commits


@pytest.mark.parametrize("seed", range(12))
def test_random_graph(seed: int, tmp_path: Path) -> None:
    """Whatever lines a merge brings together, CMake alone follows the same one."""
    project = tmp_path / "project"
    step = "minor" if seed % 3 else "patch"
    graph = random_graph(random.Random(seed))
    nodes = make_repository(project, graph, f'[tool.ffiwheel.version]\nnext = "{step}"\n')
    for node in nodes[-1:0:-7]:
        check("git", "checkout", "--quiet", "--detach", node, cwd=project)
        check_told(ask_cmake(project, tmp_path / "scratch", ALONE), facts_of(project))


SPELLINGS = (
    *(
        "1.0-1",
        "v1.0",
        "1.0.ALPHA",
        "1.0_b_2",
        "1.0-Preview-3",
        "1.0.pre",
        "1.0c4",
        "1.0-",
        "1.0a-",
    ),
    *(
        "1.0a--1",
        "1.0-rev2",
        "1.0r",
        "1.0.post",
        "1.0-post-3",
        "1.0dev",
        "1.0a1-1.dev_4",
        "00.01.0",
    ),
    *(
        "1.0+Ab_C-01.010",
        "1.0+",
        "1.0+a..b",
        "1.0.0.0.0",
        "1..0",
        "1.0.dev1.dev2",
        "1.0rc1rc2",
        "a",
    ),
    *(
        "1.0.x",
        "1.0 ",
        "1!0",
        "1!!0",
        "1.0;a",
        "1.0]",
        "[1.0",
        "1.0$x",
        "${x}",
        "1.0\\",
        '1.0"',
        "",
    ),
)


def test_every_spelling_of_a_version(tmp_path: Path) -> None:
    """What PEP 440 allows is read as `packaging` reads it, and sorts as it sorts it."""
    sample = [*EVERYTHING, *SPELLINGS]
    calls = [
        f"_ffiwheel_parse_version(it [==[{text}]==])\n"
        'message("IT_VERSION_${{count}}=${{it_valid}} ${{it_full}} ${{it_key}}")\n'
        'math(EXPR count "${{count}} + 1")\n'.replace("{{", "{").replace("}}", "}")
        for text in sample
    ]
    (tmp_path / "calls.cmake").write_text("set(count 0)\n" + "".join(calls))
    script = f'include("{{module}}")\ninclude("{tmp_path}/calls.cmake")\n'
    told = ask_cmake(tmp_path, tmp_path / "scratch", ALONE, script)
    rows = [line.split(" ") for line in told.variables.values()]
    keys: dict[Pep440, str] = {}
    for text, (valid, full, key) in zip(sample, rows, strict=True):
        try:
            version = Pep440(text)
        except InvalidVersion:
            assert valid == "FALSE", text
            continue
        assert (valid, full) == ("TRUE", str(version)), text
        assert keys.setdefault(Pep440(version.public), key) == key, text
    in_order = [keys[version] for version in sorted(keys)]
    assert in_order == sorted(set(in_order))


# What people write in pyproject.toml, and the settings that are to be found there.
PROJECT = '[project]\nname = "demo"\ndynamic = ["version"]\n'
SETTINGS = {
    "table": f'{PROJECT}[tool.ffiwheel.version]\nnext = "patch"\ntag-prefix = "w"\n',
    "nothing but the table": '[tool.ffiwheel.version]\ntag-prefix = "w"\n',
    "comments and blanks": (
        f"{PROJECT}  [ tool . ffiwheel . version ] # here\n\n\tnext\t=\t'patch' # patch\n"
        '  tag-prefix="w"# w\n'
    ),
    "dotted keys": (
        f'{PROJECT}[tool]\nffiwheel.version.next = "patch"\n"ffiwheel" . version.tag-prefix = "w"'
    ),
    "quoted names": (
        f"{PROJECT}[tool.'ffiwheel'.\"version\"]\n\"next\" = \"patch\"\n'tag-prefix' = 'w'\n"
    ),
    "keys at the top": 'tool.ffiwheel.version.tag-prefix = "w"\nproject.name = "demo"\n',
    "windows": f'{PROJECT}[tool.ffiwheel.version]\nnext = "patch"\n'.replace("\n", "\r\n"),
    "no line end": f'{PROJECT}[tool.ffiwheel.version]\nnext = "patch"',
    "texts that look like tables": (
        f'{PROJECT}description = """\n[tool.ffiwheel.version]\nnext = "patch"\n\\"""\n""""'
        "\nother = '''\n[tool.ffiwheel.version]\ntag-prefix = \"w\"\n''''\n"
        'keywords = [\n  "a]", # ]\n  "[tool.ffiwheel.version]",\n  \'"\',\n]\n'
        'urls = { a = "b # c", "d e" = "}" }\n[tool.ffiwheel.version]\nnext = "patch"\n'
    ),
    "lists in lists": (
        f'{PROJECT}[tool.x]\na = [\n["tool.ffiwheel.version"],\n[1, 2], {"{"} b = 1 {"}"},\n]\n'
        'b = 1979-05-27T07:32:00Z\nc = -1.5e3\n[tool.ffiwheel.version]\ntag-prefix = "w"\n'
    )
    .replace('{ "{" }', "{")
    .replace('{ "}" }', "}"),
    "name with signs": '[project]\nname = "De.mo__2"\ndynamic = ["version"]\n',
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(tmp_path, monkeypatch, lambda _: "")
    history.begin("", "sha1")
    (history.project / "pyproject.toml").write_bytes(SETTINGS[name].encode())
    for step in ("commit", "tag v1.0.0", "commit", "tag w2.0.0", "commit"):
        history.replay(step)
    told = ask_cmake(history.project, tmp_path / "scratch", ALONE)
    check_told(told, facts_of(history.project))
    monkeypatch.setenv("FFIWHEEL_VERSION_FOR_DE_MO_2", "7.7.7")
    told = ask_cmake(history.project, tmp_path / "scratch", ALONE)
    assert (told.full == "7.7.7") is (name == "name with signs")


# sdists ------------------------------------------------------------------------------------------

STAMPED = Version(
    public="0.7.0.dev2",
    local="g1f2e3d4c5b",
    tag="v0.6.0",
    distance=2,
    node="1f2e3d4c5b" * 4,
)


@pytest.mark.parametrize(
    ("version", "stated"),
    [
        (STAMPED, "0.7.0.dev2"),
        (STAMPED, "9.9"),
        (STAMPED, ""),
        (Version(public="1.0.0", tag="v1.0.0", node="1f2e3d4c5b" * 4), "1.0.0"),
        (
            STAMPED._replace(local="g1f2e3d4c5b.d0a1b2c3d", is_dirty=True),
            "0.7.0.dev2+g1f2e3d4c5b.d0a1b2c3d",
        ),
        (Version(public="1.0", local="cu128"), "1.0+cu128"),
    ],
)
def test_sdist(version: Version, stated: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / ".ffiwheel-version.json").write_bytes(render_stamp(version))
    if stated:
        (project / "PKG-INFO").write_text(
            f"Metadata-Version: 2.4\nName: Demo\nVersion: {stated}\n\nVersion: 3\n"
        )
    assert ask_three(project, tmp_path / "scratch") == ("9.9" if stated == "9.9" else version.full)


def test_keys_that_do_not_change_the_version(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'{PROJECT}[[tool.ffiwheel.version.emit]]\nform = "c-header"\npath = "demo.h"\n'
        '[[tool.ffiwheel.version.write]]\npath = "demo.json"\npattern = "(.*)"\n'
        '[tool.ffiwheel.version]\nfallback = "3.0"\nprovider = "git"\npaths = []\n'
        'changelog = "C.md"\n'
    )
    assert ask_cmake(tmp_path, tmp_path / "scratch", ALONE).full == "3.0.0.dev0"


def test_static_version(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1.2"\n')
    told = ask_cmake(project, tmp_path / "scratch", ALONE)
    assert (told.full, told.variables["IT_VERSION"], told.source) == ("1.2", "1.2.0", "pyproject")
    check_told(told, facts_of(project))


# Errors ------------------------------------------------------------------------------------------

TABLE = f"{PROJECT}[tool.ffiwheel.version]\n"
WRONG_SETTINGS = {
    "next": f'{TABLE}next = "major"\n',
    "tag-prefix": f'{TABLE}tag-prefix = "v*"\n',
    "fallback": f'{TABLE}fallback = "1"\n',
    "provider": f'{TABLE}provider = "setuptools_scm"\n',
    "inline-table": f'{PROJECT}[tool.ffiwheel]\nversion = {{ next = "patch" }}\n',
    "escape": f'{TABLE}next = "pat\\u0063h"\n',
    "not-a-text": f"{TABLE}next = 1\n",
    "not-toml": f"{TABLE}next = minor patch'\n",
    "text-without-end": f'{PROJECT}description = """\n',
    "static": '[project]\nname = "demo"\nversion = "latest"\n',
    "epoch": '[project]\nname = "demo"\nversion = "1!1.0"\n',
    "five-numbers": '[project]\nname = "demo"\nversion = "1.2.3.4.5"\n',
}


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_wrong_settings(name: str, tmp_path: Path, *, update_golden: bool) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").write_text(WRONG_SETTINGS[name])
    told = ask_cmake(tmp_path / "project", tmp_path / "scratch", ALONE)
    compare_message(f"setting-{name}", told, tmp_path, update=update_golden)


def compare_message(name: str, told: Told, folder: Path, *, update: bool) -> None:
    text = f"{told.error.replace(str(folder), '')}\n"
    compare_golden(GOLDEN / "cmake_version" / f"{name}.txt", text, update=update)


WRONG_CALLS = {
    "unknown-argument": "ffiwheel_version(IT PREFIX v)",
    "nothing-follows": "ffiwheel_version(IT SOURCE_DIR)",
    "no-folder": 'ffiwheel_version(IT SOURCE_DIR "${{PROJECT}}/none")',
    "target-in-script": 'ffiwheel_version(IT SOURCE_DIR "${{PROJECT}}" TARGET version)',
    "folder-below": "ffiwheel_version(IT)",
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_wrong_calls(name: str, tmp_path: Path, *, update_golden: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(f'{PROJECT}version = "1.0"\n')
    script = f'include("{{module}}")\n{WRONG_CALLS[name]}\n'
    told = ask_cmake(tmp_path, tmp_path / "scratch", ALONE, script)
    compare_message(f"call-{name}", told, tmp_path, update=update_golden)


@pytest.mark.parametrize("said", ["exit 3", "echo error: no number >&2; exit 3", "echo 1.0"])
def test_ffiwheel_that_does_not_answer(said: str, tmp_path: Path, *, update_golden: bool) -> None:
    program = tmp_path / "ffiwheel"
    program.write_text(f"#!/bin/sh\n{said}\n")
    program.chmod(0o755)
    told = ask_cmake(tmp_path, tmp_path / "scratch", str(program))
    name = {"exit 3": "silent", "echo 1.0": "other-program"}.get(said, "complains")
    compare_message(f"ffiwheel-{name}", told, tmp_path, update=update_golden)


def test_ffiwheel_that_is_not_there(tmp_path: Path, *, update_golden: bool) -> None:
    told = ask_cmake(tmp_path, tmp_path / "scratch", str(tmp_path / "none"))
    compare_message("ffiwheel-missing", told, tmp_path, update=update_golden)


# Finding ffiwheel, and other details -------------------------------------------------------------


def test_ffiwheel_is_found_beside_python_and_on_the_path(tmp_path: Path) -> None:
    """What an environment that is gone has left behind does not count."""
    project, folder = tmp_path / "project", tmp_path / "bin"
    project.mkdir()
    folder.mkdir()
    (project / "pyproject.toml").write_text(f'{PROJECT}version = "1.0"\n')
    program = folder / "ffiwheel"
    program.write_text('#!/bin/sh\nprintf \'{\\n  "version": "3.0",\\n  "source": "git"\\n}\'\n')
    program.chmod(0o755)
    script = f"""
include("{{module}}")
unset(FFIWHEEL_EXECUTABLE CACHE)
set(Python_EXECUTABLE "{folder}/python3")
ffiwheel_version(IT SOURCE_DIR "${{{{PROJECT}}}}")
message("IT_VERSION_FULL=${{{{IT_VERSION_FULL}}}}")
"""
    assert ask_cmake(project, tmp_path / "scratch", "", script).full == "3.0"
    program.write_text("#!/nowhere/python\n")
    assert ask_cmake(project, tmp_path / "scratch", "", script).full == "1.0"
