"""Criteria and themes: what each means, its figures, and where the letters speak of it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from datasette import NotFound, Response
from findings_site import charts, rows, shares, text
from findings_site.rows import Row

CRITERIA = """
    select c.*, count(f.id) as findings, count(distinct f.letter_id) as letters
    from criteria c join findings f on f.criterion = c.id group by c.id order by c.section, 6 desc
"""
CRITERION = "select * from criteria where id = :id"
ACTIVITY = "select activity as id, null as section, activity, definition from criteria where activity = :id limit 1"
FINDINGS = f"""
    select f.*, {text.CUE_AT.format(finding="f", paragraph="p")}, l.area, l.letter_date, l.specimen, p.number as paragraph from findings f
    join letters l on l.id = f.letter_id join paragraphs p on p.id = f.paragraph_id
    where f.criterion in (select id from criteria where id = :id or activity = :id)
    order by l.letter_date desc, f.id limit 40
"""
FINDING_COUNT = """
    select count(*) as findings, count(distinct letter_id) as letters from findings
    where criterion in (select id from criteria where id = :id or activity = :id)
"""
THEMES = """
    select t.*, count(e.example_id) as examples, sum(x.tone = 'strength') as strengths,
           sum(x.tone = 'shortfall') as shortfalls
    from themes t left join example_themes e on e.theme = t.id left join examples x on x.id = e.example_id
    group by t.id order by t.name
"""
THEME = "select * from themes where id = :id"
EXAMPLES = """
    select e.*, et.score, et.decided_by, l.area, l.letter_date, l.specimen, p.number as paragraph
    from example_themes et join examples e on e.id = et.example_id join letters l on l.id = e.letter_id
    join paragraphs p on p.id = e.paragraph_id where et.theme = :id order by et.score desc, e.id limit 40
"""
THEME_YEARS = """
    select substr(l.letter_date, 1, 4) as year, count(*) as n from example_themes et
    join examples e on e.id = et.example_id join letters l on l.id = e.letter_id where et.theme = :id group by 1 order by 1
"""
TONES = """
    select coalesce(e.tone, '') as tone, count(*) as n from example_themes et join examples e on e.id = et.example_id
    where et.theme = :id group by 1 order by 2 desc
"""


async def show_criteria(request: Any, datasette: Any) -> Response:
    sections: dict[str, list[Row]] = defaultdict(list)
    national = await shares.national(datasette)
    found = await rows.read(datasette, CRITERIA)
    for row in sorted(found, key=lambda row: text.criterion_order(row["id"])[0]):
        sections[row["section"]].append({**row, "all": national.get(row["id"])})
    return Response.html(await datasette.render_template("criteria.html", {"sections": sections}, request=request))


async def show_criterion(request: Any, datasette: Any) -> Response:
    by_id = {"id": request.url_vars["criterion"]}
    criterion = await rows.read_one(datasette, CRITERION, by_id) or await rows.read_one(datasette, ACTIVITY, by_id)
    if criterion is None:
        raise NotFound("There is no criterion of that name.")
    letters = await shares.by_letter(datasette, criterion["id"])
    pooled = {label: shares.pool_letters(group) for label, group in shares.group_letters(letters, "year").items()}
    found = await rows.read(datasette, FINDINGS, by_id)
    return Response.html(
        await datasette.render_template(
            "criterion.html",
            {
                "criterion": criterion,
                "name": text.criterion_name(criterion["id"]),
                "criterion_name": text.criterion_name,
                "all": shares.pool_letters(letters),
                "pooled": pooled,
                "count": (await rows.read(datasette, FINDING_COUNT, by_id))[0],
                "findings": [
                    {
                        **row,
                        "reading": text.reading(row),
                        "words": text.with_cue(row, row["sentence"]),
                        "soft": text.is_soft(row),
                    }
                    for row in found
                ],
                "letters": letters[-30:],
            },
            request=request,
        )
    )


async def show_themes(request: Any, datasette: Any) -> Response:
    return Response.html(
        await datasette.render_template("themes.html", {"themes": await rows.read(datasette, THEMES)}, request=request)
    )


async def show_theme(request: Any, datasette: Any) -> Response:
    by_id = {"id": request.url_vars["theme"]}
    theme = await rows.read_one(datasette, THEME, by_id)
    if theme is None:
        raise NotFound("There is no theme of that name.")
    years = await rows.read(datasette, THEME_YEARS, by_id)
    bars = [
        charts.Bar(year, count, datasette.urls.path(f"/search?kind=examples&theme={theme['id']}&year={year}"))
        for year, count in charts.every_year([(row["year"], row["n"]) for row in years])
    ]
    return Response.html(
        await datasette.render_template(
            "theme.html",
            {
                "theme": theme,
                "years": years,
                "histogram": charts.histogram(bars, f"Case examples on {theme['name']} by year"),
                "tones": await rows.read(datasette, TONES, by_id),
                "examples": await rows.read(datasette, EXAMPLES, by_id),
                "total": sum(row["n"] for row in years),
            },
            request=request,
        )
    )
