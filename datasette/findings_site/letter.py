"""A letter: its text beside its pages, with findings, examples and points marked in both."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from datasette import NotFound, Response
from findings_site import rows, text
from findings_site.question import ask
from findings_site.rows import Row
from markupsafe import Markup, escape

LETTER = """
    select l.*, t.name as team, t.region, t.country from letters l join teams t on t.id = l.team_id where l.id = :id
"""
SECTIONS = "select * from sections where letter_id = :id order by position"
PARAGRAPHS = "select * from paragraphs where letter_id = :id order by position"
FINDINGS = "select * from findings where letter_id = :id order by paragraph_id, start, id"
EXAMPLES = "select * from examples where letter_id = :id order by paragraph_id, start, id"
POINTS = "select * from points where letter_id = :id order by kind desc, position"
PAGES = "select * from pages where letter_id = :id order by page"
FOOTNOTES = "select * from footnotes where letter_id = :id order by id"
WARNINGS = "select text from warnings where letter_id = :id"
BOXES = """
    select item, item_id, page, x0, top, x1, bottom from boxes
    where letter_id = :id and item in ('findings', 'examples', 'points') order by item, item_id, page, top
"""
EXAMPLE_THEMES = """
    select et.example_id, et.theme, et.score, et.decided_by, t.name from example_themes et
    join themes t on t.id = et.theme join examples e on e.id = et.example_id
    where e.letter_id = :id order by et.example_id, et.score desc
"""
# The rowids of one letter stand together, so the full-text index need not be walked whole.
THEME_WORDS = """
    select w.example_id, w.theme, w.word from theme_words w join examples e on e.id = w.example_id
    where e.letter_id = :id and w.weight > 0 order by w.example_id, w.theme, w.weight desc
"""
SIMILAR = """
    select s.example_id, o.id, o.letter_id, l.area, l.letter_date, s.similarity from similar_examples s
    join examples e on e.id = s.example_id join examples o on o.id = s.other_id join letters l on l.id = o.letter_id
    where e.letter_id = :id order by s.example_id, s.similarity desc
"""
MATCHES = """
    select {table}_fts.rowid as id, highlight({table}_fts, 0, char(2), char(3)) as marked
    from {table}_fts where {table}_fts match :match and {table}_fts.rowid between :first and :last
"""
HISTORY = "select * from letter_history where letter_id = :id order by status <> 'current', added desc, file_name"
CHANGES = "select sha256, change, text from letter_changes where letter_id = :id order by rowid limit 200"
PICTURE = "select image from pages where letter_id = :id and page = :page"
ANCHORS = {"findings": "f", "examples": "e", "points": "s"}
NAMES = {"findings": "Finding", "examples": "Case example", "points": "Point"}


async def show_letter(request: Any, datasette: Any) -> Response:
    letter_id = request.url_vars["letter_id"]
    letter = await rows.read_one(datasette, LETTER, {"id": letter_id}, keep=False)
    if letter is None:
        raise NotFound("There is no letter of that name here. It may have been known under another: try the search.")
    by_id = {"id": letter_id}
    paragraphs = await rows.read(datasette, PARAGRAPHS, by_id, keep=False)
    base = datasette.absolute_url(request, datasette.urls.path(f"/letters/{letter_id}"))
    numbered = {paragraph["id"]: paragraph["number"] for paragraph in paragraphs}
    findings = [
        {
            **row,
            "reading": text.reading(row),
            "colour": text.colour(row),
            "soft": text.is_soft(row),
            "judged": text.criterion_name(row["criterion"]),
            "citation": cite(
                letter, base, row["sentence"], row["page"], numbered[row["paragraph_id"]], f"#f{row['id']}"
            ),
        }
        for row in await rows.read(datasette, FINDINGS, by_id, keep=False)
    ]
    points = await rows.read(datasette, POINTS, by_id, keep=False)
    themes: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, EXAMPLE_THEMES, by_id, keep=False):
        themes[row["example_id"]].append(row)
    words: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in await rows.read(datasette, THEME_WORDS, by_id, keep=False):
        words[row["example_id"], row["theme"]].append(row["word"])
    for found_themes in themes.values():
        for row in found_themes:
            row["words"] = words[row["example_id"], row["theme"]][:5]
    similar: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.read(datasette, SIMILAR, by_id, keep=False):
        similar[row["example_id"]].append(row)
    examples = [
        {
            **row,
            "similar": similar[row["id"]][:4],
            "themes": themes[row["id"]],
            "citation": cite(letter, base, row["text"], row["page"], numbered[row["paragraph_id"]], f"#e{row['id']}"),
        }
        for row in await rows.read(datasette, EXAMPLES, by_id, keep=False)
    ]
    boxes = await rows.read(datasette, BOXES, by_id, keep=False)
    typed = text.plain(request.args.get("q") or "").strip()
    question = ask(typed)
    matches = await find_matches(datasette, question.match, paragraphs, points)
    placed = {(box["item"], box["item_id"]) for box in boxes}
    numbers = number_matches(paragraphs, points, matches)
    shown = show_paragraphs(paragraphs, findings, examples, matches, numbers, placed)
    sections = []
    by_section: dict[int, list[Row]] = defaultdict(list)
    for paragraph in shown:
        by_section[paragraph["section_id"]].append(paragraph)
    shown_points = [show_point(point, matches, numbers, placed) for point in points]
    for section in await rows.read(datasette, SECTIONS, by_id, keep=False):
        kind = {"strengths": "strength", "improvements": "improvement"}.get(section["code"])
        sections.append(
            {
                **section,
                "paragraphs": by_section[section["id"]],
                "points": [point for point in shown_points if point["kind"] == kind],
            }
        )
    history = await rows.read(datasette, HISTORY, by_id, keep=False)
    found = len(numbers)
    return Response.html(
        await datasette.render_template(
            "letter.html",
            {
                "letter": letter,
                "sections": sections,
                "pages": [
                    {**page, "overlay": draw_overlay(page, boxes, findings, examples)}
                    for page in await rows.read(datasette, PAGES, by_id, keep=False)
                ],
                "footnotes": await rows.read(datasette, FOOTNOTES, by_id, keep=False),
                "warnings": await rows.read(datasette, WARNINGS, by_id, keep=False),
                "history": history,
                "changes": await rows.read(datasette, CHANGES, by_id, keep=False) if history else [],
                "statuses": text.STATUSES,
                "sources": text.SOURCES,
                "counts": {"findings": len(findings), "examples": len(examples), "points": len(points)},
                "typed": typed if question.match else "",
                "found": found,
                "back": "/search?" + urlencode({"q": typed}),
                "denominators": text.DENOMINATORS,
                "citation": cite(letter, base, "", None, None, ""),
            },
            request=request,
        )
    )


def cite(letter: Row, base: str, words: str, page: int | None, paragraph: str | None, anchor: str) -> str:
    """A citation that leads another reader to the same words, in this file and no other."""
    parts = [
        f"HM Inspectorate of Probation, “{letter['title']}”{' [invented specimen]' if letter['specimen'] else ''}",
        text.long_date(letter["letter_date"]),
        f"paragraph {paragraph}" if paragraph else "",
        f"page {page}" if page else "",
    ]
    quoted = f": “{words.rstrip(' .')}”" if words else ""
    place = ", ".join(part for part in parts if part)
    return f"{place}{quoted}. {base}{anchor} (file {letter['file_name']}, SHA-256 {letter['sha256']})"


async def find_matches(
    datasette: Any, match: str, paragraphs: list[Row], points: list[Row]
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """For each paragraph and point that holds a match, the matched spans."""
    found = {}
    for table, items in (("paragraphs", paragraphs), ("points", points)):
        if not (match and items):
            continue
        texts = {item["id"]: item["text"] for item in items}
        values = {"match": match, "first": min(texts), "last": max(texts)}
        for row in await rows.read(datasette, MATCHES.format(table=table), values, keep=False):
            if row["id"] in texts:
                spans = text.match_spans(texts[row["id"]], row["marked"])
                if spans:
                    found[table, row["id"]] = spans
    return found


def number_matches(
    paragraphs: list[Row], points: list[Row], matches: dict[tuple[str, int], list[tuple[int, int]]]
) -> dict[tuple[str, int, int], int]:
    """The matches of the letter numbered in the order of reading: (table, row, start) -> number from 1."""
    keys = [("paragraphs", item["id"]) for item in paragraphs] + [("points", item["id"]) for item in points]
    starts = [(*key, start) for key in keys for start, _ in matches.get(key, ())]
    return {key: place for place, key in enumerate(starts, 1)}


def _match_spans(
    table: str,
    row_id: int,
    matches: dict[tuple[str, int], list[tuple[int, int]]],
    numbers: dict[tuple[str, int, int], int],
) -> list[text.Span]:
    return [
        text.Span(start, end, 3, "<mark{anchor}>", "</mark>", f' id="m{numbers[table, row_id, start]}"')
        for start, end in matches.get((table, row_id), ())
    ]


def show_paragraphs(
    paragraphs: list[Row],
    findings: list[Row],
    examples: list[Row],
    matches: dict[tuple[str, int], list[tuple[int, int]]],
    numbers: dict[tuple[str, int, int], int],
    placed: set[tuple[str, int]],
) -> list[Row]:
    """Each paragraph with its marked text, its findings and its examples."""
    in_paragraph: dict[int, list[Row]] = defaultdict(list)
    quoted: dict[int, list[Row]] = defaultdict(list)
    for finding in findings:
        in_paragraph[finding["paragraph_id"]].append(finding)
    for example in examples:
        quoted[example["paragraph_id"]].append(example)
    shown = []
    for paragraph in paragraphs:
        spans = _match_spans("paragraphs", paragraph["id"], matches, numbers)
        for example in quoted[paragraph["id"]]:
            key = f"e{example['id']}"
            opening = f'<span class="example {escape(example["tone"] or "")}" data-item="{key}"{{anchor}}>'
            spans.append(text.Span(example["start"], example["end"], 1, opening, "</span>", f' id="{key}"'))
        for finding in in_paragraph[paragraph["id"]]:
            key = f"f{finding['id']}"
            target = f"on-{key}" if ("findings", finding["id"]) in placed else f"about-{key}"
            opening = f'<a class="finding {escape(text.colour(finding))}" href="#{target}" data-item="{key}"{{anchor}}>'
            spans.append(text.Span(finding["start"], finding["end"], 2, opening, "</a>", f' id="{key}"'))
        shown.append(
            {
                **paragraph,
                "html": text.with_spans(paragraph["text"], spans),
                "findings": in_paragraph[paragraph["id"]],
                "examples": [
                    {**example, "placed": ("examples", example["id"]) in placed} for example in quoted[paragraph["id"]]
                ],
            }
        )
    return shown


def show_point(
    point: Row,
    matches: dict[tuple[str, int], list[tuple[int, int]]],
    numbers: dict[tuple[str, int, int], int],
    placed: set[tuple[str, int]],
) -> Row:
    spans = _match_spans("points", point["id"], matches, numbers)
    return {**point, "html": text.with_spans(point["text"], spans), "placed": ("points", point["id"]) in placed}


def draw_overlay(page: Row, boxes: list[Row], findings: list[Row], examples: list[Row]) -> Markup:
    """The marks of one page as links over its picture; the drawing's units are the page's points."""
    about = {("findings", row["id"]): (text.colour(row), f"{row['cue']}: {row['reading']}") for row in findings}
    about.update({("examples", row["id"]): (row["tone"] or "", "Case example") for row in examples})
    groups: dict[tuple[str, int], list[Row]] = defaultdict(list)
    first_page: dict[tuple[str, int], int] = {}
    for box in boxes:
        key = (box["item"], box["item_id"])
        first_page.setdefault(key, box["page"])
        if box["page"] == page["page"]:
            groups[key].append(box)
    out = []
    for item in ("points", "examples", "findings"):  # later ones lie on top
        for key, lines in groups.items():
            if key[0] != item:
                continue
            anchor = f"{ANCHORS[item]}{key[1]}"
            style, words = about.get(key, ("point", "Point"))
            place = f' id="on-{anchor}"' if first_page[key] == page["page"] else ""
            rects = "".join(
                f'<rect x="{box["x0"] - 1:.1f}" y="{box["top"] - 1:.1f}" width="{max(1.0, box["x1"] - box["x0"] + 2):.1f}" '
                f'height="{max(1.0, box["bottom"] - box["top"] + 2):.1f}"/>'
                for box in lines
            )
            out.append(
                f'<a{place} href="#{anchor}" class="{item} {escape(style)}" data-item="{anchor}" '
                f'aria-label="{escape(NAMES[item])} in the text: {escape(text.plain(words))}">{rects}</a>'
            )
    return Markup(
        f'<svg class="overlay" viewBox="0 0 {page["width"]:g} {page["height"]:g}" role="group" '
        f'aria-label="Marks on page {page["page"]}">{"".join(out)}</svg>'
    )


async def send_page_picture(request: Any, datasette: Any) -> Response:
    """The picture of a page. Its path comes from the database, never from the address."""
    values = {"id": request.url_vars["letter_id"], "page": int(request.url_vars["page"])}
    page = await rows.read_one(datasette, PICTURE, values, keep=False)
    folder = rows.folder(datasette) / "pages"
    file = (folder / (page["image"] or "-")).resolve() if page else None
    if file is None or not file.is_relative_to(folder) or file.suffix != ".webp" or not file.is_file():
        raise NotFound("There is no picture of that page.")
    return Response(file.read_bytes(), content_type="image/webp", headers={"cache-control": "public, max-age=86400"})
