"""A paragraph -> its findings: every quantity about a group, with its denominator and its meaning.

Steps, in the order of this file: words get a class (TAG); spaCy's Matcher finds the patterns of
`patterns`; a match is widened by its noun; what is no quantity of a group is left out, with the
reason; the group that a quantity is part of is looked up in what the letter said before
(`groups`); the clause around it gives sense and activity (`qualifiers`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import spacy
from spacy.lang.char_classes import ALPHA, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from miner import qualifiers
from miner.bands import Bands
from miner.groups import Group, Groups, Query, Resolved
from miner.numerals import to_number
from miner.patterns import (
    FRACTIONS,
    HEDGES,
    NEED_NOUN,
    PATTERNS,
    SINGULAR,
    SOFT_WORDS,
    UNITS,
    WORD_CLASSES,
    YOUNG,
    CountPattern,
)
from miner.records import Example, Finding, Letter, Omission, Paragraph, Section, Share

SECTIONS_WITHOUT = frozenset({"introduction", "context", "strengths", "improvements", "closing"})
"""Sections whose quantities are no findings (the sample itself, dates, points, contacts)."""

# --- words and their classes ----------------------------------------------------------


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
        matcher.add(pattern.name, [list(form) for form in pattern.forms])
    return nlp, matcher, {pattern.name: pattern for pattern in PATTERNS}


@cache
def _class_of(word: str) -> str:
    """The class of a lower-cased word, for its TAG."""
    if word in UNITS:
        return "UNIT"
    if word in FRACTIONS or _hyphened_fraction(word):
        return "FRAC"
    if to_number(word) is not None:
        return "NUM"
    if word in ("%", "percent", "pc"):
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


SOFT_BY_FIRST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _words, _band in SOFT_WORDS:
    SOFT_BY_FIRST.setdefault(_words.split()[0], []).append((tuple(_words.split()), _band))
for _rows in SOFT_BY_FIRST.values():
    _rows.sort(key=lambda row: -len(row[0]))


def read_tokens(text: str) -> tuple[Doc, dict[int, str]]:
    """The text's tokens with their class as TAG, after one START token; and the band of soft words by token."""
    nlp, _, _ = language()
    doc = nlp.make_doc("\n" + text)
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
        if word == "per" and lowers[at + 1 : at + 2] == ["cent"]:
            tags[at] = tags[at + 1] = "PCT"
        elif word in YOUNG and at and lowers[at - 1] in ("young", "younger", "older", "looked-after"):
            tags[at] = "UNIT"
        elif (
            word == "one"
            and lowers[at - 1] in ("no", "any", "every", "each", "this", "that", "which", "some")
            and lowers[at - 1] not in ("every", "each")
        ):
            tags[at] = "PRON"
        elif word == "that" and tags[at + 1 : at + 2] and tags[at + 1] in ("VERB", "PAST", "DET", "PRON"):
            tags[at] = "CONJ"
    for token, name in zip(doc, tags, strict=True):
        token.tag_ = name
    return doc, soft


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


# --- mentions -------------------------------------------------------------------------


@dataclass(slots=True)
class Mention:
    """A quantity as found in the text. Token positions; `n`, `m` are what the words state."""

    start: int
    end: int
    pattern: CountPattern
    n: int | None = None
    m: int | None = None
    share: float | None = None
    unit: str | None = None
    band: str | None = None
    hedge: str | None = None
    percent: int | None = None
    cue_start: int = 0
    """First token of the cue where it begins before `start`, at a group put before it; else 0."""
    group_span: tuple[int, int] = (0, 0)
    group: int | None = None
    """Size of a group put before its part: "Of the eleven that were late, seven ..."."""
    core_end: int = 0
    restrictor: tuple[int, int] = (0, 0)
    form: str = ""
    link: str = ""
    definite: bool = False


def find_mentions(doc: Doc, soft: dict[int, str]) -> tuple[list[Mention], list[tuple[int, int, str]]]:
    """All quantities of the text from left to right, none overlapping; and what was matched and left out."""
    _, matcher, by_name = language()
    names = doc.vocab.strings
    candidates: list[Mention] = []
    dropped: list[tuple[int, int, str]] = []
    for key, start, end in matcher(doc):
        pattern = by_name[names[key]]
        a, b = start + pattern.left, end - pattern.right
        mention = _to_mention(doc, soft, pattern, a, b)
        if isinstance(mention, str):
            dropped.append((a, b, mention))
        elif mention:
            candidates.append(mention)
    taken: list[Mention] = []
    for mention in sorted(candidates, key=lambda m: (-(m.end - m.start), RANK[m.pattern.name], m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    taken.sort(key=lambda m: m.start)
    dropped = [row for row in dropped if all(row[1] <= m.start or row[0] >= m.end for m in taken)]
    return taken, dropped


RANK = {pattern.name: position for position, pattern in enumerate(PATTERNS)}


def _to_mention(doc: Doc, soft: dict[int, str], pattern: CountPattern, start: int, end: int) -> Mention | str | None:
    """The match as a mention, widened by noun, share and hedge; a reason (str) where it is no quantity."""
    unit, noun_end = None, end
    inner_unit = _unit_in(doc, start, end)
    if pattern.noun != "no":
        unit, noun_end = noun_after(doc, end, singular=_is_singular(doc, start, end, pattern))
    if unit is None and inner_unit:
        unit, noun_end = inner_unit, end
    if pattern.noun == "must" and (unit is None or noun_end == end):
        return None
    if pattern.noun == "may" and unit is None and pattern.name not in ("both_of",):
        following = doc[end] if end < len(doc) else None
        if (
            following is not None
            and following.tag_ in ("WORD", "NUM", "FRAC", "SOFT", "UNIT")
            and following.lower_ not in ADVERBIAL
        ):
            return (
                None
                if pattern.name in ("none_these", "further")
                else f"counts “{following.text}”, no group of cases or people"
            )
        if following is not None and following.tag_ == "PCT" and pattern.form != "percentage":
            return None
        if following is not None and following.lower_ == "of" and doc[end - 1].lower_ != "of":
            return None  # a longer row takes the group in, or it is a part of something else
        if doc[end - 1].lower_ in ("of", "the", "our", "their", "its", "a") and doc[end - 1].tag_ != "SOFT":
            return None
    mention = Mention(start, max(end, noun_end), pattern, unit=unit, form=pattern.form, link=pattern.link, core_end=end)
    problem = _read_numbers(doc, soft, mention)
    if problem:
        return problem
    _widen(doc, mention)
    mention.definite = any(
        doc[i].lower_ in ("the", "our", "these", "those") for i in range(start, min(mention.end, noun_end))
    )
    mention.restrictor = _restrictor(doc, mention)
    return mention


ADVERBIAL = frozenset(
    [
        "at",
        "altogether",
        "overall",
        "too",
        "alike",
        "still",
        "there",
        "here",
        "so",
        "please",
        "however",
        "therefore",
        "also",
        "then",
        "not",
        "never",
    ]
)


def _is_singular(doc: Doc, start: int, end: int, pattern: CountPattern) -> bool:
    words = [token.lower_ for token in doc[start:end]]
    last = words[-1]
    return last in ("every", "each", "no", "neither", "single", "one", "1", "either")


def _unit_in(doc: Doc, start: int, end: int) -> str | None:
    """The counted noun inside a match ("eight cases out of 14")."""
    for at in range(start, end):
        if doc[at].tag_ == "UNIT":
            return unit_of(doc, at)
    return None


def unit_of(doc: Doc, at: int) -> str:
    """What the noun at this token counts; "case managers" are staff, "young people" children."""
    word = doc[at].lower_
    if word in YOUNG and word not in UNITS:
        return "children"
    counted = UNITS[word]
    before = doc[at - 1].lower_ if at else ""
    if counted == "managers" and before in ("case", "cases"):
        return "staff"
    if (
        counted == "cases"
        and word.startswith("case")
        and doc[at + 1 : at + 2].text.lower().startswith(("manager", "worker", "holder"))
    ):
        return "staff"
    return counted


def noun_after(doc: Doc, at: int, *, singular: bool) -> tuple[str | None, int]:
    """(counted, end) of the noun phrase that begins at token `at`; (None, at) where it counts something else."""
    position, seen = at, 0
    found: tuple[str, int] | None = None
    while position < len(doc) and seen < 6:
        token = doc[position]
        if token.tag_ == "UNIT":
            word = token.lower_
            if doc[position + 1 : position + 2].text in ("’s", "'s", "’", "'"):
                break  # "the victims' views"
            following = doc[position + 1] if position + 1 < len(doc) else None
            modifies = (
                word in SINGULAR and word != "staff" and following is not None and following.tag_ in ("WORD", "UNIT")
            )
            if modifies and not (
                singular
                and following is not None
                and following.tag_ == "WORD"
                and not _leads_to_unit(doc, position + 1)
            ):
                position += 1
                seen += 1
                continue
            if word in SINGULAR and not singular and word not in ("family",):
                break
            found = unit_of(doc, position), position + 1
            # "children and young people", "parents or carers"
            if following is not None and following.lower_ in ("and", "or", "/") and found:
                unit, end = _single_noun(doc, position + 2)
                same = {"children", "parents"} >= {unit, found[0]} or unit == found[0]
                if unit and same:
                    found = found[0], end
            break
        if token.lower_ == "members" and [t.lower_ for t in doc[position + 1 : position + 3]] == ["of", "staff"]:
            return "staff", position + 3
        if (
            token.tag_ == "WORD"
            or (token.tag_ == "PAST" and _leads_to_unit(doc, position + 1))
            or (
                token.lower_ in ("and", "or", "very", "further", "such", "other", ",")
                and seen
                and _leads_to_unit(doc, position + 1)
            )
        ):
            position += 1
            seen += 1
            continue
        break
    return found if found else (None, at)


def _single_noun(doc: Doc, at: int) -> tuple[str | None, int]:
    for position in range(at, min(at + 3, len(doc))):
        if doc[position].tag_ == "UNIT":
            return unit_of(doc, position), position + 1
        if doc[position].tag_ not in ("WORD", "DET"):
            break
    return None, at


def _leads_to_unit(doc: Doc, at: int) -> bool:
    for position in range(at, min(at + 4, len(doc))):
        if doc[position].tag_ == "UNIT":
            return True
        if doc[position].tag_ not in ("WORD", "PAST"):
            return False
    return False


def _read_numbers(doc: Doc, soft: dict[int, str], mention: Mention) -> str | None:
    """Fills in what the words state; a reason where they state no quantity."""
    tokens = list(doc[mention.start : mention.core_end])
    numbers: list[int] = []
    for token in tokens:
        if token.tag_ != "NUM":
            continue
        value = to_number(token.lower_)
        following = doc[token.i + 1] if token.i + 1 < len(doc) else None
        if value is None:
            continue
        if following is not None and following.tag_ == "PCT":
            mention.percent = value
        else:
            numbers.append(value)
    if doc[mention.core_end - 1].lower_ == "a" and mention.pattern.name == "units":
        return None
    form = mention.form
    if form == "vague":
        mention.band = next(soft[token.i] for token in tokens if token.i in soft)
        mention.m = numbers[-1] if numbers else None
        if mention.band in NEED_NOUN and mention.unit is None:
            return "a soft word without a counted noun"
        words = " ".join(token.lower_ for token in tokens if token.tag_ == "SOFT")
        if mention.unit is None and words in ("few", "most", "a few", "the few") and tokens[-1].tag_ == "SOFT":
            following = doc[mention.end] if mention.end < len(doc) else None
            before = doc[mention.start - 1].tag_ if mention.start else "START"
            starts = before in ("START", "PUNCT", "AND", "CONJ") or doc[mention.start - 1].lower_ in (
                "in",
                "for",
                "only",
                "though",
                "that",
                "very",
            )
            if following is None or not starts or following.tag_ not in ("VERB", "PUNCT", "ADV", "DET", "PRON"):
                return "a soft word without a counted noun"
    elif form == "percentage":
        if mention.percent is None or mention.percent > 100:
            return "no share"
        mention.share = mention.percent / 100
        mention.m = numbers[-1] if numbers else None
        if mention.unit is None and doc[mention.core_end - 1].lower_ == "of":
            return "a percentage of something else"
    elif form == "fraction":
        if mention.pattern.name == "in_every":
            if len(numbers) < 2 or not 0 < numbers[0] < numbers[1] <= 20:
                return "no fraction"
            mention.share = numbers[0] / numbers[1]
        else:
            parts = fraction_value([token.lower_ for token in tokens])
            if parts is None or parts[0] >= parts[1]:
                return "an ordinal, no fraction"
            mention.share = parts[0] / parts[1]
            rest = numbers[1:] if tokens[0].tag_ == "NUM" and len(tokens) > 1 and tokens[1].tag_ == "FRAC" else numbers
            if (
                tokens[0].tag_ == "NUM"
                and tokens[-1].lower_ in ("quarters", "halves", "thirds")
                and parts[0] not in (1, 2, 3)
            ) or (parts[0] == 2 and parts[1] in (2, 4)):
                return "no fraction"
            rest = [n for n in rest if tokens[0].lower_ not in ("one",) or n != 1]
            mention.m = rest[-1] if rest else None
            if mention.unit is None and mention.m is None:
                following = doc[mention.end] if mention.end < len(doc) else None
                if following is not None and following.tag_ in ("WORD", "NUM"):
                    return f"a fraction of “{following.text}”"
                if doc[mention.core_end - 1].lower_ in ("of", "an", "the"):
                    return "a fraction of something else"
                before = doc[mention.start - 1].lower_
                if tokens[0].lower_ in ("third", "quarter", "quarters", "thirds", "fifth", "tenth") or before in (
                    "every",
                    "each",
                    "last",
                    "first",
                    "second",
                    "the",
                    "other",
                    "this",
                ):
                    return "an ordinal or a length of time, no fraction"
    elif form == "all":
        if mention.pattern.name.startswith("both"):
            mention.n = mention.m = 2
        elif numbers:
            mention.m = numbers[-1]
            mention.n = mention.m
            if mention.m == 1:
                return "one only"
    elif form == "none":
        mention.n = 0
        if mention.pattern.name == "none_stated":
            mention.m = numbers[-1] if numbers else None
        elif tokens[0].lower_ == "neither":
            mention.m = 2
        if mention.pattern.name == "none_noun" and tokens[0].lower_ == "no" and not _is_subject(doc, mention):
            return "“no” with a noun that is not counted"
    elif form == "all_but":
        if not numbers:
            numbers = [1] if any(token.lower_ in ("single", "sole", "solitary", "lone") for token in tokens) else []
        if not numbers:
            return "no number excepted"
        mention.n = numbers[0]  # how many are excepted; turned round when the group is known
        if mention.link == "stated":
            first_all = [token.lower_ for token in tokens].index("all") if "all" in [t.lower_ for t in tokens] else 0
            all_first = (
                any(token.tag_ == "NUM" for token in tokens[first_all + 1 : first_all + 4])
                and tokens[-1].tag_ == "NUM"
                and any(
                    token.lower_ in ("but", "except", "bar", "save", "excepting", "excluding")
                    for token in tokens[first_all + 2 :]
                )
                and tokens[first_all + 1].lower_ not in ("but", "except", "bar", "save", "excepting", "excluding")
            )
            mention.m, mention.n = (numbers[0], numbers[-1]) if all_first else (numbers[-1], numbers[0])
    else:
        if not numbers:
            return None
        mention.n = numbers[0]
        if mention.link == "stated":
            if len(numbers) < 2:
                return None
            mention.m = numbers[-1]
    return _trap(doc, mention)


def _is_subject(doc: Doc, mention: Mention) -> bool:
    """Whether "no case", "no child" opens its clause or follows "in": then it counts."""
    before = doc[mention.start - 1]
    after = doc[mention.end] if mention.end < len(doc) else None
    if before.lower_ in ("in", "for"):
        return mention.unit in ("cases", "children")
    opens = before.tag_ in ("START", "PUNCT", "AND", "CONJ") and before.text not in (",", "(")
    return (
        opens and after is not None and (after.tag_ in ("VERB", "PAST") or after.lower_ in ("in", "of", "who", "that"))
    )


TIME_WORDS = frozenset(
    [
        "week",
        "weeks",
        "day",
        "days",
        "month",
        "months",
        "year",
        "years",
        "hour",
        "hours",
        "minute",
        "minutes",
        "term",
        "terms",
        "session",
        "sessions",
        "visit",
        "visits",
        "times",
        "am",
        "pm",
    ]
)
LABELS = frozenset(
    [
        "level",
        "section",
        "paragraph",
        "paragraphs",
        "page",
        "pages",
        "part",
        "chapter",
        "stage",
        "band",
        "tier",
        "aged",
        "age",
        "ages",
        "number",
        "no",
        "room",
        "unit",
        "article",
        "schedule",
        "under",
        "floor",
    ]
)
MONTH = re.compile(
    r"(?i)jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)


def _trap(doc: Doc, mention: Mention) -> str | None:
    """Why a number is a date, an age, a level or the like; None where it is not."""
    first = next((token for token in doc[mention.start : mention.end] if token.tag_ == "NUM"), None)
    if first is None:
        return None
    before = doc[first.i - 1] if first.i else None
    after = doc[mention.core_end] if mention.core_end < len(doc) else None
    value = to_number(first.lower_) or 0
    if value >= 1000 and mention.form != "percentage":
        return "a year or a large number"
    if (
        before is not None
        and (before.lower_ in LABELS or MONTH.fullmatch(before.text))
        and not (before.lower_ == "under" and mention.m)
    ):
        return f"a number of “{before.text}”"
    if after is not None and (MONTH.fullmatch(after.text) and after.text[0].isupper() and mention.unit is None):
        return "a date"
    if before is not None and before.lower_ in ("£", "$", "€"):
        return "a sum of money"
    if (
        after is not None
        and mention.unit is None
        and after.text in ("-", "–")
        and mention.core_end + 1 < len(doc)
        and doc[mention.core_end + 1].tag_ == "NUM"
    ):
        return "a range"
    if (
        before is not None
        and before.text in ("-", "–", ".", "/")
        and not doc[first.i - 1].whitespace_
        and first.i > 1
        and doc[first.i - 2].tag_ == "NUM"
    ):
        return "part of another number"
    if before is not None and before.tag_ == "NUM" and mention.unit is None:
        return "part of another number"
    words = [token.lower_ for token in doc[first.i + 1 : first.i + 4]]
    if words[:1] == ["or"] and doc[first.i + 2 : first.i + 3] and doc[first.i + 2].tag_ == "NUM":
        return "one number or another"
    if before is not None and before.lower_ == "or" and first.i > 2 and doc[first.i - 2].tag_ == "NUM":
        return "one number or another"
    if (
        mention.unit is None
        and words[:1] in (["and"], ["to"], ["or"])
        and words[2:3] in (["year"], ["years"], ["year-old"], ["year-olds"])
    ):
        return "an age"
    if (
        mention.unit == "children"
        and before is not None
        and first.i + 1 < len(doc)
        and doc[first.i + 1].lower_ in ("year", "years", "-year-old", "year-old")
    ):
        return "an age"
    if (
        first.i + 1 < len(doc)
        and doc[first.i + 1].lower_ in TIME_WORDS | {"month-long", "year-old", "mile", "miles"}
        and mention.pattern.name == "units"
    ):
        return f"counts {doc[first.i + 1].text}"
    return None


HEDGE_ROWS = sorted(((tuple(words.split()), kind) for words, kind in HEDGES), key=lambda row: -len(row[0]))


def _widen(doc: Doc, mention: Mention) -> None:
    """Takes a hedge before the quantity and a share after it into the cue."""
    lowers = [token.lower_ for token in doc[max(0, mention.start - 6) : mention.start]]
    if mention.form in ("count", "fraction", "percentage", "all_but"):
        for words, kind in HEDGE_ROWS:
            if tuple(lowers[-len(words) :]) == words:
                if mention.form == "all_but":
                    break
                mention.hedge = kind
                mention.start -= len(words)
                break
    end = mention.end
    if mention.form in ("fraction", "percentage", "vague") and [
        t.tag_ if t.tag_ == "NUM" else t.text for t in doc[end : end + 3]
    ] == ["(", "NUM", ")"]:
        mention.n, mention.form, mention.end = to_number(doc[end + 1].lower_), "count", end + 3
        return
    tail = [token.tag_ if token.tag_ in ("NUM", "PCT") else token.text for token in doc[end : end + 5]]
    for shape in (
        ["(", "NUM", "PCT", ")"],
        ["(", "NUM", "PCT", "PCT", ")"],
        [",", "or", "NUM", "PCT"],
        ["–", "NUM", "PCT"],
        [",", "NUM", "PCT", ","],
        ["or", "NUM", "PCT"],
    ):
        if tail[: len(shape)] == shape and mention.form != "percentage":
            mention.percent = next(to_number(token.lower_) for token in doc[end : end + 5] if token.tag_ == "NUM")
            mention.end = end + len(shape) - (1 if shape[-1] == "," else 0)
            break


INSPECTED = re.compile(
    r"(?:that |which |whom |whose cases )?(?:we|i|our inspectors|inspectors|the inspectors) (?:have |had )?(?:read|reviewed|examined|inspected|saw|looked at|assessed|considered|sampled|visited|screened|studied|selected)|"
    r"(?:in|from|of|within|across) (?:our|the|this) (?:whole |entire |full |inspected |inspection )?sample|sampled|inspected|examined|reviewed by (?:us|inspectors)|under inspection|in the inspection"
)


def _restrictor(doc: Doc, mention: Mention) -> tuple[int, int]:
    """Token span of the phrase that narrows the counted noun: "in which there was a victim"."""
    start = mention.end
    if start >= len(doc):
        return start, start
    token = doc[start]
    words = [t.lower_ for t in doc[start : start + 3]]
    opens = (
        token.lower_
        in (
            "who",
            "that",
            "which",
            "where",
            "whom",
            "whose",
            "with",
            "requiring",
            "needing",
            "concerned",
            "involving",
            "involved",
            "affected",
            "subject",
            "when",
            "without",
            "due",
            "known",
            "looked",
        )
        or (
            words[:1] in (["in"], ["for"], ["to"], ["of"], ["on"], ["about"])
            and words[1:2] in (["which"], ["whom"], ["whose"])
        )
        or INSPECTED.match(" ".join(t.lower_ for t in doc[start : start + 7])) is not None
    )
    if not opens:
        return start, start
    end, verbs = start, 0
    subject_relative = token.lower_ in ("who", "that", "which")
    while end < len(doc):
        here = doc[end]
        if here.text in (",", ";", ".", ":", "(", "?", "!", "—"):
            break
        noun = here.lower_ in ("need", "needs") and doc[end - 1].tag_ in ("DET", "WORD", "PREP")
        if here.tag_ == "VERB" and not noun and end > start and doc[end - 1].tag_ not in ("VERB", "ADV"):
            verbs += 1
            if verbs == 2 and (
                subject_relative
                or token.lower_
                in (
                    "where",
                    "in",
                    "for",
                    "we",
                    "with",
                    "requiring",
                    "needing",
                    "known",
                    "subject",
                    "looked",
                    "whose",
                    "whom",
                )
            ):
                break
            if (
                verbs == 1
                and token.lower_
                in (
                    "with",
                    "requiring",
                    "needing",
                    "concerned",
                    "involving",
                    "involved",
                    "affected",
                    "subject",
                    "without",
                    "known",
                    "whose",
                    "whom",
                    "looked",
                    "we",
                    "in",
                )
                and words[1:2] not in (["which"], ["whom"])
            ):
                break
        end += 1
    return start, end


# --- sentences and clauses ------------------------------------------------------------


def sentence_bounds(doc: Doc) -> list[tuple[int, int]]:
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


def clause_of(doc: Doc, mentions: Sequence[Mention], index: int, sentence: tuple[int, int]) -> str:
    """The words of the clause that a mention stands in, its own and others' cues taken out, lower case."""
    mention = mentions[index]
    begin, end = sentence
    inside = [m for m in mentions if begin <= m.start < end and m is not mention]
    left = max((m.end for m in inside if m.end <= mention.start), default=begin)
    right = min((m.start for m in inside if m.start >= mention.end), default=end)
    has_left, has_right = left > begin, right < end
    left = _boundary(doc, left, mention.start) if has_left else _opening(doc, left, mention.start)
    right = _boundary_back(doc, mention.end, right) if has_right else _closing(doc, mention.end, right)
    words = []
    first, last = mention.restrictor
    narrowed = last > first
    for token in doc[left:right]:
        if mention.start <= token.i < mention.end:
            continue
        if narrowed and first <= token.i < last:
            continue
        if mention.group_span[0] <= token.i < mention.group_span[1]:
            continue
        words.append(token.text_with_ws.lower().replace("’", "'").replace("'", "’"))
    return re.sub(r"\s+", " ", "".join(words)).strip()


def restrictor_text(doc: Doc, mention: Mention) -> str:
    first, last = mention.restrictor
    return doc[first:last].text.lower() if last > first else ""


def _boundary(doc: Doc, left: int, right: int) -> int:
    """Where the clause of the quantity at `right` begins, after another that ends at `left`."""
    for position in range(right - 1, left - 1, -1):
        if doc[position].text in (";", ":", "—") or doc[position].lower_ in (
            "while",
            "whereas",
            "but",
            "although",
            "though",
        ):
            return position + 1
    for position in range(left, right):
        if doc[position].text == "," or doc[position].lower_ in ("and", "or"):
            return position + 1
    return left


def _boundary_back(doc: Doc, left: int, right: int) -> int:
    """Where the clause of the quantity ending at `left` ends, before another that begins at `right`."""
    for position in range(left, right):
        if doc[position].text in (";", ":", "—") or doc[position].lower_ in ("while", "whereas", "but"):
            return position
    candidates = [
        position
        for position in range(left, right)
        if doc[position].text == "," or doc[position].lower_ in ("and", "or")
    ]
    return candidates[-1] if candidates and candidates[-1] > left else (candidates[0] if candidates else right)


def _opening(doc: Doc, left: int, right: int) -> int:
    """Leaves out an opening subordinate clause and earlier main clauses of the sentence."""
    start = left
    for position in range(right - 1, left, -1):
        token = doc[position]
        if token.text in (";", ":", "—") or (
            token.text == ","
            and position + 1 < right
            and doc[position + 1].lower_ in ("and", "but", "so", "yet")
            and _has_verb(doc, left, position)
            and _own_verb(doc, position, right)
        ):
            start = position + 1
            break
    if doc[start].lower_ in (
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


def _closing(doc: Doc, left: int, right: int) -> int:
    for position in range(left, right):
        token = doc[position]
        following = doc[position + 1] if position + 1 < right else None
        if token.text in (";", "—") and position > left:
            return position
        if token.text == ":" and position > left + 2:
            return position
        if token.text == "," and following is not None and following.lower_ in COMMENTS:
            return position
        new = doc[position + 2 : position + 3]
        if (
            token.text == ","
            and following is not None
            and following.lower_ in ("and", "or")
            and new
            and new[0].tag_ in ("DET", "PRON", "UNIT", "PREP")
            and _has_verb(doc, left, position)
        ):
            return position
    return right


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


def _has_verb(doc: Doc, left: int, right: int) -> bool:
    return any(token.tag_ in ("VERB", "PAST") for token in doc[left:right])


def _own_verb(doc: Doc, left: int, right: int) -> bool:
    return True


def take_fronted_groups(
    doc: Doc, mentions: list[Mention], sentences: list[tuple[int, int]]
) -> tuple[list[Mention], list[Mention]]:
    """Splits off the groups that are only named: "Of the 22 cases, 17 contained ...".

    Gives the other mentions, those of the same sentence with the group's size, the first of them
    with its cue begun at the group; and the groups.
    """
    findings: list[Mention] = []
    groups: list[Mention] = []
    for mention in mentions:
        a, b = next((bounds for bounds in sentences if bounds[0] <= mention.start < bounds[1]), (1, len(doc)))
        here = [group for group in groups if a <= group.start < b]
        later = any(mention.end <= other.start < b for other in mentions)
        if _is_fronted(doc, mention, a) and later:
            groups.append(mention)
            continue
        these = _fronted_these(doc, mention, a)
        if (
            here
            and mention.m is None
            and mention.form in ("count", "all", "none", "all_but", "vague", "fraction", "percentage")
        ):
            group = here[-1]
            first = not any(other.group is not None and other.start > group.start for other in findings)
            size = group.n if group.n is not None else group.m
            takes = mention.link != "these" or mention.form in ("all", "none")
            if (
                takes
                and (first or (mention.link in ("bare", "noun") and mention.unit in (None, group.unit)))
                and (mention.n is None or size is None or mention.n <= size)
            ):
                mention.group = size
                mention.unit = mention.unit or group.unit
                mention.group_span = group.start, max(group.end, group.restrictor[1])
                if first:
                    mention.cue_start = group.start
        elif these and mention.m is None and mention.link in ("bare", "noun") and mention.unit is None:
            mention.link = "these"
        findings.append(mention)
    return findings, groups


def find_partitions(mentions: Sequence[Mention], sample: int | None) -> dict[int, int]:
    """For counts in a row that name no group: the size named before them that they add up to.

    "A review was due in 15 cases: ten had been done well, three were late and two were missing."
    """
    found: dict[int, int] = {}

    def is_free(mention: Mention) -> bool:
        return (
            mention.form == "count"
            and mention.link in ("bare", "other")
            and mention.m is None
            and mention.group is None
            and mention.n is not None
        )

    for first in range(len(mentions)):
        if first in found or not is_free(mentions[first]):
            continue
        last, total, best = first, 0, None
        sizes: dict[int, int] = {sample: 0} if sample else {}
        for earlier in mentions[:first]:
            whole = earlier.m if earlier.m is not None else earlier.group
            if earlier.n is not None and earlier.form in ("count", "all"):
                sizes[earlier.n] = 0
            if whole is not None:
                sizes[whole] = 0
        before = mentions[first - 1] if first else None
        whole = (before.m if before.m is not None else before.group) if before is not None else None
        if before is not None and whole is not None and before.n is not None and before.form == "count":
            sizes[whole] = before.n
        while last < len(mentions) and is_free(mentions[last]):
            total += mentions[last].n or 0
            for size, part in sizes.items():
                if total + part == size and (last > first or part):
                    best = last, size
            last += 1
        if best:
            found.update(dict.fromkeys(range(first, best[0] + 1), best[1]))
    return found


def _is_fronted(doc: Doc, mention: Mention, sentence: int) -> bool:
    """Whether a count only names the group of a following one: "Of the 22 cases, ..."."""
    if mention.form != "count" or mention.m is not None or mention.link not in ("bare", "other"):
        return False
    at = mention.start - 1
    while at > sentence and doc[at].lower_ in ("the", "these", "those", "our", "all", "remaining", "other"):
        at -= 1
    if doc[at].lower_ not in ("of", "among", "amongst", "from"):
        return False
    before = doc[at - 1] if at > sentence else None
    return before is None or before.tag_ in ("PUNCT", "AND", "CONJ", "START") or (before.lower_ == "out")


def _fronted_these(doc: Doc, mention: Mention, sentence: int) -> bool:
    """Whether the clause of the mention opens with "Of these," or "Of the victims who ...,"."""
    for at in range(mention.start - 1, sentence - 1, -1):
        if doc[at].text == ";":
            return False
        if doc[at].lower_ in ("of", "among", "amongst") and doc[at + 1].lower_ in (
            "these",
            "those",
            "them",
            "which",
            "whom",
        ):
            return at == sentence or doc[at - 1].tag_ in ("PUNCT", "AND", "CONJ")
    return False


# --- the letter -----------------------------------------------------------------------

RATES = frozenset(
    [
        "head",
        "week",
        "month",
        "quarter",
        "year",
        "worker",
        "officer",
        "manager",
        "day",
        "practitioner",
        "session",
        "fortnight",
        "person",
    ]
)
STANDING = re.compile(
    r"\b(?:should|must|ought to|needs? to|need(?:s|ed)? to be|aims? to|intends? to|is to|are to|has to|have to|would (?:want|like|expect)|ensures?|ensuring|make sure|makes sure|so that|in order to|target (?:is|was|of)|required by|requires? that|expects? that|expected that|policy is|rule is|the aim is)\b(?! have)[^,;:]*$"
)
STANDING_AFTER = re.compile(
    r"[^,;:.]{0,60}\b(?:should(?! have)|must|is to be|are to be|ought to(?! have)|needs? to be|will be)\b"
)

OTHER = re.compile(r"\b(?:other|remaining|others|rest)\b")
LEAD_IN = re.compile(
    r"(?i)\b(?:we|an? inspector|inspectors?|one inspector|i)\b[^.]{0,40}\b(?:noted|found|saw|read|recorded|wrote|observed|commented|describ\w+|report\w*)\b|for example|as follows|an example|illustrat|:\s*$"
)
STATISTICS = re.compile(
    r"(?i)\bre-?offending rate|\bnational(?:ly)? (?:average|rate|figure)|\baverage for\b|first[- ]time entrants|\bof YOTs\b|\bper 100,000|\bcohort\b|Ministry of Justice|England and Wales|\bbudget|\bfunding\b|\bvacan|\bturnover\b|\bpopulation\b"
)


@dataclass(slots=True)
class LetterCounter:
    """Counts through one letter, paragraph after paragraph in printed order: later phrases refer to earlier ones."""

    letter: Letter
    bands: Bands
    groups: Groups = field(init=False)
    last_activity: str | None = None

    def __post_init__(self) -> None:
        self.groups = Groups(self.letter.facts.sample_size)

    def find_counts(
        self, section: Section, paragraph: Paragraph, examples: Sequence[Example]
    ) -> tuple[tuple[Finding, ...], tuple[Omission, ...]]:
        """The findings of a paragraph in printed order, and the quantities left out with the reason."""
        if paragraph.displayed:
            return (), ()
        text = paragraph.text
        doc, soft = read_tokens(text)
        mentions, dropped = find_mentions(doc, soft)
        omissions = [self._omit(doc, a, b, reason) for a, b, reason in dropped]
        sentences = sentence_bounds(doc)
        kept: list[Mention] = []
        for mention in mentions:
            reason = self._reason_to_omit(doc, mention, section, examples, sentences)
            if reason:
                omissions.append(self._omit(doc, mention.start, mention.end, reason))
            else:
                kept.append(mention)
        kept = self._merged(doc, kept)
        kept, groups = take_fronted_groups(doc, kept, sentences)
        partitions = find_partitions(kept, self.letter.facts.sample_size)
        findings: list[Finding] = []
        self.groups.open_paragraph(section.code)
        before: str | None = None
        texts = [doc[a:b].text.lower().replace("'", "’") for a, b in sentences]
        previous_sentence: int | None = None
        activity_before: tuple[str, ...] = ()
        for index, mention in enumerate(kept):
            number = next(i for i, (a, b) in enumerate(sentences) if a <= mention.start < b or i == len(sentences) - 1)
            sentence = sentences[number]
            for group in [g for g in groups if g.start < mention.start]:
                groups.remove(group)
                self.groups.name(group.n or group.m)
            clause = clause_of(doc, kept, index, sentence)
            narrowing = restrictor_text(doc, mention)
            fronted = mention.group
            partitive = self._is_partitive(mention, fronted) or index in partitions
            judged = self._judge(doc, mention, clause, narrowing, partitive, before, previous_sentence == number)
            resolved = self.groups.resolve(
                Query(
                    number=mention.n,
                    form=mention.form,
                    link=mention.link,
                    unit=mention.unit,
                    sense=judged.sense,
                    strength=judged.strength,
                    stated=mention.m if mention.m is not None else mention.group,
                    percent=mention.percent,
                    partition=partitions.get(index),
                    scope=self._scope(doc, mention, narrowing),
                    narrowed=bool(narrowing) and not INSPECTED.search(narrowing),
                    pair=mention.pattern.name.startswith("both") or (mention.form == "none" and mention.m == 2),
                    opens=index == 0,
                    same_sentence=previous_sentence == number,
                )
            )
            if resolved is None:
                omissions.append(self._omit(doc, mention.start, mention.end, "more than any group it could be part of"))
                continue
            sentence_text = texts[number]
            earlier = (*((texts[number - 1],) if number else ()), *(texts[i] for i in range(number - 2, -1, -1)))
            activity, why = self._activity(
                mention, clause, narrowing, sentence_text, (*activity_before, *earlier), section.code
            )
            self.last_activity = activity
            finding = self._finding(
                doc,
                text,
                mention,
                resolved,
                judged,
                section.code,
                activity,
                why,
                doc[sentence[0] : sentence[1]].text.strip(),
            )
            findings.append(finding)
            self.groups.add(
                Group(
                    size=finding.numerator,
                    whole=finding.denominator,
                    unit=finding.counted,
                    activity=activity,
                    sense=finding.sense,
                    form=finding.form,
                    stated=mention.m if mention.m is not None else mention.group,
                    strength=judged.strength,
                    new=mention.unit is not None and mention.link in ("bare", "noun", "stated"),
                )
            )
            before = judged.sense if judged.sense != "neutral" else before
            previous_sentence = number
        return tuple(findings), tuple(omissions)

    def _judge(
        self,
        doc: Doc,
        mention: Mention,
        clause: str,
        narrowing: str,
        partitive: bool,
        before: str | None,
        same: bool,
    ) -> qualifiers.Judgement:
        """The sense of a mention: from its clause, else from what narrows its noun, else from the one before."""
        narrows = bool(narrowing) and not INSPECTED.search(narrowing)
        if mention.pattern.name in ("definite", "with_clause") and narrows:
            own = qualifiers.judge(narrowing, partitive=True, before=before)
            if own.strength == 3:
                return own
        judged = qualifiers.judge(clause, partitive=partitive, before=before)
        if judged.strength == 3:
            return judged
        contrast = mention.link == "other" or OTHER.search(doc[mention.start : mention.end].text.lower())
        if contrast and before and judged.strength < 2:
            return qualifiers.Judgement("not_met" if before == "met" else "met", "the rest of a group judged before", 1)
        if judged.strength == 0 and narrows:
            narrowed = qualifiers.judge(narrowing, partitive=True, before=before)
            if narrowed.strength:
                return narrowed
        if judged.strength == 0:
            has_verb = re.search(r"\b(?:was|were|had|did|is|are|has|have|could|would|[a-z]{3,}ed)\b", clause)
            if same and before and not has_verb:
                return qualifiers.Judgement(before, "as the quantity before it", 1)
            last = self.groups.paragraph[-1] if self.groups.paragraph else None
            if mention.link == "these" and last is not None and last.sense == "not_met":
                return qualifiers.Judgement("not_met", "part of those judged wanting", 1)
            if partitive and has_verb:
                return qualifiers.Judgement("met", "something said of part of a group, without blame", 1)
        return judged

    def _activity(
        self, mention: Mention, clause: str, narrowing: str, sentence: str, earlier: tuple[str, ...], section: str
    ) -> tuple[str, str]:
        """The activity that a quantity judges: named by its noun, by its clause, or by the group it is part of."""
        own = qualifiers.activity_in(clause)
        by_noun = qualifiers.ACTIVITY_OF_UNIT.get(mention.unit or "")
        if by_noun and (own is None or own.name not in qualifiers.STRONGER.get(by_noun, ())):
            return by_noun, f"{mention.unit} are counted"
        last = self.groups.paragraph[-1] if self.groups.paragraph else None
        anaphoric = mention.link in ("these", "other") or (mention.unit is None and mention.group is None)
        if anaphoric and last is not None and (own is None or own.score < 1.8 or own.name not in qualifiers.TURNS):
            return last.activity, "as the group it is part of"
        for found, place in (
            (own, "in its clause"),
            (qualifiers.activity_in(narrowing), "in what narrows its noun"),
            (qualifiers.activity_in(sentence), "in its sentence"),
        ):
            if found is not None:
                return found.name, f"“{found.words}” {place}"
        if last is not None:
            return last.activity, "as the quantity before it"
        for text in earlier:
            found = qualifiers.activity_in(text)
            if found is not None:
                return found.name, f"“{found.words}” before it"
        return DEFAULT_ACTIVITY.get(section, "delivery"), "the section’s usual activity"

    # --- what is no finding -----------------------------------------------------------

    def _omit(self, doc: Doc, start: int, end: int, reason: str) -> Omission:
        span = doc[start:end]
        return Omission(span.start_char - 1, span.end_char - 1, span.text, reason)

    def _reason_to_omit(
        self,
        doc: Doc,
        mention: Mention,
        section: Section,
        examples: Sequence[Example],
        sentences: list[tuple[int, int]],
    ) -> str | None:
        span = doc[mention.start : mention.end]
        start, end = span.start_char - 1, span.end_char - 1
        if section.code in SECTIONS_WITHOUT:
            return f"stands in the {section.code}"
        if any(start < example.end and end > example.start for example in examples):
            return "inside a case example"
        a, b = next((bounds for bounds in sentences if bounds[0] <= mention.start < bounds[1]), (1, len(doc)))
        sentence = doc[a:b].text
        if mention.n == 1 and mention.form == "count" and mention.m is None:
            ahead = doc[mention.end :].text[:160]
            quote = next((example for example in examples if 0 <= example.start - end < 170), None)
            if quote is not None or (
                mention.unit == "cases" and LEAD_IN.search(ahead[:60]) and re.search(r"[“\"‘]|:", ahead)
            ):
                return "leads in an example"
            alone = (
                mention.unit not in (None, "cases")
                and mention.link == "bare"
                and not self.groups.paragraph
                and not mention.hedge
            )
            if alone or (mention.unit in ("staff", "managers") and not _is_counted_one(doc, mention)):
                return "“one” tells of a single one"
            if mention.unit is None and not _is_counted_one(doc, mention):
                return "“one” as a pronoun"
        before = doc[mention.start - 1].lower_ if mention.start else ""
        ahead_words = [token.lower_ for token in doc[mention.end : mention.end + 3]]
        behind = doc[a : mention.start].text.lower()
        fronted = _is_fronted(doc, mention, a)
        if mention.pattern.name == "units" and before in ("the", "these", "those", "both") and not fronted:
            return "refers back to a group"
        if ahead_words[:1] in (["a"], ["per"], ["each"], ["every"]) and ahead_words[1:2] and ahead_words[1] in RATES:
            return "a rate"
        if mention.unit in ("staff", "managers") and mention.form == "count" and mention.link == "bare" and not fronted:
            posts = re.search(
                r"\b(?:has|have|had|employ\w*|there (?:are|is|were|was|used to be)|comprises?|consists? of|made up of|of|and|with|by|a team of|to)(?: (?:only|just|about|some|now|now only))?$",
                behind.strip(),
            )
            verb = doc[mention.end].tag_ in ("VERB", "PAST") if mention.end < len(doc) else False
            if (posts and not verb) or not (verb or before in ("in", "for")):
                return "staff posts"
        if STANDING.search(behind) or (
            mention.form in ("all", "percentage", "fraction", "none", "all_but")
            and STANDING_AFTER.match(doc[mention.end : b].text.lower())
        ):
            return "a standing rule, target or hope"
        if (
            section.code == "management"
            and mention.unit == "cases"
            and mention.form == "count"
            and mention.link == "bare"
            and re.search(r"(?i)\baudit|\bcaseload|\bsampl|\bdip\b", sentence)
        ):
            return "a number of files in the service's own checks"
        if mention.pattern.name in ("both_bare",) or (
            mention.form == "none" and mention.m == 2 and mention.unit is None
        ):
            printed = any(to_number(token.lower_) == 2 for token in doc[1 : mention.start])
            if not printed and not any(2 in (g.size, g.whole) for g in self.groups.paragraph):
                return "“both” or “neither” without a count of two before it"
        if mention.form == "percentage" and (mention.unit is None and STATISTICS.search(sentence)):
            return "a published statistic"
        if mention.form in ("percentage", "fraction") and re.search(
            r"(?i)national(?:ly)?|England|average", doc[max(a, mention.start - 6) : mention.start].text
        ):
            return "a published statistic"
        if re.search(r"(?i)\bof (?:all )?YOTs?\b", doc[mention.end : mention.end + 4].text):
            return "a published statistic"
        if (
            mention.pattern.name in ("none_these",)
            and mention.unit is None
            and not self.groups.paragraph
            and doc[mention.start].lower_ == "none"
            and doc[mention.end : mention.end + 1].text.lower() not in ("was", "were", "had", "of")
        ):
            return "“none” without a group"
        return None

    def _is_partitive(self, mention: Mention, fronted: int | None) -> bool:
        """Whether the quantity is part of a stated or earlier group."""
        if fronted or mention.form != "count" or mention.link != "bare":
            return True
        return self.groups.has_need() or (mention.unit is None and bool(self.groups.paragraph))

    def _scope(self, doc: Doc, mention: Mention, narrowing: str) -> str:
        """Whether the phrase speaks of the inspected cases: `sample`, `definite`, or `open`."""
        if INSPECTED.search(narrowing) or INSPECTED.match(doc[mention.end : mention.end + 7].text.lower()):
            return "sample"
        noun = doc[mention.start : mention.end].text.lower()
        if re.search(r"\b(?:whole|entire) sample|sampled|inspected|in our sample", noun):
            return "sample"
        if mention.unit in ("cases", "children") and re.search(
            r"\b(?:relevant|applicable|appropriate|such|eligible)\b", noun
        ):
            return "open"
        if mention.unit in ("cases", "children") and (
            re.search(
                r"\b(?:the|our) (?:young people|children|cases|boys and girls|files)\b|\b(?:the) (?:\w+ )?(?:children and young people|cases)\b",
                noun,
            )
            or re.search(
                r"\b(?:every|each)(?: and every)?(?: single)?(?: one)? (?:case|file|child|young person)\b", noun
            )
        ):
            return "definite"
        return "open"

    def _merged(self, doc: Doc, mentions: list[Mention]) -> list[Mention]:
        """One row for one quantity stated twice: "half of the reviews, 17 out of 34"; "66%, or 33 of 50"."""
        merged: list[Mention] = []
        for mention in mentions:
            last = merged[-1] if merged else None
            if last is not None and self._is_same(doc, last, mention):
                exact, other = (mention, last) if EXACTNESS[mention.form] < EXACTNESS[last.form] else (last, mention)
                merged[-1] = replace(
                    exact,
                    start=min(exact.start, other.start),
                    end=max(exact.end, other.end),
                    unit=exact.unit or other.unit,
                    percent=exact.percent or other.percent,
                    restrictor=mention.restrictor,
                )
                continue
            merged.append(mention)
        return merged

    def _is_same(self, doc: Doc, a: Mention, b: Mention) -> bool:
        whole = a.m or self.letter.facts.sample_size
        if (
            a.form == "count"
            and b.form == "percentage"
            and b.unit is None
            and a.n is not None
            and whole
            and a.percent is None
        ):
            words = doc[a.end : b.start].text.lower()
            if (
                abs(a.n / whole - (b.share or 0)) < 0.006
                and len(words) < 60
                and re.search(r"(?:\bor|,|\(|\bthat is|–|—|about|\bis)\s*$", words)
            ):
                return True
        between = doc[a.end : b.start].text.strip().lower()
        if {a.form, b.form} <= {"count", "all_but"} or not {a.form, b.form} & {"fraction", "percentage", "vague"}:
            return False
        first, last = a.restrictor
        if first < last == b.start - 1:
            between = doc[last : b.start].text.strip().lower()
        if between not in (
            ",",
            "(",
            "–",
            "—",
            "-",
            ", or",
            "or",
            ", that is",
            ", that is,",
            ": ",
            ":",
            ", namely",
            ", in fact",
            "–",
            ", with",
        ):
            return False
        exact, loose = (a, b) if a.form == "count" else (b, a)
        if exact.form != "count" or exact.n is None:
            return True
        if loose.share is not None and exact.m:
            return abs(exact.n / exact.m - loose.share) < 0.13
        return True

    # --- the finding ------------------------------------------------------------------

    def _finding(
        self,
        doc: Doc,
        text: str,
        mention: Mention,
        resolved: Resolved,
        judged: qualifiers.Judgement,
        section: str,
        activity: str,
        why: str,
        sentence: str,
    ) -> Finding:
        span = doc[mention.cue_start or mention.start : mention.end]
        start, end = span.start_char - 1, span.end_char - 1
        share = self._share(mention, resolved)
        met: Share | None = None
        if share is not None and judged.sense != "neutral":
            met = share if judged.sense == "met" else Share(round(1 - share.high, 6), round(1 - share.low, 6))
        counted = mention.unit or resolved.unit or "cases"
        return Finding(
            start=start,
            end=end,
            cue=text[start:end],
            sentence=sentence,
            form=mention.form,
            numerator=resolved.numerator,
            denominator=resolved.denominator,
            denominator_from=resolved.source if resolved.denominator is not None else None,
            share=share,
            sense=judged.sense,
            met=met,
            criterion=f"{section}.{activity}",
            counted=counted,
            pattern=mention.pattern.name,
            reasons=(
                f"denominator: {resolved.why}",
                f"sense: {judged.sense}, for {judged.because}",
                f"activity: {activity}, for {why}",
            ),
        )

    def _share(self, mention: Mention, resolved: Resolved) -> Share | None:
        whole = resolved.denominator
        if mention.form in ("count", "all", "none", "all_but"):
            if resolved.numerator is None or not whole:
                if mention.form == "all":
                    return Share(1.0, 1.0)
                return Share(0.0, 0.0) if mention.form == "none" else None
            exact = resolved.numerator / whole
            low, high = exact, exact
            if mention.hedge == "min":
                high = 1.0
            elif mention.hedge == "max":
                low = 0.0
            elif mention.hedge == "above":
                low, high = (resolved.numerator + 1) / whole, 1.0
            elif mention.hedge == "below":
                low, high = 0.0, (resolved.numerator - 1) / whole
            return Share(round(low, 6), round(min(high, 1.0), 6))
        if mention.form == "vague":
            band = self.bands.of(mention.band or "")
            return _inwards(band.low, band.high, whole) if band else None
        assert mention.share is not None
        low, high = _around(mention.share, mention.hedge, mention.form, self.bands.hedge)
        return _inwards(low, high, whole)


EXACTNESS = {"count": 0, "all_but": 0, "all": 0, "none": 0, "percentage": 1, "fraction": 2, "vague": 3}
DEFAULT_ACTIVITY = {
    "reoffending": "assessment",
    "public": "assessment",
    "child": "assessment",
    "sentence": "delivery",
    "management": "staff",
    "summary": "delivery",
}


def _is_counted_one(doc: Doc, mention: Mention) -> bool:
    """Whether "one" is a number here: in a row of counts, after "only", before "was not"."""
    before = doc[mention.start - 1] if mention.start > 1 else None
    after = doc[mention.end] if mention.end < len(doc) else None
    if mention.hedge or mention.link == "other" or mention.percent:
        return True
    if before is not None and before.lower_ in ("only", "just", "in", "a", "another", "remaining"):
        return True
    starts = before is None or before.tag_ in ("START", "PUNCT", "AND", "CONJ")
    if mention.unit is not None:
        return starts and after is not None and after.tag_ in ("VERB", "PAST")
    return (
        starts
        and after is not None
        and (after.tag_ in ("VERB", "PAST") or after.lower_ in ("that", "in", "where", "which"))
    )


def _around(share: float, hedge: str | None, form: str, reach: float) -> tuple[float, float]:
    """The closed interval of a fraction or percentage with its hedge. Plain percentages are rounded to whole points."""
    if hedge in (None, "exact"):
        return (max(0.0, share - 0.005), min(1.0, share + 0.005)) if form == "percentage" else (share, share)
    if hedge == "over":
        return share, min(1.0, share + reach)
    if hedge == "under":
        return max(0.0, share - reach), share
    if hedge == "about":
        return max(0.0, share - reach / 2), min(1.0, share + reach / 2)
    if hedge in ("above", "min"):
        return share, 1.0
    return 0.0, share


def _inwards(low: float, high: float, whole: int | None) -> Share:
    """With a known denominator, the interval rounded inwards to whole cases, unless none lies in it."""
    if whole:
        first, last = -int(-low * whole // 1), int(high * whole + 1e-9)
        first = -int(-(low * whole - 1e-9) // 1)
        if first <= last:
            low, high = first / whole, last / whole
    return Share(round(low, 6), round(high, 6))
