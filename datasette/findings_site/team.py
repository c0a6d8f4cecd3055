"""Areas: the list, and one area's letters, figures, points and examples."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from datasette import NotFound, Response
from findings_site import charts, rows, shares, text
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


async def show_teams(request: Any, datasette: Any) -> Response:
    regions: dict[str, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, TEAMS):
        regions[row["region"] or "Region not recorded"].append(row)
    return Response.html(await datasette.render_template("teams.html", {"regions": regions}, request=request))


async def show_team(request: Any, datasette: Any) -> Response:
    by_id = {"id": request.url_vars["team_id"]}
    team = await rows.read_one(datasette, TEAM, by_id, keep=False)
    if team is None:
        raise NotFound("There is no area of that name here. The list of areas may have it under another.")
    national = await shares.national(datasette)
    by_criterion: dict[str, list[Row]] = defaultdict(list)
    for row in await shares.of_team(datasette, team["id"]):
        by_criterion[row["criterion"]].append(row)
    figures = []
    for criterion, found in by_criterion.items():
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
