"""What is known to exist, what of it is in, and what is not, by year and region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from miner.corpus import KnownLetter, Programme, Team, Teams
from miner.manifest import Entry
from miner.records import LetterError, MinedLetter

UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Known:
    """A letter known to exist and what became of it here: `status` is loaded, rejected or
    not_obtained; `evidence` is why it is thought to exist."""

    team: Team
    area: str
    letter_date: str | None
    inspection_start: str | None
    evidence: str
    status: str
    letter_id: str | None = None
    reason: str | None = None
    address: str | None = None

    @property
    def year(self) -> str:
        return (self.letter_date or self.inspection_start or "")[:4] or UNKNOWN


def find_known(
    letters: Iterable[tuple[str, Team, MinedLetter]],
    rejects: Iterable[tuple[LetterError, str | None]],
    listed: Iterable[KnownLetter],
    entries: Iterable[Entry],
    teams: Teams,
) -> list[Known]:
    """Published letters that are loaded, that were rejected, that the manifest tells of, and that are
    listed as known: each once. Specimens are none of these."""
    known: list[Known] = []
    entries = list(entries)
    for letter_id, team, letter in letters:
        if not letter.source.specimen:
            facts = letter.letter.facts
            known.append(
                Known(team, facts.area, facts.letter_date, facts.inspection_start, "its file", "loaded", letter_id,
                      address=letter.source.url)
            )  # fmt: skip
    entered = {entry.sha256 for entry in entries if entry.sha256}
    reasons = {sha256: error for error, sha256 in rejects if sha256}
    for entry in entries:
        if entry.status not in ("kept", "failed"):
            continue
        error = reasons.pop(entry.sha256, None) if entry.sha256 else None
        if entry.status == "kept" and error is None:
            continue  # loaded above, or no file of this build
        area = entry.area or entry.title.rpartition(" in ")[2] or entry.address.rpartition("/")[2]
        _add(known, Known(
            teams.of(area), area, entry.letter_date or None, None, "listed by its publisher",
            "rejected" if error else "not_obtained", reason=error.reason if error else entry.note, address=entry.address,
        ))  # fmt: skip
    for sha256, error in reasons.items():
        if sha256 not in entered:
            known.append(
                Known(
                    Team("", UNKNOWN, known=False), error.file, None, None, "its file", "rejected", reason=error.reason
                )
            )
    for item in listed:
        _add(known, Known(
            teams.of(item.area), item.area, item.letter_date or None, item.inspection_start or None,
            item.evidence, "not_obtained", address=item.address or None,
        ))  # fmt: skip
    return known


def _add(known: list[Known], item: Known) -> None:
    """Adds what is not yet among them."""
    if not any(_same(item, other) for other in known):
        known.append(item)


def _same(one: Known, other: Known) -> bool:
    """Whether both are the same letter, as far as their dates tell: a letter follows its inspection
    within four months."""
    if one.team.id != other.team.id:
        return False
    if one.letter_date and other.letter_date:
        return one.letter_date == other.letter_date
    if one.inspection_start and other.inspection_start:
        shorter = min(len(one.inspection_start), len(other.inspection_start))
        return one.inspection_start[:shorter] == other.inspection_start[:shorter]
    if not (one.letter_date or one.inspection_start) or not (other.letter_date or other.inspection_start):
        return True
    letter = _day(one.letter_date or other.letter_date or "")
    start = _day(one.inspection_start or other.inspection_start or "")
    return 0 <= (letter - start).days <= 125


def _day(text: str) -> date:
    """The day of an ISO date, the first of a month where only that is known."""
    return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)


def count_coverage(known: Sequence[Known]) -> list[dict[str, str | int | None]]:
    """Rows of year and region with how many letters are known, loaded, rejected and not obtained."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for item in known:
        region, country = item.team.region or UNKNOWN, item.team.country or UNKNOWN
        counts[item.year, country, region, item.status] += 1
    places = sorted({key[:3] for key in counts})
    return [
        {
            "year": year,
            "country": country,
            "region": region,
            "known": sum(counts[year, country, region, status] for status in ("loaded", "rejected", "not_obtained")),
            **{status: counts[year, country, region, status] for status in ("loaded", "rejected", "not_obtained")},
        }
        for year, country, region in places
    ]


def say(known: Sequence[Known], specimens: int, programme: Programme | None) -> list[str]:
    """The coverage in a few sentences."""
    status = Counter(item.status for item in known)
    lines = [
        f"coverage: {len(known)} letters are known, {status['loaded']} of them are in, {status['rejected']} were "
        f"rejected, {status['not_obtained']} have not been obtained"
        + (f"; in all there may be {programme.low} to {programme.high}" if programme else "")
        + (f"; {specimens} invented specimens" if specimens else "")
    ]
    for name in ("year", "region"):
        groups = Counter(_group(item, name) for item in known)
        loaded = Counter(_group(item, name) for item in known if item.status == "loaded")
        if groups:
            shares = ", ".join(f"{key} {loaded[key]}/{groups[key]}" for key in sorted(groups))
            lines.append(f"  by {name}, in of known: {shares}")
    return lines


def _group(item: Known, by: str) -> str:
    return item.year if by == "year" else item.team.region or UNKNOWN
