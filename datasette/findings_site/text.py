"""Words of the site: names for the vocabulary, dates and shares as people write them, marks in text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

SECTIONS = {
    "introduction": "Introduction",
    "context": "Context",
    "summary": "Summary",
    "reoffending": "Reducing the likelihood of reoffending",
    "public": "Protecting the public",
    "child": "Protecting the child or young person",
    "sentence": "Ensuring that the sentence is served",
    "management": "Operational management",
    "strengths": "Strengths",
    "improvements": "Areas for improvement",
    "closing": "Closing",
}
ACTIVITIES = {
    "report": "Reports",
    "assessment": "Assessment",
    "classification": "Classification",
    "planning": "Planning",
    "review": "Review",
    "delivery": "Delivery",
    "victims": "Victims",
    "oversight": "Management oversight",
    "staff": "Staff",
    "diversity": "Diversity",
    "engagement": "Engagement",
    "health": "Health",
    "education": "Education",
    "compliance": "Compliance",
    "enforcement": "Enforcement",
    "partnership": "Partnership",
    "guidance": "Guidance",
}
SENSES = {"met": "Met the standard", "not_met": "Did not meet it", "neutral": "No judgement"}
TONES = {"strength": "Good practice", "shortfall": "Shortfall", "mixed": "Mixed"}
FORMS = {
    "count": "a count",
    "all_but": "“all but”",
    "all": "“all”",
    "none": "“none”",
    "fraction": "a fraction",
    "percentage": "a percentage",
    "vague": "a soft word",
}
DENOMINATORS = {
    "stated": "printed in the phrase",
    "antecedent": "taken from an earlier quantity that the phrase refers back to",
    "sample": "the whole inspected sample",
}
SOURCES = {"pdf": "PDF with its text", "ocr": "scan, its text recognised", "text": "plain text"}
STATUSES = {
    "current": "the one shown here",
    "duplicate": "the same words in another file",
    "replaced": "replaced by a corrected issue",
}

NO_ROW = "There is no such row. Numbers of rows change with each build of the database."
# What Datasette says where its own part of the site has no such page.
PLAIN_ERRORS = {
    "404": "No page has this address.",
    "Database not found": "No page has this address.",
    "Table not found": "There is no table of that name.",
    "Record not found": NO_ROW,
    "Row not found": NO_ROW,  # Datasette 1.0
}

MARK_START, MARK_END = "\x02", "\x03"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def plain(value: object) -> str:
    """Text without control characters and without marks that turn the reading direction."""
    return _UNPRINTABLE.sub("", str(value))


def printable(value: Any) -> Any:
    """As `plain`, for whatever a template puts out: markup stays markup, what is no text stays as it is."""
    if isinstance(value, str) and _UNPRINTABLE.search(value):
        return type(value)(_UNPRINTABLE.sub("", value))
    return value


def plain_error(error: Any) -> Any:
    """As people say it; what is not known stays as it is."""
    return PLAIN_ERRORS.get(str(error), error)


def typed_sql(error: object) -> str:
    """The query that Datasette stopped: it hands it on as a text area, with a style and script of its own."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", str(error), re.S) if isinstance(error, Markup) else None
    return Markup(found[1]).unescape() if found else ""


def long_date(value: str | None) -> str:
    """11 March 2014; what is no date stays as it is."""
    try:
        date = datetime.date.fromisoformat(value or "")
    except ValueError:
        return value or ""
    return f"{date.day} {date:%B %Y}"


def number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def whole(typed: str | None) -> int:
    """A whole number below 100,000 as typed; 0 for whatever is none. ("²" is a digit, but no number.)"""
    typed = typed or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def percent(share: float | None) -> str:
    """A share as a whole per cent; never rounded to 0 or 100 unless it is."""
    if share is None:
        return ""
    value = round(share * 100)
    if value == 100 and share < 1:
        value = 99
    if value == 0 and share > 0:
        value = 1
    return f"{value}%"


def share_range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return percent(low) if abs(high - low) < 0.005 else f"{percent(low)[:-1]}–{percent(high)}"


def criterion_name(criterion: str) -> str:
    """Reducing the likelihood of reoffending: review."""
    section, _, activity = criterion.partition(".")
    if not activity:
        return f"{ACTIVITIES.get(section, section)}, all sections"
    return f"{SECTIONS.get(section, section)}: {ACTIVITIES.get(activity, activity).lower()}"


def criterion_order(criterion: str) -> tuple[int, str]:
    """Criteria in the order of a letter's sections."""
    section, _, activity = criterion.partition(".")
    order = list(SECTIONS)
    return order.index(section) if section in order else len(order), activity


def reading(finding: dict[str, object]) -> str:
    """What a finding states, in figures: "11 of 13 met", "2 of 13 not met", "50–96% met", "9 of 20"."""
    low, high, denominator = finding["share_low"], finding["share_high"], finding["denominator"]
    word = {"met": " met", "not_met": " not met"}.get(str(finding["sense"]), "")
    if not isinstance(low, float | int) or not isinstance(high, float | int):
        return "size not stated" if finding["numerator"] is None else f"{finding['numerator']} of an unknown number"
    if isinstance(denominator, int) and low == high:
        cases = low * denominator
        if abs(cases - round(cases)) < 0.01:
            return f"{round(cases)} of {denominator}{word}"
    if low == high and low in (0.0, 1.0):
        return {0.0: "none", 1.0: "all"}[low] + (" fell short" if not low and word == " not met" else word)
    return f"{share_range(low, high)}{word}"


CUE_AT = "{finding}.start - instr({paragraph}.text, {finding}.sentence) + 1 as cue_at"
"""SQL: where in its sentence the words stand that state a finding's quantity."""


def colour(finding: dict[str, object]) -> str:
    """What a finding's mark says at a glance: its sense, turned round where it is said of none."""
    sense, low, high = str(finding["sense"]), finding["met_low"], finding["met_high"]
    if sense == "not_met" and low == high == 1.0:
        return "met"
    if sense == "met" and low == high == 0.0:
        return "not_met"
    return sense


def is_soft(finding: dict[str, object]) -> bool:
    return finding["share_low"] is not None and finding["share_low"] != finding["share_high"]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, to be wrapped in `opening` and `closing`. The anchor goes
    into the first piece only. Spans of a higher `depth` stand inside those of a lower one."""

    start: int
    end: int
    depth: int
    opening: str
    closing: str
    anchor: str = ""


def with_spans(text: str, spans: Iterable[Span]) -> Markup:
    """The text, escaped, with its spans wrapped; overlapping ones are cut where another begins or ends."""
    spans = sorted((span for span in spans if 0 <= span.start < span.end <= len(text)), key=lambda span: span.depth)
    cuts = sorted({0, len(text), *(span.start for span in spans), *(span.end for span in spans)})
    parts = []
    for start, end in pairwise(cuts):
        over = [span for span in spans if span.start <= start and span.end >= end]
        for span in over:
            parts.append(span.opening.replace("{anchor}", span.anchor if span.start == start else ""))
        parts.append(str(escape(plain(text[start:end]))))
        parts.extend(span.closing for span in reversed(over))
    return Markup("".join(parts))


def marked(text: str) -> Markup:
    """SQLite's highlighting as HTML: escaped first, then `<mark>` put in."""
    pieces = text.split(MARK_START)
    out = [str(escape(plain(pieces[0])))]
    for piece in pieces[1:]:
        inside, found, after = piece.partition(MARK_END)
        out.append(
            f"<mark>{escape(plain(inside))}</mark>{escape(plain(after))}" if found else str(escape(plain(inside)))
        )
    return Markup("".join(out))


def with_cue(finding: dict[str, Any], shown: str) -> Markup:
    """A finding's sentence, perhaps highlighted, with the words marked that state its quantity."""
    sentence = shown.replace(MARK_START, "").replace(MARK_END, "")
    start, cue = finding["cue_at"], str(finding["cue"])
    if not isinstance(start, int) or start < 0 or sentence[start : start + len(cue)] != cue:
        return marked(shown)
    spans = [Span(*span, 3, "<mark>", "</mark>") for span in match_spans(sentence, shown)]
    opening = f'<span class="finding {escape(colour(finding))}">'
    return with_spans(sentence, [*spans, Span(start, start + len(cue), 2, opening, "</span>")])


def match_spans(text: str, highlighted: str) -> list[tuple[int, int]]:
    """Where SQLite put its marks, as offsets into the text as it is stored."""
    spans, start, position = [], None, 0
    for character in highlighted:
        if position < len(text) and text[position] == character and character not in (MARK_START, MARK_END):
            position += 1
        elif character == MARK_START:
            start = position
        elif character == MARK_END and start is not None:
            spans.append((start, position))
            start = None
        else:
            return []
    return spans
