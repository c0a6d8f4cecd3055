"""What one kind of report declares about itself: data only, one file a kind."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The marks by which a kind of report is read. All patterns ignore case unless they say otherwise.

    `announces` must occur on the first pages, else the file is no such report (`described` says
    what it should have been). `title` holds the group `area`. `headings` give the code of the
    section that a heading opens (matched whole, after its number and final stop are taken off);
    None: the heading opens no section. `points` are the codes whose items are points of that
    kind. `captions` stand above a displayed example. `ends` opens what is not read (copy lists).
    """

    name: str
    described: str
    announces: re.Pattern[str]
    title: re.Pattern[str]
    headings: tuple[tuple[str | None, re.Pattern[str]], ...]
    points: dict[str, str]
    captions: re.Pattern[str]
    closing: re.Pattern[str]
    ends: re.Pattern[str]
    sign_off: re.Pattern[str]
    sample_sizes: tuple[re.Pattern[str], ...]
    reoffending_rates: tuple[re.Pattern[str], ...]
    lead_inspectors: tuple[re.Pattern[str], ...]
    criteria_sections: dict[str, str]
    activities: dict[str, str]
