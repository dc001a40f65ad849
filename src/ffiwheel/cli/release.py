"""The options of `ffiwheel version` that make releases: what comes next is said on stderr."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.errors import ProjectError
from ffiwheel.ui.answer import print_answer, show_path
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.workflow.literals import check_consistency, write_literals
from ffiwheel.workflow.release import make_tag, plan_release, require_repository

if TYPE_CHECKING:
    import argparse

    from ffiwheel.config.project import Project


def run(options: argparse.Namespace) -> int:
    """Check a release, prepare it or make it, as the options say."""
    _refuse_odd_company(options)
    project = read_project(Path(options.path), to_build=False)
    progress = ConsoleProgress()
    if options.write:
        _write(project, options, progress)
    elif options.check_consistency:
        number, places = check_consistency(project, require_repository(project))
        progress.note(f"{number} in {places} place{'s' * (places > 1)}, as git says")
    else:
        _release(project, options, progress)
    return 0


def _refuse_odd_company(options: argparse.Namespace) -> None:
    others = ("json", "form", "explain", "emit", "scm_version", "check_consistency")
    odd = [name for name in others if options.release is not None and getattr(options, name)]
    if odd:
        name = odd[0].replace("_", "-")
        raise ProjectError(
            f"`--release` does not go with `--{name}`",
            hint="`--release` alone checks a release; with `--write` it prepares one, with `--tag`"
            " it makes one",
        )
    if options.tag and options.release is None:
        raise ProjectError(
            "`--tag` needs the version that is to be released",
            hint="ffiwheel version --release 1.0.0 --tag",
        )


def _write(project: Project, options: argparse.Namespace, progress: ConsoleProgress) -> None:
    number, paths = write_literals(project, require_repository(project), options.release)
    for path in paths:
        print_answer(show_path(path))
    if not paths:
        progress.note(f"every file says {number} already")
    elif options.release:
        place = () if options.path == "." else (options.path,)
        following = ("ffiwheel", "version", *place, "--release", str(number), "--tag")
        progress.note(f"commit, then: {shlex.join(following)}")


def _release(project: Project, options: argparse.Namespace, progress: ConsoleProgress) -> None:
    release = plan_release(project, options.release, Path(options.path))
    if release.note:
        progress.note(f"note: {release.note}")
    print_answer(make_tag(project, release) if options.tag else shlex.join(release.command))
    if release.push:
        progress.note(f"then: {shlex.join(release.push)}")
