"""Short Quality Screening letters of HM Inspectorate of Probation, 2012 to 2017."""

from __future__ import annotations

import re

from miner.profiles import Profile


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.VERBOSE)


# A person's name as letters print it: "Debbie Ward", "Elin Vaughan-Rees", "Siân O’Neill", "J. R. Poole".
NAME_PART = r"(?: [A-ZÀ-Þ]\. | [A-ZÀ-Þ][\w’']+ (?: - [A-ZÀ-Þ][\w’']+ )* )"
NAME = (
    rf"(?-i: {NAME_PART} (?: \s (?: (?:de|da|di|du|van|von|der|den|la|le|el|al|ap|ab|bin) \s )* {NAME_PART} ){{1,4}} )"
)

# Numbers in words or digits, as sample sizes are written.
NUMBER = r"(?: \d{1,3} | (?:a \s)? [a-z]+ (?: [-\s] (?:[a-z]+) )? )"
CASES = r"(?: [a-z,’'-]+ \s ){0,4}? (?: cases | case \s files | files | case \s records | records )"

SQS = Profile(
    name="sqs",
    described="an SQS letter",
    announces=_pattern(r"short \s+ quality \s+ screening | \bSQS\b"),
    title=_pattern(
        r"""(?: report \s (?: of | on | from ) \s )? (?: the \s | a \s )? short \s quality \s screening \s* (?: \( SQS \) )? \s*
        (?: inspection \s )? (?: report \s )? (?: of | : | – | - )? \s* (?: the \s )?
        (?: youth \s (?: offending | justice ) \s (?: work | service s? | team | practice ) )? \s* (?: in | of | : | – | - | , ) \s+
        (?P<area> .+? ) \s* \.?"""
    ),
    headings=(
        (
            "context",
            _pattern(
                r"(?: background (?: \s and \s context )? | context (?: \s (?: and | of | to ) \s .* )? | introduction )"
            ),
        ),
        (
            "summary",
            _pattern(
                r"""(?: executive \s | overall \s )? summary (?: \s of \s .* )? | overview | overall \s (?: findings | judge?ment | view )
                | (?: our \s )? (?: key | main | headline ) \s findings | in \s (?: summary | brief )"""
            ),
        ),
        (
            None,
            _pattern(
                r"""commentary (?: \s on \s .* )? | (?: detailed | our | the | inspection ) \s (?: inspection \s )? (?: findings | commentary )
                (?: \s in \s .* )? | findings (?: \s in \s .* )? | what \s we \s found (?: \s in \s .* )?"""
            ),
        ),
        (
            "reoffending",
            _pattern(
                r"""(?: reducing | reduction \s (?: in | of ) | to \s reduce | preventing | addressing | tackling | cutting )
                \s (?: the \s )? (?: likelihood \s of \s | risk \s of \s | chances? \s of \s )? (?: further \s )? (?: re- | re )? offending (?: \s behaviour )?
                | (?: the \s )? likelihood \s of \s re-?offending | (?: further \s )? re-?offending"""
            ),
        ),
        (
            "public",
            _pattern(
                r"""(?: protecting | protection \s of | to \s protect | safeguarding | keeping ) \s (?: the \s )?
                (?: public | other \s people | others | victims | community | communities )
                (?: \s safe )? (?: \s from \s harm )? (?: \s and \s .{4,40} )?
                | public \s (?: protection | safety )
                | (?: managing | reducing | tackling | addressing | minimising )? \s* (?: the \s )? risks? \s of \s (?: serious \s )? harm (?: \s to \s (?: others | other \s people | the \s public ) )?"""
            ),
        ),
        (
            "child",
            _pattern(
                r"""(?: protecting | protection \s of | to \s protect | safeguarding | keeping ) \s (?: the \s | each \s | every \s )? (?: vulnerable \s )?
                (?: child | children | young \s (?: person | people ) ) .{0,40}
                | (?: managing | reducing | addressing | tackling )? \s* (?: safeguarding | vulnerability ) (?: \s (?: and | & ) \s (?: safeguarding | vulnerability | well-?being ) )?
                | (?: the \s )? safety \s and \s well-?being .{0,30}"""
            ),
        ),
        (
            "sentence",
            _pattern(
                r"""(?: ensuring | making \s (?: sure | certain ) | seeing | to \s ensure | assuring ) \s (?: that \s )? (?: the \s | each \s | every \s )?
                (?: court \s )? (?: sentences? | orders? ) \s (?: is | are ) \s (?: served | delivered | completed | carried \s out )
                | (?: serving | delivering | delivery \s of | service \s of | completing | enforcing | carrying \s out ) \s the \s (?: sentence | order ) s? (?: \s of \s the \s court )?
                | (?: the \s )? sentence (?: \s (?: delivery | served | of \s the \s court ) )?"""
            ),
        ),
        (
            "management",
            _pattern(
                r"""(?: operational | operations | local | service | team | day-to-day ) \s management (?: \s and \s .{4,30} )?
                | management (?: \s (?: and \s (?: leadership | partnerships? | staffing | governance ) | arrangements | of \s the \s .{3,30} ) )?
                | leadership (?: ,? \s (?: and | , | & ) .{4,40} )? | managing \s the \s (?: service | work | team | yot | yos | yjs )
                | governance (?: \s and \s .{4,40} )? | how \s the \s (?: service | work | team | yot | yos | yjs ) \s is \s (?: run | managed | led )"""
            ),
        ),
        (
            "strengths",
            _pattern(
                r"""(?: outstanding | key | main | particular | notable | significant | principal | identified | major | chief | specific | our )?
                \s* (?: areas? \s of \s )? (?: particular \s )? strengths? (?: \s (?: of | in | identified | we | found | observed ) .{0,40} )?
                | what \s (?: the \s )? (?: \w+ \s ){1,3}? does \s (?: well | best ) | what \s (?: is \s working | works | worked | went ) \s well | what \s we \s saw \s done \s well"""
            ),
        ),
        (
            "improvements",
            _pattern(
                r"""(?: key | main | particular | priority | principal | identified | specific | the )? \s* areas? \s
                (?: requiring | for | in \s need \s of | needing | which \s (?: require s? | need s? ) | that \s (?: require s? | need s? ) | of | to | where ) \s
                (?: further \s | significant \s | most \s )? (?: improve (?: ment (?: s )? )? | development | attention | focus | practice \s improvement ) .{0,30}
                | (?: key | main )? \s* improvements? \s? (?: required | needed | necessary | priorities | to \s be \s made )?
                | (?: key | main | our )? \s* recommendations? (?: \s for \s .{3,40} )?
                | what \s (?: needs | must | should | has ) \s (?: to \s )? (?: be \s )? (?: improved? | change | get \s better ) | priorit (?: y | ies ) \s for \s improvement
                | where \s improvement \s is \s (?: needed | required )"""
            ),
        ),
        (
            "closing",
            _pattern(
                r"thanks | acknowledge?ments? | conclusion s? | next \s steps | closing \s remarks | further \s information | contacts? (?: \s details )?"
            ),
        ),
    ),
    points={"strengths": "strength", "improvements": "improvement"},
    captions=_pattern(
        r"""(?: (?: good | notable | effective | best | poor | interesting | promising ) \s )? (?: case | practice ) \s (?: example | illustration | study | note | summary ) s? (?: \s .{0,30} )?
        | (?: an? \s )? (?: inspector’?s \s )? (?: examples? | illustrations? ) (?: \s of \s .{4,60} )? (?: \s \d{1,2} )?
        | (?: notable | good | effective | innovative ) \s practice (?: \s example )? (?: \s .{0,30} )?
        | from \s (?: the | one | our ) \s (?: case )? \s? (?: files? | notes | inspector .{0,30} )
        | inspector’?s? \s (?: notes? | comments? | observations? ) | what \s (?: one \s | an \s | the \s )? inspectors? \s (?: saw | wrote | noted | found )"""
    ),
    closing=_pattern(
        r"""\b (?: grateful | gratitude | enquir (?: y | ies ) | queries | thank (?: s | you )? | appreciat \w+ | further \s questions | questions \s (?: about | should | on )
        | lead \s inspector | contacted \s (?: on | by | at ) | telephone | we \s (?: strongly \s )? (?: recommend | suggest | ask | urge | trust | hope ) \s (?: that \s )? you
        | yours \s (?: sincerely | faithfully ) ) \b"""
    ),
    ends=_pattern(
        r"(?: copy | copies | copied | c \. ? c \.? | distribution ) (?: \s (?: to | list | recipients ) )? \s* :? (?: \s .{0,80} )?"
    ),
    sign_off=_pattern(r"(?: yours | with \s best \s wishes | with \s kind \s regards | kind \s regards ) .{0,25}"),
    sample_sizes=(
        _pattern(rf"\b sample \s of \s (?: just \s | only \s | some \s )? (?P<number>{NUMBER}) \s {CASES} \b"),
        _pattern(
            rf"\b sample \s (?: was \s | were \s )? (?: made \s up \s of | consisted \s of | comprised | comprising | comprises | numbered | contained | included | held | was | ran \s to | came \s to | consists \s of ) \s (?P<number>{NUMBER}) \s {CASES}"
        ),
        _pattern(
            rf"""\b (?: we | inspectors | the \s inspectors | our \s inspectors | they | which | team | us | i )
            \s (?: have \s | had \s | all \s | then \s | together \s | also \s | between \s them \s )? (?: examined | looked \s (?: at | closely \s at | in \s detail \s at | into | through ) | inspected | read | reviewed | assessed | scrutinised | considered | sampled | studied | saw | screened | selected | drew | took | chose | went \s through | analysed | audited | visited | tested | picked )
            \s (?: the \s start \s of \s | the \s early \s work \s in \s | work \s in \s | in \s detail \s | a \s total \s of \s | the \s files? \s of \s | the \s opening \s .{{3,40}} \s of \s | the \s (?:first|early|opening) .{{3,60}} \s (?:of|in) \s )? (?: a \s sample \s of \s | some \s | just \s | only \s )? (?P<number>{NUMBER}) \s {CASES} \b"""
        ),
        _pattern(
            rf"\b (?P<number>{NUMBER}) \s {CASES} \s (?: [a-z’'-]+ \s ){{0,8}}? (?: were | was | had \s been | have \s been ) \s (?: [a-z]+ \s )? (?: examined | inspected | read | reviewed | assessed | sampled | scrutinised | looked \s at | screened | selected | chosen | drawn | considered | studied )"
        ),
        _pattern(
            rf"\b (?: sample | sampled | inspection | screening ) [^.]{{0,60}}? \s (?P<number>{NUMBER}) \s {CASES} \b"
        ),
        _pattern(rf"\b sample \s of \s (?P<number>{NUMBER}) (?: \b )"),
        _pattern(
            rf"\b (?P<number>{NUMBER}) \s {CASES} \s (?: of \s children | involving | held | supervised | managed | that \s had | which \s had | from | drawn )"
        ),
    ),
    reoffending_rates=(
        _pattern(
            r"""\b re-?offending \s rate s? \b (?: (?! \b England \b | \b national (?:ly)? \b | (?<!\d)\.\s ) . ){0,140}? \b (?: was | is | stood \s at | were | of | at | came \s to | being | had \s been | has \s been | to | , | : | \( )
            \s* (?: now \s | recorded \s as \s | put \s at \s | calculated \s as \s | just \s | around \s | about \s )? (?P<rate> \d{1,2} (?: \.\d+ )? ) \s* (?: % | per \s? cent )"""
        ),
        _pattern(
            r"\b (?P<rate> \d{1,2} (?: \.\d+ )? ) \s* (?: % | per \s? cent ) \s (?: of \s [^.]{3,80}? \s )? (?: re-?offended | had \s re-?offended | reoffending )"
        ),
    ),
    lead_inspectors=(
        _pattern(
            rf"lead \s inspector s? \s* (?: for \s [^.,;]{{3,40}} )? \s* (?: , | : | \( | – | - )? \s* (?: who \s )? (?: was | is | on \s this \s occasion \s was )? \s* (?: , | : )? \s* (?: (?: mr | mrs | ms | miss | dr ) \.? \s )? (?P<name>{NAME})"
        ),
        _pattern(
            rf"(?P<name>{NAME}) \s* (?: , | \( | – | - )? \s* (?: (?: who | she | he ) \s )? (?: was | is | acted \s as | as | led )? \s* (?: the | our | your )? \s* (?: lead \s inspector | led \s the \s (?: inspection | screening | team ) | who \s led )"
        ),
        _pattern(
            rf"(?: inspection | screening | team ) \s (?: was | has \s been ) \s led \s by \s (?: (?: mr | mrs | ms | miss | dr ) \.? \s )? (?P<name>{NAME})"
        ),
        _pattern(
            rf"(?: contact | speak \s to | put \s to | directed \s to | addressed \s to | sent \s to | reach | write \s to | ring | call ) \s (?: (?: mr | mrs | ms | miss | dr ) \.? \s )? (?P<name>{NAME})"
        ),
    ),
    criteria_sections={
        "introduction": "Introduction",
        "context": "Context",
        "summary": "Summary",
        "reoffending": "Reducing reoffending",
        "public": "Protecting the public",
        "child": "Protecting the child or young person",
        "sentence": "Making sure the sentence is served",
        "management": "Operational management",
        "strengths": "Strengths",
        "improvements": "Areas for improvement",
        "closing": "Closing",
    },
    activities={
        "report": "Pre-sentence and other reports for courts and panels.",
        "assessment": "Assessing the case: finding out and understanding.",
        "classification": "The level given to risk of serious harm or to vulnerability.",
        "planning": "Plans: to reduce reoffending, to manage risk of harm or vulnerability.",
        "review": "Reviewing assessments and plans.",
        "delivery": "Interventions and supervision as delivered.",
        "victims": "Victims: their safety, contact with them, restorative justice.",
        "oversight": "Oversight of the work by managers.",
        "staff": "Knowledge, training and support of staff.",
        "diversity": "Diverse needs and barriers to taking part.",
        "engagement": "Involving the child or young person and the parents or carers.",
        "health": "Health and well-being.",
        "education": "Education, training and employment.",
        "compliance": "Whether children and young people complied.",
        "enforcement": "The response to non-compliance.",
        "partnership": "Joint work with other organisations.",
        "guidance": "Procedures, policies and quality assurance.",
    },
)
