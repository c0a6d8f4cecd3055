"""A small made-up database for tests of the site: plain letters, and one whose every text is hostile."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

from miner import database
from miner.profiles.sqs import SQS

ROOT = Path(__file__).parent.parent
HOSTILE = "<script>alert(1)</script> \" ' ); drop table letters; -- \u202eevil\u202c \x02\x03\x07 <b>&amp;</b>"
AREAS = ("Alderby", "Brinmoor", "Carrowdale", "Dunswick")
REGIONS = ("North East", "North East", "Wales", None)
THEMES = {"planning": ("Planning", "Plans."), "safeguarding": ("Safeguarding", "The child's own safety.")}


def make_database(folder: Path, hostile: bool = True, more: int = 0) -> Path:
    """Four letters of invented areas, with pictures of one page each, one of hostile texts, and `more` of 2014."""
    path = folder / "findings.db"
    with database.Writer(path) as writer:
        database.add_vocabularies(writer, SQS, THEMES)
        writer.add("build_info", key="built_at", value="2026-11-22T00:00:00+00:00")
        writer.add("build_info", key="gold_findings_f1", value="0.91")
        writer.add("bands", words="most", low=0.5, high=0.96, source="measured")
        writer.add(
            "rejects", file_name="page.pdf", sha256=None, reason="no PDF: the file holds a web page", detail=None
        )
        for index, (area, region) in enumerate(zip(AREAS, REGIONS, strict=True)):
            add_letter(writer, area, region, 2013 + index // 2, 10 + index)
        if hostile:
            add_letter(writer, HOSTILE, HOSTILE, 2016, 9, slug="hostile", extra=HOSTILE)
        for number in range(more):
            add_letter(writer, f"Farholt {number}", "London", 2014, 8 + 2 * number)
        add_coverage(writer, HOSTILE if hostile else "Plain words")
    draw_pages(folder / "pages")
    database.write_csv(path, folder / "csv")
    return path


def add_letter(
    writer: database.Writer, area: str, region: str | None, year: int, met: int, slug: str = "", extra: str = ""
) -> None:
    team = slug or area.lower()
    letter = f"{team}-{year}-03-05"
    writer.add("teams", id=team, name=area, region=region, country=None)
    writer.rows["letters"].append(
        {
            "id": letter,
            "team_id": team,
            "kind": "sqs",
            "title": f"Report of Short Quality Screening (SQS) of youth offending work in {area}",
            "area": area,
            "letter_date": f"{year}-03-05",
            "inspection_start": f"{year}-02-03",
            "inspection_end": f"{year}-02-05",
            "sample_size": 20,
            "lead_inspector": extra or "A Name",
            "source_url": "javascript:alert(1)" if extra else None,
            "file_name": extra or f"{letter}.pdf",
            "sha256": f"{abs(hash(letter)):064x}"[-64:],
            "pages": 1,
            "words": 90,
            "text_source": "pdf",
            "specimen": 1,
        }
    )
    writer.add("pages", letter_id=letter, page=1, width=595.0, height=842.0, image="one/1.webp")
    add_section(writer, letter, 1, "child", "3. Protecting the child or young person")
    text = f"Reviews were sufficient in {met} of the 20 cases, and most plans were timely. {extra}"
    paragraph = add_paragraph(writer, letter, 1, "3.1", text)
    cue = f"{met} of the 20 cases"
    add_finding(writer, letter, paragraph, text, cue, "count", met, 20, met / 20, met / 20, "child.review", 100)
    add_finding(writer, letter, paragraph, text, "most plans", "vague", None, None, 0.5, 0.96, "child.planning", 130)
    quoted = f"The plan for this girl was clear and her school was told. {extra}"
    text = f'One inspector wrote: "{quoted}"'
    paragraph = add_paragraph(writer, letter, 2, "3.2", text)
    start = text.index(quoted)
    example = writer.add(
        "examples",
        letter_id=letter,
        paragraph_id=paragraph,
        text=quoted,
        start=start,
        end=start + len(quoted),
        tone="strength",
        tone_score=0.87,
        page=1,
    )
    add_box(writer, "examples", example, letter, 200)
    writer.add("example_themes", example_id=example, theme="planning", score=0.91, decided_by="model")
    writer.add("theme_words", example_id=example, theme="planning", word=extra or "plan", weight=1.2)
    if example > 1:
        writer.add("similar_examples", example_id=example, other_id=example - 1, similarity=0.4)
    add_section(writer, letter, 2, "improvements", "Areas for improvement")
    point = writer.add(
        "points", letter_id=letter, kind="improvement", position=1, text=f"Review plans. {extra}", page=1
    )
    add_box(writer, "points", point, letter, 300)


def add_coverage(writer: database.Writer, words: str) -> None:
    """What is missing: a team without a letter, a letter known of, one that came in two issues."""
    register: dict[str, Any] = {"country": "England", "confidence": "high", "specimen": 0, "letters": 0}
    writer.add("team_register", id="eastwick", name="Eastwick", region="North East", source="memory", **register)
    writer.add(
        "team_register", id="elsham", name="Elsham", region="North East", to_year=2014, succeeded_by="eastwick",
        note=words, source="memory", **register,
    )  # fmt: skip
    writer.add("team_authorities", team_id="elsham", authority=f"Elsham {words}", ons_code=None)
    writer.add(
        "coverage", year="2014", country="England", region="North East", known=1, loaded=0, rejected=0, not_obtained=1
    )
    writer.add(
        "known_letters", team_id="elsham", area="Elsham", region="North East", country="England", year="2014",
        evidence=words, status="not_obtained", source_url="javascript:alert(1)",
    )  # fmt: skip
    for status, sha256 in (("current", "a" * 64), ("replaced", "b" * 64)):
        writer.add(
            "letter_history", letter_id="alderby-2013-03-05", status=status, file_name=words, sha256=sha256,
            letter_date="2013-03-05", added="2026-11-22", findings=2,
        )  # fmt: skip
    for change in ("removed", "added"):
        writer.add("letter_changes", letter_id="alderby-2013-03-05", sha256="b" * 64, change=change, text=words)


def add_section(writer: database.Writer, letter: str, position: int, code: str, heading: str) -> int:
    return writer.add("sections", letter_id=letter, position=position, code=code, heading=heading, page=1)


def add_paragraph(writer: database.Writer, letter: str, position: int, number: str, text: str) -> int:
    section = writer.ids["sections"]
    return writer.add(
        "paragraphs",
        letter_id=letter,
        section_id=section,
        position=position,
        number=number,
        text=text,
        page=1,
        displayed=0,
    )


def add_finding(
    writer: database.Writer,
    letter: str,
    paragraph: int,
    text: str,
    cue: str,
    form: str,
    numerator: int | None,
    denominator: int | None,
    low: float,
    high: float,
    criterion: str,
    top: float,
) -> None:
    start = text.index(cue)
    finding = writer.add(
        "findings",
        letter_id=letter,
        paragraph_id=paragraph,
        sentence=text,
        cue=cue,
        start=start,
        end=start + len(cue),
        form=form,
        numerator=numerator,
        denominator=denominator,
        denominator_from="stated" if denominator else None,
        share_low=low,
        share_high=high,
        sense="met",
        met_low=low,
        met_high=high,
        criterion=criterion,
        counted="cases",
        page=1,
        pattern="made_up",
    )
    add_box(writer, "findings", finding, letter, top)


def add_box(writer: database.Writer, item: str, item_id: int, letter: str, top: float) -> None:
    writer.rows["boxes"].append(
        {
            "item": item,
            "item_id": item_id,
            "letter_id": letter,
            "page": 1,
            "x0": 80.0,
            "top": top,
            "x1": 300.0,
            "bottom": top + 14,
        }
    )


def draw_pages(folder: Path) -> None:
    from PIL import Image

    (folder / "one").mkdir(parents=True)
    Image.new("L", (200, 283), 255).save(folder / "one" / "1.webp", "WEBP", lossless=True)


class Site:
    """The site over a database, asked without a network."""

    def __init__(self, path: Path, **settings: Any) -> None:
        application: Any = importlib.import_module("datasette.app")
        self.datasette = application.Datasette(immutables=[str(path)], config_dir=ROOT / "datasette", settings=settings)
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.datasette.invoke_startup())

    def get(self, path: str) -> Any:
        """The answer to a request; redirects are followed for queries alone, which Datasette 1.0 moved."""
        return self.ask("GET", path)

    def ask(self, method: str, path: str) -> Any:
        client = self.datasette.client
        return self.loop.run_until_complete(client.request(method, path, follow_redirects="?sql=" in path))

    def close(self) -> None:
        for each in self.datasette.databases.values():
            each.close()
        self.datasette.executor.shutdown()
        self.loop.close()
