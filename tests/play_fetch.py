"""Fetches a played site of 150 letters, stopped twice and resumed: python -m tests.play_fetch [LOG].

The first run is killed (SIGKILL), the second interrupted (as by Ctrl-C), the third ends, the fourth
finds nothing changed. Prints what each asked for; with LOG, keeps the request log there. No request
leaves 127.0.0.1.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from miner import fetch as fetching
from miner import pipeline
from miner.asking import Options
from miner.corpus import ROOT, slug
from miner.places import Place
from miner.records import Glance
from tests.played_site import Site, busy_first, played, redirect

KILLED_AT, INTERRUPTED_AT = 40, 50


def fetch_once(address: str, folder: Path, stop_after: int = 0) -> fetching.Fetched:
    """One run without pauses, interrupted after so many letters if asked."""
    seen = 0

    def look(path: Path) -> Glance:
        nonlocal seen
        seen += 1
        if stop_after and seen > stop_after:
            raise KeyboardInterrupt
        return pipeline.glance(path)

    options = Options(folder, pause=0, backoff=0.01, answer_time=20)
    return fetching.fetch([Place(address)], options, look, slug)


def play(site: Site, folder: Path) -> list[tuple[str, Counter[str], int]]:
    """The four runs: what each was, what the server was asked in it, letters in the folder after it."""
    runs = []

    def note(name: str, begin: int) -> None:
        runs.append((name, Counter(site.asked[begin:]), len(list(folder.glob("*.pdf")))))

    command = [sys.executable, "-m", "tests.play_fetch", "--once", site.listing, str(folder)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None and len(list(folder.glob("*.pdf"))) < KILLED_AT:
            time.sleep(0.005)
        process.kill()
    while site.busy:  # with what the killed run had asked for last
        time.sleep(0.005)
    note("killed", 0)
    begin = len(site.asked)
    try:
        fetch_once(site.listing, folder, INTERRUPTED_AT)
    except KeyboardInterrupt:
        note("interrupted", begin)
    begin = len(site.asked)
    fetch_once(site.listing, folder)
    note("finished", begin)
    begin = len(site.asked)
    fetch_once(site.listing, folder)
    note("again", begin)
    return runs


def kinds(asked: Counter[str]) -> str:
    totals: Counter[str] = Counter()
    for path, times in asked.items():
        kind = "letters" if path.startswith("/uploads") else "robots" if "robots" in path else "listings"
        totals["reports" if path.count("/") == 4 else kind] += times
    return ", ".join(f"{totals[kind]} {kind}" for kind in ("robots", "listings", "reports", "letters"))


def main() -> None:
    if sys.argv[1:2] == ["--once"]:
        fetch_once(sys.argv[2], Path(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as temporary, played() as site:
        site.plays["/uploads/birkbeck-sqs.pdf"] = redirect("/uploads/moved/../birkbeck-sqs.pdf?v=2", 301)
        site.plays[r"/uploads/birkbeck-sqs.pdf\?v=2"] = lambda handler: handler.file(site.letter("Birkbeck"))
        site.plays["/uploads/cranedale-sqs.pdf"] = busy_first(
            2, lambda handler: handler.file(site.letter("Cranedale")), 429, Retry_After="0"
        )
        folder = Path(temporary) / "letters"
        begin = time.perf_counter()
        for name, asked, letters in play(site, folder):
            print(f"{name:12} {sum(asked.values()):4} requests ({kinds(asked)}); {letters} letters in the folder")
        counts = site.counts()
        addresses = [path for path in counts if path.startswith("/uploads")]
        whole = Counter(path for path, status in site.answers if status == 200)
        print(
            f"{len(addresses)} letter addresses; sent whole more than once: {[p for p in addresses if whole[p] > 1] or 'none'}"
        )
        print(f"at most {site.most_busy} request at a time; {time.perf_counter() - begin:.1f} s without pauses")
        if len(sys.argv) > 1:
            shutil.copy(folder / ".fetch" / "requests.tsv", sys.argv[1])
            shutil.copy(folder / "manifest.csv", Path(sys.argv[1]).with_suffix(".manifest.csv"))


if __name__ == "__main__":
    main()
