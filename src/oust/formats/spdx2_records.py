"""SPDX 2 packages, files and snippets as records."""

from __future__ import annotations

import msgspec

from oust.formats.spdx2_model import (
    Annotation,
    Checksum,
    Element,
    ExternalRef,
    File,
    Package,
    Snippet,
)
from oust.formats.spdx_words import (
    SILENT,
    Agent,
    agent,
    hash_id,
    is_date,
    outside_id,
    web_addresses,
)
from oust.model import Record, Role


class Extra(msgspec.Struct, omit_defaults=True, gc=False):
    """What has no field of its own in a record, under names that a reader understands."""

    licence: str = ""
    concluded: str = msgspec.field(default="", name="licence concluded")
    copyright: str = ""
    supplier_kind: str = msgspec.field(default="", name="supplier is")
    supplier_contact: str = msgspec.field(default="", name="supplier contact")
    maker_kind: str = msgspec.field(default="", name="originator is")
    maker_contact: str = msgspec.field(default="", name="originator contact")
    source_info: str = msgspec.field(default="", name="source info")
    attribution: str = ""
    notice: str = ""
    annotations: str = ""
    file_types: str = msgspec.field(default="", name="file types")
    built: str = msgspec.field(default="", name="built date")
    released: str = msgspec.field(default="", name="release date")
    valid_until: str = msgspec.field(default="", name="valid until")


_encode = msgspec.json.Encoder().encode
_NOBODY = Agent("", "", "")


def as_json(extra: msgspec.Struct) -> str:
    """The JSON object, or an empty string where it would be empty."""
    data = _encode(extra)
    return "" if data == b"{}" else data.decode()


def remarks(annotations: list[Annotation] | None) -> str:
    """The comments of annotations, one per line."""
    return "\n".join(one.comment for one in annotations or () if one.comment)


def _extra(element: Element) -> Extra:
    """The fields that all elements share."""
    extra = Extra()
    if element.license_concluded and element.license_concluded not in SILENT:
        extra.concluded = element.license_concluded
    if element.copyright_text and element.copyright_text not in SILENT:
        extra.copyright = element.copyright_text
    if element.attribution_texts:
        extra.attribution = "\n".join(filter(None, element.attribution_texts))
    if element.annotations:
        extra.annotations = remarks(element.annotations)
    return extra


def _hashes(checksums: list[Checksum]) -> list[str]:
    found = []
    for one in checksums:
        if value := hash_id(one.algorithm, one.checksum_value):
            found.append(value)  # noqa: PERF401 a generator costs a third more here
    return found


def _parties(package: Package, extra: Extra) -> tuple[Agent, Agent]:
    """Supplier and originator; a person is marked as one, since it is no company."""
    supplier = agent(package.supplier) if package.supplier else _NOBODY
    maker = agent(package.originator) if package.originator else _NOBODY
    extra.supplier_contact, extra.maker_contact = supplier.mail, maker.mail
    if supplier.kind == "Person":
        extra.supplier_kind = supplier.kind
    if maker.kind == "Person":
        extra.maker_kind = maker.kind
    return supplier, maker


def _outside(references: list[ExternalRef]) -> tuple[str, list[str], list[str]]:
    """(first purl, ids, addresses) from external references."""
    purl, ids, urls = "", [], []
    for one in references:
        value = one.reference_locator
        if not value or value in SILENT:
            continue
        kind, value = outside_id(one.reference_type or "", value)
        if kind == "url":
            urls.append(value)
        elif kind == "id":
            ids.append(value)
        elif not purl:
            purl = value
        elif value != purl:
            ids.append(f"purl:{value}")
    return purl, ids, urls


def _dates(package: Package, extra: Extra) -> tuple[str, str]:
    """Valid from and until; text that is no date stays visible."""
    since, until = package.release_date or "", package.valid_until_date or ""
    if since and not is_date(since):
        since, extra.released = "", since
    if until and not is_date(until):
        until, extra.valid_until = "", until
    extra.built = package.built_date or ""
    return since, until


def package_record(package: Package, locator: str, role: Role) -> Record:
    """A package, every value in its own field."""
    extra = _extra(package)
    supplier = maker = _NOBODY
    if package.supplier or package.originator:
        supplier, maker = _parties(package, extra)
    purl, ids, urls = _outside(package.external_refs) if package.external_refs else ("", [], [])
    if package.checksums:
        ids += _hashes(package.checksums)
    for address in (package.download_location, package.homepage):
        if address and address not in SILENT:
            urls.append(address)
    if package.source_info:
        extra.source_info = package.source_info
        urls += web_addresses(package.source_info)
    if package.license_declared and package.license_declared not in SILENT:
        extra.licence = package.license_declared
    since = until = ""
    if package.release_date or package.valid_until_date or package.built_date:
        since, until = _dates(package, extra)
    description = package.description or ""
    if package.summary or package.comment:
        texts = (package.summary, package.description, package.comment)
        description = "\n".join(filter(None, texts))
    return Record(
        "component",
        locator,
        package.spdx_id or "",
        role,
        package.name or "",
        package.version_info or "",
        package.primary_package_purpose or "",
        supplier.name,
        maker.name,
        "",  # publisher; by position, since keywords take four times as long
        "",  # author
        "",  # packager
        "",  # seller
        "",  # seller_parent
        "",  # buyer
        purl,
        tuple(ids),
        tuple(dict.fromkeys(urls)) if len(urls) > 1 else tuple(urls),
        package.package_file_name or "",
        description,
        "",  # amount
        "",  # host
        "",  # operator
        since,
        until,
        as_json(extra),
    )


def file_record(file: File, locator: str, role: Role) -> Record:
    """A file; its name is a path within what was scanned."""
    extra = _extra(file)
    if file.file_types:
        extra.file_types = ", ".join(filter(None, file.file_types))
    if file.notice_text:
        extra.notice = file.notice_text
    author = ""
    if file.file_contributors:
        author = "; ".join(filter(None, file.file_contributors))
    name = file.file_name or file.name or ""
    return Record(
        "component",
        locator,
        file.spdx_id or "",
        role,
        name,
        "",  # version
        "file",
        "",  # supplier
        "",  # manufacturer
        "",  # publisher
        author,
        "",  # packager
        "",  # seller
        "",  # seller_parent
        "",  # buyer
        "",  # purl
        tuple(_hashes(file.checksums)) if file.checksums else (),
        (),  # urls
        name,
        file.comment or "",
        "",  # amount
        "",  # host
        "",  # operator
        "",  # since
        "",  # until
        as_json(extra),
    )


def snippet_record(snippet: Snippet, locator: str, role: Role) -> Record:
    """A part of a file that came from elsewhere."""
    return Record(
        "component",
        locator,
        snippet.spdx_id or "",
        role,
        snippet.name or "",
        type="snippet",
        description=snippet.comment or "",
        extra=as_json(_extra(snippet)),
    )
