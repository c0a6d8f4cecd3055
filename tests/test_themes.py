"""Themes and tone: features, training, saving, the card; and what people decide over the model."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner import themes, training
from miner.encoder import Encoded, Encoder, text_hash
from miner.themes import FOLDER, THEMES, TONES, Labelled, Lexicon, ThemeModel, read_text

LEXICON = Lexicon((FOLDER / "lexicon.txt").read_text(encoding="utf-8").splitlines())
TEXTS = themes.read_texts()


@pytest.fixture(scope="session")
def model() -> ThemeModel:
    return themes.train(TEXTS)


# --- texts ----------------------------------------------------------------------------


def test_training_texts_are_enough_and_in_the_vocabulary() -> None:
    assert len(TEXTS) >= 700
    assert len({text.text for text in TEXTS}) == len(TEXTS)
    themes_seen = Counter(theme for text in TEXTS for theme in text.themes)
    assert set(themes_seen) == set(THEMES)
    assert min(themes_seen.values()) >= 60
    for text in TEXTS:
        assert text.tone in TONES
        assert 1 <= len(text.themes) == len(set(text.themes)) <= 6, text.text
        assert 25 <= len(text.text.split()) <= 165, text.text
        assert {mark for _, _, mark in text.parts} <= set("+-0x")
        assert {theme for _, speaking, _ in text.parts for theme in speaking} == set(text.themes), text.text


def test_training_texts_are_kept_in_a_stable_order() -> None:
    for path in (FOLDER / "texts").glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts = [" ".join(row["sentences"]) for row in rows]
        assert texts == sorted(texts), path.name
        assert {row["batch"] for row in rows} == {path.stem}


def test_no_example_of_the_shared_letters_is_trained_on() -> None:
    shared = os.environ.get("MINER_SHARED")
    if not shared:
        pytest.skip("the shared letters are not here (MINER_SHARED)")
    known = {" ".join(text.text.lower().split()[:8]) for text in TEXTS}
    for example in training.gold_examples(Path(shared) / "letters"):
        assert " ".join(example.text.lower().split()[:8]) not in known


# --- features -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("reviewed reviewing reviews", {"review"}),
        ("planned plans planning", {"plan"}),
        ("mothers mother's", {"mother"}),
        ("missed misses", {"miss"}),
    ],
)
def test_forms_of_a_word_share_a_stem(words: str, expected: set[str]) -> None:
    assert {themes.stem(word) for word in words.split()} == expected


def test_a_concept_is_found_by_word_prefix_and_phrase() -> None:
    lexicon = Lexicon(["# a remark", "health: clinic*, gp", "plan: in writ*, what to do if"])
    reading = read_text("The GP's clinics said, in writing, what to do if he fell. In all.", lexicon)
    assert [(concept, " ".join(reading.words[start:end])) for concept, start, end in reading.concepts] == [
        ("health", "gp's"),
        ("health", "clinics"),
        ("plan", "in writing"),
        ("plan", "what to do if"),
    ]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    reading = read_text(text, LEXICON)
    assert len(reading.words) == len(reading.stems)
    for _, start, end in reading.concepts:
        assert 0 <= start < end <= len(reading.words)


# --- the encoder ----------------------------------------------------------------------


def test_the_encoder_gives_each_word_its_share() -> None:
    encoder = Encoder()
    text = "His nurse saw him on Tuesday. Nobody wrote the ‘plan’; his mother’s fears weren't heard."
    read = encoder.read(text)
    assert " ".join(read.words) == (
        "his nurse saw him on tuesday nobody wrote the plan his mother's fears weren't heard"
    )
    assert read.themes.shape == (len(THEMES),)
    assert read.tones.shape == (len(TONES),)
    assert read.shares.shape == (len(read.words), len(THEMES))
    nurse = read.words.index("nurse")
    assert read.shares[:, tuple(THEMES).index("health")].argmax() == nurse
    assert encoder.vector(text).shape == (384,)


def test_the_encoder_survives_empty_and_long_texts() -> None:
    encoder = Encoder()
    for text in ("", "?", "\u0000", "a " * 5000, "x" * 5000, "1. 2. 3. " * 200):
        read = encoder.read(text)
        assert np.isfinite(read.themes).all()
        assert np.isfinite(read.shares).all()


def test_a_bullet_without_its_full_stop_is_read_as_with_it() -> None:
    encoder = Encoder()
    whole = encoder.read("Nobody told the school. He was sent home.")
    for end in ("", ";", " ,"):
        cut = encoder.read("Nobody told the school. He was sent home" + end)
        assert np.array_equal(cut.themes, whole.themes)
        assert np.array_equal(cut.tones, whole.tones)


def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"encoder\.onnx"):
        Encoder(tmp_path)


def test_each_training_text_has_what_an_encoder_said_that_had_not_seen_it() -> None:
    with np.load(FOLDER / "encoder" / "held_out.npz") as kept:
        known = set(kept["texts"].tolist())
        assert kept["votes"].shape == (len(known), len(THEMES) + len(TONES))
    texts = [text.text for text in TEXTS if text.batch != "corrections"]
    assert {text_hash(text) for text in texts} == known, "run: python -m miner.tuning"


def test_what_is_kept_was_said_unseen() -> None:
    """The kept votes must be worse than those of the encoder that was tuned on the very texts."""
    texts = TEXTS[::40]
    encoder = Encoder()
    truth = themes.truth_of(texts).themes
    kept = themes.held_out_votes(texts, encoder).themes
    seen = np.array([encoder.read(text.text).themes for text in texts])
    assert themes.micro_f1(truth, (seen > -0.7).astype(int)) > themes.micro_f1(truth, (kept > -0.7).astype(int)) + 0.03


def test_a_text_unknown_to_the_kept_votes_is_read() -> None:
    class Asked(Encoder):
        def read(self, text: str) -> Encoded:
            asked.append(text)
            return super().read(text)

    asked: list[str] = []
    new = Labelled("He was seen by a nurse who found out what nobody had asked.", ("health",), "mixed", "corrections")
    votes = themes.held_out_votes([TEXTS[0], new, TEXTS[1]], Asked())
    assert asked == [new.text]
    assert votes.themes.shape == (3, len(THEMES))


# --- the model ------------------------------------------------------------------------


def test_clear_examples_get_their_themes_and_tone(model: ThemeModel) -> None:
    (first, second) = model.classify(
        [
            "The case manager worked closely with the school to get him back into lessons. He attended every day, "
            "passed his GCSEs and has started a college course in plumbing.",
            "The manager countersigned the assessment without reading it. Nobody noticed that the risk of serious harm "
            "section was blank, and it was never reviewed.",
        ]
    )
    assert first.themes[0].theme == "education"
    assert first.tone == "strength"
    assert {"management_oversight"} <= {score.theme for score in second.themes}
    assert second.tone == "shortfall"


def test_every_label_has_a_score_and_words_that_stand_in_the_text(model: ThemeModel) -> None:
    texts = [text.text for text in TEXTS[:80]]
    for text, result in zip(texts, model.classify(texts), strict=True):
        lowered = " ".join(read_text(text, LEXICON).words)
        assert 1 <= len(result.themes) <= themes.MOST_THEMES
        assert result.tone in TONES
        assert 0 < result.tone_score <= 1
        assert [score.score for score in result.themes] == sorted((s.score for s in result.themes), reverse=True)
        for score in result.themes:
            assert 0 <= score.score <= 1
            assert score.decided_by == "model"
            for word, weight in score.words:
                assert word in lowered
                assert weight > 0


def test_plain_words_are_not_told_as_reasons(model: ThemeModel) -> None:
    for result in model.classify([text.text for text in TEXTS[:20]]):
        for theme in result.themes:
            told = [word for word, _ in theme.words]
            assert len(told) == len(set(told))
            assert not {part for word in told for part in (word.split()[0], word.split()[-1])} & themes.PLAIN


def test_no_texts_and_empty_texts_are_survived(model: ThemeModel) -> None:
    assert model.classify([]) == []
    assert model.similar([]) == []
    assert len(model.classify(["", "?"])) == 2
    assert model.similar(["", "?"]) == [[], []]


def test_a_text_alone_is_classified_as_among_others(model: ThemeModel) -> None:
    texts = [text.text for text in TEXTS[:20]]
    together = model.classify(texts)
    assert model.classify([texts[7]])[0] == together[7]


def test_training_twice_gives_the_same_model(model: ThemeModel) -> None:
    assert themes.train(TEXTS).about == model.about


def test_nearest_examples_are_others_nearest_first(model: ThemeModel) -> None:
    texts = [text.text for text in TEXTS[:60]]
    texts[5] = texts[0] + " It was good."
    for at, others in enumerate(model.similar(texts, 5)):
        assert len(others) == 5
        assert at not in [other for other, _ in others]
        cosines = [cosine for _, cosine in others]
        assert cosines == sorted(cosines, reverse=True)
        assert all(0 <= cosine <= 1 for cosine in cosines)
    assert model.similar(texts, 1)[0][0][0] == 5


def test_training_needs_every_theme() -> None:
    with pytest.raises(ValueError, match="every theme"):
        themes.train(TEXTS[:3])


# --- keeping it -----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lexicon.txt").write_bytes((FOLDER / "lexicon.txt").read_bytes())
    (tmp_path / "texts").mkdir()
    for path in (FOLDER / "texts").glob("*.jsonl"):
        (tmp_path / "texts" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "encoder").symlink_to(FOLDER / "encoder")
    return tmp_path


def test_a_saved_model_is_loaded_again_and_says_the_same(model: ThemeModel, folder: Path) -> None:
    themes.save(model, folder / "themes.skops")
    assert (folder / "themes.skops").stat().st_size < 5_000_000
    told: list[str] = []
    again = themes.load_or_train(told.append, folder, folder / "none.csv")
    assert told == []
    texts = [text.text for text in TEXTS[:50]]
    assert [[s.theme for s in r.themes] for r in again.classify(texts)] == [
        [s.theme for s in r.themes] for r in model.classify(texts)
    ]
    assert again.description() == model.description()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("none", "no saved model"),
        ("damage", "cannot be read"),
        ("texts", "texts, the lexicon or the encoder have changed"),
    ],
)
def test_a_model_that_does_not_fit_is_trained_anew(model: ThemeModel, folder: Path, harm: str, reason: str) -> None:
    path = folder / "themes.skops"
    if harm != "none":
        themes.save(model, path)
    if harm == "damage":
        path.write_bytes(path.read_bytes()[:1000])
    if harm == "texts":
        (folder / "texts" / "d1.jsonl").unlink()
    told: list[str] = []
    trained = themes.load_or_train(told.append, folder, folder / "none.csv")
    assert len(told) == 1
    assert reason in told[0]
    assert trained.classify(["He was seen at school."])
    assert themes.load(path, themes.training_hash(themes.read_texts(folder, folder / "none.csv")), folder)


def test_a_model_of_another_library_is_refused(
    model: ThemeModel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    themes.save(model, folder / "themes.skops")
    monkeypatch.setattr("sklearn.__version__", "0.1")
    with pytest.raises(themes.ModelError, match=r"installed is 0\.1"):
        themes.load(folder / "themes.skops", model.about["model_texts_sha256"], folder)


def test_a_file_that_names_other_code_is_refused(folder: Path) -> None:
    from skops import io

    (folder / "themes.skops").write_bytes(io.dumps({"about": {}, "odd": os.getcwd}))
    with pytest.raises(themes.ModelError, match="should not"):
        themes.load(folder / "themes.skops", "", folder)


# --- figures --------------------------------------------------------------------------


def test_card_and_figures_belong_to_these_texts(model: ThemeModel) -> None:
    figures = json.loads(training.FIGURES.read_text(encoding="utf-8"))
    remedy = "run: miner train --card"
    assert figures["texts_sha256"] == themes.training_hash(themes.read_texts(corrected=Path("none"))), remedy
    assert training.figures_text(figures) in training.CARD.read_text(encoding="utf-8"), remedy
    assert figures["second_labels"] == training.agreement(), remedy
    # Another release of a library may move a label or two.
    assert abs(float(model.about["model_theme_micro_f1"]) - figures["held_out"]["micro"]) < 0.03, remedy
    assert abs(float(model.about["model_tone_accuracy"]) - figures["held_out"]["tone"]) < 0.03, remedy


def test_the_chosen_model_is_within_the_noise_of_the_best() -> None:
    figures = json.loads(training.FIGURES.read_text(encoding="utf-8"))
    rows = {row["model"]: row for row in figures["comparison"]}
    for score in ("micro", "macro", "tone"):
        low, high = figures["held_out"][f"{score}_interval"]
        best = max(row[score] for row in rows.values())
        assert rows[training.CHOSEN][score] >= best - (high - low) / 2


def test_shared_letters_are_classified_well_enough(model: ThemeModel) -> None:
    shared = os.environ.get("MINER_SHARED")
    if not shared:
        pytest.skip("the shared letters are not here (MINER_SHARED)")
    figures = training.measure_gold(model, training.gold_examples(Path(shared) / "letters"))
    kept = training.kept_letters()["shared/letters"]
    assert figures["micro"] >= kept["micro"] - 0.03
    assert figures["tone"] >= kept["tone"] - 0.07


def test_examples_by_other_writers_are_classified_as_the_card_says(model: ThemeModel) -> None:
    examples = training.gold_examples(Path(__file__).parent / "unseen_examples")
    assert not {example.text for example in examples} & {text.text for text in TEXTS}
    figures = training.measure_gold(model, examples[::8])
    kept = training.kept_letters()["tests/unseen_examples"]
    assert kept["examples"] == len(examples) == 960
    assert figures["micro"] == pytest.approx(kept["micro"], abs=0.05)
    assert figures["tone"] == pytest.approx(kept["tone"], abs=0.08)


def test_scores() -> None:
    truth = np.array([[1, 0], [1, 1], [0, 0]])
    given_ = np.array([[1, 1], [0, 1], [0, 0]])
    micro, macro, each = training.theme_f1(truth, given_)
    assert micro == pytest.approx(2 / 3)
    assert each == pytest.approx([2 / 3, 2 / 3])
    assert macro == pytest.approx(2 / 3)
    assert training.kappa(["a", "b", "a", "b"], ["a", "b", "b", "b"]) == pytest.approx(0.5)


def test_doubtful_examples_are_rows_ready_to_paste(model: ThemeModel, tmp_path: Path) -> None:
    from miner import corrections

    texts = [text.text for text in TEXTS[:40]]
    rows = training.doubtful(model, ["anytown-2014-01-01"] * 40, texts, 3)
    assert len(rows) == 3
    (tmp_path / "corrections.csv").write_text(training.as_csv(rows), encoding="utf-8")
    read = corrections.read_corrections(tmp_path / "corrections.csv", THEMES, TONES)
    assert [row.text for row in read] == [row["text"] for row in rows]
    decided, unfit = corrections.apply_corrections(read, ["anytown-2014-01-01"] * 40, texts, model.classify(texts))
    assert not unfit
    assert sum(result.themes[0].decided_by == "reviewer" for result in decided) == 3
