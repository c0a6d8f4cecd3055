"""The schema holds what CONTRACT promises and describes every column."""

from miner.schema import SEARCH_TABLES, TABLES

PROMISED = {
    "teams": "id name region country",
    "letters": "id team_id kind title area letter_date inspection_start inspection_end sample_size reoffending_rate "
    "recipient lead_inspector signatory source_url file_name sha256 pages words text_source specimen",
    "sections": "id letter_id position code heading page",
    "paragraphs": "id letter_id section_id position number text page",
    "findings": "id letter_id paragraph_id sentence cue start end form numerator denominator denominator_from "
    "share_low share_high sense met_low met_high criterion counted page pattern",
    "examples": "id letter_id paragraph_id text start end tone tone_score page",
    "example_themes": "example_id theme score decided_by",
    "points": "id letter_id kind position text page",
    "boxes": "item item_id page x0 top x1 bottom",
    "themes": "id name definition",
    "criteria": "id section activity name definition",
    "rejects": "file_name sha256 reason detail",
    "build_info": "key value",
}


def test_promised_tables_and_columns_are_there() -> None:
    columns = {table.name: {column.name for column in table.columns} for table in TABLES}
    for table, names in PROMISED.items():
        assert set(names.split()) <= columns[table]


def test_every_column_says_what_it_means() -> None:
    for table in (*TABLES, *SEARCH_TABLES):
        assert table.about.endswith("."), table.name
        for column in table.columns:
            assert column.about.endswith("."), f"{table.name}.{column.name}"


def test_references_and_keys_exist() -> None:
    names = {table.name for table in TABLES}
    for table in TABLES:
        columns = {column.name for column in table.columns}
        assert set(table.key) <= columns
        assert set(table.search) <= columns
        assert all(column.references in names for column in table.columns if column.references)
