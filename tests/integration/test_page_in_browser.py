"""The page of a wheel, looked at in Chromium: on a desk and on a phone, by day and by night."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browser import find_chromium, read_axe
from pictured import EVIL, PICTURE, WHEEL, evil_picture
from playwright.sync_api import sync_playwright
from workshop import require

from ffiwheel.ui.page.render import render_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]
WIDTHS = "[document.scrollingElement.scrollWidth, innerWidth]"
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    require("chromium", present=chromium is not None)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(render_page(PICTURE))
    return path


@contextmanager
def opened(browser: Browser, file: Path, **options: object) -> Iterator[Page]:
    """Open a page, and expect that it says nothing on the console and asks nobody for anything."""
    said: list[str] = []
    context = browser.new_context(**options)  # type: ignore[arg-type]  # as Playwright has them
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url))
    page.goto(file.as_uri())
    yield page
    assert [one for one in said if one not in {file.as_uri(), "data:,"}] == []
    context.close()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_page_fits_the_screen(browser: Browser, file: Path, width: int, scheme: str) -> None:
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with opened(browser, file, **screen) as page:
        page.evaluate(OPEN_ALL)
        inside, outside = page.evaluate(WIDTHS)
        assert inside <= outside
        box = page.locator(".map").bounding_box()
        assert box is not None
        assert box["width"] > width * 0.8
        assert box["height"] == pytest.approx(box["width"] / (1.8 if width > 640 else 0.8), abs=1)


@pytest.mark.parametrize(("width", "scheme"), SCREENS[:3])
def test_page_is_accessible(browser: Browser, file: Path, width: int, scheme: str) -> None:
    axe = read_axe()
    require("node", present=axe is not None)
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with opened(browser, file, **screen, bypass_csp=True) as page:
        page.evaluate(OPEN_ALL)
        page.evaluate(str(axe))
        rules = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
        found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_text_is_there_without_the_script(browser: Browser, file: Path) -> None:
    with opened(browser, file, java_script_enabled=False) as page:
        text = page.inner_text("main")
        for words in (
            "platform-tag-false",
            "needs GLIBC_2.17 of libc.so.6 for secure_getenv",
            "libgone.so",
            "0.1.4 fails, yanked",
            "sm_80",
            "def add(x: int, y: int = 1) -> int",
            "apache-tvm-ffi>=0.1.5",
        ):
            assert words in text
        page.click("text=The same as a list")
        page.click("summary:has-text('73 kB')")
        assert page.is_visible("summary:has-text('61 kB, 18 kB in the wheel')")
        assert page.is_hidden(".filter")
        assert page.locator(".map").get_attribute("role") == "img"


def test_map_is_looked_into_with_the_mouse(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        before = page.locator(".box:has(> .cap > b:text-is('libhello.so'))").bounding_box()
        page.click(".cap:has-text('hello 73 kB')")
        page.click(".box.leaf:has-text('hello::add')")
        whole = page.locator(".map").bounding_box()
        after = page.locator(".box:has(> .cap > b:text-is('libhello.so'))").bounding_box()
        assert before != after == whole
        assert page.locator(".crumbs button").all_inner_texts() == [
            "the wheel",
            "hello",
            "libhello.so",
        ]
        assert "hello::add: 12 kB, _ZN5hello3addEii, machine code" in page.inner_text(".readout")
        page.click(".crumbs >> text=the wheel")
        assert page.inner_text(".crumbs") == "the wheel"
        assert page.inner_text(".readout") == "the wheel: 74 kB, 23 kB in the wheel"


def test_map_is_looked_into_with_the_keyboard(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        assert page.locator(".box[tabindex='0']").count() == 1, "one stop for Tab"
        page.focus(".box[tabindex='0']")
        for key, said in [
            ("ArrowDown", "hello-1.2.0.dist-info: 700 B"),
            ("ArrowUp", "hello: 73 kB"),
            ("ArrowRight", "hello > libhello.so: 61 kB"),
            ("Enter", "libhello.so > .text: 30 kB"),
            ("ArrowRight", ".text > hello::add: 12 kB"),
            ("ArrowLeft", "libhello.so > .text: 30 kB"),
            ("End", ".dynsym: 1 kB"),
            ("Escape", "hello > libhello.so: 61 kB"),
            ("Escape", "hello: 73 kB"),
        ]:
            page.keyboard.press(key)
            assert said in page.inner_text(".readout"), key
        assert page.inner_text(".crumbs") == "the wheel"


def test_filter(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        page.fill(".filter input", "LIBDEP")
        rows = page.locator(".files tbody tr:visible")
        assert rows.count() == 1
        assert page.locator(".item:visible").count() == 0
        assert page.locator(".box.found").count() == 3
        page.fill(".filter input", "pair")
        assert page.locator(".item:visible").count() == 1 + 3, "with what is in it"
        page.fill(".filter input", "")
        assert page.locator(".files tbody tr:visible").count() == 6


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "evil.html"
    file.write_bytes(render_page(evil_picture(EVIL)))
    with opened(browser, file) as page:
        page.evaluate(OPEN_ALL)
        page.fill(".filter input", "<script>")
        page.hover(".map")
        assert page.locator("script").count() == 1
        assert "<script>alert(1)</script>" in page.inner_text("h1")


def test_page_is_printed_whole(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.is_hidden("header nav")
        assert page.is_visible("text=GLIBC_2.2.5") or page.is_visible("td:has-text('GLIBC_2.17')")
        white = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert white in {"rgb(252, 252, 250)", "rgb(255, 255, 255)"}
        assert page.pdf().startswith(b"%PDF")


def test_title(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        assert page.title() == "hello 1.2.0: what is in the wheel"
        assert page.inner_text(".file") == WHEEL
