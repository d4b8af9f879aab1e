"""SPDX 2.1 to 2.3 as types: the fields that become records, every one of them optional.

Python names are snake case; the encoded names are those of the SPDX JSON schema, which the YAML
form shares. Tag-value and RDF are brought into this shape by their readers.
"""

from __future__ import annotations

from msgspec import Struct, field

Text = str | None


class Checksum(Struct, rename="camel", gc=False):
    """`algorithm` as in SHA256, `checksumValue` in hexadecimal."""

    algorithm: Text = None
    checksum_value: Text = None


class ExternalRef(Struct, rename="camel", gc=False):
    """A package URL, CPE, SWID tag, advisory or other pointer outside."""

    reference_category: Text = None
    reference_type: Text = None
    reference_locator: Text = None


class Annotation(Struct, rename="camel", gc=False):
    """A dated remark; `annotator` is written as `Person: name (mail)`."""

    annotator: Text = None
    annotation_date: Text = None
    comment: Text = None


class Element(Struct, rename="camel", gc=False):
    """What package, file and snippet have in common."""

    spdx_id: Text = field(default=None, name="SPDXID")
    name: Text = None
    comment: Text = None
    copyright_text: Text = None
    license_concluded: Text = None
    annotations: list[Annotation] | None = None
    attribution_texts: list[str] | None = None


class Package(Element, rename="camel", gc=False):
    """A unit of software."""

    version_info: Text = None
    package_file_name: Text = None
    supplier: Text = None
    originator: Text = None
    download_location: Text = None
    homepage: Text = None
    source_info: Text = None
    license_declared: Text = None
    summary: Text = None
    description: Text = None
    primary_package_purpose: Text = None
    release_date: Text = None
    built_date: Text = None
    valid_until_date: Text = None
    external_refs: list[ExternalRef] | None = None
    checksums: list[Checksum] | None = None
    has_files: list[str] | None = None


class File(Element, rename="camel", gc=False):
    """A file of a package, or on its own."""

    file_name: Text = None
    file_types: list[str] | None = None
    file_contributors: list[str] | None = None
    notice_text: Text = None
    checksums: list[Checksum] | None = None


class Snippet(Element, rename="camel", gc=False):
    """A part of a file."""

    snippet_from_file: Text = None


class Relationship(Struct, rename="camel", gc=False):
    """`spdxElementId relationshipType relatedSpdxElement`, read as a sentence."""

    spdx_element_id: Text = None
    relationship_type: Text = None
    related_spdx_element: Text = None
    comment: Text = None


class CreationInfo(Struct, rename="camel", gc=False):
    """When and by whom the document was made."""

    created: Text = None
    creators: list[str] | None = None
    comment: Text = None


class ExternalDocument(Struct, rename="camel", gc=False):
    """Another SPDX document that this one refers to as `DocumentRef-...`."""

    external_document_id: Text = None
    spdx_document: Text = None


class Document(Struct, rename="camel", gc=False):
    """The document's own fields. `created` and `creators` belong into `creationInfo`, but some
    writers put them here."""

    spdx_id: Text = field(default=None, name="SPDXID")
    spdx_version: Text = None
    name: Text = None
    document_namespace: Text = None
    comment: Text = None
    created: Text = None
    creators: list[str] | None = None
    creation_info: CreationInfo | None = None
    document_describes: list[str] | None = None
    external_document_refs: list[ExternalDocument] | None = None
    annotations: list[Annotation] | None = None


class Whole(Document, rename="camel", gc=False):
    """A document with all its elements, for decoding in one go."""

    packages: list[Package] | None = None
    files: list[File] | None = None
    snippets: list[Snippet] | None = None
    relationships: list[Relationship] | None = None


SECTIONS: dict[str, type[Package | File | Snippet | Relationship]] = {
    "packages": Package,
    "files": File,
    "snippets": Snippet,
    "relationships": Relationship,
}
"""Top-level arrays whose items are told one by one."""
