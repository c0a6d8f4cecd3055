"""Words and their classes: the tokens of a paragraph, each with a TAG that the count patterns speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import spacy
from spacy.lang.char_classes import ALPHA, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from miner.numerals import to_number
from miner.patterns import FRACTIONS, JOINED_WORDS, PATTERNS, SOFT_WORDS, UNITS, WORD_CLASSES, YOUNG


@cache
def language() -> Language:
    """The blank English pipeline. Built once."""
    nlp = spacy.blank("en")
    # Hyphenated words stay whole: "twenty-nine", "three-quarters", "pre-sentence".
    infixes = [
        *LIST_ELLIPSES,
        *LIST_ICONS,
        r"(?<=[0-9])[+*^/](?=[0-9-])",
        rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}0-9])(?:–|—|/)(?=[{ALPHA}])",
        rf"(?<=[{ALPHA}{CONCAT_QUOTES}0-9])(?:--|—)(?=[{ALPHA}{CONCAT_QUOTES}0-9])",
    ]
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        rules=nlp.Defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(nlp.Defaults.prefixes or []).search,
        suffix_search=compile_suffix_regex(nlp.Defaults.suffixes or []).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
    )
    return nlp


# What tells that a quantity may be near: a class of words, or words.
TRIGGERS: dict[str, str] = {
    **{tag: tag for tag in ("NUM", "FRAC", "SOFT", "ALL", "EACH")},
    "all": "ALL",
    "every": "EACH",
    "each": "EACH",
    "both": "both",
    "none": "none",
    "neither": "none",
    "no": "no",
    "not": "not",
    "any": "any",
    "exception": "except",
    "exceptions": "except",
    "everyone": "everyone",
    "everybody": "everyone",
}
Row = list[dict[str, Any]]


@cache
def rows() -> list[tuple[str, Row, frozenset[str]]]:
    """Every row of every pattern: the pattern's name, the row, and the triggers without which it cannot match."""
    return [
        (pattern.name, row, frozenset(trigger for token in row for trigger in _needed(token)))
        for pattern in PATTERNS
        for form in pattern.forms
        for row in _by_first_word(form)
    ]


@cache
def matcher_for(triggers: frozenset[str]) -> Matcher:
    """The matcher of all rows that can match where these triggers are; each is built once."""
    matcher = Matcher(language().vocab)
    for pattern in PATTERNS:
        fitting = [row for name, row, needs in rows() if name == pattern.name and needs <= triggers]
        if fitting:
            matcher.add(pattern.name, fitting)
    return matcher


def _needed(token: dict[str, Any]) -> set[str]:
    """The trigger that a token of a row must be, if any."""
    if token.get("OP", "+") != "+":
        return set()
    value = token.get("TAG") or token.get("LOWER") or ""
    kinds = {TRIGGERS.get(word) for word in (value["IN"] if isinstance(value, dict) else [value])}
    return {kind for kind in kinds if kind} if len(kinds) == 1 else set()


def _by_first_word(form: tuple[dict[str, Any], ...]) -> Iterator[Row]:
    """The row once for each word or class that its first token may be: plain equality is what the
    matcher tests fastest, and every row's first token is tested at every token of the text."""
    first, *rest = [_joined(token) for token in form]
    (attribute, value), *more = first.items()
    if more or not isinstance(value, dict):
        yield [first, *rest]
        return
    for choice in value["IN"]:
        yield [{attribute: choice}, *rest]


def _joined(token: dict[str, Any]) -> dict[str, Any]:
    """A token of a pattern with the words that are read as one joined as `read_tokens` joins them."""
    value = token.get("LOWER")
    if isinstance(value, str):
        return token | {"LOWER": value.replace(" ", "_")}
    if value:
        return token | {"LOWER": {"IN": [word.replace(" ", "_") for word in value["IN"]]}}
    return token


def _class_of(word: str) -> str:
    """The class of a lower-cased word, for its TAG."""
    if word in UNITS:
        return "UNIT"
    if word in FRACTIONS or _hyphened_fraction(word):
        return "FRAC"
    if to_number(word) is not None or re.fullmatch(r"\d{1,3}\.\d+", word):
        return "NUM"
    if word in ("%", "percent", "pc", "per cent"):
        return "PCT"
    if word == "all":
        return "ALL"
    known = WORD_CLASSES.get(word)
    if known:
        return known
    if not any(character.isalnum() for character in word):
        return "START" if word.isspace() else "PUNCT"
    if word.endswith("ed") and len(word) > 3:
        return "PAST"
    if re.fullmatch(r"(?:was|were|had|did|has|have|is|are|could|would|should)n[’']?t|n[’']t|[’'](?:d|ve|re|ll)", word):
        return "VERB"
    return "WORD"


def _hyphened_fraction(word: str) -> tuple[int, int] | None:
    head, hyphen, tail = word.partition("-")
    number = to_number(head)
    if hyphen and tail in FRACTIONS and number:
        return number, FRACTIONS[tail][1]
    return None


JOINED = re.compile(rf"(?i)\b(?:{'|'.join(JOINED_WORDS)})\b")
SOFT_BY_FIRST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _words, _band in SOFT_WORDS:
    SOFT_BY_FIRST.setdefault(_words.split()[0], []).append((tuple(_words.split()), _band))
for _rows in SOFT_BY_FIRST.values():
    _rows.sort(key=lambda row: -len(row[0]))


class Word(NamedTuple):
    """A token. `start`, `end`: characters of the paragraph; `tag`: its class (patterns.WORD_CLASSES).

    A tuple, as a letter has thousands and they are made four times as fast as a frozen dataclass.
    """

    i: int
    start: int
    end: int
    text: str
    lower: str
    tag: str


START = "\f"
"""Stands before each paragraph as a word of its own: "only at the beginning" is a pattern like any other.
No line break: spaCy holds that for a special case, and keeps no word after one in its cache."""


class Words(list[Word]):
    """The words of a paragraph after one START word: spaCy's tokens, copied once, as reading a list is much faster."""

    def __init__(self, source: str, doc: Doc, texts: Sequence[str], lowers: Sequence[str], tags: Sequence[str]) -> None:
        super().__init__()
        start = -len(START)
        spaces = doc.to_array("SPACY").tolist()
        for at, (text, lower, tag, space) in enumerate(zip(texts, lowers, tags, spaces, strict=True)):
            end = start + len(text)
            self.append(Word(at, max(start, 0), end, text, lower, tag))
            start = end + space
        self.source = source
        self.doc = doc

    def text(self, first: int, last: int) -> str:
        """The paragraph's text from word `first` to before word `last`."""
        if first >= last or first >= len(self):
            return ""
        return self.source[self[first].start : self[min(last, len(self)) - 1].end]


@cache
def _kind_of(orth: int) -> tuple[str, str, str]:
    """The text of a spaCy string, in lower case, and its class."""
    text = language().vocab.strings[orth].replace("_", " ")
    return text, text.lower(), _class_of(text.lower())


@cache
def _key_of(tag: str) -> int:
    return language().vocab.strings.add(tag)


def read_tokens(text: str) -> tuple[Words, dict[int, str]]:
    """The text's words with their classes, after one START word; and the band of soft words by word."""
    # Words that are one number or noun become one token: "a_dozen" is as long as "a dozen".
    doc = language().make_doc(START + JOINED.sub(lambda match: match[0].replace(" ", "_"), text))
    kinds = [_kind_of(orth) for orth in doc.to_array("ORTH").tolist()]
    texts = [text for text, _, _ in kinds]
    lowers = [lower for _, lower, _ in kinds]
    tags = [tag for _, _, tag in kinds]
    soft: dict[int, str] = {}
    at = 0
    while at < len(lowers):
        for words, band in SOFT_BY_FIRST.get(lowers[at], ()):
            if tuple(lowers[at : at + len(words)]) == words and not _is_no_soft_word(lowers, tags, at, len(words)):
                for inside in range(at, at + len(words)):
                    tags[inside] = "SOFT"
                    soft[inside] = band
                at += len(words) - 1
                break
        at += 1
    for at, word in enumerate(lowers):
        if word in YOUNG and at and lowers[at - 1] in ("young", "younger", "older", "looked-after"):
            tags[at] = "UNIT"
        elif word == "such" and lowers[at + 1 : at + 2] in (["a"], ["an"]):
            tags[at] = "DET"
        elif (
            word == "one"
            and lowers[at - 1] in ("no", "any", "every", "each", "this", "that", "which", "some")
            and lowers[at - 1] not in ("every", "each")
        ):
            tags[at] = "PRON"
        elif word == "that" and tags[at + 1 : at + 2] and tags[at + 1] in ("VERB", "PAST", "DET", "PRON", "NUM"):
            tags[at] = "CONJ"
    doc.from_array(["TAG"], np.array([[_key_of(tag)] for tag in tags], dtype=np.uint64))  # type: ignore[arg-type]
    return Words(text, doc, texts, lowers, tags), soft


def _is_no_soft_word(lowers: list[str], tags: list[str], at: int, length: int) -> bool:
    """Whether what looks like a soft word is a superlative, a hedge or part of another phrase."""
    word = lowers[at]
    before = lowers[at - 1] if at else ""
    after = lowers[at + length] if at + length < len(lowers) else ""
    following = tags[at + length] if at + length < len(tags) else "PUNCT"
    if word == "most" and (
        before in ("the", "his", "her", "their", "its")
        or after
        in (
            "recent",
            "recently",
            "significant",
            "important",
            "importantly",
            "notably",
            "often",
            "likely",
            "serious",
            "part",
        )
        or after.endswith("ly")
        or (after == "of" and lowers[at + 2 : at + 3] in (["all"], ["this"], ["that"], ["it"]))
    ):
        return True
    if word in ("many", "few") and before in ("how", "as"):
        return True
    if word == "some" and (
        following == "NUM"
        or (after in ("of", "way", "extent", "time", "point") and lowers[at + length + 1 : at + length + 2] == ["this"])
    ):
        return True
    return (
        word in ("a", "the")
        and length == 2
        and lowers[at + 1] == "few"
        and after in ("weeks", "days", "months", "hours", "minutes", "years")
    )


def fraction_value(words: Sequence[str]) -> tuple[int, int] | None:
    """The fraction that words state: ("two", "thirds") is (2, 3); None for an ordinal ("third")."""
    for position, word in enumerate(words):
        if _hyphened_fraction(word):
            return _hyphened_fraction(word)
        if word in FRACTIONS:
            before = words[position - 1] if position else ""
            many = to_number(before) if before not in ("a", "an", "") else (1 if before else None)
            if word in ("half",):
                return 1, 2
            if many is None:
                return None
            return many * FRACTIONS[word][0], FRACTIONS[word][1]
    return None
