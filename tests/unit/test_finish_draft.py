"""Which libraries of a wheel are finished, and what leaves each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dylibs import make_dylib

from ffiwheel.compile.job import Job
from ffiwheel.model.draft import Draft
from ffiwheel.model.target import Target
from ffiwheel.model.toolchain import Compiler, Runtime
from ffiwheel.workflow.binaries import facts_of
from ffiwheel.workflow.finish import finish_draft

if TYPE_CHECKING:
    from pathlib import Path

MAC = Target(name="macos-arm64", system="macos", libc="system", arch="arm64", minimum="11.0")
LINUX = Target(name="linux-x86_64", system="linux", libc="glibc", arch="x86_64", minimum="2.17")
TAKER = make_dylib().replace(b"_malloc\0", b"_other\0\0").replace(b"other\0\x31", b"taker\0\x31")
"""A library that takes `other` from another one."""
PLAIN = (
    make_dylib()
    .replace(b"TVMFFIFunctionCall", b"xxxxxxFunctionCall")
    .replace(b"_tvm_ffi_add\0", b"_xxx_xxx_add\0")
)
"""A library that has nothing to do with TVM-FFI."""


def job_for(target: Target, folder: Path, *, debug: bool = False) -> Job:
    return Job(
        root=folder,
        folder=folder / "build",
        target=target,
        runtime=Runtime(version="0.1.15", root=folder, library=folder / "libtvm_ffi.tbd"),
        compiler=Compiler(family="zig", label="zig", cc=("zig", "cc"), cxx=("zig", "c++")),
        debug=debug,
    )


def draft_of(folder: Path, **libraries: bytes) -> Draft:
    files = {}
    for name, data in libraries.items():
        files[f"pkg/lib{name}.dylib"] = folder / f"lib{name}.dylib"
        files[f"pkg/lib{name}.dylib"].write_bytes(data)
    return Draft(name="pkg", version="1.0", files=files, dist_info={})


def test_only_extensions_for_macos_are_finished(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, a=make_dylib(), plain=PLAIN)
    assert finish_draft(draft, job_for(LINUX, tmp_path), ()) is draft
    finished = finish_draft(draft, job_for(MAC, tmp_path), ())
    assert finished.libraries == {
        "pkg/liba.dylib": tmp_path / "build" / "finished" / "pkg" / "liba.dylib",
        "pkg/libplain.dylib": tmp_path / "libplain.dylib",
    }
    assert (tmp_path / "liba.dylib").read_bytes() == make_dylib(), "the linker's own is kept"
    facts = facts_of(finished)
    assert facts["pkg/liba.dylib"].exports == ("__tvm_ffi_add",)
    assert facts["pkg/libplain.dylib"].exports == ("_Znwm", "__xxx_xxx_add", "other")


def test_what_another_library_takes_stays(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, a=make_dylib(), taker=TAKER)
    facts = facts_of(finish_draft(draft, job_for(MAC, tmp_path), ()))
    assert facts["pkg/liba.dylib"].exports == ("__tvm_ffi_add", "other")
    assert facts["pkg/libtaker.dylib"].exports == ("__tvm_ffi_add",)


def test_exports_are_those_of_the_configuration(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, a=make_dylib())
    for exports, found in {
        (): ("__tvm_ffi_add",),
        ("ot*",): ("__tvm_ffi_add", "other"),
        None: ("__tvm_ffi_add", "other"),
    }.items():
        [binary] = facts_of(finish_draft(draft, job_for(MAC, tmp_path), exports)).values()
        assert binary.exports == found
        assert not binary.has_symbols
        assert binary.signature == "ad-hoc"


def test_a_build_for_debuggers_keeps_its_symbols(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, a=make_dylib())
    job = job_for(MAC, tmp_path, debug=True)
    [binary] = facts_of(finish_draft(draft, job, ())).values()
    assert binary.has_symbols
