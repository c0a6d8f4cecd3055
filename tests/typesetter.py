"""Sets a plain-text inspection letter as a PDF in one of many layouts, to try a reader of such PDFs.

    set_letter(text, Path("letter.pdf"), LAYOUTS["memo_word"])

Three steps: `read_blocks` (text -> blocks), `Press` (blocks -> ink on pages), `_print` (ink -> PDF).
Ink is kept until every page is full, so that "Page x of y" can be written and so that the order of the
content stream can differ from the order of reading. The same letter and layout give the same bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A5, LETTER
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

Align = Literal["left", "right", "centre", "justify"]
Style = Literal["plain", "bold", "italic", "bullet", "marker"]


@dataclass(frozen=True)
class Layout:
    """The ways in which letters differ. Lengths are points; spaces are in lines."""

    # page and type
    page: tuple[float, float] = A4
    margin: float = 72
    font: str = "Helvetica"
    size: float = 11
    leading: float = 1.2
    align: Align = "left"
    first_indent: float = 0
    para_space: float = 0.8
    # characters
    quotes: Literal["as_is", "curly", "straight"] = "as_is"
    italic_quotes: bool = False  # quotations inside a paragraph in italic
    nbsp: bool = False  # after numbers and titles; where the font is a file
    ligatures: bool = False  # fi and fl as one glyph, where the font has it
    double_space: bool = False  # two spaces after a sentence
    hyphenate: str = ""  # the hyphen to put where a word is broken; "" breaks no words
    break_hyphens: bool = True  # "three-" / "quarters"
    # head
    letterhead: Literal["left", "right", "centre", "beside"] = "left"
    recipient: Literal["lines", "run_on"] = "lines"
    memo_tab: float = 0  # width of the column of "To:", "From:"; 0 runs them on
    title_align: Align = "left"
    # headings
    heading_style: Style = "bold"
    heading_scale: float = 1.0
    heading_colour: str = "#000000"
    heading_underline: bool = False
    heading_caps: bool = False
    heading_space: float = 0.6
    heading_number: Literal["kept", "stripped", "hanging"] = "kept"
    keep_with_next: bool = True
    # numbered paragraphs and lists
    number: Literal["inline", "hanging", "above", "removed"] = "inline"
    number_stop: Literal["as_is", "with", "without"] = "as_is"
    number_width: float = 34
    bullet: str = "•"  # or "a)", "(a)", "(i)", "i.", "1." to count
    item_marker: str = "as_is"  # the same for lists that were counted
    item_indent: float = 12
    item_hang: float = 16  # 0 runs the marker on
    # displayed examples
    example: Literal["plain", "box", "grey", "indent"] = "plain"
    example_style: Style = "plain"
    caption: Style = "bold"
    caption_inside: bool = False
    # notes
    footnotes: Literal["foot", "end"] = "foot"
    footnote_rule: bool = True
    footnote_scale: float = 0.8
    superscript: bool = True
    # end and page furniture; {area}, {date}, {page}, {pages}
    copy_list: Literal["lines", "columns", "run_on"] = "lines"
    header: tuple[str, ...] = ()
    header_from: int = 1
    footer: tuple[str, ...] = ()
    furniture_align: Align = "centre"
    watermark: str = ""
    page_labels: bool = False
    # content stream
    words_apart: bool = False  # each word placed by itself, no space characters
    split_runs: bool = False  # some lines cut in two inside a word
    drawn_first: tuple[str, ...] = ()  # layers: header footer aside heading number body note
    drawn_last: tuple[str, ...] = ()
    backwards: bool = False  # the rest of each page from its last line to its first


# ---- the letter -------------------------------------------------------------------------------------

Kind = Literal["letterhead", "recipient", "memo", "date", "greeting", "title", "heading", "subheading", "para",
               "numbered", "item", "example", "sign", "copy", "footnote"]  # fmt: skip


class Block(NamedTuple):
    kind: Kind
    lines: tuple[str, ...]
    marker: str = ""


NUMBERED = re.compile(r"(?:[-•] )?(\d+\.\d+\.?)\s+(.*)")
ITEM = re.compile(r"([•–-]|\d+\.|[a-z]\)|\([a-z]+\)|[ivx]+\.)\s+(.*)")
FOOTNOTE = re.compile(r"(\d)\s+([A-Z].*)")
DATE = re.compile(r"\d{1,2}(st|nd|rd|th)? [A-Z][a-z]+ \d{4}")
CAPTION = re.compile(r"(Case (illustration|example|study)|(Example|Illustration) of|Notable practice)\b")


def read_blocks(text: str) -> list[Block]:
    groups = [tuple(group.strip().split("\n")) for group in re.split(r"\n\s*\n", text.strip())]
    title = next((n for n, group in enumerate(groups) if group[0].startswith("Report of ")), 0)
    if not title:
        raise ValueError("a letter needs a letterhead and then a title that begins with 'Report of'")
    blocks = [Block("letterhead", groups[0])]
    for group in groups[1:title]:
        is_memo, is_date = group[0].startswith("To:"), bool(DATE.fullmatch(group[0]))
        dated: Kind = "date" if is_date else "greeting" if group[0].startswith("Dear") else "recipient"
        blocks.append(Block("memo" if is_memo else dated, group))
    blocks.append(Block("title", groups[title]))
    part, caption = "body", ""
    for group in groups[title + 1 :]:
        first = group[0]
        if caption:
            blocks.append(Block("example", (caption, *group)))
            caption = ""
        elif CAPTION.match(first) and len(first) < 60:
            caption = first
        elif first.startswith("Copy to:"):
            part = "copy"
            blocks.append(Block("heading", (first,)))
        elif first.startswith("Yours "):
            part = "sign"
            blocks.append(Block("sign", group))
        elif part == "copy" and not FOOTNOTE.match(first) and not first.startswith("Note:"):
            blocks.append(Block("copy", group))
        elif part == "sign":
            blocks.append(Block("sign", group))
        else:
            blocks.extend(_body_block(line, is_alone=len(group) == 1, at_end=part == "copy") for line in group)
    return blocks


def _body_block(line: str, is_alone: bool, at_end: bool) -> Block:
    is_short = is_alone and len(line) < 90 and not re.search(r"[.,:;!?”\"]$", line)
    if at_end and (match := FOOTNOTE.match(line)):
        return Block("footnote", (match[2],), match[1])
    if match := NUMBERED.match(line):
        return Block("numbered", (match[2],), match[1])
    if match := ITEM.match(line):
        return Block("subheading" if is_short else "item", (match[2],), match[1])
    return Block("heading" if is_short else "para", (line,))


# ---- type -------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    text: str
    style: Style


Word = tuple[Piece, ...]  # pieces with no space between them


class Line(NamedTuple):
    words: tuple[Word, ...]
    width: float
    is_last: bool


class Ink(NamedTuple):
    """A run of text at x, y; or with no text a box (a rule, if it has no height)."""

    layer: str
    x: float
    y: float
    text: str = ""
    font: str = ""
    size: float = 0
    space: float = 0
    colour: str = "#000000"
    angle: float = 0
    width: float = 0
    height: float = 0
    is_filled: bool = False


FONT_FOLDER = Path("/usr/share/fonts/truetype")
BUILT_IN = {
    "Helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "Times": ("Times-Roman", "Times-Bold", "Times-Italic"),
}
TRUETYPE = {  # with the built-in family to use where the files are not there
    "Liberation Sans": ("LiberationSans-Regular", "LiberationSans-Bold", "LiberationSans-Italic", "Helvetica"),
    "Liberation Serif": ("LiberationSerif-Regular", "LiberationSerif-Bold", "LiberationSerif-Italic", "Times"),
    "DejaVu Sans": ("DejaVuSansCondensed", "DejaVuSansCondensed-Bold", "DejaVuSansCondensed-Oblique", "Helvetica"),
    "DejaVu Serif": ("DejaVuSerifCondensed", "DejaVuSerifCondensed-Bold", "DejaVuSerifCondensed-Italic", "Times"),
}  # fmt: skip
WORD_BULLET, NBSP = "\uf0b7", "\ue0a0"
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


class _FileFont(TTFont):  # type: ignore[misc]
    """Reportlab sets U+00A0 as a space: here a stand-in is set, and becomes U+00A0 in the finished PDF."""

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 (reportlab calls it)
        for subset in self.state[doc].subsets:
            subset[:] = [0xA0 if code == ord(NBSP) else code for code in subset]
        super().addObjects(doc)


@cache
def _register(name: str, file: str) -> bool:
    try:
        font = _FileFont(name, str(next(FONT_FOLDER.rglob(f"{file}.ttf"))))
    except (StopIteration, TTFError, OSError):
        return False
    for stand_in, character in ((WORD_BULLET, "•"), (NBSP, " ")):  # looks like the one, copies as the other
        font.face.charToGlyph[ord(stand_in)] = font.face.charToGlyph[ord(character)]
        font.face.charWidths[ord(stand_in)] = font.face.charWidths[ord(character)]
    pdfmetrics.registerFont(font)
    return True


@cache
def _family(name: str) -> dict[Style, str]:
    if name in TRUETYPE:
        *files, fallback = TRUETYPE[name]
        names = tuple(files) if all(_register(file, file) for file in files) else BUILT_IN[fallback]
    else:
        names = BUILT_IN[name]
    bullet = next((f for f in ("LiberationSans-Regular", "DejaVuSans") if _register(f"{f}-Bullet", f)), "")
    return {"plain": names[0], "bold": names[1], "italic": names[2], "marker": names[0],
            "bullet": f"{bullet}-Bullet" if bullet else names[0]}  # fmt: skip


@cache
def _has_glyph(font: str, character: str) -> bool:
    found = pdfmetrics.getFont(font)
    return isinstance(found, TTFont) and ord(character) in found.face.charToGlyph


def _count(marker: str, number: int) -> str:
    """Marker 3 of the sort of "a)" is "c)"."""
    letter, roman = "abcdefghijkl"[number - 1], ROMAN[number - 1]
    return {"a)": f"{letter})", "(a)": f"({letter})", "(i)": f"({roman})", "i.": f"{roman}.",
            "1.": f"{number}."}.get(marker, marker)  # fmt: skip


# between two consonants that stand between vowels ("har-bour"), or before a common ending ("assess-ment")
SYLLABLE_END = re.compile(
    r"[aeiou][b-df-hj-np-tv-z](?=(?!h|k|l|r)[b-df-hj-np-tv-z][aeiou][a-z]{2})|[a-z]{2}(?=(ment|ness|tion|sion|ship))"
)


def _break_points(text: str, layout: Layout) -> Iterator[tuple[str, str]]:
    """The two halves of a word at each place where it may be broken, the last place first."""
    for at in range(len(text) - 2, 1, -1):
        if layout.break_hyphens and text[at - 1] == "-" and text[at - 2].isalnum():
            yield text[:at], text[at:]
        elif layout.hyphenate and at >= 3 and "@" not in text and SYLLABLE_END.match(text, at - 2):
            yield text[:at] + layout.hyphenate, text[at:]


# ---- the press --------------------------------------------------------------------------------------


class Press:
    def __init__(self, layout: Layout, blocks: list[Block]) -> None:
        self.layout, self.blocks = layout, blocks
        self.fonts = _family(layout.font)
        self.leading = layout.size * layout.leading
        self.width = layout.page[0] - 2 * layout.margin
        self.top = layout.page[1] - layout.margin
        self.notes = {block.marker: block.lines[0] for block in blocks if block.kind == "footnote"}
        self.pages: list[list[Ink]] = []
        self.box_top: float | None = None
        self.runs = 0
        self.item = 1
        self._open_page()

    # -- words and lines

    def _dress(self, text: str) -> str:
        layout = self.layout
        if layout.quotes == "straight":
            text = text.translate(str.maketrans("“”‘’", "\"\"''"))
        elif layout.quotes == "curly":
            text = re.sub(r"(^|[\s(])\"", r"\1“", text).replace('"', "”")
            text = re.sub(r"(^|[\s(“])'", r"\1‘", text).replace("'", "’")
        if layout.nbsp and _has_glyph(self.fonts["plain"], NBSP):
            text = re.sub(r"\b(\d+|Mrs?|Ms|Dr) (?=\w+\b(?![./@]))", rf"\1{NBSP}", text)
        if layout.double_space:
            text = re.sub(r"([.?!][”\"]?) (?=[A-Z“\"])", r"\1  ", text)
        for letters, glyph in (("fi", "\ufb01"), ("fl", "\ufb02")):
            if layout.ligatures and _has_glyph(self.fonts["plain"], glyph):
                text = text.replace(letters, glyph)
        return text

    def _words(self, text: str, style: Style) -> list[Word]:
        words, in_quotation = list[Word](), False
        for token in self._dress(text).split(" "):
            in_quotation |= bool(re.match(r"\(?[\"“]", token))
            now: Style = "italic" if in_quotation and self.layout.italic_quotes and style == "plain" else style
            match = re.fullmatch(r"(.*[a-z]{2}[.,”\"]?)(\d)([.,;:]?)", token)
            if match and match[2] in self.notes:
                tail = (Piece(match[3], now),) if match[3] else ()
                mark: Style = "marker" if self.layout.superscript else now
                words.append((Piece(match[1], now), Piece(match[2], mark), *tail))
            else:
                words.append((Piece(token, now),))
            in_quotation &= not re.search(r"[\"”][.,;:)]*$", token)
        return words

    def _measure(self, text: str, style: Style, size: float) -> float:
        return float(pdfmetrics.stringWidth(text, self.fonts[style], size * (0.62 if style == "marker" else 1)))

    def _lines(self, words: list[Word], size: float, width: float, first: float) -> list[Line]:
        """Breaks greedily; `first` is the indent of the first line."""
        space = self._measure(" ", "plain", size)
        lines, line, used, queue = list[Line](), list[Word](), first, words[::-1]
        while queue:
            word = queue.pop()
            if not line and word[0].text == "":
                continue
            wide = sum(self._measure(piece.text, piece.style, size) for piece in word)
            gap = space if line else 0
            if used + gap + wide <= width or (not line and not lines):
                line, used = [*line, word], used + gap + wide
                continue
            for head, tail in _break_points(word[0].text, self.layout) if len(word) == 1 else ():
                part = self._measure(head, word[0].style, size)
                if used + gap + part <= width:
                    line, used = [*line, (Piece(head, word[0].style),)], used + gap + part
                    word = (Piece(tail, word[0].style),)
                    break
            if line:
                lines.append(Line(tuple(line), used, False))
                queue.append(word)
                line, used = [], 0
            else:  # a word wider than the page
                line, used = [word], wide
        return [*lines, Line(tuple(line), used, True)]

    def _put(self, line: Line, x: float, y: float, width: float, size: float, align: Align, layer: str,
             colour: str = "#000000") -> float:  # fmt: skip
        """Inks a line, `y` being its top; gives the x at which it began."""
        spaces = len(line.words) - 1
        stretch = (width - line.width) / spaces if align == "justify" and not line.is_last and spaces else 0
        x += {"right": width - line.width, "centre": (width - line.width) / 2}.get(align, 0)
        start, runs, space = x, list[Piece](), self._measure(" ", "plain", size)
        for number, word in enumerate(line.words):
            for at, piece in enumerate(word):
                text = (" " if number and not at else "") + piece.text
                if runs and runs[-1].style == piece.style and not self.layout.words_apart:
                    runs[-1] = Piece(runs[-1].text + text, piece.style)
                else:
                    runs.append(Piece(text, piece.style))
        for text, style in runs:
            if self.layout.words_apart and text.startswith(" "):
                text, x = text[1:], x + space + stretch
            self.runs += 1
            cut = len(text) // 2 if self.layout.split_runs and self.runs % 5 == 0 else 0
            for part in (text[:cut], text[cut:]):
                if part:
                    raised, scale = (0.33 * size, 0.62) if style == "marker" else (0, 1)
                    self.pages[-1].append(Ink(layer, x, y - size + raised, part, self.fonts[style],
                                              size * scale, stretch, colour))  # fmt: skip
                    x += self._measure(part, style, size) + stretch * part.count(" ")
        return start

    # -- pages

    def _open_page(self) -> None:
        if self.pages:
            self._close_page()
        self.pages.append([])
        self.foot: list[tuple[str, list[Line]]] = []
        self.y = self.top
        self.bottom = self.layout.margin
        if self.box_top is not None:
            self.box_top = self.y
            self.y -= 6

    def _close_page(self) -> None:
        if self.box_top is not None:
            self._ink_box(self.box_top, self.y - 4)
        left, size = self.layout.margin, self.layout.size * self.layout.footnote_scale
        y = self.bottom
        if self.foot:
            y -= 7
        if self.foot and self.layout.footnote_rule:
            self.pages[-1].append(Ink("note", left, y - 1, width=self.width / 3))
        for _, lines in self.foot:
            for line in lines:
                y -= size * 1.2
                self._put(line, left, y + size, self.width, size, "left", "note")

    def _room(self, height: float) -> None:
        if self.y - height < self.bottom and self.y < self.top:
            self._open_page()

    def _gap(self, lines: float) -> None:
        if self.y < self.top:
            self.y -= lines * self.leading

    def _reserve_notes(self, line: Line) -> None:
        """Keeps room at the foot for the notes that this line marks, on a page that holds both."""
        found = {piece.text for word in line.words for piece in word[1:]} & self.notes.keys()
        new = sorted(found - {marker for marker, _ in self.foot}) if self.layout.footnotes == "foot" else []
        size = self.layout.size * self.layout.footnote_scale
        notes = [(marker, self._note_lines(marker, size)) for marker in new]
        height = sum(len(lines) for _, lines in notes) * size * 1.2
        height += 12 if new and not self.foot else 0
        if self.y - self.leading < self.bottom + height and self.y < self.top:
            self._open_page()
        self.bottom += height
        self.foot.extend(notes)

    def _note_lines(self, marker: str, size: float) -> list[Line]:
        mark = Piece(marker, "marker" if self.layout.superscript else "plain")
        return self._lines([(mark,), *self._words(self.notes[marker], "plain")], size, self.width, 0)

    def _ink_box(self, top: float, bottom: float) -> None:
        is_grey = self.layout.example == "grey"
        self.pages[-1].append(Ink("back", self.layout.margin, bottom, colour="#dddddd" if is_grey else "#000000",
                                  width=self.width, height=top - bottom, is_filled=is_grey))  # fmt: skip

    def _text(self, text: str, style: Style = "plain", *, scale: float = 1, left: float = 0, right: float = 0,
              first: float = 0, label: str = "", label_at: float = 0, label_style: Style | None = None,
              align: Align | None = None, layer: str = "body", colour: str = "#000000",
              underline: bool = False) -> None:  # fmt: skip
        """Sets one paragraph at the present height; a label stands beside its first line."""
        size, margin = self.layout.size * scale, self.layout.margin
        width, leading = self.width - left - right, self.leading * scale
        for number, line in enumerate(self._lines(self._words(text, style), size, width, first)):
            self._room(leading)
            self._reserve_notes(line)
            indent = 0 if number else first
            if label and not number:
                beside = self._lines([(Piece(label, label_style or style),)], size, width, 0)[0]
                self._put(beside, margin + label_at, self.y, width, size, "left", "number", colour)
            start = self._put(line._replace(width=line.width - indent), margin + left + indent, self.y,
                              width - indent, size, align or self.layout.align, layer, colour)  # fmt: skip
            if underline:
                self.pages[-1].append(Ink(layer, start, self.y - size * 1.12, width=line.width, colour=colour))
            self.y -= leading

    # -- blocks

    def set(self) -> list[list[Ink]]:
        for number, block in enumerate(self.blocks):
            previous = self.blocks[number - 1].kind if number else ""
            if block.kind == previous == "item":
                self.item += 1
            else:
                self.item = 1
                if previous == "item":
                    self._gap(self.layout.para_space)
            getattr(self, f"_set_{block.kind}")(block)
        if self.layout.footnotes == "end":
            self._gap(1)
            for note in (block for block in self.blocks if block.kind == "footnote"):
                self._text(f"{note.marker} {note.lines[0]}", scale=self.layout.footnote_scale)
        self._close_page()
        return self.pages

    def _set_letterhead(self, block: Block) -> None:
        where = self.layout.letterhead
        left = self.width * 0.55 if where == "beside" else 0
        top, align = self.y, "left" if where == "beside" else where
        for number, line in enumerate(block.lines):
            style: Style = "plain" if number else "bold"
            self._text(line, style, scale=1 if number else 1.15, left=left, align=align, layer="aside")
        if where == "beside":
            self.lowest, self.y = self.y, top
        else:
            self._gap(1.5)

    def _set_address(self, line: str, tab: float = 0) -> None:
        right = self.width * 0.5 if self.layout.letterhead == "beside" else 0
        label, rest = line.split(": ", 1) if tab else ("", line)
        self._text(rest, left=tab, right=right, label=f"{label}:" if label else "", label_style="bold", align="left")

    def _end_address(self) -> None:
        if self.layout.letterhead == "beside":
            self.y = min(self.y, self.lowest)
        self._gap(1)

    def _set_recipient(self, block: Block) -> None:
        for line in (" ".join(block.lines),) if self.layout.recipient == "run_on" else block.lines:
            self._set_address(line)
        self._end_address()

    def _set_memo(self, block: Block) -> None:
        for number, line in enumerate(block.lines):
            self._gap(0.4 if number and self.layout.para_space >= 0.3 else 0)
            self._set_address(line, self.layout.memo_tab if ": " in line else 0)
        self._end_address()

    def _set_date(self, block: Block) -> None:
        self._text(block.lines[0], align="right" if self.layout.letterhead == "right" else "left")
        self._gap(1)

    def _set_greeting(self, block: Block) -> None:
        self._text(block.lines[0], align="left")
        self._gap(0.6)

    def _set_title(self, block: Block) -> None:
        self._gap(0.3)
        self._text(block.lines[0], "bold", scale=max(1.1, self.layout.heading_scale), layer="heading",
                   align=self.layout.title_align, colour=self.layout.heading_colour)  # fmt: skip
        self._gap(max(0.6, self.layout.para_space))

    def _set_heading(self, block: Block, scale: float = 1.0) -> None:
        layout = self.layout
        self._gap(layout.heading_space)
        if layout.keep_with_next:
            self._room(self.leading * (2.6 + layout.para_space))
        text = block.lines[0].upper() if layout.heading_caps else block.lines[0]
        hang = layout.number_width if block.marker and layout.heading_number == "hanging" else 0
        marker = block.marker if layout.heading_number != "stripped" else ""
        self._text(text if hang else f"{marker} {text}".strip(), layout.heading_style, left=hang,
                   label=marker if hang else "", scale=scale * layout.heading_scale, align="left",
                   colour=layout.heading_colour, underline=layout.heading_underline, layer="heading")  # fmt: skip
        self._gap(max(0.25, layout.para_space * 0.6))

    def _set_subheading(self, block: Block) -> None:
        self._set_heading(block, 1 if self.layout.heading_scale == 1 else 0.9)

    def _set_para(self, block: Block) -> None:
        self._text(block.lines[0], first=self.layout.first_indent)
        self._gap(self.layout.para_space)

    def _set_numbered(self, block: Block) -> None:
        layout, number = self.layout, block.marker
        if layout.number_stop != "as_is":
            number = number.rstrip(".") + ("." if layout.number_stop == "with" else "")
        hang = layout.number_width if layout.number == "hanging" else 0
        if layout.number == "above":
            self._room(self.leading * (2 if layout.keep_with_next else 1))
            self._text(number, layer="number", align="left")
        text = f"{number} {block.lines[0]}" if layout.number == "inline" else block.lines[0]
        self._text(text, left=hang, label=number if hang else "", first=0 if hang else layout.first_indent)
        self._gap(layout.para_space)

    def _set_item(self, block: Block) -> None:
        layout, is_bullet = self.layout, block.marker in ("•", "-", "–")
        wanted = layout.bullet if is_bullet else layout.item_marker
        marker = block.marker if wanted == "as_is" else _count(wanted, self.item)
        style: Style = "bullet" if marker == WORD_BULLET else "plain"
        if marker == WORD_BULLET and not self.fonts["bullet"].endswith("-Bullet"):
            marker = "•"
        hang = max(layout.item_hang, 22) if layout.item_hang and not is_bullet else layout.item_hang
        text = block.lines[0] if hang else f"{marker} {block.lines[0]}"
        self._text(text, left=layout.item_indent + hang, label=marker if hang else "",
                   label_at=layout.item_indent, label_style=style)  # fmt: skip
        self._gap(layout.para_space * 0.3)

    def _set_example(self, block: Block) -> None:
        layout, is_boxed = self.layout, self.layout.example in ("box", "grey")
        inset: float = {"box": 8, "grey": 8, "indent": 28}.get(layout.example, 0)
        self._room(self.leading * 3)
        self._gap(0.5 if is_boxed and self.layout.para_space < 0.5 else 0)
        for number, line in enumerate(block.lines):
            if is_boxed and self.box_top is None and (number or layout.caption_inside):
                self.box_top = self.y
                self.y -= 4
            inside = inset if number or layout.caption_inside else 0
            self._text(line, layout.example_style if number else layout.caption, left=inside, right=inside)
            self.y -= self.leading * 0.25 if number < len(block.lines) - 1 else 0
        if self.box_top is not None:
            self.y -= 6
            self._ink_box(self.box_top, self.y)
            self.box_top = None
        self._gap(layout.para_space + (0.4 if is_boxed else 0))

    def _set_sign(self, block: Block) -> None:
        is_close = block.lines[0].startswith("Yours")
        if is_close:
            self._room(self.leading * 7)
            self._gap(max(0, 0.6 - self.layout.para_space))
        for line in block.lines:
            self._text(line, align="left")
        self._gap(2.5 if is_close else 0.8)

    def _set_copy(self, block: Block) -> None:
        half = (len(block.lines) + 1) // 2
        if self.layout.copy_list == "run_on":
            self._text("; ".join(block.lines), align="left")
        elif self.layout.copy_list == "columns":
            for left, right in zip(block.lines[:half], [*block.lines[half:], ""], strict=False):
                self._room(self.leading * 3)
                top = self.y
                self._text(left, right=self.width * 0.52, align="left")
                low, self.y = self.y, top
                self._text(right, left=self.width * 0.52, align="left")
                self.y = min(low, self.y)
        else:
            for line in block.lines:
                self._text(line, align="left")
        self._gap(1)

    def _set_footnote(self, block: Block) -> None:
        """Set at the foot of its page, or after everything."""

    def furniture(self, number: int) -> list[Ink]:
        """The header, footer and watermark of page `number`."""
        layout, (wide, high) = self.layout, self.layout.page
        texts = {block.kind: " ".join(block.lines) for block in self.blocks}
        date = re.search(r"Publication date: (.*)", texts.get("memo", ""))
        names = {"area": texts["title"].rsplit(" in ", 1)[-1], "page": str(number), "pages": str(len(self.pages)),
                 "date": texts.get("date") or (date[1] if date else "")}  # fmt: skip
        size, ink, font = 8.5, list[Ink](), self.fonts["plain"]
        rows = [("header", high - 34 - 11 * n, text) for n, text in enumerate(layout.header)]
        rows = rows if number >= layout.header_from else []
        rows += [("footer", 38 - 11 * n, text) for n, text in enumerate(layout.footer)]
        for layer, y, template in rows:
            text = template.format(**names)
            slack = self.width - pdfmetrics.stringWidth(text, font, size)
            x = layout.margin + {"left": 0, "centre": slack / 2}.get(layout.furniture_align, slack)
            ink.append(Ink(layer, x, y, text, font, size, colour="#404040"))
        if layout.watermark:
            ink.append(Ink("back", wide * 0.2, high * 0.3, layout.watermark, self.fonts["bold"], wide * 0.12,
                           colour="#e9e9e9", angle=50))  # fmt: skip
        return ink


# ---- the PDF ----------------------------------------------------------------------------------------


def _in_stream_order(ink: list[Ink], layout: Layout) -> list[Ink]:
    first = ("back", *layout.drawn_first)
    early = sorted((i for i in ink if i.layer in first), key=lambda i: first.index(i.layer))
    middle = [i for i in ink if i.layer not in (*first, *layout.drawn_last)]
    late = sorted((i for i in ink if i.layer in layout.drawn_last), key=lambda i: layout.drawn_last.index(i.layer))
    return early + (middle[::-1] if layout.backwards else middle) + late


def _draw(canvas: Canvas, ink: Ink) -> None:
    canvas.setFillColor(HexColor(ink.colour))
    canvas.setStrokeColor(HexColor(ink.colour))
    if not ink.text and not ink.height:
        canvas.setLineWidth(0.6)
        canvas.line(ink.x, ink.y, ink.x + ink.width, ink.y)
    elif not ink.text:
        canvas.rect(ink.x, ink.y, ink.width, ink.height, stroke=not ink.is_filled, fill=ink.is_filled)
    else:
        canvas.saveState()
        canvas.translate(ink.x, ink.y)
        canvas.rotate(ink.angle)
        canvas.setFont(ink.font, ink.size)
        canvas.drawString(0, 0, ink.text, wordSpace=ink.space or None)
        canvas.restoreState()


def set_letter(text: str, path: Path, layout: Layout) -> None:
    """Writes the letter as a PDF."""
    press = Press(layout, read_blocks(text))
    pages = press.set()
    canvas = Canvas(str(path), pagesize=layout.page, invariant=1, pageCompression=1)
    canvas.setTitle("Letter")
    for number, ink in enumerate(pages, 1):
        if layout.page_labels:
            canvas.addPageLabel(number - 1, "ARABIC", number, "SQS-")
        furniture = press.furniture(number)
        ahead = [i for i in furniture if i.layer == "header"]
        for item in _in_stream_order([*ahead, *ink, *(i for i in furniture if i not in ahead)], layout):
            _draw(canvas, item)
        canvas.showPage()
    canvas.save()


# ---- the layouts ------------------------------------------------------------------------------------

NOTICE = "SPECIMEN - set for testing, not issued by any inspectorate"
PLAIN = Layout(break_hyphens=False, footnotes="end")
WORD = Layout(font="Liberation Sans", bullet=WORD_BULLET, footer=("{page}",), heading_number="hanging",
              number="hanging", quotes="curly", drawn_first=("header", "footer"))  # fmt: skip
TIMES = Layout(font="Times", size=12, align="justify", footer=("Page {page} of {pages}",))

LAYOUTS: dict[str, Layout] = {
    # from plain ...
    "plain": PLAIN,
    "plain_times": replace(PLAIN, font="Times", size=12, align="justify", footer=("Page {page} of {pages}",)),
    "us_letter": Layout(page=LETTER, font="Times", leading=1.5, quotes="straight", letterhead="centre",
                        title_align="centre", heading_caps=True, number_stop="without", double_space=True),
    "word": WORD,
    "memo_word": replace(WORD, align="justify", memo_tab=110, example="box", caption_inside=True,
                         heading_colour="#1f497d", heading_scale=1.2, copy_list="columns",
                         header=("SQS: {area}",), header_from=2),
    "run_on_head": Layout(font="Liberation Sans", letterhead="right", recipient="run_on", size=12,
                          heading_style="bold", bullet="-", number_stop="with", footer=("Page {page} of {pages}",)),
    "beside": replace(TIMES, letterhead="beside", size=11, number="hanging", example="indent",
                      example_style="italic", caption="bold", heading_underline=True, heading_style="plain"),
    # ... through habits of an office ...
    "grey_box": Layout(font="DejaVu Sans", size=9.5, leading=1.35, example="grey", caption="bold", bullet="–",
                       header=("HM Inspectorate of Probation", "Short Quality Screening: {area}"),
                       footer=(NOTICE, "Page {page} of {pages}"), heading_scale=1.3, heading_colour="#5b2c83"),
    "number_above": replace(TIMES, number="above", number_stop="without", first_indent=18, para_space=0.2,
                            heading_number="stripped", superscript=False, item_hang=0, keep_with_next=False),
    "number_removed": Layout(font="Liberation Serif", size=11.5, align="justify", number="removed", para_space=0,
                             first_indent=20, heading_number="stripped", heading_style="italic", bullet="a)",
                             item_marker="(i)", italic_quotes=True, quotes="curly", nbsp=True),
    "tight_numbers": Layout(font="Times", size=10, leading=1.1, para_space=0, heading_space=0.2, number="inline",
                            number_stop="without", heading_style="plain", bullet="(i)", item_marker="1.",
                            item_hang=0, item_indent=0, footnote_rule=False, copy_list="run_on"),
    "ligatures": Layout(font="Liberation Serif", size=12, ligatures=True, align="justify", number="hanging",
                        quotes="curly", footer=("{page}",), heading_scale=1.15, example="indent"),
    "hyphenated": Layout(font="DejaVu Serif", size=10.5, align="justify", hyphenate="-", margin=95,
                         example="box", caption="italic", bullet="o", footer=("- {page} -",)),
    "soft_hyphens": Layout(font="Liberation Serif", page=(430, 620), margin=58, size=10, align="justify",
                           hyphenate="\u00ad", first_indent=14, para_space=0, number="hanging", number_width=28,
                           header=("{area}",), footer=("{page}",), furniture_align="right"),
    "narrow": Layout(page=A5, margin=50, font="Helvetica", size=10, bullet="–", example="grey",
                     caption_inside=True, footer=("Page {page} of {pages}",), furniture_align="right",
                     keep_with_next=False, header=("Youth inspection letter - {area}",), header_from=2),
    "large_print": Layout(font="Liberation Sans", size=13, leading=1.45, margin=85, number="hanging",
                          number_width=44, heading_scale=1.25, heading_underline=True, item_indent=0,
                          footnote_scale=0.7, footer=("{page}",), copy_list="columns"),
    "watermark": replace(WORD, watermark="SPECIMEN", page_labels=True, header=("{date}",), superscript=False,
                         letterhead="right", example="box", caption_inside=False, caption="italic"),
    # ... to nasty: the stream is not in reading order, or holds no spaces
    "words_apart": replace(TIMES, words_apart=True, size=11, heading_number="hanging", number="hanging",
                           footer=("Page {page} of {pages}", NOTICE), example="indent", copy_list="columns"),
    "footer_first": Layout(font="DejaVu Sans", size=9, leading=1.3, drawn_first=("footer", "note", "header"),
                           header=("{area}", "{date}"), footer=("{page} / {pages}", NOTICE), example="box",
                           caption_inside=True, caption="bold", footnote_rule=False, bullet=WORD_BULLET),
    "headings_last": replace(TIMES, drawn_last=("heading", "aside"), letterhead="beside", heading_caps=True,
                             number="hanging", example="grey", example_style="italic", italic_quotes=True),
    "numbers_last": Layout(font="Liberation Sans", size=10, number="hanging", number_stop="with", align="justify",
                           heading_number="hanging", drawn_last=("number",), split_runs=True, para_space=0.1,
                           first_indent=0, memo_tab=100, nbsp=True, footer=("Page {page} of {pages}",)),
    "backwards": Layout(font="Helvetica", size=12, backwards=True, align="justify", words_apart=True, margin=64,
                        header=("{area}", "Restricted until {date}"), footer=("{page}",), number="above",
                        copy_list="columns", letterhead="beside", superscript=False, quotes="straight"),
    "everything": Layout(page=LETTER, font="Liberation Serif", size=12.5, leading=1.15, align="justify",
                         para_space=0, first_indent=16, ligatures=True, nbsp=True, quotes="curly",
                         italic_quotes=True, hyphenate="-", letterhead="beside", recipient="run_on",
                         heading_style="plain", heading_number="stripped", keep_with_next=False, number="hanging",
                         number_stop="without", bullet=WORD_BULLET, example="grey", caption_inside=True,
                         caption="plain", copy_list="columns", watermark="DRAFT", page_labels=True,
                         words_apart=True, drawn_first=("footer", "note"), drawn_last=("number", "heading"),
                         header=("{area}", "{date}"), footer=("Page {page} of {pages}", NOTICE)),
}  # fmt: skip
