"""Parameters as an author states them in C++: `refl::Metadata{{"args", "x, y=1, *, mode='fast'"}}`.

The text is what stands between the parentheses of a Python function, without annotations.
"""

from __future__ import annotations

import ast

from ffiwheel.model.api import Parameter


def parse_stated(text: str) -> tuple[Parameter, ...] | None:
    """Return the stated parameters without types, or None where `text` states none.

    >>> [(one.name, one.default, one.is_keyword_only) for one in parse_stated("x, y=1, *, z='a'")]
    [('x', '', False), ('y', '1', False), ('z', "'a'", True)]
    >>> [one.is_positional_only for one in parse_stated("x, /, y")]
    [True, False]
    >>> parse_stated(""), parse_stated("x y"), parse_stated("*args")
    (None, None, None)
    """
    try:
        [lambda_] = [
            node
            for node in ast.walk(ast.parse(f"lambda {text}: 0"))
            if isinstance(node, ast.Lambda)
        ]
    except (SyntaxError, ValueError):
        return None
    given = lambda_.args
    if not text.strip() or given.vararg or given.kwarg:
        return None
    names = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(names) - len(given.defaults))
    return (
        *(
            Parameter(
                name=one.arg,
                default=_unparse(default),
                is_positional_only=index < len(given.posonlyargs),
            )
            for index, (one, default) in enumerate(
                zip(names, defaults + list(given.defaults), strict=True)
            )
        ),
        *(
            Parameter(name=one.arg, default=_unparse(default), is_keyword_only=True)
            for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        ),
    )


def _unparse(default: ast.expr | None) -> str:
    return ast.unparse(default) if default else ""
