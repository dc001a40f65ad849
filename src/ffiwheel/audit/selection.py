"""Which rules are applied: by the beginning of their codes, as in `--select ELF,WHL001`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rules import RULES
from ffiwheel.errors import Problem, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ffiwheel.audit.rule import Rule


def select_rules(select: Sequence[str], ignore: Sequence[str], where: str = "") -> tuple[Rule, ...]:
    """Return the rules whose codes begin with one of `select`, and with none of `ignore`.

    Args:
        select: beginnings of codes; none at all stands for every rule.
        ignore: beginnings of codes.
        where: where the user has written them.

    Raises:
        ProjectError: if no code begins so.

    >>> [one.code for one in select_rules(["WHL00"], ["WHL001", "WHL003"])][:2]
    ['WHL002', 'WHL004']
    """
    problems = [
        unknown_code(prefix, where)
        for prefix in (*select, *ignore)
        if not any(one.code.startswith(prefix) for one in RULES)
    ]
    if problems:
        raise ProjectError.of(problems)
    return tuple(
        one
        for one in RULES
        if one.code.startswith(tuple(select) or "") and not one.code.startswith(tuple(ignore))
    )


def find_rule(code: str) -> Rule:
    """Return the rule with a code, or with a name.

    Raises:
        ProjectError: if there is none.
    """
    for one in RULES:
        if code.upper() == one.code or code == one.name:
            return one
    raise ProjectError.of([unknown_code(code, "--explain")])


def unknown_code(code: str, where: str) -> Problem:
    """Return the problem of a code that no rule has."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    close = difflib.get_close_matches(code.upper(), _words(one.code for one in RULES), n=1)
    close = close or difflib.get_close_matches(code, [one.name for one in RULES], n=1)
    groups = ", ".join(dict.fromkeys(one.code.rstrip("0123456789") for one in RULES))
    hint = f"did you mean `{close[0]}`?" if close else f"the codes begin with {groups}"
    return Problem(f"there is no rule `{code}`", where, hint)


def _words(codes: Iterable[str]) -> list[str]:
    """Return codes and the beginnings that stand for groups of them."""
    known = list(codes)
    return [*known, *dict.fromkeys(code.rstrip("0123456789") for code in known)]
