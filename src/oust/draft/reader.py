"""Sentence by sentence through an article: who asserts what, through whom, on what basis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from oust.data.ledger import Basis, ClaimKind
from oust.draft import acts, basis, cues, layout, people, quotes, sentences, speakers
from oust.draft.cues import Cue
from oust.draft.quotes import Quotation
from oust.draft.speakers import Heard
from oust.drafted import Article, Paragraph, Role, Span, Who

_QUESTION = re.compile(r"\?[\"”’']?\s*\Z")
_CITING = re.compile(
    r"(?:,\s*|\A\s*|\s)(?:citing|quoting|based on|on the basis of)\s+(?P<np>[^,.;“”]+(?:\.[A-Z]\.? ?[^,.;“”]+)*)", re.I
)  # fmt: skip
_PUBLISHED = re.compile(r"\b(?:published|ran|aired|broadcast|carried|printed|released|posted)\b")
_REPLY = re.compile(r"\A(?:yes|no|well|correct|right|sure|thank you[^.]*|that is correct|absolutely)\b[,. ]*(?:sir|ma[’']am|senator|congress\w+|mr\. chairman|your honor)?[,. ]*", re.I)  # fmt: skip
_ARTICLE = re.compile(r"(?:\s+\S+){0,6}?\s+(?:article|report|story|investigation|exposé|series|piece)\b")
_BILL = re.compile(r"(?:The|That) (?:bill|measure|legislation|act|order|directive|proposal)\b")
_TITLE_BEFORE = re.compile(r"(?i)\b(?:entitled|titled|headlined|called|named|dubbed|known as|headline|title)\s*,?\s*\Z")
_DATELINE = re.compile(
    r"\s*[A-Z][A-Z.’'-]+(?: [A-Z][\w.’'-]+){0,3},?(?: [A-Z][a-z.]+,?)?(?: [A-Z][a-z]+\.? \d{1,2}(?:,? \d{4})?,?)?"
    r"\s*(?:\([^()]{2,40}\)|/[A-Z][\w ]{2,30}/)?\s*(?:--|[–—-])\s"
)


_NAMES_OUTLET = re.compile(
    r"\b(?:report|story|article) (?:in|by|from) (?:the )?(?:[a-z]+ ){0,3}(?P<name>[A-Z]\w+(?: [A-Z]\w+)*)"
    r"|\b(?P<before>[A-Z]\w+(?: [A-Z]\w+)*) (?:report|story|article|investigation)\b"
)


class Found(Struct, kw_only=True):
    """One assertion, as first read."""

    start: int
    end: int
    sentence: Span
    pieces: list[Span]  # the assertion's own words, without the attribution
    role: Role
    paragraph: int
    by: tuple[Who, ...] = ()
    through: tuple[Who, ...] = ()
    basis: Basis = "none-given"
    note: str = ""
    kind: ClaimKind = "claim"
    date: str = ""
    direct: bool = False
    open: bool = False  # the quotation runs on
    verb_class: str = ""
    why: list[str]


class _Attribution(Struct, kw_only=True):
    """What a cue says of its assertion, resolved."""

    by: Who | None
    through: tuple[Who, ...]
    paper: str = ""
    sources: bool = False
    note: str = ""
    why: list[str]


class Reader:
    """Reads one article. `found` holds the assertions in the order of the text."""

    def __init__(self, article: Article, paragraphs: list[Paragraph]) -> None:
        self.article = article
        self.text = article.text
        self.paragraphs = paragraphs
        self.people = people.People(self.text, article.outlet)
        self.found: list[Found] = []
        self._running = False
        self._at = Span(0, 0)  # the sentence read now
        self._rested: dict[str, tuple[str, bool, str]] = {}  # outlet: papers, people, words
        self._last: _Attribution | None = None
        self._last_cue: Cue | None = None

    def read(self) -> list[Found]:
        """Body first, so that a headline is read with the speakers known."""
        for number, paragraph in enumerate(self.paragraphs):
            if paragraph.role in ("body", "caption"):
                self._paragraph(number, paragraph)
            elif paragraph.role == "turn":
                self._turn(number, paragraph)
        for number, paragraph in enumerate(self.paragraphs):
            if paragraph.role == "headline":
                self._paragraph(number, paragraph)
        return self.found

    # --- paragraphs ---

    def _paragraph(self, number: int, paragraph: Paragraph) -> None:
        start = paragraph.span.start
        if paragraph.role == "caption":
            start += layout.headline_before(self.text, paragraph, self.paragraphs)
        end = paragraph.span.end
        quoted = quotes.quotations(self.text, start, end, self._running)
        mask = quotes.masked(self.text, start, end, quoted)
        running, self._running = self._running, bool(quoted) and not quoted[-1].closed
        first = True
        for span in sentences.sentences(self.text, mask, start):
            inner = [one for one in quoted if span.start <= one.start < span.end]
            words = mask[span.start - start : span.end - start]
            self._sentence(words, span, inner, number, paragraph.role, running and first)
            first = False

    def _sentence(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role, running: bool
    ) -> None:  # fmt: skip
        if _QUESTION.search(mask) and not quoted:
            return
        self._at = span
        self._mention(mask, span)
        heads = cues.cues(mask, role == "headline")
        before = len(self.found)
        if not heads and quoted and self._all_quoted(mask):
            self._continued(span, number, role, running)
        elif heads and not self._only_hearsay(mask, heads):
            self._attributed(mask, span, quoted, number, role, heads)
        if not heads:
            self._introduce(mask, span)
        if len(self.found) == before:
            self._own_voice(mask, span, quoted, number, role)
        self._note_publication(mask)

    def _only_hearsay(self, mask: str, heads: list[Cue]) -> bool:
        """An official act whose sentence merely mentions what is alleged stays an act."""
        nouns = all(cue.rule in ("noun of assertion", "passive", "adverb of hearsay") for cue in heads)
        return nouns and acts.act(mask, self.people.outlets) is not None

    def _all_quoted(self, mask: str) -> bool:
        outside = re.sub(r"“¤*”?", "", mask)
        return len(re.findall(r"\w+", outside)) < 2

    def _continued(self, span: Span, number: int, role: Role, running: bool) -> None:
        """A sentence that is nothing but a quotation goes on with the last speaker."""
        last = self.found[-1] if self.found else None
        if _QUESTION.search(self.text[span.start : span.end]) and not last:
            return
        if last and last.direct and last.paragraph == number:
            last.end = span.end
            last.pieces.append(_inner(self.text, span))
            return
        if self._last is None or (last is None and not self._last):
            return
        rule = "quotation over paragraphs" if running else "quotation without attribution: speaker before"
        attribution = replace_why(self._last, rule)
        self._add(span, [_inner(self.text, span)], number, role, attribution, self._last_cue, direct=True)

    # --- sentences with an attribution ---

    def _attributed(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role, heads: list[Cue]
    ) -> None:  # fmt: skip
        cited = self._cited(mask, span)
        chained = [cue for cue in heads if cue.rule == "according to"]
        main = [cue for cue in heads if cue.rule != "according to"]
        passed = [cue for cue in main if cue.rule in ("passive", "adverb of hearsay")]
        spoken = [cue for cue in main if cue not in passed]
        order = spoken or chained[:1] or passed[:1]
        for hint in passed if spoken else ():
            self._hearsay_before(mask, span, number, role, hint, spoken[0])
        relays = chained if spoken else chained[1:]
        known = [cue for cue in spoken if not cue.subject or self._hear(cue.subject, cue.extra)]
        if not known and chained:
            order, relays = chained[:1], chained[1:]
        elder: tuple[Cue, _Attribution] | None = None
        covered = -1
        for i, cue in enumerate(order):
            if max(cue.start, cue.at) < covered and not _coordinate(mask, cue) and cue.subject:
                nested = elder and self._nested(mask, elder[0], cue)
                if not nested:
                    continue
            limit = self._limit(mask, cue, order[i + 1 :], chained)
            attribution = self._resolve(cue, span, cited, relays, elder, mask)
            if attribution is None:
                continue
            if cue.whole and not cue.subject and elder is None:
                cue = replace(cue, start=0, subject=attribution.note)  # with its main clause
            nested_next = i + 1 < len(order) and self._nested(mask, cue, order[i + 1])
            if nested_next and self._speaks(order[i + 1], span):
                elder = (cue, attribution)
                continue
            self._assert(mask, span, quoted, number, role, cue, limit, attribution, elder)
            covered = limit if cue.way == "after" else len(mask)
            elder = (cue, attribution)
            self._last, self._last_cue = attribution, cue

    def _hearsay_before(
        self, mask: str, span: Span, number: int, role: Role, hint: Cue, spoken: Cue
    ) -> None:  # fmt: skip
        """`X has been accused of ..., though it denied that`: the hearsay stands for itself."""
        if hint.start >= spoken.start or not _coordinate(mask, spoken) or spoken.way != "after":
            return
        told = _Attribution(by=None, through=(), why=[f"{hint.rule}: {hint.verb}", "no speaker is named"])
        end = len(re.sub(r"[\s,;]*(?:and|but|while|though|although|as)?\s*\Z", "", mask[: spoken.start]))
        whole = Span(span.start, span.start + end)
        self._add(whole, [whole], number, role, told, hint)

    def _speaks(self, cue: Cue, span: Span) -> bool:
        """Whether the nested attribution names somebody who speaks, not only believes."""
        return cue.verb_class != "judge" and bool(cue.subject) or cue.rule == "stance"

    def _nested(self, mask: str, outer: Cue, inner: Cue) -> bool:
        """`The report claims that officials told ...`: the inner subject opens the outer's clause."""
        if outer.way != "after" or outer.whole or not inner.subject or inner.start < outer.end - 1:
            return False
        between = mask[outer.end : inner.start]
        return not between.strip(" ,") and inner.way == "after"

    def _limit(self, mask: str, cue: Cue, following: list[Cue], chained: list[Cue]) -> int:
        """Where the assertion of a forward attribution ends."""
        end = len(mask.rstrip(" .")) if not mask.rstrip().endswith("”") else len(mask.rstrip())
        for other in following:
            if other.start > cue.end and (_coordinate(mask, other) or not other.subject):
                end = min(end, other.start)
                break
            if other.start <= cue.start and other.at > cue.end:  # `X, which denies that ..., said`
                end = min(end, other.at)
                break
        for other in chained:
            if other.start > cue.end:
                end = min(end, other.start)
        for citing in _CITING.finditer(mask):
            if citing.start() > cue.end and self._hear(citing["np"], ""):
                end = min(end, citing.start())
        cut = mask[:end].rstrip(" ,;")
        cut = re.sub(r"(?:,|;)?\s+(?:and|but|while|though|although|as|which|who)\Z", "", cut)
        return len(cut.rstrip(" ,;"))

    def _assert(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role, cue: Cue,
        limit: int, attribution: _Attribution, elder: tuple[Cue, _Attribution] | None,
    ) -> None:  # fmt: skip
        """The spans of what `cue` reports, one finding for each."""
        at = span.start
        if cue.whole:
            start = cue.start if cue.subject else _verb_start(mask, cue)
            self._add(Span(at + start, at + limit), [Span(at + start, at + limit)], number, role, attribution, cue)
            return
        if cue.way == "after":
            for start, end in _split(mask, cue.end, limit):
                self._piece(mask, Span(at + start, at + end), quoted, number, role, attribution, cue)
            return
        before = _before(mask, cue)
        after = (cue.end, len(mask.rstrip(" ."))) if cue.way == "around" else None
        spans = [Span(at + a, at + b) for a, b in (before, after) if b > a] if after else [Span(at + before[0], at + before[1])]  # fmt: skip
        if not spans or spans[0].end <= spans[0].start:
            return
        whole = Span(spans[0].start, spans[-1].end)
        direct = any(whole.start <= one.start < whole.end for one in quoted)
        if direct and self._inner(quoted, whole, spans, number, role, attribution, cue):
            return
        self._add(whole, spans, number, role, attribution, cue, direct=direct)

    def _piece(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role,
        attribution: _Attribution, cue: Cue,
    ) -> None:  # fmt: skip
        direct = any(span.start <= one.start < span.end for one in quoted)
        if len(re.findall(r"\w+", self.text[span.start : span.end])) < 2:
            return
        if direct and self._inner(quoted, span, [span], number, role, attribution, cue):
            return
        self._add(span, [span], number, role, attribution, cue, direct=direct)

    def _inner(
        self, quoted: list[Quotation], whole: Span, pieces: list[Span], number: int, role: Role,
        attribution: _Attribution, cue: Cue,
    ) -> bool:  # fmt: skip
        """Attributions inside what an outlet is quoted with: `“X, the official said,” it wrote`."""
        outer = attribution.by
        if outer is None or outer.kind != "outlet":
            return False
        for one in quoted:
            inside = _inner(self.text, Span(one.start, one.end))
            words = self.text[inside.start : inside.end].rstrip(" ,")
            for inner in cues.cues(words):
                heard = self._hear(inner.subject, inner.extra)
                if not heard or inner.verb_class == "judge" or (heard.refers in ("press", "writing")):
                    continue
                if heard.paper:
                    told = replace_why(attribution, f"in the quotation: {heard.words} {inner.verb}")
                    told.paper = heard.words
                    self._add(whole, pieces, number, role, told, cue, direct=True)
                    self._last, self._last_cue = told, cue
                    return True
                who = self.people.hear(heard, one.start)
                if who is None or who.kind == "outlet":
                    continue
                through = (outer, *attribution.through)
                told = _Attribution(by=who, through=through, sources=True, note=heard.words,
                                    why=[*attribution.why, f"in the quotation: “{heard.words}” {inner.verb}"])  # fmt: skip
                self._add(whole, pieces, number, role, told, replace(cue, verb_class=inner.verb_class), direct=True)
                self._last, self._last_cue = told, cue
                return True
        return False

    # --- who ---

    def _hear(self, words: str, extra: str) -> Heard | None:
        if not words:
            return None
        return speakers.describe(words, extra, self.people.outlets, self.people.names)

    def _resolve(
        self, cue: Cue, span: Span, cited: list[Heard], relays: list[Cue],
        elder: tuple[Cue, _Attribution] | None, mask: str,
    ) -> _Attribution | None:  # fmt: skip
        why = [f"{cue.rule}: {cue.verb}"]
        if not cue.subject and cue.rule not in ("passive", "adverb of hearsay"):
            if elder is None:
                return self._of_clause(cue, span, mask, cited, relays, why)
            return _Attribution(by=elder[1].by, through=elder[1].through, paper=elder[1].paper,
                                sources=elder[1].sources, note=elder[1].note or cue.manner,
                                why=[*why, "subject of the verb before"])  # fmt: skip
        if cue.rule == "noun of assertion" and cue.subject.lower() == cue.verb:
            who = Who(name=f"{cue.subject}{basis.NOT_NAMED}", kind="unnamed", population=cue.subject)
            return _Attribution(by=who, through=(), why=why)
        if cue.rule in ("passive", "adverb of hearsay") and not cue.subject:
            return _Attribution(by=None, through=(), why=[*why, "no speaker is named"])
        heard = self._hear(cue.subject, cue.extra)
        if heard is None:
            return None
        if heard.refers:
            why.append(f"“{heard.words}” refers back")
        if heard.paper:
            rests = self._paper(heard, cue, span, why)
            if elder and elder[1].by and elder[1].by.kind == "outlet" and self._nested(mask, elder[0], cue):
                rests.by, rests.through = elder[1].by, elder[1].through
            return rests
        who = self.people.hear(heard, span.start)
        if who is None:
            return None
        found = _Attribution(by=who, through=(), note=cue.manner, why=why)
        if heard.refers and who.kind == "outlet" and (rested := self._rested.get(who.name)):
            found.paper, found.sources, found.note = rested
            why.append(f"{who.name} was said to rest on: {found.note}")
        self._hearer(found, cue, span)
        if elder and cue.subject and elder[1].by and self._nested(mask, elder[0], cue) and elder[1].by.name != who.name:
            found.through = (*found.through, elder[1].by)
            why.append(f"passed on by {elder[1].by.name}")
        if "quoted" in mask[cue.start : cue.end] and not found.through and (writer := self.people.writer()):
            found.through = (writer,)
            why.append(f"quoted by {writer.name}")
        self._defends(found, cue, span)
        self._cite(found, cited, why)
        for relay in relays:
            self._relay(found, relay, span, cue)
        if found.by and found.by.kind == "unnamed" and not found.by.outlet and found.through:
            found.by = replace(found.by, outlet=found.through[0].name)
            self.people.remember(found.by)
        elif found.by and found.by.kind == "unnamed" and found.by.outlet and not found.through:
            found.through = (Who(name=found.by.outlet, kind="outlet"),) if heard.refers else ()
        return found

    def _introduce(self, mask: str, span: Span) -> None:
        """A person with whom a sentence opens, and who speaks only in the next."""
        for token in re.finditer(r"[^\s]+", mask[:80]):
            words, following = mask[: token.end()], mask[token.end() :].strip()
            if not following[:1].islower() or following.startswith(("of ", "and ", "for ")):
                continue
            heard = self._hear(words, "")
            if heard and heard.who and heard.who.kind == "person":
                self.people.hear(heard, span.start)
                return

    def _of_clause(
        self, cue: Cue, span: Span, mask: str, cited: list[Heard], relays: list[Cue], why: list[str]
    ) -> _Attribution | None:  # fmt: skip
        """A participle whose main clause reports nothing: its subject opens the sentence."""
        opening = mask[: cue.start]
        lead = re.match(r"\s*(?:(?:In|On|At|After|During|By|Following) [^,]{2,60},\s*)?", opening)
        start = lead.end() if lead else 0
        tokens = list(re.finditer(r"[^\s]+", opening[start:]))[:8]
        for token in tokens:
            words = opening[start : start + token.end()]
            following = opening[start + token.end() :].strip()
            if not following[:1].islower() or re.match(r"(?:of|and|for|at|in|from)\b", following) or re.search(r"[,“”]", words):
                continue
            heard = self._hear(words, "")
            if heard and (heard.who is None or heard.who.kind != "unnamed" or heard.who.population):
                subject = replace(cue, subject=words)
                why.append("subject of the main clause")
                found = self._resolve(subject, span, cited, relays, None, mask)
                return found
        return None

    def _paper(self, heard: Heard, cue: Cue, span: Span, why: list[str]) -> _Attribution:
        """A record or document as the subject: its reader asserts it, or the paper itself."""
        why.append(f"rests on: {heard.words}")
        who: Who | None
        if heard.reader:
            reader = speakers.outlet(heard.reader)
            who = self.people.hear(Heard(heard.reader, who=reader), span.start)
        elif cue.verb_class == "show":
            who = self.people.own
        else:
            who = Who(name=heard.words, kind="organisation")
        return _Attribution(by=who, through=(), paper=f"{heard.words} {cue.extra}".strip(), note=heard.words, why=why)

    def _hearer(self, found: _Attribution, cue: Cue, span: Span) -> None:
        """`told BuzzFeed`: the outlet that was told passes it on."""
        told = cue.hearer
        statement = re.search(r"\b(?:to|with) (?P<who>(?:the )?[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)", cue.manner)
        if not told and statement:
            told = statement["who"]
        if not told:
            return
        heard = self._hear(told, "")
        if heard is None or heard.refers not in ("", "press", "writing"):
            return
        who = heard.who if heard.who else self.people.hear(heard, span.start)
        named = bool(re.match(r"(?:the |The )?[A-Z]", told))
        if who and who.kind == "outlet":
            full = self.people.hear(Heard(told, who=who), span.start) or who
            self._through(found, full)
            if found.by:
                self.people.remember(found.by)
        elif who and named and not acts.w.OFFICIAL.search(told) and who.kind in ("person", "organisation"):
            met = any(people._same(one, who) for one in self.people.known)
            if not met and statement is None and who.kind == "organisation":
                self._through(found, replace(who, kind="outlet"))

    def _through(self, found: _Attribution, outlet: Who) -> None:
        if outlet.name not in [one.name for one in found.through]:
            found.through = (*found.through, outlet)
            found.why.append(f"told to {outlet.name}")

    def _cited(self, mask: str, span: Span) -> list[Heard]:
        """Those whom a `citing ...` names."""
        found = []
        for match in _CITING.finditer(mask):
            heard = self._hear(match["np"], "")
            if heard and (heard.paper or heard.who or heard.refers == "same"):
                found.append(heard)
        return found

    def _defends(self, found: _Attribution, cue: Cue, span: Span) -> None:
        """A statement in defence that an outlet is quoted with, after what its maker told it."""
        last = self.found[-1] if self.found else None
        if not (found.by and found.by.kind == "outlet" and cue.way == "before" and last and last.by):
            return
        speaker, words = last.by[0], self.text[span.start : span.end]
        spoke = speaker.kind != "outlet" and bool(speaker.of or speaker.kind == "organisation")
        if spoke and found.by.name in [one.name for one in last.through] and basis.defends(words):
            found.by, found.through = speaker, (found.by,)
            found.why.append(f"a defence quoted by {found.through[0].name}: taken for the statement of {speaker.name}")

    def _cite(self, found: _Attribution, cited: list[Heard], why: list[str]) -> None:
        """An outlet that cites people passes on; one that cites papers rests on them."""
        for heard in cited:
            if heard.paper:
                found.paper = found.note = heard.words
                if found.by:
                    self._rested[found.by.name] = (heard.words, False, heard.words)
                why.append(f"citing papers: {heard.words}")
            elif found.by and found.by.kind == "outlet":
                source = self.people.hear(heard, 0)
                if source is None or source.kind == "outlet":
                    continue
                self._rested[found.by.name] = ("", True, heard.words)
                found.through = (found.by, *found.through)
                found.by, found.sources, found.note = source, True, f"cited: {heard.words}"
                why.append(f"citing: {heard.words}")

    def _relay(self, found: _Attribution, relay: Cue, span: Span, cue: Cue) -> None:
        """`..., according to Z` beside another attribution."""
        heard = self._hear(relay.subject, relay.extra)
        if heard is None:
            return
        if heard.paper:
            found.paper = heard.words
            found.why.append(f"according to: {heard.words}")
            return
        who = self.people.hear(heard, span.start)
        if who is None or found.by is None or who.name == found.by.name:
            return
        cites = self._cited(relay.extra, span)
        if who.kind == "outlet" and cue.verb_class != "judge":
            self._through(found, who)
        elif who.kind == "outlet":
            found.by, found.through = who, ()
            self._cite(found, cites, found.why)
            self._cite(found, self._cited(f", {relay.extra}", span), found.why)
        elif cue.verb_class == "judge" or cue.verb == "conclude":
            found.by, found.sources = who, True
        else:
            found.through = (*found.through, who)
        found.why.append(f"according to: {heard.words}")

    # --- without an attribution ---

    def _own_voice(self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role) -> None:
        """Official acts, facts of a company, long quotations without a reporting verb."""
        last = self.found[-1] if self.found else None
        if last and last.verb_class == "act" and last.paragraph == number and _BILL.match(mask):
            last.end = span.end
            last.pieces.append(span)
            return
        if act := acts.act(mask, self.people.outlets):
            heard = self._hear(act.subject, act.extra)
            who = self.people.hear(heard, span.start) if heard and not heard.paper else None
            who = who or Who(name=speakers.clean(act.subject), kind="organisation")
            told = _Attribution(by=who, through=(), paper="official record", note="official act, as told here",
                                why=[f"{act.rule}: {act.verb}"])  # fmt: skip
            self._add(span, [span], number, role, told, act)
            return
        fact = acts.seat(mask)
        if fact and role == "body" and not quoted:
            told = _Attribution(by=self.people.own, through=(), paper="company record",
                                note="stated without a source", why=[f"{fact.rule}: in the outlet's own voice"])  # fmt: skip
            self._add(span, [span], number, role, told, fact)

    def _note_publication(self, mask: str) -> None:
        """`In March 2015, Bloomberg published ...`: the date of what follows from that outlet."""
        match = _PUBLISHED.search(mask)
        when = basis.date(mask)
        if not match:
            return
        subject, extra, _ = cues._subject(mask, cues._bare_end(mask[: match.start()]), False)
        heard = self._hear(subject or "", extra)
        if heard is None or heard.who is None:
            return
        who = heard.who
        if who.kind != "outlet" and _ARTICLE.match(mask, match.end()) and heard.words == who.name:
            self.people.outlets |= {who.name}
            who = speakers.outlet(who.name)
        if who.kind == "outlet" and (known := self.people.hear(Heard(who.name, who=who), 0)) and when:
            self.people.dates[known.name] = when

    def _mention(self, mask: str, span: Span) -> None:
        """Outlets that a sentence names without attributing anything to them."""
        for match in _NAMES_OUTLET.finditer(mask):
            name = match["name"] or match["before"]
            if speakers.is_outlet(name, self.people.outlets):
                self.people.hear(Heard(name, who=speakers.outlet(name)), span.start)

    # --- transcripts ---

    def _turn(self, number: int, paragraph: Paragraph) -> None:
        words = self.text[paragraph.span.start : paragraph.span.end]
        match = layout.turn(words)
        if match is None:
            return
        name = match["name"]
        start = paragraph.span.start + match.end()
        said = self.text[start : paragraph.span.end]
        if _QUESTION.search(said) or name == "Q":
            return
        skipped = _REPLY.match(said)
        who = self._turn_speaker(name)
        self.people.remember(who)
        if skipped and skipped.end() < len(said) and len(said[skipped.end() :].split()) > 2:
            start += skipped.end()
        span = self._at = Span(start, paragraph.span.end)
        told = _Attribution(by=who, through=(), note="turn of a transcript", why=[f"transcript: {name}"])
        self._add(span, [span], number, "turn", told, None, direct=True)

    def _turn_speaker(self, name: str) -> Who:
        if name == "A":
            return Who(name="the person who answers", kind="unnamed", number="1", role="interviewee")
        heard = self._hear(name.title(), "")
        who = heard.who if heard and heard.who else Who(name=name.title(), kind="person")
        known = self.people.hear(Heard(name, who=replace(who, kind="person")), 0)
        return known or who

    # --- findings ---

    def _add(
        self, span: Span, pieces: list[Span], number: int, role: Role, told: _Attribution,
        cue: Cue | None, direct: bool = False,
    ) -> None:  # fmt: skip
        span = _tidy(self.text, span)
        text = self.text[span.start : span.end]
        if len(re.findall(r"\w+", text)) < 2 or (not direct and _QUESTION.search(text)):
            return
        verb_class, verb = (cue.verb_class, cue.verb) if cue else ("say", "say")
        on = basis.basis(told.by, text, told.paper, told.sources)
        if verb_class == "fact":
            on = "record"
        elif told.by and told.by == self.people.own and on == "none-given":
            on = "own-knowledge"  # the publisher speaks of itself, as in a press release
        kind = basis.kind(verb_class, verb, told.by, text, on)
        if cue and cue.verb_class in ("act", "fact"):
            kind = "record"
        manner = cue.manner if cue else ""
        self.found.append(
            Found(
                start=span.start, end=span.end, sentence=self._at, pieces=[_tidy(self.text, one) for one in pieces], role=role,
                paragraph=number, by=(told.by,) if told.by else (), through=self._passed(told), basis=on,
                note=told.note or manner, kind=kind, date=self._date(span, pieces, told, number), direct=direct,
                verb_class=verb_class, why=list(told.why) + (["direct quotation"] if direct else []),
            )
        )  # fmt: skip

    def _passed(self, told: _Attribution) -> tuple[Who, ...]:
        own = self.people.own
        passed = [one for i, one in enumerate(told.through) if one.name not in [x.name for x in told.through[:i]]]
        if own and (told.by is None or told.by.name != own.name) and own.name not in [one.name for one in passed]:
            passed.append(own)
        return tuple(one for one in passed if told.by is None or one.name != told.by.name)

    def _date(self, span: Span, pieces: list[Span], told: _Attribution, number: int) -> str:
        """The date in the attribution, or that of what the outlet published."""
        paragraph = self.paragraphs[number].span
        start = max(self.text.rfind(". ", paragraph.start, span.start) + 1, paragraph.start)
        stop = self.text.find(". ", span.end, paragraph.end)
        around = self.text[start : span.start] + " | " + self.text[span.end : stop if stop > 0 else paragraph.end]
        if said := basis.date(around):
            return said
        outlets = [one.name for one in ((told.by,) if told.by else ()) + told.through if one]
        return next((self.people.dates[name] for name in outlets if name in self.people.dates), "")


def replace_why(told: _Attribution, rule: str) -> _Attribution:
    """The same attribution, found by a further rule."""
    return _Attribution(by=told.by, through=told.through, paper=told.paper, sources=told.sources,
                        note=told.note, why=[*told.why, rule])  # fmt: skip


def _inner(text: str, span: Span) -> Span:
    """A quotation without its marks."""
    start, end = span.start, span.end
    while start < end and text[start] in "“\"‘'«„ ":
        start += 1
    while end > start and text[end - 1] in "”\"’'»“ ":
        end -= 1
    return Span(start, end)


def _tidy(text: str, span: Span) -> Span:
    """Without white space, commas and stray marks at the ends."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\r\n,;:—–":
        start += 1
    while end > start and text[end - 1] in " \t\r\n,;:—–":
        end -= 1
    return Span(start, end)


def _before(mask: str, cue: Cue) -> tuple[int, int]:
    """What stands before an attribution, without a connecting word at its start."""
    lead = re.match(r"\s*(?:But|And|However,|Still,|Yet|Meanwhile,|Instead,)\s+", mask[: cue.start])
    start = lead.end() if lead else 0
    if dateline := _DATELINE.match(mask, start):
        start = dateline.end()
    return start, len(mask[: cue.start].rstrip(" ,"))


def _coordinate(mask: str, cue: Cue) -> bool:
    """Whether a further attribution stands beside the one before, not inside what it reports."""
    before = mask[: cue.start]
    opens = mask[cue.start : cue.end]
    return bool(
        re.search(r"(?:,|;|”|—)\s*(?:and|but|while|though|although|whereas|yet|as|with)?\s*\Z", before)
        or re.match(r"\s*(?:and|but)\b", opens)
        or not cue.subject and re.search(r"\b(?:and|but)\s*\Z|,\s*\Z", before)
    )  # fmt: skip


def _verb_start(mask: str, cue: Cue) -> int:
    words = re.match(r"[\s,]*(?:and|but|also|then)?\s*", mask[cue.start :])
    return cue.start + (words.end() if words else 0)


def _split(mask: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Assertions joined as `that ..., (and) that ...` stand for themselves."""
    at = start
    for joint in re.finditer(r",? and that\s|, that\s|; that\s|,? but that\s", mask[start:end]):
        stop = start + joint.start()
        if len(mask[at:stop].split()) >= 3 and len(mask[start + joint.end() : end].split()) >= 3:
            yield at, stop
            at = start + joint.end()
    yield at, end


def read(article: Article) -> tuple[list[Found], list[Paragraph]]:
    """The assertions of an article and its paragraphs."""
    paragraphs = layout.paragraphs(article.text)
    return Reader(article, paragraphs).read(), paragraphs


def roles(paragraphs: Iterable[Paragraph], role: Role) -> list[Paragraph]:
    """Those of one role."""
    return [one for one in paragraphs if one.role == role]
