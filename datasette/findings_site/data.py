"""What comes with the figures: the data with its dictionary, the method, the accessibility statement."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from datasette import NotFound, Response
from findings_site import rows, start, text
from findings_site.rows import Row

DICTIONARY = "select * from data_dictionary order by table_name, rowid"
TABLE_NAMES = "select name from sqlite_master where type in ('table', 'view')"
VIEW_NAMES = "select name from sqlite_master where type = 'view'"
BUILD = "select key, value from build_info"
FORM_COUNTS = (
    "select form, count(*) as n, sum(denominator is not null) as known from findings group by 1 order by 2 desc"
)
DENOMINATOR_COUNTS = """
    select coalesce(denominator_from, '') as place, count(*) as n from findings group by 1 order by 2 desc
"""
# What `miner evaluate` measures, in the order in which readers ask, as shares of 1.
MEASURES = {
    "gold_exact_end_to_end": "exact findings, found with the right number and number of cases",
    "gold_exact_findings_f1": "exact findings, found*",
    "gold_soft_findings_f1": "soft findings, found*",
    "gold_numbers": "found exact findings: number and number of cases",
    "gold_denominator_from": "found findings: where the number of cases comes from",
    "gold_met": "found findings: the share that met the standard",
    "gold_sense": "found findings: met, not met or no judgement",
    "gold_criterion": "found findings: section and activity",
    "gold_counted": "found findings: what is counted",
    "gold_form": "found findings: form",
    "gold_examples": "case examples, found*",
    "gold_points": "strengths and areas for improvement, found*",
    "gold_sections": "sections",
    "gold_metadata": "facts of a letter: dates, names, sample",
}


async def column_meanings(datasette: Any) -> dict[str, dict[str, str]]:
    """Table -> column -> meaning; the table's own stands under the empty name."""
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await rows.read(datasette, DICTIONARY):
        meanings[row["table_name"]][row["column_name"]] = row["about"]
    return meanings


async def show_data(request: Any, datasette: Any) -> Response:
    tables: dict[str, dict[str, Any]] = {}
    columns: dict[str, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, DICTIONARY):
        if row["column_name"]:
            columns[row["table_name"]].append(row)
        else:
            tables[row["table_name"]] = {"about": row["about"], "columns": columns[row["table_name"]]}
    folder = rows.folder(datasette) / "csv"
    views = {row["name"] for row in await rows.read(datasette, VIEW_NAMES)}
    return Response.html(
        await datasette.render_template(
            "data.html",
            {
                "groups": (
                    ("Joined, ready to use", {name: tables[name] for name in tables if name in views}),
                    ("Tables", {name: tables[name] for name in tables if name not in views}),
                ),
                "sizes": {
                    name: (folder / f"{name}.csv").stat().st_size
                    for name in tables
                    if (folder / f"{name}.csv").is_file()
                },
                "build": {row["key"]: row["value"] for row in await rows.read(datasette, BUILD)},
                "coverage": await rows.read_one(datasette, start.COVERAGE),
                "base": datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/"),
            },
            request=request,
        )
    )


async def send_csv(request: Any, datasette: Any) -> Response:
    """A whole table as it was written at build. The name is looked up among the tables first."""
    asked = request.url_vars["table"]
    names = {row["name"] for row in await rows.read(datasette, TABLE_NAMES)}
    name = next((name for name in names if name == asked and "_fts" not in name), None)
    file = rows.folder(datasette) / "csv" / f"{name}.csv"
    if name is None or not file.is_file():
        raise NotFound("There is no such CSV file.")
    return Response(
        file.read_bytes(),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


async def show_about(request: Any, datasette: Any) -> Response:
    item = text.plain(request.args.get("item") or "")[:20]
    letter_id = request.args.get("letter") or ""
    letter = await rows.read_one(datasette, "select * from letters where id = :id", {"id": letter_id})
    address = ""
    if letter:
        address = datasette.absolute_url(request, datasette.urls.path(f"/letters/{letter['id']}"))
        if item[:1] in "fes" and item[1:].isdigit():
            address += f"#{item}"
    build = {row["key"]: row["value"] for row in await rows.read(datasette, BUILD)}
    return Response.html(
        await datasette.render_template(
            "about.html",
            {
                "build": build,
                "measured": [
                    (name, f"{100 * float(build[key]):.0f}") for key, name in MEASURES.items() if key in build
                ],
                "coverage": await rows.read_one(datasette, start.COVERAGE),
                "bands": await rows.read(datasette, "select * from bands order by low desc, high desc"),
                "forms": await rows.read(datasette, FORM_COUNTS),
                "denominators": await rows.read(datasette, DENOMINATOR_COUNTS),
                "places": text.DENOMINATORS,
                "mistaken": address,
            },
            request=request,
        )
    )


async def show_accessibility(request: Any, datasette: Any) -> Response:
    return Response.html(await datasette.render_template("accessibility.html", {}, request=request))
