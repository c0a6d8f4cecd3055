"""Case example -> themes and tone, with calibrated scores and the words that spoke for each theme.

A text is read once (`read_text`) into stems, pairs of stems and concepts (words that belong
together, models/lexicon.txt); TF-IDF weighs them; one logistic regression a theme, and one for
the tone, decide; they learn from whole texts and from their sentences. `train` makes the model from the texts in models/, `load_or_train` keeps it in
models/themes.skops, which is not in git: training takes seconds, and a file that another
version of the library wrote would have to be made anew anyhow.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from miner import corrections
from miner.records import Classified, ThemeScore

THEMES: dict[str, tuple[str, str]] = {
    "assessment": ("Assessment", "How well the case was found out about and understood: what was asked, used, missed."),
    "planning": ("Planning", "Intervention, risk and vulnerability plans: content, order, absence, what if."),
    "review": ("Review", "Looking again at an assessment or plan after time or change, or not doing so."),
    "management_oversight": ("Management oversight", "What managers did or did not do: countersigning, supervision."),
    "multi_agency": (
        "Work between agencies",
        "Police, social care, health, schools and others working together or not.",
    ),
    "victims": ("Victims", "Victims' safety, wishes and contact; restorative justice; reparation to the victim."),
    "safeguarding": (
        "Safeguarding",
        "The child's own safety: vulnerability, neglect, abuse, self-harm, going missing.",
    ),
    "risk_of_harm": (
        "Risk of harm to others",
        "The danger the young person poses to others, its assessment and control.",
    ),
    "engagement": ("Engagement", "The relationship; involving child and carers; motivating; ways of reaching them."),
    "diversity": ("Diversity", "Learning needs, speech, language, culture, race, faith, sex, disability; barriers."),
    "health": ("Health", "Physical, mental and emotional health; substance misuse; therapy."),
    "education": ("Education, training, work", "School, college, training and employment."),
    "family": ("Family", "Parents, carers, brothers and sisters; home life; parenting work."),
    "compliance": ("Compliance and enforcement", "Attendance, appointments, warnings, breach, enforcement."),
    "court_reports": ("Reports to court", "Pre-sentence and other reports to court or panel, and their proposals."),
    "placement": (
        "Accommodation and care",
        "Accommodation, care, looked after children, hostels, moves, resettlement.",
    ),
    "exploitation": (
        "Exploitation",
        "Sexual or criminal exploitation, gangs, county lines, older people who use the child.",
    ),
    "reoffending": (
        "Reducing reoffending",
        "Interventions on offending, desistance, what worked or was never delivered.",
    ),
}
TONES: dict[str, str] = {
    "strength": "It praises practice.",
    "shortfall": "It criticises practice.",
    "mixed": "It does both, clearly.",
}

FOLDER = Path(__file__).parent.parent / "models"
MOST_THEMES = 6
WORDS_SHOWN = 5
WEIGHTS = {"words": 1.0, "concepts": 0.35, "places": 1.0}
"""How much the three kinds of features count beside each other."""
STRENGTH_OF_FIT = {"themes": 4.0, "tone": 3.0}
"""C of the logistic regressions; chosen by cross-validation, see models/MODEL_CARD.md."""
SENTENCE_WEIGHT = 0.5
"""How much a sentence with its own labels counts in training beside a whole text; chosen likewise."""
SHORTEST_SENTENCE = 5
"""Words below which a sentence is not learned from on its own."""
FOLDS = 5

Array = NDArray[np.float64]


# --- training texts -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    """A training text. `batch` is the brief under which it was written; its first letter, the writer.

    `parts`: its sentences, each with the themes it speaks for and what it says of practice: "+"
    done well, "-" not done or badly, "x" both, "0" neither.
    """

    text: str
    themes: tuple[str, ...]
    tone: str
    batch: str
    parts: tuple[tuple[str, tuple[str, ...], str], ...] = ()


def read_texts(folder: Path = FOLDER, corrected: Path = corrections.FILE) -> list[Labelled]:
    """The training texts in models/texts, and the corrected examples whose words are kept with the correction."""
    found = []
    for path in sorted((folder / "texts").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            parts = tuple(
                (sentence, tuple(theme for theme, speaking in row["themes"].items() if at in speaking), mark)
                for at, (sentence, mark) in enumerate(zip(row["sentences"], row["marks"], strict=True))
            )
            found.append(Labelled(" ".join(row["sentences"]), tuple(row["themes"]), row["tone"], row["batch"], parts))
    for correction in corrections.read_corrections(corrected, THEMES, TONES):
        if correction.text:
            found.append(Labelled(correction.text, correction.themes, correction.tone, "corrections"))
    return found


def training_hash(texts: Iterable[Labelled], lexicon: Path = FOLDER / "lexicon.txt") -> str:
    """A hash of what the model learns from: the texts with their labels, and the lexicon."""
    digest = hashlib.sha256(lexicon.read_bytes())
    for text in texts:
        digest.update(repr((text.text, text.themes, text.tone, text.parts)).encode())
    return digest.hexdigest()


def code_hash() -> str:
    """A hash of this module: a model that other code has made may read its features otherwise."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


# --- reading a text -------------------------------------------------------------------

WORD = re.compile(r"[a-z0-9&£]+(?:['-][a-z0-9]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "nothing",
        "neither",
        "nor",
        "without",
        "only",
        "nowhere",
        "hardly",
        "barely",
        "scarcely",
        "cannot",
        "didn't",
        "wasn't",
        "hadn't",
        "doesn't",
        "couldn't",
        "isn't",
        "weren't",
        "won't",
        "hasn't",
        "haven't",
        "wouldn't",
        "don't",
        "can't",
    ]
)
ENDINGS = (
    ("ations", ""),
    ("ation", ""),
    ("ingly", ""),
    ("edly", ""),
    ("ments", "ment"),
    ("ness", ""),
    ("ings", ""),
    ("ing", ""),
    ("ied", "y"),
    ("ies", "y"),
    ("ed", ""),
    ("ers", "er"),
    ("es", ""),
    ("ly", ""),
    ("s", ""),
)


@lru_cache(100_000)
def stem(word: str) -> str:
    """The word without its ending, near enough that forms of one word fall together."""
    word = word.removesuffix("'s")
    if len(word) <= 3 or word.endswith(("ss", "us")):
        return word
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
                word = word[:-1]
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "y":
        word = word[:-1] + "i"
    return word


class Lexicon:
    """Concepts by words: "name: word, word*, two words" lines; a final * stands for any ending."""

    def __init__(self, lines: Iterable[str]) -> None:
        # By first word: single words, and longer entries by their first two words.
        self._singles: dict[str, list[str]] = {}
        self._starts: dict[str, list[tuple[str, ...]]] = {}
        self._prefix_singles: dict[str, list[str]] = {}
        self._prefix_starts: dict[str, list[tuple[str, ...]]] = {}
        self._seen: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = {}
        self._pairs: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {}
        for line in lines:
            name, colon, words = line.strip().partition(": ")
            if not colon or name.startswith("#"):
                continue
            for entry in words.split(", "):
                first, *rest = entry.split()
                open_ended = first.endswith("*")
                key = first.removesuffix("*")
                if rest:
                    starts = self._prefix_starts if open_ended else self._starts
                    starts.setdefault(key, []).append((name, *rest))
                else:
                    singles = self._prefix_singles if open_ended else self._singles
                    singles.setdefault(key, []).append(name)

    def _starting(self, word: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The concepts of the word alone, and the longer entries that it begins: concept, following words."""
        known = self._seen.get(word)
        if known is None:
            bare = word.removesuffix("'s")
            concepts = [*self._singles.get(word, ()), *(self._singles.get(bare, ()) if bare != word else ())]
            starts = [*self._starts.get(word, ())]
            for length in range(2, len(word) + 1):
                concepts += self._prefix_singles.get(word[:length], ())
                starts += self._prefix_starts.get(word[:length], ())
            known = self._seen[word] = tuple(dict.fromkeys(concepts)), tuple(starts)
        return known

    def _following(self, word: str, after: str) -> tuple[tuple[str, ...], ...]:
        """The longer entries that these two words begin."""
        known = self._pairs.get((word, after))
        if known is None:
            known = tuple(entry for entry in self._starting(word)[1] if _fits(entry[1], after))
            self._pairs[word, after] = known
        return known

    def find(self, words: Sequence[str]) -> list[tuple[str, int, int]]:
        """(concept, first word, one past the last word) for each entry that stands in the words."""
        found = []
        last = len(words) - 1
        for at, word in enumerate(words):
            concepts, starts = self._starting(word)
            for concept in concepts:
                found.append((concept, at, at + 1))
            if not starts or at == last:
                continue
            for entry in self._following(word, words[at + 1]):
                end = at + len(entry)
                if len(entry) == 2 or (
                    end <= last + 1
                    and all(_fits(wanted, there) for wanted, there in zip(entry[2:], words[at + 2 : end], strict=True))
                ):
                    found.append((entry[0], at, end))
        return found


def _fits(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a text: features by kind, each with the words of the text it stands for."""

    words: list[str]
    stems: list[str]
    concepts: list[tuple[str, int, int]]
    places: list[str]

    def surfaces(self) -> dict[str, list[str]]:
        """Feature name -> the words of the text behind it."""
        found: dict[str, list[str]] = {}
        for at, name in enumerate(self.stems):
            found.setdefault(name, []).append(self.words[at])
            if at:
                found.setdefault(f"{self.stems[at - 1]} {name}", []).append(f"{self.words[at - 1]} {self.words[at]}")
        for concept, start, end in self.concepts:
            found.setdefault(concept, []).append(" ".join(self.words[start:end]))
        return found


def read_text(text: str, lexicon: Lexicon) -> Reading:
    """Reads a text once; everything else works on the result."""
    lowered = text.lower().translate(STRAIGHT)
    words = WORD.findall(lowered)
    stems = [stem(word) for word in words]
    concepts = lexicon.find(words)
    places = []
    # Where something is said matters for the tone: praise first and blame after is mixed.
    half = len(words) // 2
    places += ["1:" + root for root in stems[:half]]
    places += ["2:" + root for root in stems[half:]]
    places += [
        ("1:" if start < half else "2:") + concept for concept, start, _ in concepts if concept.startswith("tone.")
    ]
    for at, word in enumerate(words):
        if word in NEGATIONS:
            places += ["negation", "1:negation" if at < half else "2:negation"]
            places += ["not:" + root for root in stems[at + 1 : at + 4]]
    sentences = [found for sentence in SENTENCE_END.split(lowered) if (found := WORD.findall(sentence))]
    places += ["opens:" + sentence[0] for sentence in sentences]
    for tag, sentence in (("first", sentences[:1]), ("last", sentences[-1:])):
        if sentence and not NEGATIONS.isdisjoint(sentence[0]):
            places.append(tag + " negation")
    return Reading(words, stems, concepts, places)


def word_features(reading: Reading) -> list[str]:
    """Stems and pairs of neighbouring stems."""
    return reading.stems + [
        f"{first} {second}" for first, second in zip(reading.stems, reading.stems[1:], strict=False)
    ]


def concept_features(reading: Reading) -> list[str]:
    return [concept for concept, _, _ in reading.concepts]


def place_features(reading: Reading) -> list[str]:
    return reading.places


# --- the model ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """A trained model; made by `train`, kept by `save` and `load`.

    `theme_weights` has a row for each theme over words and concepts, `tone_weights` a row for each
    tone over words, concepts and places. `calibration` holds slope and offset for each theme.
    """

    lexicon: Lexicon
    vectorizers: dict[str, Any]
    theme_weights: Array
    theme_offsets: Array
    calibration: Array
    thresholds: Array
    tone_weights: Array
    tone_offsets: Array
    tone_temperature: float
    about: dict[str, str]

    def classify(self, texts: Sequence[str]) -> list[Classified]:
        """Themes and tone of each text; all texts in one call, as a call costs more than a text."""
        if not texts:
            return []
        readings = [read_text(text, self.lexicon) for text in texts]
        features, places = self._features(readings)
        scores = self._theme_scores(features)
        tones = self._tone_scores(features, places)
        names, tone_names = tuple(THEMES), tuple(TONES)
        feature_names = self._feature_names()
        results = []
        for at, reading in enumerate(readings):
            given = choose(scores[at], self.thresholds)
            span = slice(features.indptr[at], features.indptr[at + 1])
            spoke = self._words(reading, features.indices[span], features.data[span], given, feature_names)
            themes = tuple(
                ThemeScore(names[theme], round(float(scores[at, theme]), 4), "model", words)
                for theme, words in zip(given, spoke, strict=True)
            )
            tone = int(tones[at].argmax())
            results.append(Classified(themes, tone_names[tone], round(float(tones[at, tone]), 4)))
        return results

    def scores(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Calibrated scores of all themes and of all tones, a row for each text."""
        features, places = self._features([read_text(text, self.lexicon) for text in texts])
        return self._theme_scores(features), self._tone_scores(features, places)

    def similar(self, texts: Sequence[str], count: int = 5) -> list[list[tuple[int, float]]]:
        """For each text the nearest others by the model's own features: (index, cosine), nearest first."""
        if not texts:
            return []
        features, _ = self._features([read_text(text, self.lexicon) for text in texts])
        lengths = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)).ravel())
        unit = features.multiply(1 / np.maximum(lengths, 1e-12)[:, None]).tocsr()
        found: list[list[tuple[int, float]]] = []
        for start in range(0, len(texts), 500):
            block = (unit[start : start + 500] @ unit.T).toarray()
            for offset, row in enumerate(block):
                row[start + offset] = -1.0
                nearest = np.argsort(-row, kind="stable")[:count]
                found.append([(int(other), round(float(row[other]), 4)) for other in nearest if row[other] > 0])
        return found

    def description(self) -> dict[str, str]:
        """What build_info keeps on the model."""
        return dict(self.about)

    def _features(self, readings: Sequence[Reading]) -> tuple[csr_matrix, csr_matrix]:
        words = self.vectorizers["words"].transform(readings) * WEIGHTS["words"]
        concepts = self.vectorizers["concepts"].transform(readings) * WEIGHTS["concepts"]
        places = self.vectorizers["places"].transform(readings) * WEIGHTS["places"]
        return hstack([words, concepts], format="csr"), places

    def _feature_names(self) -> list[str]:
        return [
            *self.vectorizers["words"].get_feature_names_out(),
            *self.vectorizers["concepts"].get_feature_names_out(),
        ]

    def _theme_scores(self, features: csr_matrix) -> Array:
        raw = features @ self.theme_weights.T + self.theme_offsets
        return sigmoid(raw * self.calibration[:, 0] + self.calibration[:, 1])

    def _tone_scores(self, features: csr_matrix, places: csr_matrix) -> Array:
        split = features.shape[1]
        raw = features @ self.tone_weights[:, :split].T + places @ self.tone_weights[:, split:].T + self.tone_offsets
        return softmax(raw / self.tone_temperature)

    def _words(
        self, reading: Reading, indices: NDArray[np.int32], values: Array, given: Sequence[int], names: Sequence[str]
    ) -> list[tuple[tuple[str, float], ...]]:
        """For each theme given, the words of the text that spoke most for it (log odds)."""
        surfaces = reading.surfaces()
        spoke = []
        for theme in given:
            shares = self.theme_weights[theme, indices] * values * self.calibration[theme, 0]
            weights: dict[str, float] = {}
            for at in np.argsort(-shares, kind="stable")[: 3 * WORDS_SHOWN]:
                if shares[at] <= 0:
                    break
                behind = surfaces[names[indices[at]]]
                for surface in behind:
                    if surface not in PLAIN:
                        weights[surface] = weights.get(surface, 0.0) + float(shares[at]) / len(behind)
            best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:WORDS_SHOWN]
            spoke.append(tuple((word, round(weight, 3)) for word, weight in best))
        return spoke


PLAIN = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "i",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "she",
        "so",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "which",
        "who",
        "will",
        "with",
        "would",
    ]
)
"""Words that explain nothing to a reader, whatever their weight."""


def sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -40, 40))))


def softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def choose(scores: Array, thresholds: Array) -> list[int]:
    """The themes given for a row of scores, surest first: those above their threshold, at least the best one."""
    order = [int(theme) for theme in np.argsort(-scores, kind="stable")]
    given = [theme for theme in order if scores[theme] >= thresholds[theme]]
    return given[:MOST_THEMES] or order[:1]


# --- training -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of texts as arrays."""

    themes: NDArray[np.int64]
    tones: NDArray[np.int64]
    batches: NDArray[np.str_]


def truth_of(texts: Sequence[Labelled]) -> Truth:
    names, tones = tuple(THEMES), tuple(TONES)
    return Truth(
        np.array([[name in text.themes for name in names] for text in texts], dtype=np.int64).reshape(-1, len(names)),
        np.array([tones.index(text.tone) for text in texts], dtype=np.int64),
        np.array([text.batch for text in texts], dtype=np.str_),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """Sentences to learn from beside the texts. `owners` are rows of the texts; tones: 0 strength, 1 shortfall, -1 neither."""

    readings: list[Reading]
    themes: NDArray[np.int64]
    tones: NDArray[np.int64]
    owners: NDArray[np.int64]

    def of(self, texts: NDArray[np.bool_]) -> Parts:
        """Those of the masked texts."""
        kept = texts[self.owners] if len(self.owners) else np.zeros(0, dtype=np.bool_)
        readings = [reading for reading, keep in zip(self.readings, kept, strict=True) if keep]
        return Parts(readings, self.themes[kept], self.tones[kept], self.owners[kept])


def parts_of(texts: Sequence[Labelled], lexicon: Lexicon) -> Parts:
    rows = [
        (owner, read_text(sentence, lexicon), [name in speaking for name in THEMES], "+-".find(mark))
        for owner, text in enumerate(texts)
        for sentence, speaking, mark in text.parts
        if len(sentence.split()) >= SHORTEST_SENTENCE
    ]
    return Parts(
        [reading for _, reading, _, _ in rows],
        np.array([speaking for _, _, speaking, _ in rows], dtype=np.int64).reshape(-1, len(THEMES)),
        np.array([tone for _, _, _, tone in rows], dtype=np.int64),
        np.array([owner for owner, _, _, _ in rows], dtype=np.int64),
    )


@dataclass(frozen=True, slots=True)
class Fitted:
    """Vectorizers and weights without calibration and thresholds."""

    vectorizers: dict[str, Any]
    theme_weights: Array
    theme_offsets: Array
    tone_weights: Array
    tone_offsets: Array

    def raw(self, readings: Sequence[Reading]) -> tuple[Array, Array]:
        """Uncalibrated log odds of themes and tones."""
        features, places = weigh(self.vectorizers, readings)
        both = hstack([features, places], format="csr")
        return (
            np.asarray(features @ self.theme_weights.T + self.theme_offsets),
            np.asarray(both @ self.tone_weights.T + self.tone_offsets),
        )


def weigh(vectorizers: dict[str, Any], readings: Sequence[Reading]) -> tuple[csr_matrix, csr_matrix]:
    parts = {name: vectorizer.transform(readings) * WEIGHTS[name] for name, vectorizer in vectorizers.items()}
    return hstack([parts["words"], parts["concepts"]], format="csr"), parts["places"]


def fit(readings: Sequence[Reading], truth: Truth, parts: Parts) -> Fitted:
    """Vocabulary and weights from the readings of labelled texts, and of their sentences.

    A sentence counts SENTENCE_WEIGHT of a text, for the themes it speaks for, and for strength or
    shortfall; of what makes a text mixed only whole texts tell.
    """
    vectorizers = {
        "words": TfidfVectorizer(analyzer=word_features, sublinear_tf=True, min_df=2),
        "concepts": TfidfVectorizer(analyzer=concept_features, sublinear_tf=True),
        "places": TfidfVectorizer(analyzer=place_features, sublinear_tf=True, min_df=2),
    }
    for vectorizer in vectorizers.values():
        vectorizer.fit(readings)
    features, places = weigh(vectorizers, readings)
    if parts.readings:
        part_features, part_places = weigh(vectorizers, parts.readings)
        features = vstack([features, part_features], format="csr")
        places = vstack([places, part_places * 0], format="csr")  # a sentence has no halves
    both = hstack([features, places], format="csr")
    weights = np.array([1.0] * len(readings) + [SENTENCE_WEIGHT] * len(parts.readings))
    tones = np.eye(len(TONES), dtype=np.int64)[np.concatenate([truth.tones, parts.tones])]
    speaking = np.concatenate([np.ones(len(readings), dtype=np.bool_), parts.tones >= 0])
    tone_models = []
    for tone in range(len(TONES)):
        rows = np.flatnonzero(speaking) if tone < 2 else np.arange(len(readings))
        tone_models.append(_logistic(both[rows], tones[rows, tone], weights[rows], STRENGTH_OF_FIT["tone"]))
    theme_models = [
        _logistic(features, column, weights, STRENGTH_OF_FIT["themes"])
        for column in np.concatenate([truth.themes, parts.themes]).T
    ]
    return Fitted(
        vectorizers,
        np.array([weight for weight, _ in theme_models]),
        np.array([offset for _, offset in theme_models]),
        np.array([weight for weight, _ in tone_models]),
        np.array([offset for _, offset in tone_models]),
    )


def _logistic(
    features: csr_matrix, labels: NDArray[np.int64], weights: Array, fit_strength: float
) -> tuple[Array, float]:
    """Weights and offset of a logistic regression; both classes weigh the same."""
    share = float(np.average(labels, weights=weights))
    balanced = weights * np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    model = LogisticRegression(C=fit_strength, solver="liblinear", random_state=0)
    model.fit(features, labels, sample_weight=balanced)
    return model.coef_[0], float(model.intercept_[0])


def folds_of(batches: NDArray[np.str_], count: int) -> list[NDArray[np.bool_]]:
    """Masks of held-out texts: whole batches, spread over `count` folds in alphabetical order."""
    names = sorted(set(batches.tolist()))
    return [np.isin(batches, names[fold::count]) for fold in range(min(count, len(names)))]


def out_of_fold(
    readings: Sequence[Reading], truth: Truth, parts: Parts, folds: Sequence[NDArray[np.bool_]]
) -> tuple[Array, Array]:
    """Log odds of themes and tones for each text from a model that has not seen its fold."""
    themes = np.zeros(truth.themes.shape)
    tones = np.zeros((len(readings), len(TONES)))
    for held_out in folds:
        seen = ~held_out
        part = Truth(truth.themes[seen], truth.tones[seen], truth.batches[seen])
        fitted = fit(
            [reading for reading, out in zip(readings, held_out, strict=True) if not out], part, parts.of(seen)
        )
        themes[held_out], tones[held_out] = fitted.raw(
            [reading for reading, out in zip(readings, held_out, strict=True) if out]
        )
    return themes, tones


def calibrate(raw: Array, truth: NDArray[np.int64]) -> Array:
    """Slope and offset for each theme that turn log odds into probabilities (Platt's way)."""
    lines = []
    for theme in range(raw.shape[1]):
        model = LogisticRegression(C=1e4).fit(raw[:, theme : theme + 1], truth[:, theme])
        lines.append((max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0])))
    return np.array(lines)


def find_thresholds(scores: Array, truth: NDArray[np.int64]) -> Array:
    """The score from which a theme is given: one for all themes, the best for F1 over all."""
    grid = np.arange(0.15, 0.6, 0.01)
    best = max(grid, key=lambda threshold: micro_f1(truth, decide(scores, np.full(len(THEMES), threshold))))
    return np.full(len(THEMES), round(float(best), 2))


def decide(scores: Array, thresholds: Array) -> NDArray[np.int64]:
    """`choose` for many rows, as an array of zeros and ones."""
    given = np.zeros(scores.shape, dtype=np.int64)
    for row, values in zip(given, scores, strict=True):
        row[choose(values, thresholds)] = 1
    return given


def micro_f1(truth: NDArray[np.int64], given: NDArray[np.int64]) -> float:
    return float(2 * (truth & given).sum() / max(1, truth.sum() + given.sum()))


def find_temperature(raw: Array, truth: NDArray[np.int64]) -> float:
    """By what the tone's log odds must be divided for its scores to be probabilities."""
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return -float(np.log(np.maximum(softmax(raw / temperature)[rows, truth], 1e-9)).mean())

    return round(float(min(np.arange(0.3, 3.01, 0.05), key=loss)), 2)


def train(texts: Sequence[Labelled], folder: Path = FOLDER) -> ThemeModel:
    """The model from these texts: the same texts give the same model.

    Raises ValueError when there are too few texts to learn each theme from.
    """
    truth = truth_of(texts)
    if len(set(truth.batches.tolist())) < 2 or not truth.themes.any(axis=0).all() or len(set(truth.tones.tolist())) < 3:
        raise ValueError("training needs texts of every theme and tone, from two batches or more")
    lexicon = Lexicon((folder / "lexicon.txt").read_text(encoding="utf-8").splitlines())
    readings = [read_text(text.text, lexicon) for text in texts]
    parts = parts_of(texts, lexicon)
    raw, raw_tones = out_of_fold(readings, truth, parts, folds_of(truth.batches, FOLDS))
    calibration = calibrate(raw, truth.themes)
    scores = sigmoid(raw * calibration[:, 0] + calibration[:, 1])
    thresholds = find_thresholds(scores, truth.themes)
    fitted = fit(readings, truth, parts)
    about = {
        "model_texts_sha256": training_hash(texts, folder / "lexicon.txt"),
        "model_texts": str(len(texts)),
        "model_code_sha256": code_hash(),
        "model_scikit_learn": sklearn.__version__,
        "model_theme_threshold": f"{thresholds[0]:.2f}",
        "model_theme_micro_f1": f"{micro_f1(truth.themes, decide(scores, thresholds)):.3f}",
        "model_tone_accuracy": f"{float((raw_tones.argmax(axis=1) == truth.tones).mean()):.3f}",
    }
    digest = hashlib.sha256()
    for array in (fitted.theme_weights, fitted.tone_weights, calibration, thresholds):
        digest.update(np.round(array, 6).tobytes())
    about["model_sha256"] = digest.hexdigest()
    return ThemeModel(
        lexicon,
        fitted.vectorizers,
        fitted.theme_weights,
        fitted.theme_offsets,
        calibration,
        thresholds,
        fitted.tone_weights,
        fitted.tone_offsets,
        find_temperature(raw_tones, truth.tones),
        about,
    )


# --- keeping it -----------------------------------------------------------------------

TRUSTED = ("miner.themes.word_features", "miner.themes.concept_features", "miner.themes.place_features")
"""What of ours a saved model may name; a file that names anything else is not loaded."""


class ModelError(Exception):
    """A saved model that cannot be used, and why."""


def save(model: ThemeModel, path: Path) -> None:
    """Writes the model with skops, whole or not at all. Weights are kept in single precision."""
    from skops import io

    state = {
        "about": model.about,
        "vectorizers": model.vectorizers,
        "theme_weights": model.theme_weights.astype(np.float32),
        "theme_offsets": model.theme_offsets,
        "calibration": model.calibration,
        "thresholds": model.thresholds,
        "tone_weights": model.tone_weights.astype(np.float32),
        "tone_offsets": model.tone_offsets,
        "tone_temperature": model.tone_temperature,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(io.dumps(state, compression=8, compresslevel=6))
    part.replace(path)


def load(path: Path, expected: str, folder: Path = FOLDER) -> ThemeModel:
    """The model saved at `path`, if it was made from what hashes to `expected` and by this library.

    Raises ModelError otherwise, and for a file that is damaged or names code that is not ours.
    """
    from skops import io

    if not path.exists():
        raise ModelError("there is no saved model yet")
    try:
        strange = set(io.get_untrusted_types(file=path)) - set(TRUSTED)
        if strange:
            raise ModelError(f"the saved model names what it should not: {', '.join(sorted(strange))}")
        state = io.load(path, trusted=list(TRUSTED))
        about: dict[str, str] = state.pop("about")
        made_by, made_from = about["model_scikit_learn"], about["model_texts_sha256"]
        if made_by != sklearn.__version__:
            raise ModelError(f"it was trained with scikit-learn {made_by}, installed is {sklearn.__version__}")
        if made_from != expected:
            raise ModelError("the training texts or the lexicon have changed since it was trained")
        if about["model_code_sha256"] != code_hash():
            raise ModelError("the program has changed since it was trained")
        lexicon = Lexicon((folder / "lexicon.txt").read_text(encoding="utf-8").splitlines())
        return ThemeModel(lexicon=lexicon, about=about, **state)
    except ModelError:
        raise
    except Exception as error:  # cut off, of another format: whatever is wrong with the file, train anew
        raise ModelError(f"the saved model cannot be read: {type(error).__name__}: {error}") from error


def load_or_train(
    tell: Callable[[str], None] = lambda _: None, folder: Path = FOLDER, corrected: Path = corrections.FILE
) -> ThemeModel:
    """The saved model, or a new one, saved, where there is none that fits; `tell` hears why."""
    texts = read_texts(folder, corrected)
    path = folder / "themes.skops"
    try:
        return load(path, training_hash(texts, folder / "lexicon.txt"), folder)
    except ModelError as error:
        tell(f"theme model: {error}; training on {len(texts)} texts")
    model = train(texts, folder)
    try:
        save(model, path)
    except OSError as error:
        tell(f"theme model: trained, but it could not be saved: {error}")
    return model
