"""What an audit of traffic says: channels from a host to a vendor, with figures, as types.

Shared by the stage that finds them (oust.traffic), by `case` and by the reports.
"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
from msgspec import Struct

EVENT_SCHEMA = pa.schema(
    [
        ("ts", pa.float64()),  # seconds since 1970, UTC; a timestamp is taken, too
        ("client", pa.string()),  # who asked or connected, as the log calls it
        ("server", pa.string()),  # address that answered
        ("name", pa.string()),  # host name asked for or contacted
        ("uid", pa.string()),  # by which a sensor joins the rows of one connection
        ("bytes_up", pa.int64()),  # from the client; null: the log does not say
        ("bytes_down", pa.int64()),
        ("log", pa.string()),  # dns, ssl, http, files, conn, proxy
        ("uri", pa.string()),
        ("mime", pa.string()),
        ("method", pa.string()),  # of a request: GET, POST, CONNECT
    ]
)
"""One row of a log, as far as an audit needs it. A column that is missing counts as null."""

Purpose = Literal[
    "update",
    "look-up",
    "licence",
    "telemetry",
    "device",
    "protection",
    "mail",
    "web",
    "unknown",
]
"""What a destination serves, by the dossier's identifier and the labels of its name."""

CadenceWord = Literal[
    "multiples of the hour", "no multiple of the hour", "continual", "too few", "not known"
]

SendsWord = Literal["requests", "mostly requests", "more than requests", "not known"]

ReplayWord = Literal["read again", "sums only", "gone", "changed", "not read"]


class Destination(Struct, frozen=True, omit_defaults=True):
    """A name or address that stands for a vendor."""

    name: str
    vendor: str
    purpose: Purpose
    ground: str  # why this purpose
    identifiers: tuple[str, ...]  # dossier facts that were met, `kind:value`
    weak: str = ""  # why it is weak evidence of the vendor's product; empty if it is not
    only: tuple[str, ...] = ()  # parts of addresses or MIME types without which it is not meant


class Contact(Struct):
    """One connection to a destination, or one request where the log has no connections."""

    when: float  # seconds since 1970
    client: str
    name: str
    source: str  # path of the log that shows it
    uid: str = ""
    up: int | None = None  # bytes
    down: int | None = None
    basis: str = ""  # log that gives the bytes
    requests: int = 0  # of HTTP, that were seen in it
    methods: dict[str, int] = {}  # of requests that were seen in it, and how many had each
    by_address: bool = False  # known only by an address that DNS gave for the name


class LookUp(Struct, frozen=True):
    """One question to the DNS for a destination."""

    when: float
    client: str
    name: str
    source: str


class Sum(Struct, frozen=True, omit_defaults=True):
    """Rows of one client and name of which only first, last and count were kept."""

    client: str
    name: str
    source: str
    look_up: bool
    rows: int
    first: str = ""
    last: str = ""
    up: int | None = None
    down: int | None = None


class Cadence(Struct, frozen=True, omit_defaults=True):
    """Whether bursts of contacts lie multiples of an hour apart. Corroborates, never identifies."""

    word: CadenceWord
    bursts: int = 0
    gaps: int = 0
    fitting: int = 0  # gaps within the tolerance of a multiple of the hour
    hours: int = 0  # the multiple met most often
    of: str = ""  # contacts, look-ups


class Spread(Struct, frozen=True):
    """Bytes per contact, of the contacts with a byte count. Percentiles by nearest rank."""

    total: int
    median: int
    p95: int
    largest: int


class Largest(Struct, frozen=True):
    """The contact in which most bytes went up."""

    size: int
    when: str
    name: str
    source: str
    uid: str


class Sends(Struct, frozen=True, omit_defaults=True):
    """Whether what goes up has the size of requests."""

    word: SendsWord
    above: int = 0  # contacts with more bytes up than requests need


class Methods(Struct, frozen=True, omit_defaults=True):
    """By which methods requests were made, of the contacts in which a log shows any."""

    requests: dict[str, int] = {}  # method: requests, most first
    contacts: int = 0  # with a method known
    carrying: int = 0  # of these, with a method that brings data along
    tunnelled: int = 0  # of these, with nothing but the opening of a tunnel


class Summed(Struct, frozen=True, omit_defaults=True):
    """What is known beside single rows, as sums alone."""

    contacts: int = 0
    look_ups: int = 0
    up: int | None = None
    down: int | None = None
    sources: tuple[str, ...] = ()


class Channel(Struct, frozen=True, kw_only=True):
    """All traffic of one host with one vendor for one purpose."""

    vendor: str
    host: str
    purpose: Purpose
    grounds: tuple[str, ...]
    destinations: tuple[tuple[str, int], ...]  # name and contacts or look-ups, most first
    identifiers: tuple[str, ...]
    weak: tuple[str, ...]  # reasons; empty unless every destination is weak evidence
    first: str
    last: str
    contacts: int
    look_ups: int
    counted: int  # contacts with a byte count of what went up
    by_address: int
    bases: dict[str, int]  # log that gave the bytes: contacts
    up: Spread | None
    down: int | None
    sends: Sends
    methods: Methods
    largest: Largest | None
    cadence: Cadence
    summed: Summed


class Replayed(Struct, frozen=True):
    """What became of a log that was to be read again."""

    path: str
    format: str
    word: ReplayWord
    message: str = ""


class Audit(Struct, frozen=True, kw_only=True):
    """Channels, the logs they rest on, and what these cannot show."""

    channels: tuple[Channel, ...]
    logs: tuple[Replayed, ...]
    kinds: tuple[str, ...]  # logs met in them: dns, ssl, conn, ...
    since: str
    until: str
    cannot: tuple[str, ...]
