"""The start page and the list of letters."""

from __future__ import annotations

from typing import Any

from datasette import Response
from findings_site import rows, text

COVERAGE = """
    select (select count(*) from letters) as letters, (select count(*) from teams) as teams,
           (select min(substr(letter_date, 1, 4)) from letters) as first_year,
           (select max(substr(letter_date, 1, 4)) from letters) as last_year,
           (select count(*) from findings) as findings, (select count(*) from examples) as examples,
           (select count(*) from findings where met_low = met_high) as exact,
           (select count(*) from points where kind = 'strength') as strengths,
           (select count(*) from points where kind = 'improvement') as improvements,
           (select count(*) from rejects) as rejects,
           (select count(*) from letters where specimen = 1) as specimens
"""
LATEST = """
    select l.*, t.name as team, t.region from letters l join teams t on t.id = l.team_id
    order by l.letter_date desc, l.id limit 8
"""
REGIONS = """
    select coalesce(t.region, '') as region, count(distinct t.id) as teams, count(l.id) as letters
    from teams t join letters l on l.team_id = t.id group by 1 order by 1 = '', 1
"""
LETTERS = """
    select l.id, l.area, l.letter_date, l.sample_size, l.specimen, l.pages, l.team_id, t.name as team, t.region
    from letters l join teams t on t.id = l.team_id
    where (:region is null or coalesce(t.region, '') = :region)
      and (:year is null or substr(l.letter_date, 1, 4) = :year)
    order by l.letter_date desc, l.area limit :limit offset :offset
"""
LETTER_COUNT = """
    select count(*) as n from letters l join teams t on t.id = l.team_id
    where (:region is null or coalesce(t.region, '') = :region)
      and (:year is null or substr(l.letter_date, 1, 4) = :year)
"""
YEARS = "select substr(letter_date, 1, 4) as year, count(*) as letters from letters group by 1 order by 1"
THEMES = """
    select t.id, t.name, count(*) as examples from themes t join example_themes e on e.theme = t.id
    group by t.id order by 3 desc, 2
"""
PAGE_SIZE = 100


async def show_start(request: Any, datasette: Any) -> Response:
    return Response.html(
        await datasette.render_template(
            "start.html",
            {
                "coverage": await rows.read_one(datasette, COVERAGE),
                "latest": await rows.read(datasette, LATEST),
                "regions": await rows.read(datasette, REGIONS),
                "years": await rows.read(datasette, YEARS),
                "themes": await rows.read(datasette, THEMES),
                "teams": await rows.read(datasette, "select id, name from teams order by name"),
            },
            request=request,
        )
    )


async def show_letters(request: Any, datasette: Any) -> Response:
    region, year = request.args.get("region"), request.args.get("year")
    page = max(text.whole(request.args.get("page")), 1)
    values = {"region": "" if region == "not recorded" else region or None, "year": year or None}
    total = (await rows.read(datasette, LETTER_COUNT, values))[0]["n"]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(page, pages)
    letters = await rows.read(datasette, LETTERS, {**values, "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE})
    return Response.html(
        await datasette.render_template(
            "letters.html",
            {
                "letters": letters,
                "total": total,
                "page": page,
                "pages": pages,
                "region": text.plain(region or ""),
                "year": text.plain(year or ""),
                "regions": await rows.read(datasette, REGIONS),
                "years": await rows.read(datasette, YEARS),
            },
            request=request,
        )
    )
