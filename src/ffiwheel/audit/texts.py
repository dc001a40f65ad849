"""What each rule means and what to do about it: the texts in `data/rules`, one file for each rule.

A text is Markdown: a title with code and name, a paragraph that says what was seen, why that
matters, and a paragraph that begins with *What to do.* `--explain` prints it, and the page of rules
is made of all of them.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from ffiwheel.audit.rules import RULES

if TYPE_CHECKING:
    from ffiwheel.audit.rule import Rule

_HEAD = """\
# Rules

<!-- Made from src/ffiwheel/audit/data/rules by `./dev test --update-golden`; do not edit. -->

A wheel is held against these {count} rules before it is delivered, and `ffiwheel audit` holds any
wheel or shared library against them. It is read, never run. A finding is an **error**, a
**warning** or a **note**. After an error `ffiwheel build` delivers nothing (exit code 7), a warning
is printed, and notes are kept for `ffiwheel audit`, whose page is [audit.md](audit.md). Where a
finding can be worse than the rule, the text says so.

`WHL` rules look at the archive, its metadata and its tags; `PYP` rules at what ties it to one
Python; `ELF` rules at the shared libraries, whatever their format; `MAC` and `WIN` rules at what
only Mach-O and PE have; `FFI` rules at how they use TVM-FFI; `CUDA` rules at device code. An
*extension* is a library that speaks the TVM-FFI C ABI.
"""
_TAIL = """\
[PyPI's page on limits]: https://docs.pypi.org/project-management/storage-limits/
[wheel specification]: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""


def read_text(rule: Rule) -> str:
    """Return the text of a rule, without its title."""
    path = files("ffiwheel.audit").joinpath("data", "rules", f"{rule.code}.md")
    return path.read_text(encoding="utf-8").partition("\n")[2].strip()


def render_explanation(rule: Rule) -> str:
    """Return what `--explain` prints."""
    return f"{rule.title} ({rule.severity.value})\n\n{read_text(rule)}"


def render_page() -> str:
    """Return the page of rules as Markdown."""
    sections = [
        f"## {one.title}\n\n**{one.severity.value.capitalize()}.** {read_text(one)}\n"
        for one in RULES
    ]
    return "\n".join([_HEAD.format(count=len(RULES)), *sections, _TAIL])
