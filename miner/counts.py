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
from miner.numerals import to_number
from miner.records import Example, Finding, Letter, Omission, Paragraph, Section, Share
from miner.tokens import Words, read_tokens

SECTIONS_WITHOUT = frozenset({"introduction", "context", "strengths", "improvements", "closing"})
"""Sections whose quantities are no findings (the sample itself, dates, points, contacts)."""

RATES = frozenset(
    [
        "head",
        "week",
        "month",
        "quarter",
        "year",
        "worker",
        "officer",
        "manager",
        "day",
        "practitioner",
        "session",
        "fortnight",
        "person",
    ]
)
STANDING = re.compile(
    r"\b(?:should|must|ought to|needs? to|needs? to be|aims? to|intends? to|is to(?! the)|are to(?! the)|has to|have to|would (?:want|like|expect)|ensures? that|ensuring that|to ensure|make sure|makes sure|so that|in order to|target (?:is|was|of)|(?<!was )(?<!were )required by|requires? that|expects? that|expected that|policy is|rule is|the aim is)\b(?! have)[^,;:]*$"
)
STANDING_AFTER = re.compile(
    r"[^,;:.]{0,60}\b(?:should(?! have (?:been|had|done|\w+ed))|must|is to be|are to be|ought to(?! have)|needs? to be|will be)\b"
)

CONDITION = re.compile(
    r"(?:where|when|if|wherever|whenever)\b[^,]*\b(?:need\w*|required|due|called|warranted|should|necessary|appropriate|relevant)\b[^,]*,"
)
ECHOLESS = weights.COMMON | {"who", "which", "whom", "was", "were", "had", "been", "have", "has", "did"}
SUCH = re.compile(r"\bsuch\b")
SAYS = re.compile(
    r"[^.;]{0,90}\b(?:said|told|described|explained|remarked|recalled|put it|showed us|spoke of|commented)\b"
)
TO_COME = re.compile(r"(?:[^,;:.]{0,30}\b(?:is to be|are to be|will be)|\s*needs?)\b")
BESIDE = re.compile(r"\b(?:further|another|others|more|additional)\b(?! than)")
OTHER = re.compile(r"\b(?:other|remaining|others|rest)\b")
SAMPLING = re.compile(
    r"\b(?:we|i|inspectors) (?:have |had |all )?(?:read|examined|inspected|looked at|reviewed|saw|considered|assessed)(?: a sample of)?$|\bsample (?:of|comprised|was|were|consisted of|held)$"
)
LEAD_IN = re.compile(
    r"(?i)\b(?:we|an? inspector|inspectors?|one inspector|i)\b[^.]{0,40}\b(?:noted|found|saw|read|recorded|wrote|observed|commented|describ\w+|report\w*)\b|for example|as follows|an example|illustrat|:\s*$"
)
ENTRANTS = re.compile(r"(?i)first[- ]time entrants|\bcustody rate|\bcohort\b|England and Wales")
STATISTICS = re.compile(
    r"(?i)\bre-?offending rate|\bnational(?:ly)? (?:average|rate|figure)|\baverage for\b|first[- ]time entrants|\bof YOTs\b|\bper 100,000|\bcohort\b|Ministry of Justice|England and Wales|\bbudget|\bfunding\b|\bvacan|\bturnover\b|\bpopulation\b|\bin the (?:county|borough|city|district|town)\b|\bcrime had\b|\bcustody rate|\bprevious (?:year|inspection)\b|\blast inspection\b|\bpublished figure|\btargets?\b|\babsence\b|\bexclusions\b|\b(?:year|years) (?:before|earlier)\b|\bnational average\b"
)


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
    last_activity: str | None = None

    def __post_init__(self) -> None:
        self.groups = Groups(self.letter.facts.sample_size)

    def find_counts(
        self, section: Section, paragraph: Paragraph, examples: Sequence[Example]
    ) -> tuple[tuple[Finding, ...], tuple[Omission, ...]]:
        """The findings of a paragraph in printed order, and the quantities left out with the reason."""
        if paragraph.displayed:
            return (), ()
        text = paragraph.text
        doc, soft = read_tokens(text)
        if section.code in SECTIONS_WITHOUT:
            return (), tuple(_numbers(doc, 0, len(text), f"stands in the {section.code}"))
        apart = [(example.start, example.end, "inside a case example") for example in examples]
        apart += [
            (a, b, "inside somebody’s words")
            for a, b in quotations(text)
            if text.count(" ", a, b) >= 3 and not any(start < b and a < end for start, end, _ in apart)
        ]
        mentions, dropped = find_mentions(doc, soft, [(a, b) for a, b, _ in apart])
        omissions = [self._omit(doc, a, b, reason) for a, b, reason in dropped]
        for a, b, why in apart:
            omissions += _numbers(doc, a, b, why)
        sentences = sentence_bounds(doc)
        kept: list[Mention] = []
        referred: list[Mention] = []
        for mention in mentions:
            reason = self._reason_to_omit(doc, mention, section, examples, sentences, kept, mentions)
            if reason is None and self._is_part_of_other(doc, mention, dropped, sentences, kept):
                reason = "part of something that is not counted"
            if reason:
                if reason == REFERS_BACK:
                    referred.append(mention)
                omissions.append(self._omit(doc, mention.start, mention.end, reason))
            else:
                kept.append(mention)
        kept = self._merged(doc, kept)
        kept, groups = take_fronted_groups(doc, kept, sentences)
        groups += referred
        partitions = find_partitions(kept, self.letter.facts.sample_size, sentences)
        findings: list[Finding] = []
        self.groups.open_paragraph(section.code)
        before: str | None = None
        texts = [doc.text(a, b).lower().replace("'", "’") for a, b in sentences]
        previous_sentence: int | None = None
        for index, mention in enumerate(kept):
            number = next(i for i, (a, b) in enumerate(sentences) if a <= mention.start < b or i == len(sentences) - 1)
            sentence = sentences[number]
            for group in [g for g in groups if g.start < mention.start]:
                groups.remove(group)
                self.groups.name(group.n or group.m)
            clause = clause_of(doc, kept, index, sentence)
            narrowing = restrictor_text(doc, mention)
            fronted = mention.group
            partitive = self._is_partitive(mention, fronted) or index in partitions
            if mention.pattern.name in ("with_clause", "with_clause_in"):
                clause = clause_of(doc, kept, index, sentence, whole=True)
            judged = self._judge(doc, mention, clause, narrowing, partitive, before, previous_sentence == number)
            told = weights.sense_features(
                judged.sense,
                judged.strength,
                judged.because,
                mention.form,
                mention.link,
                mention.unit,
                partitive,
                before,
                clause,
                narrowing,
                [word.lower for word in doc[mention.end : mention.end + 3]],
                [word.lower for word in reversed(doc[max(0, mention.start - 2) : mention.start])],
            )
            if self.trace is not None:
                self.trace.append({"sense": told})
            judged = self._weigh(judged, told)
            resolved = self.groups.resolve(
                Query(
                    number=mention.n,
                    form=mention.form,
                    link="these"
                    if self.groups.paragraph and SUCH.search(doc.text(mention.start, mention.end))
                    else mention.link,
                    unit=mention.unit,
                    sense=judged.sense,
                    strength=judged.strength,
                    stated=mention.m if mention.m is not None else mention.group,
                    percent=mention.percent,
                    partition=partitions.get(index),
                    scope=self._scope(doc, mention, narrowing),
                    narrowed=bool(narrowing) and not INSPECTED.search(narrowing),
                    pair=mention.pattern.name.startswith("both") or (mention.form == "none" and mention.m == 2),
                    opens=index == 0,
                    same_sentence=previous_sentence == number,
                    subject=mention.pattern.name == "subject",
                    definite=mention.definite,
                    conditional=CONDITION.match(texts[number]) is not None
                    and (index == 0 or kept[index - 1].start < sentence[0]),
                    generic=mention.unit in ("staff", "managers") and mention.form != "count" and not mention.definite,
                    echo=frozenset(word for word in weights.WORD.findall(narrowing) if word not in ECHOLESS),
                    beside=bool(BESIDE.search(doc.text(mention.start, mention.end).lower())),
                )
            )
            is_definite = mention.pattern.name in ("definite", "definite_in")
            if (
                resolved is not None
                and is_definite
                and judged.strength < 3
                and not resolved.why.startswith(("what ", "it and"))
            ):
                self.groups.name(mention.n)
                omissions.append(self._omit(doc, mention.start, mention.end, REFERS_BACK))
                continue
            if resolved is None:
                omissions.append(self._omit(doc, mention.start, mention.end, "more than any group it could be part of"))
                continue
            sentence_text = texts[number]
            earlier = (*((texts[number - 1],) if number else ()), *(texts[i] for i in range(number - 2, -1, -1)))
            own = qualifiers.activity_in(clause)
            last = self.groups.paragraph[-1] if self.groups.paragraph else None
            activity, why = self._activity(mention, own, last, narrowing, sentence_text, earlier, section.code)
            told = weights.activity_features(
                activity,
                why.rpartition("”")[2].strip(),
                own.name if own else None,
                last.activity if last else None,
                section.code,
                mention.unit,
                mention.link,
                clause,
                narrowing,
                sentence_text,
                earlier,
            )
            if self.trace is not None:
                self.trace[-1] |= {
                    "activity": told,
                    "start": doc[mention.cue_start or mention.start].start,
                    "end": doc[mention.end - 1].end,
                }
            learned = weights.load().get("activity") if self.learned else None
            if learned is not None:
                decision = learned.decide(told)
                if decision.label != activity:
                    activity, why = decision.label, f"weighing {', '.join(decision.because)}"
            self.last_activity = activity
            finding = self._finding(
                doc,
                text,
                mention,
                resolved,
                judged,
                section.code,
                activity,
                why,
                doc.text(sentence[0], sentence[1]).strip(),
            )
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
                    new=mention.unit is not None and mention.link in ("bare", "noun", "stated"),
                    words=frozenset(weights.WORD.findall(clause)),
                )
            )
            before = judged.sense if judged.sense != "neutral" else before
            previous_sentence = number
        return tuple(findings), tuple(omissions)

    def _judge(
        self,
        doc: Words,
        mention: Mention,
        clause: str,
        narrowing: str,
        partitive: bool,
        before: str | None,
        same: bool,
    ) -> qualifiers.Judgement:
        """The sense of a mention: from its clause, else from what narrows its noun, else from the one before."""
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

    def _weigh(self, judged: qualifiers.Judgement, told: list[str]) -> qualifiers.Judgement:
        """The rules' judgement, or the learned weights' where they are clearly of another mind."""
        learned = weights.load().get("sense") if self.learned else None
        if learned is None:
            return judged
        decision = learned.decide(told)
        if decision.label == judged.sense:
            return judged
        return qualifiers.Judgement(decision.label, f"weighing {', '.join(decision.because)}", min(judged.strength, 2))

    def _activity(
        self,
        mention: Mention,
        own: qualifiers.Activity | None,
        last: Group | None,
        narrowing: str,
        sentence: str,
        earlier: tuple[str, ...],
        section: str,
    ) -> tuple[str, str]:
        """The activity that a quantity judges: named by its noun, by its clause, or by the group it is part of."""
        by_noun = qualifiers.ACTIVITY_OF_UNIT.get(mention.unit or "")
        if by_noun and (own is None or own.name not in qualifiers.STRONGER.get(by_noun, ())):
            return by_noun, f"{mention.unit} are counted"
        anaphoric = mention.link in ("these", "other") or (mention.unit is None and mention.group is None)
        if anaphoric and last is not None and (own is None or own.score < 1.8 or own.name not in qualifiers.TURNS):
            return last.activity, "as the group it is part of"
        for found, place in (
            (own, "in its clause"),
            (qualifiers.activity_in(narrowing), "in what narrows its noun"),
            (qualifiers.activity_in(sentence), "in its sentence"),
        ):
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

    def _reason_to_omit(
        self,
        doc: Words,
        mention: Mention,
        section: Section,
        examples: Sequence[Example],
        sentences: list[tuple[int, int]],
        earlier: Sequence[Mention],
        coming: Sequence[Mention],
    ) -> str | None:
        end = doc[mention.end - 1].end
        a, b = next((bounds for bounds in sentences if bounds[0] <= mention.start < bounds[1]), (1, len(doc)))
        sentence = doc.text(a, b)
        if mention.n == 1 and mention.form == "count" and mention.m is None:
            ahead = doc.text(mention.end, len(doc))[:160]
            quote = next((example for example in examples if 0 <= example.start - end < 170), None)
            if quote is not None or (
                mention.unit == "cases" and LEAD_IN.search(ahead[:60]) and re.search(r"[“\"‘]|:", ahead)
            ):
                return "leads in an example"
            alone = (
                mention.unit not in (None, "cases")
                and mention.link == "bare"
                and not earlier
                and not mention.hedge
                and not INSPECTED.match(ahead.lower())
            )
            if mention.unit != "cases" and not mention.hedge and SAYS.match(ahead):
                return "“one” tells of a single one"
            if alone or (mention.unit in ("staff", "managers") and not _is_counted_one(doc, mention)):
                return "“one” tells of a single one"
            if mention.unit is None and not _is_counted_one(doc, mention):
                return "“one” as a pronoun"
        fronted = is_fronted(doc, mention, a)
        before = doc[mention.start - 1].lower if mention.start else ""
        behind = doc.text(a, mention.start).lower()
        if mention.pattern.name == "hedged" and not (earlier and (mention.hedge or before in ("only", "just"))):
            return "no group to be part of"
        if (
            mention.pattern.name in ("with_clause", "with_clause_in")
            and doc[mention.start - 1].tag == "WORD"
            and not earlier
        ):
            return "no group to be part of"
        numbers = re.search(
            r"\b(?:number(?:ed|ing)|total(?:led|ling)|(?:came|amounted) to|there (?:were|had been|are))(?: only| just| also)?$",
            behind.strip(),
        )
        if mention.pattern.name == "alone" and (
            not (earlier or (numbers and "UNIT" in (token.tag for token in doc[1 : mention.start])))
            or before in ("was", "is", "be", "turned")
        ):
            return "no group to be part of"
        if mention.hedge and mention.unit is None and before == "of" and mention.link == "bare" and not fronted:
            return "no part of a group"
        if (
            before == "in"
            and re.search(r"\b(?:split|cut|divided|broken?|torn)\b[^.]{0,20}$", behind.removesuffix(" in").strip())
            and mention.unit is None
        ):
            return "no part of a group"
        later = any(other.start >= mention.end and other.start < b for other in coming)
        stated = any(
            other.start >= mention.end and other.start < b and other.m and doc[other.start - 1].lower == "in"
            for other in coming
        )
        if (
            mention.pattern.name == "none_noun"
            and doc[mention.start].lower == "no"
            and later
            and (mention.unit in MADE or stated)
        ):
            return "“no” in a sentence that counts otherwise"
        if mention.form in ("percentage", "fraction") and re.search(r"(?i)\bnationally\b|\bnationwide\b", sentence):
            return "a published statistic"
        if mention.pattern.name == "all_bare" and (
            not earlier
            or before in ("when", "where", "how")
            or re.search(r"\bwe (?:have|had|are|were)$", behind.strip())
        ):
            return "“all” without a group"
        if mention.pattern.name == "group" and not is_fronted(doc, mention, a):
            return REFERS_BACK
        if mention.pattern.name == "gapped" and not any(a <= other.start for other in earlier):
            return "no verb, and no quantity before it in the sentence"
        ahead_words = [token.lower for token in doc[mention.end : mention.end + 3]]
        if mention.pattern.name == "units" and before in ("the", "these", "those", "both") and not fronted:
            return REFERS_BACK
        if (
            ahead_words[:1] in (["a"], ["per"], ["each"], ["every"])
            and ahead_words[1:2]
            and ahead_words[1] in RATES
            and not (mention.end + 2 < len(doc) and doc[mention.end + 2].tag in ("VERB", "PAST"))
        ):
            return "a rate"
        if mention.unit in ("staff", "managers") and mention.form == "count" and mention.link == "bare" and not fronted:
            posts = re.search(
                r"\b(?:has|have|had|employ\w*|there (?:are|is|were|was|used to be)|comprises?|consists? of|made up of|of|and|with|by|a team of|to)(?: (?:only|just|about|some|now|now only))?$",
                behind.strip(),
            )
            verb = doc[mention.end].tag in ("VERB", "PAST") if mention.end < len(doc) else False
            asked = re.search(
                r"\b(?:asked|interviewed|met|spoke (?:to|with)|talked (?:to|with)|questioned|saw)$", behind.strip()
            )
            if not asked and ((posts and not verb) or not (verb or before in ("in", "for"))):
                return "staff posts"
        if (
            STANDING.search(behind)
            or TO_COME.match(doc.text(mention.end, b).lower())
            or (
                mention.form in ("all", "percentage", "fraction", "none", "all_but")
                and STANDING_AFTER.match(doc.text(mention.end, b).lower())
            )
        ):
            return "a standing rule, target or hope"
        if mention.pattern.name == "fronted_in" and (not earlier or doc[mention.end].lower in TIME_WORDS):
            return "no group to be part of"
        if (
            mention.pattern.name == "in_number"
            and before in ("by", "about", "with", "among", "against", "to")
            and not earlier
        ):
            return "no group to be part of"
        sample = self.letter.facts.sample_size
        if mention.n is not None and mention.n == sample and mention.link == "bare" and SAMPLING.search(behind):
            return "the sample itself"
        if mention.unit is None and mention.form == "count" and re.search(r"\bposts\b|\bvacan|\bfrozen\b", sentence):
            return "staff posts"
        if (
            section.code == "management"
            and not fronted
            and mention.unit == "cases"
            and mention.form == "count"
            and mention.link == "bare"
            and re.search(r"(?i)\baudit|\bcaseload|\bsampl|\bdip\b", sentence)
        ):
            return "a number of files in the service's own checks"
        if mention.pattern.name in ("both_bare",) or (
            mention.form == "none" and mention.m == 2 and mention.unit is None and mention.pattern.name != "none_stated"
        ):
            printed = any(to_number(token.lower) == 2 for token in doc[1 : mention.start])
            if not printed and not any(2 in (m.n, m.m) for m in earlier):
                return "“both” or “neither” without a count of two before it"
        if (
            mention.form == "percentage"
            and STATISTICS.search(sentence)
            and (mention.unit is None or ENTRANTS.search(sentence))
        ):
            return "a published statistic"
        if mention.form in ("percentage", "fraction") and re.search(
            r"(?i)national(?:ly)?|England|average", doc.text(max(a, mention.start - 6), mention.start)
        ):
            return "a published statistic"
        if re.search(r"(?i)\bof (?:all )?YOTs?\b", doc.text(mention.end, mention.end + 4)):
            return "a published statistic"
        if (
            mention.pattern.name in ("none_these",)
            and mention.unit is None
            and not earlier
            and doc[mention.start].lower == "none"
            and doc.text(mention.end, mention.end + 1).lower() not in ("was", "were", "had", "of")
        ):
            return "“none” without a group"
        return None

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

    def _is_partitive(self, mention: Mention, fronted: int | None) -> bool:
        """Whether the quantity is part of a stated or earlier group."""
        if fronted or mention.form != "count" or mention.link != "bare":
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
        self,
        doc: Words,
        text: str,
        mention: Mention,
        resolved: Resolved,
        judged: qualifiers.Judgement,
        section: str,
        activity: str,
        why: str,
        sentence: str,
    ) -> Finding:
        start, end = doc[mention.cue_start or mention.start].start, doc[mention.end - 1].end
        share = self._share(mention, resolved)
        met: Share | None = None
        if share is not None and judged.sense != "neutral":
            met = share if judged.sense == "met" else Share(round(1 - share.high, 6), round(1 - share.low, 6))
        counted = mention.unit or self._counted(activity)
        return Finding(
            start=start,
            end=end,
            cue=text[start:end],
            sentence=sentence,
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


MADE = frozenset({"plans", "reports", "reviews", "assessments"})
REFERS_BACK = "refers back to a group"
EXACTNESS = {"count": 0, "all_but": 0, "all": 0, "none": 0, "percentage": 1, "fraction": 2, "vague": 3}
DEFAULT_ACTIVITY = {
    "reoffending": "assessment",
    "public": "assessment",
    "child": "assessment",
    "sentence": "delivery",
    "management": "staff",
    "summary": "delivery",
}


def _is_counted_one(doc: Words, mention: Mention) -> bool:
    """Whether "one" is a number here: in a row of counts, after "only", before "was not"."""
    before = doc[mention.start - 1] if mention.start > 1 else None
    after = doc[mention.end] if mention.end < len(doc) else None
    if mention.hedge or mention.link == "other" or mention.percent:
        return True
    if before is not None and before.lower in ("only", "just", "in", "a", "another", "remaining"):
        return True
    starts = before is None or before.tag in ("START", "PUNCT", "AND", "CONJ")
    if mention.unit is not None:
        return starts and after is not None and after.tag in ("VERB", "PAST")
    return (
        starts
        and after is not None
        and (after.tag in ("VERB", "PAST") or after.lower in ("that", "in", "where", "which", ","))
    )


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
