"""Lines of a page -> blocks: what a reader sees as one paragraph, heading or item.

A block ends where the next line starts something (a number, a bullet, a heading), where space,
style, indentation or a frame set it apart, or where the next word would still have fitted on
the line. The last test also tells, at the foot of a page, whether a paragraph runs on.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from miner.pages import BULLETS, body_size
from miner.records import Box, Line, Page, Passage, Place, Word

NUMBERED = re.compile(r"(?:[-–•]\s+)?(\d{1,2}\.\d{1,2})\.?(?=\s|$)")
SINGLE_NUMBER = re.compile(r"(\d{1,2})(?:\.(?=\s+[“\"‘'A-Z\d]|$)|(?=\s+[“\"‘'A-Z]|$))")
MAX_GAP = 2
"""So many paragraph numbers may be missing before a number is no longer taken for the next one."""
BULLET = re.compile(
    rf"(?:[{re.escape(BULLETS)}]|o(?=\s+[A-Za-z])|\(?[a-z]\)|\(?[ivx]{{1,5}}\)|[ivx]{{1,5}}\.|[a-h]\.|\(?\d{{1,2}}\)|\d{{1,2}}\.)\s+(?=\S)"
)
BULLET_ALONE = re.compile(rf"[{re.escape(BULLETS)}]|o|\(?[a-z]\)|\(?[ivx]{{1,5}}\)|[ivx]{{1,5}}\.|\d{{1,2}}[.)]")
TERMINAL = re.compile(r"[.!?:;][”\"’')\]]*$|[”\"][.]?$")
FOOTNOTE = re.compile(r"\d{1,2}(?![\d.,)%-])\s*[A-Z“\"]")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines that belong together, with how it is set."""

    lines: tuple[Line, ...]
    indent: float
    size: float
    bold: bool
    italic: bool
    frame: int | None = None
    """Number of the frame it stands in, the same for one frame over two pages."""

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def page(self) -> int:
        return self.lines[0].page


@dataclass(frozen=True, slots=True)
class Layout:
    """What is usual in this document: type size, line pitch, margins (points)."""

    size: float
    pitch: float
    left: float
    right: float
    regular: bool = True
    """Whether most lines stand at the usual distance, so that a little more of it means something."""


def measure(pages: Sequence[Page]) -> Layout:
    """The usual type size, distance of base lines, left and right edge of the text."""
    size = body_size(pages)
    pitches: list[float] = []
    lefts: Counter[int] = Counter()
    rights: list[float] = []
    for page in pages:
        body = [line for line in page.lines if abs(line.size - size) < 0.6]
        pitches += [
            round(b.bottom - a.bottom, 1)
            for a, b in zip(page.lines, page.lines[1:], strict=False)
            if abs(a.size - size) < 0.6 and abs(b.size - size) < 0.6 and 0 < b.bottom - a.bottom < 3 * size
        ]
        rights += [line.x1 for line in body]
        for line in body:
            lefts[round(line.x0)] += 1
    pitch = Counter(round(value * 2) / 2 for value in pitches).most_common(1)[0][0] if pitches else 1.2 * size
    usual = sum(abs(value - pitch) <= 0.3 for value in pitches)
    common = [x for x, times in lefts.items() if times >= 3]
    return Layout(
        size=size,
        pitch=pitch,
        left=min(common, default=min(lefts, default=72)),
        right=statistics.quantiles(rights, n=20)[-1] if len(rights) > 1 else 520.0,
        regular=usual >= 0.6 * len(pitches),
    )


def split_footnotes(page: Page, size: float) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The page's body lines, and the lines of the footnotes at its foot."""
    lines = page.lines
    for index, line in enumerate(lines):
        if index == 0 or not FOOTNOTE.match(line.text):
            continue
        rest = lines[index:]
        below_rule = any(
            lines[index - 1].bottom - 2 <= rule.top <= line.top + 3 and rule.x0 < line.x0 + 30 for rule in page.rules
        )
        small = all(other.size <= 0.95 * size for other in rest)
        if line.top > 0.4 * page.height and (small or (below_rule and rest[0].size <= size)):
            return lines[:index], rest
    return lines, ()


def read_blocks(pages: Sequence[Page], is_heading: Callable[[str], bool]) -> tuple[list[Block], list[Block]]:
    """All blocks of the pages in reading order, and the blocks of their footnotes.

    `is_heading` tells whether a text is, whole, a heading or caption of this kind of report.
    """
    layout = measure(pages)
    body: list[tuple[Line, int | None, float]] = []
    footnotes: list[Block] = []
    frame_numbers: dict[tuple[int, int], int] = {}
    for page in pages:
        lines, notes = split_footnotes(page, layout.size)
        footnotes += _footnote_blocks(notes)
        for line in lines:
            body.append((line, _frame_of(line, page, frame_numbers), page.height))
    frames = _frames_over_pages(body)
    rights = _right_edges([line for line, _, _ in body], frames, layout)
    blocks: list[Block] = []
    current: list[int] = []
    numbering = 0

    def close() -> None:
        if current:
            blocks.append(_block([body[index][0] for index in current], frames[current[0]]))
            current.clear()

    index = 0
    while index < len(body):
        line = body[index][0]
        heading = _heading_at(body, index, frames, is_heading)
        if heading:
            close()
            current.extend(range(index, index + heading))
            close()
            index += heading
            continue
        single = SINGLE_NUMBER.match(line.text)
        starts_single = bool(
            single and 0 < int(single[1]) - numbering <= 1 + MAX_GAP * (numbering > 0) and line.x0 <= layout.left + 40
        )
        if current and _breaks(body, index, current, frames, rights, layout, starts_single, numbering):
            close()
        if starts_single and single and not current:
            numbering = int(single[1])
        current.append(index)
        index += 1
    close()
    return blocks, footnotes


def _block(lines: list[Line], frame: int | None) -> Block:
    return Block(
        tuple(lines),
        indent=min(line.x0 for line in lines),
        size=max(line.size for line in lines),
        bold=all(line.bold for line in lines),
        italic=all(line.italic for line in lines),
        frame=frame,
    )


def _footnote_blocks(lines: Sequence[Line]) -> list[Block]:
    blocks: list[list[Line]] = []
    seen: set[int] = set()
    for line in lines:
        marker = re.match(r"\d{1,2}", line.text)
        if marker and FOOTNOTE.match(line.text) and int(marker[0]) <= 20 and int(marker[0]) not in seen:
            seen.add(int(marker[0]))
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    return [_block(lines, None) for lines in blocks]


def _frame_of(line: Line, page: Page, numbers: dict[tuple[int, int], int]) -> int | None:
    for position, frame in enumerate(page.frames):
        if frame.top - 2 <= (line.top + line.bottom) / 2 <= frame.bottom + 2 and frame.x0 - 2 <= line.x0 <= frame.x1:
            return numbers.setdefault((page.number, position), len(numbers))
    return None


def _frames_over_pages(body: list[tuple[Line, int | None, float]]) -> list[int | None]:
    """Frame numbers by line; a frame that goes on at the top of the next page keeps its number."""
    frames = [frame for _, frame, _ in body]
    alias: dict[int, int] = {}
    for index in range(1, len(body)):
        before, here = frames[index - 1], frames[index]
        if body[index][0].page != body[index - 1][0].page and before is not None and here is not None:
            alias[here] = alias.get(before, before)
    return [alias.get(frame, frame) if frame is not None else None for frame in frames]


def _right_edges(lines: list[Line], frames: list[int | None], layout: Layout) -> list[float]:
    """For each line where its column ends: the text's edge, or that of its frame or indented run."""
    edges = [layout.right] * len(lines)
    begin = 0
    for index in range(1, len(lines) + 1):
        if (
            index < len(lines)
            and frames[index] == frames[begin]
            and (frames[begin] is not None or abs(lines[index].x0 - lines[begin].x0) < 3)
        ):
            continue
        run = lines[begin:index]
        widest = max(line.x1 for line in run)
        if widest > layout.right or (
            len(run) >= 3
            and (frames[begin] is not None or run[0].x0 > layout.left + 12)
            and sum(line.x1 > widest - 40 for line in run) >= 2
            and widest > layout.left + 0.5 * (layout.right - layout.left)
        ):
            edges[begin:index] = [widest] * len(run)
        begin = index
    return edges


def _heading_at(
    body: list[tuple[Line, int | None, float]], index: int, frames: list[int | None], is_heading: Callable[[str], bool]
) -> int:
    """How many lines from `index` on make up a heading: 0 where none begins."""
    text, first, longest = "", body[index][0], 0
    for count in range(1, 4):
        if index + count > len(body):
            break
        line = body[index + count - 1][0]
        if count > 1 and longest and is_heading(line.text):
            break
        if count > 1 and (
            line.page != first.page
            or line.bold != first.bold
            or abs(line.size - first.size) > 0.6
            or frames[index] != frames[index + count - 1]
        ):
            break
        text = f"{text} {line.text}".strip()
        if len(text) > 120:
            break
        # A bold heading may go on over the line; one that is not bold ends where it makes sense.
        goes_on = not longest or (first.bold and not is_heading(line.text))
        if is_heading(text) and goes_on:
            longest = count
    return longest


def _breaks(
    body: list[tuple[Line, int | None, float]],
    index: int,
    current: list[int],
    frames: list[int | None],
    rights: list[float],
    layout: Layout,
    starts_single: bool,
    numbering: int,
) -> bool:
    """Whether a new block begins with line `index`; `current` are the lines of the open one."""
    a, b = body[index - 1][0], body[index][0]
    opening = body[current[0]][0]
    following = body[index + 1][0] if index + 1 < len(body) else None
    ended = bool(TERMINAL.search(a.text))
    alone = len(current) == 1 and bool(
        NUMBERED.fullmatch(a.text) or BULLET_ALONE.fullmatch(a.text) or re.fullmatch(r"\d{1,2}\.?", a.text)
    )
    if alone:
        return False
    # Two short words count as one: they may be tied by a space that does not break.
    ahead = b.words[1] if len(b.words) > 1 and len(b.words[0].text) <= 2 else b.words[0]
    room = rights[index - 1] - a.x1
    fits = room > (ahead.x1 - b.words[0].x0) + 0.45 * layout.size
    if NUMBERED.match(b.text) and (ended or fits) and b.x0 <= opening.x0 + 4:
        return True
    if starts_single and (ended or fits):
        return True
    if BULLET.match(b.text) and (ended or fits or BULLET.match(opening.text)) and _is_item(b, opening, fits, ended):
        return True
    if BULLET_ALONE.fullmatch(b.text) and fits:
        return True
    if frames[index] != frames[index - 1]:
        return True
    if a.bold != b.bold and (a.bold or b.bold) and (len(current) > 1 or fits or a.bold):
        return not (a.bold and len(a.words) <= 2 and not fits)
    if abs(a.size - b.size) > 0.6:
        return True
    numbered = bool(NUMBERED.match(opening.text) or (SINGLE_NUMBER.match(opening.text) and numbering))
    if a.page != b.page:
        if not ended:
            return False
        if numbered:
            return room > 0.3 * (layout.right - layout.left)
        if fits:
            return True
        return following is not None and b.x0 > following.x0 + 6 and following.page == b.page
    space = b.bottom - a.bottom - layout.pitch
    if space > 0.22 * layout.size and (ended or fits or space > 0.6 * layout.size):
        return True
    if layout.regular and space > 0.08 * layout.size and ended and b.text[:1].isupper():
        return True
    if fits and (ended or b.text[:1].isupper() or a.x1 < layout.left + 0.6 * (layout.right - layout.left)):
        return True
    if ended and b.x0 > a.x0 + 6 and following is not None and following.x0 < b.x0 - 6:
        return len(current) > 1 or not numbered  # a first line set in
    # A block set in, or the text going on after one.
    return ended and len(current) > 1 and abs(b.x0 - a.x0) > 6 and abs(a.x0 - body[current[-2]][0].x0) < 3


def _is_item(line: Line, opening: Line, fits: bool, ended: bool) -> bool:
    """Whether a line that starts like a list item is one, and not a running line after a dash."""
    if line.text[0] in "–—-*o" or line.text[:1].isdigit():
        if abs(line.x0 - opening.x0) < 3 and _marker_after(opening.text) == _marker(line.text):
            return True
        return fits or (ended and line.x0 <= opening.x0 + 3)
    return True


def _marker(text: str) -> str:
    return text.split(maxsplit=1)[0]


def _marker_after(text: str) -> str:
    """The marker of the list item that would follow this one: "3." after "2.", "-" after "-"."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 1), _marker(text))


# --- blocks -> text -------------------------------------------------------------------

PREFIXES = frozenset(
    [
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
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
        "non",
        "pre",
        "self",
        "well",
        "multi",
        "co",
        "re",
        "post",
        "cross",
        "first",
        "second",
        "third",
        "half",
        "ill",
        "long",
        "short",
        "full",
        "part",
        "follow",
        "face",
        "high",
        "low",
        "age",
        "peer",
        "out",
        "in",
        "up",
        "over",
        "under",
        "police",
        "offence",
        "family",
        "child",
        "evidence",
        "problem",
        "risk",
        "day",
        "week",
        "month",
        "year",
        "end",
        "step",
        "school",
        "home",
        "young",
    ]
)


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """How often each word (lower case, hyphens kept) occurs: to decide hyphens at line ends."""
    return Counter(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(texts).lower()))


def join_hyphen(left: str, right: str, words: Counter[str]) -> str:
    """Joins a word that a line end has split after a hyphen: "assess-" + "ment", "three-" + "quarters".

    The hyphen stays where the letter writes the word with it elsewhere, where both halves are
    words of the letter, or where the first is a number or a usual first part of compounds.
    """
    head = re.search(r"[A-Za-z]+(?=-$)", left)
    tail = re.match(r"[A-Za-z]+", right)
    if not head or not tail:
        return left + right
    a, b = head[0].lower(), tail[0].lower()
    if words[f"{a}-{b}"]:
        return left + right
    if words[a + b]:
        return left[:-1] + right
    if a in PREFIXES or (words[a] and words[b]) or right[0].isupper():
        return left + right
    return left[:-1] + right


def to_passage(words: Iterable[tuple[int, Word]], vocabulary: Counter[str], footnotes: frozenset[str]) -> Passage:
    """Words with their page -> text with places.

    A word split at a line's end is joined; a footnote's number glued to a word in the same type
    size ("rate1") is dropped where the letter has a footnote of that number.
    """
    text = ""
    places: list[Place] = []
    first_page: int | None = None
    last: Word | None = None
    for page, word in words:
        first_page = first_page or page
        piece = _without_marker(word.text, footnotes)
        box = Box(page, word.x0, word.top, word.x1, word.bottom)
        split = last is not None and text.endswith("-") and len(text) > 1 and text[-2].isalpha() and piece[:1].isalpha()
        if split and last is not None and (word.top > last.bottom - 2 or word.x0 < last.x0):
            start = len(text) - len(text.rpartition(" ")[2])
            joined = join_hyphen(text[start:], piece, vocabulary)
            tail = len(joined) - len(piece)
            text = text[:start] + joined
            if places:
                places[-1] = Place(places[-1].start, start + tail, places[-1].box)
            places.append(Place(start + tail, len(text), box))
        else:
            if text and piece[:1] not in (",", ";"):
                text += " "
            places.append(Place(len(text), len(text) + len(piece), box))
            text += piece
        last = word
    return Passage(text, first_page, tuple(places))


def _without_marker(text: str, footnotes: frozenset[str]) -> str:
    found = re.fullmatch(r"(.*[A-Za-z]{2}[.,;:)”\"]?)(\d{1,2})([.,;:)]?)", text)
    return found[1] + found[3] if found and found[2] in footnotes else text
