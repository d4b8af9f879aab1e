"""The vocabulary: what every stage hands to the next. Imports nothing of oust.

A *source* is one file of evidence. It says *records* (an award, a component, an installed
program) and *links* between them; what cannot be read is *quarantined* with a reason. A dossier
identifier met in a record is a *sighting*; sightings and links make *paths* from a vendor to an
*asset*; an asset with its paths is an *exposure*.
"""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Kind = Literal[
    "component",
    "program",
    "award",
    "party",
    "host",
    "service",
    "document",
    "file",
    "approval",
    "agreement",
]
"""What a record is about. `document` is the source's own statement about itself. `approval`: a
listing, certificate or authorisation that let a product in, or an exclusion that bars a party.
`agreement`: who gives whom access to what."""

Role = Literal["", "subject", "tool", "author", "line"]
"""Why it stands in its source. `subject`: what the whole document describes (an SBOM's root).
`tool`, `author`: made the document, so no exposure. `line`: one item of an award."""

Relation = Literal[
    "owns",
    "controls",
    "consolidates",
    "succeeds",
    "supplies",
    "resells",
    "contains",
    "depends-on",
    "licensed-from",
    "signed-by",
    "published-by",
    "installed-on",
    "stored-in",
    "operated-by",
    "connects-to",
    "awarded",
    "approved-by",
    "has-access-to",
]

ID_SCHEMES: dict[str, str] = {
    "cpe": "Common Platform Enumeration name, 2.2 or 2.3 form",
    "swid": "ISO 19770-2 tag id",
    "sha256": "hexadecimal, lower case; likewise sha1, sha512, md5",
    "sha1": "",
    "sha512": "",
    "md5": "",
    "uei": "Unique Entity ID of the party (on an award: of the seller)",
    "cage": "Commercial and Government Entity code, likewise",
    "duns": "D-U-N-S number, likewise",
    "lei": "Legal Entity Identifier",
    "reg": "company registration or tax number, digits and letters only",
    "parent-uei": "the same, of the seller's parent",
    "parent-duns": "",
    "award": "award number (PIID, ocid, contract number)",
    "parent-award": "number of the vehicle or contract an order was placed on",
    "buyer-code": "code of the buying agency or office",
    "part": "manufacturer's part number or SKU",
    "gtin": "GTIN, UPC, EAN",
    "msi": "Windows Installer product code, upper case, in braces",
    "uninstall": "name of the Uninstall registry key",
    "appx": "AppX package name or family name",
    "winget": "winget package identifier",
    "cask": "Homebrew cask token",
    "bundle": "macOS or iOS bundle identifier",
    "team": "Apple Team ID",
    "android": "Android package name",
    "deb": "Debian package name",
    "rpm": "RPM package name",
    "signer": "common name of a code signer",
    "signer-dn": "full subject of a code signer's certificate",
    "company": "CompanyName of a file's version resource",
    "magic": "first bytes of a file that a dossier names, met at its beginning",
    "string": "text that a dossier names, met in a file's bytes",
    "certificate": "common name in a certificate met in a file's bytes, not by which it is signed",
    "authentihash": "digest of a Windows program without its signature, hexadecimal",
    "av": "instance GUID of a Windows Security Center entry",
    "service": "operating system service name",
    "process": "process or executable file name",
    "serial": "hardware serial number",
    "mac": "MAC address, twelve upper-case hexadecimal digits",
    "usb": "USB vendor:product",
    "domain": "host name, lower case",
    "ip": "IP address",
    "cname": "host name that the name asked for stands for (DNS CNAME)",
    "mx": "host name that takes mail for the name asked for (DNS MX)",
    "ns": "name server of the name asked for (DNS NS)",
    "san": "host name in a certificate that names hosts of several owners",
    "asn": "autonomous system, `AS` and a number",
    "mime": "MIME type of a file seen on the network, as the sensor told it by content",
    "user-agent": "what an HTTP client says of itself, whole",
    "alias": "another name of the party: former, trading, in another script",
    "group": "namespace or group as an SBOM writes it",
    "purl": "a further package URL; the main one is Record.purl",
    "id": "an identifier whose scheme the source does not name",
}
"""Schemes of `Record.ids`, each value written `scheme:value`."""


class Record(Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing that a source says. An empty string means: the source does not say.

    Dates are ISO 8601 as far as the source goes (`2016`, `2016-09`, `2016-09-30`).
    """

    kind: Kind
    locator: str  # where in the source: JSON pointer, `row N byte B`, `line N`, XPath
    ref: str = ""  # the key by which links of the same source name this record
    role: Role = ""
    name: str = ""  # product, package, host or party name; of an award, its number
    version: str = ""
    type: str = ""  # the source's own word: library, container, delivery order, ...
    supplier: str = ""  # who provides it
    manufacturer: str = ""  # who made it
    publisher: str = ""
    author: str = ""
    packager: str = ""  # who packaged it for a distribution
    seller: str = ""  # of an award: the recipient
    seller_parent: str = ""
    buyer: str = ""  # of an award: the agency that pays
    purl: str = ""  # package URL as written
    ids: tuple[str, ...] = ()  # `scheme:value`, see ID_SCHEMES
    urls: tuple[str, ...] = ()
    path: str = ""  # file path or install location
    description: str = ""  # free text
    amount: str = ""  # money, decimal as written, without currency sign
    # below: of this occurrence only, not of the thing itself
    host: str = ""  # host on which it was found
    operator: str = ""  # who runs that host, where it is not the user
    since: str = ""  # installed, signed or valid from
    until: str = ""
    extra: str = ""  # JSON object of strings: whatever else a reader should see


ITEM_FIELDS = (
    *("kind", "name", "version", "type", "supplier", "manufacturer", "publisher", "author"),
    *("packager", "seller", "seller_parent", "buyer", "purl", "ids", "urls", "path"),
    *("description", "amount"),
)
"""Fields that make up the thing itself: stored once however often it occurs."""

OCCURRENCE_FIELDS = (*("locator", "ref", "role", "host", "operator", "since", "until", "extra"),)
"""Fields of one occurrence of a thing in one source."""


class Link(Struct, frozen=True, omit_defaults=True, gc=False):
    """A relation that a source states between records of its own, named by their `ref`.

    Reads `origin relation target`: `app contains lib`, `Acme owns Beta`, `lib installed-on gw-1`.
    One link may carry several targets when the source lists them in one place; each counts.
    """

    relation: Relation
    origin: str
    targets: tuple[str, ...]
    locator: str
    since: str = ""
    until: str = ""
    share: str = ""  # per cent owned or controlled: `51`, or an interval `[25,50)`; see oust.shares
    extra: str = ""  # JSON object of strings


class Quarantine(Struct, frozen=True):
    """A part of a source that could not be read, kept with the reason."""

    locator: str
    reason: str
    text: str = ""  # the first 200 characters of what stood there


class Tally(Struct, frozen=True):
    """Records that were read and counted but not kept, because nothing in them was looked for."""

    kind: Kind
    count: int


Said = Record | Link | Quarantine | Tally
"""What a format may yield."""

Status = Literal["read", "partly read", "not read", "empty", "no reader", "unchanged"]


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of evidence and what became of it. `path` chains archives with `!/`."""

    path: str
    sha256: str = ""
    format: str = ""
    bytes: int = 0
    records: int = 0
    quarantined: int = 0
    status: Status = "read"
    message: str = ""
    counts: dict[str, int] = {}
    collected: str = ""  # date the evidence says it was collected, where it says so


Strength = Literal["identifier", "name", "misspelt", "weak"]
"""How firmly a sighting points at the vendor, strongest first. Not a probability."""


class Sighting(Struct, frozen=True, omit_defaults=True):
    """A dossier identifier met in one field of a record."""

    vendor: str  # dossier id
    field: str  # Record field, or `ids`
    start: int  # span in the field's text, in characters
    end: int
    text: str  # the words seen
    identifier: str  # the dossier fact: `kind:value`
    strength: Strength
    features: tuple[str, ...] = ()  # every feature that fired, in order
    relation: Relation | Literal["is", ""] = ""  # what the field says: published-by, supplies ...
    mention: str = ""  # why this is no exposure; empty where it is evidence of one


class Evidence(Struct, frozen=True, omit_defaults=True):
    """Where a hop is written: enough to open the source at the very words."""

    source: str
    locator: str
    field: str = ""
    text: str = ""
    identifier: str = ""
    sha256: str = ""
    signature: str = ""  # of a signed file: what checking its signature said


class Node(Struct, frozen=True, omit_defaults=True):
    """A thing on a path."""

    kind: str  # vendor, party, product, component, program, host, award, service, ...
    name: str
    id: str = ""  # strongest identifier known
    version: str = ""
    detail: str = ""  # read beside the name: the agency of an award, the operator of a host


class Hop(Struct, frozen=True, omit_defaults=True):
    """One link of a path, between two things, with its evidence."""

    relation: Relation
    origin: Node
    target: Node
    evidence: tuple[Evidence, ...]
    since: str = ""
    until: str = ""
    strength: Strength = "identifier"
    share: str = ""


Quality = Literal["complete", "present, path unknown"]
Tier = Literal["direct", "resold", "embedded", "service", "contractor", "owned"]


class Path(Struct, frozen=True):
    """Hops from the vendor to the asset."""

    quality: Quality
    hops: tuple[Hop, ...]


class Exposure(Struct, frozen=True, kw_only=True):
    """An asset with the paths that lead from a vendor to it."""

    id: str  # stable between runs: made from vendor, asset and tier alone
    vendor: str
    tier: Tier
    strength: Strength
    asset: Node
    why: str
    paths: tuple[Path, ...]  # the shortest ones, in order
    path_count: int  # how many simple paths there are in all, up to the search limit


class Mention(Struct, frozen=True, kw_only=True):
    """A sighting that is no exposure, with the reason."""

    vendor: str
    reason: str
    record: str  # name of the record, for reading aloud
    strength: Strength
    evidence: Evidence
    context: str = ""  # the words seen with what stands around them


class CarrierProduct(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A product found to contain a vendor's code, to be looked for in all other evidence."""

    key: str  # by which the link stage knows it
    name: str
    names: tuple[str, ...] = ()  # further names
    version: str = ""  # the very version seen to contain it; "" if a range or not known
    version_from: str = ""  # first version with it
    version_until: str = ""  # first version without it
    ids: tuple[str, ...] = ()
    purl: str = ""
    publisher: str = ""


class Vendor(Struct, frozen=True):
    """A vendor looked for: the id of its dossier and its display name."""

    id: str
    name: str


Method = Literal[
    "purchase records",
    "SBOM",
    "software inventory",
    "files",
    "DNS log",
    "connection log",
    "address list",
    "ownership statements",
]
"""A way to look; what each can see: oust.coverage.SEES."""

Dated = Literal["stated", "file name", "file date", ""]
"""Whence the date of a look is known. A file's own date is that of the copy, at worst."""


class Look(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One look at an asset: by which method, at what part of it, when, how completely."""

    asset: Node
    method: Method
    scope: str  # what part: rows, date range, packages of one manager
    since: str = ""  # of a log: first moment it covers
    until: str = ""  # ISO date or moment to which it speaks
    dated: Dated = ""
    whole: bool = True  # all that the source holds was read
    reasons: tuple[str, ...] = ()  # why it is partial; empty: complete
    source: str = ""
    sha256: str = ""
    format: str = ""
    records: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing of what the method can see."""
        return not self.reasons


class Looked(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was looked at, in short, to stand beside every "nothing found"."""

    methods: tuple[Method, ...] = ()
    never: tuple[Method, ...] = ()  # methods by which nothing was looked at
    hosts: int = 0  # hosts that any evidence names
    inventoried: int = 0
    partial: int = 0  # looks that are known to be incomplete
    looks: int = 0


class Findings(Struct, frozen=True, kw_only=True):
    """Everything that a report shows."""

    vendors: tuple[Vendor, ...]
    sources: tuple[Source, ...]
    exposures: tuple[Exposure, ...]
    mentions: tuple[Mention, ...]
    possibly_same: tuple[tuple[str, str, str], ...]  # two names and the ground
    looked: Looked = Looked()
    approvals: dict[str, dict[str, int]] = {}  # approvals by type, by id of the vendor


Basis = Literal["owns", "controls", "consolidates", "succeeds", "affiliate"]
"""What a holding says. `consolidates` is accounting consolidation: it shows a group, no share."""


class Holding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A dated statement that one party holds another, for the tests of who is barred.

    Shares are fractions of 1: at least `low`, at most `high`. An exact share has both equal; a
    stated link without a share has 0 and 1. Dates are ISO as far as known; empty is open.
    """

    owner: str  # key of the party: one key, one party
    owned: str
    basis: Basis = "owns"
    low: float = 0.0
    high: float = 1.0
    direct: bool = True
    since: str = ""
    until: str = ""
    evidence: tuple[Evidence, ...] = ()


Answer = Literal["yes", "no", "unknown"]

VerdictWord = Literal[
    "prohibited", "not known", "prohibited-from", "would-be-prohibited", "exempt", "permitted"
]
"""What a rule says of an exposure on a date, gravest first."""

GRAVITY: tuple[VerdictWord, ...] = get_args(VerdictWord)
"""Verdict words, gravest first."""


class Check(Struct, frozen=True, omit_defaults=True):
    """One condition of a provision, tested."""

    test: str  # in force, obliged, entity, act, form, product, embedded code, fact, exception
    answer: Answer
    says: str  # a plain sentence: what was compared with what
    fact: str = ""  # the fact asked for, where the answer is unknown
    evidence: tuple[Evidence, ...] = ()  # links that fulfilled an entity test


class Verdict(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Exposure x rule x date. Not legal advice: `checks` show on what it rests."""

    exposure: str
    rule: str
    as_of: str
    word: VerdictWord
    since: str = ""  # prohibited since, or from
    stage: str = ""  # whose wording was applied
    provision: str = ""
    citation: str = ""
    checks: tuple[Check, ...] = ()
    because: str = ""  # the check that decided, as a sentence
    missing: str = ""  # of "not known": the fact that decides
    changes: str = ""  # the first thing that would change it
    supposed: bool = False  # rests on --suppose
    advised: bool = False  # a warning without force advises against it


class Due(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A date by which a rule wants something done. Not legal advice: `basis` shows the counting."""

    rule: str
    deadline: str  # id within the rule
    duty: str
    when: str = ""  # ISO date as far as known, or moment with offset; empty: cannot be computed
    exact: bool = True  # false: `when` is the earliest day that it can be, or no full day
    latest: str = ""  # where not exact: the last day that it can be
    zone: str = ""  # time zone in which the day or moment counts
    waits_for: str = ""  # the anchor whose date the user must give
    turn: Literal["first", "recurring"] = "first"
    number: int = 0  # which occurrence, from 0; of a yearly date without a first: the year
    basis: str = ""  # from what, by which convention, as a sentence
    condition: str = ""  # holds only if: when the contract was awarded, who one is
    report: str = ""  # id of the report form that satisfies it
    citation: str = ""
    note: str = ""  # what the rule's file adds, such as to whom to report
    on_government: bool = False  # a duty of the authority itself
    profiles: tuple[str, ...] = ()  # ids of those whose duty it is
    exposures: tuple[str, ...] = ()  # ids of those the rule catches
    doubtful: tuple[str, ...] = ()  # of those for which that is not known


NoteWord = Literal["written", "edited", "withdrawn"]


class Note(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One version of a note on an exposure or a claim. Older versions stay as they were."""

    subject: str  # id of an exposure, or `claim:` and the id of a claim
    number: int  # of the note among those on its subject, from 1
    version: int = 1  # of the note, from 1; it takes the place of the one before it
    word: NoteWord = "written"
    text: str = ""  # Markdown as typed; of a withdrawal, why
    author: str
    at: str  # UTC, `2026-11-22T22:20:00Z`
