"""The SBOM of a crafted wheel: valid, whole, the same each time, and read again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ffiwheel.model.binary import Binary
from ffiwheel.model.draft import Draft
from ffiwheel.model.provenance import Graft, Part, Provenance
from ffiwheel.wheel import sbom

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY, GRAFTED = "hello/libhello.so", "hello.libs/libgomp-ab12.so.1"
KNOWN = Provenance(
    tools=(Part("g++", "12.2"), Part("nvcc", "13.0"), Part("CMake")),
    headers=(
        Part("dlpack", "1.1", "pkg:github/dmlc/dlpack@v1.1"),
        Part("apache-tvm-ffi", "0.1.12", "pkg:pypi/apache-tvm-ffi@0.1.12"),
    ),
    sources={"src/b.cu": "0" * 64, "src/a.cc": "1" * 64},
)
PACKAGE = Part("libgomp1", "12.2.0-14", "pkg:deb/debian/libgomp1@12.2.0-14")
BINARIES = {
    LIBRARY: Binary(
        arch="x86_64",
        needed=("libc.so.6", "libgomp-ab12.so.1"),
        versions=(("libc.so.6", "GLIBC_2.14"),),
        compilers=("GCC: (Debian) 12.2.0",),
    ),
    GRAFTED: Binary(arch="x86_64", needed=("libc.so.6",)),
}


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    for name in BINARIES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return Draft(
        name="Hello.World",
        version="1.0+local.1",
        files={name: tmp_path / name for name in BINARIES},
        dist_info={},
        provenance=replace(KNOWN, grafts=(Graft(GRAFTED, "libgomp.so.1"),), packages=(PACKAGE,)),
    )


def render(draft: Draft) -> bytes:
    content = sbom.add_sbom(draft, BINARIES).dist_info["sboms/ffiwheel.cdx.json"]
    assert isinstance(content, bytes)
    return content


def is_valid(text: bytes) -> bool:
    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text.decode())
    return found is None


def test_it_follows_the_schema(draft: Draft) -> None:
    assert is_valid(render(draft))
    assert is_valid(render(replace(draft, provenance=Provenance())))
    spoilt = json.loads(render(draft)) | {"timestamp": "now"}
    assert not is_valid(json.dumps(spoilt).encode()), "the validator can say no"


def test_it_says_what_is_inside_and_what_is_needed(draft: Draft) -> None:
    body = json.loads(render(draft))
    assert body["metadata"]["component"]["purl"] == "pkg:pypi/hello-world@1.0%2Blocal.1"
    found = {one["bom-ref"]: one for one in body["components"]}
    library = found[f"file:{LIBRARY}"]
    assert library["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(LIBRARY.encode()).hexdigest()}
    ]
    assert library["properties"] == [{"name": "ffiwheel:compiler", "value": "GCC: (Debian) 12.2.0"}]
    grafted = found[f"file:{GRAFTED}"]
    assert grafted["name"] == "libgomp.so.1"
    assert found["package:libgomp1"]["purl"] == PACKAGE.purl
    assert grafted["evidence"] == {"occurrences": [{"location": GRAFTED}]}
    assert found["header:apache-tvm-ffi"]["version"] == "0.1.12"
    needed = found["needed:libc.so.6"]
    assert needed["properties"] == [{"name": "ffiwheel:symbols", "value": "GLIBC_2.14"}]
    assert "needed:libgomp-ab12.so.1" not in found, "what is inside is not needed from outside"
    edges = {one["ref"]: one["dependsOn"] for one in body["dependencies"]}
    assert edges[f"file:{LIBRARY}"] == [f"file:{GRAFTED}", "needed:libc.so.6"]
    assert set(edges["wheel"]) >= {f"file:{LIBRARY}", f"file:{GRAFTED}", "header:dlpack"}


def test_it_says_what_it_was_made_of(draft: Draft) -> None:
    [made] = json.loads(render(draft))["formulation"]
    names = [one["name"] for one in made["components"]]
    assert names == ["CMake", "g++", "nvcc", "src/a.cc", "src/b.cu"]
    listing = f"{'1' * 64}  src/a.cc\n{'0' * 64}  src/b.cu\n"
    assert made["properties"] == [
        {"name": "ffiwheel:files", "value": "2"},
        {"name": "ffiwheel:sha256", "value": hashlib.sha256(listing.encode()).hexdigest()},
    ]


def test_many_sources_are_hashed_but_not_all_listed(draft: Draft) -> None:
    many = {f"src/{number:05}.cc": "2" * 64 for number in range(sbom.MOST_SOURCES + 1)}
    text = render(replace(draft, provenance=Provenance(sources=many)))
    [made] = json.loads(text)["formulation"]
    assert len(made["components"]) == sbom.MOST_SOURCES
    assert {"name": "ffiwheel:files", "value": str(len(many))} in made["properties"]


def test_it_depends_on_its_contents_only(draft: Draft) -> None:
    again = replace(draft, provenance=replace(draft.provenance, tools=KNOWN.tools[::-1]))
    assert render(again) == render(draft)
    other = replace(draft, version="1.1")
    assert json.loads(render(other))["serialNumber"] != json.loads(render(draft))["serialNumber"]
    assert "timestamp" not in render(draft).decode()


def test_what_it_says_of_the_making_is_read_again(draft: Draft) -> None:
    read = sbom.read_provenance(render(draft))
    assert set(read.tools) == set(KNOWN.tools)
    assert set(read.headers) == set(KNOWN.headers)
    assert read.sources == KNOWN.sources
    assert read.grafts == draft.provenance.grafts
    assert read.packages == (PACKAGE,)
    for text in (b"", b"[]", b"{}", b'{"formulation": 1}', b'{"components": [{}]}', b"\xff"):
        assert sbom.read_provenance(text) == Provenance()
