"""What each emitted file is, to the letter, and what is refused."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from version_sample import make_version
from workshop import GOLDEN, REPOSITORY, compare_golden

from ffiwheel.config.schema import EmitForm
from ffiwheel.errors import ProjectError, VersionError
from ffiwheel.model.version import Version
from ffiwheel.versioning.emit.package_json import find_version
from ffiwheel.versioning.emit.registry import EMITTERS
from ffiwheel.versioning.emit.request import Request
from ffiwheel.versioning.emit.template import render_template, template_names

NODE = "1f2e3d4c5b6a79880123456789abcdef01234567"
DEV = Version(
    public="0.7.0.dev912", local="g1f2e3d4c5b", tag="v0.6.0", distance=912, node=NODE, source="git"
)
PACKAGE = '{\r\n  "name": "hello",\r\n  "version": "0.0.0"\r\n}\r\n'


def request(version: Version = DEV, given: str = PACKAGE) -> Request:
    header = "hello_version.h"
    return Request(version=version, name="hello", header=header, given=given, where="the file")


@pytest.mark.parametrize("form", EMITTERS)
def test_the_file_after_912_commits(form: str, *, update_golden: bool) -> None:
    emitter = EMITTERS[form]
    text = emitter.render(request()).replace("\r\n", "\n")
    path = GOLDEN / "emitted" / emitter.file.format(name="hello")
    compare_golden(path, text, update=update_golden)


def test_the_configuration_knows_the_same_kinds() -> None:
    assert get_args(EmitForm) == tuple(EMITTERS)


@pytest.mark.parametrize("form", EMITTERS)
def test_every_kind_is_documented(form: str) -> None:
    page = (REPOSITORY / "docs" / "emitted-files.md").read_text()
    assert f"| `{form}` |" in page


def test_the_documented_header_is_the_real_one() -> None:
    page = (REPOSITORY / "docs" / "emitted-files.md").read_text()
    for form in ("c-header", "c-source"):
        assert EMITTERS[form].render(request()) in page


@pytest.mark.parametrize("form", ["c-header", "typescript"])
def test_what_stays_the_same_from_commit_to_commit(form: str) -> None:
    later = Version(public="0.7.0.dev913", local="g0000000000", node="0" * 40)
    assert EMITTERS[form].render(request(later)) == EMITTERS[form].render(request())


def test_a_release_has_no_commit_in_its_text() -> None:
    version = Version(public="1.2.0", tag="v1.2.0", node=NODE, source="git")
    assert '__version__ = version = "1.2.0"' in EMITTERS["python"].render(request(version))
    assert 'full_version = "1.2.0"' in EMITTERS["python"].render(request(version))


def test_without_a_commit_there_is_none() -> None:
    version = make_version("1.2.0")
    assert "commit_id = None\n" in EMITTERS["python"].render(request(version))
    assert "export const commit = null;\n" in EMITTERS["javascript"].render(request(version))
    assert "HELLO_VERSION_COMMIT=\n" in EMITTERS["env"].render(request(version))


def test_an_edited_tree_shows_in_python_as_in_the_metadata() -> None:
    edited = Version(public="1.3.0.dev1", local="g1f2e.d3c4", node=NODE, is_dirty=True)
    text = EMITTERS["python"].render(request(edited))
    assert f'__version__ = version = "{edited.for_wheel}"' in text
    assert '(1, 3, 0, "dev1", "g1f2e.d3c4")' in text


def test_line_ends_and_layout_of_a_package_json_stay() -> None:
    text = EMITTERS["package-json"].render(request())
    assert text == PACKAGE.replace("0.0.0", "0.7.0-1.dev.912+g1f2e3d4c5b")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"version": "1"}, "version" : "X"}',
        r'{"a": "\"version\": \"1\"", "version": "X"}',
        r'{"v\u0065rsion": "X"}',
        '{"version": "1", "version": "X"}',
        '{"files": ["version", ":"], "version":"X", "b": [{"version": "1"}]}',
        '{"x": "version", "version": "X"}',
    ],
)
def test_the_version_that_counts_is_found(text: str) -> None:
    start, end = find_version(text, "")
    assert text[start:end] == '"X"'
    assert json.loads(f'{text[:start]}"Y"{text[end:]}')["version"] == "Y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON: Expecting property name enclosed in double quotes"),
        ("[]", "it has no `version` to replace"),
        ('{"version": 1}', "it has no `version` to replace"),
        ('{"a": {"version": "1"}}', "it has no `version` to replace"),
    ],
)
def test_a_package_json_that_will_not_do(text: str, message: str) -> None:
    with pytest.raises(ProjectError) as caught:
        find_version(text, "package.json")
    assert caught.value.problems[0].message == message


def test_a_form_that_cannot_express_the_version_is_left_out_or_null() -> None:
    version = make_version("1!2.0.0")
    forms = json.loads(EMITTERS["json"].render(request(version)))["forms"]
    assert forms["npm"] is None
    assert forms["debian"] == "1:2.0.0"
    env = EMITTERS["env"].render(request(version))
    assert "HELLO_VERSION_NPM" not in env
    assert "HELLO_VERSION_DEBIAN=1:2.0.0\n" in env


def test_a_header_cannot_express_an_epoch() -> None:
    with pytest.raises(VersionError):
        EMITTERS["c-header"].render(request(make_version("1!2.0.0")))


def template(text: str, version: Version = DEV) -> str:
    return render_template(request(version, text))


def test_a_template_sees_facts_and_forms() -> None:
    text = "{{ name }} {{ version }} {{ c_number }} {{ tag }} {{ distance }} {{ commit[:4] }}\n"
    expected = "hello 0.7.0.dev912+g1f2e3d4c5b 7696581395344 v0.6.0 912 1f2e\n"
    assert template(text) == expected
    assert template("{% if dirty %}x{% else %}y{% endif %}") == "y"


def test_a_template_keeps_its_line_ends() -> None:
    assert template("a\r\n{{ name }}\r\n") == "a\r\nhello\r\n"
    assert template("{{ name }}\n\n") == "hello\n\n"


def test_a_template_may_pass_over_a_form_that_cannot_express_the_version() -> None:
    version = make_version("1!2.0.0")
    assert template("{{ npm is defined }} {{ debian }}", version) == "False 1:2.0.0"


@pytest.mark.parametrize(
    ("text", "message", "where", "hint"),
    [
        ("a\n{{ version", "the template has a mistake: unexpected end of template", "2", "Jinja2"),
        ("{{ versoin }}", "the template failed: 'versoin' is undefined", "1", "`version`?"),
        ("\n\n{{ zzz }}", "the template failed: 'zzz' is undefined", "3", "the names are: name, v"),
        ("\n{{ 1 / 0 }}", "the template failed: division by zero", "2", ""),
        ("{{ ''.__class__.__mro__ }}", "the template failed: access to attribute", "1", ""),
        ("{% include 'a' %}", "the template failed: no loader", "1", ""),
    ],
)
def test_a_template_that_fails(text: str, message: str, where: str, hint: str) -> None:
    with pytest.raises(ProjectError) as caught:
        template(text)
    problem = caught.value.problems[0]
    assert problem.message.startswith(message)
    assert problem.where == f"the file:{where}"
    assert hint in problem.hint


def test_a_template_that_needs_a_form_says_why_there_is_none() -> None:
    with pytest.raises(ProjectError, match="has an epoch, which this form cannot express"):
        template("{{ npm }}", make_version("1!2.0.0"))


def test_the_names_of_templates_are_documented() -> None:
    page = (REPOSITORY / "docs" / "emitted-files.md").read_text()
    plain = [name for name in template_names(request()) if name != "name"]
    assert all(f"`{name}`" in page for name in plain)
