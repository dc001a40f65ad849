"""`ffiwheel ci`: a workflow that builds on one machine, tests on all, and publishes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.scaffold.ci.choice import BUILDERS, SERVICES
from ffiwheel.ui.answer import print_answer, show_path
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.ui.diff import render_diff
from ffiwheel.workflow.ci import Wish, explain_stale, plan_ci, write_ci

if TYPE_CHECKING:
    import argparse

    from ffiwheel.workflow.ci import Plan


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("service", choices=SERVICES, help="whose workflow to write")
    parser.add_argument("path", nargs="?", default=".", help="the project (default: this folder)")
    parser.add_argument(
        "--with",
        dest="builder",
        choices=BUILDERS,
        help="zig: build everything on one machine (default); cibuildwheel: on several, only Linux",
    )
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="TARGET",
        help="build for this system only, or `all`; can be given several times",
    )
    parser.add_argument(
        "--file", metavar="FILE", help="the file to write (default: where the service looks)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print a diff and fail if it differs"
    )
    parser.add_argument(
        "--force", action="store_true", help="give up what was edited in ffiwheel's blocks"
    )


def run(options: argparse.Namespace) -> int:
    """Write the workflow and print its path, or say whether it is up to date."""
    progress = ConsoleProgress()
    wish = Wish(
        service=options.service,
        builder=options.builder,
        targets=tuple(options.target),
        file=Path(options.file) if options.file else None,
        force=options.force,
    )
    plan = plan_ci(read_project(Path(options.path)), wish)
    name = show_path(plan.path)
    is_stale = plan.before != plan.after
    if is_stale and (options.check or plan.edited):
        print_answer(render_diff(name, plan.before, plan.after))
    if is_stale and options.check:
        raise explain_stale(name, options.service)
    if not options.check:
        write_ci(plan)
        print_answer(name)
    _tell(plan, progress, is_stale=is_stale)
    return 0


def _tell(plan: Plan, progress: ConsoleProgress, *, is_stale: bool) -> None:
    if not is_stale:
        progress.note("the workflow is up to date")
    for job in plan.left_out:
        progress.note(f"the job `{job}` was taken out and stays out; `--force` brings it back")
    if plan.include and plan.before is None:
        progress.note(f"GitLab runs it once .gitlab-ci.yml says `include: /{plan.include}`")
