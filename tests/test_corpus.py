"""The corpus: teams and their codes, the manifest, duplicates and re-issues, coverage, the specimens."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from miner import corpus, coverage, manifest, pipeline
from miner.corpus import SPECIMENS_FOLDER, Team, Teams, plain_name, read_authorities, read_teams
from miner.pages import read_pages
from miner.records import Classified, Letter, LetterError, Source
from miner.structure import read_letter, read_text_letter
from tests import make_specimens
from tests.played_site import letter_pdf, letter_text
from tests.typesetter import LAYOUTS, set_letter

TEAMS = read_teams()
REGIONS = {
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "Wales",
    "West Midlands",
    "Yorkshire and the Humber",
}
CODE = re.compile(r"E06\d{6}|E07\d{6}|E08\d{6}|E09\d{6}|E10\d{6}|W06\d{6}")
TEXT = "harrowmere-2014-03-11"


# --- teams ----------------------------------------------------------------------------


def test_every_team_has_a_real_region_and_country() -> None:
    assert {team.region for team in TEAMS.teams} == REGIONS
    for team in TEAMS.teams:
        assert team.country == ("Wales" if team.region == "Wales" else "England")
        assert team.id == corpus.slug(team.name)
        assert team.source == ("invented" if team.specimen else "memory")
        assert team.confidence in ((None,) if team.specimen else ("high", "medium", "low"))
        assert bool(team.authorities) is not team.specimen


def test_there_are_about_as_many_teams_as_there_were() -> None:
    """About 157 to 160 stood at one time; those that were joined stand beside what they became."""
    real = [team for team in TEAMS.teams if not team.specimen]
    for year in range(2013, 2018):
        standing = [t for t in real if (t.from_year or 0) <= year and (t.to_year is None or t.to_year > year)]
        assert 148 <= len(standing) <= 162, year


def test_mergers_lead_to_a_team_that_covers_as_much() -> None:
    teams = {team.id: team for team in TEAMS.teams}
    for team in teams.values():
        if team.succeeded_by:
            successor = teams[team.succeeded_by]
            assert team.to_year == successor.from_year, team.id
            assert set(team.authorities) <= set(successor.authorities)
            assert team.region == successor.region
        if team.from_year or team.to_year:
            assert team.note or team.confidence != "high"


def test_codes_are_well_formed_and_unique() -> None:
    authorities = read_authorities()
    codes = [authority.ons_code for authority in authorities if authority.ons_code]
    assert max(Counter(codes).values()) == 1
    assert max(Counter(authority.name for authority in authorities).values()) == 1
    for authority in authorities:
        assert not authority.ons_code or CODE.fullmatch(authority.ons_code)
        assert authority.country == ("Wales" if authority.ons_code.startswith("W") else "England")
        assert authority.source
        assert authority.confidence in ("high", "medium", "low")
    kinds = Counter(code[:3] for code in codes)
    # Unitary authorities without those that came later, metropolitan districts, boroughs with the City,
    # counties, and the 22 of Wales: all are in.
    assert kinds == {"E06": 56, "E08": 36, "E09": 33, "E10": 27, "W06": 22}


def test_every_authority_is_covered_in_every_year_by_one_team() -> None:
    names = {authority.name for authority in read_authorities()}
    for year in range(2013, 2018):
        covered = Counter(
            name
            for team in TEAMS.teams
            if (team.from_year or 0) <= year and (team.to_year is None or team.to_year > year)
            for name in team.authorities
        )
        assert set(covered) == names
        assert [name for name, times in covered.items() if times > 1] == []


@pytest.mark.parametrize(
    ("area", "team"),
    [
        ("Dorset", "dorset"),
        ("Bournemouth and Poole", "bournemouth-and-poole"),
        ("Bournemouth & Poole Youth Offending Service", "bournemouth-and-poole"),
        ("the Vale of Glamorgan", "vale-of-glamorgan"),
        ("Monmouthshire and Torfaen", "monmouthshire-and-torfaen"),
        ("St. Helens YOS", "st-helens"),
        ("ST HELENS", "st-helens"),
        ("Kingston-upon-Hull", "hull"),
        ("Kingston upon Thames", "kingston-upon-thames"),
        ("Gwynedd Môn", "gwynedd-and-anglesey"),
        ("Ynys Môn", "gwynedd-and-anglesey"),
        ("London Borough of Brent", "brent"),
        ("Royal Borough of Greenwich", "greenwich"),
        ("City of York Council", "york"),
        ("Durham", "county-durham"),
        ("Blackburn with Darwen Youth Justice Service", "blackburn-with-darwen"),
        ("Stoke-on-Trent", "stoke-on-trent"),
        ("Stockton", "stockton-on-tees"),
        ("North Yorkshire", "north-yorkshire"),
        ("Cheshire West, Halton & Warrington", "cheshire-west-halton-and-warrington"),
        ("Barking & Dagenham", "barking-and-dagenham"),
        ("Caerwyn", "caerwyn"),
    ],
)
def test_an_area_is_resolved_to_its_team(area: str, team: str) -> None:
    found = TEAMS.of(area)
    assert found.id == team
    assert found.known


def test_every_name_of_a_team_leads_to_it() -> None:
    for team in TEAMS.teams:
        for name in (team.name, *team.other_names):
            for suffix in ("", " YOT", " Youth Offending Service"):
                assert TEAMS.of(name + suffix) is team


@pytest.mark.parametrize("area", ["Atlantis", "", "Youth Offending Team", "York and Hull", "☃", "London"])
def test_an_unknown_area_is_its_own_team(area: str) -> None:
    team = TEAMS.of(area)
    assert not team.known
    assert team.name == area
    assert team.region is None
    assert re.fullmatch(r"[a-z0-9-]+", team.id)


def test_a_name_of_two_teams_is_refused() -> None:
    with pytest.raises(ValueError, match="both a and b"):
        Teams([Team("a", "A", other_names=("North",)), Team("b", "B", other_names=("The North YOT",))])


def test_a_table_out_of_order_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("id,name\na,A\n", encoding="utf-8")
    with pytest.raises(LetterError, match=r"teams\.csv: the table of teams is not in order"):
        read_teams(tmp_path)
    assert read_teams(tmp_path / "nowhere").teams == ()


def test_plain_names() -> None:
    assert plain_name("The St. Helens & Wigan YOS") == "saint helens and wigan"


# --- manifest -------------------------------------------------------------------------


def test_the_manifest_survives_other_hands(tmp_path: Path) -> None:
    entry = manifest.Entry("a.pdf", "kept", 'http://x/ü,"a"\n', title="A, B", note="line\nline")
    manifest.write(tmp_path, [entry, manifest.Entry("", "failed")])
    assert entry in manifest.read(tmp_path)
    (tmp_path / "manifest.csv").write_bytes(b"\xef\xbb\xbffile_name,status,extra\na.pdf,kept,mine\nb.pdf\n\0\xff")
    assert [entry.file_name for entry in manifest.read(tmp_path)][:2] == ["a.pdf", "b.pdf"]
    assert manifest.read(tmp_path / "nowhere") == []


def test_sources_know_what_the_manifest_says(tmp_path: Path) -> None:
    (tmp_path / "earlier").mkdir()
    for name in ("a.pdf", "earlier/a.0.pdf", "b.txt"):
        (tmp_path / name).write_bytes(b"x" + name.encode())
    manifest.write(
        tmp_path,
        [
            manifest.Entry("a.pdf", "kept", "http://x/a", fetched_at="2026-01-02"),
            manifest.Entry("earlier/a.0.pdf", "earlier", "http://x/a", fetched_at="2026-01-01"),
        ],
    )
    sources, _ = corpus.find_sources([tmp_path])
    assert [(s.name, s.url, s.earlier, s.added) for s in sources] == [
        ("a.pdf", "http://x/a", False, "2026-01-02"),
        ("b.txt", None, False, None),
        ("a.0.pdf", "http://x/a", True, "2026-01-01"),
    ]
    assert len(corpus.read_entries(sources)) == 2


# --- duplicates and re-issues ---------------------------------------------------------


class NoModel:
    """In place of the theme model, which takes seconds to train and plays no part here."""

    def classify(self, texts: list[str]) -> list[Classified]:
        return [Classified((), "mixed", 0.5) for _ in texts]

    def description(self) -> dict[str, str]:
        return {}

    def similar(self, texts: list[str]) -> list[list[tuple[int, float]]]:
        return [[] for _ in texts]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miner.themes.load_or_train", lambda tell: NoModel())
    monkeypatch.setattr("miner.pictures.draw", lambda letter, folder: [])


def build(folder: Path, target: Path) -> tuple[sqlite3.Connection, pipeline.Built]:
    built = pipeline.build([folder], target, pipeline.Options())
    connection = sqlite3.connect(target)
    connection.row_factory = sqlite3.Row
    return connection, built


@pytest.mark.usefixtures("quick")
def test_a_letter_in_several_files_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    (folder / "earlier").mkdir(parents=True)
    letter = letter_pdf(TEXT, "Rotherham")
    (folder / "a.pdf").write_bytes(letter)
    (folder / "copy.pdf").write_bytes(letter)
    set_letter(letter_text(TEXT, "Rotherham"), folder / "other-layout.pdf", LAYOUTS["word"])
    (folder / "the-text.txt").write_text(letter_text(TEXT, "Rotherham"), encoding="utf-8")
    (folder / "elsewhere.pdf").write_bytes(letter_pdf(TEXT, "Atlantis"))
    corrected = letter_text(TEXT, "Hull").replace("has a settled", "has an unsettled")
    set_letter(letter_text(TEXT, "Hull"), folder / "earlier" / "hull.0.pdf", LAYOUTS["plain"])
    set_letter(corrected.replace("11th March 2014", "1st April 2014"), folder / "hull.pdf", LAYOUTS["plain"])
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 no more")
    manifest.write(
        folder,
        [
            manifest.Entry("a.pdf", "kept", "http://x/a.pdf", area="Rotherham", letter_date="2014-03-11"),
            manifest.Entry("broken.pdf", "kept", "http://x/b.pdf", area="Leeds", letter_date="2015-01-02",
                           sha256=manifest.digest(folder / "broken.pdf")),
            manifest.Entry("", "failed", "http://x/c.pdf", title="SQS in Cardiff", note="the server answers 404"),
        ],
    )  # fmt: skip
    database, built = build(folder, tmp_path / "findings.db")

    assert [row["id"] for row in database.execute("select id from letters order by id")] == [
        "atlantis-2014-03-11",
        "hull-2014-04-01",
        "rotherham-2014-03-11",
    ]
    history = database.execute("select letter_id, status, file_name from letter_history order by 1, 2, 3").fetchall()
    assert [tuple(row) for row in history] == [
        ("hull-2014-04-01", "current", "hull.pdf"),
        ("hull-2014-04-01", "replaced", "hull.0.pdf"),
        ("rotherham-2014-03-11", "current", "a.pdf"),
        ("rotherham-2014-03-11", "duplicate", "copy.pdf"),
        ("rotherham-2014-03-11", "duplicate", "other-layout.pdf"),
        ("rotherham-2014-03-11", "duplicate", "the-text.txt"),
    ]
    changes = database.execute("select change, text from letter_changes order by change").fetchall()
    assert [row["change"] for row in changes] == ["added", "removed"]
    assert "has an unsettled" in changes[0]["text"]
    assert "has a settled" in changes[1]["text"]
    row = database.execute("select * from letters where team_id = 'rotherham'").fetchone()
    assert row["source_url"] == "http://x/a.pdf"
    assert built.loaded == 3
    assert len(built.rejects) == 1
    assert any("Atlantis: not in corpus/teams.csv" in note for note in built.notes)
    assert sum("counted once" in note for note in built.notes) == 3
    assert sum("differs in 1 paragraphs" in note for note in built.notes) == 1

    hull = database.execute("select * from teams where id = 'hull'").fetchone()
    assert hull["ons_codes"] == "E06000010"
    assert (hull["region"], hull["known"]) == ("Yorkshire and the Humber", 1)
    assert database.execute("select known from teams where id = 'atlantis'").fetchone()[0] == 0
    letters = dict(database.execute("select id, letters from team_register where letters > 0").fetchall())
    assert letters == {"hull": 1, "rotherham": 1}

    known = {row["area"]: row for row in database.execute("select * from known_letters order by status = 'loaded'")}
    assert known.pop("Rotherham")["letter_id"] == "rotherham-2014-03-11"  # the listed one of 2012 is another
    assert known["Hull"]["status"] == "loaded"
    assert (known["Leeds"]["status"], known["Leeds"]["year"]) == ("rejected", "2015")
    assert known["Leeds"]["reason"]
    assert (known["Cardiff"]["status"], known["Cardiff"]["reason"]) == ("not_obtained", "the server answers 404")
    assert known["Dorset"]["status"] == "not_obtained"
    totals = database.execute(
        "select sum(known), sum(loaded), sum(rejected), sum(not_obtained) from coverage"
    ).fetchone()
    assert totals[0] == len(database.execute("select 1 from known_letters").fetchall()) == sum(totals[1:])
    assert tuple(totals[1:3]) == (3, 1)
    assert any("3 of them are in, 1 were rejected" in line for line in built.coverage)


def test_a_listed_letter_is_the_loaded_one_when_its_dates_fit() -> None:
    teams = Teams([Team("a", "A")])
    one = coverage.Known(teams.of("A"), "A", "2014-02-05", "2013-12-09", "its file", "loaded")
    for dates, same in (
        ({"letter_date": "2014-02-05"}, True),
        ({"letter_date": "2014-02-06"}, False),
        ({"inspection_start": "2013-12"}, True),
        ({"inspection_start": "2013-11-04"}, False),
        ({}, True),
    ):
        other = replace(one, letter_date=None, inspection_start=None)
        assert coverage._same(replace(other, **dates), one) is same, dates  # type: ignore[arg-type]
    undated = replace(one, inspection_start=None)
    assert coverage._same(replace(one, letter_date=None, inspection_start="2013-12"), undated)
    assert not coverage._same(replace(one, letter_date=None, inspection_start="2013-06"), undated)


def test_copies_go_after_what_has_an_address() -> None:
    plain = Source("/x/b.pdf", "b.pdf", "1")
    known = Source("/x/a.pdf", "a.pdf", "1", url="http://x/a")
    earlier = Source("/x/earlier/a.pdf", "a.pdf", "1", url="http://x/a", earlier=True)
    unique, copies = corpus.without_copies([plain, earlier, known])
    assert unique == [known]
    assert [copy for _, copy in copies] == [plain, earlier]


# --- specimens ------------------------------------------------------------------------


def test_the_specimens_are_spread_over_forms_years_and_regions() -> None:
    names = {path.stem for path in SPECIMENS_FOLDER.glob("*.pdf")}
    assert names == set(make_specimens.SPECIMENS)
    assert len(names) >= 12
    assert {name[-10:-6] for name in names} == {"2012", "2013", "2014", "2015", "2016", "2017"}
    teams = [TEAMS.of(name[:-11].replace("-", " ")) for name in names]
    assert all(team.specimen for team in teams)
    assert {team.region for team in teams} == REGIONS


def test_every_specimen_is_its_text_set() -> None:
    """Whoever changes a text, or how it is set, is asked to run: make specimens."""
    for path in sorted(SPECIMENS_FOLDER.glob("*.pdf")):
        text = make_specimens.TEXTS[path.stem].read_text(encoding="utf-8")
        printed = read_letter(read_pages(str(path)), pipeline.PROFILES[0], path.name)
        written = read_text_letter(text, pipeline.PROFILES[0], path.name)
        assert printed.facts == written.facts
        assert letters_of(printed) == letters_of(written), path.name


def letters_of(letter: Letter) -> list[str]:
    """The texts of a letter without spaces and signs, which differ with how lines fall."""
    texts = [p.text for s in letter.sections for p in s.paragraphs]
    texts += [point.passage.text for s in letter.sections for point in s.points]
    return [re.sub(r"\W", "", text) for text in texts]


def test_every_page_of_a_specimen_says_so_and_none_of_it_is_read() -> None:
    import pypdfium2

    for path in sorted(SPECIMENS_FOLDER.glob("*.pdf")):
        document = pypdfium2.PdfDocument(path)
        for page in document:
            assert make_specimens.NOTICE in page.get_textpage().get_text_range()
        document.close()
        letter = read_letter(read_pages(str(path)), pipeline.PROFILES[0], path.name)
        texts = letters_of(letter)
        assert not any("Specimenletter" in text or re.search(r"Page\dof\d", text) for text in texts)


@pytest.mark.usefixtures("quick")
def test_specimens_stay_out_where_there_are_letters(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "specimens").mkdir(parents=True)
    (folder / "letters").mkdir()
    specimen = folder / "specimens" / "caerwyn-2012-12-19.pdf"
    specimen.write_bytes((SPECIMENS_FOLDER / specimen.name).read_bytes())
    database, built = build(folder, tmp_path / "a.db")
    assert [row[0] for row in database.execute("select specimen from letters")] == [1]
    assert "1 invented specimens" in built.coverage[0]
    assert database.execute("select count(*) from known_letters where status = 'loaded'").fetchone()[0] == 0
    (folder / "letters" / "leeds.pdf").write_bytes(letter_pdf(TEXT, "Leeds"))
    database, _ = build(folder, tmp_path / "b.db")
    assert [tuple(row) for row in database.execute("select team_id, specimen from letters")] == [("leeds", 0)]
    pipeline.build([folder], tmp_path / "c.db", pipeline.Options(specimens=True))
    assert sqlite3.connect(tmp_path / "c.db").execute("select count(*) from letters").fetchone()[0] == 2


# --- documentation --------------------------------------------------------------------


def test_the_documentation_names_every_column() -> None:
    text = (corpus.ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    teams = (corpus.CORPUS / "teams.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    for column in (*manifest.COLUMNS, *teams):
        assert f"`{column}`" in text, column
