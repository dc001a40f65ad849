"""The audit as a step of a build."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from workshop import SAMPLES, run_ffiwheel

from ffiwheel.audit.rules import RULES

if TYPE_CHECKING:
    from workshop import Workshop


def test_a_rule_is_left_out_for_a_reason(workshop: Workshop) -> None:
    """A library of the guide exports too much; who wants that says so, and is told each time."""
    project = workshop.copy(SAMPLES / "guide-generated")
    file = project / "pyproject.toml"
    reason = '\n[tool.ffiwheel.audit.ignore]\nELF004 = "C++ users link with it"\n'
    file.write_text(file.read_text() + reason)
    result = workshop.build(project)
    assert result.code == 0, result.err
    assert "ELF004 is left out: C++ users link with it" in result.err
    assert "exports-too-much" not in result.err
    told = re.search(r"audit +(\d+) rules", result.err)
    assert told
    assert int(told[1]) == len(RULES) - 1
    audited = run_ffiwheel("audit", "--json", result.out.strip(), cwd=project)
    [wheel] = json.loads(audited.out)["files"]
    worst = {one["code"] for one in wheel["findings"] if one["severity"] != "note"}
    assert worst == {"ELF004"}, "the wheel is what it is, wherever it is audited"
