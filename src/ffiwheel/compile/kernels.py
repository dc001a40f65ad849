"""Device code on its own: compiled once by nvcc, put into the library of every target.

What nvcc makes of a file of kernels, a fatbin, does not depend on the system that the library is
for. C++ finds it with TVM-FFI's `TVM_FFI_EMBED_CUBIN(name)`, under the name of the file.
https://tvm.apache.org/ffi/guides/cubin_launcher.html
"""

from __future__ import annotations

import io
import shlex
from typing import TYPE_CHECKING

from ninja.ninja_syntax import Writer, escape

from ffiwheel.compile.flags import fatbin_flags
from ffiwheel.compile.plan import EMBED, shown
from ffiwheel.compile.sources import CUDA_SUFFIX, match_files
from ffiwheel.errors import Problem, ProjectError

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.compile.plan import Kernels, Plan
    from ffiwheel.model.target import Target

_SYSTEMS = {
    ("linux", "glibc", "x86_64"): "linux-x86_64",
    ("linux", "glibc", "aarch64"): "linux-aarch64",
    ("windows", "system", "amd64"): "windows-amd64",
}
"""The systems that NVIDIA has a driver for."""


def find_kernels(
    root: Path, patterns: tuple[str, ...], sources: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Return the CUDA files that match `patterns`, sorted, each once.

    Args:
        root: the project's folder.
        patterns: relative to it.
        sources: what is compiled as C++.

    Raises:
        ProjectError: if a pattern matches nothing, or a file cannot be one of kernels.
    """
    matched = {pattern: match_files(root, pattern, {CUDA_SUFFIX}) for pattern in patterns}
    found = sorted({path for files in matched.values() for path in files})
    where = f"tool.ffiwheel.kernels in {root / 'pyproject.toml'}"
    problems = [
        *(_explain_empty(pattern, where) for pattern, files in matched.items() if not files),
        *_check_names(root, found, where),
        *(
            Problem(
                f"`{path.relative_to(root)}` is among the `sources` as well",
                where,
                "list files with nothing but kernels as `kernels`, and only there",
            )
            for path in found
            if path in sources
        ),
    ]
    if problems:
        raise ProjectError.of(problems)
    return tuple(found)


def _explain_empty(pattern: str, where: str) -> Problem:
    return Problem(
        f"no CUDA file matches `{pattern}`",
        where,
        f"kernels are in files that end in `{CUDA_SUFFIX}`; patterns are relative to the project",
    )


def _check_names(root: Path, found: list[Path], where: str) -> list[Problem]:
    """Return what is wrong with the names that C++ is to know the files by."""
    problems = [
        Problem(
            f"`{path.relative_to(root)}` has no name for C++: `{path.stem}` is no identifier",
            where,
            f"`TVM_FFI_EMBED_CUBIN` takes the name of the file; `{_as_identifier(path.stem)}.cu`"
            " would do",
        )
        for path in found
        if not (path.stem.isidentifier() and path.stem.isascii())
    ]
    names = [path.stem for path in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        same = ", ".join(f"`{path.relative_to(root)}`" for path in found if path.stem == name)
        problems.append(
            Problem(
                f"{same} have the same name",
                where,
                f"`TVM_FFI_EMBED_CUBIN({name})` has to mean one file; rename the others",
            )
        )
    return problems


def _as_identifier(stem: str) -> str:
    """Return the identifier that comes closest.

    >>> _as_identifier("2-add"), _as_identifier("add.f32")
    ('_2_add', 'add_f32')
    """
    kept = "".join(one if one.isalnum() and one.isascii() else "_" for one in stem)
    return f"_{kept}" if kept[:1].isdigit() else kept


def check_cuda(
    target: Target, root: Path, sources: tuple[Path, ...], kernels: tuple[Path, ...]
) -> None:
    """Look for CUDA that cannot be compiled for a target.

    Raises:
        ProjectError: if there is some.
    """
    mixed = [path for path in sources if path.suffix == CUDA_SUFFIX]
    where = f"tool.ffiwheel in {root / 'pyproject.toml'}"
    if kernels and (target.system, target.libc, target.arch) not in _SYSTEMS:
        raise ProjectError(
            "the project has CUDA kernels, and NVIDIA has no driver for this system",
            where=f"{where}: kernels",
            hint="leave the target out; kernels can be built for "
            + ", ".join(f"`{name}`" for name in _SYSTEMS.values()),
        )
    if mixed and not target.is_native:
        listed = ", ".join(f"`{shown(root, path)}`" for path in mixed)
        raise ProjectError(
            f"{listed} cannot be compiled for another system: C++ and CUDA in one file are compiled"
            " by `nvcc`, which makes code for this one",
            where=f"{where}: sources",
            hint='list files with nothing but kernels as `kernels = ["kernels/*.cu"]`, and launch'
            " them from C++\nwith `TVM_FFI_EMBED_CUBIN`, as `ffiwheel new --template cuda` shows",
        )


def render_kernels(plan: Plan, kernels: Kernels) -> str:
    """Return what Ninja is told to make the fatbins, for `plan` and all others of the project."""
    text = io.StringIO()
    writer = Writer(text, width=10_000)  # type: ignore[arg-type]  # its stub says `str`
    program = str(plan.cuda.nvcc) if plan.cuda else "nvcc"
    flags = fatbin_flags(plan, kernels)
    # nvcc makes names from the source's whole path, unless it is given another seed.
    command = f"{escape(shlex.join([program, *flags]))} -frandom-seed=$name"
    command += " -MD -MF $out.d $in -o $out"
    writer.rule("fatbin", command, description="compile $in", depfile="$out.d", deps="gcc")
    root = plan.job.root
    for source in kernels.sources:
        made = escape(shown(root, kernels.fatbin(source)))
        read = escape(shown(root, source))
        writer.build([made], "fatbin", [read], variables={"name": source.stem})
    return text.getvalue()


def write_embedding(writer: Writer, plan: Plan, kernels: Kernels) -> list[str]:
    """Tell Ninja to make an object of each fatbin, and return the objects."""
    # zig's cache does not know that an object depends on a file that the assembler includes.
    digest = '-DFFIWHEEL_DIGEST="$$(sha256sum < $in | cut -c 1-64)"'
    command = (
        f"{escape(shlex.join([*plan.job.compiler.cc, '-c', str(EMBED)]))} $defines {digest} -o $out"
    )
    writer.rule("embed", command, description="embed $in")
    root, objects = plan.job.root, []
    for source in kernels.sources:
        fatbin = shown(root, kernels.fatbin(source))
        defines = [f"-DFFIWHEEL_KERNELS={source.stem}", f'-DFFIWHEEL_FATBIN="{fatbin}"']
        made = escape(shown(root, plan.job.folder / "objects" / f"{source.stem}.fatbin.o"))
        variables = {"defines": escape(shlex.join(defines))}
        writer.build(
            [made], "embed", [escape(fatbin)], implicit=[escape(str(EMBED))], variables=variables
        )
        objects.append(made)
    return objects
