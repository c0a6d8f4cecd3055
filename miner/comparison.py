"""Two builds side by side: what a change of patterns gained and lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from miner.records import LetterError

SQL = """
select l.file_name, s.code, p.position, p.number, f.start, f.end, f.cue, f.sentence,
       f.form, f.numerator, f.denominator, f.denominator_from, f.sense, f.criterion, f.counted
from findings f join letters l on l.id = f.letter_id join paragraphs p on p.id = f.paragraph_id
join sections s on s.id = p.section_id order by l.file_name, p.position, f.start
"""
VALUES = ("form", "numerator", "denominator", "denominator_from", "sense", "criterion", "counted")


class Row(NamedTuple):
    file_name: str
    code: str
    position: int
    number: str | None
    start: int
    end: int
    cue: str
    sentence: str
    values: tuple[object, ...]

    @property
    def place(self) -> str:
        return f"{self.file_name} {self.number or f'{self.code}, paragraph {self.position}'}"


def _rows(path: Path) -> list[Row]:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return [Row._make((*row[:8], tuple(row[8:]))) for row in connection.execute(SQL)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise LetterError(path.name, "no findings database", detail=str(error)) from None


def compare(old: Path, new: Path) -> Iterator[str]:
    """Lines that tell what `new` has and `old` has not, what it lost, and what reads otherwise.

    Findings are the same when their cues overlap in the same paragraph. Raises LetterError for a
    file that is no findings database.
    """
    before, after = _rows(old), _rows(new)
    by_place: dict[tuple[str, int], list[Row]] = {}
    for row in before:
        by_place.setdefault((row.file_name, row.position), []).append(row)
    gained = changed = 0
    for row in after:
        others = by_place.get((row.file_name, row.position), [])
        match = next((other for other in others if other.start < row.end and row.start < other.end), None)
        if match is None:
            gained += 1
            yield f"+ {row.place}: {row.cue!r} in: {row.sentence}"
            continue
        others.remove(match)
        differences = [
            f"{name} {a!r} -> {b!r}" for name, a, b in zip(VALUES, match.values, row.values, strict=True) if a != b
        ]
        if differences:
            changed += 1
            yield f"~ {row.place}: {row.cue!r}: {'; '.join(differences)} in: {row.sentence}"
    lost = [row for rows in by_place.values() for row in rows]
    for row in lost:
        yield f"- {row.place}: {row.cue!r} in: {row.sentence}"
    yield f"{gained} gained, {len(lost)} lost, {changed} changed, {len(after) - gained - changed} the same"
