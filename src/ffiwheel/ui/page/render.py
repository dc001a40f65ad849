"""From a `Page` to the bytes of a file that needs nothing else.

Everything that comes from a wheel goes through the template, which escapes it. Styles and script
are ours, stand in the file, and are named by their hash in its Content-Security-Policy: nothing
else may be run, loaded or sent.
https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from ffiwheel.model.size import show_size
from ffiwheel.ui.page.page import plan_page
from ffiwheel.ui.page.wording import count, shorten, show, split_code, split_doc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ffiwheel.model.picture import Picture
    from ffiwheel.ui.page.graph import Graph
    from ffiwheel.ui.page.treemap import Box, Rect

PHONE = 640
"""Pixels: up to this width the map is tall; `page.css` has the same."""


def render_page(picture: Picture) -> bytes:
    """Return the page of a wheel; the same picture gives the same bytes."""
    page = plan_page(picture)
    style = _read("page.css") + "".join(_render_places(page.box, page.graph))
    script = _read("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    text = (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            policy=policy,
            # Our own files and numbers, and nothing of the wheel.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
        )
    )
    return text.encode("utf-8", errors="replace")


def _render_places(box: Box, graph: Graph) -> Iterator[str]:
    """Yield the style rules that say where boxes and nodes lie.

    They stand here because the policy forbids `style` attributes.
    """
    inner = [one for one in box.all if one.number]
    yield "".join(f"#b{one.number}{{{_render_rect(one.wide)}}}" for one in inner)
    tall = "".join(f"#b{one.number}{{{_render_rect(one.tall)}}}" for one in inner)
    yield f"\n@media(max-width:{PHONE}px){{{tall}}}\n"
    yield f".canvas{{height:{graph.height}px;min-width:{graph.columns * 148}px}}"
    for index, node in enumerate(graph.nodes):
        yield f"#n{index}{{left:{node.left:g}%;top:{node.top}px;width:{node.width:g}%}}"


def _render_rect(rect: Rect) -> str:
    names = ("left", "top", "width", "height")
    sizes = (rect.left, rect.top, rect.width, rect.height)
    return ";".join(f"{name}:{size:.4g}%" for name, size in zip(names, sizes, strict=True))


def _hash(text: str) -> str:
    """Return how a Content-Security-Policy names a text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=DictLoader({"page.html.j2": _read("page.html.j2")}),
        autoescape=True,
        finalize=show,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"size": show_size, "brief": shorten, "blocks": split_doc, "pieces": split_code}
    made.globals["count"] = count
    return made


@cache
def _read(name: str) -> str:
    return files("ffiwheel.ui.page").joinpath(name).read_text(encoding="utf-8")
