"""What the page of a wheel says, and that nothing in a wheel can make it say something else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictured import BINARY, EVIL, LIBRARY, PICTURE, RUNTIME, STUB, evil_picture
from workshop import GOLDEN, compare_golden

from ffiwheel.audit.platform import lowest_platform
from ffiwheel.model.binary import Binary, Format
from ffiwheel.model.finding import Finding, Report, Severity
from ffiwheel.model.picture import Entry, Origin, Picture
from ffiwheel.ui.page.graph import plan_graph
from ffiwheel.ui.page.page import TALL, WIDE, plan_page
from ffiwheel.ui.page.releases import plan_matrix
from ffiwheel.ui.page.render import PHONE, render_page
from ffiwheel.ui.page.stubs import parse_stub

EMPTY = Picture(file_name="a.so", name="a.so", size=0, report=Report(rules=1))
VOID = {"meta", "link", "path", "rect", "input"}


class Reader(HTMLParser):
    """What a browser without styles and scripts would show; refuses what is not well nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.lines: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"} and data.strip():
            self.lines.append(" ".join(data.split()))


def read(picture: Picture) -> Reader:
    reader = Reader()
    reader.feed(render_page(picture).decode())
    reader.close()
    assert reader.open == []
    return reader


def test_small_page_says(*, update_golden: bool) -> None:
    lines = [re.sub(r"ffiwheel \d\S*", "ffiwheel VERSION", line) for line in read(PICTURE).lines]
    compare_golden(GOLDEN / "page" / "hello.txt", "\n".join(lines) + "\n", update=update_golden)


def test_page_needs_nothing_else() -> None:
    text = render_page(PICTURE).decode()
    for tag, attributes in read(PICTURE).tags:
        assert tag not in {"iframe", "object", "embed", "form", "base", "img"}
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))
        assert "src" not in attributes
    assert "url(" not in text
    assert "@import" not in text


def test_same_picture_gives_the_same_bytes() -> None:
    turned = replace(
        PICTURE,
        binaries=dict(reversed([*PICTURE.binaries.items()])),
        origins=dict(reversed([*PICTURE.origins.items()])),
    )
    assert render_page(PICTURE) == render_page(PICTURE) == render_page(turned)


def test_page_of_nothing() -> None:
    lines = read(EMPTY).lines
    assert "1 rule applied, and none of them has anything to say." in lines
    assert "Metadata" not in lines


def test_what_a_wheel_says_is_text() -> None:
    harmless = read(evil_picture(EVIL.translate(str.maketrans("<>\"'&", "()..."))))
    evil = read(evil_picture(EVIL))
    assert [tag for tag, _ in evil.tags] == [tag for tag, _ in harmless.tags]
    text = render_page(evil_picture(EVIL)).decode()
    assert text.count("<script>") == 1
    assert "alert(1)" in " ".join(evil.lines), "it is shown"
    assert "49" not in " ".join(evil.lines), "it is no template"
    assert "\u202e" not in text


@settings(max_examples=30)
@given(st.text(min_size=1))
def test_any_text_is_text(evil: str) -> None:
    assert read(evil_picture(evil)).tags


def test_page_of_a_hostile_wheel_is_bounded() -> None:
    long = "n" * 20_000
    findings = tuple(
        Finding(
            rule="ELF001 a", severity=Severity.NOTE, subject=f"{long}{i}", message=long, help=str(i)
        )
        for i in range(3_000)
    )
    picture = replace(
        PICTURE,
        entries=tuple(Entry(path=f"{long}{i}", size=i, packed=i) for i in range(3_000)),
        report=Report(rules=1, findings=findings),
        metadata=tuple((f"Key{i}", long) for i in range(1_000)),
        stubs={f"m{i}": f'"""{long}"""' for i in range(100)},
    )
    page = render_page(picture)
    assert len(page) < 10_000_000
    assert "and 1\u202f000 files more, " in page.decode()


def test_findings_of_one_kind_stand_together() -> None:
    error, note = plan_page(PICTURE).remarks
    assert (error.code, error.severity, len(error.places)) == ("WHL001", "error", 1)
    assert (note.code, note.severity, len(note.places)) == ("ELF017", "note", 5)
    assert plan_page(PICTURE).verdict.text == "1 error, 5 notes"


def test_graph() -> None:
    graph = plan_graph(PICTURE)
    nodes = {node.label: node for node in graph.nodes}
    columns = sorted({node.left for node in graph.nodes})
    assert graph.columns == len(columns) == 3
    assert nodes["libhello.so"].left == columns[0]
    assert nodes["libdep.so"].left == columns[1]
    assert {nodes[name].left for name in ("libc.so.6", "libgone.so")} == {columns[2]}
    assert nodes["libc.so.6"].note == "GLIBC_2.17"
    assert nodes["libc.so.6"].decides
    assert nodes["libgone.so"].note == "not found"
    deciding = [need for need in graph.needs if need.decides]
    assert [(need.path, need.library) for need in deciding] == [(LIBRARY, "libc.so.6")]
    assert [edge.decides for edge in graph.edges].count(True) == 1
    for node in graph.nodes:
        assert node.left >= 0
        assert node.left + node.width <= 100.01
        assert node.top + 46 <= graph.height


def test_reasons_are_found_in_what_the_audit_says() -> None:
    binary = replace(BINARY, needed=("libc.so.6",))
    reasons = lowest_platform({LIBRARY: binary}).reasons
    graph = plan_graph(replace(PICTURE, binaries={LIBRARY: binary}, reasons=reasons))
    [need] = graph.needs
    assert [(floor.version, floor.decides) for floor in need.floors] == [("GLIBC_2.17", True)]


def test_library_inside_is_found_by_the_name_that_it_gives_itself() -> None:
    binaries = {
        "p/a.so": Binary(arch="x86_64", needed=("libb.so.1",)),
        "p.libs/libb-12.so": Binary(arch="x86_64", soname="libb.so.1"),
    }
    graph = plan_graph(replace(PICTURE, binaries=binaries))
    assert [node.label for node in graph.nodes] == ["a.so", "libb-12.so"]
    assert len(graph.edges) == 1


def test_libraries_that_need_the_same_are_one_node() -> None:
    binaries = {f"p/x{i}.so": Binary(arch="x86_64", needed=("libc.so.6",)) for i in range(40)}
    graph = plan_graph(replace(PICTURE, binaries=binaries))
    assert [node.label for node in graph.nodes] == ["x0.so", "libc.so.6"]
    assert graph.nodes[0].note == "and 39 more"
    assert len(graph.needs) == 40


def test_parts_of_the_system_that_the_same_libraries_need_are_one_node() -> None:
    needed = (*(f"api-ms-win-crt-{i}.dll" for i in range(9)), "KERNEL32.dll", "gone.dll")
    binary = Binary(arch="amd64", format=Format.PE, needed=needed)
    origins = dict.fromkeys(needed[:-1], Origin.SYSTEM)
    graph = plan_graph(replace(PICTURE, binaries={"a.dll": binary}, origins=origins))
    assert [(node.label, node.note) for node in graph.nodes] == [
        ("a.dll", "in the wheel"),
        ("KERNEL32.dll", "and 9 more"),
        ("gone.dll", "not found"),
    ]


def test_libraries_in_a_circle_have_a_place() -> None:
    binaries = {
        f"p/x{i}.so": Binary(arch="x86_64", needed=(f"x{(i + 1) % 5}.so",)) for i in range(5)
    }
    graph = plan_graph(replace(PICTURE, binaries=binaries))
    assert len(graph.nodes) == 5
    assert len(graph.edges) == 5


def test_more_libraries_than_rows_are_in_the_table() -> None:
    binary = Binary(arch="x86_64", needed=tuple(f"lib{i}.so" for i in range(60)))
    graph = plan_graph(replace(PICTURE, binaries={"a.so": binary}))
    assert len(graph.needs) == 60
    assert graph.left_out == 60 + 1 - len(graph.nodes) > 0


def test_releases() -> None:
    matrix = plan_matrix(RUNTIME)
    assert [(one.release, one.works) for one in matrix.outcomes] == [
        ("0.1.0", False),
        ("0.1.4", False),
        ("0.1.5", True),
        ("0.1.9", True),
        ("0.1.10", True),
        ("0.1.11", False),
    ]
    assert [cause.releases for cause in matrix.causes] == [("0.1.0", "0.1.4"), ("0.1.11",)]


def test_stub() -> None:
    module = parse_stub("hello", STUB)
    assert module.doc == "What libhello.so offers."
    add, plain, scale, pair = module.items
    assert add.code == "def add(x: int, y: int = 1) -> int"
    assert add.doc.startswith("Add `y` to `x`.")
    assert plain.code == "def no_words(x: int) -> int"
    assert scale.code == (
        "@overload\ndef scale(x: int) -> int\n"
        "@overload\ndef scale(\n    x: float,\n    factor: float = 2.0,\n) -> float"
    )
    assert pair.pieces == ("class ", "Pair", "")
    assert [(one.kind, one.name, one.doc) for one in pair.members] == [
        ("value", "a", "The first."),
        ("property", "b", ""),
        ("function", "__init__", "Make one."),
    ]


@pytest.mark.parametrize("text", ["def f(", "\0", "x = " + "(" * 5_000, "é = 'a\ud800'"])
def test_stub_that_does_not_parse(text: str) -> None:
    assert parse_stub("m", text).is_broken


def test_stub_that_python_warns_of() -> None:
    assert parse_stub("m", 'def f() -> None:\n    "\\d"').items[0].doc == "\\d"


@given(st.text())
def test_any_stub_is_read_or_broken(text: str) -> None:
    parse_stub("m", text)


def test_style_and_layout_agree() -> None:
    style = files("ffiwheel.ui.page").joinpath("page.css").read_text()
    assert f"aspect-ratio: {WIDE:g};" in style
    assert f".map {{ aspect-ratio: {TALL:g}; }}" in style
    assert f"@media (max-width: {PHONE}px)" in style


def colors() -> list[dict[str, str]]:
    """Return the colors of the light and the dark page."""
    style = files("ffiwheel.ui.page").joinpath("page.css").read_text()
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", style)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks)
    return [light, dark]


PAIRS = [
    *((text, ground) for text in ("ink", "quiet", "accent") for ground in ("paper", "raised")),
    *((tone, f"{tone}-soft") for tone in ("error", "warning", "note", "good")),
    *((tone, "paper") for tone in ("error", "warning", "note", "good")),
    *(("ink", name) for name in ("good-soft", "error-soft", "warning-soft")),
]


@pytest.mark.parametrize("palette", colors(), ids=["light", "dark"])
def test_contrast_is_enough(palette: dict[str, str]) -> None:
    boxes = [("ink", name) for name in palette if name.startswith("k-")]
    assert len(boxes) == 10
    for text, ground in (*PAIRS, *boxes):
        assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    shares = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
