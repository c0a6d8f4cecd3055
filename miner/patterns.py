"""How letters state quantities: word classes, count patterns, soft words. Data only.

A pattern is a row of tokens for spaCy's Matcher over the word classes below (the token's TAG),
with sentences that it must find and sentences that it must leave alone. `context` tokens at
its left and right must be there but are no part of the cue. To teach the miner a new way of
stating a quantity, add a pattern here, with its examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# --- word classes ---------------------------------------------------------------------

# What letters count, by noun. Nouns of two words are told apart in `counts.unit_of`.
UNITS = {
    **dict.fromkeys(
        [
            "case",
            "cases",
            "file",
            "files",
            "instance",
            "instances",
            "referral",
            "referrals",
            "sample",
            "history",
            "histories",
            "record",
            "records",
            "orders",
        ],
        "cases",
    ),
    **dict.fromkeys(["report", "reports", "psr", "psrs"], "reports"),
    **dict.fromkeys(["plan", "plans", "rmp", "rmps", "vmp", "vmps", "contract", "contracts"], "plans"),
    **dict.fromkeys(
        ["assessment", "assessments", "analyses", "screening", "screenings", "classification", "classifications"],
        "assessments",
    ),
    **dict.fromkeys(["review", "reviews"], "reviews"),
    **dict.fromkeys(
        [
            "child",
            "children",
            "youngster",
            "youngsters",
            "boy",
            "boys",
            "girl",
            "girls",
            "teenager",
            "teenagers",
            "lad",
            "lads",
            "school-leavers",
            "adolescents",
            "offender",
            "offenders",
            "sibling",
            "siblings",
        ],
        "children",
    ),
    **dict.fromkeys(
        [
            "parent",
            "parents",
            "carer",
            "carers",
            "mother",
            "mothers",
            "father",
            "fathers",
            "family",
            "families",
            "grandparent",
            "grandparents",
            "grandmother",
            "grandmothers",
            "grandfather",
            "grandfathers",
            "stepfather",
            "stepfathers",
            "stepmother",
            "stepmothers",
            "aunt",
            "aunts",
            "uncle",
            "uncles",
            "relatives",
            "mum",
            "mums",
            "dads",
            "guardian",
            "guardians",
            "parents/carers",
        ],
        "parents",
    ),
    **dict.fromkeys(["victim", "victims"], "victims"),
    **dict.fromkeys(
        [
            "practitioner",
            "practitioners",
            "worker",
            "workers",
            "officer",
            "officers",
            "staff",
            "caseholder",
            "caseholders",
            "case-holder",
            "case-holders",
            "supervisor",
            "supervisors",
            "member of staff",
            "members of staff",
            "staff member",
            "staff members",
            "team",
            "workforce",
        ],
        "staff",
    ),
    **dict.fromkeys(["manager", "managers"], "managers"),
}
# Numbers and nouns of several words; the first that fits is taken.
JOINED_WORDS = (
    "per cent",
    "half a dozen",
    "a dozen",
    "a couple",
    "a pair",
    "member of staff",
    "members of staff",
    "staff member",
    "staff members",
)
# These count people only after "young" ("two young men"), and staff only in "members of staff".
YOUNG = frozenset(["people", "person", "persons", "men", "man", "women", "woman", "adults", "adult", "offenders"])
SINGULAR = frozenset(
    [
        "case",
        "file",
        "history",
        "record",
        "contract",
        "instance",
        "report",
        "psr",
        "plan",
        "rmp",
        "vmp",
        "assessment",
        "review",
        "child",
        "youngster",
        "boy",
        "girl",
        "teenager",
        "offender",
        "parent",
        "carer",
        "mother",
        "father",
        "family",
        "grandparent",
        "grandmother",
        "grandfather",
        "stepfather",
        "stepmother",
        "aunt",
        "uncle",
        "mum",
        "guardian",
        "victim",
        "practitioner",
        "worker",
        "officer",
        "caseholder",
        "supervisor",
        "member of staff",
        "staff member",
        "team",
        "workforce",
        "manager",
        "person",
        "man",
        "woman",
        "sibling",
    ]
)

OTHER_THINGS = frozenset(
    word
    for words in (
        "actions agencies appointments areas authorities bands boroughs branches categories chapters colleges",
        "councils counties courts criteria days departments districts domains elements factors headings hours items",
        "judgements levels meetings minutes modules months objectives offices organisations outcomes pages paragraphs",
        "partners parts points posts priorities programmes providers questions recommendations schools sections",
        "services sessions sites standards steps strands targets teams things times topics towns units wards weeks",
        "workshops years",
    )
    for word in words.split()
)
"""Plural nouns of which a part ("two of the nine sections") says nothing about cases or people."""

WORD_CLASSES: dict[str, str] = {}
for _class, _words in {
    "DET": "the these those this that our its their his her your",
    "PRON": "them whom which it they we you i he she us him there who whose what nobody someone everyone anyone somebody "
    "anybody everybody no-one something nothing little",
    "PREP": "of in on at for from to with by into over under after before between within during against about through "
    "without across among amongst around upon per until since towards behind beyond despite than as via near",
    "ART": "a an",
    "AND": "and or /",
    "EACH": "every each",
    "CONJ": "but while whereas whilst though although because so nor if when where that once unless yet however "
    "either whether",
    "VERB": "was were is are be been being had has have having did do does could would should might may must can will shall "
    "felt fell saw seen gave given got went gone made took taken told said knew known left came kept held led met ran spoke "
    "wrote written showed shown stood found thought brought began begun set put read spent sent lost built dealt meant "
    "understood cannot ought needed need needs lacked lack failed fail contained remained appeared became stayed turned "
    "fared called wanted received scored bore drew grew drove chose chosen won sat rested rose broke sought did heard paid bought caught taught "
    "slept ate drank hurt hid lay fed forgot threw stole stuck struck shook swore tore wore woke hung beat bound cost fled hit sang "
    "slipped cut cuts get gets come comes go goes keep keeps want wants know knows tell tells say says see sees make makes take takes "
    "live lives give gives feel feels hold holds sit sits rely speak speaks remain remains happened",
    "ADV": "nonetheless nevertheless likewise evidently apparently certainly duly now only just also still already even again then simply actually initially clearly probably subsequently "
    "eventually therefore otherwise indeed perhaps merely together never ever not always often usually sometimes too very "
    "quite rather nearly almost",
}.items():
    for _word in _words.split():
        WORD_CLASSES.setdefault(_word, _class)

FRACTIONS: dict[str, tuple[int, int]] = {
    "half": (1, 2),
    "halves": (1, 2),
    "third": (1, 3),
    "thirds": (1, 3),
    "quarter": (1, 4),
    "quarters": (1, 4),
    "fifth": (1, 5),
    "fifths": (1, 5),
    "sixth": (1, 6),
    "sixths": (1, 6),
    "tenth": (1, 10),
    "tenths": (1, 10),
    "eighth": (1, 8),
    "eighths": (1, 8),
}

# --- soft words: the words, and the name of their band --------------------------------

SOFT_WORDS: tuple[tuple[str, str], ...] = (
    ("almost all", "almost all"),
    ("nearly all", "almost all"),
    ("virtually all", "almost all"),
    ("practically all", "almost all"),
    ("almost every", "almost all"),
    ("nearly every", "almost all"),
    ("virtually every", "almost all"),
    ("not quite all", "almost all"),
    ("not all", "not all"),
    ("not every", "not all"),
    ("the vast majority", "vast majority"),
    ("a vast majority", "vast majority"),
    ("vast majority", "vast majority"),
    ("the overwhelming majority", "vast majority"),
    ("an overwhelming majority", "vast majority"),
    ("the great majority", "vast majority"),
    ("a great majority", "vast majority"),
    ("the very large majority", "very large majority"),
    ("a very large majority", "very large majority"),
    ("the large majority", "large majority"),
    ("a large majority", "large majority"),
    ("the substantial majority", "large majority"),
    ("a substantial majority", "large majority"),
    ("a clear majority", "majority"),
    ("the clear majority", "majority"),
    ("a good majority", "majority"),
    ("a comfortable majority", "large majority"),
    ("a small majority", "small majority"),
    ("a slim majority", "small majority"),
    ("a bare majority", "small majority"),
    ("a narrow majority", "small majority"),
    ("the majority", "majority"),
    ("a majority", "majority"),
    ("majority", "majority"),
    ("a small minority", "small minority"),
    ("the small minority", "small minority"),
    ("a tiny minority", "small minority"),
    ("a very small minority", "small minority"),
    ("a large minority", "large minority"),
    ("a sizeable minority", "large minority"),
    ("a significant minority", "large minority"),
    ("a substantial minority", "large minority"),
    ("a minority", "minority"),
    ("the minority", "minority"),
    ("most", "most"),
    ("the bulk", "most"),
    ("the greater part", "most"),
    ("a great many", "many"),
    ("a good many", "many"),
    ("very many", "many"),
    ("so many", "many"),
    ("too many", "many"),
    ("many", "many"),
    ("a large number", "many"),
    ("a considerable number", "many"),
    ("a significant number", "many"),
    ("a substantial number", "many"),
    ("a good number", "many"),
    ("large numbers", "many"),
    ("a large proportion", "many"),
    ("a high proportion", "many"),
    ("a significant proportion", "many"),
    ("a substantial proportion", "many"),
    ("a good proportion", "many"),
    ("a worrying number", "many"),
    ("a proportion", "some"),
    ("some", "some"),
    ("several", "several"),
    ("quite a few", "several"),
    ("a good few", "several"),
    ("a fair number", "several"),
    ("a number", "a number"),
    ("a small number", "few"),
    ("a very small number", "few"),
    ("small numbers", "few"),
    ("a small proportion", "few"),
    ("a low proportion", "few"),
    ("a handful", "few"),
    ("only a handful", "few"),
    ("a few", "few"),
    ("only a few", "few"),
    ("the few", "few"),
    ("very few", "few"),
    ("too few", "few"),
    ("relatively few", "few"),
    ("few", "few"),
    ("hardly any", "almost none"),
    ("scarcely any", "almost none"),
    ("almost no", "almost none"),
    ("almost none", "almost none"),
    ("virtually no", "almost none"),
    ("next to no", "almost none"),
)
# Without a counted noun or "of them" after them, these say nothing that can be counted.
NEED_NOUN = frozenset({"some", "several", "a number", "many", "not all"})

# --- hedges: bounds and approximations before a number or fraction --------------------

# (words, how the quantity is bounded): exact hedges change nothing.
HEDGES: tuple[tuple[str, str], ...] = (
    ("at least", "min"),
    ("not less than", "exact"),
    ("no less than", "exact"),
    ("no fewer than", "exact"),
    ("not fewer than", "exact"),
    ("no more than", "exact"),
    ("not more than", "exact"),
    ("at most", "max"),
    ("at the most", "max"),
    ("up to", "max"),
    ("as many as", "exact"),
    ("as few as", "exact"),
    ("exactly", "exact"),
    ("precisely", "exact"),
    ("fully", "exact"),
    ("just over", "over"),
    ("slightly over", "over"),
    ("slightly more than", "over"),
    ("a little over", "over"),
    ("a little more than", "over"),
    ("just above", "over"),
    ("rather more than", "over"),
    ("somewhat more than", "over"),
    ("well over", "over"),
    ("more than", "above"),
    ("over", "above"),
    ("above", "above"),
    ("upwards of", "above"),
    ("just under", "under"),
    ("just below", "under"),
    ("slightly under", "under"),
    ("slightly less than", "under"),
    ("a little under", "under"),
    ("a little less than", "under"),
    ("rather less than", "under"),
    ("rather fewer than", "under"),
    ("not quite", "under"),
    ("almost", "under"),
    ("nearly", "under"),
    ("well under", "below"),
    ("fewer than", "below"),
    ("less than", "below"),
    ("under", "below"),
    ("below", "below"),
    ("a good", "over"),
    ("a bare", "under"),
    ("barely", "about"),
    ("about", "about"),
    ("around", "about"),
    ("approximately", "about"),
    ("roughly", "about"),
    ("some", "about"),
    ("only about", "about"),
    ("something like", "about"),
    ("in the region of", "about"),
)

# --- count patterns -------------------------------------------------------------------

Token = dict[str, Any]


def lower(*words: str, op: str | None = None) -> Token:
    token: Token = {"LOWER": {"IN": list(words)}} if len(words) > 1 else {"LOWER": words[0]}
    return token | ({"OP": op} if op else {})


def tag(*tags: str, op: str | None = None) -> Token:
    token: Token = {"TAG": {"IN": list(tags)}} if len(tags) > 1 else {"TAG": tags[0]}
    return token | ({"OP": op} if op else {})


NUM = tag("NUM")
DET_OPT = tag("DET", op="?")
ADJ_OPT = tag("WORD", "PAST", op="{0,2}")
# A noun between the two numbers of a count: "eight cases out of 14"; it must hold a unit.
NOUN = tag("WORD", "UNIT", "AND", "PAST", op="{1,5}")
# "(42%)", "(42 per cent)"
SHARE = ({"ORTH": "("}, NUM, tag("PCT"), {"ORTH": ")"})
OF = lower("of")
BUT = lower("but", "except", "bar", "excepting", "excluding", "save")
THESE = lower("these", "those")
THEM = lower("them", "whom", "which", "these", "those")
THE = lower("the", "our", "their", "its", "your")
CLAUSE = tag("PUNCT", "CONJ", "AND", "START")
VERB_AHEAD = tag("VERB", "PAST")
STOPS = tag("PUNCT", "CONJ", "AND", "VERB", "PAST", "PRON", "DET", "ART", "PREP", "ADV", "SOFT")


@dataclass(frozen=True, slots=True)
class CountPattern:
    """`forms` are token rows with the same meaning.

    `link` says how the group is named: stated (its size is in the cue), these ("of these"), noun
    ("of the plans"), bare (not at all), other ("the remaining two"). `noun`: whether a counted
    noun must, may or cannot follow the row. The first `left` and the last `right` tokens of a row
    are context, no part of the cue. `finds` are sentences with the cue that this pattern must
    find in them; from `ignores` it must find nothing.
    """

    name: str
    form: str
    link: str
    forms: tuple[tuple[Token, ...], ...]
    noun: str = "may"
    left: int = 0
    right: int = 0
    finds: tuple[tuple[str, str], ...] = ()
    ignores: tuple[str, ...] = ()


# After a number whose verb is left out: "six were reviewed on time, five late, three not at all".
GAPPED = [
    "late",
    "good",
    "poor",
    "adequate",
    "inadequate",
    "sufficient",
    "insufficient",
    "missing",
    "absent",
    "overdue",
    "thin",
    "weak",
    "strong",
    "satisfactory",
    "unsatisfactory",
    "incomplete",
    "blank",
    "generic",
    "correct",
    "incorrect",
    "wrong",
    "right",
    "timely",
    "appropriate",
    "inappropriate",
    "effective",
    "ineffective",
    "acceptable",
    "unacceptable",
    "excellent",
    "outstanding",
    "partly",
    "partially",
    "wholly",
    "without",
    "well",
    "badly",
    "poorly",
    "properly",
    "adequately",
    "fully",
    "promptly",
    "slowly",
]

PATTERNS: tuple[CountPattern, ...] = (
    CountPattern(
        "out_of",
        "count",
        "stated",
        (
            (NUM, lower("out", "from"), lower("of", op="?"), DET_OPT, ADJ_OPT, NUM),
            (NUM, lower("out"), OF, lower("a"), lower("possible", "total"), OF, NUM),
            (NUM, OF, tag("DET", "ALL", op="?"), ADJ_OPT, NUM),
            (NUM, {"ORTH": "/"}, NUM),
            (NUM, *SHARE, lower("out", op="?"), OF, DET_OPT, ADJ_OPT, NUM),
            (NUM, NOUN, lower("out", "from"), lower("of", op="?"), DET_OPT, ADJ_OPT, NUM),
            (NUM, NOUN, OF, DET_OPT, NUM),
            (NUM, NOUN, tag("VERB", "PAST", "ADV", op="{1,4}"), lower("out"), OF, DET_OPT, NUM),
        ),
        finds=(
            ("Plans were timely in 11 out of 13 cases.", "11 out of 13 cases"),
            ("Seven of the nine reports were good.", "Seven of the nine reports"),
            ("Eight cases out of 14 had no plan.", "Eight cases out of 14"),
            ("Eleven (42%) of the 26 plans were late.", "Eleven (42%) of the 26 plans"),
        ),
        ignores=("Out of hours contact was good.", "It was graded 4 out of necessity."),
    ),
    CountPattern(
        "of_group",
        "count",
        "these",
        (
            (NUM, OF, THEM),
            (NUM, *SHARE, OF, THEM),
            (lower("of", "among", "from", "in"), lower("whom", "which"), tag("ADV", op="?"), NUM),
            (
                lower("of", "among", "from", "in"),
                lower("whom", "which"),
                lower("a"),
                lower("mere", "full", "meagre"),
                NUM,
            ),
        ),
        finds=(
            ("Nine plans were needed and six of them were good.", "six of them"),
            ("Ten cases required a review, of which nine were good.", "of which nine"),
        ),
        ignores=("One of these days it will be done.",),
    ),
    CountPattern(
        "of_noun",
        "count",
        "noun",
        ((NUM, OF, THE), (NUM, *SHARE, OF, THE)),
        noun="must",
        finds=(("Ten of the reports were good.", "Ten of the reports"),),
        ignores=("One of the better pieces of work was this.",),
    ),
    CountPattern(
        "units",
        "count",
        "bare",
        (
            (NUM,),
            (lower("another", "further", "additional"), NUM),
            (lower("a"), lower("further"), NUM),
            (lower("a couple", "a pair", "a dozen"), OF),
        ),
        noun="must",
        finds=(
            ("There was a victim in five cases.", "five cases"),
            ("Forty-one young people (82%) complied.", "Forty-one young people (82%)"),
        ),
        ignores=("It took five weeks.", "He has four objectives."),
    ),
    CountPattern(
        "complement",
        "count",
        "other",
        (
            (lower("the", "these", "those", "our"), lower("other", "remaining", "outstanding", "last", "final"), NUM),
            (lower("the"), NUM, lower("others", "other", "remaining", "remainder", "exceptions")),
            (
                lower("the"),
                NUM,
                lower("cases", op="?"),
                lower("that", "which", "who"),
                lower("fell", "did", "were", "was", "remained", "remain"),
            ),
            (lower("leaving", "leaves", "left"), NUM),
        ),
        finds=(
            ("Eleven plans of the 13 were good; the other two were not.", "the other two"),
            ("Nine cases had a plan and in the remaining four cases there was none.", "the remaining four cases"),
        ),
        ignores=("The last two years were hard.", "The other day there was none."),
    ),
    CountPattern(
        "definite",
        "count",
        "other",
        (
            (lower("the"), NUM, tag("UNIT", op="?"), lower("that", "which", "who", "whose", "where", "without")),
            (lower("the"), NUM, lower("we", "i", "they")),
        ),
        noun="no",
        right=1,
        finds=(("It was good in 25 of 27 cases; the two that fell short were done in one week.", "the two"),),
    ),
    CountPattern(
        "definite_in",
        "count",
        "other",
        ((lower("the"), NUM, tag("UNIT", op="?"), lower("in", "for"), lower("which", "whom")),),
        noun="no",
        right=2,
        finds=(("It was good in 25 of 27 cases; the two in which it was not were recent.", "the two"),),
    ),
    CountPattern(
        "further",
        "count",
        "bare",
        (
            (lower("another"), NUM),
            (lower("a"), lower("further"), NUM),
            (NUM, lower("others", "more", "further")),
        ),
        finds=(("It was done in ten and late in a further three.", "a further three"),),
        ignores=("A further three weeks went by.",),
    ),
    CountPattern(
        "number_and_share",
        "count",
        "bare",
        ((NUM, *SHARE), (NUM, {"ORTH": ","}, lower("or"), NUM, tag("PCT"))),
        finds=(("The level was right in 44 (88%).", "44 (88%)"),),
    ),
    CountPattern(
        "subject",
        "count",
        "bare",
        (
            (CLAUSE, NUM, VERB_AHEAD),
            (CLAUSE, NUM, tag("ADV"), tag("ADV", op="?"), VERB_AHEAD),
            (CLAUSE, tag("ADV"), NUM, VERB_AHEAD),
            (tag("UNIT"), NUM, VERB_AHEAD),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(
            ("Reports were written in 12 cases; eleven were good.", "eleven"),
            ("Nine plans were needed, and six had been written.", "six"),
        ),
        ignores=("It was agreed in March, and 15 weeks went by.",),
    ),
    CountPattern(
        "in_number",
        "count",
        "bare",
        (
            (lower("in", "for", "from"), NUM, STOPS),
            (lower("on"), NUM, lower("they", "there", "we", "it", "the", "only", ".", ",", ";", "and")),
            (lower("in", "for", "from"), tag("ADV"), NUM, STOPS),
            (lower("in", "for", "from"), lower("at"), lower("least", "most"), NUM, STOPS),
            (lower("by", "about", "with", "among", "against", "to"), NUM, STOPS),
            (lower("by", "about", "with", "among", "against", "to"), tag("ADV"), NUM, STOPS),
            (lower("respect", "relation", "case", "cases", "event", "behalf"), lower("of", "to"), NUM, STOPS),
            (lower("respect", "relation", "case"), lower("of", "to"), tag("ADV"), NUM, STOPS),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("The level was too low in five and too high in one.", "five"),),
        ignores=("It took place in 2013.", "We met in five weeks."),
    ),
    CountPattern(
        "gapped",
        "count",
        "bare",
        (
            (CLAUSE, NUM, lower(*GAPPED)),
            (CLAUSE, NUM, tag("ADV"), lower(*GAPPED)),
            (CLAUSE, NUM, lower("not", "too", "never", "a", "an", "by", "at", "on", "to", "with")),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("Six had been reviewed on time, five late and three not at all.", "five"),),
        ignores=("He left at five, late for school.",),
    ),
    CountPattern(
        "fronted_in",
        "count",
        "bare",
        ((CLAUSE, lower("in", "for", "with"), NUM, tag("WORD"), tag("VERB")),),
        noun="no",
        left=2,
        right=2,
        finds=(("Plans were needed in nine cases. In five objectives were vague.", "five"),),
        ignores=("In five weeks were done what took others a year.",),
    ),
    CountPattern(
        "fronted_before_none",
        "count",
        "bare",
        (
            (
                CLAUSE,
                lower("in", "for", "with"),
                NUM,
                lower("no", "nobody", "nothing", "none", "one", "little", "few", ","),
            ),
            (CLAUSE, lower("in", "for", "with"), tag("ADV"), NUM, lower("no", "nobody", "nothing", "none", "little")),
        ),
        noun="no",
        left=2,
        right=1,
        finds=(("Copies were there in five of the 21, and in three no review had been done.", "three"),),
        ignores=("In five weeks no one had rung.",),
    ),
    CountPattern(
        "group",
        "count",
        "bare",
        (
            (lower("of", "among"), tag("DET", op="?"), NUM, tag("PUNCT")),
            (lower("of", "among"), tag("DET", op="?"), NUM, lower("there", "we", "it", "i")),
            (lower("of", "among"), lower("the", "these", "those"), NUM, tag("PAST", "VERB", "PREP", "PRON", "CONJ")),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(
            ("All but six of the young people complied. Of those six, five were dealt with fairly.", "those six, five"),
        ),
    ),
    CountPattern(
        "with_clause",
        "count",
        "bare",
        (
            (
                tag("VERB", "PAST", "PUNCT", "CONJ", "AND", "ADV", "PREP", "START", "WORD"),
                NUM,
                lower("that", "which", "who", "whose", "where"),
            ),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("Nine cases called for a plan. We found two that were so general as to be useless.", "two"),),
        ignores=("He had one that worked.",),
    ),
    CountPattern(
        "with_clause_in",
        "count",
        "bare",
        (
            (
                tag("VERB", "PAST", "PUNCT", "CONJ", "AND", "ADV", "START", "WORD"),
                NUM,
                lower("in", "of", "for"),
                lower("which", "whom"),
            ),
        ),
        noun="no",
        left=1,
        right=2,
        finds=(("A plan was called for in nine cases. We found two in which there was none.", "two"),),
    ),
    CountPattern(
        "alone",
        "count",
        "bare",
        (
            (tag("VERB", "PAST", "ADV", "CONJ", "AND", "PUNCT", "START"), NUM, STOPS),
            (lower("were", "was", "been", "only", "a"), lower("mere", "meagre", "full", "only"), NUM, STOPS),
            (lower("to"), tag("WORD"), NUM, STOPS),
            (lower("namely"), NUM, STOPS),
            (lower("came", "amounted", "came down"), lower("to"), NUM, STOPS),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("There should have been 18 reviews, and there were 11.", "11"),),
        ignores=(
            "He left at five.",
            "Two, three, go.",
            "The panel met in March and again in May, and 15 weeks went by.",
        ),
    ),
    CountPattern(
        "hedged",
        "count",
        "bare",
        ((lower("than", "least", "most", "only", "just"), NUM, STOPS),),
        noun="no",
        left=1,
        right=1,
        finds=(
            ("Of the 14 practitioners, 12 felt supported and no more than six knew the procedure.", "no more than six"),
        ),
        ignores=("It was more than ten.",),
    ),
    CountPattern(
        "all_but",
        "all_but",
        "noun",
        (
            (lower("all"), BUT, lower("for", "in", op="?"), NUM),
            (lower("all"), BUT, lower("for", "in", op="?"), NUM, OF, tag("DET")),
            (lower("all"), BUT, lower("for", "in", op="?"), NUM, OF, THEM),
            (lower("all"), OF, THEM, BUT, lower("for", "in", op="?"), NUM),
            (
                lower("all", "every", "each"),
                lower("of", op="?"),
                DET_OPT,
                NOUN,
                {"ORTH": ",", "OP": "?"},
                BUT,
                lower("for", "in", op="?"),
                NUM,
            ),
            (
                lower("all", "every", "each"),
                lower("of", op="?"),
                DET_OPT,
                NOUN,
                lower("apart", "aside", "with", "other"),
                lower("from", "than", "the"),
                lower("in", "exception", op="?"),
                lower("of", op="?"),
                NUM,
            ),
            (lower("every", "each"), lower("one"), BUT, NUM),
            (lower("everyone", "everybody"), BUT, NUM),
        ),
        finds=(
            (
                "All but three of the boys and girls had kept to their orders.",
                "All but three of the boys and girls",
            ),
            ("It was right in every case but three.", "every case but three"),
        ),
        ignores=("All but hidden from view.",),
    ),
    CountPattern(
        "all_but_stated",
        "all_but",
        "stated",
        (
            (lower("with"), tag("ADV", op="?"), NUM, lower("exception", "exceptions"), {"ORTH": ","}, DET_OPT, NUM),
            (lower("excepting", "excluding", "barring"), NUM, {"ORTH": ","}, DET_OPT, NUM),
            (
                lower("except", "save", "apart", "other"),
                lower("in", "for", "from", "than"),
                lower("in", op="?"),
                NUM,
                lower("out", op="?"),
                OF,
                DET_OPT,
                NUM,
            ),
            (lower("with"), lower("the"), tag("WORD", op="?"), lower("exception"), OF, NUM, OF, DET_OPT, NUM),
            (
                lower("with"),
                lower("the"),
                tag("WORD", op="?"),
                lower("exception"),
                OF,
                NUM,
                {"ORTH": ","},
                DET_OPT,
                NUM,
            ),
            (
                lower("with"),
                tag("ADV", op="?"),
                NUM,
                lower("exception", "exceptions"),
                lower("out", op="?"),
                OF,
                DET_OPT,
                NUM,
            ),
            (
                lower("all"),
                BUT,
                lower("for", "in", op="?"),
                NUM,
                lower("out", op="?"),
                OF,
                tag("DET", "ALL", op="?"),
                ADJ_OPT,
                NUM,
            ),
            (
                lower("all", "every", "each"),
                lower("one", op="?"),
                lower("of", op="?"),
                DET_OPT,
                NUM,
                tag("WORD", "UNIT", "AND", "PAST", op="{0,5}"),
                BUT,
                lower("for", "in", op="?"),
                NUM,
            ),
        ),
        finds=(("The level was right in all but 4 out of the 17 cases.", "all but 4 out of the 17 cases"),),
    ),
    CountPattern(
        "exception",
        "all_but",
        "bare",
        (
            (lower("with"), lower("the"), tag("WORD", op="?"), lower("exception"), OF, NUM),
            (lower("with"), lower("the"), tag("WORD", op="?"), lower("exception"), OF, NUM, OF, tag("DET")),
            (lower("except", "save"), lower("in", "for"), NUM),
            (lower("apart", "aside"), lower("from"), NUM),
            (lower("but"), lower("for"), NUM),
            (lower("other"), lower("than"), lower("in", op="?"), NUM),
            (lower("with"), tag("ADV", op="?"), NUM, lower("exception", "exceptions")),
            (lower("with"), lower("a"), lower("single", "sole", "solitary", "lone"), lower("exception")),
        ),
        finds=(
            ("With the exception of one case, planning dealt with the right things.", "With the exception of one case"),
        ),
        ignores=("With the exception of the nurse, all were there.",),
    ),
    CountPattern(
        "all_stated",
        "all",
        "stated",
        (
            (lower("all"), lower("of", op="?"), DET_OPT, NUM),
            (lower("all"), NUM, OF, tag("DET")),
            (lower("all"), NUM, OF, THEM),
            (lower("every", "each"), lower("single", op="?"), lower("one", op="?"), OF, DET_OPT, NUM),
        ),
        finds=(
            ("Pre-sentence reports had gone to court and all four were good.", "all four"),
            ("It was done in every one of the eight cases.", "every one of the eight cases"),
        ),
    ),
    CountPattern(
        "all_these",
        "all",
        "these",
        (
            (lower("all"), lower("of", op="?"), THESE),
            (lower("all"), OF, THEM),
            (lower("each"), OF, THEM),
            (lower("every", "each"), lower("single", op="?"), lower("one"), OF, THEM),
            (lower("which", "whom"), lower("all")),
        ),
        finds=(("Reports were provided in nine cases, and all of these were good.", "all of these"),),
        ignores=("All of this was good.",),
    ),
    CountPattern(
        "all_noun",
        "all",
        "noun",
        (
            (lower("all"), lower("of", op="?"), THE),
            (lower("all"),),
            (lower("every", "each"), lower("single", op="?")),
            (lower("each"), lower("and"), lower("every")),
            (lower("every", "each"), lower("single", op="?"), lower("one", op="?"), OF, THE),
        ),
        noun="must",
        finds=(
            ("It was right in every case.", "every case"),
            ("All relevant cases had been reviewed.", "All relevant cases"),
        ),
        ignores=("At all times staff were kind.", "Every Wednesday they met."),
    ),
    CountPattern(
        "all_bare",
        "all",
        "these",
        (
            (CLAUSE, lower("all", "each"), tag("ADV", op="?"), VERB_AHEAD),
            (tag("VERB"), lower("all"), tag("VERB", "PAST")),
            (lower("they", "these", "those"), lower("all"), VERB_AHEAD),
            (lower("in"), lower("all", "each"), lower("there", "we", "the", "it")),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("Nine reports were written, and all were good.", "all"),),
        ignores=("In all, there was much to like.",),
    ),
    CountPattern(
        "both",
        "all",
        "these",
        (
            (lower("both"), lower("of", op="?"), tag("DET")),
            (lower("both"),),
        ),
        noun="must",
        finds=(("Two plans were late. Both plans had been signed.", "Both plans"),),
        ignores=("It is both kind and firm.",),
    ),
    CountPattern(
        "both_bare",
        "all",
        "these",
        (
            (CLAUSE, lower("both"), tag("ADV", op="?"), VERB_AHEAD),
            (lower("in", "for"), lower("both"), STOPS),
            (tag("VERB"), lower("both"), tag("VERB", "PAST")),
            (lower("of"), lower("whom", "which"), lower("both"), STOPS),
        ),
        noun="no",
        left=1,
        right=1,
        finds=(("Two plans were late, and both were thin.", "both"),),
    ),
    CountPattern(
        "both_of",
        "all",
        "these",
        ((lower("both"), OF, THEM), (lower("both"), OF, lower("the"), lower("others"))),
        noun="may",
        finds=(("Two plans were late, and both of them were thin.", "both of them"),),
    ),
    CountPattern(
        "none_stated",
        "none",
        "stated",
        (
            (lower("none", "neither"), OF, DET_OPT, tag("WORD", op="?"), NUM),
            (
                lower("not"),
                lower("a", op="?"),
                lower("single", op="?"),
                lower("one", op="?"),
                OF,
                DET_OPT,
                tag("WORD", op="?"),
                NUM,
            ),
        ),
        finds=(("None of the five plans was good.", "None of the five plans"),),
    ),
    CountPattern(
        "not_one",
        "none",
        "these",
        ((lower("not"), lower("one"), VERB_AHEAD),),
        noun="no",
        right=1,
        finds=(("Seven victims had asked to be told; not one had been.", "not one"),),
    ),
    CountPattern(
        "not_any",
        "none",
        "stated",
        ((lower("any"), OF, DET_OPT, NUM), (lower("a"), lower("single"), lower("one"), OF, DET_OPT, NUM)),
        finds=(("The plan had not been shared in any of the eight cases.", "any of the eight cases"),),
    ),
    CountPattern(
        "none_these",
        "none",
        "these",
        (
            (lower("none", "neither"),),
            (lower("none", "neither"), OF, THEM),
            (lower("not"), lower("one"), OF, THEM),
            (lower("not"), lower("a"), lower("single"), lower("one")),
            (lower("not"), lower("a"), lower("single"), lower("one"), OF, THEM),
        ),
        finds=(("Nine reports were written and none was late.", "none"),),
        ignores=("That is none the worse for it.",),
    ),
    CountPattern(
        "none_noun",
        "none",
        "noun",
        (
            (lower("none", "neither"), OF, THE),
            (lower("not"), lower("one"), OF, THE),
            (lower("not"), lower("a"), lower("single")),
            (lower("not"), lower("one")),
            (lower("no"),),
        ),
        noun="must",
        finds=(("In no case had it been done.", "no case"),),
        ignores=("There was no plan.",),
    ),
    CountPattern(
        "fraction",
        "fraction",
        "noun",
        (
            (lower("a", "one", op="?"), tag("FRAC")),
            (NUM, tag("FRAC")),
            (lower("a", "one", op="?"), tag("FRAC"), OF, tag("DET", op="?")),
            (NUM, tag("FRAC"), OF, tag("DET", op="?")),
            (lower("a", "one", op="?"), tag("FRAC"), OF, tag("DET", op="?"), NUM),
            (lower("a", "one", op="?"), tag("FRAC"), OF, THEM),
            (lower("half"), tag("DET")),
            (lower("a"), lower("good", "bare", "full", "mere"), tag("FRAC")),
            (lower("a"), lower("good", "bare", "full", "mere"), tag("FRAC"), OF, tag("DET", op="?")),
            (lower("a"), lower("good", "bare", "full", "mere"), tag("FRAC"), OF, THEM),
        ),
        finds=(
            ("Half of the young people had complied.", "Half of the young people"),
            ("Nine were good, but a third were not.", "a third"),
        ),
        ignores=("It took half an hour.", "A third attempt was made.", "They meet every quarter."),
    ),
    CountPattern(
        "in_every",
        "fraction",
        "noun",
        (
            (NUM, lower("in"), lower("every", op="?"), NUM),
            (NUM, lower("out"), OF, lower("every"), NUM),
            (NUM, OF, lower("every"), NUM),
            (NUM, NOUN, lower("in"), lower("every", op="?"), NUM),
            (NUM, NOUN, lower("out"), OF, lower("every"), NUM),
            (NUM, lower("in"), lower("every", op="?"), NUM, OF, DET_OPT),
            (NUM, lower("in"), lower("every", op="?"), NUM, OF, DET_OPT, NUM),
        ),
        finds=(("Only one in three victims had been asked.", "one in three victims"),),
        ignores=("Four in 2013 and two in 2014.",),
    ),
    CountPattern(
        "percentage",
        "percentage",
        "noun",
        (
            (NUM, tag("PCT")),
            (NUM, tag("PCT"), OF, tag("DET", "ALL", op="?")),
            (NUM, tag("PCT"), OF, tag("DET", op="?"), NUM),
            (NUM, tag("PCT"), OF, THEM),
        ),
        finds=(("We judged that 66% of the 50 cases had a plan.", "66% of the 50 cases"),),
        ignores=("The service lost 22% of its funding.",),
    ),
    CountPattern(
        "soft",
        "vague",
        "noun",
        (
            (tag("SOFT", op="+"),),
            (tag("SOFT", op="+"), lower("of", op="?"), tag("DET", "ALL")),
            (tag("SOFT", op="+"), OF),
            (tag("SOFT", op="+"), OF, tag("DET"), NUM),
            (tag("SOFT", op="+"), OF, THEM),
        ),
        finds=(
            ("The vast majority were of good quality.", "The vast majority"),
            ("Most case managers were experienced.", "Most case managers"),
        ),
        ignores=("The most recent review was good.", "There were many reasons.", "Most importantly, it was safe."),
    ),
)
