"""Learned weights for the sense and the activity of a finding.

The rules of `qualifiers` speak first; what they said, with the words of the clause, are the
features of a linear model (multinomial logistic regression) that was trained on annotated
sentences and letters. It is applied as plain sums, so that it costs microseconds and every
decision can be taken apart into the words that spoke for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miner.corpus import ROOT

FILE = ROOT / "models" / "qualifiers.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """`rows` maps a feature to its row of `weights`, which has a column for each class."""

    classes: tuple[str, ...]
    intercepts: NDArray[np.float64]
    rows: dict[str, int]
    weights: NDArray[np.float64]

    def decide(self, features: Iterable[str]) -> str:
        """The class for which the features speak most."""
        return self.classes[int(self._totals(features).argmax())]

    def because(self, features: Iterable[str]) -> str:
        """The three features that spoke most for the class decided on, against the one that came next."""
        known = {name for name in features if name in self.rows}
        second, best = self._totals(known).argsort()[-2:]
        gains = self.weights[:, best] - self.weights[:, second]
        return ", ".join(sorted(known, key=lambda name: (-gains[self.rows[name]], name))[:3])

    def _totals(self, features: Iterable[str]) -> NDArray[np.float64]:
        row_of = self.rows.get
        rows = {row_of(name, -1) for name in features} - {-1}
        totals: NDArray[np.float64] = self.weights.take(list(rows), axis=0).sum(axis=0)
        return totals + self.intercepts


@cache
def load() -> dict[str, Weights]:
    """The shipped weights of `sense` and `activity`; empty where there are none."""
    try:
        data = json.loads(Path(FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {
        name: Weights(
            tuple(model["classes"]),
            np.array(model["intercepts"]),
            {feature: row for row, feature in enumerate(model["weights"])},
            np.array(list(model["weights"].values())),
        )
        for name, model in data["models"].items()
    }


WORD = re.compile(r"[a-z’%-]+")
COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "and",
        "that",
        "this",
        "it",
        "its",
        "as",
        "at",
        "by",
        "for",
        "on",
        "or",
        "with",
        "from",
        "these",
        "those",
        "cases",
        "case",
    ]
)


def words_of(text: str, prefix: str) -> list[str]:
    """The words of a text and its pairs of neighbours, as features."""
    words = WORD.findall(text)
    kept = [word for word in words if word not in COMMON]
    return [f"{prefix}{word}" for word in kept] + [f"{prefix}{a} {b}" for a, b in pairwise(kept)]


@lru_cache(32)  # the quantities of a sentence ask for it one after another
def _vocabulary(text: str) -> frozenset[str]:
    """The different words of a text, without the common ones."""
    return frozenset(WORD.findall(text)) - COMMON


STEM = 5
"""Characters of a word that stand for its family, so that "reviewing" profits from "reviewed"."""


def stems_of(features: Iterable[str]) -> list[str]:
    """The families of the single words among some features."""
    found = []
    for feature in features:
        prefix, _, word = feature.rpartition(":")
        if len(word) > STEM and " " not in word:
            found.append(f"{prefix}~{word[:STEM]}")
    return found


def sense_features(
    rule: str,
    strength: int,
    because: str,
    form: str,
    link: str,
    unit: str | None,
    partitive: bool,
    before: str | None,
    clause: str,
    narrowing: str,
    ahead: Sequence[str],
    behind: Sequence[str],
) -> list[str]:
    """What the model is told of a quantity when its sense is decided.

    `ahead`, `behind`: the words after and, backwards, before it.
    """
    told = [
        *words_of(clause, ""),
        *words_of(narrowing, "n:"),
        *(f"a{at}:{word}" for at, word in enumerate(ahead)),
        *(f"b{at}:{word}" for at, word in enumerate(behind)),
        *negated(clause),
    ]
    return [
        f"rule={rule}/{strength}",
        f"rule={rule}/{strength}/{'part' if partitive else 'bare'}",
        f"cue={because}",
        f"form={form}",
        f"link={link}/{'unit' if unit else 'none'}",
        f"before={before}/{rule}/{strength}",
        *told,
        *stems_of(told),
    ]


NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "without",
        "nobody",
        "none",
        "neither",
        "nor",
        "hardly",
        "cannot",
        "nothing",
        "fail",
        "failed",
        "few",
        "little",
        "only",
    ]
)


def negated(text: str) -> list[str]:
    """The four words after each negation, as features."""
    words = WORD.findall(text)
    return [
        f"not:{after}"
        for at, word in enumerate(words)
        if word in NEGATIONS or word.endswith("n’t")
        for after in words[at + 1 : at + 5]
    ]


def activity_features(
    rule: str,
    how: str,
    own: str | None,
    last: str | None,
    section: str,
    unit: str | None,
    link: str,
    clause: str,
    narrowing: str,
    sentence: str,
    earlier: Sequence[str],
) -> list[str]:
    """What the model is told of a quantity when its activity is decided."""
    told = [
        *words_of(clause, ""),
        *words_of(narrowing, "n:"),
        *(f"s:{word}" for word in _vocabulary(sentence)),
        *(f"p:{word}" for word in _vocabulary(earlier[0] if earlier else "")),
    ]
    return [
        f"rule={rule}",
        f"rule={rule}/{how}",
        f"rule={rule}/{section}",
        f"own={own}/{unit}",
        f"last={last}/{link}/{'unit' if unit else 'none'}",
        f"last={last}/{own}",
        f"section={section}",
        f"unit={unit}",
        *told,
        *stems_of(told),
    ]
