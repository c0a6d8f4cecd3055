"""Each count pattern finds what it says it finds, and leaves alone what it says it leaves alone."""

from __future__ import annotations

import pytest

from miner import mentions, tokens
from miner.gold import count_passage
from miner.numerals import to_number
from miner.patterns import PATTERNS

FINDS = [(pattern.name, sentence, cue) for pattern in PATTERNS for sentence, cue in pattern.finds]
IGNORES = [(pattern.name, sentence) for pattern in PATTERNS for sentence in pattern.ignores]


def cues(sentence: str) -> list[str]:
    findings, _ = count_passage({"section": "public", "sample": 60, "text": sentence})
    return [finding.cue for finding in findings]


@pytest.mark.parametrize(("name", "sentence", "cue"), FINDS)
def test_pattern_finds(name: str, sentence: str, cue: str) -> None:
    assert cue in cues(sentence)


@pytest.mark.parametrize(("name", "sentence"), IGNORES)
def test_pattern_ignores(name: str, sentence: str) -> None:
    assert cues(sentence) == []


def test_trying_rows_only_around_their_telling_word_loses_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = [tokens.read_tokens(sentence)[0] for _, sentence, _ in FINDS]
    around = [list(mentions._matches(doc, ())) for doc in docs]
    matchers = {file.matcher for files in tokens.row_files().values() for file in files}
    monkeypatch.setattr(mentions, "_stretches", lambda doc, begin, end: {key: [[begin, end]] for key in matchers})
    assert around == [list(mentions._matches(doc, ())) for doc in docs]
    assert all(around)


def test_row_of_common_words_only_is_refused() -> None:
    with pytest.raises(ValueError, match="less common word"):
        tokens._telling([{"LOWER": "of"}, {"LOWER": "the"}, {"TAG": "NUM", "OP": "?"}])


def test_every_pattern_has_an_example() -> None:
    assert [pattern.name for pattern in PATTERNS if not pattern.finds] == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("eleven", 11),
        ("twenty-nine", 29),
        ("forty one", 41),
        ("one hundred and four", 104),
        ("a hundred", 100),
        ("ninety-nine", 99),
        ("1,204", 1204),
        ("a dozen", 12),
        ("zero", 0),
        ("twenty-eleven", None),
        ("five ten", None),
        ("plans", None),
        ("third", None),
        ("", None),
    ],
)
def test_numbers_in_words_and_digits(text: str, number: int | None) -> None:
    assert to_number(text) == number


@pytest.mark.parametrize("whole", [7, 20, 36, 58])
def test_every_count_written_out_is_read_back(whole: int) -> None:
    words = {value: word for word in WORDS for value in [to_number(word)] if value is not None}
    for part in range(2, whole):
        for n, m in ((str(part), str(whole)), (words[part], words[whole]), (words[part], str(whole))):
            for sentence in (f"Plans were good in {n} out of {m} cases.", f"Of the {m} plans, {n} were good."):
                findings, _ = count_passage({"section": "public", "sample": whole, "text": sentence})
                assert [(f.numerator, f.denominator) for f in findings] == [(part, whole)], sentence


UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
WORDS = [
    *UNITS,
    *["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
    *(f"{tens}{unit}" for tens in ["twenty", "thirty", "forty", "fifty"] for unit in ("", *(f"-{u}" for u in UNITS))),
]
