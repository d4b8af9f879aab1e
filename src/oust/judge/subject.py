"""What the law asks about an exposure, and nothing else: exposures alike in it are judged once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, structs

from oust.data.dossier import Dossier
from oust.data.rule import Form, Rule
from oust.model import Exposure, Hop, Node
from oust.party_names import core

_INSIDE = frozenset({"contains", "depends-on", "licensed-from"})
_HOLDS = frozenset({"owns", "controls", "consolidates", "succeeds"})
_SOFTWARE = frozenset({"program", "component"})


class Subject(Struct, frozen=True):
    """An exposure as a rule sees it."""

    vendor: str  # dossier id; "" where only `entity` is asked about
    entity: str = ""  # key of the party whose product or service it is, where not the vendor itself
    company: str = ""  # the legal person that the evidence names, as written
    asset: str = "program"
    form: Form | str = ""  # "" where the evidence does not tell
    embedded: bool = False
    products: frozenset[str] = frozenset()  # product words of the rules that name it
    product_named: bool = False  # the evidence names a product, be it none of those words
    act: str = ""  # an act instead of those of profile and asset
    since: str = ""  # bought or installed
    until: str = ""  # last day of an award
    facts: tuple[tuple[str, str], ...] = ()  # name, or `RULE/name` for one rule alone; yes or no

    def under(self, rule: str) -> Subject:
        """The subject as `rule` sees it: what was said for this rule goes before, without its id.

        What was said for other rules alone is left out.
        """
        if not any("/" in name for name, _ in self.facts):
            return self
        plain = {name: said for name, said in self.facts if "/" not in name}
        mine = {n.removeprefix(f"{rule}/"): s for n, s in self.facts if n.startswith(f"{rule}/")}
        return structs.replace(self, facts=tuple(sorted({**plain, **mine}.items())))


class Reader:
    """Makes subjects of exposures. Knows what the rules ask, to leave out what they do not."""

    def __init__(self, rules: Iterable[Rule], dossiers: Sequence[Dossier]) -> None:
        rules = list(rules)
        self._words = _product_words(rules)
        self._seen: dict[str, frozenset[str]] = {}
        self._dated = _limits(rules)
        self._forms = {d.id: {p.value.casefold(): p.kind for p in d.products} for d in dossiers}
        self._products = {
            d.id: {v.casefold(): fact.product for fact in d.identifiers for v in fact.values}
            for d in dossiers
        }

    def subject(self, one: Exposure, facts: Mapping[str, str] | None = None) -> Subject:
        """The subject of an exposure; its shortest path counts."""
        hops = one.paths[0].hops
        said = tuple(sorted((facts or {}).items()))
        names = self._names(one)
        products = self.named(names)
        return Subject(
            vendor=one.vendor,
            entity=_entity(hops) if one.tier == "owned" else "",
            company=_company(hops),
            asset=one.asset.kind,
            form=self._form(one, names),
            embedded=one.tier == "embedded" or any(hop.relation in _INSIDE for hop in hops),
            products=products,
            product_named=bool(products) or self._tells_product(one),
            since=self._when(hops),
            until=_ended(one.asset, hops),
            facts=said,
        )

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """Product words of the rules that stand in one of `names`, as whole words."""
        return frozenset().union(*(self._named(name) for name in names))

    def _named(self, name: str) -> frozenset[str]:
        if name not in self._seen:
            padded = f" {' '.join(core(name))} "
            self._seen[name] = frozenset(w for w, plain in self._words.items() if plain in padded)
        return self._seen[name]

    def _names(self, one: Exposure) -> set[str]:
        """What the path calls the vendor's own product: by name and by what the dossier knows."""
        names = set()
        for hop in one.paths[0].hops:
            names |= {node.name for node in (hop.origin, hop.target) if _is_product(node)}
            for evidence in hop.evidence:
                value = evidence.identifier.partition(":")[2].casefold()
                names.add(self._products[one.vendor].get(value, ""))
                names.add(evidence.text)
        return names - {""}

    def _tells_product(self, one: Exposure) -> bool:
        """Whether the path goes over a product, or an identifier that stands for one was met."""
        hops = one.paths[0].hops
        met = {e.identifier.partition(":")[2].casefold() for hop in hops for e in hop.evidence}
        of_vendor, known = self._products[one.vendor], self._forms[one.vendor]
        return any(_is_product(node) for hop in hops for node in (hop.origin, hop.target)) or any(
            of_vendor.get(value) or value in known for value in met
        )

    def _form(self, one: Exposure, names: set[str]) -> str:
        if one.asset.kind == "service" or one.tier == "service":
            return "service"
        if any(n.kind in _SOFTWARE for h in one.paths[0].hops for n in (h.origin, h.target)):
            return "software"
        kinds = {k for name in names if (k := self._forms[one.vendor].get(name.casefold()))}
        found = {form for kind in kinds for form in _FORMS if form in kind}
        return found.pop() if len(found) == 1 else ""

    def _when(self, hops: Sequence[Hop]) -> str:
        """The date of the last dated hop, unless no rule asks; one day stands for its span."""
        date = next((hop.since for hop in reversed(hops) if hop.since), "")
        if not self._dated:
            return ""
        if not date or len(date) < 10:
            return date
        passed = [limit for limit in self._dated if limit <= date]
        return passed[-1] if passed else "0001-01-01"


_FORMS: tuple[Form, ...] = ("software", "hardware", "service")


def _ended(asset: Node, hops: Sequence[Hop]) -> str:
    """Until when an award runs; nothing is asked of anything else."""
    if asset.kind != "award":
        return ""
    return next((hop.until for hop in reversed(hops) if hop.until), "")


def _is_product(node: Node) -> bool:
    return node.kind in ("product", "component", "program")


def _product_words(rules: Iterable[Rule]) -> dict[str, str]:
    words = set()
    for rule in rules:
        for provision in rule.provisions:
            words |= set(provision.products)
            words |= {w for one in provision.exceptions for w in one.products}
        words |= {w for one in rule.exceptions for w in one.products}
    return {word: f" {' '.join(core(word))} " for word in sorted(words)}


def _limits(rules: Iterable[Rule]) -> list[str]:
    """Dates that divide what was acquired earlier from what was acquired later."""
    found = set()
    for rule in rules:
        for one in (*rule.exceptions, *(e for p in rule.provisions for e in p.exceptions)):
            if one.acquired_before:
                found.add(one.acquired_before)
    return sorted(found)


def _entity(hops: Sequence[Hop]) -> str:
    """The last party of the chain of holdings: whose award or product it is."""
    last = ""
    for hop in hops:
        if hop.relation in _HOLDS:
            last = hop.target.name if hop.target.kind != "vendor" else hop.origin.name
    return last


def _company(hops: Sequence[Hop]) -> str:
    """The legal person that the evidence of the first hop names in a field of its own."""
    fields = ("seller", "publisher", "manufacturer", "supplier", "signer", "company")
    found = sorted({e.text for e in hops[0].evidence if e.field in fields and e.text})
    return found[0] if found else ""
