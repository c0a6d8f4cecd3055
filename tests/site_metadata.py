"""Labels and meanings for Datasette's own pages, out of the schema: `python tests/site_metadata.py` writes
datasette/metadata.yaml anew. Run it after every change of the schema; a test checks that it was."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "datasette" / "metadata.yaml"

LABELS = {
    "letters": "title",
    "sections": "heading",
    "findings": "sentence",
    "data_dictionary": "about",
    "example_themes": "theme",
    "theme_words": "word",
    "boxes": "item",
    "pages": "page",
    "similar_examples": "other_id",
    "bands": "words",
}
"""The column that stands for a row, where it is not the first of: name, text, key, file_name, title."""

FACETS = {
    "letters": ("kind", "text_source"),
    "findings": ("sense", "form", "counted"),
    "examples": ("tone",),
    "points": ("kind",),
    "example_themes": ("theme",),
    "teams": ("region",),
    "sections": ("code",),
}


def label(table: str, columns: list[str]) -> str:
    if table in LABELS:
        return LABELS[table]
    return next((name for name in ("name", "text", "key", "file_name", "title") if name in columns), columns[0])


def write() -> str:
    from miner.schema import TABLES

    lines = [
        "# Written by tests/site_metadata.py out of miner/schema.py.",
        "title: Inspection letters",
        "license: Open Government Licence v3.0",
        "license_url: https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "databases:",
        "  findings:",
        "    tables:",
    ]
    for table in TABLES:
        columns = [column.name for column in table.columns]
        lines += [
            f"      {table.name}:",
            f"        description: {json.dumps(table.about, ensure_ascii=False)}",
            f"        label_column: {label(table.name, columns)}",
        ]
        if table.name in FACETS:
            lines.append(f"        facets: [{', '.join(FACETS[table.name])}]")
        lines.append("        columns:")
        lines += [
            f"          {column.name}: {json.dumps(column.about, ensure_ascii=False)}" for column in table.columns
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    FILE.write_text(write(), encoding="utf-8")
