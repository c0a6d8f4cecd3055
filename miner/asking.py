"""Requests, one at a time: robots.txt, pauses, retries, redirects, limits, and a log of each."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from protego import Protego

from miner import __version__
from miner.places import ARCHIVES, Place, host_of, is_allowed

AGENT = "inspection-letters-miner"
RETRIED = (408, 425, 429, 500, 502, 503, 504)
LIMITS = {"robots": 500_000, "page": 5_000_000, "letter": 40_000_000}
"""The most bytes that an answer may have."""


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
        self.robots: dict[str, Protego | None] = {}
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
        return rules is None or rules.can_fetch(address, AGENT)

    def _read_robots(self, site: str, place: Place) -> Protego | None:
        """The rules of a site; None where it has none. A site that fails to say is not asked further."""
        address = f"{site}/robots.txt"
        try:
            for _ in range(6):
                answer, location = self._try(address, "robots", {})
                if answer:
                    return Protego.parse(answer.path.read_bytes().decode("utf-8", "replace"))
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
                        f"{host_of(address)} asks to wait {wait:.0f} seconds; run the same command again then"
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
