"""Make `src/ffiwheel/audit/data/runtimes.json` of the distributions of apache-tvm-ffi on PyPI.

    ./dev runtimes           read what is new on the index
    ./dev runtimes --all     read everything again

The list of releases is the index's own (`pypi.org/pypi/<project>/json`), the wheels come through
pip, so its settings and mirrors count. Of each release one wheel per system is read, never run:
headers and exported symbols. Pre-releases are left out, because no installer takes them unasked.
Releases that were yanked stay on the index and are read like the others.

What symbols cannot tell, such as a changed layout, stands in `breaks.toml` beside the table, which
people keep by hand.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from ffiwheel.audit.binary.read import read_binary

TABLE = Path(__file__).parents[1] / "src" / "ffiwheel" / "audit" / "data" / "runtimes.json"
PROJECT = "apache-tvm-ffi"
INDEX = f"https://pypi.org/pypi/{PROJECT}/json"
SYSTEMS = {
    "linux_x86_64": ("manylinux_2_28_x86_64", "libtvm_ffi.so", "elf"),
    "linux_aarch64": ("manylinux_2_28_aarch64", "libtvm_ffi.so", "elf"),
    "macosx_arm64": ("macosx_11_0_arm64", "libtvm_ffi.dylib", "macho"),
    "win_amd64": ("win_amd64", "tvm_ffi.dll", "pe"),
}
"""System -> the platform tag that pip is asked for, the library in the wheel, its format."""
PYTHON = "3.11"
"""A Python for which every release has wheels."""
_OURS = re.compile(r"_Z(T[ISV]|GV|Z)*N?K?3tvm3ffi|_Z(T[ISV]|GV|Z)*NK?3tvm3ffi|\?.*@ffi@tvm@@")
"""Mangled names in `tvm::ffi`; the other C++ names in the library are the standard library's."""


class Release(TypedDict):
    """What the table says of a release."""

    date: str
    headers: str
    yanked: bool
    platforms: list[str]


@dataclass(frozen=True)
class Contents:
    """What was read from the wheels of a release."""

    headers: str
    symbols: dict[str, set[str]]
    """`c`, `elf`, `macho`, `pe` -> exported names."""


class Table(TypedDict):
    """The file."""

    releases: dict[str, Release]
    symbols: dict[str, dict[str, list[str]]]


def ask_index() -> dict[str, Release]:
    """Return the releases on the index, the oldest first, without their header versions."""
    with urllib.request.urlopen(INDEX, timeout=60) as answer:
        listed = json.load(answer)["releases"]
    return {
        version: {
            "date": min(file["upload_time"] for file in files)[:10],
            "headers": "",
            "yanked": all(file["yanked"] for file in files),
            "platforms": sorted({one for file in files for one in platforms(file["filename"])}),
        }
        for version, files in sorted(listed.items(), key=lambda item: Version(item[0]))
        if files and not Version(version).is_prerelease
    }


def platforms(file: str) -> set[str]:
    """Return the systems that a distribution is for, without the version of their C library.

    >>> platforms("a-1-cp39-cp39-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl")
    {'linux_x86_64'}
    """
    if not file.endswith(".whl"):
        return set()
    tags = {tag.platform for tag in parse_wheel_filename(file)[3]}
    return {re.sub(r"^(many|musl)?(linux|macosx)(_\d+_\d+|\d*)_", r"\2_", tag) for tag in tags}


def read_release(version: str) -> Contents:
    """Return what the wheels of a release contain."""
    symbols: dict[str, set[str]] = {}
    headers = set()
    for system, (platform, library, kind) in SYSTEMS.items():
        with tempfile.TemporaryDirectory() as folder:
            files = read_wheel(version, platform, Path(folder))
        headers.add(header_version(files["c_api.h"].decode()))
        exported = read_binary(io.BytesIO(files[library]), library).exports
        for group, names in (
            ("c", {name for name in exported if name.startswith("TVMFFI")}),
            (kind, {name for name in exported if _OURS.match(name)}),
        ):
            if symbols.setdefault(group, names) != names:
                differing = ", ".join(sorted(symbols[group] ^ names))
                sys.exit(f"error: {version} on {system} exports other symbols: {differing}")
    if len(headers) != 1:
        sys.exit(f"error: the headers of {version} have several versions: {sorted(headers)}")
    return Contents(headers.pop(), symbols)


def read_wheel(version: str, platform: str, folder: Path) -> dict[str, bytes]:
    """Return file name -> bytes of what lies in a wheel."""
    options = ["--no-deps", "--only-binary=:all:", "--implementation=cp", "--quiet"]
    # Some releases are tagged for an older system only.
    wider = [platform, platform.replace("2_28", "2_24"), platform.replace("_2_28", "2014")]
    options += [f"--platform={one}" for one in dict.fromkeys(wider)]
    options += [f"--python-version={PYTHON}", f"--dest={folder}"]
    command = [sys.executable, "-m", "pip", "download", *options, f"{PROJECT}=={version}"]
    subprocess.run(command, check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if "/lib/" in n or n.endswith("/tvm/ffi/c_api.h")]
        return {Path(n).name: archive.read(n) for n in names if ".dSYM/" not in n}


def header_version(text: str) -> str:
    """Return the version that the headers state and `TVMFFIGetVersion` answers."""
    parts = (
        re.search(rf"#define TVM_FFI_VERSION_{part} (\d+)", text)
        for part in ("MAJOR", "MINOR", "PATCH")
    )
    return ".".join(found[1] for found in parts if found)


def merge(table: Table, version: str, release: Release, contents: Contents) -> None:
    """Add a release that is newer than all in the table.

    A symbol has the releases at which it came, went, came again and so on.
    """
    table["releases"][version] = {**release, "headers": contents.headers}
    for group, names in contents.symbols.items():
        known = table["symbols"].setdefault(group, {})
        for name in sorted(names | set(known)):
            turns = known.setdefault(name, [])
            if (name in names) != (len(turns) % 2 == 1):
                turns.append(version)


def main() -> None:
    """Bring the table up to date."""
    listed = ask_index()
    table: Table = {"releases": {}, "symbols": {}}
    if TABLE.exists() and "--all" not in sys.argv:
        table = json.loads(TABLE.read_text(encoding="utf-8"))
    newest = max(map(Version, table["releases"]), default=Version("0"))
    late = [one for one in listed if one not in table["releases"] and Version(one) < newest]
    if late:  # the turns of a symbol can only be noted in order
        table = {"releases": {}, "symbols": {}}
    for version, release in listed.items():
        if version in table["releases"]:
            headers = table["releases"][version]["headers"]
            table["releases"][version] = {**release, "headers": headers}
        else:
            print(f"reading {version}")
            merge(table, version, release, read_release(version))
    for version in set(table["releases"]) - set(listed):
        print(f"note: {version} is not on the index any more and stays in the table")
    write(table)
    print(f"{TABLE}: {len(table['releases'])} releases, the newest is {list(listed)[-1]}")


def write(table: Table) -> None:
    """Write the table so that a release and a symbol are a line each."""
    releases = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in table["releases"].items()
    )
    groups = ",\n".join(
        f"    {json.dumps(group)}: {{\n"
        + ",\n".join(f"      {json.dumps(n)}: {json.dumps(t)}" for n, t in sorted(names.items()))
        + "\n    }"
        for group, names in table["symbols"].items()
    )
    text = f'{{\n  "releases": {{\n{releases}\n  }},\n  "symbols": {{\n{groups}\n  }}\n}}\n'
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
