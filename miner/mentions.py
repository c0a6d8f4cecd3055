"""Mentions: the quantities that a text states, as the patterns find them, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from spacy.matcher import Matcher

from miner.numerals import to_number
from miner.patterns import GAPPED, HEDGES, NEED_NOUN, OTHER_THINGS, PATTERNS, SINGULAR, UNITS, YOUNG, CountPattern
from miner.tokens import TRIGGERS, Words, fraction_value, row_files


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


def find_mentions(
    doc: Words, soft: dict[int, str], left_out: Sequence[tuple[int, int]] = ()
) -> tuple[list[Mention], list[tuple[int, int, str]]]:
    """All quantities of the text from left to right, none overlapping; and what was matched and left out.

    Nothing is sought within `left_out`, spans of characters.
    """
    names = doc.doc.vocab.strings
    candidates: list[Mention] = []
    dropped: list[tuple[int, int, str]] = []
    for key, start, end in _matches(doc, left_out):
        pattern = BY_NAME[names[key]]
        a, b = start + pattern.left, end - pattern.right
        if any(first < doc[b - 1].end and doc[a].start < last for first, last in left_out):
            continue
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


BEFORE, AFTER = 3, 8
"""How many tokens of a row may stand before its first trigger, and after its last one."""
NEXT = {"not": ("one", "a", "all", "every", "any"), "any": ("of",)}
"""What must follow some triggers for them to be one."""


def _matches(doc: Words, left_out: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """What the matchers find near words that may state a quantity; the rest of the text is not tried."""
    windows: list[list[int]] = []
    for at, (lower, tag) in enumerate(zip(doc.lowers, doc.tags, strict=True)):
        if tag not in TRIGGERS and lower not in TRIGGERS:
            continue
        if left_out and any(a <= doc[at].start < b for a, b in left_out):
            continue
        if lower in NEXT and (at + 1 == len(doc) or doc.lowers[at + 1] not in NEXT[lower]):
            continue
        begin, end = max(0, at - BEFORE), min(len(doc), at + AFTER)
        if windows and begin <= windows[-1][1]:
            windows[-1][1] = end
        else:
            windows.append([begin, end])
    for begin, end in windows:
        found = [
            (key, start + first, stop + first)
            for matcher, stretches in _stretches(doc, begin, end).items()
            for first, last in stretches
            for key, start, stop in matcher(doc.doc[first:last])
        ]
        yield from sorted(found, key=itemgetter(1, 2, 0))


def _stretches(doc: Words, begin: int, end: int) -> dict[Matcher, list[list[int]]]:
    """Where in the words from `begin` to before `end` each matcher may find something: around its telling words."""
    found: dict[Matcher, list[list[int]]] = {}
    by_value = row_files()
    for at in range(begin, end):
        for value in (doc.tags[at], doc.lowers[at]):
            for file in by_value.get(value, ()):
                first, last = max(begin, at - file.before), min(end, at + file.after)
                stretches = found.setdefault(file.matcher, [])
                if stretches and first <= stretches[-1][1]:
                    stretches[-1][1] = last
                else:
                    stretches.append([first, last])
    return found


BY_NAME = {pattern.name: pattern for pattern in PATTERNS}
RANK = {pattern.name: position for position, pattern in enumerate(PATTERNS)}


def _to_mention(doc: Words, soft: dict[int, str], pattern: CountPattern, start: int, end: int) -> Mention | str | None:
    """The match as a mention, widened by noun, share and hedge; a reason (str) where it is no quantity."""
    follows = doc[end] if end < len(doc) else None
    if follows is not None and follows.lower == "of" and doc[end - 1].lower != "of" and pattern.noun != "must":
        return None  # a longer row takes the group in, or it is a part of something else
    unit, noun_end = None, end
    inner_unit = _unit_in(doc, start, end)
    if pattern.noun != "no":
        unit, noun_end = noun_after(doc, end, singular=_is_singular(doc, start, end, pattern))
    if unit is None and inner_unit:
        unit, noun_end = inner_unit, end
    if pattern.noun == "must" and (unit is None or noun_end == end):
        return None
    of_those = doc[end - 1].lower in ("these", "those") and doc[end - 2].lower == "of"
    if unit is None and (pattern.link == "stated" or of_those) and (plural := _plural_after(doc, end)):
        unit, noun_end = "cases", plural
    if pattern.noun == "may" and unit is None and pattern.name not in ("both_of",):
        following = doc[end] if end < len(doc) else None
        if (
            following is not None
            and following.tag in ("WORD", "NUM", "FRAC", "SOFT", "UNIT")
            and following.lower not in ADVERBIAL
            and not (following.lower.endswith("ly") and doc[end + 1 : end + 2] and doc[end + 1].tag in ("VERB", "PAST"))
            and not _is_predicate(doc, end)
            and not _is_next_subject(doc, start, end)
            and not (following.lower == "one" and doc[end + 1 : end + 2] and doc[end + 1].tag in ("VERB", "PAST"))
        ):
            return (
                None
                if pattern.name in ("none_these", "further")
                else f"counts “{following.text}”, no group of cases or people"
            )
        if following is not None and following.tag == "PCT" and pattern.form != "percentage":
            return None
        if following is not None and following.lower == "of" and doc[end - 1].lower != "of":
            return None  # a longer row takes the group in, or it is a part of something else
        if doc[end - 1].lower in ("of", "the", "our", "their", "its", "a") and doc[end - 1].tag != "SOFT":
            return None
    if pattern.form == "vague" and ("SOFT" in (doc[start - 1].tag, doc.text(end, end + 1) and doc[end].tag)):
        return None  # part of a longer soft word
    if (
        pattern.name == "out_of"
        and doc[start - 1].lower in ("but", "bar", "save", "except")
        and (doc[start - 2].lower == "all")
    ):
        return None  # "all but one concerned boys of 16"
    if _holds_other_noun(doc, start, end):
        return "counts something else"
    mention = Mention(start, max(end, noun_end), pattern, unit=unit, form=pattern.form, link=pattern.link, core_end=end)
    problem = _read_numbers(doc, soft, mention)
    if problem:
        return problem
    if mention.form == "all_but" and doc[mention.core_end - 1].lower in ("them", "these", "those", "whom", "which"):
        mention.link = "these"
    if pattern.name in ("with_clause", "with_clause_in") and doc[start - 1].lower in (
        "included",
        "including",
        "includes",
        "include",
    ):
        mention.link = "these"
    _widen(doc, mention)
    mention.definite = any(
        doc[i].lower in ("the", "our", "these", "those") for i in range(start, min(mention.end, noun_end))
    )
    mention.restrictor = _restrictor(doc, mention)
    return mention


def _holds_other_noun(doc: Words, start: int, end: int) -> bool:
    """Whether a noun that is not counted stands between two numbers: "three days out of five"."""
    for at in range(start + 1, end):
        if doc[at].lower in ("times", "occasions"):
            return False
        if doc[at].tag == "NUM" or doc[at].lower in ("out", "of", "from", "in", "(", "but"):
            return False
        if doc[at].tag == "WORD" and doc[at - 1].tag == "NUM":
            run = at
            while run < end and doc[run].tag in ("WORD", "PAST", "AND", "UNIT"):
                if doc[run].tag == "UNIT":
                    return False
                run += 1
            return any(doc[k].tag == "NUM" for k in range(run, end))
    return False


ADVERBIAL = frozenset(
    [
        "later",
        "earlier",
        "since",
        "once",
        "twice",
        "again",
        "a",
        "an",
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
        "nothing",
        "nobody",
        "everything",
        "everyone",
        "neither",
        "planning",
        "no",
        "work",
        "contact",
    ]
)
"""Words that may follow a bare quantity without being what it counts."""


ADJECTIVE = re.compile(r"\w{2,}(?:ible|able|ful|less|ous|ive|ory)")


def _is_predicate(doc: Words, at: int) -> bool:
    """Whether the word at `at` says what a quantity is like, and begins no noun: "the other two impossible to trace"."""
    word = doc[at].lower
    if doc.text(at + 1, at + 2).lower() == "than" or (word.endswith("ing") and doc.text(at + 1, at + 2) in THE_WORDS):
        return True
    if word not in GAPPED and not ADJECTIVE.fullmatch(word):
        return False
    return doc.text(at + 1, at + 2).lower() in ("to", "in", "for", "and", "or", "but", "as") or (
        at + 1 < len(doc) and doc[at + 1].tag == "PUNCT"
    )


THE_WORDS = frozenset({"the", "a", "an", "our", "their", "its", "that", "to", "no", "any", "only"})
"""What may follow a participle that says what a quantity does: "with 21 out of 38 reaching the standard"."""


def _is_next_subject(doc: Words, start: int, end: int) -> bool:
    """Whether the words after a quantity are the subject of its clause: "in the remaining eight life had moved on"."""
    if doc[start - 1].lower not in ("in", "for", "with") or doc[start - 2].tag not in ("START", "PUNCT", "AND", "CONJ"):
        return False
    at = end
    while at < len(doc) and at < end + 3 and doc[at].tag == "WORD" and doc[at].lower not in TIME_WORDS:
        at += 1
    return end < at < len(doc) and doc[at].tag == "VERB"


def _plural_after(doc: Words, at: int) -> int | None:
    """The end of a plural noun that no list holds, after "two of the nine": "warnings", "foster placements"."""
    for end in (at + 1, at + 2):
        noun = doc[end - 1] if end <= len(doc) else None
        if noun is None or noun.tag != "WORD" or noun.lower in TIME_WORDS or noun.lower in OTHER_THINGS:
            return None
        if PLURAL.search(noun.lower):
            return end
    return None


PLURAL = re.compile(r"(?:[a-z]{3,}[^isu]s|men)$")


def _is_adjective(doc: Words, at: int) -> bool:
    """Whether a word in -ed stands before its noun: "two missed appointments", "four seconded officers"."""
    after = doc[at + 1] if at + 1 < len(doc) else None
    return (
        after is not None and after.tag == "WORD" and not after.lower.endswith("ly") and not _is_predicate(doc, at + 1)
    )


def _is_singular(doc: Words, start: int, end: int, pattern: CountPattern) -> bool:
    words = [token.lower for token in doc[start:end]]
    last = words[-1]
    return last in ("every", "each", "no", "neither", "single", "one", "1", "either", "any")


def _unit_in(doc: Words, start: int, end: int) -> str | None:
    """The counted noun inside a match ("eight cases out of 14")."""
    for at in range(start, end):
        if doc[at].tag == "UNIT":
            return unit_of(doc, at)
    return None


OTHERS_STAFF = frozenset(["police", "probation", "social", "prison", "court"])
"""Before "officers" or "workers" these make staff of other organisations."""


def unit_of(doc: Words, at: int) -> str:
    """What the noun at this token counts; "case managers" are staff, "young people" children."""
    word = doc[at].lower
    if word in YOUNG and word not in UNITS:
        return "children"
    counted = UNITS[word]
    before = doc[at - 1].lower if at else ""
    if counted == "managers" and before in ("case", "cases"):
        return "staff"
    if (
        counted == "cases"
        and word.startswith("case")
        and doc.text(at + 1, at + 2).lower().startswith(("manager", "worker", "holder"))
    ):
        return "staff"
    return counted


def noun_after(doc: Words, at: int, *, singular: bool) -> tuple[str | None, int]:
    """(counted, end) of the noun phrase that begins at token `at`; (None, at) where it counts something else."""
    position, seen = at, 0
    found: tuple[str, int] | None = None
    while position < len(doc) and seen < 6:
        token = doc[position]
        if token.tag == "UNIT":
            word = token.lower
            if UNITS.get(word) == "staff" and doc[position - 1].lower in OTHERS_STAFF:
                break
            if doc.text(position + 1, position + 2) in ("’s", "'s", "’", "'"):
                break  # "the victims' views"
            following = doc[position + 1] if position + 1 < len(doc) else None
            modifies = (
                word in SINGULAR and word != "staff" and following is not None and following.tag in ("WORD", "UNIT")
            )
            if modifies and not (
                singular and following is not None and following.tag == "WORD" and not _leads_to_unit(doc, position + 1)
            ):
                position += 1
                seen += 1
                continue
            if word in SINGULAR and not singular and word not in ("family", "team", "workforce"):
                break
            found = unit_of(doc, position), position + 1
            # "children and young people", "parents or carers"
            if following is not None and following.lower in ("and", "or", "/") and found:
                unit, end = _single_noun(doc, position + 2)
                same = {"children", "parents"} >= {unit, found[0]} or unit == found[0]
                if unit and same:
                    found = found[0], end
            break
        if token.lower in TIME_WORDS and not seen:
            break
        if token.tag == "PAST" and not seen and _is_verb(doc, position):
            break
        if (
            token.tag == "WORD"
            or (token.tag == "PAST" and _leads_to_unit(doc, position + 1))
            or (
                token.lower in ("and", "or", "very", "further", "such", "other", ",")
                and seen
                and _leads_to_unit(doc, position + 1)
            )
        ):
            position += 1
            seen += 1
            continue
        break
    return found if found else (None, at)


def _is_verb(doc: Words, at: int) -> bool:
    """Whether a word in -ed after a number is its verb: "all but one concerned boys", not "six completed plans were"."""
    for position in range(at + 1, min(at + 4, len(doc))):
        if doc[position].tag == "UNIT":
            after = doc[position + 1] if position + 1 < len(doc) else None
            return doc[at - 1].lower == "one" or after is None or after.tag not in ("VERB", "PAST")
    return True


def _single_noun(doc: Words, at: int) -> tuple[str | None, int]:
    for position in range(at, min(at + 3, len(doc))):
        if doc[position].tag == "UNIT":
            return unit_of(doc, position), position + 1
        if doc[position].tag not in ("WORD", "DET"):
            break
    return None, at


def _leads_to_unit(doc: Words, at: int) -> bool:
    for position in range(at, min(at + 4, len(doc))):
        if doc[position].tag == "UNIT":
            return True
        if doc[position].tag not in ("WORD", "PAST"):
            return False
    return False


def _read_numbers(doc: Words, soft: dict[int, str], mention: Mention) -> str | None:
    """Fills in what the words state; a reason where they state no quantity."""
    tokens = list(doc[mention.start : mention.core_end])
    numbers: list[int] = []
    for token in tokens:
        if token.tag != "NUM":
            continue
        value = to_number(token.lower)
        following = doc[token.i + 1] if token.i + 1 < len(doc) else None
        if token.lower == "one" and token.i and doc[token.i - 1].lower in ("every", "each", "not", "single"):
            continue
        if value is None:
            if following is not None and following.tag == "PCT":
                mention.percent, mention.share = round(float(token.text)), float(token.text) / 100
            continue
        if following is not None and following.tag == "PCT":
            mention.percent = value
        else:
            numbers.append(value)
    form = mention.form
    if form == "vague":
        mention.band = next(soft[token.i] for token in tokens if token.i in soft)
        mention.m = numbers[-1] if numbers else None
        if mention.band in NEED_NOUN and mention.unit is None:
            return "a soft word without a counted noun"
        if mention.unit is None and doc[mention.start - 1].tag == "VERB" and tokens[-1].tag == "SOFT":
            return "an adverb, no quantity"
        words = " ".join(token.lower for token in tokens if token.tag == "SOFT")
        if mention.unit is None and words.endswith((" no", " any")) and tokens[-1].tag == "SOFT":
            return "a soft word without a counted noun"
        if mention.unit is None and words in ("few", "most", "a few", "the few") and tokens[-1].tag == "SOFT":
            following = doc[mention.end] if mention.end < len(doc) else None
            before = doc[mention.start - 1].tag if mention.start else "START"
            starts = before in ("START", "PUNCT", "AND", "CONJ") or doc[mention.start - 1].lower in (
                "in",
                "for",
                "only",
                "though",
                "that",
                "very",
            )
            if following is None or not starts or following.tag not in ("VERB", "PUNCT", "ADV", "DET", "PRON"):
                return "a soft word without a counted noun"
    elif form == "percentage":
        if mention.percent is None or mention.percent > 100:
            return "no share"
        mention.share = mention.share or mention.percent / 100
        mention.m = numbers[-1] if numbers else None
        if mention.unit is None and doc[mention.core_end - 1].lower == "of":
            return "a percentage of something else"
    elif form == "fraction":
        if mention.pattern.name == "in_every":
            if (
                numbers[0] == 1
                and doc[mention.start - 1].tag in ("WORD", "PAST", "VERB")
                and doc[mention.start + 1].lower == "in"
            ):
                return "“one” stands for what was named: “found one in 15”"
            if len(numbers) < 2 or not 0 < numbers[0] < numbers[1] <= 99:
                return "no fraction"
            if numbers[1] > 10 and numbers[1] != 20:  # "nine case managers in 14" is a count
                mention.form, mention.link = "count", "stated"
                mention.n, mention.m = numbers[0], numbers[1]
                return _trap(doc, mention)
            mention.share = numbers[0] / numbers[1]
        else:
            parts = fraction_value([token.lower for token in tokens])
            if parts is None or parts[0] >= parts[1]:
                return "an ordinal, no fraction"
            mention.share = parts[0] / parts[1]
            rest = numbers[1:] if tokens[0].tag == "NUM" and len(tokens) > 1 and tokens[1].tag == "FRAC" else numbers
            if (
                tokens[0].tag == "NUM"
                and tokens[-1].lower in ("quarters", "halves", "thirds")
                and parts[0] not in (1, 2, 3)
            ) or (parts[0] == 2 and parts[1] in (2, 4)):
                return "no fraction"
            rest = [n for n in rest if tokens[0].lower not in ("one",) or n != 1]
            mention.m = rest[-1] if rest else None
            if mention.unit is None and mention.m is None:
                following = doc[mention.end] if mention.end < len(doc) else None
                if [token.lower for token in doc[mention.end : mention.end + 3]] == ["to", "the", "next"]:
                    return "a length of time, no fraction"
                if following is not None and following.tag == "PAST" and doc[mention.start - 1].tag == "VERB":
                    return "an adverb, no quantity"
                if following is not None and following.tag in ("DET", "ART"):
                    return "half of something else"
                if doc[mention.start - 1].lower in ("by", "and", "or", "to") and doc[mention.start - 2].tag != "PUNCT":
                    return "no share of a group"
                if following is not None and following.tag in ("WORD", "NUM"):
                    return f"a fraction of “{following.text}”"
                if doc[mention.core_end - 1].lower in ("of", "an", "the"):
                    return "a fraction of something else"
                before = doc[mention.start - 1].lower
                if tokens[0].lower in ("third", "quarter", "quarters", "thirds", "fifth", "tenth") or before in (
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
        if mention.pattern.name == "not_any":
            sentence = doc.text(max(1, mention.start - 25), mention.start).lower()
            if not re.search(
                r"\b(?:not|never|nor|no|nobody|without|hardly)\b|n[’']t\b", re.split(r"[.;?!]", sentence)[-1]
            ):
                return "“any” without a negation"
            mention.m = numbers[-1] if numbers else None
        if tokens[0].lower in ("none", "neither") and mention.unit is None:
            preceding = doc[mention.start - 1]
            after = [token.lower for token in doc[mention.end : mention.end + 2]]
            if (
                preceding.tag == "VERB"
                or (
                    preceding.lower == "in"
                    and doc[mention.start - 2].lower in ("was", "were")
                    and mention.end > mention.start + 1
                )
                or (after[:1] == ["in"] and len(after) > 1 and to_number(after[1]) is not None)
            ):
                return "“none” as an object: the number before it counts"
        if mention.pattern.name == "none_stated":
            mention.m = numbers[-1] if numbers else None
        elif mention.pattern.name == "not_any":
            pass
        elif tokens[0].lower == "neither":
            mention.m = 2
        if mention.pattern.name == "none_noun" and tokens[0].lower == "no" and not _is_subject(doc, mention):
            return "“no” with a noun that is not counted"
    elif form == "all_but":
        if not numbers:
            numbers = [1] if any(token.lower in ("single", "sole", "solitary", "lone") for token in tokens) else []
        if not numbers:
            return "no number excepted"
        mention.n = numbers[0]  # how many are excepted; turned round when the group is known
        if mention.link == "stated":
            first_all = [token.lower for token in tokens].index("all") if "all" in [t.lower for t in tokens] else 0
            all_first = (
                any(token.tag == "NUM" for token in tokens[first_all + 1 : first_all + 4])
                and tokens[-1].tag == "NUM"
                and any(
                    token.lower in ("but", "except", "bar", "save", "excepting", "excluding")
                    for token in tokens[first_all + 2 :]
                )
                and tokens[first_all + 1].lower not in ("but", "except", "bar", "save", "excepting", "excluding")
            )
            all_first = all_first or tokens[0].lower in ("every", "each")
            mention.m, mention.n = (numbers[0], numbers[-1]) if all_first else (numbers[-1], numbers[0])
    else:
        if not numbers:
            return "no number"
        mention.n = numbers[0]
        if mention.link == "stated":
            if len(numbers) < 2:
                return None
            mention.m = numbers[-1]
    return _trap(doc, mention)


def _is_subject(doc: Words, mention: Mention) -> bool:
    """Whether "no case", "no child" opens its clause or follows "in": then it counts."""
    before = doc[mention.start - 1]
    after = doc[mention.end] if mention.end < len(doc) else None
    if before.lower in ("in", "for"):
        return mention.unit in ("cases", "children")
    opens = before.tag in ("START", "PUNCT", "AND", "CONJ") and before.text not in (",", "(")
    return opens and after is not None and (after.tag in ("VERB", "PAST") or after.lower in ("in", "of", "who", "that"))


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
ORDINALS = frozenset(["second", "third", "fourth", "fifth", "first", "eldest", "youngest", "oldest", "middle", "last"])
MODALS = frozenset(
    [
        "might",
        "would",
        "could",
        "should",
        "can",
        "may",
        "must",
        "hopes",
        "expects",
        "is",
        "sees",
        "finds",
        "wonders",
        "feels",
    ]
)
MONTH = re.compile(
    r"(?i)jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)


def _trap(doc: Words, mention: Mention) -> str | None:
    """Why a number is a date, an age, a level or the like; None where it is not."""
    first = next((token for token in doc[mention.start : mention.end] if token.tag == "NUM"), None)
    if first is None:
        return None
    before = doc[first.i - 1] if first.i else None
    after = doc[mention.core_end] if mention.core_end < len(doc) else None
    value = to_number(first.lower) or 0
    if value >= 1000 and mention.form != "percentage":
        return "a year or a large number"
    if (
        before is not None
        and (before.lower in LABELS or MONTH.fullmatch(before.text))
        and not (before.lower == "under" and mention.m)
    ):
        return f"a number of “{before.text}”"
    if after is not None and (MONTH.fullmatch(after.text) and after.text[0].isupper() and mention.unit is None):
        return "a date"
    if (
        before is not None
        and before.lower == "of"
        and mention.m is None
        and mention.unit is None
        and 8 <= value <= 21
        and (UNITS.get(doc[first.i - 2].lower) == "children" or doc[first.i - 2].lower in YOUNG)
    ):
        return "an age"
    if (
        before is not None
        and before.lower == "from"
        and after is not None
        and after.lower == "to"
        and (doc[after.i + 1].tag == "NUM")
    ):
        return "a range"
    if before is not None and before.lower == "of" and doc[first.i - 2].lower in ORDINALS and mention.m is None:
        return "a place in a row"
    if value == 1 and (
        mention.pattern.name == "definite" or (first.i > 1 and doc[first.i - 1].lower in ("full", "mere"))
    ):
        return "“one” as a pronoun"
    if value == 1 and mention.unit is None and before is not None and before.lower in ("where", "when", "if", "unless"):
        return "“one” as a pronoun"
    if (
        value == 1
        and mention.unit is None
        and after is not None
        and after.lower in MODALS
        and not (
            before is not None
            and before.tag in ("PUNCT", "AND", "CONJ")
            and not {"have", "not"}.isdisjoint(token.lower for token in doc[after.i + 1 : after.i + 3])
        )
    ):
        return "“one” as a pronoun"
    if before is not None and before.lower == "to" and "NUM" in (t.tag for t in doc[max(1, first.i - 4) : first.i - 1]):
        return "a range"
    if before is not None and before.lower in ("£", "$", "€"):
        return "a sum of money"
    if (
        after is not None
        and mention.unit is None
        and after.text in ("-", "–")
        and mention.core_end + 1 < len(doc)
        and doc[mention.core_end + 1].tag == "NUM"
    ):
        return "a range"
    if (
        before is not None
        and before.text in ("-", "–", ".", "/")
        and doc[first.i - 1].end == first.start
        and first.i > 1
        and doc[first.i - 2].tag == "NUM"
    ):
        return "part of another number"
    if before is not None and before.tag == "NUM" and mention.unit is None:
        return "part of another number"
    words = [token.lower for token in doc[first.i + 1 : first.i + 4]]
    if mention.unit is None and words[:2] in (["or", "more"], ["or", "fewer"], ["or", "less"], ["and", "a"]):
        return "a bound of something else"
    if words[:1] == ["or"] and doc[first.i + 2 : first.i + 3] and doc[first.i + 2].tag == "NUM":
        return "one number or another"
    if (
        before is not None
        and before.lower == "or"
        and first.i > 3
        and (doc[first.i - 2].tag == "NUM" or doc[first.i - 3].lower in ("a", "an"))
    ):
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
        and doc[first.i + 1].lower in ("year", "years", "-year-old", "year-old")
    ):
        return "an age"
    if (
        first.i + 1 < len(doc)
        and doc[first.i + 1].lower in TIME_WORDS | {"month-long", "year-old", "mile", "miles"}
        and mention.pattern.name == "units"
    ):
        return f"counts {doc[first.i + 1].text}"
    return None


# Hedges by their last word, the longest first.
HEDGES_BY_LAST: dict[str, list[tuple[list[str], str]]] = {}
for _words, _kind in sorted(HEDGES, key=lambda row: -len(row[0].split())):
    HEDGES_BY_LAST.setdefault(_words.split()[-1], []).append((_words.split(), _kind))


def _widen(doc: Words, mention: Mention) -> None:
    """Takes a hedge before the quantity and a share after it into the cue."""
    lowers = [token.lower for token in doc[max(0, mention.start - 6) : mention.start]]
    if mention.form in ("count", "fraction", "percentage", "all_but"):
        for words, kind in HEDGES_BY_LAST.get(lowers[-1] if lowers else "", ()):
            if lowers[-len(words) :] == words:
                if mention.form == "all_but":
                    break
                mention.hedge = kind
                mention.start -= len(words)
                break
    end = mention.end
    if mention.form in ("fraction", "percentage", "vague") and [
        t.tag if t.tag == "NUM" else t.text for t in doc[end : end + 3]
    ] == ["(", "NUM", ")"]:
        mention.n, mention.form, mention.end = to_number(doc[end + 1].lower), "count", end + 3
        return
    tail = [token.tag if token.tag in ("NUM", "PCT") else token.text for token in doc[end : end + 5]]
    for shape in (
        ["(", "NUM", "PCT", ")"],
        [",", "or", "NUM", "PCT"],
        ["–", "NUM", "PCT"],
        [",", "NUM", "PCT", ","],
        ["or", "NUM", "PCT"],
    ):
        if tail[: len(shape)] == shape and mention.form != "percentage":
            mention.percent = next(to_number(token.lower) for token in doc[end : end + 5] if token.tag == "NUM")
            mention.end = end + len(shape) - (1 if shape[-1] == "," else 0)
            break


INSPECTED = re.compile(
    r"(?:that |which |whom |whose cases )?(?:we|i|our inspectors|inspectors|the inspectors) (?:have |had )?(?:read|reviewed|examined|inspected|saw|looked at|assessed|considered|sampled|visited|screened|studied|selected)|"
    r"(?:in|from|of|within|across) (?:our|the|this) (?:whole |entire |full |inspected |inspection )?sample|sampled|inspected|examined|reviewed by (?:us|inspectors)|under inspection|in the inspection"
)


FINITE = frozenset(["was", "were", "had", "did", "is", "are", "has", "does"])


def _restrictor(doc: Words, mention: Mention) -> tuple[int, int]:
    """Token span of the phrase that narrows the counted noun: "in which there was a victim"."""
    start = mention.end
    if start >= len(doc):
        return start, start
    token = doc[start]
    words = [t.lower for t in doc[start : start + 3]]
    ahead = doc[start : start + 10]
    inspected = INSPECTED.match(doc.text(start, start + 10).lower())
    if inspected:
        return start, next((t.i for t in ahead if t.start - token.start >= inspected.end()), start + len(ahead))
    opens = token.lower in (
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
    ) or (
        words[:1] in (["in"], ["for"], ["to"], ["of"], ["on"], ["about"])
        and words[1:2] in (["which"], ["whom"], ["whose"])
    )
    if not opens:
        return start, start
    end, verbs = start, 0
    subject_relative = token.lower in ("who", "that", "which")
    while end < len(doc):
        here = doc[end]
        if here.text in (",", ";", ".", ":", "(", "?", "!", "—"):
            break
        noun = here.lower in ("need", "needs") and doc[end - 1].tag in ("DET", "ART", "WORD", "PREP")
        goes_on = doc[end - 1].tag == "VERB" or (doc[end - 1].tag == "ADV" and here.lower not in FINITE)
        if here.tag == "VERB" and not noun and end > start and not goes_on:
            verbs += 1
            if verbs == 2 and (
                subject_relative
                or token.lower
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
                and token.lower
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


# --- groups and their parts -----------------------------------------------------------


def take_fronted_groups(
    doc: Words, mentions: list[Mention], sentences: list[tuple[int, int]]
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
        if is_fronted(doc, mention, a) and (
            mention.start <= a + 3 or any(mention.end <= m.start < b for m in mentions)
        ):
            groups.append(mention)  # where nothing follows, the group alone says nothing
            continue
        these = _fronted_these(
            doc, mention, max([a, *(other.end for other in findings if other.end <= mention.start)]), a
        )
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
                end = max(group.end, group.restrictor[1])
                comma = next((at for at in range(end, min(end + 12, mention.start)) if doc[at].text == ","), end)
                mention.group_span = group.start, comma
                if first:
                    mention.cue_start = group.start
        elif not here and mention.unit is None and (unit := _fronted_unit(doc, a, mention.start)):
            mention.unit = unit
        elif these and mention.m is None and mention.link in ("bare", "noun") and mention.unit is None:
            mention.link = "these"
        findings.append(mention)
    return findings, groups


def find_partitions(
    mentions: Sequence[Mention], sample: int | None, sentences: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """For counts in a row that name no group: the size named before them that they add up to.

    To the whole sample they must add up within one sentence: "Ten needed a review. Ten were good."

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

    def is_of_sample(mention: Mention) -> bool:
        return mention.unit in (None, "cases", "children")

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
            together = any(a <= mentions[first].start and mentions[last].start < b for a, b in sentences)
            for size, part in sizes.items():
                if size == sample and not (
                    all(map(is_of_sample, mentions[first : last + 1]))
                    and (first == 0 or part or before is None or whole == sample)
                    and not _is_chain([mention.n or 0 for mention in mentions[first : last + 1]])
                ):
                    continue
                # To the whole sample, over several sentences, three parts or more: two might do so by chance.
                if (
                    total + part == size
                    and (last > first or part)
                    and (together or part or size != sample or last > first + 1)
                ):
                    best = last, size
            last += 1
        if best:
            found.update(dict.fromkeys(range(first, best[0] + 1), best[1]))
    return found


def _fronted_unit(doc: Words, sentence: int, end: int) -> str | None:
    """What a sentence that opens with it counts: "Of the victims who had asked, most ..."."""
    if doc[sentence].lower not in ("of", "among", "amongst") or doc[sentence + 1].lower not in ("the", "all", "those"):
        return None
    unit = None
    for at in range(sentence + 2, end):
        if doc[at].text == ",":
            return unit
        if doc[at].tag == "NUM":
            return None
        if doc[at].tag == "UNIT" and unit is None and doc[at].lower not in SINGULAR:
            unit = unit_of(doc, at)
    return None


def _is_chain(numbers: Sequence[int]) -> bool:
    """Whether numbers that follow one of them add up to it, or none is above the one before: not parts side by side."""
    return any(
        sum(numbers[at + 1 : end]) == number
        for at, number in enumerate(numbers)
        for end in range(at + 3, len(numbers) + 1)
    )


def is_fronted(doc: Words, mention: Mention, sentence: int) -> bool:
    """Whether a count only names the group of a following one: "Of the 22 cases, ..."."""
    if mention.form != "count" or mention.m is not None or mention.link not in ("bare", "other"):
        return False
    at = mention.start - 1
    while at > sentence and doc[at].lower in ("the", "these", "those", "our", "all", "remaining", "other"):
        at -= 1
    if doc[at].lower not in ("of", "among", "amongst", "from"):
        return False
    before = doc[at - 1] if at > sentence else None
    return before is None or before.tag in ("PUNCT", "AND", "CONJ", "START") or (before.lower == "out")


def _fronted_these(doc: Words, mention: Mention, begin: int, sentence: int) -> bool:
    """Whether "Of these," or "of which" stands before the mention, and no other quantity between them."""
    for at in range(mention.start - 1, begin - 1, -1):
        if doc[at].text == ";":
            return False
        words = [token.lower for token in doc[at : at + 2]]
        if words[0] in ("of", "among", "amongst") and words[1] in ("these", "those", "them", "which", "whom"):
            return at == sentence or doc[at - 1].tag in ("PUNCT", "AND", "CONJ")
    return False
