"""Charts as SVG, made here; each stands above a table with the same figures. Nothing is styled inline."""

from __future__ import annotations

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
        tall = max(2, round(height * bar.count / most))
        x = index * step
        state = ' class="bar on" aria-current="true"' if bar.on else ' class="bar"'
        out.append(
            f'<a href="{escape(bar.address)}"{state}>'
            f'<rect class="reach" x="{x}" y="0" width="{step}" height="{height + 42}"/>'
            f'<rect class="fill" x="{x + 4}" y="{18 + height - tall}" width="{step - 8}" height="{tall}"/>'
            f'<text x="{x + step / 2}" y="{height + 36}">{escape(bar.label)} </text>'
            f'<text x="{x + step / 2}" y="{12 + height - tall}">{bar.count:,}</text></a>'
        )
    out.append("</svg>")
    return Markup("".join(out))


@dataclass(frozen=True, slots=True)
class Dot:
    share: float
    cases: int
    name: str
    address: str


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


LEFT, RIGHT, PLOT = 26, 26, 640


def _x(share: float) -> float:
    return round(LEFT + share * PLOT, 1)


def _axis(height: int) -> str:
    lines = []
    for tenth in (0, 25, 50, 75, 100):
        x = _x(tenth / 100)
        lines.append(
            f'<line class="grid" x1="{x}" y1="22" x2="{x}" y2="{height - 6}"/><text x="{x}" y="14">{tenth}%</text>'
        )
    return f'<g class="axis">{"".join(lines)}</g>'


def _name(label: str, y: float) -> str:
    return f'<text class="name" x="{LEFT}" y="{y}">{escape(label)}</text>'


def shares(groups: Sequence[Group], title: str) -> Markup:
    """One line a group: letters as dots, the pooled share with its interval as a bar."""
    row = 58
    height = 34 + row * len(groups)
    out = [
        f'<svg class="chart shares" viewBox="0 0 {LEFT + PLOT + RIGHT} {height}" role="img" aria-label="{escape(title)}">',
        _axis(height),
    ]
    for index, group in enumerate(groups):
        y = 34 + row * index + 40
        out.append(_name(group.label, y - 23))
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
            up = max(-15, min(15, up))
            out.append(
                f'<circle class="dot" cx="{_x(dot.share)}" cy="{y + up}" r="{4 if len(group.dots) < 60 else 2.5}">'
                f"<title>{escape(dot.name)}: {text.percent(dot.share)} of {dot.cases}</title></circle>"
            )
    out.append("</svg>")
    return Markup("".join(out))


def ranges(groups: Sequence[Group], title: str, most: int = 40) -> Markup:
    """Soft statements: one thin bar a statement from the least to the greatest share it may mean."""
    step = 9
    groups = [group for group in groups if group.ranges]
    if not groups:
        return Markup("")
    height = 34 + sum(step * min(len(group.ranges), most) + 40 for group in groups)
    out = [
        f'<svg class="chart shares" viewBox="0 0 {LEFT + PLOT + RIGHT} {height}" role="img" aria-label="{escape(title)}">',
        _axis(height),
    ]
    y = 34
    for group in groups:
        out.append(_name(group.label, y + 16))
        for index, item in enumerate(sorted(group.ranges, key=lambda each: (each.low, each.high))[:most]):
            top = y + 24 + step * index
            out.append(
                f'<rect class="soft" x="{_x(item.low)}" y="{top}" width="{max(2.0, _x(item.high) - _x(item.low)):.1f}" '
                f'height="5"><title>{escape(item.name)}: {text.share_range(item.low, item.high)}</title></rect>'
            )
        y += step * min(len(group.ranges), most) + 40
    out.append("</svg>")
    return Markup("".join(out))


def shares_bar(low: float | None, high: float | None, share: float | None, average: float | None, title: str) -> Markup:
    """One line for a table cell: a share (or range) beside the national one."""
    out = [f'<svg class="chart cell" viewBox="0 0 204 16" role="img" aria-label="{escape(title)}">']
    out.append('<rect class="track" x="2" y="6" width="200" height="4"/>')
    if low is not None and high is not None:
        out.append(
            f'<rect class="interval" x="{2 + low * 200:.1f}" y="3" width="{max(2.0, (high - low) * 200):.1f}" height="10"/>'
        )
    if average is not None:
        out.append(f'<line class="pooled" x1="{2 + average * 200:.1f}" y1="0" x2="{2 + average * 200:.1f}" y2="16"/>')
    if share is not None:
        out.append(f'<circle class="dot" cx="{2 + share * 200:.1f}" cy="8" r="5"/>')
    out.append("</svg>")
    return Markup("".join(out))
