"""Words and their classes: the tokens of a paragraph, each with a TAG that the count patterns speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, compress
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
TRIGGERS = frozenset(
    ["NUM", "FRAC", "SOFT", "ALL", "EACH", "all", "every", "each", "both", "none", "neither", "no", "not", "any"]
) | {"exception", "exceptions", "everyone", "everybody"}
Row = list[dict[str, Any]]

# In so many places that a row is better filed under another of its words.
COMMON_CLASSES = frozenset(["UNIT", "WORD", "DET", "ART", "AND", "VERB", "PAST", "PREP", "PRON", "PUNCT"])
COMMON_WORDS = frozenset(
    ["of", "in", "a", "the", "that", "who", "we", "it", "one", ",", "cases", "was", "were", "been"]
)
LAST_RESORT = "NUM"
UNBOUNDED = 1000
"""Tokens: longer than any paragraph's stretch of quantities."""


@dataclass(frozen=True, slots=True, eq=False)
class RowFile:
    """Pattern rows that hold the same telling token, in one matcher.

    `before`, `after`: how many tokens of a row may stand before that token, and from it on.
    """

    matcher: Matcher
    before: int
    after: int


@cache
def row_files() -> dict[str, list[RowFile]]:
    """The pattern rows by each class, or word in lower case, that may tell of them; built once.

    A matcher tries all its rows at every token, so a row is filed under the rarest of its tokens
    that must be there, and tried only around words that this token may be.
    """
    filed: dict[tuple[str, ...], list[tuple[str, Row, int]]] = {}
    for pattern in PATTERNS:
        for form in pattern.forms:
            for row in _by_first_word(form):
                at = _telling(row)
                filed.setdefault(tuple(_values(row[at])[1]), []).append((pattern.name, row, at))
    found: dict[str, list[RowFile]] = {}
    for values, entries in filed.items():
        matcher = Matcher(language().vocab)
        for name, row, _ in entries:
            matcher.add(name, [row])
        before = max(sum(map(_longest, row[:at])) for _, row, at in entries)
        after = max(sum(map(_longest, row[at:])) for _, row, at in entries)
        for value in values:
            found.setdefault(value.replace("_", " "), []).append(RowFile(matcher, before, after))
    return found


def _longest(token: dict[str, Any]) -> int:
    """How many tokens of a text a token of a row may be."""
    repeated = token.get("OP", "1")
    return UNBOUNDED if repeated in ("*", "+") else 1 if repeated == "?" else int(repeated.strip("{}").split(",")[-1])


def _values(token: dict[str, Any]) -> tuple[str, list[str]]:
    """What a token of a row is known by, and what that may be."""
    ((attribute, value),) = ((key, value) for key, value in token.items() if key != "OP")
    return attribute, sorted(value["IN"]) if isinstance(value, dict) else [value]


def _telling(row: Row) -> int:
    """Which token of a row tells most of it: words before classes, few before many.

    Raises ValueError for a row that holds nothing but common words.
    """
    found = []
    for at, token in enumerate(row):
        if token.get("OP", "+")[:2] in ("?", "*", "{0"):
            continue
        attribute, values = _values(token)
        if values == [LAST_RESORT]:
            found.append((2, 0, values, at))
        elif attribute == "TAG" and COMMON_CLASSES.isdisjoint(values):
            found.append((1, len(values), values, at))
        elif attribute != "TAG" and COMMON_WORDS.isdisjoint(values):
            found.append((0, len(values), values, at))
    if not found:
        raise ValueError(f"a pattern’s row needs a number or a less common word: {row}")
    return min(found)[3]


def _by_first_word(form: tuple[dict[str, Any], ...]) -> Iterator[Row]:
    """The row once for each word that its first token may be: plain equality is what the matcher tests
    fastest, and every row's first token is tested at every token near. Classes are too few for that to pay."""
    first, *rest = [_joined(token) for token in form]
    (attribute, value), *more = first.items()
    if more or attribute == "TAG" or not isinstance(value, dict):
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
# Soft words by their first two words, or by the only one; the longest first.
SOFT_BY_START: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
for _words, _band in sorted(SOFT_WORDS, key=lambda row: -row[0].count(" ")):
    _split = tuple(_words.split())
    SOFT_BY_START.setdefault(_split[:2], []).append((_split, _band))
SOFT_FIRST = frozenset(start[0] for start in SOFT_BY_START)


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
    """The words of a paragraph after one START word: spaCy's tokens, copied once, as reading a list is much faster.

    `lowers`, `tags`: those of all words, for a look at many at once.
    """

    def __init__(self, source: str, doc: Doc, texts: Sequence[str], lowers: list[str], tags: list[str]) -> None:
        begins, lengths = doc.to_array(["IDX", "LENGTH"]).astype(int).T
        starts = [0, *(begins[1:] - len(START)).tolist()]
        ends = (begins + lengths - len(START)).tolist()
        super().__init__(map(Word._make, zip(range(len(texts)), starts, ends, texts, lowers, tags, strict=True)))
        self.source = source
        self.doc = doc
        self.lowers = lowers
        self.tags = tags

    def text(self, first: int, last: int) -> str:
        """The paragraph's text from word `first` to before word `last`."""
        if first >= last or first >= len(self):
            return ""
        return self.source[self[first].start : self[min(last, len(self)) - 1].end]


class Kind(NamedTuple):
    """What a word always is: `tag` its class, `key` spaCy's number for that class; `may_change`: a neighbour may give it another."""

    text: str
    lower: str
    tag: str
    key: int
    may_change: bool


@cache
def _kind_of(orth: int) -> Kind:
    """The kind of a spaCy string."""
    text = language().vocab.strings[orth].replace("_", " ")
    lower = text.lower()
    tag = _class_of(lower)
    may_change = lower in SOFT_FIRST or lower in YOUNG or lower in ("such", "one", "that")
    return Kind(text, lower, tag, _key_of(tag), may_change)


@cache
def _key_of(tag: str) -> int:
    return language().vocab.strings.add(tag)


def read_tokens(text: str) -> tuple[Words, dict[int, str]]:
    """The text's words with their classes, after one START word; and the band of soft words by word."""
    # Words that are one number or noun become one token: "a_dozen" is as long as "a dozen".
    lowered = text.lower()
    joined = any(words in lowered for words in JOINED_WORDS)  # spares most paragraphs the slow expression
    doc = language().make_doc(START + (JOINED.sub(lambda match: match[0].replace(" ", "_"), text) if joined else text))
    texts, lowers, tags, keys, may_change = map(list, zip(*map(_kind_of, doc.to_array("ORTH").tolist()), strict=True))
    changing = list(compress(range(len(lowers)), may_change))
    soft = _mark_soft_words(lowers, tags, changing)
    for at in changing:
        word = lowers[at]
        if word in YOUNG and lowers[at - 1] in ("young", "younger", "older", "looked-after"):
            tags[at] = "UNIT"
        elif word == "such" and lowers[at + 1 : at + 2] in (["a"], ["an"]):
            tags[at] = "DET"
        elif word == "one" and lowers[at - 1] in ("no", "any", "this", "that", "which", "some"):
            tags[at] = "PRON"
        elif word == "that" and tags[at + 1 : at + 2] and tags[at + 1] in ("VERB", "PAST", "DET", "PRON", "NUM"):
            tags[at] = "CONJ"
    for at in (*changing, *soft):
        keys[at] = _key_of(tags[at])
    doc.from_array(["TAG"], np.array(keys, dtype=np.uint64).reshape(-1, 1))  # type: ignore[arg-type]
    return Words(text, doc, texts, lowers, tags), soft


def _mark_soft_words(lowers: list[str], tags: list[str], places: Sequence[int]) -> dict[int, str]:
    """Gives soft words that begin at one of the places their class; returns the band of each word of theirs."""
    soft: dict[int, str] = {}
    for at in places:
        if at in soft:
            continue
        start = tuple(lowers[at : at + 2])
        for words, band in chain(SOFT_BY_START.get(start, ()), SOFT_BY_START.get(start[:1], ())):
            if tuple(lowers[at : at + len(words)]) == words and not _is_no_soft_word(lowers, tags, at, len(words)):
                for inside in range(at, at + len(words)):
                    tags[inside] = "SOFT"
                    soft[inside] = band
                break
    return soft


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
