"""What a letter says about itself: names, dates, sample size, the area's reoffending rate."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date

from miner.numerals import to_number
from miner.profiles import Profile

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+(?:the\s+)?)?"
DAY = rf"{WEEKDAY}(?:the\s+)?(?P<day{{n}}>\d{{{{1,2}}}})(?:\s?(?:st|nd|rd|th))?"
BETWEEN = r"\s*(?:-|–|—|to|and|until|till|through\s+to|through)\s*"


def _date(n: int, month: bool = True, year: bool = True) -> str:
    text = DAY.format(n=n)
    if month:
        text += rf"(?:\s+(?:of\s+)?|\s*[-/.]\s*)(?P<month{n}>{MONTH})"
    if year:
        text += rf",?\s+(?P<year{n}>\d{{4}})"
    return text


FULL_DATE = re.compile(rf"(?i)\b{_date(1)}\b")
MONTH_FIRST_DATE = re.compile(
    rf"(?i)\b(?P<month1>{MONTH})\s+(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year1>\d{{4}})\b"
)
NUMERIC_DATE = re.compile(r"\b(?P<day1>\d{1,2})[/.](?P<month1>\d{1,2})[/.](?P<year1>20\d\d)\b")
ISO_DATE = re.compile(r"\b(?P<year1>20\d\d)-(?P<month1>\d\d)-(?P<day1>\d\d)\b")
DATES = (FULL_DATE, MONTH_FIRST_DATE, NUMERIC_DATE, ISO_DATE)

# Ranges, the fullest form first: a part that one end leaves out is taken from the other.
RANGES = (
    *tuple(
        re.compile(rf"(?i)\b{first}{BETWEEN}{last}\b")
        for first, last in (
            (_date(1), _date(2)),
            (_date(1, year=False), _date(2)),
            (_date(1, month=False, year=False), _date(2)),
            (_date(1, month=False, year=False) + r"(?:,\s+\d{1,2}(?:st|nd|rd|th)?){0,3}", _date(2)),
            (_date(1), _date(2, year=False)),
        )
    ),
    re.compile(
        rf"(?i)\b(?P<month1>{MONTH})\s+(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?{BETWEEN}(?:(?P<month2>{MONTH})\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})\b"
    ),
    re.compile(
        r"\b(?P<day1>\d{1,2})[/.](?P<month1>\d{1,2})[/.](?P<year1>20\d\d)\s*(?:-|–|to|and|until)\s*(?P<day2>\d{1,2})[/.](?P<month2>\d{1,2})[/.](?P<year2>20\d\d)\b"
    ),
)
# "in the week of 5 November", "the three days from 9 June 2014", "for three days beginning on ..."
WEEK = re.compile(rf"(?i)\bweek\s+(?:of|beginning|commencing|starting)\s+(?:on\s+)?{_date(1)}\b")
DAYS_FROM = re.compile(rf"(?i)\b(?P<days>\w+)\s+days\s+(?:from|beginning|starting|commencing)\s+(?:on\s+)?{_date(1)}\b")

OTHER_TONGUE = r"(?:[^\W\d]{2,15}\s*/\s*)?"
"""A label in Welsh before the English one: "Annwyl / Dear"."""
TITLES = r"(?:Councillor|Cllr\.?|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Professor|Prof\.?|Sir|Dame|Lady|Lord|Superintendent|Chief\s+Superintendent|Rev\.?)"
ROLE = re.compile(
    r"(?i)\b(?:interim|acting|independent|deputy|vice|joint|chair|chairman|chairwoman|chairperson|cadeirydd|head|director|chief|manager|strategic|service|assistant|HM|corporate|executive|leader|lead|youth|YOT|YOS|YJS|management|board|of|for|councillor|cabinet|county|city|borough)\b"
)
SIGNATORY_ROLE = re.compile(
    r"(?i)assistant chief inspector|chief inspector|hm inspector|inspector of probation|head of inspection|\bHMI\b"
)


def _to_date(found: dict[str, str], n: int) -> date | None:
    other = 3 - n
    year = found.get(f"year{n}") or found.get(f"year{other}")
    month = found.get(f"month{n}") or found.get(f"month{other}")
    day = found.get(f"day{n}")
    if not (year and month and day):
        return None
    number = int(month) if month.isdigit() else MONTHS[month.lower().rstrip(".")]
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def find_date(text: str) -> str | None:
    """The first date in the text, in any usual form, as ISO."""
    hits = []
    for pattern in DATES:
        for match in pattern.finditer(text):
            value = _to_date(match.groupdict(), 1)
            if value:
                hits.append((match.start(), value.isoformat()))
    return min(hits)[1] if hits else None


def find_range(text: str) -> tuple[str, str] | None:
    """First and last day (ISO) of the first range of days in the text.

    The year or month that one end leaves out is that of the other: "30 September to 2 October
    2013"; "30 December to 2 January 2014" begins the year before.
    """
    best: tuple[int, date, date] | None = None
    for pattern in RANGES:
        for match in pattern.finditer(text):
            found = match.groupdict()
            first, last = _to_date(found, 1), _to_date(found, 2)
            if first and last and first > last and not found.get("year1"):
                first = first.replace(year=first.year - 1)
            if first and last and 0 <= (last - first).days <= 62 and (best is None or match.start() < best[0]):
                best = (match.start(), first, last)
    if best:
        return best[1].isoformat(), best[2].isoformat()
    since = DAYS_FROM.search(text)
    if since:
        first, days = _to_date(since.groupdict(), 1), to_number(since["days"])
        if first and days:
            return first.isoformat(), date.fromordinal(first.toordinal() + days - 1).isoformat()
    week = WEEK.search(text)
    if week and (first := _to_date(week.groupdict(), 1)):
        return first.isoformat(), date.fromordinal(first.toordinal() + 4).isoformat()
    return None


def find_number(text: str, patterns: Sequence[re.Pattern[str]]) -> int | None:
    """The first whole number that a pattern's group `number` states."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            # The group may have taken words before the number with it: "of just nine".
            words = match["number"].split()
            for cut in range(len(words)):
                value = to_number(" ".join(words[cut:]))
                if value:
                    return value
    return None


def find_rate(text: str, patterns: Sequence[re.Pattern[str]]) -> float | None:
    """The area's reoffending rate in per cent."""
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return float(match["rate"])
    return None


def find_name(text: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """The first person that a pattern's group `name` gives."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = clean_name(match["name"])
            if (
                name
                and not SIGNATORY_ROLE.search(name)
                and not re.match(r"(?:The|Our|If|Any|HM|We|Questions|Please|YOT|YOS|YJS)\b", name)
            ):
                return name
    return None


def clean_name(text: str) -> str | None:
    """A person's name without titles, roles and what follows a comma; None where none is left."""
    text = re.split(r"[,;:(\[–—|/]|\s-\s", text)[0].strip()
    text = re.sub(rf"^(?:{TITLES}\s+)+", "", text).strip()
    words: list[str] = []
    for word in text.split():
        if words and ROLE.fullmatch(word):
            break
        if not re.match(r"[A-ZÀ-Þ]|de$|van$|von$|der$|la$|ap$|ab$|bin$|al$|el$|d[’']", word):
            break
        words.append(word.rstrip("."))
    return " ".join(words) if len(words) >= 1 and any(len(word) > 1 for word in words) else None


def find_recipient(head: Sequence[str]) -> str | None:
    """To whom the letter goes, from the lines above its title.

    With "To: NAME, role" from that; else "Dear ..." tells which line above it holds the name.
    """
    for line in head:
        match = re.match(rf"(?i)\s*{OTHER_TONGUE}to\s*:\s*(.+)", line)
        if match:
            return clean_name(match[1])
    dear = next(
        (match[1] for line in reversed(head) if (match := re.match(rf"(?i)\s*{OTHER_TONGUE}dear\s+(.+?),?\s*$", line))),
        None,
    )
    if not dear:
        return None
    called = re.sub(rf"^(?:{TITLES}\s+)+", "", dear).strip()
    for line in head:
        if re.match(rf"(?i)\s*{OTHER_TONGUE}(?:dear|annwyl)\b", line) or called not in line:
            continue
        before, _, after = line.partition(called)
        first = re.search(r"((?:[A-ZÀ-Þ][\w’'.-]*\s+)+)$", re.sub(rf"\b{TITLES}\s+", "", before))
        if first:
            return clean_name(f"{first[1]}{called}")
        # "Dear Debbie" above whose line reads "Debbie Ward Chair of ..."
        return clean_name(called + after.split(",")[0])
    return clean_name(called) if " " in called else None


def find_signatory(head: Sequence[str], tail: Sequence[str], sign_off: re.Pattern[str]) -> str | None:
    """Who sent the letter: "From: NAME, role", or the line below "Yours sincerely"."""
    for line in head:
        match = re.match(rf"(?i)\s*{OTHER_TONGUE}from\s*:\s*(.+)", line)
        if match:
            return clean_name(match[1])
    for index, line in enumerate(tail):
        match = sign_off.match(line)
        if not match:
            continue
        rest = [line[match.end() :].strip(" ,"), *tail[index + 1 : index + 6]]
        for candidate in rest:
            name = clean_name(candidate)
            if name and " " in name and not SIGNATORY_ROLE.search(name):
                return name
    for index, line in enumerate(tail):
        if SIGNATORY_ROLE.search(line) and index and (name := clean_name(tail[index - 1])) and " " in name:
            return name
    return None


def find_letter_date(head: Sequence[str]) -> str | None:
    """The publication date where one is printed, else the date above the salutation."""
    for line in head:
        match = re.search(
            r"(?i)(?:publication\s+date|date\s+of\s+publication|published(?:\s+on)?|date\s+published)\s*:?\s*(.+)", line
        )
        if match and (found := find_date(match[1])):
            return found
    for line in head:
        found = find_date(line)
        if found:
            return found
    return None


def find_sample_size(texts: Sequence[str], profile: Profile) -> int | None:
    """The number of cases inspected, from the opening paragraphs."""
    for text in texts:
        found = find_number(text, profile.sample_sizes[:4])
        if found:
            return found
    for text in texts:
        found = find_number(text, profile.sample_sizes[4:])
        if found:
            return found
    return None
