"""Words from which the sense of a quantity and the activity judged are told. Data only.

Every cue is a regular expression over the lower-cased words of a clause. To teach the miner a
new word of praise or blame, or a new name for an activity, add it here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """`name` is what the cue says: good, bad, done, need, happened; or an activity.

    `words` holds its alternatives of one word, `phrases` the others.
    """

    name: str
    words: re.Pattern[str] | None
    phrases: re.Pattern[str] | None
    weight: float = 1.0


def _cues(name: str, weight: float, *patterns: str) -> tuple[Cue, ...]:
    alternatives = [alternative for pattern in patterns for alternative in _alternatives(pattern)]
    return (
        Cue(
            name,
            _any_of([alternative for alternative in alternatives if " " not in alternative]),
            _any_of([alternative for alternative in alternatives if " " in alternative]),
            weight,
        ),
    )


def _alternatives(pattern: str) -> list[str]:
    """The parts of a pattern between bars that stand in no group."""
    parts, depth = [""], 0
    # A bracket in a class of characters closes no group.
    for character in re.sub(r"\[.+?\]", lambda match: match[0].replace(")", r"\x29"), pattern):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _any_of(alternatives: list[str]) -> re.Pattern[str] | None:
    """One expression for all; those with the same first letter stand together, so that few are tried at a word."""
    if not alternatives:
        return None
    by_letter: dict[str, list[str]] = {}
    others = []
    for alternative in alternatives:
        if re.match(r"[a-z](?![?*+{])", alternative):
            by_letter.setdefault(alternative[0], []).append(alternative[1:])
        else:
            others.append(alternative)
    grouped = [f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()]
    return re.compile(rf"\b(?:{'|'.join(grouped + others)})\b")


# --- sense ----------------------------------------------------------------------------

SENSE_CUES: tuple[Cue, ...] = (
    # Quality that is wanting, said outright.
    *_cues(
        "bad",
        1.0,
        r"insufficient(?:ly)?|inadequate(?:ly)?|unsatisfactory|ineffective|inaccurate(?:ly)?|incorrect(?:ly)?|inappropriate(?:ly)?|unclear|incomplete|"
        r"inconsistent(?:ly)?|unacceptabl[ey]|unsuitable|unrealistic|unrelated|unhelpful|untimely|unmanaged|unaware|unsafe|unsure|unexplored|unrecorded|undated|unsigned|untrained|unable",
        r"poor(?:ly)?|weak(?:er|est|ness|nesses)?|thin|superficial(?:ly)?|vague|scant|sparse|perfunctory|generic|formulaic|cursory|patchy|muddled|confused|misleading|"
        r"too (?:low|high|late|long|short|general|vague|thin|brief|slow|little|few|many|narrow|optimistic|generous|harsh|lenient)|to be desired",
        r"wrong(?:ly)?|mistaken(?:ly)?|under-?estimated|over-?estimated|underplayed|understated|overstated|misjudged|misclassified|over-?optimistic",
        r"(?<!reported )(?<!gone )(?<!went )(?<!going )(?<!were )missing|(?:was|were) missing (?:from|in|for|altogether|entirely)|absent|lacking|lacked|lacks|lack|blank|empty|overdue|late(?!r\b)|delayed|out of date|outdated|overtaken by events|stale|copied|cut and pasted|pasted|cloned|duplicated",
        r"overlooked|omitted|ignored|neglected|forgotten|missed|unanswered|left out|set aside|passed over|disregarded|slipped|drifted|lapsed|lost",
        r"fail(?:ed|s|ure|ures|ing|ings)?|fell (?:well )?(?:short|below)|falls? (?:well )?(?:short|below)|fallen (?:well )?(?:short|below)|short of|below (?:the )?(?:standard|par|what)|left much|wanting|deficient|deficienc(?:y|ies)|defect(?:s|ive)?|shortcomings?|gaps?|flaw(?:s|ed)?|errors?|mistakes?",
        r"disagreed|dissatisfied|concerned by|concerned about|disappointed|alarmed|troubled|could have been better|would have expected|rushed|infrequent(?:ly)?|so (?:general|vague|thin|brief|short|bland|generic)|fewer (?:hours|than)|broke (?:the|their|his|her) (?:terms|conditions|orders?|curfew)|breached (?:the|their|his|her)|reproduced|broken (?:the|their|his|her)",
        r"left to (?:guess|a single)|in the dark|stopped complying|non-compliant|did little|little (?:sign|evidence|attention|thought|account|use|more than)|nothing|nowhere|nobody|no one|no-one|never|yet to",
        r"breakdown|broke(?:n)? down|tick-?box|tick the box|worse|worst|unfinished|incoherent|contradict\w*|minimised|complacent|at risk because|without (?:an?|any|the|proper|sufficient|being|having)|struggled|less (?:well|good|than) (?:done|good|adequate)?|rather than|instead of",
        r"countersigned (?:without|although|despite|in spite)|inadequate\w*|refused|unallocated|dropped|escalated too",
    ),
    *_cues(
        "bad",
        1.0,
        r"un(?!it|der|iversit|ion|less|til|iform)\w{3,}ed|looked in vain|in vain|glossed over|papered over|brushed aside|silent (?:on|about)|petered out|tailed off|fizzled|ran out|run out|stalled|ground to a halt|left undone|left to (?:chance|gather)|fell away|fallen away|fell through|fallen through|struck off|written off|abandoned|mistook|vanished|disappeared|all but (?:forgotten|vanished)|lifted|word for word|recycled|boilerplate|from a template|identical|added nothing|leaned (?:so )?heavily|might have (?:been written|described|belonged)|could have (?:been written|belonged) (?:about|to|for) any|no more than (?:a|an|the)|nothing more than|little more than|going through the motions|lip service|in name only|on paper only|pitched too|took a different view|a different view|did not share|parted company|out of (?:school|education|step|time)|waiting (?:for )?(?:more|months|weeks|too)|waited (?:more|months|weeks|too)|difficult to (?:see|find|follow|tell|discern)|hard to (?:see|find|follow|tell|discern|say)|impossible to|puzzled|baffl\w+|at a loss|questionable|doubtful|dubious|in doubt|at odds",
        r"sketchy|skimpy|threadbare|mechanical|bland|hollow|flimsy|shallow|half-finished|hurried|hasty|careless(?:ly)?|slapdash|sloppy|casual|cavalier|tokenistic|cosmetic|haphazard|chaotic|erratic|sporadic|intermittent|irregular(?:ly)?|grudging|belated(?:ly)?|tardy|slow|sluggish|too slowly|after the event|expired|obsolete|dismissed|sidelined|excluded|shut out|in the dark|misread|misunderstood|misjudged|mishandled|mismanaged|mislaid|lost sight|lost touch|unprotected|exposed to|troubling|worrying(?:ly)?|regrett\w+|disturbing|dire|woeful|dismal|deplorable|unimpressed|let down|wide of the mark|left a (?:good|great) deal|left (?:much|something)|did no justice|out of (?:date|touch)|hopeless|pointless|useless|unconvincing|unpersuasive|stopped (?:attending|coming|turning up|engaging|keeping|going)|given up|no use|of no use|of little use|beyond repair|spoil\w*|marred|undermined|caused (?:us )?(?:some )?(?:anxiety|concern)|let go|shelved|postponed|put off|cancelled|went (?:astray|wrong)|gone (?:astray|wrong|un\w+)|went un\w+|let slip|sat (?:on|in|unread)|gather(?:ed|ing)? dust|was anyone’s guess|fared (?:worse|badly)|badly|disregard|no better than",
    ),
    # Quality that is there, said outright.
    *_cues(
        "good",
        1.0,
        r"did (?:it )?justice|does (?:the \w+ )?credit|to the credit|a credit|passed muster|hit the mark|up to the mark|put our names to|would have been content|fit (?:for|to)|grasped|got to grips|taken seriously|took seriously|(?:got|had) it right|in hand|under control|to good effect|paid off|bore fruit|made headway|won (?:their|his|her|the)|in the picture|kept informed|kept abreast|rooted in|grounded in|bespoke|fitted|suited|apt|astute(?:ly)?|perceptive(?:ly)?|insightful|shrewd(?:ly)?|crisp|concise|succinct|orderly|methodical(?:ly)?|systematic(?:ally)?|rigorous(?:ly)?|searching|authoritative|solid(?:ly)?|steady|assured|dependable|reliabl[ey]|faithful(?:ly)?|scrupulous(?:ly)?|meticulous(?:ly)?|painstaking(?:ly)?|assiduous(?:ly)?|energetic(?:ally)?|tenacious(?:ly)?|persistent(?:ly)?|patient(?:ly)?|humane(?:ly)?|generous(?:ly)?|even-handed(?:ly)?|firm(?:ly)?|decisive(?:ly)?|proactive(?:ly)?|vigilant|alert to|mindful of|attentive to|responsive|flexib(?:le|ly)|resourceful|inventive|ingenious|innovative|admirabl[ey]|laudable|first-rate|first class|outstanding(?:ly)?|superb(?:ly)?|impressive(?:ly)?|heartening|encouraging|reassuring|gratifying|pleasing|welcome|as planned|as promised|as (?:they|it|he|she) should(?: be| have been)?|as intended|as agreed|satisfied|pleased|with (?:skill|imagination|tact|sensitivity|energy|conviction|care|confidence)|worked (?:well|out)|put right|warmly|praise\w*|no shortage|plenty of|rich|lively|vivid|honest|plain(?:ly)? (?:stated|set out)|well-(?!being)\w+|of a quality|without a (?:murmur|hitch|word)|without (?:any )?(?:need|having)|when (?:they|it|he|she) should|handled with|thought through|thought out|joined together|the right (?:person|people|help|support|amount|kind)|got one|had worked|would have worked|as it should",
    ),
    *_cues(
        "good",
        1.0,
        r"sufficient(?:ly)?|adequate(?:ly)?|satisf(?:actory|actorily|ied)|effective(?:ly)?|accurate(?:ly)?|correct(?:ly)?|appropriate(?:ly)?|suitabl[ey]|acceptabl[ey]|realistic(?:ally)?|relevant and",
        r"good(?: enough)?|well enough|very well|done well|carried out well|well(?:-| )(?:managed|assessed|handled|planned|supported|informed|thought|reasoned|argued|written|judged|served|matched|targeted|focused|led|trained|run|prepared|established|met|understood|co-?ordinated|coordinated|evidenced|documented|explained|kept|sequenced|balanced|recorded|chosen|used)|as well as we|well",
        r"thorough(?:ly)?|careful(?:ly)?|clear(?:ly)?|robust(?:ly)?|sound(?:ly)?|strong(?:ly)?|skilful(?:ly)?|skilled|excellent(?:ly)?|exemplary|comprehensive(?:ly)?|proper(?:ly)?|full(?:y)?|prompt(?:ly)?|timely|punctual(?:ly)?|on time|in time|swift(?:ly)?|quick(?:ly)?|fair(?:ly)?|proportionate(?:ly)?|defensible|meaningful(?:ly)?|purposeful(?:ly)?|sensitive(?:ly)?|thoughtful(?:ly)?|consistent(?:ly)?|active(?:ly)?|regular(?:ly)?|high (?:quality|standard)|of (?:a )?(?:high|good|decent|sound) (?:quality|standard)|up to (?:standard|scratch|date|the mark)|to (?:an? |the )?(?:acceptable|good|high|required|expected|right|satisfactory|proper|decent) (?:standard|level)|reached the standard|met (?:our|the|that) (?:standard|test|need|needs|criteria|criterion|expectations?)|right|better|best|helpful(?:ly)?|useful(?:ly)?|usable|convincing(?:ly)?|credible|persuasive(?:ly)?|honest(?:ly)?|specific|detailed|rounded|balanced|coherent|logical|workable|confident|competent|knowledgeable|enthusiastic|impress(?:ed|ive)|pleased|agreed with|no quarrel|commend\w*|praised|positive(?:ly)?|constructive|creative(?:ly)?|imaginative(?:ly)?|diligent(?:ly)?|conscientious(?:ly)?|vigorous(?:ly)?|a pleasure|benefit(?:ed|ing|ting|ted)?|(?:good|well|full|clear|detailed|thorough|early|often|quick|strong|soon|close|careful) enough|content with|happy with|comfortable with|stood up|held up|stands up|held water|had a (?:real |full |proper |genuine )?say|likely to (?:work|reduce|succeed|help)|fit for purpose|satisfie[sd]|passed muster|did justice|dealt with (?:properly|well|the right)|the right (?:things|thing|level|people|order|work|questions)|supportive|made a difference|with(?:out)? (?:care|skill|fault|delay|exception)|of use|valued|respected|in good time|within (?:time|timescales?|the (?:time|timescale|deadline|period|required|expected)\w*|national standards?|\w+ (?:working )?days|a (?:day|week|fortnight|month))|to time|as required|in place|capture[ds]?|reflected|joined up|up and running",
        r"complied|comply(?:ing)?|co-?operat(?:ed|ing)|engaged|kept (?:their|his|her|all|every|most) appointments?|keeping (?:their )?appointments?|attended|improved|reduced|strengthened|succeeded|completed (?:the|their) order|made (?:good |real |some )?progress|trusted|understood|knew|listened to|confident",
    ),
    # Further words of either kind, seldom met: written from the language, not from letters.
    *_cues(
        "bad",
        1.0,
        r"aimless|ambiguous|anodyne|arbitrary|archaic|askew|awry|baseless|belated|bereft|blinkered|"
        r"blurred|bogged|botched|bungled|bureaucratic|callous|chequered|circular|clumsy|compromised|"
        r"condescending|confusing|contradictory|convoluted|cumbersome|cynical|damaging|defensive|demeaning|"
        r"deprived|derelict|desultory|detrimental|dilatory|diluted|directionless|disappointing|discarded|"
        r"disconnected|discourteous|discredited|disengaged|disheartening|disjointed|dismissive|disorderly|"
        r"disorganised|disproportionate|disrespectful|distorted|dogmatic|dormant|drifting|dwindled|"
        r"elusive|embarrassing|emptied|erroneous|evasive|evaporated|exaggerated|excessive(?:ly)?|faceless|"
        r"faltered|fanciful|far-fetched|farcical|faulty|feeble|fictitious|flouted|forgetful|fragmented|"
        r"fragmentary|frustrating|fudged|futile|garbled|glib|guesswork|guessed|half-baked|half-hearted(?:ly)?|"
        r"hamstrung|harsh(?:ly)?|heavy-handed|hesitant|hidebound|hindered|humdrum|ignorant|illegible|"
        r"illogical|imbalance|impaired|impeded|impenetrable|impersonal|implausible|imprecise|improper(?:ly)?|"
        r"impractical|imprudent|inaction|inadvertently|inapt|inattentive|incompatible|incompetent|incomprehensible|"
        r"inconclusive|inconsiderate|incurious|indecisive|indefensible|indifferent|indistinguishable|"
        r"inept|inexact|inexcusable|inexplicable|inflexible|insensitive|insincere|insubstantial|insular|"
        r"irrelevant|irresolute|jargon|jaded|jeopardised|jumbled|lacklustre|laggard|languished|languishing|"
        r"lax|lazy|lifeless|limp|listless|lopsided|lukewarm|meaningless|meagre|mediocre|minimal(?:ly)?|"
        r"moribund|muddle|murky|myopic|naive|needless(?:ly)?|negligent(?:ly)?|negligible|non-existent|"
        r"non-committal|oblivious|obscured|obstructed|obstructive|off-putting|omissions?|one-dimensional|"
        r"one-sided|opaque|over-cautious|over-generous|over-reliant|over-reliance|over-simplified|oversimplified|"
        r"overbearing|overblown|overcomplicated|overdone|overloaded|overruled|overstretched|overwhelmed|"
        r"padded|paltry|parroted|paralysed|passive(?:ly)?|patronising|paucity|pedestrian|piecemeal|"
        r"pitiful|platitudes|ponderous|prejudiced|premature(?:ly)?|problematic|procrastinated|puzzling|"
        r"rambling|ramshackle|reckless(?:ly)?|regurgitated|rehearsed|reluctant(?:ly)?|remiss|repetitive|"
        r"repetitious|rigid(?:ly)?|rote|rubber-?stamp(?:ed|ing)?|rudderless|rudimentary|run-of-the-mill|"
        r"scattergun|scrappy|shaky|shambles|shambolic|shirked|shoddy|short-lived|short-sighted|shortfalls?|"
        r"sidestepped|sidetracked|silos?|simplistic(?:ally)?|skimmed|skipped|slack|slanted|slender|"
        r"slipshod|slipping|slovenly|sluggishly|spasmodic|specious|spotty|squandered|stagnant|stagnated|"
        r"standstill|stereotyped|stereotypes?|sterile|stilted|strained|stumbled|stunted|stuttering|"
        r"suspect|tangled|tardiness|tedious|tenuous|tentative(?:ly)?|tokenism|toothless|trite|trivial|"
        r"turgid|uneasy|uneven(?:ly)?|unfair(?:ly)?|unfit|unfocused|unfortunate|unhappy|uninformative|"
        r"unjust(?:ly)?|unlawful(?:ly)?|unnecessar(?:y|ily)|unprofessional|unreliable|unsound|unspecific|"
        r"unsteady|unsuccessful(?:ly)?|unsystematic|unthinking(?:ly)?|untidy|unwieldy|unwilling|unwise|"
        r"unworkable|vacillat(?:ed|ing|ion)|vacuous|vexed|wafer-thin|waned|wasted|wasteful|watered-down|"
        r"wavering|wishful|withered|wobbly|wooden|woolly|wretched|wrong-footed|dropped|lackadaisical|"
        r"leniently|optimistically",
        r"mis(?!s)\w{3,}ed|ill-\w+|causes? for concern|cause for (?:anxiety|worry)|cut(?:ting)? corners|"
        r"dragged (?:on|its|their)|dr[ae]wn? a blank|fell between two stools|fell on deaf ears|off the boil|"
        r"in disarray|in limbo|in a drawer|in the wrong|into the long grass|made a mess|none the wiser|"
        r"out of reach|over (?:the|his|her|their) (?:child’s |young person’s )?heads?|play(?:ed|ing) catch-?up|"
        r"slipped through|stood still|swept under|at face value|turned a blind eye|under a misapprehension|"
        r"under the impression|the poorer|went (?:unheeded|cold|nowhere|quiet|by the board|by default)|"
        r"an afterthought|left (?:hanging|waiting|exposed|vulnerable|open to)|left at risk|put at risk|"
        r"at (?:needless|unnecessary|avoidable) risk|fell foul|came to (?:nothing|grief)|room for improvement|"
        r"much to do|some way (?:short|behind|to go)|lagg(?:ed|ing)|behindhand|behind (?:schedule|time|the times)|"
        r"(?:past|beyond|after) (?:its|the|their) (?:deadline|due date)|well after|long after|too late|"
        r"(?:got|had got) (?:it|this|them|that) wrong|let (?:them|it|him|her|things) (?:down|slide|lapse|drift|lie)|"
        r"lost (?:track|momentum|patience|interest)|fell (?:apart|flat|between|by the wayside)|hit (?:and|or) miss|"
        r"purely formal|skated over|scatter-gun|last minute|at the last|off course|off the mark|over-?elaborate|"
        r"too (?:readily|easily|quickly|often|hastily|soon|eagerly|far|weak|crude|broad|rigid|complex|ambitious|heavily|sparse|optimistically|leniently|casual|blunt|cautious)|"
        r"too much|in part\b|only in part|the same (?:words|sentences|phrases|wording)|serious (?:concerns?|doubts?|weakness(?:es)?|omissions?)|"
        r"light on|at a standstill|beneath (?:the|our|what)|carried on regardless|carry on regardless|"
        r"out of (?:control|place|sight|sync|tune|all proportion)|fared poorly|not before time|no sense of|"
        r"no trace|no sign",
    ),
    *_cues(
        "good",
        1.0,
        r"ably|adept|admirably|admirable|agile|aligned|apposite|appreciated|approachable|articulate|"
        r"assured(?:ly)?|attentive(?:ly)?|beneficial(?:ly)?|candid(?:ly)?|cogent(?:ly)?|cohesive|coherently|"
        r"collaborative(?:ly)?|compassionate(?:ly)?|compelling|complementary|conclusive|congruent|courteous(?:ly)?|"
        r"creditabl[ey]|deft(?:ly)?|delighted|diplomatic|discerning|discreet(?:ly)?|dovetail(?:ed|s)|"
        r"efficient(?:ly)?|eloquent(?:ly)?|embedded|empathetic|empowered|enabled|energised|engaging|"
        r"enlightened|enriched|equitabl[ey]|error-free|exhaustive(?:ly)?|expeditious(?:ly)?|expertly|"
        r"explicit(?:ly)?|far-sighted|faultless(?:ly)?|favourabl[ey]|first-class|flawless(?:ly)?|flourish(?:ed|ing)|"
        r"fluent(?:ly)?|forthcoming|frank(?:ly)?|fruitful(?:ly)?|genuine(?:ly)?|grounded|harmonious|"
        r"holistic(?:ally)?|illuminating|immaculate(?:ly)?|impartial(?:ly)?|impeccabl[ey]|incisive(?:ly)?|"
        r"informative|insights?|inspir(?:ed|ing)|instructive|intelligent(?:ly)?|intelligible|joined-up|"
        r"judicious(?:ly)?|lasting|legible|level-headed|lucid(?:ly)?|masterly|measured|memorable|nuanced|"
        r"observant|painless|penetrating|perceptiveness|pertinent|plausible|precise(?:ly)?|probing|"
        r"productive(?:ly)?|promising|prudent(?:ly)?|rational|receptive|refreshing(?:ly)?|remarkabl[ey]|"
        r"resilient|resolute(?:ly)?|respectful(?:ly)?|restored|revealing|rewarding|sagacious|scrupulous|"
        r"seamless(?:ly)?|sensible|sensibly|sincere(?:ly)?|smooth(?:ly)?|sophisticated|spotless|stimulating|"
        r"straightforward(?:ly)?|strengthened|striking|succinct(?:ly)?|sure-footed|sympathetic(?:ally)?|"
        r"tact|tactful(?:ly)?|tailor-made|tenacity|thorough-going|thriv(?:ed|ing)|tight(?:ly)?|tireless(?:ly)?|"
        r"transformed|transparent(?:ly)?|trustworthy|unambiguous(?:ly)?|unbiased|understandable|unequivocal(?:ly)?|"
        r"unerring(?:ly)?|unexceptionable|unfailing(?:ly)?|unhurried|unimpeachable|unobjectionable|"
        r"unstinting|valid|valuabl[ey]|versatile|vigilantly|vindicated|whole-?hearted(?:ly)?|wise|wisely|"
        r"worthwhile|worthy",
        r"spot on|on (?:course|target|track)|to the (?:letter|point)|to good purpose|fit the bill|back on track|"
        r"back on course|hard to fault|could not fault|hit home|kept (?:him|her|them) safe|led to (?:change|improvement|better)|"
        r"no time (?:was|had been) lost|lost no time|no stone unturned|on the right lines|paid dividends|"
        r"put (?:things )?right|rang true|like clockwork|second to none|stood the test|struck (?:the right|a good|a sensible) (?:balance|note)|"
        r"the better for|the richer for|took (?:great |the )?(?:care|pains|trouble)|worth reading|worth(?:y of| the)|"
        r"went (?:well|smoothly|to plan|the extra mile|further than)|with (?:distinction|vigour|rigour|precision|purpose|sympathy|understanding|enthusiasm|aplomb|flair|discretion|dignity|authority|tenacity|persistence|patience|warmth)|"
        r"worked as (?:it|they) should|as (?:well|good) as (?:any|we)|at (?:its|their) best|beyond (?:criticism|reproach)|"
        r"(?:easy|easier) to (?:follow|read|understand|see|use)|ease|every (?:effort|opportunity)|without (?:prompting|being asked|difficulty|complaint)|"
        r"in (?:full|step|tune|keeping|accordance|proportion|good order|good hands|safe hands|depth)|"
        r"lived up to|made (?:sense|the most)|met with approval|paid (?:close|careful|proper|full|due|good)|"
        r"rose to|singled out|speaks? for itself|spoke (?:highly|warmly)|struck us as (?:fair|sound|good)|"
        r"the envy of|a model of|turned (?:the corner|round|around)|up to speed|grew (?:naturally )?out of|"
        r"won round|looked forward|brought (?:to life|together)|got (?:the|what) (?:help|support|they needed)|"
        r"as often as|by heart",
    ),
    # Work that was needed and was done: praise where the quantity is part of a group.
    *_cues(
        "done",
        0.6,
        r"reviewed|completed|considered|addressed|identified|recognised|recorded|shared|consulted|assessed|explored|analysed|taken into account|taken account|took account|updated|discussed|challenged|shaped|influenced|acted upon|acted on|followed up|followed through|checked|tested|explained|agreed|tailored|adapted|matched|linked|read|picked up|spotted|noticed|brought (?:in|into)|attention (?:was|had been|is) (?:paid|given)|thought about|drawn on|met",
    ),
    *_cues(
        "acted",
        0.5,
        r"done|carried out|undertaken|written|drawn up|put in place|involved|offered|contacted|asked|visited|seen|trained|supervised|managed|taken|provided|given|gave|informed|passed on|spoken to|interviewed|sought|obtained|received|invited|signed|countersigned|made|set out|sets out|held|built|supported|helped|delivered|started|had (?:a|an|one|had)|there was (?:a|an)|contained|covered|named|said|showed?|dealt with|responded to|protected|secured|found|described|observed|prepared|produced|had been|reached|kept|knew|followed|told",
    ),
    # A need, a circumstance: no judgement.
    *_cues(
        "need",
        0.8,
        r"(?:was|were|had been|is|are) (?:then |also |clearly |judged to be |thought to be )?(?:needed|required|due|necessary|warranted|called for|indicated|applicable|merited|expected)",
        r"(?:needed|required|requiring|needing|called for|call for|calling for|warranted|merited|fell due|fallen due|due for|due) (?:a|an|one|some|more|such|it|them|to|any|for|careful|specific|review|reviewing|plan|planning|attention|work|further|both|by|when|after|during|within|at|in|$)",
        r"(?:needed|required|fallen due|fell due|was due|were due|due|warranted|called for|applicable|relevant)\s*(?:$|[.,;:)])",
        r"enough (?:\w+ ){0,4}?to (?:warrant|need|demand|require|justify|call for|merit)|(?:would|might|may) have been (?:proper|appropriate|right|reasonable|sensible|useful)|reasonably (?:be|have been) (?:foreseen|expected)|to (?:warrant|demand|merit|call for) (?:a|an|one|some)",
        r"there (?:was|were|had been) (?:a|an|some|clear|known)? ?(?:\w+ )?(?:identifiable|known|direct|named|specific)? ?(?:victims?|risks?|concerns?|need|reason|significant change)",
        r"identifiable victim|known victim|direct victim|named victim|identified victim|raised (?:some |a )?concerns?|posed (?:a |some )|presented (?:a |some |an )|at risk of|vulnerable in|had a social worker|known to|looked after|subject to (?:a|an|child)|in care|on remand|had changed|significant change|had been (?:a )?(?:significant )?change|had an? (?:identifiable|known|direct)|involved a victim|had a victim|(?:was|were|is) (?:a|an) (?:\w+ )?(?:concern|factor|feature|issue)|(?:was|were) present|had (?:\w+ ){0,5}needs?\b|(?:should|ought to) have been (?:done|considered|reviewed|completed|carried out|made|written|one|in place)|reasonable to expect|unnecessary|not (?:an issue|a concern|a factor|at issue|needed|required|applicable|relevant|necessary)",
    ),
    # It happened, neither well nor badly.
    *_cues(
        "happened",
        0.7,
        r"requested|commissioned|ordered|(?:reported|gone|went) missing|had lost a|found it (?:hard|difficult)|had asked (?:to|for)|asked to be|complaints?|had asked for|asked for (?:a|one)|had gone to court|had been (?:prepared|provided|written|made|produced|requested|submitted) (?:for|in|to)|(?:were|was) (?:prepared|provided|written|made|produced|requested|submitted) (?:for|to|in)|returned to court|taken back to court|back to court|(?:were|was|been) breached|accepted|declined|chosen|opted|agency staff|were girls|were boys|were female|were male|aged|had been placed|living|lived|moved|in custody|sentenced|had known|took part|taken part|went on to|gone on to|turned down|transferred|allocated|held by|supervised by|female|male|had (?:previously )?been (?:known|in|on|subject)",
    ),
)

NEGATORS = re.compile(
    r"\b(?:not|n’t|n't|no|never|without|hardly|barely|scarcely|nor|neither|cannot|nobody|none|little|few|seldom|rarely|failed to|fail to|failure to|unable to|yet to|far from|anything but|neither)\b|n['’]t\b"
)
# Words that look like a negation and are none.
NO_NEGATION = re.compile(
    r"\b(?:not only|no more than|no fewer than|no less than|not less than|not more than|no doubt|not uncommon|not unusual|no quarrel|no concerns?|no reason|no (?:cause for )?complaint|no difficulty|without (?:delay|exception|fail|hesitation|prompting|fault|being asked|waiting)|not just|not merely|not simply|not surprisingly|no longer)\b"
)
PRAISE_IN_NEGATIVE = re.compile(
    r"\b(?:no quarrel|no concerns?|no (?:cause for )?complaint|no fault|no reason to (?:doubt|disagree)|without (?:delay|exception|fail|hesitation|fault)|nothing (?:to|that) (?:criticise|alarmed|concerned|fault))\b"
)
# Cues of what is wanting that hold their own negation.
ALREADY_NEGATIVE = re.compile(r"never|nothing|nobody|no one|no-one|without|little|less|nowhere|yet to|rather|instead")
# "one was not", "nine were not", "seven in which it had not": the opposite of what was said before.
SHOULD_NOT = re.compile(r"\b(?:should|ought to|could) have\b[^.;]*\b(?:and|but) (?:was|were|had|did) not\b")
ELLIPSIS = re.compile(
    r"\b(?:was|were|had|did|has|have|could|do|does|is|are|would) (?:not|n[’']t)(?: (?:been|so|done so|be|do so|have|had|one|any))?\s*(?:$|[.,;:)–—-])|\b(?:wasn|weren|hadn|didn)[’']t\s*(?:$|[.,;:)])|\bdid not (?:have|do) (?:one|so|it)\b"
)
ABSENCE = re.compile(
    r"\b(?:had|have|has) none\b|\bthere (?:was|were) none\b|\bhad no (?:such|plan|review|assessment|report|contact)\b|\bnone (?:was|were|at all|could be found)\b|\bhad (?:one|a plan|a review) that (?:was|did|would|could) not\b"
)

# --- activities -----------------------------------------------------------------------

ACTIVITY_CUES: tuple[Cue, ...] = (
    *_cues(
        "report",
        3.0,
        r"pre-?sentence reports?|psrs?|court reports?|reports? (?:for|to|had gone to|went to|gone to) (?:the )?(?:courts?|panels?|bench)|reports? (?:were|was|had been) (?:requested|provided|prepared|written|ordered)|(?<!to )reports?|sentencers|the (?:court|bench) had asked for",
    ),
    *_cues(
        "oversight",
        3.0,
        r"oversight|management oversight|countersign\w*|supervision of (?:the )?(?:case managers?|staff)|(?<!case )managers? (?:had|have|were|was|did|read|checked|signed|missed|noticed|picked|challenged|reviewed|intervened|spotted)|signed off|quality assured by|team managers?|line managers?|managerial|gatekeeping|gate-?kept|managers’ (?:comments|checks)|(?<!case )manager had|by (?:a |the |their )?managers?",
    ),
    *_cues("victims", 3.0, r"victims?|restorative|reparation to|victim’s|letters? of apology"),
    *_cues(
        "classification",
        2.6,
        r"classif\w*|(?:level|levels) (?:of|was|were|assigned|given|had been|is|set|too)|rosh level|risk level|the level|graded|grading|too low|too high|rated (?:as )?(?:high|low|medium)",
    ),
    *_cues(
        "review",
        2.4,
        r"(?:been|were|was) reviewed|reviews?|reviewed|reviewing|change of circumstances|brought up to date|re-?assess(?:ed|ment)|revisit(?:ed)?|brought up to date|updated",
    ),
    *_cues(
        "planning",
        2.2,
        r"(?:worked|thought) out what to do|what (?:would|should|was to) be done|plan(?:s|ned|ning)?|rmps?|vmps?|objectives|targets|contingenc(?:y|ies)",
    ),
    *_cues(
        "assessment",
        2.0,
        r"assess(?:ed|ment|ments|ing)?|asset|assetplus|analys(?:is|es|ed)|explanation of why|understood why|understanding of|understood|why (?:the|he|she|they|a|this|each)|account of (?:why|the|how|what)|identified (?:the )?(?:risk|reasons)|screening|screened|picture of|desistance",
    ),
    *_cues(
        "compliance",
        2.6,
        r"(?<!school )compl(?:ied|y|ying|iance|iant)|missed (?:an? |at least |more than |enough |several |two |three )?(?:\w+ )?appointments?|kept (?:their|his|her|all|every|most|to) ?(?:appointments?|the|their)?|keeping (?:their )?appointments?|(?<!school )attended|(?<!school )attendance|(?<!school )attending|doing as the court had asked|stopped attending|the terms of (?:their|his|her|the) (?:order|sentence|licence)|broke (?:the|their)",
    ),
    *_cues(
        "enforcement",
        2.8,
        r"enforce(?:d|ment)|breach(?:ed|es)?|formal warnings?|warnings?|returned to court|back to court|back before the court|compliance (?:meetings?|panels?)|non-compliance|response to (?:missed|non)|the (?:\w+ )?response|response was|nothing was done|failure to comply|failed to comply was|acted on (?:promptly)?",
    ),
    *_cues(
        "health",
        2.4,
        r"health|well-?being|camhs|substance|drugs?|alcohol|speech therap\w+|nurse|cannabis|mental|emotional|physical|psycholog\w+|therap\w+",
    ),
    *_cues(
        "education",
        2.4,
        r"education(?:al)?|school(?:ing|s)?|college|training (?:place|provider|or employment)|employment|ete|apprenticeship|learning (?:provider|mentor)",
    ),
    *_cues(
        "diversity",
        2.4,
        r"divers(?:e|ity)|barriers?|learning (?:need|needs|style|styles|disabilit\w+|difficult\w+)|language|culture|cultural|ethnic\w*|faith|gender|girls|disabilit\w+|in the way of|interpreter|communication needs",
    ),
    *_cues(
        "engagement",
        2.2,
        r"engage(?:d|ment|ing)?|involve(?:d|ment|ing)|parents?|carers?|consulted|own (?:words|views|account|plans?)|views of|views|voice|had a say|listened|relationships?|took part|taken part|participat\w+|self-assessment|signed by the (?:young person|child)|home visits?",
    ),
    *_cues(
        "partnership",
        2.2,
        r"partner(?:s|ship)?|joint(?:ly)?|multi-?agency|social care|social workers?|social services|children’s services|police|agenc(?:y|ies)|other agencies|information (?:was |had been |is )?(?:shared|exchanged)|shared with|strategy meetings?|referral(?:s)?(?! orders?)|escalat\w+|mappa|host (?:area|authority)|the two (?:services|workers|organisations)",
    ),
    *_cues(
        "staff",
        2.4,
        r"train(?:ed|ing)|knowledge|experience(?:d)?|skills?|supervision|appraisal|induction|staff|practitioners?|caseloads?|case managers? (?:had|were|felt|said|told|knew|understood)|felt (?:well )?supported|morale|confident|confidence|workloads?|agency staff|qualified",
    ),
    *_cues(
        "guidance",
        2.4,
        r"polic(?:y|ies)|procedures?|protocols?|guidance|quality assurance|audit(?:s|ed)?|checklists?|process(?:es)?",
    ),
    *_cues(
        "delivery",
        1.6,
        r"interventions?|deliver(?:ed|y|ing)?|programmes?|supervision sessions?|supervised|sessions?|contact (?:with|was|had|levels?)|work (?:done|that|with|had|was|on|started)|the work|services?|visited|visits?|appointments|placements?|delivering",
    ),
)
