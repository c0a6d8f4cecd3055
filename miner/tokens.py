"""Words and their classes: the tokens of a paragraph, each with a TAG that the count patterns speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import spacy
from spacy.lang.char_classes import ALPHA, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from miner.numerals import to_number
from miner.patterns import FRACTIONS, JOINED_WORDS, PATTERNS, SOFT_WORDS, UNITS, WORD_CLASSES, YOUNG, CountPattern


@cache
def language() -> tuple[Language, Matcher, dict[str, CountPattern]]:
    """The blank English pipeline, the matcher of all patterns, and the patterns by name. Built once."""
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
    matcher = Matcher(nlp.vocab)
    for pattern in PATTERNS:
        matcher.add(pattern.name, [row for form in pattern.forms for row in _by_first_word(form)])
    return nlp, matcher, {pattern.name: pattern for pattern in PATTERNS}


def _by_first_word(form: tuple[dict[str, Any], ...]) -> Iterator[list[dict[str, Any]]]:
    """The row once for each word or class that its first token may be: plain equality is what the
    matcher tests fastest, and every row's first token is tested at every token of the text."""
    first, *rest = form
    (attribute, value), *more = first.items()
    if more or not isinstance(value, dict):
        yield list(form)
        return
    for choice in value["IN"]:
        yield [{attribute: choice}, *rest]


@cache
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


JOINED = tuple(tuple(phrase.split()) for phrase in JOINED_WORDS)
JOINED_LAST = frozenset(words[-1] for words in JOINED)
SOFT_BY_FIRST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _words, _band in SOFT_WORDS:
    SOFT_BY_FIRST.setdefault(_words.split()[0], []).append((tuple(_words.split()), _band))
for _rows in SOFT_BY_FIRST.values():
    _rows.sort(key=lambda row: -len(row[0]))


def read_tokens(text: str) -> tuple[Doc, dict[int, str]]:
    """The text's tokens with their class as TAG, after one START token; and the band of soft words by token."""
    nlp, _, _ = language()
    doc = nlp.make_doc("\n" + text)
    _join(doc)
    lowers = [token.lower_ for token in doc]
    tags = [_class_of(word) for word in lowers]
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
    for token, name in zip(doc, tags, strict=True):
        token.tag_ = name
    return doc, soft


def _join(doc: Doc) -> None:
    """Makes one token of words that are one number or one noun: "a dozen", "members of staff"."""
    lowers = [token.lower_ for token in doc]
    if JOINED_LAST.isdisjoint(lowers):
        return
    with doc.retokenize() as retokenizer:
        for words in JOINED:
            for at in range(1, len(lowers) - len(words) + 1):
                if tuple(lowers[at : at + len(words)]) == words:
                    retokenizer.merge(doc[at : at + len(words)])
                    lowers[at : at + len(words)] = [""] * len(words)


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
