"""Quoted case examples in a paragraph: which stretches between quotation marks tell of a case."""

from __future__ import annotations

import re

from miner.records import Example, Paragraph

MIN_WORDS = 12
"""A shorter quotation is a scare quote, a heading of a form or somebody's phrase."""

PAIRS = {"“": "”", '"': '"', "‘": "’", "'": "'", "”": "”", "„": "“", "«": "»"}

MARK = re.compile("[“„«\"‘']")

# Before a quotation: somebody other than the inspectors speaks, so it is no example of a case.
SPEAKER = re.compile(
    r"""(?ix) \b (?: young \s (?: person | people | man | men | woman | women ) | boy | girl | child | children | parent | mother | father | carer
    | magistrate | sentencer | judge | bench | case \s manager | practitioner | staff | manager | worker | victim | board | chair | head \s of \s \w+ | policy | protocol
    | guidance | checklist | strategy | leaflet | procedure | form | survey ) s?
    \b (?! [’'] ) [^.“"]{0,60} (?<! was \s ) (?<! were \s ) (?<! is \s ) \b (?: told | said | says | say | put \s it | commented | described | explained | remarked | wrote \s to | reads | read | states | stated | asks | asked ) \b [^.“"]{0,30} $"""
)
INSPECTOR = re.compile(r"(?i)\b(?:inspectors?|we|case|cases|example|noted|recorded|found|account|illustrat\w+)\b")


def find_examples(paragraph: Paragraph) -> tuple[Example, ...]:
    """The case examples of a paragraph, in order, without their quotation marks.

    A displayed paragraph is one example, whole. A quotation that is never closed runs to the
    paragraph's end.
    """
    text = paragraph.text
    if paragraph.displayed:
        start, end = _trimmed(text, 0, len(text))
        return (Example(start, end, text[start:end]),)
    found = []
    for start, end in quotations(text):
        inner = text[start:end]
        lead_in = text[:start].rstrip(" \"'“‘")[-120:]
        if len(inner.split()) < MIN_WORDS or not (inner[:1].isupper() or inner[:1].isdigit() or inner[:1] in "[£…"):
            continue
        clause = re.split(r"[.?!]\s", lead_in)[-1]
        if SPEAKER.search(clause) and not INSPECTOR.search(clause):
            continue
        found.append(Example(start, end, inner))
    return tuple(found)


def quotations(text: str) -> list[tuple[int, int]]:
    """The spans between outermost quotation marks (the marks left out), of any usual kind.

    Apostrophes are told from closing single marks by what follows; a mark that is opened and
    not closed takes the rest of the text, if that is long enough to be a quotation.
    """
    spans = []
    position = 0
    while found := MARK.search(text, position):
        position = found.start()
        if not _opens(text, position):
            position += 1
            continue
        mark = text[position]
        close = _closing(text, position)
        if close is None:
            if mark in '“"' and len(text) - position > 150:
                start, end = _trimmed(text, position + 1, len(text))
                spans.append((start, end))
                break
            position += 1
            continue
        start, end = _trimmed(text, position + 1, close)
        if end > start:
            spans.append((start, end))
        position = close + 1
    return spans


def _opens(text: str, at: int) -> bool:
    mark = text[at]
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark in "“„«":
        return True
    if mark in "\"‘'":
        return (
            (not before or before in " ([–—-:\t")
            and bool(after)
            and not after.isspace()
            and not (mark in "'‘" and _is_elision(text, at))
        )
    return False


def _is_elision(text: str, at: int) -> bool:
    return bool(re.match(r"['‘’](?:s|t|d|m|re|ve|ll|em|til|cause|\d0s)\b", text[at:]))


def _closing(text: str, opened: int) -> int | None:
    """Where the quotation that opens at `opened` closes."""
    mark = text[opened]
    close = PAIRS[mark]
    if mark in "“„«":
        depth = 0
        for at in range(opened + 1, len(text)):
            if text[at] == mark:
                depth += 1
            elif text[at] == close or (mark == "“" and text[at] == '"'):
                if depth == 0:
                    return at
                depth -= 1
        # Opened anew and closed once: the inner mark was an opening one by mistake.
        last = text.rfind(close, opened + 1)
        return last if last > opened else None
    candidates = [
        at
        for at in range(opened + 1, len(text))
        if text[at] in (close, "”" if mark == '"' else close) and _closes(text, at)
    ]
    if mark == '"':
        return candidates[0] if candidates else None
    # Single marks: the first that a sentence's end stands before, else the first before a stop or the end.
    for at in candidates:
        if text[at - 1] in ".?!" or text[at + 1 : at + 2] in (".", ",", ";", ")", ""):
            if text[at - 1] == "s" and text[at + 1 : at + 2] not in (".", ""):
                continue
            return at
    return candidates[0] if candidates and len(text[opened : candidates[0]].split()) <= 6 else None


def _closes(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at + 1 : at + 2]
    return not before.isspace() and (not after or not (after.isalnum() or after in '“"‘'))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in '“"‘'):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in '”"'):
        end -= 1
    return start, end
