"""The whole flow on one screen: from a file to a mined letter, from a corpus to a database."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import pickle
import platform
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from miner import __version__, corpus, corrections, coverage, database, manifest, ocr, pictures, structure
from miner.bands import DEFAULT_BANDS, Bands
from miner.examples import find_examples
from miner.issues import Issue, group_issues
from miner.pages import read_pages
from miner.profiles import Profile
from miner.profiles.sqs import SQS
from miner.records import (
    Classified,
    Example,
    Glance,
    LetterError,
    MinedLetter,
    MinedParagraph,
    MinedSection,
    Source,
)

if TYPE_CHECKING:
    from miner.themes import ThemeModel

PROFILES: tuple[Profile, ...] = (SQS,)
HELD_OUT = corpus.ROOT / "models" / "quantities" / "held_out.json"
EXAMPLES_AT_ONCE = 500
"""After so many examples a line tells how far the themes are: some seconds' work."""
FEW = 6
"""Fewer letters than this are not worth starting processes for."""
GLANCE_SECONDS = 60
SQS_WORDS = re.compile(r"(?i)short\s+quality\s+screening")


def mine_letter(source: Source, bands: Bands = DEFAULT_BANDS, reader: str = "pdfium") -> MinedLetter:
    """One report, mined: pages -> structure -> examples and findings. Examples are not yet classified.

    Raises LetterError when the file is no report that can be loaded.
    """
    from miner.counts import LetterCounter  # spaCy: half a second, only where it is needed

    profile = PROFILES[0]
    start = corpus.read_start(source)
    if not start:
        raise LetterError(source.name, "the file is empty")
    if source.name.lower().endswith(".txt"):
        letter = structure.read_text_letter(corpus.read_text(source), profile, source.name)
        sizes: tuple[tuple[float, float], ...] = ()
        text_source = "text"
    else:
        if b"%PDF-" not in start:
            kind = "a web page" if b"<html" in start.lower() or b"<!doctype html" in start.lower() else "something else"
            raise LetterError(source.name, f"no PDF: the file holds {kind}")
        pages = read_pages(source.path, reader)
        text_source = "pdf"
        empty = ocr.empty_pages(pages)
        if empty and (ocr.is_installed() or 2 * len(empty) > len(pages)):
            recognised = ocr.recognise(source.path, corpus.ROOT / "build" / "ocr")
            pages = ocr.mend(read_pages(str(recognised), reader), empty)
            text_source = "ocr"
        letter = structure.read_letter(pages, profile, source.name)
        for number in ocr.empty_pages(pages):
            doubt = f"page {number} holds no text: it is blank, or a scan that was not recognised"
            letter = replace(letter, warnings=(*letter.warnings, doubt))
        sizes = tuple((page.width, page.height) for page in pages)
    counter = LetterCounter(letter, bands)
    sections = []
    for section in letter.sections:
        mined = []
        for paragraph in section.paragraphs:
            examples = find_examples(paragraph)
            findings, omissions = counter.find_counts(section, paragraph, examples)
            mined.append(MinedParagraph(paragraph, findings, omissions, examples))
        sections.append(MinedSection(section, tuple(mined)))
    return MinedLetter(source, text_source, letter, tuple(sections), structure.count_words(letter), sizes)


def glance(path: Path) -> Glance:
    """What a downloaded file says it is: whether a Short Quality Screening letter, of what area and date."""
    source = Source(str(path), path.name, "")
    try:
        if path.suffix.lower() == ".txt":
            text = corpus.read_text(source)
            letter = structure.read_text_letter(text, PROFILES[0], path.name) if is_sqs(text) else None
        else:
            pages = read_pages(source.path)
            text = " ".join(line.text for line in pages[0].lines) if pages else ""
            letter = structure.read_letter(pages, PROFILES[0], path.name) if is_sqs(text) else None
    except LetterError as error:
        return Glance(is_sqs=False, problem=error.reason)
    if letter is None:
        return Glance(is_sqs=False)
    return Glance(is_sqs=True, area=letter.facts.area, letter_date=letter.facts.letter_date)


def is_sqs(text: str) -> bool:
    return bool(SQS_WORDS.search(text))


def add_letter(file: Path, folder: Path, address: str, look: Callable[[Path], Glance]) -> str:
    """Copies a letter into a folder of letters and its manifest; tells what came of it.

    Raises FileNotFoundError for a file that is not there, LetterError for what is no such letter.
    """
    if not file.is_file():
        raise FileNotFoundError(str(file))
    suffix = file.suffix.lower()
    if suffix not in corpus.SUFFIXES:
        raise LetterError(file.name, "neither a PDF nor a text file")
    shelf = manifest.Shelf(folder)
    copy = shelf.inside(f".added-{os.getpid()}{suffix}")
    try:
        copy.write_bytes(file.read_bytes())
        seen = look(copy)
        if not seen.is_sqs:
            raise LetterError(file.name, seen.problem or "it does not say Short Quality Screening on its first page")
        entry = manifest.Entry(
            "",
            "kept",
            address,
            area=seen.area,
            letter_date=seen.letter_date,
            sha256=manifest.digest(copy),
            size=str(copy.stat().st_size),
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
            licence=manifest.LICENCE,
            note="added by hand",
        )
        kept, what = shelf.keep(copy, f"{corpus.slug(seen.area)}-{seen.letter_date}{suffix}", entry)
    finally:
        copy.unlink(missing_ok=True)
    if what == "unchanged":
        return f"already there as {kept.file_name}"
    if what == "same":
        return kept.note
    return f"taken in as {kept.file_name}" + (", the one before kept as earlier" if what == "changed" else "")


@contextmanager
def glance_apart() -> Iterator[Callable[[Path], Glance]]:
    """`glance` in a process of its own, so that a file which crashes or stalls the reader costs only itself."""
    context = multiprocessing.get_context("spawn")
    pools = [ProcessPoolExecutor(1, mp_context=context)]

    def look(path: Path) -> Glance:
        try:
            return pools[-1].submit(glance, path).result(timeout=GLANCE_SECONDS)
        except (BrokenProcessPool, TimeoutError) as error:
            _stop(pools.pop())
            pools.append(ProcessPoolExecutor(1, mp_context=context))
            ends = "crashed" if isinstance(error, BrokenProcessPool) else "did not end"
            return Glance(is_sqs=False, problem=f"the PDF reader {ends} on this file")
        except Exception as error:
            return Glance(is_sqs=False, problem=f"the program failed on this file ({type(error).__name__})")

    try:
        yield look
    finally:
        _stop(pools.pop())


def _stop(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Options:
    """How a build is done. `jobs` processes; `cache` is the folder of what was mined before, or None."""

    jobs: int = 1
    cache: Path | None = None
    bands: Bands = DEFAULT_BANDS
    specimens: bool | None = None
    """None: specimens only where there are no published letters."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    loaded: int
    mined: int
    findings: int
    examples: int
    rejects: tuple[LetterError, ...]
    notes: tuple[str, ...]
    coverage: tuple[str, ...]
    """In sentences: how many letters are known, how many of them are in."""


def build(paths: Sequence[Path], target: Path, options: Options, tell: Callable[[str], None] = lambda _: None) -> Built:
    """Mines every report under the paths into the database `target`, swapped in when whole.

    `tell` is given a line for each letter as it is done. Raises FileNotFoundError for a path
    that is not there.
    """
    from miner import themes

    sources, errors = corpus.find_sources(paths)
    rejects: list[tuple[LetterError, str | None]] = [(error, None) for error in errors]
    entries = corpus.read_entries(sources)
    if options.specimens is False or (options.specimens is None and not all(source.specimen for source in sources)):
        sources = [source for source in sources if not source.specimen]
    unique, copies = corpus.without_copies(sources)
    notes = [f"{copy.name}: the same file as {source.name}, counted once" for source, copy in copies]
    teams = corpus.read_teams()
    read: list[tuple[str, MinedLetter]] = []
    fresh = 0
    for done, (source, result, cached) in enumerate(_mine_all(unique, options), 1):
        place = f"[{done}/{len(unique)}] {source.name}"
        if isinstance(result, LetterError):
            rejects.append((result, source.sha256))
            tell(f"{place}: rejected: {result.reason}")
            continue
        fresh += not cached
        read.append((teams.of(result.letter.facts.area).id, result))
        tell(f"{place}: {'unchanged' if cached else _summary(result)}")
        for warning in result.letter.warnings:
            tell(f"    note: {warning}")
    mined: dict[str, MinedLetter] = {}
    history: dict[str, list[Issue]] = {}
    for team_id, found in group_issues(read):
        letter_id = database.letter_id(team_id, found[0].letter.letter.facts.letter_date)
        mined[letter_id] = found[0].letter
        history[letter_id] = [*found, *(_copy(found, source, copy) for source, copy in copies if _is_of(found, source))]
        notes += [_note(issue, found[0]) for issue in found[1:]]
    model = themes.load_or_train(tell)
    ordered = sorted(mined.items())
    letter_ids = [letter_id for letter_id, letter in ordered for _ in _examples(letter)]
    texts = [example.text for _, letter in ordered for example in _examples(letter)]
    by_people = corrections.read_corrections(corrections.FILE, themes.THEMES, themes.TONES)
    decided, unfit = corrections.apply_corrections(by_people, letter_ids, texts, _classify(model, texts, tell))
    notes += [f"correction fits no example any more: {row.letter}, {row.begins!r}" for row in unfit]
    classified = iter(decided)
    placed = [(letter_id, teams.of(letter.letter.facts.area), letter) for letter_id, letter in ordered]
    known = coverage.find_known(placed, rejects, corpus.read_known(), entries, teams)
    inspected = {team.id: team for _, team, _ in placed}
    notes += [
        f"{t.name}: not in corpus/teams.csv, taken as a team of its own" for t in inspected.values() if not t.known
    ]
    with database.Writer(target) as writer:
        for letter_id, team, letter in placed:
            labels: tuple[Classified, ...] = tuple(next(classified) for _ in _examples(letter))
            images = pictures.draw(letter, target.parent / "pages")
            database.add_letter(writer, replace(letter, classified=labels), letter_id, team.id, images)
            database.add_history(writer, letter_id, history[letter_id])
        database.add_similar(writer, model.similar(texts))
        database.add_teams(writer, inspected.values(), teams)
        for error, sha256 in rejects:
            database.add_reject(writer, error, sha256)
        database.add_coverage(writer, known)
        database.add_vocabularies(writer, PROFILES[0], themes.THEMES)
        database.add_bands(writer, options.bands)
        programme = corpus.read_programme()
        info = build_info(options, model.description(), len(mined), len(rejects)) | _programme_info(programme, known)
        for key, value in info.items():
            writer.add("build_info", key=key, value=value)
    database.write_csv(target, target.parent / "csv")
    findings = sum(_count_findings(letter) for letter in mined.values())
    specimens = sum(letter.source.specimen for letter in mined.values())
    return Built(
        len(mined),
        fresh,
        findings,
        len(texts),
        tuple(error for error, _ in rejects),
        tuple(notes),
        tuple(coverage.say(known, specimens, programme)),
    )


def _is_of(issues: Sequence[Issue], source: Source) -> bool:
    return any(issue.letter.source is source or issue.letter.source == source for issue in issues)


def _copy(issues: Sequence[Issue], source: Source, copy: Source) -> Issue:
    """The issue that a further file of the same content is."""
    letter = next(issue.letter for issue in issues if issue.letter.source == source)
    return Issue(replace(letter, source=copy), "duplicate")


def _note(issue: Issue, current: Issue) -> str:
    name, other = issue.letter.source.name, current.letter.source.name
    if issue.status == "duplicate":
        return f"{name}: another file of the letter in {other}, counted once"
    changed = max(len(issue.removed), len(issue.added))
    return f"{name}: an issue of the letter in {other} that differs in {changed} paragraphs; the latter is taken"


def _programme_info(programme: corpus.Programme | None, known: Sequence[coverage.Known]) -> dict[str, str]:
    info = {"letters_known": str(len(known))}
    if programme:
        info |= {
            "programme_low": str(programme.low),
            "programme_high": str(programme.high),
            "programme_about": programme.about,
        }
    return info


def _count_findings(letter: MinedLetter) -> int:
    return sum(len(p.findings) for s in letter.sections for p in s.paragraphs)


def _classify(model: ThemeModel, texts: Sequence[str], tell: Callable[[str], None]) -> list[Classified]:
    found: list[Classified] = []
    while len(found) < len(texts):
        found += model.classify(texts[len(found) : len(found) + EXAMPLES_AT_ONCE])
        if len(texts) > EXAMPLES_AT_ONCE:
            tell(f"themes: {len(found)} of {len(texts)} examples")
    return found


def _examples(letter: MinedLetter) -> Iterator[Example]:
    for section in letter.sections:
        for paragraph in section.paragraphs:
            yield from paragraph.examples


def _summary(letter: MinedLetter) -> str:
    findings = _count_findings(letter)
    examples = sum(1 for _ in _examples(letter))
    return f"{letter.letter.facts.area}, {letter.letter.facts.letter_date}: {findings} findings, {examples} examples"


# --- many letters ---------------------------------------------------------------------


def _mine(source: Source, bands: Bands) -> MinedLetter | LetterError:
    """mine_letter with its error as a value; whatever else goes wrong in one letter rejects that letter only."""
    try:
        return mine_letter(source, bands)
    except LetterError as error:
        return error
    except Exception as error:
        return LetterError(source.name, "the program failed on this file", detail=f"{type(error).__name__}: {error}")


def _mine_all(sources: Sequence[Source], options: Options) -> Iterator[tuple[Source, MinedLetter | LetterError, bool]]:
    """Each source with its result and whether it came from the cache, in the order of sources."""
    key = code_key(options.bands)
    cached = {source.sha256: _from_cache(source, options.cache, key) for source in sources}
    todo = [source for source in sources if cached[source.sha256] is None]
    results = _in_processes(todo, options) if options.jobs > 1 and len(todo) >= FEW else _in_turn(todo, options.bands)
    for source in sources:
        kept = cached[source.sha256]
        if kept is not None:
            yield source, kept, True
            continue
        result = next(results)
        if options.cache and isinstance(result, MinedLetter):
            _to_cache(source, options.cache, key, result)
        yield source, result, False


def _in_turn(sources: Iterable[Source], bands: Bands) -> Iterator[MinedLetter | LetterError]:
    for source in sources:
        yield _mine(source, bands)


def _in_processes(sources: Sequence[Source], options: Options) -> Iterator[MinedLetter | LetterError]:
    """Results in order from `jobs` processes. Where a file takes its process down, only that file is lost."""
    context = multiprocessing.get_context("spawn")
    done = 0
    with ProcessPoolExecutor(options.jobs, mp_context=context) as pool:
        futures = [pool.submit(_mine, source, options.bands) for source in sources]
        for future in futures:
            try:
                result = future.result()
            except BrokenProcessPool:
                break
            done += 1
            yield result
    for source in sources[done:]:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            try:
                result = pool.submit(_mine, source, options.bands).result()
            except BrokenProcessPool:
                result = LetterError(source.name, "the PDF reader crashed on this file")
        yield result


def code_key(bands: Bands) -> str:
    """A hash of this package's code, data and options: what was mined under another is mined again."""
    digest = hashlib.sha256(repr(bands).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    for library in ("spacy", "pypdfium2"):
        digest.update(version(library).encode())
    return digest.hexdigest()


def _cache_file(source: Source, folder: Path, key: str) -> Path:
    name = hashlib.sha256(f"{source.sha256} {source.name} {source.specimen} {key}".encode()).hexdigest()
    return folder / f"{name}.pickle"


def _from_cache(source: Source, folder: Path | None, key: str) -> MinedLetter | None:
    if folder is None:
        return None
    try:
        # Written by this program into its own build folder; never fetched from anywhere.
        result = pickle.loads(_cache_file(source, folder, key).read_bytes())
    except Exception:  # absent, cut off or of another version: mine again
        return None
    return replace(result, source=source) if isinstance(result, MinedLetter) else None


def _to_cache(source: Source, folder: Path, key: str, letter: MinedLetter) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = _cache_file(source, folder, key)
    part = file.with_suffix(".part")
    part.write_bytes(pickle.dumps(letter))
    part.replace(file)


def build_info(options: Options, model: dict[str, str], letters: int, rejects: int) -> dict[str, str]:
    """What is kept on how the database was made."""
    libraries = (
        "pdfplumber",
        "pypdfium2",
        "spacy",
        "scikit-learn",
        "onnxruntime",
        "tokenizers",
        "sqlite-utils",
        "datasette",
    )
    return {
        "miner": __version__,
        "python": platform.python_version(),
        **{library: version(library) for library in libraries},
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_sha256": code_key(options.bands),
        "band_scheme": options.bands.name,
        "letters": str(letters),
        "rejects": str(rejects),
        **model,
        **measured(),
    }


def measured() -> dict[str, str]:
    """How well the miner did on annotated letters that it was not made with, as measured last and kept.

    `miner evaluate tests/held_out --json` writes the figures; a test holds them to the code.
    """
    try:
        scores = json.loads(HELD_OUT.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    flat = {name: value["f1"] if isinstance(value, dict) else value for name, value in scores.items()}
    names = {"findings_exact": "exact_findings_f1", "findings_soft": "soft_findings_f1", "letters": "letters_held_out"}
    return {f"gold_{names.get(name, name)}": str(value) for name, value in flat.items() if value is not None}
