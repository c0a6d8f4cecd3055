"""Published letters, downloaded one at a time and politely, from where the last run stopped.

    sources   a listing, a report page or a PDF, by address or by a name of corpus/sources.toml
    Asker     one request at a time: robots.txt, pauses, retries, limits, the request log
    read_page a page's title, date and links
    Memory    what each address gave, line by line, so that a stopped run goes on
    fetch     the way from the first page to the last letter

Only the source's own host is asked, and the web archive's copy of it. Everything is written into
one folder: the letters, their manifest, and `.fetch/` with the memory and the request log.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import socket
import threading
import time
import tomllib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx
from selectolax.lexbor import LexborHTMLParser

from miner import __version__, manifest
from miner.records import Glance

AGENT = "inspection-letters-miner"
ARCHIVES = ("webarchive.nationalarchives.gov.uk",)
SQS = re.compile(r"(?i)short[\s_-]+quality[\s_-]+screening|\bsqs\b")
RETRIED = (408, 425, 429, 500, 502, 503, 504)
LIMITS = {"robots": 500_000, "page": 5_000_000, "letter": 40_000_000}
"""The most bytes that an answer may have."""
MAX_LISTING_PAGES = 300
RESUMED_DAYS = 7
"""A stopped run older than this is not gone on with: what it saw may have changed."""
MAX_ELEMENTS = 30_000
"""More than a page has. Parsing nested elements takes time by the square of their number."""
IN_A_ROW = 5
"""After so many failures one after the other the site is left in peace."""


class FetchError(Exception):
    """What an address did not give, in one sentence. `again`: it may when asked later."""

    def __init__(self, address: str, reason: str, *, again: bool = False) -> None:
        self.address, self.reason, self.again = address, reason, again
        super().__init__(f"{address}: {reason}")


class StoppedError(Exception):
    """The run ended early and can be gone on with; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to fetch. Times are seconds; `answer_time` is the most that one whole answer may take,
    `wait_at_most` the longest wait that a server may ask for."""

    folder: Path
    pause: float = 2.0
    read_time: float = 30.0
    answer_time: float = 120.0
    wait_at_most: float = 300.0
    backoff: float = 2.0
    tries: int = 4
    contact: str = ""
    archives: tuple[str, ...] = ARCHIVES
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look. For `report_links`, `only` and `date` see corpus/sources.toml."""

    address: str
    name: str = ""
    report_links: str = ""
    only: str = ""
    date: str = ""
    licence: str = "not stated there; " + manifest.LICENCE
    checked: str = ""


class Link(NamedTuple):
    address: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is taken from a web page. Links are absolute."""

    title: str = ""
    date: str = ""
    reports: tuple[Link, ...] = ()
    letters: tuple[Link, ...] = ()
    following: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run came to. `counts`: letters by what they were, addresses that failed, requests."""

    counts: Mapping[str, int]
    failures: tuple[FetchError, ...]


# --- sources --------------------------------------------------------------------------


def read_places(path: Path) -> dict[str, list[Place]]:
    """The sources of sources.toml, each as the pages where it begins."""
    if not path.exists():
        return {}
    places = {}
    for name, form in tomllib.loads(path.read_text(encoding="utf-8")).items():
        known = {key: form[key] for key in ("report_links", "only", "date", "licence", "checked") if key in form}
        years = form.get("years", [""])
        places[name] = [Place(form["address"].replace("{year}", str(year)), name, **known) for year in years]
    return places


def find_places(sources: Iterable[str], named: Mapping[str, Sequence[Place]]) -> list[Place]:
    """Each source by its name or address. Raises ValueError for what is neither."""
    places: list[Place] = []
    for source in sources:
        if source in named:
            places += named[source]
        elif urlsplit(source).scheme in ("http", "https") and urlsplit(source).hostname:
            places.append(Place(source))
        else:
            raise ValueError(f"{source} is neither an http address nor one of {', '.join(named)}")
    return places


# --- addresses ------------------------------------------------------------------------


def original(address: str, archives: Sequence[str]) -> str:
    """The address that an archived one is a copy of; any other as it is."""
    parts = urlsplit(address)
    match = re.match(r"/(?:ukgwa/)?\d{4,14}[a-z_]*/(https?:/.*)", parts.path)
    if match is None or _host(address) not in archives:
        return address
    inner = re.sub(r"^(https?):/+", r"\1://", match[1])
    return inner + (f"?{parts.query}" if parts.query else "")


def _host(address: str) -> str:
    """Host and, where unusual, port; "www." and the two usual ports make no difference."""
    parts = urlsplit(address)
    port = parts.port if parts.port not in (None, 80, 443) else None
    return (parts.hostname or "").removeprefix("www.") + (f":{port}" if port else "")


def is_allowed(address: str, place: Place, archives: Sequence[str]) -> bool:
    """Whether an address belongs to the place: its own host, or the web archive's copy of that."""
    try:
        parts = urlsplit(address)
        host = _host(address)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or parts.password is not None:
        return False
    if host in archives:
        return _host(original(address, archives)) == _host(original(place.address, archives))
    return host == _host(place.address)


# --- pages ----------------------------------------------------------------------------

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WRITTEN_DATE = re.compile(rf"(?i)\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(MONTHS)})\s+(\d{{4}})\b")
NUMBER_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})|\b(\d{2})/(\d{2})/(\d{4})\b")
NEXT = re.compile(r"(?i)^\W*(?:next|next page|older (?:posts|entries))\W*$|^[»›→]$")
PAGE_NUMBER = ("paged", "page", "pg", "p")


def read_date(text: str) -> str:
    """The first date in a text, ISO, or empty."""
    if match := WRITTEN_DATE.search(text):
        year, month, day = int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1])
    elif match := NUMBER_DATE.search(text):
        year, month, day = (int(n) for n in (match[1] or match[6], match[2] or match[5], match[3] or match[4]))
    else:
        return ""
    try:
        return datetime(year, month, day).date().isoformat()
    except ValueError:
        return ""


def read_page(html: bytes, address: str, place: Place) -> Page:
    """A page's title, date of publication and links, in the order of the page."""
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    here = urljoin(address, (base.attributes.get("href") if base else "") or "")
    heading = tree.css_first("h1") or tree.css_first("title")
    marked = {id_ for a in tree.css(place.report_links) if (id_ := a.mem_id)} if place.report_links else set()
    reports, letters, following = dict[str, str](), dict[str, str](), dict[str, str]()
    for a in tree.css("a[href]"):
        try:
            target = urldefrag(urljoin(here, (a.attributes.get("href") or "").strip())).url
            path = urlsplit(target).path.lower()
        except ValueError:
            continue
        text = " ".join(a.text(separator=" ").split())
        if not target.startswith(("http://", "https://")):
            continue
        kind = a.attributes.get("type") or ""
        if path.endswith(".pdf") or kind == "application/pdf" or re.search(r"(?i)\bpdf\b", text):
            letters.setdefault(target, text)
        elif _is_following(a.attributes, text, target, address):
            following.setdefault(target, text)
        elif _is_report(a.mem_id in marked if place.report_links else None, f"{text} {unquote(path)}", place):
            reports.setdefault(target, text)
    return Page(
        " ".join(heading.text(separator=" ").split())[:300] if heading else "",
        _page_date(tree, place),
        *(tuple(Link(*item) for item in found.items()) for found in (reports, letters, following)),
    )


def _is_report(marked: bool | None, words: str, place: Place) -> bool:
    """Whether a link leads to a report: by the place's selector where it has one, else by its words."""
    likely = bool(SQS.search(words)) if marked is None else marked
    return likely and (not place.only or bool(re.search(place.only, words)))


def _page_date(tree: LexborHTMLParser, place: Place) -> str:
    for selector in (place.date, "#inspection-meta"):
        node = tree.css_first(selector) if selector else None
        text = node.text(separator=" ") if node else ""
        if date := read_date(text.partition("Date of publication")[2] or text):
            return date
    for selector, attribute in (("time[datetime]", "datetime"), ("meta[property='article:published_time']", "content")):
        node = tree.css_first(selector)
        if node and (date := read_date(node.attributes.get(attribute) or "")):
            return date
    return ""


def _is_following(attributes: Mapping[str, str | None], text: str, target: str, address: str) -> bool:
    """Whether a link leads to another page of the same listing."""
    marks = f"{attributes.get('rel') or ''} {attributes.get('class') or ''}".lower().split()
    if "next" in marks or NEXT.search(text):
        return True
    here, there = urlsplit(address), urlsplit(target)

    def listing(parts: Any) -> tuple[str, list[tuple[str, str]]]:
        path = re.sub(r"/page/\d+/?$", "", parts.path).rstrip("/")
        return path, sorted(pair for pair in parse_qsl(parts.query) if pair[0] not in PAGE_NUMBER)

    return text.isdigit() and listing(here) == listing(there)


# --- memory ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memo:
    """What an address gave when last asked: `outcome` is page, letter, gone (it will not come) or
    failed (it may, later). `run` is the run that asked."""

    address: str
    run: str
    outcome: str
    etag: str = ""
    modified: str = ""
    note: str = ""
    page: Page | None = None


class Memory:
    """One line of JSON for each address asked, written as soon as it is known.

    A run that was stopped leaves the file `run` behind; the next run of the same sources takes its
    name over and so knows what was done.
    """

    def __init__(self, folder: Path, sources: Sequence[str]) -> None:
        self.file, self.running = folder / "memory.jsonl", folder / "run"
        self.memos: dict[str, Memo] = {}
        if self.file.exists():
            for line in self.file.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    values = json.loads(line)
                    page = values.pop("page")
                    memo = Memo(**values, page=_as_page(page) if page else None)
                except (ValueError, TypeError, KeyError):
                    continue  # a line that a stop cut off
                self.memos[memo.address] = memo
        unfinished = self.running.read_text(encoding="utf-8").splitlines() if self.running.exists() else []
        self.resumed = unfinished[1:] == list(sources) and _days_since(unfinished[0]) < RESUMED_DAYS
        self.run = unfinished[0] if self.resumed else datetime.now(UTC).isoformat()
        self.running.write_text("\n".join([self.run, *sources]), encoding="utf-8")
        self.stream = self.file.open("a", encoding="utf-8")
        self.stream.write("\n")

    def done(self, address: str) -> Memo | None:
        """What this run, or the stopped one it goes on with, has already got."""
        memo = self.memos.get(address)
        return memo if memo and memo.run == self.run and memo.outcome != "failed" else None

    def add(self, memo: Memo) -> None:
        self.memos[memo.address] = memo
        self.stream.write(json.dumps(asdict(memo), ensure_ascii=False) + "\n")
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def finish(self) -> None:
        """Ends the run: the next one asks for everything anew, if only whether it has changed."""
        self.stream.close()
        part = self.file.with_suffix(".part")
        lines = (json.dumps(asdict(memo), ensure_ascii=False) for memo in self.memos.values())
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        part.replace(self.file)
        self.running.unlink(missing_ok=True)


def _days_since(run: str) -> float:
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(run)).total_seconds() / 86400
    except (ValueError, TypeError):
        return RESUMED_DAYS


def _as_page(values: Mapping[str, Any]) -> Page:
    def links(name: str) -> tuple[Link, ...]:
        return tuple(Link(*link) for link in values[name])

    return Page(values["title"], values["date"], links("reports"), links("letters"), links("following"))


# --- requests -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `address` is where it came from in the end; its body is the file at `path`."""

    address: str
    status: int
    path: Path
    size: int
    sha256: str
    is_pdf: bool
    etag: str = ""
    modified: str = ""


class Asker:
    """Asks for one address after the other. `sleep` and `now` are for tests."""

    def __init__(
        self,
        options: Options,
        folder: Path,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options, self.tell, self.sleep = options, tell, sleep
        self.part = folder / "download.part"
        self.log = (folder / "requests.tsv").open("a", encoding="utf-8")
        self.counts: Counter[str] = Counter()
        self.robots: dict[str, RobotFileParser | None] = {}
        self.last = -1e9
        agent = (
            f"{AGENT}/{__version__} (published youth offending inspection letters; {options.contact or 'one reader'})"
        )
        self.client = httpx.Client(
            headers={"User-Agent": agent, "Accept": "text/html, application/pdf;q=0.9", "Accept-Encoding": "identity"},
            timeout=options.read_time,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
        )

    def close(self) -> None:
        self.client.close()
        self.log.close()
        self.part.unlink(missing_ok=True)

    def ask(self, address: str, place: Place, headers: Mapping[str, str] = {}) -> Answer:
        """The answer of an address that the place and its robots.txt allow, redirects followed.

        Raises FetchError when there is none to be had, StoppedError when the server asks for a long wait.
        """
        asked = address
        for _ in range(6):
            if not is_allowed(address, place, self.options.archives):
                raise FetchError(asked, f"it leads to another host or scheme ({address[:100]}), which is not followed")
            if not self._is_welcome(address, place):
                raise FetchError(asked, "robots.txt does not allow it")
            answer, location = self._try(address, "page", headers)
            if answer:
                return answer
            address = urldefrag(urljoin(address, location)).url
        raise FetchError(asked, "it redirects without end")

    def _is_welcome(self, address: str, place: Place) -> bool:
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots:
            self.robots[site] = self._read_robots(site, place)
        rules = self.robots[site]
        return rules is None or rules.can_fetch(AGENT, address)

    def _read_robots(self, site: str, place: Place) -> RobotFileParser | None:
        """The rules of a site; None where it has none. A site that fails to say is not asked further."""
        address = f"{site}/robots.txt"
        try:
            for _ in range(6):
                answer, location = self._try(address, "robots", {})
                if answer:
                    rules = RobotFileParser()
                    rules.parse(answer.path.read_bytes().decode("utf-8", "replace").splitlines())
                    return rules
                address = urljoin(address, location)
                if not is_allowed(address, place, self.options.archives):
                    return None
        except FetchError as error:
            if not error.again:
                return None
            raise FetchError(f"{site}/", f"its robots.txt cannot be had ({error.reason})", again=True) from None
        return None

    def _wait(self, address: str) -> None:
        """Until the pause since the last request is over."""
        parts = urlsplit(address)
        rules = self.robots.get(f"{parts.scheme}://{parts.netloc}")
        delay = float(rules.crawl_delay(AGENT) or 0) if rules else 0.0
        pause = max(self.options.pause, min(delay, 60.0)) - (time.monotonic() - self.last)
        if pause > 0:
            self.sleep(pause)

    def _try(self, address: str, kind: str, headers: Mapping[str, str]) -> tuple[Answer | None, str]:
        """An answer, or where it is redirected to; tries again what may pass."""
        error = FetchError(address, "it was not asked")
        for attempt in range(self.options.tries):
            self._wait(address)
            wait = self.options.backoff * 2**attempt
            try:
                answer, location, asked_wait = self._once(address, kind, headers)
            except FetchError as failure:
                if not failure.again:
                    raise
                error = failure
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
                reason = (
                    "it does not answer in time"
                    if isinstance(failure, httpx.TimeoutException)
                    else "the connection fails"
                )
                error = FetchError(address, f"{reason} ({str(failure)[:100] or type(failure).__name__})", again=True)
                self._write_log(address, "-", 0, type(failure).__name__)
            else:
                if answer or location:
                    return answer, location
                error = FetchError(address, "the server is too busy", again=True)
                if asked_wait is not None:
                    wait = asked_wait
                if wait > self.options.wait_at_most:
                    raise StoppedError(
                        f"{_host(address)} asks to wait {wait:.0f} seconds; run the same command again then"
                    )
            finally:
                self.last = time.monotonic()
            if attempt + 1 < self.options.tries:
                self.tell(f"{error}; trying again in {wait:.0f} s")
                self.sleep(wait)
        raise error

    def _once(self, address: str, kind: str, headers: Mapping[str, str]) -> tuple[Answer | None, str, float | None]:
        """One request: an answer, or a redirect's target, or neither and the wait that is asked for."""
        with self._deadline() as trace:
            request = self.client.build_request("GET", address, headers=dict(headers), extensions={"trace": trace})
            response = self.client.send(request, stream=True)
            try:
                self.counts["requests"] += 1
                status = response.status_code
                if status in (301, 302, 303, 307, 308) and response.headers.get("location"):
                    self._write_log(address, status, 0, f"to {response.headers['location']}")
                    return None, response.headers["location"], None
                if status in RETRIED:
                    self._write_log(address, status, 0, f"Retry-After {response.headers.get('retry-after', '-')}")
                    return None, "", _retry_after(response.headers.get("retry-after", ""))
                if status != 304 and (status != 200):
                    self._write_log(address, status, 0, "")
                    raise FetchError(address, f"the server answers {status} {response.reason_phrase}")
                size, sha256, is_pdf = self._save(response, kind) if status == 200 else (0, "", False)
                self._write_log(address, status, size, "PDF" if is_pdf else "")
            except FetchError as error:
                if response.status_code == 200:
                    self._write_log(address, 200, 0, error.reason)
                raise
            finally:
                response.close()
        etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
        return Answer(address, status, self.part, size, sha256, is_pdf, etag, modified), "", None

    def _save(self, response: httpx.Response, kind: str) -> tuple[int, str, bool]:
        """Writes the body to the part file. Raises FetchError when it is too long, or no page and no PDF."""
        address, limits = str(response.url), self.options.limits
        said = response.headers.get("content-length", "")
        size, digest, is_pdf = 0, hashlib.sha256(), False
        with self.part.open("wb") as file:
            for chunk in response.iter_bytes():
                if not size and kind == "page":
                    is_pdf = b"%PDF-" in chunk[:1024]
                    kind = "letter" if is_pdf else "page"
                    if not is_pdf and b"\0" in chunk[:1024]:
                        raise FetchError(address, "it is neither a web page nor a PDF")
                limit = limits[kind]
                size += len(chunk)
                if size > limit or (said.isdigit() and int(said) > limit):
                    raise FetchError(address, f"it is longer than {limit:,} bytes")
                digest.update(chunk)
                file.write(chunk)
        if is_pdf and b"%%EOF" not in _tail(self.part):
            raise FetchError(address, "the PDF is cut off", again=True)
        declared = response.headers.get("content-type", "").split(";")[0].strip().lower()
        if declared == "application/pdf" and not is_pdf:
            raise FetchError(address, "it is said to be a PDF and is none")
        return size, digest.hexdigest(), is_pdf

    @contextmanager
    def _deadline(self) -> Generator[Callable[[str, Mapping[str, Any]], None], None, None]:
        """Ends the connection when a whole answer takes too long, however slowly its bytes drip."""
        sockets: list[socket.socket] = []
        late = threading.Event()

        def trace(event: str, info: Mapping[str, Any]) -> None:
            if event in (
                "connection.connect_tcp.complete",
                "connection.start_tls.complete",
                "proxy.start_tls.complete",
            ):
                sockets.append(info["return_value"].get_extra_info("socket"))

        def end() -> None:
            late.set()
            for one in sockets[-1:]:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.options.answer_time, end)
        timer.daemon = True
        timer.start()
        too_late = httpx.ReadTimeout(f"more than {self.options.answer_time:g} seconds")
        try:
            yield trace
        except (httpx.HTTPError, OSError, FetchError):
            if late.is_set():
                raise too_late from None
            raise
        finally:
            timer.cancel()
        if late.is_set():
            raise too_late

    def _write_log(self, address: str, status: object, size: int, note: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.log.write(f"{at}\t{status}\t{size}\t{address}\t{' '.join(note.split())}\n")
        self.log.flush()


def _tail(path: Path, size: int = 4096) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read()


def _retry_after(value: str) -> float | None:
    """Seconds that a Retry-After asks for, given as seconds or as a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


# --- the way --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """An address to be seen: how it was come by, and what the page there said of it. `depth` is 0
    for the pages of a source, 1 for report pages, 2 for letters."""

    address: str
    place: Place
    depth: int = 0
    found_on: str = ""
    title: str = ""
    date: str = ""


def fetch(
    places: Sequence[Place],
    options: Options,
    look: Callable[[Path], Glance],
    name_of: Callable[[str], str],
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Downloads the letters that the places lead to. `look` tells what a file is, `name_of` makes
    a file name's stem of an area.

    Raises StoppedErrorError when the run is to be gone on with later, BlockingIOError when another run is
    at work in the folder.
    """
    shelf = manifest.Shelf(options.folder)
    inner = shelf.inside(".fetch")
    inner.mkdir(exist_ok=True)
    with (inner / "lock").open("w") as lock:
        _lock(lock, options.folder)
        memory = Memory(inner, [place.address for place in places])
        asker = Asker(options, inner, tell, sleep)
        if memory.resumed:
            tell("going on with the run that was stopped")
        try:
            run = _Run(options, shelf, memory, asker, look, name_of, tell)
            run.go(places)
            memory.finish()
        finally:
            memory.stream.close()
            asker.close()
    return Fetched(dict(run.counts + asker.counts), tuple(run.failures))


def _lock(file: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(11, "another fetch is at work in this folder", str(folder)) from None


class _Run:
    """One run through the places."""

    def __init__(
        self,
        options: Options,
        shelf: manifest.Shelf,
        memory: Memory,
        asker: Asker,
        look: Callable[[Path], Glance],
        name_of: Callable[[str], str],
        tell: Callable[[str], None],
    ) -> None:
        self.options, self.shelf, self.memory, self.asker = options, shelf, memory, asker
        self.look, self.name_of, self.tell = look, name_of, tell
        self.counts: Counter[str] = Counter()
        self.failures: list[FetchError] = []
        self.seen: set[str] = set()

    def go(self, places: Sequence[Place]) -> None:
        in_a_row = 0
        queue = deque(Visit(urldefrag(place.address).url, place) for place in places)
        listing_pages: Counter[str] = Counter()
        while queue:
            visit = queue.popleft()
            key = original(visit.address, self.options.archives)
            if key in self.seen:
                continue
            self.seen.add(key)
            if visit.depth == 0:
                listing_pages[visit.place.address] += 1
                if listing_pages[visit.place.address] > MAX_LISTING_PAGES:
                    self._fail(
                        visit,
                        FetchError(visit.address, f"the listing has over {MAX_LISTING_PAGES} pages; the rest is left"),
                    )
                    continue
            try:
                memo = self.memory.done(visit.address) or self._ask(visit)
                in_a_row = 0
            except FetchError as error:
                in_a_row += error.again
                self._fail(visit, error)
                if in_a_row >= IN_A_ROW:
                    raise StoppedError(
                        f"{_host(visit.address)} has failed {in_a_row} times in a row; run the same command again later"
                    ) from None
                continue
            if memo.outcome == "gone":
                self._fail(visit, FetchError(visit.address, memo.note))
            elif memo.page:
                queue.extendleft(reversed(self._lead(visit, memo.page)))

    def _ask(self, visit: Visit) -> Memo:
        """Asks for an address, only whether it changed where what it gave before is still here."""
        before, entry = self.memory.memos.get(visit.address), self.shelf.at(visit.address)
        headers = {}
        if before and (before.page or (before.outcome == "letter" and entry and self.shelf.holds(entry))):
            headers = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
            headers = {name: value for name, value in headers.items() if value}
        answer = self.asker.ask(visit.address, visit.place, headers)
        if answer.status == 304 and before:
            memo = replace(before, run=self.memory.run, outcome="page" if before.page else "letter", note="")
            is_letter = entry is not None and entry.status in ("kept", "same")
            self.counts["pages" if before.page else "unchanged" if is_letter else "not_sqs"] += 1
        elif answer.is_pdf:
            memo = Memo(visit.address, self.memory.run, "letter", answer.etag, answer.modified)
            self._take(visit, answer)
        elif answer.status == 304 or visit.depth == 2:
            reason = "it has not changed, and was never here" if answer.status == 304 else "it is no PDF"
            raise FetchError(visit.address, reason)
        else:
            html = answer.path.read_bytes()
            if len(re.findall(rb"<[a-zA-Z]", html)) > MAX_ELEMENTS:
                raise FetchError(visit.address, f"the page has more than {MAX_ELEMENTS:,} elements")
            page = read_page(html, answer.address, visit.place)
            memo = Memo(visit.address, self.memory.run, "page", answer.etag, answer.modified, page=page)
            self.counts["pages"] += 1
        self.memory.add(memo)
        return memo

    def _take(self, visit: Visit, answer: Answer) -> None:
        """Puts a PDF on the shelf if it is a letter of the kind."""
        glance = self.look(answer.path)
        entry = manifest.Entry(
            "",
            "kept",
            visit.address,
            visit.found_on,
            visit.title,
            glance.area,
            glance.letter_date or visit.date,
            answer.sha256,
            str(answer.size),
            datetime.now(UTC).isoformat(timespec="seconds"),
            visit.place.licence,
            glance.problem,
        )
        if not (glance.is_sqs or SQS.search(visit.title)):
            self.counts["not_sqs"] += 1
            self.shelf.note(
                replace(entry, status="not_sqs", note=glance.problem or "it does not say Short Quality Screening")
            )
            self.tell(f"passed over, no Short Quality Screening: {visit.address}")
            return
        area = entry.area or re.split(r"(?i)\b(?:work|screening|SQS\)?)\s+(?:in|of)\s+", visit.title)[-1]
        stem = self.name_of(area or unquote(urlsplit(visit.address).path.rpartition("/")[2]))[:80]
        date = entry.letter_date or "undated"
        entry, what = self.shelf.keep(answer.path, f"{stem}-{date}.pdf", replace(entry, area=area))
        self.counts[what] += 1
        self.tell(f"{what}: {entry.file_name or entry.note}")

    def _lead(self, visit: Visit, page: Page) -> list[Visit]:
        """Where a page leads: letters and report pages first, then the listing's other pages."""
        onward: list[Visit] = []
        is_report = visit.depth > 0 or not page.reports
        for link in page.letters if visit.depth < 2 else ():
            wanted = visit.place.only or SQS.pattern
            if (is_report and not page.following) or re.search(wanted, f"{link.text} {unquote(link.address)}"):
                told = visit.title if visit.depth else ""
                title = next(
                    (text for text in (page.title, link.text, told) if SQS.search(text)), page.title or link.text
                )
                onward.append(Visit(link.address, visit.place, 2, visit.address, title, page.date))
        if visit.depth == 0:
            onward += [Visit(link.address, visit.place, 1, visit.address, link.text) for link in page.reports]
            onward += [Visit(link.address, visit.place, 0, visit.address) for link in page.following]
        allowed = [one for one in onward if is_allowed(one.address, visit.place, self.options.archives)]
        if len(allowed) < len(onward):
            self.counts["links_elsewhere"] += len(onward) - len(allowed)
        return allowed

    def _fail(self, visit: Visit, error: FetchError) -> None:
        self.failures.append(error)
        self.counts["failed"] += 1
        self.tell(f"failed: {error}")
        if self.memory.done(visit.address) is None:
            outcome = "failed" if error.again else "gone"
            self.memory.add(
                replace(
                    self.memory.memos.get(visit.address) or Memo(visit.address, "", outcome),
                    run=self.memory.run,
                    outcome=outcome,
                    note=error.reason,
                )
            )
        if visit.depth == 2:
            self.shelf.note(
                manifest.Entry(
                    "",
                    "failed",
                    visit.address,
                    visit.found_on,
                    visit.title,
                    letter_date=visit.date,
                    fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
                    note=error.reason,
                )
            )
