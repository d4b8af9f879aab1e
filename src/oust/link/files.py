"""Files looked at as bytes: in what they lie, whose that is, and at which asset of the user.

The asset is the container image or host that a file was found on; else the outermost container; of
a loose file, the folder that was given as evidence. A container of another maker embeds the file;
one of the vendor's own, or of nobody known, merely holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from oust.link import gather
from oust.link.gather import Document, Row, Tables
from oust.link.graph import Edge, Graph, first_id
from oust.link.place import Start, add_host, evidence_of
from oust.model import CarrierProduct, Evidence, Node, Relation

PLUMBING = frozenset("gzip bzip2 xz zstd pbzx tar cpio envelope".split())  # noqa: SIM905
"""Formats that only wrap what is in them: shown on a path where they are the outermost."""

INSTALLERS = frozenset(
    {"MSI", "MSI patch", "APPX", "MSIX", "APK", "NuGet package", "ar", "rpm", "deb"}
)
"""Types of files, and formats of containers, that are there to be installed from."""

MISFIT = " (the signature does not fit the file)"
INSTALLER = "installer file, which shows no installation"
FOLDER, GIVEN, CONTAINER, IMAGE = "folder", "file", "container", "container image"
_MAKERS = ("publisher", "manufacturer", "supplier", "packager", "author")
_MEMBER = "catalogue member"


class Around(Struct, frozen=True):
    """One container around a file."""

    path: str
    format: str
    row: Row | None = None  # what the container says of itself, where it is read as a file

    @property
    def name(self) -> str:
        """Its own file name."""
        return self.path.rsplit("!/", 1)[-1].rsplit("/", 1)[-1]

    @property
    def called(self) -> str:
        """Its file name with maker and product, where it says them."""
        if self.row is None:
            return self.name
        said = " ".join(dict.fromkeys(filter(None, (self.maker, product_of(self.row)))))
        version = f" {self.row['version']}" if said and self.row["version"] else ""
        return f"{self.name} ({said}{version})" if said else self.name

    @property
    def maker(self) -> str:
        """Who made it, by its own fields or else by its signer; empty if it does not say."""
        row = self.row or {}
        named = next((row[name] for name in _MAKERS if row.get(name)), "")
        named = re.sub(r"\s*<[^>]*>", "", named)
        return str(named or first_id(row.get("ids") or (), "signer").partition(":")[2])

    @property
    def installs(self) -> bool:
        """Whether it is there to be installed from."""
        return self.format in INSTALLERS | {"installer", "msi"} or (
            self.row is not None and self.row["type"] in INSTALLERS
        )


class Containers(Struct):
    """What stands around the files of one link run, by source path."""

    formats: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    own: set[tuple[str, str]] = field(default_factory=set)  # (vendor, path of its own container)

    seen: set[str] = field(default_factory=set)  # sources whose containers are known

    def add(self, tables: Tables, rows: Iterable[Row]) -> None:
        """Look up whatever contains the sources of `rows`."""
        sources = {row["source"] for row in rows if is_file(row)} - self.seen
        self.seen |= sources
        paths = {path for source in sources for path in _prefixes(source)}
        for row in gather.containers(tables, paths) if paths else ():
            self.formats[row["source"]] = row["source_format"]
            if row["kind"] == "file":
                self.rows[row["source"]] = row
        if "ar" in self.formats.values():
            for row in gather.controls(tables):
                self.rows.setdefault(package_of(row), row)

    def of(self, path: str) -> list[Around]:
        """The containers around a source from the nearest outward, layers of images left out."""
        chain = [Around(one, self.formats.get(one, ""), self.rows.get(one))
                 for one in _prefixes(path)]  # fmt: skip
        image = next((n for n, one in enumerate(chain) if one.format == "image"), -1)
        if image >= 0:
            chain = [one for one in chain[image + 2 :] if one.format not in PLUMBING]
        else:
            chain = [one for n, one in enumerate(chain) if not n or one.format not in PLUMBING]
        return chain[::-1]


def note_signatures(tables: Tables, rows: Iterable[Row]) -> None:
    """Add to sightings of signers, and of RPM packages, as `signature`, what checking it said."""
    signed = [
        row
        for row in rows
        if is_file(row) and (row["seen_relation"] == "signed-by" or row["type"] == "RPM")
    ]
    said = gather.verified(tables) if signed else {}
    for row in signed:
        row["signature"] = said.get(row["sha256"], "") if row["locator"] == "file" else ""


def is_file(row: Row) -> bool:
    """Whether the record is of a file looked at as bytes."""
    return bool(row["kind"] == "file")


def product_of(row: Row) -> str:
    """The product that an installer or program says it is."""
    if row["type"] == "deb":
        return str(row["name"])
    return str(row["description"]) if row["type"] in INSTALLERS else ""


def package_of(row: Row) -> str:
    """The Debian package whose control file a record stands in; empty if it is another record."""
    package, control, _ = row["source"].partition("!/control.tar")
    return package if control and row["kind"] == "program" else ""


def own_container(row: Row) -> tuple[str, str] | None:
    """Vendor and path, where a sighting says that a file or package is the vendor's own."""
    package = package_of(row)
    maintained = bool(package) and row["seen_field"] == "packager"
    made = is_file(row) and not row["mention"] and row["seen_relation"] != "contains"
    firm = bool(package) and not row["mention"]
    return (row["vendor"], package or row["source"]) if made or maintained or firm else None


def as_file(row: Row) -> Row:
    """The record of a Debian package's control file as one of the package, which is no program
    installed anywhere."""
    return row | {"kind": "file", "source": package_of(row), "locator": "file", "sha256": ""}


def _prefixes(path: str) -> list[str]:
    """Paths of the sources around one, from the outermost inward."""
    parts = path.split("!/")
    return ["!/".join(parts[:n]) for n in range(1, len(parts))]


def place_file(
    graph: Graph, row: Row, start: Start, vendor: str, containers: Containers
) -> list[CarrierProduct]:
    """A file from its container outward to the asset. Returns products of others that hold it."""
    near = _node(graph, row)
    if near == start.near:
        return []
    graph.edge(Edge(start.near, near, start.relation, set(start.evidence),
                    strength=start.strength, why=start.why))  # fmt: skip
    carriers: list[CarrierProduct] = []
    around = containers.of(row["source"])
    archive = around.pop() if around and not row["host"] and around[-1].row is None else None
    inner, installs = row["source"], row["type"] in INSTALLERS
    for one in around:
        far = _container(graph, one)
        embeds = _others(one, vendor, containers)
        _hold(graph, near, far, "contains" if embeds else "stored-in", row, inner)
        carriers += _carrier(far, one) if embeds else []
        near, inner, installs = far, one.path, one.installs
    asset = _asset(graph, row, archive, containers)
    _hold(graph, near, asset, "stored-in", row, inner, INSTALLER if installs else "")
    return carriers


def node_id(row: Row) -> str:
    """The node of a file: one for each place at which it lies."""
    part = "" if row["locator"] == "file" else f" {row['locator']}"
    return f"file:{row['source']}{part}"


def _node(graph: Graph, row: Row) -> str:
    name = row["name"]
    said = product_of(row)
    if said and row["locator"] == "file":
        name = Around(row["source"], row["source_format"], row).called
        said = row["version"]
    best = first_id(row["ids"] or (), "msi", "bundle", "appx", "android", "sha256")
    version = "" if said else row["version"]
    return graph.node(node_id(row), Node("file", name, best, version))


def _container(graph: Graph, one: Around) -> str:
    best = first_id((one.row["ids"] if one.row else None) or (), "msi", "appx", "sha256")
    return graph.node(f"file:{one.path}", Node("file", one.called, best))


def _others(one: Around, vendor: str, containers: Containers) -> bool:
    """Whether a container is a product of somebody else than the vendor."""
    return bool(one.maker) and (vendor, one.path) not in containers.own


def _hold(
    graph: Graph, near: str, far: str, relation: Relation, row: Row, inner: str, why: str = ""
) -> None:
    """Link a thing to what it lies in; the evidence is the path under which it was found."""
    name = inner.rsplit("!/", 1)[-1]
    seen = Evidence(row["source"], row["locator"], "path", name, "", row["sha256"])
    graph.edge(Edge(near, far, relation, {seen}, why=why))


def _asset(graph: Graph, row: Row, archive: Around | None, containers: Containers) -> str:
    if row["host"]:
        known = f"host:{row['host'].strip().casefold()}" in graph.nodes
        host = add_host(graph, row)
        image = any(containers.formats.get(one) == "image" for one in _prefixes(row["source"]))
        if image and not known:
            graph.describe(host, IMAGE)
        return host
    if archive:
        return graph.node(f"system:{archive.path}", Node("system", archive.path, detail=CONTAINER))
    top, inside, _ = row["source"].partition("!/")[0].partition("/")
    return graph.node(f"system:{top}", Node("system", top, detail=FOLDER if inside else GIVEN))


def _carrier(ident: str, one: Around) -> list[CarrierProduct]:
    """The product that a container installs, to be looked for in all other evidence."""
    if one.row is None or not product_of(one.row):
        return []
    ids = tuple(i for i in one.row["ids"] or () if i.startswith(("msi:", "appx:", "android:")))
    return [
        CarrierProduct(
            key=ident,
            name=product_of(one.row),
            version=one.row["version"],
            ids=ids,
            purl=one.row["purl"],
            publisher=one.maker,
        )
    ]


def describes_file(document: Document) -> bool:
    """Whether a source's records are of a file looked at as bytes and of its parts."""
    return "file" in document.members and document.members["file"].kind == "file"


def whole(tables: Tables, row: Row) -> Row | None:
    """The record of the file that a row is a part of."""
    rows = gather.containers(tables, [row["source"]])
    return next((one for one in rows if is_file(one)), None)


def place_part(graph: Graph, row: Row, start: Start) -> Start:
    """A part of a file; the file is then reached from it."""
    part = f"part:{row['source']} {row['locator']}"
    near = graph.node(part, Node("component", row["name"], row["purl"], row["version"]))
    graph.edge(Edge(start.near, near, start.relation, set(start.evidence),
                    strength=start.strength, why=start.why))  # fmt: skip
    seen = evidence_of(row, "name", row["name"])
    return Start(near, "contains", "identifier", "", frozenset((seen,)), "name")


class Listed(Struct, frozen=True):
    """A file whose digest stands in a catalogue that the vendor signed."""

    row: Row
    member: Evidence
    why: str


def listed(tables: Tables, catalogues: Sequence[Row]) -> list[Listed]:
    """Files that the signed `catalogues` list by digest: sighted rows of type `catalogue`."""
    by_sid = {row["sid"]: row for row in catalogues}
    members: dict[str, Row] = {}
    for row in gather.of_sources(tables, by_sid) if by_sid else ():
        if row["type"] == _MEMBER:
            for digest in row["ids"] or ():
                members.setdefault(digest, row)
    for sha256, digest in gather.program_digests(tables) if members else ():
        if digest in members:
            members.setdefault(f"sha256:{sha256}", members[digest])
    found = []
    for row, digest in gather.with_ids(tables, members) if members else ():
        if row["type"] == _MEMBER:
            continue
        member = members[digest]
        catalogue = by_sid[member["sid"]]
        signer = first_id(catalogue["ids"] or (), "signer").partition(":")[2] or "its signer"
        why = f"listed in catalogue {catalogue['name']} signed by {signer}"
        found.append(Listed(row, evidence_of(member, "ids", digest), why))
    return found


def signed_by_owned(
    tables: Tables, theirs: Mapping[str, str]
) -> list[tuple[str, Row, Evidence, str]]:
    """Files whose signer is registered under a number of an owned party (`reg:` id -> node)."""
    found = []
    for row, number in gather.with_ids(tables, theirs) if theirs else ():
        if is_file(row) and row["type"] != _MEMBER:
            seen = evidence_of(row, "ids", number.partition(":")[2])
            why = f"signer registered as {number.partition(':')[2]}, a company of the group"
            found.append((theirs[number], row, seen, why))
    return found
