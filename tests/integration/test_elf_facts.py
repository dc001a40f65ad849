"""What compilers and linkers do to a library is seen in it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from workshop import find_nvcc, require

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.model.binary import Binary, CodeKind
from ffiwheel.workflow.binaries import read_file

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
#include <string>
#include <stdexcept>
inline int &counter() { static int value; return value; }
template <class T> T twice(T one) { return one + one; }
int used(const std::string &text) { return ++counter() + twice(int(text.size())); }
extern "C" int call() { throw std::runtime_error("x"); }
int (*pointer)() = call;
"""


def build(folder: Path, *options: str) -> Binary:
    require("compiler", present=shutil.which("g++") is not None)
    (folder / "a.cc").write_text(SOURCE)
    command = ["g++", "-shared", "-fPIC", "a.cc", "-o", "a.so", *options]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return read_file(folder / "a.so", "a.so")


@pytest.mark.compiler
def test_a_plain_library(tmp_path: Path) -> None:
    binary = build(tmp_path, "-Wl,-soname,liba.so.1", "-Wl,-z,lazy")
    assert binary.soname == "liba.so.1"
    assert "libstdc++.so.6" in binary.needed
    assert "_ZZ7countervE5value" in binary.unique_exports
    assert "_Z5twiceIiET_S0_" in binary.weak_exports
    assert {"call", "pointer"} <= set(binary.exports)
    assert any(one.version.startswith("GLIBCXX_") and one.library for one in binary.imports)
    assert {(one.library, one.version) for one in binary.imports if one.version} == set(
        binary.versions
    )
    assert binary.has_symbols
    assert not binary.has_debug
    assert not binary.binds_now
    assert not binary.text_relocations
    assert any(one.startswith("GCC: ") for one in binary.compilers)


@pytest.mark.compiler
@pytest.mark.parametrize(
    ("fact", "option", "otherwise"),
    [
        ("binds_now", "-Wl,-z,now", "-Wl,-z,lazy"),
        ("relro", "-Wl,-z,relro", "-Wl,-z,norelro"),
        ("executable_stack", "-Wl,-z,execstack", "-Wl,-z,noexecstack"),
        ("has_debug", "-g", "-g0"),
        ("has_symbols", "-O0", "-s"),
        ("processor", "-Wl,-z,x86-64-v3", "-O0"),
    ],
)
def test_an_option_is_seen(fact: str, option: str, otherwise: str, tmp_path: Path) -> None:
    assert getattr(build(tmp_path, option), fact)
    assert not getattr(build(tmp_path, otherwise), fact)


@pytest.mark.compiler
def test_text_relocations(tmp_path: Path) -> None:
    (tmp_path / "b.s").write_text('.text\n.quad call\n.section .note.GNU-stack, ""\n')
    assert build(tmp_path, "b.s", "-Wl,-z,notext").text_relocations


@pytest.mark.compiler
def test_a_processor_that_not_everybody_has_forbids_every_tag(tmp_path: Path) -> None:
    platform = lowest_platform({"a.so": build(tmp_path, "-Wl,-z,x86-64-v3")})
    assert platform.tag == "linux_x86_64"
    assert "x86-64-v3" in platform.reasons[-1].text


@pytest.mark.cuda
def test_device_code(tmp_path: Path) -> None:
    """Architectures as nvcc was told, for ready and for unlinked code, compressed and not."""
    nvcc = find_nvcc()
    require("cuda", present=nvcc is not None)
    (tmp_path / "a.cu").write_text("__global__ void add(float *a) { a[threadIdx.x] += 1; }\n")
    pairs = (
        *("arch=compute_75,code=sm_75", "arch=compute_90a,code=[sm_90a,compute_90a]"),
        *("arch=compute_100f,code=sm_100f", "arch=compute_100a,code=sm_100a"),
        "arch=compute_120,code=[sm_120,compute_120]",
    )
    common = [str(nvcc), "-shared", "-Xcompiler", "-fPIC", "a.cu"]
    options = [part for pair in pairs for part in ("-gencode", pair)]
    found = {}
    for name, extra in {"small": ("-cudart", "shared"), "large": ("-no-compress",)}.items():
        command = [*common, *options, *extra, "-o", f"{name}.so"]
        subprocess.run(command, cwd=tmp_path, check=True)
        found[name] = read_file(tmp_path / f"{name}.so", name)
    expected = [
        *((f"compute_{arch}", CodeKind.PTX) for arch in ("90a", "120")),
        *((f"sm_{arch}", CodeKind.SASS) for arch in ("75", "90a", "100a", "100f", "120")),
    ]
    for binary in found.values():
        assert [(one.arch, one.kind) for one in binary.device_code] == expected
        kept = next(one.size for one in binary.sections if one.name == ".nv_fatbin")
        assert 0.8 * kept < sum(one.size for one in binary.device_code) < kept
    sizes = [sum(one.size for one in found[name].device_code) for name in ("small", "large")]
    assert sizes[0] < sizes[1]
    assert [found[name].static_cudart for name in ("small", "large")] == [False, True]
    assert any(one.startswith("libcudart.so.") for one in found["small"].needed)
