"""Which group a quantity is part of: what the letter has said before, and how later words refer to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PARTITIVE_FORMS = ("all", "none")
PEOPLE = ("staff", "managers", "parents", "victims")
"""Of these a letter names no sample: what is said of some of them is said of those counted last."""
SOFT_FORMS = ("vague", "fraction", "percentage")
ACTIVITY_OF = {
    "reports": "report",
    "reviews": "review",
    "plans": "planning",
    "assessments": "assessment",
    "victims": "victims",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A quantity already read: `size` of `whole`, what it counts, and what was said of it.

    `stated`: the group's size where it is printed with it; `strength`: how sure its sense is
    (qualifiers.Judgement); `new`: it names what it counts, and so may be the group of what follows.
    """

    size: int | None
    whole: int | None
    unit: str
    activity: str
    sense: str
    form: str
    stated: int | None = None
    strength: int = 3
    new: bool = True
    words: frozenset[str] = frozenset()
    """The words of its clause."""

    @property
    def frames(self) -> int | None:
        """The size of the group that bare counts after it are part of."""
        is_need = self.new and (
            (self.sense == "neutral" and self.strength >= 2) or (self.whole is None and self.unit in PEOPLE)
        )
        return self.size if is_need and self.size and self.form in ("count", "all", "all_but") else self.whole


@dataclass(frozen=True, slots=True)
class Query:
    """A quantity whose group is sought. `link` and `form` as in patterns.

    `stated`: the group's size in the cue itself or put before it; `partition`: a group that this
    quantity and its neighbours add up to; `scope` (sample, definite, open) and `narrowed` tell
    how its noun is determined; `pair`: "both" or "neither"; `opens`: the first of its paragraph.
    """

    number: int | None
    form: str
    link: str
    unit: str | None
    sense: str
    strength: int = 3
    stated: int | None = None
    percent: int | None = None
    partition: int | None = None
    scope: str = "open"
    narrowed: bool = False
    definite: bool = False
    pair: bool = False
    opens: bool = False
    same_sentence: bool = False
    conditional: bool = False
    """A condition opens its sentence: "Where one was needed, ...": the group is no longer the sample."""
    generic: bool = False
    """It counts staff at large ("all staff", "most practitioners"), not those counted before."""
    echo: frozenset[str] = frozenset()
    """The words of the phrase that narrows its noun."""
    beside: bool = False
    """It stands beside the quantity before it: "a further three"."""
    subject: bool = False
    """It is the subject of its clause: "six were good"."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A quantity with its denominator, where that comes from, and why."""

    numerator: int | None
    denominator: int | None
    source: str | None
    why: str
    unit: str | None = None


@dataclass(slots=True)
class Groups:
    """The groups of one letter, in printed order. `sample` is the number of cases inspected, or None."""

    sample: int | None
    letter: list[Group] = field(default_factory=list)
    paragraph: list[Group] = field(default_factory=list)
    before: list[Group] = field(default_factory=list)
    section: str = ""
    printed: set[int] = field(default_factory=set)
    named: int | None = None
    """The size of a group that the paragraph has only named: "Of the 22 cases, ..."."""

    def open_paragraph(self, section: str) -> None:
        """A new paragraph begins; the one before is remembered within its section."""
        if section != self.section:
            self.before = []
        elif self.paragraph:
            self.before = self.paragraph
        self.section = section
        self.paragraph, self.printed, self.named = [], set(), None

    def name(self, size: int | None) -> None:
        """A group is named without anything being said of it yet."""
        self.named = size
        if size is not None:
            self.printed.add(size)

    def add(self, group: Group) -> None:
        """A quantity has been read and resolved."""
        self.letter.append(group)
        self.paragraph.append(group)
        self.printed.update(number for number in (group.size, group.stated) if number is not None)

    def has_need(self) -> bool:
        """Whether the paragraph speaks of a group in which something was needed or happened."""
        return bool(self.named) or any(group.frames == group.size and group.size for group in self.paragraph)

    # --- resolution -------------------------------------------------------------------

    def resolve(self, query: Query) -> Resolved | None:
        """The numerator and denominator of a quantity; None where it exceeds every group it could be part of."""
        if query.pair:
            return self._of(query, 2, "antecedent", "“both” and “neither” are of two")
        if query.stated is not None:
            return self._of(query, query.stated, "stated", "printed in the phrase")
        if query.partition is not None:
            return self._of(query, query.partition, None, "it and its neighbours add up to it")
        if query.link == "other":
            return self._complement(query)
        if query.scope == "sample":
            return self._of_sample(query, "the words speak of the sample")
        if query.link == "these":
            return self._these(query)
        if query.link == "noun" and query.unit is not None:
            return self._of_noun(query, query.unit)
        if query.link == "noun":
            return self._elliptical(query)
        return self._bare(query)

    def _of(self, query: Query, whole: int | None, source: str | None, why: str) -> Resolved | None:
        """The quantity as part of `whole`; `source` None: the sample, unless its number stands in the paragraph."""
        number = query.number
        if whole is None:
            numerator = number if query.form == "count" else 0 if query.form == "none" else None
            return Resolved(numerator, None, None, why, query.unit)
        if source is None:
            source = "sample" if whole == self.sample and whole not in self.printed else "antecedent"
        if query.form == "all":
            number = whole
        elif query.form == "all_but" and number is not None:
            number = whole - number
        elif query.form in SOFT_FORMS:
            number = None
        if number is not None and not 0 <= number <= whole:
            return None
        return Resolved(number, whole, source, why, query.unit)

    def _of_sample(self, query: Query, why: str) -> Resolved | None:
        if self.sample is None:
            return self._of(query, None, None, "the sample's size is not stated")
        return self._of(query, self.sample, None if query.form == "count" else "sample", why)

    def _complement(self, query: Query) -> Resolved | None:
        """The whole of "the remaining two": the group whose parts so far leave two over."""
        number = query.number
        if number is None:
            return None
        for groups in (self.paragraph, self.before, self.letter[-8:]):
            for whole in _wholes(groups):
                parts = [g.size for g in groups if g.whole == whole and g.size is not None and g.size < whole]
                for first in range(len(parts)):
                    if sum(parts[first:]) + number == whole:
                        return self._of(query, whole, "antecedent", f"what {sum(parts[first:])} of {whole} leave over")
        frame = self._frame(number)
        if frame is not None:
            return self._of(query, frame, "antecedent", "the group spoken of before")
        if not self.paragraph and not self.before:
            return None
        return self._of_sample(query, "no earlier group leaves this over")

    def _these(self, query: Query) -> Resolved | None:
        """ "of these", "of which", "all of them": the group named last."""
        number = query.number
        for groups in (self.paragraph, self.before):
            if not groups:
                continue
            last = groups[-1]
            # "good enough in 17 of the 18. Six of these were due for a review": of the eighteen.
            # "Eight of the nine felt supported. None of them had been trained": of the nine.
            needs = (
                query.form == "count" and query.sense == "neutral" and query.strength >= 2 and not query.same_sentence
            )
            topic = last.strength == 0 or (last.strength == 3 and last.sense != "neutral")
            whole = query.form in PARTITIVE_FORMS and not query.same_sentence and not last.new and topic
            # "sufficient in 5 of the 13. In four of these no plan had been written": of the thirteen.
            contrary = (
                query.form == "count"
                and not query.same_sentence
                and (last.sense, query.sense) == ("met", "not_met")
                and query.strength == 3
                and last.strength == 3
            )
            if (
                (whole or contrary or (needs and last.sense != "neutral"))
                and last.whole
                and (number or 0) <= last.whole
            ):
                return self._of(query, last.whole, "antecedent", "the group judged before")
            for group in reversed(groups):
                # "sought in eight, obtained in five and heeded in none": none of the whole.
                opens = group.new and group.sense == "neutral" and not query.same_sentence
                size = (group.frames if query.form == "none" and not opens else None) or group.size or group.whole
                if size is not None and ((number or 0) <= size or query.form in PARTITIVE_FORMS):
                    return self._of(query, size, "antecedent", "the group named last")
        if self.named is not None:
            return self._of(query, self.named, "antecedent", "the group named before")
        if query.form == "count":
            return self._of_sample(query, "no earlier group")
        return self._of(query, None, None, "no earlier group")

    def _of_noun(self, query: Query, unit: str) -> Resolved | None:
        """ "of the plans", "every case", "all relevant cases"."""
        if query.generic:
            return self._of(query, None, None, f"{unit} at large")
        if query.narrowed:
            for group in reversed(self.paragraph):
                if group.unit == unit and group.size and query.echo and query.echo <= group.words:
                    return self._of(query, group.size, "antecedent", "those of whom this was said before")
        if unit in ("cases", "children"):
            if query.narrowed:
                return self._of(query, None, None, "a condition narrows the group")
            if query.scope == "definite" or query.form == "all_but":
                return self._of_sample(query, "“the cases”, “every case” speak of the sample")
            frame = self._frame(None)
            if query.form == "none" and frame is not None and frame != self.sample:
                return self._of(query, frame, "antecedent", "the group spoken of before")
            return self._of(query, None, None, "the group's size is not stated")
        if query.narrowed and query.form not in ("all_but", "count"):
            return self._of(query, None, None, "a condition narrows the group")
        size = self._by_noun(unit, query.number)
        if size is None and unit == "assessments" and query.definite:
            return self._of_sample(query, "each case has its assessment")
        if (
            size is None
            and query.form in PARTITIVE_FORMS
            and unit in ("reports", "reviews", "plans")
            and (frame := self._frame(None)) != self.sample
        ):
            return self._of(query, frame, "antecedent", "one for each of the group spoken of before")
        return self._of(
            query, size, "antecedent", f"the {unit} counted before" if size else f"no number of {unit} is stated"
        )

    def _by_noun(self, unit: str, number: int | None) -> int | None:
        """The size of the group of reports, plans ... that the letter counted last."""
        activity = ACTIVITY_OF.get(unit)
        pools = [self.paragraph, self.before]
        if unit == "reports":
            pools.append(self.letter)
        for pool in pools:
            for group in reversed(pool):
                named = group.unit == unit
                same = unit != "victims" and group.activity == activity and group.unit in ("cases", "children")
                if not named and not (same and group.new):
                    continue
                # "Six children had been the subject of a report": there are six reports.
                size = (group.frames if named else group.size) or group.whole
                if size is not None and (number or 0) <= size:
                    return size
        return None

    def _elliptical(self, query: Query) -> Resolved | None:
        """ "The vast majority were good", "a third were not": of the group spoken of before."""
        frame = self._part_of_last(query) if query.form == "all_but" else None
        frame = frame or self._frame(query.number)
        if frame is not None:
            return self._of(
                query, frame, None if query.form == "percentage" else "antecedent", "the group spoken of before"
            )
        if query.form == "all_but":
            return self._of_sample(query, "no earlier group")
        return self._of(query, None, None, "no earlier group")

    def _frame(self, number: int | None) -> int | None:
        """The group that the paragraph is speaking of: one named, the last in which something was
        needed or happened, or the whole of the last one judged."""
        for group in reversed(self.paragraph):
            for size in (group.frames, group.whole):
                if size is not None and (number or 0) <= size:
                    return size
        return self.named if self.named is not None and (number or 0) <= self.named else None

    def _part_of_last(self, query: Query) -> int | None:
        """The size of the quantity just before, where a bare count is part of it and not beside it.

        "Six children stopped attending. Two were visited": two of the six. "It was sufficient in
        ten cases and late in three": beside it.
        """
        last = self.paragraph[-1] if self.paragraph else None
        if last is None or not last.new or last.form != "count" or not last.size:
            return None
        in_cases = query.unit == "cases" and not query.same_sentence and not query.subject and last.sense == "neutral"
        if query.unit is not None and not in_cases:
            return None
        number = query.number
        if query.beside or number is None or number > last.size or (last.whole and number + last.size == last.whole):
            return None
        # "On the rise in ten of the 16 and on the wane in four": side by side where both fit in.
        beside = last.sense != "neutral" and last.stated and last.whole and number + last.size <= last.whole
        # "Nine had been in care and six had lost a parent": two circumstances, side by side.
        beside = beside or (query.same_sentence and query.subject and last.sense == query.sense == "neutral")
        if beside:
            return None
        starts = query.subject and not query.same_sentence and (last.sense != "met" or not last.stated)
        return last.size if last.strength < 3 or starts else None

    def _bare(self, query: Query) -> Resolved | None:
        """ "in four cases", "eleven were good": no word of the group."""
        number, unit = query.number, query.unit
        frame = self._frame(number)
        if number is not None and query.percent is not None:
            for whole in (frame, self.sample, *sorted(self.printed)):
                if whole and number <= whole and abs(100 * number / whole - query.percent) <= 0.6:
                    return self._of(query, whole, None, f"{query.percent}% of {whole}")
        if unit in ("staff", "managers", "parents", "victims"):
            size = self._by_noun(unit, number)
            return self._of(
                query, size, "antecedent", f"{unit} counted before" if size else f"no number of {unit} is stated"
            )
        if self.section == "management" and unit is None:
            return self._of(query, frame, "antecedent", "the group spoken of before" if frame else "no group is stated")
        if frame is None and query.opens and unit is None:
            for group in reversed(self.before):
                if group.whole and (number or 0) <= group.whole:
                    return self._of(query, group.whole, "antecedent", "the group of the paragraph before")
        part = self._part_of_last(query)
        if part is not None:
            return self._of(query, part, "antecedent", "part of the group counted just before")
        circumstance = query.sense == "neutral" and query.strength >= 2 and unit in ("cases", "children")
        if frame is not None and not circumstance:
            return self._of(query, frame, None, "the group spoken of before")
        if query.beside and self.paragraph and not circumstance and self.paragraph[-1].whole:
            return self._of(query, self.paragraph[-1].whole, "antecedent", "beside the quantity before it")
        if unit in ACTIVITY_OF and not query.beside:
            size = self._by_noun(unit, number)
            return self._of(
                query, size, "antecedent", f"the {unit} counted before" if size else f"no number of {unit} is stated"
            )
        if query.conditional and frame is None and unit == "cases":
            return self._of(query, None, None, "a condition narrows the group")
        if query.narrowed and not circumstance and query.form != "none" and query.sense != "neutral" and frame is None:
            return self._of_sample(query, "no earlier group in the paragraph")
        return self._of_sample(query, "no earlier group in the paragraph")


def _wholes(groups: Iterable[Group]) -> list[int]:
    """Sizes that the parts of a group may add up to, the latest first."""
    wholes: list[int] = []
    for group in reversed(list(groups)):
        for whole in (group.whole, group.size if group.sense == "neutral" else None):
            if whole is not None and whole not in wholes:
                wholes.append(whole)
    return wholes
