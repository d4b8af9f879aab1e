"""Sentence by sentence through an article: what is asserted, and by whom."""

from __future__ import annotations

import re

from msgspec.structs import replace

from oust.draft import acts, basis, cues, layout, quotes, sentences, speakers
from oust.draft.attribute import CITING, Attributor
from oust.draft.clauses import all_quoted, before_cue, coordinate, nested, speaks, split, verb_start
from oust.draft.cue import Cue
from oust.draft.found import Attribution, Found, again, inner, tidy
from oust.draft.quotes import Quotation
from oust.draft.speakers import Heard
from oust.drafted import Article, Paragraph, Role, Span, Who

_QUESTION = re.compile(r"\?[\"”’']?\s*\Z")
_REPLY = re.compile(
    r"\A(?:yes|no|well|correct|right|sure|thank you[^.]*|that is correct"
    r"|absolutely)\b[,. ]*(?:sir|ma[’']am|senator|congress\w+|mr\. chairman|your honor)?[,. ]*",
    re.I,
)
_BILL = re.compile(r"(?:The|That) (?:bill|measure|legislation|act|order|directive|proposal)\b")


LONGEST = 3000
"""Characters of a sentence; what is longer is no prose, and would take the rules for ever."""


class Reader:
    """Reads one article. `found` holds the assertions in the order of the text."""

    def __init__(self, article: Article, paragraphs: list[Paragraph]) -> None:
        self.article = article
        self.text = article.text
        self.paragraphs = paragraphs
        self.found: list[Found] = []
        self.who = Attributor(article, self.found)
        self.people = self.who.people
        self.skipped: list[Paragraph] = []  # too long to be sentences
        self._running = False
        self._at = Span(0, 0)  # the sentence read now
        self._last: Attribution | None = None
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
            words = mask[span.start - start : span.end - start]
            if span.end - span.start > LONGEST:
                self.skipped.append(Paragraph(span, "residue", "longer than a sentence can be"))
                continue
            if cues.crowded(words):
                self.skipped.append(Paragraph(span, "residue", "more reporting verbs than prose"))
                continue
            inner = [one for one in quoted if span.start <= one.start < span.end]
            self._sentence(words, span, inner, number, paragraph.role, running and first)
            first = False

    def _sentence(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role, running: bool
    ) -> None:
        if _QUESTION.search(mask) and not quoted:
            return
        self._at = span
        self.who.mention(mask, span)
        heads = cues.cues(mask, role == "headline")
        before = len(self.found)
        if not heads and quoted and all_quoted(mask):
            self._continued(span, number, role, running)
        elif heads and not self._only_hearsay(mask, heads):
            self._attributed(mask, span, quoted, number, role, heads)
        if not heads:
            self.who.introduce(mask, span)
        if len(self.found) == before:
            self._own_voice(mask, span, quoted, number, role)
        self.who.note_publication(mask)

    def _only_hearsay(self, mask: str, heads: list[Cue]) -> bool:
        """An official act whose sentence merely mentions what is alleged stays an act."""
        nouns = all(
            cue.rule in ("noun of assertion", "passive", "adverb of hearsay") for cue in heads
        )
        return nouns and acts.act(mask, self.people.outlets) is not None

    def _continued(self, span: Span, number: int, role: Role, running: bool) -> None:
        """A sentence that is nothing but a quotation goes on with the last speaker."""
        last = self.found[-1] if self.found else None
        if _QUESTION.search(self.text[span.start : span.end]) and not last:
            return
        if last and last.direct and last.paragraph == number:
            last.end = span.end
            last.pieces.append(inner(self.text, span))
            return
        if self._last is None or (last is None and not self._last):
            return
        rule = (
            "quotation over paragraphs"
            if running
            else "quotation without attribution: speaker before"
        )
        attribution = again(self._last, rule)
        self._add(
            span, [inner(self.text, span)], number, role, attribution, self._last_cue, direct=True
        )

    def _attributed(
        self,
        mask: str,
        span: Span,
        quoted: list[Quotation],
        number: int,
        role: Role,
        heads: list[Cue],
    ) -> None:
        cited = self.who.cited(mask, span)
        chained = [cue for cue in heads if cue.rule == "according to"]
        main = [cue for cue in heads if cue.rule != "according to"]
        passed = [cue for cue in main if cue.rule in ("passive", "adverb of hearsay")]
        spoken = [cue for cue in main if cue not in passed]
        order = spoken or chained[:1] or passed[:1]
        for hint in passed if spoken else ():
            self._hearsay_before(mask, span, number, role, hint, spoken[0])
        relays = chained if spoken else chained[1:]
        known = [cue for cue in spoken if not cue.subject or self.who.hear(cue.subject, cue.extra)]
        if not known and chained:
            order, relays = chained[:1], chained[1:]
        elder: tuple[Cue, Attribution] | None = None
        covered = -1
        for i, cue in enumerate(order):
            within = max(cue.start, cue.at) < covered and not coordinate(mask, cue)
            if within and cue.subject and not (elder and nested(mask, elder[0], cue)):
                continue
            limit = self._limit(mask, cue, order[i + 1 :], chained)
            attribution = self.who.resolve(cue, span, cited, relays, elder, mask)
            if attribution is None:
                continue
            if cue.whole and not cue.subject and elder is None:
                cue = replace(cue, start=0, subject=attribution.note)  # with its main clause
            nested_next = i + 1 < len(order) and nested(mask, cue, order[i + 1])
            if nested_next and speaks(order[i + 1]):
                elder = (cue, attribution)
                continue
            self._assert(mask, span, quoted, number, role, cue, limit, attribution, elder)
            covered = limit if cue.way == "after" else len(mask)
            elder = (cue, attribution)
            self._last, self._last_cue = attribution, cue

    def _hearsay_before(
        self, mask: str, span: Span, number: int, role: Role, hint: Cue, spoken: Cue
    ) -> None:
        """`X has been accused of ..., though it denied that`: the hearsay stands for itself."""
        if hint.start >= spoken.start or not coordinate(mask, spoken) or spoken.way != "after":
            return
        told = Attribution(
            by=None, through=(), why=[f"{hint.rule}: {hint.verb}", "no speaker is named"]
        )
        end = len(
            re.sub(r"[\s,;]*(?:and|but|while|though|although|as)?\s*\Z", "", mask[: spoken.start])
        )
        whole = Span(span.start, span.start + end)
        self._add(whole, [whole], number, role, told, hint)

    def _limit(self, mask: str, cue: Cue, following: list[Cue], chained: list[Cue]) -> int:
        """Where the assertion of a forward attribution ends."""
        end = len(mask.rstrip(" .")) if not mask.rstrip().endswith("”") else len(mask.rstrip())
        for other in following:
            if other.start > cue.end and (coordinate(mask, other) or not other.subject):
                end = min(end, other.start)
                break
            if other.start <= cue.start and other.at > cue.end:  # `X, which denies that ..., said`
                end = min(end, other.at)
                break
        for other in chained:
            if other.start > cue.end:
                end = min(end, other.start)
        for citing in CITING.finditer(mask):
            if citing.start() > cue.end and self.who.hear(citing["np"], ""):
                end = min(end, citing.start())
        cut = mask[:end].rstrip(" ,;")
        cut = re.sub(r"(?:,|;)?\s+(?:and|but|while|though|although|as|which|who)\Z", "", cut)
        return len(cut.rstrip(" ,;"))

    def _assert(
        self,
        mask: str,
        span: Span,
        quoted: list[Quotation],
        number: int,
        role: Role,
        cue: Cue,
        limit: int,
        attribution: Attribution,
        elder: tuple[Cue, Attribution] | None,
    ) -> None:
        """The spans of what `cue` reports, one finding for each."""
        at = span.start
        if cue.whole:
            start = cue.start if cue.subject else verb_start(mask, cue)
            self._add(
                Span(at + start, at + limit),
                [Span(at + start, at + limit)],
                number,
                role,
                attribution,
                cue,
            )
            return
        if cue.way == "after":
            for start, end in split(mask, cue.end, limit):
                self._piece(
                    mask, Span(at + start, at + end), quoted, number, role, attribution, cue
                )
            return
        before = before_cue(mask, cue)
        after = (cue.end, len(mask.rstrip(" ."))) if cue.way == "around" else None
        spans = (
            [Span(at + a, at + b) for a, b in (before, after) if b > a]
            if after
            else [Span(at + before[0], at + before[1])]
        )
        if not spans or spans[0].end <= spans[0].start:
            return
        whole = Span(spans[0].start, spans[-1].end)
        direct = any(whole.start <= one.start < whole.end for one in quoted)
        if direct and self._inner(quoted, whole, spans, number, role, attribution, cue):
            return
        self._add(whole, spans, number, role, attribution, cue, direct=direct)

    def _piece(
        self,
        mask: str,
        span: Span,
        quoted: list[Quotation],
        number: int,
        role: Role,
        attribution: Attribution,
        cue: Cue,
    ) -> None:
        direct = any(span.start <= one.start < span.end for one in quoted)
        if len(re.findall(r"\w+", self.text[span.start : span.end])) < 2:
            return
        if direct and self._inner(quoted, span, [span], number, role, attribution, cue):
            return
        self._add(span, [span], number, role, attribution, cue, direct=direct)

    def _inner(
        self,
        quoted: list[Quotation],
        whole: Span,
        pieces: list[Span],
        number: int,
        role: Role,
        attribution: Attribution,
        cue: Cue,
    ) -> bool:
        """Attributions inside what an outlet is quoted with: `“X, the official said,” it wrote`."""
        outer = attribution.by
        if outer is None or outer.kind != "outlet":
            return False
        for one in quoted:
            inside = inner(self.text, Span(one.start, one.end))
            words = self.text[inside.start : inside.end].rstrip(" ,")
            for nested_cue in () if cues.crowded(words) else cues.cues(words):
                heard = self.who.hear(nested_cue.subject, nested_cue.extra)
                if (
                    not heard
                    or nested_cue.verb_class == "judge"
                    or (heard.refers in ("press", "writing"))
                ):
                    continue
                if heard.paper:
                    told = again(attribution, f"in the quotation: {heard.words} {nested_cue.verb}")
                    told.paper = heard.words
                    self._add(whole, pieces, number, role, told, cue, direct=True)
                    self._last, self._last_cue = told, cue
                    return True
                who = self.people.hear(heard, one.start)
                if who is None or who.kind == "outlet":
                    continue
                through = (outer, *attribution.through)
                told = Attribution(
                    by=who,
                    through=through,
                    sources=True,
                    note=heard.words,
                    why=[*attribution.why, f"in the quotation: “{heard.words}” {nested_cue.verb}"],
                )
                self._add(
                    whole,
                    pieces,
                    number,
                    role,
                    told,
                    replace(cue, verb_class=nested_cue.verb_class),
                    direct=True,
                )
                self._last, self._last_cue = told, cue
                return True
        return False

    def _own_voice(
        self, mask: str, span: Span, quoted: list[Quotation], number: int, role: Role
    ) -> None:
        """Official acts, facts of a company, long quotations without a reporting verb."""
        last = self.found[-1] if self.found else None
        if last and last.verb_class == "act" and last.paragraph == number and _BILL.match(mask):
            last.end = span.end
            last.pieces.append(span)
            return
        if act := acts.act(mask, self.people.outlets):
            heard = self.who.hear(act.subject, act.extra)
            who = self.people.hear(heard, span.start) if heard and not heard.paper else None
            who = who or Who(name=speakers.clean(act.subject), kind="organisation")
            told = Attribution(
                by=who,
                through=(),
                paper="official record",
                note="official act, as told here",
                why=[f"{act.rule}: {act.verb}"],
            )
            self._add(span, [span], number, role, told, act)
            return
        fact = acts.seat(mask)
        if fact and role == "body" and not quoted:
            told = Attribution(
                by=self.people.own,
                through=(),
                paper="company record",
                note="stated without a source",
                why=[f"{fact.rule}: in the outlet's own voice"],
            )
            self._add(span, [span], number, role, told, fact)

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
        told = Attribution(
            by=who, through=(), note="turn of a transcript", why=[f"transcript: {name}"]
        )
        self._add(span, [span], number, "turn", told, None, direct=True)

    def _turn_speaker(self, name: str) -> Who:
        if name == "A":
            return Who(
                name="the person who answers", kind="unnamed", number="1", role="interviewee"
            )
        heard = self.who.hear(name.title(), "")
        who = heard.who if heard and heard.who else Who(name=name.title(), kind="person")
        known = self.people.hear(Heard(name, who=replace(who, kind="person")), 0)
        return known or who

    def _add(
        self,
        span: Span,
        pieces: list[Span],
        number: int,
        role: Role,
        told: Attribution,
        cue: Cue | None,
        direct: bool = False,
    ) -> None:
        span = tidy(self.text, span)
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
                start=span.start,
                end=span.end,
                sentence=self._at,
                pieces=[tidy(self.text, one) for one in pieces],
                role=role,
                paragraph=number,
                by=(told.by,) if told.by else (),
                through=self._passed(told),
                basis=on,
                note=told.note or manner,
                kind=kind,
                date=self._date(span, pieces, told, number),
                direct=direct,
                verb_class=verb_class,
                why=list(told.why) + (["direct quotation"] if direct else []),
            )
        )

    def _passed(self, told: Attribution) -> tuple[Who, ...]:
        own = self.people.own
        passed = [
            one
            for i, one in enumerate(told.through)
            if one.name not in [x.name for x in told.through[:i]]
        ]
        if (
            own
            and (told.by is None or told.by.name != own.name)
            and own.name not in [one.name for one in passed]
        ):
            passed.append(own)
        return tuple(one for one in passed if told.by is None or one.name != told.by.name)

    def _date(self, span: Span, pieces: list[Span], told: Attribution, number: int) -> str:
        """The date in the attribution, or that of what the outlet published."""
        paragraph = self.paragraphs[number].span
        start = max(self.text.rfind(". ", paragraph.start, span.start) + 1, paragraph.start)
        stop = self.text.find(". ", span.end, paragraph.end)
        around = (
            self.text[start : span.start]
            + " | "
            + self.text[span.end : stop if stop > 0 else paragraph.end]
        )
        if said := basis.date(around):
            return said
        outlets = [one.name for one in ((told.by,) if told.by else ()) + told.through if one]
        return next((self.people.dates[name] for name in outlets if name in self.people.dates), "")
