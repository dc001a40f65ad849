"""`ffiwheel targets`: what wheels can be built for, and how far they can be tried here."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from ffiwheel.config.project import read_project
from ffiwheel.toolchain.targets import ALL, parse_targets
from ffiwheel.toolchain.zig import zig_cache
from ffiwheel.ui.answer import print_answer, print_texts
from ffiwheel.ui.console import ConsoleProgress
from ffiwheel.ui.targets import render_targets
from ffiwheel.workflow.target_table import describe_targets, find_target_compilers, warm_targets

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="names, other tools' names, platform tags, `native` or `all` (default: all)",
    )
    parser.add_argument(
        "--warm",
        action="store_true",
        help="let zig build its C++ library for them now, once per machine",
    )
    parser.add_argument("--debug", action="store_true", help="the one for `build --debug`")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what zig prints")
    parser.add_argument("--json", action="store_true", help="print the table as JSON on stdout")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    minimums = read_project(".", to_build=False).config.targets._asdict()
    targets = parse_targets(options.targets or [ALL], minimums)
    if options.warm:
        progress = ConsoleProgress(verbose=options.verbose)
        warm_targets(find_target_compilers(targets), progress, debug=options.debug)
    facts = describe_targets(targets, debug=options.debug)
    if options.json:
        listed = [asdict(one) for one in facts]
        answer = {"schema": 1, "cache": str(zig_cache()), "targets": listed}
        print_answer(json.dumps(answer, indent=2))
    else:
        print_texts(lambda _: render_targets(facts))
    return 0
