"""SPDX 2 as tag-value text: one `Tag: value` a line, `<text>` blocks over several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from oust.formats.seam import Head, Needles, Opened, one_line
from oust.formats.spdx2_json import STREAM_ABOVE
from oust.formats.spdx2_model import (
    Annotation,
    Checksum,
    Document,
    ExternalDocument,
    ExternalRef,
    File,
    Package,
    Relationship,
    Snippet,
)
from oust.formats.spdx2_parts import Part, tell_parts
from oust.formats.spdx2_tags import LISTS, OPENERS, SKIPPED, TEXTS, Section
from oust.formats.spdx2_tell import Teller, maker
from oust.formats.spdx_words import SILENT
from oust.model import Link, Quarantine, Said

_MARK = re.compile(r"(?mi)^[ \t]*(SPDXVersion|PackageName|DocumentNamespace|SPDXID)[ \t]*:[ \t]*\S")
_TAG = re.compile(r"\s*([A-Za-z]{2,40})\s*:(.*)", re.S)
_DIGEST = re.compile(r"\s*([\w-]+)\s*:\s*(\S+)\s*")
_RUNS_INTO = re.compile(r"(PackageName|FileName|SnippetSPDXID|Relationship): ?\S")
_SPLITTABLE = ("utf-8", "utf-8-sig", "cp1252")


class Spdx2TagValue:
    """SPDX 2 tag-value."""

    name = "spdx2-tag-value"
    title = "SPDX 2.1 to 2.3, tag-value"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By an SPDX tag at the start of a line."""
        if head.start.startswith(("{", "[", "<")):
            return 0
        found = {match.lower() for match in _MARK.findall(head.text)}
        if "spdxversion" in found and re.search(r"(?m)^\s*SPDXVersion", head.text):
            return 90
        return 75 if "packagename" in found or "documentnamespace" in found else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Document, makers, packages, files, snippets, relationships; locators are lines."""
        hold = opened.size <= STREAM_ABOVE
        remarks: dict[str, list[Annotation]] = {}
        source = lambda: _Reader(remarks).parts(_tags(opened))  # noqa: E731
        yield from tell_parts(source, Teller(pointers=False), hold)


class _Tag(NamedTuple):
    line: int
    name: str  # lower case; empty for a line that is no tag
    value: str


def _lines(opened: Opened) -> Iterator[str]:
    """Lines of the source without their ends, whatever marks them."""
    codec = opened.head.encoding
    if codec not in _SPLITTABLE or b"\n" not in opened.head.data:
        yield from opened.text().splitlines()
        return
    codec = codec.removesuffix("-sig")
    at = 0
    while at < opened.size:
        end = opened.data.find(b"\n", at)
        end = opened.size if end < 0 else end
        yield bytes(opened.data[at:end]).decode(codec, "replace").rstrip("\r").lstrip("\ufeff")
        at = end + 1


def _tags(opened: Opened) -> Iterator[_Tag]:
    """Tags with their values; text blocks are joined, comments and empty lines left out.

    A block that runs into the next element was never closed: it ends there, with a doubt.
    """
    block: list[str] = []
    first, name = 0, ""
    for number, line in enumerate(_lines(opened), 1):
        if block and not _RUNS_INTO.match(line):
            block.append(line)
            if "</text>" in line:
                yield _Tag(first, name, "\n".join(block).partition("</text>")[0])
                block = []
            continue
        if block:
            yield from _unclosed(first, name, block)
            block = []
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _TAG.match(line)
        if match is None:
            yield _Tag(number, "", line)
            continue
        name, value = match[1].lower(), match[2].strip()
        if value.startswith("<text>") and "</text>" not in value:
            first, block = number, [value.removeprefix("<text>")]
        else:
            yield _Tag(number, name, value.removeprefix("<text>").partition("</text>")[0])
    if block:
        yield from _unclosed(first, name, block)


def _unclosed(line: int, name: str, block: list[str]) -> Iterator[_Tag]:
    yield _Tag(line, name, "\n".join(block))
    yield _Tag(line, "", "<text> that is never closed")


class _Reader:
    """Gathers tags into elements. One reader goes through the source once.

    `remarks` (annotations by element) is shared by both passes, since they follow their element.
    """

    def __init__(self, remarks: dict[str, list[Annotation]]) -> None:
        self.remarks = remarks
        self.first_pass = not remarks
        self.document = Document()
        self.document_line = 1
        self.section: Section | None = None
        self.line = 0
        self.package: str | None = None  # id of the package that following files belong to
        self.analyzed = True
        self.beside: list[Said] = []
        self.remark: Annotation | None = None
        self.waiting_id = ""  # an SPDXID that stands before the name of its element

    def parts(self, tags: Iterator[_Tag]) -> Iterator[Part]:
        """Elements in order; the document last."""
        for tag in tags:
            opens = OPENERS.get(tag.name)
            if opens is not None:
                yield from self._close()
                self._open(opens, tag)
            if tag.name == "relationship":
                yield self._relationship(tag)
            elif not self._take(tag):
                self._doubt(tag, "unknown tag" if tag.name else "line without a tag")
        yield from self._close()
        yield Part(f"line {self.document_line}", self.document, tuple(self.beside))

    def _open(self, cls: type[Section], tag: _Tag) -> None:
        self.line = tag.line
        if cls is Document:
            self.section, self.document_line = self.document, tag.line
        else:
            self.section = cls()
        if self.waiting_id and cls in (Package, File):
            self.section.spdx_id, self.waiting_id = self.waiting_id, ""
        if cls is Package:
            self.package, self.analyzed = None, True

    def _close(self) -> Iterator[Part]:
        section, self.section = self.section, None
        if section is None or isinstance(section, Document):
            return
        locator = f"line {self.line}"
        if isinstance(section, Package):
            self.package = section.spdx_id
        elif isinstance(section, File) and self.package and self.analyzed and section.spdx_id:
            self.beside.append(Link("contains", self.package, (section.spdx_id,), locator))
        if section.spdx_id:  # filled when annotations follow
            section.annotations = self.remarks.setdefault(section.spdx_id, [])
        beside, self.beside = tuple(self.beside), []
        yield Part(locator, section, beside)

    def _doubt(self, tag: _Tag, reason: str) -> None:
        text = f"{tag.name}: {tag.value}" if tag.name else tag.value
        self.beside.append(Quarantine(f"line {tag.line}", reason, one_line(text)))

    def _relationship(self, tag: _Tag) -> Part:
        words = tag.value.split(None, 2)
        if len(words) < 3:
            bad = Quarantine(f"line {tag.line}", "relationship lacks an end", one_line(tag.value))
            return Part("", None, (bad,))
        return Part(f"line {tag.line}", Relationship(words[0], words[1], words[2].strip()))

    def _take(self, tag: _Tag) -> bool:
        """Put a value where it belongs; False if there is no such place."""
        section = self.section if self.section is not None else self.document
        attribute = TEXTS[type(section)].get(tag.name)
        if attribute is None and tag.name in TEXTS[Document] and tag.name != "spdxid":
            section, attribute = self.document, TEXTS[Document][tag.name]
        if attribute is not None:
            self._set(section, attribute, tag)
            return True
        many = LISTS[type(section)].get(tag.name)
        if many is not None:
            setattr(section, many, [*(getattr(section, many) or ()), tag.value])
            return True
        return self._take_special(section, tag)

    def _set(self, section: Section, attribute: str, tag: _Tag) -> None:
        before = getattr(section, attribute)
        if before is None:
            setattr(section, attribute, tag.value)
        elif attribute == "spdx_id" and not isinstance(section, Snippet):
            self.waiting_id = tag.value
        elif before != tag.value:
            self._doubt(tag, "tag stands twice")

    def _take_special(self, section: Section, tag: _Tag) -> bool:
        name, value = tag.name, tag.value
        if name in ("creator", "annotator", "reviewer"):
            self.beside += maker(value, f"line {tag.line}")
            self.remark = Annotation() if name == "annotator" else None
        elif name == "annotationcomment":
            self.remark = self.remark or Annotation()
            self.remark.comment = value
        elif name == "spdxref":
            self._refer(value)
        elif name == "externaldocumentref":
            words = [*value.split(), "", ""]
            one = ExternalDocument(words[0], words[1])
            self.document.external_document_refs = [
                *(self.document.external_document_refs or ()),
                one,
            ]
        elif name == "externalref" and isinstance(section, Package):
            self._external(section, tag)
        elif name in ("packagechecksum", "filechecksum") and isinstance(section, Package | File):
            self._checksum(section, tag)
        elif name == "filesanalyzed":
            self.analyzed = value.lower() != "false"
        else:
            return name in SKIPPED
        return True

    def _refer(self, element: str) -> None:
        """An annotation's element, which stands after the annotation's text."""
        if self.remark is not None and self.first_pass:
            self.remarks.setdefault(element, []).append(self.remark)
            if element in ("SPDXRef-DOCUMENT", self.document.spdx_id):
                self.document.annotations = self.remarks[element]
        self.remark = None

    def _external(self, package: Package, tag: _Tag) -> None:
        words = tag.value.split(None, 2)
        if len(words) < 3:
            self._doubt(tag, "external reference lacks a part")
            return
        package.external_refs = [
            *(package.external_refs or ()),
            ExternalRef(words[0], words[1], words[2].strip()),
        ]

    def _checksum(self, element: Package | File, tag: _Tag) -> None:
        match = _DIGEST.fullmatch(tag.value)
        if match is None:
            if tag.value.strip() not in SILENT:
                self._doubt(tag, "checksum without algorithm and value")
            return
        element.checksums = [*(element.checksums or ()), Checksum(match[1], match[2])]
