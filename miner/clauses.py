"""Sentences and clauses: the words around a quantity that say what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miner.mentions import Mention
from miner.tokens import Words


def sentence_bounds(doc: Words) -> list[tuple[int, int]]:
    """Token spans of the sentences."""
    bounds, start = [], 1
    for token in doc[1:]:
        closes = token.text in (".", "?", "!") or (
            token.text in ("”", '"', "’") and token.i and doc[token.i - 1].text in (".", "?", "!")
        )
        if (
            closes
            and (
                token.i + 1 == len(doc)
                or doc[token.i + 1].text[:1].isupper()
                or not doc[token.i + 1].text[:1].isalpha()
            )
            and token.i + 1 > start
        ):
            following = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
            if following in ("”", '"', "’", ")"):
                continue
            bounds.append((start, token.i + 1))
            start = token.i + 1
    if start < len(doc):
        bounds.append((start, len(doc)))
    return bounds


def clause_of(
    doc: Words, mentions: Sequence[Mention], index: int, sentence: tuple[int, int], *, whole: bool = False
) -> str:
    """The words of the clause that a mention stands in, its own and others' cues taken out, lower case.

    `whole`: with the phrase that narrows its noun.
    """
    mention = mentions[index]
    begin, end = sentence
    inside = [m for m in mentions if begin <= m.start < end and m is not mention]
    left = max((m.end for m in inside if m.end <= mention.start), default=begin)
    right = min((m.start for m in inside if m.start >= mention.end), default=end)
    has_left, has_right = left > begin, right < end
    left = _boundary(doc, left, mention.start) if has_left else _opening(doc, left, mention.start)
    right = (
        _boundary_back(doc, mention.end, right)
        if has_right
        else _closing(doc, mention.end, right, _has_verb(doc, left, mention.start))
    )
    left_out = {*range(mention.start, mention.end), *range(*mention.group_span)}
    if not whole:
        left_out.update(range(*mention.restrictor))
    if index + 1 < len(mentions) and all(
        word.lower in (",", "and", "or") for word in doc[left : mentions[index + 1].start] if word.i not in left_out
    ):
        return clause_of(doc, mentions, index + 1, sentence, whole=whole)  # "Eleven mothers and five fathers had ..."
    words = [
        word.lower if at + 1 < len(doc) and doc[at + 1].start == word.end else word.lower + " "
        for at, word in enumerate(doc[left:right], left)
        if at not in left_out
    ]
    return re.sub(r"\s+", " ", "".join(words).replace("'", "’")).strip()


def restrictor_text(doc: Words, mention: Mention) -> str:
    first, last = mention.restrictor
    return doc.text(first, last).lower() if last > first else ""


def _boundary(doc: Words, left: int, right: int) -> int:
    """Where the clause of the quantity at `right` begins, after another that ends at `left`."""
    for position in range(right - 1, left - 1, -1):
        if doc[position].text in (";", ":", "—") or doc[position].lower in (
            "while",
            "whereas",
            "but",
            "although",
            "though",
        ):
            return position + 1
    for position in range(left, right):
        if doc[position].text == "," or doc[position].lower in ("and", "or"):
            return position + 1
    return left


def _boundary_back(doc: Words, left: int, right: int) -> int:
    """Where the clause of the quantity ending at `left` ends, before another that begins at `right`."""
    for position in range(left, right):
        if _goes_on(doc, position):
            continue
        if doc[position].text in (";", ":", "—") or doc[position].lower in ("while", "whereas", "but"):
            return position
    candidates = [
        position for position in range(left, right) if doc[position].text == "," or doc[position].lower in ("and", "or")
    ]
    return candidates[-1] if candidates and candidates[-1] > left else (candidates[0] if candidates else right)


def _opening(doc: Words, left: int, right: int) -> int:
    """Leaves out an opening subordinate clause and earlier main clauses of the sentence."""
    start = left
    for position in range(right - 1, left, -1):
        token = doc[position]
        if token.text in (";", ":", "—") or (
            token.text == ","
            and position + 1 < right
            and doc[position + 1].lower in ("and", "but", "so", "yet")
            and _has_verb(doc, left, position)
        ):
            start = position + 1
            break
    if doc[start].lower in (
        "where",
        "when",
        "if",
        "although",
        "though",
        "while",
        "whereas",
        "once",
        "because",
        "since",
        "unless",
    ):
        for position in range(start, right):
            if doc[position].text == ",":
                return position + 1
    return start


def _closing(doc: Words, left: int, right: int, said_before: bool) -> int:
    """Where the clause of the last quantity of a sentence, ending at `left`, ends.

    `said_before`: what is said of the quantity stands before it.
    """
    for position in range(left, right):
        token = doc[position]
        following = doc[position + 1] if position + 1 < right else None
        if token.text in (";", "—") and (position > left or said_before):
            return position
        if token.text == ":" and position > left + 2:
            return position
        if _goes_on(doc, position + 1):
            continue
        new = doc[position + 2 : position + 3]
        absolute = new and new[0].lower in ("being", "having")  # "this being due to sickness"
        if token.text == "," and following is not None and (following.lower in COMMENTS or absolute):
            return position
        if (
            token.text == ","
            and following is not None
            and following.lower in ("and", "or")
            and new
            and new[0].tag in ("DET", "PRON", "UNIT", "PREP")
            and _has_verb(doc, left, position)
        ):
            return position
    return right


def _goes_on(doc: Words, at: int) -> bool:
    """Whether a "but" at `at` adds to what was said before it: "reviewed, but in terms that told us nothing"."""
    return doc.text(at - 1, at + 1).lower() == ", but" and at + 1 < len(doc) and doc[at + 1].tag in GOES_ON


GOES_ON = frozenset({"PREP", "ADV", "WORD", "PAST", "VERB"})
COMMENTS = frozenset(
    [
        "which",
        "because",
        "although",
        "though",
        "but",
        "so",
        "as",
        "since",
        "yet",
        "partly",
        "mainly",
        "usually",
        "whereas",
        "while",
        "unless",
        "despite",
    ]
)
"""After a comma these open a comment on what was said, with words of praise or blame of its own."""


def _has_verb(doc: Words, left: int, right: int) -> bool:
    return any(token.tag in ("VERB", "PAST") for token in doc[left:right])
