"""Charts as SVG, made here; each stands above a table with the same figures. Nothing is styled inline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from findings_site import text
from markupsafe import Markup
from markupsafe import escape as escape_markup


def escape(value: str) -> Markup:
    return escape_markup(text.plain(value))


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    address: str
    on: bool = False


def every_year(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The counts with those years between them, of which there are none: a gap is to be seen as one."""
    known = {int(year): count for year, count in counts if year.isascii() and year.isdigit()}
    if not known or len(known) < len(counts) or max(known) - min(known) > 40:
        return list(counts)
    return [(str(year), known.get(year, 0)) for year in range(min(known), max(known) + 1)]


def histogram(bars: Sequence[Bar], title: str) -> Markup:
    """Bars that are links, narrow enough for a telephone."""
    if not bars:
        return Markup("")
    most = max(bar.count for bar in bars)
    step, height = 64, 70
    width = step * len(bars)
    out = [
        f'<svg class="chart histogram" width="{width}" height="{height + 42}" viewBox="0 0 {width} {height + 42}" role="group" aria-label="{escape(title)}">'
    ]
    for index, bar in enumerate(bars):
        tall = max(2, round(height * bar.count / most)) if bar.count else 0
        x = index * step
        state = ' class="bar on" aria-current="true"' if bar.on else ' class="bar"'
        opening, closing = (f'<a href="{escape(bar.address)}"{state}>', "</a>") if bar.count else ("<g>", "</g>")
        out.append(
            f"{opening}"
            f'<rect class="reach" x="{x}" y="0" width="{step}" height="{height + 42}"/>'
            f'<rect class="fill" x="{x + 4}" y="{18 + height - tall}" width="{step - 8}" height="{tall}"/>'
            f'<text x="{x + step / 2}" y="{height + 36}">{escape(bar.label)} </text>'
            f'<text x="{x + step / 2}" y="{12 + height - tall}">{bar.count:,}</text>{closing}'
        )
    out.append("</svg>")
    return Markup("".join(out))


@dataclass(frozen=True, slots=True)
class Dot:
    """A letter, or several that give the same share."""

    share: float
    cases: int
    name: str
    address: str
    letters: int = 1


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a share chart: a year, region or team. `share` is pooled, None where there is too little."""

    label: str
    dots: Sequence[Dot]
    ranges: Sequence[Range]
    share: float | None
    low: float | None
    high: float | None
    note: str = ""


LEFT, RIGHT, PLOT, TOP = 30, 30, 632, 30


def _x(share: float) -> float:
    return round(LEFT + share * PLOT, 1)


def _axis(height: int) -> str:
    lines = []
    for tenth in (0, 25, 50, 75, 100):
        x = _x(tenth / 100)
        lines.append(
            f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{height - 6}"/><text x="{x}" y="{TOP - 8}">{tenth}%</text>'
        )
    return f'<g class="axis">{"".join(lines)}</g>'


def _linked(drawn: str, address: str) -> str:
    """A way to its letter for the mouse; the keyboard's way is the list beneath, which names the same letters."""
    return f'<a href="{escape(address)}" tabindex="-1">{drawn}</a>' if address else drawn


def _name(label: str, note: str, y: float) -> str:
    note = f' <tspan class="note">{escape(note)}</tspan>' if note else ""
    return f'<text class="name" x="{LEFT}" y="{y}">{escape(label)}{note}</text>'


def shares(groups: Sequence[Group], title: str) -> Markup:
    """One line a group: letters as dots, the pooled share with its interval as a bar."""
    row = 62
    height = TOP + 10 + row * len(groups)
    out = [
        f'<svg class="chart shares" viewBox="0 0 {LEFT + PLOT + RIGHT} {height}" role="group" aria-label="{escape(title)}">',
        _axis(height),
    ]
    for index, group in enumerate(groups):
        y = TOP + 10 + row * index + 42
        out.append(_name(group.label, group.note, y - 23))
        out.append(f'<line class="line" x1="{LEFT}" y1="{y}" x2="{LEFT + PLOT}" y2="{y}"/>')
        if group.low is not None and group.high is not None and group.share is not None:
            out.append(
                f'<rect class="interval" x="{_x(group.low)}" y="{y - 13}" '
                f'width="{max(1.0, _x(group.high) - _x(group.low)):.1f}" height="26"/>'
                f'<line class="pooled" x1="{_x(group.share)}" y1="{y - 15}" x2="{_x(group.share)}" y2="{y + 15}"/>'
            )
        seen: dict[int, int] = {}
        for dot in group.dots:
            # Dots that would hide one another are spread over the line's height.
            place = round(dot.share * 60)
            seen[place] = seen.get(place, 0) + 1
            up = ((seen[place] // 2) * (-1 if seen[place] % 2 else 1)) * 5
            up = max(-15, min(15, up)) if dot.letters == 1 else 0
            size = 4 if dot.letters == 1 else round(min(3 + math.sqrt(dot.letters), 13), 1)
            circle = (
                f'<circle class="dot{" many" if dot.letters > 1 else ""}" cx="{_x(dot.share)}" cy="{y + up}" r="{size}">'
                f"<title>{escape(dot.name)}: {text.percent(dot.share)} of {dot.cases}</title></circle>"
            )
            out.append(_linked(circle, dot.address))
    out.append("</svg>")
    return Markup("".join(out))


def ranges(groups: Sequence[Group], title: str) -> Markup:
    """Soft statements: a bar from the least to the greatest share that they may mean, thicker the more of
    them mean the same."""
    step = 16
    alike: list[tuple[Group, dict[tuple[float, float], list[Range]]]] = []
    for group in groups:
        bars: dict[tuple[float, float], list[Range]] = {}
        for item in sorted(group.ranges, key=lambda each: (each.low, each.high)):
            bars.setdefault((round(item.low, 3), round(item.high, 3)), []).append(item)
        if bars:
            alike.append((group, bars))
    if not alike:
        return Markup("")
    height = TOP + 4 + sum(step * len(bars) + 36 for _, bars in alike)
    out = [
        f'<svg class="chart shares" viewBox="0 0 {LEFT + PLOT + RIGHT} {height}" role="group" aria-label="{escape(title)}">',
        _axis(height),
    ]
    y = TOP + 4
    for group, bars in alike:
        out.append(_name(group.label, group.note, y + 16))
        for index, items in enumerate(bars.values()):
            item, several = items[0], len(items) > 1
            thick = round(min(3 + 2 * math.sqrt(len(items)), step - 2), 1)
            middle = y + 24 + step * index + step / 2
            wide = max(6.0, _x(item.high) - _x(item.low))
            left = (_x(item.low) + _x(item.high) - wide) / 2  # a single share is seen, too, and stands in its place
            bar = (
                f'<rect class="soft" x="{left:.1f}" y="{middle - thick / 2:.1f}" width="{wide:.1f}" height="{thick}">'
                f"<title>{f'{len(items):,} statements' if several else escape(item.name)}: "
                f"{text.share_range(item.low, item.high)}</title></rect>"
            )
            out.append(_linked(bar, "" if several else item.address))
        y += step * len(bars) + 36
    out.append("</svg>")
    return Markup("".join(out))


def shares_bar(low: float | None, high: float | None, share: float | None, average: float | None, title: str) -> Markup:
    """One line for a table cell: a share (or range) beside the national one."""
    out = [f'<svg class="chart cell" viewBox="0 0 204 16" role="img" aria-label="{escape(title)}">']
    left, width = 6, 192  # room for half a dot at either end
    out.append(f'<rect class="track" x="{left}" y="6" width="{width}" height="4"/>')
    if low is not None and high is not None:
        wide = max(2.0, (high - low) * width)
        out.append(f'<rect class="interval" x="{left + low * width:.1f}" y="3" width="{wide:.1f}" height="10"/>')
    if average is not None:
        x = left + average * width
        out.append(f'<line class="pooled" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="16"/>')
    if share is not None:
        out.append(f'<circle class="dot" cx="{left + share * width:.1f}" cy="8" r="5"/>')
    out.append("</svg>")
    return Markup("".join(out))
