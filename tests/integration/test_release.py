"""Releases of real repositories: the tag that is made, the files that are written."""

from __future__ import annotations

import shlex
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from history import History
from workshop import Result, check, run, run_ffiwheel

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "[[tool.ffiwheel.version.write]]\npath = 'a/version.h'\npattern = '\"(.*)\"'\n"
TEXT = "[[tool.ffiwheel.version.write]]\npath = 'b/VERSION'\npattern = '^(.*)\\n\\Z'\n"
STATIC = """\
[[tool.ffiwheel.version.write]]
path = 'pyproject.toml'
pattern = '^version = "(.*)"$'
"""
AFTER = ("commit", "tag v0.6.0", "commit 3")


class Repository(History):
    """A project with a history, and what is typed in it."""

    def replay_all(self, *steps: str) -> None:
        for step in steps:
            self.replay(step)

    def type(self, *arguments: str, **variables: str) -> Result:
        return run_ffiwheel("version", *arguments, cwd=self.project, **variables)

    def tags(self) -> list[str]:
        return self.git("tag", "--list").split()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(tmp_path, monkeypatch, str)


def begin(repository: Repository, config: str = "", *steps: str) -> None:
    repository.begin(config, "sha1")
    repository.replay_all(*(steps or AFTER))


# The tag.


def test_the_command_is_checked_but_not_run(repository: Repository) -> None:
    begin(repository)
    result = repository.type("--release", "0.7.0")
    node = repository.node[:10]
    assert result == Result(0, f"git tag -a v0.7.0 -m 'demo 0.7.0' {node}\n", "")
    assert repository.tags() == ["v0.6.0"]
    check("sh", "-c", result.out, cwd=repository.project)
    assert repository.type().out == "0.7.0\n"
    assert repository.git("cat-file", "-t", "v0.7.0") == "tag\n"


def test_the_command_works_from_elsewhere(repository: Repository, tmp_path: Path) -> None:
    begin(repository)
    repository.git("remote", "add", "upstream", "nowhere")
    repository.git("remote", "add", "mine", "nowhere")
    moved = repository.project.rename(tmp_path / "it's here")
    result = run_ffiwheel("version", moved.name, "--release", "0.7.0", cwd=tmp_path)
    assert shlex.split(result.out)[:3] == ["git", "-C", "it's here"]
    assert "push mine v0.7.0" in result.err
    check("sh", "-c", result.out, cwd=tmp_path)
    assert run_ffiwheel("version", moved.name, cwd=tmp_path).out == "0.7.0\n"
    made = run_ffiwheel("version", moved.name, "--release", "1.0.0", "--tag", cwd=tmp_path)
    assert made.out == "1.0.0\n", made.err


def test_a_release_from_candidate_to_repair(repository: Repository) -> None:
    begin(repository)
    for release in ("0.7.0a1", "0.7.0rc1", "0.7.0", "0.7.0.post1"):
        assert repository.type("--release", release, "--tag").out == f"{release}\n"
    repository.replay("commit")
    assert repository.type("--release", "0.7.0.post2", "--tag").out == "0.7.0.post2\n"
    repository.replay("commit")
    assert repository.type("--form", "public").out == "0.7.0.post3.dev1\n"
    assert repository.type("--release", "0.8.0", "--tag").out == "0.8.0\n"
    repository.replay("commit")
    fallen = repository.type("--release", "0.8.0.post1", "--tag")
    assert fallen.out == "0.8.0.post1\n"
    assert "0.8.0.post1 is lower than 0.9.0.dev1" in fallen.err


def test_a_maintenance_branch(repository: Repository) -> None:
    begin(repository, "next = 'patch'\n", *AFTER, "tag v0.7.0", "branch old v0.6.0", "commit")
    assert repository.type("--release", "0.6.1", "--tag").out == "0.6.1\n"
    repository.replay("commit")
    assert repository.type("--form", "public").out == "0.6.2.dev1\n"


def test_one_of_several_projects(repository: Repository) -> None:
    begin(repository, "tag-prefix = 'demo/v'\n", "commit", "tag demo/v1.0", "tag v3.0.0", "commit")
    result = repository.type("--release", "1.1", "--tag")
    assert result.out == "1.1.0\n", result.err
    assert "demo/v1.1.0" in repository.tags()


def test_only_the_paths_of_a_project_have_to_be_clean(repository: Repository) -> None:
    begin(repository, "paths = ['pyproject.toml']\n", *AFTER, "write file.txt new")
    assert repository.type("--release", "0.7.0", "--tag").out == "0.7.0\n"


def test_files_below_the_repository_are_found(repository: Repository) -> None:
    """A project in a subfolder, with names that are patterns to git."""
    begin(repository)
    place = repository.project / "sub"
    config = "changelog = './CHANGES [x]*.md'\n[[tool.ffiwheel.version.write]]\n"
    config += "path = 'é/v.h'\npattern = '(.+)'\n"
    (place / "é").mkdir(parents=True)
    (place / "CHANGES [x]*.md").write_text("# 0.7.0\n")
    (place / "é" / "v.h").write_text("0.7.0")
    (place / "pyproject.toml").write_text(f"[tool.ffiwheel.version]\n{config}")
    repository.replay_all("commit", "inside sub")
    assert repository.type("--release", "0.7.0", "--tag").out == "0.7.0\n"


def test_a_linked_worktree_and_a_detached_head(repository: Repository) -> None:
    begin(repository, "", *AFTER, "worktree")
    assert repository.type("--release", "0.7.0", "--tag").out == "0.7.0\n"
    assert "v0.7.0" in repository.tags()


def test_a_sha256_repository(repository: Repository) -> None:
    repository.begin("", "sha256")
    repository.replay_all(*AFTER)
    assert repository.type("--release", "0.7.0", "--tag").out == "0.7.0\n"


def test_an_epoch(repository: Repository) -> None:
    begin(repository)
    result = repository.type("--release", "1!0.1")
    assert "'v1!0.1.0'" in result.out
    check("sh", "-c", result.out, cwd=repository.project)
    assert repository.type().out == "1!0.1.0\n"


def test_the_repository_of_a_hook_is_not_ours(repository: Repository, tmp_path: Path) -> None:
    begin(repository, "", *AFTER, "other-repository v7.7.7")
    variables = {"GIT_DIR": str(tmp_path / "other" / ".git"), "GIT_WORK_TREE": "/"}
    result = repository.type("--release", "0.7.0", "--tag", **variables)
    assert result.out == "0.7.0\n", result.err
    assert "v0.7.0" in repository.tags()


def test_a_key_that_fails_makes_no_tag(repository: Repository) -> None:
    begin(repository)
    repository.git("config", "tag.gpgSign", "true")
    repository.git("config", "gpg.program", "false")
    result = repository.type("--release", "0.7.0", "--tag")
    assert result.code == 9
    assert result.out == ""
    assert "gpg failed to sign" in result.err, "git is heard"
    assert "error: git made no tag (exit code 128)\n   at: git tag -a v0.7.0" in result.err
    assert "v0.7.0" not in repository.tags()


def test_a_key_signs(repository: Repository, tmp_path: Path) -> None:
    begin(repository)
    signer = tmp_path / "signer"
    signer.write_text(
        "#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n"
        "echo '-----BEGIN PGP SIGNATURE-----'\necho '-----END PGP SIGNATURE-----'\n"
    )
    signer.chmod(0o755)
    repository.git("config", "tag.gpgSign", "true")
    repository.git("config", "gpg.program", str(signer))
    result = repository.type("--release", "0.7.0", "--tag")
    assert result.out == "0.7.0\n", result.err
    assert "BEGIN PGP SIGNATURE" in repository.git("cat-file", "-p", "v0.7.0")


def hook(repository: Repository, script: str) -> None:
    file = repository.project / ".git" / "hooks" / "reference-transaction"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_hook_may_refuse(repository: Repository) -> None:
    begin(repository)
    hook(repository, "echo 'not on a Friday' >&2; exit 1")
    result = repository.type("--release", "0.7.0", "--tag")
    assert result.code == 9
    assert "not on a Friday" in result.err
    assert "git made no tag" in result.err
    assert "v0.7.0" not in repository.tags()


def test_a_tag_that_does_not_make_the_version_is_noticed(repository: Repository) -> None:
    begin(repository)
    hook(repository, "echo released >> file.txt; echo on stdout")
    result = repository.type("--release", "0.7.0", "--tag")
    assert result.code == 9
    assert result.out == "", "what a hook prints is no answer"
    assert "error: the tag was made, but the version is 0.8.0.dev0+g" in result.err


def test_a_nameless_user_is_told_so(repository: Repository, tmp_path: Path) -> None:
    begin(repository)
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    result = repository.type("--release", "0.7.0", "--tag")
    assert result.code == 9
    assert "git config --global user.email" in result.err


# The files.


def prepare(repository: Repository) -> tuple[Path, Path]:
    """Write the two files that `HEADER` and `TEXT` list."""
    first, second = (repository.project / name for name in ("a/version.h", "b/VERSION"))
    for path in (first, second):
        path.parent.mkdir()
    first.write_bytes(b'\xe9\r\n#define V "0.6.0"\r\n')
    second.write_bytes(b"0.6.0\n")
    return first, second


def begin_with_files(repository: Repository, *steps: str) -> tuple[Path, Path]:
    repository.begin(HEADER + TEXT, "sha1")
    files = prepare(repository)
    repository.replay_all(*(steps or AFTER))
    return files


def test_files_are_written_as_they_were(repository: Repository) -> None:
    first, second = begin_with_files(repository)
    first.chmod(0o640)
    result = repository.type("--write")
    assert result == Result(0, "a/version.h\nb/VERSION\n", "")
    assert first.read_bytes() == b'\xe9\r\n#define V "0.7.0.dev0"\r\n'
    assert second.read_bytes() == b"0.7.0.dev0\n"
    assert stat.S_IMODE(first.stat().st_mode) == 0o640


def test_paths_and_what_comes_next_are_as_the_user_sees_them(
    repository: Repository, tmp_path: Path
) -> None:
    begin_with_files(repository)
    result = run_ffiwheel("version", "project", "--release", "v0.7", "--write", cwd=tmp_path)
    assert result.out == "project/a/version.h\nproject/b/VERSION\n"
    assert result.err == "  commit, then: ffiwheel version project --release 0.7.0 --tag\n"


def test_what_is_right_is_not_touched(repository: Repository) -> None:
    _, second = begin_with_files(repository)
    second.write_bytes(b"0.7.0.dev0\n")
    before = second.stat()
    assert repository.type("--write").out == "a/version.h\n"
    assert (second.stat().st_mtime_ns, second.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    again = repository.type("--write")
    assert (again.code, again.out) == (0, "")
    assert "0.7.0.dev0 already" in again.err


@pytest.mark.parametrize("content", [b"", b"1.0\n2.0", None])
def test_all_files_or_none(repository: Repository, content: bytes | None) -> None:
    first, second = begin_with_files(repository)
    before = first.read_bytes(), first.stat().st_mtime_ns
    if content is None:
        second.unlink()
    else:
        second.write_bytes(content)
    for arguments in (["--write"], ["--release", "0.7.0", "--write"]):
        assert repository.type(*arguments).code == 9
        assert (first.read_bytes(), first.stat().st_mtime_ns) == before


def test_a_read_only_folder_changes_nothing(repository: Repository, tmp_path: Path) -> None:
    first, second = begin_with_files(repository)
    if run("unshare", "--user", "--map-root-user", "--mount", "true", cwd=tmp_path).code:
        pytest.skip("this system lets nobody mount a folder read-only")
    script = (
        "mount --bind b b && mount -o remount,ro,bind b && "
        f"exec '{sys.executable}' -m ffiwheel version --write"
    )
    enter = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script)
    trusting = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
    result = run(*enter, cwd=repository.project, env={**trusting, "GIT_CONFIG_VALUE_0": "*"})
    assert result.code == 8, result.err
    assert "cannot write `VERSION`: Read-only file system" in result.err
    assert "no file was changed" in result.err
    assert b"0.6.0" in first.read_bytes()
    assert second.read_bytes() == b"0.6.0\n"
    assert list(first.parent.iterdir()) == [first], "nothing is left behind"


def test_the_files_agree_with_git_all_through_a_cycle(repository: Repository) -> None:
    first, _ = begin_with_files(repository)
    cycle = [
        ([], 0),  # 0.6.0 still
        (["write b/VERSION 0.5.0"], 9),
        (["checkout -q b/VERSION"], 0),
        (["release 0.7.0"], 0),  # prepared
        (["commit"], 0),
        (["commit 2"], 0),
        (["tag v0.7.0"], 0),
        (["commit"], 0),
        (["next"], 0),
        (["commit"], 0),
        (["tag v0.8.0"], 9),  # nobody wrote
        (["tag -d v0.8.0", "commit 2"], 0),
        (["tag v1.0.0.dev0", "commit"], 9),  # an anchor moves the goal
        (["next", "commit"], 0),
    ]
    for steps, code in cycle:
        for step in steps:
            word, *rest = step.split()
            if word == "release":
                assert repository.type("--release", *rest, "--write").code == 0
            elif word == "next":
                assert repository.type("--write").code == 0
            else:
                repository.replay(step)
        result = repository.type("--check-consistency")
        assert (result.code, result.out) == (code, ""), (steps, result.err)
    assert b'"1.0.0.dev0"' in first.read_bytes()


def test_a_shallow_clone_of_a_tag_can_be_checked(repository: Repository) -> None:
    """That is what CI has when it builds a release."""
    begin_with_files(repository, *AFTER, "tag v0.7.0", "clone --depth=1 --branch=v0.7.0")
    assert repository.type("--check-consistency").code == 9
    (repository.project / "a" / "version.h").write_text('"0.7.0"')
    (repository.project / "b" / "VERSION").write_text("0.7.0\n")
    repository.replay("commit")
    repository.replay("tag -f v0.7.0")
    result = repository.type("--check-consistency")
    assert (result.code, result.err) == (0, "  0.7.0 in 2 places, as git says\n")


def test_a_static_version_is_a_literal_like_others(repository: Repository) -> None:
    repository.begin(STATIC, "sha1")
    file = repository.project / "pyproject.toml"
    file.write_text(file.read_text().replace('dynamic = ["version"]', 'version = "0.6.0"'))
    repository.replay_all(*AFTER)
    assert repository.type("--release", "0.7.0").code == 9
    assert repository.type("--release", "0.7.0", "--write").out == "pyproject.toml\n"
    repository.replay("commit")
    assert repository.type("--release", "0.7.0", "--tag").out == "0.7.0\n"
    assert repository.type("--write").out == "pyproject.toml\n"
    assert repository.type().out == "0.8.0.dev0\n"


def test_the_plain_query_knows_nothing_of_releases(tmp_path: Path) -> None:
    code = (
        "import ffiwheel.cli.version, sys\n"
        "print([name for name in sys.modules if name.startswith('ffiwheel') and "
        "{'release', 'literals', 'changelog'} & set(name.split('.'))])"
    )
    assert check(sys.executable, "-c", code, cwd=tmp_path) == "[]\n"
