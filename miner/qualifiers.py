"""What a quantity says: its sense (met, not_met, neutral) and the activity it judges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from miner.cues import (
    ACTIVITY_CUES,
    ELLIPSIS,
    NEGATORS,
    NO_NEGATION,
    PRAISE_IN_NEGATIVE,
    SENSE_CUES,
)

SCOPE = 34
"""How many characters before a cue a negation still reaches it, where no comma stands between."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sense with the words that gave it; `sure` is False where nothing in the clause spoke."""

    sense: str
    because: str
    sure: bool = True


def judge(clause: str, *, partitive: bool, before: str | None, quantifier_negates: bool = False) -> Judgement:
    """The sense of a clause with its quantity taken out (lower case).

    `partitive`: the quantity is part of a stated or earlier group, so that plain doing ("was
    reviewed") is praise. `before`: the sense of the quantity before it, for "one was not".
    """
    text = clause
    if ELLIPSIS.search(text) and before in ("met", "not_met") and not _strong(ELLIPSIS.sub(" ", text)):
        return Judgement("not_met" if before == "met" else "met", "elliptical negation of what was said before")
    praise = PRAISE_IN_NEGATIVE.search(text)
    if praise:
        return Judgement("met", praise[0])
    hits: list[tuple[float, int, str, str]] = []
    for cue in SENSE_CUES:
        for match in cue.pattern.finditer(text):
            name = cue.name
            negated = _negated(text, match.start())
            if name == "bad":
                name = (
                    "good"
                    if negated
                    and not match[0].startswith(("never", "nothing", "nobody", "no one", "without", "little"))
                    else "bad"
                )
            elif name in ("good", "done"):
                if negated:
                    name = "bad"
            elif negated and name == "need":
                continue
            hits.append((cue.weight, match.start(), name, match[0]))
    for name in ("bad", "good"):
        strong = [hit for hit in hits if hit[2] == name]
        if strong:
            return Judgement("met" if name == "good" else "not_met", strong[0][3])
    needs = [hit for hit in hits if hit[2] in ("need", "happened")]
    if needs:
        return Judgement("neutral", needs[0][3])
    done = [hit for hit in hits if hit[2] == "done"]
    if done:
        return Judgement("met" if partitive else "neutral", done[0][3])
    return Judgement("neutral", "no cue of quality", sure=False)


def _strong(text: str) -> bool:
    return any(cue.name in ("good", "bad") and cue.pattern.search(text) for cue in SENSE_CUES)


def _negated(text: str, at: int) -> bool:
    """Whether a negation reaches the cue at this character."""
    window = text[max(0, at - SCOPE) : at]
    window = re.split(r"[,;:()–—]|\b(?:but|and|which|who|because|so that|although|while|until)\b", window)[-1]
    window = NO_NEGATION.sub(" ", window)
    return len(NEGATORS.findall(window)) % 2 == 1


def activity(clause: str, sentence: str, before: tuple[str, ...]) -> tuple[str | None, str]:
    """(activity, why): the first activity named in the clause, else in the sentence, else in what came before.

    Where cues overlap the more telling one wins: "management oversight of plans" is oversight.
    """
    for text, place in (
        (clause, "in its clause"),
        (sentence, "in its sentence"),
        *((text, "before it") for text in before),
    ):
        best: tuple[float, str, str] | None = None
        for cue in ACTIVITY_CUES:
            match = cue.pattern.search(text)
            if match:
                # The first named counts most; a word far on in the clause is its complement.
                score = cue.weight - 0.02 * match.start()
                if best is None or score > best[0]:
                    best = (score, cue.name, match[0])
        if best:
            return best[1], f"“{best[2]}” {place}"
    return None, "no cue"
