"""What a rule says, as types. The YAML that is read into them: docs/rule-schema.md.

A rule is a dated prohibition as data. Its *stages* are what happened to it, in order of time. Each
*provision* is one prohibition in the wording of one stage: a bill's committee text and the enacted
section are different provisions of one rule. On a date the wording in force is that of the latest
stage reached that has provisions of its own.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SourceTier = Literal["primary", "gov-copy", "law-firm", "press", "other"]

Step = Literal["event", "proposed", "committee", "floor", "passed", "enacted", "effective", "ended"]
"""What a stage is. Up to `passed` nothing binds; `enacted` binds (a statute signed, an order
issued, a rule published) from the date its provisions give; `effective` binds from its own date;
`ended` ends the rule; `event` changes nothing."""

PENDING: tuple[Step, ...] = ("proposed", "committee", "floor", "passed")
BINDING: tuple[Step, ...] = ("enacted", "effective")

Act = Literal[
    "use",  # have it installed, run it, keep it
    "buy",  # procure or obtain, extend or renew a contract for it
    "provide",  # deliver it to the Government, inside something else too
    "contract",  # the Government contracts with somebody who uses it
    "offer",  # list it on a purchase vehicle
    "resell",
    "integrate",  # license it or build it into another product
    "update",  # supply signatures or code updates
    "agree",  # enter into a new agreement with the vendor
    "export",
    "subsidise",  # spend subsidy, loan or grant money on it
    "authorise",  # apply for equipment authorisation
    "market",  # import it or place it on the market
    "deal",  # deal in property of a blocked person
]

Form = Literal["software", "hardware", "service"]

Relation = Literal[
    "named",
    "predecessor",
    "successor",
    "parent",
    "subsidiary",
    "affiliate",
    "controls",  # an entity that controls a named one
    "controlled-by",  # ... that a named one controls
    "common-control",  # ... under common control with a named one
    "majority-owned",  # ... of which a named one owns the majority
    "owned",  # ... that a named one owns, whatever the share
    "stake",  # ... in which a named one holds at least `threshold`
    "aggregate",  # ... of which the named ones together hold at least `threshold`
    "decisive-influence",
    "country-based",  # ... established in one of `countries`
    "country-controlled",  # ... owned, controlled or directed from one of `countries`
    "listed",  # ... on a list that the rule refers to and that must be looked up
    "developer",  # made by a named one, whoever sells it
]
"""How an entity must stand to those the rule names to be barred."""

Answer = Literal["yes", "no", "unknown"]


class Cite(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What every statement of a rule carries: ids of `Rule.sources`."""

    source: tuple[str, ...]
    note: str = ""
    unconfirmed: bool = False  # one weak source, or sources that disagree


class RuleSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where something was read."""

    id: str
    url: str
    what: str
    tier: SourceTier


class Stage(Cite, frozen=True, kw_only=True):
    """Something that happened to the rule."""

    date: str  # ISO date as far as known: `2018-10-01`, `2018-10`, `2018`
    event: str
    step: Step = "event"
    id: str = ""  # named by provisions, deadlines and `--suppose RULE@STAGE`


class Bar(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One test of who is barred. Several in a list: any one suffices.

    `named` gives `name` and, where all products of a dossier's vendor count as this entity's,
    `vendor`. Every other relation is to the entities named in the same list, or only to those in
    `of`. Thresholds are per cent with their comparison: `>50`, `>=20`.
    """

    relation: Relation
    name: str = ""
    names: tuple[str, ...] = ()  # other spellings of the same entity
    vendor: str = ""  # dossier id
    of: tuple[str, ...] = ()
    threshold: str = ""
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    since: str = ""  # date from which this entry stands in the rule
    until: str = ""
    needs: tuple[str, ...] = ()  # facts that must hold for this entry: see Provision.needs
    source: tuple[str, ...] = ()
    note: str = ""


class Exempted(Cite, frozen=True, kw_only=True):
    """An exception or carve-out. Applies where all that it names holds.

    With `fact` it waits for that fact, which the user supplies. `acquired_before`: the asset is
    known to have been bought, awarded or installed before that date. `products`: it is one of
    these products. `waiver` marks what must be asked for and granted.
    """

    text: str
    fact: str = ""
    acquired_before: str = ""
    products: tuple[str, ...] = ()
    waiver: bool = False
    by: str = ""  # who grants it
    until: str = ""  # after this date it cannot be had


class Provision(Cite, frozen=True, kw_only=True):
    """One prohibition, in the wording of one stage."""

    id: str
    stage: str  # id of the stage at which this wording stood
    text: str  # what is barred, in plain words
    citation: str  # the place in the law: `Pub. L. 115-91 sec. 1634(a)`
    obliges: tuple[str, ...]  # tags of data/profiles.yaml; any one suffices
    spares: tuple[str, ...] = ()  # tags of those it leaves out
    acts: tuple[Act, ...]
    embedded_code: Literal["yes", "no", "unknown", "substantial"]
    """Whether it reaches the vendor's code inside another's product; `substantial`: only as a
    substantial or essential component, which the fact `substantial-component` decides."""
    forms: tuple[Form, ...] = ()  # only these; empty: any
    products: tuple[str, ...] = ()  # only these products, by name; empty: any
    bars: tuple[Bar, ...] = ()  # empty: those of the rule
    needs: tuple[str, ...] = ()  # facts of data/facts.yaml that must hold; `not:` negates one
    since: str = ""  # in force from; empty: from its stage
    until: str = ""  # last day
    since_note: str = ""  # `day not seen`
    exceptions: tuple[Exempted, ...] = ()


Unit = Literal["calendar days", "business days", "hours", "weeks", "months", "years"]


class Deadline(Cite, frozen=True, kw_only=True):
    """Something that must be done by a date.

    Either `due` is that date, or `n` `unit` are counted from `anchor`: the id of a stage, a date,
    or an event that the user dates (see data/facts.yaml, `anchors`). `every_n` `every_unit`
    repeats it after the first. `contracts_from` and `contracts_until` limit it to contracts
    awarded, or solicitations issued, within them: the clause in the contract decides.
    """

    id: str
    duty: str
    obliges: tuple[str, ...]
    spares: tuple[str, ...] = ()
    due: str = ""
    n: int = 0
    unit: Literal["", Unit] = ""
    anchor: str = ""
    every_n: int = 0
    every_unit: Literal["", Unit] = ""
    every_date: str = ""  # a day each year: `03-31`
    until: str = ""  # when repetition ends: a date or words
    contracts_from: str = ""
    contracts_until: str = ""
    report: str = ""  # id of the report form that satisfies it
    citation: str = ""
    on_government: bool = False  # a duty of the authority itself, not of whoever has the product


class Clause(Cite, frozen=True, kw_only=True):
    """A contract clause by which the rule reaches contractors, and the contracts that carry it."""

    number: str  # `52.204-23`
    title: str
    since: str  # contracts awarded, or solicitations issued, from this day carry it
    counts: Literal["awarded", "solicited"] = "awarded"
    """What `since` is the day of: with `solicited`, a later award may follow an earlier
    solicitation without it."""
    until: str = ""  # last day, where it is known for everybody it obliges
    flowdown: Literal["yes", "no", "unknown"] = "unknown"  # into subcontracts
    except_part: str = ""  # what of it is not handed down
    obliges: tuple[str, ...]  # tags of data/profiles.yaml; any one suffices
    instead: tuple[str, ...] = ()  # numbers of clauses that have taken its place for some
    citation: str


class Conflict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where sources disagree; both stay."""

    about: str
    values: tuple[str, ...]
    source: tuple[str, ...] = ()


class Result(Cite, frozen=True, kw_only=True):
    """What came of it, or what was said in its support."""

    text: str


class Trial(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A case that the rule must decide so. At least one must be caught and one must not.

    `expect` is a verdict word; or `advised` (a warning that forbids nothing); or `duty` (the rule
    bars nobody, but its deadlines run for this profile).
    """

    date: str
    profile: str
    expect: str
    vendor: str = ""  # dossier id of the exposure's vendor
    entity: str = ""  # instead: a company by name
    tier: Literal["direct", "resold", "embedded", "service", "contractor", "owned"] = "direct"
    asset: str = "program"  # program, host, award, offer, product, service, component
    form: Literal["", "software", "hardware", "service"] = ""
    product: str = ""
    act: Literal["", Act] = ""  # an act instead of those the asset and profile imply
    since: str = ""  # bought or installed
    facts: dict[str, str] = {}  # fact: yes or no
    suppose: str = ""  # `@STAGE=DATE`, as in --suppose
    why: str = ""


RuleKind = Literal[
    "statute",
    "regulation",
    "order",
    "directive",
    "bill",
    "proposed rule",
    "list",
    "vehicle removal",
    "sanctions",
    "policy",
    "warning",
    "advice",
]


class Rule(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A dated prohibition, as data."""

    id: str  # file name without ending
    name: str
    kind: RuleKind
    force: Literal["binding", "advice", "duty"] = "binding"
    """`advice`: a warning or resolution that binds nobody. `duty`: product or process law that
    bars no vendor."""
    jurisdiction: str
    authority: str
    citations: tuple[str, ...]
    about: str  # one or two plain sentences
    obliged: str  # who must obey, in words, as far as the tags are coarser
    articles: str = ""  # what is covered, in words
    bars: tuple[Bar, ...] = ()
    not_barred: tuple[str, ...] = ()  # named by the authority as not barred
    stages: tuple[Stage, ...]
    provisions: tuple[Provision, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    exceptions: tuple[Exempted, ...] = ()  # for every provision
    reports: tuple[str, ...] = ()  # ids of report forms
    flowdown: str = ""
    clauses: tuple[Clause, ...] = ()
    see: tuple[str, ...] = ()  # ids of related rules
    conflicts: tuple[Conflict, ...] = ()
    results: tuple[Result, ...] = ()
    not_seen: tuple[str, ...] = ()
    sources: tuple[RuleSource, ...]
    trials: tuple[Trial, ...]


class Profile(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks: what is true of them, what is open. A tag in neither is not true of them."""

    id: str
    name: str
    about: str
    tags: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    acts: dict[str, str] = {}  # asset kind: the acts it shows, separated by spaces


class Tag(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word by which rules say who must obey."""

    id: str
    about: str


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a rule asks that evidence seldom shows."""

    id: str
    question: str
    by_rule: bool = False  # the answer may differ from rule to rule: asked for as `RULE/id`
