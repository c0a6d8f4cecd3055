"""Published letters, downloaded politely, from where the last run stopped.

    places    a listing, a report page or a PDF, by address or by a name of corpus/sources.toml
    asking    one request at a time
    webpages  a page's title, date and links
    Memory    what each address gave, line by line, so that a stopped run goes on
    fetch     the way from the first page to the last letter

Only the source's own host is asked, and the web archive's copy of it. Everything is written into
one folder: the letters, their manifest, and `.fetch/` with the memory and the request log.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urldefrag, urlsplit

from miner import __version__, manifest
from miner.asking import Answer, Asker, FetchError, Options, StoppedError
from miner.places import Place, host_of, is_allowed, original
from miner.records import Glance
from miner.webpages import SQS, Link, Page, read_page

MAX_LISTING_PAGES = 300
IN_A_ROW = 5
"""After so many failures one after the other the site is left in peace."""
RESUMED_DAYS = 7
"""A stopped run older than this is not gone on with: what it saw may have changed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run came to. `counts`: letters by what they were, addresses that failed, requests."""

    counts: Mapping[str, int]
    failures: tuple[FetchError, ...]


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

    @property
    def form(self) -> str:
        """By what its page is read."""
        return f"{__version__} {self.place.report_links} {self.place.only} {self.place.date}"


# --- memory ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memo:
    """What an address gave when last asked: `outcome` is page, letter, gone (it will not come) or
    failed (it may, later). `run` is the run that asked, `form` how a page was read: one that was
    read otherwise is not made do with."""

    address: str
    run: str
    outcome: str
    etag: str = ""
    modified: str = ""
    note: str = ""
    form: str = ""
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
            for line in self.file.read_text(encoding="utf-8", errors="replace").split("\n"):
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

    def done(self, visit: Visit) -> Memo | None:
        """What this run, or the stopped one it goes on with, has already got."""
        memo = self.of(visit)
        return memo if memo and memo.run == self.run and memo.outcome != "failed" else None

    def of(self, visit: Visit) -> Memo | None:
        """What an address gave at any time, read as it would be now."""
        memo = self.memos.get(visit.address)
        return memo if memo and (memo.page is None or memo.form == visit.form) else None

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


# --- the way --------------------------------------------------------------------------


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
                memo = self.memory.done(visit) or self._ask(visit)
                in_a_row = 0
            except FetchError as error:
                in_a_row += error.again
                self._fail(visit, error)
                if in_a_row >= IN_A_ROW:
                    raise StoppedError(
                        f"{host_of(visit.address)} has failed {in_a_row} times in a row; run the same command again later"
                    ) from None
                continue
            if memo.outcome == "gone":
                self._fail(visit, FetchError(visit.address, memo.note))
            elif memo.page:
                queue.extendleft(reversed(self._lead(visit, memo.page)))

    def _ask(self, visit: Visit) -> Memo:
        """Asks for an address, only whether it changed where what it gave before is still here."""
        before, entry = self.memory.of(visit), self.shelf.at(visit.address)
        headers = {}
        if before and (before.page or (before.outcome == "letter" and entry and self.shelf.holds(entry))):
            headers = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
            headers = {name: value for name, value in headers.items() if value}
        answer = self.asker.ask(visit.address, visit.place, headers)
        if answer.status == 304 and before and headers:
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
            try:
                page = read_page(answer.path.read_bytes(), answer.address, visit.place)
            except ValueError as error:
                raise FetchError(visit.address, str(error)) from None
            memo = Memo(
                visit.address, self.memory.run, "page", answer.etag, answer.modified, form=visit.form, page=page
            )
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
        if self.memory.done(visit) is None:
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
