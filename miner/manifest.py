"""The list of the letters in a folder: where each came from, when, and what became of it.

It is a CSV file beside them that a person can read and mend. It is written whole or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

NAME = "manifest.csv"
EARLIER = "earlier"
"""The folder, beside the letters, of contents that their publisher has since replaced."""
LICENCE = "Crown copyright, Open Government Licence v3.0 (as the inspectorate's site states it)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one address that gave none. `status` is kept; earlier (its publisher has since
    changed it); same (the same content as the file named); not_sqs (it does not say Short Quality
    Screening); or failed (`note` says why). `file_name` is relative to the folder, empty where
    nothing is kept; dates are ISO; every value is text."""

    file_name: str
    status: str
    address: str = ""
    found_on: str = ""
    title: str = ""
    area: str = ""
    letter_date: str = ""
    sha256: str = ""
    size: str = ""
    fetched_at: str = ""
    licence: str = ""
    note: str = ""


COLUMNS = tuple(field.name for field in fields(Entry))


def folder_of(file: Path) -> Path:
    """The folder whose manifest tells of a file: its own, or the one above for an earlier content."""
    above = file.parent.parent
    return above if file.parent.name == EARLIER and (above / NAME).is_file() else file.parent


def read(folder: Path) -> list[Entry]:
    """The entries of the folder's manifest, none where there is none. Columns that a person has
    added are passed over, missing ones are empty."""
    path = folder / NAME
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = csv.DictReader(line.replace("\0", "") for line in file)
        return [Entry(**{name: row.get(name) or "" for name in COLUMNS}) for row in rows]


def write(folder: Path, entries: Iterable[Entry]) -> None:
    """Puts the manifest in place, in order of file name and address."""
    part = folder / f".{NAME}.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in sorted(entries, key=lambda e: (e.file_name, e.address, e.sha256)))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


class Shelf:
    """A folder of letters with its manifest: nothing is written outside it, nothing is lost.

    Raises OSError where the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.entries = read(self.folder)

    def at(self, address: str) -> Entry | None:
        """The present entry of an address."""
        return next((entry for entry in self.entries if entry.address == address and entry.status != "earlier"), None)

    def holds(self, entry: Entry) -> bool:
        """Whether the entry's file is there, or it never had one to be there."""
        return not entry.file_name or (self.folder / entry.file_name).is_file()

    def keep(self, file: Path, name: str, entry: Entry) -> tuple[Entry, str]:
        """Moves a letter's file in under a name and enters it. Gives its entry and what it was: `new`,
        `unchanged`, `same` (as another kept file) or `changed` (what stood there before is kept as earlier).

        Letters of one name and different addresses stand beside each other; without an address the
        newcomer is taken for a corrected issue of the one that stood there.
        """
        before = self.at(entry.address) if entry.address else None
        twin = next(
            (e for e in self.entries if e.sha256 == entry.sha256 and e.status == "kept" and self.holds(e)), None
        )
        if twin:
            file.unlink()
            if not entry.address:
                return twin, "unchanged"
            if twin.address in ("", entry.address):
                return self._enter(twin, replace(entry, file_name=twin.file_name)), "unchanged"
            note = f"the same file as {twin.file_name}"
            return self._enter(before, replace(entry, file_name="", status="same", note=note)), "same"
        what = "new"
        if before and before.status == "kept" and before.sha256 != entry.sha256:
            self._set_aside(before, entry.sha256)
            before, what = None, "changed"
        name, taken = self._free_name(name, entry)
        if taken is not None:
            self._set_aside(taken, entry.sha256)
            what = "changed"
        file.replace(self.inside(name))
        return self._enter(before, replace(entry, file_name=name)), what

    def note(self, entry: Entry) -> None:
        """Enters an address that gave no letter; a letter that it gave before stays."""
        before = self.at(entry.address)
        if before is None or before.status != "kept":
            self._enter(before, entry)

    def inside(self, name: str) -> Path:
        """A path in the folder. Raises PermissionError for a name that would lead out of it."""
        path = self.folder / name
        parent = path.resolve() if path.is_dir() else path.parent.resolve()
        if not parent.is_relative_to(self.folder):
            raise PermissionError(1, "a letter would be written outside its folder", str(path))
        return path

    def _free_name(self, name: str, entry: Entry) -> tuple[str, Entry | None]:
        """The name under which a file can stand, and the entry it takes the place of."""
        if not self.inside(name).exists() or digest(self.folder / name) == entry.sha256:
            return name, None
        owner = next((e for e in self.entries if e.file_name == name), None)
        if owner is None:
            owner = Entry(name, "kept", sha256=digest(self.folder / name), note="found in the folder")
            self.entries.append(owner)
        if entry.address and owner.address and owner.address != entry.address:
            stem, suffix = name.rsplit(".", 1)
            return f"{stem}-{entry.sha256[:8]}.{suffix}", None
        return name, owner

    def _set_aside(self, old: Entry, newcomer: str) -> None:
        """Moves a letter's file among the earlier ones."""
        path = self.folder / old.file_name
        stem, suffix = Path(old.file_name).name.rsplit(".", 1)
        name = f"{EARLIER}/{stem}.{old.sha256[:8]}.{suffix}"
        (self.folder / EARLIER).mkdir(exist_ok=True)
        if path.is_file() and digest(path) != newcomer:  # else an interrupted run has moved it already
            path.replace(self.inside(name))
        self._enter(old, replace(old, file_name=name, status="earlier"))

    def _enter(self, old: Entry | None, new: Entry) -> Entry:
        if old is None:
            self.entries.append(new)
        else:
            self.entries[self.entries.index(old)] = new
        write(self.folder, self.entries)
        return new


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
