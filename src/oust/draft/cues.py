"""Where a sentence attributes something: the reporting verb, its subject, and what it reports.

All positions are in the masked sentence (quotes.masked), in characters.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from oust.draft import speakers
from oust.draft import words as w

Way = Literal["after", "before", "around"]
"""Where the assertion stands: after the attribution, before it, or on both sides of it."""


class Cue(Struct, frozen=True, kw_only=True):
    """One attribution."""

    rule: str
    verb: str
    verb_class: str
    start: int  # of the attribution, its subject included
    end: int  # of the attribution, its `that` included
    way: Way
    subject: str  # noun phrase; empty: that of the cue before
    extra: str = ""  # apposition to the subject
    hearer: str = ""  # who was told
    manner: str = ""  # `in a statement`, `at the time`
    that: bool = False  # `that` introduces the assertion
    at: int = 0  # of the verb itself
    whole: bool = False  # the attribution itself is the assertion: `denied the claims`


_FORMS = sorted(w.FORMS, key=lambda form: (-len(form), form))
_VERB = re.compile(r"(?<![\w’'-])(?P<verb>" + "|".join(_FORMS) + r")(?![\w’'-])", re.I)
_ADVERBS = re.compile(
    r"(?:(?<=[\s,”])|\A)(?:has|have|had|also|later|then|further|\w+ly|now|again|once|still|already|too"
    r"|even|itself|himself|herself|themselves|both|all|each|always|never before|long|since|often|meanwhile|however|did|does|do|"
    r""
    r"(?:(?:on|last|this|late|early|in) )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today"
    r"|(?:last|this) (?:week|month|year|night)|earlier|first|in (?:19|20)\d\d|who|would|will)\s*\Z"
)
_NEGATED = re.compile(
    r"(?i)\b(?:not|n[’']t|to|never|without|before|by|of|for|declin\w+ to|refus\w+ to|cannot|could|might"
    r"|may|must|should|can|let us|be|been|being|was|were|is|are|get|got|gets|having)\s*\Z"
)
_BE = re.compile(r"(?i)\b(?:was|were|is|are|been|being|be|get|got)(?: \w+ly)?\s*\Z")
_NOUN_BEFORE = re.compile(
    r"(?i)(?:\b(?:the|a|an|these|those|all|of|his|her|its|their|our|any|some|such|no|other|new"
    r"|slamming|in|on|by|for|with|from|about|over|against|amid|after|following|united|false|second|third|another"
    r"|latest|each|every|early|earlier|scathing|detailed|investigative|lengthy|special|annual|recent|own|next"
    r"|similar|press|news|several|many|first|on the|and|or|more|latter|two|three)|[’']s|s[’'])\s*\Z"
)
_MANNER = re.compile(
    r"\s+(?:(?:in|on|at|during|via|through) (?:an? |its |his |her |their |the |that )?(?:[\w’'.-]+ ){0,4}?"
    r"(?:statement|e-?mail|interview|blog(?: post)?|post|letter|filing|tweet|speech|memo|response|note"
    r"|report|hearing|briefing|conference|testimony|release|message|call|article|time|advisory|video"
    r"|court(?! (?:fil|doc|pap)))\b(?: (?:posted|published|sent|given|issued|dated|provided) [^,“”.;]{0,40}?(?=,|“| that\b|\.|\Z)"
    r"| (?:to|with) (?:the )?[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)?"
    r"|(?:on |last |this |late |early )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|night"
    r"|evening|afternoon))?|yesterday|today|then|recently|publicly|(?:last|this|earlier this) (?:week"
    r"|month|year|night|spring|summer|autumn|fall|winter)|(?:in|on) (?:\w+ )?(?:\d{1,2},? )?(?:19|20)\d\d"
    r"|at (?:the|that) time|to (?:reporters|journalists|lawmakers|senators|the [\w ]{3,30}?)(?= that\b|,|\.|\Z)"
    r"|before (?:the|a) [\w ]{3,40}?(?= that\b|,|\.|\Z)|in [A-Z]\w+(?= that\b|,|\.|\Z))"
)
_THAT = re.compile(r"\s*,?\s+that\b(?! (?:was|is|would|had|has|he|she)\s*[.,])")
_CLAUSE = re.compile(
    r"(?i)\s+(?:“|he|she|it|they|we|there|the|a|an|its|his|her|their|this|these|those|no|some|only|any"
    r"|all|both|what|how|why|whether|in|since|more|most|nobody|nothing|[A-Z]|\d|neither|none|part)"
)
_OPEN_CLAUSE = re.compile(
    r"(?i)\s+(?:he|she|it|they|we|there|its|his|her|their|the [\w’' -]{2,40}? (?:had|has|have|was|were|is|are|would|will"
    r"|could|may|might|did|does|do)|[A-Z][\w’'-]+(?: [\w’'-]+){0,5}? (?:had|has|have|was|were|is|are|would|will|could|may"
    r"|might|did|does))\b"
)
_HEARER = re.compile(
    r"\s+(?P<who>(?:him|her|them|us|me|it)\b"
    r"|(?:(?:the|a|an) )?[A-Z][\w’'.&-]*(?: (?:of )?[A-Z][\w’'.&-]*)* (?:hearing|committee|panel|conference|briefing"
    r"|court|subcommittee|inquiry|audience|summit|reporters?|lawmakers)\b|(?:(?:the|a|an|its|his|her|their) )?(?:[a-z][\w’'-]* ){0,4}?"
    r"(?:reporters|journalists|lawmakers|senators|investors|customers|employees|staff|officials|committee|panel"
    r"|court|judge|briefing|conference|senator|hearing|newspaper|paper|magazine|site|audience|jury|inquiry|MPs"
    r"|commission|council|board|agency|parliament|people|viewers|listeners|users|everyone|congress)\b"
    r"|(?:[Tt]he )?[A-Z][\w’'.&-]*(?: (?:of )?[A-Z][\w’'.&-]*)*)"
)
_STOP = re.compile(r"[”“;:(]|\s[–—]\s|—|\s--?\s")
_CONJ = re.compile(
    r"\b(?:but|while|whereas|although|though|because|after|when|since|that|as|if|before|until|so|yet)\s"
)
_PIECE = re.compile(r"(?:[^,]|(?<=\d),(?=\d)|,(?= ?(?:Inc|Ltd|LLC|Corp|Jr|Sr|S\.A|PLC|plc)\b))+")
_APPOSED = re.compile(r"\s*(?:[a-z]|\d|[RD]-|Jr\b|Sr\b|Inc\b|Ltd\b|Corp\b|LLC\b|\()")
_SPOKEN_OBJECT = re.compile(
    r"(?i)\s+(?:(?:the|those|these|all|both|any|such|its|their|his|her|any and all|that|this|of)\s)*(?:[\w’'“”¤-]+ ){0,3}?"
    r"(?:allegations?|claims?|reports?|accusations?|suggestions?|charges?|notion|ideas?|assertions?"
    r"|criticisms?|story|stories|account|concerns?|assessment|findings?|speculation|rumou?rs?|article"
    r"|wrongdoing|involvement|links?|ties|it|that|this|them|him|lawsuit|complaint|characteri[sz]ation"
    r"|conclusions?|knowledge|connections?|existence|view|evidence|testimony|narrative|version|news"
    r"|having|being|doing|\w+ing|any|all)\b"
)
_TITLE = re.compile(r"\b(?:report|article|story|book|series|post|bill|project|programme?|operation|product|tool)\s*\Z")


ASIDE = re.compile(r"\([^()]{1,40}\)")


def cues(mask: str, headline: bool = False) -> list[Cue]:
    """Attributions of a sentence, in order."""
    found: list[Cue] = []
    mask = ASIDE.sub(lambda aside: " " * len(aside[0]), mask)
    for match in _VERB.finditer(mask):
        if found and match.start() < found[-1].end and not headline:
            continue
        if cue := _verb_cue(mask, match, found):
            found.append(cue)
    for rule in (_according, _passive, _stance, _nominal):
        for cue in rule(mask):
            if not any(cue.start < one.end and one.start < cue.end for one in found):
                found.append(cue)
    return sorted(found, key=lambda cue: cue.start)


def _verb_cue(mask: str, match: re.Match[str], before: list[Cue]) -> Cue | None:
    form = match["verb"].lower()
    verb, verb_class = w.FORMS[form]
    left, right = mask[: match.start()], mask[match.end() :]
    quoted = re.search(r"\b(?:is|are|was|were) quoted(?: [\w ]{1,20})? as\s*\Z", left)
    if quoted:
        left = left[: quoted.start()]
    elif _BE.search(left) or _NEGATED.search(left):
        return None
    if form in w.NOUN_LIKE and _NOUN_BEFORE.search(left) and not re.search(r"“[^”]*”\s*\Z|\bwhich\s*\Z", left):
        return None
    if form == "called" and _TITLE.search(left):
        return None
    if form in w.NOUN_LIKE and _NOUN_AFTER_VERB.search(left):
        return None
    if form in w.NOUN_LIKE and form == verb and verb_class != "show" and not _PLURAL_BEFORE.search(left):
        return None
    if form.endswith("ing") and not quoted and not _PARTICIPLE_AFTER.search(left):
        return None
    bare = _bare_end(left)
    if verb in w.INVERTING and (cue := _inverted(mask, match, bare, verb, verb_class)):
        return cue
    inside = before[-1].end if before and before[-1].way == "after" and not before[-1].whole else 0
    inside = inside if inside < bare and "," not in mask[inside:bare] else 0
    subject, extra, start = _subject(mask, bare, form.endswith("ing") and not quoted, inside)
    if subject is None:
        return None
    cue = _complement(mask, match, right, verb, verb_class, subject, extra, start, before)
    cue = replace(cue, at=match.start()) if cue else None
    if cue and inside and not cue.that and verb not in ("say", "tell", "show"):
        clause = cue.way == "after" and _OPEN_CLAUSE.match(mask, cue.end)
        return cue if clause else None  # `it said it had disclosed the maker` is one assertion
    return cue


_NOUN_AFTER_VERB = re.compile(r"\bto [a-z]\w*\s*\Z|\b(?:follow|make|face|repeat|echo|raise|investigat|answer|meet)\w*\s*\Z")
_PLURAL_BEFORE = re.compile(
    r"(?:\b(?:they|we|I|i|you|who|which|people|police|also|now|both|did|does|do|will|would|MPs|still|\w+ly)|\b[a-z]\w*s|[\w’']*[A-Z]+s|”)\s*\Z"
)
_PARTICIPLE_AFTER = re.compile(
    r"(?:,|”|\b(?:statement|letter|post|memo|e-?mail|report|tweet|message|note|video|filing|lawsuit|complaint|brief))"
    r"\s*(?:\w+ly )?\Z"
)


def _bare_end(left: str) -> int:
    """Where the subject ends: before auxiliaries, adverbs and days."""
    while (cut := _ADVERBS.search(left)) is not None and cut.start() < len(left):
        if cut[0].strip() in ("who", "which"):
            break
        left = left[: cut.start()]
        if not left.strip():
            break
    return len(left.rstrip())


def _inverted(
    mask: str, match: re.Match[str], bare: int, verb: str, verb_class: str
) -> Cue | None:
    """`“...,” said Jane Roe, head of X.` and `..., said a former auditor.`"""
    left = mask[:bare].rstrip()
    if not left.endswith(("”", ",")) or bare < match.start() - 1 and not left.endswith("”"):
        return None
    if left.endswith(","):
        opening, _, second = re.split(r"[”“]", left)[0].partition(",")
        apposed = second.strip(" ,") and _apposed(opening, second)
        if "”" not in left and (len(opening.split()) < 5 or apposed and len(opening.split()) < 9 and _names(opening)):
            return None  # `Jane Roe, a professor, said ...`
    rest = mask[match.end() :]
    phrase = re.match(r"\s+(?P<np>(?:[^“”;:.]|(?<=\b[A-Z])\.|(?<=\b(?:Mr|Ms|Dr|Lt|St|Co))\.|(?<=\b(?:Mrs|Sen|Rep|Gov|Gen|Col|Inc|Ltd))\.|(?<=Prof|Corp)\.|\.(?=[A-Za-z]))+)", rest)
    if not phrase or re.match(r"(?:that|it|he|she|they|we|in|on|at|there)\b", phrase["np"]):
        return None
    if re.match(r"\s+(?:he|she|they)\b", rest):
        return None
    np, _, extra = phrase["np"].partition(",")
    if re.search(r"\b(?:had|has|was|were|is|are|would|will|could|can|did)\b", re.split(r" (?:who|which|whose) ", np)[0]):
        return None
    who = re.match(r"(?P<np>.*?) (?P<rel>who|whose|which) ", np)
    if who:
        np, extra = who["np"], np[who.end("np") + 1 :] + extra
    np, manner = _cut_manner(np)
    if left.endswith(",") and not _names(np):
        return None
    tail = rest[phrase.end() :].strip()
    way: Way = "around" if tail and not re.fullmatch(r"[.\s]*", tail) and left.endswith(("”", ",")) and tail[:1] in "“:" and not tail.startswith(".") else "before"
    return Cue(rule="inverted verb", verb=verb, verb_class=verb_class, start=match.start(),
               end=match.end() + phrase.end(), way=way, subject=np.strip(), extra=extra.strip(" ,"), manner=manner)  # fmt: skip


def _names(np: str) -> bool:
    """Whether a noun phrase may be a speaker."""
    return speakers.describe(np, "", frozenset(), frozenset()) is not None


def _cut_manner(np: str) -> tuple[str, str]:
    found = _MANNER.search(np)
    if not found:
        return np, ""
    return np[: found.start()], np[found.start() :].strip()


def _subject(mask: str, end: int, participle: bool, inside: int = 0) -> tuple[str | None, str, int]:
    """The noun phrase before position `end`, its apposition, and where it starts.

    `inside`: where the clause begins that another attribution reports.
    """
    if participle:
        return "", "", end
    floor = max((one.end() for one in _STOP.finditer(mask, 0, end)), default=0)
    floor = max(floor, inside)
    left = mask[floor:end]
    if not left.strip(" ,") or re.fullmatch(r"(?i)[\s,]*(?:and|but|or|then|also)\s*,?\s*", left):
        return "", "", floor
    pieces = list(_PIECE.finditer(left))
    closed = left.rstrip().endswith(",")
    i = len(pieces) - 1
    if pieces[i][0].strip() in ("which", "who"):
        i = max(i - 1, 0)
        while i > 0 and _apposed(pieces[i - 1][0], pieces[i][0]):
            i -= 1
        if by := re.search(r"\b(?:by|from|with|of) (?=[A-Z][^,]*\Z)", pieces[i][0]):
            subject = pieces[i][0][by.end() :]
            return subject.strip(), "", floor + pieces[i].start() + by.end()
    elif re.fullmatch(r"\s*(?:and|but|or)\s*", pieces[i][0]):
        return "", "", floor + pieces[i].start()
    while closed and i > 0 and _apposed(pieces[i - 1][0], pieces[i][0]):
        i -= 1
    subject, start = pieces[i][0], floor + pieces[i].start()
    extra = ",".join(piece[0] for piece in pieces[i + 1 :]).strip(" ,")
    if extra in ("which", "who"):
        extra = ""
    if i and not extra and closed and _role_before(pieces[i - 1][0]):
        extra, start = pieces[i - 1][0].strip(), floor + pieces[i - 1].start()
    cut = max((one.end() for one in _CONJ.finditer(subject)), default=0)
    if cut and subject[cut:].strip():
        subject, start = subject[cut:], start + cut
    joined = re.search(r"\band\s+(?=(?:he|she|it|they|the|its|their|his|her|an?)\b(?!.*\band\b))", subject)
    if joined and subject[joined.end() :].strip() and len(subject[: joined.start()].split()) > 3:
        subject, start = subject[joined.end() :], start + joined.end()
    if re.fullmatch(r"\s*(?:and|but|or|also|then)\s*", subject):
        return "", "", start
    elided = re.search(r"\b(?:and|but)\s*\Z", subject)
    if elided:
        return "", "", start + elided.start()
    subject = re.sub(r"^\s*(?:and|but|or|while|as)\s+", "", subject)
    return subject.strip(), extra, start


def _apposed(before: str, piece: str) -> bool:
    """Whether `piece` says more of the noun phrase `before`."""
    if _adverbial(before):
        return False
    if _APPOSED.match(piece):
        return True
    named = re.fullmatch(r"\s*(?:[A-Z][\w.’'-]*\s*){2,5}", before)
    return bool(named) and bool(set(piece.lower().split()) & w.OFFICES) and bool(re.search(r" (?:for|of|at) |[’']s ", piece))


def _adverbial(piece: str) -> bool:
    first = piece.strip().split(" ")[0].lower()
    return first in w.PREPOSITIONS or first in w.LEADS


def _role_before(piece: str) -> bool:
    tokens = piece.lower().replace("’s", " ").replace("'s", " ").split()
    return 1 < len(tokens) <= 8 and not _adverbial(piece) and (
        tokens[-1] in w.OFFICES | w.UNNAMED | w.BODY_NOUN | w.COMPANY_NOUN
        or bool(set(tokens) & w.OFFICES)
    )  # fmt: skip


def _complement(
    mask: str, match: re.Match[str], right: str, verb: str, verb_class: str,
    subject: str, extra: str, start: int, before: list[Cue],
) -> Cue | None:  # fmt: skip
    """What the verb reports, and on which side of it that stands."""
    at, hearer, manner = match.end(), "", ""
    told = _HEARER.match(right) if verb == "tell" else None
    if verb == "tell" and not told:
        return None
    if told:
        hearer, at = told["who"].strip(), at + told.end()
    letter = verb == "write" and re.match(
        r"\s+(?:an? \w+ )?to (?P<who>[^,.“]{3,60}?) (?:saying|that|stating|arguing|warning)\b(?: that\b)?", right
    )
    if letter:
        return Cue(rule="reporting verb", verb=verb, verb_class=verb_class, start=start, subject=subject, extra=extra,
                   hearer=letter["who"], end=at + letter.end(), way="after", that=True)  # fmt: skip
    to = re.match(r"\s+to (?P<who>the (?:committee|panel|court|senators?))", mask[at:])
    if to:
        hearer, at = to["who"], at + to.end()
    while (how := _MANNER.match(mask, at)) is not None:
        manner, at = f"{manner} {how[0].strip()}".strip(), how.end()
    rest = mask[at:]
    rule = {"deny": "denial", "show": "showing verb"}.get(verb_class, "reporting verb")
    made = dict(rule=rule, verb=verb, verb_class=verb_class, start=start, subject=subject, extra=extra,
                hearer=hearer, manner=manner)  # fmt: skip
    if verb_class == "deny" and (_THAT.match(rest) or verb not in w.NO_OBJECT and rest.strip(" .")[:1] not in ("", ",", "“")):
        if _THAT.match(rest) or _SPOKEN_OBJECT.match(rest) or verb in ("deny", "dispute") and _OPEN_CLAUSE.match(rest):
            return Cue(**made, end=match.end(), way="after", whole=True)  # type: ignore[arg-type]
        return None
    if verb_class == "urge" or verb in ("express", "voice", "raise"):
        return _speech_act(made, rest, match.end(), verb_class)
    if that := _THAT.match(rest):
        end = at + that.end()
        return Cue(**made, end=end, way="after", that=True)  # type: ignore[arg-type]
    content = mask[:start].strip(" ,”")
    if re.fullmatch(r"[\s.!?…]*", rest) or re.match(r"\s*(?:,\s*)?(?:\(|—)", rest):
        whole = verb in w.NO_OBJECT and not content
        if whole:
            return Cue(**made, end=at, way="after", whole=True)  # type: ignore[arg-type]
        return Cue(**made, end=at, way="before") if len(content) > 2 else None  # type: ignore[arg-type]
    if re.match(r"\s*[,:]?\s*“", rest):
        end = at + len(rest) - len(rest.lstrip(" ,:"))
        before_it = bool(subject) and bool(re.search(r"”\s*,?\s*\Z|,\s*\Z", mask[:start])) and len(content) > 2
        if verb in w.WITH_OBJECT:
            return Cue(**made, end=match.end(), way="after", whole=True)  # type: ignore[arg-type]
        if rest.lstrip().startswith(":") or _ADVERBIAL_OPENING.match(content):
            before_it = False
        return Cue(**made, end=end, way="around" if before_it else "after")  # type: ignore[arg-type]
    if rest.lstrip().startswith(","):
        follows = rest.lstrip()[1:].lstrip()
        if len(content) > 2 and re.search(r"[,”—]\s*\Z", mask[:start]):
            if verb in ("respond", "reply", "comment") and not re.search(r"”\s*\Z", mask[:start]):
                return None
            tail = re.match(r"(?:\w+ing|according|and|but|while|who|which|in|on|during|after)\b", follows)
            way: Way = "before" if tail else "around"
            return Cue(**made, end=at + 1 if not tail else at, way=way)  # type: ignore[arg-type]
        if verb in w.NO_OBJECT:
            return Cue(**made, end=at, way="after", whole=True)  # type: ignore[arg-type]
        if re.match(r"\w+ing\b", follows) and len(content) <= 2:
            return None  # `Kaspersky reported, adding ...`
        return Cue(**made, end=at + 1, way="after") if not tail_only(follows) else None  # type: ignore[arg-type]
    if verb in w.NO_OBJECT:
        return Cue(**made, end=at, way="after", whole=True) if verb_class == "deny" else None  # type: ignore[arg-type]
    return _object(mask, match, rest, at, verb, verb_class, made)


_ADVERBIAL_OPENING = re.compile(
    r"(?:In|On|At|After|During|By|Following|Writing|Speaking|Asked|Responding|Commenting|Testifying|Earlier|Later|When|As"
    r"|While|Although|Last|This|Citing|Before|Since|For|With|Under)\b[^”]*\Z"
)


def _speech_act(made: dict[str, str], rest: str, end: int, verb_class: str) -> Cue | None:
    """`urged agencies to stop`, `expressed concern about`: the attribution says all of it."""
    acts = (
        r"(?:\s+[\w’'.-]+){0,6}?\s+(?:to|that|against|not)\b"
        if verb_class == "urge" and " " not in made["verb"]
        else r"\s+\w+"
        if verb_class == "urge"
        else r"\s+(?:[\w’'-]+ ){0,2}?(?:concerns?|doubts?|fears?|disappointment|regret|alarm|confidence|suspicions?"
        r"|objections?|worr(?:y|ies)|scepticism|skepticism|opposition|support)\b"
    )
    return Cue(**made, end=end, way="after", whole=True) if re.match(acts, rest) else None  # type: ignore[arg-type]


def tail_only(follows: str) -> bool:
    """Whether nothing that could be asserted follows a comma."""
    return len(follows.strip(" .").split()) < 2


def _object(
    mask: str, match: re.Match[str], rest: str, at: int, verb: str, verb_class: str, made: dict[str, str]
) -> Cue | None:  # fmt: skip
    """A clause without `that`, or an object that itself says what is asserted."""
    if verb in w.CRITICISING:
        return Cue(**made, end=match.end(), way="after", whole=True)  # type: ignore[arg-type]
    if verb in ("accuse", "blame"):
        if not re.search(r"\b(?:of|for)\b", rest):
            return None
        return Cue(**made, end=at, way="after", whole=True)  # type: ignore[arg-type]
    if verb in ("call", "describe", "brand", "label"):
        fits = "“" in rest or re.search(r"\bas\b", rest) and verb != "call" or re.match(r"\s+(?!for|on|in|a |an )[^,.]{2,40}? an? \w+", rest)
        return Cue(**made, end=match.end(), way="after", whole=True) if fits else None  # type: ignore[arg-type]
    if verb in ("announce", "confirm", "disclose", "reveal", "acknowledge", "admit", "show", "indicate", "find",
                "demonstrate"):  # fmt: skip
        fits = _CLAUSE.match(rest) or re.match(r"\s+(?:plans?|\w+s\b)", rest)
        if verb == "find" and not _OPEN_CLAUSE.match(rest):
            return None
        return Cue(**made, end=at, way="after") if fits else None  # type: ignore[arg-type]
    if verb in w.STRONG:
        if verb == "claim" and re.match(r"\s+(?:responsibility|credit|victory|the lives)", rest):
            return None
        if verb == "write" and not _OPEN_CLAUSE.match(rest):
            return None
        return Cue(**made, end=at, way="after") if len(rest.split()) > 1 else None  # type: ignore[arg-type]
    if _OPEN_CLAUSE.match(rest) or (verb in ("believe", "think") and _CLAUSE.match(rest)):
        return Cue(**made, end=at, way="after")  # type: ignore[arg-type]
    return None


_ACCORDING = re.compile(r"(?i)\b(?:according to|in the words of|as (?:reported|first reported|revealed|disclosed) by)\s+")
_NP_END = re.compile(r",|”|“|;|:|\.(?=\s*\Z)|\Z")


def _according(mask: str) -> list[Cue]:
    """`According to X, ...` and `..., according to X`."""
    found = []
    for match in _ACCORDING.finditer(mask):
        subject, extra, end = _noun_phrase(mask, match.end())
        if re.match(r"(?i)(?:the |a |its |their )?(?:plan|schedule|rules?|law|type|need|size|standards?)s?\b", subject):
            continue
        leads = not mask[: match.start()].strip(" “”") or mask[: match.start()].strip().lower() in w.LEADS
        following = mask[end:].strip(" .")
        way: Way = "after" if leads else "around" if len(following.split()) > 3 and mask[: match.start()].rstrip().endswith(",") and not re.match(r",?\s*(?:citing|which|who)\b", mask[end:]) else "before"
        found.append(
            Cue(rule="according to", verb="according to", verb_class="say", start=match.start(),
                end=end + (1 if leads else 0), way=way, subject=subject, extra=extra)
        )  # fmt: skip
    return found


def _noun_phrase(mask: str, start: int) -> tuple[str, str, int]:
    """A noun phrase that starts here, with the appositions after it, and where it ends."""
    parts, at = [], start
    while True:
        stop = _NP_END.search(mask, at)
        end = stop.start() if stop else len(mask)
        parts.append(mask[at:end])
        follows = mask[end + 1 :]
        if not stop or stop[0] != "," or not _goes_on(follows):
            break
        at = end + 1
    return parts[0].strip(" ,"), ",".join(parts[1:]).strip(" ,"), end


def _goes_on(follows: str) -> bool:
    """Whether an apposition follows the comma, and another comma or the end after it."""
    segment = re.match(r"\s*(?P<words>[^,“”;]+)(?P<stop>,|\Z|\.)?", follows)
    if not segment or not segment["stop"]:
        return False
    first = segment["words"].split(" ")[0].lower()
    if first in ("citing", "quoting"):
        return segment["stop"] == ","
    tokens = set(segment["words"].lower().split())
    if tokens & {"is", "was", "were", "are", "had", "has", "would", "will", "could", "did"} and first not in ("who", "which"):
        return False
    return first in ("who", "which", "a", "an", "head", "chief", "director", "professor", "founder", "in") or bool(
        tokens & w.OFFICES
    )


_PASSIVE = re.compile(
    r"(?i)\b(?:is|are|was|were|(?:has|have|had) (?:\w+ )?been) (?:\w+ly )?(?:also )?(?P<verb>alleged|said|reported"
    r"|believed|understood|thought|rumou?red|accused|suspected|claimed|known|expected|charged) "
    r"(?P<to>to(?: have| be| hold| own)?|of|with|by (?P<by>[^,.“”]{3,60}?) of)\b"
)
_IT_IS = re.compile(
    r"(?i)\bit (?:is|was|has been|had been) (?:\w+ly )?(?P<verb>alleged|said|reported|believed|understood|thought"
    r"|rumou?red|claimed|suspected|suggested|feared)(?: that)?\s"
)
_ADVERB = re.compile(r"(?i)\b(?P<verb>allegedly|reportedly|purportedly|supposedly)\b")


def _passive(mask: str) -> list[Cue]:
    """`is alleged to have`, `it is understood that`, `allegedly`: nobody is named."""
    found = []
    for match in _IT_IS.finditer(mask):
        found.append(
            Cue(rule="passive", verb=match["verb"].lower(), verb_class="claim", start=match.start(),
                end=match.end(), way="after", subject="")
        )  # fmt: skip
    for match in _PASSIVE.finditer(mask):
        if match["verb"].lower() in ("expected", "known") or match["to"] == "with" and match["verb"] != "charged":
            continue
        found.append(
            Cue(rule="passive", verb=match["verb"].lower(), verb_class="claim", start=match.start(),
                end=match.start(), way="around", subject=(match["by"] or "").strip())
        )  # fmt: skip
    for match in _ADVERB.finditer(mask):
        found.append(
            Cue(rule="adverb of hearsay", verb=match["verb"].lower(), verb_class="claim",
                start=match.start(), end=match.start(), way="around", subject="")
        )  # fmt: skip
    return found


_STANCE = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly )?(?:concerned|worried|convinced|confident|alarmed|sceptical|skeptical|certain)"
    r" that\b"
)


def _stance(mask: str) -> list[Cue]:
    """`officials are concerned that ...`."""
    found = []
    for match in _STANCE.finditer(mask):
        subject, extra, start = _subject(mask, _bare_end(mask[: match.start()]), False)
        if subject:
            found.append(
                Cue(rule="stance", verb="be concerned", verb_class="judge", start=start, end=match.end(),
                    way="after", subject=subject, extra=extra, that=True)
            )  # fmt: skip
    return found


_NOMINAL = re.compile(
    rf"(?i)\b(?:after|amid|following|over|despite|on|about|to|denied|made|new|by|the|with|of|up)\s+"
    rf"(?P<noun>(?:unconfirmed |media |press |news |recent |new )?(?:{w.ALLEGATION}))"
    r"(?: (?:by|from) (?P<by>[^,.“”]{3,60}?))?(?: (?:have |had )?(?:emerged|surfaced|appeared|circulated))? that\b"
)
_OWNED = re.compile(rf"(?P<by>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*)[’']s? (?P<noun>{w.ALLEGATION}) that\b")


def _nominal(mask: str) -> list[Cue]:
    """`after reports emerged that ...`, `the agency's claim that ...`."""
    found = []
    for match in [*_OWNED.finditer(mask), *_NOMINAL.finditer(mask)]:
        if not match["by"] and re.search(r"(?i)concern|fear|suspicion|warning|charge", match["noun"]):
            continue  # nobody's, and hardly an assertion
        found.append(
            Cue(rule="noun of assertion", verb=match["noun"].lower(), verb_class="claim", start=match.start(),
                end=match.end(), way="after", subject=(match["by"] or match["noun"]).strip(), that=True)
        )  # fmt: skip
    return found
