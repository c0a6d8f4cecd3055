"""Whatever a file holds, it is loaded rightly or rejected with a reason, and the rest is built."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from miner import ocr, pipeline
from miner.corpus import CORPUS, find_sources
from miner.gold import QUANTITIES, read_gold
from miner.records import LetterError, Line, MinedLetter, Page, Word

SPECIMEN = CORPUS / "specimens" / "caerwyn-2012-12-19.pdf"
SHARED = Path(os.environ.get("MINER_SHARED", "nowhere"))


def mine(path: Path) -> MinedLetter:
    return pipeline.mine_letter(find_sources([path])[0][0])


def reason(path: Path) -> str:
    with pytest.raises(LetterError) as raised:
        mine(path)
    assert path.name in str(raised.value)
    assert "Traceback" not in str(raised.value)
    return raised.value.reason


def blank(path: Path, pages: int = 1, text: str = "") -> Path:
    canvas = Canvas(str(path), invariant=1)
    for _ in range(pages):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return path


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    path.touch()
    assert reason(path) == "the file is empty"


@pytest.mark.parametrize("start", [b"<!DOCTYPE html><html>", b"\n\n<html lang='en'><body>"])
def test_a_web_page_saved_as_pdf(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(start + b"<p>Short Quality Screening</p>" * 50)
    assert reason(path) == "no PDF: the file holds a web page"


def test_noise(tmp_path: Path) -> None:
    chance = random.Random(3)
    for number, head in enumerate((b"", b"%PDF-1.4\n", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")):
        path = tmp_path / f"noise{number}.pdf"
        path.write_bytes(head + chance.randbytes(20_000))
        assert reason(path)


def test_cut_off_anywhere(tmp_path: Path) -> None:
    data = SPECIMEN.read_bytes()
    for at in range(1, len(data), len(data) // 25):
        path = tmp_path / f"cut{at}.pdf"
        path.write_bytes(data[:at])
        try:
            assert mine(path).letter.facts.area == "Caerwyn"  # PDFium mends what it can
        except LetterError as error:
            assert path.name in str(error)


def test_encrypted(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, "Report of Short Quality Screening (SQS)")
    canvas.save()
    assert reason(path) == "the PDF is encrypted and needs a password"


def test_another_kind_of_report(tmp_path: Path) -> None:
    path = blank(tmp_path / "other.pdf", 3, "Inspection of services for children in need of help. " * 8)
    assert reason(path) == "not an SQS letter"


def test_a_book(tmp_path: Path) -> None:
    assert "300 pages" in reason(blank(tmp_path / "book.pdf", 300, "Short Quality Screening"))


def test_a_scan_where_nothing_can_recognise_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert reason(blank(tmp_path / "scan.pdf")) == ocr.NO_OCR


def test_texts_in_other_encodings(tmp_path: Path) -> None:
    text = (QUANTITIES / "letters" / "thorncaster-2014-06-04.txt").read_text(encoding="utf-8")
    path = tmp_path / "letter.txt"
    for data in (text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode("cp1252", "replace")):
        path.write_bytes(data)
        assert mine(path).letter.facts.area == "Thorncaster"
    path.write_bytes(b"\0\1\2" * 500)
    assert reason(path) == "the file is no plain text"
    path.write_text("Dear Sir, nothing more.", encoding="utf-8")
    assert reason(path)


def test_folders_and_links_named_like_letters(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    sources, _ = find_sources([tmp_path])
    assert [source.name for source in sources] == []


def test_the_rest_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SPECIMEN, folder / "good.pdf")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "empty.pdf").touch()
    target = tmp_path / "findings.db"
    built = pipeline.build([folder], target, pipeline.Options())
    assert built.loaded == 1
    assert {error.file for error in built.rejects} == {"bad.pdf", "empty.pdf"}
    rows = sqlite3.connect(target).execute("select file_name, reason from rejects order by 1").fetchall()
    assert [row[0] for row in rows] == ["bad.pdf", "empty.pdf"]
    assert all(row[1] for row in rows)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reports are not here (MINER_SHARED)")
def test_the_shared_reports_are_refused_quickly() -> None:
    reports = sorted((SHARED / "reports").glob("*.pdf"))
    assert len(reports) == 27
    for path in reports:
        began = time.process_time()
        why = reason(path)
        pages = len(pypdfium2.PdfDocument(path)) if why == "not an SQS letter" else 1
        assert why in ("not an SQS letter", "no PDF: the file holds a web page")
        assert time.process_time() - began < pages


@pytest.mark.skipif(shutil.which("ocrmypdf") is None, reason="needs Debian's ocrmypdf (.ci/run installs it)")
def test_a_scanned_letter_is_recognised(tmp_path: Path) -> None:
    scan = tmp_path / "caerwyn-2012-12-19.pdf"
    document = pypdfium2.PdfDocument(SPECIMEN)
    images = [page.render(scale=200 / 72, grayscale=True).to_pil().rotate(0.2, fillcolor=255) for page in document]
    images[0].save(scan, save_all=True, append_images=images[1:], resolution=200)
    mined = mine(scan)
    assert mined.text_source == "ocr"
    gold = read_gold(Path(__file__).parent / "gold" / "caerwyn-2012-12-19.gold.json")
    assert {name: getattr(mined.letter.facts, name) for name in gold["letter"]} == gold["letter"]
    printed = {row["paragraph"] for row in gold["findings"] if row["paragraph"][0].isdigit()}
    assert printed <= {paragraph.number for section in mined.letter.sections for paragraph in section.paragraphs}
    assert not mined.letter.warnings
    found = [
        (item.paragraph.number, finding.numerator, finding.denominator)
        for section in mined.sections
        for item in section.paragraphs
        for finding in item.findings
    ]
    wanted = [
        (row["paragraph"], row["numerator"], row["denominator"])
        for row in gold["findings"]
        if row["form"] == "count" and row["paragraph"] in printed
    ]
    assert len(set(wanted) & set(found)) >= 0.9 * len(set(wanted))
    places = [place for section in mined.letter.sections for p in section.paragraphs for place in p.passage.places]
    assert places
    assert all(0 < place.box.x0 < place.box.x1 < mined.page_sizes[0][0] for place in places)


def page_of(*lines: tuple[float, str], size: float = 11.0) -> Page:
    """A page with a line at each x (points)."""
    return Page(
        1,
        595,
        842,
        tuple(
            Line(
                1,
                tuple(
                    Word(word, x + 40 * at, 20 * row, x + 40 * at + 30, 20 * row + 10, size)
                    for at, word in enumerate(text.split())
                ),
            )
            for row, (x, text) in enumerate(lines, 1)
        ),
    )


@pytest.mark.parametrize(
    ("recognised", "printed"),
    [
        ("1.1, Plans were good", "1.1. Plans were good"),
        ("11: Plans were good", "1.1. Plans were good"),
        ("1a Plans were good", "1.1. Plans were good"),
        ("1:3). “Plans were good”", "1.3. “Plans were good”"),
        ("15 Plans were good", "15 Plans were good"),  # not the next one, and no dot in it
        ("11 of the plans were good", "11 of the plans were good"),
        ("2.1. Plans were good", "2.1. Plans were good"),
        ("¢ Plans were good", "• Plans were good"),
        ("* plans were good", "* plans were good"),
    ],
)
def test_numbers_and_bullets_of_a_scan_are_mended(recognised: str, printed: str) -> None:
    (page,) = ocr.mend([page_of((70, "1. Reducing reoffending"), (71, recognised))], [1])
    assert page.lines[1].text == printed


def test_a_number_within_the_text_of_a_scan_stays() -> None:
    (page,) = ocr.mend([page_of((70, "1. Reducing reoffending"), (100, "11 Plans were good"))], [1])
    assert page.lines[1].text == "11 Plans were good"


def test_guessed_sizes_of_type_become_one() -> None:
    pages = [
        page_of((70, "Plans were good"), (70, "and so were reviews"), size=size) for size in (11.0, 11.0, 10.0, 16.0)
    ]
    sizes = [{word.size for line in page.lines for word in line.words} for page in ocr.mend(pages, [1])]
    assert sizes == [{11.0}, {11.0}, {11.0}, {16.0}]


def test_typed_pages_beside_scanned_ones_stay_as_they_are() -> None:
    typed = page_of((70, "1. Reducing reoffending"), (70, "11: Plans were good"), size=9.0)
    scan = replace(page_of((70, "12: Reviews were late"), size=11.0), number=2)
    blank = Page(3, 595, 842, ())
    mended = ocr.mend([typed, scan, blank], [2, 3])
    assert (mended[0], mended[2]) == (typed, blank)
    assert mended[1].lines[0].text == "1.2. Reviews were late"
    assert ocr.mend([blank], [3]) == (blank,)
