"""The site in a real browser: the ways people take, phone width, keyboard, accessibility."""

from __future__ import annotations

import csv
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.site_database import ROOT, make_database
from tests.test_site_pages import LETTER, PAGES

BROWSER = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
if not BROWSER:
    pytest.skip("needs Debian's chromium (.ci/run installs it)", allow_module_level=True)
playwright: Any = pytest.importorskip("playwright.sync_api", reason="needs playwright (.ci/run installs it)")


ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
REFUSED = ("/nowhere", "/findings?sql=delete", f"/findings?sql={quote(ENDLESS)}")


@contextmanager
def served(database: Path) -> Iterator[str]:
    """The address of the site, served as `miner serve` does."""
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
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(address + "/robots.txt").close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_database(tmp_path_factory.mktemp("site"))) as address:
        yield address


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with enough letters of one year to pool them."""
    with served(make_database(tmp_path_factory.mktemp("larger"), more=4)) as address:
        yield address


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


def test_a_match_brings_its_page_into_view(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(f"{address}{LETTER}?q=school")
    page.evaluate("document.querySelector('.pictures').scrollTop = 400")
    page.get_by_role("link", name="match 1", exact=True).press("Enter")
    page.wait_for_function("() => document.querySelector('.pictures').scrollTop < 100")


def test_a_journalist_has_an_example_with_its_page_in_under_five_clicks(page: Any, address: str) -> None:
    clicks = 0

    def click(part: Any) -> None:
        nonlocal clicks
        clicks += 1
        part.click()

    page.goto(address)
    area = page.get_by_label("Area", exact=True)
    clicks += 1  # choosing from a list
    area.select_option("Brinmoor")
    click(page.get_by_role("button", name="Show its case examples"))
    page.wait_for_url("**team=brinmoor**")
    click(page.locator(".hits .where a"))
    page.wait_for_url("**/letters/*#e*")
    key = page.url.split("#")[1]
    assert "The plan for this girl" in page.locator(f"#{key}").inner_text()
    assert page.locator(f"#on-{key}").is_visible()  # on the picture of its page
    click(page.locator(f"li#about-{key} summary"))
    assert "page 1" in page.locator(f"#cite-{key}").inner_text()
    assert clicks < 5


def test_an_analyst_gets_reviews_by_year_with_intervals(page: Any, larger: str) -> None:
    page.goto(larger)
    page.get_by_role("link", name="Compare years, regions and areas").click()
    page.get_by_label("What is judged").select_option("review")
    page.get_by_label("By", exact=True).select_option("year")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**criterion=review**")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        records = {row["year"]: row for row in csv.DictReader(file)}
    lines = page.locator("table", has_text="The same figures").locator("tbody tr").all()
    shown = {cells[0]: cells[1:] for cells in (line.locator("th, td").all_inner_texts() for line in lines)}
    assert set(records) == {*shown, "all"} and len(shown) == 3
    for year, cells in shown.items():
        row = records[year]
        assert cells[:3] == [row["letters"], row["met"], row["cases"]]
        if int(row["letters"]) < 3:
            assert cells[3] == "fewer than 3 letters" and not row["share"] and "not pooled" in row["note"]
            continue
        share, low, high = (f"{100 * float(row[name]):.0f}%" for name in ("share", "low", "high"))
        assert cells[3:] == [share, f"{low} to {high}"]
        assert float(row["low"]) < float(row["share"]) < float(row["high"])
    assert sum(int(row["letters"]) for year, row in records.items() if year != "all") == int(records["all"]["letters"])


def test_a_researcher_cites_a_finding_that_another_finds_again(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    page.goto(f"{address}/search?kind=findings&q=reviews+sufficient&team=carrowdale")
    page.locator(".hits .where a").first.click()
    page.wait_for_url("**/letters/*#f*")
    key = page.url.split("#")[1]
    page.locator(f"#about-{key} summary").click()
    page.get_by_role("button", name="Copy the citation").click()
    page.get_by_role("button", name="Copied").wait_for()
    citation = page.evaluate("navigator.clipboard.readText()")
    found = re.search(r"(http\S+#f\d+) \(file \S+, SHA-256 ([0-9a-f]{64})\)$", citation)
    assert found, citation
    assert "paragraph 3.1, page 1" in citation and "5 March 2014" in citation
    assert citation == page.locator(f"#cite-{key}").inner_text()

    other = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    other.goto(found[1])
    mark = other.locator(f"a#{key}")
    assert mark.inner_text() in citation
    other.wait_for_function(f"document.getElementById('{key}').classList.contains('chosen')")
    assert mark.evaluate("part => part.matches(':target')") and mark.is_visible()
    assert "chosen" in (other.locator(f"#on-{key}").get_attribute("class") or "")
    assert found[2] in other.locator("#file").text_content()
    other.context.close()
    context.close()


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
    for path in (*PAGES, *REFUSED):
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    page.complaints = [text for text in page.complaints if "status of 40" not in text]
    assert not wide


def test_lists_of_letters_are_not_cut_on_a_phone_and_the_filters_are_at_hand(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/letters", "/teams/alderby", "/themes", "/coverage", "/data", "/trends?criterion=review"):
        page.goto(address + path)
        tables = page.locator(".scroll:has(.stacked)")
        assert tables.count(), path
        for table in tables.all():
            assert table.evaluate("part => part.scrollWidth <= part.clientWidth"), path
    page.goto(f"{address}/search?q=plan")
    page.get_by_role("link", name="Narrow the search").click()
    assert page.url.endswith("#narrow") and page.locator("#narrow h2").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 700})
    assert not page.get_by_role("link", name="Narrow the search").is_visible()


def test_on_paper_a_letter_carries_its_citation_and_no_page_its_forms(page: Any, address: str) -> None:
    page.emulate_media(media="print")
    page.goto(address + LETTER)
    assert "SHA-256" in page.locator(".print-only").inner_text()
    assert page.locator(".reader").is_visible()
    for path in ("/trends", "/search?q=plan", "/letters", "/"):
        page.goto(address + path)
        assert not page.locator("form").first.is_visible(), path


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
    for path in (*PAGES, *REFUSED):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        page.evaluate(script)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert result["passes"], "the checker did not run"
        print(f"{path}: {len(result['violations'])} axe findings at {width} px")
        for violation in result["violations"]:
            faults.append((path, violation["id"], [node["html"][:160] for node in violation["nodes"][:2]]))
    page.complaints = [text for text in page.complaints if "status of 40" not in text]
    assert not faults
