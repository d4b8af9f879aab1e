"""Where each value of a form comes from: one small function for every `take` of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oust.data.report_form import FormField, Take
from oust.model import Evidence, Hop, Record
from oust.report.statutory.article import Article, Good, joined
from oust.report.statutory.shape import Filled, Placed, Value
from oust.report.words import called, clip

LONGEST = 2000
"""Characters of one text taken from evidence; the source has the rest."""

AS_RECIPIENT = (
    "the recipient of the award; if you are that recipient, name who supplied the article to you"
)
AS_VEHICLE = "the award names it as the contract or vehicle on which it was placed"
AS_ORDER = "the award was placed on another contract or vehicle, so its own number is the order's"
AS_VERSION = "a version, no model number; software seldom has one"
AS_BRAND = "the vendor's name; no record writes a brand"


def fill_field(field: FormField, article: Article) -> Filled:
    """One field for one exposure; blank where its evidence says nothing of it."""
    take = TAKES.get(field.take)
    values = joined(take(article)) if take else _suggested(field, article)
    return Filled(id=field.id, label=field.label, values=values, ask=asked(field))


def asked(field: FormField) -> str:
    """What to write into a blank."""
    capital = field.label[1:2].isupper()  # an abbreviation stays as it is
    what = field.ask or (field.label if capital else field.label[:1].lower() + field.label[1:])
    return f"{what}; only if {field.only_if}" if field.only_if else what


def at(place: Evidence, field: str, text: str) -> tuple[Evidence, ...]:
    """The place of a record, with the field and words that were read there."""
    return (Evidence(place.source, place.locator, field, text, sha256=place.sha256),)


def ids(record: Record, scheme: str) -> list[str]:
    """The identifiers of one scheme."""
    start = scheme + ":"
    return [one[len(start) :] for one in record.ids if one.startswith(start)]


def number(placed: Placed) -> str:
    """The number of an award."""
    record = placed[1]
    return record.name or next(iter(ids(record, "award")), "")


def _contract(article: Article) -> Iterator[Value]:
    for place, record in article.awards:
        vehicles = ids(record, "parent-award")
        for vehicle in vehicles:
            yield Value(text=vehicle, evidence=at(place, "ids", vehicle), inferred=AS_VEHICLE)
        if not vehicles and (own := number((place, record))):
            yield Value(text=own, evidence=at(place, "name", own))


def _order(article: Article) -> Iterator[Value]:
    for place, record in article.awards:
        if ids(record, "parent-award") and (own := number((place, record))):
            yield Value(text=own, evidence=at(place, "name", own), inferred=AS_ORDER)


def _contract_and_order(article: Article) -> Iterator[Value]:
    for what, take in (("contract", _contract), ("order", _order)):
        for one in take(article):
            yield Value(text=f"{what} {one.text}", evidence=one.evidence, inferred=one.inferred)


def _seller(article: Article) -> Iterator[Value]:
    for place, record in article.awards:
        if record.seller:
            evidence = at(place, "seller", record.seller)
            yield Value(text=record.seller, evidence=evidence, inferred=AS_RECIPIENT)
    known = {record.seller.casefold() for _, record in article.awards}
    for node, hop in article.sellers:
        if node.name.casefold() not in known:
            yield Value(text=node.name, evidence=hop.evidence)


def _codes(*schemes: str) -> Callable[[Article], Iterator[Value]]:
    def take(article: Article) -> Iterator[Value]:
        for place, record in article.awards:
            for scheme in schemes:
                for code in ids(record, scheme):
                    text = (
                        code if len(schemes) == 1 else f"{record.seller}: {scheme.upper()} {code}"
                    )
                    yield Value(text=text, evidence=at(place, "ids", code), inferred=AS_RECIPIENT)

    return take


def _seller_codes(article: Article) -> Iterator[Value]:
    found = list(_codes("uei", "cage", "duns")(article))
    yield from found or _seller(article)


def _brand(article: Article) -> Iterator[Value]:
    of = "covered article" if article.embedded else ""
    for node, hop in article.held:
        yield Value(
            text=node.name,
            evidence=hop.evidence,
            inferred=_holding(article, hop),
        )
    if not article.held:
        evidence = tuple(one for good in article.covered for one in good.evidence)
        named = any(article.vendor.casefold() in good.name.casefold() for good in article.covered)
        yield Value(
            text=article.vendor,
            of=of,  # type: ignore[arg-type]
            evidence=evidence or article.exposure.paths[0].hops[0].evidence,
            inferred="" if named else AS_BRAND,
        )
    if article.embedded:
        for maker in _makers(article, article.delivered):
            yield Value(text=maker.text, of="delivered product", evidence=maker.evidence)


def _holding(article: Article, hop: Hop) -> str:
    """How the vendor holds a company: `Kaspersky owns it 51 %, 2016-03-01 to 2019-12-31`."""
    share = f" {hop.share} %" if hop.share else ""
    dates = f", {hop.since or '?'} to {hop.until or 'now or unknown'}"
    ends = {hop.origin.kind, hop.target.kind}
    owner = article.vendor if "vendor" in ends else hop.origin.name
    return f"{owner} {hop.relation} it{share}" + (dates if hop.since or hop.until else "")


def _model(article: Article) -> Iterator[Value]:
    for place, record in (*article.awards, *article.programs):
        for scheme in ("part", "gtin"):
            for code in ids(record, scheme):
                yield Value(text=code, evidence=at(place, "ids", code))
    for part, good in article.parts():
        if good.node.version:
            text = f"{good.node.name}, version {good.node.version}"
            yield Value(text=text, of=part, evidence=good.evidence, inferred=AS_VERSION)
    for place, record in article.programs:
        if record.version:
            text = f"{record.name}, version {record.version}"
            evidence = at(place, "version", record.version)
            yield Value(text=text, evidence=evidence, inferred=AS_VERSION)


def _description(article: Article) -> Iterator[Value]:
    for place, record in article.awards:
        if record.description:
            text = clip(record.description, LONGEST)
            yield Value(text=text, evidence=at(place, "description", text))
    if article.embedded:
        inner = ", ".join(good.name for good in article.covered)
        outer = ", ".join(good.name for good in article.delivered)
        evidence = tuple(one for good in article.covered for one in good.evidence)
        yield Value(
            text=f"{inner} of {article.vendor}, contained in {outer}",
            of="covered article",
            evidence=evidence,
            inferred="read off the path",
        )
    for place, record in article.programs:
        text = f"{record.name} {record.version} on {record.host or article.exposure.asset.name}"
        yield Value(text=text, evidence=at(place, "name", record.name))


def _goods(goods: tuple[Good, ...]) -> Iterator[Value]:
    for good in goods:
        yield Value(text=good.name, evidence=good.evidence)


def _delivered(article: Article) -> Iterator[Value]:
    yield from _goods(article.delivered)


def _covered(article: Article) -> Iterator[Value]:
    for good in article.covered:
        whose = "" if article.vendor.casefold() in good.name.casefold() else f" ({article.vendor})"
        yield Value(text=good.name + whose, evidence=good.evidence)
    if not article.covered:
        for node, hop in article.held:
            yield Value(text=node.name, evidence=hop.evidence, inferred=_holding(article, hop))
    if not article.covered and not article.held:
        evidence = article.exposure.paths[0].hops[0].evidence
        how = "the source; no record names the article"
        yield Value(text=article.vendor, evidence=evidence, inferred=how)


def _product(article: Article) -> Iterator[Value]:
    for part, good in article.parts():
        yield Value(text=good.name, of=part, evidence=good.evidence)


def _producer(article: Article) -> Iterator[Value]:
    for part, goods in (
        ("delivered product", article.delivered),
        ("covered article", article.covered),
    ):
        if part == "covered article" or article.embedded:
            of = part if article.embedded else ""
            for maker in _makers(article, goods):
                yield Value(text=maker.text, of=of, evidence=maker.evidence)  # type: ignore[arg-type]
    for node, hop in article.held:
        yield Value(text=node.name, evidence=hop.evidence)
    for place, record in _sold_by_itself(article):
        yield Value(text=record.seller, evidence=at(place, "seller", record.seller))


def _makers(article: Article, goods: tuple[Good, ...]) -> Iterator[Value]:
    """Who makes or provides something, as records of the very thing say."""
    for good in goods:
        for place, record in article.records.of(good):
            if record.kind != "award":
                for field in ("manufacturer", "supplier", "publisher"):
                    if text := getattr(record, field):
                        yield Value(text=text, evidence=at(place, field, text))
                        break


def _sold_by_itself(article: Article) -> list[Placed]:
    """Awards whose recipient is the vendor, so that the codes there are the producer's."""
    if article.exposure.tier != "direct":
        return []
    fields = {e.field for p in article.exposure.paths for hop in p.hops for e in hop.evidence}
    return list(article.awards) if "seller" in fields else []


def _producer_code(scheme: str) -> Callable[[Article], Iterator[Value]]:
    def take(article: Article) -> Iterator[Value]:
        for place, record in _sold_by_itself(article):
            for code in ids(record, scheme):
                yield Value(text=code, evidence=at(place, "ids", code))

    return take


def _suggested(field: FormField, article: Article) -> tuple[Value, ...]:
    vendor = article.exposure.vendor
    how = "the vendor alone suggests it; the contract and the facts decide"
    fit = (one.text for one in field.suggestions if one.vendor == vendor)
    return tuple(Value(text=text, inferred=how) for text in fit)


TAKES: dict[Take, Callable[[Article], Iterator[Value]]] = {
    "contract": _contract,
    "order": _order,
    "contract-and-order": _contract_and_order,
    "seller": _seller,
    "seller-uei": _codes("uei"),
    "seller-cage": _codes("cage"),
    "seller-codes": _seller_codes,
    "brand": _brand,
    "model": _model,
    "description": _description,
    "delivered": _delivered,
    "covered": _covered,
    "product": _product,
    "producer": _producer,
    "producer-uei": _producer_code("uei"),
    "producer-cage": _producer_code("cage"),
}
"""Takes for one exposure; those over all exposures stand in `whole.py`."""


def context(article: Article) -> tuple[Filled, ...]:
    """What the evidence shows of one exposure, whether the form asks for it or not."""
    told = {
        "delivered-product": ("Product delivered or in use", _delivered(article)),
        "covered-article": ("Covered article", _covered(article)),
        "awarded": ("Awarded or bought", _awarded(article)),
        "installed": ("Where it stands", _stands(article)),
    }
    filled = (
        Filled(id=name, label=label, values=joined(values))
        for name, (label, values) in told.items()
    )
    return tuple(one for one in filled if one.values)


def _awarded(article: Article) -> Iterator[Value]:
    for place, record in article.awards:
        parts = [
            f"by {record.buyer}" if record.buyer else "",
            f"on {record.since}" if record.since else "",
            f"for {record.amount}" if record.amount else "",
        ]
        if text := " ".join(part for part in parts if part):
            yield Value(text=text, evidence=at(place, "award", number((place, record))))


def _stands(article: Article) -> Iterator[Value]:
    asset = article.exposure.asset
    for place, record in article.programs:
        since = f", installed {record.since}" if record.since else ""
        run_by = f", run by {asset.detail}" if asset.detail else ""
        text = f"{record.name} {record.version} on {called(asset)}{run_by}{since}"
        yield Value(text=text, evidence=at(place, "host", record.host))
