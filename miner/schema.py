"""What the database holds: tables, columns with their meaning, indexes, search, views.

The names are a promise to the site, saved queries and notebooks. `about` of each column is
the data dictionary: it goes into the table `data_dictionary` and from there to the site.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is SQLite's; `references` is the table whose `id` it holds; `needed`: NOT NULL."""

    name: str
    type: str
    about: str
    references: str | None = None
    needed: bool = False
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`key` is the primary key (several columns for a joined one, none for rowid tables);
    `search` lists the columns of its full-text index."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    search: tuple[str, ...] = ()


def text(name: str, about: str, **more: object) -> Column:
    return Column(name, "TEXT", about, **more)  # type: ignore[arg-type]


def integer(name: str, about: str, **more: object) -> Column:
    return Column(name, "INTEGER", about, **more)  # type: ignore[arg-type]


def real(name: str, about: str, **more: object) -> Column:
    return Column(name, "REAL", about, **more)  # type: ignore[arg-type]


LETTER_ID = text("letter_id", "The letter it stands in.", references="letters", needed=True, indexed=True)
PARAGRAPH_ID = integer(
    "paragraph_id", "The paragraph it stands in.", references="paragraphs", needed=True, indexed=True
)
PAGE = integer("page", "Page of the letter, from 1; empty for plain-text sources.")

TABLES = (
    Table(
        "themes",
        "Themes that examples are classified by.",
        (
            text("id", "Short name.", needed=True),
            text("name", "Name for readers.", needed=True),
            text("definition", "When an example has it.", needed=True),
        ),
    ),
    Table(
        "criteria",
        "What is judged: an activity under a section.",
        (
            text("id", "section.activity.", needed=True),
            text("section", "Section code.", needed=True, indexed=True),
            text("activity", "Activity.", needed=True, indexed=True),
            text("name", "Name for readers.", needed=True),
            text("definition", "What belongs to it.", needed=True),
        ),
    ),
    Table(
        "teams",
        "Youth offending teams and services.",
        (
            text("id", "A slug of the name.", needed=True),
            text("name", "The team's usual name.", needed=True),
            text("region", "Region of England, or Wales.", indexed=True),
            text("country", "England or Wales."),
            text("authorities", "Local authorities that it covers, separated by semicolons."),
            text("ons_codes", "Their ONS (GSS) codes, where known, separated by semicolons."),
            text("other_names", "Other names and spellings, separated by semicolons."),
            text("succeeded_by", "The team that it became part of."),
            integer("known", "1 when it is in the table of teams, 0 for an area taken as a team of its own."),
        ),
    ),
    Table(
        "team_register",
        "All youth offending teams of England and Wales of 2012 to 2017, with or without letters (from memory: see source).",
        (
            text("id", "A slug of the name.", needed=True),
            text("name", "The team's usual name.", needed=True),
            text("region", "Region of England, or Wales.", indexed=True),
            text("country", "England or Wales."),
            text("other_names", "Other names and spellings, separated by semicolons."),
            integer("from_year", "Year it began, where it began in these years."),
            integer("to_year", "Year it ended, where it ended in these years."),
            text("succeeded_by", "The team that it became part of.", references="team_register"),
            text("note", "What is to be known of it."),
            text("source", "Where the row comes from: memory, or a source."),
            text("confidence", "high, medium or low."),
            integer("specimen", "1 for the invented area of a specimen letter.", needed=True),
            integer("letters", "Letters of it in this database.", needed=True),
        ),
    ),
    Table(
        "team_authorities",
        "The local authorities of each team.",
        (
            text("team_id", "The team.", references="team_register", needed=True),
            text("authority", "The local authority.", needed=True),
            text("ons_code", "Its ONS (GSS) code of those years; empty where not sure.", indexed=True),
        ),
        key=("team_id", "authority"),
    ),
    Table(
        "letters",
        "One row for each inspection letter.",
        (
            text("id", "Team slug and letter date.", needed=True),
            text("team_id", "The team inspected.", references="teams", needed=True, indexed=True),
            text("kind", "Report profile: sqs for a Short Quality Screening letter.", needed=True),
            text("title", "Title as printed.", needed=True),
            text("area", "The area that the title names.", needed=True),
            text("letter_date", "Date of the letter, or of its publication (ISO).", needed=True, indexed=True),
            text("inspection_start", "First day of the inspection (ISO)."),
            text("inspection_end", "Last day of the inspection (ISO)."),
            integer("sample_size", "Cases that the letter says were inspected."),
            real("reoffending_rate", "The area's published reoffending rate, per cent."),
            text("recipient", "To whom it is addressed."),
            text("lead_inspector", "The lead inspector."),
            text("signatory", "Who signed or sent it."),
            text("source_url", "Where it was published."),
            text("file_name", "Name of the file read.", needed=True),
            text("sha256", "SHA-256 of the file read.", needed=True),
            integer("pages", "Number of pages; empty for plain text."),
            integer("words", "Words in its paragraphs and points.", needed=True),
            text("text_source", "pdf, ocr (recognised from a scan) or text.", needed=True),
            integer("specimen", "1 for an invented specimen letter, 0 for a published one.", needed=True),
        ),
    ),
    Table(
        "letter_history",
        "Every file of a letter that came in more than one file: duplicates and issues since replaced.",
        (
            LETTER_ID,
            text("status", "current, duplicate (the same words) or replaced (by a corrected issue).", needed=True),
            text("file_name", "Name of the file.", needed=True),
            text("sha256", "SHA-256 of the file.", needed=True),
            text("source_url", "Where it was published."),
            text("letter_date", "The date that this issue bears (ISO).", needed=True),
            text("added", "When it came into the corpus (ISO)."),
            integer("findings", "Findings in this issue.", needed=True),
        ),
        key=(),
    ),
    Table(
        "letter_changes",
        "Paragraphs and points in which a replaced issue differs from the current letter.",
        (
            LETTER_ID,
            text("sha256", "SHA-256 of the replaced issue's file.", needed=True),
            text("change", "removed (only the replaced issue has it) or added (only the current letter).", needed=True),
            text("text", "The words.", needed=True),
        ),
        key=(),
    ),
    Table(
        "known_letters",
        "Published letters known to exist, whether or not they are in this database; specimens are none of them.",
        (
            integer("id", "Row number."),
            text("team_id", "The team inspected; empty where the area cannot be told."),
            text("area", "The area, or the file's name where the area cannot be told.", needed=True),
            text("region", "Region of England, or Wales."),
            text("country", "England or Wales."),
            text("year", "Year of the letter, or of the inspection where only that is known.", needed=True),
            text("letter_date", "Date of the letter (ISO), where known."),
            text("inspection_start", "First day or month of the inspection (ISO), where known."),
            text("evidence", "Why it is known to exist.", needed=True),
            text("status", "loaded, rejected or not_obtained.", needed=True, indexed=True),
            text("reason", "Why it was rejected or could not be obtained."),
            text("source_url", "Where it was published, where known."),
            text("letter_id", "The letter in this database.", references="letters"),
        ),
    ),
    Table(
        "coverage",
        "How many letters are known to exist and how many of them are in, by year and region.",
        (
            text("year", "Year of the letter.", needed=True),
            text("country", "England or Wales.", needed=True),
            text("region", "Region of England, or Wales.", needed=True),
            integer("known", "Letters known to exist.", needed=True),
            integer("loaded", "Of these, in this database.", needed=True),
            integer("rejected", "Of these, rejected (why is in known_letters and rejects).", needed=True),
            integer("not_obtained", "Of these, not obtained.", needed=True),
        ),
        key=("year", "country", "region"),
    ),
    Table(
        "sections",
        "Sections of letters, in printed order.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            integer("position", "Order in the letter, from 1.", needed=True),
            text("code", "What the section is about, whatever its heading says.", needed=True, indexed=True),
            text("heading", "Heading as printed; empty for the introduction."),
            PAGE,
        ),
    ),
    Table(
        "paragraphs",
        "Body paragraphs, displayed case examples among them.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            integer("section_id", "The section it stands in.", references="sections", needed=True, indexed=True),
            integer("position", "Order in the letter, from 1.", needed=True),
            text("number", "Number as printed without a final stop, such as 2.2."),
            text("text", "The words, mended once; telephone numbers and addresses taken out.", needed=True),
            PAGE,
            integer("displayed", "1 for a case example set apart from the running text.", needed=True),
        ),
        search=("text",),
    ),
    Table(
        "findings",
        "Quantities that letters state about groups of cases, reports, plans, children, parents, victims, staff.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            PARAGRAPH_ID,
            text("sentence", "The sentence that holds it.", needed=True),
            text("cue", "The words that state the quantity.", needed=True),
            integer("start", "First character of the cue in the paragraph.", needed=True),
            integer("end", "One past the last character of the cue.", needed=True),
            text("form", "count, all_but, all, none, fraction, percentage or vague.", needed=True, indexed=True),
            integer("numerator", "How many, as stated; empty where the words give none."),
            integer("denominator", "Out of how many; empty where it cannot be known."),
            text("denominator_from", "stated, antecedent (an earlier quantity), sample, or empty."),
            real("share_low", "Least share that the words state, 0 to 1."),
            real("share_high", "Greatest share that the words state, 0 to 1."),
            text("sense", "met, not_met or neutral: what the quantity says of quality.", needed=True, indexed=True),
            real("met_low", "Least share of cases that met the standard; empty when neutral."),
            real("met_high", "Greatest share of cases that met the standard."),
            text("criterion", "What is judged: section.activity.", references="criteria", needed=True, indexed=True),
            text("counted", "What is counted: cases, reports, plans, children ...", needed=True),
            PAGE,
            text("pattern", "Name of the rule that found it.", needed=True),
        ),
        search=("sentence",),
    ),
    Table(
        "examples",
        "Quoted or displayed examples of single cases.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            PARAGRAPH_ID,
            text("text", "The words, without quotation marks.", needed=True),
            integer("start", "First character in the paragraph.", needed=True),
            integer("end", "One past the last character.", needed=True),
            text("tone", "strength, shortfall or mixed: what it says of practice.", indexed=True),
            real("tone_score", "The model's probability for this tone."),
            PAGE,
        ),
        search=("text",),
    ),
    Table(
        "example_themes",
        "Themes of each example.",
        (
            integer("example_id", "The example.", references="examples", needed=True),
            text("theme", "The theme.", references="themes", needed=True, indexed=True),
            real("score", "The model's calibrated probability.", needed=True),
            text("decided_by", "model, or reviewer for a correction by a person.", needed=True),
        ),
        key=("example_id", "theme"),
    ),
    Table(
        "theme_words",
        "The words of an example that spoke most for a theme it was given.",
        (
            integer("example_id", "The example.", references="examples", needed=True),
            text("theme", "The theme.", references="themes", needed=True),
            text("word", "A word or phrase of the example.", needed=True),
            real("weight", "Its weight in the model's decision (log odds).", needed=True),
        ),
        key=("example_id", "theme", "word"),
    ),
    Table(
        "similar_examples",
        "For each example its nearest others by the theme model's own features.",
        (
            integer("example_id", "The example.", references="examples", needed=True),
            integer("other_id", "The other one.", references="examples", needed=True),
            real("similarity", "Cosine similarity, 0 to 1.", needed=True),
        ),
        key=("example_id", "other_id"),
    ),
    Table(
        "points",
        "Items listed as strengths and as areas for improvement.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            text("kind", "strength or improvement.", needed=True, indexed=True),
            integer("position", "Order within its list, from 1.", needed=True),
            text("text", "The words.", needed=True),
            PAGE,
        ),
        search=("text",),
    ),
    Table(
        "boxes",
        "Where each item stands on its page; several rows where it spans lines or pages.",
        (
            text("item", "findings, examples, paragraphs, points or removed.", needed=True),
            integer("item_id", "Row in that table (for removed: a running number).", needed=True),
            text("letter_id", "The letter.", references="letters", needed=True),
            integer("page", "Page, from 1.", needed=True),
            real("x0", "Left, in points from the page's left.", needed=True),
            real("top", "Top, in points from the page's top.", needed=True),
            real("x1", "Right.", needed=True),
            real("bottom", "Bottom.", needed=True),
        ),
        key=(),
    ),
    Table(
        "pages",
        "Pages of PDF letters, with their size for placing boxes over their picture.",
        (
            LETTER_ID,
            integer("page", "Page, from 1.", needed=True),
            real("width", "Points.", needed=True),
            real("height", "Points.", needed=True),
            text("image", "Picture of the page, a path below the folder `pages` beside the database."),
        ),
        key=("letter_id", "page"),
    ),
    Table(
        "footnotes",
        "Texts of footnotes.",
        (
            integer("id", "Row number."),
            LETTER_ID,
            text("text", "The words.", needed=True),
            PAGE,
        ),
    ),
    Table(
        "bands",
        "The intervals that soft words were read as in this build.",
        (
            text("words", "The soft words.", needed=True),
            real("low", "Least share, 0 to 1.", needed=True),
            real("high", "Greatest share, 0 to 1.", needed=True),
            text("source", "Where the interval comes from.", needed=True),
        ),
        key=("words",),
    ),
    Table(
        "warnings",
        "Doubts about letters that were loaded, for a person to look at.",
        (LETTER_ID, text("text", "The doubt.", needed=True)),
        key=(),
    ),
    Table(
        "rejects",
        "Files that could not be loaded, and why.",
        (
            text("file_name", "Name of the file.", needed=True),
            text("sha256", "Its SHA-256."),
            text("reason", "Why, in one sentence.", needed=True),
            text("detail", "More, for whoever looks into it."),
        ),
        key=(),
    ),
    Table(
        "build_info",
        "How this database was made.",
        (text("key", "What.", needed=True), text("value", "Its value.", needed=True)),
        key=("key",),
    ),
    Table(
        "data_dictionary",
        "Every column of every table.",
        (
            text("table_name", "Table.", needed=True),
            text("column_name", "Column; empty for the table itself.", needed=True),
            text("type", "SQLite type."),
            text("about", "Meaning.", needed=True),
        ),
        key=("table_name", "column_name"),
    ),
)

# What a search narrows by, brought together at build so that counting thousands of matches reads short rows of one
# table. The data is all in the tables above: these are left out of the dictionary and the CSV files.
SEARCH_TABLES = (
    Table(
        "search_groups",
        "Each combination of what a search narrows by, of one kind of item; empty where the kind has none of it.",
        (
            integer("id", "Row number."),
            text("item", "paragraphs, findings, examples or points.", needed=True),
            text("year", "Year of the letter.", needed=True),
            text("region", "Region of the team.", needed=True),
            text("section", "Section code.", needed=True),
            text("criterion", "Criterion of a finding.", needed=True),
            text("sense", "Sense of a finding.", needed=True),
            text("tone", "Tone of an example.", needed=True),
            text("kind", "Kind of a point.", needed=True),
        ),
    ),
    *(
        Table(
            f"search_{item}",
            f"The group and team of each of the {item}.",
            (
                integer("id", f"Row in {item}."),
                integer("group_id", "Its combination.", references="search_groups", needed=True),
                text("team_id", "Its team.", references="teams", needed=True),
            ),
        )
        for item in ("paragraphs", "findings", "examples", "points")
    ),
)
# Where the columns of search_groups come from, for each kind of item, beside those of its letter.
SEARCHED = {
    "paragraphs": """
        select i.id, i.letter_id, s.code as section, '' as criterion, '' as sense, '' as tone, '' as kind
        from paragraphs i join sections s on s.id = i.section_id
    """,
    "findings": """
        select i.id, i.letter_id, s.code as section, i.criterion, i.sense, '' as tone, '' as kind
        from findings i join paragraphs p on p.id = i.paragraph_id join sections s on s.id = p.section_id
    """,
    "examples": """
        select i.id, i.letter_id, s.code as section, '' as criterion, '' as sense, coalesce(i.tone, '') as tone,
               '' as kind
        from examples i join paragraphs p on p.id = i.paragraph_id join sections s on s.id = p.section_id
    """,
    "points": """
        select i.id, i.letter_id, '' as section, '' as criterion, '' as sense, '' as tone, i.kind from points i
    """,
}
GROUPED = """
    select i.id, l.team_id, substr(l.letter_date, 1, 4) as year, coalesce(t.region, '') as region, i.section,
           i.criterion, i.sense, i.tone, i.kind
    from ({searched}) i join letters l on l.id = i.letter_id join teams t on t.id = l.team_id
"""

# Views hold what the site asks for in more than a line.
VIEWS: dict[str, str] = {
    "finding_details": """
        select f.*, l.area, l.team_id, l.letter_date, substr(l.letter_date, 1, 4) as year, l.specimen,
               t.name as team, t.region, p.number as paragraph, p.position, s.code as section, s.heading
        from findings f join letters l on l.id = f.letter_id join teams t on t.id = l.team_id
        join paragraphs p on p.id = f.paragraph_id join sections s on s.id = p.section_id
    """,
    "example_details": """
        select e.*, l.area, l.team_id, l.letter_date, substr(l.letter_date, 1, 4) as year, l.specimen,
               t.name as team, t.region, p.number as paragraph, p.position, s.code as section, s.heading,
               (select group_concat(theme, ' ') from
                   (select theme from example_themes where example_id = e.id order by score desc)) as themes
        from examples e join letters l on l.id = e.letter_id join teams t on t.id = l.team_id
        join paragraphs p on p.id = e.paragraph_id join sections s on s.id = p.section_id
    """,
    # One row a letter and criterion: of several exact counts the one over most cases, so that no case counts twice.
    "letter_shares": """
        select letter_id, team_id, area, letter_date, year, region, specimen, criterion, section, activity,
               id as finding_id, page, met, denominator as cases, met_low as share
        from (select f.*, l.team_id, l.area, l.letter_date, substr(l.letter_date, 1, 4) as year, t.region, l.specimen,
                     substr(f.criterion, 1, instr(f.criterion, '.') - 1) as section,
                     substr(f.criterion, instr(f.criterion, '.') + 1) as activity,
                     cast(round(f.met_low * f.denominator) as integer) as met,
                     row_number() over (partition by f.letter_id, f.criterion
                                        order by f.denominator desc, f.id) as place
              from findings f join letters l on l.id = f.letter_id join teams t on t.id = l.team_id
              where f.met_low = f.met_high and f.denominator > 0)
        where place = 1
    """,
}

# What each view holds, the tables that give its columns their meaning, and the meaning of columns of its own.
VIEW_ABOUT: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "finding_details": (
        "Each finding with its letter, team, paragraph and section.",
        ("findings", "letters", "sections", "paragraphs"),
        {
            "year": "Year of the letter.",
            "team": "The team's usual name.",
            "region": "Region of England, or Wales.",
            "paragraph": "Number of the paragraph as printed.",
            "position": "The paragraph's order in the letter, from 1.",
            "section": "Code of the section that it stands in.",
        },
    ),
    "example_details": (
        "Each case example with its letter, team, paragraph, section and themes.",
        ("examples", "letters", "sections", "paragraphs"),
        {
            "year": "Year of the letter.",
            "team": "The team's usual name.",
            "region": "Region of England, or Wales.",
            "paragraph": "Number of the paragraph as printed.",
            "position": "The paragraph's order in the letter, from 1.",
            "section": "Code of the section that it stands in.",
            "themes": "Its themes, the surest first, separated by spaces.",
        },
    ),
    "letter_shares": (
        "One row a letter and criterion: the share met, of several exact counts the one over most cases.",
        ("findings", "letters"),
        {
            "year": "Year of the letter.",
            "region": "Region of England, or Wales.",
            "section": "Section of the criterion.",
            "activity": "Activity of the criterion.",
            "finding_id": "The finding that states it.",
            "met": "Cases that met the standard.",
            "cases": "Cases judged.",
            "share": "Share of them that met the standard, 0 to 1.",
        },
    ),
}


def about_column(view: str, column: str) -> str:
    """The meaning of a view's column: its own, or that of the column of this name in the view's tables."""
    _, sources, own = VIEW_ABOUT[view]
    tables = {table.name: table for table in TABLES}
    known = {each.name: each.about for name in reversed(sources) for each in tables[name].columns}
    return {**known, **own}[column]
