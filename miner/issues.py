"""Several files of one letter: which is the letter, and what the others were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from miner.records import MinedLetter


@dataclass(frozen=True, slots=True)
class Issue:
    """One file of a letter. `status` is current, duplicate (the same words) or replaced; `removed` and
    `added` are the texts that the current letter has no more, or has anew."""

    letter: MinedLetter
    status: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def group_issues(letters: Iterable[tuple[str, MinedLetter]]) -> list[tuple[str, list[Issue]]]:
    """Letters with their team's id, gathered into issues of one letter, the current one first.

    Files are issues of one letter when team and letter date agree, or team and first day of the
    inspection (a corrected issue may bear a new date).
    """
    groups: list[tuple[str, list[MinedLetter]]] = []
    at: dict[tuple[str, str, str], int] = {}
    for team, letter in letters:
        facts = letter.letter.facts
        keys = [(team, "letter", facts.letter_date)]
        if facts.inspection_start:
            keys.append((team, "inspection", facts.inspection_start))
        found = sorted({at[key] for key in keys if key in at})
        if found:
            first = found[0]
            groups[first][1].append(letter)
            for other in found[1:]:  # this file shows two groups to be one
                groups[first][1].extend(groups[other][1])
                groups[other][1].clear()
                at.update({key: first for key, number in at.items() if number == other})
        else:
            first = len(groups)
            groups.append((team, [letter]))
        at.update(dict.fromkeys(keys, first))
    return [(team, _in_order(issues)) for team, issues in groups if issues]


def _in_order(letters: list[MinedLetter]) -> list[Issue]:
    """The current issue is the one that its publisher has not replaced, of the latest date, the latest to
    come in, a PDF rather than its text."""
    current, *others = sorted(sorted(letters, key=lambda letter: letter.source.path), key=_rank, reverse=True)
    issues = [Issue(current, "current")]
    now = {_key(text): text for text in _texts(current)}
    for letter in others:
        then = {_key(text): text for text in _texts(letter)}
        removed = tuple(text for key, text in then.items() if key not in now)
        added = tuple(text for key, text in now.items() if key not in then)
        issues.append(Issue(letter, "replaced" if removed or added else "duplicate", removed, added))
    return issues


def _rank(letter: MinedLetter) -> tuple[bool, str, str, bool]:
    source, facts = letter.source, letter.letter.facts
    return not source.earlier, facts.letter_date, source.added or "", letter.text_source != "text"


def _texts(letter: MinedLetter) -> Iterator[str]:
    for section in letter.letter.sections:
        yield from (paragraph.text for paragraph in section.paragraphs)
        yield from (point.passage.text for point in section.points)


def _key(text: str) -> str:
    """Letters and digits only: how lines and hyphens fall makes no other letter."""
    return re.sub(r"\W", "", text).lower()
