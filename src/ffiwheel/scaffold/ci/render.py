"""From facts to the text of a workflow: a beginning that becomes the user's, and jobs of ours.

The texts are Jinja2 templates in `data`, a file for each job. Their marks are `<<` and `<%`, as
GitHub's own are `${{`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ffiwheel.scaffold.ci.facts import BUILD_PYTHON
from ffiwheel.scaffold.ci.runners import plan_trials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ffiwheel.model.target import Target
    from ffiwheel.scaffold.ci.choice import Choice
    from ffiwheel.scaffold.ci.facts import Facts

_CUDA_PACKAGES = "nvidia-cuda-nvcc nvidia-cuda-crt nvidia-nvvm nvidia-cuda-runtime nvidia-cuda-cccl"
_CUDA_HOME = "import nvidia.cu13 as home; print('CUDA_HOME=' + home.__path__[0])"
"""Where these packages put nvcc."""
_MIN_CIBW_PYTHON = (3, 10)
"""What ffiwheel needs where it is the build backend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What a file begins with when it is made, and the jobs of ours in their order."""

    head: str
    jobs: Mapping[str, str]
    """Their names -> their texts, which end with a line's end."""


def render_workflow(choice: Choice, facts: Facts) -> Workflow:
    """Return the workflow of a project."""
    words = _words(choice, facts)
    groups = _group_targets(choice, facts)
    jobs = {}
    for job in plan_jobs(choice, facts):
        trials = tuple(plan_trials(groups.get(job, ()), facts.pythons))
        runners = (one.gitlab if choice.service == "gitlab" else one.github for one in trials)
        jobs[job] = _render(
            _template(choice, job),
            {**words, "trials": trials, "runners": tuple(dict.fromkeys(runners))},
        )
    return Workflow(head=_render(f"{choice.service}/head", words), jobs=jobs)


def plan_jobs(choice: Choice, facts: Facts) -> tuple[str, ...]:
    """Return the names of the jobs of ours."""
    if choice.builder == "cibuildwheel":
        return ("sdist", "build", "publish")
    tested = (job for job, targets in _group_targets(choice, facts).items() if targets)
    return ("build", *tested, "publish")


def _group_targets(choice: Choice, facts: Facts) -> dict[str, tuple[Target, ...]]:
    """Return job -> targets whose wheels it tests."""
    musl = tuple(target for target in facts.targets if target.libc == "musl")
    others = tuple(target for target in facts.targets if target.libc != "musl")
    if choice.builder == "cibuildwheel":
        return {"build": (*others, *musl)}
    if choice.service == "github":
        return {"test": others, "test-musl": musl}
    by_system = {
        system: tuple(target for target in others if target.system == system)
        for system in ("linux", "macos", "windows")
    }
    return {
        "test": by_system["linux"],
        "test-musl": musl,
        "test-macos": by_system["macos"],
        "test-windows": by_system["windows"],
    }


def _template(choice: Choice, job: str) -> str:
    if choice.builder == "cibuildwheel" and job != "publish":
        return f"cibuildwheel/{job}"
    return f"{choice.service}/{job}"


def _words(choice: Choice, facts: Facts) -> dict[str, object]:
    """Return what the templates may say."""
    jobs = plan_jobs(choice, facts)
    inside = f"{facts.folder}/" if facts.folder else ""
    wanted = choice.targets or (("all",) if not facts.cuda else ())
    named = wanted or tuple(target.name for target in facts.targets)
    options = " ".join(f"--target {target}" for target in named)
    return {
        **{name: getattr(facts, name) for name in ("name", "folder", "file", "branch")},
        **{name: getattr(facts, name) for name in ("tag_prefix", "is_ours", "cuda", "pythons")},
        "inside": inside,
        "artifact_folder": f"{inside}dist" if facts.tests else "dist",
        "tag_pattern": re.sub(r"([+!])", r"\\\\\1", facts.tag_prefix) + "[0-9]*",
        "tag_regex": re.escape(facts.tag_prefix).replace("/", r"\/"),
        "build_python": BUILD_PYTHON,
        "build_command": f"ffiwheel build {facts.folder} --sdist {options}".replace("  ", " "),
        "cuda_packages": _CUDA_PACKAGES,
        "cuda_home": _CUDA_HOME,
        "tests": facts.tests,
        "install": "python -m pip install --no-index --no-deps --pre "
        f'--only-binary ":all:" --find-links dist {facts.name}',
        "prepare": _prepare(facts),
        "test": facts.tests.command
        if facts.tests
        else f'python -c "import {", ".join(facts.imports)}"',
        "apple": "test-macos" in jobs,
        "windows": "test-windows" in jobs,
        "needs": tuple(job for job in jobs if job != "publish"),
        "optional": ("test-macos", "test-windows"),
        "wheels_apart": choice.builder == "cibuildwheel",
        "intel": any(target.name == "macos-x86_64" for target in facts.targets),
        "libcs": sorted({target.libc for target in facts.targets}),
        "cibw_pythons": _cibw_pythons(facts),
    }


def _prepare(facts: Facts) -> tuple[str, ...]:
    """Return the commands that install what the installed wheel and its tests need."""
    name, tests = facts.name, facts.tests
    if tests is None:
        return (f"python -m pip install {name}",)
    words = [f'"{name}[{tests.extra}]"' if tests.extra else name]
    words += ["pytest"] if tests.adds_pytest else []
    words += ["--group", tests.group] if tests.group else []
    newer = ("python -m pip install --upgrade pip",) if tests.group else ()  # older: no `--group`
    return (*newer, f"python -m pip install {' '.join(words)}")


def _cibw_pythons(facts: Facts) -> tuple[str, ...]:
    oldest = max((_release(facts.pythons[0]), _MIN_CIBW_PYTHON))
    newest = max(_release(facts.pythons[-1]), oldest)
    return tuple(dict.fromkeys(f"{major}.{minor}" for major, minor in (oldest, newest)))


def _release(python: str) -> tuple[int, int]:
    major, minor = python.split(".")
    return int(major), int(minor)


def _render(name: str, words: Mapping[str, object]) -> str:
    return _environment().get_template(f"{name}.yml.j2").render(words)


@cache
def _environment() -> Environment:
    data = files("ffiwheel.scaffold.ci") / "data"
    return Environment(
        loader=FunctionLoader(lambda name: (data / name).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - it is not HTML
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
