"""What a reporting verb reports, and on which side of it that stands."""

from __future__ import annotations

import re

from msgspec.structs import replace

from oust.draft import words as w
from oust.draft.cue import Cue, Way

_MANNER = re.compile(
    r"\s+(?:(?:in|on|at|during|via|through) (?:an? |its |his |her |their |the |that"
    r" )?(?:[\w’'.-]+ ){0,4}?"
    r"(?:statement|e-?mail|interview|blog(?: post)?|post|letter|filing|tweet|speech|memo"
    r"|response|note"
    r"|report|hearing|briefing|conference|testimony|release|message|call|article|time"
    r"|advisory|video"
    r"|court(?! (?:fil|doc|pap)))\b(?: (?:posted|published|sent|given|issued|dated"
    r"|provided) [^,“”.;]{0,40}?(?=,|“| that\b|\.|\Z)"
    r"| (?:to|with) (?:the )?[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)?"
    r"|(?:on |last |this |late |early )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:"
    r" (?:morning|night"
    r"|evening|afternoon))?|yesterday|today|then|recently|publicly|(?:last|this|earlier"
    r" this) (?:week"
    r"|month|year|night|spring|summer|autumn|fall|winter)|(?:in|on) (?:\w+ )?(?:\d{1,2},?"
    r" )?(?:19|20)\d\d"
    r"|at (?:the|that) time|to (?:reporters|journalists|lawmakers|senators|the"
    r" [\w ]{3,30}?)(?= that\b|,|\.|\Z)"
    r"|before (?:the|a) [\w ]{3,40}?(?= that\b|,|\.|\Z)|in [A-Z]\w+(?= that\b|,|\.|\Z))"
)
_THAT = re.compile(r"\s*,?\s+that\b(?! (?:was|is|would|had|has|he|she)\s*[.,])")
_CLAUSE = re.compile(
    r"(?i)\s+(?:“|he|she|it|they|we|there|the|a|an|its|his|her|their|this|these|those|no"
    r"|some|only|any"
    r"|all|both|what|how|why|whether|in|since|more|most|nobody|nothing|[A-Z]|\d|neither|none|part)"
)
OPEN_CLAUSE = re.compile(
    r"(?i)\s+(?:he|she|it|they|we|there|its|his|her|their|the [\w’' -]{2,40}? (?:had|has"
    r"|have|was|were|is|are|would|will"
    r"|could|may|might|did|does|do)|[A-Z][\w’'-]+(?: [\w’'-]+){0,5}? (?:had|has|have|was"
    r"|were|is|are|would|will|could|may"
    r"|might|did|does))\b"
)
_HEARER = re.compile(
    r"\s+(?P<who>(?:him|her|them|us|me|it)\b"
    r"|(?:(?:the|a|an) )?[A-Z][\w’'.&-]*(?: (?:of )?[A-Z][\w’'.&-]*)* (?:hearing"
    r"|committee|panel|conference|briefing"
    r"|court|subcommittee|inquiry|audience|summit|reporters?|lawmakers)\b|(?:(?:the|a|an"
    r"|its|his|her|their) )?(?:[a-z][\w’'-]* ){0,4}?"
    r"(?:reporters|journalists|lawmakers|senators|investors|customers|employees|staff"
    r"|officials|committee|panel"
    r"|court|judge|briefing|conference|senator|hearing|newspaper|paper|magazine|site"
    r"|audience|jury|inquiry|MPs"
    r"|commission|council|board|agency|parliament|people|viewers|listeners|users|everyone"
    r"|congress)\b"
    r"|(?:[Tt]he )?[A-Z][\w’'.&-]*(?: (?:of )?[A-Z][\w’'.&-]*)*)"
)
_SPOKEN_OBJECT = re.compile(
    r"(?i)\s+(?:(?:the|those|these|all|both|any|such|its|their|his|her|any and all|that"
    r"|this|of)\s)*(?:[\w’'“”¤-]+ ){0,3}?"
    r"(?:allegations?|claims?|reports?|accusations?|suggestions?|charges?|notion|ideas?|assertions?"
    r"|criticisms?|story|stories|account|concerns?|assessment|findings?|speculation"
    r"|rumou?rs?|article"
    r"|wrongdoing|involvement|links?|ties|it|that|this|them|him|lawsuit|complaint"
    r"|characteri[sz]ation"
    r"|conclusions?|knowledge|connections?|existence|view|evidence|testimony|narrative|version|news"
    r"|having|being|doing|\w+ing|any|all)\b"
)
_ADVERBIAL_OPENING = re.compile(
    r"(?:In|On|At|After|During|By|Following|Writing|Speaking|Asked|Responding|Commenting"
    r"|Testifying|Earlier|Later|When|As"
    r"|While|Although|Last|This|Citing|Before|Since|For|With|Under)\b[^”]*\Z"
)


def cut_manner(np: str) -> tuple[str, str]:
    found = _MANNER.search(np)
    if not found:
        return np, ""
    return np[: found.start()], np[found.start() :].strip()


def complement(
    mask: str,
    match: re.Match[str],
    right: str,
    verb: str,
    verb_class: str,
    subject: str,
    extra: str,
    start: int,
    before: list[Cue],
) -> Cue | None:
    """What the verb reports, and on which side of it that stands."""
    at, hearer, manner = match.end(), "", ""
    told = _HEARER.match(right) if verb == "tell" else None
    if verb == "tell" and not told:
        return None
    if told:
        hearer, at = told["who"].strip(" ."), at + told.end()
    letter = verb == "write" and re.match(
        r"\s+(?:an? \w+ )?to (?P<who>[^,.“]{3,60}?) (?:saying|that|stating|arguing"
        r"|warning)\b(?: that\b)?",
        right,
    )
    if letter:
        return Cue(
            rule="reporting verb",
            verb=verb,
            verb_class=verb_class,
            start=start,
            subject=subject,
            extra=extra,
            hearer=letter["who"],
            end=at + letter.end(),
            way="after",
            that=True,
        )
    to = re.match(r"\s+to (?P<who>the (?:committee|panel|court|senators?))", mask[at:])
    if to:
        hearer, at = to["who"], at + to.end()
    while (how := _MANNER.match(mask, at)) is not None:
        manner, at = f"{manner} {how[0].strip()}".strip(), how.end()
    rest = mask[at:]
    rule = {"deny": "denial", "show": "showing verb"}.get(verb_class, "reporting verb")
    base = Cue(
        rule=rule,
        verb=verb,
        verb_class=verb_class,
        start=start,
        end=at,
        way="after",
        subject=subject,
        extra=extra,
        hearer=hearer,
        manner=manner,
    )
    objects = verb not in w.NO_OBJECT and rest.strip(" .")[:1] not in ("", ",", "“")
    if verb_class == "deny" and (_THAT.match(rest) or objects):
        if (
            _THAT.match(rest)
            or _SPOKEN_OBJECT.match(rest)
            or (verb in ("deny", "dispute") and OPEN_CLAUSE.match(rest))
        ):
            return replace(base, end=match.end(), way="after", whole=True)
        return None
    if verb_class == "urge" or verb in ("express", "voice", "raise"):
        return _speech_act(base, rest, match.end(), verb_class)
    if that := _THAT.match(rest):
        end = at + that.end()
        return replace(base, end=end, way="after", that=True)
    content = mask[:start].strip(" ,”")
    if re.fullmatch(r"[\s.!?…]*", rest) or re.match(r"\s*(?:,\s*)?(?:\(|—)", rest):
        whole = verb in w.NO_OBJECT and not content
        if whole:
            return replace(base, end=at, way="after", whole=True)
        return replace(base, end=at, way="before") if len(content) > 2 else None
    if re.match(r"\s*[,:]?\s*“", rest):
        end = at + len(rest) - len(rest.lstrip(" ,:"))
        before_it = (
            bool(subject)
            and bool(re.search(r"”\s*,?\s*\Z|,\s*\Z", mask[:start]))
            and len(content) > 2
        )
        if verb in w.WITH_OBJECT:
            return replace(base, end=match.end(), way="after", whole=True)
        if (
            rest.lstrip().startswith(":")
            or _ADVERBIAL_OPENING.match(content)
            or content.lower() in w.LEADS
        ):
            before_it = False
        return replace(base, end=end, way="around" if before_it else "after")
    if rest.lstrip().startswith(","):
        follows = rest.lstrip()[1:].lstrip()
        if len(content) > 2 and re.search(r"[,”—]\s*\Z", mask[:start]):
            if verb in ("respond", "reply", "comment") and not re.search(r"”\s*\Z", mask[:start]):
                return None
            tail = re.match(
                r"(?:\w+ing|according|and|but|while|who|which|in|on|during|after)\b", follows
            )
            way: Way = "before" if tail else "around"
            return replace(base, end=at + 1 if not tail else at, way=way)
        if verb in w.NO_OBJECT:
            return replace(base, end=at, way="after", whole=True)
        if re.match(r"\w+ing\b", follows) and len(content) <= 2:
            return None  # `Kaspersky reported, adding ...`
        return replace(base, end=at + 1, way="after") if not _nothing_left(follows) else None
    if verb in w.NO_OBJECT:
        return replace(base, end=at, way="after", whole=True) if verb_class == "deny" else None
    return _object(mask, match, rest, at, verb, verb_class, base)


def _speech_act(base: Cue, rest: str, end: int, verb_class: str) -> Cue | None:
    """`urged agencies to stop`, `expressed concern about`: the attribution says all of it."""
    acts = (
        r"(?:\s+[\w’'.-]+){0,6}?\s+(?:to|that|against|not)\b"
        if verb_class == "urge" and " " not in base.verb
        else r"\s+\w+"
        if verb_class == "urge"
        else r"\s+(?:[\w’'-]+ ){0,2}?(?:concerns?|doubts?|fears?|disappointment|regret|alarm"
        r"|confidence|suspicions?"
        r"|objections?|worr(?:y|ies)|scepticism|skepticism|opposition|support)\b"
    )
    return replace(base, end=end, way="after", whole=True) if re.match(acts, rest) else None


def _nothing_left(follows: str) -> bool:
    """Whether nothing that could be asserted follows a comma."""
    return len(follows.strip(" .").split()) < 2


def _object(
    mask: str, match: re.Match[str], rest: str, at: int, verb: str, verb_class: str, base: Cue
) -> Cue | None:
    """A clause without `that`, or an object that itself says what is asserted."""
    if verb in w.CRITICISING:
        return replace(base, end=match.end(), way="after", whole=True)
    if verb in ("accuse", "blame"):
        if not re.search(r"\b(?:of|for)\b", rest):
            return None
        return replace(base, end=at, way="after", whole=True)
    if verb in ("call", "describe", "brand", "label"):
        fits = (
            "“" in rest
            or (re.search(r"\bas\b", rest) and verb != "call")
            or re.match(r"\s+(?!for|on|in|a |an )[^,.]{2,40}? an? \w+", rest)
        )
        return replace(base, end=match.end(), way="after", whole=True) if fits else None
    if verb in (
        "announce",
        "confirm",
        "disclose",
        "reveal",
        "acknowledge",
        "admit",
        "show",
        "indicate",
        "find",
        "demonstrate",
    ):
        fits = _CLAUSE.match(rest) or re.match(r"\s+(?:plans?|\w+s\b)", rest)
        if verb == "find" and not OPEN_CLAUSE.match(rest):
            return None
        return replace(base, end=at, way="after") if fits else None
    if verb in w.STRONG:
        if verb == "claim" and re.match(r"\s+(?:responsibility|credit|victory|the lives)", rest):
            return None
        if verb == "write" and not OPEN_CLAUSE.match(rest):
            return None
        return replace(base, end=at, way="after") if len(rest.split()) > 1 else None
    if OPEN_CLAUSE.match(rest) or (verb in ("believe", "think") and _CLAUSE.match(rest)):
        return replace(base, end=at, way="after")
    return None
