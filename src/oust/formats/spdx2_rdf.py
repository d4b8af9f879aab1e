"""SPDX 2 as RDF/XML, streamed: each node is taken when it closes, then forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from oust.formats.seam import MAX_DEPTH, Head, Needles, Opened, Unreadable
from oust.formats.spdx2_json import STREAM_ABOVE
from oust.formats.spdx2_model import Document, File, Package, Relationship, Snippet
from oust.formats.spdx2_parts import Part, tell_parts
from oust.formats.spdx2_tell import Teller
from oust.formats.spdx_tolerant import build
from oust.model import Said

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ELEMENTS: dict[str, type[Document | Package | File | Snippet | Relationship]] = {
    "SpdxDocument": Document,
    "Package": Package,
    "File": File,
    "Snippet": Snippet,
    "Relationship": Relationship,
}
_PARTS = frozenset({"Checksum", "ExternalRef", "Annotation", "CreationInfo", "ExternalDocumentRef"})
_JSON_NAMES = {
    "specVersion": "spdxVersion",
    "checksum": "checksums",
    "externalRef": "externalRefs",
    "annotation": "annotations",
    "attributionText": "attributionTexts",
    "hasFile": "hasFiles",
    "creator": "creators",
    "fileType": "fileTypes",
    "fileContributor": "fileContributors",
    "externalDocumentRef": "externalDocumentRefs",
    "describesPackage": "documentDescribes",
}
"""Properties that the JSON schema calls otherwise; the rest have the same name there."""

_SETS = {"ConjunctiveLicenseSet": " AND ", "DisjunctiveLicenseSet": " OR "}
_TERMS = ("http://spdx.org/rdf/terms#", "https://spdx.org/rdf/terms#")


class Spdx2Rdf:
    """SPDX 2 RDF/XML."""

    name = "spdx2-rdf"
    title = "SPDX 2.1 to 2.3, RDF/XML"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By an RDF root and the SPDX vocabulary."""
        root, _ = head.xml_root
        if root == "SpdxDocument":
            return 85
        return 90 if root == "RDF" and "spdx.org/rdf/" in head.text else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Document, makers, packages, files, snippets, relationships; locators are XPaths."""
        for codec in ("utf-8", "utf-16-le", "utf-16-be"):
            if opened.data.find("<!ENTITY".encode(codec)) >= 0:
                raise Unreadable("XML that declares entities is refused")
        hold = opened.size <= STREAM_ABOVE
        yield from tell_parts(lambda: _parts(opened), Teller(pointers=False), hold)


class _File:
    """What lxml reads from, without a copy of the source."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.at = 0

    def read(self, size: int = 65_536) -> bytes:
        """The next bytes."""
        data = bytes(self.opened.data[self.at : self.at + size])
        self.at += len(data)
        return data


class _Frame:
    """An open XML element: a node (`spdx:Package`) or a property of one (`spdx:name`)."""

    def __init__(self, element: Any, above: _Frame | None) -> None:
        self.name = element.tag.rpartition("}")[2]
        self.attributes: dict[str, str] = dict(element.attrib)
        self.seen: Counter[str] = Counter()
        self.values: dict[str, list[Any]] = {}  # of a node: by property
        self.nodes: list[Any] = []  # of a property: the nodes in it
        self.path: str = above.path if above else ""
        prefix = f"{element.prefix}:" if element.prefix else ""
        self.path += f"/{prefix}{self.name}"
        if above is not None:
            above.seen[element.tag] += 1
            self.path += f"[{above.seen[element.tag]}]"

    @property
    def id(self) -> str:
        """URI or blank node; the place itself where there is none."""
        for key in ("about", "ID", "nodeID"):
            if value := self.attributes.get(_RDF + key):
                return value
        return self.path

    def add(self, name: str, value: Any) -> None:
        """A value of a property."""
        self.values.setdefault(_JSON_NAMES.get(name, name), []).append(value)

    def abbreviated(self) -> Iterator[tuple[str, str]]:
        """Properties written as attributes."""
        for key, value in self.attributes.items():
            if not key.startswith((_RDF, _XML)):
                yield key.rpartition("}")[2], value


def _parts(opened: Opened) -> Iterator[Part]:
    from lxml import etree

    options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    # huge_tree lifts the limit of 256 levels, which long chains of relationships exceed;
    # ours is MAX_DEPTH, and entities were refused above
    walk = etree.iterparse(_File(opened), events=("start", "end"), huge_tree=True, **options)
    frames: list[_Frame] = []
    try:
        for event, element in walk:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                if len(frames) >= MAX_DEPTH:
                    raise Unreadable(f"nested deeper than {MAX_DEPTH} at {frames[-1].path[:200]}")
                frames.append(_Frame(element, frames[-1] if frames else None))
            else:
                yield from _close(frames, element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"XML breaks off at line {error.lineno}: {error.msg}") from None


def _close(frames: list[_Frame], element: Any) -> Iterator[Part]:
    """Take a finished node or property into what encloses it; yield SPDX elements."""
    frame = frames.pop()
    if frame.name == "RDF" and not frames:
        return
    is_property = (len(frames) - (bool(frames) and frames[0].name == "RDF")) % 2 == 1
    if is_property:
        for value in frame.nodes or [_plain(frame, element.text)]:
            frames[-1].add(frame.name, value)
        return
    for name, value in frame.abbreviated():
        frame.add(name, value)
    cls = _ELEMENTS.get(frame.name)
    if cls is not None and frame.values:
        yield _element(cls, frame, frames)
    if frames and frames[-1].name != "RDF":
        frames[-1].nodes.append(_reference(frame))


def _plain(frame: _Frame, text: str | None) -> str | None:
    """Value of a property without a node in it."""
    for key in ("resource", "nodeID"):
        if value := frame.attributes.get(_RDF + key):
            return _term(value)
    return (text or "").strip() or None


def _term(uri: str) -> str:
    """A URI; SPDX's own terms as the JSON schema writes them, licences by their short name."""
    for terms in _TERMS:
        if uri.startswith(terms):
            word = uri.removeprefix(terms)
            return word.partition("_")[2] or word.upper()
    for licences in ("http://spdx.org/licenses/", "https://spdx.org/licenses/"):
        uri = uri.removeprefix(licences)
    return uri


def _reference(frame: _Frame) -> Any:
    """What a property that holds this node says."""
    if frame.name in _PARTS:
        return {
            key: values if len(values) > 1 else values[0] for key, values in frame.values.items()
        }
    if frame.name in _SETS:
        members = [str(one) for one in frame.values.get("member", ())]
        return "(" + _SETS[frame.name].join(members) + ")"
    if frame.name not in _ELEMENTS and frame.values.get("licenseId"):
        return frame.values["licenseId"][0]
    return _term(frame.id)


def _element(
    cls: type[Document | Package | File | Snippet | Relationship],
    frame: _Frame,
    frames: list[_Frame],
) -> Part:
    values: dict[str, Any] = {**frame.values}
    if cls is Relationship:
        if len(frames) >= 2 and frames[-1].name == "relationship":
            values["spdxElementId"] = frames[-2].id
    else:
        values["SPDXID"] = frame.id
    if cls is Document:
        values["documentNamespace"] = frame.id.rpartition("#")[0]
    made, bad = build(cls, values, frame.path)
    return Part(frame.path, made, tuple(bad))
