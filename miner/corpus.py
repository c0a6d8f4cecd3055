"""Files to be mined, and the team that a letter speaks of."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from miner.records import LetterError, Source

SUFFIXES = (".pdf", ".txt")
NOT_LETTERS = ("readme.txt", "licence.txt", "license.txt")
ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SPECIMENS = "specimens"


def find_sources(paths: Iterable[Path]) -> tuple[list[Source], list[LetterError]]:
    """Every report under files or folders, in order of path, and those that cannot be opened.

    A text beside a PDF of the same stem is the same letter and is left out. Files below a folder
    `specimens` are specimens. Raises FileNotFoundError for a path that is not there.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += [file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES]
        elif path.is_file():
            files.append(path)
        else:
            raise FileNotFoundError(path)
    files = sorted({file.resolve() for file in files if file.name.lower() not in NOT_LETTERS})
    pdfs = {file.with_suffix("") for file in files if file.suffix.lower() == ".pdf"}
    sources, errors = [], []
    for file in files:
        if file.suffix.lower() == ".txt" and file.with_suffix("") in pdfs:
            continue
        try:
            data = file.read_bytes()
        except OSError as error:
            errors.append(LetterError(file.name, "the file cannot be opened", detail=error.strerror or str(error)))
            continue
        sources.append(Source(str(file), file.name, hashlib.sha256(data).hexdigest(), specimen=SPECIMENS in file.parts))
    return sources, errors


def read_start(source: Source, size: int = 1024) -> bytes:
    with Path(source.path).open("rb") as file:
        return file.read(size)


def slug(text: str) -> str:
    """A name as an id: lower case, words joined by hyphens, no accents, no other characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("&", " and ").replace("'", "")).strip("-") or "unknown"


def read_text(source: Source) -> str:
    """A plain-text report: UTF-8, else Windows-1252. Raises LetterError for what is no text."""
    data = Path(source.path).read_bytes()
    if b"\0" in data[:4096]:
        raise LetterError(source.name, "the file is no plain text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@dataclass(frozen=True, slots=True)
class Team:
    """A youth offending team or service."""

    id: str
    name: str
    region: str | None = None
    country: str | None = None


class Teams:
    """Which team a letter's area is."""

    def of(self, area: str) -> Team:
        """The team of an area: an area that is not known is its own team."""
        return Team(slug(area), area)
