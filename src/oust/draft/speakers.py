"""What a noun phrase says of a speaker: a name, a description, a paper, a word that refers back."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from oust.draft import words as w
from oust.drafted import Who

Refers = Literal[
    "", "person", "thing", "group", "we", "press", "writing", "company", "body", "same", "one of"
]
"""To whom it refers back: he, it, they, we, `the newspaper`, `the report`, `the company`,
`the agency`, `the official`, `one of them`."""


class Heard(Struct, frozen=True, omit_defaults=True):
    """A noun phrase understood. One of `who`, `refers` and `paper` says what it is."""

    words: str
    who: Who | None = None
    refers: Refers = ""
    head: str = ""  # the noun by which it refers
    plural: bool = False
    paper: bool = False  # a record or document is the subject
    reader: str = ""  # of a paper: by whom it was obtained or seen


_CAP = r"(?:[A-Z][\w’'.&-]*|\d+[A-Z]\w*)"
_NAME = (
    rf"{_CAP}(?:(?: (?:of|for|de|van|von|der|la|bin|al|del|di|on|&|the"
    rf"|and(?= [A-Z]\w+ (?:Inc|Ltd|Co)))){{0,2}} {_CAP})*"
)
_TAIL_NAME = re.compile(rf"(?:\A|(?<=\s))(?P<name>{_NAME})\Z")
_PRONOUNS: dict[str, Refers] = {
    "he": "person",
    "she": "person",
    "it": "thing",
    "they": "group",
    "we": "we",
    "i": "we",
    "who": "thing",
    "which": "thing",
    "this": "thing",
}
_SPOKES = re.compile(
    r"(?i)\b(?:spokes(?:man|woman|person|people)|press secretary|(?:representative|statement)s?"
    r"(?= (?:for|of|from) ))"
)
_NUMBERS = {
    word: str(n)
    for n, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve""".split()
    )
} | {"a": "1", "an": "1", "another": "1", "dozen": "12"}
_DEFINITE = re.compile(r"(?i)\A(?:the|this|that|these|those|both|its|his|her|their)\b")
_LEAD_DATE = re.compile(
    r"(?i)\A(?:(?:on|in|by|since|late|early|last|this) )*(?:(?:\w+day|january|february"
    r"|march|april|may"
    r"|june|july|august|september|october|november|december|week|month|year|(?:19|20)\d\d)\b,? ?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\b,? ?)?(?:(?:19|20)\d\d\b,? ?)?)+"
)
_PLACE = re.compile(
    r"\A(?:U\.S\.|US|U\.K\.|UK|EU|E\.U\.|U\.N\.|American|Western|\w+(?:ian|ish|ese|ean|can|utch"
    r"|ench|erman|aeli|aqi))\Z"
)
_AFTER_HEAD = """with who whom familiar briefed close in at from of on for that whose involved
    speaking working quoted cited and there here inside within to about privy""".split()
_OBTAINED = re.compile(
    r"\b(?:obtained|reviewed|seen|viewed|examined|analy[sz]ed|read|shared with|described to"
    r"|provided to|leaked to)(?: by)? (?:the )?(?P<reader>[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)"
)
_IN_OUTLET = re.compile(rf"\b(?:in|by|from|on|at) (?:the )?(?P<name>{_NAME})\Z")


_COMMA_FORM = re.compile(r",(?= ?(?:Inc|Ltd|LLC|Corp|PLC|plc|S\.A)\b)")
_BASED = re.compile(r"(?<![\w-])[\w.]+-(?:based|headquartered|owned|backed)\s")
_CLAUSE_AFTER = re.compile(
    r"(?<=[a-z]) (?:it|they|he|she|which) (?:had|has|have|was|were|said|says)\b.*\Z"
)


_OFFICIAL_REPORT = re.compile(
    r"(?i)\b(?:congressional|parliamentary|government|committee|inquiry|inspector general"
    r"|watchdog|senate|house|audit"
    r"|intelligence|ministry|agency|commission|official|police|court)(?:[’']s)? (?:\w+ )?report\b"
)


_SUBORDINATE = frozenset("while as if when although though because since whereas".split())


def clean(words: str) -> str:
    """A noun phrase without what leads up to it: conjunctions, adverbs, dates."""
    np = " ".join(words.strip(" \t\n,;:—–-()").split())
    while True:
        first, _, rest = np.partition(" ")
        if rest and first.lower().rstrip(",") in w.LEADS | _SUBORDINATE:
            np = rest.lstrip(", ")
            continue
        cut = _LEAD_DATE.sub("", np).strip(" ,")
        if cut == np or not cut:
            return np
        np = cut


def describe(
    words: str, extra: str, outlets: frozenset[str], names: frozenset[str]
) -> Heard | None:
    """What the noun phrase `words` with the apposition `extra` says of a speaker.

    `outlets`: names taken for outlets in this article; `names`: capitalised names that stand in
    the middle of its sentences. None if it describes nobody who could speak.
    """
    np = _COMMA_FORM.sub("", clean(words))
    np = _BASED.sub("", _CLAUSE_AFTER.sub("", np))
    if not np or "¤" in np or len(np.split()) > 24:
        return None
    low = np.lower()
    if low in _PRONOUNS:
        return Heard(np, refers=_PRONOUNS[low])
    if re.match(r"(?i)(?:one|some|two|another|many|most|several) of (?:them|the|those)\b", np):
        rest = re.sub(r"(?i)\A\w+ of (?:them|the|those)\s*", "", np)
        return Heard(np, refers="one of", head=rest, plural=not low.startswith("one"))
    for rule in (_spokes, _writing, _paper, _person, _unnamed, _named, _noun):
        if heard := rule(np, extra, outlets, names):
            return heard
    return None


def is_outlet(name: str, outlets: frozenset[str]) -> bool:
    """Whether a name is that of a paper, station, agency of news or news site."""
    bare = name.removeprefix("the ").removeprefix("The ")
    if name in outlets or bare in outlets or any(one.endswith(" " + bare) for one in outlets):
        return True
    if bare.split()[0].lower() in w.GIVEN_NAMES:
        return False
    return bool(
        w.KNOWN_OUTLET.match(name)
        or w.KNOWN_OUTLET.match(bare)
        or w.KNOWN_OUTLET.match("The " + bare)
        or w.MASTHEAD.match(name)
        or w.DOMAIN.match(bare)
    )


def outlet(name: str) -> Who:
    """An outlet by its name."""
    return Who(name=name.removeprefix("the "), kind="outlet")


def tail_name(np: str) -> str:
    """The capitalised name with which a phrase ends."""
    found = _TAIL_NAME.search(np)
    return found["name"] if found else ""


def _spokes(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    where, apposed = np, extra
    found = _SPOKES.search(np)
    if not found and _SPOKES.search(extra):  # `Jane Roe, a spokeswoman for X`
        where, apposed, found = extra, np, _SPOKES.search(extra)
    if not found:
        return None
    before = re.sub(r"(?i)\A(?:an?|the|one|its|his|their)\s+", "", where[: found.start()]).strip()
    after = where[found.end() :].strip(" ,")
    of = re.sub(r"[’']s?\Z", "", before)
    belongs = re.match(r"(?:for|of|from|at|with) (?P<of>(?:the )?[\w’'.& -]+)", after)
    name = apposed if tail_name(apposed) == apposed else ""
    if belongs:
        of, after = belongs["of"], ""
    if after and tail_name(after) == after:
        name = after
    of = of or ("company" if where[: found.start()].lower().strip() in ("its", "their") else "")
    role = found[0].lower()
    bare = re.sub(r"(?i)\A(?:an?|the|one)\s+", "", np)
    who = Who(
        name=name or bare,
        kind="person" if name else "unnamed",
        role=role,
        of=of,
        number="" if name else "1",
    )
    return Heard(np, who=who)


def _writing(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    """`an ABC report`, `a report in The Times`, `the article`, `the newspaper`."""
    tokens = np.split()
    low = [token.lower().strip("’',") for token in tokens]
    if low[-1] == "report" and _OFFICIAL_REPORT.search(np):
        return Heard(np, paper=True)
    plain = tokens[-1].islower() or len(tokens) == 1
    if plain and (low[-1] in w.PRESS or low[-1] in w.WRITINGS):
        inside = [tail_name(" ".join(tokens[:i])) for i in range(len(tokens) - 1, 0, -1)]
        for name in inside:
            bare = re.sub(r"\A(?:The|A|An) ", "", name)
            for one in (bare, name, *bare.split()):
                if one and is_outlet(one, outlets):
                    return Heard(np, who=outlet(one))
        own = re.sub(r"[’']s?\Z", "", next((n for n in inside if n not in ("A", "An", "The")), ""))
        if own and low[-1] in w.WRITINGS:
            return Heard(np, who=_entity(own, outlets))
        found = _IN_OUTLET.search(extra)
        if found and is_outlet(found["name"], outlets):
            return Heard(np, who=outlet(found["name"]))
        return Heard(np, refers="press" if low[-1] in w.PRESS else "writing", head=low[-1])
    if {token for token in tokens if token.islower()} & (w.WRITINGS | w.PRESS):
        found = _IN_OUTLET.search(np)
        name = found["name"] if found else tail_name(np)
        if name and is_outlet(name, outlets):
            return Heard(np, who=outlet(name))
        if name and found and " by " in np:
            return Heard(np, who=_entity(name, outlets))
        if name and low[-len(name.split()) - 1] in w.PRESS:
            return Heard(np, who=outlet(name))
        if low[-1] in ("in", "by", "from"):  # the page lost the outlet's name with its link
            return Heard(np, refers="writing", head="report")
    return None


def _paper(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    """Records, e-mails, memos and the like as the subject."""
    core = re.split(
        r"\s(?:obtained|reviewed|seen|released|published|by|of|from|dated|in|on|with|that"
        r"|which|to|for"
        r"|between|under|examined|viewed|shared|provided|leaked|filed)\b",
        np,
    )[0]
    last = re.split(r"[\s]", core)[-1]
    if not w.PAPERS.fullmatch(last) or tail_name(np) == np:
        return None
    found = _OBTAINED.search(f"{np}, {extra}")
    return Heard(np, paper=True, reader=found["reader"] if found else "")


def _person(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    """A name with a title, a position before it, or one that an apposition gives."""
    name = tail_name(np)
    belongs = re.match(rf"(?P<name>.*\b{_CAP}) (?:of|at|from) (?P<of>(?:the )?{_NAME})\Z", np)
    if belongs and name == np and belongs["name"].split()[0].lower().rstrip(".") in w.TITLES:
        return Heard(np, who=_titled(belongs["name"], extra, belongs["of"]))
    if not name:
        return None
    if np.lower().startswith("the ") and name.split()[-1].lower() in w.OFFICES and " of " not in np:
        return Heard(np, refers="same", head=name.split()[-1].lower())
    before = np[: -len(name)].strip()
    tokens = name.split()
    titled = tokens[0].lower().rstrip(".") in w.TITLES and len(tokens) > 1
    if titled:
        return Heard(np, who=_titled(name, extra, "", before))
    office = {token.lower().strip(".,") for token in before.split()} & (w.OFFICES | w.UNNAMED)
    if office and not is_outlet(name, outlets):
        role = re.sub(r"(?i)\A(?:the|an?|its|his|her|their)\s+", "", before)
        return Heard(
            np,
            who=Who(
                name=name, kind="person", role=_joined(role, extra), of=_of(extra) or _of(role)
            ),
        )
    # `Founder and Chief Executive Officer Eugene Kaspersky`
    lead = [i for i, token in enumerate(tokens[:-1]) if token.lower() in w.OFFICES]
    if lead and len(tokens) - lead[-1] - 1 >= 1 and not is_outlet(name, outlets):
        role, rest = " ".join(tokens[: lead[-1] + 1]), " ".join(tokens[lead[-1] + 1 :])
        if rest.split()[0].lower() not in w.ORGANISED and rest.lower() not in ("of",):
            role = f"{before} {role}".strip()
            return Heard(
                np, who=Who(name=rest, kind="person", role=_joined(role, extra), of=_of(extra))
            )
    clause = re.match(r"(?:whose|which|who|all|some|portions|many|most)\b", extra)
    apposed = [] if clause else extra.split()[:8]
    offices = {token.lower().strip(".,") for token in apposed} & w.OFFICES
    founder = re.search(r"\bwho (?:founded|co-founded|leads|runs|heads|chairs)\b", extra)
    aged = re.match(r"\d\d\b|[RD]-[A-Z]", extra)
    plain = before == "" and not is_outlet(name, outlets)
    if plain and (offices or founder or aged) and not set(name.lower().split()) & w.ORGANISED:
        return Heard(np, who=Who(name=name, kind="person", role=extra, of=_of(extra)))
    return None


def _titled(name: str, extra: str, of: str, before: str = "") -> Who:
    tokens = name.split()
    count = next(
        i
        for i, token in enumerate(tokens)
        if token.lower().rstrip(".") not in w.TITLES or i == len(tokens) - 1
    )
    title, rest = " ".join(tokens[:count]), " ".join(tokens[count:])
    rest = re.sub(r"\s*\([^)]*\)?\Z", "", rest)
    role = (
        f"{before} {title}".strip()
        if title.lower().rstrip(".") not in ("mr", "mrs", "ms", "miss", "dr")
        else ""
    )
    return Who(
        name=rest,
        kind="person",
        role=_joined(role, extra) or (f"of {of}" if of else ""),
        of=of or _of(extra),
    )


def _joined(role: str, extra: str) -> str:
    told = extra if len(extra.split()) <= 16 else ""
    return ", ".join(part for part in (role, told) if part)


def _of(text: str) -> str:
    """The organisation in `chief executive of X`, `a professor at X`, `Kaspersky Lab founder`."""
    found = re.search(rf"\b(?:of|at|for|with) (?:the )?(?P<name>{_NAME})", text)
    return found["name"] if found else ""


def _unnamed(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    tokens = np.split()
    low = [token.lower().strip(",.’'") for token in tokens]
    at = next((i for i, token in enumerate(low) if _is_head(low, tokens, i)), -1)
    if at < 0:
        return None
    head, plural = low[at], _plural(low[at])
    belongs = np.lower().startswith(("its ", "his ", "her ", "their ")) or re.search(r"[’']s? ", np)
    number = number_in(low[: at + 1], plural)
    if _DEFINITE.match(np) and not belongs:
        return Heard(np, refers="same", head=head, plural=plural)
    described = re.sub(r"(?i)\A(?:an?|the|one|another)\s+", "", np)
    population = " ".join(
        token
        for token, word in zip(tokens[: at + 1], low, strict=False)
        if word not in _NUMBERS
        and word
        not in (
            "the",
            "unnamed",
            "anonymous",
            "some",
            "several",
            "unidentified",
            "many",
            "more",
            "than",
            "other",
            "these",
            "those",
        )
        and not word.isdigit()
    )
    who = Who(
        name=described,
        kind="unnamed",
        population=population,
        number=number,
        of="company" if low[0] in ("its", "their") else _owner(tokens[:at], names, np),
        role=extra if 0 < len(extra.split()) <= 16 else "",
    )
    return Heard(np, who=who, head=head, plural=plural)


def _is_head(low: list[str], tokens: list[str], i: int) -> bool:
    if low[i] not in w.UNNAMED:
        return False
    following = low[i + 1] if i + 1 < len(low) else ""
    return not following or following in _AFTER_HEAD or tokens[i].endswith(",")


def _plural(head: str) -> bool:
    return head == "people" or (head.endswith("s") and not head.endswith("ss"))


def number_in(before: list[str], plural: bool) -> str:
    """How many, of folded words that describe them: `3`; empty where it is not told."""
    for word in before:
        if word.isdigit():
            return word
        if word in _NUMBERS and not (plural and word in ("a", "an", "another")):
            return _NUMBERS[word]
    if "half" in before or not plural:
        return "1" if not plural else ""
    return ""


def _owner(before: list[str], names: frozenset[str], np: str) -> str:
    """`Kaspersky` in `Kaspersky officials`, `Panvera` in `Panvera's lawyers`."""
    own = re.match(r"(?:The |the )?(?P<of>.+?)[’']s? ", np)
    if own:
        return own["of"]
    caps = [token for token in before if token[:1].isupper() and not _PLACE.match(token)]
    name = " ".join(caps)
    return name if name and (name in names or before[0] != caps[0]) else ""


def _named(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    name = tail_name(np)
    if not name or name.lower() in {"the", "a"} | w.PREPOSITIONS:
        return None
    before = np[: -len(name)].strip().lower()
    if name != np and not re.fullmatch(r"(?:the|an?|[\w’'-]+(?: [\w’'-]+){0,4})", before):
        return None
    lead = before.split()
    if len(lead) > 1 and lead[-1] == "of" and set(lead) & (w.BODY_NOUN | w.COMPANY_NOUN):
        return Heard(np, who=Who(name=re.sub(r"(?i)\A(?:the|an?)\s+", "", np), kind="organisation"))
    if len(lead) > 1 and lead[-1] in w.PREPOSITIONS | {"of"}:
        return None
    if lead and (lead[0] in w.PREPOSITIONS or len(lead) > 5):
        return None
    who = _entity(name, outlets)
    if who.kind == "person" and set(extra.lower().split()[:6]) & (w.COMPANY_NOUN | w.BODY_NOUN):
        who = Who(name=who.name, kind="organisation")
    return Heard(np, who=who)


def _entity(name: str, outlets: frozenset[str]) -> Who:
    if is_outlet(name, outlets):
        return outlet(name)
    bare = re.sub(r"\A(?:[Tt]he|An?|One) (?=[A-Z])", "", name)
    tokens = bare.split()
    marked = {token.lower().strip(".,") for token in tokens} & w.ORGANISED
    given = tokens[0].lower() in w.GIVEN_NAMES
    two = 2 <= len(tokens) <= 3 and not bare.isupper() and name == bare
    letters = all(token.isupper() and len(token) > 2 for token in tokens)
    person = not marked and not letters and "&" not in bare and " of " not in bare and two
    if (given and len(tokens) > 1 and not marked) or person:
        return Who(name=bare, kind="person")
    return Who(name=bare, kind="organisation")


def _noun(np: str, extra: str, outlets: frozenset[str], names: frozenset[str]) -> Heard | None:
    """`the company`, `its chief executive`, `investigators`, `a rival vendor`."""
    tokens = np.split()
    core = re.split(r"\s(?:of|for|at|in|from|on|with|who|which|that|to)\s", np)[0]
    head = core.split()[-1].lower().strip(",.’'")
    if _DEFINITE.match(np) and head in w.COMPANY_NOUN | w.BODY_NOUN and core == np:
        return Heard(np, refers="company" if head in w.COMPANY_NOUN else "body", head=head)
    if head in w.COMPANY_NOUN | w.BODY_NOUN and len(tokens) <= 7:
        bare = re.sub(r"(?i)\A(?:the|an?)\s+", "", np)
        return Heard(np, who=Who(name=bare, kind="organisation"))
    if head in w.OFFICES or {token.lower() for token in core.split()} & w.OFFICES:
        if (
            _DEFINITE.match(np)
            and np.lower().startswith("the ")
            and core == np
            and "’s " not in np
            and "'s " not in np
        ):
            return Heard(np, refers="same", head=head)
        of = (
            "company"
            if np.lower().startswith(("its ", "their "))
            else _owner(tokens[:1], names, np)
        )
        return Heard(np, who=Who(name=np, kind="unnamed", role=head, number="1", of=of))
    if np.lower().startswith("the ") and 2 <= len(tokens) <= 3 and tokens[-1][:1].isupper():
        return Heard(np, refers="same", head=head)
    if _bodies(head) and len(tokens) <= 7:
        return Heard(np, who=Who(name=re.sub(r"(?i)\Athe\s+", "", np), kind="organisation"))
    if (
        re.match(r"(?i)(?:some|many|several|other|most|two|three|four|five|six)\b", np)
        and len(tokens) <= 5
        and head.endswith("s")
    ):
        return Heard(np, who=Who(name=np, kind="unnamed"))
    return None


def _bodies(head: str) -> bool:
    """Whether a head is the plural of a company or body: `agencies`, `companies`, `regulators`."""
    single = head[:-3] + "y" if head.endswith("ies") else head.removesuffix("s")
    return (head != single and single in w.COMPANY_NOUN | w.BODY_NOUN) or head == "authorities"
