"""Put libraries into a wheel that would not be found on the user's machine.

repairwheel does it for Linux and macOS, delvewheel for Windows, without their tools. Each runs in a
process of its own, on a wheel that we hand it, and what it returns is opened as a draft again: of
its tags, times and notes nothing is kept. (repairwheel would call delvewheel itself, but without
the option that makes it look at libraries that are no Python modules.)

https://github.com/jvolkman/repairwheel
https://github.com/adang1345/delvewheel
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ffiwheel.errors import Problem, WheelError
from ffiwheel.model.binary import Format
from ffiwheel.model.provenance import Graft, Part
from ffiwheel.model.provider import (
    file_name,
    find_provider,
    list_patterns,
    name_asked,
    names_inside,
)
from ffiwheel.system.archive import read_content
from ffiwheel.system.environment import inherited, interpreter
from ffiwheel.system.libraries import is_musl, is_system, list_linux, windows_platform
from ffiwheel.system.machine import is_host
from ffiwheel.system.process import run
from ffiwheel.wheel.assemble import open_wheel, write_wheel
from ffiwheel.wheel.preload import add_preload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft
    from ffiwheel.system.process import Completed

_MISSING = (
    re.compile(r'required library "([^"]+)" could not be located'),
    re.compile(r"^FileNotFoundError: Unable to find library: (\S+)", re.MULTILINE),
    re.compile(r"^(\S+) not found, requested by", re.MULTILINE),
)
"""How the three say that a library is not found."""
_HASH = re.compile(r"-[0-9a-f]{8,}(?=\.)")
"""What is put into a name so that no two libraries share it."""
_FOREIGN_SBOM = "sboms/repairwheel.cdx.json"
_TAIL = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class GraftPlan:
    """What has to be put into a wheel, and what is left to others."""

    wanted: Mapping[str, tuple[str, ...]]
    """Name of a library -> the archive paths of those that need it."""
    left: Mapping[str, str]
    """Name of a library that is needed and never carried -> who provides it."""


def plan_grafts(binaries: Mapping[str, Binary], exclude: tuple[str, ...]) -> GraftPlan:
    """Return which libraries a wheel needs, does not carry, and cannot count on.

    Args:
        binaries: archive path -> facts of each library of the wheel.
        exclude: names that the user wants left out.
    """
    inside = names_inside(binaries)
    wanted: dict[str, list[str]] = {}
    left: dict[str, str] = {}
    for path, binary in sorted(binaries.items()):
        for library in binary.needed:
            name = file_name(library)
            if name_asked(library) in inside or is_system(library, binary):
                continue
            if name in exclude or library in exclude:
                left[name] = "the user"
            elif provider := find_provider(library, binary):
                left[name] = provider.name
            else:
                wanted.setdefault(library, []).append(path)
    return GraftPlan(
        wanted={name: tuple(paths) for name, paths in sorted(wanted.items())},
        left=dict(sorted(left.items())),
    )


def graft(
    draft: Draft,
    binaries: Mapping[str, Binary],
    exclude: tuple[str, ...],
    lib_dirs: Sequence[Path],
    folder: Path,
) -> Draft:
    """Return `draft` with every library that its own need and nobody else provides.

    Args:
        draft: the wheel to be, which lacks some.
        binaries: archive path -> facts of each of its libraries.
        exclude: names that the user wants left out.
        lib_dirs: where to look first.
        folder: a folder to work in.

    Raises:
        WheelError: naming the libraries that are not found, or with what the tool said.
    """
    first = next(iter(binaries.values()))
    given = write_wheel(draft, _platform(first), folder / "given")
    made = folder / "grafted"
    shutil.rmtree(made, ignore_errors=True)
    empty = folder / "empty"  # the tools look for libraries in the folder that they run in, too
    empty.mkdir(exist_ok=True)
    command = _command(first, (*list_patterns(binaries), *exclude), lib_dirs, given, made)
    variables = {"AUDITWHEEL_PLAT": "", "DYLD_LIBRARY_PATH": "", "DYLD_FALLBACK_LIBRARY_PATH": ""}
    path = {"PATH": ""} if first.format is Format.PE else {}
    done = run([interpreter(), "-m", *command], cwd=empty, env=inherited(**variables, **path))
    results = list(made.glob("*.whl"))
    if done.code or not results:
        raise _explain(done, plan_grafts(binaries, exclude), lib_dirs, draft)
    return _take_over(draft, open_wheel(results[0], folder / "reopened"), binaries)


def _command(
    binary: Binary, left_out: tuple[str, ...], lib_dirs: Sequence[Path], given: Path, made: Path
) -> list[str | Path]:
    """Return the module to run, with its arguments."""
    if binary.format is Format.PE:
        names = os.pathsep.join(name for name in left_out if name.endswith(".dll"))
        places = os.pathsep.join(map(str, lib_dirs))
        looking = ["--add-path", places] if places else []
        options = ["--analyze-existing", "--no-diagnostic", "--exclude", names, *looking]
        return ["delvewheel", "repair", given, "--wheel-dir", made, *options]
    if binary.format is Format.ELF:
        left_out += tuple(sorted(list_linux(binary.arch, is_musl=is_musl(binary))))
    options = [part for name in left_out for part in ("--exclude", name)]
    options += [part for place in lib_dirs for part in ("--lib-dir", str(place))]
    is_near = binary.format is Format.ELF and is_host(binary.arch)
    options += [] if is_near else ["--no-sys-paths"]
    return ["repairwheel", given, "--output-dir", made, *options]


def _platform(binary: Binary) -> str:
    """Return a platform tag that says which system and machine a library is for, and no more."""
    if binary.format is Format.MACHO:
        major, minor = max(
            map(_version, [binary.minimum_os, *(one.minimum_os for one in binary.slices)])
        )
        return f"macosx_{major}_{minor}_{binary.arch}"
    if binary.format is Format.PE:
        return windows_platform(binary.arch)
    return f"{'musllinux_1_2' if is_musl(binary) else 'manylinux_2_17'}_{binary.arch}"


def _version(text: str) -> tuple[int, int]:
    major, _, rest = text.partition(".")
    return int(major or 0), int(rest.partition(".")[0] or 0)


def _take_over(draft: Draft, made: Draft, binaries: Mapping[str, Binary]) -> Draft:
    """Return `draft` with the files that the tool made, and a note of what was added."""
    added = [name for name in made.libraries if name not in draft.libraries]
    grafts = tuple(Graft(name, _HASH.sub("", file_name(name))) for name in added)
    known = draft.provenance
    bill = made.dist_info.get(_FOREIGN_SBOM, b"{}")
    provenance = replace(
        known,
        grafts=tuple(sorted({*known.grafts, *grafts})),
        packages=tuple(sorted({*known.packages, *_read_packages(read_content(bill))})),
    )
    is_windows = any(one.format is Format.PE for one in binaries.values())
    files = add_preload(made.files, added) if is_windows else made.files
    return replace(draft, files=files, provenance=provenance)


def _read_packages(text: bytes) -> set[Part]:
    """Return the packages of the system that libraries were taken from, as repairwheel lists them.

    The first component is the wheel.
    """
    components = json.loads(text).get("components", [])[1:]
    return {Part(one["name"], one["version"], one["purl"]) for one in components}


def _explain(
    done: Completed, plan: GraftPlan, lib_dirs: Sequence[Path], draft: Draft
) -> WheelError:
    """Return the error for a tool that could not put the libraries in."""
    said = {name for pattern in _MISSING for name in pattern.findall(done.text)}
    if not said:
        return WheelError(
            f"libraries could not be put into the wheel of `{draft.name}` ({done.ending})",
            where=", ".join(plan.wanted),
            output="\n".join(done.lines[-_TAIL:]),
        )
    there = {file.name for folder in lib_dirs for file in folder.iterdir()}
    if not _MISSING[0].search(done.text):  # where the system's own folders count, it alone knows
        said |= {name for name in plan.wanted if file_name(name) not in there}
    return WheelError.of(
        Problem(
            f"the library `{file_name(name)}` has to be in the wheel, and is not found",
            where=f"needed by {', '.join(plan.wanted.get(name, ('a library to be put in',)))}",
            hint=f"name the folder that it lies in: `--lib-dir DIR`,\n"
            f"or leave it to somebody else: `--exclude {file_name(name)}`",
        )
        for name in sorted(said)
    )
