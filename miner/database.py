"""Mined letters -> one SQLite file, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlite_utils

from miner.bands import Bands
from miner.corpus import Team, Teams, slug
from miner.coverage import Known, count_coverage
from miner.issues import Issue
from miner.profiles import Profile
from miner.records import Box, LetterError, MinedLetter, Passage
from miner.schema import GROUPED, SEARCH_TABLES, SEARCHED, TABLES, VIEW_ABOUT, VIEWS, Table, about_column


class Writer:
    """Fills a new database beside `path` and puts it in its place when all is in.

    Use as a context manager: leaving it through an error removes the unfinished file, and what
    stood at `path` before stays as it was.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
        self.ids: dict[str, int] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}

    def __enter__(self) -> Writer:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.unfinished.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
                self.unfinished.replace(self.path)
        finally:
            self.unfinished.unlink(missing_ok=True)

    def add(self, table: str, **values: Any) -> int:
        """Keeps a row for the table; gives it the next `id` where the table counts them."""
        if table in _COUNTED:
            self.ids[table] = self.ids.get(table, 0) + 1
            values = {"id": self.ids[table], **values}
        self.rows[table].append(values)
        return self.ids.get(table, 0)

    def add_boxes(self, item: str, item_id: int, letter_id: str, boxes: Iterable[Box]) -> None:
        for box in boxes:
            self.rows["boxes"].append(
                {
                    "item": item,
                    "item_id": item_id,
                    "letter_id": letter_id,
                    "page": box.page,
                    "x0": round(box.x0, 2),
                    "top": round(box.top, 2),
                    "x1": round(box.x1, 2),
                    "bottom": round(box.bottom, 2),
                }
            )

    def _write(self) -> None:
        connection = sqlite3.connect(self.unfinished)
        try:
            # One transaction, no journal: the file is new, and is thrown away if anything fails.
            connection.execute("pragma journal_mode = off")
            connection.execute("pragma synchronous = off")
            database = sqlite_utils.Database(connection)
            with connection:
                for table in TABLES:
                    create(database, table)
            for table in TABLES:
                insert(connection, table, self.rows[table.name])
            with connection:
                index(database)
                group(database)
            broken = connection.execute("pragma foreign_key_check").fetchall()
            if broken:
                raise sqlite3.IntegrityError(f"rows refer to rows that are not there: {broken[:3]}")
            connection.execute("vacuum")
            connection.execute("analyze")
            connection.commit()
        finally:
            connection.close()


_COUNTED = {table.name for table in TABLES if table.key == ("id",) and table.columns[0].type == "INTEGER"}
_TYPES: Mapping[str, type] = {"TEXT": str, "INTEGER": int, "REAL": float}


def create(database: sqlite_utils.Database, table: Table) -> None:
    """Creates the table: STRICT, with its key and foreign keys."""
    key: Any = table.key if len(table.key) > 1 else (table.key[0] if table.key else None)
    database.table(table.name).create(
        {column.name: _TYPES[column.type] for column in table.columns},
        pk=key,
        not_null={column.name for column in table.columns if column.needed},
        foreign_keys=[(column.name, column.references, "id") for column in table.columns if column.references],
        strict=True,
    )


def insert(connection: sqlite3.Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """All rows of a table in one go."""
    names = [column.name for column in table.columns]
    marks = ", ".join("?" for _ in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection:
        connection.executemany(
            f'insert into "{table.name}" ({quoted}) values ({marks})',
            ([row.get(name) for name in names] for row in rows),
        )


def index(database: sqlite_utils.Database) -> None:
    """Indexes, full-text search and views, once all rows are in."""
    for table in TABLES:
        target = database.table(table.name)
        for column in table.columns:
            if column.indexed:
                target.create_index([column.name], if_not_exists=True)
        if table.search:
            target.enable_fts(list(table.search), fts_version="FTS5", tokenize="porter unicode61")
    database.table("boxes").create_index(["item", "item_id"])
    database.table("boxes").create_index(["letter_id"])
    database.table("example_themes").create_index(["theme", "example_id"], if_not_exists=True)
    for name, sql in VIEWS.items():
        database.create_view(name, sql)
        describe_view(database, name)


def describe_view(database: sqlite_utils.Database, name: str) -> None:
    """A view's lines in the data dictionary."""
    lines = [(name, "", None, VIEW_ABOUT[name][0])]
    lines += [
        (name, column.name, column.type or None, about_column(name, column.name))
        for column in database.view(name).columns
    ]
    database.conn.executemany(
        "insert or replace into data_dictionary (table_name, column_name, type, about) values (?, ?, ?, ?)", lines
    )


def group(database: sqlite_utils.Database) -> None:
    """The tables that searches are counted by."""
    for table in SEARCH_TABLES:
        create(database, table)
    columns = ", ".join(column.name for column in SEARCH_TABLES[0].columns[2:])
    for item, searched in SEARCHED.items():
        database.execute(f"create temp table grouped as {GROUPED.format(searched=searched)}")
        database.execute(
            f"insert into search_groups (item, {columns}) select distinct '{item}', {columns} from grouped order by {columns}"
        )
        database.execute(
            f"insert into search_{item} (id, group_id, team_id) select i.id, g.id, i.team_id from grouped i "
            f"join (select * from search_groups where item = '{item}') g using ({columns})"
        )
        database.execute("drop table grouped")
        database.table(f"search_{item}").create_index(["team_id", "group_id"])
        database.table(f"search_{item}").create_index(["group_id"])
    database.table("search_groups").create_index(["item"])


def add_letter(writer: Writer, mined: MinedLetter, letter_id: str, team_id: str, images: Sequence[str]) -> None:
    """Every row of one letter. `images` are the page pictures' paths, one a page, or none."""
    facts, source = mined.letter.facts, mined.source
    writer.rows["letters"].append(
        {
            "id": letter_id,
            "team_id": team_id,
            "kind": facts.kind,
            "title": facts.title,
            "area": facts.area,
            "letter_date": facts.letter_date,
            "inspection_start": facts.inspection_start,
            "inspection_end": facts.inspection_end,
            "sample_size": facts.sample_size,
            "reoffending_rate": facts.reoffending_rate,
            "recipient": facts.recipient,
            "lead_inspector": facts.lead_inspector,
            "signatory": facts.signatory,
            "source_url": source.url,
            "file_name": source.name,
            "sha256": source.sha256,
            "pages": len(mined.page_sizes) or None,
            "words": mined.words,
            "text_source": mined.text_source,
            "specimen": int(source.specimen),
        }
    )
    for number, (width, height) in enumerate(mined.page_sizes, 1):
        writer.add(
            "pages",
            letter_id=letter_id,
            page=number,
            width=width,
            height=height,
            image=images[number - 1] if images else None,
        )
    position = 0
    classified = iter(mined.classified)
    for order, section in enumerate(mined.sections, 1):
        section_id = writer.add(
            "sections",
            letter_id=letter_id,
            position=order,
            code=section.section.code,
            heading=section.section.heading,
            page=section.section.page,
        )
        for item in section.paragraphs:
            position += 1
            passage = item.paragraph.passage
            paragraph_id = writer.add(
                "paragraphs",
                letter_id=letter_id,
                section_id=section_id,
                position=position,
                number=item.paragraph.number,
                text=passage.text,
                page=passage.page,
                displayed=int(item.paragraph.displayed),
            )
            writer.add_boxes("paragraphs", paragraph_id, letter_id, _outline(passage))
            for finding in item.findings:
                finding_id = writer.add(
                    "findings",
                    letter_id=letter_id,
                    paragraph_id=paragraph_id,
                    sentence=finding.sentence,
                    cue=finding.cue,
                    start=finding.start,
                    end=finding.end,
                    form=finding.form,
                    numerator=finding.numerator,
                    denominator=finding.denominator,
                    denominator_from=finding.denominator_from,
                    share_low=finding.share.low if finding.share else None,
                    share_high=finding.share.high if finding.share else None,
                    sense=finding.sense,
                    met_low=finding.met.low if finding.met else None,
                    met_high=finding.met.high if finding.met else None,
                    criterion=finding.criterion,
                    counted=finding.counted,
                    page=passage.page_at(finding.start),
                    pattern=finding.pattern,
                )
                writer.add_boxes("findings", finding_id, letter_id, passage.boxes(finding.start, finding.end))
            for example in item.examples:
                themes = next(classified, None)
                example_id = writer.add(
                    "examples",
                    letter_id=letter_id,
                    paragraph_id=paragraph_id,
                    text=example.text,
                    start=example.start,
                    end=example.end,
                    tone=themes.tone if themes else None,
                    tone_score=themes.tone_score if themes else None,
                    page=passage.page_at(example.start),
                )
                writer.add_boxes("examples", example_id, letter_id, passage.boxes(example.start, example.end))
                for theme in themes.themes if themes else ():
                    writer.add(
                        "example_themes",
                        example_id=example_id,
                        theme=theme.theme,
                        score=theme.score,
                        decided_by=theme.decided_by,
                    )
                    for word, weight in theme.words:
                        writer.add("theme_words", example_id=example_id, theme=theme.theme, word=word, weight=weight)
        counters: dict[str, int] = {}
        for point in section.section.points:
            counters[point.kind] = counters.get(point.kind, 0) + 1
            point_id = writer.add(
                "points",
                letter_id=letter_id,
                kind=point.kind,
                position=counters[point.kind],
                text=point.passage.text,
                page=point.passage.page,
            )
            writer.add_boxes("points", point_id, letter_id, _outline(point.passage))
    for footnote in mined.letter.footnotes:
        writer.add("footnotes", letter_id=letter_id, text=footnote.text, page=footnote.page)
    for warning in mined.letter.warnings:
        writer.add("warnings", letter_id=letter_id, text=warning)
    for number, box in enumerate(mined.letter.removed, 1):
        writer.add_boxes("removed", number, letter_id, [box])


def add_similar(writer: Writer, nearest: Sequence[Sequence[tuple[int, float]]]) -> None:
    """For each example, in the order in which they were added, the nearest others: (place in that order, cosine)."""
    ids = [row["id"] for row in writer.rows["examples"]]
    for example_id, others in zip(ids, nearest, strict=True):
        for other, similarity in others:
            writer.add("similar_examples", example_id=example_id, other_id=ids[other], similarity=similarity)


def _outline(passage: Passage) -> tuple[Box, ...]:
    return passage.boxes(0, len(passage.text))


def add_vocabularies(writer: Writer, profile: Profile, themes: Mapping[str, tuple[str, str]]) -> None:
    """Criteria, themes and the data dictionary."""
    for section, section_name in profile.criteria_sections.items():
        for activity, definition in profile.activities.items():
            writer.rows["criteria"].append(
                {
                    "id": f"{section}.{activity}",
                    "section": section,
                    "activity": activity,
                    "name": f"{section_name}: {activity}",
                    "definition": definition,
                }
            )
    for theme, (name, definition) in themes.items():
        writer.rows["themes"].append({"id": theme, "name": name, "definition": definition})
    for table in TABLES:
        writer.add("data_dictionary", table_name=table.name, column_name="", type=None, about=table.about)
        for column in table.columns:
            writer.add(
                "data_dictionary", table_name=table.name, column_name=column.name, type=column.type, about=column.about
            )


def add_teams(writer: Writer, inspected: Iterable[Team], teams: Teams) -> None:
    """The teams that have letters, and the register of all."""
    letters = Counter(row["team_id"] for row in writer.rows["letters"])
    for team in sorted(inspected, key=lambda team: team.id):
        writer.rows["teams"].append(
            {
                "id": team.id,
                "name": team.name,
                "region": team.region,
                "country": team.country,
                "authorities": "; ".join(team.authorities) or None,
                "ons_codes": "; ".join(team.ons_codes) or None,
                "other_names": "; ".join(team.other_names) or None,
                "succeeded_by": team.succeeded_by,
                "known": int(team.known),
            }
        )
    for team in teams.teams:
        writer.rows["team_register"].append(
            {
                "id": team.id,
                "name": team.name,
                "region": team.region,
                "country": team.country,
                "other_names": "; ".join(team.other_names) or None,
                "from_year": team.from_year,
                "to_year": team.to_year,
                "succeeded_by": team.succeeded_by,
                "note": team.note,
                "source": team.source,
                "confidence": team.confidence,
                "specimen": int(team.specimen),
                "letters": letters[team.id],
            }
        )
        for authority in team.authorities:
            writer.add(
                "team_authorities",
                team_id=team.id,
                authority=authority,
                ons_code=team.code_of.get(authority),
            )


def add_history(writer: Writer, letter_id: str, issues: Sequence[Issue]) -> None:
    """The files of a letter that came in more than one, and how replaced issues differ."""
    if len(issues) < 2:
        return
    for issue in issues:
        source = issue.letter.source
        writer.add(
            "letter_history",
            letter_id=letter_id,
            status=issue.status,
            file_name=source.name,
            sha256=source.sha256,
            source_url=source.url,
            letter_date=issue.letter.letter.facts.letter_date,
            added=source.added,
            findings=sum(len(p.findings) for s in issue.letter.sections for p in s.paragraphs),
        )
        for change, texts in (("removed", issue.removed), ("added", issue.added)):
            for text in texts:
                writer.add("letter_changes", letter_id=letter_id, sha256=source.sha256, change=change, text=text)


def add_coverage(writer: Writer, known: Sequence[Known]) -> None:
    """Letters known to exist, and how many of them are in, by year and region."""
    for item in known:
        writer.add(
            "known_letters",
            team_id=item.team.id or None,
            area=item.area,
            region=item.team.region,
            country=item.team.country,
            year=item.year,
            letter_date=item.letter_date,
            inspection_start=item.inspection_start,
            evidence=item.evidence,
            status=item.status,
            reason=item.reason or None,
            source_url=item.address,
            letter_id=item.letter_id,
        )
    writer.rows["coverage"].extend(count_coverage(known))


def add_reject(writer: Writer, error: LetterError, sha256: str | None) -> None:
    where = f"page {error.page}: " if error.page else ""
    writer.add("rejects", file_name=error.file, sha256=sha256, reason=where + error.reason, detail=error.detail or None)


def letter_id(team: str, letter_date: str) -> str:
    """A letter's id: its team's and its date."""
    return f"{slug(team)}-{letter_date}"


def dump(value: object) -> str:
    """A value of build_info as text."""
    return value if isinstance(value, str) else json.dumps(value)


def is_database(path: Path) -> bool:
    """Whether the file is a findings database of ours."""
    try:
        with sqlite3.connect(f"file:{re.sub('[?#]', '', str(path))}?mode=ro", uri=True) as connection:
            return bool(connection.execute("select 1 from sqlite_master where name = 'findings'").fetchone())
    except sqlite3.Error:
        return False


def add_bands(writer: Writer, bands: Bands) -> None:
    for band in bands.bands:
        writer.add("bands", words=band.words, low=band.low, high=band.high, source=band.source)


def write_csv(path: Path, folder: Path) -> None:
    """Every table and view of the database as a CSV file, whole, for people who want all rows."""
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        for name in (*(table.name for table in TABLES), *VIEWS):
            cursor = connection.execute(f'select * from "{name}"')
            part = folder / f"{name}.csv.part"
            with part.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow([column[0] for column in cursor.description])
                writer.writerows(cursor)
            part.replace(folder / f"{name}.csv")
    connection.close()


def read_examples(path: Path) -> tuple[list[str], list[str]]:
    """The letter ids and the texts of the examples that no reviewer has decided on, in the order of their ids."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(
            "select letter_id, text from examples where id not in "
            "(select example_id from example_themes where decided_by = 'reviewer') order by id"
        ).fetchall()
    finally:
        connection.close()
    return [row[0] for row in rows], [row[1] for row in rows]
