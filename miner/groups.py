"""Which group a quantity is part of: what the letter has said before, and how later words refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Group:
    """A quantity already read: `size` of `whole`, what it counts, and what was said of it."""

    size: int | None
    whole: int | None
    unit: str
    activity: str
    section: str
    sense: str
    stated: int | None
    form: str


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

    def open_paragraph(self, section: str) -> None:
        """A new paragraph begins; the one before is remembered within its section."""
        if section == self.section and self.paragraph:
            self.before = self.paragraph
        elif section != self.section:
            self.before = []
        self.section = section
        self.paragraph = []
        self.printed = set()

    def open_sentence(self) -> None:
        """A new sentence begins."""

    def any_here(self) -> bool:
        return bool(self.paragraph)

    def has_need(self) -> bool:
        """Whether the paragraph speaks of a group in which something was needed or happened."""
        return any(group.sense == "neutral" and group.size for group in self.paragraph)

    def add(self, group: Group) -> None:
        self.letter.append(group)
        self.paragraph.append(group)
        for number in (group.size, group.stated):
            if number is not None:
                self.printed.add(number)

    # --- resolution -------------------------------------------------------------------

    def resolve(
        self,
        *,
        number: int | None,
        stated: int | None,
        form: str,
        link: str,
        unit: str | None,
        fronted: int | None,
        percent: int | None,
        sense: str,
        scope: str,
        narrowed: bool,
        both: bool,
        opens: bool,
    ) -> Resolved | None:
        """The numerator and denominator of a quantity; None where it exceeds every group it could be part of.

        `link`, `form` as in patterns; `stated` is a group size in the cue itself, `fronted` one put
        before it; `scope` and `narrowed` tell how its noun is determined.
        """
        if both:
            whole = 2
            return self._with(form, number, whole, "antecedent", "“both” and “neither” are of two")
        if stated is not None:
            return self._with(form, number, stated, "stated", "printed in the phrase")
        if fronted is not None:
            return self._with(form, number, fronted, "stated", "printed before it in the sentence")
        if link == "other":
            return self._complement(number, form)
        if link == "these":
            return self._these(number, form, sense)
        if scope == "sample":
            return self._of_sample(form, number, "the words speak of the sample")
        if link == "noun":
            return self._of_noun(number, form, unit, scope, narrowed, sense)
        return self._bare(number, form, unit, percent, sense, narrowed, opens)

    def _with(
        self, form: str, number: int | None, whole: int | None, source: str | None, why: str, unit: str | None = None
    ) -> Resolved | None:
        if whole is None:
            return Resolved(number if form == "count" else 0 if form == "none" else None, None, None, why, unit)
        if form == "all":
            number = whole
        elif form == "none":
            number = 0
        elif form == "all_but" and number is not None:
            number = whole - number
        elif form in ("vague", "fraction", "percentage"):
            return Resolved(None, whole, source, why, unit)
        if number is not None and (number > whole or number < 0):
            return None
        return Resolved(number, whole, source, why, unit)

    def _of_sample(self, form: str, number: int | None, why: str) -> Resolved | None:
        if self.sample is None:
            return self._with(form, number, None, None, "the sample's size is not stated")
        source = "antecedent" if self.sample in self.printed and form == "count" else "sample"
        return self._with(form, number, self.sample, source, why)

    def _complement(self, number: int | None, form: str) -> Resolved | None:
        """The whole of "the remaining two": the group whose parts so far leave two over."""
        if number is None:
            return None
        for groups in (self.paragraph, self.before, self.letter[-8:]):
            wholes: list[int] = []
            for group in reversed(groups):
                for whole in (group.whole, group.size if group.sense == "neutral" else None):
                    if whole is not None and whole not in wholes and whole >= number:
                        wholes.append(whole)
            for whole in wholes:
                parts = [g.size for g in groups if g.whole == whole and g.size is not None and g.size != whole]
                for first in range(len(parts)):
                    if sum(parts[first:]) + number == whole:
                        return Resolved(
                            number,
                            whole,
                            "antecedent",
                            f"what {sum(parts[first:])} of {whole} leave over",
                            groups[-1].unit,
                        )
        frame = self._frame(number, "not_met")
        if frame is not None:
            return Resolved(number, frame, "antecedent", "the group spoken of before")
        return self._of_sample(form, number, "no earlier group leaves this over")

    def _these(self, number: int | None, form: str, sense: str) -> Resolved | None:
        """ "of these", "of which", "all of them": the group named last."""
        for groups in (self.paragraph, self.before):
            if not groups:
                continue
            last = groups[-1]
            # "good enough in 17 of the 18. Six of these were due for a review": of the eighteen.
            if (
                last.sense in ("met", "not_met")
                and sense == "neutral"
                and last.whole
                and last.size is not None
                and (number is None or number <= last.whole)
                and form == "count"
            ):
                return self._with(form, number, last.whole, "antecedent", "the group judged before", last.unit)
            for group in reversed(groups):
                size = group.size if group.size not in (None, 0) else group.whole
                if size is not None and (number is None or number <= size or form in ("all", "none")):
                    return self._with(form, number, size, "antecedent", "the group named last", group.unit)
        if form in ("vague", "fraction", "percentage", "all", "none"):
            return self._with(form, number, None, None, "no earlier group")
        return self._of_sample(form, number, "no earlier group")

    def _of_noun(
        self, number: int | None, form: str, unit: str | None, scope: str, narrowed: bool, sense: str
    ) -> Resolved | None:
        """ "of the plans", "every case", "all relevant cases"."""
        if unit is None:
            if form in ("vague", "fraction", "percentage", "all_but"):
                return self._elliptical(number, form, sense)
            return self._bare(number, form, unit, None, sense, narrowed, False)
        if unit in ("cases", "children"):
            if narrowed:
                return self._with(form, number, None, None, "a condition narrows the group", unit)
            if scope == "definite":
                return self._of_sample(form, number, "“the cases”, “every case” speak of the sample")
            if form == "all_but":
                return self._of_sample(form, number, "“the cases” speak of the sample")
            if form == "none" and self.paragraph:
                return self._these(number, form, sense)
            return self._with(form, number, None, None, "the group's size is not stated", unit)
        if narrowed and form not in ("all_but", "count"):
            return self._with(form, number, None, None, "a condition narrows the group", unit)
        size = self._by_noun(unit, number, form)
        if size is not None:
            return self._with(form, number, size, "antecedent", f"the {unit} counted before", unit)
        return self._with(form, number, None, None, f"no number of {unit} is stated", unit)

    def _by_noun(self, unit: str, number: int | None, form: str) -> int | None:
        """The size of the group of reports, plans ... that the letter counted last."""
        activity = {
            "reports": "report",
            "reviews": "review",
            "plans": "planning",
            "assessments": "assessment",
            "victims": "victims",
        }.get(unit)
        pools = [self.paragraph, self.before]
        if unit == "reports":
            pools.append(self.letter)
        for pool in pools:
            for group in reversed(pool):
                fits = group.unit == unit or (
                    activity is not None and group.activity == activity and group.sense == "neutral"
                )
                if not fits:
                    continue
                size = group.size if group.sense == "neutral" and group.size else group.whole
                if size is not None and (number is None or number <= size):
                    return size
        return None

    def _elliptical(self, number: int | None, form: str, sense: str) -> Resolved | None:
        """ "The vast majority were good", "a third were not": of the group spoken of before."""
        frame = self._frame(number, sense)
        if frame is not None:
            return self._with(form, number, frame, "antecedent", "the group spoken of before")
        if form == "all_but":
            return self._of_sample(form, number, "no earlier group")
        return self._with(form, number, None, None, "no earlier group")

    def _frame(self, number: int | None, sense: str) -> int | None:
        """The group that the paragraph is speaking of: the last in which something was needed or
        happened, or the whole of the last one judged."""
        for group in reversed(self.paragraph):
            is_need = group.sense == "neutral" and group.size and group.form in ("count", "all")
            if is_need and group.size and (number is None or number <= group.size):
                return group.size
            if group.whole is not None and (number is None or number <= group.whole):
                return group.whole
        return None

    def _bare(
        self,
        number: int | None,
        form: str,
        unit: str | None,
        percent: int | None,
        sense: str,
        narrowed: bool,
        opens: bool,
    ) -> Resolved | None:
        """ "in four cases", "eleven were good": no word of the group."""
        if number is not None and percent is not None:
            for whole in (*(g for g in (self._frame(number, sense), self.sample) if g), *self.printed):
                if whole and number <= whole and abs(100 * number / whole - percent) <= 0.6:
                    source = "sample" if whole == self.sample and whole not in self.printed else "antecedent"
                    return self._with(form, number, whole, source, f"{percent}% of {whole}")
        if unit in ("staff", "managers", "parents", "victims"):
            size = self._by_noun(unit, number, form)
            return self._with(
                form,
                number,
                size,
                "antecedent" if size else None,
                f"{unit} counted before" if size else f"no number of {unit} is stated",
                unit,
            )
        if self.section == "management" and unit not in ("cases", "children"):
            frame = self._frame(number, sense)
            return self._with(
                form,
                number,
                frame,
                "antecedent" if frame else None,
                "the group spoken of before" if frame else "no group stated",
                unit,
            )
        frame = self._frame(number, sense)
        if frame is None and opens and unit is None and self.before:
            last = next(
                (group.whole for group in reversed(self.before) if group.whole and (number or 0) <= group.whole), None
            )
            if last is not None:
                return self._with(form, number, last, "antecedent", "the group of the paragraph before")
        if frame is not None and not (sense == "neutral" and unit in ("cases", "children")):
            source = "sample" if frame == self.sample and frame not in self.printed else "antecedent"
            return self._with(form, number, frame, source, "the group spoken of before")
        if unit in ("reports", "plans", "reviews", "assessments"):
            size = self._by_noun(unit, number, form)
            if size is not None:
                return self._with(form, number, size, "antecedent", f"the {unit} counted before", unit)
            return self._with(form, number, None, None, f"no number of {unit} is stated", unit)
        if narrowed and sense != "neutral" and form == "none":
            return self._with(form, number, None, None, "a condition narrows the group", unit)
        return self._of_sample(form, number, "no earlier group in the paragraph")
