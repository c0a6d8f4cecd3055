"""Fetching from a played site: nothing lost, nothing asked twice, nothing written or asked elsewhere."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from miner import __version__, manifest, pipeline
from miner import fetch as fetching
from miner.asking import AGENT, Options, StoppedError
from miner.cli import main
from miner.corpus import CORPUS, slug
from miner.fetch import Fetched
from miner.places import ARCHIVES, Place, is_allowed, original, read_places
from miner.webpages import read_date, read_page
from tests import play_fetch
from tests.played_site import (
    AREAS,
    Handler,
    Play,
    Site,
    busy_first,
    endless,
    letter_pdf,
    letter_text,
    lying_length,
    played,
    redirect,
    slow,
    slow_head,
    speak,
)
from tests.typesetter import LAYOUTS, set_letter

TEXT = "harrowmere-2014-03-11"
AREA = AREAS[0]
NAME = f"{slug(AREA)}-2014-03-11.pdf"
LIMITS = {"robots": 10_000, "page": 200_000, "letter": 400_000}


@pytest.fixture
def site() -> Iterator[Site]:
    with played(Site(areas=AREAS[:3], letters=dict(LETTERS))) as site:
        yield site


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


LETTERS = {area: letter_pdf(TEXT, area) for area in AREAS[:3]}


def run(site: Site, folder: Path, address: str = "", **options: object) -> Fetched:
    usual = {"pause": 0, "backoff": 0.01, "tries": 3, "answer_time": 5, "limits": LIMITS}
    chosen = Options(folder, **{**usual, **options})  # type: ignore[arg-type]
    return fetching.fetch([Place(address or site.listing)], chosen, pipeline.glance, slug)


def letters(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf")}


def entries(folder: Path, status: str = "kept") -> list[manifest.Entry]:
    return [entry for entry in manifest.read(folder) if entry.status == status]


# --- the whole ------------------------------------------------------------------------


def test_150_letters_stopped_twice_and_resumed(tmp_path: Path) -> None:
    with played() as site:
        runs = play_fetch.play(site, tmp_path)
        whole = [path for path, status in site.answers if status == 200 and path.startswith("/uploads")]
        assert [name for name, _, _ in runs] == ["killed", "interrupted", "finished", "again"]
        assert [found for _, _, found in runs][2:] == [150, 150]
        assert 40 <= runs[0][2] < runs[1][2] < 150
        # A letter may be sent twice only where a stop fell between its sending and its filing.
        assert len(set(whole)) == 150
        assert len(whole) <= 152
        stopped_runs = sum((asked for _, asked, _ in runs[:3]), start=runs[0][1] - runs[0][1])
        assert max(times for path, times in stopped_runs.items() if path != "/robots.txt") <= 2
        assert sum(times for path, times in stopped_runs.items() if path != "/robots.txt") <= 15 + 300 + 4
        assert site.most_busy == 1
        assert site.agents == {f"{AGENT}/{__version__} (published youth offending inspection letters; one reader)"}
    kept = entries(tmp_path)
    assert len(kept) == 150 == len({entry.sha256 for entry in kept})
    for entry in kept:
        data = (tmp_path / entry.file_name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry.sha256
        assert len(data) == int(entry.size)
        assert entry.file_name == f"{slug(entry.area)}-{entry.letter_date}.pdf"
        assert urlsplit(entry.address).hostname == urlsplit(entry.found_on).hostname == "127.0.0.1"
        assert "Screening" in entry.title
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".pdf") == [".fetch", "manifest.csv"]
    assert not list(tmp_path.rglob("*.part"))


def test_a_report_page_and_a_pdf_can_be_named_themselves(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path, f"{site.url}/hmiprobation/inspections/{slug(AREA)}/")
    assert letters(tmp_path) == {NAME}
    run(site, tmp_path, f"{site.url}/uploads/{slug(AREAS[1])}-sqs.pdf")
    assert letters(tmp_path) == {NAME, f"{slug(AREAS[1])}-2014-03-11.pdf"}


def test_a_named_source_is_walked_by_its_form(site: Site, tmp_path: Path) -> None:
    named = read_places(CORPUS / "sources.toml")["justiceinspectorates"][0]
    site.plays[r"/hmiprobation/inspections\?year=2012&paged=1"] = lambda handler: handler.answer(
        f"""<div class="result inspection"><h4><a href="/hmiprobation/inspections/{slug(AREA)}/">Youth work</a></h4></div>
        <div class="result inspection"><h4><a href="/adult">Adult offenders in Kent</a></h4></div>
        <a href="/hmiprobation/inspections/{slug(AREAS[1])}/">Short Quality Screening, elsewhere on the page</a>"""
    )
    place = replace(named, address=named.address.replace("https://www.justiceinspectorates.gov.uk", site.url))
    fetched = fetching.fetch([place], Options(tmp_path, pause=0), pipeline.glance, slug)
    assert not fetched.failures
    assert letters(tmp_path) == {NAME}
    assert "/adult" not in site.asked
    assert entries(tmp_path)[0].licence == named.licence


def test_what_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path)
    begin = len(site.answers)
    fetched = run(site, tmp_path)
    assert {status for path, status in site.answers[begin:] if path != "/robots.txt"} == {304}
    assert fetched.counts["unchanged"] == 3
    (tmp_path / NAME).unlink()  # a letter that is missing is got again
    run(site, tmp_path)
    assert NAME in letters(tmp_path)
    assert len(manifest.read(tmp_path)) == 3


def test_a_changed_letter_keeps_the_old_one(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path)
    old = (tmp_path / NAME).read_bytes()
    site.letters[AREA] = letter_pdf(TEXT, AREA, ("has a settled", "has an unsettled"))
    assert run(site, tmp_path).counts["changed"] == 1
    assert (tmp_path / NAME).read_bytes() == site.letters[AREA] != old
    (earlier,) = entries(tmp_path, "earlier")
    assert (tmp_path / earlier.file_name).read_bytes() == old
    assert earlier.file_name.startswith("earlier/")
    assert len(entries(tmp_path)) == 3


@pytest.mark.parametrize("step", range(1, 9))
def test_a_stop_at_any_moment_loses_nothing(
    step: int, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped just before any file is put in its place while a changed letter is taken in."""
    run(site, tmp_path)
    old = (tmp_path / NAME).read_bytes()
    site.letters[AREA] = letter_pdf(TEXT, AREA, ("has a settled", "has an unsettled"))
    moves = 0
    move = Path.replace

    def stop(path: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == step:
            raise KeyboardInterrupt
        return move(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop)
        with suppress(KeyboardInterrupt):
            run(site, tmp_path)
    run(site, tmp_path)
    assert (tmp_path / NAME).read_bytes() == site.letters[AREA]
    assert [path.read_bytes() for path in (tmp_path / "earlier").iterdir()] == [old]
    assert len(entries(tmp_path)) == 3 == len(letters(tmp_path)) - 1
    assert len(entries(tmp_path, "earlier")) == 1
    for entry in manifest.read(tmp_path):
        assert manifest.digest(tmp_path / entry.file_name) == entry.sha256
    assert not list(tmp_path.rglob("*.part"))


def test_a_letter_that_is_gone_later_is_not_lost(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path)
    site.plays[f"/uploads/{slug(AREA)}-sqs.pdf"] = lambda handler: handler.answer("gone", 410)
    assert len(run(site, tmp_path).failures) == 1
    assert len(letters(tmp_path)) == len(entries(tmp_path)) == 3


def test_a_file_that_stood_there_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"%PDF- mine %%EOF")
    run(site, tmp_path)
    assert sorted(path.read_bytes()[:10] for path in (tmp_path / "earlier").iterdir()) == [b"%PDF- mine"]


def test_other_reports_are_passed_over_and_remembered(site: Site, tmp_path: Path) -> None:
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "other.pdf"
        text = re.sub(r"Short Quality Screening(?: \(SQS\))?|SQS", "Full Joint Inspection", letter_text(TEXT, AREA))
        set_letter(text, path, LAYOUTS["plain"])
        site.letters[AREA] = path.read_bytes()
    report = "<h1>Inspection of youth offending</h1><a href='/uploads/aldenbeck.pdf'>Report (PDF)</a>"
    site.plays["/uploads/aldenbeck.pdf"] = lambda handler: handler.file(site.letters[AREA])
    site.plays[f"/hmiprobation/inspections/{slug(AREA)}/"] = lambda handler: handler.answer(report)
    address = f"{site.url}/hmiprobation/inspections/{slug(AREA)}/"
    assert run(site, tmp_path, address).counts["not_sqs"] == 1
    assert NAME not in letters(tmp_path)
    assert len(entries(tmp_path, "not_sqs")) == 1
    assert run(site, tmp_path, address).counts["not_sqs"] == 1
    assert [status for path, status in site.answers if path == "/uploads/aldenbeck.pdf"] == [200, 304]


def test_the_same_file_at_two_addresses_is_kept_once(site: Site, tmp_path: Path) -> None:
    copy = f"<h1>Short Quality Screening</h1><a href='/copy.pdf'>PDF</a><a href='/uploads/{slug(AREA)}-sqs.pdf'>PDF</a>"
    site.plays["/two"] = lambda handler: handler.answer(copy)
    site.plays["/copy.pdf"] = lambda handler: handler.file(site.letter(AREA))
    assert run(site, tmp_path, f"{site.url}/two").counts["same"] == 1
    assert letters(tmp_path) == {NAME}


def test_two_letters_of_one_name_stand_beside_each_other(site: Site, tmp_path: Path) -> None:
    site.plays["/two"] = lambda handler: handler.answer(
        f"<h1>SQS</h1><a href='/other.pdf'>PDF</a><a href='/uploads/{slug(AREA)}-sqs.pdf'>PDF</a>"
    )
    site.plays["/other.pdf"] = lambda handler: handler.file(letter_pdf(TEXT, AREA, ("Context", "Background")))
    run(site, tmp_path, f"{site.url}/two")
    assert len(letters(tmp_path)) == 2 == len(entries(tmp_path))


# --- unhelpful servers ----------------------------------------------------------------

PDF = f"/uploads/{slug(AREA)}-sqs.pdf"
BODY = LETTERS[AREA]
UNHELPFUL: dict[str, tuple[Play, str]] = {
    "404": (lambda handler: handler.answer("no", 404), "answers 404"),
    "403": (lambda handler: handler.answer("no", 403), "answers 403"),
    "always 500": (lambda handler: handler.answer("no", 500), "too busy"),
    "endless": (endless(b"%PDF-1.4\n"), "longer than 400,000 bytes"),
    "endless page": (endless(b"<html>"), "longer than 200,000 bytes"),
    "too long, and says so": (lying_length(b"%PDF-1.4\n", 10**12), "longer than"),
    "slow": (slow(b"%PDF-1.4\n"), "does not answer in time"),
    "slow head": (slow_head(), "does not answer in time"),
    "shorter than it says": (lying_length(BODY, len(BODY) + 500), "the connection fails"),
    "longer than it says": (lying_length(BODY, len(BODY) - 3000), "cut off"),
    "a page said to be a PDF": (lambda handler: handler.answer("<html>Sorry", kind="application/pdf"), "is none"),
    "a page where a PDF should be": (lambda handler: handler.answer("<html>Sorry"), "no PDF"),
    "an archive": (lambda handler: handler.answer(b"PK\3\4\0\0\0", kind="application/pdf"), "neither"),
    "nothing": (lambda handler: handler.answer(b"", kind="application/pdf"), "is none"),
    "not http": (speak(b"what?\r\n\r\n"), "connection fails"),
    "another scheme": (redirect("file:///etc/passwd"), "another host or scheme"),
    "another host": (redirect("http://localhost:1/x.pdf"), "another host or scheme"),
    "another port": (redirect("http://127.0.0.1:1/x.pdf"), "another host or scheme"),
    "with a password": (redirect("http://user:pass@127.0.0.1/x.pdf"), "another host or scheme"),
    "a broken address": (redirect("http://[::1/x.pdf"), ""),
    "round and round": (redirect(PDF), "without end"),
    "unchanged, though it never came": (lambda handler: handler.answer(b"", 304), "never here"),
    "private": (redirect("/private/x.pdf"), "robots.txt does not allow"),
}


@pytest.mark.parametrize("case", UNHELPFUL)
def test_an_unhelpful_answer_costs_only_its_own_letter(case: str, tmp_path: Path) -> None:
    play, reason = UNHELPFUL[case]
    with played(Site(areas=AREAS[:2], letters=dict(LETTERS), plays={PDF: play})) as site:
        fetched = run(site, tmp_path, tries=2, answer_time=0.6)
        assert len(fetched.failures) == 1
        assert reason in str(fetched.failures[0])
        assert letters(tmp_path) == {f"{slug(AREAS[1])}-2014-03-11.pdf"}
        (failed,) = entries(tmp_path, "failed")
        assert failed.address == site.url + PDF
        assert failed.note
        assert "/private/x.pdf" not in site.asked
        # Once the server is itself again, the letter comes.
        site.plays.clear()
        run(site, tmp_path)
        assert len(letters(tmp_path)) == len(entries(tmp_path)) == 2
        assert entries(tmp_path, "failed") == []


def test_a_busy_server_is_waited_for(site: Site, tmp_path: Path) -> None:
    waits: list[float] = []
    site.plays[PDF] = busy_first(1, lambda handler: handler.file(BODY), 429, Retry_After="7")
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    other = f"/uploads/{slug(AREAS[1])}-sqs.pdf"
    site.plays[other] = busy_first(1, lambda handler: handler.file(LETTERS[AREAS[1]]), 503, Retry_After=later)
    options = Options(tmp_path, pause=0, limits=LIMITS)
    fetched = fetching.fetch([Place(site.listing)], options, pipeline.glance, slug, sleep=waits.append)
    assert not fetched.failures
    assert len(letters(tmp_path)) == 3
    assert waits[0] == 7
    assert 25 <= waits[1] <= 30


def test_a_long_wait_ends_the_run_and_the_next_goes_on(site: Site, tmp_path: Path) -> None:
    site.plays[f"/uploads/{slug(AREAS[1])}-sqs.pdf"] = busy_first(
        1, lambda handler: handler.file(LETTERS[AREAS[1]]), 429, Retry_After="86400"
    )
    with pytest.raises(StoppedError, match="asks to wait 86400 seconds"):
        run(site, tmp_path)
    assert letters(tmp_path) == {NAME}
    begin = len(site.asked)
    run(site, tmp_path)
    assert len(letters(tmp_path)) == 3
    assert PDF not in site.asked[begin:]


def test_a_site_that_fails_again_and_again_is_left_in_peace(tmp_path: Path) -> None:
    with played(Site(areas=AREAS[:9])) as site:
        site.plays["/hmiprobation/inspections/.*/"] = lambda handler: handler.answer("no", 502)
        with pytest.raises(StoppedError, match="failed 5 times in a row"):
            run(site, tmp_path, tries=2)
        assert len(site.asked) == 2 + 5 * 2


def test_requests_keep_their_pause(site: Site, tmp_path: Path) -> None:
    waits: list[float] = []
    site.robots = "User-agent: *\nCrawl-delay: 3\n"
    fetching.fetch([Place(site.listing)], Options(tmp_path, pause=2), pipeline.glance, slug, sleep=waits.append)
    assert len(waits) == len(site.asked) - 1
    assert all(2.5 < wait <= 3 for wait in waits)


@pytest.mark.parametrize("rule", ["Disallow: /uploads/", "Disallow: /*.pdf$", "Allow: /\nDisallow: /up*"])
def test_robots_are_obeyed(rule: str, site: Site, tmp_path: Path) -> None:
    site.robots = f"User-agent: {AGENT}\n{rule}\n"
    fetched = run(site, tmp_path)
    assert len(fetched.failures) == 3
    assert not letters(tmp_path)
    assert not any(path.startswith("/uploads") for path in site.asked)


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (lambda handler: handler.answer("", 404), True),
        (lambda handler: handler.answer("no", 500), False),
        (redirect("http://localhost:1/robots.txt"), True),
        (lambda handler: handler.answer("<html>what?</html>"), True),
    ],
)
def test_a_site_without_clear_robots(answer: Play, allowed: bool, site: Site, tmp_path: Path) -> None:
    site.plays["/robots.txt"] = answer
    run(site, tmp_path)
    assert bool(letters(tmp_path)) == allowed
    assert allowed or set(site.asked) == {"/robots.txt"}


def test_a_listing_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_LISTING_PAGES", 20)

    def more(handler: Handler) -> None:
        number = int(handler.path.rpartition("=")[2])
        handler.answer(f"<a rel=next href='/list?page={number + 1}'>Next</a>")

    with played(Site(plays={r"/list\?page=\d+": more})) as site:
        fetched = run(site, tmp_path, f"{site.url}/list?page=1")
        assert len(site.asked) == 21
        assert "over 20 pages" in str(fetched.failures[0])


def test_its_own_folder_may_not_lead_out_either(site: Site, tmp_path: Path) -> None:
    folder, outside = tmp_path / "letters", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / ".fetch").symlink_to(outside)
    with pytest.raises(PermissionError):
        run(site, folder)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2f..%2fescaped.pdf",
        "/a/%2e%2e/%2e%2e/escaped.pdf",
        "/x%00.pdf",
        "/" + "a" * 2000 + ".pdf",
        "/C%3A%5Cescaped.pdf",
    ],
)
def test_no_name_leads_out_of_the_folder(path: str, site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "letters"
    # A file whose area cannot be told is named by its address.
    unnamed = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    site.plays["/page"] = lambda handler: handler.answer(f"<h1>SQS</h1><a href='{path}'>../../../title (PDF)</a>")
    site.plays[".*pdf"] = lambda handler: handler.answer(
        unnamed, kind="application/pdf", Content_Disposition='attachment; filename="../../../escaped.pdf"'
    )
    run(site, folder, f"{site.url}/page")
    written = [file.relative_to(folder) for file in tmp_path.rglob("*") if file.is_file()]
    assert all(len(file.name) < 120 for file in written)
    assert len(letters(folder)) == 1
    assert {file.parts[0] for file in tmp_path.iterdir() for file in [file.relative_to(tmp_path)]} == {"deep"}


def test_a_link_in_the_folder_does_not_lead_out(site: Site, tmp_path: Path) -> None:
    folder, outside = tmp_path / "letters", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "earlier").symlink_to(outside)
    (folder / NAME).write_bytes(b"%PDF- mine %%EOF")
    with pytest.raises(PermissionError):
        run(site, folder)
    assert list(outside.iterdir()) == []
    assert (folder / NAME).read_bytes() == b"%PDF- mine %%EOF"


def test_a_cut_off_memory_is_read_as_far_as_it_goes(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path)
    memory = tmp_path / ".fetch" / "memory.jsonl"
    memory.write_bytes(memory.read_bytes()[:-40] + b"\xff{")
    fetched = run(site, tmp_path)
    assert not fetched.failures
    assert len(letters(tmp_path)) == 3


def test_an_old_stopped_run_is_begun_anew(site: Site, tmp_path: Path) -> None:
    run(site, tmp_path)
    (tmp_path / ".fetch" / "run").write_text(f"2020-01-01T00:00:00+00:00\n{site.listing}")
    begin = len(site.asked)
    run(site, tmp_path)
    assert len(site.asked) == 2 * begin


def test_a_file_that_stalls_the_reader_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.part").write_bytes(BODY)
    with pipeline.glance_apart() as look:
        monkeypatch.setattr(pipeline, "GLANCE_SECONDS", 0)
        assert "did not end" in look(tmp_path / "a.part").problem
        monkeypatch.setattr(pipeline, "GLANCE_SECONDS", 60)
        assert look(tmp_path / "a.part").area == AREA


def test_a_page_is_read_anew_when_its_source_is_described_otherwise(site: Site, tmp_path: Path) -> None:
    options = Options(tmp_path, pause=0)
    wrong = Place(site.listing, report_links="div.nowhere a")
    fetching.fetch([wrong], options, pipeline.glance, slug)
    assert not letters(tmp_path)
    fetching.fetch([replace(wrong, report_links="div.result h4 a")], options, pipeline.glance, slug)
    assert len(letters(tmp_path)) == 3


def test_any_title_is_remembered(site: Site, tmp_path: Path) -> None:
    title = 'SQS \u2028 \x85 \\ " in ☃'
    site.plays[f"{PDF}.+"] = lambda handler: handler.file(BODY)
    site.plays["/odd"] = lambda handler: handler.file(
        f"<h1>{title}</h1><a href='{PDF}?\u2028\x85'>PDF</a>".encode(), "text/html"
    )
    run(site, tmp_path, f"{site.url}/odd")
    begin = len(site.answers)
    run(site, tmp_path, f"{site.url}/odd")
    assert [status for _, status in site.answers[begin:]] == [200, 304, 304]
    assert len(letters(tmp_path)) == 1


def test_two_runs_do_not_meet(site: Site, tmp_path: Path) -> None:
    (tmp_path / ".fetch").mkdir()
    with (tmp_path / ".fetch" / "lock").open("w") as lock:
        fetching._lock(lock, tmp_path)
        with pytest.raises(BlockingIOError):
            run(site, tmp_path)


# --- the web archive ------------------------------------------------------------------


def test_an_archived_copy_is_walked_within_the_archive(tmp_path: Path) -> None:
    at = "/ukgwa/20180101000000/"
    listing = f"""<a href='{at}http://www.justice.example/sqs/a'>Short quality screening A</a>
        <a href='/ukgwa/20190101000000/http://www.justice.example/sqs/a'>Short quality screening A, later copy</a>
        <a href='{at}http://www.elsewhere.example/sqs'>Short quality screening elsewhere</a>
        <a href='http://www.justice.example/sqs/live'>Short quality screening, live</a>"""
    plays: dict[str, Play] = {
        f"{at}http://www.justice.example/list": lambda handler: handler.answer(listing),
        f"{at}http://www.justice.example/sqs/a": lambda handler: handler.answer(
            f"<h1>Short quality screening A</h1><a href='{at}http://justice.example/a.pdf'>PDF</a>"
        ),
        f"{at}http://justice.example/a.pdf": lambda handler: handler.file(BODY),
    }
    with played(Site(plays=plays)) as site:
        archives = (f"127.0.0.1:{site.port}",)
        fetched = run(site, tmp_path, f"{site.url}{at}http://www.justice.example/list", archives=archives)
        assert letters(tmp_path) == {NAME}
        assert not fetched.failures
        assert site.asked == ["/robots.txt", *plays]


ARCHIVE = "https://webarchive.nationalarchives.gov.uk"


def test_the_address_of_an_archived_page() -> None:
    archived = f"{ARCHIVE}/ukgwa/20130301000000/http://www.justice.gov.uk/x?a=1"
    assert original(archived, ARCHIVES) == "http://www.justice.gov.uk/x?a=1"
    assert original("https://example.org/ukgwa/2013/http://x.org", ARCHIVES).startswith("https://example.org")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://www.justice.gov.uk/b", True),
        ("http://justice.gov.uk/b", True),
        (f"{ARCHIVE}/ukgwa/20130301000000/http://www.justice.gov.uk/b", True),
        (f"{ARCHIVE}/ukgwa/20130301000000/http://www.example.org/b", False),
        (f"{ARCHIVE}/", False),
        ("https://example.org/https://www.justice.gov.uk/", False),
        ("https://www.justice.gov.uk.example.org/", False),
        ("https://www.justice.gov.uk:8443/", False),
        ("https://www.justice.gov.uk@example.org/", False),
        ("ftp://www.justice.gov.uk/b", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("http://[broken/", False),
        ("http://www.justice.gov.uk:port/", False),
    ],
)
def test_which_addresses_belong_to_a_source(address: str, allowed: bool) -> None:
    assert is_allowed(address, Place("https://www.justice.gov.uk/a"), ARCHIVES) == allowed


# --- pages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Date of publication: 11th March 2014", "2014-03-11"),
        ("2 APRIL 2014", "2014-04-02"),
        ("on 11/05/2016.", "2016-05-11"),
        ("2016-05-11T09:00:00Z", "2016-05-11"),
        ("31 February 2014", ""),
        ("March 2014", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert read_date(text) == date


def test_a_listing_of_the_published_form() -> None:
    html = b"""<base href="/hmiprobation/"><h1>Inspections</h1>
        <div class="result inspection"><h4><a href="inspections/a/">Youth work in A</a></h4><a href="x">more</a></div>
        <div class="result"><h4><a href="inspections/b/">Adult work in B, Short Quality Screening</a></h4></div>
        <a href="?paged=2&year=2014">2</a><a href="?paged=3&year=2013">3</a><a href="#top">1</a><a>none</a>
        <a href="http://[broken">broken</a>"""
    place = Place("https://x.example/hmiprobation/?year=2014&paged=1", report_links="div.result.inspection h4 a")
    page = read_page(html, place.address, place)
    assert [link.address for link in page.reports] == ["https://x.example/hmiprobation/inspections/a/"]
    assert "https://x.example/hmiprobation/?paged=2&year=2014" in [link.address for link in page.following]
    assert all("2013" not in link.address for link in page.following)


def test_a_page_of_too_many_elements_is_left(site: Site, tmp_path: Path) -> None:
    site.plays["/deep"] = lambda handler: handler.answer("<div>" * 31_000)
    assert "more than 30,000 elements" in str(run(site, tmp_path, f"{site.url}/deep").failures[0])


@pytest.mark.parametrize(
    "html", [b"", b"\xff\xfe<a", b"<a href>" * 5000, b"<div>" * 10_000, "<a href='é\x01'>".encode()]
)
def test_any_page_is_survived(html: bytes) -> None:
    read_page(html, "https://x.example/", Place("https://x.example/", report_links="a"))


def test_the_named_sources_are_in_order() -> None:
    places = read_places(CORPUS / "sources.toml")
    assert len(places) >= 4
    for starts in places.values():
        for place in starts:
            assert is_allowed(place.address, place, ARCHIVES)
            assert "{" not in place.address
            assert place.checked == "never" or place.checked[:2] == "20"
            assert place.licence
            read_page(b"<a href='/x'>SQS</a>", place.address, place)
    assert any(ARCHIVE in place.address for starts in places.values() for place in starts)


# --- the commands ---------------------------------------------------------------------


def test_the_commands_tell_what_was_wrong_in_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    other = tmp_path / "other.txt"
    other.write_text("A shopping list.")
    into = ["--into", str(tmp_path / "letters")]
    for arguments, code, words in (
        (["fetch"], 2, "name a source"),
        (["fetch", "nowhere", *into], 2, "nowhere is neither an http address nor one of"),
        (["fetch", "file:///etc/passwd", *into], 2, "is neither"),
        (["fetch", "http://127.0.0.1:9/", "--into", str(broken)], 1, "broken.pdf"),
        (["add", str(tmp_path / "absent.pdf"), *into], 2, "no such file"),
        (["add", str(broken), *into], 1, "not taken in: broken.pdf"),
        (["add", str(other), *into], 1, "does not say Short Quality Screening"),
        (["add", str(broken), str(other), "--address", "http://x", *into], 2, "one file at a time"),
        (["add", str(broken), "--address", "x", *into], 2, "must begin with"),
    ):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, (arguments, result.output)
        assert words in result.output
        assert "Traceback" not in result.output
    assert "never" in CliRunner().invoke(main, ["fetch", "--list"]).output


def test_fetch_from_the_command_line(site: Site, tmp_path: Path) -> None:
    address = f"{site.url}{PDF}"
    result = CliRunner().invoke(
        main, ["fetch", address, "--into", str(tmp_path), "--pause", "0.5", "--contact", "me@x"]
    )
    assert result.exit_code == 0, result.output
    assert "1 new letters" in result.output
    assert any("me@x" in agent for agent in site.agents)
    assert letters(tmp_path) == {NAME}


def test_adding_letters(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    first, second = tmp_path / "One file.PDF", tmp_path / "two.pdf"
    first.write_bytes(BODY)
    second.write_bytes(letter_pdf(TEXT, AREA, ("Context", "Background")))
    add = ["add", "--into", str(folder)]
    assert (
        f"taken in as {NAME}"
        in CliRunner().invoke(main, [*add, str(first), "--address", "http://x.example/1.pdf"]).output
    )
    assert "already there" in CliRunner().invoke(main, [*add, str(first)]).output
    before = entries(folder)
    assert before[0].address == "http://x.example/1.pdf"
    assert "already there" in CliRunner().invoke(main, [*add, str(first)]).output
    assert entries(folder) == before
    assert "kept as earlier" in CliRunner().invoke(main, [*add, str(second)]).output
    assert (folder / NAME).read_bytes() == second.read_bytes()
    assert len(entries(folder)) == len(entries(folder, "earlier")) == 1
    with (folder / "manifest.csv").open() as file:
        assert next(csv.reader(file)) == list(manifest.COLUMNS)
    assert first.exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".added")]
