"""Number words and digits as integers."""

from __future__ import annotations

import re
from functools import lru_cache

UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
COLLECTIVES = {"dozen": 12, "score": 20, "pair": 2, "couple": 2}


@lru_cache(10_000)
def to_number(text: str) -> int | None:
    """The whole number that digits or words state, up to 9,999; None where they state none.

    >>> to_number("twenty-nine"), to_number("one hundred and four"), to_number("a dozen"), to_number("1,204")
    (29, 104, 12, 1204)
    """
    text = text.strip().lower().replace("‑", "-")
    if re.fullmatch(r"\d{1,4}|\d,\d{3}", text):
        return int(text.replace(",", ""))
    if text in ("dozen", "half a dozen"):
        return 12 if text == "dozen" else 6
    words = [word for word in re.split(r"[\s-]+", text) if word != "and"]
    if words and words[0] in ("a", "an"):
        words[0] = "one"
        if len(words) == 1:
            return None
    total, part, seen = 0, 0, False
    for position, word in enumerate(words):
        if word in UNITS and part % 10 == 0 and part % 100 != 10 and (part % 100 == 0 or UNITS[word] < 10):
            part += UNITS[word]
        elif word in TENS and part % 100 == 0:
            part += TENS[word]
        elif word == "hundred" and 0 < part < 10:
            part *= 100
        elif word == "thousand" and 0 < part < 10:
            total, part = part * 1000, 0
        elif word in COLLECTIVES and 0 < part < 10 and position == len(words) - 1:
            part *= COLLECTIVES[word]
        else:
            return None
        seen = True
    return total + part if seen else None
