"""Corrections of themes and tone by people: corpus/corrections.csv -> what replaces the model's word.

One row corrects one example, found by its letter and first words. A row that also holds the
example's whole text is a training text from then on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from miner.records import Classified, ThemeScore

FILE = Path(__file__).parent.parent / "corpus" / "corrections.csv"
COLUMNS = ("letter", "begins", "themes", "tone", "who", "when", "why", "text")


class CorrectionsError(ValueError):
    """A row of the corrections file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided on one example. `themes` replace the model's, all of them."""

    letter: str
    begins: str
    themes: tuple[str, ...]
    tone: str
    who: str
    when: str
    why: str
    text: str = ""


def read_corrections(path: Path, themes: Iterable[str], tones: Iterable[str]) -> tuple[Correction, ...]:
    """The corrections in the file, none when there is no file.

    Raises CorrectionsError, with the line, for an unknown theme or tone or a missing column.
    """
    if not path.exists():
        return ()
    known, tones = set(themes), set(tones)
    found = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = set(COLUMNS[:-1]) - set(reader.fieldnames or ())
        if missing:
            raise CorrectionsError(f"{path.name}: column missing: {', '.join(sorted(missing))}")
        for row in reader:
            values = {column: " ".join((row.get(column) or "").split()) for column in COLUMNS}
            if not any(values.values()):
                continue
            given = tuple(values.pop("themes").replace(",", " ").split())
            place = f"{path.name}, line {reader.line_num}"
            if unknown := sorted(set(given) - known):
                raise CorrectionsError(f"{place}: unknown theme {', '.join(unknown)}")
            if not given or values["tone"] not in tones:
                raise CorrectionsError(f"{place}: themes and one of the tones {', '.join(sorted(tones))} are needed")
            if not values["letter"] or not values["begins"]:
                raise CorrectionsError(f"{place}: letter and begins are needed")
            found.append(Correction(themes=given, **values))
    return tuple(found)


def apply_corrections(
    corrections: Sequence[Correction],
    letters: Sequence[str],
    texts: Sequence[str],
    classified: Sequence[Classified],
) -> tuple[list[Classified], list[Correction]]:
    """The classified examples with what people decided in place, and the corrections that fit no example.

    `letters` and `texts` are the letter id and the words of each example. An example is meant when
    it stands in that letter and begins with those words, however they are spaced, quoted or cased.
    """
    results = list(classified)
    unfit = []
    places: dict[str, list[int]] = {}
    for index, letter in enumerate(letters):
        places.setdefault(letter, []).append(index)
    plain = {letter: [(index, _plain(texts[index])) for index in indexes] for letter, indexes in places.items()}
    for correction in corrections:
        begins = _plain(correction.begins)
        fits = [index for index, text in plain.get(correction.letter, ()) if text.startswith(begins)]
        if len(fits) != 1:
            unfit.append(correction)
            continue
        old = results[fits[0]]
        words = {score.theme: score.words for score in old.themes}
        scores = tuple(ThemeScore(theme, 1.0, "reviewer", words.get(theme, ())) for theme in correction.themes)
        results[fits[0]] = Classified(scores, correction.tone, 1.0)
    return results, unfit


def _plain(text: str) -> str:
    for curly, straight in zip("‘’“”", "''\"\"", strict=True):
        text = text.replace(curly, straight)
    return " ".join(text.split()).strip("'\" ").lower()
