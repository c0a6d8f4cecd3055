"""What people decide stands over the model, is trained on, and is missed when it fits nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner import themes
from miner.corrections import (
    COLUMNS,
    FILE,
    Correction,
    CorrectionsError,
    apply_corrections,
    read_corrections,
)
from miner.records import Classified, ThemeScore
from miner.themes import THEMES, TONES

BY_MODEL = Classified((ThemeScore("health", 0.4, "model", (("nurse", 1.2),)), ThemeScore("family", 0.3)), "mixed", 0.5)
HEADING = ",".join(COLUMNS) + "\n"


def correction(begins: str, letter: str = "anytown-2014-01-01") -> Correction:
    return Correction(letter, begins, ("health", "victims"), "strength", "A. R.", "2026-11-22", "plain")


def write(path: Path, rows: str, heading: str = HEADING) -> Path:
    file = path / "corrections.csv"
    file.write_text(heading + rows, encoding="utf-8")
    return file


def test_the_file_that_ships_can_be_read() -> None:
    assert FILE.exists()
    read_corrections(FILE, THEMES, TONES)


def test_a_correction_replaces_themes_and_tone() -> None:
    texts = ["“The nurse’s visit helped.", "The nurse came late."]
    (first, second), unfit = apply_corrections(
        [correction("the nurse's  visit")], ["anytown-2014-01-01"] * 2, texts, [BY_MODEL, BY_MODEL]
    )
    assert first == Classified(
        (ThemeScore("health", 1.0, "reviewer", (("nurse", 1.2),)), ThemeScore("victims", 1.0, "reviewer")),
        "strength",
        1.0,
    )
    assert second == BY_MODEL
    assert unfit == []


@pytest.mark.parametrize(
    "wrong",
    [correction("Someone else"), correction("The nurse", "othertown-2014-01-01"), correction("The nurse")],
)
def test_a_correction_that_fits_no_or_two_examples_is_reported(wrong: Correction) -> None:
    texts = ["The nurse came.", "The nurse went."]
    results, unfit = apply_corrections([wrong], ["anytown-2014-01-01"] * 2, texts, [BY_MODEL, BY_MODEL])
    assert results == [BY_MODEL, BY_MODEL]
    assert unfit == [wrong]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,b,wealth,strength,,,,\n", "unknown theme wealth"),
        ("a,b,health,good,,,,\n", "one of the tones"),
        ("a,b,,strength,,,,\n", "themes and"),
        ("a,,health,strength,,,,\n", "letter and begins"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(CorrectionsError, match=reason):
        read_corrections(write(tmp_path, row), THEMES, TONES)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsError, match="tone"):
        read_corrections(write(tmp_path, "", "letter,begins,themes,who,when,why\n"), THEMES, TONES)


def test_no_file_is_no_corrections(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "none.csv", THEMES, TONES) == ()


def test_a_corrected_text_is_trained_on(tmp_path: Path) -> None:
    file = write(tmp_path, "a-2014-01-01,He was,health;,strength,,,,\n".replace(";", "") + "\n")
    assert len(themes.read_texts(corrected=file)) == len(themes.read_texts(corrected=tmp_path / "none"))
    file = write(tmp_path, "a-2014-01-01,He was,health family,strength,,,,He was seen by a nurse.\n")
    added = themes.read_texts(corrected=file)[-1]
    assert (added.text, added.themes, added.batch) == ("He was seen by a nurse.", ("health", "family"), "corrections")
