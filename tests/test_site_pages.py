"""The site's pages, asked through Datasette's own client."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from markupsafe import escape

from miner import database
from miner.profiles.sqs import SQS
from tests.site_database import (
    HOSTILE,
    ROOT,
    THEMES,
    Site,
    add_finding,
    add_letter,
    add_paragraph,
    add_section,
    make_database,
)

LETTER = "/letters/alderby-2013-03-05"
PAGES = (
    "/",
    "/search",
    "/search?q=plan",
    "/search?kind=findings&q=reviews&criterion=review&sense=met&from=10&to=90",
    "/search?kind=examples&theme=planning&tone=strength",
    "/search?kind=improvements",
    "/search?q=nothing-of-the-kind",
    "/letters",
    "/letters?year=2013&region=Wales",
    LETTER,
    f"{LETTER}?q=plan",
    "/letters/hostile-2016-03-05",
    "/letters/hostile-2016-03-05?q=script",
    "/teams",
    "/teams/alderby",
    "/teams/hostile",
    "/trends",
    "/trends?criterion=review&by=region",
    "/trends?criterion=child.review&by=team",
    "/criteria",
    "/criteria/child.review",
    "/criteria/review",
    "/themes",
    "/themes/planning",
    "/themes/safeguarding",
    "/data",
    "/about",
    "/coverage",
    "/teams/elsham",
    "/about?letter=alderby-2013-03-05&item=f1",
    "/accessibility",
    "/findings",
    "/findings/findings",
    "/findings/findings?sense__exact=met",
    "/findings/findings/1",
    "/findings/letters",
    "/findings/teams/hostile",
    "/findings/finding_details",
    "/findings/letter_shares",
    "/findings/team_register",
    "/findings/known_letters",
    "/findings/search_findings",
    "/findings?sql=select+id,+area+from+letters",
    "/findings?sql=select+:a",
    "/-/versions",
    "/-/databases",
    "/-/settings",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(make_database(tmp_path_factory.mktemp("site")))
    yield site
    site.close()


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_and_holds_nothing_inline(site: Site, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 200
    assert '<html lang="en-GB">' in response.text
    assert response.text.count("<h1") == 1
    assert "Specimens, not real letters" in response.text
    assert "<script>" not in response.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", response.text)
    ids = re.findall(r'\sid="([^"]+)"', response.text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [path for path in PAGES if "findings?sql" not in path])
def test_hostile_text_is_shown_as_text(site: Site, path: str) -> None:
    text = site.get(path).text
    assert "<script>alert" not in text and "<b>&amp;" not in text
    assert 'href="javascript:' not in text
    assert "\u202e" not in text and "\x07" not in text


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/feed.atom", "/search.json", LETTER + "/pages/1", "/static/site.css"]
)
def test_headers_guard_every_answer(site: Site, path: str) -> None:
    headers = site.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nowhere", "No page has this address"),
        ("/findings/nothing", "There is no table of that name"),
        ("/findings/findings/99999", "There is no such row"),
        ("/trends?criterion=nothing", "no criterion"),
        ("/letters/none", "no letter"),
        ("/teams/none", "no area"),
        ("/themes/none", "theme"),
    ],
)
def test_what_is_not_there_is_said_plainly(site: Site, path: str, words: str) -> None:
    response = site.get(path)
    assert response.status_code == 404
    assert words in response.text and 'lang="en-GB"' in response.text


def test_a_query_that_is_refused_says_why_and_can_be_mended(site: Site) -> None:
    sql = "with recursive c(x) as (select '<b>' union all select x || 1 from c) select max(x) from c"
    page = site.get(f"/findings?sql={quote(sql)}")
    assert page.status_code == 400 and "takes too long" in page.text
    assert "<textarea" in page.text and escape(sql) in page.text
    assert "<script" not in page.text and "style=" not in page.text
    page = site.get("/findings?sql=delete+from+letters")
    assert page.status_code == 400 and "Only select can be run" in page.text


def test_a_criterion_without_figures_is_not_answered_with_another(site: Site) -> None:
    page = site.get("/trends?criterion=child.victims").text
    assert '<option value="child.victims" selected>' in page and "No letter gives an exact count" in page
    assert site.get("/trends.csv?criterion=nothing").status_code == 404
    assert site.get("/trends.csv?criterion=child.victims").text.count("child.victims") == 1


# --- search ----------------------------------------------------------------------------


def found(site: Site, query: str) -> dict[str, object]:
    response = site.get(f"/search.json?{query}")
    assert response.status_code == 200, response.text
    answer: dict[str, object] = json.loads(response.text)
    return answer


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("kind=paragraphs", 10),
        ("q=plan", 10),
        ("q=review", 5),
        ("q=%22most+plans%22", 5),
        ("q=%22plans+most%22", 0),
        ("q=revi*", 5),
        ("q=school+OR+reviews", 10),
        ("q=plan+-school", 5),
        ("q=%22reviews+timely%22~15", 5),
        ("q=plan&region=Wales", 2),
        ("q=plan&region=not+recorded", 2),
        ("q=plan&team=alderby", 2),
        ("q=plan&year=2013", 4),
        ("q=plan&section=public", 0),
        ("kind=findings", 10),
        ("kind=findings&criterion=review", 5),
        ("kind=findings&criterion=child.review", 5),
        ("kind=findings&sense=not_met", 0),
        ("kind=findings&from=60&criterion=review", 2),
        ("kind=findings&to=50&criterion=review", 2),
        ("kind=examples&theme=planning&tone=strength", 5),
        ("kind=examples&theme=safeguarding", 0),
        ("kind=improvements", 5),
        ("kind=strengths", 0),
    ],
)
def test_search_finds(site: Site, query: str, total: int) -> None:
    assert found(site, query)["total"] == total


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '""',
        "*",
        "-",
        "-plan",
        "OR",
        "OR OR",
        "(",
        "a AND",
        "NEAR(",
        "text:plan",
        "plan)",
        "\x00",
        "' or 1=1 --",
        "^plan",
        "a" * 5000,
        "\u202e",
        '"plan',
        "{a}",
        "plan -",
        "NOT plan",
        "%",
        "_",
        "日本",
        "plan\u0301",
        '-"a b" c*',
        "+",
    ],
)
def test_no_question_breaks_the_search(site: Site, typed: str) -> None:
    for path in ("/search", "/search.json", "/search.csv", "/feed.atom", LETTER):
        assert site.get(f"{path}?q={quote(typed)}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=99999",
        "page=-1",
        "page=x",
        "kind=x",
        "order=x",
        "from=nan",
        "from=inf",
        "from=x",
        "year=20",
        "to=-5",
        "team=%27",
        "size=0",
        "page=99999999999999999999",
    ],
)
def test_senseless_parameters_do_no_harm(site: Site, query: str) -> None:
    for path in ("/search", "/search.json", "/letters", "/trends", "/feed.atom"):
        assert site.get(f"{path}?kind=findings&{query}").status_code == 200


def test_matches_are_marked_and_carried_into_the_letter(site: Site) -> None:
    page = site.get("/search?q=timely").text
    assert "<mark>timely</mark>" in page
    assert f"{LETTER}?q=timely#p" in page
    letter = site.get(f"{LETTER}?q=timely").text
    assert '<mark id="m1">timely</mark>' in letter and 'href="#m1"' in letter


def test_the_words_that_state_a_quantity_are_marked_in_their_sentence(site: Site) -> None:
    cue = '<span class="finding met">10 of the 20 cases</span>'
    page = site.get("/search?kind=findings&q=cases&team=alderby").text
    assert cue.replace("cases</span>", '</span><span class="finding met"><mark>cases</mark></span>') in page
    assert '<span class="finding met">most plans</span> were timely' in page
    for path in ("/search?kind=findings", "/criteria/child.review", "/criteria/review"):
        assert cue in site.get(path).text
    assert "cue_at" not in site.get("/search.csv?kind=findings").text


def test_filters_show_as_chips_that_take_them_away(site: Site) -> None:
    page = site.get("/search?kind=findings&q=reviews&team=alderby&sense=met").text
    chips = re.search(r'<ul class="chips".*?</ul>', page, re.S)
    assert chips and chips[0].count("<li>") == 3
    assert "/search?kind=findings&amp;q=reviews&amp;team=alderby" in chips[0]


def bars(page: str) -> dict[str, tuple[str, bool]]:
    """Year -> how many were found, and whether its bar is the chosen one."""
    drawn = re.search(r'<svg class="chart histogram".*?</svg>', page, re.S)
    assert drawn
    found = re.findall(r"<(a|g)([^>]*)>.*?>(\d{4}) </text>.*?>([\d,]+)</text></\1>", drawn[0])
    return {year: (count, "aria-current" in state) for _, state, year, count in found}


def test_a_chosen_year_stands_among_the_others_and_years_without_results_are_there(site: Site) -> None:
    whole = bars(site.get("/search?q=plan").text)
    assert whole == {"2013": ("4", False), "2014": ("4", False), "2015": ("0", False), "2016": ("2", False)}
    page = site.get("/search?q=plan&year=2013").text
    assert bars(page) == {**whole, "2013": ("4", True)}
    assert "<strong>4</strong> paragraphs" in page
    assert bars(site.get("/themes/planning").text)["2015"] == ("0", False)


def test_no_result_says_what_to_loosen(site: Site) -> None:
    page = site.get("/search?kind=findings&q=reviews&sense=not_met").text
    assert "No finding was found" in page
    assert ">10 findings without Judgement: Did not meet it</a>" in page


def test_search_comes_as_csv_with_the_pages_parameters(site: Site) -> None:
    records = list(
        csv.DictReader(io.StringIO(site.get("/search.csv?kind=findings&criterion=review&team=alderby").text))
    )
    assert [(row["numerator"], row["denominator"], row["reading"]) for row in records] == [("10", "20", "10 of 20 met")]
    assert records[0]["address"].endswith(f"{LETTER}#f{records[0]['id']}")


def test_the_csv_of_a_search_is_whole_and_has_its_columns_when_empty(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["findings_site.search"], "MOST_EXPORTED", 3)
    for query in ("kind=findings", "kind=findings&q=reviews", "kind=paragraphs&order=oldest", "kind=improvements"):
        records = list(csv.DictReader(io.StringIO(site.get(f"/search.csv?{query}").text)))
        assert len({row["id"] for row in records}) == len(records) == found(site, query)["total"]
    page = csv.DictReader(io.StringIO(site.get("/search.csv?kind=findings&size=2&page=2").text))
    assert len(list(page)) == 2
    for query in ("kind=findings&q=zebra", "kind=findings&q=-x", "kind=findings&q=zebra&size=2"):
        assert site.get(f"/search.csv?{query}").text == ",".join(page.fieldnames or ()) + "\r\n"


def test_json_is_paged_and_open_to_other_sites(site: Site) -> None:
    response = site.get("/search.json?kind=findings&size=6")
    answer = json.loads(response.text)
    assert response.headers["access-control-allow-origin"] == "*"
    assert len(answer["results"]) == 6
    following = json.loads(site.get(answer["next"].removeprefix("http://localhost")).text)
    assert len(following["results"]) == 4 and following["next"] is None
    assert not {row["id"] for row in answer["results"]} & {row["id"] for row in following["results"]}


@pytest.mark.parametrize(
    "path", ["/feed.atom", "/feed.atom?kind=examples&q=school", "/feed.atom?team=hostile", "/sitemap.xml"]
)
def test_xml_can_be_read(site: Site, path: str) -> None:
    assert len(ElementTree.fromstring(site.get(path).text)) > 4


# --- letter ----------------------------------------------------------------------------


def test_a_finding_is_marked_in_text_and_on_its_page(site: Site) -> None:
    page = site.get(LETTER).text
    assert re.search(r'<a class="finding met" href="#on-f1" data-item="f1" id="f1">10 of the 20 cases</a>', page)
    assert re.search(r'<a id="on-f1" href="#f1" class="findings met" data-item="f1"[^>]*><rect x="79.0" y="99.0"', page)
    assert "10 of 20 met" in page and "50–96% met" in page
    assert "classified by the model, 0.91, most for the words “plan”" in page


def test_the_citation_names_page_paragraph_and_hash(site: Site) -> None:
    page = site.get(LETTER).text
    cite = re.search(r'id="cite-f1">(.*?)</p>', page, re.S)
    assert cite and "paragraph 3.1, page 1" in cite[1] and "SHA-256" in cite[1] and f"{LETTER}#f1" in cite[1]


def test_page_pictures_come_by_number_only(site: Site) -> None:
    response = site.get(f"{LETTER}/pages/1")
    assert response.status_code == 200 and response.headers["content-type"] == "image/webp"
    for path in ("/pages/2", "/pages/..%2f..%2fetc%2fpasswd", "/pages/1.webp", "/pages/-1", "/pages/../../findings.db"):
        assert_absent(site, LETTER + path)


def assert_absent(site: Site, path: str) -> None:
    """Nothing there, perhaps after Datasette's redirect of % signs to its own writing of them."""
    response = site.get(path)
    if response.status_code == 302:
        assert response.headers["location"].startswith("/") and not response.headers["location"].startswith("//")
        response = site.get(response.headers["location"])
    assert response.status_code in (400, 404)


@pytest.mark.parametrize("name", ["..%2Ffindings", "findings_fts", "sqlite_master", "nothing", "..%5cx"])
def test_csv_names_are_looked_up(site: Site, name: str) -> None:
    assert_absent(site, f"/data/csv/{name}.csv")


def test_csv_of_a_table_is_whole(site: Site) -> None:
    assert len(list(csv.DictReader(io.StringIO(site.get("/data/csv/findings.csv").text)))) == 10


# --- figures ---------------------------------------------------------------------------


def test_trends_pool_by_letter_and_keep_soft_words_apart(site: Site) -> None:
    records = list(csv.DictReader(io.StringIO(site.get("/trends.csv?criterion=review&by=year").text)))
    assert [row["year"] for row in records] == ["2013", "2014", "2016", "all"]
    assert records[0]["share"] == "" and "fewer than 3" in records[0]["note"]
    total = records[-1]
    assert (total["letters"], total["met"], total["cases"]) == ("5", "55", "100")
    assert float(total["low"]) < 0.55 < float(total["high"])
    soft = site.get("/trends?criterion=planning").text
    assert "No letter gives an exact count" in soft and "5 statements" in soft


def test_what_a_summary_says_again_counts_once(tmp_path: Path) -> None:
    with database.Writer(tmp_path / "findings.db") as writer:
        database.add_vocabularies(writer, SQS, THEMES)
        for area, met in (("Alderby", 10), ("Brinmoor", 11), ("Carrowdale", 12)):
            add_letter(writer, area, None, 2014, met)
            letter = f"{area.lower()}-2014-03-05"
            add_section(writer, letter, 3, "summary", "Summary")
            text = f"Reviews were good enough in {met} of the 20 cases."
            paragraph = add_paragraph(writer, letter, 3, "", text)
            share = met / 20
            cue = f"{met} of the 20 cases"
            add_finding(writer, letter, paragraph, text, cue, "count", met, 20, share, share, "summary.review", 100)
    site = Site(tmp_path / "findings.db")
    for criterion in ("review", "child.review", "summary.review"):
        total = list(csv.DictReader(io.StringIO(site.get(f"/trends.csv?criterion={criterion}&by=year").text)))[-1]
        assert (total["letters"], total["met"], total["cases"]) == ("3", "33", "60")
    site.close()


def test_an_area_chosen_from_the_start_is_gone_to(site: Site) -> None:
    assert "Show the area" in site.get("/").text
    assert site.get("/teams?team=alderby&kind=examples").headers["location"] == "/teams/alderby"
    assert site.get("/teams?team=nothing").status_code == 200


def test_letters_that_are_not_there_are_said_not_to_be(site: Site) -> None:
    assert "None is here" in site.get("/letters?year=1999").text
    assert "None is here" not in site.get("/letters").text


def test_each_mark_of_a_chart_leads_to_its_letter(site: Site) -> None:
    page = site.get("/trends?criterion=child.review&by=team").text
    dot = re.search(r'<a href="(/letters/alderby[^"]+)" tabindex="-1"><circle class="dot"[^>]*><title>([^<]+)', page)
    assert dot and dot[1] == f"{LETTER}#f1" and dot[2] == "Alderby, 5 March 2013: 50% of 20"
    page = site.get("/trends?criterion=planning&by=team").text
    assert f'<a href="{LETTER}#f2" tabindex="-1"><rect class="soft"' in page


def test_an_area_stands_beside_all_letters(site: Site) -> None:
    page = site.get("/teams/alderby").text
    assert "10 of 20" in page and "55%" in page and "5 letters" in page


# --- guards ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "select length(hex(zeroblob(400000000)))",
        "select length(hex(randomblob(400000000)))",
        "select length(replace(hex(printf('%0900000d', 1)), '0', 'aaaaaaaaaa'))",
        "select fts3_tokenizer('simple')",
        "select load_extension('x')",
        "attach database '/tmp/x.db' as x",
        "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
    ],
)
def test_dear_or_dangerous_sql_is_refused(site: Site, sql: str) -> None:
    assert site.get(f"/findings.json?sql={sql.replace('%', '%25').replace('+', '%2B')}").status_code == 400


@pytest.mark.parametrize("path", ["/\\example.com/", "/%5Cexample.com/", "/%5cexample.com"])
def test_a_backslash_redirects_nobody(site: Site, path: str) -> None:
    assert site.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/", "/search", LETTER, "/findings", "/findings/findings", "/data/csv/letters.csv"])
def test_nothing_can_be_sent(site: Site, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        response = site.ask(method, path)
        assert response.status_code == 405 and response.headers["allow"]
    assert site.ask("HEAD", path).status_code == 200


@pytest.mark.parametrize(
    "page", ["allow-debug", "messages", "patterns", "logout", "permissions.json", "api", "check/x"]
)
def test_pages_for_developers_are_closed(site: Site, page: str) -> None:
    assert site.get(f"/-/{page}").status_code == 404


ODD = (
    '"', "*", "NEAR(a b)", "plan NEAR/2 x", '"plan', "(", "a" * 5000, "\x00", "\u202eabc", "-1", "²", "٣", "1e999", "nan",
    "99999999999999999999", "../../etc/passwd", "'; drop table letters; --", "<script>", "\r\nSet-Cookie: x=1", "😀",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:coroutine")  # Datasette leaves some behind where a condition is broken
@pytest.mark.parametrize(
    "path",
    [
        *("/search", "/search.json", "/search.csv", "/feed.atom", "/letters", LETTER, "/trends", "/trends.csv"),
        *("/teams/alderby", "/themes/planning", "/about", "/coverage", "/findings/findings", "/findings/findings.json"),
        *("/findings/finding_details", "/findings/letters.csv"),
    ],
)
def test_nothing_typed_into_an_address_brings_an_error_of_ours(site: Site, path: str) -> None:
    names = (
        "q",
        "team",
        "region",
        "year",
        "criterion",
        "from",
        "order",
        "page",
        "size",
        "kind",
        "by",
        "letter",
        "item",
    )
    stock = ("_next", "_size", "_sort", "_sort_desc", "_facet", "_search", "_where", "_through", "_timelimit", "_col")
    for name in stock if path.startswith("/findings") else names:
        for typed in ODD:
            response = site.get(f"{path}?{name}={quote(typed)}")
            assert response.status_code < 500, (name, typed)
            assert "Traceback" not in response.text and '"status": 500' not in response.text
            assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "part", ["..", "%2e%2e%2f", "%00", "%ff", "%", "x" * 3000, "%E2%80%AE", "'", "%3Cscript%3E", "%2F%2Fexample.com"]
)
def test_no_part_of_a_path_brings_an_error_of_ours(site: Site, part: str) -> None:
    for folder in (
        "/",
        "/letters/",
        f"{LETTER}/pages/",
        "/teams/",
        "/themes/",
        "/criteria/",
        "/data/csv/",
        "/findings/",
    ):
        for end in ("", ".csv", ".json", "/1"):
            response = site.get(folder + part + end)
            assert response.status_code < 500, folder + part[:20] + end
            assert not response.headers.get("location", "").startswith("//")
    for folder in ("/findings/findings/", "/static/", "/-/static/"):
        assert site.get(folder + part).status_code < 500


def test_the_folder_does_not_shadow_the_library() -> None:
    assert not list((ROOT / "datasette").rglob("__init__.py"))
    assert HOSTILE
    for file in (ROOT / "datasette").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) miner\b", file.read_text(encoding="utf-8"), re.M), file


def test_under_a_path_of_a_proxy_every_link_stays_below_it(tmp_path: Path) -> None:
    below = Site(make_database(tmp_path), base_url="/below/")
    for path in (*PAGES, "/feed.atom", "/sitemap.xml", "/robots.txt", "/nowhere"):
        text = below.get(path).text
        assert not re.findall(r'(?:href|src|action)="/(?!below/)[^"]*"', text), path
        assert "localhost/" not in text.replace("localhost/below/", ""), path
    below.close()


def test_each_item_is_counted_in_searches_once(site: Site) -> None:
    for item in ("paragraphs", "findings", "examples", "points"):
        sql = f"select (select count(*) from {item}), (select count(*) from search_{item} join {item} using (id))"
        whole, searched = site.get(f"/findings.json?sql={sql}&_shape=arrays").json()["rows"][0]
        assert whole == searched > 0
