"""Make a wheel of a draft, and a draft of a wheel.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import re
import shutil
from email.parser import HeaderParser
from itertools import product
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import Version as Pep440

from ffiwheel import __version__
from ffiwheel.errors import WheelError
from ffiwheel.model.draft import Draft
from ffiwheel.model.record import render_record
from ffiwheel.system.archive import is_program, read_content, write_zip
from ffiwheel.system.foreign_zip import extract_zip

if TYPE_CHECKING:
    from pathlib import Path


_DATA = re.compile(r"^[^/]+\.data/")


def write_wheel(
    draft: Draft, platform_tag: str, outdir: Path, headers: tuple[str, ...] = ()
) -> Path:
    """Write the wheel and return its path; the same draft gives the same bytes.

    Args:
        draft: what goes into it.
        platform_tag: such as `manylinux_2_17_x86_64`.
        outdir: the folder to write to.
        headers: the releases of TVM-FFI whose headers its libraries were compiled with.

    Raises:
        OutputError: if `outdir` cannot be written to.
    """
    stem = stem_of(draft.name, draft.version)
    tag = f"{draft.python_tag}-{platform_tag}"
    info = f"{stem}.dist-info"
    metadata = {**draft.dist_info, "WHEEL": render_wheel_file(tag, draft.build, headers)}
    files = dict(sorted(draft.files.items()))
    files |= {f"{info}/{name}": content for name, content in sorted(metadata.items())}
    programs = {name for name, content in files.items() if is_program(name, content)}
    data = {name: read_content(content) for name, content in files.items()}
    record = f"{info}/RECORD"
    numbered = f"{stem}-{draft.build}" if draft.build else stem
    path = outdir / f"{numbered}-{tag}.whl"
    write_zip(path, [*data.items(), (record, render_record(data, record))], programs)
    return path


def stem_of(name: str, version: str) -> str:
    """Return how the names of a project's files begin.

    >>> stem_of("Hello.World", "1.0.0-rc1")
    'hello_world-1.0.0rc1'
    """
    return f"{canonicalize_name(name).replace('-', '_')}-{Pep440(version)}"


def render_wheel_file(tag: str, build: str = "", headers: tuple[str, ...] = ()) -> bytes:
    """Return the file `WHEEL`; a wheel with a library is never pure.

    The specification has no field for the headers. Tools that change tags keep what they do not
    know, and it is the build that the line describes, as `Generator` does.
    """
    parts = product(*(part.split(".") for part in tag.split("-")))
    lines = [
        "Wheel-Version: 1.0",
        f"Generator: ffiwheel {__version__}",
        "Root-Is-Purelib: false",
        *(f"Tag: {'-'.join(part)}" for part in parts),
        *([f"Build: {build}"] if build else []),
        *(f"Tvm-Ffi-Headers: {version}" for version in headers),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def open_wheel(path: Path, folder: Path) -> Draft:
    """Unpack a wheel into `folder` and return it as a draft.

    Raises:
        WheelError: if it is no wheel, or names files outside of itself.
    """
    try:
        _, _, build, _ = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise WheelError(f"not a wheel: {error}", where=str(path)) from error
    shutil.rmtree(folder, ignore_errors=True)
    files = extract_zip(path, folder)
    info = next((name for name in files if name.endswith(".dist-info/METADATA")), "")
    if not info:
        raise WheelError("not a wheel: it has no METADATA", where=str(path))
    start = info.removesuffix("METADATA")
    headers = HeaderParser().parsestr(files[info].read_text(encoding="utf-8", errors="replace"))
    kept = {name for name in files if not name.startswith(start)}
    made_new = {"RECORD", "RECORD.jws", "RECORD.p7s", "WHEEL"}
    name, version = str(headers["Name"]), str(headers["Version"])
    _refuse_names(name, version, path)
    data = f"{stem_of(name, version)}.data/"  # the folder has to be spelt as `.dist-info` is
    return Draft(
        name=name,
        version=version,
        files={_DATA.sub(data, name): files[name] for name in sorted(kept)},
        dist_info={
            name.removeprefix(start): files[name]
            for name in sorted(set(files) - kept)
            if name.removeprefix(start) not in made_new
        },
        python_tag="-".join(path.stem.split("-")[-3:-1]),
        build="".join(map(str, build)),
    )


def _refuse_names(name: str, version: str, path: Path) -> None:
    """Refuse a wheel whose name or version cannot be a part of a file's name."""
    try:
        Pep440(version)
        canonicalize_name(name, validate=True)
    except ValueError as error:  # besides their own errors, Python's for too many digits
        raise WheelError(
            "METADATA does not say which project and version it is of", where=str(path)
        ) from error
