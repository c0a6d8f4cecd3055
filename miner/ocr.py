"""Scanned letters: a text layer made by OCRmyPDF, where it is installed."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from miner.blocks import MAX_GAP
from miner.records import LetterError, Line, Page

MINUTES = 5
"""Longer than this no letter takes to recognise; a hung program must not hang a build."""

NO_OCR = "a scan without a text layer, and OCRmyPDF is not installed to recognise it"


def empty_pages(pages: tuple[Page, ...]) -> list[int]:
    """Numbers of the pages with next to no text: scanned, or blank."""
    return [page.number for page in pages if sum(len(line.text) for line in page.lines) < 40]


def is_installed() -> bool:
    return shutil.which("ocrmypdf") is not None


def recognise(path: str, folder: Path) -> Path:
    """The PDF with a text layer, in `folder` by its hash; made once. Pages that have text keep it.

    Raises LetterError where OCRmyPDF is not installed or cannot read the scan.
    """
    name = Path(path).name
    program = shutil.which("ocrmypdf")
    if program is None:
        raise LetterError(name, NO_OCR)
    target = folder / f"{hashlib.sha256(Path(path).read_bytes()).hexdigest()}.pdf"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.pdf")
    # Neither turned nor deskewed: the boxes must fit the picture of the page as it was scanned.
    command = [program, "--skip-text", "--output-type", "pdf", "--language", "eng", "--quiet"]
    try:
        subprocess.run([*command, path, str(part)], check=True, capture_output=True, timeout=60 * MINUTES)
    except subprocess.TimeoutExpired:
        raise LetterError(name, f"recognising the scan took more than {MINUTES} minutes") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise LetterError(name, "the scan could not be recognised", detail=said[-1] if said else "") from None
    part.replace(target)
    return target


HEADING = re.compile(r"([1-9])\. [A-Z]")
LABEL = re.compile(r"([1-9])([.,:;]{0,2})(\d{1,2}|[aIl])[.,:;)\]]{0,3}")
"""What a paragraph's number, such as 2.1, is taken for."""
BULLETS = frozenset("¢©«»=*°")
"""What a bullet is taken for."""
MARGIN = 8.0
"""Points that a paragraph's number may stand off the heading above it, on a page that was scanned askew."""

SIZE_NOISE = 0.25
"""By what share of the usual size of type a guessed size may be off."""


def mend(pages: Sequence[Page], scanned: Collection[int]) -> tuple[Page, ...]:
    """The pages, those `scanned` (numbers) with paragraph numbers, bullets and sizes of type as they were printed.

    Recognition takes their dots and marks for others: "2:2)." for 2.2, "15" for 1.5, "¢" for a
    bullet. A line begins with a number if that is the next one, or with a dot inside one of the
    next few, and a capital follows.
    """
    sizes = [word.size for page in pages if page.number in scanned for line in page.lines for word in line.words]
    usual = median(sizes) if sizes else 0.0
    section, last, margin = 0, 0, 0.0
    mended = []
    for page in pages:
        lines = []
        for printed in page.lines:
            line = printed
            heading = HEADING.match(line.text)
            label = LABEL.fullmatch(line.words[0].text)
            begins = len(line.words) > 1 and line.words[1].text.lstrip("“\"‘'")[:1].isupper()
            if heading and int(heading[1]) == section + 1:
                section, last, margin = section + 1, 0, line.x0
            elif label and begins and int(label[1]) == section and abs(line.x0 - margin) < MARGIN:
                number = int(label[3]) if label[3].isdecimal() else 1
                if number == last + 1 or (label[2] and last < number <= last + 1 + MAX_GAP):
                    line = _with_first_word(line, f"{section}.{number}.")
                    last = number
            elif begins and line.words[0].text in BULLETS:
                line = _with_first_word(line, "•")
            lines.append(_of_size(line, usual) if page.number in scanned else printed)
        mended.append(replace(page, lines=tuple(lines)))
    return tuple(mended)


def _of_size(line: Line, usual: float) -> Line:
    """The line in the usual size of type where it is near it: sizes are guessed line by line, in whole points."""
    if all(abs(word.size - usual) > SIZE_NOISE * usual for word in line.words):
        return line
    return replace(line, words=tuple(replace(word, size=usual) for word in line.words))


def _with_first_word(line: Line, text: str) -> Line:
    return replace(line, words=(replace(line.words[0], text=text), *line.words[1:]))
