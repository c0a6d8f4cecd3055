"""A site on 127.0.0.1 that plays the inspectorate's: listings in pages, report pages, letters, and every
way in which a server can be unhelpful. It counts and keeps what it was asked."""

from __future__ import annotations

import hashlib
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.make_specimens import SPECIMENS, TEXTS
from tests.typesetter import LAYOUTS, set_letter

BEGINS = [
    "Alden",
    "Birk",
    "Crane",
    "Dunn",
    "Elver",
    "Farrow",
    "Gorse",
    "Hazel",
    "Ingle",
    "Kettle",
    "Larch",
    "Marl",
    "Nether",
    "Orms",
    "Pell",
]
ENDS = ["beck", "bridge", "combe", "dale", "field", "ford", "hurst", "ley", "minster", "thwaite"]
AREAS = tuple(f"{begin}{end}" for end, begin in itertools.product(ENDS, BEGINS))
MODIFIED = "Wed, 02 Apr 2014 10:00:00 GMT"
Play = Callable[["Handler"], None]


def slug(area: str) -> str:
    return area.lower().replace(" ", "-")


def letter_text(name: str, area: str) -> str:
    """A specimen's text with another area's name."""
    text = TEXTS[name].read_text(encoding="utf-8")
    found = re.search(r"youth offending work in (.+)", text)
    assert found
    return text.replace(found[1], area)


def letter_pdf(name: str, area: str, change: tuple[str, str] = ("", "")) -> bytes:
    text = letter_text(name, area)
    assert change[0] in text
    with TemporaryDirectory() as folder:
        path = Path(folder) / "letter.pdf"
        set_letter(text.replace(*change) if change[0] else text, path, LAYOUTS["plain"])
        return path.read_bytes()


@dataclass
class Site:
    """`plays` are special answers by path; `letters` bodies by area; `asked` every path, in order."""

    port: int = 0
    per_page: int = 10
    areas: tuple[str, ...] = AREAS
    letters: dict[str, bytes] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    busy: int = 0
    most_busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    robots: str = "User-agent: *\nDisallow: /private/\n"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def listing(self) -> str:
        return f"{self.url}/hmiprobation/inspections?probation-inspection-type=sqs&paged=1"

    def counts(self) -> Counter[str]:
        return Counter(self.asked)

    def letter(self, area: str) -> bytes:
        if area not in self.letters:
            names = sorted(SPECIMENS)
            self.letters[area] = letter_pdf(names[self.areas.index(area) % len(names)], area)
        return self.letters[area]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    is_busy = False

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        site = self.site
        self.is_busy = True
        with site.lock:
            site.asked.append(self.path)
            site.agents.add(self.headers.get("user-agent", ""))
            site.busy += 1
            site.most_busy = max(site.most_busy, site.busy)
        try:
            play = next((play for path, play in site.plays.items() if re.fullmatch(path, self.path)), None)
            (play or _usual)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.be_done()

    def be_done(self) -> None:
        """The request is over: said before its last bytes go, after which the next may come at once."""
        with self.site.lock:
            self.site.busy -= self.is_busy
            self.is_busy = False

    def answer(self, body: bytes | str = b"", status: int = 200, kind: str = "text/html", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.be_done()
        self.send(status, kind, {"Content-Length": str(len(data)), **headers})
        self.wfile.write(data)

    def send(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.site.answers.append((self.path, status))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def file(self, body: bytes, kind: str = "application/pdf") -> None:
        """A file with ETag and date, 304 where it has not changed."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("if-none-match") == etag:
            self.answer(b"", 304, kind, ETag=etag)
        else:
            self.answer(body, 200, kind, ETag=etag, Last_Modified=MODIFIED)


def _usual(handler: Handler) -> None:
    site, path = handler.site, handler.path
    if path == "/robots.txt":
        handler.answer(site.robots, kind="text/plain")
    elif found := re.fullmatch(r"/hmiprobation/inspections\?probation-inspection-type=sqs&paged=(\d+)", path):
        handler.file(_listing(site, int(found[1])).encode(), "text/html; charset=utf-8")
    elif (found := re.fullmatch(r"/hmiprobation/inspections/([a-z]+)/", path)) and _area(site, found[1]):
        handler.file(_report(_area(site, found[1])).encode(), "text/html; charset=utf-8")
    elif (found := re.fullmatch(r"/uploads/([a-z]+)-sqs\.pdf", path)) and _area(site, found[1]):
        handler.file(site.letter(_area(site, found[1])))
    else:
        handler.answer("<h1>Not found</h1>", 404)


def _area(site: Site, name: str) -> str:
    return next((area for area in site.areas if slug(area) == name), "")


def _listing(site: Site, number: int) -> str:
    pages = -(-len(site.areas) // site.per_page)
    here = site.areas[(number - 1) * site.per_page : number * site.per_page]
    results = "".join(
        f'<div class="result inspection"><h4><a href="/hmiprobation/inspections/{slug(area)}/">'
        f"Short Quality Screening of youth offending work in {area}</a></h4></div>"
        for area in here
    )
    address = "/hmiprobation/inspections?probation-inspection-type=sqs&amp;paged="
    others = "".join(
        f'<a class="page-numbers" href="{address}{n}">{n}</a> ' for n in range(1, pages + 1) if n != number
    )
    return f"""<!doctype html><html><head><title>Inspections</title></head><body>
        <nav><a href="https://www.example.org/">Elsewhere</a> <a href="/hmiprobation/">Home</a></nav>
        <h1>Inspections</h1>{results}<div class="pagination">{others}</div></body></html>"""


def _report(area: str) -> str:
    return f"""<!doctype html><html><body><h1>Short Quality Screening of youth offending work in {area}</h1>
        <div id="inspection-meta"><p>Date of publication: 11th March 2014</p></div>
        <p>Read it here: <a href="../../../uploads/{slug(area)}-sqs.pdf">The letter (PDF)</a></p>
        <a href="https://twitter.example/share">Share</a> <a href="mailto:someone@example.org">Write</a></body></html>"""


def redirect(to: str, status: int = 302) -> Play:
    return lambda handler: handler.answer(b"", status, Location=to)


def busy_first(times: int, then: Play = _usual, status: int = 429, **headers: str) -> Play:
    """Too busy for the first few requests."""
    left = [times]

    def play(handler: Handler) -> None:
        left[0] -= 1
        if left[0] >= 0:
            handler.answer(b"busy", status, **headers)
        else:
            then(handler)

    return play


def endless(start: bytes) -> Play:
    """A body without an end."""

    def play(handler: Handler) -> None:
        handler.send(200, "application/pdf", {"Connection": "close"})
        handler.wfile.write(start)
        for _ in range(100_000):
            handler.wfile.write(b"x" * 65536)

    return play


def slow(start: bytes, seconds: float = 0.02) -> Play:
    """A body that drips."""

    def play(handler: Handler) -> None:
        handler.send(200, "application/pdf", {"Content-Length": "100000"})
        handler.wfile.write(start)
        for _ in range(1000):
            handler.wfile.write(b"x")
            time.sleep(seconds)

    return play


def slow_head(seconds: float = 0.02) -> Play:
    """A head that drips."""

    def play(handler: Handler) -> None:
        for byte in itertools.chain(b"HTTP/1.1 200 OK\r\nX-Long: ", itertools.repeat(120, 1000)):
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(seconds)

    return play


def speak(words: bytes) -> Play:
    """Words that are no HTTP."""

    def play(handler: Handler) -> None:
        handler.wfile.write(words)
        handler.close_connection = True

    return play


def lying_length(body: bytes, said: int) -> Play:
    """A Content-Length that is not the body's."""

    def play(handler: Handler) -> None:
        handler.send(200, "application/pdf", {"Content-Length": str(said), "Connection": "close"})
        handler.wfile.write(body)
        handler.close_connection = True

    return play


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away early is what is being played."""


@contextmanager
def played(site: Site | None = None) -> Iterator[Site]:
    site = site or Site()
    handler = type("PlayedHandler", (Handler,), {"site": site})
    server = _Server(("127.0.0.1", 0), handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
