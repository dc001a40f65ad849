"""What is read from sources, in full.

A case is a folder in `tests/data/sources` and a file in `tests/golden/sources` of its name: a
mention is a line, its documentation the lines after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from workshop import GOLDEN, REPOSITORY, compare_golden

from ffiwheel.reflect.source.reader import read_sources

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.reflect.source.mention import Mention

CASES = sorted((REPOSITORY / "tests" / "data" / "sources").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, *, update_golden: bool) -> None:
    files = [(path.name, path.read_bytes()) for path in sorted(case.iterdir())]
    text = "\n".join(render(mention) for mention in read_sources(files)) + "\n"
    compare_golden(GOLDEN / "sources" / f"{case.name}.txt", text, update=update_golden)


def render(mention: Mention) -> str:
    owner = f"{mention.owner} :: " if mention.owner else ""
    doc = "".join(f"\n    | {line}".rstrip() for line in mention.doc.splitlines())
    return f"{mention.where}  {mention.kind} {owner}{mention.name} {signature(mention)}{doc}"


def signature(mention: Mention) -> str:
    if mention.parameters is None:
        return f"? {list(mention.types)}" if mention.types else "?"
    parameters = (
        f"{one.name or '_'}: {one.type}" + (f" = {one.default}" if one.default else "")
        for one in mention.parameters
    )
    return f"({', '.join(parameters)})"
