"""Counting, held against annotations: annotated passages, letters by other writers, and the shared letters."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

from miner import gold, pipeline
from miner.bands import DEFAULT_BANDS, EDUCATION_SCOTLAND, MEASURED, SCHEMES
from miner.gold import QUANTITIES, count_passage, evaluate, passage_is_right, read_sentences

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("MINER_SHARED", "nowhere"))
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared letters are not here (MINER_SHARED)")
PASSAGES = [row for path in sorted((QUANTITIES / "sentences").glob("*.jsonl")) for row in read_sentences(path)]
KNOWN = HERE / "known_failures.json"


def test_passages_give_just_the_annotated_numbers() -> None:
    """Each passage gives what it is annotated with and nothing else, but for a list of known failures.

    A passage that is newly right or newly wrong changes the list; it is written anew with
    MINER_ACCEPT=1, and the change is then there to be read in the commit.
    """
    assert len(PASSAGES) >= 300
    wrong = sorted(row["text"] for row in PASSAGES if not passage_is_right(row))
    if os.environ.get("MINER_ACCEPT"):
        KNOWN.write_text(json.dumps(wrong, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    known = set(json.loads(KNOWN.read_text(encoding="utf-8")))
    assert {"newly wrong": sorted(set(wrong) - known), "newly right": sorted(known - set(wrong))} == {
        "newly wrong": [],
        "newly right": [],
    }
    assert len(known) < 0.2 * len(PASSAGES)


def test_no_passage_has_more_than_its_group() -> None:
    for row in PASSAGES:
        for finding in count_passage(row)[0]:
            assert row["text"][finding.start : finding.end] == finding.cue
            if finding.denominator is not None and finding.numerator is not None:
                assert 0 <= finding.numerator <= finding.denominator
            assert (finding.denominator is None) == (finding.denominator_from is None)
            assert (finding.met is None) or finding.sense != "neutral"
            for share in (finding.share, finding.met):
                assert share is None or 0 <= share.low <= share.high <= 1
            assert finding.reasons


def test_letters_by_other_writers() -> None:
    scores, _ = evaluate(QUANTITIES / "letters")
    assert scores["metadata"] == 1
    assert scores["sections"] == 1
    assert scores["findings_exact"]["f1"] >= 0.95
    assert scores["exact_end_to_end"] >= 0.88
    assert scores["examples"]["f1"] == 1


@needs_shared
def test_shared_letters_reach_what_was_asked() -> None:
    scores, errors = evaluate(SHARED / "letters")
    wanted = {"exact_end_to_end": 0.95, "sense": 0.97, "criterion": 0.93, "met": 0.97, "metadata": 1, "sections": 1}
    short = {name: scores[name] for name, least in wanted.items() if scores[name] < least}
    assert short == {}, errors
    assert scores["findings_exact"]["f1"] >= 0.98
    assert scores["findings_soft"]["f1"] >= 0.96


@needs_shared
def test_our_scores_are_the_shared_scorers(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("shared_score", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = tmp_path / "findings.db"
    pipeline.build([SHARED / "letters"], target, pipeline.Options(specimens=True))
    theirs = module.score(target, SHARED / "letters")
    ours, _ = evaluate(SHARED / "letters")
    for name in (
        "findings_exact",
        "findings_soft",
        "numbers",
        "met",
        "sense",
        "criterion",
        "exact_end_to_end",
        "points",
    ):
        assert ours[name] == theirs[name], name


def test_kept_figures_are_those_of_the_code() -> None:
    kept = json.loads(pipeline.HELD_OUT.read_text(encoding="utf-8"))
    scores, _ = evaluate(HERE / "held_out")
    assert kept == scores, "run: miner evaluate tests/held_out --json > models/quantities/held_out.json"


def test_training_knows_nothing_of_the_shared_letters() -> None:
    names = {path.name for path in (QUANTITIES / "letters").glob("*.txt")}
    assert not names & {path.name for path in (HERE / "gold").glob("*.txt")}
    assert not names & {path.name for path in (HERE / "held_out").glob("*.txt")}


def test_weights_belong_to_these_annotations() -> None:
    from miner import weights

    shipped = json.loads(weights.FILE.read_text(encoding="utf-8"))
    assert shipped["annotations_sha256"] == gold.annotations_hash(), "run: miner train --weights"


@pytest.mark.parametrize(
    ("text", "senses"),
    [
        ("Sufficient planning for release was not evident in nine cases.", ["not_met"]),
        ("Sufficient planning for release was not needed in nine cases.", ["neutral"]),
        ("Eleven mothers, five fathers and two grandmothers had been properly involved.", ["met"] * 3),
        ("Reviews were done in at least 15 of the 24 cases; the file was a muddle.", ["met"]),
        ("Reviews were thorough in 15 of the 24 cases, this being a weakness two years ago.", ["met"]),
        ("Of the 14 plans, four had been revised, but in a careless way; and nine were good.", ["not_met", "met"]),
    ],
)
def test_rules_read_the_clause_of_each_quantity(text: str, senses: list[str]) -> None:
    findings, _ = count_passage({"section": "child", "sample": 30, "text": text}, learned=False)
    assert [finding.sense for finding in findings] == senses


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Plans were good in just over half of the cases.", 0.5, 0.6),
        ("Plans were good in almost all of the cases.", 0.9, 0.99),
        ("Plans were good in 66% of the cases.", 0.655, 0.665),
        ("Plans were good in fewer than one in five cases.", 0.0, 0.2),
        ("Plans were good in at least 15 of the 20 cases.", 0.75, 1.0),
    ],
)
def test_soft_quantities_are_intervals(text: str, low: float, high: float) -> None:
    (finding,), _ = count_passage({"section": "public", "sample": None, "text": text})
    assert finding.share is not None
    assert (finding.share.low, finding.share.high) == pytest.approx((low, high))


def test_a_known_group_rounds_an_interval_inwards() -> None:
    (finding,), _ = count_passage(
        {"section": "public", "sample": 20, "text": "Plans were good in almost all of the 15 cases we examined."}
    )
    assert finding.share is not None
    assert (finding.share.low, finding.share.high) == pytest.approx((14 / 15, 14 / 15))


def test_each_scheme_has_a_band_for_every_soft_word() -> None:
    from miner.patterns import SOFT_WORDS

    for scheme in SCHEMES.values():
        assert {band for _, band in SOFT_WORDS} <= {band.words for band in scheme.bands}
        assert all(0 <= band.low <= band.high <= 1 for band in scheme.bands)
    assert DEFAULT_BANDS is MEASURED
    most = EDUCATION_SCOTLAND.of("most")
    assert most is not None
    assert (most.low, most.high) == (0.75, 0.9)
