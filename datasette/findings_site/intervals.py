"""Pooled shares whose interval takes the letter, not the case, as the unit.

Cases of one letter are alike (one team, one management, one week), so they are no independent
draws. The share is a ratio estimate over letters, its variance by linearisation (Cochran 1977,
Sampling Techniques, 3rd ed., ch. 6), the interval that of Korn and Graubard (1998, Survey
Methodology 24, 193-201): Clopper and Pearson's exact interval with the effective number of cases,
which stays within 0 to 1 and does not vanish when nearly all letters say the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

FEWEST_LETTERS = 3
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Pooled:
    """`low` and `high` are None, and `share` too, where there are fewer than three letters."""

    letters: int
    met: int
    cases: int
    share: float | None
    low: float | None
    high: float | None
    effective_cases: float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Over letters, with x cases that met the standard of n: all that the estimate needs."""

    letters: int
    x: float
    n: float
    xx: float
    xn: float
    nn: float


@lru_cache(maxsize=4096)
def pool(sums: Sums) -> Pooled:
    letters, cases = sums.letters, sums.n
    if letters < FEWEST_LETTERS or cases <= 0:
        return Pooled(letters, round(sums.x), round(cases), None, None, None, None)
    share = sums.x / cases
    spread = max(0.0, sums.xx - 2 * share * sums.xn + share * share * sums.nn)
    variance = letters / (letters - 1) * spread / (cases * cases)
    if variance > 1e-12:
        effective = share * (1 - share) / variance
        effective *= (t_quantile(1e6) / t_quantile(letters - 1)) ** 2
    else:
        effective = float(letters)  # all letters alike: each counts as one case, no more
    effective = min(max(effective, 1.0), cases)
    x = share * effective
    low = 0.0 if x <= 1e-9 else beta_quantile((1 - LEVEL) / 2, x, effective - x + 1)
    high = 1.0 if effective - x <= 1e-9 else beta_quantile((1 + LEVEL) / 2, x + 1, effective - x)
    return Pooled(letters, round(sums.x), round(cases), share, low, high, effective)


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny, c, d = 1e-300, 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 300):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + term / c
            c = c if abs(c) > tiny else tiny
            value *= c * d
        if abs(c * d - 1) < 1e-10:
            break
    return front * value


def _find(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Where the rising function reaches the target: false position, halving the end that stays (Illinois)."""
    below, above, side, middle = function(low) - target, function(high) - target, 0, low
    for _ in range(100):
        middle = (low * above - high * below) / (above - below)
        off = function(middle) - target
        if abs(off) < 1e-10 or high - low < 1e-10:
            break
        if off < 0:
            low, below = middle, off
            above = above / 2 if side < 0 else above
            side = -1
        else:
            high, above = middle, off
            below = below / 2 if side > 0 else below
            side = 1
    return middle


def beta_quantile(probability: float, a: float, b: float) -> float:
    return _find(lambda x: beta_share(x, a, b), probability, 0.0, 1.0)


def t_quantile(freedom: float) -> float:
    """The upper 2.5 per cent point of Student's t."""
    if freedom not in _quantiles:
        tail = (1 - LEVEL) / 2
        _quantiles[freedom] = _find(
            lambda t: 1 - beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2, 1 - tail, 0.0, 700.0
        )
    return _quantiles[freedom]


_quantiles: dict[float, float] = {1e6: 1.959966}
