"""Reading the database. It never changes while it is served, so what was read once is kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

NAME = "findings"
KEPT = 3000
"""Answers kept of each database, the oldest given up first."""

Row = dict[str, Any]
_asked: WeakKeyDictionary[Any, dict[Any, asyncio.Future[list[Row]]]] = WeakKeyDictionary()
_always: WeakKeyDictionary[Any, OrderedDict[Any, list[Row]]] = WeakKeyDictionary()
_kept: WeakKeyDictionary[Any, OrderedDict[Any, list[Row]]] = WeakKeyDictionary()


async def read(
    datasette: Any, sql: str, values: Mapping[str, Any] | None = None, *, keep: bool = True, always: bool = False
) -> list[Row]:
    """The rows of a query. Do not change them: they may be handed out again. `keep` is not worth while
    for what is quickly read; `always` keeps what is not, and what there is a limited number of."""
    database = datasette.get_database(NAME)
    if database.is_mutable or not keep:
        return await _read(database, sql, values)
    kept = (_always if always else _kept).setdefault(datasette, OrderedDict())
    key = (sql, tuple(sorted((values or {}).items())))
    if key in kept:
        kept.move_to_end(key)
        return kept[key]
    asked = _asked.setdefault(datasette, {})
    if key in asked:  # another request reads the same at this moment
        return await asyncio.shield(asked[key])
    asked[key] = asyncio.ensure_future(_read(database, sql, values))
    try:
        rows = await asyncio.shield(asked[key])
    finally:
        asked.pop(key, None)
    kept[key] = rows
    if len(kept) > KEPT and not always:
        kept.popitem(last=False)
    return rows


async def _read(database: Any, sql: str, values: Mapping[str, Any] | None) -> list[Row]:
    return [dict(row) for row in await database.execute(sql, dict(values or {}))]


async def read_one(
    datasette: Any, sql: str, values: Mapping[str, Any] | None = None, *, keep: bool = True
) -> Row | None:
    rows = await read(datasette, sql, values, keep=keep)
    return rows[0] if rows else None


def folder(datasette: Any) -> Path:
    """The folder that holds the database, the page pictures and the CSV files."""
    return Path(datasette.get_database(NAME).path).resolve().parent
