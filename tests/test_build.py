"""The whole way, on the specimens that ship: whole or not at all, every number on its words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from miner import pipeline
from miner.corpus import CORPUS

SPECIMENS = CORPUS / "specimens"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("build") / "findings.db"
    result = pipeline.build([SPECIMENS], target, pipeline.Options(specimens=True))
    assert not result.rejects
    return target


@pytest.fixture
def database(built: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{built}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def test_every_letter_is_loaded_and_has_findings(database: sqlite3.Connection) -> None:
    files = {row[0] for row in database.execute("select file_name from letters where specimen = 1")}
    assert files == {path.name for path in SPECIMENS.glob("*.pdf")}
    fewest = database.execute("select min(n) from (select count(*) n from findings group by letter_id)").fetchone()[0]
    assert fewest >= 20


def test_every_cue_is_the_words_at_its_place(database: sqlite3.Connection) -> None:
    for row in database.execute("select f.*, p.text from findings f join paragraphs p on p.id = f.paragraph_id"):
        assert row["text"][row["start"] : row["end"]] == row["cue"]
        assert row["cue"] in row["sentence"] or row["sentence"]
        assert row["denominator"] is None or 0 <= (row["numerator"] or 0) <= row["denominator"]


def test_everything_has_a_page_and_boxes_on_it(database: sqlite3.Connection) -> None:
    for table in ("findings", "examples", "paragraphs", "points"):
        without = database.execute(
            f"select count(*) from {table} t where t.page is null or not exists "
            f"(select 1 from boxes b where b.item = ? and b.item_id = t.id)",
            [table],
        ).fetchone()[0]
        assert without == 0, table
    outside = database.execute(
        "select count(*) from boxes b join pages p on p.letter_id = b.letter_id and p.page = b.page "
        "where b.x0 < 0 or b.top < 0 or b.x1 > p.width or b.bottom > p.height or b.x0 >= b.x1 or b.top >= b.bottom"
    ).fetchone()[0]
    assert outside == 0


def test_no_telephone_number_or_address_is_kept(database: sqlite3.Connection) -> None:
    texts = " ".join(
        row[0] for row in database.execute("select text from paragraphs union all select text from points")
    )
    assert "@" not in texts
    assert "07700" not in texts
    assert "[telephone number removed]" in texts


def test_a_failed_build_leaves_the_old_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "findings.db"
    target.write_bytes(b"the old one")
    monkeypatch.setattr("miner.database.index", lambda database: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pipeline.build([SPECIMENS / "caerwyn-2012-12-19.pdf"], target, pipeline.Options(specimens=True))
    assert target.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.glob(".*unfinished*")] == []


def test_many_examples_are_classified_in_blocks_that_tell_how_far_they_are(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "EXAMPLES_AT_ONCE", 20)
    lines: list[str] = []
    target = tmp_path / "findings.db"
    pipeline.build([SPECIMENS], target, pipeline.Options(specimens=True), lines.append)
    assert [line for line in lines if line.startswith("themes: ")] == [
        "themes: 20 of 52 examples",
        "themes: 40 of 52 examples",
        "themes: 52 of 52 examples",
    ]
    query = "select * from example_themes order by example_id, theme"
    assert sqlite3.connect(built).execute(query).fetchall() == sqlite3.connect(target).execute(query).fetchall()


def test_building_again_gives_the_same_rows(built: Path, tmp_path: Path) -> None:
    second = tmp_path / "findings.db"
    pipeline.build([SPECIMENS], second, pipeline.Options(specimens=True, jobs=2))
    for table in ("letters", "paragraphs", "findings", "examples", "boxes"):
        query = f"select * from {table}"
        assert sqlite3.connect(built).execute(query).fetchall() == sqlite3.connect(second).execute(query).fetchall()
