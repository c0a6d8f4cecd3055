"""Scanned letters: a text layer made by OCRmyPDF, where it is installed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from miner.records import LetterError, Page

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
