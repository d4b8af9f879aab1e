"""The paragraphs of an article, and which of them are its text.

What belongs to the page (menus, comment forms, bylines, readers' comments) is set aside with the
reason, and never silently: a draft lists what was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.drafted import Paragraph, Role, Span

_BLOCK = re.compile(r"(?:[^\S\n]*\S[^\n]*(?:\n|\Z))+")
_LINE = re.compile(r"[^\n]+")
_END = re.compile(r"[.?!…][\"”’'»)\]]*\s*\Z")
_WORDS = re.compile(r"[^\W_][\w’'.-]*")
_MONTHS = """January February March April May June July August September October November
    December""".split()
_MONTH = "(?:" + "|".join(f"{name[:3]}(?:{name[3:]})?\\.?" for name in _MONTHS) + "|Sept\\.?)"
_DATE = re.compile(
    rf"(?i)\b(?:(?P<m1>{_MONTH}) (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y1>\d{{4}})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<m2>{_MONTH}),? (?P<y2>\d{{4}})"
    r"|(?P<iso>\d{4}-\d\d-\d\d))\b"
)
_BYLINE = re.compile(r"\s*(?:By|Written by|Words by|Published|Updated|Posted|Last modified)\b[\s:]")
_AUTHOR = re.compile(r"\bBy:?\s+((?:[A-Z][\w.’'-]+\s?){2,4})")
_PICTURE = re.compile(
    r"\((?:[^()]{0,60}\b)?(?:Images?|Photos?|Reuters|AP|AFP|Getty|Illustration|File)\b[^()]*\)\s*\Z"
    r"|\A\s*(?:Image|Photo|Picture|Credit|Caption)s?(?: by| credit)?:"
)
_COMMENTS = re.compile(
    r"(?i)\s*(?:\d[\d,]* )?(?:(?:hide|show|view|add|leave|post|write|read|join|see)(?: all| a| your"
    r"| the)? (?:\d+ )?(?:comments?|reply|conversation|discussion)|reader comments|comments?"
    r"(?: \(\d+\))?|discussion|responses?)\s*:?\s*\Z"
)
_RESIDUE = re.compile(
    r"(?i)\s*(?:[•*·»>|-]\s*)?(?:"
    r"tags?:|topics?:|filed under|share\b.{0,40}\Z|tweet\b.{0,20}\Z|follow (?:us|@|\w+ on)|sign up"
    r"|subscribe|newsletter|read (?:more|next|also)\b|related\b.{0,60}:|see also:?|more (?:on|from)"
    r"|advertisement|sponsored|click here|send (?:us )?(?:your )?tips|allowed html|no html"
    r"|you may use these html|web page addresses|lines and paragraphs|plain text\Z|your (?:display "
    r"name|e-?mail)|security code|this field is|copyright|©|\(c\) |all rights reserved|cookies?\b"
    r"|we use cookies|privacy policy|terms of (?:use|service)|log ?in|register (?:now|here)|home\b"
    r"(?: >|\s*\Z)|skip to|print\Z|e-?mail\Z|save\Z|back to top|\(?(?:reporting|editing|additional "
    r"reporting|writing) by|contact (?:us|the (?:author|reporter))|got a tip|have a tip|do you have"
    r" (?:a|any) (?:tip|information)|correction:|captcha|required fields?|recommended\Z|trending"
    r"|most (?:read|popular)|download (?:the|our) app|support our|donate|media contacts?:|###\s*\Z"
    r"|about the author|thank you for|photo(?:graph)? by|listen to this|watch:|video:|gallery:"
    r"|for (?:more|further) information|https?://\S+\s*\Z|@\w+\s*\Z)"
)
_TURN = re.compile(
    r"\s*(?P<name>Q|A|(?:(?:THE|MR|MRS|MS|DR|SEN|REP|GEN|GOV|PROF)\.? )*[A-Z][A-Z’'.-]+"
    r"(?: [A-Z][A-Z’'.-]+){0,4})(?: \([^()]*\))?\s?:\s+(?=\S)"
)
_NOTICE = re.compile(
    r"\s*(?:WASHINGTON|UPDATE|BREAKING|EXCLUSIVE|ANALYSIS|OPINION|NOTE|PHOTO|VIDEO|WATCH|READ)\Z"
)


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of `text` in order, each with what it is taken for."""
    found: list[Paragraph] = []
    bodies = 0
    cut = ""
    spans = list(_spans(text))
    for number, span in enumerate(spans):
        words = text[span.start : span.end]
        if (
            _COMMENTS.match(words)
            and bodies >= (1 if " " in words else 2)
            and number >= len(spans) * 0.3
        ):
            cut = "what follows readers' comments"
        role: Role
        role, why = ("residue", cut) if cut else _role(words, bodies)
        bodies += role in ("body", "turn")
        found.append(Paragraph(span, role, why))
    return found


def _spans(text: str) -> Iterator[Span]:
    """Blocks between blank lines; the lines of a block that is not wrapped are paragraphs."""
    for block in _BLOCK.finditer(text):
        lines = list(_LINE.finditer(text, block.start(), block.end()))
        pieces = [block] if _wrapped([line[0].strip() for line in lines]) else lines
        for piece in pieces:
            start, end = piece.span()
            inner = text[start:end]
            start += len(inner) - len(inner.lstrip())
            end -= len(inner) - len(inner.rstrip())
            if start < end:
                yield Span(start, end)


def _wrapped(lines: list[str]) -> bool:
    """Whether line breaks stand wherever the line was full."""
    if len(lines) < 2:
        return True
    full = max(len(line) for line in lines)
    if not 40 <= full <= 130 or any(_TURN.match(line) for line in lines):
        return False
    return all(len(line) >= full * 0.7 for line in lines[:-1]) and not all(
        _END.search(line) for line in lines[:-1]
    )


def _role(words: str, bodies: int) -> tuple[Role, str]:
    count = len(_WORDS.findall(words))
    sentence = bool(_END.search(words)) or words.rstrip().endswith((":", ",", "—"))
    if turn(words):
        return "turn", ""
    if _RESIDUE.match(words) and count <= 40 and not (sentence and count > 22):
        return "residue", "part of the page"
    if _PICTURE.search(words):
        return ("caption", "") if count > 6 else ("residue", "credit of a picture")
    if _BYLINE.match(words) and count <= 20 and not _END.search(words):
        return "byline", ""
    if _DATE.search(words) and count <= 8:
        return "byline", ""
    if sentence or count > 24 or _opens_quote(words):
        return "body", ""
    if not bodies and count >= 4 and not words.lstrip().startswith(("•", "-", "*")):
        return ("residue", "path of the page") if " > " in words else ("headline", "")
    return "residue", "no sentence"


def _opens_quote(words: str) -> bool:
    return words.lstrip()[:1] in '“"‘«' and len(words) > 60


def turn(words: str) -> re.Match[str] | None:
    """The name before the colon of a turn in a transcript, in group `name`."""
    found = _TURN.match(words)
    if not found or _NOTICE.match(found["name"]):
        return None
    return found


def headline_before(text: str, paragraph: Paragraph, all_of_them: list[Paragraph]) -> int:
    """Characters at the start of a caption that only repeat the headline."""
    words = text[paragraph.span.start : paragraph.span.end]
    heads = (one for one in all_of_them if one.role == "headline")
    same = [text[one.span.start : one.span.end] for one in heads]
    return max((len(head) for head in same if words.startswith(head)), default=0)


def date_of(words: str) -> str:
    """The first whole date in `words` as ISO, or nothing."""
    found = _DATE.search(words)
    if not found:
        return ""
    if found["iso"]:
        return found["iso"]
    month, day, year = (found[f"{part}1"] or found[f"{part}2"] for part in ("m", "d", "y"))
    return f"{year}-{month_number(month):02}-{int(day):02}"


def month_number(name: str) -> int:
    """1 to 12 for a month's name or its abbreviation."""
    return next(i for i, full in enumerate(_MONTHS, 1) if full[:3] == name[:3].title())


def author_of(words: str) -> str:
    """The name in a byline, or nothing."""
    found = _AUTHOR.search(words)
    if not found:
        return ""
    name = re.split(r"\s(?:Published|Updated|Posted|Last)\b", found[1] + " ")[0]
    return " ".join(name.split())
