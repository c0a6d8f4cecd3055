"""The records that pass from stage to stage, in the order in which they are made.

Units throughout: pages are counted from 1, boxes are PDF points with the origin at the
page's top left, character offsets are half-open and index the text of their paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class LetterError(Exception):
    """A report that cannot be loaded: which file, where in it, and why."""

    def __init__(self, file: str, reason: str, *, page: int | None = None, detail: str = "") -> None:
        self.file, self.reason, self.page, self.detail = file, reason, page, detail
        place = f"{file}, page {page}" if page else file
        super().__init__(f"{place}: {reason}" + (f" ({detail})" if detail else ""))

    def __reduce__(self) -> tuple[object, ...]:
        # Errors come back from worker processes, whole.
        return _letter_error, (self.file, self.reason, self.page, self.detail)


def _letter_error(file: str, reason: str, page: int | None, detail: str) -> LetterError:
    return LetterError(file, reason, page=page, detail=detail)


# --- corpus: what is to be read -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be mined. `path` may be absolute; `name` is its bare file name; `url` is where it
    was published, `added` when it came into the corpus (ISO), `earlier` marks a content that
    its publisher has since replaced."""

    path: str
    name: str
    sha256: str
    specimen: bool = False
    url: str | None = None
    earlier: bool = False
    added: str | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What a downloaded file says it is. `problem` is why it cannot be read, or empty."""

    is_sqs: bool
    area: str = ""
    letter_date: str = ""
    problem: str = ""


# --- pages: words and lines with their places -----------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word as set on the page: its text, place (points), type size and style."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line of a page, from left to right."""

    page: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def size(self) -> float:
        """The type size of most of the line's characters."""
        sizes: dict[float, int] = {}
        for word in self.words:
            sizes[word.size] = sizes.get(word.size, 0) + len(word.text)
        return max(sizes, key=lambda size: (sizes[size], size))

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)

    @property
    def italic(self) -> bool:
        return all(word.italic for word in self.words)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size, its lines from top to bottom, its ruled or shaded frames and its
    short horizontal rules (such as stand above footnotes)."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    frames: tuple[Box, ...] = ()
    rules: tuple[Box, ...] = ()


# --- structure: the letter as a reader sees it ----------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where the characters `start` to `end` of a text stand on the page."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Passage:
    """Mended text with the place of each of its words (none for plain-text sources)."""

    text: str
    page: int | None
    places: tuple[Place, ...] = ()

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """The places of a span, one box for each line it touches."""
        merged: list[Box] = []
        for place in self.places:
            if place.end <= start or place.start >= end:
                continue
            box = place.box
            last = merged[-1] if merged else None
            if last and last.page == box.page and box.top < last.bottom and last.top < box.bottom and box.x0 >= last.x0:
                merged[-1] = Box(
                    box.page, last.x0, min(last.top, box.top), max(last.x1, box.x1), max(last.bottom, box.bottom)
                )
            else:
                merged.append(box)
        return tuple(merged)

    def page_at(self, start: int) -> int | None:
        """The page on which the character `start` stands."""
        for place in self.places:
            if place.end > start:
                return place.box.page
        return self.page


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A body paragraph. `number` is as printed without a final stop, or None;
    `displayed` marks a case example that is set apart from the running text."""

    number: str | None
    passage: Passage
    displayed: bool = False

    @property
    def text(self) -> str:
        return self.passage.text


@dataclass(frozen=True, slots=True)
class Point:
    """An item under the strengths (`strength`) or areas for improvement (`improvement`)."""

    kind: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    heading: str
    page: int | None
    paragraphs: tuple[Paragraph, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the letter says about itself and the inspection; None where it does not say."""

    kind: str
    title: str
    area: str
    letter_date: str
    inspection_start: str | None = None
    inspection_end: str | None = None
    sample_size: int | None = None
    reoffending_rate: float | None = None
    recipient: str | None = None
    lead_inspector: str | None = None
    signatory: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A report as read: its facts, sections in printed order, footnotes, the places of what
    was taken out (telephone numbers, addresses), and doubts that a person should look at."""

    facts: Facts
    sections: tuple[Section, ...]
    footnotes: tuple[Passage, ...] = ()
    removed: tuple[Box, ...] = ()
    warnings: tuple[str, ...] = ()


# --- counts ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases as a closed interval in [0, 1]."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One quantity that the letter states about a group (see docs/findings.md for each term).

    `start` and `end` delimit the cue in the paragraph; `reasons` are the steps that led to
    the denominator, the sense and the criterion, for `miner explain`."""

    start: int
    end: int
    cue: str
    sentence: str
    form: str
    numerator: int | None
    denominator: int | None
    denominator_from: str | None
    share: Share | None
    sense: str
    met: Share | None
    criterion: str
    counted: str
    pattern: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """A number or quantity word that is no finding, and why."""

    start: int
    end: int
    cue: str
    reason: str


# --- examples -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """A theme given to an example: its calibrated probability, who decided, and the words
    that spoke for it with their weights, strongest first."""

    theme: str
    score: float
    decided_by: str = "model"
    words: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A quoted case example: its span in the paragraph, without quotation marks."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Classified:
    """The themes and the tone that an example was given."""

    themes: tuple[ThemeScore, ...]
    tone: str
    tone_score: float


# --- the whole ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MinedParagraph:
    paragraph: Paragraph
    findings: tuple[Finding, ...] = ()
    omissions: tuple[Omission, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class MinedSection:
    section: Section
    paragraphs: tuple[MinedParagraph, ...] = ()


@dataclass(frozen=True, slots=True)
class MinedLetter:
    """Everything taken from one report. `page_sizes` are (width, height) in points."""

    source: Source
    text_source: str
    letter: Letter
    sections: tuple[MinedSection, ...]
    words: int
    page_sizes: tuple[tuple[float, float], ...] = ()
    classified: tuple[Classified, ...] = field(default=())
