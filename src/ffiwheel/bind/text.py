"""Pieces of Python text that modules and stubs share, laid out as a formatter would."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ffiwheel.bind.annotation import split_union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ffiwheel.bind.parameters import BoundSignature
    from ffiwheel.bind.vocabulary import Vocabulary

MARK = "# Made by ffiwheel from what the library registers; do not edit."
"""The first line of every generated file, by which it is told from a file of the user's."""
WIDTH = 100
INDENT = "    "
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_REMEMBERED = 10_000
"""How many texts are kept in their wrapped form: a module and its stub have the same."""
_LAID_OUT = re.compile(r"\s|[-*+>:|#]|\d+[.)]|@|\\")
"""How a line begins that has a layout of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function or method as a stub shows it."""

    name: str
    signatures: tuple[BoundSignature, ...]
    """More than one for overloads."""
    doc: str = ""
    receiver: str = ""
    """`self`, for a method."""
    decorator: str = ""
    result: str = ""
    """The annotation of the result, where it is not that of the signatures."""


def render_docstring(text: str, indent: str = "") -> list[str]:
    """Return the lines of `text` as a docstring.

    >>> [line.count('"') for line in render_docstring("Add one.")]
    [6]
    """
    lines = _wrap(inspect.cleandoc(text), WIDTH - len(indent))
    plain = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", "\n".join(lines))
    is_raw = "\\" in plain and '"""' not in plain and plain[-1] not in '\\"'
    body, end = (plain[:-1], '\\"') if plain.endswith('"') else (plain, "")
    if not is_raw:
        body = body.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') + end
    opening = 'r"""' if is_raw else '"""'
    [first, *rest] = body.split("\n")
    if not rest and len(indent) + len(opening) + len(first) + 3 <= WIDTH:
        return [f'{indent}{opening}{first}"""']
    shown = [f"{opening}{first}", *rest, '"""']
    return [f"{indent}{line}" if line else "" for line in shown]


@lru_cache(_REMEMBERED)
def _wrap(text: str, width: int) -> tuple[str, ...]:
    """Return the lines of `text`, paragraphs of prose broken at `width`."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        found = [line.rstrip() for line in paragraph.split("\n")]
        room = width - 4 if not lines else width  # quotes before the first line
        is_prose = not any(_LAID_OUT.match(line) for line in found)
        if is_prose and any(len(line) > room for line in found):
            found = textwrap.wrap(
                " ".join(found), room, break_long_words=False, break_on_hyphens=False
            )
        lines += ["", *found] if lines else found
    return tuple(lines) or ("",)


def render_names(names: Sequence[str]) -> list[str]:
    """Return the statement that lists the public names.

    >>> render_names(["a", "b"])
    ['__all__ = ["a", "b"]']
    """
    return lay_out("__all__ = [", [f'"{name}"' for name in names], "]")


def lay_out(head: str, parts: Sequence[str], tail: str, indent: str = "") -> list[str]:
    """Return `head`, `parts` and `tail` on one line, if it is short enough; else one part a line.

    >>> lay_out("f(", ["a" * 60, "b" * 60], ")")  # doctest: +ELLIPSIS
    ['f(', '    aaa...a,', '    bbb...b,', ')']
    """
    line = f"{indent}{head}{', '.join(parts)}{tail}"
    if len(line) <= WIDTH or not parts:
        return [line]
    inner = [line for part in parts for line in _break_union(part, indent + INDENT)]
    return [f"{indent}{head}", *inner, f"{indent}{tail}"]


def _break_union(part: str, indent: str) -> list[str]:
    """Return a parameter on lines of its own, one for each alternative if it is too long."""
    name, colon, annotation = part.partition(": ")
    alternatives = split_union(annotation)
    if len(indent) + len(part) < WIDTH or len(alternatives) == 1:
        return [f"{indent}{part},"]
    first, *others, last = alternatives
    lines = [f"{name}{colon}{first}", *(f"| {one}" for one in others), f"| {last},"]
    return [f"{indent}{line}" for line in lines]


def render_head(  # noqa: PLR0913 - a head has these parts
    name: str,
    signature: BoundSignature,
    vocabulary: Vocabulary,
    *,
    receiver: str = "",
    result: str = "",
    indent: str = "",
    end: str = ":",
) -> list[str]:
    """Return the lines of `def name(...) -> ...:`.

    Args:
        name: the Python name.
        signature: parameters and result.
        vocabulary: how names are written in the module.
        receiver: `self`, or empty.
        result: the annotation of the result, where it is not that of the signature.
        indent: what stands before each line.
        end: what follows the result.
    """
    shown = result or vocabulary.shorten(signature.result)
    parts = [*([receiver] if receiver else []), *render_parameters(signature, vocabulary)]
    return lay_out(f"def {name}(", parts, f") -> {shown}{end}", indent)


def render_definition(one: Definition, vocabulary: Vocabulary, indent: str = "") -> list[str]:
    """Return what a stub says of a function; its documentation stands with the first overload."""
    lines = []
    for index, signature in enumerate(one.signatures):
        if len(one.signatures) > 1:
            lines.append(f"{indent}@{vocabulary.word('typing.overload')}")
        lines += [f"{indent}@{one.decorator}"] if one.decorator else []
        body = render_docstring(one.doc, indent + INDENT) if one.doc and index == 0 else []
        lines += render_head(
            one.name,
            signature,
            vocabulary,
            receiver=one.receiver,
            result=one.result,
            indent=indent,
            end=":" if body else ": ...",
        )
        lines += body
    return lines


def render_parameters(signature: BoundSignature, vocabulary: Vocabulary) -> list[str]:
    """Return the parameters of a signature as they stand between the parentheses."""
    if signature.parameters is None:
        return [f"*args: {vocabulary.word('typing.Any')}"]
    parts: list[str] = []
    kinds = [one.kind for one in signature.parameters]
    last_positional = max((i for i, kind in enumerate(kinds) if kind == "positional"), default=-1)
    for index, one in enumerate(signature.parameters):
        if one.kind == "keyword" and "keyword" not in kinds[:index]:
            parts.append("*")
        default = f" = {one.default}" if one.default else ""
        parts.append(f"{one.name}: {vocabulary.shorten(one.annotation)}{default}")
        if index == last_positional:
            parts.append("/")
    return parts


def render_match_args(names: Sequence[str]) -> list[str]:
    """Return the line of a class that names the fields which `match` sees."""
    listed = ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "")
    return lay_out("__match_args__ = (", [listed], ")", INDENT) if names else []


def render_imports(imports: Mapping[str, tuple[str, ...]], indent: str = "") -> list[str]:
    """Return import statements; a module without names is imported itself."""
    lines = [f"{indent}import {module}" for module, names in imports.items() if not names]
    for module, names in imports.items():
        if names:
            line = f"{indent}from {module} import {', '.join(names)}"
            wrapped = [
                f"{indent}from {module} import (",
                *(f"{indent}{INDENT}{name}," for name in names),
                f"{indent})",
            ]
            lines += [line] if len(line) <= WIDTH else wrapped
    return lines


def join_definitions(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of the definitions of a stub, with an empty line after documentation."""
    lines: list[str] = []
    for block in blocks:
        lines += [*([""] if lines and lines[-1].endswith('"""') else []), *block]
    return lines


def join_blocks(blocks: Iterable[Sequence[str]], gap: int) -> list[str]:
    """Return the lines of all blocks, with `gap` empty lines between them."""
    lines: list[str] = []
    for block in blocks:
        if block:
            lines += [*([""] * gap if lines else []), *block]
    return lines
