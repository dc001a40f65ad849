"""The CUDA compiler, from the environment, the search path or the usual folder."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from ffiwheel.errors import MissingToolError
from ffiwheel.model.toolchain import CudaCompiler
from ffiwheel.system.process import ANSWER_SECONDS, query, run

_USUAL = Path("/usr/local/cuda/bin/nvcc")


def find_nvcc() -> CudaCompiler:
    """Return the CUDA compiler.

    `CUDACXX` decides, then `CUDA_HOME`, then `PATH`, then `/usr/local/cuda`.

    Raises:
        MissingToolError: if there is none.
    """
    chosen = os.environ.get("CUDACXX")
    home = os.environ.get("CUDA_HOME") or os.environ.get("CUDA_PATH")
    usual = [f"{home}/bin/nvcc" if home else None, shutil.which("nvcc"), str(_USUAL)]
    candidates = [chosen] if chosen else usual
    for candidate in candidates:
        said = query((candidate, "--version")) if candidate else None
        if candidate and said is not None:
            release = re.search(r"release (\d+\.\d+)", said)
            number = release[1] if release else ""
            return CudaCompiler(
                nvcc=Path(candidate),
                label=f"nvcc {number}".strip(),
                include_dirs=_ask_include_dirs(Path(candidate)),
            )
    if chosen:
        message = f"the CUDA compiler `{chosen}` does not run"
        raise MissingToolError(message, where="CUDACXX", hint="correct or unset CUDACXX")
    raise MissingToolError(
        "the project has CUDA files, but there is no CUDA compiler",
        where="CUDACXX, CUDA_HOME, PATH, /usr/local/cuda",
        hint="install NVIDIA's CUDA toolkit, or set CUDA_HOME to where it is",
    )


def _ask_include_dirs(nvcc: Path) -> tuple[Path, ...]:
    """Return the folders that nvcc adds by itself; nvcc may be a script that lies elsewhere."""
    command = (nvcc, "--dryrun", "-c", "nothing.cu")
    done = run(command, cwd=Path("/"), timeout=ANSWER_SECONDS)
    return parse_include_dirs(done.text)


def parse_include_dirs(text: str) -> tuple[Path, ...]:
    r"""Return the header folders in what `nvcc --dryrun` prints.

    >>> parse_include_dirs('#$ INCLUDES="-I/opt/cuda/include"  \n#$ LIBRARIES=...')
    (PosixPath('/opt/cuda/include'),)
    """
    lines = [line for line in text.splitlines() if re.match(r"#\$ (SYSTEM_)?INCLUDES=", line)]
    return tuple(Path(found) for line in lines for found in re.findall(r'"(?:-I)?(/[^"]+)"', line))
