"""The engine for plain sources: we write a `build.ninja`, Ninja does the rest.

There is no configure step: the compiler is known, and the project says which sources it has.
"""

from __future__ import annotations

import hashlib
import io
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import ninja
from ninja.ninja_syntax import Writer, escape

from ffiwheel.compile.errors import PLAIN, extract_errors, failed_outputs, listener
from ffiwheel.compile.exports import render_export_map
from ffiwheel.compile.flags import compile_flags, cuda_flags, link_command, link_libraries
from ffiwheel.compile.inputs import read_inputs
from ffiwheel.compile.job import HEADERS_SOURCE, Job
from ffiwheel.compile.kernels import render_kernels, write_embedding
from ffiwheel.compile.plan import Plan, given_sources, one_program, shown
from ffiwheel.compile.precompiled import find_precompiled
from ffiwheel.compile.safe_calls import write_safe_calls
from ffiwheel.compile.share import find_share
from ffiwheel.compile.sources import CUDA_SUFFIX
from ffiwheel.errors import CompileError
from ffiwheel.model.compiled import Compiled
from ffiwheel.model.provenance import part_of
from ffiwheel.system.environment import inherited
from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.system.process import run
from ffiwheel.system.program import write_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ffiwheel.model.progress import Step
    from ffiwheel.system.process import Completed

LAUNCHER = "FFIWHEEL_LAUNCHER"
"""The variable that the commands take the launcher from."""
_LOG_TABS = 4
"""A line of Ninja's log: start and end in milliseconds, time of the output, its name, a hash."""


def compile_sources(
    plans: Sequence[Plan], folder: Path, step: Step
) -> tuple[tuple[Compiled | CompileError, float], ...]:
    """Bring the library of each plan up to date, all of them by one Ninja, which fills the cores.

    Args:
        plans: builds of the same project, each with a folder of its own.
        folder: where Ninja keeps its books: the folder of the one plan, or one around all.
        step: where to tell.

    Returns:
        What each plan ends in, and how many seconds of work it took, all cores together. One that
        fails does not hold up the others.
    """
    plans = tuple(replace(plan, precompiled=find_precompiled(plan)) for plan in plans)
    for plan in plans:
        _write_plan(plan)
    _write_kernels(plans[0])
    file = make_private_folder(folder) / "build.ninja"
    if plans[0].job.folder != folder:
        write_if_changed(file, render_group(plans, folder).encode())
    log = folder / ".ninja_log"
    known = log.stat().st_size if log.is_file() else 0
    done = _run_ninja(plans, file, step)
    work = read_work(log, known)
    return tuple((_conclude(plan, file, done), _seconds(plan, work)) for plan in plans)


def _write_plan(plan: Plan) -> None:
    folder = make_private_folder(plan.job.folder)
    write_if_changed(plan.export_map, render_export_map(plan.exports).encode())
    write_safe_calls(plan.job)
    write_if_changed(plan.headers_source, render_headers_source(plan.job.runtime.version).encode())
    if plan.links_cuda and len(plan.job.compiler.cxx) > 1:
        write_program(plan.host_compiler, plan.job.compiler.cxx)
    for source in given_sources(plan):
        write_if_changed(folder / source.name, source.read_bytes())
    for unit in plan.units:
        if unit.source.parent == plan.unity_folder:
            write_if_changed(unit.source, unit.text.encode())
    if plan.precompiled:
        write_if_changed(plan.header, plan.precompiled.text.encode())
    write_if_changed(folder / "build.ninja", render_ninja(plan).encode())


def _write_kernels(plan: Plan) -> None:
    """Write what is made once for all plans."""
    if not plan.kernels:
        return
    kernels = plan.kernels
    folder = make_private_folder(kernels.folder)
    if len(kernels.host.cxx) > 1:
        write_program(one_program(kernels.host, folder), kernels.host.cxx)
    write_if_changed(kernels.file, render_kernels(plan, kernels).encode())


def _run_ninja(plans: Sequence[Plan], file: Path, step: Step) -> Completed:
    """Run Ninja in the project's folder, so that paths in options mean what people expect."""
    job = plans[0].job
    options = [
        *(["-k", "0"] if len(plans) > 1 else []),
        *(["-j", str(share)] if (share := find_share(job)) else []),
        *(["-v"] if job.verbose else []),
    ]
    command: list[str | Path] = [Path(ninja.BIN_DIR) / "ninja", *options, "-f", file]
    env = inherited(**PLAIN, **_launcher_variables(plans))
    return run(command, cwd=job.root, env=env, on_line=listener(step))


def _launcher_variables(plans: Sequence[Plan]) -> dict[str, str]:
    """Return what the commands and the launcher itself take from the environment."""
    launcher = plans[0].job.launcher
    if launcher is None:
        return {LAUNCHER: ""}
    more = launcher.header_variables if any(plan.precompiled for plan in plans) else None
    return {LAUNCHER: launcher.name, **(more or {})}


def _conclude(plan: Plan, file: Path, done: Completed) -> Compiled | CompileError:
    """Return what a plan ended in, when Ninja has ended."""
    parts = [plan.job.folder, *([plan.kernels.folder] if plan.kernels else [])]
    own = [f"{shown(plan.job.root, folder)}/" for folder in parts]
    outputs = failed_outputs(done.lines).items()
    failed = {name: said for name, said in outputs if any(one in name for one in own)}
    if failed or (done.code and not failed_outputs(done.lines)):
        said = [line for lines in failed.values() for line in lines]
        return CompileError(
            "the sources do not compile or link",
            where=str(plan.job.folder / "build.ninja"),
            hint="run with `-v` to see the commands",
            output="\n".join(said).strip("\n") or extract_errors(done.lines),
        )
    return Compiled(
        files={plan.library: plan.built},
        tools=tuple(part_of(label) for label in _compilers(plan)),
        sources=read_inputs(plan.job, file, plan.job.root, _objects(plan)),
    )


def summarize(plans: Sequence[Plan]) -> str:
    """Return what is compiled and with what, in a few words for people."""
    count = len(plans[0].sources)
    objects = f"{count} object{'' if count == 1 else 's'}"
    if kernels := plans[0].kernels:
        fatbins = len(kernels.sources)
        objects += f", {fatbins} fatbin{'' if fatbins == 1 else 's'}"
    labels = dict.fromkeys(label for plan in plans for label in _compilers(plan))
    kind = "debug" if plans[0].job.debug else "release"
    many = f" for {len(plans)} targets" if len(plans) > 1 else ""
    return f"{objects}{many}, {', '.join(labels)}, {kind}"


def _compilers(plan: Plan) -> list[str]:
    return [plan.job.compiler.label] + ([plan.cuda.label] if plan.cuda else [])


def read_work(log: Path, known: int) -> list[tuple[str, float]]:
    """Return each output that Ninja made since its log was `known` bytes long, and its seconds."""
    if not log.is_file():
        return []
    lines = log.read_bytes()[known:].decode(errors="replace").splitlines()
    rows = [line.split("\t") for line in lines if line.count("\t") == _LOG_TABS]
    return [(row[3], (int(row[1]) - int(row[0])) / 1000) for row in rows]


def _seconds(plan: Plan, work: list[tuple[str, float]]) -> float:
    own = f"{shown(plan.job.root, plan.job.folder)}/"
    return sum(seconds for name, seconds in work if name.startswith(own))


def render_group(plans: Sequence[Plan], folder: Path) -> str:
    """Return the `build.ninja` that builds all of `plans`."""
    text = io.StringIO()
    writer = Writer(text, width=10_000)  # type: ignore[arg-type]  # its stub says `str`
    root = plans[0].job.root
    writer.variable("builddir", escape(shown(root, folder)))
    for plan in plans:
        writer.subninja(escape(shown(root, plan.job.folder / "build.ninja")))
    _include_kernels(writer, plans[0], folder)
    return text.getvalue()


def _include_kernels(writer: Writer, plan: Plan, folder: Path) -> None:
    """Make the fatbins part of the `build.ninja` in `folder`, if that is where they are made."""
    if plan.kernels and plan.kernels.folder.parent == folder:
        writer.subninja(escape(shown(plan.job.root, plan.kernels.file)))


def _objects(plan: Plan) -> tuple[str, ...]:
    """Return what compilers make for a plan, as Ninja calls it."""
    job = plan.job
    sources = (*(unit.source for unit in plan.units), plan.headers_source)
    objects = (job.folder / object_name(job, source) for source in sources)
    fatbins = map(plan.kernels.fatbin, plan.kernels.sources) if plan.kernels else ()
    headers = (plan.compiled_header,) if plan.precompiled else ()
    return tuple(shown(job.root, path) for path in (*objects, *fatbins, *headers))


def render_headers_source(version: str) -> str:
    """Return a source that puts the version of the TVM-FFI headers into the library."""
    text = HEADERS_SOURCE.read_text(encoding="utf-8")
    return text.replace("@FFIWHEEL_TVM_FFI_VERSION@", version)


def render_ninja(plan: Plan) -> str:
    """Return the `build.ninja` of `plan`."""
    text = io.StringIO()
    writer = Writer(text, width=10_000)  # type: ignore[arg-type]  # its stub says `str`
    writer.variable("builddir", escape(shown(plan.job.root, plan.job.folder)))
    _write_rules(writer, plan)
    objects = [
        _write_object(writer, plan, source)
        for source in (*(unit.source for unit in plan.units), *plan.own_sources)
    ]
    if plan.kernels:
        objects += write_embedding(writer, plan, plan.kernels)
        _include_kernels(writer, plan, plan.job.folder)
    library = escape(shown(plan.job.root, plan.built))
    listed = escape(shown(plan.job.root, plan.export_map))
    writer.build([library], "link", objects, implicit=[listed])
    writer.default([library.replace(" ", "$ ")])
    return text.getvalue()


def _write_object(writer: Writer, plan: Plan, source: Path) -> str:
    """Tell Ninja to compile a source, and return the object."""
    root = plan.job.root
    name = object_name(plan.job, source)
    target = escape(shown(root, plan.job.folder / name))
    rule = "cuda" if source.suffix == CUDA_SUFFIX else "cxx"
    variables, implicit = {"name": name}, []
    if plan.precompiled and source in plan.precompiled.users:
        variables["header"] = _command(["-include", shown(root, plan.header)])
        implicit.append(escape(shown(root, plan.compiled_header)))
    read = escape(shown(root, source))
    writer.build([target], rule, [read], implicit=implicit, variables=variables)
    return target


def _write_rules(writer: Writer, plan: Plan) -> None:
    cxx = _launched(plan, _command([*plan.job.compiler.cxx, *compile_flags(plan)]))
    command = f"{cxx} $header -MD -MF $out.d -c $in -o $out"
    writer.rule("cxx", command, description="compile $in", depfile="$out.d", deps="gcc")
    if plan.precompiled:
        command = f"{cxx} -x c++-header -MD -MF $out.d -c $in -o $out"
        writer.rule("header", command, description="compile $in", depfile="$out.d", deps="gcc")
        made, read = (shown(plan.job.root, one) for one in (plan.compiled_header, plan.header))
        writer.build([escape(made)], "header", [escape(read)])
    if plan.cuda and plan.links_cuda:
        nvcc = _command([str(plan.cuda.nvcc), *cuda_flags(plan)])
        # nvcc makes names from the source's whole path, unless it is given another seed.
        command = f"{nvcc} -frandom-seed=$name -MD -MF $out.d -c $in -o $out"
        writer.rule("cuda", command, description="compile $in", depfile="$out.d", deps="gcc")
    linker = _command(link_command(plan))
    libraries = _command(link_libraries(plan))
    if plan.links_cuda:  # nvcc has no such file that may lie in a folder with a comma
        writer.rule("link", f"{linker} $in {libraries} -o $out", description="link $out")
    else:
        writer.rule(
            "link",
            f"{linker} @$out.rsp {libraries} -o $out",
            description="link $out",
            rspfile="$out.rsp",  # a command line has a limit, a list of objects has none
            rspfile_content="$in_newline",
        )


def _launched(plan: Plan, command: str) -> str:
    """Return a compiler's command behind what starts it.

    That is taken from the environment: Ninja compiles anew what has another command than before,
    and the launcher changes nothing in what is made. zig has a cache of its own.
    """
    return command if plan.job.compiler.family == "zig" else f"$${LAUNCHER} {command}"


def _command(parts: list[str]) -> str:
    """Return a command for the shell that Ninja starts, in Ninja's own spelling."""
    return escape(shlex.join(parts))


def object_name(job: Job, source: Path) -> str:
    """Return where in the build folder the object of `source` lies; no two sources share one."""
    for root in [job.overlay.folder, job.root] if job.overlay else [job.root]:
        if source.is_relative_to(root):
            return f"objects/{source.relative_to(root).as_posix()}.o".replace("../", "up/")
    digest = hashlib.sha256(str(source.parent).encode()).hexdigest()[:8]
    return f"objects/{digest}/{source.name}.o"
