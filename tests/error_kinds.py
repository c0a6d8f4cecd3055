"""What goes wrong in the annotated passages, by kind, the most frequent first: `python -m tests.error_kinds`.

The numbers owe nothing to the trained weights; senses and activities do, so that these are told of
passages whose file was left out of training.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from miner import gold, weights

FOLDER = gold.QUANTITIES


def kinds_of(pair: gold.Pair) -> list[str]:
    """What is wrong with one finding, numbers before judgements."""
    if pair.gold is None:
        return ["a quantity too many"]
    if pair.found is None:
        return ["a quantity missed"]
    found, wanted = pair.found, pair.gold
    kinds = []
    numbers = found.numerator, found.denominator
    if wanted["form"] in gold.EXACT and numbers != (wanted["numerator"], wanted["denominator"]):
        kinds.append(
            f"number of cases: {_source(wanted['denominator_from'])}, read as {_source(found.denominator_from)}"
        )
    if found.sense != wanted["sense"]:
        kinds.append(f"sense: {wanted['sense']}, read as {found.sense}")
    if found.criterion != wanted["criterion"]:
        kinds.append("criterion")
    return kinds


def _source(source: str | None) -> str:
    return {"antecedent": "an earlier quantity", None: "unknown"}.get(source, source or "")


def main() -> None:
    count: Counter[str] = Counter()
    findings = 0
    paths = sorted((FOLDER / "sentences").glob("*.jsonl"))
    for left_out in paths:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
            (folder / "sentences" / left_out.name).unlink()
            weights.FILE = folder / "qualifiers.json"
            gold.write_weights(weights.FILE, folder)
            weights.load.cache_clear()
            for row in gold.read_sentences(left_out):
                findings += len(row["findings"])
                for pair in gold.align(row["text"], gold.count_passage(row)[0], row["findings"]):
                    count.update(kinds_of(pair))
        print(f"{left_out.stem} read", flush=True)
    print(f"{findings} findings")
    for kind, number in count.most_common():
        print(f"{number:5}  {kind}")


if __name__ == "__main__":
    main()
