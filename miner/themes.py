"""Case example -> themes and tone, with calibrated scores and the words that spoke for each theme.

Two readers see a text. The first (`read_text`, `fit`) sees words: stems, pairs of stems and concepts
(words that belong together, models/lexicon.txt), weighed by TF-IDF, with one logistic regression a
theme and one a tone, learned from whole texts and from their sentences. The second is the encoder
(`miner/encoder.py`), which sees how words stand together. A logistic regression for each theme weighs
the two against each other, learned from what either said of texts it was not trained on.

`train` makes the model from the texts in models/ and the encoder kept there, `load_or_train` keeps it
in models/themes.skops, which is not in git: training takes seconds, and a file that another version
of the library wrote would have to be made anew anyhow.
"""

from __future__ import annotations

import hashlib
import json
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
from miner.encoder import SENTENCE_END, STRAIGHT, WORD, Encoded, Encoder, text_hash
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
        found += read_labelled(path)
    for correction in corrections.read_corrections(corrected, THEMES, TONES):
        if correction.text:
            found.append(Labelled(correction.text, correction.themes, correction.tone, "corrections"))
    return found


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled texts of one file of JSON lines."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parts = tuple(
            (sentence, tuple(theme for theme, speaking in row["themes"].items() if at in speaking), mark)
            for at, (sentence, mark) in enumerate(zip(row["sentences"], row["marks"], strict=True))
        )
        found.append(Labelled(" ".join(row["sentences"]), tuple(row["themes"]), row["tone"], row["batch"], parts))
    return found


def training_hash(texts: Iterable[Labelled], folder: Path = FOLDER) -> str:
    """A hash of what the model learns from: the texts with their labels, the lexicon and the encoder."""
    digest = hashlib.sha256((folder / "lexicon.txt").read_bytes())
    for name in ("encoder.onnx", "tokenizer.json", "held_out.npz"):
        digest.update((folder / "encoder" / name).read_bytes())
    for text in texts:
        digest.update(repr((text.text, text.themes, text.tone, text.parts)).encode())
    return digest.hexdigest()


def code_hash() -> str:
    """A hash of this module and the encoder's: a model that other code has made may read its features otherwise."""
    files = Path(__file__), Path(__file__).with_name("encoder.py")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


# --- reading a text -------------------------------------------------------------------

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
    tone over words, concepts and places. `calibration` holds for each theme how much the log odds of
    the words and those of the encoder count, and an offset; `tone_calibration` for each tone the
    weights of the words' three log odds, of the encoder's three, and an offset.
    """

    lexicon: Lexicon
    encoder: Encoder
    vectorizers: dict[str, Any]
    theme_weights: Array
    theme_offsets: Array
    calibration: Array
    thresholds: Array
    tone_weights: Array
    tone_offsets: Array
    tone_calibration: Array
    about: dict[str, str]

    def classify(self, texts: Sequence[str]) -> list[Classified]:
        """Themes and tone of each text; all texts in one call, as a call costs more than a text."""
        if not texts:
            return []
        readings = [read_text(text, self.lexicon) for text in texts]
        encoded = [self.encoder.read(text) for text in texts]
        features, places = weigh(self.vectorizers, readings)
        scores, tones = self._scores(features, places, encoded)
        names, tone_names = tuple(THEMES), tuple(TONES)
        feature_names = self._feature_names()
        results = []
        for at, reading in enumerate(readings):
            given = choose(scores[at], self.thresholds)
            span = slice(features.indptr[at], features.indptr[at + 1])
            spoke = self._words(reading, encoded[at], features.indices[span], features.data[span], given, feature_names)
            themes = tuple(
                ThemeScore(names[theme], round(float(scores[at, theme]), 4), "model", words)
                for theme, words in zip(given, spoke, strict=True)
            )
            tone = int(tones[at].argmax())
            results.append(Classified(themes, tone_names[tone], round(float(tones[at, tone]), 4)))
        return results

    def scores(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Calibrated scores of all themes and of all tones, a row for each text."""
        features, places = weigh(self.vectorizers, [read_text(text, self.lexicon) for text in texts])
        return self._scores(features, places, [self.encoder.read(text) for text in texts])

    def similar(self, texts: Sequence[str], count: int = 5) -> list[list[tuple[int, float]]]:
        """For each text the nearest others by the model's own features: (index, cosine), nearest first."""
        if not texts:
            return []
        features, _ = weigh(self.vectorizers, [read_text(text, self.lexicon) for text in texts])
        vectors = csr_matrix(np.array([self.encoder.vector(text) for text in texts]))
        unit = hstack([_unit(features), _unit(vectors)], format="csr") * 0.5**0.5
        filled = features.getnnz(axis=1) > 0
        found: list[list[tuple[int, float]]] = []
        for start in range(0, len(texts), 500):
            block = (unit[start : start + 500] @ unit.T).toarray()
            for offset, row in enumerate(block):
                row[start + offset] = -1.0
                row[~filled] = 0.0
                nearest = np.argsort(-row, kind="stable")[:count]
                found.append([(int(other), round(float(row[other]), 4)) for other in nearest if row[other] > 0])
        return found

    def description(self) -> dict[str, str]:
        """What build_info keeps on the model."""
        return dict(self.about)

    def _feature_names(self) -> list[str]:
        return [
            *self.vectorizers["words"].get_feature_names_out(),
            *self.vectorizers["concepts"].get_feature_names_out(),
        ]

    def _scores(self, features: csr_matrix, places: csr_matrix, encoded: Sequence[Encoded]) -> tuple[Array, Array]:
        both = hstack([features, places], format="csr")
        return combine(
            Votes(
                np.asarray(features @ self.theme_weights.T + self.theme_offsets),
                np.asarray(both @ self.tone_weights.T + self.tone_offsets),
            ),
            Votes(
                np.array([read.themes for read in encoded]).reshape(-1, len(THEMES)),
                np.array([read.tones for read in encoded]).reshape(-1, len(TONES)),
            ),
            self.calibration,
            self.tone_calibration,
        )

    def _words(
        self,
        reading: Reading,
        encoded: Encoded,
        indices: NDArray[np.int32],
        values: Array,
        given: Sequence[int],
        names: Sequence[str],
    ) -> list[tuple[tuple[str, float], ...]]:
        """For each theme given, the words of the text that spoke most for it to both readers (log odds)."""
        surfaces = reading.surfaces()
        spoke = []
        for theme in given:
            by_words, by_encoder, _ = self.calibration[theme]
            weights: dict[str, float] = {}
            shares = self.theme_weights[theme, indices] * values * by_words
            for at in np.flatnonzero(shares > 0):
                behind = surfaces[names[indices[at]]]
                for surface in behind:
                    weights[surface] = weights.get(surface, 0.0) + float(shares[at]) / len(behind)
            for word, share in zip(encoded.words, encoded.shares[:, theme] * by_encoder, strict=True):
                if share > 0:
                    weights[word] = weights.get(word, 0.0) + float(share)
            told: dict[str, float] = {}
            for words, weight in weights.items():
                if word := _without_plain(words):
                    told[word] = told.get(word, 0.0) + weight
            best = sorted(told.items(), key=lambda item: (-item[1], item[0]))[:WORDS_SHOWN]
            spoke.append(tuple((word, round(weight, 3)) for word, weight in best))
        return spoke


PLAIN = frozenset(
    [
        "a",
        "about",
        "all",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "being",
        "but",
        "by",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "got",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "out",
        "she",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "up",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
    ]
)
"""Words that explain nothing to a reader, whatever their weight."""


def _without_plain(words: str) -> str:
    """A word or phrase without the plain words at its ends: "the plan" speaks as "plan" does."""
    parts = words.split()
    while parts and parts[0] in PLAIN:
        del parts[0]
    while parts and parts[-1] in PLAIN:
        del parts[-1]
    return " ".join(parts)


def _unit(rows: csr_matrix) -> csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return rows.multiply(1 / np.maximum(lengths, 1e-12)[:, None]).tocsr()


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

    @property
    def writers(self) -> NDArray[np.str_]:
        """Who wrote each text: the first letter of its batch; corrections are nobody's."""
        return np.array([name if name == "corrections" else name[0] for name in self.batches.tolist()], dtype=np.str_)


@dataclass(frozen=True, slots=True)
class Votes:
    """Uncalibrated log odds, a row for each text: (texts, themes) and (texts, tones)."""

    themes: Array
    tones: Array

    def of(self, texts: NDArray[np.bool_]) -> Votes:
        """Those of the masked texts."""
        return Votes(self.themes[texts], self.tones[texts])


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

    def votes(self, readings: Sequence[Reading]) -> Votes:
        features, places = weigh(self.vectorizers, readings)
        both = hstack([features, places], format="csr")
        return Votes(
            np.asarray(features @ self.theme_weights.T + self.theme_offsets),
            np.asarray(both @ self.tone_weights.T + self.tone_offsets),
        )


def weigh(vectorizers: dict[str, Any], readings: Sequence[Reading]) -> tuple[csr_matrix, csr_matrix]:
    """Features of words and concepts, and of places, a row for each reading."""
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


def folds_of(writers: NDArray[np.str_], count: int) -> list[NDArray[np.bool_]]:
    """Masks of held-out texts: all texts of whole writers, spread over `count` folds in alphabetical order."""
    names = sorted(set(writers.tolist()))
    return [np.isin(writers, names[fold::count]) for fold in range(min(count, len(names)))]


def out_of_fold(readings: Sequence[Reading], truth: Truth, parts: Parts, folds: Sequence[NDArray[np.bool_]]) -> Votes:
    """What the words say of each text to a model that has not seen its fold."""
    found = Votes(np.zeros(truth.themes.shape), np.zeros((len(readings), len(TONES))))
    for held_out in folds:
        seen = ~held_out
        part = Truth(truth.themes[seen], truth.tones[seen], truth.batches[seen])
        fitted = fit(
            [reading for reading, out in zip(readings, held_out, strict=True) if not out], part, parts.of(seen)
        )
        votes = fitted.votes([reading for reading, out in zip(readings, held_out, strict=True) if out])
        found.themes[held_out], found.tones[held_out] = votes.themes, votes.tones
    return found


def held_out_votes(texts: Sequence[Labelled], encoder: Encoder, folder: Path = FOLDER) -> Votes:
    """What the encoder says of texts that it was not tuned on.

    Of the training texts: what the encoder of their fold said, kept in encoder/held_out.npz. Others
    (corrections, texts added since) it has not seen: it is asked.
    """
    with np.load(folder / "encoder" / "held_out.npz") as kept:
        known = dict(zip(kept["texts"].tolist(), kept["votes"].astype(np.float64), strict=True))
    rows = []
    for text in texts:
        row = known.get(text_hash(text.text))
        if row is None:
            read = encoder.read(text.text)
            row = np.concatenate([read.themes, read.tones])
        rows.append(row)
    both = np.array(rows).reshape(len(rows), -1)
    return Votes(both[:, : len(THEMES)], both[:, len(THEMES) :])


def calibrate(words: Votes, encoder: Votes, truth: Truth) -> tuple[Array, Array]:
    """How both readers' log odds become probabilities: (themes, 3), (tones, 7); Platt's way, with two readers."""
    lines = []
    for theme in range(len(THEMES)):
        both = np.column_stack([words.themes[:, theme], encoder.themes[:, theme]])
        model = LogisticRegression(C=1e4).fit(both, truth.themes[:, theme])
        lines.append([*np.maximum(model.coef_[0], 0.02), model.intercept_[0]])
    model = LogisticRegression(C=1.0, max_iter=500).fit(np.hstack([words.tones, encoder.tones]), truth.tones)
    return np.array(lines), np.column_stack([model.coef_, model.intercept_])


def combine(words: Votes, encoder: Votes, calibration: Array, tone_calibration: Array) -> tuple[Array, Array]:
    """Probabilities of themes and of tones from both readers' log odds."""
    themes = sigmoid(words.themes * calibration[:, 0] + encoder.themes * calibration[:, 1] + calibration[:, 2])
    both = np.hstack([words.tones, encoder.tones])
    return themes, softmax(both @ tone_calibration[:, :-1].T + tone_calibration[:, -1])


def find_thresholds(scores: Array, truth: NDArray[np.int64]) -> Array:
    """The score from which a theme is given: one for all themes, half the F1 over all that it reaches.

    With calibrated scores that is the best one (Lipton and others 2014, arXiv 1402.1892), and it moves
    less with the texts than the best on a grid, whose top is flat.
    """
    threshold = 0.4
    for _ in range(10):
        threshold = round(micro_f1(truth, decide(scores, np.full(len(THEMES), threshold))) / 2, 2)
    return np.full(len(THEMES), threshold)


def decide(scores: Array, thresholds: Array) -> NDArray[np.int64]:
    """`choose` for many rows, as an array of zeros and ones."""
    given = np.zeros(scores.shape, dtype=np.int64)
    for row, values in zip(given, scores, strict=True):
        row[choose(values, thresholds)] = 1
    return given


def micro_f1(truth: NDArray[np.int64], given: NDArray[np.int64]) -> float:
    return float(2 * (truth & given).sum() / max(1, truth.sum() + given.sum()))


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
    encoder = Encoder(folder / "encoder")
    by_words = out_of_fold(readings, truth, parts, folds_of(truth.writers, FOLDS))
    by_encoder = held_out_votes(texts, encoder, folder)
    calibration, tone_calibration = calibrate(by_words, by_encoder, truth)
    scores, tone_scores = combine(by_words, by_encoder, calibration, tone_calibration)
    thresholds = find_thresholds(scores, truth.themes)
    fitted = fit(readings, truth, parts)
    about = {
        "model_texts_sha256": training_hash(texts, folder),
        "model_texts": str(len(texts)),
        "model_code_sha256": code_hash(),
        "model_encoder_sha256": encoder.hash,
        "model_scikit_learn": sklearn.__version__,
        "model_theme_threshold": f"{thresholds[0]:.2f}",
        "model_theme_micro_f1": f"{micro_f1(truth.themes, decide(scores, thresholds)):.3f}",
        "model_tone_accuracy": f"{float((tone_scores.argmax(axis=1) == truth.tones).mean()):.3f}",
    }
    digest = hashlib.sha256(encoder.hash.encode())
    for array in (fitted.theme_weights, fitted.tone_weights, calibration, tone_calibration, thresholds):
        digest.update(np.round(array, 6).tobytes())
    about["model_sha256"] = digest.hexdigest()
    return ThemeModel(
        lexicon,
        encoder,
        fitted.vectorizers,
        fitted.theme_weights,
        fitted.theme_offsets,
        calibration,
        thresholds,
        fitted.tone_weights,
        fitted.tone_offsets,
        tone_calibration,
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
        "tone_calibration": model.tone_calibration,
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
            raise ModelError("the training texts, the lexicon or the encoder have changed since it was trained")
        if about["model_code_sha256"] != code_hash():
            raise ModelError("the program has changed since it was trained")
        lexicon = Lexicon((folder / "lexicon.txt").read_text(encoding="utf-8").splitlines())
        return ThemeModel(lexicon=lexicon, encoder=Encoder(folder / "encoder"), about=about, **state)
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
        return load(path, training_hash(texts, folder), folder)
    except ModelError as error:
        tell(f"theme model: {error}; training on {len(texts)} texts")
    model = train(texts, folder)
    try:
        save(model, path)
    except OSError as error:
        tell(f"theme model: trained, but it could not be saved: {error}")
    return model
