"""Letters and sentences annotated by people ("gold"): reading them, scoring against them, learning from them.

What a finding is and how close cases are ruled is set down in docs/findings.md. A finding is
found when its cue overlaps the annotated one in the same paragraph; each is used once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.bands import DEFAULT_BANDS
from miner.corpus import ROOT
from miner.counts import LetterCounter
from miner.examples import find_examples
from miner.records import Facts, Finding, Letter, LetterError, MinedLetter, Paragraph, Passage, Section

EXACT = frozenset({"count", "all_but", "all", "none"})
ATTRIBUTES = ("form", "sense", "criterion", "denominator_from", "counted")
QUANTITIES = ROOT / "models" / "quantities"


@dataclass(frozen=True, slots=True)
class Pair:
    """An annotated finding and the one found for it, or None on either side."""

    gold: dict[str, Any] | None
    found: Finding | None

    @property
    def kind(self) -> str:
        form = self.gold["form"] if self.gold else self.found.form if self.found else ""
        return "exact" if form in EXACT else "soft"


def read_gold(path: Path) -> dict[str, Any]:
    """One annotation file. Raises LetterError when it is none."""
    try:
        gold = json.loads(path.read_text(encoding="utf-8"))
        _ = gold["letter"], gold["findings"], gold["sections"], gold["examples"], gold["points"]
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise LetterError(path.name, "no gold annotation", detail=f"{type(error).__name__}: {error}") from None
    return dict(gold)


def align(text: str, found: Sequence[Finding], gold: Sequence[dict[str, Any]]) -> list[Pair]:
    """Annotated and found findings of one paragraph, in pairs; what is left of either stands alone."""
    free = list(found)
    pairs = []
    position = 0
    for row in gold:
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(row['cue'])}(?!\w)", text)]
        hit = None
        for start in sorted(places, key=lambda place: (place < position, place)):
            end = start + len(row["cue"])
            near = [
                (finding.numerator == row["numerator"], min(finding.end, end) - max(finding.start, start), at)
                for at, finding in enumerate(free)
                if finding.start < end and start < finding.end
            ]
            if near:
                hit = free.pop(max(near)[2])
                position = start + 1
                break
        pairs.append(Pair(row, hit))
    return pairs + [Pair(None, finding) for finding in free]


def pairs_of_letter(mined: MinedLetter, gold: dict[str, Any]) -> Iterator[tuple[str, Pair]]:
    """(paragraph's label, pair) for every finding of a letter, annotated or found."""
    wanted: dict[str, list[dict[str, Any]]] = {}
    for row in gold["findings"]:
        wanted.setdefault(row["paragraph"], []).append(row)
    for section in mined.sections:
        for order, item in enumerate(section.paragraphs, 1):
            labels = [label for label in (item.paragraph.number, f"{section.section.code}/{order}") if label]
            rows = [row for label in labels for row in wanted.pop(label, [])]
            for pair in align(item.paragraph.text, item.findings, rows):
                yield labels[0], pair
    for label, rows in wanted.items():
        for row in rows:
            yield label, Pair(row, None)


# --- scores ---------------------------------------------------------------------------


def score_findings(pairs: Iterable[Pair]) -> dict[str, Any]:
    """Precision, recall and F1 of exact and soft findings, and the share of attributes that are right.

    `exact_end_to_end`: exact findings found with the right numerator and denominator, over all
    that are annotated or wrongly found.
    """
    count: Counter[str] = Counter()
    for pair in pairs:
        kind = pair.kind
        if pair.gold is None or pair.found is None:
            count[f"{kind} {'missed' if pair.found is None else 'extra'}"] += 1
            continue
        gold, found = pair.gold, pair.found
        count[f"{kind} found"] += 1
        if kind == "exact":
            count["numbers of"] += 1
            count["numbers"] += (found.numerator, found.denominator) == (gold["numerator"], gold["denominator"])
            if gold.get("met"):
                share = gold["met"][0] / gold["met"][1] if gold["met"][1] else None
                count["met of"] += 1
                count["met"] += bool(
                    found.met and share is not None and abs(found.met.low - share) < 1e-5 > abs(found.met.high - share)
                )
        for name in ATTRIBUTES:
            count[f"{name} of"] += 1
            count[name] += getattr(found, name) == gold[name]
    scores: dict[str, Any] = {}
    for kind in ("exact", "soft"):
        scores[f"findings_{kind}"] = precision_recall(
            count[f"{kind} found"], count[f"{kind} extra"], count[f"{kind} missed"]
        )
    for name in ("numbers", "met", *ATTRIBUTES):
        scores[name] = round(count[name] / count[f"{name} of"], 4) if count[f"{name} of"] else None
    total = count["exact found"] + count["exact missed"] + count["exact extra"]
    scores["exact_end_to_end"] = round(count["numbers"] / total, 4) if total else None
    return scores


def precision_recall(found: int, extra: int, missed: int) -> dict[str, float]:
    """Precision, recall, F1, and support: how many were annotated."""
    precision = found / (found + extra) if found + extra else 0.0
    recall = found / (found + missed) if found + missed else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "support": found + missed}


def describe(place: str, pair: Pair) -> str | None:
    """What is wrong with a pair, in a line; None where nothing is."""
    gold, found = pair.gold, pair.found
    if found is None:
        return f"{place}: missed {gold['cue']!r} ({gold['form']})" if gold else None
    if gold is None:
        return f"{place}: not in gold: {found.cue!r} in {found.sentence!r}"
    wrong = [
        f"{name} {getattr(found, name)!r}, gold {gold[name]!r}"
        for name in ("numerator", "denominator", "form", "sense", "criterion")
        if getattr(found, name) != gold[name]
        and not (name in ("numerator", "denominator") and gold["form"] not in EXACT)
    ]
    return f"{place} {gold['cue']!r}: {'; '.join(wrong)}" if wrong else None


def evaluate(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Scores of the miner on every annotated letter of a folder, and each error in a line.

    NAME.gold.json is held against NAME.pdf beside it, else NAME.txt. Raises LetterError where a
    letter is missing or cannot be read.
    """
    from miner import corpus, pipeline

    pairs: list[Pair] = []
    errors: list[str] = []
    count: Counter[str] = Counter()
    files = sorted(folder.glob("*.gold.json"))
    if not files:
        raise LetterError(str(folder), "no annotated letters (NAME.gold.json) in this folder")
    for path in files:
        gold = read_gold(path)
        name = path.name.removesuffix(".gold.json")
        letter = next((file for suffix in (".pdf", ".txt") if (file := path.with_name(name + suffix)).exists()), None)
        if letter is None:
            raise LetterError(path.name, "the letter itself is not beside its annotation")
        mined = pipeline.mine_letter(corpus.find_sources([letter])[0][0])
        for key, want in gold["letter"].items():
            got = getattr(mined.letter.facts, key)
            same = str(got).casefold() == str(want).casefold() if isinstance(want, str) else got == want
            count["facts of"] += 1
            count["facts"] += same
            if not same:
                errors.append(f"{name}: {key} {got!r}, gold {want!r}")
        sections = {section.section.code: section for section in mined.sections}
        for row in gold["sections"]:
            section = sections.get(row["code"])
            right = section is not None and ("paragraphs" not in row or len(section.paragraphs) == row["paragraphs"])
            count["sections of"] += 1
            count["sections"] += right
            if not right:
                errors.append(f"{name}: section {row['code']}: {len(section.paragraphs) if section else 'none'}")
        for label, pair in pairs_of_letter(mined, gold):
            pairs.append(pair)
            problem = describe(f"{name} {label}", pair)
            if problem:
                errors.append(problem)
        _count_texts(mined, gold, count)
    scores: dict[str, Any] = {"letters": len(files)}
    scores["metadata"] = round(count["facts"] / count["facts of"], 4)
    scores["sections"] = round(count["sections"] / max(1, count["sections of"]), 4)
    scores |= score_findings(pairs)
    for item in ("examples", "points"):
        scores[item] = precision_recall(count[item], count[f"{item} extra"], count[f"{item} missed"])
    return scores, errors


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _count_texts(mined: MinedLetter, gold: dict[str, Any], count: Counter[str]) -> None:
    """Examples and points found, missed and extra."""
    examples = [example.text for s in mined.sections for p in s.paragraphs for example in p.examples]
    for row in gold["examples"]:
        begins, ends = _words(row["begins"]), _words(row["ends"])
        hit = next(
            (text for text in examples if _words(text)[: len(begins)] == begins and _words(text)[-len(ends) :] == ends),
            None,
        )
        if hit is None:
            count["examples missed"] += 1
        else:
            examples.remove(hit)
            count["examples"] += 1
    count["examples extra"] += len(examples)
    points = [(point.kind, point.passage.text) for s in mined.sections for point in s.section.points]
    for row in gold["points"]:
        begins = _words(row["begins"])
        found = next((p for p in points if p[0] == row["kind"] and _words(p[1])[: len(begins)] == begins), None)
        if found is None:
            count["points missed"] += 1
        else:
            points.remove(found)
            count["points"] += 1
    count["points extra"] += len(points)


# --- annotated sentences --------------------------------------------------------------


def read_sentences(path: Path) -> list[dict[str, Any]]:
    """Annotated passages: JSON lines with section, sample, text, findings."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def count_passage(row: dict[str, Any], **options: Any) -> tuple[tuple[Finding, ...], LetterCounter]:
    """The findings of one annotated passage, and the counter that read it."""
    letter = Letter(Facts("sqs", "", "", "", sample_size=row["sample"]), ())
    counter = LetterCounter(letter, DEFAULT_BANDS, **options)
    paragraph = Paragraph(None, Passage(row["text"], None))
    section = Section(row["section"], "", None, (paragraph,))
    return counter.find_counts(section, paragraph, find_examples(paragraph))[0], counter


def passage_is_right(row: dict[str, Any]) -> bool:
    """Whether a passage gives just the annotated quantities with their numbers."""
    found, _ = count_passage(row)
    for pair in align(row["text"], found, row["findings"]):
        if pair.gold is None or pair.found is None:
            return False
        numbers = (pair.found.numerator, pair.found.denominator)
        if pair.gold["form"] in EXACT and numbers != (pair.gold["numerator"], pair.gold["denominator"]):
            return False
    return True


# --- learning the weights of sense and activity ---------------------------------------


def training_rows(folder: Path = QUANTITIES) -> Iterator[dict[str, Any]]:
    """For each annotated finding that is found: its features and what it was annotated as."""
    from miner import structure
    from miner.profiles.sqs import SQS

    def rows(
        source: str, text: str, findings: Sequence[Finding], trace: Sequence[dict[str, Any]], gold: Any
    ) -> Iterator[dict[str, Any]]:
        told = {row["start"]: row for row in trace if "start" in row}
        for pair in align(text, findings, gold):
            if pair.gold and pair.found and pair.found.start in told:
                row = told[pair.found.start]
                yield {
                    "source": source,
                    "sense": (row["sense"], pair.gold["sense"]),
                    "activity": (row["activity"], pair.gold["criterion"].partition(".")[2]),
                }

    for path in sorted((folder / "sentences").glob("*.jsonl")):
        for passage in read_sentences(path):
            findings, counter = count_passage(passage, learned=False, trace=[])
            yield from rows(path.stem, passage["text"], findings, counter.trace or [], passage["findings"])
    for path in sorted((folder / "letters").glob("*.gold.json")):
        gold = read_gold(path)
        name = path.name.removesuffix(".gold.json")
        letter = structure.read_text_letter(path.with_name(f"{name}.txt").read_text(encoding="utf-8"), SQS, name)
        counter = LetterCounter(letter, DEFAULT_BANDS, learned=False, trace=[])
        for section in letter.sections:
            for order, paragraph in enumerate(section.paragraphs, 1):
                counter.trace = []
                findings, _ = counter.find_counts(section, paragraph, find_examples(paragraph))
                labels = (paragraph.number, f"{section.code}/{order}")
                wanted = [row for row in gold["findings"] if row["paragraph"] in labels]
                yield from rows("letters", paragraph.text, findings, counter.trace, wanted)


SOURCE_WEIGHTS: dict[str, dict[str, float]] = {
    "sense": {},
    # These passages name every activity as often as any other, as no letter does.
    "activity": {"letters": 2.0, "voices": 0.5, "chains": 0.5, "verbs": 0.5},
}
"""How much a finding counts in training, by the file it is from."""


def train_weights(folder: Path = QUANTITIES) -> dict[str, Any]:
    """Weights for sense and activity from the annotated sentences and letters of a folder.

    Multinomial logistic regression; the strengths of its penalty and SOURCE_WEIGHTS were chosen by
    leaving out letters. Weights below 0.12 are dropped: they decide nothing. Deterministic.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = list(training_rows(folder))
    models = {}
    for name, penalty in (("sense", 0.5), ("activity", 0.3)):
        vectorizer = DictVectorizer()
        features = vectorizer.fit_transform([dict.fromkeys(row[name][0], 1) for row in rows])
        model = LogisticRegression(C=penalty, max_iter=2000).fit(
            features,
            [row[name][1] for row in rows],
            sample_weight=[SOURCE_WEIGHTS[name].get(row["source"], 1.0) for row in rows],
        )
        weights = {
            feature: [round(float(weight), 3) for weight in model.coef_[:, column]]
            for column, feature in enumerate(vectorizer.get_feature_names_out())
            if abs(model.coef_[:, column]).max() >= 0.12
        }
        models[name] = {
            "classes": [str(label) for label in model.classes_],
            "intercepts": [round(float(value), 4) for value in model.intercept_],
            "weights": weights,
        }
    return {"findings": len(rows), "annotations_sha256": annotations_hash(folder), "models": models}


def annotations_hash(folder: Path = QUANTITIES) -> str:
    """SHA-256 over all annotated texts and their annotations."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.glob("*/*") if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def write_weights(path: Path, folder: Path = QUANTITIES) -> dict[str, Any]:
    """Trains and writes the weights; gives what was written."""
    data = train_weights(folder)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
    return data
