"""The engine for plain sources: we write a `build.ninja`, Ninja does the rest.

There is no configure step: the compiler is known, and the project says which sources it has.
"""

from __future__ import annotations

import glob
import hashlib
import io
import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import ninja
from ninja.ninja_syntax import Writer, escape

from ffiwheel.compile.errors import extract_errors, listener
from ffiwheel.compile.inputs import read_inputs
from ffiwheel.compile.job import EXPORTED, HEADERS_SOURCE, Job
from ffiwheel.errors import CompileError, ProjectError
from ffiwheel.model.compiled import Compiled
from ffiwheel.model.provenance import part_of
from ffiwheel.system.environment import inherited
from ffiwheel.system.files import make_private_folder, write_if_changed
from ffiwheel.system.process import run
from ffiwheel.system.program import write_program

if TYPE_CHECKING:
    from ffiwheel.config.schema import CompileTable
    from ffiwheel.model.overlay import Overlay
    from ffiwheel.model.progress import Step
    from ffiwheel.model.toolchain import CudaCompiler

_CUDA_SUFFIX = ".cu"
_BUILD = "build/ffiwheel/"
_SUFFIXES = {".cc", ".cpp", ".cxx", ".c++", ".C", _CUDA_SUFFIX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A build of plain sources."""

    job: Job
    sources: tuple[Path, ...]
    library: str
    """The archive path of the library, such as `hello/libhello.so`."""
    table: CompileTable
    exports: tuple[str, ...]
    """Symbols that leave the library besides `__tvm_ffi_*`."""
    cuda: CudaCompiler | None

    @property
    def built(self) -> Path:
        """The library in the build folder."""
        return self.job.folder / Path(self.library).name

    @property
    def export_map(self) -> Path:
        """The linker's list of the symbols that leave the library."""
        return self.job.folder / "exports.map"

    @property
    def headers_source(self) -> Path:
        """A source of ours: it records the version of the TVM-FFI headers in the library."""
        return self.job.folder / "headers.cc"

    @property
    def host_compiler(self) -> Path:
        """The C++ compiler as nvcc wants it: one program."""
        cxx = self.job.compiler.cxx
        return Path(cxx[0]) if len(cxx) == 1 else self.job.folder / "tools" / "c++"


def find_sources(
    root: Path, patterns: tuple[str, ...], overlay: Overlay | None = None
) -> tuple[Path, ...]:
    """Return the files that match `patterns`, sorted, each once.

    A file of the overlay stands for the one of its path in the project, which an unpacked sdist
    has as well.

    Raises:
        ProjectError: naming every pattern that matches no file.
    """
    matches = {
        pattern: [*_glob(root, pattern), *(_glob(overlay.folder, pattern) if overlay else ())]
        for pattern in patterns
    }
    empty = [pattern for pattern, found in matches.items() if not found]
    if empty:
        raise ProjectError(
            f"no C++ or CUDA file matches {', '.join(f'`{pattern}`' for pattern in empty)}",
            where=f"tool.ffiwheel.sources in {root / 'pyproject.toml'}",
            hint="the patterns are relative to the project's folder; `**` matches any folders",
        )
    found = {path for matched in matches.values() for path in matched}
    emitted = {root / path: overlay.folder / path for path in overlay.paths} if overlay else {}
    found |= {root / path for path in overlay.sources} if overlay else set()
    places = {file: place for place, file in emitted.items()}
    ordered = sorted({places.get(path, path) for path in found})
    return tuple(emitted.get(place, place) for place in ordered)


def _glob(root: Path, pattern: str) -> list[Path]:
    """Return the sources that a pattern matches; it may be absolute.

    Headers are no sources, nor are files of our build folder, which `**` would find.
    """
    found = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - takes both kinds
    return sorted(
        root / name
        for name in found
        if Path(name).suffix in _SUFFIXES and not name.startswith(_BUILD)
    )


def needs_cuda(sources: tuple[Path, ...]) -> bool:
    """Tell whether some of `sources` are CUDA."""
    return any(path.suffix == _CUDA_SUFFIX for path in sources)


def compile_sources(plan: Plan, step: Step) -> Compiled:
    """Bring the library up to date.

    Raises:
        CompileError: with the compiler's lines.
    """
    folder = make_private_folder(plan.job.folder)
    write_if_changed(plan.export_map, render_export_map(plan.exports).encode())
    write_if_changed(plan.headers_source, render_headers_source(plan.job.runtime.version).encode())
    if plan.cuda and len(plan.job.compiler.cxx) > 1:
        write_program(plan.host_compiler, plan.job.compiler.cxx)
    write_if_changed(folder / "build.ninja", render_ninja(plan).encode())
    _run_ninja(plan, step)
    compilers = [plan.job.compiler.label] + ([plan.cuda.label] if plan.cuda else [])
    count = len(plan.sources)
    return Compiled(
        files={plan.library: plan.built},
        summary=f"{count} object{'' if count == 1 else 's'}, {', '.join(compilers)}, "
        + ("debug" if plan.job.debug else "release"),
        tools=tuple(part_of(label) for label in compilers),
        sources=read_inputs(plan.job, folder / "build.ninja", plan.job.root),
    )


def _run_ninja(plan: Plan, step: Step) -> None:
    """Run Ninja in the project's folder, so that paths in options mean what people expect."""
    file = plan.job.folder / "build.ninja"

    program = Path(ninja.BIN_DIR) / "ninja"
    command: list[str | Path] = [program, "-f", file, *(["-v"] if plan.job.verbose else [])]
    env = inherited(NINJA_STATUS="[%f/%t] ")
    done = run(command, cwd=plan.job.root, env=env, on_line=listener(step))
    if done.code:
        raise CompileError(
            "the sources do not compile or link",
            where=str(file),
            hint="run with `-v` to see the commands",
            output=extract_errors(done.lines),
        )


def render_export_map(exports: tuple[str, ...]) -> str:
    r"""Return the linker's list of the symbols that leave the library.

    >>> render_export_map(("hello_*",))
    '{ global: __tvm_ffi_*; hello_*; local: *; };\n'
    """
    listed = " ".join(f"{symbol};" for symbol in (EXPORTED, *exports))
    return f"{{ global: {listed} local: *; }};\n"


def render_headers_source(version: str) -> str:
    """Return a source that puts the version of the TVM-FFI headers into the library."""
    text = HEADERS_SOURCE.read_text(encoding="utf-8")
    return text.replace("@FFIWHEEL_TVM_FFI_VERSION@", version)


def render_ninja(plan: Plan) -> str:
    """Return the `build.ninja` of `plan`."""
    text = io.StringIO()
    writer = Writer(text, width=10_000)  # type: ignore[arg-type]  # its stub says `str`
    writer.variable("builddir", escape(_shown(plan.job.root, plan.job.folder)))
    _write_rules(writer, plan)
    objects = []
    for source in (*plan.sources, plan.headers_source):
        name = object_name(plan.job, source)
        target = escape(_shown(plan.job.root, plan.job.folder / name))
        rule = "cuda" if source.suffix == _CUDA_SUFFIX else "cxx"
        writer.build(
            [target], rule, [escape(_shown(plan.job.root, source))], variables={"name": name}
        )
        objects.append(target)
    library = escape(_shown(plan.job.root, plan.built))
    listed = escape(_shown(plan.job.root, plan.export_map))
    writer.build([library], "link", objects, implicit=[listed])
    writer.default([library.replace(" ", "$ ")])
    return text.getvalue()


def _shown(root: Path, path: Path) -> str:
    """Return a path as the compiler is to see it: relative to the project where it lies inside."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _write_rules(writer: Writer, plan: Plan) -> None:
    cxx = _command([*plan.job.compiler.cxx, *compile_flags(plan)])
    command = f"{cxx} -MD -MF $out.d -c $in -o $out"
    writer.rule("cxx", command, description="compile $in", depfile="$out.d", deps="gcc")
    if plan.cuda:
        nvcc = _command([str(plan.cuda.nvcc), *cuda_flags(plan)])
        # nvcc makes names from the source's whole path, unless it is given another seed.
        command = f"{nvcc} -frandom-seed=$name -MD -MF $out.d -c $in -o $out"
        writer.rule("cuda", command, description="compile $in", depfile="$out.d", deps="gcc")
    linker = _command(link_command(plan))
    libraries = _command([*_runtime_library(plan), *plan.table.link_flags])
    if plan.cuda:  # nvcc has no such file that may lie in a folder with a comma
        writer.rule("link", f"{linker} $in {libraries} -o $out", description="link $out")
    else:
        writer.rule(
            "link",
            f"{linker} @$out.rsp {libraries} -o $out",
            description="link $out",
            rspfile="$out.rsp",  # a command line has a limit, a list of objects has none
            rspfile_content="$in_newline",
        )


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


def compile_flags(plan: Plan) -> list[str]:
    """Return the options of the C++ compiler."""
    gcc_only = ["-fno-gnu-unique"] if plan.job.compiler.family == "gcc" else []
    return [
        f"-std={plan.table.standard}",
        *(["-O0", "-g"] if plan.job.debug else ["-O2", "-DNDEBUG"]),
        *(["-fno-sanitize=all"] if plan.job.compiler.family == "zig" else []),
        *_host_flags(plan),
        *gcc_only,
        *_definitions(plan),
        *_cuda_headers(plan),
        *plan.table.flags,
    ]


def cuda_flags(plan: Plan) -> list[str]:
    """Return the options of `nvcc`, which hands `-Xcompiler` on to the C++ compiler."""
    architectures = plan.table.cuda_architectures
    targets = [f"-gencode=arch=compute_{name},code=sm_{name}" for name in architectures] or [
        "-arch=all-major"
    ]
    # The quotes are for nvcc: it splits a value at commas and starts the host compiler in a shell.
    host = [f'-Xcompiler="{flag}"' for flag in (*_host_flags(plan), *plan.table.flags)]
    return [
        f"-ccbin={plan.host_compiler}",
        f"-std={plan.table.standard}",
        *(["-O0", "-g"] if plan.job.debug else ["-O2", "-DNDEBUG"]),
        *targets,
        *host,
        *_definitions(plan),
        *plan.table.cuda_flags,
    ]


def link_command(plan: Plan) -> list[str]:
    """Return the linker's command up to the objects."""
    name, exports = plan.built.name, _shown(plan.job.root, plan.export_map)
    options = ["-z", "now", "-z", "relro", f"--version-script={exports}", "-soname", name]
    strip = [] if plan.job.debug else ["-s"]
    passed = [part for option in options for part in ("-Xlinker", option)]
    if plan.cuda:  # nvcc knows where its runtime is; static, or the wheel would need NVIDIA's
        linker = [str(plan.cuda.nvcc), f"-ccbin={plan.host_compiler}", "--cudart=static"]
        return [*linker, "-shared", *passed, *(f"-Xcompiler={flag}" for flag in strip)]
    return [*plan.job.compiler.cxx, "-shared", *strip, *passed]


def _host_flags(plan: Plan) -> list[str]:
    """Return what the C++ compiler is told for C++ and for the host part of CUDA alike.

    Where more symbols are to leave the library, the export list alone hides the others: a hidden
    symbol would not leave it however it is listed.
    """
    hidden = [] if plan.exports else ["-fvisibility=hidden"]
    maps = [f"-ffile-prefix-map={folder}={name}" for folder, name in plan.job.prefix_maps]
    return ["-fPIC", *hidden, "-fvisibility-inlines-hidden", *maps]


def _definitions(plan: Plan) -> list[str]:
    folders = [*_emitted_headers(plan), *(plan.job.root / one for one in plan.table.include_dirs)]
    return [
        "-DTVM_FFI_DLL_EXPORT_INCLUDE_METADATA=1",
        *(f"-D{definition}" for definition in plan.table.defines),
        *(f"-I{folder}" for folder in folders),
        "-isystem",
        str(plan.job.runtime.include_dir),
    ]


def _emitted_headers(plan: Plan) -> list[Path]:
    """Return where the compiler finds emitted headers.

    These are the overlay's counterparts of the folders that it would find them in if they lay in
    the project: those of the configuration and those of the sources. `include` and the top are
    there for emitted headers that no folder of the project is configured for.
    """
    if not plan.job.overlay:
        return []
    root = plan.job.root
    beside = (
        source.parent.relative_to(root) for source in plan.sources if source.is_relative_to(root)
    )
    places = [*plan.table.include_dirs, "include", *map(str, sorted(set(beside))), "."]
    names = dict.fromkeys(PurePosixPath(place) for place in places)
    overlay = plan.job.overlay
    return [overlay.folder / name for name in names if overlay.has_below(name)]


def _cuda_headers(plan: Plan) -> list[str]:
    """Return what lets a C++ file call the CUDA runtime; nvcc finds its own headers."""
    folders = plan.cuda.include_dirs if plan.cuda else ()
    return [part for folder in folders for part in ("-isystem", str(folder))]


def _runtime_library(plan: Plan) -> list[str]:
    return [f"-L{plan.job.runtime.library.parent}", "-ltvm_ffi"]
