"""`ffiwheel build --fix` writes the true range into `pyproject.toml`, and builds."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from workshop import SAMPLES, Workshop, git_status

if TYPE_CHECKING:
    from pathlib import Path

OLD = '"apache-tvm-ffi>=0.1.5",  # as the templates have it'
NEW = '"apache-tvm-ffi>=0.1.13.post2",  # as the templates have it'


def metadata_of(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("METADATA")]
        return archive.read(name).decode()


def test_the_range_is_written_and_nothing_else(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "bad" / "admits-failing")
    file = project / "pyproject.toml"
    before = file.read_text()
    assert OLD in before
    fixed = workshop.wheel(project, "--fix")
    assert file.read_text() == before.replace(OLD, NEW)
    assert git_status(project) == " M pyproject.toml\n"
    assert "\nRequires-Dist: apache-tvm-ffi>=0.1.13.post2\n" in metadata_of(fixed)
    content = fixed.read_bytes()
    result = workshop.build(project, "--fix")
    assert result.code == 0
    assert "; runs on apache-tvm-ffi >=0.1.13.post2" in result.err
    assert fixed.read_bytes() == content
    assert file.read_text() == before.replace(OLD, NEW)


def test_what_cannot_be_mended_is_told(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "bad" / "admits-failing")
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace(">=0.1.5", "==0.1.12"))
    before = file.read_text()
    result = workshop.build(project, "--fix")
    assert result.code == 2
    assert "`apache-tvm-ffi==0.1.12` cannot be mended" in result.err
    assert "it runs on `apache-tvm-ffi>=0.1.13.post2`" in result.err
    assert file.read_text() == before


def test_an_sdist_is_built_afterwards(workshop: Workshop) -> None:
    project = workshop.copy(SAMPLES / "sources-only")
    result = workshop.build(project, "--fix", "--sdist")
    assert result.code == 2
    assert "run `ffiwheel build --fix` first" in result.err
