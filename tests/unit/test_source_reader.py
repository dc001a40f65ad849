"""The source reader on code that nobody wrote for it, and on what is no code at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import tvm_ffi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workshop import REPOSITORY

from ffiwheel.reflect.source.project import Project
from ffiwheel.reflect.source.reader import read_sources

if TYPE_CHECKING:
    from ffiwheel.reflect.source.mention import Mention

TESTING_CC = Path(tvm_ffi.__file__).parent / "src" / "ffi" / "testing" / "testing.cc"
CASES = REPOSITORY / "tests" / "data" / "sources"
PACKED = {"testing.nop", "testing.echo", "testing.apply", "testing.schema_packed"}
ENOUGH = 0.95
SAMPLES = [path.read_bytes() for path in sorted(CASES.rglob("*.c[cu]"))]
PIECES = [
    b"#define X(a) a##a X(a) X(a)\n",
    b"#define B(*) * B(*) GlobalDef\n",
    b"#if 0\n",
    b"#else\n",
    b"#endif\n",
    b'R"(',
    b"/*",
    b"///< x\n",
    b"<<<",
    b'refl::GlobalDef().def("a",',
    b"refl::ObjectDef<",
    b"TVM_FFI_DLL_EXPORT_TYPED_FUNC(",
    b"enum {",
    b"{{((",
    b"'",
    b"\xff\xfe\x00",
    b"\r",
]


def callables(mentions: tuple[Mention, ...]) -> list[Mention]:
    kinds = {"function", "symbol", "constructor", "method", "static"}
    return [one for one in mentions if one.kind in kinds]


def test_names_of_testing_cc() -> None:
    """All but the packed functions, whose parameters have no names, are known."""
    mentions = callables(read_sources([("testing.cc", TESTING_CC.read_bytes())]))
    named = [one for one in mentions if one.name not in PACKED]
    missed = [
        (one.name, one.where)
        for one in named
        if one.parameters is None or not all(parameter.name for parameter in one.parameters)
    ]
    assert len(named) > 70
    assert len(missed) <= len(named) * (1 - ENOUGH), missed
    assert all(one.parameters is None for one in mentions if one.name in PACKED)


def test_every_registration_of_testing_cc_is_found() -> None:
    text = TESTING_CC.read_text()
    names = {one.name for one in read_sources([("testing.cc", text.encode())])}
    registered = [
        name
        for name in tvm_ffi.registry.list_global_func_names()
        if name.startswith("testing.") and f'"{name}"' in text
    ]
    assert len(registered) > 50
    assert set(registered) <= names


def test_arity_agrees_with_reflection() -> None:
    """What the source says of testing.cc is what its library says, for every global function."""
    said = {
        one.name: len(one.parameters)
        for one in read_sources([("testing.cc", TESTING_CC.read_bytes())])
        if one.kind == "function" and one.parameters is not None
    }
    present = set(tvm_ffi.registry.list_global_func_names())
    reflected = {
        name: arity
        for name in said
        if name in present and (arity := reflected_arity(name)) is not None
    }
    assert len(reflected) > 50
    assert reflected == {name: said[name] for name in reflected}


def reflected_arity(name: str) -> int | None:
    metadata = tvm_ffi.registry.get_global_func_metadata(name) or {}
    schema = json.loads(metadata.get("type_schema", "{}"))
    if "named_args" in schema:
        return len(schema["named_args"].get("params", []))
    return len(schema["args"]) - 1 if "args" in schema else None


def test_files_that_register_nothing_are_not_parsed() -> None:
    files = [
        ("a.cc", b'int used(int x); void f() { GlobalDef().def("used", used); }'),
        ("b.cc", b"int used(int x) { return x; }"),
        ("c.cc", b"int unused(int x) { return used(x); }"),
    ]
    project = Project(files)
    assert [file.plain.text.path for file in project.registering] == ["a.cc"]
    project.learn("used")
    assert {one.path for one in project.functions.named("used")} == {"a.cc", "b.cc"}
    assert not project.functions.named("unused")


def test_the_file_itself_and_its_headers_come_first() -> None:
    def register(name: str, extra: str = "") -> bytes:
        return f'{extra}\nvoid f() {{ GlobalDef().def("{name}", run); }}'.encode()

    files = [
        ("own.cc", register("own", "int run(int own);")),
        ("including.cc", register("including", '#include "deep/a.h"')),
        ("alone.cc", register("alone")),
        ("include/deep/a.h", b'#include "b.h"'),
        ("include/deep/b.h", b"int run(long included);"),
        ("other.cc", b"int run(char other) { return 1; }"),
    ]
    found: dict[str, set[str]] = {}
    for one in read_sources(files):
        assert one.parameters is not None
        found.setdefault(one.name, set()).add(one.parameters[0].name)
    assert found["own"] == {"own"}
    assert found["including"] == {"included"}
    assert found["alone"] == {"own", "included", "other"}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=2000))
def test_random_bytes(data: bytes) -> None:
    read_sources([("a.cc", data), ("b.cc", b"GlobalDef " + data.replace(b"\0", b""))])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sample=st.sampled_from(SAMPLES),
    start=st.integers(0, 3000),
    length=st.integers(0, 6000),
    edits=st.lists(st.tuples(st.integers(0, 6000), st.sampled_from(PIECES)), max_size=12),
)
def test_damaged_sources(
    sample: bytes, start: int, length: int, edits: list[tuple[int, bytes]]
) -> None:
    data = sample[start : start + length]
    for position, piece in edits:
        data = data[:position] + piece + data[position + 3 :]
    for mention in read_sources([("a.cc", data.replace(b"\0", b""))]):
        assert mention.name
        for parameter in mention.parameters or ():
            if parameter.default:
                compile(parameter.default, "default", "eval")


def test_macros_that_multiply_themselves() -> None:
    lines = [f"#define A{n} A{n - 1} A{n - 1} GlobalDef\n" for n in range(1, 60)]
    assert read_sources([("a.cc", "".join([*lines, "A59"]).encode())]) == ()


def test_a_macro_that_is_none() -> None:
    assert read_sources([("a.cc", b"#define B(*) * B(*) GlobalDef\nB(1)")]) == ()


def test_a_macro_of_many_words_is_read_at_once() -> None:
    words = " ".join(f"word{n}" for n in range(20_000))
    text = f'#define TABLE(x) "a" {words} ;\nvoid f() {{ GlobalDef().def("g", [](int y) {{}}); }}'
    assert [one.name for one in read_sources([("a.cc", text.encode())])] == ["g"]


def test_a_long_chain() -> None:
    chain = "\n".join(f'.def("f{n}", [](int x{n}) {{ return x{n}; }})' for n in range(2000))
    text = f"void f() {{ refl::GlobalDef()\n{chain}; }}"
    mentions = read_sources([("a.cc", text.encode())])
    assert [one.where for one in mentions] == [f"a.cc:{n + 2}" for n in range(2000)]
    assert all(one.parameters and one.parameters[0].name == f"x{one.name[1:]}" for one in mentions)
