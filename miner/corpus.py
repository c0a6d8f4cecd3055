"""Files to be mined, what is known of them, and the team that a letter speaks of."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from miner import manifest
from miner.records import LetterError, Source

SUFFIXES = (".pdf", ".txt")
NOT_LETTERS = ("readme.txt", "licence.txt", "license.txt")
ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
LETTERS = CORPUS / "letters"
SPECIMENS = "specimens"
SPECIMENS_FOLDER = CORPUS / SPECIMENS


def find_sources(paths: Iterable[Path]) -> tuple[list[Source], list[LetterError]]:
    """Every report under files or folders, in order of path, and those that cannot be opened.

    A text beside a PDF of the same stem is the same letter and is left out. Files below a folder
    `specimens` are specimens. What the manifest beside a file says of it (its address, when it
    was got, whether it is an earlier content of another file) comes along. Raises
    FileNotFoundError for a path that is not there.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += [file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()]
        elif path.is_file():
            files.append(path)
        else:
            raise FileNotFoundError(path)
    files = sorted({file.resolve() for file in files if file.name.lower() not in NOT_LETTERS})
    pdfs = {file.with_suffix("") for file in files if file.suffix.lower() == ".pdf"}
    sources, errors = [], []
    known: dict[Path, dict[str, manifest.Entry]] = {}
    for file in files:
        if file.suffix.lower() == ".txt" and file.with_suffix("") in pdfs:
            continue
        try:
            data = file.read_bytes()
        except OSError as error:
            errors.append(LetterError(file.name, "the file cannot be opened", detail=error.strerror or str(error)))
            continue
        folder = manifest.folder_of(file)
        if folder not in known:
            known[folder] = {entry.file_name: entry for entry in manifest.read(folder)}
        entry = known[folder].get(file.relative_to(folder).as_posix())
        sources.append(
            Source(
                str(file),
                file.name,
                hashlib.sha256(data).hexdigest(),
                specimen=SPECIMENS in file.parts,
                url=(entry.address or None) if entry else None,
                earlier=folder != file.parent,
                added=(entry.fetched_at or None) if entry else None,
            )
        )
    return sources, errors


def without_copies(sources: Iterable[Source]) -> tuple[list[Source], list[tuple[Source, Source]]]:
    """Each content once, and the further files of a content with the one they are copies of. What the
    publisher has not replaced, and what has an address, goes before a mere copy."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.sha256, []).append(source)
    unique, copies = [], []
    for group in groups.values():
        first = min(group, key=lambda source: (source.earlier, source.url is None))
        unique.append(first)
        copies += [(first, source) for source in group if source is not first]
    return unique, copies


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


# --- teams ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Team:
    """A youth offending team or service, as `corpus/teams.csv` has it; `known` is False for an
    area that is not in that table. Lists hold names in the order of the table."""

    id: str
    name: str
    region: str | None = None
    country: str | None = None
    authorities: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    from_year: int | None = None
    to_year: int | None = None
    succeeded_by: str | None = None
    note: str | None = None
    source: str | None = None
    confidence: str | None = None
    specimen: bool = False
    known: bool = True
    code_of: Mapping[str, str] = field(default_factory=dict, compare=False)
    """ONS (GSS) codes of those authorities whose code is known."""

    @property
    def ons_codes(self) -> tuple[str, ...]:
        return tuple(self.code_of[name] for name in self.authorities if name in self.code_of)


@dataclass(frozen=True, slots=True)
class Authority:
    """A local authority of `corpus/authorities.csv`; `ons_code` is empty where it was not sure."""

    name: str
    ons_code: str
    country: str
    source: str
    confidence: str
    note: str


KIND_OF_TEAM = re.compile(
    r"""\b(?: youth \s (?: offending | justice ) (?: \s (?: team | service | partnership ) s? )?
          | yot | yos | yjs | yots
          | (?: metropolitan \s )? (?: city | county | borough | district ) \s (?: borough \s )? council
          | (?: metropolitan | london | royal | county ) \s borough (?: \s of )?
          | unitary \s authority | council ) \b""",
    re.VERBOSE,
)


def plain_name(area: str) -> str:
    """An area's name for comparing: "The St. Helens & Wigan YOS" is "saint helens and wigan"."""
    text = unicodedata.normalize("NFKD", area).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    text = re.sub(r"[^a-z0-9]+", " ", text.replace("'", "")).strip()
    text = KIND_OF_TEAM.sub(" ", text)
    words = ["saint" if word == "st" else word for word in text.split()]
    for before in (["the"], ["city", "of"], ["county", "of"]):
        if words[: len(before)] == before and words != ["city", "of", "london"]:
            words = words[len(before) :]
    return " ".join(words)


class Teams:
    """Which team a letter's area is. Raises ValueError for a table that names one thing twice."""

    def __init__(self, teams: Iterable[Team] = ()) -> None:
        self.teams = tuple(teams)
        self._by_name: dict[str, Team] = {}
        for team in self.teams:
            for name in (team.name, *team.other_names):
                other = self._by_name.setdefault(plain_name(name), team)
                if other is not team:
                    raise ValueError(f"{name} is both {other.id} and {team.id}")

    def of(self, area: str) -> Team:
        """The team of an area: an area that is not known is its own team."""
        return self._by_name.get(plain_name(area)) or Team(slug(area), area, known=False)


def read_teams(folder: Path = CORPUS) -> Teams:
    """The teams of `teams.csv`, with the codes of `authorities.csv`; none where the file is missing.

    Raises LetterError for a table that is not in order."""
    try:
        return _read_teams(folder)
    except (ValueError, KeyError, TypeError) as error:
        raise LetterError("teams.csv", "the table of teams is not in order", detail=str(error)) from None


def _read_teams(folder: Path) -> Teams:
    codes = {authority.name: authority.ons_code for authority in read_authorities(folder)}
    return Teams(
        Team(
            id=row["id"],
            name=row["name"],
            region=row["region"] or None,
            country=row["country"] or None,
            authorities=(authorities := _split(row["authorities"])),
            other_names=_split(row["other_names"]),
            from_year=int(row["from_year"]) if row["from_year"] else None,
            to_year=int(row["to_year"]) if row["to_year"] else None,
            succeeded_by=row["succeeded_by"] or None,
            note=row["note"] or None,
            source=row["source"] or None,
            confidence=row["confidence"] or None,
            specimen=row["specimen"] == "1",
            code_of={name: codes[name] for name in authorities if codes.get(name)},
        )
        for row in _read_csv(folder / "teams.csv")
    )


def read_authorities(folder: Path = CORPUS) -> tuple[Authority, ...]:
    return tuple(Authority(**row) for row in _read_csv(folder / "authorities.csv"))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _read_csv(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)


# --- what is known to exist -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownLetter:
    """A letter of which there is evidence, whether or not its file is here. Dates are ISO,
    `inspection_start` perhaps only a month; empty where not known."""

    area: str
    letter_date: str = ""
    inspection_start: str = ""
    evidence: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """How many letters the programme is thought to have brought forth, and where that comes from."""

    low: int
    high: int
    about: str


def read_known(folder: Path = CORPUS) -> tuple[KnownLetter, ...]:
    return tuple(KnownLetter(**row) for row in _read_csv(folder / "known.csv"))


def read_programme(folder: Path = CORPUS) -> Programme | None:
    path = folder / "programme.toml"
    if not path.exists():
        return None
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    return Programme(values["low"], values["high"], values["about"])


def read_entries(sources: Iterable[Source]) -> tuple[manifest.Entry, ...]:
    """The manifest entries of every folder that the sources stand in."""
    folders = {manifest.folder_of(Path(source.path)) for source in sources}
    return tuple(entry for folder in sorted(folders) for entry in manifest.read(folder))
