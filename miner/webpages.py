"""A web page -> its title, its date of publication and its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from miner.places import Place

SQS = re.compile(r"(?i)short[\s_-]+quality[\s_-]+screening|\bsqs\b")
MAX_ELEMENTS = 30_000
"""More than a page has. Parsing nested elements takes time by the square of their number."""


class Link(NamedTuple):
    address: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is taken from a web page. Links are absolute."""

    title: str = ""
    date: str = ""
    reports: tuple[Link, ...] = ()
    letters: tuple[Link, ...] = ()
    following: tuple[Link, ...] = ()


MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WRITTEN_DATE = re.compile(rf"(?i)\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(MONTHS)})\s+(\d{{4}})\b")
NUMBER_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})|\b(\d{2})/(\d{2})/(\d{4})\b")
NEXT = re.compile(r"(?i)^\W*(?:next|next page|older (?:posts|entries))\W*$|^[»›→]$")
PAGE_NUMBER = ("paged", "page", "pg", "p")


def read_date(text: str) -> str:
    """The first date in a text, ISO, or empty."""
    if match := WRITTEN_DATE.search(text):
        year, month, day = int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1])
    elif match := NUMBER_DATE.search(text):
        year, month, day = (int(n) for n in (match[1] or match[6], match[2] or match[5], match[3] or match[4]))
    else:
        return ""
    try:
        return datetime(year, month, day).date().isoformat()
    except ValueError:
        return ""


def read_page(html: bytes, address: str, place: Place) -> Page:
    """A page's title, date of publication and links, in the order of the page.

    Raises ValueError for a page of more elements than can be parsed in good time."""
    if len(re.findall(rb"<[a-zA-Z]", html)) > MAX_ELEMENTS:
        raise ValueError(f"the page has more than {MAX_ELEMENTS:,} elements")
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    here = urljoin(address, (base.attributes.get("href") if base else "") or "")
    heading = tree.css_first("h1") or tree.css_first("title")
    marked = {id_ for a in tree.css(place.report_links) if (id_ := a.mem_id)} if place.report_links else set()
    reports, letters, following = dict[str, str](), dict[str, str](), dict[str, str]()
    for a in tree.css("a[href]"):
        try:
            target = urldefrag(urljoin(here, (a.attributes.get("href") or "").strip())).url
            path = urlsplit(target).path.lower()
        except ValueError:
            continue
        text = " ".join(a.text(separator=" ").split())
        if not target.startswith(("http://", "https://")):
            continue
        kind = a.attributes.get("type") or ""
        if path.endswith(".pdf") or kind == "application/pdf" or re.search(r"(?i)\bpdf\b", text):
            letters.setdefault(target, text)
        elif _is_following(a.attributes, text, target, address):
            following.setdefault(target, text)
        elif _is_report(a.mem_id in marked if place.report_links else None, f"{text} {unquote(path)}", place):
            reports.setdefault(target, text)
    return Page(
        " ".join(heading.text(separator=" ").split())[:300] if heading else "",
        _page_date(tree, place),
        *(tuple(Link(*item) for item in found.items()) for found in (reports, letters, following)),
    )


def _is_report(marked: bool | None, words: str, place: Place) -> bool:
    """Whether a link leads to a report: by the place's selector where it has one, else by its words."""
    likely = bool(SQS.search(words)) if marked is None else marked
    return likely and (not place.only or bool(re.search(place.only, words)))


def _page_date(tree: LexborHTMLParser, place: Place) -> str:
    for selector in (place.date, "#inspection-meta"):
        node = tree.css_first(selector) if selector else None
        text = node.text(separator=" ") if node else ""
        if date := read_date(text.partition("Date of publication")[2] or text):
            return date
    for selector, attribute in (("time[datetime]", "datetime"), ("meta[property='article:published_time']", "content")):
        node = tree.css_first(selector)
        if node and (date := read_date(node.attributes.get(attribute) or "")):
            return date
    return ""


def _is_following(attributes: Mapping[str, str | None], text: str, target: str, address: str) -> bool:
    """Whether a link leads to another page of the same listing."""
    marks = f"{attributes.get('rel') or ''} {attributes.get('class') or ''}".lower().split()
    if "next" in marks or NEXT.search(text):
        return True
    here, there = urlsplit(address), urlsplit(target)

    def listing(parts: Any) -> tuple[str, list[tuple[str, str]]]:
        path = re.sub(r"/page/\d+/?$", "", parts.path).rstrip("/")
        return path, sorted(pair for pair in parse_qsl(parts.query) if pair[0] not in PAGE_NUMBER)

    return text.isdigit() and listing(here) == listing(there)
