"""What a quantity says: its sense (met, not_met, neutral) and the activity it judges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from miner.cues import (
    ABSENCE,
    ACTIVITY_CUES,
    ALREADY_NEGATIVE,
    ELLIPSIS,
    NEGATORS,
    NO_NEGATION,
    PRAISE_IN_NEGATIVE,
    SENSE_CUES,
    SHOULD_NOT,
    Cue,
)

SCOPE = 34
"""How many characters before a cue a negation still reaches it, where no comma stands between."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sense with the words that gave it. `strength`: 3 said outright, 2 done, needed or happened,
    1 guessed from a negation, 0 nothing spoke."""

    sense: str
    because: str
    strength: int = 3


WORD = re.compile(r"[\w’'-]+")


class CueFinder:
    """Finds cues in a text. What it finds in a word it keeps, as letters use the same words again and again."""

    def __init__(self, cues: tuple[Cue, ...]) -> None:
        self._phrases = [(cue, cue.phrases) for cue in cues if cue.phrases]
        # Most texts hold no phrase: one look for all of them spares a look for each.
        self._any_phrase = re.compile("|".join(pattern.pattern for _, pattern in self._phrases))
        self._words = [(cue, cue.words) for cue in cues if cue.words]
        self._known: dict[str, tuple[tuple[Cue, int, str], ...]] = {}

    def find(self, text: str) -> Iterator[tuple[Cue, int, str]]:
        """Each cue in the text, where it starts and its words: first the phrases, then the single words."""
        for cue, pattern in self._phrases if self._any_phrase.search(text) else ():
            for match in pattern.finditer(text):
                yield cue, match.start(), match[0]
        for word in WORD.finditer(text):
            known = self._known.get(word[0])
            if known is None:
                known = self._known[word[0]] = tuple(self._find_in_word(word[0]))
            for cue, offset, words in known:
                yield cue, word.start() + offset, words

    def _find_in_word(self, word: str) -> Iterator[tuple[Cue, int, str]]:
        for cue, pattern in self._words:
            for match in pattern.finditer(word):
                yield cue, match.start(), match[0]


SENSE = CueFinder(SENSE_CUES)
ACTIVITY = CueFinder(ACTIVITY_CUES)


def judge(clause: str, *, partitive: bool, before: str | None) -> Judgement:
    """The sense of a clause with its quantity taken out (lower case, curly apostrophes).

    `partitive`: the quantity is part of a stated or earlier group, so that plain doing ("was
    reviewed") is praise. `before`: the sense of the quantity before it, for "one was not".
    """
    if ABSENCE.search(clause):
        return Judgement("not_met", "there was none")
    should = SHOULD_NOT.search(clause)
    if should:
        return Judgement("not_met", f"“{should[0]}”")
    if ELLIPSIS.search(clause) and before in ("met", "not_met") and not _is_strong(ELLIPSIS.sub(" ", clause)):
        return Judgement("not_met" if before == "met" else "met", "elliptical negation of what was said before")
    praise = PRAISE_IN_NEGATIVE.search(clause)
    if praise:
        return Judgement("met", praise[0])
    without = WHO.sub(" ", clause)
    if without != clause and _speaks(without):
        clause = without
    hits: dict[str, tuple[int, str]] = {}
    negated = NEGATORS.search(clause)
    for cue, start, words in SENSE.find(clause):
        name = cue.name
        if negated and _is_negated(clause, start):
            if name in ("need", "happened"):
                continue
            name = "good" if name == "bad" and not ALREADY_NEGATIVE.match(words) else "bad"
        elif negated and name == "good" and NEGATED_VERB.match(clause, start + len(words)):
            name = "bad"
        if name not in hits or start < hits[name][0]:
            hits[name] = start, words
    need, good = hits.get("need"), hits.get("good")
    # "needed a plan to keep other people safe": what a good one would do is no praise; "a full one was not needed" neither.
    if need and good and "bad" not in hits:
        wanted = need[0] < good[0] and not JOINED.search(clause[need[0] : good[0]])
        if wanted or NEGATORS.match(need[1]):
            return Judgement("neutral", need[1], 2)
    for name, sense in (("bad", "not_met"), ("good", "met")):
        if name in hits:
            return Judgement(sense, hits[name][1])
    negated = negated and NEGATORS.search(NO_NEGATION.sub(" ", clause))
    if negated and not need:
        return Judgement("not_met", f"“{negated[0]}”", 1)
    if "happened" in hits:
        return Judgement("neutral", hits["happened"][1], 2)
    if "done" in hits and (need is None or " and " in clause):
        return Judgement("met", hits["done"][1], 2)
    if "acted" in hits and partitive and (need is None or " and " in clause):
        return Judgement("met", hits["acted"][1], 2)
    if need:
        return Judgement("neutral", need[1], 2)
    if "acted" in hits:
        return Judgement("neutral", hits["acted"][1], 1)
    return Judgement("neutral", "no cue of quality", 0)


WHO = re.compile(r"(?<=\w) who(?:se|m)? [^,;]*")
JOINED = re.compile(r"\b(?:and|but)\b|,")


def _speaks(clause: str) -> bool:
    """Whether any cue is in the clause."""
    return any(True for _ in SENSE.find(clause))


def _is_strong(text: str) -> bool:
    return any(cue.name in ("good", "bad") for cue, _, _ in SENSE.find(text))


_VERBS = r"(?:was|were|had|did|is|are|has|have|could|would)"
NEGATED_VERB = re.compile(
    rf"(?:(?!\b(?:{_VERBS}|but|which|who|that|because|although|while|until|if|where|what|how|why|as)\b|[,;:]).)*"
    rf"\b{_VERBS}(?: (?:not|never)\b|n’t)(?! (?:required|needed|necessary|due|applicable)\b)"
)
"""Behind a word of praise, the negated verb whose subject it belongs to: "sufficient work was not evident"."""


def _is_negated(text: str, at: int) -> bool:
    """Whether a negation reaches the cue at this character."""
    window = text[max(0, at - SCOPE) : at]
    window = re.split(r"[,;:()–—]|\b(?:but|and|which|who|because|so that|although|while|until)\b", window)[-1]
    window = NO_NEGATION.sub(" ", window)
    return len(NEGATORS.findall(window)) % 2 == 1


ACTIVITY_OF_UNIT = {
    "reports": "report",
    "reviews": "review",
    "plans": "planning",
    "assessments": "assessment",
    "victims": "victims",
}
"""What is judged where these are counted, unless the clause names something of STRONGER."""

STRONGER = {
    "plans": ("review", "oversight", "engagement"),
    "planning": ("review", "oversight", "engagement"),
    "assessment": ("review", "oversight", "classification"),
    "report": ("oversight",),
    "review": ("oversight",),
    "victims": (),
}
TURNS = frozenset(
    ("review", "victims", "classification", "report", "oversight", "enforcement", "planning", "compliance")
)
"""Activities so plainly named that a quantity which refers back may turn to them."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity named in a text, by which words, and how tellingly."""

    name: str
    words: str
    score: float


@lru_cache(32)  # the quantities of a sentence ask for it one after another
def activity_in(text: str) -> Activity | None:
    """The activity that a text names: the first named, weighed by how telling its words are.

    "management oversight of plans" is oversight, though plans are named as well.
    """
    best: Activity | None = None
    for cue, start, words in ACTIVITY.find(text):
        score = cue.weight - 0.015 * start
        if best is None or score > best.score:
            best = Activity(cue.name, words, score)
    return best
