"""Sets the texts of tests/gold and models/quantities/letters as the specimen PDFs that ship: python -m tests.make_specimens [FOLDER].

Each in a layout of its own, all tidy, every page with a line that says what it is. The same texts
and fonts give the same bytes; without the fonts (Liberation, DejaVu) the built-in ones are used.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from miner.corpus import SPECIMENS_FOLDER
from tests.typesetter import LAYOUTS, Layout, set_letter

HERE = Path(__file__).parent
FOLDERS = (HERE / "gold", HERE.parent / "models" / "quantities" / "letters")
TEXTS = {path.stem: path for folder in FOLDERS for path in sorted(folder.glob("*.txt"))}
NOTICE = "Specimen letter of an invented area. Not a publication of HM Inspectorate of Probation."

PLAIN, TIMES, WORD = LAYOUTS["plain"], LAYOUTS["plain_times"], LAYOUTS["word"]
SANS = Layout(font="Liberation Sans", footnote_scale=0.8)
SERIF = Layout(font="Liberation Serif", size=12)
SPECIMENS: dict[str, Layout] = {
    # the letter of 2012 to 2014
    "caerwyn-2012-12-19": replace(SANS, letterhead="centre", title_align="centre"),
    "aldersyke-2013-07-17": replace(SERIF, align="justify", number="hanging", letterhead="right"),
    "brackenshire-2013-11-06": replace(WORD, letterhead="right", example="box", caption_inside=True),
    "harrowmere-2014-03-11": replace(TIMES, size=11.5, leading=1.3),
    "thorncaster-2014-06-04": replace(PLAIN, size=10.5, leading=1.4, heading_scale=1.1),
    "dunmere-vale-2014-10-08": replace(SANS, size=10.5, align="justify", recipient="run_on", number="hanging"),
    # the memorandum of 2015 to 2017
    "eastmoor-and-ravelsby-2015-11-25": replace(
        SANS, memo_tab=110, number="hanging", heading_colour="#1f497d", heading_scale=1.15, copy_list="columns"
    ),
    "vennimore-2016-01-27": replace(SERIF, size=11.5, number="hanging", example="indent", example_style="italic"),
    "marlingate-2016-05-18": replace(
        WORD, memo_tab=110, example="grey", caption_inside=True, header=("SQS: {area}",), header_from=2
    ),
    "stallingford-2016-09-14": replace(SERIF, size=11, align="justify", memo_tab=100, heading_underline=True),
    "wolverleigh-2016-09-14": replace(
        SANS, size=10, leading=1.4, memo_tab=100, heading_colour="#5b2c83", heading_scale=1.2, number="hanging"
    ),
    "tarnbridge-2017-03-22": replace(
        Layout(font="DejaVu Sans", size=9.5, leading=1.4), memo_tab=100, example="box", caption_inside=True
    ),
}


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, layout in SPECIMENS.items():
        footed = replace(layout, footer=("Page {page} of {pages}", NOTICE), furniture_align="centre")
        set_letter(TEXTS[name].read_text(encoding="utf-8"), folder / f"{name}.pdf", footed)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SPECIMENS_FOLDER)
