"""What is here and what is missing: letters and areas by region and year, letters known but not had, files refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette import Response
from findings_site import rows, start
from findings_site.rows import Row

HERE = """
    select coalesce(t.region, '') as region, substr(l.letter_date, 1, 4) as year, count(*) as letters
    from letters l join teams t on t.id = l.team_id group by 1, 2
"""
KNOWN = "select region, year, sum(known) as known, sum(known - loaded) as missing from coverage group by 1, 2"
AREAS = """
    select coalesce(t.region, '') as region, count(distinct l.team_id) as areas
    from letters l join teams t on t.id = l.team_id group by 1
"""
REGISTER = """
    select coalesce(region, '') as region, count(*) as areas, sum(letters > 0) as with_letter
    from team_register where specimen = 0 group by 1
"""
MISSING = """
    select k.*, r.id is not null as in_register from known_letters k left join team_register r on r.id = k.team_id
    where k.status <> 'loaded' order by k.year, k.area limit 500
"""
FILES = """
    select h.letter_id, l.area, l.letter_date, count(*) as files, sum(h.status = 'duplicate') as duplicates,
           sum(h.status = 'replaced') as replaced
    from letter_history h join letters l on l.id = h.letter_id group by 1 order by l.letter_date desc limit 200
"""
REJECTS = "select * from rejects order by file_name limit 200"
STATUSES = {"not_obtained": "not obtained", "rejected": "could not be loaded"}


@dataclass(frozen=True, slots=True)
class Cell:
    """Letters of one region and year: here, and known to exist but not here."""

    here: int = 0
    missing: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.here + other.here, self.missing + other.missing)


@dataclass(frozen=True, slots=True)
class Line:
    """A region's line: a cell for each year, their sum, its areas with a letter and all that there were."""

    region: str
    cells: list[Cell]
    total: Cell
    areas: int
    register: int
    register_covered: int


async def lines(datasette: Any) -> tuple[list[str], list[Line]]:
    """The years, and for each region its line."""
    cells: dict[tuple[str, str], Cell] = {}
    for row in await rows.read(datasette, HERE):
        key = (row["region"], row["year"])
        cells[key] = cells.get(key, Cell()) + Cell(here=row["letters"])
    for row in await rows.read(datasette, KNOWN):
        key = (row["region"], row["year"])
        cells[key] = cells.get(key, Cell()) + Cell(missing=row["missing"])
    areas = {row["region"]: row["areas"] for row in await rows.read(datasette, AREAS)}
    register = {row["region"]: row for row in await rows.read(datasette, REGISTER)}
    years = sorted({year for _, year in cells})
    regions = sorted({region for region, _ in cells} | set(register), key=lambda name: (not name, name))
    found = []
    for region in regions:
        line = [cells.get((region, year), Cell()) for year in years]
        known: Row = register.get(region, {"areas": 0, "with_letter": 0})
        found.append(Line(region, line, sum(line, Cell()), areas.get(region, 0), known["areas"], known["with_letter"]))
    return years, found


async def show_coverage(request: Any, datasette: Any) -> Response:
    years, found = await lines(datasette)
    sums = [sum((line.cells[place] for line in found), Cell()) for place in range(len(years))]
    build = {row["key"]: row["value"] for row in await rows.read(datasette, "select key, value from build_info")}
    return Response.html(
        await datasette.render_template(
            "coverage.html",
            {
                "years": years,
                "lines": found,
                "sums": sums,
                "total": sum(sums, Cell()),
                "coverage": await rows.read_one(datasette, start.COVERAGE),
                "build": build,
                "missing": await rows.read(datasette, MISSING),
                "statuses": STATUSES,
                "files": await rows.read(datasette, FILES),
                "rejects": await rows.read(datasette, REJECTS),
            },
            request=request,
        )
    )
