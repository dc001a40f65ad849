"""Every rule speaks where it should, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from crafted import (
    GOOD,
    INFO,
    LIBRARY,
    METADATA,
    PATH,
    TAG,
    WHEEL,
    library,
    on_mac,
    on_windows,
)
from crafted import tagged as under
from crafted import with_library as lib

from ffiwheel.audit.check import check_subject
from ffiwheel.audit.rules import RULES
from ffiwheel.audit.subject import Entry, Oddity, Outline, Subject
from ffiwheel.model.api import Api, Class, Function
from ffiwheel.model.binary import Binary, CodeKind, DeviceCode, Format, Import, Section
from ffiwheel.model.finding import Severity, group_findings
from ffiwheel.model.record import RecordFault

MANGLED = "_ZN3tvm3ffi4json9StringifyERKNS0_3AnyE"
SASS, PTX = DeviceCode("sm_90", CodeKind.SASS, 9), DeviceCode("compute_90", CodeKind.PTX, 9)
API = Api(functions=(Function(name="pkg.add"),), classes=(Class(type_key="pkg.Pair"),))
DEEP = replace(API, functions=(*API.functions, Function(name="pkg.math.norm")))
STUB = {"pkg/_ffi_api.pyi": "def add(x: int) -> int: ...\nclass Pair: ...\n"}


def tagged(platform: str, python: str = "py3-none") -> Subject:
    return under(GOOD, f"{python}-{platform}")


def metadata(old: str, new: str) -> Subject:
    assert old in METADATA
    return replace(GOOD, metadata=METADATA.replace(old, new))


def entries(*names: str, mode: int = 0o100644, platform: str = "") -> Subject:
    outline = Outline(size=1000, entries=tuple(Entry(name, 10, 10, mode) for name in names))
    return replace(tagged(platform) if platform else GOOD, outline=outline)


def beside(path: str, binary: Binary = LIBRARY) -> Subject:
    return replace(GOOD, binaries={PATH: LIBRARY, path: binary}, digests={})


def api(*names: str) -> Subject:
    one = Api(functions=tuple(Function(name=name) for name in names))
    stub = "".join(f"def {name.rpartition('.')[2]}() -> None: ...\n" for name in names)
    return replace(GOOD, api=one, stubs={"pkg/_ffi_api.pyi": stub})


WINDOWS = Binary(arch="amd64", format=Format.PE)
OTHER = Binary(arch="x86_64")
TAKES_CXX = library(imports=(Import(MANGLED), *LIBRARY.imports))
WITH_PYTHON = {PATH: library(imports=(Import("PyLong_AsLong"), *LIBRARY.imports))}
RUNTIME = replace(
    beside("tvm_ffi/lib/libtvm_ffi.so", OTHER),
    metadata=METADATA.replace("Name: pkg", "Name: apache-tvm-ffi").replace(
        "Requires-Dist: apache", "Requires-Dist: other"
    ),
    file_name=f"apache_tvm_ffi-1.0-{TAG}.whl",
    dist_info="apache_tvm_ffi-1.0.dist-info",
)

CASES = [
    ("WHL001", tagged("manylinux_2_5_x86_64")),
    ("WHL001", tagged("manylinux2010_x86_64")),
    ("WHL001", tagged("manylinux_2_17_aarch64")),
    ("WHL001", tagged("musllinux_1_2_x86_64")),
    ("WHL001", tagged("win_amd64")),
    ("WHL001", tagged("any")),
    ("WHL001", replace(tagged("manylinux_2_17_x86_64.manylinux_2_5_x86_64"), wheel_tags=(TAG, "py3-none-manylinux_2_5_x86_64"))),
    ("WHL001", under(on_mac(), "py3-none-macosx_10_9_x86_64")),
    ("WHL001", under(on_mac(), "py3-none-macosx_11_0_universal2")),
    ("WHL001", under(on_mac(minimum_os="13.0"), "py3-none-macosx_11_0_arm64")),
    ("WHL006", under(on_mac(), "py3-none-macosx_14_0_arm64")),
    ("WHL003", replace(GOOD, wheel_tags=("py3-none-any",))),
    ("WHL003", replace(GOOD, wheel_tags=())),
    ("WHL003", replace(GOOD, wheel_tags=(TAG, "py2-none-any"))),
    ("WHL004", replace(GOOD, unrecorded=(RecordFault(PATH, "RECORD has another hash"),))),
    ("WHL005", metadata("apache-tvm-ffi>=0.1.5", "numpy")),
    ("WHL005", metadata("apache-tvm-ffi>=0.1.5", "apache-tvm-ffi; extra == 'x'")),
    ("WHL006", tagged("manylinux_2_28_x86_64")),
    ("WHL006", tagged("linux_x86_64")),
    ("WHL007", metadata("Version: 1.0", "Version: 1.1")),
    ("WHL007", metadata("Name: pkg", "Name: other")),
    ("WHL007", replace(GOOD, dist_info="pkg-2.0.dist-info")),
    ("WHL007", replace(GOOD, file_name="pkg.whl")),
    ("WHL008", metadata("Requires-Python: >=3.9", "Requires-Python: python 3")),
    ("WHL008", metadata("Summary: A package", "Summary: A package\n  of two lines")),
    ("WHL008", metadata("Metadata-Version: 2.4", "Metadata-Version: 2.1")),
    ("WHL009", metadata("\nWhat it is.\n", "")),
    ("WHL009", metadata("Requires-Python: >=3.9\n", "")),
    ("WHL010", replace(GOOD, outline=Outline(size=100_000_001))),
    ("WHL011", replace(GOOD, sizes=dict.fromkeys(["pkg/__init__.py", PATH], 1), stubs={})),
    ("WHL012", replace(GOOD, api=API)),
    ("WHL012", replace(GOOD, api=DEEP, stubs={**STUB, "pkg/math/_ffi_api.pyi": ""})),
    ("WHL012", replace(GOOD, api=DEEP, stubs={"pkg/_ffi_api/__init__.pyi": STUB["pkg/_ffi_api.pyi"]})),
    ("WHL013", replace(GOOD, api_fault="this is no API description")),
    ("WHL015", replace(GOOD, wheel_text=WHEEL.replace("1.0", "2.0"))),
    ("WHL015", replace(GOOD, wheel_text="")),
    ("WHL015", replace(GOOD, wheel_text=WHEEL.replace("false", "true"))),
    ("WHL016", metadata("Requires-Dist: ", "Requires-Dist: torch @ https://example.org/t.whl\nRequires-Dist: ")),
    ("WHL016", metadata("Summary: ", "Classifier: Private :: Do Not Upload\nSummary: ")),
    ("WHL020", entries("a.py", "a.py")),
    ("WHL020", entries("a", "a/b.py")),
    ("WHL021", entries("../a.py")),
    ("WHL021", entries("a/../../b.py")),
    ("WHL021", entries("/etc/passwd")),
    ("WHL022", entries("a/aux.py")),
    ("WHL022", entries("a/what?.py")),
    ("WHL022", entries("a/dot./b.py")),
    ("WHL022", entries("a\\b.py")),
    ("WHL022", entries("a\x1b[2J.py")),
    ("WHL023", entries("a/B.py", "a/b.py")),
    ("WHL023", entries("a/\u00e9.py", "a/e\u0301.py")),
    ("WHL024", entries("a.so", mode=0o120777)),
    ("WHL024", entries("a.so", mode=0o020666)),
    ("WHL025", replace(GOOD, outline=Outline(size=1000, is_bomb=True))),
    ("WHL026", replace(GOOD, outline=Outline(oddities=(Oddity("", "entries overlap"),)))),
    ("WHL027", replace(GOOD, damaged={"a.py": "bad CRC-32"})),
    ("PYP001", tagged("manylinux_2_17_x86_64", "cp311-cp311")),
    ("ELF001", beside("p/libtvm_ffi.so", OTHER)),
    ("ELF001", replace(on_windows(), binaries={**on_windows().binaries, "p/tvm_ffi.dll": WINDOWS})),
    ("ELF002", lib(imports=(Import("PyLong_AsLong"), *LIBRARY.imports))),
    ("ELF003", lib(binds_now=False)),
    ("ELF004", lib(exports=("__tvm_ffi_add", "_ZN3pkg3addEii"))),
    ("ELF005", lib(unique_exports=("_ZGVN3pkg1xE",))),
    ("ELF006", lib(runpaths=("$ORIGIN", "/home/me/lib"))),
    ("ELF007", lib(has_debug=True)),
    ("ELF007", replace(GOOD, sizes={**GOOD.sizes, "pkg/a.dylib.dSYM/Contents/a.dylib": 9})),
    ("ELF008", replace(GOOD, exports=("more_*",))),
    ("ELF009", lib(runpaths=("$ORIGIN/../../lib",))),
    ("ELF010", beside("pkg.libs/libcudart-1234abcd.so.12.1.105", OTHER)),
    ("ELF010", beside("pkg.libs/libcuda.so.1", OTHER)),
    ("ELF011", beside("pkg.libs/libstdc++-1234abcd.so.6.0.30", OTHER)),
    ("ELF012", on_mac(needed=("/opt/homebrew/lib/libomp.dylib",))),
    ("ELF012", on_windows(needed=("tvm_ffi.dll", "libgcc_s_seh-1.dll"))),
    ("ELF012", lib(needed=("libopenblas.so.0", "libc.so.6"))),
    ("ELF013", lib(executable_stack=True)),
    ("ELF014", lib(relro=False)),
    ("ELF015", lib(text_relocations=True)),
    ("ELF016", beside("pkg/b.so", library(arch="aarch64"))),
    ("ELF016", beside("pkg/b.dll", WINDOWS)),
    ("ELF017", lib(has_symbols=True)),
    ("ELF018", lib(build_paths=("/home/me/project",))),
    ("ELF020", replace(GOOD, unreadable={"pkg/x.so": "it is cut off"})),
    ("MAC001", on_mac(soname="/Users/me/libpkg.dylib")),
    ("MAC002", on_mac(signature="invalid")),
    ("MAC002", on_mac(signature="")),
    ("FFI001", lib(imports=(Import("TVMFFITensorCreateUnsafeView"), *LIBRARY.imports))),
    ("FFI001", replace(lib(imports=(Import("TVMFFIGetCustomAllocator"), *LIBRARY.imports)), metadata=METADATA.replace(">=0.1.5", "==0.1.12"))),
    ("FFI001", replace(GOOD, stubs={"pkg/_ffi_api.pyi": "import tvm_ffi\nclass A(tvm_ffi.List): ...\n"})),
    ("FFI002", lib(imports=(Import("TVMFFIFlyToTheMoon"), *LIBRARY.imports))),
    ("FFI002", lib(imports=(Import("TVMFFIFlyToTheMoon"), *LIBRARY.imports), header_version="99.1")),
    ("FFI003", metadata("tvm-ffi>=0.1.5", "tvm-ffi>=0.1.5,<0.1.12")),
    ("FFI004", lib(header_version="0.1.13")),
    ("FFI005", under(lib(needed=("libtvm_ffi.so",), imports=(Import("TVMFFIFunctionCall"),)), "py3-none-musllinux_1_2_x86_64")),
    ("FFI005", under(on_mac(arch="x86_64"), "py3-none-macosx_11_0_x86_64")),
    ("FFI005", under(on_mac(arch="universal2"), "py3-none-macosx_11_0_universal2")),
    ("FFI020", replace(GOOD, binaries={PATH: TAKES_CXX})),
    ("FFI021", lib(imports=(Import(MANGLED), *LIBRARY.imports), compilers=("clang version 22.1.8", "Linker: LLD 22.1.8"))),
    ("FFI021", on_mac(imports=(Import(MANGLED), Import("TVMFFIFunctionCall")))),
    ("FFI022", lib(header_version="")),
    ("FFI023", api("pkg.add", "add_one")),
    ("FFI023", api("other.add")),
    ("FFI023", lib(names=("pkg.add", "ffi.Array", "other.add"))),
    ("FFI024", replace(beside("pkg/sub/libpkg.so"), digests={PATH: "x", "pkg/sub/libpkg.so": "x"})),
    ("FFI024", replace(GOOD, binaries={PATH: library(names=("pkg.add",)), "pkg/b.so": library(names=("pkg.add",))})),
    ("CUDA001", lib(device_code=(SASS,))),
    ("CUDA002", lib(device_code=(PTX,))),
    ("CUDA004", on_windows(needed=("tvm_ffi.dll", "nvcuda.dll"))),
]  # fmt: skip

QUIET = [
    ("a good wheel", GOOD),
    ("a good wheel for macOS", on_mac()),
    ("a good wheel for Windows", on_windows()),
    ("two names of one tag", replace(tagged("manylinux_2_17_x86_64.manylinux2014_x86_64"), wheel_tags=(TAG, "py3-none-manylinux2014_x86_64"))),
    ("exports and symbols that were asked for", replace(lib(exports=("__tvm_ffi_add", "pkg_more"), has_debug=True), exports=("pkg_*",), debug=True)),
    ("half of a library for two machines", under(on_mac(arch="universal2", slices=(library(format=Format.MACHO, arch="arm64", minimum_os="11.0"), library(format=Format.MACHO, arch="x86_64", minimum_os="10.15"))), "py3-none-macosx_11_0_arm64")),
    ("a runpath to the runtime", lib(runpaths=("$ORIGIN/../tvm_ffi/lib",))),
    ("a version spelt in another way", metadata("Version: 1.0", "Version: 1")),
    ("stubs that have every name", replace(GOOD, api=API, stubs=STUB)),
    ("a stub for each namespace that has a module", replace(GOOD, api=DEEP, stubs={**STUB, "pkg/math/_ffi_api.pyi": "def norm() -> int: ...\n"})),
    ("a namespace whose module has no stub", replace(GOOD, api=DEEP, stubs=STUB)),
    ("a namespace that was asked for", replace(api("other.add"), prefixes=("other",))),
    ("a library with Python for one Python", replace(tagged("manylinux_2_17_x86_64", "cp311-cp311"), binaries=WITH_PYTHON)),
    ("C++ symbols of a library inside", replace(GOOD, binaries={PATH: TAKES_CXX, "pkg/libtvm.so": Binary(arch="x86_64", exports=(MANGLED,))})),
    ("the runtime's own wheel", RUNTIME),
    ("a class that MSVC takes from the runtime", replace(on_windows(imports=(Import("??0Error@ffi@tvm@@QEAA@AEBV012@@Z"), Import("TVMFFIFunctionCall"))), metadata=METADATA.replace(">=0.1.5", ">=0.1.13.post2"))),
    ("a module of Python", lib(exports=("__tvm_ffi_add", "PyInit_core"))),
    ("folders of the machine that built a grafted library", beside("pkg.libs/libomp-1234abcd.so.5", library(imports=(), exports=(), build_paths=("/build",), has_symbols=True))),
    ("a newer runtime asked for than is needed", metadata("tvm-ffi>=0.1.5", "tvm-ffi>=0.1.12")),
    ("symbols of the runtime in a library inside", replace(lib(imports=(Import("TVMFFIBigIntFromByteArray"), *LIBRARY.imports)), binaries={PATH: library(imports=(Import("TVMFFIBigIntFromByteArray"), *LIBRARY.imports)), "pkg/libtvm.so": Binary(arch="x86_64", exports=("TVMFFIBigIntFromByteArray",))}, stubs={}, sizes={})),
    ("code for one architecture alone", lib(device_code=(DeviceCode("sm_90a", CodeKind.SASS, 9),))),
    ("a name that delocate gives", on_mac(soname="/DLC/pkg/.dylibs/libz.1.dylib")),
    ("machine code and PTX", lib(device_code=(SASS, PTX))),
]  # fmt: skip


def findings(subject: Subject) -> list[str]:
    return [found.code for found in check_subject(subject).findings]


@pytest.mark.parametrize(("name", "subject"), QUIET, ids=[case[0] for case in QUIET])
def test_what_is_right_has_no_findings(name: str, subject: Subject) -> None:
    assert findings(subject) == [], name


@pytest.mark.parametrize(("code", "subject"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_is_found_by_its_rule_alone(code: str, subject: Subject) -> None:
    assert findings(subject) == [code]


def test_every_rule_has_a_case() -> None:
    alone = {code for code, _ in CASES}
    together = {"WHL002", "ELF021", "PYP002", "WIN001"}
    assert alone | together == {one.code for one in RULES}


def test_a_wheel_for_no_index_is_told_why() -> None:
    subject = replace(
        lib(needed=("libopenblas.so.0",), imports=()),
        file_tag="py3-none-linux_x86_64",
        wheel_tags=("py3-none-linux_x86_64",),
    )
    assert findings(subject) == ["WHL002"]


@pytest.mark.parametrize(
    ("library", "project", "who"),
    [
        ("libcudart.so.12", "torch>=2", "the CUDA toolkit"),
        ("libcublasLt.so.12", "nvidia-cublas-cu12", "the CUDA toolkit"),
        ("libcudnn_ops.so.9", "nvidia-cudnn-cu13", "the CUDA toolkit"),
        ("libtorch_cpu.so", "torch", "PyTorch"),
    ],
)
def test_what_others_provide_is_named_and_forces_no_tag(
    library: str, project: str, who: str
) -> None:
    subject = lib(needed=(library, "libc.so.6"))
    [warning] = check_subject(subject).findings
    assert (warning.code, warning.severity) == ("ELF021", Severity.WARNING)
    assert warning.message == f"it needs `{library}` of {who}, and no dependency brings it"
    required = METADATA.replace("Requires-Dist", f"Requires-Dist: {project}\nRequires-Dist", 1)
    [note] = check_subject(replace(subject, metadata=required)).findings
    assert (note.code, note.severity) == ("ELF021", Severity.NOTE)


def test_the_c_runtime_of_windows_comes_with_the_tvm_ffi_runtime_only() -> None:
    assert "ELF012" not in findings(on_windows(needed=("tvm_ffi.dll", "MSVCP140.dll")))
    assert "ELF012" in findings(on_windows(needed=("KERNEL32.dll", "MSVCP140.dll")))


def test_wheels_of_those_who_provide_a_library_may_carry_it() -> None:
    theirs = METADATA.replace("Name: pkg", "Name: nvidia-cublas-cu12")
    assert "ELF010" in findings(beside("pkg/libcublas.so.12", library()))
    wheel = beside("pkg/libcublas.so.12", library())
    assert "ELF010" not in findings(replace(wheel, metadata=theirs))


def test_older_names_of_a_tag_for_musl_are_true() -> None:
    subject = replace(
        lib(needed=("libc.so",), imports=(), exports=("f",)),
        file_tag="py3-none-musllinux_1_1_x86_64",
        wheel_tags=("py3-none-musllinux_1_1_x86_64",),
    )
    assert findings(subject) == []


def test_no_library_is_linked_with_libpython_even_for_one_python() -> None:
    linked = lib(needed=("libpython3.11.so.1.0", "libc.so.6"))
    subject = under(linked, TAG.replace("py3-none", "cp311-cp311"))
    assert "PYP002" in findings(subject)
    assert "ELF002" not in findings(subject)
    assert "PYP001" not in findings(subject)


def test_the_c_runtime_for_debugging_is_not_on_other_machines() -> None:
    assert "WIN001" in findings(on_windows(needed=("tvm_ffi.dll", "VCRUNTIME140D.dll")))


def test_what_a_repair_was_told_to_leave_out_is_no_fault() -> None:
    subject = on_mac(needed=("@rpath/libtvm_ffi.dylib", "@rpath/libdep.dylib"))
    assert "ELF012" in findings(subject)
    assert "ELF012" not in findings(replace(subject, outside=("libdep.dylib",)))


def test_another_package_may_bring_a_library() -> None:
    subject = lib(needed=("libmkl_rt.so.2", "libc.so.6"))
    required = METADATA.replace("Requires-Dist", "Requires-Dist: mkl\nRequires-Dist", 1)
    [alone] = check_subject(subject).findings
    [brought] = check_subject(replace(subject, metadata=required)).findings
    assert (alone.severity, brought.severity) == (Severity.ERROR, Severity.WARNING)


def test_a_bare_library_is_held_against_the_rules_on_libraries_only() -> None:
    bare = Subject(
        file_name="libpkg.so",
        file_tag="",
        wheel_tags=(),
        metadata="",
        binaries={"libpkg.so": library(binds_now=False)},
    )
    assert findings(bare) == ["ELF003"]


def test_names_are_worse_where_the_tag_promises_windows() -> None:
    subject = entries("a/aux.py", "a/AUX.py", platform="any")
    worst = {found.code: found.severity for found in check_subject(subject).findings}
    assert worst["WHL022"] is worst["WHL023"] is Severity.ERROR


@pytest.mark.parametrize(("wanted", "speaks"), [(">=0.1.5", False), ("<0.1.15", True)])
def test_the_newest_release_that_is_admitted_has_a_wheel_or_not(
    wanted: str, *, speaks: bool
) -> None:
    """Windows on arm64 has had wheels of the runtime since 0.1.15."""
    arm = under(on_windows(arch="arm64"), "py3-none-win_arm64")
    subject = replace(arm, metadata=METADATA.replace(">=0.1.5", wanted))
    assert ("FFI005" in findings(subject)) == speaks


def test_systems_without_a_wheel_of_the_runtime_are_one_finding_to_read() -> None:
    needed = ("libtvm_ffi.so", "libc.musl-x86_64.so.1")
    imports = (Import("TVMFFIFunctionCall"),)
    subjects = [
        under(lib(needed=needed, imports=imports), "py3-none-musllinux_1_2_x86_64"),
        under(on_mac(arch="x86_64"), "py3-none-macosx_11_0_x86_64"),
    ]
    found = [one for subject in subjects for one in check_subject(subject).findings]
    assert [one.code for one in found] == ["FFI005", "FFI005"]
    assert len(group_findings(found)) == 1


def test_findings_say_how_much() -> None:
    sections = (Section(".debug_info", 5_000_000), Section(".text", 100))
    [found] = check_subject(lib(has_debug=True, sections=sections)).findings
    assert found.message == "it has debug sections, in all 5.0 MB"


def test_libraries_with_one_fault_are_one_finding_to_read() -> None:
    large = (Section(".debug_info", 5_000_000),)
    subject = replace(
        beside("pkg/b.so", library(has_debug=True)),
        binaries={
            PATH: library(has_debug=True, sections=large),
            "pkg/b.so": library(has_debug=True),
        },
    )
    every = [one for one in check_subject(subject).findings if one.code == "ELF007"]
    [(found, places)] = group_findings(every).items()
    assert found.message == "it has debug sections, in all 5.0 MB"
    assert places == [PATH, "pkg/b.so"]
    exports = ("_ZN3tvm3ffi3AnyD1Ev", "_ZN3pkg3addEii")
    [found] = check_subject(lib(exports=exports, weak_exports=exports[:1])).findings
    assert "exports 2 symbols besides" in found.message
    assert found.message.endswith("; 1 of them weak, 1 of `tvm::ffi`")


def test_headers_that_are_newer_than_the_table_are_no_error() -> None:
    imports = (Import("TVMFFIFlyToTheMoon"), *LIBRARY.imports)
    [found] = check_subject(lib(imports=imports, header_version="99.1")).findings
    assert (found.code, found.severity) == ("FFI002", Severity.WARNING)


def test_the_worst_stands_first() -> None:
    subject = replace(lib(binds_now=False, header_version="", executable_stack=True))
    assert findings(subject) == ["ELF013", "ELF003", "FFI022"]


def test_the_folder_of_metadata_is_named() -> None:
    [found] = check_subject(metadata("Requires-Python: >=3.9", "Requires-Python: 3")).findings
    assert found.subject == f"{INFO}/METADATA"
    assert "requires-python" in found.message.lower()
