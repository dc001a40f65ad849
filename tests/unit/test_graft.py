"""What goes into a wheel and what does not, by the facts of its libraries; no tool runs."""

from __future__ import annotations

import zipfile
from email.parser import HeaderParser
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from ffiwheel.model.binary import Binary, Format, Import
from ffiwheel.model.draft import Draft
from ffiwheel.model.provider import list_patterns
from ffiwheel.wheel.assemble import open_wheel, render_wheel_file, write_wheel
from ffiwheel.wheel.graft import plan_grafts
from ffiwheel.wheel.preload import add_preload
from ffiwheel.wheel.sign import needs_signature
from ffiwheel.workflow.repair import find_own_bindings, find_python_tag

if TYPE_CHECKING:
    from pathlib import Path

    from ffiwheel.model.draft import Content


def elf(*needed: str, arch: str = "x86_64") -> Binary:
    return Binary(arch=arch, needed=needed)


def test_systems_and_the_wheel_itself_have_libraries() -> None:
    binaries = {
        "a/liba.so": elf("libc.so.6", "ld-linux-x86-64.so.2", "libb.so", "libz.so.1"),
        "a.libs/libb.so": elf("libm.so.6", "libstdc++.so.6"),
    }
    assert not plan_grafts(binaries, ()).wanted


def test_a_soname_counts_as_well_as_a_file_name() -> None:
    inside = Binary(arch="x86_64", soname="libb.so.1")
    plan = plan_grafts({"a/liba.so": elf("libb.so.1"), "a/libb.so.1.2": inside}, ())
    assert not plan.wanted


def test_what_nobody_has_is_wanted() -> None:
    plan = plan_grafts({"a/liba.so": elf("libfoo.so.2"), "a/libb.so": elf("libfoo.so.2")}, ())
    assert plan.wanted == {"libfoo.so.2": ("a/liba.so", "a/libb.so")}
    assert not plan.left


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("libtvm_ffi.so", "apache-tvm-ffi"),
        ("libcuda.so.1", "NVIDIA's driver"),
        ("libcudart.so.12", "the CUDA toolkit"),
        ("libcublasLt.so.13", "the CUDA toolkit"),
        ("libcudnn_ops.so.9", "the CUDA toolkit"),
        ("libnvrtc-builtins.so.13.0", "the CUDA toolkit"),
        ("libtorch_cpu.so", "PyTorch"),
        ("libc10_cuda.so", "PyTorch"),
    ],
)
def test_some_libraries_are_never_carried(name: str, provider: str) -> None:
    plan = plan_grafts({"a/liba.so": elf(name)}, ())
    assert (plan.wanted, plan.left) == ({}, {name: provider})
    assert any(fnmatchcase(name, pattern) for pattern in list_patterns({"a/liba.so": elf(name)})), (
        "the tools heed case"
    )


def test_the_user_can_leave_a_library_out() -> None:
    plan = plan_grafts({"a/liba.so": elf("libfoo.so.2")}, ("libfoo.so.2",))
    assert (plan.wanted, plan.left) == ({}, {"libfoo.so.2": "the user"})


def test_macos_has_two_folders() -> None:
    needed = (
        *("/usr/lib/libc++.1.dylib", "/System/Library/Frameworks/Metal.framework/Metal"),
        *("@rpath/libtvm_ffi.dylib", "@rpath/libb.dylib", "/opt/local/lib/libfoo.dylib"),
    )
    library = Binary(arch="arm64", format=Format.MACHO, needed=needed)
    inside = Binary(arch="arm64", format=Format.MACHO)
    plan = plan_grafts({"a/liba.dylib": library, "a/.dylibs/libb.dylib": inside}, ())
    assert list(plan.wanted) == ["/opt/local/lib/libfoo.dylib"]
    assert plan.left == {"libtvm_ffi.dylib": "apache-tvm-ffi"}


def test_windows_python_and_the_runtime_bring_theirs() -> None:
    needed = (
        *("KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "VCRUNTIME140_1.dll", "MSVCP140.dll"),
        *("tvm_ffi.dll", "cudart64_12.dll", "nvcuda.dll", "foo.dll"),
    )
    for arch in ("amd64", "arm64", "x86"):
        library = Binary(arch=arch, format=Format.PE, needed=needed)
        plan = plan_grafts({"a/a.dll": library}, ())
        assert list(plan.wanted) == ["foo.dll"]
        assert plan.left == {
            "VCRUNTIME140_1.dll": "Python",
            "MSVCP140.dll": "apache-tvm-ffi",
            "tvm_ffi.dll": "apache-tvm-ffi",
            "cudart64_12.dll": "the CUDA toolkit",
            "nvcuda.dll": "NVIDIA's driver",
        }


def test_musl_has_its_own_list() -> None:
    plan = plan_grafts({"a/liba.so": elf("libc.musl-x86_64.so.1", "libstdc++.so.6")}, ())
    assert list(plan.wanted) == ["libstdc++.so.6"], "musllinux promises none"


# Signatures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arch", "signature", "needs"),
    [
        ("arm64", "", True),
        ("arm64", "invalid", True),
        ("arm64", "ad-hoc", False),
        ("arm64", "identity", False),
        ("x86_64", "", False),
        ("x86_64", "invalid", True),
    ],
)
def test_signatures_that_macos_refuses(arch: str, signature: str, *, needs: bool) -> None:
    thin = Binary(arch=arch, format=Format.MACHO, signature=signature)
    fine = Binary(arch="x86_64", format=Format.MACHO, signature="ad-hoc")
    fat = Binary(arch="universal2", format=Format.MACHO, slices=(fine, thin))
    assert needs_signature(thin) is needs_signature(fat) is needs
    assert not needs_signature(elf())


# The preload of Windows ---------------------------------------------------------------------------

PATCHED = (
    b'"""Doc."""\r\n\r\n# start delvewheel patch\r\npass\r\n# end delvewheel patch\r\n\r\nx = 1\r\n'
)


def test_only_what_delvewheel_changed_is_changed_and_once() -> None:
    files = {"a/__init__.py": PATCHED, "a/b.py": b"y = 2\n", "a/a.dll": b"MZ"}
    added = add_preload(files, ["a.libs/c.dll"])
    assert {name for name in files if added[name] != files[name]} == {"a/__init__.py"}
    text = added["a/__init__.py"]
    assert isinstance(text, bytes)
    assert text.count(b"ctypes.WinDLL") == 1
    assert text.index(b"end delvewheel") < text.index(b"ctypes.WinDLL") < text.index(b"x = 1")
    compile(text, "a/__init__.py", "exec")
    assert add_preload(added, ["a.libs/c.dll"]) == added


# Tags and names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "file", "imports", "expected"),
    [
        ("cp311-cp311", "a/liba.so", "TVMFFIObjectDecRef", "py3-none"),
        ("cp311-none", "a/liba.so", "malloc", "py3-none"),
        ("cp311-cp311", "a/liba.so", "PyList_New", "cp311-cp311"),
        ("cp311-abi3", "a/core.abi3.so", "malloc", "cp311-abi3"),
        ("cp311-cp311", "a/core.cpython-311-x86_64-linux-gnu.so", "malloc", "cp311-cp311"),
        ("cp311-cp311", "a/core.pyd", "malloc", "cp311-cp311"),
        ("pp310-pypy310_pp73", "a/core.pypy310-pp73-linux.so", "malloc", "pp310-pypy310_pp73"),
        ("py2.py3-none", "a/liba.so", "malloc", "py2.py3-none"),
        ("py3-none", "a/liba.so", "PyList_New", "py3-none"),
    ],
)  # fmt: skip
def test_only_what_needs_one_python_is_bound_to_one(
    given: str, file: str, imports: str, expected: str
) -> None:
    binaries = {file: Binary(arch="x86_64", imports=(Import(imports),))}
    draft = Draft(name="a", version="1", files={file: b""}, dist_info={}, python_tag=given)
    assert find_python_tag(draft, binaries) == expected


@pytest.mark.parametrize(
    ("modules", "own"),
    [
        ({"a/load.py": b"from tvm_ffi.libinfo import load_lib_module"}, "a/load.py"),
        ({"a/sub/_ffi_api.py": b"init_ffi_api('a.sub', __name__)"}, "a/sub/_ffi_api.py"),
        ({"a/__init__.py": b"import numpy", "a/load_modules.txt": b"load_module"}, ""),
    ],
)
def test_a_package_that_binds_its_library_itself_is_left_alone(
    modules: dict[str, Content], own: str
) -> None:
    draft = Draft(name="a", version="1", files=modules, dist_info={})
    assert find_own_bindings(draft) == own


def test_a_build_tag_and_folded_tags_are_kept(tmp_path: Path) -> None:
    draft = Draft(
        name="My.Pkg",
        version="1.0",
        files={"My.Pkg-1.0.data/scripts/run": b"#!python\n", "my/data.data/x": b""},
        dist_info={"METADATA": b"Metadata-Version: 2.1\nName: My.Pkg\nVersion: 1.0\n"},
        python_tag="py2.py3-none",
        build="7b",
    )
    wheel = write_wheel(draft, "linux_x86_64", tmp_path)
    assert wheel.name == "my_pkg-1.0-7b-py2.py3-none-linux_x86_64.whl"
    opened = open_wheel(wheel, tmp_path / "opened")
    assert (opened.build, opened.python_tag) == ("7b", "py2.py3-none")
    assert sorted(opened.files) == ["my/data.data/x", "my_pkg-1.0.data/scripts/run"]
    again = write_wheel(opened, "linux_x86_64", tmp_path / "again")
    with zipfile.ZipFile(again) as archive:
        text = archive.read("my_pkg-1.0.dist-info/WHEEL").decode()
    headers = HeaderParser().parsestr(text)
    assert headers.get_all("Tag") == ["py2-none-linux_x86_64", "py3-none-linux_x86_64"]
    assert headers["Build"] == "7b"
    assert b"Build" not in render_wheel_file("py3-none-any")
