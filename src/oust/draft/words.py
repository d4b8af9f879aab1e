"""The words by which the rules know reporting: verbs by class, speakers, roles, outlets."""

from __future__ import annotations

import re

_VERBS = {
    "say": """say says said saying; tell tells told telling; write writes wrote written writing;
        state states stated stating; tweet tweets tweeted tweeting; add adds added adding;
        note notes noted noting; explain explains explained explaining; recall recalls recalled
        recalling; report reports reported reporting; stress stresses stressed stressing;
        emphasise emphasises emphasised emphasising; emphasize emphasizes emphasized emphasizing;
        reiterate reiterates reiterated reiterating; reply replies replied replying; respond
        responds responded responding; observe observes observed observing; declare declares
        declared declaring; continue continues continued; conclude concludes concluded concluding;
        remark remarks remarked remarking; joke jokes joked; comment comments commented; point+out
        points+out pointed+out pointing+out; go+on goes+on went+on; caution cautions cautioned
        cautioning; mention mentions mentioned mentioning; post posts posted; read reads""",
    "claim": """claim claims claimed claiming; allege alleges alleged alleging; argue argues argued
        arguing; insist insists insisted insisting; assert asserts asserted asserting; contend
        contends contended contending; maintain maintains maintained maintaining; suggest suggests
        suggested suggesting; imply implies implied implying; warn warns warned warning; complain
        complains complained complaining; accuse accuses accused accusing; blame blames blamed
        blaming; call calls called calling; describe describes described describing; brand brands
        branded branding; label labels labeled labelled labeling; express expresses expressed
        expressing; voice voices voiced voicing; raise raises raised raising; slam slams slammed
        slamming; criticise criticises criticised criticising; criticize criticizes criticized
        criticizing; condemn condemns condemned condemning; denounce denounces denounced
        denouncing; deplore deplores deplored; charge charges charged charging""",
    "deny": """deny denies denied denying; reject rejects rejected rejecting; dismiss dismisses
        dismissed dismissing; refute refutes refuted refuting; rebut rebuts rebutted rebutting;
        dispute disputes disputed disputing;
        fire+back fires+back fired+back firing+back; hit+back hits+back hitting+back;
        push+back pushes+back pushed+back pushing+back""",
    "urge": """urge urges urged urging; advise advises advised advising; recommend recommends
        recommended recommending; vow vows vowed vowing; pledge pledges pledged pledging; promise
        promises promised promising; threaten threatens threatened; call+on calls+on called+on
        calling+on; call+for calls+for called+for calling+for; demand demands demanded""",
    "confirm": """confirm confirms confirmed confirming; acknowledge acknowledges acknowledged
        acknowledging; admit admits admitted admitting; concede concedes conceded conceding;
        verify verifies verified""",
    "announce": """announce announces announced announcing; disclose discloses disclosed disclosing;
        reveal reveals revealed revealing""",
    "testify": "testify testifies testified testifying",
    "judge": """believe believes believed believing; think thinks thought; assess assesses assessed
        assessing; estimate estimates estimated estimating; predict predicts predicted predicting;
        judge judges judged; suspect suspects suspected; fear fears feared; doubt doubts doubted""",
    "show": """show shows showed shown showing; indicate indicates indicated indicating; find finds
        found finding; demonstrate demonstrates demonstrated""",
}


def _forms() -> dict[str, tuple[str, str]]:
    found = {}
    for verb_class, text in _VERBS.items():
        for entry in text.split(";"):
            forms = [form.replace("+", " ") for form in entry.split()]
            for form in forms:
                found[form] = (forms[0], verb_class)
    return found


FORMS = _forms()
"""Inflected form to (verb, class)."""

STRONG = frozenset(
    """say tell claim allege argue insist assert contend testify write deny""".split()
)
"""Verbs that report whatever follows; the others need `that`, a quotation or a clause."""

WITH_OBJECT = frozenset(
    """deny reject dismiss refute rebut dispute accuse blame call describe brand label slam
    criticise criticize condemn denounce announce confirm disclose reveal acknowledge admit
    show indicate""".split()
)
"""Verbs whose object itself says what is asserted: `rejected the claims`, `called it a fraud`."""

NO_OBJECT = frozenset(["fire back", "hit back", "push back", "go on", "continue"])
"""Verbs that need no complement of their own."""

NOUN_LIKE = frozenset(
    """claims reports states charges notes comments posts calls doubts fears suspects estimates
    reads report claim state note charge post comment call doubt fear judge blame label
    labels voice voices demand demands promise promises pledge pledges vow vows threat raise
    raises brand brands finding findings warning find show shows""".split()
)
"""Forms that are as often nouns."""

INVERTING = frozenset(
    """say write add claim tweet state argue warn note explain continue recall insist conclude
    report observe joke stress declare reply allege remark caution assert announce""".split()
)
"""Verbs that may stand before their subject: `“...,” said Jane Roe`."""

CRITICISING = frozenset(["slam", "criticise", "criticize", "condemn", "denounce", "deplore"])
"""Verbs of which any object will do."""

UNNAMED = frozenset(
    """official officials source sources person people employee employees executive executives
    aide aides analyst analysts expert experts researcher researchers insider insiders
    diplomat diplomats adviser advisers advisor advisors engineer engineers critic critics
    lawmaker lawmakers lawyer lawyers officer officers worker workers staffer staffers
    member members manager managers investigator investigators politician politicians
    observer observers auditor auditors agent agents contractor contractors veteran veterans
    consultant consultants opponent opponents supporter supporters resident residents
    regulator regulators prosecutor prosecutors attorney attorneys scientist scientists
    minister ministers senator senators customer customers user users woman man spy spies
    chiefs chief legislator legislators specialist specialists individual individuals
    shareholder shareholders investor investors academic academics campaigner campaigners
    activist activists whistleblower whistle-blower whistleblowers insiders technician
    technicians trader traders banker bankers soldier soldiers representative
    representatives mp mps councillor councillors journalist journalists author authors
    delegate delegates""".split()
)
"""Heads of descriptions of speakers without a name."""

EXPERT = re.compile(
    r"(?i)\b(?:professor|lecturer|researchers?|analysts?|experts?|scientists?|scholars?|academics?"
    r"|fellow|economist|historian|cryptographers?|engineer at|consultant|specialists?"
    r"|university|institute|college|former (?:\w+ ){0,3}(?:director|chief|head))\b"
)

OFFICES = frozenset(
    """president director chairman chairwoman chair chief executive officer minister secretary
    senator congressman congresswoman representative governor mayor commissioner professor
    lecturer analyst researcher expert founder co-founder owner manager head auditor
    supervisor lawyer attorney counsel judge ambassador general admiral colonel councillor
    councilor engineer editor reporter journalist adviser advisor undersecretary
    administrator inspector superintendent economist historian lawmaker mp leader deputy
    vice chancellor premier prosecutor partner dealer spokesman spokeswoman spokesperson ceo
    cto cio ciso cfo coo whip democrat republican conservative liberal author consultant
    specialist scientist technician investor activist campaigner resident treasurer fellow
    architect""".split()
)
"""Positions that a person holds."""

TITLES = frozenset(
    """mr mrs ms miss dr prof professor sen senator rep representative gov governor gen general
    adm admiral col colonel lt capt sgt maj sir dame lord lady president secretary minister
    congressman congresswoman commissioner councillor judge justice ambassador director
    chairman mayor chancellor detective inspector""".split()
)

ORGANISED = frozenset(
    """inc corp corporation ltd llc plc gmbh ag sa co company group holdings lab labs
    laboratories systems networks technologies technology software security services
    solutions industries partners associates bank university institute college school
    department ministry agency bureau committee subcommittee commission council office board
    authority administration service court congress senate house parliament commons lords
    treasury pentagon kremlin government directorate party union association federation
    foundation society centre center police army navy force cloud secure analytics
    electronics telecom energy aerial optics grid command cabinet embassy alliance trust
    team tribunal consortium intelligence""".split()
)
"""Words that mark a capitalised name as that of an organisation."""

OFFICIAL = re.compile(
    r"\b(?:Senate|House|Congress|Parliament|Commons|Lords|Assembly|Bundestag|Duma|Knesset"
    r"|(?:Sub)?[Cc]ommittee|Commission|Council|Department|Ministry|Agency|Bureau|Board|Court"
    r"|Authority|Administration|Directorate|Office|Treasury|Pentagon|President|Governor"
    r"|Senators?|Representatives?|Minister|Secretary|Judge|Justice"
    r"|White House|Kremlin|[Gg]overnment|[Rr]egulators?|[Aa]uthorities|[Aa]dministration"
    r"|[Ll]awmakers|[Ll]egislature"
    r"|[Jj]udge|[Jj]ury|[Cc]ourt|[Mm]inistry|[Aa]gency|[Dd]epartment|[Cc]abinet|Union"
    r"|FCC|FTC|GSA|DHS|FBI|SEC|DOJ|NATO|EU)\b|\b(?:Gov|Sens?|Reps?)\."
)
"""Who can pass, order, ban, fine."""

_OUTLETS = """Reuters|Bloomberg|BuzzFeed(?: News)?|ABC(?: News)?|NBC(?: News)?|CBS(?: News)?|CNN|BBC
|Fox News|MSNBC|NPR|PBS|AFP|AP|(?:The )?Associated Press|Agence France-Presse|(?:The )?Guardian
|Politico|Axios|(?:The )?Intercept|Vice|Wired|Forbes|Fortune|Newsweek|TIME|(?:The )?Economist
|Der Spiegel|Die Zeit|Le Monde|Le Figaro|El País|El Pais|La Repubblica|Interfax|TASS|RIA Novosti
|RT|Sputnik|Xinhua|Al Jazeera|Deutsche Welle|Kommersant|Vedomosti|Meduza|ProPublica|Motherboard
|The Verge|Ars Technica|ZDNet|CNET|TechCrunch|CyberScoop|FCW|Nextgov|Gizmodo|The Register
|SecurityWeek|BleepingComputer|KrebsOnSecurity|Recode|Quartz|The Atlantic|The New Yorker
|Nikkei(?: Asia)?|Haaretz|Handelsblatt|Sky News|ITV News|McClatchy|The Hill|Roll Call|Kyodo
|Yonhap|Business Insider|The Daily Beast|MIT Technology Review|Slate|Vox|Semafor|404 Media"""

_MASTHEADS = """Times|Post|Journal|Herald|Tribune|Gazette|News|Daily|Chronicle|Observer|Courier
|Telegraph|Standard|Examiner|Inquirer|Globe|Mail|Mirror|Independent|Press|Dispatch|Bulletin|Record
|Review|Monitor|Magazine|Newspaper|Weekly|Today|Radio|TV|Television|Sentinel|Ledger|Register
|Star|Argus|Echo|Wire|Broadcasting"""

KNOWN_OUTLET = re.compile(rf"(?:{_OUTLETS.replace(chr(10), '')})\Z")
MASTHEAD = re.compile(
    rf"(?:The )?(?:[A-Z][\w&’'-]*(?: of)? ){{1,4}}(?:{_MASTHEADS.replace(chr(10), '')})\Z"
)
DOMAIN = re.compile(r"[A-Z0-9][\w-]*\.(?:com|net|org|co\.uk|info|io)\Z")

PRESS = frozenset(
    """newspaper paper magazine site website outlet broadcaster network channel publication
    newswire weekly daily tabloid portal wire""".split()
)
WRITINGS = frozenset("""report article story piece blog post column investigation exposé""".split())
"""What outlets publish."""

PUBLIC_RECORDS = re.compile(
    r"(?i)\b(?:(?:public|court|contract(?:ing)?|procurement|spending|customs|corporate|company"
    r"|business|property|land|police|government|tax|trade|shipping|election|lobbying|regulatory"
    r"|official|import|export|state|federal|city|council|published|patent) (?:\w+ )?"
    r"(?:records?|data|documents?|registers?|registry|filings?|papers?|database|figures|statistics"
    r"|disclosures?)"
    r"|records|filings?|registers?|registry|court (?:papers|documents|filings)|lawsuit|complaint"
    r"|indictment|affidavit|transcripts?|minutes|statistics|audit|bill|statute|legislation|law"
    r"|act|(?:congressional|parliamentary|government|committee|inspector general|watchdog"
    r"|senate|house) report"
    r"|patents?|directive|judgment|ruling|subpoena|freedom of information)\b"
)
PAPERS = re.compile(
    r"(?i)\b(?:records?|filings?|documents?|papers?|e-?mails?|memos?|memorand(?:um|a)|letters?"
    r"|files?|data|database|figures|invoices?|contracts?|minutes|transcripts?|lawsuits?|complaint"
    r"|indictment|affidavit|audit|registry|registers?|statistics|communications|correspondence"
    r"|presentations?|slides|spreadsheets?|logs|messages|cables?|notes|annex|dossier|receipts?"
    r"|assessment|testimony|disclosures?|survey|analysis|study|bill|directive|ruling|judgment"
    r"|legislation|patents?)\b"
)

COMPANY_NOUN = frozenset(
    """company firm vendor manufacturer maker supplier group corporation startup start-up
    carrier operator developer business bank retailer giant provider""".split()
)
BODY_NOUN = frozenset(
    """agency ministry department committee commission government council office board
    authority court regulator bureau utility university administration service party senate
    house union reseller dealer contractor institute embassy city county school hospital
    port police army directorate panel watchdog body""".split()
)

ALLEGATION = (
    r"reports?|allegations?|claims?|accusations?|rumou?rs?|concerns?|suspicions?|fears?"
    r"|suggestions?"
    r"|assertions?|revelations?|speculation|charges?|warnings?"
)

GIVEN_NAMES = frozenset(
    """james john robert michael david william richard joseph thomas charles christopher daniel
    matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy
    ronald jason edward jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin
    scott brandon benjamin samuel gregory alexander patrick frank raymond jack dennis jerry
    tyler aaron jose adam nathan henry douglas peter zachary kyle noah ethan jeremy walter
    christian keith roger terry sean gerald carl harold dylan arthur lawrence jordan jesse
    bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent
    mason roy ralph bobby russell philip eugene marco luis carlos ivan igor sergei vladimir
    dmitry boris oleg yuri andrei mikhail nikolai hans jürgen klaus lars henrik bo anders
    jan piet pierre jean michel luca giovanni ali mohammed muhammad ahmed hassan omar wei
    ming li hiroshi kenji raj arjun kofi kwame tobias ivo mary patricia jennifer linda
    elizabeth barbara susan jessica sarah karen nancy lisa margaret betty sandra ashley
    dorothy kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca
    laura sharon cynthia kathleen amy angela shirley anna ruth brenda pamela nicole
    katherine virginia catherine christine debra rachel janet emma maria heather diane julie
    joyce victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah
    jacqueline martha gloria teresa ann sara madison frances kathryn janice jean alice
    abigail sophia grace denise amber doris marilyn danielle beverly isabella theresa diana
    natalie brittany charlotte marie kayla alexis lori jane joanna claire fiona harriet
    petra olga natalia elena svetlana ingrid astrid priya fatima aisha mei yuki ana marta
    pilar simone renee amara lena""".split()
)

LEADS = frozenset(
    """but and however meanwhile still yet also then now so earlier later instead indeed
    moreover furthermore additionally separately nevertheless nonetheless afterwards today
    yesterday again likewise similarly""".split()
)
"""Words before the subject that say nothing of it."""

PREPOSITIONS = frozenset(
    """in on at by for with from after before during since until amid despite under over
    following speaking asked testifying writing responding according citing quoting as while
    when because although though if whereas unless once where through throughout against
    about without within between among given like unlike besides upon to""".split()
)
