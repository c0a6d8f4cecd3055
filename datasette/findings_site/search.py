"""Search: five kinds of thing, the same filters for page, feed, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette import Response
from datasette.utils.asgi import AsgiStream
from findings_site import charts, rows, text
from findings_site.question import Question, ask
from findings_site.rows import Row
from markupsafe import Markup, escape

PAGE_SIZE = 20
MOST_EXPORTED = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """One tab. `columns` are what a result shows beside those that all kinds have; `paragraph` is
    the column that holds the paragraph, None where the kind has none."""

    id: str
    name: str
    one: str
    table: str
    search_column: str
    columns: str
    filters: tuple[str, ...]
    paragraph: str | None = "i.paragraph_id"
    where: str = ""
    anchor: str = "p"


KINDS = {
    kind.id: kind
    for kind in (
        Kind("paragraphs", "Paragraphs", "paragraph", "paragraphs", "text", "i.displayed", ("section",), "i.id"),
        Kind(
            "findings",
            "Findings",
            "finding",
            "findings",
            "sentence",
            "i.cue, i.form, i.numerator, i.denominator, i.denominator_from, i.share_low, i.share_high, i.sense, "
            f"i.met_low, i.met_high, i.criterion, i.counted, {text.CUE_AT.format(finding='i', paragraph='p')}",
            ("section", "criterion", "sense", "from", "to"),
            anchor="f",
        ),
        Kind(
            "examples",
            "Case examples",
            "case example",
            "examples",
            "text",
            "i.tone, i.tone_score, (select group_concat(theme, ' ') from (select theme from example_themes "
            "where example_id = i.id order by score desc)) as themes",
            ("section", "theme", "tone"),
            anchor="e",
        ),
        Kind(
            "strengths",
            "Strengths",
            "strength",
            "points",
            "text",
            "i.kind",
            (),
            None,
            "kind = 'strength'",
            anchor="s",
        ),
        Kind(
            "improvements",
            "Areas for improvement",
            "area for improvement",
            "points",
            "text",
            "i.kind",
            (),
            None,
            "kind = 'improvement'",
            anchor="s",
        ),
    )
}
EVERYWHERE = ("q", "team", "region", "year")
NAMES = {
    "q": "Words",
    "team": "Area",
    "region": "Region",
    "year": "Year",
    "section": "Section",
    "criterion": "Criterion",
    "theme": "Theme",
    "tone": "Tone",
    "sense": "Judgement",
    "from": "Share met at least",
    "to": "Share met at most",
}
# Conditions on search_groups, which holds once what many items share ...
GROUP_CONDITIONS = {
    "region": "region = :region",
    "year": "year = :year",
    "section": "section = :section",
    "criterion": "criterion in (select id from criteria where id = :criterion or activity = :criterion)",
    "tone": "tone = :tone",
    "sense": "sense = :sense",
}
# ... and on the items themselves: n their row in search_findings and the like, i in findings.
CONDITIONS = {
    "team": "n.team_id = :team",
    "theme": "n.id in (select example_id from example_themes where theme = :theme)",
    "from": "i.met_high >= :from / 100.0",
    "to": "i.met_low <= :to / 100.0",
}
NO_REGION = "not recorded"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: one kind, its filters (those that it knows), order and page."""

    kind: Kind
    filters: Mapping[str, str]
    question: Question
    order: str
    page: int

    def sources(self, joined: Iterable[str] = ()) -> str:
        """From and where: n is the item in its search table; i (itself) and l (its letter) where they are needed."""
        kind = self.kind
        needed = set(joined) | ({"i"} if {"from", "to"} & set(self.filters) else set())
        tables = [f"search_{kind.table} n"]
        where = [CONDITIONS[name] for name in self.filters if name in CONDITIONS]
        if self.question.match:
            # cross join: SQLite is to begin with the words, whatever it thinks
            tables = [f"{kind.table}_fts cross join search_{kind.table} n on n.id = {kind.table}_fts.rowid"]
            where.append(f"{kind.table}_fts match :match")
        grouped = [GROUP_CONDITIONS[name] for name in self.filters if name in GROUP_CONDITIONS]
        if kind.where:
            grouped.append(kind.where)
        if grouped:
            grouped.append(f"item = '{kind.table}'")
            where.append(f"n.group_id in (select id from search_groups where {' and '.join(grouped)})")
        if needed:
            tables.append(f"join {kind.table} i on i.id = n.id")
        if "l" in needed:
            tables.append("join letters l on l.id = i.letter_id")
        return f"from {' '.join(tables)} where {' and '.join(where) or '1'}"

    def words_alone(self) -> str:
        """From and where, without any table but the full-text index; empty where there are other conditions."""
        fts = f"{self.kind.table}_fts"
        alone = self.question.match and not self.kind.where and set(self.filters) == {"q"}
        return f"from {fts} where {fts} match :match" if alone else ""

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {name: value for name, value in self.filters.items() if name != "q"}
        if "region" in values and values["region"] == NO_REGION:
            values["region"] = ""
        for name in ("from", "to"):
            if name in values:
                values[name] = float(values[name])
        if self.question.match:
            values["match"] = self.question.match
        return values

    def pairs(self, **changed: str | None) -> list[tuple[str, str]]:
        """The address's parameters, some changed or (None) left out."""
        pairs: dict[str, str | None] = {"kind": self.kind.id, **self.filters}
        if self.order != default_order(self.question):
            pairs["order"] = self.order
        pairs.update(changed)
        return [(name, value) for name, value in pairs.items() if value]

    def address(self, **changed: str | None) -> str:
        return "/search?" + urlencode(self.pairs(**changed))

    def without(self, name: str) -> Search:
        """The same search with one filter fewer."""
        filters = {key: value for key, value in self.filters.items() if key != name}
        question = Question() if name == "q" else self.question
        return Search(self.kind, filters, question, "newest" if name == "q" else self.order, 1)

    def of(self, kind: Kind) -> Search:
        """The same search for another kind; filters that it does not know fall away."""
        known = (*EVERYWHERE, *kind.filters)
        filters = {name: value for name, value in self.filters.items() if name in known}
        return Search(kind, filters, self.question, self.order, 1)


def default_order(question: Question) -> str:
    return "relevance" if question.match else "newest"


def understand(request: Any) -> Search:
    """The search that an address asks for; what makes no sense in it is left out."""
    given = {name: (request.args.get(name) or "").strip() for name in (*NAMES, "kind", "order", "page")}
    kind = KINDS.get(given["kind"], KINDS["paragraphs"])
    filters = {}
    for name in (*EVERYWHERE, *kind.filters):
        value = given[name][:300]
        if name == "q":
            value = text.plain(value)
        if name == "year" and not (value.isascii() and value.isdigit() and len(value) == 4):
            value = ""
        if name in ("from", "to"):
            try:
                value = f"{min(max(float(value), 0.0), 100.0):g}" if value else ""
            except ValueError:
                value = ""
            value = "" if value == "nan" else value
        if value:
            filters[name] = value
    question = ask(filters.get("q", ""))
    order = given["order"] if given["order"] in ORDERS else default_order(question)
    if order == "relevance" and not question.match:
        order = "newest"
    return Search(kind, filters, question, order, max(text.whole(given["page"]), 1))


ORDERS = {
    "relevance": "bm25({fts}), n.id",
    "newest": "l.letter_date desc, i.letter_id, i.id",
    "oldest": "l.letter_date, i.letter_id, i.id",
}
ORDER_NAMES = {"relevance": "Best match", "newest": "Newest letter", "oldest": "Oldest letter"}

RESULTS = """
    select i.id, i.letter_id, i.page, {shown} as shown, {columns}, l.area, l.letter_date, l.team_id, l.sha256, l.specimen,
           {paragraph}
    from {source} join letters l on l.id = i.letter_id {joins}
    where i.id in ({ids}) {match}
"""


async def count(datasette: Any, searches: Sequence[Search]) -> list[int]:
    """How many results each has, of kinds that differ."""
    if not searches:
        return []
    columns = ", ".join(
        f'(select count(*) {search.words_alone() or search.sources()}) as "{place}"'
        for place, search in enumerate(searches)
    )
    values = {name: value for search in searches for name, value in search.values().items()}
    found = await rows.read(datasette, f"select {columns}", values)
    return [int(number) for number in found[0].values()]


async def find(datasette: Any, search: Search, limit: int, offset: int = 0) -> list[Row]:
    """One page of results: first which they are, then what is shown of them."""
    return await show(datasette, search, await find_ids(datasette, search, limit, offset))


async def find_ids(datasette: Any, search: Search, limit: int = -1, offset: int = 0) -> list[int]:
    """The results' ids in their order; all of them without a limit."""
    kind = search.kind
    order = ORDERS[search.order].format(fts=f"{kind.table}_fts")
    joined = () if search.order == "relevance" else ("l",)
    ids_sql = f"select n.id {search.sources(joined)} order by {order} limit :limit offset :offset"
    if search.order == "relevance" and search.words_alone():
        ids_sql = f"select rowid as id {search.words_alone()} order by bm25({kind.table}_fts), rowid limit :limit offset :offset"
    values = {**search.values(), "limit": limit, "offset": offset}
    return [row["id"] for row in await rows.read(datasette, ids_sql, values, keep=limit >= 0)]


def results_sql(search: Search, ids: Sequence[int]) -> str:
    """What is shown of these results, in any order."""
    kind = search.kind
    matching = bool(search.question.match)
    fts = f"{kind.table}_fts"
    column = f"i.{kind.search_column}"
    shown = f"highlight({fts}, 0, char(2), char(3))" if matching else column
    joins, paragraph = "", "null as paragraph, null as section"
    if kind.paragraph:
        inner = "i" if kind.table == "paragraphs" else "p"
        joins = "" if inner == "i" else f"join paragraphs p on p.id = {kind.paragraph}"
        joins += f" join sections s on s.id = {inner}.section_id"
        paragraph = f"{inner}.number as paragraph, s.code as section, {inner}.position"
    listed = ", ".join(str(int(item)) for item in ids)
    return RESULTS.format(
        shown=shown,
        columns=kind.columns,
        paragraph=paragraph,
        joins=joins,
        ids=listed,
        source=f"{fts} cross join {kind.table} i on i.id = {fts}.rowid" if matching else f"{kind.table} i",
        match=f"and {fts} match :match and {fts}.rowid in ({listed})" if matching else "",
    )


async def show(datasette: Any, search: Search, ids: Sequence[int]) -> list[Row]:
    if not ids:
        return []
    values = {"match": search.question.match} if search.question.match else None
    found = await rows.read(datasette, results_sql(search, ids), values, keep=False)
    by_id = {row["id"]: row for row in found}
    return [by_id[item] for item in ids if item in by_id]


FACETS = ("year", "region", "section", "criterion", "sense", "tone")
FACETED = """
    with counted as materialized (select n.group_id, count(*) as n {sources} group by 1),
    dated as materialized (
        select year, region, section, substr(criterion, instr(criterion, '.') + 1) as criterion, sense, tone, n
        from counted join search_groups g on g.id = counted.group_id),
    named as materialized (select * from dated {of_year})
    {parts}
"""


async def facets(datasette: Any, search: Search) -> dict[str, list[tuple[str, int]]]:
    """For each filter of this kind, its values with how many results each has, in one pass. The years are
    all those of the same search in any year, so that a chosen one stands among the others."""
    names = [name for name in FACETS if name in ("year", "region", *search.kind.filters)]
    parts = " union all ".join(
        f"select '{name}' as name, {name} as value, sum(n) as n from {'dated' if name == 'year' else 'named'} group by 2"
        for name in names
    )
    of_year = "where year = :year" if "year" in search.filters else ""
    sql = FACETED.format(sources=search.without("year").sources(), of_year=of_year, parts=parts)
    result: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    for row in await rows.read(datasette, sql, search.values()):
        value = NO_REGION if row["name"] == "region" and not row["value"] else row["value"]
        if value:
            result[row["name"]].append((str(value), row["n"]))
    if "theme" in search.kind.filters:
        themes = f"""
            select theme as value, count(*) as n from example_themes
            where example_id in (select n.id {search.sources()}) group by 1"""
        result["theme"] = [(row["value"], row["n"]) for row in await rows.read(datasette, themes, search.values())]
    for name, values in result.items():
        values.sort(key=(lambda pair: pair[0]) if name == "year" else (lambda pair: (-pair[1], pair[0])))
    return result


def team_options(teams: Sequence[Row], chosen: str) -> Markup:
    """The choices of the list of areas: two hundred lines that a template is slow at."""
    return Markup(
        "".join(
            f'<option value="{escape(text.plain(team["id"]))}"{" selected" if team["id"] == chosen else ""}>'
            f"{escape(text.plain(team['name']))}</option>"
            for team in teams
        )
    )


async def label(datasette: Any, name: str, value: str) -> str:
    """A filter's value as people say it."""
    if name == "team":
        team = await rows.read_one(datasette, "select name from teams where id = :id", {"id": value})
        return team["name"] if team else value
    if name == "theme":
        theme = await rows.read_one(datasette, "select name from themes where id = :id", {"id": value})
        return theme["name"] if theme else value
    if name == "criterion":
        return text.criterion_name(value)
    if name in ("from", "to"):
        return f"{value}%"
    return {**text.SECTIONS, **text.SENSES, **text.TONES}.get(value, value)


async def show_search(request: Any, datasette: Any) -> Response:
    search = understand(request)
    counted = {} if search.question.problem else await facets(datasette, search)
    # Each result has a year, so those of its year, or of all years, are all of them.
    total = sum(found for year, found in counted.get("year", ()) if year == search.filters.get("year", year))
    others = [search.of(kind) for kind in KINDS.values() if kind is not search.kind]
    totals = {search.kind.id: total}
    if not search.question.problem:
        totals.update(zip((other.kind.id for other in others), await count(datasette, others), strict=True))
    tabs = [
        {"kind": kind, "address": search.of(kind).address(), "count": totals.get(id, 0), "on": kind is search.kind}
        for id, kind in KINDS.items()
    ]
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(search.page, pages)
    results = [] if not total else await find(datasette, search, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    chips = [
        {
            "name": NAMES[name],
            "value": await label(datasette, name, value),
            "address": search.address(**{name: None}),
        }
        for name, value in search.filters.items()
    ]
    lists = []
    for name, values in counted.items():
        if name == "year" or name in search.filters:
            continue
        choices = [
            {
                "label": await label(datasette, name, value)
                if name != "criterion"
                else text.ACTIVITIES.get(value, value),
                "count": found,
                "address": search.address(**{name: value}),
            }
            for value, found in values
        ]
        if len(choices) > 1 or (choices and values[0][0] != NO_REGION):
            lists.append({"name": NAMES[name], "choices": choices[:8], "more": choices[8:]})
    teams = await rows.read(datasette, "select id, name from teams order by name")
    chosen = search.filters.get("year")
    years = [
        charts.Bar(
            value,
            found,
            datasette.urls.path(search.address(year=None if value == chosen else value)),
            value == chosen,
        )
        for value, found in charts.every_year(counted.get("year", []))
    ]
    carried = urlencode([("q", search.filters["q"])]) if search.question.match else ""
    looser = [] if total else await loosen(datasette, search)
    elsewhere = [tab for tab in tabs if tab["count"] and not tab["on"]] if not total else []
    return Response.html(
        await datasette.render_template(
            "search.html",
            {
                "search": search,
                "kind": search.kind,
                "filters": search.filters,
                "tabs": tabs,
                "total": total,
                "results": results,
                "reading": text.reading,
                "is_soft": text.is_soft,
                "marked": text.marked,
                "with_cue": text.with_cue,
                "criterion_name": text.criterion_name,
                "themes": await theme_names(datasette),
                "chips": chips,
                "lists": lists,
                "team_options": team_options(teams, search.filters.get("team", "")),
                "histogram": charts.histogram(years, f"{search.kind.name} found, by year of the letter"),
                "several_years": len(years) > 1,
                "page": page,
                "pages": pages,
                "carried": carried,
                "looser": looser,
                "elsewhere": elsewhere,
                "orders": ORDER_NAMES
                if search.question.match
                else {k: v for k, v in ORDER_NAMES.items() if k != "relevance"},
                "query": urlencode(search.pairs()),
                "hidden": [
                    (name, value) for name, value in search.filters.items() if name not in ("q", "team", "from", "to")
                ],
            },
            request=request,
        )
    )


async def theme_names(datasette: Any) -> dict[str, str]:
    return {row["id"]: row["name"] for row in await rows.read(datasette, "select id, name from themes")}


async def loosen(datasette: Any, search: Search) -> list[dict[str, Any]]:
    """For a search without results: what it would find with one condition fewer."""
    options = []
    for name in search.filters:
        other = search.without(name)
        (found,) = await count(datasette, [other])
        if found:
            words = f"without {NAMES[name]}: {await label(datasette, name, search.filters[name])}"
            options.append({"words": words, "count": found, "address": other.address()})
    if search.question.match and len(search.question.terms) > 1:
        either = {**search.filters, "q": " OR ".join(term.strip("()") for term in search.question.terms)}
        other = Search(search.kind, either, ask(either["q"]), "relevance", 1)
        (found,) = await count(datasette, [other])
        if found:
            options.append({"words": "with any one of the words", "count": found, "address": other.address()})
    return options


NOT_EXPORTED = ("shown", "cue_at")


def as_record(row: Row, kind: Kind, base: str) -> Row:
    """A result as it goes out in JSON and CSV: the words without marks, and where they stand."""
    record = {key: value for key, value in row.items() if key not in NOT_EXPORTED}
    record[kind.search_column] = row["shown"].replace(text.MARK_START, "").replace(text.MARK_END, "")
    record["kind"] = kind.id
    record["address"] = f"{base}/letters/{row['letter_id']}#{kind.anchor}{row['id']}"
    if kind.id == "findings":
        record["reading"] = text.reading(row)
    return record


async def export_search(request: Any, datasette: Any) -> Response | AsgiStream:
    """The page's own parameters. JSON comes in pages, of `size` up to 1000 results; so does CSV where it is
    asked for by `size` or `page`, else it holds all results."""
    search = understand(request)
    if request.url_vars["format"] == "csv" and not (request.args.get("size") or request.args.get("page")):
        return await stream_csv(request, datasette, search)
    size = min(text.whole(request.args.get("size")) or MOST_EXPORTED, MOST_EXPORTED)
    base = datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/")
    total = 0 if search.question.problem else (await count(datasette, [search]))[0]
    found = await find(datasette, search, size, (search.page - 1) * size) if total else []
    records = [as_record(row, search.kind, base) for row in found]
    if request.url_vars["format"] == "json":
        more = search.page * size < total
        following = (
            f"{base}/search.json?{urlencode([*search.pairs(), ('size', str(size)), ('page', str(search.page + 1))])}"
        )
        body = {
            "kind": search.kind.id,
            "filters": dict(search.filters),
            "problem": search.question.problem or None,
            "total": total,
            "next": following if more else None,
            "results": records,
        }
        return Response(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    return as_csv(records, f"{search.kind.id}.csv", await exported_columns(datasette, search))


async def exported_columns(datasette: Any, search: Search) -> list[str]:
    """The columns of `as_record`, known also where nothing is found."""
    values = {"match": search.question.match} if search.question.match else {}
    empty = await datasette.get_database(rows.NAME).execute(results_sql(search, (0,)), values)
    own = (search.kind.search_column, "kind", "address", *(["reading"] if search.kind.id == "findings" else []))
    return list(dict.fromkeys((*(name for name in empty.columns if name not in NOT_EXPORTED), *own)))


async def stream_csv(request: Any, datasette: Any, search: Search) -> AsgiStream:
    """All results, sent as they are read."""
    base = datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/")
    ids = [] if search.question.problem else await find_ids(datasette, search)
    columns = await exported_columns(datasette, search)

    async def send(out: Any) -> None:
        await out.write(csv_text([], columns, header=True))
        for start in range(0, len(ids), MOST_EXPORTED):
            found = await show(datasette, search, ids[start : start + MOST_EXPORTED])
            await out.write(csv_text([as_record(row, search.kind, base) for row in found], columns))

    return AsgiStream(send, headers=download(f"{search.kind.id}.csv"), content_type=CSV_TYPE)


CSV_TYPE = "text/csv; charset=utf-8"


def download(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def csv_text(records: Iterable[Row], columns: Sequence[str], header: bool = False) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    if header:
        writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def as_csv(records: list[Row], name: str, columns: Sequence[str] = ()) -> Response:
    body = csv_text(records, columns or list(records[0]), header=True)
    return Response(body, headers=download(name), content_type=CSV_TYPE)
