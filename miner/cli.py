"""The commands. This is the one place that prints; every error is one sentence."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, wraps
from pathlib import Path
from typing import Any

import click

from miner import __version__, corpus
from miner.bands import DEFAULT_BANDS, SCHEMES
from miner.corrections import CorrectionsError
from miner.records import LetterError, MinedLetter, MinedParagraph

DATABASE = Path("build/findings.db")
PATHS = click.Path(path_type=Path)


def one_sentence(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns what can go wrong into one sentence and an exit code: 1 for bad input, 2 for a wrong path."""

    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except (LetterError, CorrectionsError) as error:
            raise click.ClickException(str(error)) from None
        except FileNotFoundError as error:
            raise click.UsageError(
                f"{error.args[0] if error.filename is None else error.filename}: no such file or folder"
            ) from None
        except OSError as error:
            raise click.ClickException(
                f"{error.filename}: {error.strerror}" if error.filename else str(error)
            ) from None

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Mine inspection letters: from published PDFs to a database of findings, each traced to its words.

    Start with "miner build", then "miner serve"; "miner show LETTER.pdf" prints one letter.
    """


@main.command()
@click.argument("paths", nargs=-1, type=PATHS)
@click.option("--db", "target", type=PATHS, default=DATABASE, show_default=True, help="The database to write.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes to use (default: the cores; 1: none but this).")
@click.option("--no-cache", is_flag=True, help="Mine every letter again, unchanged ones too.")
@click.option(
    "--bands",
    "scheme",
    type=click.Choice(sorted(SCHEMES)),
    default=DEFAULT_BANDS.name,
    show_default=True,
    help="How soft words (most, many, few) are read as shares.",
)
@click.option(
    "--specimens/--no-specimens",
    default=None,
    help="Take in specimen letters (default: only where there are no others).",
)
@one_sentence
def build(
    paths: tuple[Path, ...], target: Path, jobs: int | None, no_cache: bool, scheme: str, specimens: bool | None
) -> None:
    """Mine every report under PATHS (files or folders; default: corpus/) into one database.

    The database is written anew and put in place only when it is whole. Reports that cannot be
    loaded are listed with the reason and kept in the table "rejects". Exit code 0: all were
    loaded; 1: some were rejected; 2: wrong usage.
    """
    from miner import pipeline

    options = pipeline.Options(
        jobs=jobs or os.cpu_count() or 1,
        cache=None if no_cache else target.parent / "cache",
        bands=SCHEMES[scheme],
        specimens=specimens,
    )
    built = pipeline.build(paths or (corpus.CORPUS,), target, options, lambda line: click.echo(line, err=True))
    for note in built.notes:
        click.echo(f"note: {note}", err=True)
    for error in built.rejects:
        click.echo(f"rejected: {error}", err=True)
    click.echo(
        f"{target}: {built.loaded} letters ({built.mined} mined now), {built.findings} findings, "
        f"{built.examples} examples, {len(built.rejects)} rejected"
    )
    for line in built.coverage:
        click.echo(line)
    if built.rejects:
        sys.exit(1)


def _mine(file: Path) -> MinedLetter:
    from miner import pipeline

    sources, errors = corpus.find_sources([file])
    if errors:
        raise errors[0]
    if not sources:
        raise LetterError(file.name, "neither a PDF nor a text file")
    return pipeline.mine_letter(sources[0])


@main.command()
@click.argument("file", type=PATHS)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@one_sentence
def show(file: Path, as_json: bool) -> None:
    """Mine one report and print it, findings marked as [cue | numerator/denominator sense]."""
    mined = _mine(file)
    if as_json:
        click.echo(json.dumps(asdict(mined), ensure_ascii=False, indent=1))
        return
    facts = mined.letter.facts
    click.secho(facts.title, bold=True)
    for name, value in asdict(facts).items():
        if name not in ("title", "kind") and value is not None:
            click.echo(f"  {name.replace('_', ' ')}: {value}")
    for warning in mined.letter.warnings:
        click.secho(f"  note: {warning}", fg="yellow")
    for section in mined.sections:
        click.echo()
        click.secho(section.section.heading or "(opening)", bold=True)
        for item in section.paragraphs:
            click.echo(f"{item.paragraph.number or ''}\t{_marked(item)}".expandtabs(6))
        for point in section.section.points:
            click.echo(f"  {'+' if point.kind == 'strength' else '!'} {point.passage.text}")


def _marked(item: Any) -> str:
    """The paragraph's text with findings and examples marked."""
    inserts: list[tuple[int, str]] = []
    for finding in item.findings:
        size = f"{'–' if finding.numerator is None else finding.numerator}/{'–' if finding.denominator is None else finding.denominator}"
        inserts.append((finding.start, click.style("[", fg="green")))
        inserts.append((finding.end, click.style(f" | {size} {finding.sense} {finding.criterion}]", fg="green")))
    for example in item.examples:
        inserts.append((example.start, click.style("«", fg="cyan")))
        inserts.append((example.end, click.style("»", fg="cyan")))
    text = item.paragraph.text
    for at, mark in sorted(inserts, key=lambda pair: -pair[0]):
        text = text[:at] + mark + text[at:]
    return str(text)


@main.command()
@click.argument("file", type=PATHS)
@click.option("--paragraph", help='Number of a paragraph, such as 2.3, or "management/2". All, if not given.')
@one_sentence
def explain(file: Path, paragraph: str | None) -> None:
    """Tell how each finding of a paragraph came about, and why other numbers are none."""
    from miner.tokens import read_tokens

    mined = _mine(file)
    found = False
    for section in mined.sections:
        for order, item in enumerate(section.paragraphs, 1):
            label = f"{section.section.code}/{order}"
            if paragraph is not None and paragraph not in (item.paragraph.number, label):
                continue
            found = True
            if paragraph is None and not item.findings and not item.omissions and not item.examples:
                continue
            click.secho(f"{item.paragraph.number or label}", bold=True)
            doc, _ = read_tokens(item.paragraph.text)
            for finding in item.findings:
                size = f"{finding.numerator} of {finding.denominator} ({finding.denominator_from})"
                click.secho(f"  {finding.cue}", fg="green")
                click.echo(
                    f"    {finding.form}, {size}; {finding.sense}; {finding.criterion}; counts {finding.counted}"
                )
                click.echo(f"    pattern: {finding.pattern}")
                tokens = [t for t in doc if finding.start <= t.start < finding.end]
                click.echo("    tokens: " + " ".join(f"{token.text}/{token.tag}" for token in tokens))
                for reason in finding.reasons:
                    click.echo(f"    {reason}")
            for omission in item.omissions:
                click.secho(f"  left out: {omission.cue}: {omission.reason}", fg="yellow")
            _explain_examples(item)
    if not found:
        raise click.UsageError(f"{file.name} has no paragraph {paragraph}")


@cache
def _theme_model() -> Any:
    from miner import themes

    return themes.load_or_train(lambda line: click.echo(line, err=True))


def _explain_examples(item: MinedParagraph) -> None:
    """Each example with its themes, their scores, and the words that spoke for them (log odds)."""
    if not item.examples:
        return
    results = _theme_model().classify([example.text for example in item.examples])
    for example, result in zip(item.examples, results, strict=True):
        click.secho(f"  example: {' '.join(example.text.split()[:8])} ...", fg="cyan")
        click.echo(f"    tone: {result.tone} ({result.tone_score:.2f})")
        for theme in result.themes:
            words = ", ".join(f"{word} {weight:+.1f}" for word, weight in theme.words)
            click.echo(f"    {theme.theme} ({theme.score:.2f}): {words}")


@main.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--into", type=PATHS, default=corpus.LETTERS, help="The folder for the letters.  [default: corpus/letters]"
)
@click.option(
    "--pause", type=click.FloatRange(min=0.5), default=2.0, show_default=True, help="Seconds between requests."
)
@click.option("--contact", default="", help="A mail address or web page for the site's owners, told with each request.")
@click.option("--list", "listing", is_flag=True, help="List the named sources and stop.")
@one_sentence
def fetch(sources: tuple[str, ...], into: Path, pause: float, contact: str, listing: bool) -> None:
    """Download published letters: SOURCES are addresses of a listing, a report page or a PDF, or names of
    corpus/sources.toml.

    One request at a time, as robots.txt allows. A stopped run goes on where it stopped when the same
    command is given again; what has not changed is not downloaded again, and a letter that has changed
    is kept beside the earlier one. The list of letters is manifest.csv in the folder. Exit code 0:
    nothing failed; 1: some addresses did; 2: wrong usage.
    """
    from miner import asking, pipeline, places
    from miner import fetch as fetching

    named = places.read_places(corpus.CORPUS / "sources.toml")
    if listing:
        for name, begins in named.items():
            click.echo(f"{name}: {len(begins)} listing(s) from {begins[0].address}; checked live: {begins[0].checked}")
        return
    if not sources:
        raise click.UsageError(f"name a source: an address, or one of {', '.join(named)}")
    try:
        begins = places.find_places(sources, named)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for name in sources:
        if name in named and named[name][0].checked == "never":
            click.echo(f"note: the source {name} has never been checked live by its authors", err=True)
    options = asking.Options(into, pause=pause, contact=contact)
    try:
        with pipeline.glance_apart() as look:
            fetched = fetching.fetch(begins, options, look, corpus.slug, lambda line: click.echo(line, err=True))
    except asking.StoppedError as error:
        raise click.ClickException(str(error)) from None
    counts = fetched.counts
    click.echo(
        f"{into}: {counts.get('new', 0)} new letters, {counts.get('changed', 0)} changed, "
        f"{counts.get('unchanged', 0)} unchanged, {counts.get('same', 0)} the same as another, "
        f"{counts.get('not_sqs', 0)} of another kind, {len(fetched.failures)} failed; {counts.get('requests', 0)} requests"
    )
    if fetched.failures:
        sys.exit(1)


@main.command()
@click.argument("files", nargs=-1, required=True, type=PATHS)
@click.option(
    "--into", type=PATHS, default=corpus.LETTERS, help="The folder for the letters.  [default: corpus/letters]"
)
@click.option("--address", default="", help="Where the letter was published, if known (for one file).")
@one_sentence
def add(files: tuple[Path, ...], into: Path, address: str) -> None:
    """Take letters that you already have (PDF or text FILES) into the corpus.

    Each is copied under the name of its area and date and entered in the manifest. A letter of the
    same area and date that stood there before is kept as its earlier issue. Exit code 0: all were
    taken in; 1: some were not; 2: wrong usage.
    """
    from miner import pipeline

    if address and len(files) > 1:
        raise click.UsageError("--address is for one file at a time")
    if address and not address.startswith(("http://", "https://")):
        raise click.UsageError("--address must begin with http:// or https://")
    failed = False
    with pipeline.glance_apart() as look:
        for file in files:
            try:
                click.echo(f"{file.name}: {pipeline.add_letter(file, into, address, look)}")
            except LetterError as error:
                click.echo(f"not taken in: {error}", err=True)
                failed = True
    if failed:
        sys.exit(1)


@main.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@one_sentence
def compare(old: Path, new: Path) -> None:
    """List the findings gained, lost and changed between two databases, with their sentences."""
    from miner import comparison

    for line in comparison.compare(old, new):
        click.echo(line)


@main.command()
@click.option("--db", "database", type=PATHS, default=DATABASE, show_default=True, help="The database to serve.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@one_sentence
def serve(database: Path, port: int) -> None:
    """Serve the site on 127.0.0.1: Datasette with the folder datasette/."""
    if not database.exists():
        raise click.UsageError(f"{database}: no such database; make it with: miner build")
    click.echo(f"http://127.0.0.1:{port}/  (stop with Ctrl-C)")
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "datasette",
            "serve",
            str(corpus.ROOT / "datasette"),
            "-i",
            str(database),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
    )


@main.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@one_sentence
def classify(file: Any) -> None:
    """Give themes and tone to example texts: JSON lines with "text" in (FILE or standard input), the same with themes, scores and tone out."""
    from miner import themes

    rows = []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["text"] + ""
        except (ValueError, TypeError, KeyError):
            raise click.ClickException(f"line {number} is no JSON object with a text") from None
        rows.append(row)
    model = themes.load_or_train(lambda line: click.echo(line, err=True))
    for row, result in zip(rows, model.classify([row["text"] for row in rows]), strict=True):
        row["themes"] = [theme.theme for theme in result.themes]
        row["scores"] = {theme.theme: theme.score for theme in result.themes}
        row["tone"] = result.tone
        click.echo(json.dumps(row, ensure_ascii=False))


@main.command()
@click.argument("folder", type=PATHS, default=corpus.ROOT / "models" / "quantities" / "letters")
@click.option("--errors", is_flag=True, help="List what is wrong, a line each.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@one_sentence
def evaluate(folder: Path, errors: bool, as_json: bool) -> None:
    """Score the miner on annotated letters: FOLDER holds NAME.gold.json beside NAME.pdf or NAME.txt.

    Default: the letters of models/quantities, on which the weights of sense and activity were
    trained: their figures are kinder than those of letters that are new to the miner.
    """
    from miner import gold

    scores, wrong = gold.evaluate(folder)
    for line in wrong if errors else ():
        click.echo(line)
    if as_json:
        click.echo(json.dumps(scores))
        return
    for name, value in scores.items():
        click.echo(f"{name:18} {value}")


@main.command()
@click.option("--card", is_flag=True, help="Measure as well, and write the figures into models/MODEL_CARD.md.")
@click.option(
    "--letters",
    type=PATHS,
    multiple=True,
    help="Measure on the gold examples of the letters, and on labelled texts, in this folder, too.",
)
@click.option(
    "--weights", is_flag=True, help="Train the weights of sense and activity (models/qualifiers.json) instead."
)
@one_sentence
def train(card: bool, letters: tuple[Path, ...], weights: bool) -> None:
    """Train the theme model on the texts in models/ and save it; the same texts give the same model."""
    if weights:
        from miner import gold
        from miner.weights import FILE

        written = gold.write_weights(FILE)
        click.echo(f"{FILE}: learned from {written['findings']} annotated findings")
        return
    from miner import themes

    texts = themes.read_texts()
    model = themes.train(texts)
    themes.save(model, themes.FOLDER / "themes.skops")
    for key, value in model.description().items():
        click.echo(f"{key}: {value}")
    for folder in letters:
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder}")
    if not card and not letters:
        return
    from miner import training

    measured = {
        "/".join(folder.resolve().parts[-2:]): training.measure_gold(model, training.gold_examples(folder))
        for folder in letters
    }
    for name, figures in measured.items():
        click.echo(f"{name}: {json.dumps(figures)}")
    if card:
        training.write_card(training.measure(texts) | {"letters": training.kept_letters() | measured})


@main.command()
@click.option("--db", "database", type=PATHS, default=DATABASE, show_default=True, help="The database to look through.")
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True, help="How many examples.")
@one_sentence
def review(database: Path, count: int) -> None:
    """Print the examples on which the theme model is least sure, as rows for corpus/corrections.csv."""
    from miner import themes, training
    from miner.database import read_examples

    if not database.exists():
        raise FileNotFoundError(f"{database}")
    letters, texts = read_examples(database)
    model = themes.load_or_train(lambda line: click.echo(line, err=True))
    click.echo(training.as_csv(training.doubtful(model, letters, texts, count)), nl=False)
