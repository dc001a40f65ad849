"""The map of a page: what is shown of a wheel, and where its boxes lie."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import BINARY, LIBRARY, PICTURE

from ffiwheel.model.binary import Symbol
from ffiwheel.model.picture import Entry
from ffiwheel.ui.page.contents import Node, plan_contents, shorten_tree, sum_kinds
from ffiwheel.ui.page.kinds import Kind
from ffiwheel.ui.page.treemap import Rect, plan_boxes, squarify

SIZES = st.lists(st.integers(1, 10**6), min_size=1, max_size=40).map(
    lambda sizes: sorted(sizes, reverse=True)
)
ASPECTS = st.floats(0.05, 20)


@given(SIZES, ASPECTS)
def test_areas_are_as_sizes(sizes: list[int], aspect: float) -> None:
    rects = squarify(sizes, aspect)
    assert len(rects) == len(sizes)
    for size, rect in zip(sizes, rects, strict=True):
        share = max(size, sizes[0] * 1e-6) / sum(sizes)
        assert math.isclose(area(rect) / 100**2, share, rel_tol=1e-4)


@given(SIZES, ASPECTS)
def test_boxes_lie_inside_and_not_on_each_other(sizes: list[int], aspect: float) -> None:
    rects = squarify(sizes, aspect)
    for rect in rects:
        assert rect.left >= -1e-6
        assert rect.top >= -1e-6
        assert rect.left + rect.width <= 100 + 1e-6
        assert rect.top + rect.height <= 100 + 1e-6
    for one, other in combinations(rects, 2):
        assert overlap(one, other) < 1e-6


@given(st.lists(st.integers(1, 2**64), min_size=1, max_size=40))
def test_absurd_sizes_have_boxes(sizes: list[int]) -> None:
    rects = squarify(sorted(sizes, reverse=True), 1.8)
    assert all(math.isfinite(area(rect)) and area(rect) > 0 for rect in rects)


def test_boxes_are_near_to_squares() -> None:
    rects = squarify([60, 60, 40, 30, 20, 20, 10], 1.5)
    worst = max(max(r.width * 1.5 / r.height, r.height / (r.width * 1.5)) for r in rects)
    assert worst < 3, "slices would be 15"


def area(rect: Rect) -> float:
    return rect.width * rect.height


def overlap(one: Rect, other: Rect) -> float:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return max(across, 0) * max(down, 0)


def test_every_box_has_a_number_of_its_own_and_no_box_is_empty() -> None:
    box = plan_boxes(shorten_tree(plan_contents(PICTURE)), 1.8, 0.8)
    boxes = [*box.all]
    assert [one.number for one in boxes] == [*range(len(boxes))]
    assert all(one.node.size > 0 for one in boxes)
    assert "__init__.py" not in {one.node.name for one in boxes}, "it is empty"


def test_tree_goes_down_to_symbols() -> None:
    whole = plan_contents(PICTURE)
    assert whole.size == sum(entry.size for entry in PICTURE.entries)
    assert whole.packed == sum(entry.packed for entry in PICTURE.entries)
    library = find(whole, "hello", "libhello.so")
    assert (library.size, library.packed, library.kind) == (61_000, 18_000, Kind.MIXED)
    assert [(one.name, one.size) for one in library.parts] == [
        (".text", 30_000),
        (".nv_fatbin", 20_000),
        (".rodata", 8_000),
        ("outside of sections", 2_000),
        (".dynsym", 1_000),
    ]
    assert [(one.name, one.size) for one in find(library, ".text").parts] == [
        ("hello::add", 12_000),
        ("without a name", 12_000),
        ("__tvm_ffi_scale", 6_000),
    ]
    assert [(one.name, one.size) for one in find(library, ".nv_fatbin").parts] == [
        ("sm_80 SASS", 12_000),
        ("compute_90 PTX", 7_000),
        ("without a name", 1_000),
    ]


def test_folder_with_one_thing_in_it_is_one_with_it() -> None:
    assert find(plan_contents(PICTURE), "hello", "lib/libdep.so").size == 9_000


def test_sums_are_of_everything() -> None:
    sums = sum_kinds(plan_contents(PICTURE))
    assert sum(sums.values()) == sum(entry.size for entry in PICTURE.entries)
    assert sums[Kind.DEVICE] == 20_000
    assert [*sums.values()] == sorted(sums.values(), reverse=True)


def test_many_symbols_are_divided_by_namespaces() -> None:
    names = [f"_ZN3tvm3ffi{len(word)}{word}{i}fE" for word in ("One", "Two") for i in range(10)]
    symbols = tuple(Symbol(name.replace("0fE", "1fE"), ".text", 100) for name in names)
    picture = replace(PICTURE, symbols={LIBRARY: (*symbols, Symbol("main", ".text", 5))})
    text = find(plan_contents(picture), "hello", "libhello.so", ".text")
    assert [one.name for one in text.parts] == ["without a name", "tvm::ffi::", "main"]


def test_page_of_a_large_wheel_is_bounded_and_nothing_is_lost() -> None:
    entries = tuple(
        Entry(path=f"p/f{i // 100}/m{i}.py", size=i % 977, packed=1) for i in range(20_000)
    )
    symbols = tuple(Symbol(f"s{i}", ".text", 1 + i % 7) for i in range(7_000))
    picture = replace(PICTURE, entries=(*entries, *PICTURE.entries), symbols={LIBRARY: symbols})
    whole = plan_contents(picture)
    shown = shorten_tree(whole, most=300, widest=20)
    nodes = [*walk(shown)]
    assert len(nodes) <= 300
    assert max(len(node.parts) for node in nodes) <= 21
    for node in nodes:
        if node.parts and node.kind is Kind.MIXED:
            assert sum(part.size for part in node.parts) == node.size
    [other] = [part for part in find(shown, "p").parts if part.name.startswith("other")]
    assert (other.name, other.hidden) == ("other (180)", 180)


@pytest.mark.parametrize("path", ["/".join("a" * 30_000), "a" * 60_000, "//", ".."])
def test_absurd_paths_have_a_place(path: str) -> None:
    picture = replace(PICTURE, entries=(Entry(path=path, size=10, packed=1),))
    assert plan_contents(picture).size == 10


def test_sections_larger_than_the_file_do_no_harm() -> None:
    sections = tuple(replace(one, size=2**62) for one in BINARY.sections)
    picture = replace(PICTURE, binaries={LIBRARY: replace(BINARY, sections=sections)})
    assert plan_boxes(shorten_tree(plan_contents(picture)), 1.8, 0.8).boxes


def find(node: Node, *names: str) -> Node:
    for name in names:
        [node] = [part for part in node.parts if part.name == name]
    return node


def walk(node: Node) -> list[Node]:
    return [node, *(inner for part in node.parts for inner in walk(part))]
