"""How findings look: for people, and for the annotations of GitHub Actions.

Names of files come from archives that anybody may have made, so whatever is not printable is shown
escaped: no name can move the cursor or end a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.model.finding import Severity, group_findings
from ffiwheel.model.size import show_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.text import Text

    from ffiwheel.audit.check import Audited
    from ffiwheel.model.finding import Finding

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_MARKS = {
    Severity.ERROR: ("✗", "x", "red"),
    Severity.WARNING: ("!", "!", "yellow"),
    None: ("✓", "+", "green"),
}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST_SUBJECTS = 5


def visible(text: str) -> str:
    r"""Return a text with what is not printable escaped.

    >>> visible("a\x1b[2Jb"), visible("ok ✓")
    ('a\\x1b[2Jb', 'ok ✓')
    """
    return "".join(
        sign if sign.isprintable() else repr(sign)[1:-1] if sign != "\n" else sign for sign in text
    )


def render_finding(found: Finding, subjects: Sequence[str] = ()) -> Text:
    """Return a finding as people read it, with all the `subjects` it is true of."""
    from rich.text import Text  # noqa: PLC0415 - it takes 0.05 s, and JSON does without

    line = Text(f"{found.severity.value}: ", style=_STYLES[found.severity])
    line.append(visible(f"{found.rule}: {found.message}"), style="default")
    places = [*(subjects or (found.subject,))]
    more = len(places) - _MOST_SUBJECTS
    for place in places[:_MOST_SUBJECTS] + ([f"and {more} more"] if more > 0 else []):
        line.append(f"\n   at: {visible(place)}", style="dim")
    if found.help:
        line.append(f"\n help: {indent(visible(found.help))}", style="dim")
    return line


def indent(text: str) -> str:
    """Let the lines of a hint stand under each other."""
    return text.replace("\n", "\n       ")


def render_audit(audits: Sequence[Audited], *, ascii_only: bool) -> list[Text]:
    """Return a line for each file, with its findings below."""
    heads = [_head(one) for one in audits]
    widths = [max(len(head[place]) for head in heads) for place in range(3)] if heads else []
    texts = []
    for one, head in zip(audits, heads, strict=True):
        name, tag, size = (part.ljust(width) for part, width in zip(head, widths, strict=False))
        texts.append(_line(one, f"{name}  {tag}  {size.strip():>{widths[2]}}", head[3], ascii_only))
        grouped = group_findings(one.report.findings)
        texts += [render_finding(found, subjects) for found, subjects in grouped.items()]
    return texts


def _line(one: Audited, text: str, right: str, ascii_only: bool) -> Text:  # noqa: FBT001 - a private helper of one caller
    from rich.text import Text  # noqa: PLC0415 - see above

    worst = one.report.findings[0].severity if one.report.findings else None
    sign, plain, style = _MARKS.get(worst) or _MARKS[None]
    line = Text(plain if ascii_only else sign, style=style)
    line.append(f" {text}", style="default")
    if right:
        line.append(f"  {right}", style="dim")
    return line


def _head(one: Audited) -> tuple[str, str, str, str]:
    """Return what a file is called, its tag, its size, and what it runs on."""
    subject = one.subject
    parts = subject.file_name.split("-")
    name = " ".join(parts[:2]) if subject.is_wheel else subject.file_name
    runs = f"runs on apache-tvm-ffi {one.runtime.summary}" if one.runtime else ""
    tag = subject.file_tag or subject.platform.tag
    return visible(name), visible(tag), show_size(one.size), runs


def render_commands(path: str, findings: Iterable[Finding]) -> list[str]:
    """Return workflow commands of GitHub Actions.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    return [
        render_command(
            _COMMANDS[found.severity],
            path,
            found.rule,
            f"{found.message}\nat: {', '.join(subjects[:_MOST_SUBJECTS])}"
            + (f"\nhelp: {found.help}" if found.help else ""),
        )
        for found, subjects in group_findings(findings).items()
    ]


def render_command(kind: str, path: str, title: str, text: str) -> str:
    r"""Return one workflow command.

    >>> render_command("error", "a,b.whl", "X001 y", "100%\nhelp")
    '::error file=a%2Cb.whl,title=X001 y::100%25%0Ahelp'
    """
    head = f"file={_escape_property(path)},title={_escape_property(title)}"
    return f"::{kind} {head}::{_escape(visible(text))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(visible(text)).replace(":", "%3A").replace(",", "%2C")
