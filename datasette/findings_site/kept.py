"""Pages kept as they were sent: the database does not change while it is served, so neither do they."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response
from findings_site import rows

MOST = 400
LONGEST_ADDRESS = 400
LONGEST_BODY = 300_000

View = Callable[[Any, Any], Awaitable[Response]]
_pages: WeakKeyDictionary[Any, OrderedDict[Any, Response]] = WeakKeyDictionary()
_made: WeakKeyDictionary[Any, dict[Any, asyncio.Future[Response]]] = WeakKeyDictionary()


def keep(view: View) -> View:
    """The view, asked once for each address while its answer is kept; once, too, where many ask together."""

    async def answer(request: Any, datasette: Any) -> Response:
        address = (request.scheme, request.host, request.path, request.query_string)
        if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
            return await view(request, datasette)
        if datasette.get_database(rows.NAME).is_mutable:
            return await view(request, datasette)
        pages = _pages.setdefault(datasette, OrderedDict())
        if address in pages:
            pages.move_to_end(address)
            return pages[address]
        made = _made.setdefault(datasette, {})
        if address not in made:
            made[address] = asyncio.ensure_future(view(request, datasette))
            made[address].add_done_callback(lambda done: made.pop(address, None))
        response = await asyncio.shield(made[address])
        if response.status == 200 and len(response.body) <= LONGEST_BODY:
            pages[address] = response
            if len(pages) > MOST:
                pages.popitem(last=False)
        return response

    return answer
