"""What looks like a quantity and is no finding, and why: a table of small tests, asked in order.

To teach the miner another thing that is none, add a test with its reason to REASONS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from miner.mentions import INSPECTED, TIME_WORDS, Mention, is_fronted
from miner.numerals import to_number
from miner.records import Example
from miner.tokens import Words

REFERS_BACK = "refers back to a group"
STAFF_POSTS = "staff posts"
MADE = frozenset({"plans", "reports", "reviews", "assessments"})
SHARES = ("percentage", "fraction")
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
    r"\b(?:should|must|ought to|needs? to|needs? to be|aims? to|intends? to|is to(?! the)|are to(?! the)|has to|have to|would (?:want|like|expect)|ensures? that|ensuring that|to ensure|make sure|makes sure|so that|in order to|target (?:is|was|of)|(?<!was )(?<!were )required by|requires? that|requires?\s*$|expects? that|expected that|policy is|rule is|the aim is)\b(?! have)[^,;:]*$"
)
CASELOAD = re.compile(
    r"\b(?:caseloads?|workloads?)(?: (?:of|was|is|were|are|averaged|stood at|had been))?(?: (?:about|around|some))?\s*$"
)
CARRIED = re.compile(r"\s*(?:apiece\b|at (?:any one|any given|one|a) time\b|at once\b|each[.,;])")
AS_DUE = re.compile(
    r"\b(?:as|when|where|than|what|how) (?:it|they|he|she|we|one|you) (?:should|ought to|must|needs? to|needed to)\b"
)
STANDING_AFTER = re.compile(
    r"[^,;:.]{0,60}\b(?:should(?!\s*[.,;:])(?! have (?:been|had|done|\w+ed))|must|is to be|are to be|ought to(?! have)|needs? to be|will be)\b"
)
TO_COME = re.compile(r"(?:[^,;:.]{0,30}\b(?:is to be|are to be|will be)|\s*needs?)\b")
SAMPLING = re.compile(
    r"\b(?:we|i|inspectors) (?:have |had |all )?(?:read|examined|inspected|looked at|reviewed|saw|considered|assessed)(?: a sample of)?$|\bsample (?:of|comprised|was|were|consisted of|held)$"
)
LEAD_IN = re.compile(
    r"(?i)\b(?:we|an? inspector|inspectors?|one inspector|i)\b[^.]{0,40}\b(?:noted|found|saw|read|recorded|wrote|observed|commented|describ\w+|report\w*)\b|for example|as follows|an example|illustrat|:\s*$"
)
SAYS = re.compile(
    r"[^.;]{0,90}\b(?:said|told|described|explained|remarked|recalled|put it|showed us|spoke of|commented)\b"
)
NUMBERED = re.compile(
    r"\b(?:number(?:ed|ing)|total(?:led|ling)|(?:came|amounted) to|there (?:were|had been|are))(?: only| just| also)?$"
)
POSTS = re.compile(
    r"\b(?:has|have|had|employ\w*|there (?:are|is|were|was|used to be)|comprises?|consists? of|made up of|of|and|with|by|a team of|to)(?: (?:only|just|about|some|now|now only))?$"
)
ASKED = re.compile(r"\b(?:asked|interviewed|met|spoke (?:to|with)|talked (?:to|with)|questioned|saw)$")
ENTRANTS = re.compile(r"(?i)first[- ]time entrants|\bcustody rate|\bcohort\b|England and Wales")
STATISTICS = re.compile(
    r"(?i)\bre-?offending rate|\bnational(?:ly)? (?:average|rate|figure)|\baverage for\b|first[- ]time entrants|\bof YOTs\b|\bper 100,000|\bcohort\b|Ministry of Justice|England and Wales|\bbudget|\bfunding\b|\bgrant\b|\bvacan|\bturnover\b|\bpopulation\b|\bin the (?:county|borough|city|district|town)\b|\bcrime had\b|\bcustody rate|\bprevious (?:year|inspection)\b|\blast inspection\b|\bpublished figure|\btargets?\b|\babsence\b|\bexclusions\b|\b(?:year|years) (?:before|earlier)\b|\bnational average\b"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A mention and what stands around it. `sentence`: its first word and one past its last.

    `earlier` are the mentions kept before it in the paragraph, `coming` all of the paragraph's.
    `sample` is the number of cases inspected.
    """

    doc: Words
    mention: Mention
    section: str
    sample: int | None
    examples: Sequence[Example]
    sentence: tuple[int, int]
    earlier: Sequence[Mention]
    coming: Sequence[Mention]

    @property
    def name(self) -> str:
        return self.mention.pattern.name

    @property
    def before(self) -> str:
        """The word before the mention."""
        return self.doc[self.mention.start - 1].lower if self.mention.start else ""

    @property
    def behind(self) -> str:
        """The sentence up to the mention, lower case."""
        return self.doc.text(self.sentence[0], self.mention.start).lower().strip()

    @property
    def ahead(self) -> str:
        """The sentence after the mention, lower case, with the space it begins with."""
        return " " + self.doc.text(self.mention.end, self.sentence[1]).lower()

    @property
    def whole(self) -> str:
        """The sentence."""
        return self.doc.text(*self.sentence)

    @property
    def fronted(self) -> bool:
        return is_fronted(self.doc, self.mention, self.sentence[0])

    @property
    def is_bare_count(self) -> bool:
        return self.mention.form == "count" and self.mention.link == "bare"


def reason_to_omit(setting: Setting) -> str | None:
    """Why a mention is no finding; None where it is one."""
    return next((reason for reason, holds in REASONS if holds(setting)), None)


# --- the tests ------------------------------------------------------------------------


def _is_one(setting: Setting) -> bool:
    mention = setting.mention
    return mention.n == 1 and mention.form == "count" and mention.m is None


def _leads_in_example(setting: Setting) -> bool:
    """ "In one case we noted: ..." """
    if not _is_one(setting):
        return False
    end = setting.doc[setting.mention.end - 1].end
    ahead = setting.doc.source[end : end + 160]
    quoted = any(0 <= example.start - end < 170 for example in setting.examples)
    return quoted or (
        setting.mention.unit == "cases" and bool(LEAD_IN.search(ahead[:60]) and re.search(r"[“\"‘]|:", ahead))
    )


def _is_a_single_one(setting: Setting) -> bool:
    """ "One mother said that ...": a remark, not a count."""
    mention = setting.mention
    if not _is_one(setting):
        return False
    last = setting.earlier[-1] if setting.earlier else None
    left_over = last is not None and last.n is not None and last.n + 1 in (last.m, setting.sample)
    if (
        mention.unit != "cases"
        and not mention.hedge
        and not (left_over and mention.unit is None)
        and SAYS.match(setting.ahead)
    ):
        return True
    alone = (
        mention.unit not in (None, "cases")
        and mention.link == "bare"
        and not setting.earlier
        and not mention.hedge
        and not INSPECTED.match(setting.ahead.strip())
    )
    return alone or (mention.unit in ("staff", "managers") and not is_counted_one(setting.doc, mention))


def _is_pronoun(setting: Setting) -> bool:
    return _is_one(setting) and setting.mention.unit is None and not is_counted_one(setting.doc, setting.mention)


TAKING_PART = frozenset(
    ["involved", "part", "placed", "enrolled", "interested", "engaged", "lived", "living", "died", "born"]
)
"""After these "in one" means one of what was named: "known to be involved in one"."""


def is_counted_one(doc: Words, mention: Mention) -> bool:
    """Whether "one" is a number here: in a row of counts, after "only", before "was not"."""
    before = doc[mention.start - 1] if mention.start > 1 else None
    after = doc[mention.end] if mention.end < len(doc) else None
    if mention.hedge or mention.link == "other" or mention.percent:
        return True
    if before is not None and before.lower == "in" and doc[mention.start - 2].lower in TAKING_PART:
        return False
    if before is not None and before.lower in ("only", "just", "in", "a", "another", "remaining"):
        return True
    if (
        before is not None
        and before.lower == "from"
        and doc[mention.start - 2].lower in ("absent", "missing", "lacking")
    ):
        return True
    starts = before is None or before.tag in ("START", "PUNCT", "AND", "CONJ")
    if (
        before is not None
        and before.lower in ("for", "with")
        and doc[mention.start - 2].tag in ("START", "PUNCT", "AND", "CONJ")
    ):
        return True
    if mention.unit is not None:
        return starts and after is not None and after.tag in ("VERB", "PAST")
    return (
        starts
        and after is not None
        and (after.tag in ("VERB", "PAST") or after.lower in ("that", "in", "where", "which", "not", ","))
    )


WIDE_THINGS = frozenset(
    [
        "areas",
        "agencies",
        "authorities",
        "boroughs",
        "councils",
        "counties",
        "courts",
        "criteria",
        "districts",
        "domains",
        "headings",
        "partners",
        "priorities",
        "questions",
        "recommendations",
        "sections",
        "services",
        "sites",
        "standards",
        "teams",
        "towns",
        "wards",
    ]
)


def _is_of_other_things(setting: Setting) -> bool:
    """ "The drop recurs in other areas of practice, and in one of them ...": part of the areas."""
    mention, doc = setting.mention, setting.doc
    if mention.link != "these" or doc[mention.end - 1].lower not in ("them", "these", "those", "which"):
        return False
    for at in range(mention.start - 1, 0, -1):
        if doc[at].tag in ("UNIT", "NUM") or doc[at].text in (".", ";"):
            return False
        if doc[at].lower in WIDE_THINGS:
            return True
    return False


def _has_no_group(setting: Setting) -> bool:
    """A bare number in a place where only what was said before makes it a count."""
    mention, earlier, before = setting.mention, setting.earlier, setting.before
    if setting.name == "hedged":
        return not (earlier and (mention.hedge or before in ("only", "just")))
    if setting.name in ("with_clause", "with_clause_in"):
        return setting.doc[mention.start - 1].tag == "WORD" and not earlier
    if setting.name == "alone":
        named = NUMBERED.search(setting.behind) and "UNIT" in (word.tag for word in setting.doc[1 : mention.start])
        return not (earlier or named) or before in ("was", "is", "be", "turned")
    if setting.name == "fronted_in":
        return not earlier or setting.doc[mention.end].lower in TIME_WORDS
    if setting.name == "in_number":
        return before in ("by", "about", "with", "among", "against", "to", "on") and not earlier
    return False


def _is_no_part(setting: Setting) -> bool:
    """ "A caseload of more than 20"; "split in two"."""
    mention = setting.mention
    if mention.unit is not None:
        return False
    if mention.hedge and setting.before == "of" and mention.link == "bare" and not setting.fronted:
        return True
    return setting.before == "in" and bool(
        re.search(r"\b(?:split|cut|divided|broken?|torn)\b[^.]{0,20}$", setting.behind.removesuffix(" in").strip())
    )


def _is_no_beside_a_count(setting: Setting) -> bool:
    """ "No plan had been made in three of the nine cases": the count is the finding."""
    mention = setting.mention
    if setting.name != "none_noun" or setting.doc[mention.start].lower != "no":
        return False
    later = [other for other in setting.coming if mention.end <= other.start < setting.sentence[1]]
    stated = any(other.m and setting.doc[other.start - 1].lower == "in" for other in later)
    return bool(later) and (mention.unit in MADE or stated)


def _is_all_without_group(setting: Setting) -> bool:
    return setting.name == "all_bare" and (
        not setting.earlier
        or setting.before in ("when", "where", "how")
        or bool(re.search(r"\bwe (?:have|had|are|were)$", setting.behind))
    )


def _refers_back(setting: Setting) -> bool:
    """ "Of those six", "the nine plans": a group that was counted before."""
    if setting.name == "group":
        return not setting.fronted
    return setting.name == "units" and setting.before in ("the", "these", "those", "both") and not setting.fronted


def _has_no_verb(setting: Setting) -> bool:
    return setting.name == "gapped" and not any(setting.sentence[0] <= other.start for other in setting.earlier)


def _is_rate(setting: Setting) -> bool:
    """ "Four cases a worker", "a caseload of twelve"; not "in four cases a manager had ..."."""
    if setting.mention.unit in (None, "cases") and CASELOAD.search(setting.behind):
        return True
    if setting.mention.unit == "cases" and CARRIED.match(setting.ahead):
        return True
    after = setting.doc[setting.mention.end : setting.mention.end + 3]
    return (
        len(after) > 1
        and after[0].lower in ("a", "per", "each", "every")
        and after[1].lower in RATES
        and not (setting.before in ("in", "for") and len(after) > 2 and after[2].tag in ("VERB", "PAST"))
    )


def _is_post(setting: Setting) -> bool:
    """ "The YOT has four case managers"; "two posts were frozen"."""
    mention, doc = setting.mention, setting.doc
    if mention.unit is None and mention.form == "count" and re.search(r"\bposts\b|\bvacan|\bfrozen\b", setting.whole):
        return True
    if mention.unit not in ("staff", "managers") or not setting.is_bare_count or setting.fronted:
        return False
    if ASKED.search(setting.behind):
        return False
    verb = mention.end < len(doc) and doc[mention.end].tag in ("VERB", "PAST")
    return not verb and (bool(POSTS.search(setting.behind)) or setting.before not in ("in", "for"))


def _is_standing(setting: Setting) -> bool:
    """ "Every case should be reviewed"."""
    if STANDING.search(AS_DUE.sub("", setting.behind)) or TO_COME.match(setting.ahead):
        return True
    return (
        setting.mention.form != "count"
        and setting.mention.form != "vague"
        and bool(STANDING_AFTER.match(setting.ahead))
    )


def _is_sample(setting: Setting) -> bool:
    mention = setting.mention
    return (
        mention.n is not None
        and mention.n == setting.sample
        and mention.link == "bare"
        and bool(SAMPLING.search(setting.behind))
    )


def _is_audit(setting: Setting) -> bool:
    """Files that managers looked at in checks of their own."""
    return (
        setting.section == "management"
        and setting.mention.unit == "cases"
        and setting.is_bare_count
        and not setting.fronted
        and bool(re.search(r"(?i)\baudit|\bcaseload|\bsampl|\bdip\b", setting.whole))
    )


def _has_no_two(setting: Setting) -> bool:
    mention = setting.mention
    neither = mention.form == "none" and mention.m == 2 and mention.unit is None and setting.name != "none_stated"
    if setting.name != "both_bare" and not neither:
        return False
    printed = any(to_number(word.lower) == 2 for word in setting.doc[1 : mention.start])
    return not printed and not any(2 in (other.n, other.m) for other in setting.earlier)


def _is_statistic(setting: Setting) -> bool:
    """A published rate, of the area or the nation."""
    mention, whole = setting.mention, setting.whole
    if re.search(r"(?i)\bof (?:all )?YOTs?\b", setting.doc.text(mention.end, mention.end + 4)):
        return True
    if mention.form not in SHARES:
        return False
    if re.search(r"(?i)\bnationally\b|\bnationwide\b", whole):
        return True
    near = setting.doc.text(max(setting.sentence[0], mention.start - 6), mention.start)
    if re.search(r"(?i)national(?:ly)?|England|average", near):
        return True
    return (
        mention.form == "percentage"
        and bool(STATISTICS.search(whole))
        and (mention.unit is None or bool(ENTRANTS.search(whole)))
    )


def _is_none_without_group(setting: Setting) -> bool:
    mention, doc = setting.mention, setting.doc
    return (
        setting.name == "none_these"
        and mention.unit is None
        and not setting.earlier
        and doc[mention.start].lower == "none"
        and doc.text(mention.end, mention.end + 1).lower() not in ("was", "were", "had", "of")
    )


REASONS: tuple[tuple[str, Callable[[Setting], bool]], ...] = (
    ("leads in an example", _leads_in_example),
    ("“one” tells of a single one", _is_a_single_one),
    ("“one” as a pronoun", _is_pronoun),
    ("no group to be part of", _has_no_group),
    ("no part of a group", _is_no_part),
    ("part of things that are not counted", _is_of_other_things),
    ("“no” in a sentence that counts otherwise", _is_no_beside_a_count),
    ("“all” without a group", _is_all_without_group),
    (REFERS_BACK, _refers_back),
    ("no verb, and no quantity before it in the sentence", _has_no_verb),
    ("a rate", _is_rate),
    (STAFF_POSTS, _is_post),
    ("a standing rule, target or hope", _is_standing),
    ("the sample itself", _is_sample),
    ("a number of files in the service’s own checks", _is_audit),
    ("“both” or “neither” without a count of two before it", _has_no_two),
    ("a published statistic", _is_statistic),
    ("“none” without a group", _is_none_without_group),
)
