"""What a reader typed into the search box -> a full-text query that SQLite cannot stumble over.

Words are joined by AND. "in quotes" is a phrase, a* a beginning, OR joins its neighbours, -a leaves out,
"one two"~5 finds the words within five words of each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?(?:~(?P<near>\d{1,2}))?|(?P<word>[^\s"]+))(?P<star>\*?)')
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
LONGEST = 300
MOST_TERMS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """`match` is the FTS5 expression, empty where nothing can be looked for; `problem` says why."""

    match: str = ""
    problem: str = ""
    terms: tuple[str, ...] = ()


def ask(typed: str) -> Question:
    """Never fails, whatever was typed."""
    typed = typed[:LONGEST].replace("“", '"').replace("”", '"')
    groups: list[list[str]] = []
    left_out: list[str] = []
    joined = False
    for found in list(_TERM.finditer(typed))[:MOST_TERMS]:
        if found["word"] == "OR" and not found["minus"]:
            joined = bool(groups)
            continue
        term = _term(found)
        if not term:
            continue
        if found["minus"]:
            left_out.append(term)
        elif joined:
            groups[-1].append(term)
        else:
            groups.append([term])
        joined = False
    if not groups:
        if left_out:
            return Question(problem="Name at least one word to look for; a minus only leaves out.")
        return Question(problem="There is no word in that to look for." if typed.strip() else "")
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    match = f"({wanted}) NOT ({' OR '.join(left_out)})" if left_out else wanted
    return Question(match, terms=tuple(term for group in groups for term in group))


def _term(found: re.Match[str]) -> str:
    raw = found["phrase"] if found["phrase"] is not None else found["word"]
    words = _WORDS.findall(raw)
    if not words:
        return ""
    if found["near"] and len(words) > 1:
        return f"NEAR({' '.join(chr(34) + word + chr(34) for word in words)}, {found['near']})"
    star = "*" if found["star"] or raw.endswith("*") else ""
    return f'"{" ".join(words)}"{star}'
