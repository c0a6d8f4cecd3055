"""Sets the same letters through another producer: Debian's chromium, printing HTML, in two designs."""

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.typesetter import Block, read_blocks

OFFICE = """
@page { size: A4; margin: 22mm 24mm 24mm }
body { font: 11.5pt/1.25 "Liberation Serif", "Times New Roman", serif; text-align: justify; hyphens: auto }
h1 { font-size: 12pt; text-align: left } h2, h3 { font-size: 11.5pt; margin: 1em 0 .4em }
h3 { font-style: italic; font-weight: normal }
p { margin: 0 0 .7em } .letterhead { text-align: right } .letterhead b { display: block }
.numbered { display: grid; grid-template-columns: 12mm 1fr } .example { border: .6pt solid; padding: 2mm 3mm }
.example { margin: 0 0 .7em }
.example p { margin: 0 } .caption { font-weight: bold } ul, ol { margin: 0 0 .7em; padding-left: 8mm }
.copy { columns: 2; text-align: left } .note { font-size: 8.5pt } sup { font-size: 65%; line-height: 0 }
"""
WEB = """
@page { size: Letter; margin: 18mm 20mm 22mm; @bottom-center { font: 7.5pt "DejaVu Sans", sans-serif; color: #666;
  content: "Specimen set for testing - page " counter(page) " of " counter(pages) } }
body { font: 9.5pt/1.5 "DejaVu Sans", Verdana, sans-serif; color: #222; font-variant-ligatures: none }
h1 { font-size: 15pt; color: #5b2c83; line-height: 1.2 } h2 { font-size: 12pt; color: #5b2c83 }
h2, h3 { break-after: auto; text-transform: uppercase } h3 { font-size: 10pt }
.head { display: flex; flex-direction: row-reverse; justify-content: space-between; gap: 10mm }
.head > div { width: 48% } .numbered .number { float: left; clear: left; font-weight: bold; margin-right: 1em }
.example { background: #e4e4e4; padding: 3mm; font-style: italic; margin: 0 0 1em 6mm } .caption { font-weight: bold }
.example p { margin: 0 0 .3em } ul { list-style: square }
sup { font-size: 60%; vertical-align: super; line-height: 0 } .note { border-top: .5pt solid; font-size: 8pt }
"""
DESIGNS = {"chromium_office": OFFICE, "chromium_web": WEB}


def _paragraph(block: Block, markers: set[str]) -> str:
    text = html.escape("\n".join(block.lines), quote=False)
    if markers:
        text = re.sub(rf"(?<=[A-Za-z])([{''.join(markers)}])(?=[\s.,;:]|$)", r"<sup>\1</sup>", text)
    lines = text.split("\n")
    match block.kind:
        case "title":
            return f"<h1>{text}</h1>"
        case "heading":
            return f"<h2>{text}</h2>"
        case "subheading":
            return f"<h3>{block.marker} {text}</h3>"
        case "numbered":
            return f"<div class=numbered><span class=number>{block.marker}</span><p>{text}</p></div>"
        case "item":
            value = int(block.marker[:-1]) if block.marker[:-1].isdigit() else 0
            if block.marker in "•-–":
                return f"<ul><li>{text}</ul>"
            return f"<ol start={value}><li>{text}</ol>" if value else f"<p>{block.marker} {text}</p>"
        case "example":
            body = "".join(f"<p>{line}</p>" for line in lines[1:])
            return f"<div class=example><p class=caption>{lines[0]}</p>{body}</div>"
        case "footnote":
            return f"<p class=note><sup>{block.marker}</sup> {text}</p>"
        case kind:
            return f"<p class={kind}>{'<br>'.join(lines)}</p>"


def make_html(text: str, style: str) -> str:
    blocks = read_blocks(text)
    markers = {block.marker for block in blocks if block.kind == "footnote"}
    parts = [_paragraph(block, markers) for block in blocks]
    end = next(n for n, block in enumerate(blocks) if block.kind == "title")
    head = "".join(f"<div>{part}</div>" for part in (parts[0], "".join(parts[1:end])))
    body = "\n".join(parts[end:]).replace("</ul>\n<ul>", "\n").replace("</ol>\n<ol", "</ol><ol")
    body = re.sub(r"</ol><ol start=\d+>", "\n", body)
    area = html.escape(blocks[end].lines[0].rsplit(" in ", 1)[-1])
    return (f'<!doctype html><html lang=en-GB><meta charset=utf-8><title>{area}</title><style>{style}</style>'
            f"<div class=head>{head}</div>{body}")  # fmt: skip


def print_letter(text: str, path: Path, style: str) -> bool:
    """Writes the PDF; False where chromium is not installed."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "letter.html"
        page.write_text(make_html(text, style), encoding="utf-8")
        subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    path.write_bytes(re.sub(rb"D:\d{14}", b"D:20000101000000", path.read_bytes()))
    return True
