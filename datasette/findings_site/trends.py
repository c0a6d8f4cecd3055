"""Shares met by year, region or area: a chart, the table beneath it, CSV and JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from datasette import NotFound, Response
from findings_site import charts, rows, search, shares, text
from findings_site.intervals import FEWEST_LETTERS, Pooled
from findings_site.rows import Row

GROUP_NAMES = {"year": "Year", "region": "Region", "team": "Area"}
MOST_CHARTED = 40
"""Lines of one chart; the table holds all."""
MANY_DOTS = 60

USED = """
    select f.criterion as id, count(distinct f.letter_id) as letters from findings f
    where f.met_low is not null group by 1 order by 1
"""


IS_CRITERION = "select 1 from criteria where id = :id or activity = :id limit 1"


async def choices(datasette: Any) -> tuple[list[Row], list[Row]]:
    """Activities over all sections, and criteria, that any finding judges."""
    used = sorted(await rows.read(datasette, USED), key=lambda row: text.criterion_order(row["id"]))
    activities = sorted({row["id"].partition(".")[2] for row in used})
    named = [{"id": activity, "name": text.ACTIVITIES.get(activity, activity)} for activity in activities]
    return named, [{**row, "name": text.criterion_name(row["id"])} for row in used]


async def read_ahead(datasette: Any) -> None:
    """Reads at the start what would take a reader's first look at the figures longest."""
    activities, criteria = await choices(datasette)
    await shares.national(datasette)
    for row in (*activities, *criteria):
        await shares.by_letter(datasette, row["id"])
        await shares.soft(datasette, row["id"])


async def understand(request: Any, datasette: Any) -> tuple[str, str]:
    """The criterion (or activity) and the grouping that the address asks for. Other figures than those
    asked for are never given."""
    by = request.args.get("by") or "year"
    activities, criteria = await choices(datasette)
    known = [row["id"] for row in (*activities, *criteria)]
    criterion = request.args.get("criterion") or ""
    if not criterion:
        criterion = "planning" if "planning" in known else (known[0] if known else "planning")
    elif criterion not in known and not await rows.read(datasette, IS_CRITERION, {"id": criterion}, keep=False):
        raise NotFound("There is no criterion of that name.")
    return criterion, by if by in GROUP_NAMES else "year"


def dots(datasette: Any, letters: list[Row]) -> list[charts.Dot]:
    """Each letter a dot; where there are many, those of the same per cent are one."""
    if len(letters) <= MANY_DOTS:
        return [
            charts.Dot(
                row["met"] / row["cases"],
                row["cases"],
                f"{row['area']}, {text.long_date(row['letter_date'])}",
                datasette.urls.path(f"/letters/{quote(row['letter_id'])}#f{row['finding_id']}"),
            )
            for row in letters
        ]
    same: dict[int, list[Row]] = defaultdict(list)
    for row in letters:
        same[round(100 * row["met"] / row["cases"])].append(row)
    return [
        charts.Dot(place / 100, sum(row["cases"] for row in group), f"{len(group)} letters", "", len(group))
        for place, group in sorted(same.items())
    ]


def note(each: Pooled) -> str:
    letters = f"{each.letters:,} letter{'s' if each.letters != 1 else ''}"
    return letters if each.share is not None else f"{letters}, not pooled"


async def show_trends(request: Any, datasette: Any) -> Response:
    criterion, by = await understand(request, datasette)
    activities, criteria = await choices(datasette)
    unjudged = criterion not in [row["id"] for row in (*activities, *criteria)]
    letters = await shares.by_letter(datasette, criterion)
    soft = await shares.soft(datasette, criterion)
    grouped = shares.group_letters(letters, by)
    pooled = {label: shares.pool_letters(group) for label, group in grouped.items()}
    ranged = shares.group_letters(soft, by)
    groups = [
        charts.Group(label, dots(datasette, grouped[label]), (), each.share, each.low, each.high, note(each))
        for label, each in list(pooled.items())[:MOST_CHARTED]
    ]
    ranges = [
        charts.Group(
            label,
            (),
            [
                charts.Range(
                    row["met_low"],
                    row["met_high"],
                    f"{row['area']}: {text.plain(row['cue'])}",
                    datasette.urls.path(f"/letters/{quote(row['letter_id'])}#f{row['id']}"),
                )
                for row in found
            ],
            None,
            None,
            None,
        )
        for label, found in list(ranged.items())[:MOST_CHARTED]
    ]
    name = text.criterion_name(criterion)
    return Response.html(
        await datasette.render_template(
            "trends.html",
            {
                "criterion": criterion,
                "name": name,
                "by": by,
                "group_names": GROUP_NAMES,
                "activities": activities,
                "unjudged": unjudged,
                "criteria": criteria,
                "pooled": pooled,
                "overall": shares.pool_letters(letters),
                "chart": charts.shares(
                    groups, f"Share met by {GROUP_NAMES[by].lower()}: {name}. The table below has the figures."
                ),
                "ranges": charts.ranges(ranges, f"What soft words may mean: {name}. The list below has the words."),
                "charted": len(groups),
                "letters": letters[-100:],
                "letter_count": len(letters),
                "soft": soft[-50:],
                "soft_count": len(soft),
                "units": "cases" if "." in criterion else "judgements of cases",
                "few": FEWEST_LETTERS,
                "query": urlencode({"criterion": criterion, "by": by}),
                "merged": any(len(found) > MANY_DOTS for found in grouped.values()),
            },
            request=request,
        )
    )


def as_record(label: str, by: str, criterion: str, each: Pooled) -> Row:
    values = asdict(each)
    for name in ("share", "low", "high"):
        values[name] = None if values[name] is None else round(values[name], 4)
    effective = values.pop("effective_cases")
    return {
        "criterion": criterion,
        by: label,
        **values,
        "effective_cases": None if effective is None else round(effective, 1),
        "note": f"fewer than {FEWEST_LETTERS} letters: not pooled" if each.share is None else "",
    }


async def export_trends(request: Any, datasette: Any) -> Response:
    criterion, by = await understand(request, datasette)
    letters = await shares.by_letter(datasette, criterion)
    groups = shares.group_letters(letters, by)
    records = [as_record(label, by, criterion, shares.pool_letters(group)) for label, group in groups.items()]
    records.append(as_record("all", by, criterion, shares.pool_letters(letters)))
    if request.url_vars["format"] == "csv":
        return search.as_csv(records, f"{criterion}-by-{by}.csv")
    body = {
        "criterion": criterion,
        "by": by,
        "method": "ratio over letters; 95% interval of Korn and Graubard (1998) with the letter as the unit",
        "groups": records,
        "letters": letters,
        "soft": await shares.soft(datasette, criterion),
    }
    return Response(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
