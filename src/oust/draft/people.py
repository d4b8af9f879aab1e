"""Who is meant: the speakers met so far, and to which of them a word refers back."""

from __future__ import annotations

import re
from collections import Counter

from msgspec.structs import replace

from oust.draft import speakers
from oust.draft import words as w
from oust.draft.speakers import Heard
from oust.drafted import Who

_CAP = r"[A-Z][\w’'&-]*\w"
_NAME = re.compile(rf"{_CAP}(?: (?:of |the |for )*{_CAP})*|[A-Z]{{2,}}")
_INSIDE = re.compile(rf"(?<=[\w,”;:] )(?:{_CAP}(?: (?:&|of) {_CAP}| {_CAP})*)")
_TOLD = re.compile(
    rf"\b(?:told|tells|to|by|in|of|with|reviewed by|obtained by|seen by) "
    rf"(?P<name>(?:[Tt]he )?{_CAP}(?: {_CAP})*)"
)
_OPENERS = frozenset(
    """Never Nothing Nobody Everybody Everyone Somebody Someone There Then When Where Why What
    Who How If While After Before Since Because Although Though Still Yet Once Now Today
    Yesterday Later Earlier Meanwhile However Asked Founder Chief Their His Her My Our Your
    You They Some Many Most Several Other Another One Two Three Four Five Six Ten Both Each
    Every Few All Any More Less Such These Those This That With Without Within Under Over
    For From By As So Or Not No Yes Please Read Share Officials Researchers Engineers
    Experts Sources""".split()
)
_LATER = re.compile(
    rf"(?:\b(?:report|story|article) (?:in|by|from) (?:the )?(?:[a-z]+ ){{0,3}}|\btold (?:the )?"
    r"|\A|(?<=[\w,] ))"
    rf"(?P<name>{_CAP}(?: {_CAP})*)"
    r"(?= (?:report|story|article|reported)\b|[,.]| that\b)"
)
_GENERIC = frozenset(
    """official officials source sources person people insider insiders individuals""".split()
)
_OFFICIAL_WORDS = frozenset(
    """Senate House Congress Parliament Committee Commission Council Department Ministry Agency
    Bureau Court Authority Administration Directorate Office Treasury Pentagon Kremlin
    Government President Commons Cabinet Board Schedule Election State Defense University
    College Institute Monday Tuesday Wednesday Thursday Friday Saturday Sunday January
    February March April May June July August September October November December Act""".split()
)
_NOT_NAMES = re.compile(
    r"(?:U\.?S\.?|UK|EU|DDoS|CEO|I|The|A|An|In|On|It|And|But|We|He|She|They|Russia\w*"
    r"|America\w*|China|Chinese"
    r"|Europe\w*|Brit\w+|German\w*|French|Internet|English)\Z"
)


_ORGANISED = (
    "Labs?|Inc|Corp|Ltd|LLC|Group|Systems|Networks|Technologies|Software|Security"
    "|Solutions|Holdings|Industries"
)
_LEADING = (
    r"(?:(?:[Ff]ormer|ex|[Aa]cting|then|[Cc]urrent|[Ss]enior|[Cc]hief|[Vv]ice|[Dd]eputy"
    r"|and|of|[A-Z][\w.’'-]*|" + "|".join(sorted(w.OFFICES)) + r")[ -])"
)


class People:
    """The speakers of one article, in the order in which they speak."""

    def __init__(self, text: str, own: str) -> None:
        self._text = text
        self._lower = frozenset(re.findall(r"(?<![\w’'-])[a-z][\w’'-]*", text))
        self._company_cache: dict[str, bool] = {}
        self._introductions: dict[Who, Who] = {}
        self.own = Who(name=own, kind="outlet") if own else None
        self.names = frozenset(_INSIDE.findall(text))
        self.outlets = self._outlets(text, own)
        self.known: list[Who] = []
        self.dates: dict[str, str] = {}  # of what an outlet published, by its name
        self._companies = self._company_names(text)
        self._last_writer: Who | None = None

    def _outlets(self, text: str, own: str) -> frozenset[str]:
        found = {own} if own else set()
        for match in _TOLD.finditer(text):
            name = match["name"].removeprefix("the ").removeprefix("The ")
            if speakers.is_outlet(match["name"], frozenset(found)):
                found.add(name)
        for match in _NAME.finditer(text):
            name = match[0].removeprefix("The ")
            if (" " in name and w.MASTHEAD.match(name)) or w.KNOWN_OUTLET.match(name):
                found.add(name)
        return frozenset(found)

    def _company_names(self, text: str) -> Counter[str]:
        """Names that may be those of companies, with how often they stand in the article."""
        counted: Counter[str] = Counter()
        for match in _NAME.finditer(text):
            name = re.sub(r"\A(?:The|A|An|In|On|But|And|According|Its|For|At)\s", "", match[0])
            name = re.sub(r"[’']s\Z", "", name)
            if self._may_be_company(name):
                counted[name] += 1
        return counted

    def _may_be_company(self, name: str) -> bool:
        if name not in self._company_cache:
            self._company_cache[name] = self._looks_like_company(name)
        return self._company_cache[name]

    def _looks_like_company(self, name: str) -> bool:
        tokens = name.split()
        common = name.lower() in self._lower if " " not in name else name.lower() in self._text
        if name in _OPENERS or common:
            return False
        if not tokens or _NOT_NAMES.match(name) or set(tokens) & _OFFICIAL_WORDS:
            return False
        given = tokens[0].lower() in w.GIVEN_NAMES or tokens[0].lower().rstrip(".") in w.TITLES
        return not given and not speakers.is_outlet(name, self.outlets)

    def hear(self, heard: Heard, at: int) -> Who | None:
        """Who speaks, as heard at character `at`; None if nobody fits."""
        who = self._known(heard.who, at) if heard.who else self._referred(heard, at)
        if who:
            self.remember(who)
        return who

    def remember(self, who: Who) -> None:
        """Keep `who` as the last one who spoke."""
        same = [one for one in self.known if one.name == who.name]
        self.known = [one for one in self.known if one.name != who.name]
        merged = _fuller(same[0], who) if same else who
        self.known.append(merged)
        if who.kind == "outlet":
            self._last_writer = who

    def _known(self, who: Who, at: int) -> Who:
        """`who` with what was said of the same speaker before."""
        if who.kind == "unnamed" and who.of:
            who = replace(who, of=self._owner(who.of, at))
        if who.kind == "person" and who.of in ("company", "firm"):
            who = replace(who, of=self._owner(who.of, at))
        for one in reversed(self.known):
            if same(one, who):
                return _fuller(one, who)
        full = self._full_name(who)
        who = replace(who, name=full) if full != who.name else who
        return self._introduced(who)

    def _full_name(self, who: Who) -> str:
        """`The Ferrol Gazette` for `the Gazette`, `Marta Quill` for `Quill`."""
        if who.kind == "outlet" and " " not in who.name.removeprefix("The "):
            bare = who.name.removeprefix("The ")
            for name in sorted(self.outlets):
                if name.endswith(" " + bare):
                    return name
        return who.name

    def _body_like(self, name: str) -> bool:
        """Whether two capitalised words, no known given name among them, are rather a company."""
        first, last = name.split()[0], name.split()[-1]
        if first.lower() in w.GIVEN_NAMES or re.search(
            rf"(?<!{re.escape(first)} )\b{re.escape(last)} (?:said|told|added|wrote)", self._text
        ):
            return False
        bare = re.escape(name)
        return bool(
            re.search(
                rf"\b(?:by|at|from|for|of|with) {bare}\b|\b{bare}"
                rf"(?:, which|[’']s (?:\w+ )?(?:products?|software|shares|equipment"
                rf"|tools?))|{bare} (?:said|says) (?:that )?it\b"
                rf"|{bare} (?:\w+ly |today )?(?:announced|disclosed|confirmed)",
                self._text,
            )
        )

    def _introduced(self, who: Who) -> Who:
        if who not in self._introductions:
            self._introductions[who] = self._introduce(who)
        return self._introductions[who]

    def _introduce(self, who: Who) -> Who:
        """With first name and position, where the article gives them elsewhere."""
        if (
            who.kind == "person"
            and not who.role
            and 2 <= len(who.name.split()) <= 3
            and self._body_like(who.name)
        ):
            who = replace(who, kind="organisation")
        if who.kind == "outlet" or who.kind == "unnamed":
            return who
        name = who.name
        if " " not in name:
            if self._is_company(name):
                return who
            full = re.search(
                rf"\b(?P<first>[A-Z][a-zà-ÿ]+(?:-[A-Z]\w+)?(?: [A-Z]\.)?) "
                rf"{re.escape(name)}\b(?! (?:{_ORGANISED})\b)",
                self._text,
            )
            if (
                not full
                or full["first"] in ("The", "Lab", "But", "And", "In", "For", "That")
                or _NOT_NAMES.match(full["first"])
            ):
                return who
            title = full["first"].lower().rstrip(".") in w.TITLES
            name = name if title else f"{full['first']} {name}"
            who = replace(who, name=name, kind="person")
        if who.kind == "person" and not who.role:
            led = re.search(rf"(?P<role>(?:{_LEADING})+){re.escape(name)}\b", self._text)
            if led and set(led["role"].lower().split()) & w.OFFICES:
                who = replace(who, role=led["role"].strip())
        if who.kind == "person" and not who.of and self._is_company(name.split()[-1]):
            who = replace(who, of=name.split()[-1])  # the founder whose name it bears
        return who

    def _is_company(self, name: str) -> bool:
        """Whether a single name is also, or only, that of a company."""
        bare = re.escape(name)
        return bool(
            re.search(
                rf"\b{bare} (?:{_ORGANISED})\b"
                rf"|\b(?:an?|the) {bare} (?:spokes\w+|official|executive|product)"
                rf"|\b(?:company|firm|vendor|maker|giant|group"
                rf"|manufacturer|supplier|start-?up) {bare}\b"
                rf"|\b{bare} (?:software|products?|antivirus|equipment|devices)\b",
                self._text,
            )
        )

    def _owner(self, of: str, at: int) -> str:
        if of.lower() in w.COMPANY_NOUN or of.lower().removeprefix("the ") in w.COMPANY_NOUN:
            company = self.company(at)
            return company.name if company else of
        return of.removeprefix("the ")

    def _referred(self, heard: Heard, at: int) -> Who | None:
        kind = heard.refers
        if kind == "person":
            return self._last("person") or self._single()
        if kind in ("press", "writing"):
            if heard.head in ("blog", "post", "column") and self.known:
                return self.known[-1]
            return self._writer(heard)
        if kind == "thing":
            return self._last("outlet", "organisation") or self.company(at)
        if kind == "group":
            return self._group() or self._last("organisation")
        if kind == "company":
            return self.company(at) or Who(name=heard.words, kind="organisation")
        if kind == "body":
            return self._body(heard)
        if kind == "one of":
            return self._one_of(heard)
        if kind == "same":
            return self._same(heard)
        return None

    def _one_of(self, heard: Heard) -> Who | None:
        """`one of them`, `one of the installers`."""
        group = self._group()
        number = "" if heard.plural else "1"
        if heard.head and (not group or heard.head.split()[-1] not in group.name.split()):
            name = heard.words[0].lower() + heard.words[1:]
            return Who(name=name, kind="unnamed", population=heard.head, number=number)
        return replace(group, name=f"one of: {group.name}") if group else None

    def _writer(self, heard: Heard) -> Who:
        if self._last_writer:
            return self._last_writer
        for match in _LATER.finditer(self._text):  # `a new report`, named only later
            if speakers.is_outlet(match["name"], self.outlets) and (
                not self.own or match["name"] != self.own.name
            ):
                return speakers.outlet(match["name"])
        return Who(name=f"{heard.head or 'report'} of an outlet that is not named", kind="outlet")

    def writer(self) -> Who | None:
        """The outlet that was retold last."""
        return self._last_writer

    def _last(self, *kinds: str) -> Who | None:
        return next((one for one in reversed(self.known) if one.kind in kinds), None)

    def _single(self) -> Who | None:
        singles = (
            one for one in reversed(self.known) if one.kind == "unnamed" and one.number == "1"
        )
        return next(singles, None)

    def _group(self) -> Who | None:
        groups = (
            one for one in reversed(self.known) if one.kind == "unnamed" and one.number != "1"
        )
        return next(groups, None)

    def _same(self, heard: Heard) -> Who | None:
        """`the officials`, `the official`, `the senator`, `the chief executive`."""
        fitting = [(self._fits(one, heard), i, one) for i, one in enumerate(self.known)]
        best = max(
            (entry for entry in fitting if entry[0] > 0), default=None, key=lambda entry: entry[:2]
        )
        if best and (
            heard.plural
            or (best[2].number in ("", "1") and best[2].kind != "unnamed")
            or best[2].number == "1"
        ):
            return best[2]
        if best and not heard.plural:
            return replace(best[2], name=f"one of: {best[2].name}", number="1")
        bare = heard.words.removeprefix("the ").removeprefix("The ")
        if bare[:1].isupper() and " " in bare:  # `the Foreign Secretary`, named elsewhere
            named = re.search(rf"\b{re.escape(bare)} (?P<name>{_CAP} {_CAP})", self._text)
            if named:
                return self._known(Who(name=named["name"], kind="person", role=bare), 0)
        if not heard.plural and heard.head not in w.UNNAMED and (person := self._last("person")):
            return person
        return self._new(heard)

    def _fits(self, one: Who, heard: Heard) -> int:
        """How well a speaker fits a description with `the`; 0 if not at all."""
        if one.kind not in ("person", "unnamed"):
            return 0
        held = set(f"{one.role} {one.population} {one.name}".lower().replace(",", " ").split())
        generic = one.kind == "unnamed" and heard.head in _GENERIC and bool(_GENERIC & held)
        bare = heard.head.rstrip("s")
        if not ({heard.head, bare, bare + "s"} & held or generic):
            return 0
        if heard.plural and (one.kind == "person" or one.number == "1"):
            return 0
        asked = set(heard.words.lower().replace("american", "u.s.").split()[1:-1])
        held |= {"u.s."} if "american" in held else set()
        foreign = one.kind == "unnamed" and one.of and one.of.lower() not in heard.words.lower()
        exact = (
            1
            if heard.plural or one.number == "1" or (one.number == "" and one.kind == "person")
            else 0
        )
        return max(1, 4 + 2 * len(asked & held) + exact - (3 if foreign else 0))

    def _new(self, heard: Heard) -> Who:
        described = re.sub(r"(?i)\A(?:the|these|those|this|that)\s+", "", heard.words)
        population = re.sub(
            r"(?i)\A(?:unnamed|anonymous|one|two|three|four|five|six)\s+", "", described
        )
        number = speakers.number_in(described.lower().split(), heard.plural)
        return Who(name=described, kind="unnamed", population=population, number=number)

    def _body(self, heard: Heard) -> Who:
        """`the agency`, `the committee`, `the reseller`."""
        for one in reversed(self.known):
            words = f"{one.name} {one.of}".lower().split()
            if one.kind == "organisation" and heard.head in words:
                return one
        for one in reversed(self.known):
            if one.kind == "person" and heard.head in one.role.lower().split():
                return one
        if heard.head in (
            "agency",
            "department",
            "ministry",
            "office",
            "body",
            "regulator",
            "authority",
            "bureau",
            "directorate",
        ):
            official = (
                one
                for one in reversed(self.known)
                if one.kind == "organisation" and w.OFFICIAL.search(one.name)
            )
            if body := next(official, None):
                return body
        found = [m[0] for m in _NAME.finditer(self._text) if m[0].lower().split()[-1] == heard.head]
        return Who(name=found[0] if found else heard.words, kind="organisation")

    def company(self, at: int) -> Who | None:
        """The company that `the company` means at character `at`."""
        recent = [
            one
            for one in self.known[-2:]
            if one == self.own
            or (
                one.kind == "organisation"
                and one.name[0].isupper()
                and self._may_be_company(one.name)
            )
        ]
        owner = [
            one.of
            for one in self.known[-1:]
            if one.of and (self._may_be_company(one.of) or (self.own and one.of == self.own.name))
        ]
        if recent:
            return recent[-1]
        if owner:
            return Who(name=owner[0], kind="organisation")
        before = self._text[max(0, at - 1200) : at]
        named = sorted(
            (before.rfind(name), count > 1, name)
            for name, count in self._companies.items()
            if name in before
        )
        often = [entry for entry in named if entry[1]] or named
        return Who(name=often[-1][2], kind="organisation") if often else None


def same(one: Who, other: Who) -> bool:
    if one.kind == "unnamed" or other.kind == "unnamed":
        return one.kind == other.kind and _same_group(one, other)
    short, long = sorted((other.name, one.name), key=len)
    if (
        {one.kind, other.kind} == {"person", "organisation"}
        and " " not in short
        and _company_like(one, other)
    ):
        return False
    if one.kind == "outlet" or other.kind == "outlet":
        bare = short.removeprefix("The ").removeprefix("the ")
        return one.kind == other.kind and (
            long == short or long.endswith(" " + bare) or long.startswith(bare + " ")
        )
    if long.split()[-1] == short.split()[-1] and (" " not in short or long == short):
        return True
    return one.kind == other.kind == "organisation" and long.startswith(short + " ")


def _company_like(one: Who, other: Who) -> bool:
    """A founder and the company that bears his name are two."""
    person = one if one.kind == "person" else other
    return bool(person.of) and person.of == person.name.split()[-1]


_ALIKE = re.compile(r"\bu\.s\.|\bamerican\b")


def _same_group(one: Who, other: Who) -> bool:
    """The same description, or one that only lacks the number."""
    if one.name == other.name:
        return True
    left, right = (_ALIKE.sub("us", who.population.lower()).split() for who in (one, other))
    if not left or not right or left[-1] != right[-1] or len(left) < 2 or len(right) < 2:
        return False
    shared = set(left) & set(right)
    counts = not one.number or not other.number or one.number == other.number
    return counts and len(shared) * 2 > min(len(left), len(right)) and one.number != "1"


def _fuller(one: Who, other: Who) -> Who:
    """The two descriptions of one speaker, the more telling of each field."""
    name = max((one.name, other.name), key=lambda name: (len(name.split()), name == one.name))
    number = other.number or one.number
    if one.kind == "unnamed" and bool(one.number) != bool(other.number):
        name = one.name if one.number else other.name
    kind = "person" if "person" in (one.kind, other.kind) else one.kind
    return Who(
        name=name,
        kind=kind,
        role=max(one.role, other.role, key=len),
        of=one.of or other.of,
        population=max(one.population, other.population, key=len),
        number=number,
        outlet=one.outlet or other.outlet,
    )
