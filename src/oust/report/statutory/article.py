"""What was delivered and what the prohibition reaches inside it, read off an exposure's paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from oust.model import Evidence, Exposure, Hop, Node, Path
from oust.report.statutory.shape import Part, Placed, Value
from oust.report.words import called, stations

GOODS = ("product", "component", "program", "service")
HOLDING = ("owns", "controls", "consolidates", "succeeds", "affiliate")
WORDS_SEEN = ("product", "carrier")
"""Kinds of identifier whose words in an award's text name a product."""


class Good(Struct, frozen=True):
    """A product, component or program on a path, with the evidence that puts it there."""

    name: str
    node: Node
    evidence: tuple[Evidence, ...]


class Records:
    """Records by their place and by their package URL."""

    def __init__(self, records: Iterable[Placed] = ()) -> None:
        self.at: dict[tuple[str, str], list[Placed]] = {}
        self.named: dict[str, list[Placed]] = {}
        for one in records:
            self.at.setdefault((one[0].source, one[0].locator), []).append(one)
            if one[1].purl:
                self.named.setdefault(one[1].purl, []).append(one)

    def of(self, good: Good) -> Iterator[Placed]:
        """Those that describe a product, component or program."""
        found = list(self.named.get(good.node.id, ()))
        for one in good.evidence:
            found += self.at.get((one.source, one.locator), ())
        yield from (one for one in found if one[1].name == good.node.name)


class Article(Struct, frozen=True):
    """One exposure as a form sees it."""

    exposure: Exposure
    vendor: str
    covered: tuple[Good, ...]
    delivered: tuple[Good, ...]
    held: tuple[tuple[Node, Hop], ...]  # companies on the way that the vendor holds
    sellers: tuple[tuple[Node, Hop], ...]  # parties that supply or resell it, by the paths
    awards: tuple[Placed, ...]
    programs: tuple[Placed, ...]  # as installed on the asset
    records: Records

    @property
    def embedded(self) -> bool:
        """Whether what was delivered is another thing than what is covered."""
        return {one.name for one in self.covered} != {one.name for one in self.delivered}

    def parts(self) -> Iterator[tuple[Part, Good]]:
        """What is delivered and what is covered; said of neither where they are the same."""
        if not self.embedded:
            yield from (("", one) for one in self.covered)
            return
        yield from (("delivered product", one) for one in self.delivered)
        yield from (("covered article", one) for one in self.covered)


def article(exposure: Exposure, vendor: str, records: Records) -> Article:
    """Read one exposure. `records`: those at the places of its evidence and of its products."""
    goods = [_goods(path) for path in exposure.paths]
    mine = _at(records, exposure.paths)
    return Article(
        exposure=exposure,
        vendor=vendor,
        covered=_once(found[0] for found in goods if found),
        delivered=_once(found[-1] for found in goods if found),
        held=_parties(exposure.paths, HOLDING),
        sellers=_parties(exposure.paths, ("resells", "supplies")),
        awards=tuple(one for one in mine if one[1].kind == "award"),
        programs=tuple(one for one in mine if one[1].kind == "program"),
        records=records,
    )


def places(exposures: Iterable[Exposure]) -> tuple[set[Evidence], set[str]]:
    """All evidence of these exposures, and the package URLs of what stands on their paths."""
    hops = [hop for one in exposures for path in one.paths for hop in path.hops]
    ends = [node for hop in hops for node in (hop.origin, hop.target)]
    return (
        {one for hop in hops for one in hop.evidence},
        {node.id for node in ends if node.id.startswith("pkg:")},
    )


def _goods(path: Path) -> list[Good]:
    """What can be delivered or covered, from the vendor on."""
    nodes = stations(path)
    found = [
        Good(called(node), node, hop.evidence)
        for hop, node in zip(path.hops, nodes[1:], strict=True)
        if node.kind in GOODS
    ]
    if found:
        last = nodes.index(found[-1].node)  # hop n leads from station n to the next
        leaving = path.hops[last].evidence if last < len(path.hops) else ()
        return [*found[:-1], Good(found[-1].name, found[-1].node, (*leaving, *found[-1].evidence))]
    for hop in path.hops:
        for one in hop.evidence:
            if one.identifier.partition(":")[0] in WORDS_SEEN and one.text:
                return [Good(one.text, Node("product", one.text), (one,))]
    return []


def _parties(paths: Iterable[Path], relations: Sequence[str]) -> tuple[tuple[Node, Hop], ...]:
    found: dict[str, tuple[Node, Hop]] = {}
    for path in paths:
        for hop, node in zip(path.hops, stations(path)[1:], strict=True):
            if hop.relation in relations and node.kind == "party":
                found.setdefault(node.name.casefold(), (node, hop))
    return tuple(found.values())


def _at(records: Records, paths: Iterable[Path]) -> list[Placed]:
    """Records of the last two hops of every path: the award or program, not what led there."""
    spots = dict.fromkeys(
        (one.source, one.locator)
        for path in paths
        for hop in path.hops[-2:]
        for one in hop.evidence
    )
    return [one for spot in spots for one in records.at.get(spot, ())]


def _once(goods: Iterable[Good]) -> tuple[Good, ...]:
    found: dict[str, Good] = {}
    for one in goods:
        known = found.get(one.name)
        evidence = (*known.evidence, *one.evidence) if known else one.evidence
        found[one.name] = Good(one.name, one.node, tuple(dict.fromkeys(evidence)))
    return tuple(found.values())


def joined(values: Iterable[Value]) -> tuple[Value, ...]:
    """Values that say the same become one with all its evidence."""
    found: dict[tuple[str, str, str], Value] = {}
    for one in values:
        key = (one.text.casefold(), one.of, one.inferred)
        known = found.get(key)
        evidence = (*known.evidence, *one.evidence) if known else one.evidence
        found[key] = Value(
            text=(known or one).text,
            of=one.of,
            evidence=tuple(dict.fromkeys(evidence)),
            inferred=one.inferred,
            given=one.given,
        )
    return tuple(found.values())
