"""A PDF's pages as lines of words, each with its place; text is mended here, once.

Two readers give the same records. PDFium (through pypdfium2) is the usual one, about 25
times as fast; pdfplumber is the reference, and reads the pages that PDFium makes no sense of.
All later offsets index text made of these words, so nothing after this module alters a word
except to join one that a line end has split.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from miner.records import Box, LetterError, Line, Page, Word

MAX_PAGES = 200
"""More pages than any letter has: a guard against being fed a book."""

# What a glyph stands for, where the PDF's own mapping gives something else.
MENDED = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
        "\u00a0": " ",
        "\u2007": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2011": "-",
        "\u2010": "-",
        "\ufffe": "-",  # PDFium's sign for a hyphen at a line's end
        "\u0002": "-",  # and that of its older versions
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\ufeff": None,
        "\u2212": "-",
        "\u02bc": "’",
    }
)
LINE_END_HYPHENS = (0xFFFE, 0x0002)
PRIVATE_USE = re.compile("[\ue000-\uf8ff]|\\(cid:\\d+\\)")
SOFT_HYPHEN = re.compile("\u00ad(?!$)")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
BULLETS = "•◦▪▫●○■□‣⁃·➢➤✓►–—*-"


class RawPage(NamedTuple):
    """What a reader finds on a page before words are set into lines."""

    width: float
    height: float
    words: list[Word]
    spaced: list[bool]
    """For each word whether the text has a space before it (else it may belong to the one before)."""
    frames: list[Box]
    rules: list[Box]


def mend(text: str) -> str:
    """The text with ligatures, odd spaces and private-use glyphs replaced by plain characters."""
    text = text.translate(MENDED)
    text = PRIVATE_USE.sub("•", text)
    text = SOFT_HYPHEN.sub("", text).replace("\u00ad", "-")
    text = CONTROL.sub("", text)
    return unicodedata.normalize("NFC", text)


# --- the two readers ------------------------------------------------------------------


def read_with_pdfium(path: str) -> list[RawPage]:
    """Every page through PDFium. Not safe in threads: use processes.

    Raises LetterError when the file cannot be opened.
    """
    import pypdfium2
    import pypdfium2.raw as raw

    name = Path(path).name
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise LetterError(name, "the PDF is encrypted and needs a password") from None
        raise LetterError(name, "the file is damaged or no PDF", detail=str(error)) from None
    try:
        if len(document) > MAX_PAGES:
            raise LetterError(name, f"the PDF has {len(document)} pages, more than a letter can have")
        pages = []
        for number in range(len(document)):
            try:
                page = document[number]
            except pypdfium2.PdfiumError as error:
                raise LetterError(name, "the page cannot be read", page=number + 1, detail=str(error)) from None
            try:
                pages.append(_pdfium_page(page, number + 1, raw))
            finally:
                page.close()
        return pages
    finally:
        document.close()


def _pdfium_page(page: Any, number: int, raw: Any) -> RawPage:
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        handle = textpage.raw
        # Boxes come in PDF user space; the crop box is where the page's picture begins.
        left, _, _, top = page.get_cropbox()
        unicode_at = raw.FPDFText_GetUnicode
        characters = [unicode_at(handle, index) for index in range(textpage.count_chars())]
        rect, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        flags, buffer = ctypes.c_int(), ctypes.create_string_buffer(128)
        styles: dict[bytes, tuple[bool, bool]] = {}

        def size_at(index: int) -> tuple[float, bool]:
            """Type size in points, and whether the text runs level."""
            size = raw.FPDFText_GetFontSize(handle, index)
            if raw.FPDFText_GetMatrix(handle, index, matrix):
                size *= (matrix.b**2 + matrix.d**2) ** 0.5 if matrix.d else abs(matrix.b)
                level = abs(matrix.b) <= 0.05 * abs(matrix.a) and matrix.a > 0
                return round(size, 1), level
            return round(size, 1), True

        def style_at(index: int) -> tuple[bool, bool]:
            raw.FPDFText_GetFontInfo(handle, index, buffer, 128, flags)
            key = buffer.value
            if key not in styles:
                styles[key] = _style(key.decode("utf-8", "replace"))
            return styles[key]

        words: list[Word] = []
        spaced: list[bool] = []

        def emit(begin: int, end: int, space: bool = True) -> None:
            size, level = size_at(begin)
            if not level:
                return
            # A marker in smaller type may be glued to the word: it is a word of its own here.
            if end - begin > 1 and size_at(end - 1)[0] != size:
                cut = next(index for index in range(begin + 1, end) if size_at(index)[0] != size)
                emit(begin, cut, space)
                emit(cut, end, False)
                return
            text = mend("".join(map(chr, characters[begin:end])))
            if not text.strip():
                return
            raw.FPDFText_GetLooseCharBox(handle, begin, rect)
            x0, y1, y0 = rect.left, rect.top, rect.bottom
            raw.FPDFText_GetLooseCharBox(handle, end - 1, rect)
            x1, y1, y0 = rect.right, max(y1, rect.top), min(y0, rect.bottom)
            bold, italic = style_at(begin)
            spaced.append(space)
            words.append(
                Word(
                    text.strip(),
                    round(x0 - left, 2),
                    round(top - y1, 2),
                    round(x1 - left, 2),
                    round(top - y0, 2),
                    size,
                    bold,
                    italic,
                )
            )

        begin = -1
        for index, code in enumerate(characters):
            if code in (9, 10, 13, 32, 0xA0, 0x2007, 0x2009, 0x202F, 0x3000, 0):
                if begin >= 0:
                    emit(begin, index)
                begin = -1
            elif begin < 0:
                begin = index
            elif code in LINE_END_HYPHENS:  # PDFium leaves out the line end after it
                emit(begin, index + 1)
                begin = -1
        if begin >= 0:
            emit(begin, len(characters))

        shapes = []
        for thing in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=4):
            x0, y0, x1, y1 = thing.get_bounds()
            shapes.append(Box(number, x0 - left, top - y1, x1 - left, top - y0))
    finally:
        textpage.close()
    frames, rules = _frames_and_rules(shapes, width, height)
    return RawPage(width, height, words, spaced, frames, rules)


def read_with_pdfplumber(path: str) -> list[RawPage]:
    """Every page through pdfplumber: the reference reader. Raises LetterError as PDFium's does."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    name = Path(path).name
    try:
        document = pdfplumber.open(path)
    except Exception as error:  # pdfminer raises whatever its parser meets
        cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        if isinstance(cause, PDFPasswordIncorrect) or isinstance(error, PDFPasswordIncorrect):
            raise LetterError(name, "the PDF is encrypted and needs a password") from None
        raise LetterError(name, "the file is damaged or no PDF", detail=str(error)) from None
    with document:
        if len(document.pages) > MAX_PAGES:
            raise LetterError(name, f"the PDF has {len(document.pages)} pages, more than a letter can have")
        pages = []
        for page in document.pages:
            try:
                pages.append(_pdfplumber_page(page))
            except Exception as error:
                raise LetterError(name, "the page cannot be read", page=page.page_number, detail=str(error)) from None
            page.close()
        return pages


def _pdfplumber_page(page: Any) -> RawPage:
    number = page.page_number
    words: list[Word] = []
    spaced: list[bool] = []
    for found in page.filter(_is_level).extract_words(
        keep_blank_chars=False, use_text_flow=True, extra_attrs=["fontname", "size", "upright"], x_tolerance_ratio=0.2
    ):
        text = mend(found["text"]).strip()
        if not text or not found["upright"]:
            continue
        bold, italic = _style(found["fontname"])
        size = round(found["size"], 1)
        apart = not words or found["x0"] - words[-1].x1 > 0.02 * size or found["x0"] < words[-1].x0
        spaced.append(apart and (not words or words[-1].size == size))
        words.append(
            Word(
                text,
                round(found["x0"], 2),
                round(found["top"], 2),
                round(found["x1"], 2),
                round(found["bottom"], 2),
                size,
                bold,
                italic,
            )
        )
    shapes = [
        Box(number, shape["x0"], shape["top"], shape["x1"], shape["bottom"])
        for shape in (*page.rects, *page.lines, *page.curves)
    ]
    frames, rules = _frames_and_rules(shapes, float(page.width), float(page.height))
    return RawPage(float(page.width), float(page.height), words, spaced, frames, rules)


def _is_level(thing: dict[str, Any]) -> bool:
    """Whether a character runs level; what runs aslant is a watermark or a stamp."""
    if thing.get("object_type") != "char":
        return True
    a, b = thing["matrix"][:2]
    return bool(a > 0 and abs(b) <= 0.05 * abs(a))


def _style(font: str) -> tuple[bool, bool]:
    """(bold, italic) from a font's name, such as "ABCDEF+DejaVuSans-BoldOblique"."""
    name = font.rpartition("+")[2].lower()
    bold = any(sign in name for sign in ("bold", "black", "heavy", "semibold", "demi"))
    return bold, any(sign in name for sign in ("italic", "oblique", "slanted"))


def _frames_and_rules(shapes: Iterable[Box], width: float, height: float) -> tuple[list[Box], list[Box]]:
    """Ruled or shaded frames that could hold text, and short rules as above footnotes."""
    frames, rules, sides = [], [], []
    for shape in shapes:
        wide, high = shape.x1 - shape.x0, shape.bottom - shape.top
        if wide > 0.3 * width and 14 < high < 0.9 * height and wide < 0.98 * width:
            frames.append(shape)
        elif high <= 3 and 20 <= wide <= 0.5 * width:
            rules.append(shape)
        elif wide <= 3 and 14 < high < 0.9 * height:
            sides.append(shape)
    # A frame may be drawn as single strokes: a left and a right side of one height.
    for left in sides:
        for right in sides:
            if (
                right.x0 - left.x1 > 0.3 * width
                and abs(left.top - right.top) < 3
                and abs(left.bottom - right.bottom) < 3
            ):
                frames.append(Box(left.page, left.x0, left.top, right.x1, left.bottom))
    return _distinct(frames), rules


def _distinct(boxes: list[Box]) -> list[Box]:
    """The boxes with those that lie on one another, or touch end to end, made one."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.top, box.x0)):
        last = merged[-1] if merged else None
        if last and box.top <= last.bottom + 3 and abs(box.x0 - last.x0) < 6 and abs(box.x1 - last.x1) < 6:
            merged[-1] = Box(
                last.page, min(last.x0, box.x0), last.top, max(last.x1, box.x1), max(last.bottom, box.bottom)
            )
        else:
            merged.append(box)
    return merged


READERS: dict[str, Callable[[str], list[RawPage]]] = {"pdfium": read_with_pdfium, "pdfplumber": read_with_pdfplumber}


# --- words -> lines -------------------------------------------------------------------


def read_pages(path: str, reader: str = "pdfium") -> tuple[Page, ...]:
    """All pages of a PDF with their lines in reading order, furniture removed.

    `reader` is a key of READERS. A page of which PDFium makes no sense (characters without
    meaning) is read by pdfplumber. Raises LetterError when the file cannot be read.
    """
    pages = READERS[reader](path)
    if reader == "pdfium" and any(is_garbled(page.words) for page in pages):
        second = read_with_pdfplumber(path)
        pages = [
            b if is_garbled(a.words) and not is_garbled(b.words) else a for a, b in zip(pages, second, strict=True)
        ]
    return without_furniture(
        tuple(
            Page(
                number,
                raw.width,
                raw.height,
                tuple(set_lines(raw.words, number, raw.spaced)),
                tuple(raw.frames),
                tuple(raw.rules),
            )
            for number, raw in enumerate(pages, 1)
        )
    )


def is_garbled(words: Sequence[Word]) -> bool:
    """Whether more than one character in twenty is without meaning (U+FFFD, lost or unassigned)."""
    text = "".join(word.text for word in words)
    lost = sum(character == "\ufffd" or unicodedata.category(character) in ("Cn", "Co", "Cs") for character in text)
    return lost * 20 > len(text)


def set_lines(words: Sequence[Word], page: int, spaced: Sequence[bool] = ()) -> list[Line]:
    """Words in any order, set into lines by their place: top to bottom, left to right.

    `spaced` tells which words have a space before them in the text: those are not joined to the
    word they follow there, however close they stand.
    """
    if not words:
        return []
    apart = {(id(words[at - 1]), id(words[at])) for at in range(1, len(words)) if spaced and spaced[at]}
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: ((word.top + word.bottom) / 2, word.x0)):
        middle = (word.top + word.bottom) / 2
        for row in reversed(rows[-3:]):
            anchor = max(row, key=lambda other: other.size)
            if anchor.top + 0.2 * (anchor.bottom - anchor.top) < middle < anchor.bottom - 0.1 * (
                anchor.bottom - anchor.top
            ) or (word.top < (anchor.top + anchor.bottom) / 2 < word.bottom and word.size >= anchor.size):
                row.append(word)
                break
        else:
            rows.append([word])
    lines = [Line(page, tuple(_glue(sorted(row, key=lambda word: word.x0), apart))) for row in rows]
    return sorted((line for line in lines if line.words), key=lambda line: (line.bottom, line.x0))


def _glue(row: list[Word], apart: set[tuple[int, int]]) -> list[Word]:
    """One line's words: fragments that touch are joined, raised footnote markers dropped."""
    glued: list[Word] = []
    edge, marked = 0.0, False
    """Where the last word ends, its marker with it: "teams³," goes on after the marker."""
    for before, word in zip([None, *row], row, strict=False):
        last = glued[-1] if glued else None
        touches = last is not None and word.x0 - max(edge, last.x1) <= 0.12 * max(word.size, last.size)
        raised = last is not None and touches and word.size < 0.85 * last.size
        if last is not None and raised and re.fullmatch(r"[\d,*†‡]{1,3}", word.text) and last.text[-1:] not in "£$":
            edge, marked = word.x1, True
            continue  # a footnote marker
        spaced = (id(before), id(word)) in apart and not marked  # a space after a marker is the marker's
        marked = False
        if last is None or before is None or not touches or spaced:
            glued.append(word)
        elif word.x0 < last.x0 + 0.5 and word.text == last.text:
            continue  # set twice for a bolder look
        else:
            glued[-1] = Word(
                last.text + word.text,
                last.x0,
                min(last.top, word.top),
                word.x1,
                max(last.bottom, word.bottom),
                max(last.size, word.size),
                last.bold,
                last.italic,
            )
    return glued


# --- furniture ------------------------------------------------------------------------

FURNITURE = re.compile(
    r"""(?ix) ^ [-–—|\s]* (?: page \s* )? \d{1,3} (?: \s* (?: of | / ) \s* \d{1,3} )? [-–—|\s]* $   # page numbers
      | ^ page \s+ \d+ \b .* $
      | .* \b specimen \b .* \b (?: invented | inspectorate | not \s a \s published ) \b .*     # our own notice
    """
)
PARAGRAPH_NUMBER = re.compile(r"\d{1,2}\.(?:\d{1,2}\.?)?")
RUNNING = re.compile(r"(?i)short quality screening|\bSQS\b|HM Inspectorate|HMI Probation|page \d+|youth offending")


def without_furniture(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The pages without running headers, footers, page numbers and watermarks.

    A line is furniture when it stands at the edge of its page and reads like a page number,
    or stands at the same height on several pages with the same words (numbers aside).
    """
    body = body_size(pages)
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        for key in {_furniture_key(line) for line in _edge_lines(page)}:
            for shift in (-1, 0, 1):
                seen[key[0], key[1] + shift] += 1
    watermarks = Counter(line.text for page in pages for line in page.lines if line.size > 2 * body)
    cleaned = []
    for page in pages:
        furniture = set()
        edge = _edge_lines(page)
        for line in edge:
            if PARAGRAPH_NUMBER.fullmatch(line.text):
                continue
            often = seen[_furniture_key(line)] >= max(2, 0.7 * (len(pages) - 1))
            if often or FURNITURE.fullmatch(line.text) or _is_running_head(line, page, body):
                furniture.add(line)
        lines = tuple(
            line
            for line in page.lines
            if line not in furniture and not (line.size > 2 * body and watermarks[line.text] > 1)
        )
        cleaned.append(Page(page.number, page.width, page.height, lines, page.frames, page.rules))
    return tuple(cleaned)


def body_size(pages: Sequence[Page]) -> float:
    """The type size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _edge_lines(page: Page) -> tuple[Line, ...]:
    """Lines in the upper and the lower margin: at most four each, within a seventh of the page."""
    upper = [line for line in page.lines[:4] if line.bottom < page.height / 7]
    lower = [line for line in page.lines[-4:] if line.top > page.height * 6 / 7]
    return (*upper, *(line for line in lower if line not in upper))


def _furniture_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text).lower(), round(line.top / 4)


def _is_running_head(line: Line, page: Page, body: float) -> bool:
    """A header that only one page shows (a letter of two pages): small, apart, and naming the report."""
    if page.number == 1 or line.size > 0.9 * body or not RUNNING.search(line.text):
        return False
    return line is page.lines[0] or line is page.lines[-1]
