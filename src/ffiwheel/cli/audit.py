"""`ffiwheel audit`: what is wrong with a wheel or a shared library, and where it runs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.audit.selection import find_rule, select_rules
from ffiwheel.audit.texts import render_explanation
from ffiwheel.errors import AuditError, ProjectError
from ffiwheel.model.finding import Severity
from ffiwheel.system.files import write_changed
from ffiwheel.ui.answer import print_answer, print_texts
from ffiwheel.ui.findings import render_audit, render_command, render_commands, visible
from ffiwheel.ui.runtimes import render_trials
from ffiwheel.workflow.audit import Refused, audit_files, describe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from ffiwheel.audit.check import Audited
    from ffiwheel.model.runtime import Trial

_NEVER = "never"


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="wheels and shared libraries")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print everything as JSON on stdout")
    form.add_argument(
        "--format", choices=("text", "github"), default="text", help="github: annotations for CI"
    )
    for name, meaning in {
        "--select": "apply only these rules: ELF, or ELF003,WHL",
        "--ignore": "do not apply these rules",
    }.items():
        parser.add_argument(name, action="append", default=[], metavar="CODES", help=meaning)
    parser.add_argument(
        "--fail-on",
        choices=(*(one.value for one in Severity), _NEVER),
        default=Severity.ERROR.value,
        help="from which severity on the exit code is 11 (default: error)",
    )
    parser.add_argument(
        "--html", metavar="PAGE", help="also write a page about the wheel, which needs no network"
    )
    parser.add_argument(
        "--against",
        metavar="RANGE",
        help="also load the files with these releases of apache-tvm-ffi, which runs them:"
        " `>=0.1.9`, `installed` or `all`",
    )
    parser.add_argument("--explain", metavar="CODE", help="say what a rule means and what to do")


def run(options: argparse.Namespace) -> int:
    """Audit the files, or explain a rule."""
    if options.explain is not None:
        print_answer(render_explanation(find_rule(options.explain)))
        return 0
    if not options.files:
        raise ProjectError("no file is named", hint="for example: ffiwheel audit dist/*.whl")
    rules = select_rules(_split(options.select), _split(options.ignore), "--select or --ignore")
    page = _check_page(options)
    results = audit_files(map(Path, options.files), rules)
    trials = _prove(results, options.against) if options.against is not None else {}
    if options.json:
        print_answer(json.dumps(describe(results, len(rules), trials), indent=2))
    elif options.format == "github":
        _print_commands(results)
    else:
        _print_report(results, len(rules))
        _print_trials(trials)
    if page:
        _write_page(results, page)
    _refuse(results, options.fail_on)
    _refuse_surprises(trials)
    return 0


def _check_page(options: argparse.Namespace) -> Path | None:
    """Return where the page goes: never over what is no page, such as a wheel."""
    if options.html is None:
        return None
    if not options.html.endswith(".html"):
        message = "the name of a page ends in `.html`"
        raise ProjectError(message, where=options.html, hint="--html PAGE.html WHEEL")
    if len(options.files) > 1:
        hint = "call `ffiwheel audit --html` once for each of them"
        raise ProjectError(
            f"a page is about one file, and {len(options.files)} are named", hint=hint
        )
    return Path(options.html)


def _write_page(results: Sequence[Audited | Refused], path: Path) -> None:
    from ffiwheel.ui.page.render import render_page  # noqa: PLC0415 - few want one
    from ffiwheel.workflow.picture import read_picture  # noqa: PLC0415 - the same

    for one in results:
        if not isinstance(one, Refused):
            write_changed({path: render_page(read_picture(one))})


def _prove(results: Sequence[Audited | Refused], wanted: str) -> dict[Path, tuple[Trial, ...]]:
    """Load what could be read with other releases of the runtime."""
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415 - as below
    from ffiwheel.workflow.against import choose_releases, prove  # noqa: PLC0415 - only here

    releases, progress = choose_releases(wanted), ConsoleProgress()
    return {
        one.path: prove(one, releases, progress) for one in results if not isinstance(one, Refused)
    }


def _print_trials(trials: Mapping[Path, tuple[Trial, ...]]) -> None:
    for path, tried in trials.items():
        print_answer(visible(path.name))
        _print_matrix(tried)


def _print_matrix(tried: tuple[Trial, ...]) -> None:
    print_texts(lambda ascii_only: render_trials(tried, ascii_only=ascii_only))


def _refuse_surprises(trials: Mapping[Path, tuple[Trial, ...]]) -> None:
    """End with releases that fail although nothing is known against them."""
    for path, tried in trials.items():
        failing = [one.release for one in tried if one.is_surprise]
        if failing:
            raise AuditError(
                f"it does not load with apache-tvm-ffi {', '.join(failing)}, and the audit does not"
                " know why",
                where=str(path),
                hint="keep the release out in `dependencies`, and tell us about it",
            )


def _split(values: Sequence[str]) -> list[str]:
    """Return codes, one each, in capitals.

    >>> _split(["elf, WHL001", "FFI"])
    ['ELF', 'WHL001', 'FFI']
    """
    return [code.strip().upper() for value in values for code in value.split(",") if code.strip()]


def _print_commands(results: Sequence[Audited | Refused]) -> None:
    for one in results:
        if isinstance(one, Refused):
            for problem in one.error.problems:
                text = "\n".join(filter(None, (problem.message, problem.hint)))
                print_answer(render_command("error", str(one.path), "cannot be audited", text))
        else:
            for command in render_commands(str(one.path), one.report.findings):
                print_answer(command)


def _print_report(results: Sequence[Audited | Refused], rules: int) -> None:
    from ffiwheel.ui.console import ConsoleProgress  # noqa: PLC0415 - JSON does without rich

    audits = [one for one in results if not isinstance(one, Refused)]
    if not audits:
        return
    print_texts(lambda ascii_only: render_audit(audits, ascii_only=ascii_only))
    counts = Counter(found.severity for one in audits for found in one.report.findings)
    found = [_count(counts[severity], severity.value) for severity in Severity if counts[severity]]
    more = "; `ffiwheel audit --explain CODE` says more" if found else ""
    applied = f"{_count(len(audits), 'file')}, {_count(rules, 'rule')}"
    ConsoleProgress().note(f"{applied}: {', '.join(found) or '0 findings'}{more}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _refuse(results: Sequence[Audited | Refused], fail_on: str) -> None:
    """End with what could not be read, or with findings that are not accepted."""
    refused = [one.error for one in results if isinstance(one, Refused)]
    if refused:
        problems = (problem for error in refused for problem in error.problems)
        raise type(refused[0]).of(problems)
    if fail_on == _NEVER:
        return
    worst = Severity(fail_on)
    bad = [one for one in results if not isinstance(one, Refused) and one.report.at_least(worst)]
    if bad:
        what = "an error" if worst is Severity.ERROR else f"a finding of severity `{fail_on}`"
        raise AuditError(
            f"{len(bad)} of {_count(len(results), 'file')} {'has' if len(bad) == 1 else 'have'}"
            f" {what}{'' if worst is Severity.ERROR else ' or worse'}",
            hint="`--fail-on` says what is accepted, `--ignore` leaves a rule out",
        )
