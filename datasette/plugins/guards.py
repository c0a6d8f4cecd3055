"""What keeps a public site with open SQL standing: limits on each connection, headers on each answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from datasette import handle_exception, hookimpl

# Where rich happens to be installed (spaCy brings it), Datasette prints a traceback with all local
# variables at each 404: a quarter of a second, and an error of its own for some addresses.
handle_exception.rich = None

LONGEST_VALUE = 2_000_000
"""Bytes of one string or blob. SQLite's own limit of a thousand million lets one query take gigabytes."""

FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "zeroblob", "randomblob", "readfile", "writefile"})
FORBIDDEN_ACTIONS = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
CACHED = "public, max-age=300"
CACHED_FOR_GOOD = "public, max-age=31536000, immutable"
"""Of files in static/ whose address holds their hash. The rest may change with the next database."""

METHODS = ("GET", "HEAD", "OPTIONS")
LONGEST_PART = 200
"""Bytes of one part of a path; longer ones are no file's name."""

CLOSED = frozenset(
    (
        *("allow-debug", "messages", "patterns", "logout", "auth-token", "permissions"),  # Datasette 0.65
        *("actions", "allowed", "api", "check", "create-token", "rules"),  # 1.0
    )
)
"""Pages below /-/ for those who log in or develop Datasette; here nobody does, and they need inline script."""

OPEN_TO_OTHER_SITES = (".json", ".csv", ".atom")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """SQLite asks this before it runs a statement; what is not forbidden is allowed."""
    if action in FORBIDDEN_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    conn.set_authorizer(authorize)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Application], Application]:
    def wrap(application: Application) -> Application:
        async def guarded(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            path = scope.get("path", "")
            headers = dict(HEADERS)
            if path.endswith(OPEN_TO_OTHER_SITES):
                headers["access-control-allow-origin"] = "*"

            asked = asks_a_table(path) and bool(scope.get("query_string"))
            faulty = False

            async def send_with_headers(message: Message) -> None:
                nonlocal faulty
                if message["type"] == "http.response.start":
                    # Datasette answers 500 to an unknown column to sort by, a broken _next and the like.
                    faulty = asked and message["status"] == 500
                    message = {**message, "status": 400 if faulty else message["status"]}
                    ours = [(name.encode(), value.encode()) for name, value in headers.items()]
                    cached = any(pair[0].lower() == b"cache-control" for pair in message.get("headers", []))
                    if message["status"] == 200 and not cached:
                        hashed = path.startswith("/static/") and scope.get("query_string")
                        ours.append((b"cache-control", (CACHED_FOR_GOOD if hashed else CACHED).encode()))
                    theirs = [pair for pair in message.get("headers", []) if pair[0].decode().lower() not in headers]
                    message = {**message, "headers": theirs + ours}
                elif faulty:
                    message = {**message, "body": message.get("body", b"").replace(b'"status": 500', b'"status": 400')}
                await send(message)

            # A backslash, or two slashes, at a path's start is read by browsers as another site's address.
            raw = scope.get("raw_path") or b""
            if "\\" in path or b"%5c" in raw.lower() or path.startswith("//"):
                await refuse(send_with_headers, 400, "This address cannot be read.")
                return
            if is_closed(path) or any(len(part.encode()) > LONGEST_PART for part in path.split("/")):
                await refuse(send_with_headers, 404, "Nothing is here.")
                return
            if scope["method"] not in METHODS:
                headers["allow"] = ", ".join(METHODS)
                await refuse(send_with_headers, 405, "This site is only read.")
                return
            if asks_a_table(path) and b"%00" in scope.get("query_string", b""):
                await refuse(send_with_headers, 400, "A query cannot hold a null character.")
                return
            await application(scope, receive, send_with_headers)

        return guarded

    return wrap


def asks_a_table(path: str) -> bool:
    """Whether it is an address of Datasette's own, not of our pages."""
    return "/findings" in path


def is_closed(path: str) -> bool:
    _, below, page = path.partition("/-/")
    return bool(below) and page.partition("/")[0].removesuffix(".json") in CLOSED


async def refuse(send: Send, status: int, words: str) -> None:
    body = f"{words}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
