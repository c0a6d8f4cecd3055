"""Writes what Datasette's own pages say of tables and columns from the schema: python -m tests.make_metadata"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from miner.schema import SEARCH_TABLES, TABLES

FILE = Path(__file__).parent.parent / "datasette" / "metadata.yaml"


def main() -> None:
    yaml: Any = importlib.import_module("yaml")  # comes with Datasette
    text = FILE.read_text(encoding="utf-8")
    comment = text[: text.index("\n") + 1] if text.startswith("#") else ""
    metadata = yaml.safe_load(text)
    old = metadata["databases"]["findings"]["tables"]
    tables = {}
    for table in (*TABLES, *SEARCH_TABLES):
        names = [column.name for column in table.columns]
        kept = {key: value for key, value in old.get(table.name, {}).items() if key not in ("description", "columns")}
        kept.setdefault("label_column", next((name for name in ("name", "title", "text") if name in names), names[0]))
        kept.setdefault("facets", [])
        if table in SEARCH_TABLES:
            kept["hidden"] = True
        columns = {column.name: column.about for column in table.columns}
        tables[table.name] = {"description": table.about, **kept, "columns": columns}
    metadata["databases"]["findings"]["tables"] = tables
    FILE.write_text(
        comment + yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
