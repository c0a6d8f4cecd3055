"""Pictures of a letter's pages, for the site to lay highlights over."""

from __future__ import annotations

from pathlib import Path

from miner.records import MinedLetter

DPI = 110


def draw(letter: MinedLetter, folder: Path) -> tuple[str, ...]:
    """Writes a grey WebP of each page that is not there yet; gives their paths below `folder`.

    What was taken out of the text (telephone numbers, addresses) is painted over. A letter
    without pages has none.
    """
    if not letter.page_sizes:
        return ()
    names = [f"{letter.source.sha256[:32]}/{number}.webp" for number in range(1, len(letter.page_sizes) + 1)]
    if all((folder / name).exists() for name in names):
        return tuple(names)
    import pypdfium2
    from PIL import ImageDraw

    scale = DPI / 72
    document = pypdfium2.PdfDocument(letter.source.path)
    try:
        for number, name in enumerate(names, 1):
            page = document[number - 1]
            image = page.render(scale=scale, grayscale=True).to_pil()
            pen = ImageDraw.Draw(image)
            for box in letter.letter.removed:
                if box.page == number:
                    pen.rectangle(
                        (box.x0 * scale - 1, box.top * scale - 1, box.x1 * scale + 1, box.bottom * scale + 1), fill=60
                    )
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            image.save(part, "WEBP", lossless=True, quality=60, method=4)
            part.replace(file)
            page.close()
    finally:
        document.close()
    return tuple(names)
