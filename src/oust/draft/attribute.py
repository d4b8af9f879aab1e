"""Who asserts: the subject of an attribution, those it was told to, those it cites."""

from __future__ import annotations

import re

from msgspec.structs import replace

from oust.draft import basis, people, speakers
from oust.draft import words as w
from oust.draft.clauses import nested
from oust.draft.cue import Cue
from oust.draft.found import Attribution, Found
from oust.draft.speakers import Heard
from oust.draft.subjects import bare_end, subject_before
from oust.drafted import Article, Span, Who

CITING = re.compile(
    r"(?:,\s*|\A\s*|\s)(?:citing|quoting|based on|on the basis"
    r" of)\s+(?P<np>[^,.;“”]+(?:\.[A-Z]\.? ?[^,.;“”]+)*)",
    re.I,
)
_PUBLISHED = re.compile(r"\b(?:published|ran|aired|broadcast|carried|printed|released|posted)\b")
_ARTICLE = re.compile(
    r"(?:\s+\S+){0,6}?\s+(?:article|report|story|investigation|exposé|series|piece)\b"
)
_NAMES_OUTLET = re.compile(
    r"\b(?:report|story|article) (?:in|by|from) (?:the )?(?:[a-z]+"
    r" ){0,3}(?P<name>[A-Z]\w+(?: [A-Z]\w+)*)"
    r"|\b(?P<before>[A-Z]\w+(?: [A-Z]\w+)*) (?:report|story|article|investigation)\b"
)


class Attributor:
    """Tells who speaks in one article. `found`: what was read of it so far."""

    def __init__(self, article: Article, found: list[Found]) -> None:
        self.text = article.text
        self.people = people.People(article.text, article.outlet)
        self.found = found
        self._rested: dict[str, tuple[str, bool, str]] = {}  # outlet: papers, people, words

    def hear(self, words: str, extra: str) -> Heard | None:
        if not words:
            return None
        return speakers.describe(words, extra, self.people.outlets, self.people.names)

    def resolve(
        self,
        cue: Cue,
        span: Span,
        cited: list[Heard],
        relays: list[Cue],
        elder: tuple[Cue, Attribution] | None,
        mask: str,
    ) -> Attribution | None:
        why = [f"{cue.rule}: {cue.verb}"]
        if not cue.subject and cue.rule not in ("passive", "adverb of hearsay"):
            if elder is None:
                return self._of_clause(cue, span, mask, cited, relays, why)
            return Attribution(
                by=elder[1].by,
                through=elder[1].through,
                paper=elder[1].paper,
                sources=elder[1].sources,
                note=elder[1].note or cue.manner,
                why=[*why, "subject of the verb before"],
            )
        if cue.rule == "noun of assertion" and cue.subject.lower() == cue.verb:
            nobody = Who(
                name=f"{cue.subject}{basis.NOT_NAMED}", kind="unnamed", population=cue.subject
            )
            return Attribution(by=nobody, through=(), why=why)
        if cue.rule in ("passive", "adverb of hearsay") and not cue.subject:
            return Attribution(by=None, through=(), why=[*why, "no speaker is named"])
        heard = self.hear(cue.subject, cue.extra)
        if heard is None:
            return None
        if heard.refers:
            why.append(f"“{heard.words}” refers back")
        if heard.paper:
            rests = self._paper(heard, cue, span, why)
            if (
                elder
                and elder[1].by
                and elder[1].by.kind == "outlet"
                and nested(mask, elder[0], cue)
            ):
                rests.by, rests.through = elder[1].by, elder[1].through
            return rests
        who = self.people.hear(heard, span.start)
        if who is None:
            return None
        found = Attribution(by=who, through=(), note=cue.manner, why=why)
        if heard.refers and who.kind == "outlet" and (rested := self._rested.get(who.name)):
            found.paper, found.sources, found.note = rested
            why.append(f"{who.name} was said to rest on: {found.note}")
        self._hearer(found, cue, span)
        if (
            elder
            and cue.subject
            and elder[1].by
            and nested(mask, elder[0], cue)
            and elder[1].by.name != who.name
        ):
            found.through = (*found.through, elder[1].by)
            why.append(f"passed on by {elder[1].by.name}")
        if (
            "quoted" in mask[cue.start : cue.end]
            and not found.through
            and (writer := self.people.writer())
        ):
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

    def _of_clause(
        self, cue: Cue, span: Span, mask: str, cited: list[Heard], relays: list[Cue], why: list[str]
    ) -> Attribution | None:
        """A participle whose main clause reports nothing: its subject opens the sentence."""
        opening = mask[: cue.start]
        lead = re.match(r"\s*(?:(?:In|On|At|After|During|By|Following) [^,]{2,60},\s*)?", opening)
        start = lead.end() if lead else 0
        tokens = list(re.finditer(r"[^\s]+", opening[start:]))[:8]
        for token in tokens:
            words = opening[start : start + token.end()]
            following = opening[start + token.end() :].strip()
            if (
                not following[:1].islower()
                or re.match(r"(?:of|and|for|at|in|from)\b", following)
                or re.search(r"[,“”]", words)
            ):
                continue
            heard = self.hear(words, "")
            if heard and (heard.who is None or heard.who.kind != "unnamed" or heard.who.population):
                subject = replace(cue, subject=words)
                why.append("subject of the main clause")
                found = self.resolve(subject, span, cited, relays, None, mask)
                return found
        return None

    def introduce(self, mask: str, span: Span) -> None:
        """A person with whom a sentence opens, and who speaks only in the next."""
        for token in re.finditer(r"[^\s]+", mask[:80]):
            words, following = mask[: token.end()], mask[token.end() :].strip()
            if not following[:1].islower() or following.startswith(("of ", "and ", "for ")):
                continue
            heard = self.hear(words, "")
            if heard and heard.who and heard.who.kind == "person":
                self.people.hear(heard, span.start)
                return

    def _paper(self, heard: Heard, cue: Cue, span: Span, why: list[str]) -> Attribution:
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
        return Attribution(
            by=who,
            through=(),
            paper=f"{heard.words} {cue.extra}".strip(),
            note=heard.words,
            why=why,
        )

    def _hearer(self, found: Attribution, cue: Cue, span: Span) -> None:
        """`told BuzzFeed`: the outlet that was told passes it on."""
        told = cue.hearer
        statement = re.search(
            r"\b(?:to|with) (?P<who>(?:the )?[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*)", cue.manner
        )
        if not told and statement:
            told = statement["who"]
        if not told:
            return
        heard = self.hear(told, "")
        if heard is None or heard.refers not in ("", "press", "writing"):
            return
        who = heard.who if heard.who else self.people.hear(heard, span.start)
        named = bool(re.match(r"(?:the |The )?[A-Z]", told))
        if who and who.kind == "outlet":
            full = self.people.hear(Heard(told, who=who), span.start) or who
            self._through(found, full)
            if found.by:
                self.people.remember(found.by)
        elif (
            who and named and not w.OFFICIAL.search(told) and who.kind in ("person", "organisation")
        ):
            met = any(people.same(one, who) for one in self.people.known)
            if not met and statement is None and who.kind == "organisation":
                self._through(found, replace(who, kind="outlet"))

    def _through(self, found: Attribution, outlet: Who) -> None:
        if outlet.name not in [one.name for one in found.through]:
            found.through = (*found.through, outlet)
            found.why.append(f"told to {outlet.name}")

    def cited(self, mask: str, span: Span) -> list[Heard]:
        """Those whom a `citing ...` names."""
        found = []
        for match in CITING.finditer(mask):
            heard = self.hear(match["np"], "")
            if heard and (heard.paper or heard.who or heard.refers == "same"):
                found.append(heard)
        return found

    def _defends(self, found: Attribution, cue: Cue, span: Span) -> None:
        """A statement in defence that an outlet is quoted with, after what its maker told it."""
        last = self.found[-1] if self.found else None
        if not (
            found.by and found.by.kind == "outlet" and cue.way == "before" and last and last.by
        ):
            return
        speaker, words = last.by[0], self.text[span.start : span.end]
        spoke = speaker.kind != "outlet" and bool(speaker.of or speaker.kind == "organisation")
        if spoke and found.by.name in [one.name for one in last.through] and basis.defends(words):
            found.by, found.through = speaker, (found.by,)
            found.why.append(
                f"a defence quoted by {found.through[0].name}: "
                f"taken for the statement of {speaker.name}"
            )

    def _cite(self, found: Attribution, cited: list[Heard], why: list[str]) -> None:
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

    def _relay(self, found: Attribution, relay: Cue, span: Span, cue: Cue) -> None:
        """`..., according to Z` beside another attribution."""
        heard = self.hear(relay.subject, relay.extra)
        if heard is None:
            return
        if heard.paper:
            found.paper = heard.words
            found.why.append(f"according to: {heard.words}")
            return
        who = self.people.hear(heard, span.start)
        if who is None or found.by is None or who.name == found.by.name:
            return
        cites = self.cited(relay.extra, span)
        if who.kind == "outlet" and cue.verb_class != "judge":
            self._through(found, who)
        elif who.kind == "outlet":
            found.by, found.through = who, ()
            self._cite(found, cites, found.why)
            self._cite(found, self.cited(f", {relay.extra}", span), found.why)
        elif cue.verb_class == "judge" or cue.verb == "conclude":
            found.by, found.sources = who, True
        else:
            found.through = (*found.through, who)
        found.why.append(f"according to: {heard.words}")

    def note_publication(self, mask: str) -> None:
        """`In March 2015, Bloomberg published ...`: the date of what follows from that outlet."""
        match = _PUBLISHED.search(mask)
        when = basis.date(mask)
        if not match:
            return
        subject, extra, _ = subject_before(mask, bare_end(mask[: match.start()]), False)
        heard = self.hear(subject or "", extra)
        if heard is None or heard.who is None:
            return
        who = heard.who
        if who.kind != "outlet" and _ARTICLE.match(mask, match.end()) and heard.words == who.name:
            self.people.outlets |= {who.name}
            who = speakers.outlet(who.name)
        if (
            who.kind == "outlet"
            and (known := self.people.hear(Heard(who.name, who=who), 0))
            and when
        ):
            self.people.dates[known.name] = when

    def mention(self, mask: str, span: Span) -> None:
        """Outlets that a sentence names without attributing anything to them."""
        for match in _NAMES_OUTLET.finditer(mask):
            name = match["name"] or match["before"]
            if speakers.is_outlet(name, self.people.outlets):
                self.people.hear(Heard(name, who=speakers.outlet(name)), span.start)
