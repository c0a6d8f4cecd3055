"""The site's own pages: which address is answered by what, and what every template knows."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from datasette import hookimpl

FOLDER = Path(__file__).resolve().parent.parent
if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))

from findings_site import coverage, data, feeds, letter, rows, search, start, subjects, team, text, trends  # noqa: E402
from findings_site.kept import keep  # noqa: E402

SPECIMENS = "select count(*) as letters, coalesce(sum(specimen), 0) as specimens from letters"

ADDRESSES = (
    (r"^/$", start.show_start),
    (r"^/search$", search.show_search),
    (r"^/search\.(?P<format>json|csv)$", search.export_search),
    (r"^/letters$", start.show_letters),
    (r"^/letters/(?P<letter_id>[^/]+)$", letter.show_letter),
    (r"^/letters/(?P<letter_id>[^/]+)/pages/(?P<page>[0-9]{1,4})$", letter.send_page_picture),
    (r"^/teams$", team.show_teams),
    (r"^/teams/(?P<team_id>[^/]+)$", team.show_team),
    (r"^/trends$", trends.show_trends),
    (r"^/trends\.(?P<format>json|csv)$", trends.export_trends),
    (r"^/criteria$", subjects.show_criteria),
    (r"^/criteria/(?P<criterion>[a-z_.]+)$", subjects.show_criterion),
    (r"^/themes$", subjects.show_themes),
    (r"^/themes/(?P<theme>[a-z_]+)$", subjects.show_theme),
    (r"^/data$", data.show_data),
    (r"^/data/csv/(?P<table>[a-z_]+)\.csv$", data.send_csv),
    (r"^/about$", data.show_about),
    (r"^/coverage$", coverage.show_coverage),
    (r"^/accessibility$", data.show_accessibility),
    (r"^/feed\.atom$", feeds.send_feed),
    (r"^/robots\.txt$", feeds.send_robots),
    (r"^/sitemap\.xml$", feeds.send_sitemap),
)

# Files come from the disk as they are; keeping them would only take memory.
NOT_KEPT = (letter.send_page_picture, data.send_csv, search.export_search)


@hookimpl
def startup(datasette: Any) -> Any:
    async def warm() -> None:
        if rows.NAME in datasette.databases:
            await trends.read_ahead(datasette)

    return warm


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(path, view if view in NOT_KEPT else keep(view)) for path, view in ADDRESSES]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    # Into the globals, not into extra_template_vars: the error page is rendered without those.
    env.globals["link"] = datasette.urls.path
    env.globals["asset"] = {
        file.name: datasette.urls.path(f"/static/{file.name}?{hashlib.sha256(file.read_bytes()).hexdigest()[:10]}")
        for file in (FOLDER / "static").iterdir()
    }
    env.finalize = text.printable  # applied to whatever a template puts out
    # Datasette 1.0's own templates, where we have none, look for this in the base template.
    env.globals["crumbs"] = SimpleNamespace(nav=lambda **_: "")
    env.filters["long_date"] = text.long_date
    env.filters["percent"] = text.percent
    env.filters["share_range"] = text.share_range
    env.filters["colour"] = text.colour
    env.filters["number"] = text.number
    env.filters["typed_sql"] = text.typed_sql
    env.filters["plain_error"] = text.plain_error
    env.globals.update(
        SECTIONS=text.SECTIONS, ACTIVITIES=text.ACTIVITIES, SENSES=text.SENSES, TONES=text.TONES, FORMS=text.FORMS
    )


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    async def variables() -> dict[str, Any]:
        if rows.NAME not in datasette.databases:
            return {}
        return {
            "specimens": await rows.read_one(datasette, SPECIMENS),
            "column_meanings": await data.column_meanings(datasette),
        }

    return variables
