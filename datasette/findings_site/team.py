"""Areas: the list, and one area's letters, figures, points and examples."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import quote

from datasette import NotFound, Response
from findings_site import charts, coverage, rows, shares, text
from findings_site.rows import Row

TEAMS = """
    select t.*, count(l.id) as letters, max(l.letter_date) as latest, max(l.specimen) as specimen
    from teams t left join letters l on l.team_id = t.id group by t.id
    order by t.region is null, t.region, t.name
"""
TEAM = "select * from teams where id = :id"
LETTERS = """
    select l.*, (select count(*) from findings where letter_id = l.id) as findings,
           (select count(*) from examples where letter_id = l.id) as examples
    from letters l where team_id = :id order by letter_date desc
"""
POINTS = """
    select p.*, l.letter_date from points p join letters l on l.id = p.letter_id where l.team_id = :id
    order by l.letter_date desc, p.position limit 60
"""
EXAMPLES = """
    select e.*, l.letter_date, p.number as paragraph from examples e join letters l on l.id = e.letter_id
    join paragraphs p on p.id = e.paragraph_id where l.team_id = :id order by l.letter_date desc, e.id limit 10
"""


# A team of the register that has no letter here is no row of teams.
REGISTERED = """
    select r.*, s.name as successor, (select group_concat(authority, '; ') from team_authorities where team_id = r.id)
           as authorities
    from team_register r left join team_register s on s.id = r.succeeded_by where r.id = :id and r.specimen = 0
"""
WITHOUT_LETTER = """
    select id, name, region, from_year, to_year from team_register where specimen = 0 and letters = 0
    order by region is null, region, name
"""
KNOWN = "select * from known_letters where team_id = :id and status <> 'loaded' order by year"
HISTORY = """
    select h.letter_id, count(*) as files, sum(h.status = 'replaced') as replaced
    from letter_history h join letters l on l.id = h.letter_id where l.team_id = :id group by 1
"""
NO_REGION = "Region not recorded"


async def show_teams(request: Any, datasette: Any) -> Response:
    """The list; an area chosen from a form is gone to."""
    chosen = await rows.read_one(datasette, TEAM, {"id": request.args.get("team") or ""}, keep=False)
    if chosen:
        return Response.redirect(datasette.urls.path(f"/teams/{quote(chosen['id'])}"))
    regions: dict[str, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, TEAMS):
        regions[row["region"] or NO_REGION].append(row)
    without: dict[str, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, WITHOUT_LETTER):
        without[row["region"] or NO_REGION].append(row)
    return Response.html(
        await datasette.render_template(
            "teams.html",
            {
                "regions": regions,
                "without": without,
                "names": sorted({*regions, *without}, key=lambda name: (name == NO_REGION, name)),
                "teams_without": sum(len(group) for group in without.values()),
            },
            request=request,
        )
    )


async def show_team(request: Any, datasette: Any) -> Response:
    by_id = {"id": request.url_vars["team_id"]}
    registered = await rows.read_one(datasette, REGISTERED, by_id, keep=False)
    team = await rows.read_one(datasette, TEAM, by_id, keep=False) or registered
    if team is None:
        raise NotFound("There is no area of that name here. The list of areas may have it under another.")
    national = await shares.national(datasette)
    by_criterion: dict[str, list[Row]] = defaultdict(list)
    for row in await shares.of_team(datasette, team["id"]):
        by_criterion[row["criterion"]].append(row)
    figures = []
    for criterion, found in sorted(by_criterion.items(), key=lambda pair: text.criterion_order(pair[0])):
        latest, others = found[-1], national[criterion]
        share = latest["met"] / latest["cases"]
        words = f"This area {text.percent(share)}"
        if others.share is not None:
            words += f", all letters {text.percent(others.share)}"
        figures.append(
            {
                "criterion": criterion,
                "latest": latest,
                "earlier": found[:-1],
                "share": share,
                "all": others,
                "chart": charts.shares_bar(others.low, others.high, share, others.share, words),
            }
        )
    points = await rows.read(datasette, POINTS, by_id, keep=False)
    return Response.html(
        await datasette.render_template(
            "team.html",
            {
                "team": team,
                "registered": registered or {},
                "known": await rows.read(datasette, KNOWN, by_id, keep=False),
                "history": {row["letter_id"]: row for row in await rows.read(datasette, HISTORY, by_id, keep=False)},
                "statuses": coverage.STATUSES,
                "sources": text.SOURCES,
                "letters": await rows.read(datasette, LETTERS, by_id, keep=False),
                "figures": figures,
                "soft": (await shares.soft_of_team(datasette, team["id"]))[:60],
                "strengths": [point for point in points if point["kind"] == "strength"],
                "improvements": [point for point in points if point["kind"] == "improvement"],
                "examples": await rows.read(datasette, EXAMPLES, by_id, keep=False),
                "criterion_name": text.criterion_name,
            },
            request=request,
        )
    )
