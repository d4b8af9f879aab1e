"""Fields over all exposures: products with counts of endpoints, agreements, methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from oust.data.report_form import FormField, ReportForm, Take
from oust.report.statutory.article import Article, joined
from oust.report.statutory.coverage import methods
from oust.report.statutory.shape import Coverage, Filled, Section, Value
from oust.report.statutory.takes import asked, at, number
from oust.report.words import called, clip, plural, walked

NAMED = 20
"""Endpoints called by name in one line; the rest is counted."""

UNNAMED = "no record names the product"


class Whole(Struct, frozen=True):
    """What such a form is filled from."""

    articles: tuple[Article, ...]  # those the form reaches
    beyond: tuple[Article, ...]  # embedded code that it does not reach
    coverage: Coverage


def whole(form: ReportForm, articles: Sequence[Article], coverage: Coverage) -> Whole:
    """Sort the articles by whether the form reaches embedded code."""
    mine = [counts(form, one) for one in articles]
    inside = tuple(one for one, counted in zip(articles, mine, strict=True) if counted)
    outside = tuple(one for one, counted in zip(articles, mine, strict=True) if not counted)
    return Whole(inside, outside, coverage)


def counts(form: ReportForm, article: Article) -> bool:
    """Whether the form's list of products takes it up.

    A form that does not reach embedded code is about products under the vendor's own name, so
    what a company that the vendor holds has sold is told beside the list, for the user to decide.
    """
    return form.embedded != "no" or not (article.embedded or article.held)


def section(form: ReportForm, fields: Iterable[FormField], given: Whole) -> Section:
    """One section for all exposures."""
    inner = any(one.embedded for one in (*given.articles, *given.beyond))
    note = form.embedded_note[:1].upper() + form.embedded_note[1:] if inner else ""
    return Section(
        title="All exposures together" if given.articles else "Nothing found",
        exposures=tuple(one.exposure.id for one in (*given.articles, *given.beyond)),
        notes=(note,) if note else (),
        context=_seen(given.beyond),
        fields=tuple(_filled(field, given) for field in fields),
    )


def nothing(form: ReportForm, beyond: Sequence[Article]) -> Section:
    """The section of a nil report on a form that asks for none: no field of it is filled in."""
    note = "Nothing was found in what was read, so no field of the form is filled in."
    return Section(
        title="Nothing found",
        exposures=tuple(one.exposure.id for one in beyond),
        notes=(note, form.embedded_note) if beyond and form.embedded_note else (note,),
        context=_seen(beyond),
    )


def _seen(beyond: Sequence[Article]) -> tuple[Filled, ...]:
    """What the form does not count, told all the same."""
    label = "Seen, and not counted in this report"
    filled = Filled(id="beyond", label=label, values=tuple(_beyond(beyond)))
    return (filled,) if beyond else ()


def _filled(field: FormField, given: Whole) -> Filled:
    take = TAKES.get(field.take)
    values = joined(take(given)) if take else ()
    return Filled(id=field.id, label=field.label, values=values, ask=asked(field))


def _beyond(beyond: Sequence[Article]) -> Iterator[Value]:
    for one in beyond:
        path = one.exposure.paths[0]
        evidence = tuple(e for good in one.covered for e in good.evidence)
        what = "embedded code" if one.embedded else "sold by a company that the vendor holds"
        yield Value(
            text=f"{called(one.exposure.asset)}, {what}: {clip(walked(path), 500)}",
            evidence=evidence or path.hops[0].evidence,
        )


def product(article: Article) -> str:
    """What a list of products calls it."""
    outer = ", ".join(one.name for one in article.delivered)
    if not outer:
        texts = [record.description for _, record in article.awards if record.description]
        return clip(texts[0], 120) if texts else UNNAMED
    inner = ", ".join(one.name for one in article.covered)
    return f"{outer} (contains {inner})" if article.embedded else outer


def _groups(given: Whole) -> dict[str, list[Article]]:
    groups: dict[str, list[Article]] = {}
    for one in given.articles:
        groups.setdefault(product(one), []).append(one)
    return dict(sorted(groups.items(), key=lambda pair: pair[0].casefold()))


def _products(given: Whole) -> Iterator[Value]:
    for name, articles in _groups(given).items():
        told = all(one.delivered for one in articles)
        seen = [good.evidence for one in articles for good in one.delivered]
        rows = [at(place, "description", name) for one in articles for place, _ in one.awards]
        evidence = tuple(e for some in (seen if told else rows) for e in some)
        how = "" if told else "the description of the award; it names no product by itself"
        yield Value(text=name, evidence=evidence, inferred=how)
    if not given.articles and given.coverage.searched:
        vendors = ", ".join(one.vendor for one in given.coverage.searched)
        yield Value(
            text=f"None: no product of {vendors} that this report covers was found in what was read"
        )


def _endpoints(given: Whole) -> Iterator[Value]:
    for name, articles in _groups(given).items():
        hosts = {
            one.exposure.asset.name: one for one in articles if one.exposure.asset.kind == "host"
        }
        listed = ", ".join(_host(one) for one in list(hosts.values())[:NAMED])
        more = f" and {len(hosts) - NAMED:,} more" if len(hosts) > NAMED else ""
        count = (
            f"{plural(len(hosts), 'endpoint')} ({listed}{more})"
            if hosts
            else ("no endpoint seen in what was read; it was bought, where it stands is not known")
        )
        evidence = tuple(
            e
            for one in hosts.values()
            for place, r in one.programs
            for e in at(place, "host", r.host)
        )
        yield Value(text=f"{name}: {count}", evidence=evidence)
    if not given.articles:
        yield Value(text="0")


def _host(article: Article) -> str:
    asset = article.exposure.asset
    return f"{asset.name}, run by {asset.detail}" if asset.detail else asset.name


def _components(given: Whole) -> Iterator[Value]:
    for one in given.articles:
        for place, record in one.awards:
            if record.buyer:
                how = "it bought the product; where it is used is not shown"
                yield Value(
                    text=record.buyer, evidence=at(place, "buyer", record.buyer), inferred=how
                )
        asset = one.exposure.asset
        if asset.kind == "host" and asset.detail:
            evidence = one.exposure.paths[0].hops[-1].evidence
            how = "it runs the endpoint"
            if one.exposure.tier == "contractor":
                how = "a contractor that runs the endpoint; whom it serves is not shown"
            yield Value(text=asset.detail, evidence=evidence, inferred=how)


def _agreements(given: Whole) -> Iterator[Value]:
    for one in given.articles:
        for place, record in one.awards:
            award = number((place, record))
            seller = f" with {record.seller}" if record.seller else ""
            until = f" to {record.until}" if record.until else ""
            when = f", {record.since or '?'}{until}" if record.since or until else ""
            yield Value(text=f"{award}{seller}{when}", evidence=at(place, "name", award))


def _suppliers(given: Whole) -> Iterator[Value]:
    for one in given.articles:
        for place, record in one.awards:
            if record.seller:
                yield Value(text=record.seller, evidence=at(place, "seller", record.seller))


def _locations(given: Whole) -> Iterator[Value]:
    for one in given.articles:
        if one.exposure.asset.kind == "host":
            evidence = one.exposure.paths[0].hops[-1].evidence
            how = "the host; its place is not in the evidence"
            yield Value(text=_host(one), evidence=evidence, inferred=how)


def _methods(given: Whole) -> Iterator[Value]:
    yield from methods(given.coverage)


TAKES: dict[Take, Callable[[Whole], Iterator[Value]]] = {
    "products": _products,
    "endpoints": _endpoints,
    "methods": _methods,
    "components": _components,
    "agreements": _agreements,
    "suppliers": _suppliers,
    "locations": _locations,
}
