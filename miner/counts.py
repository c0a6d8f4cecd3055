"""A paragraph -> its findings: every quantity about a group, with its denominator and its meaning.

The words of a paragraph get a class (`tokens`); the patterns of `patterns` find the quantities
(`mentions`); the group that a quantity is part of is looked up in what the letter said before
(`groups`); the clause around it (`clauses`) gives sense and activity (`qualifiers`, by the words
of `cues`). Here all this is joined, and what is no finding is left out, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from miner import qualifiers, weights
from miner.bands import Bands
from miner.clauses import clause_of, restrictor_text, sentence_bounds
from miner.examples import quotations
from miner.groups import Group, Groups, Query, Resolved
from miner.mentions import (
    INSPECTED,
    TIME_WORDS,
    Mention,
    find_mentions,
    find_partitions,
    is_fronted,
    take_fronted_groups,
)
from miner.omissions import REFERS_BACK, STAFF_POSTS, Setting, reason_to_omit
from miner.records import Example, Finding, Letter, Omission, Paragraph, Section, Share
from miner.tokens import Words, read_tokens

SECTIONS_WITHOUT = frozenset({"introduction", "context", "strengths", "improvements", "closing"})
"""Sections whose quantities are no findings (the sample itself, dates, points, contacts)."""


CONDITION = re.compile(
    r"(?:where|when|if|wherever|whenever)\b[^,]*\b(?:need\w*|required|due|called|warranted|should|necessary|appropriate|relevant)\b[^,]*,"
)
ECHOLESS = weights.COMMON | {"who", "which", "whom", "was", "were", "had", "been", "have", "has", "did"}
SUCH = re.compile(r"\bsuch\b")
BESIDE = re.compile(r"\b(?:further|another|others|more|additional)\b(?! than)")
OTHER = re.compile(r"\b(?:other|remaining|others|rest)\b")


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention with the words around it and what came before.

    `clause`: the words around it; `narrowing`: those that narrow its noun; `texts`: its sentence
    and those before it in the paragraph, backwards, lower case; `before`: the last sense that was
    not neutral; `partition`: the group that it and its neighbours add up to; `partitive`: it is
    part of some group; `opens`, `opens_sentence`: it is the first of its paragraph, of its sentence.
    """

    doc: Words
    mention: Mention
    clause: str
    narrowing: str
    sentence: str
    texts: tuple[str, ...]
    before: str | None
    partition: int | None
    partitive: bool
    opens: bool
    opens_sentence: bool


@dataclass(slots=True)
class LetterCounter:
    """Counts through one letter, paragraph after paragraph in printed order: later phrases refer to earlier ones."""

    letter: Letter
    bands: Bands
    learned: bool = True
    """Whether the learned weights may overrule the rules."""
    trace: list[dict[str, Any]] | None = None
    """Where given, the features of each finding are kept here, for training."""
    groups: Groups = field(init=False)

    def __post_init__(self) -> None:
        self.groups = Groups(self.letter.facts.sample_size)

    def find_counts(
        self, section: Section, paragraph: Paragraph, examples: Sequence[Example]
    ) -> tuple[tuple[Finding, ...], tuple[Omission, ...]]:
        """The findings of a paragraph in printed order, and the quantities left out with the reason."""
        if paragraph.displayed:
            return (), ()
        doc, soft = read_tokens(paragraph.text)
        if section.code in SECTIONS_WITHOUT:
            return (), tuple(_numbers(doc, 0, len(paragraph.text), f"stands in the {section.code}"))
        sentences = sentence_bounds(doc)
        kept, groups, omissions = self._find_quantities(doc, soft, section.code, examples, sentences)
        partitions = find_partitions(kept, self.letter.facts.sample_size, sentences)
        lowered = [doc.text(a, b).lower().replace("'", "’") for a, b in sentences]
        findings: list[Finding] = []
        self.groups.open_paragraph(section.code)
        before: str | None = None
        last_number: int | None = None
        for index, mention in enumerate(kept):
            for group in [group for group in groups if group.start < mention.start]:
                groups.remove(group)
                self.groups.name(group.n or group.m)
            number = next(i for i, (a, b) in enumerate(sentences) if a <= mention.start < b or i == len(sentences) - 1)
            whole = mention.pattern.name in ("with_clause", "with_clause_in")
            spot = Spot(
                doc,
                mention,
                clause=clause_of(doc, kept, index, sentences[number], whole=whole),
                narrowing=restrictor_text(doc, mention),
                sentence=doc.text(*sentences[number]).strip(),
                texts=tuple(lowered[number::-1]),
                before=before,
                partition=partitions.get(index),
                partitive=index in partitions or self._is_partitive(mention),
                opens=index == 0,
                opens_sentence=number != last_number,
            )
            judged = self._weigh(spot, self._judge(spot))
            resolved = self.groups.resolve(self._query(spot, judged))
            reason = self._reason_after_all(mention, judged, resolved)
            if reason or resolved is None:
                omissions.append(self._omit(doc, mention.start, mention.end, reason or "no number"))
                continue
            activity, why = self._activity(spot, section.code)
            finding = self._finding(spot, resolved, judged, section.code, activity, why)
            findings.append(finding)
            self.groups.add(
                Group(
                    size=finding.numerator,
                    whole=finding.denominator,
                    unit=finding.counted,
                    activity=activity,
                    sense=finding.sense,
                    form=finding.form,
                    stated=mention.m if mention.m is not None else mention.group,
                    strength=judged.strength,
                    new=(mention.unit is not None or judged.sense == "neutral")
                    and mention.link in ("bare", "noun", "stated"),
                    words=frozenset(weights.WORD.findall(spot.clause)),
                )
            )
            before = judged.sense if judged.sense != "neutral" else before
            last_number = number
        return tuple(findings), tuple(omissions)

    def _find_quantities(
        self,
        doc: Words,
        soft: dict[int, str],
        section: str,
        examples: Sequence[Example],
        sentences: list[tuple[int, int]],
    ) -> tuple[list[Mention], list[Mention], list[Omission]]:
        """The mentions that may be findings, the groups that are only named, and what is left out."""
        apart = [(example.start, example.end, "inside a case example") for example in examples]
        apart += [
            (a, b, "inside somebody’s words")
            for a, b in quotations(doc.source)
            if doc.source.count(" ", a, b) >= 3 and not any(start < b and a < end for start, end, _ in apart)
        ]
        mentions, dropped = find_mentions(doc, soft, [(a, b) for a, b, _ in apart])
        omissions = [self._omit(doc, a, b, reason) for a, b, reason in dropped]
        for a, b, why in apart:
            omissions += _numbers(doc, a, b, why)
        kept: list[Mention] = []
        referred: list[Mention] = []
        sample = self.letter.facts.sample_size
        for mention in mentions:
            sentence = next(((a, b) for a, b in sentences if a <= mention.start < b), (1, len(doc)))
            reason = reason_to_omit(Setting(doc, mention, section, sample, examples, sentence, kept, mentions))
            if reason is None and self._is_part_of_other(doc, mention, dropped, sentences, kept):
                reason = "part of something that is not counted"
            if reason is None:
                kept.append(mention)
                continue
            if reason == REFERS_BACK or (reason == STAFF_POSTS and section == "management"):
                referred.append(mention)  # "The team has nine case managers. All but one had been trained."
            omissions.append(self._omit(doc, mention.start, mention.end, reason))
        kept, groups = take_fronted_groups(doc, self._merged(doc, kept), sentences)
        return kept, groups + referred, omissions

    def _query(self, spot: Spot, judged: qualifiers.Judgement) -> Query:
        """What is known of a quantity whose group is sought."""
        doc, mention = spot.doc, spot.mention
        cue = doc.text(mention.start, mention.end).lower()
        return Query(
            number=mention.n,
            form=mention.form,
            link="these" if self.groups.paragraph and SUCH.search(cue) else mention.link,
            unit=mention.unit,
            sense=judged.sense,
            strength=judged.strength,
            stated=mention.m if mention.m is not None else mention.group,
            percent=mention.percent,
            partition=spot.partition,
            scope=self._scope(doc, mention, spot.narrowing),
            narrowed=bool(spot.narrowing) and not INSPECTED.search(spot.narrowing),
            pair=mention.pattern.name.startswith("both") or (mention.form == "none" and mention.m == 2),
            opens=spot.opens,
            same_sentence=not spot.opens_sentence,
            subject=mention.pattern.name == "subject",
            definite=mention.definite,
            conditional=spot.opens_sentence and CONDITION.match(spot.texts[0]) is not None,
            generic=mention.unit in ("staff", "managers") and mention.form != "count" and not mention.definite,
            echo=frozenset(word for word in weights.WORD.findall(spot.narrowing) if word not in ECHOLESS),
            beside=bool(BESIDE.search(cue)),
        )

    def _reason_after_all(
        self, mention: Mention, judged: qualifiers.Judgement, resolved: Resolved | None
    ) -> str | None:
        """Why a quantity is no finding, now that its sense and its group are known."""
        if resolved is None:
            return "more than any group it could be part of"
        parts = resolved.why.startswith(("what ", "it and"))
        if mention.pattern.name in ("definite", "definite_in") and judged.strength < 3 and not parts:
            self.groups.name(mention.n)
            return REFERS_BACK
        return None

    def _judge(self, spot: Spot) -> qualifiers.Judgement:
        """The sense by rules: from the clause, else from what narrows the noun, else from the quantity before."""
        doc, mention, clause, narrowing = spot.doc, spot.mention, spot.clause, spot.narrowing
        partitive, before, same = spot.partitive, spot.before, not spot.opens_sentence
        narrows = bool(narrowing) and not INSPECTED.search(narrowing)
        if mention.pattern.name in ("definite", "definite_in", "with_clause", "with_clause_in") and narrows:
            own = qualifiers.judge(narrowing, partitive=True, before=before)
            if own.strength == 3:
                return own
        judged = qualifiers.judge(clause, partitive=partitive, before=before)
        if judged.strength == 3:
            return judged
        contrast = mention.link == "other" or OTHER.search(doc.text(mention.start, mention.end).lower())
        if contrast and before and judged.strength < 2:
            return qualifiers.Judgement("not_met" if before == "met" else "met", "the rest of a group judged before", 1)
        if judged.strength == 0 and narrows:
            narrowed = qualifiers.judge(narrowing, partitive=True, before=before)
            if narrowed.strength:
                return narrowed
        if judged.strength == 0:
            has_verb = re.search(r"\b(?:was|were|had|did|is|are|has|have|could|would|[a-z]{3,}ed)\b", clause)
            if same and before and not has_verb:
                return qualifiers.Judgement(before, "as the quantity before it", 1)
            last = self.groups.paragraph[-1] if self.groups.paragraph else None
            if mention.link == "these" and last is not None and last.sense == "not_met":
                return qualifiers.Judgement("not_met", "part of those judged wanting", 1)
            if partitive and has_verb:
                return qualifiers.Judgement("met", "something said of part of a group, without blame", 1)
        return judged

    def _weigh(self, spot: Spot, judged: qualifiers.Judgement) -> qualifiers.Judgement:
        """The rules' judgement, or the learned weights' where they are of another mind."""
        doc, mention = spot.doc, spot.mention
        told = weights.sense_features(
            judged.sense,
            judged.strength,
            judged.because,
            mention.form,
            mention.link,
            mention.unit,
            spot.partitive,
            spot.before,
            spot.clause,
            spot.narrowing,
            [word.lower for word in doc[mention.end : mention.end + 3]],
            [word.lower for word in reversed(doc[max(0, mention.start - 2) : mention.start])],
        )
        if self.trace is not None:
            self.trace.append({"sense": told})
        learned = weights.load().get("sense") if self.learned else None
        if learned is None:
            return judged
        sense = learned.decide(told)
        if sense == judged.sense:
            return judged
        return qualifiers.Judgement(sense, f"weighing {learned.because(told)}", min(judged.strength, 2))

    def _activity(self, spot: Spot, section: str) -> tuple[str, str]:
        """The activity that a quantity judges, and why: by rules, or by the learned weights where they differ."""
        doc, mention = spot.doc, spot.mention
        own = qualifiers.activity_in(spot.clause)
        last = self.groups.paragraph[-1] if self.groups.paragraph else None
        activity, why = self._activity_by_rules(spot, own, last, section)
        told = weights.activity_features(
            activity,
            why.rpartition("”")[2].strip(),
            own.name if own else None,
            last.activity if last else None,
            section,
            mention.unit,
            mention.link,
            spot.clause,
            spot.narrowing,
            spot.texts[0],
            spot.texts[1:],
        )
        if self.trace is not None:
            start, end = doc[mention.cue_start or mention.start].start, doc[mention.end - 1].end
            self.trace[-1] |= {"activity": told, "start": start, "end": end}
        learned = weights.load().get("activity") if self.learned else None
        if learned is not None and (decided := learned.decide(told)) != activity:
            return decided, f"weighing {learned.because(told)}"
        return activity, why

    def _activity_by_rules(
        self, spot: Spot, own: qualifiers.Activity | None, last: Group | None, section: str
    ) -> tuple[str, str]:
        """The activity named by the counted noun, by the clause, or by the group that the quantity is part of."""
        mention, narrowing, sentence, earlier = spot.mention, spot.narrowing, spot.texts[0], spot.texts[1:]
        by_noun = qualifiers.ACTIVITY_OF_UNIT.get(mention.unit or "")
        if by_noun and (own is None or own.name not in qualifiers.STRONGER.get(by_noun, ())):
            return by_noun, f"{mention.unit} are counted"
        anaphoric = mention.link in ("these", "other") or (mention.unit is None and mention.group is None)
        if anaphoric and last is not None and (own is None or own.score < 1.8 or own.name not in qualifiers.TURNS):
            return last.activity, "as the group it is part of"
        if own is not None:
            return own.name, f"“{own.words}” in its clause"
        for text, place in ((narrowing, "in what narrows its noun"), (sentence, "in its sentence")):
            found = qualifiers.activity_in(text)
            if found is not None:
                return found.name, f"“{found.words}” {place}"
        if last is not None:
            return last.activity, "as the quantity before it"
        for text in earlier:
            found = qualifiers.activity_in(text)
            if found is not None:
                return found.name, f"“{found.words}” before it"
        return DEFAULT_ACTIVITY.get(section, "delivery"), "the section’s usual activity"

    # --- what is no finding -----------------------------------------------------------

    def _omit(self, doc: Words, start: int, end: int, reason: str) -> Omission:
        return Omission(doc[start].start, doc[end - 1].end, doc.text(start, end), reason)

    @staticmethod
    def _is_part_of_other(
        doc: Words,
        mention: Mention,
        dropped: Sequence[tuple[int, int, str]],
        sentences: Sequence[tuple[int, int]],
        earlier: Sequence[Mention],
    ) -> bool:
        """Whether "ten of which", or "19" after "Of its 26 actions,", is part of things that are not counted."""
        if mention.m is not None or (mention.unit is not None and mention.link != "these"):
            return False
        begin = next((a for a, b in sentences if a <= mention.start < b), 1)
        begin = max([begin, *(other.end for other in earlier if other.end <= mention.start)])
        others = [
            row for row in dropped if begin <= row[0] and row[1] <= mention.start and row[2].startswith("counts ")
        ]
        relative = doc[mention.end - 1].lower in ("which", "whom") or doc[mention.start + 1].lower in ("which", "whom")
        if mention.link == "these" and not others and (relative or not earlier):
            others = [
                (token.i, token.i + 1, "counts something else")
                for token in doc[begin : mention.start]
                if token.tag == "NUM"
                and token.i + 1 < mention.start
                and doc[token.i + 1].tag == "WORD"
                and not any(word.lower in TIME_WORDS for word in doc[token.i + 1 : token.i + 3])
            ]
        if not others:
            return False
        start, end, _ = others[-1]
        named = any(token.tag == "UNIT" for token in doc[end : mention.start])
        fronted = doc[start - 1].lower == "of" or doc[start - 2].lower == "of"
        return not named and (mention.link == "these" or fronted)

    def _is_partitive(self, mention: Mention) -> bool:
        """Whether the quantity is part of a stated or earlier group."""
        if mention.group or mention.form != "count" or mention.link != "bare":
            return True
        return self.groups.has_need() or (mention.unit is None and bool(self.groups.paragraph))

    def _scope(self, doc: Words, mention: Mention, narrowing: str) -> str:
        """Whether the phrase speaks of the inspected cases: `sample`, `definite`, or `open`."""
        inspected = INSPECTED.search(narrowing) or INSPECTED.match(doc.text(mention.end, mention.end + 7).lower())
        if inspected and mention.unit in (None, "cases", "children"):
            return "sample"
        behind = doc.text(max(0, mention.start - 12), mention.start).lower()
        if re.search(r"\b(?:whole|entire|full) sample\b|\bacross (?:the|our) sample\b", re.split(r"[.;]", behind)[-1]):
            return "sample"
        noun = doc.text(mention.start, mention.end).lower()
        if re.search(r"\b(?:whole|entire) sample|sampled|inspected|in our sample", noun):
            return "sample"
        if mention.unit in ("cases", "children") and re.search(
            r"\b(?:relevant|applicable|appropriate|such|eligible)\b", noun
        ):
            return "open"
        if mention.unit in ("cases", "children") and (
            re.search(
                r"\b(?:the|our) (?:young people|children|cases|boys and girls|files)\b|\b(?:the) (?:\w+ )?(?:children and young people|cases)\b",
                noun,
            )
            or re.search(
                r"\b(?:every|each)(?: and every)?(?: single)?(?: one)? (?:case|file|child|young person)\b", noun
            )
        ):
            return "definite"
        return "open"

    def _merged(self, doc: Words, mentions: list[Mention]) -> list[Mention]:
        """One row for one quantity stated twice: "half of the reviews, 17 out of 34"; "66%, or 33 of 50"."""
        merged: list[Mention] = []
        for mention in mentions:
            last = merged[-1] if merged else None
            if last is not None and self._is_same(doc, last, mention):
                exact, other = (mention, last) if EXACTNESS[mention.form] < EXACTNESS[last.form] else (last, mention)
                merged[-1] = replace(
                    exact,
                    start=min(exact.start, other.start),
                    end=max(exact.end, other.end),
                    unit=exact.unit or other.unit,
                    percent=exact.percent or other.percent,
                    restrictor=mention.restrictor,
                )
                continue
            merged.append(mention)
        return merged

    def _is_same(self, doc: Words, a: Mention, b: Mention) -> bool:
        if is_fronted(doc, a, 1):
            return False
        whole = a.m or self.letter.facts.sample_size
        if (
            a.form == "count"
            and b.form == "percentage"
            and b.unit is None
            and a.n is not None
            and whole
            and a.percent is None
        ):
            words = doc.text(a.end, b.start).lower()
            if (
                abs(a.n / whole - (b.share or 0)) < 0.006
                and len(words) < 60
                and re.search(r"(?:\bor|,|\(|\bthat is|\bthat is in|–|—|about|\bis)\s*$", words)
            ):
                return True
        if (
            a.form == "count"
            and b.form == "percentage"
            and b.unit is None
            and a.n is not None
            and whole
            and doc[b.start - 1].text == "("
            and abs(a.n / whole - (b.share or 0)) < 0.006
            and not re.search(r"[.;]", doc.text(a.end, b.start))
        ):
            return True
        between = doc.text(a.end, b.start).strip().lower()
        if {a.form, b.form} <= {"count", "all_but"} or not {a.form, b.form} & {"fraction", "percentage", "vague"}:
            return False
        first, last = a.restrictor
        if first < last == b.start - 1:
            between = doc.text(last, b.start).strip().lower()
        if between not in (
            ",",
            "(",
            "–",
            "—",
            "-",
            ", or",
            "or",
            ", that is",
            ", that is,",
            ", that is in",
            ": ",
            ":",
            ", namely",
            ", in fact",
            "–",
            ", with",
        ):
            return False
        exact, loose = (a, b) if a.form == "count" else (b, a)
        if exact.form != "count" or exact.n is None:
            return True
        if loose.share is not None and exact.m:
            return abs(exact.n / exact.m - loose.share) < (0.2 if loose.hedge else 0.13)
        return True

    # --- the finding ------------------------------------------------------------------

    def _finding(
        self, spot: Spot, resolved: Resolved, judged: qualifiers.Judgement, section: str, activity: str, why: str
    ) -> Finding:
        doc, mention = spot.doc, spot.mention
        start, end = doc[mention.cue_start or mention.start].start, doc[mention.end - 1].end
        share = self._share(mention, resolved)
        met: Share | None = None
        if share is not None and judged.sense != "neutral":
            met = share if judged.sense == "met" else Share(round(1 - share.high, 6), round(1 - share.low, 6))
        counted = mention.unit or self._counted(activity)
        return Finding(
            start=start,
            end=end,
            cue=doc.source[start:end],
            sentence=spot.sentence,
            form=mention.form,
            numerator=resolved.numerator,
            denominator=resolved.denominator,
            denominator_from=resolved.source if resolved.denominator is not None else None,
            share=share,
            sense=judged.sense,
            met=met,
            criterion=f"{section}.{activity}",
            counted=counted,
            pattern=mention.pattern.name,
            reasons=(
                f"denominator: {resolved.why}",
                f"sense: {judged.sense}, for {judged.because}",
                f"activity: {activity}, for {why}",
            ),
        )

    def _counted(self, activity: str) -> str:
        """What a quantity without a noun counts: what the one before it counts, and reports where reports are judged."""
        if activity == "report":
            return "reports"
        return self.groups.paragraph[-1].unit if self.groups.paragraph else "cases"

    def _share(self, mention: Mention, resolved: Resolved) -> Share | None:
        whole = resolved.denominator
        if mention.form in ("count", "all", "none", "all_but"):
            if resolved.numerator is None or not whole:
                if mention.form == "all":
                    return Share(1.0, 1.0)
                return Share(0.0, 0.0) if mention.form == "none" else None
            exact = resolved.numerator / whole
            low, high = exact, exact
            if mention.hedge == "min":
                high = 1.0
            elif mention.hedge == "max":
                low = 0.0
            elif mention.hedge == "above":
                low, high = (resolved.numerator + 1) / whole, 1.0
            elif mention.hedge == "below":
                low, high = 0.0, (resolved.numerator - 1) / whole
            return Share(round(low, 6), round(min(high, 1.0), 6))
        if mention.form == "vague":
            band = self.bands.of(mention.band or "")
            return _inwards(band.low, band.high, whole) if band else None
        assert mention.share is not None
        low, high = _around(mention.share, mention.hedge, mention.form, self.bands.hedge)
        return _inwards(low, high, whole)


def _numbers(doc: Words, start: int, end: int, reason: str) -> list[Omission]:
    """The numbers between two characters, left out for one reason."""
    return [
        Omission(word.start, word.end, word.text, reason)
        for word in doc
        if word.tag == "NUM" and start <= word.start < end
    ]


EXACTNESS = {"count": 0, "all_but": 0, "all": 0, "none": 0, "percentage": 1, "fraction": 2, "vague": 3}
DEFAULT_ACTIVITY = {
    "reoffending": "assessment",
    "public": "assessment",
    "child": "assessment",
    "sentence": "delivery",
    "management": "staff",
    "summary": "delivery",
}


def _around(share: float, hedge: str | None, form: str, reach: float) -> tuple[float, float]:
    """The closed interval of a fraction or percentage with its hedge. Plain percentages are rounded to whole points."""
    if hedge in (None, "exact"):
        return (max(0.0, share - 0.005), min(1.0, share + 0.005)) if form == "percentage" else (share, share)
    if hedge == "over":
        return share, min(1.0, share + reach)
    if hedge == "under":
        return max(0.0, share - reach), share
    if hedge == "about":
        return max(0.0, share - reach / 2), min(1.0, share + reach / 2)
    if hedge in ("above", "min"):
        return share, 1.0
    return 0.0, share


def _inwards(low: float, high: float, whole: int | None) -> Share:
    """With a known denominator, the interval rounded inwards to whole cases, unless none lies in it."""
    if whole:
        first, last = -int(-low * whole // 1), int(high * whole + 1e-9)
        first = -int(-(low * whole - 1e-9) // 1)
        if first <= last:
            low, high = first / whole, last / whole
    return Share(round(low, 6), round(high, 6))
