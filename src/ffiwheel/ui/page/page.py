"""The page as a value: everything that the template writes down, decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ffiwheel import __version__
from ffiwheel.model.finding import Severity
from ffiwheel.model.size import show_size
from ffiwheel.ui.page.contents import plan_contents, shorten_tree, sum_kinds
from ffiwheel.ui.page.graph import plan_graph
from ffiwheel.ui.page.releases import plan_matrix
from ffiwheel.ui.page.stubs import Module, parse_stub
from ffiwheel.ui.page.treemap import plan_boxes
from ffiwheel.ui.page.wording import count, describe_pythons, describe_systems, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ffiwheel.model.finding import Report
    from ffiwheel.model.picture import Entry, Picture
    from ffiwheel.ui.page.graph import Graph
    from ffiwheel.ui.page.kinds import Kind
    from ffiwheel.ui.page.releases import Matrix
    from ffiwheel.ui.page.treemap import Box

WIDE, TALL = 1.8, 0.8
"""Width by height of the map on a wide screen and on a phone; `page.css` has the same."""
MOST_FILES = 2_000
MOST_REMARKS, MOST_PLACES = 200, 200
"""How many rules speak, and of how many places each."""
_MOST_HEADERS, _LONGEST_HEADER = 500, 4_000
_MOST_STUBS = 2_000_000
"""Characters of stubs that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the head."""

    label: str
    value: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the audit comes to."""

    severity: str
    """That of the worst finding; `clean` where there is none."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one rule says, of one file or of several."""

    code: str
    name: str
    severity: str
    help: str
    places: tuple[tuple[str, str], ...]
    """What it sees, and where."""
    more: int
    """How many places there are besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much there is of one kind."""

    kind: Kind
    size: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """CUDA code for one architecture in one library."""

    path: str
    arch: str
    kind: str
    size: int
    percent: float
    """Of the largest row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the page says."""

    title: str
    is_wheel: bool
    file_name: str
    made_by: str
    verdict: Verdict
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...]
    """What the rules say, the worst first."""
    more_remarks: int
    rules: int
    box: Box
    shares: tuple[Share, ...]
    graph: Graph
    reasons: tuple[str, ...]
    floor: str
    matrix: Matrix | None
    devices: tuple[DeviceRow, ...]
    has_api: bool
    """Whether there is anything to say of it: a library speaks the TVM-FFI C ABI, or has stubs."""
    modules: tuple[Module, ...]
    metadata: Mapping[str, tuple[str, ...]]
    files: tuple[Entry, ...]
    more_files: tuple[Entry, ...]
    """Those that are too many."""


def plan_page(picture: Picture) -> Page:
    """Return what the page of a wheel says."""
    contents = plan_contents(picture)
    remarks = tuple(_plan_remarks(picture.report))
    return Page(
        title=f"{picture.name} {picture.version}".strip(),
        is_wheel=bool(picture.tag),
        file_name=picture.file_name,
        made_by=f"ffiwheel {__version__}",
        verdict=_plan_verdict(picture.report),
        facts=tuple(_plan_facts(picture)),
        remarks=remarks[:MOST_REMARKS],
        more_remarks=len(remarks[MOST_REMARKS:]),
        rules=picture.report.rules,
        box=plan_boxes(shorten_tree(contents), WIDE, TALL),
        shares=tuple(_plan_shares(sum_kinds(contents))),
        graph=plan_graph(picture),
        reasons=tuple(map(str, picture.reasons)) or tuple(filter(None, [picture.conflict])),
        floor=picture.floor,
        matrix=plan_matrix(picture.runtime) if picture.runtime else None,
        devices=tuple(_plan_devices(picture)),
        has_api=picture.has_extension or bool(picture.stubs),
        modules=tuple(_plan_modules(picture.stubs)),
        metadata=_group(
            (key, shorten(value, _LONGEST_HEADER))
            for key, value in picture.metadata[:_MOST_HEADERS]
        ),
        files=picture.entries[:MOST_FILES],
        more_files=picture.entries[MOST_FILES:],
    )


def _plan_verdict(report: Report) -> Verdict:
    found = [one.severity for one in report.findings]
    if not found:
        return Verdict(severity="clean", text=f"No findings of {count(report.rules, 'rule')}")
    parts = [count(found.count(one), one.value) for one in Severity if one in found]
    return Verdict(severity=found[0].value, text=", ".join(parts))


def _plan_remarks(report: Report) -> Iterator[Remark]:
    """Yield the findings, those of one rule with the same advice together."""
    alike: dict[tuple[Severity, str, str], list[tuple[str, str]]] = {}
    for one in report.findings:
        alike.setdefault((one.severity, one.rule, one.help), []).append((one.message, one.subject))
    for (severity, rule, advice), places in alike.items():
        code, _, name = rule.partition(" ")
        yield Remark(
            code=code,
            name=name,
            severity=severity.value,
            help=advice,
            places=tuple(places[:MOST_PLACES]),
            more=len(places[MOST_PLACES:]),
        )


def _plan_facts(picture: Picture) -> Iterator[Fact]:
    python, _, rest = picture.tag.partition("-")
    abi, _, platforms = rest.partition("-")
    if platforms:
        first, *others = describe_systems(platforms)
        yield Fact(label="System", value=first, notes=tuple(others))
        asked = [value for key, value in picture.metadata if key == "Requires-Python"][:1]
        notes = tuple(f"metadata asks for {one}" for one in asked)
        yield Fact(label="Python", value=describe_pythons(python, abi), notes=notes)
    if found := picture.runtime:
        value = found.specifier or ("every known release" if found.releases else "no release")
        yield Fact(
            label="apache-tvm-ffi", value=value, notes=(f"known up to {found.newest_known}",)
        )
    unpacked = sum(one.size for one in picture.entries)
    notes = (f"{show_size(unpacked)} unpacked, {count(len(picture.entries), 'file')}",)
    yield Fact(label="Size", value=show_size(picture.size), notes=notes if picture.tag else ())
    formats = sorted({f"{one.format.value} {one.arch}" for one in picture.binaries.values()})
    value = count(len(picture.binaries), "library")
    yield Fact(label="Inside", value=value, notes=tuple(formats))


def _plan_shares(sums: Mapping[Kind, int]) -> Iterator[Share]:
    whole = sum(sums.values())
    for kind, size in sums.items():
        yield Share(kind=kind, size=size, percent=100 * size / whole)


def _plan_devices(picture: Picture) -> Iterator[DeviceRow]:
    """Yield what CUDA code there is: of each library, by architecture."""
    for path, binary in sorted(picture.binaries.items()):
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for one in binary.device_code:
            sums[one.arch, one.kind.value] += one.size
        most = max(sums.values(), default=1) or 1
        for (arch, kind), size in sorted(sums.items()):
            yield DeviceRow(path=path, arch=arch, kind=kind, size=size, percent=100 * size / most)


def _plan_modules(stubs: Mapping[str, str]) -> Iterator[Module]:
    room = _MOST_STUBS
    for name, text in sorted(stubs.items()):
        room -= len(text)
        yield parse_stub(name, text) if room >= 0 else Module(name=name, is_left_out=True)


def _group(headers: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the values of each header."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in headers:
        found[key] = (*found.get(key, ()), value)
    return found
