"""For machines: the feed (also of any search or area), robots.txt, the sitemap."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from datasette import Response
from findings_site import rows, search, text

LETTERS = "select id, area, letter_date, title, specimen from letters order by letter_date desc, id limit 50"
PAGES = (
    "select '/letters/' || id as path from letters union all select '/teams/' || id from teams "
    "union all select '/themes/' || id from themes union all select distinct '/criteria/' || criterion from findings"
)
FIXED = (
    "/",
    "/search",
    "/letters",
    "/teams",
    "/trends",
    "/criteria",
    "/themes",
    "/data",
    "/coverage",
    "/about",
    "/accessibility",
)


def _entry(title: str, address: str, date: str, summary: str) -> str:
    return (
        f"<entry><title>{escape(text.plain(title))}</title><id>{escape(address)}</id><link href={quoteattr(address)}/>"
        f"<updated>{escape(date)}T00:00:00Z</updated><summary>{escape(text.plain(summary))}</summary></entry>"
    )


async def send_feed(request: Any, datasette: Any) -> Response:
    """New letters; with a search's parameters, that search, newest first."""
    base = datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/")
    asked = any(request.args.get(name) for name in ("kind", *search.NAMES))
    entries = []
    title, page = "Inspection letters", f"{base}/letters"
    self_address = f"{base}/feed.atom"
    newest = "1970-01-01"
    if asked:
        wanted = search.understand(request)
        wanted = search.Search(wanted.kind, wanted.filters, wanted.question, "newest", 1)
        title = f"{wanted.kind.name}: " + (", ".join(wanted.filters.values()) or "all")
        page = f"{base}{wanted.address()}"
        self_address += "?" + urlencode(wanted.pairs())
        found = [] if wanted.question.problem else await search.find(datasette, wanted, 50)
        for row in found:
            newest = max(newest, row["letter_date"])
            words = row["shown"].replace(text.MARK_START, "").replace(text.MARK_END, "")
            name = f"{row['area']}, {text.long_date(row['letter_date'])}" + (
                f", page {row['page']}" if row["page"] else ""
            )
            address = f"{base}/letters/{row['letter_id']}#{wanted.kind.anchor}{row['id']}"
            entries.append(_entry(name, address, row["letter_date"], words))
    else:
        for row in await rows.read(datasette, LETTERS):
            newest = max(newest, row["letter_date"])
            address = f"{base}/letters/{row['id']}"
            note = " (an invented specimen)" if row["specimen"] else ""
            name = f"{row['area']}, {text.long_date(row['letter_date'])}{note}"
            entries.append(_entry(name, address, row["letter_date"], row["title"]))
    feed = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(text.plain(title))}</title><id>{escape(self_address)}</id>"
        f'<link rel="self" href={quoteattr(self_address)}/><link href={quoteattr(page)}/>'
        f"<updated>{escape(newest)}T00:00:00Z</updated><author><name>findings miner</name></author>"
        f"{''.join(entries)}</feed>\n"
    )
    return Response(feed, content_type="application/atom+xml; charset=utf-8")


async def send_robots(request: Any, datasette: Any) -> Response:
    base = datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/")
    tables = datasette.urls.path("/findings")
    lines = ("User-agent: *", f"Disallow: {tables}?", f"Disallow: {tables}/", f"Sitemap: {base}/sitemap.xml", "")
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


async def send_sitemap(request: Any, datasette: Any) -> Response:
    base = datasette.absolute_url(request, datasette.urls.path("/")).rstrip("/")
    paths = [*FIXED, *(row["path"] for row in await rows.read(datasette, PAGES))]
    places = "".join(f"<url><loc>{escape(base + path)}</loc></url>" for path in paths[:50_000])
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>\n'
    return Response(body, content_type="application/xml; charset=utf-8")
