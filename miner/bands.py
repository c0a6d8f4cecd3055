"""What soft words mean as shares: named, replaceable tables of closed intervals.

No table was published for Short Quality Screening letters, and those of other inspectorates
disagree, so the scheme is a choice of each build, recorded in the database.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """The share that `words` may stand for, low to high, and where that comes from."""

    words: str
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Bands:
    """A scheme. `hedge` is how far a hedge ("about", "almost") reaches from a fraction."""

    name: str
    about: str
    bands: tuple[Band, ...]
    hedge: float = 0.1

    def of(self, words: str) -> Band | None:
        return next((band for band in self.bands if band.words == words), None)


MEASURED_FROM = "range measured where the words stand beside their own percentage in 486 Ofsted reports"
BY_MEANING = "by the words' meaning; no measurement"

MEASURED = Bands(
    "measured",
    "The range measured where a word stands beside its own percentage in 486 Ofsted reports, and for words not "
    "measured the widest interval that their meaning allows.",
    (
        Band("almost all", 0.90, 0.99, MEASURED_FROM),
        Band("vast majority", 0.82, 0.98, MEASURED_FROM),
        Band("very large majority", 0.75, 0.97, MEASURED_FROM),
        Band("most", 0.50, 0.96, f"{MEASURED_FROM} (27 to 96), from a half up"),
        Band("large majority", 0.65, 0.97, MEASURED_FROM),
        Band("majority", 0.51, 0.98, MEASURED_FROM),
        Band("small majority", 0.51, 0.65, BY_MEANING),
        Band("minority", 0.01, 0.49, BY_MEANING),
        Band("small minority", 0.01, 0.20, "4 to 17 measured in Ofsted reports, 20 its own upper bound"),
        Band("large minority", 0.25, 0.49, BY_MEANING),
        Band("many", 0.20, 0.95, BY_MEANING),
        Band("some", 0.01, 0.75, BY_MEANING),
        Band("several", 0.01, 0.75, BY_MEANING),
        Band("a number", 0.01, 0.75, BY_MEANING),
        Band("few", 0.01, 0.25, "3 to 11 measured in Ofsted reports, widened to a quarter"),
        Band("almost none", 0.0, 0.10, BY_MEANING),
        Band("not all", 0.01, 0.99, BY_MEANING),
    ),
)

EDUCATION_SCOTLAND = Bands(
    "education-scotland",
    "The bands that Education Scotland publishes; for words it does not define, the measured scheme's.",
    (
        Band("almost all", 0.90, 0.99, "Education Scotland: over 90%"),
        Band("vast majority", 0.90, 0.99, "read as almost all"),
        Band("very large majority", 0.75, 0.90, "read as most"),
        Band("most", 0.75, 0.90, "Education Scotland: 75-90%"),
        Band("large majority", 0.75, 0.90, "read as most"),
        Band("majority", 0.50, 0.74, "Education Scotland: 50-74%"),
        Band("small majority", 0.50, 0.62, "lower half of the majority"),
        Band("minority", 0.15, 0.49, "Education Scotland: less than half, 15-49%"),
        Band("small minority", 0.01, 0.15, "read as few"),
        Band("large minority", 0.30, 0.49, "upper part of less than half"),
        Band("few", 0.01, 0.15, "Education Scotland: up to 15%"),
        Band("many", 0.20, 0.95, BY_MEANING),
        Band("some", 0.01, 0.75, BY_MEANING),
        Band("several", 0.01, 0.75, BY_MEANING),
        Band("a number", 0.01, 0.75, BY_MEANING),
        Band("almost none", 0.0, 0.10, BY_MEANING),
        Band("not all", 0.01, 0.99, BY_MEANING),
    ),
)

SCHEMES = {scheme.name: scheme for scheme in (MEASURED, EDUCATION_SCOTLAND)}
DEFAULT_BANDS = MEASURED
