"""Benchmarks, apart from the tests: python -m tests.bench (make bench). Figures are ratios within one run.

python -m tests.bench [--no-site] [FOLDER OF LETTERS]; without a folder, the specimens that ship.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from miner.bands import DEFAULT_BANDS
from miner.corpus import CORPUS
from miner.counts import LetterCounter
from miner.examples import find_examples
from miner.pages import read_pages
from miner.profiles.sqs import SQS
from miner.structure import read_letter
from miner.tokens import language, read_tokens
from tests import bench_site

ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """Milliseconds of CPU that the work takes: the least of several rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return 1000 * min(times)


def mining(folder: Path) -> None:
    """What each step costs on the letters of a folder: milliseconds a page, and as a multiple of reading it with PDFium."""
    files = [str(path) for path in sorted(folder.glob("*.pdf"))]
    pages = [read_pages(path) for path in files]
    count = sum(len(letter) for letter in pages)
    letters = [read_letter(each, SQS, "") for each in pages]
    texts = [paragraph.text for letter in letters for section in letter.sections for paragraph in section.paragraphs]

    def counting() -> None:
        for letter in letters:
            counter = LetterCounter(letter, DEFAULT_BANDS)
            for section in letter.sections:
                for paragraph in section.paragraphs:
                    counter.find_counts(section, paragraph, find_examples(paragraph))

    language()
    steps = {
        "read, PDFium": best(lambda: [read_pages(path) for path in files]),
        "read, pdfplumber": best(lambda: [read_pages(path, "pdfplumber") for path in files]),
        "structure": best(lambda: [read_letter(each, SQS, "") for each in pages]),
        "tokenize only": best(lambda: [language().make_doc(text) for text in texts]),
        "tokens and classes": best(lambda: [read_tokens(text) for text in texts]),
        "counts, all of it": best(counting),
    }
    unit = steps["read, PDFium"]
    print(f"{len(files)} letters, {count} pages; CPU, best of {ROUNDS}")
    print(f"{'step':20} {'ms a page':>10} {'ms a letter':>12} {'of PDFium':>10}")
    for name, cost in steps.items():
        print(f"{name:20} {cost / count:10.2f} {cost / len(files):12.2f} {cost / unit:10.2f}")


def main() -> int:
    folders = [argument for argument in sys.argv[1:] if argument != "--no-site"]
    mining(Path(folders[0]) if folders else CORPUS / "specimens")
    if "--no-site" in sys.argv:
        return 0
    return bench_site.main()


if __name__ == "__main__":
    sys.exit(main())
