"""The site in a real browser: the ways people take, phone width, keyboard, accessibility."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site_database import ROOT, make_database
from tests.test_site_pages import LETTER, PAGES

BROWSER = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
if not BROWSER:
    pytest.skip("needs Debian's chromium (.ci/run installs it)", allow_module_level=True)
playwright: Any = pytest.importorskip("playwright.sync_api", reason="needs playwright (.ci/run installs it)")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site, served as `miner serve` does."""
    database = make_database(tmp_path_factory.mktemp("site"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "datasette",
        "serve",
        str(ROOT / "datasette"),
        "-i",
        str(database),
        "-p",
        str(port),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(address + "/robots.txt").close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("request", lambda request: page.complaints.append(request.url) if "127.0.0.1" not in request.url else None)
    yield page
    assert not page.complaints
    context.close()


def test_the_way_from_a_search_to_the_words_on_the_page(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_label("Search the letters").fill("timely")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/search?q=timely")
    assert page.locator("mark").first.inner_text() == "timely"
    page.get_by_role("link", name="Findings 10").click()
    page.wait_for_url("**kind=findings**")
    page.get_by_role("link", name="Review", exact=True).click()
    page.wait_for_url("**criterion=review**")
    chips = page.locator(".chips a")
    assert chips.count() == 2
    page.locator(".hits a").first.click()
    page.wait_for_url("**/letters/*?q=timely#f*")
    key = page.url.split("#")[1]
    page.locator(f"a#{key}").click()
    assert page.url.endswith(f"#on-{key}")
    assert page.locator(f"#on-{key}").is_visible()
    assert "chosen" in (page.locator(f"#on-{key}").get_attribute("class") or "")
    page.locator(f"#on-{key} rect").first.click()
    assert page.url.endswith(f"#{key}")


def test_a_chip_takes_its_filter_away(page: Any, address: str) -> None:
    page.goto(f"{address}/search?kind=findings&q=reviews&team=alderby")
    assert page.locator(".hits > li").count() == 2
    page.locator(".chips a", has_text="Area").click()
    page.wait_for_url(lambda url: "team=" not in url)
    assert page.locator(".hits > li").count() == 10


def test_a_year_bar_narrows_the_search(page: Any, address: str) -> None:
    page.goto(f"{address}/search?q=plan")
    page.locator(".histogram a", has_text="2013").click()
    page.wait_for_url("**year=2013**")
    assert page.locator(".hits > li").count() == 4


def test_hover_and_focus_light_the_other_side(page: Any, address: str) -> None:
    page.goto(address + LETTER)
    page.locator("a#f1").hover()
    assert "lit" in (page.locator("#on-f1").get_attribute("class") or "")
    page.locator("#on-f2").focus()
    assert "lit" in (page.locator("a#f2").get_attribute("class") or "")


def test_opening_a_finding_brings_its_page_into_view(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(f"{address}{LETTER}#e1")
    page.wait_for_function("document.querySelector('#on-e1.chosen') !== null")
    page.wait_for_function(
        """() => { const y = document.querySelector('#on-e1 rect').getBoundingClientRect().y; return y >= 0 && y <= 300 }"""
    )


def test_a_journalist_has_an_example_with_its_page_in_under_five_clicks(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_label("Area", exact=True).select_option("Brinmoor")  # one
    page.get_by_role("button", name="Show its case examples").click()  # two
    page.wait_for_url("**team=brinmoor**")
    page.locator(".hits .where a").click()  # three
    page.wait_for_url("**/letters/*#e*")
    key = page.url.split("#")[1]
    assert "The plan for this girl" in page.locator(f"#{key}").inner_text()
    page.locator(f"li#about-{key} summary").click()  # four
    assert "page 1" in page.locator(f"#cite-{key}").inner_text()


def test_an_analyst_gets_reviews_by_year_with_intervals(page: Any, address: str) -> None:
    page.goto(address + "/trends")
    page.get_by_label("What is judged").select_option("review")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**criterion=review**")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    header = Path(download.value.path()).read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("criterion,year,letters,met,cases,share,low,high")


def test_everything_is_there_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + LETTER)
    page.locator("a#f1").click()
    assert page.url.endswith("#on-f1")
    page.locator("#about-f1 summary").click()
    assert page.locator("#cite-f1").is_visible()
    context.close()


def test_keyboard_alone_reaches_search_and_results(page: Any, address: str) -> None:
    page.goto(address + "/search")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("timely")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*q=timely*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.hits') !== null"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/letters/*")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    wide = []
    for path in (*PAGES, "/nowhere"):
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    page.complaints = [text for text in page.complaints if "404" not in text]
    assert not wide


def axe_script() -> str:
    """The checker's script: a file named by AXE_SCRIPT, else the one that axe-playwright-python brings."""
    if os.environ.get("AXE_SCRIPT"):
        return Path(os.environ["AXE_SCRIPT"]).read_text(encoding="utf-8")
    package: Any = pytest.importorskip("axe_playwright_python", reason="needs axe-core (.ci/run installs it)")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_page(page: Any, address: str, width: int) -> None:
    script = axe_script()
    page.set_viewport_size({"width": width, "height": 800})
    faults = []
    for path in (*PAGES, "/nowhere"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        page.evaluate(script)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert result["passes"], "the checker did not run"
        print(f"{path}: {len(result['violations'])} axe findings at {width} px")
        for violation in result["violations"]:
            faults.append((path, violation["id"], [node["html"][:160] for node in violation["nodes"][:2]]))
    page.complaints = [text for text in page.complaints if "404" not in text]
    assert not faults
