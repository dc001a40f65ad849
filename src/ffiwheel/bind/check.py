"""Prove generated bindings: they import with the real library, type-check, and agree with it.

mypy reads the stubs with `--strict`; `agreement` holds them against what an import in a child
process showed. Only the generated modules are imported and checked: the rest of the package is the
user's.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.bind.agreement import find_disagreements
from ffiwheel.errors import MissingToolError, Problem, ReflectError
from ffiwheel.system.environment import inherited
from ffiwheel.system.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ffiwheel.bind.agreement import Seen
    from ffiwheel.system.process import Completed

_SECONDS = 120.0
_PROGRAM = Path(__file__).with_name("_witness.py")
_IMPORTING = "[ffiwheel imports] "
_TRACEBACK = "Traceback (most recent call last)"
_HINT_CRASH = (
    "the library loads on its own, but not into a Python that has imported `tvm_ffi`;\n"
    "look above for what it printed"
)
_COMPLAINT = re.compile(r"(?P<file>[^:]+\.pyi?):(?P<line>\d+): error: (?P<said>.*)")
_HINT = (
    "if `[tool.ffiwheel.bindings]` or a stub of yours says so, correct it there;\n"
    "otherwise this is a bug of ffiwheel: please report it"
)


def check_bindings(folder: Path, stubs: Mapping[str, str], cache: Path) -> None:
    """Check the modules in `folder`.

    Args:
        folder: where the packages lie, with their libraries.
        stubs: module -> text of its stub.
        cache: where mypy keeps what it knows of `tvm_ffi`.

    Raises:
        ReflectError: naming everything that is wrong.
        MissingToolError: if there is no mypy.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        typed = pool.submit(_run_mypy, folder, tuple(stubs), cache)
        seen = import_modules(folder, tuple(stubs))
        problems = [*_find_disagreements(stubs, seen), *_read_complaints(typed.result(), stubs)]
    _refuse(problems)


def check_stubs(folder: Path, stubs: Mapping[str, str], cache: Path) -> None:
    """Check the types of the stubs in `folder`, without loading anything; see `check_bindings`."""
    _refuse([*_read_complaints(_run_mypy(folder, tuple(stubs), cache), stubs)])


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ReflectError.of([*problems[:-1], problems[-1]._replace(hint=_HINT)])


def compare_own(
    folder: Path, stubs: Mapping[str, str], libraries: tuple[str, ...]
) -> Mapping[str, str]:
    """Return how modules of the project's own and the stubs beside them differ, where they do.

    Their functions are objects of TVM-FFI, which tell no signature, and their classes get methods
    that tell a wrong one, so names and kinds are compared.

    Args:
        folder: where the packages lie, with their libraries.
        stubs: module -> text of its stub.
        libraries: the paths in `folder` of what is loaded first.

    Returns:
        module -> what differs.
    """
    done, seen = _look(folder, tuple(stubs), _SECONDS, libraries)
    if seen is None and len(stubs) > 1:  # one of them is to blame
        alone = ({name: stub} for name, stub in stubs.items())
        return {k: v for one in alone for k, v in compare_own(folder, one, libraries).items()}
    if seen is None:
        return dict.fromkeys(stubs, f"it cannot be imported here: {_reason(done)}")
    found = {
        name: find_disagreements(stub, _without_signatures(seen[name]))
        for name, stub in stubs.items()
    }
    return {name: said[0] for name, said in found.items() if said}


def _without_signatures(seen: Seen) -> Seen:
    return {
        key: _without_signatures(value) if isinstance(value, dict) else value
        for key, value in seen.items()
        if key != "signature" or isinstance(value, dict)
    } | ({"signature": None} if "kind" in seen else {})


def import_modules(
    folder: Path, modules: tuple[str, ...], *, seconds: float = _SECONDS
) -> Mapping[str, Seen]:
    """Return what the import of each module shows.

    Args:
        folder: where the packages lie, with their libraries.
        modules: the names of the modules.
        seconds: how long all imports may take.

    Raises:
        ReflectError: if one of them fails, crashes or hangs.
    """
    done, seen = _look(folder, modules, seconds)
    if seen is None:
        raise explain_import(done)
    return seen


def _look(
    folder: Path, modules: tuple[str, ...], seconds: float, libraries: tuple[str, ...] = ()
) -> tuple[Completed, Mapping[str, Seen] | None]:
    """Import modules in a child process; return how it ended, and what it saw."""
    answer = folder / "seen.json"
    answer.unlink(missing_ok=True)
    done = run(
        [sys.executable, "-X", "utf8", _PROGRAM, folder, answer, *libraries, "--", *modules],
        cwd=folder,
        # An editable install of the project would give the modules that it has.
        env=inherited(PYTHONIOENCODING="utf-8:backslashreplace", FFIWHEEL_EDITABLE="off"),
        timeout=seconds,
    )
    if done.code or not answer.is_file():
        return done, None
    return done, json.loads(answer.read_text(encoding="utf-8"))


def explain_import(done: Completed) -> ReflectError:
    """Return the error for generated modules that cannot be imported."""
    module, said = done.split(_IMPORTING)
    return ReflectError(
        f"the generated module cannot be imported: {_reason(done)}",
        where=module,
        hint=_HINT if _TRACEBACK in done.text else _HINT_CRASH,
        output="\n".join(said),
    )


def _reason(done: Completed) -> str:
    """Return the exception that ended an import, or how the process ended where there was none."""
    if done.timed_out:
        return "it takes too long"
    if done.code >= 0 and _TRACEBACK in done.text:
        return [line for line in done.lines if line.strip() and not line.startswith(" ")][-1]
    return done.ending if done.code < 0 else f"it ended the process with {done.ending}"


def _find_disagreements(stubs: Mapping[str, str], seen: Mapping[str, Seen]) -> Iterator[Problem]:
    for module, stub in stubs.items():
        for sentence in find_disagreements(stub, seen[module]):
            yield Problem(f"the stub is wrong: {sentence}", module)


def _run_mypy(folder: Path, modules: tuple[str, ...], cache: Path) -> Completed:
    options = ("--strict", "--hide-error-context", "--no-error-summary", "--no-color-output")
    places = ("--config-file", "", "--cache-dir", cache, "--follow-imports", "silent")
    packages = ("--namespace-packages", "--explicit-package-bases")
    named = [part for module in modules for part in ("-m", module)]
    return run(
        [sys.executable, "-m", "mypy", *options, *places, *packages, *named],
        cwd=folder,
        env=inherited(MYPYPATH=str(folder)),
        timeout=_SECONDS,
    )


def _read_complaints(done: Completed, stubs: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what mypy says of the stubs, each with the line that it means."""
    if not done.code:
        return
    found = [complaint for line in done.lines if (complaint := _COMPLAINT.match(line))]
    if "No module named mypy" in done.text:
        raise MissingToolError(
            "the stubs cannot be type-checked: mypy is missing",
            hint="pip install mypy, where ffiwheel is installed",
        )
    if not found:
        raise ReflectError(
            f"the stubs cannot be type-checked: mypy ended with {done.ending}",
            hint="`python -m mypy --version` should work where ffiwheel is installed",
            output=done.text,
        )
    for complaint in found:
        module = complaint["file"].removesuffix(".pyi").removesuffix("/__init__").replace("/", ".")
        stub, number = stubs.get(module, ""), int(complaint["line"])
        lines = stub.splitlines()
        shown = lines[number - 1].strip() if number <= len(lines) else ""
        about = ", ".join(f"`{name}`" for name in find_owners(stub, number))
        start = f"the stub of {about}" if about else "the stub"
        where = f"{complaint['file']}:{number}"
        yield Problem(f"{start} does not type-check: {complaint['said']}: {shown}", where)


def find_owners(stub: str, line: int) -> tuple[str, ...]:
    r"""Return the functions and classes that a line of a stub is about.

    Of an import, these are the ones that need it.

    >>> stub = "from a import B, C\nclass D:\n    x: B\n    def f(self) -> C: ...\n"
    >>> find_owners(stub, 1), find_owners(stub, 4), find_owners(stub, 2)
    (('D.x', 'D.f'), ('D.f',), ('D',))
    """
    tree = ast.parse(stub)
    spans = [*_spans(tree.body, "")]
    if inside := [name for name, node in spans if node.lineno <= line <= (node.end_lineno or 0)]:
        return (inside[-1],)
    brought = {
        (alias.asname or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and node.lineno <= line <= (node.end_lineno or 0)
        for alias in node.names
    }
    return tuple(
        name
        for name, node in spans
        if not isinstance(node, ast.ClassDef)
        and brought & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    )


def imported_modules(module: str, stub: str, *, is_package: bool) -> set[str]:
    r"""Return the modules that a stub may import, what it takes from them included.

    >>> sorted(imported_modules("a.b", "import c.d\nfrom .e import f", is_package=False))
    ['a.e', 'a.e.f', 'c.d']
    """
    found = set()
    around = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(stub)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = around[: len(around) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def _spans(body: Sequence[ast.stmt], owner: str) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every definition with its name; a class comes before what is in it."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _spans(node.body, f"{owner}{node.name}.")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield f"{owner}{node.target.id}", node
