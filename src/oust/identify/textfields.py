"""Names of things, award lines and other free text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oust.identify import cues
from oust.identify.find import Finder, Found, Text, read_text
from oust.identify.hits import Hit, backed, hit, ruled_out
from oust.identify.partyfields import names_party
from oust.identify.polarity import Reading, context, near_cue, read_line
from oust.identify.spelling import LONG
from oust.model import Record

NAMED_AFTER = "named after the vendor; nothing says the vendor made it"
IN_DESCRIPTION = "named in a description"
FILE_NAME = "the vendor's word in a file's name, which anybody may give to a file"
HOST_NAME = "a host name says nothing about what runs there"
ADDRESS = "stands in a name of others; hosts of the vendor are known by their domains"
INSIDE = "unclear: the vendor's word stands inside the name"
NO_CONTEXT = "unclear: three letters without anything that shows what is meant"
ALONE = "the word has other meanings, and nothing near it shows which is meant"
_FEATURE = {
    "product": "product-name",
    "name": "vendor-word",
    "word": "vendor-word",
    "short": "short-word",
    "spelling": "misspelt",
    "alone": "product-alone",
    "vague": "product-alone",
    "weak": "weak-value",
}
_NOBODY = frozenset(("", "unknown", "n/a", "none", "-", "noassertion", "(none)", "not available"))
_OFFERED = ("listing", "contract")
"""Types of approvals whose names are worded like the lines of a purchase."""
_POWERED = ("powered by", "engine by", "powered with", "based on", "engine from", "technology by")
_PACKAGED = ("deb", "rpm", "apk", "pip", "npm", "python", "homebrew")


def text_hits(record: Record, finder: Finder, others: Sequence[Hit]) -> Iterator[Hit]:
    """What names and free text of `record` show; `others` are the hits of its other fields."""
    if record.kind == "award":
        yield from _line("description", record.description, finder)
        if " " in record.name.strip():  # a line's words; of an award itself it is the number
            yield from _line("name", record.name, finder)
        return
    if record.name and record.kind == "service" and _is_address(record):
        yield from _in_address(record, finder, others)
    elif record.name and record.kind == "approval" and record.type in _OFFERED:
        yield from _offered(record, finder, others)
    elif record.name and not names_party(record):
        yield from _name(record, finder, others)
    if record.description:
        yield from _mentioned(record.description, finder, others)
    if record.path:
        done = {one.vendor for one in others}
        yield from _near_names("path", read_text(record.path), finder, done)


# award lines


def _line(field: str, value: str, finder: Finder) -> Iterator[Hit]:
    """A purchase line: what is bought, and what the words around it say."""
    if not value:
        return
    text = read_text(value)
    found = finder.find(text)
    for one in found:
        near = context(text, one, goods_only=one.how in ("misspelt", "doubtful")) or _company(
            one, found
        )
        if bought := _bought(field, text, one, near, finder):
            yield bought
    yield from _near_names(field, text, finder, _vendors(found))


def _company(one: Found, every: Sequence[Found]) -> str:
    """Another term of the same vendor in the line, which shows that the vendor is meant."""
    others = [o for o in every if o is not one and o.term.vendor == one.term.vendor]
    firm = any(other.term.kind in ("word", "short", "product", "name") for other in others)
    return "another word of the vendor" if firm or (others and one.term.kind == "short") else ""


def _bought(field: str, text: Text, one: Found, near: str, finder: Finder) -> Hit | None:
    start, end = text.span(one)
    where = (field, text.text, start, end)
    feature, needs = _line_feature(text, one)
    if one.term.kind == "weak":
        why = one.term.why or ALONE
        return hit(one.term.vendor, where, one.term.identifier, "weak-value", why=why)
    reading = read_line(text, one)
    if not near and one.term.kind in ("alone", "short") and reading.label == cues.PURCHASE:
        near = next(iter(reading.features), "")
    if needs and not near:
        return _doubtful(where, one, reading)
    mention = "" if reading.label == cues.PURCHASE else reading.label
    if not mention or mention.startswith("unclear"):
        mention = _confused(field, text, one, finder) or mention
    more = [one.how, *one.also, *reading.features]
    if needs:
        more.insert(1, f"context '{near}'")
    return hit(one.term.vendor, where, one.term.identifier, feature, *more, mention=mention)


def _offered(record: Record, finder: Finder, others: Sequence[Hit]) -> Iterator[Hit]:
    """A product on a price list: a purchase line, unless another maker is named beside it."""
    maker = (record.manufacturer or record.publisher).strip()
    for one in _line("name", record.name, finder):
        stranger = maker.casefold() not in _NOBODY and not backed(others, one.vendor)
        yield ruled_out(one, f"{NAMED_AFTER}: made by {maker}") if stranger else one


def _doubtful(where: tuple[str, str, int, int], one: Found, reading: Reading) -> Hit | None:
    """A word that needs context and has none: at most a mention, with the clearest reason."""
    _, text, start, end = where
    vendor, identifier = one.term.vendor, one.term.identifier
    capitals = one.term.kind == "short" and text[start:end].isupper()
    if reading.features and reading.label != cues.PURCHASE and one.how != "doubtful":
        feature = _FEATURE[one.term.kind]
        return hit(vendor, where, identifier, feature, *reading.features, mention=reading.label)
    if capitals:
        return hit(vendor, where, identifier, "short-word", mention=NO_CONTEXT)
    if one.term.kind in ("alone", "vague"):
        return hit(vendor, where, identifier, "weak-value", why=ALONE)
    return None


def _line_feature(text: Text, one: Found) -> tuple[str, bool]:
    """The feature and whether it needs context."""
    if one.how in ("misspelt", "split", "doubtful"):
        # among words of seven letters one edit meets too many other names
        brief = one.how == "misspelt" and len(one.term.tokens[0]) <= LONG
        return one.how, brief or one.how == "doubtful" or one.term.kind == "short"
    alone = one.term.kind in ("alone", "vague") and len(text.tokens) > one.last - one.first
    return _FEATURE[one.term.kind], alone or one.term.kind in ("short", "vague")


def _confused(field: str, text: Text, one: Found, finder: Finder) -> str:
    for pattern, first, last in finder.confusions(text, field):
        if pattern.vendor == one.term.vendor and first < one.last and one.first < last:
            return f"not evidence: {pattern.why}"
    return ""


def _near_names(field: str, text: Text, finder: Finder, done: set[str]) -> Iterator[Hit]:
    """Names that look like the vendor's and are known not to be: kept, with the reason."""
    for pattern, first, last in finder.confusions(text, field):
        if pattern.near_name and pattern.vendor not in done:
            start, end = text.tokens[first].start, text.tokens[last - 1].end
            identifier = f"not_evidence:{' '.join(pattern.tokens)}"
            yield hit(pattern.vendor, (field, text.text, start, end), identifier, "named-in-text",
                      mention=f"not evidence: {pattern.why}")  # fmt: skip


# names of things


_SEEN = ("domain:", "ip:", "mac:", "cname:", "san:", "mime:")


def _is_address(record: Record) -> bool:
    """Whether a service was seen on a network: its name is compared by label, among its ids."""
    return any(value.startswith(_SEEN) for value in record.ids)


def _in_address(record: Record, finder: Finder, others: Sequence[Hit]) -> Iterator[Hit]:
    """The vendor's own word in the address of somebody else: a mention, and no more."""
    done = {one.vendor for one in others}
    text = read_text(record.name)
    for one in finder.find(text):
        if one.term.kind not in ("word", "product") or one.how != "exact":
            continue
        if one.term.vendor not in done:
            done.add(one.term.vendor)
            where = ("name", record.name, *text.span(one))
            yield hit(one.term.vendor, where, one.term.identifier, "named-in-text", mention=ADDRESS)


def _name(record: Record, finder: Finder, others: Sequence[Hit]) -> Iterator[Hit]:
    text = read_text(record.name)
    every = finder.find(text)
    for one in every:
        if one.how == "doubtful":
            continue
        start, end = text.span(one)
        where = ("name", record.name, start, end)
        supported = record.kind != "host" and backed(others, one.term.vendor)
        feature = "misspelt" if one.how in ("misspelt", "split") else _FEATURE[one.term.kind]
        if one.term.kind in ("weak", "vague"):
            why = one.term.why or ALONE
            yield hit(one.term.vendor, where, one.term.identifier, "weak-value", why=why)
        elif _powered(text, one) and not supported:
            yield hit(one.term.vendor, where, one.term.identifier, "powered-by", one.how,
                      mention=_confused("name", text, one, finder))  # fmt: skip
        else:
            mention = _confused("name", text, one, finder) or (
                "" if supported else _doubt(record, text, one)
            )
            yield hit(one.term.vendor, where, one.term.identifier, feature, one.how, *one.also,
                      mention=mention)  # fmt: skip
    yield from _near_names("name", text, finder, {h.vendor for h in others} | _vendors(every))


def _vendors(found: Sequence[Found]) -> set[str]:
    return {one.term.vendor for one in found}


def _powered(text: Text, one: Found) -> bool:
    before = " ".join(token.text for token in text.tokens[max(0, one.first - 2) : one.first])
    return before in _POWERED


def _doubt(record: Record, text: Text, one: Found) -> str:
    """Why a name that holds the vendor's word proves nothing; empty if it does."""
    if record.kind == "host":
        return HOST_NAME
    if record.kind == "file":
        return FILE_NAME
    if one.how in ("surname",):
        return cues.PERSON
    if near_cue(text, one) == cues.ACCESSORY:
        return cues.ACCESSORY
    start, end = text.span(one)
    if one.term.kind == "short" and not text.text[start:end].isupper():
        return NO_CONTEXT
    if _is_package(record, text):
        return NAMED_AFTER
    if one.first > 0 and not _known_start(record, text, one):
        return INSIDE
    publisher = (record.publisher or record.manufacturer or record.supplier).strip()
    if publisher.casefold() not in _NOBODY:
        return f"{NAMED_AFTER}: published by {publisher}"
    return ""


def _is_package(record: Record, text: Text) -> bool:
    """Whether a name follows a package manager's habits, where anyone may use any word."""
    if record.kind == "program":
        return record.type.lower() in _PACKAGED or any(
            i.startswith(("deb:", "rpm:")) for i in record.ids
        )
    spoken = " " in record.name.strip() or len(text.tokens) == 1
    return bool(record.purl) or not spoken


def _known_start(record: Record, text: Text, one: Found) -> bool:
    """Whether only small words or the publisher's own words stand before the vendor's word."""
    before = {token.text for token in text.tokens[: one.first]}
    return before <= {"the", "my", "new", "ao", "r", "tm"}


def _mentioned(value: str, finder: Finder, others: Sequence[Hit]) -> Iterator[Hit]:
    """Free text of a component or program: shown as a mention unless other fields settle it."""
    text = read_text(value)
    done = {one.vendor for one in others}
    for one in finder.find(text):
        vendor, kind = one.term.vendor, one.term.kind
        start, end = text.span(one)
        unsure = kind in ("weak", "vague", "alone", "short") or one.how == "doubtful"
        if vendor in done or (unsure and not (kind == "short" and value[start:end].isupper())):
            continue
        done.add(vendor)
        yield hit(vendor, ("description", value, start, end), one.term.identifier, "named-in-text",
                  one.how, mention=IN_DESCRIPTION)  # fmt: skip
