"""How good the theme model is and why it is this one: comparison, figures, model card, doubtful examples.

Nothing here is needed to build a database. `measure` does what takes time, `write_card` puts its
figures into models/MODEL_CARD.md between two marks; a test holds both against the texts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from miner import corrections, themes
from miner.encoder import STRAIGHT, Encoder
from miner.themes import FOLDER, THEMES, TONES, Array, Labelled, Reading, ThemeModel, Truth, Votes

Ints = NDArray[np.int64]
FIGURES = FOLDER / "figures.json"
CARD = FOLDER / "MODEL_CARD.md"
SECOND_LABELS = FOLDER / "second_labels.jsonl"
BEGIN, END = "<!-- figures: written by `miner train --card` -->", "<!-- end of figures -->"


# --- scores ---------------------------------------------------------------------------


def theme_f1(truth: Ints, given: Ints) -> tuple[float, float, list[float]]:
    """Micro-F1, macro-F1, F1 of each theme."""
    right = (truth & given).sum(axis=0)
    each = 2 * right / np.maximum(1, truth.sum(axis=0) + given.sum(axis=0))
    return themes.micro_f1(truth, given), float(each.mean()), [float(value) for value in each]


def interval(groups: NDArray[np.str_], score: Callable[[NDArray[np.int64]], float], rounds: int = 400) -> list[float]:
    """95% interval of a score by drawing whole groups of rows anew."""
    chance = np.random.default_rng(0)
    names = sorted(set(groups.tolist()))
    rows = {name: np.flatnonzero(groups == name) for name in names}
    drawn = [
        score(np.concatenate([rows[names[at]] for at in chance.integers(len(names), size=len(names))]))
        for _ in range(rounds)
    ]
    return [round(float(value), 3) for value in np.percentile(drawn, (2.5, 97.5))]


def accuracy(truth: Ints, given: Ints) -> float:
    return float((truth == given).mean())


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Agreement of two readers above what chance would give."""
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    by_chance = sum(first.count(name) * second.count(name) for name in set(first) | set(second)) / len(first) ** 2
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


# --- other models, for comparison -----------------------------------------------------

Scorer = Callable[[Sequence[Reading], Ints, Sequence[Reading]], Array]
"""Learns labels (zeros and ones) from readings and scores other readings."""


def _linear(
    analyzers: dict[str, tuple[Callable[[Reading], list[str]], float, int]],
    make: Callable[[], Any],
    components: int = 0,
) -> Scorer:
    def score(seen: Sequence[Reading], labels: Ints, unseen: Sequence[Reading]) -> Array:
        seen_parts, unseen_parts = [], []
        for analyzer, weight, least in analyzers.values():
            vectorizer = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=least)
            seen_parts.append(vectorizer.fit_transform(seen) * weight)
            unseen_parts.append(vectorizer.transform(unseen) * weight)
        known, new = hstack(seen_parts, format="csr"), hstack(unseen_parts, format="csr")
        if components:
            reduction = TruncatedSVD(components, random_state=0)
            known, new = reduction.fit_transform(known), reduction.transform(new)
        columns = []
        for column in labels.T:
            model = make().fit(known, column)
            columns.append(
                model.decision_function(new)
                if hasattr(model, "decision_function")
                else np.diff(model.predict_log_proba(new), axis=1)[:, 0]
            )
        return np.array(columns).T

    return score


def _characters(reading: Reading) -> list[str]:
    padded = [f" {word} " for word in reading.words]
    return [word[at : at + size] for word in padded for size in (3, 4, 5) for at in range(len(word) - size + 1)]


def _majority(seen: Sequence[Reading], labels: Ints, unseen: Sequence[Reading]) -> Array:
    return np.tile(labels.mean(axis=0) * 2 - 1, (len(unseen), 1))


def _keywords(_seen: Sequence[Reading], labels: Ints, unseen: Sequence[Reading]) -> Array:
    """The lexicon alone, nothing learned: a theme by how many of its words there are."""
    if labels.shape[1] == len(THEMES):
        prefixes = [
            {"management_oversight": "management", "multi_agency": "multi", "risk_of_harm": "risk"}.get(
                name, name
            ).replace("court_reports", "court")
            for name in THEMES
        ]
        return np.array(
            [
                [sum(concept.split(".")[0] == prefix for concept, _, _ in reading.concepts) for prefix in prefixes]
                for reading in unseen
            ],
            dtype=float,
        )
    rows = []
    for reading in unseen:
        names = [concept for concept, _, _ in reading.concepts]
        good, bad, turns = (names.count(f"tone.{name}") for name in ("good", "bad", "contrast"))
        rows.append([good, bad, 0.5 * (good + bad) if turns > 1 and good and bad else -1.0])
    return np.array(rows, dtype=float)


def _logistic() -> LogisticRegression:
    return LogisticRegression(
        C=themes.STRENGTH_OF_FIT["themes"], class_weight="balanced", solver="liblinear", random_state=0
    )


def _single_words(reading: Reading) -> list[str]:
    return reading.stems


WORDS = ("words", (themes.word_features, 1.0, 2))
CONCEPTS = ("concepts", (themes.concept_features, themes.WEIGHTS["concepts"], 1))
CHARACTERS = ("characters", (_characters, 0.7, 3))
PLACES = ("places", (themes.place_features, themes.WEIGHTS["places"], 2))
OTHERS: dict[str, Scorer] = {
    "majority": _majority,
    "keyword lexicon, nothing learned": _keywords,
    "complement naive Bayes, words": _linear(dict([WORDS]), lambda: ComplementNB(alpha=0.3)),
    "logistic regression, single words": _linear({"words": (_single_words, 1.0, 2)}, _logistic),
    "logistic regression, words and pairs": _linear(dict([WORDS]), _logistic),
    "logistic regression, characters 3-5": _linear({"characters": (_characters, 1.0, 3)}, _logistic),
    "logistic regression, words and characters": _linear(dict([WORDS, CHARACTERS]), _logistic),
    "logistic regression, concepts": _linear({"concepts": (themes.concept_features, 1.0, 1)}, _logistic),
    "logistic regression, 150 LSA dimensions": _linear(dict([WORDS, CONCEPTS]), _logistic, components=150),
    "linear SVM, words and concepts": _linear(
        dict([WORDS, CONCEPTS]), lambda: LinearSVC(C=0.5, class_weight="balanced", random_state=0)
    ),
    "logistic regression, words and concepts": _linear(dict([WORDS, CONCEPTS]), _logistic),
    "logistic regression, words, concepts, characters": _linear(dict([WORDS, CONCEPTS, CHARACTERS]), _logistic),
    "logistic regression, words, concepts, places": _linear(dict([WORDS, CONCEPTS, PLACES]), _logistic),
}
ENCODER = "tuned encoder"
CHOSEN = "tuned encoder beside words and concepts (places)"


def compare(texts: Sequence[Labelled], by_encoder: Votes, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Each kind of model by cross-validation over whole writers: themes micro-F1 and macro-F1, tone accuracy.

    All have the same folds; each gets the one threshold that suits it best, so none is favoured.
    """
    lexicon = themes.Lexicon((folder / "lexicon.txt").read_text(encoding="utf-8").splitlines())
    readings = [themes.read_text(text.text, lexicon) for text in texts]
    truth = themes.truth_of(texts)
    tones = np.eye(len(TONES), dtype=np.int64)[truth.tones]
    found = []
    for name, score in OTHERS.items():
        raw, raw_tones = np.zeros(truth.themes.shape), np.zeros(tones.shape)
        for held_out in themes.folds_of(truth.writers, themes.FOLDS):
            seen = [readings[at] for at in np.flatnonzero(~held_out)]
            unseen = [readings[at] for at in np.flatnonzero(held_out)]
            raw[held_out] = score(seen, truth.themes[~held_out], unseen)
            raw_tones[held_out] = score(seen, tones[~held_out], unseen)
        found.append(_compared(name, raw, raw_tones, truth))
    return [*found, _compared(ENCODER, by_encoder.themes, by_encoder.tones, truth)]


def _compared(name: str, raw: Array, raw_tones: Array, truth: Truth) -> dict[str, Any]:
    micro, macro, _ = theme_f1(truth.themes, _best_cut(raw, truth.themes))
    tone = accuracy(truth.tones, raw_tones.argmax(axis=1))
    return {"model": name, "micro": round(micro, 3), "macro": round(macro, 3), "tone": round(tone, 3)}


def _best_cut(raw: Array, truth: Ints) -> Ints:
    cuts = np.quantile(raw, np.linspace(0.5, 0.97, 48))
    options = [(raw > cut).astype(np.int64) for cut in cuts]
    return max(options, key=lambda given: themes.micro_f1(truth, given))


# --- figures of the chosen model ------------------------------------------------------


def measure(texts: Sequence[Labelled], folder: Path = FOLDER) -> dict[str, Any]:
    """Every figure of the model card that comes from the texts in models/texts; a few minutes.

    Corrected examples are left out: they are no batch, and the card should not change with each.
    """
    texts = [text for text in texts if text.batch != "corrections"]
    lexicon = themes.Lexicon((folder / "lexicon.txt").read_text(encoding="utf-8").splitlines())
    readings = [themes.read_text(text.text, lexicon) for text in texts]
    truth = themes.truth_of(texts)
    folds = themes.folds_of(truth.writers, themes.FOLDS)
    by_words = themes.out_of_fold(readings, truth, themes.parts_of(texts, lexicon), folds)
    by_encoder = themes.held_out_votes(texts, Encoder(folder / "encoder"), folder)
    scores, tones, given = _judged(by_words, by_encoder, truth, folds)
    return {
        "texts": len(texts),
        "texts_sha256": themes.training_hash(texts, folder),
        "support": dict(zip(THEMES, truth.themes.sum(axis=0).tolist(), strict=True)),
        "tone_support": {name: int((truth.tones == at).sum()) for at, name in enumerate(TONES)},
        "held_out": _figures(scores, tones, given, truth),
        "writers": {
            writer: _of_writer(tones, given, truth, truth.writers == writer)
            for writer in sorted(set(truth.writers.tolist()))
        },
        "comparison": [
            *compare(texts, by_encoder, folder),
            _compared(CHOSEN, np.log(scores / (1 - scores)), tones, truth),
        ],
        "second_labels": agreement(),
    }


def _judged(
    by_words: Votes, by_encoder: Votes, truth: Truth, folds: Sequence[NDArray[np.bool_]]
) -> tuple[Array, Array, Ints]:
    """Scores, tone scores and themes given, calibration and threshold of each fold learned from the other folds."""
    scores, tones = np.zeros(by_words.themes.shape), np.zeros(by_words.tones.shape)
    given = np.zeros_like(truth.themes)
    for fold in folds:
        seen = ~fold
        rest = Truth(truth.themes[seen], truth.tones[seen], truth.batches[seen])
        lines = themes.calibrate(by_words.of(seen), by_encoder.of(seen), rest)
        others, _ = themes.combine(by_words.of(seen), by_encoder.of(seen), *lines)
        scores[fold], tones[fold] = themes.combine(by_words.of(fold), by_encoder.of(fold), *lines)
        given[fold] = themes.decide(scores[fold], themes.find_thresholds(others, rest.themes))
    return scores, tones, given


def _figures(scores: Array, tone_scores: Array, given: Ints, truth: Truth) -> dict[str, Any]:
    tones = tone_scores.argmax(axis=1)
    micro, macro, each = theme_f1(truth.themes, given)
    groups = truth.batches
    return {
        "micro": round(micro, 3),
        "micro_interval": interval(groups, lambda rows: themes.micro_f1(truth.themes[rows], given[rows])),
        "macro": round(macro, 3),
        "macro_interval": interval(groups, lambda rows: theme_f1(truth.themes[rows], given[rows])[1]),
        "themes": dict(zip(THEMES, [round(value, 3) for value in each], strict=True)),
        "tone": round(accuracy(truth.tones, tones), 3),
        "tone_interval": interval(groups, lambda rows: accuracy(truth.tones[rows], tones[rows])),
        "tones": {
            name: {
                "recall": round(float((tones[truth.tones == at] == at).mean()), 3),
                "precision": round(float((truth.tones[tones == at] == at).mean()), 3),
            }
            for at, name in enumerate(TONES)
        },
        "reliability": reliability(scores, truth.themes),
    }


def _of_writer(tone_scores: Array, given: Ints, truth: Truth, rows: NDArray[np.bool_]) -> dict[str, float]:
    micro, macro, _ = theme_f1(truth.themes[rows], given[rows])
    tone = accuracy(truth.tones[rows], tone_scores[rows].argmax(axis=1))
    return {"texts": int(rows.sum()), "micro": round(micro, 3), "macro": round(macro, 3), "tone": round(tone, 3)}


def reliability(scores: Array, truth: Ints) -> list[dict[str, float]]:
    """Of the themes scored about p, how many are there: by fifths of the scale from 0 to 1, in tenths."""
    found = []
    for low in range(10):
        inside = (scores >= low / 10) & (scores < (low + 1) / 10 if low < 9 else scores <= 1)
        if inside.any():
            found.append(
                {
                    "from": low / 10,
                    "scores": int(inside.sum()),
                    "mean_score": round(float(scores[inside].mean()), 3),
                    "share_true": round(float(truth[inside].mean()), 3),
                }
            )
    return found


def agreement(path: Path = SECOND_LABELS) -> dict[str, float]:
    """How far the second, blind labelling agrees with the writers' own labels as they then stood."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    first = np.array([[name in row["first"]["themes"] for name in THEMES] for row in rows], dtype=np.int64)
    second = np.array([[name in row["second"]["themes"] for name in THEMES] for row in rows], dtype=np.int64)
    tones = [row["first"]["tone"] for row in rows], [row["second"]["tone"] for row in rows]
    micro, macro, _ = theme_f1(first, second)
    return {
        "texts": len(rows),
        "micro": round(micro, 3),
        "macro": round(macro, 3),
        "tone": round(sum(a == b for a, b in zip(*tones, strict=True)) / len(rows), 3),
        "tone_kappa": round(kappa(*tones), 3),
    }


# --- letters with gold ----------------------------------------------------------------


def gold_examples(folder: Path) -> list[Labelled]:
    """Labelled examples that are not trained on, in a folder.

    Those that gold files mark in the letters (NAME.txt) beside them, their batch the file's name, and
    those of files of JSON lines in the form of models/texts.
    """
    found = [example for path in sorted(folder.glob("*.jsonl")) for example in themes.read_labelled(path)]
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        source = path.with_name(path.name.removesuffix(".gold.json") + ".txt")
        text = _flat(source.read_text(encoding="utf-8"))
        for example in gold["examples"]:
            begins, ends = _flat(example["begins"]), _flat(example["ends"])
            start = text.find(begins)
            end = text.find(ends, start)
            if start < 0 or end < 0:
                raise ValueError(f"{path.name}: no such example in the letter: {begins!r}")
            words = text[start : end + len(ends)]
            found.append(Labelled(words, tuple(example["themes"]), example["tone"], path.stem))
    return found


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(STRAIGHT)).strip()


def measure_gold(model: ThemeModel, examples: Sequence[Labelled]) -> dict[str, Any]:
    """The model against examples that it was not trained on."""
    truth = themes.truth_of(examples)
    results = model.classify([example.text for example in examples])
    given = np.array([[name in {s.theme for s in r.themes} for name in THEMES] for r in results], dtype=np.int64)
    tones = np.array([tuple(TONES).index(result.tone) for result in results])
    micro, macro, _ = theme_f1(truth.themes, given)
    return {
        "examples": len(examples),
        "micro": round(micro, 3),
        "micro_interval": interval(truth.batches, lambda rows: themes.micro_f1(truth.themes[rows], given[rows])),
        "macro": round(macro, 3),
        "tone": round(accuracy(truth.tones, tones), 3),
        "tone_interval": interval(truth.batches, lambda rows: accuracy(truth.tones[rows], tones[rows])),
    }


# --- doubtful examples ----------------------------------------------------------------


def doubtful(model: ThemeModel, letters: Sequence[str], texts: Sequence[str], count: int) -> list[dict[str, str]]:
    """The examples on which the model is least sure, as rows for corpus/corrections.csv, most doubtful first.

    Doubt is the number of labels that the model itself expects to have wrong.
    """
    if not texts:
        return []
    scores, tones = model.scores(texts)
    doubt = np.minimum(scores, 1 - scores).sum(axis=1) + 1 - tones.max(axis=1)
    results = model.classify(texts)
    rows = []
    for at in np.argsort(-doubt, kind="stable")[:count]:
        rows.append(
            {
                "letter": letters[at],
                "begins": " ".join(texts[at].split()[:8]),
                "themes": " ".join(score.theme for score in results[at].themes),
                "tone": results[at].tone,
                "who": "",
                "when": "",
                "why": "",
                "text": " ".join(texts[at].split()),
            }
        )
    return rows


def as_csv(rows: Iterable[dict[str, str]]) -> str:
    """Rows for corpus/corrections.csv, with its heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, corrections.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


# --- the card -------------------------------------------------------------------------


def figures_text(figures: dict[str, Any]) -> str:
    """The figures as the part of the card that the program writes."""

    def span(values: Sequence[float]) -> str:
        return f"{values[0]:.3f} to {values[1]:.3f}"

    held_out, second = figures["held_out"], figures["second_labels"]
    lines = [
        BEGIN,
        f"{figures['texts']} training texts (SHA-256 `{figures['texts_sha256'][:16]}`): "
        + ", ".join(f"{figures['tone_support'][tone]} {tone}" for tone in TONES)
        + ".",
        "",
        "| held out | themes micro-F1 (95%) | macro-F1 (95%) | tone accuracy (95%) |",
        "|---|---|---|---|",
    ]
    lines.append(
        f"| training texts, whole writers held out | {held_out['micro']:.3f} ({span(held_out['micro_interval'])}) | "
        f"{held_out['macro']:.3f} ({span(held_out['macro_interval'])}) | "
        f"{held_out['tone']:.3f} ({span(held_out['tone_interval'])}) |"
    )
    for name, part in figures["writers"].items():
        lines.append(
            f"| writer {name} ({part['texts']} texts) | {part['micro']:.3f} | {part['macro']:.3f} | {part['tone']:.3f} |"
        )
    for name, part in sorted(figures.get("letters", {}).items()):
        lines.append(
            f"| {name} ({part['examples']} examples) | {part['micro']:.3f} ({span(part['micro_interval'])}) | "
            f"{part['macro']:.3f} | {part['tone']:.3f} ({span(part['tone_interval'])}) |"
        )
    lines += [
        "",
        f"Second, blind labelling of {second['texts']} texts: themes micro-F1 {second['micro']:.3f}, "
        f"macro-F1 {second['macro']:.3f}; tone agreement {second['tone']:.3f}, kappa {second['tone_kappa']:.3f}.",
        "",
        "| theme | texts | F1, writers held out |",
        "|---|---|---|",
    ]
    for theme in THEMES:
        lines.append(f"| {theme} | {figures['support'][theme]} | {held_out['themes'][theme]:.3f} |")
    lines += ["", "| tone | texts | recall | precision |", "|---|---|---|---|"]
    for tone in TONES:
        part, count = held_out["tones"][tone], figures["tone_support"][tone]
        lines.append(f"| {tone} | {count} | {part['recall']:.3f} | {part['precision']:.3f} |")
    lines += [
        "",
        "Compared, writers held out, each with its best single threshold:",
        "",
        "| model | themes micro-F1 | macro-F1 | tone accuracy |",
        "|---|---|---|---|",
    ]
    for row in figures["comparison"]:
        mark = " (chosen)" if row["model"] == CHOSEN else ""
        lines.append(f"| {row['model']}{mark} | {row['micro']:.3f} | {row['macro']:.3f} | {row['tone']:.3f} |")
    lines += [
        "",
        "Reliability, writers held out:",
        "",
        "| score from | scores | mean score | share true |",
        "|---|---|---|---|",
    ]
    for row in held_out["reliability"]:
        lines.append(f"| {row['from']:.1f} | {row['scores']} | {row['mean_score']:.3f} | {row['share_true']:.3f} |")
    return "\n".join([*lines, END])


def kept_letters(kept: Path = FIGURES) -> dict[str, Any]:
    """The figures on letters as last measured: they need the letters, which are not here."""
    if not kept.exists():
        return {}
    letters: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")).get("letters", {})
    return letters


def write_card(figures: dict[str, Any], card: Path = CARD, kept: Path = FIGURES) -> None:
    """Keeps the figures and puts them into the card."""
    kept.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    text = card.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    card.write_text(before + figures_text(figures) + after, encoding="utf-8")
