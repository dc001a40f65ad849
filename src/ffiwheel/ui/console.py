"""The look: one aligned line per step on stderr, the answer on stdout.

rich decides about colours, width and terminals (`NO_COLOR`, `FORCE_COLOR`, pipes); a terminal that
cannot show `✓` gets ASCII. Talk that nobody can hear any more (a full disk, a closed pipe) is no
reason to stop the work.
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ffiwheel.ui.findings import indent, render_finding
from ffiwheel.ui.streams import give_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.status import Status

    from ffiwheel.errors import FfiwheelError
    from ffiwheel.model.finding import Finding

_NAME_WIDTH = 10
_TEXT_WIDTH = 54
_SHOWN_AFTER = 0.05


class Talk(Console):
    """stderr, as long as somebody listens."""

    def __init__(self) -> None:
        """Print texts as they are given."""
        super().__init__(stderr=True, highlight=False, emoji=False, markup=False)

    def on_broken_pipe(self) -> None:
        """Go on unheard."""
        self.go_silent()

    def say(self, text: Text) -> None:
        """Print a text that may be longer than a line."""
        try:
            self.print(text, soft_wrap=True)
        except OSError:
            self.go_silent()

    def go_silent(self) -> None:
        """Print nothing any more."""
        self.quiet = True
        give_up(sys.stderr)


class ConsoleStep:
    """One step while it runs: what it says, and how long it takes."""

    def __init__(self, console: Talk, name: str, *, verbose: bool) -> None:
        """Start the clock."""
        self.console = console
        self.name = name
        self.verbose = verbose
        self.text = ""
        self.right = ""
        self.started = time.monotonic()
        self.status: Status | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self.started

    def advance(self, done: int, total: int) -> None:
        """Show progress where somebody watches."""
        if self.status:
            self.status.update(f"{self.name:<{_NAME_WIDTH}} {done} of {total}")

    def output(self, line: str) -> None:
        """Show a line of a child process if everything is to be seen."""
        if self.verbose:
            self.console.say(Text(f"  {line}", style="dim"))

    def done(self, text: str, right: str = "") -> None:
        """Note what the step made; the line appears when the step ends."""
        self.text = text
        self.right = right


class ConsoleProgress:
    """A `Progress` for people."""

    def __init__(self, *, verbose: bool = False) -> None:
        """Talk on stderr."""
        self.console = Talk()
        self.verbose = verbose
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[ConsoleStep]:
        """Run one step, then print its line."""
        step = ConsoleStep(self.console, name, verbose=self.verbose)
        if self.console.is_terminal and not self.verbose:
            with self.console.status(f"{name:<{_NAME_WIDTH}}") as status:
                step.status = status
                yield step
        else:
            yield step
        self.seconds[name] = round(step.elapsed, 3)
        self.console.say(self._line(step))

    def warn(self, finding: Finding, subjects: Sequence[str] = ()) -> None:
        """Print a finding."""
        self.console.say(render_finding(finding, subjects))

    def note(self, text: str) -> None:
        """Print a line about what holds the work up."""
        self.console.say(Text(f"  {text}", style="dim"))

    def show(self, render: Callable[..., Iterable[Text]]) -> None:
        """Print the lines that `render` makes, given whether only ASCII can be shown."""
        for line in render(ascii_only=not _can_print("✓")):
            self.console.say(line)

    def _line(self, step: ConsoleStep) -> Text:
        mark = "✓" if _can_print("✓") else "+"
        line = Text(mark, style="green")
        line.append(f" {step.name:<{_NAME_WIDTH}} ", style="default")
        line.append(step.text, style="default")
        right = step.right or (f"{step.elapsed:.1f} s" if step.elapsed >= _SHOWN_AFTER else "")
        if right:
            padding = max(2, _TEXT_WIDTH - len(step.text) + 2)
            line.append(" " * padding + right, style="dim")
        return line


def print_error(error: FfiwheelError) -> None:
    """Print all problems of an error on stderr, after what the failed program said."""
    console = Talk()
    if error.output.strip():
        console.say(Text(error.output.rstrip() + "\n"))
    for problem in error.problems:
        line = Text("error", style="bold red")
        line.append(f": {problem.message}", style="bold")
        if problem.where:
            line.append(f"\n   at: {problem.where}", style="default")
        if problem.hint:
            line.append(f"\n help: {indent(problem.hint)}", style="default")
        console.say(line)


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
