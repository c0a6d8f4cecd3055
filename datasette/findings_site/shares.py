"""Shares met, over letters: the figures behind trends, areas and criteria.

Of several exact counts that a letter states under one criterion, the one over most cases counts,
so that no case is counted twice. Nor does an activity over all sections count what the summary says:
it says again what the sections say. Soft statements are never pooled; they are listed as ranges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from findings_site import rows
from findings_site.intervals import Pooled, Sums, pool
from findings_site.rows import Row

# As the view letter_shares, with the criterion looked up first (an index) instead of last.
HEADLINES = """
    select f.letter_id, l.team_id, l.area, l.letter_date, substr(l.letter_date, 1, 4) as year, t.region, t.name as team,
           f.criterion, f.id as finding_id, f.met, f.denominator as cases, f.page
    from (select id, letter_id, criterion, denominator, page, cast(round(met_low * denominator) as integer) as met,
                 row_number() over (partition by letter_id, criterion order by denominator desc, id) as place
          from findings where met_low = met_high and denominator > 0 {where}) f
    join letters l on l.id = f.letter_id join teams t on t.id = l.team_id
    where f.place = 1
"""
OF_CRITERION = """
    and criterion in (
        select id from criteria where id = :criterion
        or activity = :criterion and section not in ('introduction', 'context', 'summary', 'closing'))
"""
BY_LETTER = """
    select letter_id, team_id, team, area, letter_date, year, region, sum(met) as met, sum(cases) as cases,
           min(finding_id) as finding_id
    from ({headlines}) group by letter_id order by letter_date, letter_id
"""
NATIONAL = """
    select criterion as label, count(*) as letters, sum(met) as x, sum(cases) as n, sum(met * met) as xx,
           sum(met * cases) as xn, sum(cases * cases) as nn
    from ({headlines}) group by 1 order by 1
"""
SOFT = """
    select f.id, f.letter_id, f.criterion, f.cue, f.met_low, f.met_high, f.denominator, l.area, l.letter_date,
           substr(l.letter_date, 1, 4) as year, t.region, t.name as team, l.team_id
    from findings f join letters l on l.id = f.letter_id join teams t on t.id = l.team_id
    where f.met_low is not null and (f.met_low <> f.met_high or f.denominator is null) {where}
    order by l.letter_date, f.id
"""


def to_pooled(row: Row) -> Pooled:
    return pool(Sums(row["letters"], row["x"], row["n"], row["xx"], row["xn"], row["nn"]))


async def by_letter(datasette: Any, criterion: str) -> list[Row]:
    sql = BY_LETTER.format(headlines=HEADLINES.format(where=OF_CRITERION))
    return await rows.read(datasette, sql, {"criterion": criterion}, always=True)


def pool_letters(letters: Sequence[Row]) -> Pooled:
    return pool(
        Sums(
            len(letters),
            sum(row["met"] for row in letters),
            sum(row["cases"] for row in letters),
            sum(row["met"] ** 2 for row in letters),
            sum(row["met"] * row["cases"] for row in letters),
            sum(row["cases"] ** 2 for row in letters),
        )
    )


def group_letters(letters: Sequence[Row], by: str) -> dict[str, list[Row]]:
    """The letters by year, region or team, in the order of those names."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in letters:
        groups[label_of(row, by)].append(row)
    return dict(sorted(groups.items()))


def label_of(row: Row, by: str) -> str:
    return str(row[by] or "Region not recorded")


async def national(datasette: Any) -> Mapping[str, Pooled]:
    """For each criterion the share met over all letters."""
    found = await rows.read(datasette, NATIONAL.format(headlines=HEADLINES.format(where="")), always=True)
    return {row["label"]: to_pooled(row) for row in found}


async def of_team(datasette: Any, team_id: str) -> list[Row]:
    where = "and letter_id in (select id from letters where team_id = :team)"
    return await rows.read(
        datasette, HEADLINES.format(where=where) + " order by criterion, letter_date", {"team": team_id}
    )


async def soft(datasette: Any, criterion: str) -> list[Row]:
    where = "and f.criterion in (select id from criteria where id = :criterion or activity = :criterion)"
    return await rows.read(datasette, SOFT.format(where=where), {"criterion": criterion}, always=True)


async def soft_of_team(datasette: Any, team_id: str) -> list[Row]:
    return await rows.read(datasette, SOFT.format(where="and l.team_id = :team"), {"team": team_id}, keep=False)
