"""A letter set in many layouts, by other programs, or given as plain text, gives the same records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miner.gold import QUANTITIES, count_passage
from miner.pages import read_pages
from miner.profiles.sqs import SQS
from miner.records import Letter, LetterError
from miner.structure import read_letter, read_text_letter
from tests.typesetter import LAYOUTS, set_letter

HERE = Path(__file__).parent
# Fixed, so that a new letter does not pair the others with other layouts. Where the last line of a
# paragraph is full and ends its page, nothing tells that the paragraph ends: such pairs are left out.
LETTERS = (
    "aberllwyd-2013-07-03",
    "aldermoor-and-penthwaite-2016-09-14",
    "aldersyke-2013-07-17",
    "calderwick-2015-09-23",
    "dunmere-vale-2014-10-08",
    "skelderby-2015-07-15",
    "stallingford-2016-09-14",
    "thorncaster-2014-06-04",
    "vennimore-2016-01-27",
    "wexcombe-2014-07-16",
    "wolverleigh-2016-09-14",
)
TEXTS = {path.stem: path for path in (HERE / "gold").glob("*.txt")}
TEXTS |= {name: QUANTITIES / "letters" / f"{name}.txt" for name in LETTERS}
# Of these layouts a text of the specimens' form cannot say what they are to give: they leave the
# paragraphs’ numbers out, or part paragraphs by nothing, or a hair, at all.
ALTERED = {"number_removed", "tight_numbers", "soft_hyphens", "numbers_last"}
NAMES = sorted(set(LAYOUTS) - ALTERED)


def records(letter: Letter) -> dict[str, Any]:
    """What a letter holds, less pages and boxes; marks of quotation and hyphens made alike."""

    def plain(text: str) -> str:
        table = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
        return " ".join("".join(table.get(character, character) for character in text).split())

    return {
        "facts": replace(letter.facts, title=""),
        "sections": [
            (
                section.code,
                [(paragraph.number, plain(paragraph.text), paragraph.displayed) for paragraph in section.paragraphs],
                [(point.kind, plain(point.passage.text)) for point in section.points],
            )
            for section in letter.sections
        ],
        "footnotes": sorted(plain(note.text) for note in letter.footnotes),
    }


def from_text(name: str) -> Letter:
    return read_text_letter(TEXTS[name].read_text(encoding="utf-8"), SQS, name)


@pytest.mark.parametrize("layout", NAMES)
def test_layouts_give_the_same_records(layout: str, tmp_path: Path) -> None:
    stems = sorted(TEXTS)
    for at in (NAMES.index(layout), NAMES.index(layout) + 5):
        name = stems[at % len(stems)]
        path = tmp_path / f"{name}.pdf"
        set_letter(TEXTS[name].read_text(encoding="utf-8"), path, LAYOUTS[layout])
        got, want = records(read_letter(read_pages(str(path)), SQS, name)), records(from_text(name))
        assert got["facts"] == want["facts"]
        assert [(code, len(p), len(q)) for code, p, q in got["sections"]] == [
            (code, len(p), len(q)) for code, p, q in want["sections"]
        ]
        for mine, theirs in zip(got["sections"], want["sections"], strict=True):
            assert [number for number, _, _ in mine[1]] == [number for number, _, _ in theirs[1]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(TEXTS)),
    size=st.sampled_from([9.5, 10.0, 11.0, 12.0]),
    margin=st.integers(48, 96),
    leading=st.sampled_from([1.15, 1.25, 1.4]),
    align=st.sampled_from(["left", "justify"]),
)
def test_reflowing_changes_nothing(
    tmp_path: Path, name: str, size: float, margin: int, leading: float, align: Any
) -> None:
    path = tmp_path / "letter.pdf"
    layout = replace(LAYOUTS["plain"], size=size, margin=margin, leading=leading, align=align)
    set_letter(TEXTS[name].read_text(encoding="utf-8"), path, layout)
    got, want = records(read_letter(read_pages(str(path)), SQS, name)), records(from_text(name))
    assert got["facts"] == want["facts"]
    # A page that ends with a full line and a sentence does not tell whether the paragraph ends,
    # where paragraphs have no numbers: there the text of the section is the same, whole.
    for mine, theirs in zip(got["sections"], want["sections"], strict=True):
        assert mine[0] == theirs[0]
        assert [number for number, _, _ in mine[1] if number] == [number for number, _, _ in theirs[1] if number]
        assert " ".join(text for _, text, _ in mine[1]) == " ".join(text for _, text, _ in theirs[1])
        assert abs(len(mine[1]) - len(theirs[1])) <= 1
        assert mine[2] == theirs[2]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_survived(text: str) -> None:
    findings, _ = count_passage({"section": "public", "sample": 20, "text": text})
    for finding in findings:
        assert text[finding.start : finding.end] == finding.cue


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=600))
def test_any_letter_is_read_or_refused(text: str) -> None:
    opening = (
        "Report of Short Quality Screening (SQS) of youth offending work in Nowhere\n\n"
        + "1. Protecting the public\n\n"
    )
    try:
        read_text_letter(opening + text + "\n\n" + "word " * 60, SQS, "any.txt")
    except LetterError as error:
        assert str(error)
