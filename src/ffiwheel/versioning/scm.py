"""The version that setuptools_scm computes, for projects that must keep it.

The number is setuptools_scm's, to the letter: by `[tool.setuptools_scm]` and its variables in the
environment, with the local part that its scheme gives. So a wheel carries that part, too. Ours are
only the facts that it does not tell: the whole hash, and which files were edited.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from ffiwheel.errors import FfiwheelError, MissingToolError, VersionError
from ffiwheel.model.version import Version
from ffiwheel.system.environment import inherited, interpreter
from ffiwheel.system.process import run
from ffiwheel.versioning.checkout import STATUS
from ffiwheel.versioning.edits import parse_status
from ffiwheel.versioning.repository import find_repository
from ffiwheel.versioning.stamp import has_stamp, read_stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ffiwheel.system.process import Completed
    from ffiwheel.versioning.repository import Repository

PROVIDER = "setuptools_scm"
_PROGRAM = Path(__file__).with_name("_scm.py")
_SECONDS = 120.0


def ask_setuptools_scm(root: Path, name: str) -> Version:
    """Return the version of the project in `root` as setuptools_scm computes it.

    Args:
        root: the project's folder.
        name: the project's name in its normal form.

    Raises:
        MissingToolError: if setuptools_scm is not installed.
        VersionError: if it fails, or says something that is no version.
    """
    answer = _run_child(root)
    if "missing" in answer:
        raise MissingToolError(
            "the version is to come from setuptools_scm, which is not installed",
            where=f"tool.ffiwheel.version.provider in {root / 'pyproject.toml'}",
            hint='pip install setuptools_scm, and add "setuptools_scm" to `requires` in '
            "`[build-system]`",
        )
    if "error" in answer:
        raise VersionError(
            f"setuptools_scm fails: {answer['error']}",
            where=str(root / "pyproject.toml"),
            hint="`python -m setuptools_scm` in that folder must print a version",
        )
    version = decode_answer(answer, str(root / "pyproject.toml"))
    return _add_facts(version, root, name)


def _run_child(root: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="ffiwheel-") as folder:
        file = Path(folder) / "answer.json"
        done = run(
            [interpreter(), "-X", "utf8", _PROGRAM, file],
            cwd=root,
            env=inherited(PYTHONDONTWRITEBYTECODE="1"),
            timeout=_SECONDS,
        )
        if done.code or not file.is_file():
            raise _explain_end(done, root)
        answer: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return answer


def _explain_end(done: Completed, root: Path) -> VersionError:
    return VersionError(
        f"setuptools_scm gives no answer: {done.ending}",
        where=str(root / "pyproject.toml"),
        hint="`python -m setuptools_scm` in that folder must print a version",
        output=done.text,
    )


def decode_answer(answer: dict[str, object], where: str) -> Version:
    """Return the child's JSON as a version.

    Raises:
        VersionError: if it says something that is no version.

    >>> said = {"version": "0.7.0.dev2+g1f2e", "node": "g1f2e", "distance": 2, "dirty": False}
    >>> version = decode_answer(said | {"release": "10.3.4"}, "pyproject.toml")
    >>> version.full, version.distance, version.node, version.reason
    ('0.7.0.dev2+g1f2e', 2, '1f2e', 'setuptools_scm 10.3.4')
    """
    try:
        number = Pep440(str(answer["version"]))
    except InvalidVersion as error:
        raise VersionError(
            f"`{answer['version']}`, which setuptools_scm says, is no version",
            where=where,
            hint="choose schemes in `[tool.setuptools_scm]` that give a version by PEP 440",
        ) from error
    notes, distance = answer.get("notes", []), answer.get("distance", 0)
    return Version(
        public=number.public,
        local=number.local or "",
        tag=str(answer.get("tag", "")),
        distance=distance if isinstance(distance, int) else 0,
        node=re.sub(r"^[gh]", "", str(answer.get("node", ""))),  # one letter names git or hg
        is_dirty=bool(answer.get("dirty", False)),
        source="setuptools_scm",
        reason=f"{PROVIDER} {answer.get('release', '')}".strip(),
        notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
        keeps_local=True,
    )


def _add_facts(version: Version, root: Path, name: str) -> Version:
    """Return `version` with what the sdist's stamp or git knows besides, if they know this one."""
    with contextlib.suppress(FfiwheelError, FileNotFoundError):
        stamp = read_stamp(root, name) if has_stamp(root) else None
        if stamp and stamp.full == version.full:
            return version._replace(
                tag=stamp.tag,
                distance=stamp.distance,
                node=stamp.node,
                is_dirty=stamp.is_dirty,
            )
        repository = find_repository(root)
        if version.node and not isinstance(repository, str):
            return _ask_git(version, repository)
    return version._replace(tag="")


def _ask_git(version: Version, repository: Repository) -> Version:
    node, edits = parse_status(repository.ask(*STATUS))
    if not node.startswith(version.node):
        return version._replace(tag="")
    command = ("for-each-ref", "--merged=HEAD", "--format=%(refname:lstrip=2)", "refs/tags")
    names = repository.ask_text(*command).splitlines()
    return version._replace(
        node=node,
        tag=find_tag(names, version.tag),
        dirty_files=tuple(edit.shown for edit in edits) if version.is_dirty else (),
        is_shallow=repository.ask_text("rev-parse", "--is-shallow-repository") == "true",
    )


def find_tag(names: Iterable[str], number: str) -> str:
    """Return the one tag that says `number` after a prefix, or nothing where that is not certain.

    setuptools_scm tells the number only, in its normal form.

    >>> find_tag(["v0.6.0", "v0.6.1", "other-1.0"], "0.6.0"), find_tag(["v1.0", "a-v1.0"], "1.0")
    ('v0.6.0', '')
    >>> find_tag(["hello-v1.0.0-rc.1"], "1.0.0rc1")
    'hello-v1.0.0-rc.1'
    """
    found = [name for name in names if _says(name, number)]
    return found[0] if len(found) == 1 else ""


def _says(tag: str, number: str) -> bool:
    start = re.search(r"(?<![0-9.])v?[0-9]+(\.[0-9]+)*(?![^+]*/).*$", tag)
    with contextlib.suppress(InvalidVersion):
        return start is not None and Pep440(start[0]) == Pep440(number)
    return False
