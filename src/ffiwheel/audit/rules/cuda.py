"""Rules on CUDA: which GPUs have code to run, and what the machine has to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ffiwheel.audit.rule import Remark, rule
from ffiwheel.model.binary import CodeKind
from ffiwheel.model.finding import Severity
from ffiwheel.model.provider import DRIVER, find_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.audit.subject import Subject
    from ffiwheel.model.binary import Binary


def architectures(binary: Binary, kind: CodeKind) -> tuple[str, ...]:
    """Return what a library has code of a kind for, the oldest first."""
    found = {one.arch for one in binary.device_code if one.kind is kind}
    return tuple(sorted(found, key=lambda arch: (len(arch.rstrip("af")), arch)))


@rule("CUDA001 no-ptx", Severity.WARNING)
def check_future(subject: Subject) -> Iterator[Remark]:
    """Find libraries whose kernels no later GPU can run.

    What is compiled for one architecture alone, such as `sm_90a`, is not meant to.
    """
    for path, binary in subject.binaries.items():
        sass = architectures(binary, CodeKind.SASS)
        general = [arch for arch in sass if arch[-1].isdigit()]
        if general and not architectures(binary, CodeKind.PTX):
            yield Remark(
                path,
                f"it has machine code for {', '.join(sass)} and no PTX; later GPUs cannot run it",
                f"add PTX of the newest architecture: `-gencode arch={_virtual(general[-1])},"
                f"code={_virtual(general[-1])}`",
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


@rule("CUDA004 needs-driver", Severity.WARNING)
def check_driver(subject: Subject) -> Iterator[Remark]:
    """Find libraries that do not even load where there is no GPU."""
    for path, binary in subject.binaries.items():
        linked = [name for name in binary.needed if find_provider(name) is DRIVER]
        if linked:
            yield Remark(
                path,
                f"it is linked with `{linked[0]}`, so without a driver it cannot even be imported",
                "get the driver's functions at run time: list the kernels as `kernels`, or use"
                " `cudaGetDriverEntryPoint` or `dlopen`",
            )


RULES = (check_future, check_compiled, check_driver)
