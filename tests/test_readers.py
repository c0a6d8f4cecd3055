"""The two readers of a page's words, held against each other word for word and line for line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from miner.corpus import CORPUS
from miner.pages import BULLETS, is_garbled, read_pages, set_lines
from miner.records import Word

SHARED = Path(os.environ.get("MINER_SHARED", "nowhere"))
OURS = sorted((CORPUS / "specimens").glob("*.pdf"))
LETTERS = sorted((SHARED / "letters").glob("*.pdf"))
REPORTS = sorted(path for path in (SHARED / "reports").glob("*.pdf") if path.read_bytes()[:5] == b"%PDF-")


@pytest.mark.parametrize("path", [*OURS, *LETTERS], ids=lambda path: path.stem)
def test_letters_read_alike(path: Path) -> None:
    fast, reference = read_pages(str(path)), read_pages(str(path), "pdfplumber")
    assert len(fast) == len(reference)
    for ours, theirs in zip(fast, reference, strict=True):
        assert [line.text for line in ours.lines] == [line.text for line in theirs.lines]
        for a, b in zip(ours.lines, theirs.lines, strict=True):
            for word, other in zip(a.words, b.words, strict=True):
                if word.text[0] in BULLETS:
                    continue  # glyphs whose width the font does not tell
                assert abs(word.x0 - other.x0) < 1.5, (word, other)
                assert abs(word.x1 - other.x1) < 1.5, (word, other)
                # The readers take a font's ascent and descent from different tables.
                assert abs((word.top + word.bottom) - (other.top + other.bottom)) / 2 < 0.4 * word.size, (word, other)
                assert word.bold == other.bold


def test_shared_letters_were_there() -> None:
    if not LETTERS:
        pytest.skip("the shared letters are not here (MINER_SHARED)")
    assert len(LETTERS) == 7


@pytest.mark.parametrize("path", REPORTS[::3], ids=lambda path: path.stem[:40])
def test_other_reports_read_alike(path: Path) -> None:
    """On reports of other programs at most one line in 200 differs, and one in twelve by its spaces."""
    fast, reference = read_pages(str(path)), read_pages(str(path), "pdfplumber")
    ours = [line.text for page in fast for line in page.lines]
    theirs = [line.text for page in reference for line in page.lines]
    together = [line.replace(" ", "") for line in ours]
    theirs_together = [line.replace(" ", "") for line in theirs]
    assert len(together) == len(theirs_together)
    assert sum(a != b for a, b in zip(together, theirs_together, strict=True)) <= len(ours) / 200
    assert sum(a != b for a, b in zip(ours, theirs, strict=True)) <= len(ours) / 12


def test_words_in_any_order_give_the_same_lines() -> None:
    words = [
        Word(text, 50.0 * at, 100, 50.0 * at + 40, 112, 11) for at, text in enumerate(["plans", "were", "good", "here"])
    ]
    second = [Word(text, 50.0 * at, 120, 50.0 * at + 40, 132, 11) for at, text in enumerate(["and", "there"])]
    lines = set_lines([*reversed(second), *reversed(words)], 1)
    assert [line.text for line in lines] == ["plans were good here", "and there"]


def test_text_without_meaning_is_noticed() -> None:
    lost = [Word("\ufffd\ufffd\ufffd", 0, 0, 10, 10, 10)]
    assert is_garbled(lost)
    assert not is_garbled([Word("plans", 0, 0, 10, 10, 10)])
