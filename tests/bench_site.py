"""How fast the site answers on 2,000 letters with 8 clients: `python tests/bench_site.py [LETTERS]`.

The letters are those of a real build, repeated under invented areas, dates and regions; numbers in
their texts stay, so every copy matches the same searches: harder than 2,000 different letters.
Without a build at hand one is made of the specimens.
"""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LETTERS = 2000
CLIENTS = 8
REQUESTS = 60
"""Requests of each client for each kind of page."""
LIMIT_MS = 150
REGIONS = ("North East", "North West", "Yorkshire", "Midlands", "East", "London", "South East", "South West", "Wales")
TEAMS = 160
WORDS = (
    "safety", "school", "review", "victims", "plan", "panel", "drift", "speech language", "custody", "police", "carers",
    "health", "intervention*", "risk of harm", '"case manager"', "supervision", "court -panel", "father OR mother",
)  # fmt: skip


def build_small(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "miner", "build", str(ROOT / "corpus" / "specimens"), "--db", str(folder / "small.db")],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    return folder / "small.db"


def repeat(source: Path, target: Path, letters: int) -> None:
    """A database of `letters` letters, made of those in `source` by repeating their rows under new ids."""
    from miner import database
    from miner.schema import TABLES

    old = sqlite3.connect(source)
    old.row_factory = sqlite3.Row
    rows = {table.name: [dict(row) for row in old.execute(f'select * from "{table.name}"')] for table in TABLES}
    old.close()
    by_letter: dict[str, dict[str, list[dict[str, object]]]] = {}
    example_letter = {row["id"]: row["letter_id"] for row in rows["examples"]}
    for name, found in rows.items():
        for row in found:
            owner = (
                row["id"] if name == "letters" else row.get("letter_id") or example_letter.get(row.get("example_id"))
            )
            if owner:
                by_letter.setdefault(owner, {}).setdefault(name, []).append(row)
    originals = list(by_letter.values())
    chance = random.Random(7)
    fixed = {"themes", "criteria", "bands", "build_info", "data_dictionary", "rejects"}
    with database.Writer(target) as writer:
        for name in fixed - {"data_dictionary"}:
            writer.rows[name] = list(rows[name])
        writer.rows["data_dictionary"] = list(rows["data_dictionary"])
        for number in range(TEAMS):
            writer.add("teams", id=f"area-{number}", name=f"Area {number}", region=REGIONS[number % 9], country=None)
        for number in range(letters):
            parts = originals[number % len(originals)]
            date = f"{chance.randint(2012, 2017)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            team = number % TEAMS
            letter_id = f"area-{team}-{date}-{number}"
            ids: dict[tuple[str, object], int] = {}
            change = {"letter_id": letter_id}
            writer.rows["letters"].append(
                {
                    **parts["letters"][0],
                    "id": letter_id,
                    "team_id": f"area-{team}",
                    "area": f"Area {team}",
                    "letter_date": date,
                }
            )
            for name in (
                "sections",
                "paragraphs",
                "findings",
                "examples",
                "points",
                "pages",
                "boxes",
                "example_themes",
            ):
                for row in parts.get(name, []):
                    new = {**row}
                    if "letter_id" in new:
                        new.update(change)
                    for column, table in (
                        ("section_id", "sections"),
                        ("paragraph_id", "paragraphs"),
                        ("example_id", "examples"),
                    ):
                        if column in new:
                            new[column] = ids[table, new[column]]
                    if name == "boxes":
                        if (new["item"], new["item_id"]) not in ids:
                            continue
                        new["item_id"] = ids[str(new["item"]), new["item_id"]]
                    whole, share = new.get("denominator"), new.get("met_low")
                    exact = name == "findings" and share == new.get("met_high")
                    if exact and isinstance(whole, int) and whole and isinstance(share, float):
                        met = min(whole, max(0, round(share * whole) + chance.randint(-2, 2)))
                        new["met_low"] = new["met_high"] = met / whole
                    if "id" in new:
                        old_id = new.pop("id")
                        ids[name, old_id] = writer.add(name, **new)
                    else:
                        writer.rows[name].append(new)


def addresses(path: Path) -> dict[str, list[str]]:
    """For each kind of page enough different addresses that keeping answers helps little."""
    connection = sqlite3.connect(path)
    letters = [row[0] for row in connection.execute("select id from letters order by random() limit 600")]
    criteria = [row[0] for row in connection.execute("select distinct criterion from findings order by 1")]
    connection.close()
    chance = random.Random(11)
    kinds = ("paragraphs", "findings", "examples", "improvements")
    searches = []
    for _ in range(CLIENTS * REQUESTS):
        query = f"/search?kind={chance.choice(kinds)}&q={urllib.parse.quote(chance.choice(WORDS))}"
        if chance.random() < 0.5:
            query += f"&year={chance.randint(2012, 2017)}"
        if chance.random() < 0.3:
            query += f"&region={urllib.parse.quote(chance.choice(REGIONS))}"
        if chance.random() < 0.3:
            query += f"&page={chance.randint(1, 5)}"
        searches.append(query)
    return {
        "start": ["/"],
        "search": searches,
        "letter": [f"/letters/{letter}" + ("?q=plan" if chance.random() < 0.5 else "") for letter in letters],
        "team": [f"/teams/area-{number}" for number in range(TEAMS)],
        "trends": [
            f"/trends?criterion={criterion}&by={by}" for criterion in criteria for by in ("year", "region", "team")
        ],
    }


def measure(base: str, paths: list[str]) -> list[float]:
    """Milliseconds of each request, from 8 clients at once."""
    taken: list[float] = []

    def ask(number: int) -> None:
        chance = random.Random(number)
        for _ in range(REQUESTS):
            start = time.perf_counter()
            with urllib.request.urlopen(base + chance.choice(paths)) as response:
                response.read()
            taken.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def main() -> int:
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = ROOT / "build" / "findings.db"
        target = folder / "findings.db"
        start = time.perf_counter()
        repeat(built if built.exists() else build_small(folder), target, letters)
        size = target.stat().st_size / 1e6
        print(f"{letters} letters, {size:.0f} MB, made in {time.perf_counter() - start:.0f} s; {CLIENTS} clients")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "datasette",
            "serve",
            str(ROOT / "datasette"),
            "-i",
            str(target),
            "-p",
            str(port),
        ]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})
            try:
                base = f"http://127.0.0.1:{port}"
                for _ in range(200):
                    try:
                        urllib.request.urlopen(base + "/").close()
                        break
                    except OSError:
                        time.sleep(0.1)
                slow = 0
                print(f"{'page':8} {'median':>8} {'95 in 100':>10} {'slowest':>8}  ms")
                for page, paths in addresses(target).items():
                    taken = measure(base, paths)
                    high = taken[int(len(taken) * 0.95)]
                    slow += high > LIMIT_MS
                    print(f"{page:8} {taken[len(taken) // 2]:8.0f} {high:10.0f} {taken[-1]:8.0f}", flush=True)
            finally:
                server.terminate()
                server.wait()
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
