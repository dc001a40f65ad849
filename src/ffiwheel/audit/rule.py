"""What a rule is: a code, a name, a severity, and a pure function that looks at a `Subject`.

A function becomes a rule by its decorator. It yields a `Remark` for whatever it sees; the rule
makes findings of them. What a rule means and what to do about it is in `data/rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ffiwheel.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.finding import Severity


class Remark(NamedTuple):
    """What a rule sees once."""

    subject: str
    """The wheel or the file inside it."""
    message: str
    help: str = ""
    severity: Severity | None = None
    """Where it is another one than the rule's."""


Check: TypeAlias = "Callable[[Subject], Iterable[Remark]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    """Such as `ELF003`; never used again, even if the rule goes."""
    name: str
    severity: Severity
    check: Check

    @property
    def title(self) -> str:
        """Code and name, as a finding states them."""
        return f"{self.code} {self.name}"

    def __call__(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the rule has to say about `subject`."""
        for remark in self.check(subject):
            yield Finding(
                rule=self.title,
                severity=remark.severity or self.severity,
                subject=remark.subject,
                message=remark.message,
                help=remark.help,
            )


def rule(title: str, severity: Severity) -> Callable[[Check], Rule]:
    """Make a rule of a function; `title` is its code and name, such as `ELF003 binds-lazily`."""
    code, _, name = title.partition(" ")
    return lambda check: Rule(code, name, severity, check)
