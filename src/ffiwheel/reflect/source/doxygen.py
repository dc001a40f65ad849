r"""From a Doxygen comment to a Python docstring.

Commands that open a paragraph become sections in Google's style, in a fixed order; commands within
a line become what Markdown writes; lines are broken as in the source. A command nobody knows stays
as it is: `\alpha` may be a formula.

https://www.doxygen.nl/manual/commands.html
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass, field

from ffiwheel.reflect.source.text import readable

_KINDS = {
    "brief": "text",
    "short": "text",
    "details": "text",
    "par": "text",
    "param": "Args",
    "tparam": "",
    "return": "Returns",
    "returns": "Returns",
    "result": "Returns",
    "retval": "Returns",
    "throw": "Raises",
    "throws": "Raises",
    "exception": "Raises",
    "note": "Note",
    "remark": "Note",
    "remarks": "Note",
    "warning": "Warning",
    "attention": "Warning",
    "important": "Warning",
    "deprecated": "Deprecated",
    "pre": "Precondition",
    "post": "Postcondition",
    "invariant": "Invariant",
    "since": "Since",
    "version": "",
    "author": "",
    "authors": "",
    "date": "",
    "todo": "",
    "bug": "",
    "test": "",
    "fn": "",
    "see": "See Also",
    "sa": "See Also",
    "relates": "",
    "ingroup": "",
    "anchor": "",
}
"""The section that a command opens; nothing for what Python has no use for."""

_NAMED = frozenset({"param", "throw", "throws", "exception", "retval"})
_ORDER = ("Args", "Returns", "Raises", "Note", "Warning", "Deprecated")
_VERBATIM = {"code": "endcode", "verbatim": "endverbatim", "dot": "enddot", "f[": "f]"}

_OPENING = re.compile(r"\s*/(?:\*[*!]|/[/!])<?")
_STAR = re.compile(r"^[ \t]*\*(?: |$|(?=[^*\s/]))")
_COMMAND = re.compile(
    rf"[\\@](?P<word>{'|'.join(sorted(_KINDS, key=len, reverse=True))})\b"
    r"(?:\[[a-z, ]*\])?[ \t]*(?P<rest>.*)",
    re.DOTALL,
)
_BEFORE_COMMAND = re.compile(rf"(?<=\S)[ \t]+(?=[\\@](?:{'|'.join(_KINDS)})\b)")
_VERBATIM_START = re.compile(r"[\\@](code|verbatim|dot|f\[)(?:\{[^}]*\})?")
_INLINE = (
    (re.compile(r"[\\@]f\$(.*?)[\\@]f\$", re.DOTALL), r"$\1$"),
    (re.compile(r"[\\@](?:ref|link)\s+[^\s\"]+\s+\"([^\"]*)\""), r"\1"),
    (re.compile(r"[\\@]link\s+\S+\s+(.*?)[\\@]endlink", re.DOTALL), r"\1"),
    (re.compile(r"[\\@](?:p|c|a|ref|copybrief|copydoc)\s+([\w:]+(?:\(\))?(?:\.\w+)*)"), r"`\1`"),
    (re.compile(r"[\\@](?:p|c|a)\s+(\S+?)(?=[.,;:!?)]*(?:\s|$))"), r"`\1`"),
    (re.compile(r"[\\@](?:e|em)\s+(\S+)"), r"*\1*"),
    (re.compile(r"[\\@]b\s+(\S+)"), r"**\1**"),
    (re.compile(r"[\\@](?:li|arg)\s+"), "- "),
    (re.compile(r"[\\@]n(?!\w)[ \t]*"), "\n"),
    (re.compile(r"</?(?:tt|code)>"), "`"),
    (re.compile(r"</?(?:b|strong)>"), "**"),
    (re.compile(r"</?(?:i|em)>"), "*"),
    (re.compile(r"<(?:br|p)\s*/?>|</p>"), "\n"),
    (re.compile(r"[\\@](?:internal|endinternal|nosubgrouping|hideinitializer)\b"), ""),
    (re.compile(r"\\([\\@&$#<>%\".|])"), r"\1"),
)


@dataclass(slots=True)
class _Paragraph:
    """Lines of one section; `name` is that of the parameter or exception."""

    section: str
    name: str = ""
    lines: list[str] = field(default_factory=list)
    is_opened: bool = False
    """Whether a command stands before its first line."""


def render_docstring(comment: str, receiver: str = "") -> str:
    r"""Return the docstring for a comment as written; `receiver` is a parameter to leave out.

    >>> print(render_docstring("/*! \\brief Adds. \\param x a number \\return The sum. */"))
    Adds.
    <BLANKLINE>
    Args:
        x: a number
    <BLANKLINE>
    Returns:
        The sum.
    """
    paragraphs = _read_paragraphs(_without_markers(readable(comment)))
    texts = [_join(one) for one in paragraphs if one.section == "text"]
    sections: dict[str, list[str]] = {name: [] for name in _ORDER}
    for one in paragraphs:
        is_hidden = one.section == "Args" and one.name == receiver
        if one.section not in {"", "text"} and not is_hidden:
            sections.setdefault(one.section, []).append(_item(one))
    texts += [_section(title, items) for title, items in sections.items() if items]
    return "\n\n".join(text for text in texts if text)


def _without_markers(comment: str) -> list[str]:
    """Return the lines of a comment without its slashes and stars."""
    lines = comment.expandtabs(4).split("\n")
    if comment.lstrip().startswith("//"):
        return textwrap.dedent("\n".join(_OPENING.sub("", line) for line in lines)).split("\n")
    first, *others = re.sub(r"\**\*/\s*$", "", "\n".join(lines)).split("\n")
    if others and all(_STAR.match(line) for line in others if line.strip()):
        others = [_STAR.sub("", line) for line in others]
    rest = textwrap.dedent("\n".join(others)).split("\n") if others else []
    return [_OPENING.sub("", first, count=1).strip(), *rest]


def _read_paragraphs(lines: list[str]) -> list[_Paragraph]:
    paragraphs = [_Paragraph("text")]
    pending = [part for line in reversed(lines) for part in reversed(_parts(line))]
    while pending:
        line = pending.pop().rstrip()
        verbatim = _VERBATIM_START.match(line.strip())
        if verbatim:
            paragraphs[-1].lines += _take_verbatim(pending, line, verbatim)
        elif line.strip().startswith("```"):
            paragraphs[-1].lines += [line, *_take_fence(pending)]
        elif command := _COMMAND.match(line.strip()):
            paragraphs.append(_open(command["word"], command["rest"]))
        elif not line and paragraphs[-1].is_opened:
            paragraphs.append(_Paragraph("text"))
        else:
            paragraphs[-1].lines.append(_inline(line))
    return paragraphs


def _parts(line: str) -> list[str]:
    return _BEFORE_COMMAND.split(line)


def _open(word: str, rest: str) -> _Paragraph:
    section = _KINDS[word]
    if word in _NAMED:
        name, _, rest = rest.partition(" ")
        rest = rest.strip().removeprefix("- ").removeprefix(": ")
        return _Paragraph(section, name.rstrip(":"), [_inline(rest)], is_opened=True)
    return _Paragraph(section, "", [_inline(rest)], is_opened=True)


def _take_verbatim(pending: list[str], line: str, start: re.Match[str]) -> list[str]:
    """Return a block of code, indented, and take its lines."""
    end = re.compile(rf"[\\@]{re.escape(_VERBATIM[start[1]])}(?!\w)")
    taken = [line.strip()[start.end() :]]
    while not end.search(taken[-1]) and pending:
        taken.append(pending.pop())
    taken[-1] = end.split(taken[-1])[0]
    block = textwrap.dedent("\n".join(taken)).strip("\n").rstrip()
    return ["", *textwrap.indent(block, "    ").split("\n"), ""]


def _take_fence(pending: list[str]) -> list[str]:
    taken = []
    while pending:
        taken.append(pending.pop())
        if taken[-1].strip().startswith("```"):
            break
    return taken


def _inline(line: str) -> str:
    if any(sign in line for sign in "\\@<"):
        for pattern, replacement in _INLINE:
            line = pattern.sub(replacement, line)
    return html.unescape(line) if "&" in line else line


def _join(paragraph: _Paragraph) -> str:
    """Return the lines of running text, those after a command's own no deeper than it."""
    first = paragraph.lines[:1] if paragraph.is_opened else []
    rest = textwrap.dedent("\n".join(paragraph.lines[len(first) :]))
    text = "\n".join([*first, rest]).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _item(paragraph: _Paragraph) -> str:
    """Return an entry of a section; lines after the first are set in."""
    first, *others = paragraph.lines or [""]
    rest = textwrap.dedent("\n".join(others)).strip("\n")
    if not paragraph.name:
        return "\n".join(part for part in (first, rest) if part)
    name = paragraph.name
    if paragraph.section == "Raises":
        name = name.rpartition("::")[2]
    elif paragraph.section == "Returns":
        name = f"`{name}`"
    head = f"{name}: {first}".rstrip()
    return "\n".join([head, textwrap.indent(rest, "    ")]) if rest else head


def _section(title: str, items: list[str]) -> str:
    return f"{title}:\n" + textwrap.indent("\n".join(items), "    ")
