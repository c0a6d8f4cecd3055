"""Blocks + report profile -> the letter: facts, sections, numbered paragraphs, points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from miner import facts
from miner.blocks import BULLET, MAX_GAP, NUMBERED, SINGLE_NUMBER, Block, read_blocks, to_passage, vocabulary
from miner.profiles import Profile
from miner.records import Box, Facts, Letter, LetterError, Line, Page, Paragraph, Passage, Place, Point, Section, Word

HEADING_NUMBER = re.compile(
    r"(?i)^(?:(?:section|part)\s+)?(?:\d{1,2}|[A-Z]|[ivx]{1,4})(?:[.):]+\s*|\s+[-–:]?\s*|\s*[-–:]\s+)(?=[A-Za-z])"
)
OPENING_QUOTES = "“\"‘'"


def text_blocks(text: str) -> list[Block]:
    """The blocks of a plain-text letter: one a line, or one between blank lines where lines are wrapped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    groups = [[line.strip() for line in group.split("\n") if line.strip()] for group in re.split(r"\n\s*\n", text)]
    lengths = [len(line) for group in groups for line in group]
    wrapped = max(lengths, default=0) <= 120 and any(len(group) > 2 for group in groups)
    blocks = []
    for group in groups:
        for lines in [group] if wrapped and _is_running_text(group) else [[line] for line in group]:
            set_lines = tuple(
                Line(
                    0,
                    tuple(
                        Word(word, 10.0 * at, 12.0 * row, 10.0 * at + 9, 12.0 * row + 10, 10)
                        for at, word in enumerate(line.split())
                    ),
                )
                for row, line in enumerate(lines)
                if line.split()
            )
            if set_lines:
                blocks.append(Block(set_lines, indent=0, size=10, bold=False, italic=False))
    return blocks


def _is_running_text(lines: Sequence[str]) -> bool:
    return (
        len(lines) > 1
        and not any(BULLET.match(line) for line in lines[1:])
        and all(len(line) > 40 for line in lines[:-1])
    )


def match_heading(text: str, profile: Profile) -> tuple[bool, str | None]:
    """(is a heading, code of the section it opens). Commentary headings open none."""
    if len(text) > 110 or not text[:1].isalnum():
        return False, None
    bare = re.sub(r"\s+", " ", HEADING_NUMBER.sub("", text)).strip().rstrip(":.").replace("'", "’")
    halves = bare.split(" / ") if " / " in bare else []  # "Context / Cyd-destun"
    for candidate in (bare, text.strip().rstrip(":").replace("'", "’"), *halves):
        if candidate[:1].islower():
            continue
        for code, pattern in profile.headings:
            if pattern.fullmatch(candidate):
                return True, code
    return False, None


def is_caption(text: str, profile: Profile) -> bool:
    bare = text.strip().rstrip(":.").replace("'", "’")
    return len(bare) < 70 and bare[:1].isupper() and bool(profile.captions.fullmatch(bare))


def read_letter(pages: Sequence[Page], profile: Profile, file: str) -> Letter:
    """The letter in the lines of a PDF. Raises LetterError when it is no report of this kind."""
    text = " ".join(line.text for page in pages for line in page.lines)
    if len(text) < 200:
        raise LetterError(file, "the PDF holds no text to read: it is empty or a scan without a text layer")
    check_kind(text, profile, file)
    blocks, footnotes = read_blocks(
        pages,
        lambda text: (
            match_heading(text, profile)[0]
            or is_caption(text, profile)
            or bool(_is_end(text, profile))
            or (len(text) < 40 and bool(profile.sign_off.fullmatch(text)))
        ),
    )
    return build_letter(blocks, footnotes, profile, file)


def read_text_letter(text: str, profile: Profile, file: str) -> Letter:
    """The letter in a plain text. Raises LetterError when it is no report of this kind."""
    if len(text) < 200:
        raise LetterError(file, "the file holds next to no text")
    check_kind(text, profile, file)
    blocks = text_blocks(text)
    footnotes: list[Block] = []
    # Footnotes stand at the very end, numbered from 1, after the copy list.
    while (
        blocks and re.match(r"\d{1,2}\s+[A-Z“\"]", blocks[-1].text) and not match_heading(blocks[-1].text, profile)[0]
    ):
        footnotes.insert(0, blocks.pop())
    return build_letter(blocks, footnotes, profile, file)


def check_kind(text: str, profile: Profile, file: str) -> None:
    """Raises LetterError unless the text's opening announces this kind of report."""
    opening = re.sub(r"\s+", " ", text[:6000])
    if not profile.announces.search(opening):
        raise LetterError(file, f"not {profile.described}", detail=f"it opens: {opening[:80].strip()}")


@dataclass(slots=True)
class _Open:
    """A section being filled."""

    code: str
    heading: str
    page: int | None
    paragraphs: list[Paragraph] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def closed(self) -> Section:
        return Section(self.code, self.heading, self.page, tuple(self.paragraphs), tuple(self.points))


class _Texts:
    """Turns blocks into passages with one vocabulary, and collects what is taken out."""

    def __init__(self, blocks: Iterable[Block], footnotes: Sequence[Block]) -> None:
        blocks = list(blocks)
        # Neither half of a word split at a line's end vouches for itself.
        whole: list[str] = []
        for block in blocks:
            broken = False
            for line in block.lines:
                here = line.text.endswith("-")
                whole += [word.text for word in line.words[int(broken) : -1 if here else None]]
                broken = here
        self.words = vocabulary(whole)
        numbers = (re.match(r"\d{1,2}", block.text) for block in footnotes)
        self.footnotes = frozenset(number[0] for number in numbers if number)
        self.removed: list[Box] = []

    def passage(self, block: Block, skip: int = 0) -> Passage:
        """The block's text from the character `skip` of its plain text on."""
        words = [(line.page, word) for line in block.lines for word in line.words]
        used = 0
        while words and used < skip:
            used += len(words[0][1].text) + 1
            words.pop(0)
        passage = to_passage(words, self.words, self.footnotes)
        if block.page == 0:
            passage = Passage(passage.text, None)
        passage, removed = redact(passage)
        self.removed += removed
        return passage


def build_letter(blocks: list[Block], footnotes: list[Block], profile: Profile, file: str) -> Letter:
    """Blocks in reading order -> the letter. Raises LetterError where title, date or sections are missing."""
    texts = _Texts(blocks, footnotes)
    title_at, title_end, title, area = find_title(blocks, texts, profile)
    head = [line.text for block in blocks[: title_at if title_at is not None else 0] for line in block.lines]
    if title_at is None:
        first = next((at for at, block in enumerate(blocks) if match_heading(block.text, profile)[0]), None)
        if first is None:
            raise LetterError(file, "no title and no section headings found")
        head = [line.text for block in blocks[:first] for line in block.lines]
        title_end, title = first, "Report of Short Quality Screening (SQS) of youth offending work"
    body, tail = blocks[title_end:], [line.text for block in blocks for line in block.lines]
    # A hybrid head may print its lines below the title as well.
    while (
        body
        and re.match(r"(?i)(?:to|from|copy to|publication date|date|dear)\b\s*:?", body[0].text)
        and len(body[0].text) < 160
        and (re.match(r"(?i)(?:to|from|copy to|publication date|date)\s*:|dear\b", body[0].text))
    ):
        head += [line.text for line in body.pop(0).lines]
    sections, warnings = read_sections(body, texts, profile)
    if not any(section.code in ("reoffending", "public", "child", "sentence") for section in sections):
        raise LetterError(file, "no section of an SQS letter found", detail="none of the four numbered headings")
    warnings += check_numbers(sections)
    opening = [
        paragraph.text
        for section in sections[:3]
        for paragraph in section.paragraphs
        if section.code in ("introduction", "context", "summary")
    ]
    closing = " ".join(
        paragraph.text
        for section in sections
        for paragraph in section.paragraphs
        if section.code in ("closing", "improvements", "strengths")
    )
    letter_date = facts.find_letter_date(head)
    start, end = _dates_of_inspection(opening)
    if area is None:
        area = _area_from_commentary(blocks)
    if letter_date is None:
        letter_date = facts.find_date(" ".join(tail[:40]))
        warnings.append("no date in the head of the letter: the first date on its first page was taken")
    if not area:
        raise LetterError(file, "the area inspected is not named", detail=title)
    if not letter_date:
        raise LetterError(file, "the letter has no date")
    return Letter(
        facts=Facts(
            kind=profile.name,
            title=title,
            area=area,
            letter_date=letter_date,
            inspection_start=start,
            inspection_end=end,
            sample_size=facts.find_sample_size(opening, profile),
            reoffending_rate=next(
                (rate for text in opening if (rate := facts.find_rate(text, profile.reoffending_rates)) is not None),
                None,
            ),
            recipient=facts.find_recipient(head),
            lead_inspector=facts.find_name(closing, profile.lead_inspectors)
            or facts.find_name(" ".join(opening), profile.lead_inspectors[:3]),
            signatory=facts.find_signatory(head, tail, profile.sign_off),
        ),
        sections=tuple(sections),
        footnotes=tuple(texts.passage(block) for block in footnotes),
        removed=tuple(texts.removed),
        warnings=tuple(warnings),
    )


INSPECTION = re.compile(
    r"(?i)inspect|visit|fieldwork|conduct|carried out|took place|screening|SQS|\bheld\b|\bwe were\b|\bteam was\b"
)


def _dates_of_inspection(opening: Sequence[str]) -> tuple[str | None, str | None]:
    """First and last day, from the sentence on when the inspection was, else from any with a range of days."""
    sentences = [sentence for text in opening[:4] for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z])", text)]
    telling = [sentence for sentence in sentences if INSPECTION.search(sentence)]
    for sentence in (*telling, *sentences):
        found = facts.find_range(sentence)
        if found:
            return found
    for sentence in telling:
        day = facts.find_date(sentence)
        if day:
            return day, day
    return None, None


def _area_from_commentary(blocks: Sequence[Block]) -> str | None:
    for block in blocks:
        match = re.fullmatch(
            r"(?i)commentary on the (?:inspection|screening)(?: of youth offending work)? (?:in|of) (.+)", block.text
        )
        if match:
            return match[1].strip()
    return None


def find_title(blocks: Sequence[Block], texts: _Texts, profile: Profile) -> tuple[int | None, int, str, str | None]:
    """(first block of the title, first block after it, its text, the area it names)."""
    for at, block in enumerate(blocks[:40]):
        for count in (1, 2, 3):
            text = re.sub(r"\s+", " ", " ".join(texts.passage(part).text for part in blocks[at : at + count]))
            match = (
                profile.title.fullmatch(re.sub(r"^(?:re|subject)\s*:\s*", "", text, flags=re.IGNORECASE))
                if len(text) < 220
                else None
            )
            nxt = blocks[at + count] if at + count < len(blocks) else None
            if match and not re.search(r"[.?!]\s+[A-Z]", match["area"]) and not match_heading(text, profile)[0]:
                if count < 3 and nxt is not None and _continues_title(text, block, nxt, profile):
                    continue
                return at, at + count, text, _area(match["area"])
    return None, 0, "", None


def _continues_title(text: str, block: Block, following: Block, profile: Profile) -> bool:
    """Whether the next block is the rest of a title that runs over a line."""
    return (
        following.page != 0
        and following.size == block.size
        and following.bold == block.bold
        and block.bold
        and len(following.text) < 60
        and not match_heading(following.text, profile)[0]
        and re.search(r"(?i)\b(?:and|of|in|the|,)$", text) is not None
    )


def _area(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" .:-–")
    return text.title() if text.isupper() else text


def _is_end(text: str, profile: Profile) -> bool:
    """Whether a text opens what is not read: the copy list."""
    return (
        len(text) < 100
        and bool(profile.ends.fullmatch(text.strip()))
        and text.strip()[:1].isupper()
        and (len(text) < 24 or ":" in text[:24])
    )


def read_sections(blocks: Sequence[Block], texts: _Texts, profile: Profile) -> tuple[list[Section], list[str]]:
    """Blocks after the title -> sections in printed order, and doubts."""
    done: list[Section] = []
    warnings: list[str] = []
    current = _Open("introduction", "", blocks[0].page or None if blocks else None)
    caption: Block | None = None
    displayed: Block | None = None
    itemised = {code: _has_items(blocks, code, profile) for code in profile.points}
    last_number = 0

    def close() -> None:
        if current.paragraphs or current.points or current.heading:
            done.append(current.closed())

    parts = list(_without_closings(blocks, profile))
    numbered = sum(bool(NUMBERED.match(block.text)) for block in parts) > 5
    for at, block in enumerate(parts):
        text = block.text
        if _is_end(text, profile) or (
            current.code in ("closing", "improvements", "strengths") and profile.sign_off.match(text) and len(text) < 60
        ):
            break
        heading, code = match_heading(text, profile)
        if heading and not (block.frame is not None and is_caption(text, profile)):
            if code is not None:
                close()
                current = _Open(code, text, block.page or None)
            caption = displayed = None
            continue
        captioned = numbered and current.code not in profile.points and _heads_unnumbered(parts[at : at + 2], profile)
        if is_caption(text, profile) or (captioned and current.paragraphs):
            caption, displayed = block, None
            continue
        if displayed is not None and block.frame is not None and block.frame == displayed.frame and current.paragraphs:
            # Another paragraph in the same frame belongs to the same example.
            current.paragraphs[-1] = Paragraph(
                None, _joined(current.paragraphs[-1].passage, texts.passage(block)), displayed=True
            )
            continue
        if caption is not None:
            current.paragraphs.append(Paragraph(None, texts.passage(block), displayed=True))
            caption, displayed = None, block
            continue
        displayed = None
        kind = profile.points.get(current.code)
        item = BULLET.match(text)
        if kind and (item or (not itemised[current.code] and _is_bare_item(block, current, profile))):
            for part in [block] if item else _bare_items(block):
                current.points.append(Point(kind, texts.passage(part, item.end() if item else 0)))
            continue
        if (
            kind
            and (current.points or profile.closing.search(text))
            and (profile.closing.search(text) or not itemised[current.code] or current.code == "improvements")
        ):
            close()
            current = _Open("closing", "", block.page or None)
            kind = None
        number, skip = _number(text, last_number)
        if number and "." not in number:
            last_number = int(number)
        passage = texts.passage(block, skip)
        if not passage.text:
            continue
        if item and not number and current.paragraphs and not current.paragraphs[-1].displayed:
            previous = current.paragraphs[-1]
            current.paragraphs[-1] = Paragraph(previous.number, _joined(previous.passage, passage))
            continue
        is_apart = number is None and _is_set_apart(block, blocks) and not kind
        current.paragraphs.append(Paragraph(number, passage, displayed=is_apart))
        displayed = block if is_apart else None
    close()
    for code in profile.points:
        if not any(section.code == code and section.points for section in done):
            warnings.append(f"no items found under {code}")
    return done, warnings


def _heads_unnumbered(blocks: Sequence[Block], profile: Profile) -> bool:
    """Whether a line without a full stop stands over a paragraph without a number.

    In a letter whose paragraphs are numbered this is the caption of a displayed example, whatever its words.
    """
    if len(blocks) < 2:
        return False
    line, below = blocks[0].text, blocks[1].text
    return (
        len(line) < 70
        and line[:1].isupper()
        and line[-1] not in ".;,?!”’\"'"
        and len(below) > 80
        and below[:1] in OPENING_QUOTES + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        and _number(below, 0)[0] is None
        and not BULLET.match(below)
        and not match_heading(below, profile)[0]
        and not _is_end(line, profile)
    )


def _number(text: str, last: int) -> tuple[str | None, int]:
    """The paragraph's printed number, and how many characters it takes up."""
    match = NUMBERED.match(text)
    if match:
        return match[1], match.end() + 1
    match = SINGLE_NUMBER.match(text)
    if match and 0 < int(match[1]) - last <= 1 + MAX_GAP * (last > 0):
        return match[1], match.end() + 1
    return None, 0


def _has_items(blocks: Sequence[Block], code: str, profile: Profile) -> bool:
    """Whether the section's list has bullets or numbers."""
    inside = False
    for block in blocks:
        heading, found = match_heading(block.text, profile)
        if heading and found is not None:
            inside = found == code
        elif inside and BULLET.match(block.text):
            return True
    return False


def _is_bare_item(block: Block, current: _Open, profile: Profile) -> bool:
    """Whether a block without a marker is an item of a list whose markers were lost."""
    text = block.text
    return (
        not text.endswith(":")
        and len(text) < 300
        and not profile.closing.search(text)
        and (
            bool(current.points)
            or bool(current.paragraphs and current.paragraphs[-1].text.endswith(":"))
            or not current.paragraphs
        )
    )


def _without_closings(blocks: Sequence[Block], profile: Profile) -> Iterator[Block]:
    """The blocks, a point parted from thanks and contacts that follow it without any space."""
    listing = False
    for block in blocks:
        heading, code = match_heading(block.text, profile)
        listing = code in profile.points if heading and code else listing
        if not listing:
            yield block
            continue
        cut = next(
            (
                at
                for at in range(1, len(block.lines))
                if BULLET.match(block.text)
                and (block.lines[at - 1].text.endswith((".", ";")) or block.lines[at - 1].page != block.lines[at].page)
                and block.lines[at].text[:1].isupper()
                and profile.closing.search(" ".join(line.text for line in block.lines[at : at + 3]))
            ),
            None,
        )
        if cut is None:
            yield block
        else:
            yield replace(block, lines=block.lines[:cut])
            yield replace(block, lines=block.lines[cut:])


def _bare_items(block: Block) -> list[Block]:
    """The items of a list whose markers were lost: one a sentence that ends with its line."""
    items: list[list[Line]] = [[]]
    for line in block.lines:
        if items[-1] and items[-1][-1].text.endswith((".", ";")) and line.text[:1].isupper():
            items.append([])
        items[-1].append(line)
    return [replace(block, lines=tuple(lines)) for lines in items]


def _is_set_apart(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether a block is displayed: framed, or italic and set in, where the running text is not."""
    if block.page == 0 or len(block.text) < 120:
        return False
    if block.frame is not None:
        return sum(other.frame == block.frame for other in blocks) <= 6
    usual = min((other.indent for other in blocks if len(other.text) > 200 and not other.italic), default=block.indent)
    return block.italic and block.indent > usual + 12 and block.text[0] not in OPENING_QUOTES


def _joined(a: Passage, b: Passage) -> Passage:
    shift = len(a.text) + 1
    return Passage(
        f"{a.text} {b.text}", a.page, a.places + tuple(Place(p.start + shift, p.end + shift, p.box) for p in b.places)
    )


def check_numbers(sections: Sequence[Section]) -> list[str]:
    """A warning for each gap in the paragraphs' numbers."""
    warnings = []
    before: tuple[int, ...] | None = None
    for section in sections:
        for paragraph in section.paragraphs:
            if paragraph.number is None:
                continue
            number = tuple(int(part) for part in paragraph.number.split("."))
            expected: tuple[int, ...]
            if len(number) == 2:
                expected = (
                    (number[0], 1)
                    if before is None or len(before) != 2 or before[0] != number[0]
                    else (before[0], before[1] + 1)
                )
            else:
                expected = (before[0] + 1,) if before is not None and len(before) == 1 else (1,)
            if number != expected:
                wanted = ".".join(map(str, expected))
                place = f"page {paragraph.passage.page}: " if paragraph.passage.page else ""
                warnings.append(f"{place}paragraph {paragraph.number} where {wanted} was expected")
            before = number
    return warnings


# --- what is not kept -----------------------------------------------------------------

POSTCODE = r"\b[A-Z]{1,2}[0-9O][0-9A-Z]?\s+[0-9O][A-Z]{2}\b"
PRIVATE = (
    ("[e-mail address removed]", re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[e-mail address removed]", re.compile(r"\bmailto:\S+")),
    (
        "[telephone number removed]",
        re.compile(
            r"(?<![\w./-])(?:(?:\+|00)\s?44\s?(?:\(0\)\s?)?\d[\d\s-]{7,11}\d|\(?0\d{2,5}\)?(?:[\s-]?\d{2,8}){1,4})(?![\w/-])"
        ),
    ),
    (
        "[postal address removed]",
        re.compile(
            rf"(?:\b(?:(?:\d+\w{{0,2}}|[A-Z][\w’'&.-]*|and|of|the|on|PO|Box)\s+){{0,7}}(?:\d+|[A-Z][\w’'&.-]*),?\s+){{0,6}}{POSTCODE}"
        ),
    ),
)


def redact(passage: Passage) -> tuple[Passage, list[Box]]:
    """The passage without telephone numbers, e-mail and postal addresses, and the places of these."""
    removed: list[Box] = []
    for note, pattern in PRIVATE:
        matches = [
            match
            for match in pattern.finditer(passage.text)
            if note[1] != "t" or sum(c.isdigit() for c in match[0]) >= 9
        ]
        for match in reversed(matches):
            start, end = match.span()
            inside = [place for place in passage.places if place.start < end and place.end > start]
            removed += [place.box for place in inside]
            shift = len(note) - (end - start)
            places = []
            for place in passage.places:
                if place.end <= start:
                    places.append(place)
                elif place.start >= end:
                    places.append(Place(place.start + shift, place.end + shift, place.box))
                else:
                    places.append(Place(min(place.start, start), max(place.end + shift, start + len(note)), place.box))
            passage = Passage(passage.text[:start] + note + passage.text[end:], passage.page, tuple(places))
    return passage, removed


def count_words(letter: Letter) -> int:
    """Words in the paragraphs and points."""
    return sum(
        len(text.split())
        for section in letter.sections
        for text in (
            *(paragraph.text for paragraph in section.paragraphs),
            *(point.passage.text for point in section.points),
        )
    )
