"""Notes as shown: plain lines for a terminal, safe HTML, JSON.

Of Markdown a note knows emphasis, strong emphasis, block quotes, line breaks and links to http,
https and mailto addresses. Everything else is text and is shown as typed.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from oust.model import Note
from oust.report.words import clip, plural, safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

WIDTH = 100
DEEPEST = 8
"""Block quotes within block quotes; a note that goes deeper is shown as plain text."""

SCHEMES = frozenset({"http", "https", "mailto"})

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_INVISIBLE = re.compile("[\u061c\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]")
_QUOTES = re.compile(r"(?m)^[ ]{0,3}(?:>[ \t]*)+")


def plain(text: str) -> str:
    """`text` without terminal escapes; what steers or hides is shown as `�`, line ends stay."""
    bare = _INVISIBLE.sub("\ufffd", _ESCAPE.sub("", text))
    return "\n".join(safe(line) for line in bare.replace("\t", "    ").split("\n"))


def notes_html(text: str) -> str:
    """`text` as HTML of the tags p, br, em, strong, blockquote and a, and of nothing else."""
    bare = plain(text)
    if any(found[0].count(">") > DEEPEST for found in _QUOTES.finditer(bare)):
        return "<p>" + html.escape(bare).replace("\n", "<br>\n") + "</p>\n"
    return str(_markdown().render(bare))


@cache
def _markdown() -> MarkdownIt:
    """With these rules only, whatever comes with the library."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("zero", {"html": False, "linkify": False, "breaks": True})
    made.enable(["blockquote", "newline", "emphasis", "link"])
    made.validateLink = _allowed  # type: ignore[method-assign, assignment]
    made.add_render_rule("link_open", _link)
    return made


def _allowed(address: str) -> bool:
    """Whether a link may lead there: with one of SCHEMES, to somewhere, with nothing hidden."""
    if re.search(r"[\x00-\x20\x7f-\xa0\\]", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    whole = bool(parts.path if parts.scheme == "mailto" else parts.netloc)
    return parts.scheme in SCHEMES and whole


def _link(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    """A link that hands nothing on to where it leads."""
    address, title = (html.escape(str(tokens[index].attrGet(n) or "")) for n in ("href", "title"))
    shown = f' title="{title}"' if title else ""
    return f'<a href="{address}"{shown} rel="nofollow noopener noreferrer">'


def section(notes: Sequence[Note], history: bool = False) -> Iterator[str]:
    """Lines of at most WIDTH characters: the last version of each note, or `history`: all."""
    by_number: dict[int, list[Note]] = {}
    for one in notes:
        by_number.setdefault(one.number, []).append(one)
    for versions in by_number.values():
        shown = versions if history else versions[-1:]
        for one in shown:
            yield from _told(one, versions, history)


def _told(one: Note, versions: Sequence[Note], history: bool) -> Iterator[str]:
    number = f"{one.number}.{one.version}" if history else str(one.number)
    yield f"   {number:<4} {clip(_byline(one, versions, history), WIDTH - 8)}"
    for line in plain(one.text).split("\n") if one.text else ():
        yield from textwrap.wrap(
            line, WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8,
            break_on_hyphens=False,
        ) or [""]  # fmt: skip


def _byline(one: Note, versions: Sequence[Note], history: bool) -> str:
    first = versions[0]
    when = f"{one.author}, {_moment(one.at)}"
    if history or len(versions) == 1:
        return when if one.word == "written" else f"{one.word} by {when}"
    edits = plural(len(versions) - 1, "older version")
    return f"{first.author}, {_moment(first.at)}; {one.word} by {when} ({edits} kept)"


def _moment(at: str) -> str:
    return at[:16].replace("T", " ") + " UTC"


def as_objects(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Every version as JSON has it, the text as typed."""
    names = [name for name in Note.__struct_fields__ if name != "subject"]
    return [{name: getattr(one, name) for name in names} for one in notes]


def as_json(subject: str, found: bool, notes: Iterable[Note]) -> str:
    """The notes of one subject; `found`: whether the subject is in the case now."""
    whole = {"subject": subject, "found": found, "notes": as_objects(notes)}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"
