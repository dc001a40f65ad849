"""Rules on CUDA: which GPUs have code to run, and what the machine has to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import CodeKind
from ffiwheel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary

_DRIVERS = ("libcuda.so", "nvcuda.dll")
_RUNTIMES = ("libcudart.so", "cudart64", "cudart32")
_BRINGS_RUNTIME = ("torch", "nvidia-cuda-runtime", "cupy")


def architectures(binary: Binary, kind: CodeKind) -> tuple[str, ...]:
    """Return what a library has code of a kind for, the oldest first."""
    found = {one.arch for one in binary.device_code if one.kind is kind}
    return tuple(sorted(found, key=lambda arch: (len(arch.rstrip("af")), arch)))


@rule("CUDA001 no-ptx", Severity.WARNING)
def check_future(subject: Subject) -> Iterator[Remark]:
    """Find libraries whose kernels no later GPU can run."""
    for path, binary in subject.binaries.items():
        sass = architectures(binary, CodeKind.SASS)
        if sass and not architectures(binary, CodeKind.PTX):
            yield Remark(
                path,
                f"it has machine code for {', '.join(sass)} and no PTX; later GPUs cannot run it",
                f"add PTX of the newest architecture: `-gencode arch={_virtual(sass[-1])},"
                f"code={_virtual(sass[-1])}`",
            )


def _virtual(arch: str) -> str:
    """Return the PTX architecture that goes with a real one.

    >>> _virtual("sm_90")
    'compute_90'
    """
    return arch.replace("sm_", "compute_")


@rule("CUDA002 only-ptx", Severity.NOTE)
def check_compiled(subject: Subject) -> Iterator[Remark]:
    """Find libraries that are compiled by the driver when they are first used."""
    for path, binary in subject.binaries.items():
        ptx = architectures(binary, CodeKind.PTX)
        if ptx and not architectures(binary, CodeKind.SASS):
            yield Remark(
                path,
                f"it has PTX ({', '.join(ptx)}) and no machine code, so the driver compiles it on"
                " each machine at first use",
                "add machine code for the GPUs that matter: `cuda-architectures`",
            )


@rule("CUDA003 cudart-not-required", Severity.WARNING)
def check_cudart(subject: Subject) -> Iterator[Remark]:
    """Find libraries that need a shared CUDA runtime which no dependency brings."""
    if not subject.is_wheel:
        return
    inside = {path.rpartition("/")[2] for path in subject.binaries}
    brought = any(one.startswith(_BRINGS_RUNTIME) for one in subject.required)
    for path, binary in subject.binaries.items():
        shared = [name for name in binary.needed if name.lower().startswith(_RUNTIMES)]
        if shared and not brought and shared[0] not in inside:
            yield Remark(
                path,
                f"it needs `{shared[0]}`, and no dependency brings it",
                "link the CUDA runtime statically (`--cudart=static`), or depend on\n"
                "`nvidia-cuda-runtime` of the same major version",
            )


@rule("CUDA004 needs-driver", Severity.WARNING)
def check_driver(subject: Subject) -> Iterator[Remark]:
    """Find libraries that do not even load where there is no GPU."""
    for path, binary in subject.binaries.items():
        linked = [name for name in binary.needed if name.lower().startswith(_DRIVERS)]
        if linked:
            yield Remark(
                path,
                f"it is linked with `{linked[0]}`, so without a driver it cannot even be imported",
                "get the driver's functions at run time, with `cudaGetDriverEntryPoint` or"
                " `dlopen`",
            )


RULES = (check_future, check_compiled, check_cudart, check_driver)
