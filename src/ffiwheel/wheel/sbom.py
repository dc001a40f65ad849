"""The software bill of materials of a wheel: CycloneDX 1.6 in `.dist-info/sboms`.

What is in the wheel, what it needs and the headers in its libraries are *components*; compilers and
sources are its *formulation*. There is no time and no random number in it: the same wheel gives the
same bytes, and its serial number is made of its contents. The tests hold it against the schema; the
library that does so takes longer to be imported than the audit of a wheel.

https://peps.python.org/pep-0770/
https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.utils import canonicalize_name

from ffiwheel import __version__
from ffiwheel.model.provenance import Graft, Part, Provenance
from ffiwheel.system.archive import read_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ffiwheel.model.binary import Binary
    from ffiwheel.model.draft import Draft

SBOM_FILE = "sboms/ffiwheel.cdx.json"
"""Its path in `.dist-info`."""
MOST_SOURCES = 2000
"""How many sources are listed; beyond that, one hash stands for all."""

_WHEEL, _FORMULATION = "wheel", "formulation"
_FILE, _HEADER, _PACKAGE, _SOURCE, _TOOL = "file:", "header:", "package:", "source:", "tool:"
_SHA256, _SYMBOLS, _COMPILER = "ffiwheel:sha256", "ffiwheel:symbols", "ffiwheel:compiler"
_COUNT = "ffiwheel:files"

Json = dict[str, object]


def add_sbom(draft: Draft, binaries: Mapping[str, Binary]) -> Draft:
    """Return `draft` with its SBOM, in place of one that it had from us.

    Args:
        draft: the wheel to be, with its libraries as they will be delivered.
        binaries: archive path -> facts of each of them.
    """
    text = json.dumps(describe(draft, binaries), indent=1, sort_keys=True, ensure_ascii=False)
    return replace(draft, dist_info={**draft.dist_info, SBOM_FILE: f"{text}\n".encode()})


def describe(draft: Draft, binaries: Mapping[str, Binary]) -> Json:
    """Return the SBOM as JSON has it."""
    known = draft.provenance
    files = [_describe_library(draft, name, binaries[name]) for name in sorted(binaries)]
    kinds = {_HEADER: known.headers, _PACKAGE: known.packages}
    parts = [
        _describe_part(part, prefix, "library")
        for prefix, listed in kinds.items()
        for part in sorted(set(listed))
    ]
    carried = {name.rpartition("/")[2] for name in binaries}
    needed = {name for one in binaries.values() for name in one.needed if name not in carried}
    outside = [_describe_needed(name, binaries.values()) for name in sorted(needed)]
    purl = f"pkg:pypi/{canonicalize_name(draft.name)}@{quote(draft.version, safe='')}"
    body: Json = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "tools": {
                "components": [{"type": "application", "name": "ffiwheel", "version": __version__}]
            },
            "component": {
                "type": "library",
                "bom-ref": _WHEEL,
                "name": draft.name,
                "version": draft.version,
                "purl": purl,
            },
        },
        "components": [*files, *parts, *outside],
        "dependencies": list(_describe_edges(binaries, known)),
    }
    if made := _describe_making(known):
        body["formulation"] = [made]
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    return {**body, "serialNumber": uuid.UUID(bytes=digest[:16], version=4).urn}


def read_provenance(text: bytes) -> Provenance:
    """Return what an SBOM of ours says of the wheel's making; nothing if it is none."""
    try:
        body = json.loads(text)
        made = [part for group in body.get("formulation", ()) for part in group["components"]]
        return Provenance(
            tools=_parts_of(made, _TOOL),
            headers=_parts_of(body["components"], _HEADER),
            sources={
                str(one["name"]): str(one["hashes"][0]["content"])
                for one in made
                if one["bom-ref"].startswith(_SOURCE)
            },
            grafts=tuple(
                Graft(one["bom-ref"].removeprefix(_FILE), one["name"])
                for one in body["components"]
                if "evidence" in one
            ),
            packages=_parts_of(body["components"], _PACKAGE),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Provenance()


def _parts_of(components: Iterable[Mapping[str, str]], prefix: str) -> tuple[Part, ...]:
    """Return the programs or packages of one kind among components."""
    return tuple(
        Part(one["name"], one.get("version", ""), one.get("purl", ""))
        for one in components
        if one["bom-ref"].startswith(prefix)
    )


def _describe_library(draft: Draft, name: str, binary: Binary) -> Json:
    """Return the component of a library that the wheel carries."""
    digest = hashlib.sha256(read_content(draft.files[name])).hexdigest()
    common: Json = {
        "bom-ref": f"{_FILE}{name}",
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "properties": [{"name": _COMPILER, "value": one} for one in binary.compilers],
    }
    graft = next((one for one in draft.provenance.grafts if one.path == name), None)
    if graft is None:
        return {**common, "type": "file", "name": name}
    return {
        **common,
        "type": "library",
        "name": graft.name,
        "evidence": {"occurrences": [{"location": name}]},
    }


def _describe_needed(name: str, binaries: Iterable[Binary]) -> Json:
    """Return the component of a library that the user's system or another package provides."""
    asked = {
        version for binary in binaries for library, version in binary.versions if library == name
    }
    return {
        "type": "library",
        "bom-ref": f"needed:{name}",
        "name": name,
        "scope": "required",
        "properties": [{"name": _SYMBOLS, "value": one} for one in sorted(asked)],
    }


def _describe_making(known: Provenance) -> Json:
    """Return the formulation: the programs and the sources."""
    tools = [_describe_part(part, _TOOL, "application") for part in sorted(set(known.tools))]
    listed = sorted(known.sources.items())
    sources = [
        {
            "type": "file",
            "bom-ref": f"{_SOURCE}{name}",
            "name": name,
            "hashes": [{"alg": "SHA-256", "content": digest}],
        }
        for name, digest in listed[:MOST_SOURCES]
    ]
    if not tools and not sources:
        return {}
    made: Json = {"bom-ref": _FORMULATION, "components": [*tools, *sources]}
    if sources:
        total = hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in listed).encode())
        made["properties"] = [
            {"name": _COUNT, "value": str(len(listed))},
            {"name": _SHA256, "value": total.hexdigest()},
        ]
    return made


def _describe_edges(binaries: Mapping[str, Binary], known: Provenance) -> Iterable[Json]:
    """Yield what depends on what."""
    carried = {name.rpartition("/")[2]: f"{_FILE}{name}" for name in sorted(binaries)}
    parts = {f"{_HEADER}{part.name}" for part in known.headers}
    parts |= {f"{_PACKAGE}{part.name}" for part in known.packages}
    files = [f"{_FILE}{name}" for name in sorted(binaries)]
    yield {"ref": _WHEEL, "dependsOn": [*files, *sorted(parts)]}
    for name, binary in sorted(binaries.items()):
        needed = {carried.get(one, f"needed:{one}") for one in binary.needed}
        yield {"ref": f"{_FILE}{name}", "dependsOn": sorted(needed)}


def _describe_part(part: Part, prefix: str, kind: str) -> Json:
    return {"type": kind, "bom-ref": f"{prefix}{part.name}", **_named(part)}


def _named(part: Part) -> Json:
    optional = {"version": part.version, "purl": part.purl}
    return {"name": part.name, **{key: value for key, value in optional.items() if value}}
