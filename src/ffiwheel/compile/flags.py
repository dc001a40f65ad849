"""What compilers and linkers are told, for each target.

The rules are the same everywhere: only the TVM-FFI C ABI leaves the library, everything it needs is
resolved when it is loaded, and no path of this machine gets into it.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ffiwheel.compile.plan import one_program, shown
from ffiwheel.compile.safe_calls import safe_call_flags
from ffiwheel.model.binary import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ffiwheel.compile.plan import Kernels, Plan
    from ffiwheel.model.target import Target

_DATA = Path(__file__).parent / "data"
WINDOWS_FLAGS = ("-include", str(_DATA / "windows.h"), "-isystem", str(_DATA / "windows"))
"""What the TVM-FFI headers lack for MinGW: each source begins with the first, and the folder has
headers that are found before those of the runtime."""


def compile_flags(plan: Plan) -> list[str]:
    """Return the options of the C++ compiler."""
    gcc_only = ["-fno-gnu-unique"] if plan.job.compiler.family == "gcc" else []
    return [
        f"-std={plan.table.standard}",
        *(_zig_flags(plan) if plan.job.compiler.family == "zig" else []),
        *(["-O0", "-g"] if plan.job.debug else ["-O2", "-DNDEBUG"]),
        *_host_flags(plan),
        *gcc_only,
        *target_flags(plan.job.target),
        *safe_call_flags(plan.job),
        *_definitions(plan),
        *_cuda_headers(plan),
        *(["-DTVM_FFI_CUBIN_LAUNCHER_USE_DRIVER_API=1"] if plan.kernels else []),
        *plan.table.flags,
    ]


def _zig_flags(plan: Plan) -> list[str]:
    """Return what keeps zig from what it does unasked.

    It checks for undefined behavior; and it makes debug information, a quarter of its time, which
    the linker of a release throws away.
    """
    return ["-fno-sanitize=all", *([] if plan.job.debug else ["-g0"])]


def cuda_flags(plan: Plan) -> list[str]:
    """Return the options of `nvcc` for C++ with device code in it."""
    return _nvcc_flags(plan, plan.host_compiler, [*_host_flags(plan), *plan.table.flags])


def fatbin_flags(plan: Plan, kernels: Kernels) -> list[str]:
    """Return the options of `nvcc` for device code alone: the same for every target."""
    job = plan.job
    # As in `prefix_maps`, but for the build folder around those of all targets.
    folders = ((job.root, "."), (kernels.folder.parent, "build"), (job.runtime.root, "tvm_ffi"))
    host = one_program(kernels.host, kernels.folder)
    return ["-fatbin", *_nvcc_flags(plan, host, _map_prefixes(folders))]


def _nvcc_flags(plan: Plan, host: Path, passed: list[str]) -> list[str]:
    """Return the options of `nvcc`, which hands `-Xcompiler` on to the C++ compiler."""
    architectures = plan.table.cuda_architectures
    targets = [f"-gencode=arch=compute_{name},code=sm_{name}" for name in architectures] or [
        "-arch=all-major"
    ]
    return [
        f"-ccbin={host}",
        f"-std={plan.table.standard}",
        *(["-O0", "-g"] if plan.job.debug else ["-O2", "-DNDEBUG"]),
        *targets,
        # The quotes are for nvcc: it splits a value at commas and starts the compiler in a shell.
        *(f'-Xcompiler="{flag}"' for flag in passed),
        *_definitions(plan),
        *plan.table.cuda_flags,
    ]


def link_command(plan: Plan) -> list[str]:
    """Return the linker's command up to the objects."""
    strip = [] if plan.job.debug else ["-s"]
    passed = [part for option in _linker_options(plan) for part in ("-Xlinker", option)]
    if plan.cuda and plan.links_cuda:
        # nvcc knows where its runtime is; static, or the wheel would need NVIDIA's.
        linker = [str(plan.cuda.nvcc), f"-ccbin={plan.host_compiler}", "--cudart=static"]
        host = [*plan.job.compiler.link, *strip]
        return [*linker, "-shared", *passed, *(f"-Xcompiler={flag}" for flag in host)]
    # zig makes another C++ library, and a slow one, where the linker's command does not optimize.
    level = [_level(plan)] if plan.job.compiler.family == "zig" else []
    return [*plan.job.compiler.cxx, *plan.job.compiler.link, *level, "-shared", *strip, *passed]


def link_libraries(plan: Plan) -> list[str]:
    """Return what follows the objects in the linker's command."""
    # Where glibc is older than 2.34, `dlopen` is in a library of its own.
    loader = ["-ldl"] if plan.kernels and plan.job.target.libc == "glibc" else []
    return [str(plan.job.runtime.library), *plan.table.link_flags, *loader]


def _level(plan: Plan) -> str:
    return "-O0" if plan.job.debug else "-O2"


def _linker_options(plan: Plan) -> list[str]:
    """Return what the linker itself is told."""
    name, target = plan.built.name, plan.job.target
    if target.format is Format.PE:
        return []
    if target.format is Format.MACHO:
        folder = f"@loader_path/{plan.runtime_folder}"
        return ["-install_name", f"@rpath/{name}", "-rpath", folder, "-headerpad_max_install_names"]
    listed = shown(plan.job.root, plan.export_map)
    folders = ["-rpath", f"$ORIGIN/{plan.runtime_folder}"] if target.libc == "musl" else []
    # A function of the driver that is not looked up at run time is found here, not by the import.
    strict = ["-z", "defs"] if plan.kernels else []
    options = ["-z", "now", "-z", "relro", *strict, f"--version-script={listed}", "-soname", name]
    return [*options, *folders]


def target_flags(target: Target) -> list[str]:
    """Return what the TVM-FFI headers need to be told about a target that they do not know."""
    if target.libc == "musl":
        return ["-D__MUSL__"]
    if target.format is Format.PE:
        return [*WINDOWS_FLAGS]
    return []


def _host_flags(plan: Plan) -> list[str]:
    """Return what the C++ compiler is told for C++ and for the host part of CUDA alike.

    Where more symbols are to leave the library, the export list alone hides the others: a hidden
    symbol would not leave it however it is listed.
    """
    hidden = [] if plan.exports else ["-fvisibility=hidden"]
    pic = [] if plan.job.target.format is Format.PE else ["-fPIC"]
    return [*pic, *hidden, "-fvisibility-inlines-hidden", *_map_prefixes(plan.job.prefix_maps)]


def _map_prefixes(folders: Iterable[tuple[Path, str]]) -> list[str]:
    return [f"-ffile-prefix-map={folder}={name}" for folder, name in folders]


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
