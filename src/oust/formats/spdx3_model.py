"""SPDX 3.0 as one type: an element, with whatever fields of its many classes become records."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Union

from msgspec import Struct, field

Text = str | None
Things = Union[list[Union["Thing", str]], "Thing", str, None]
"""Elements written in place or named by their id, one or several."""


class Thing(Struct, gc=False):
    """Any element, or part of one. Which fields are set depends on its class, `kind`."""

    spdx_id: Text = field(default=None, name="spdxId")
    node_id: Text = field(default=None, name="@id")
    kind: list[str] | str | None = field(default=None, name="type")
    ld_kind: list[str] | str | None = field(default=None, name="@type")
    name: Text = None
    summary: Text = None
    description: Text = None
    comment: Text = None
    version: Text = field(default=None, name="software_packageVersion")
    download: Text = field(default=None, name="software_downloadLocation")
    home: Text = field(default=None, name="software_homePage")
    purl: Text = field(default=None, name="software_packageUrl")
    source_info: Text = field(default=None, name="software_sourceInfo")
    copyright: Text = field(default=None, name="software_copyrightText")
    purpose: Text = field(default=None, name="software_primaryPurpose")
    attribution: list[str] | str | None = field(default=None, name="software_attributionText")
    snippet_from: Things = field(default=None, name="software_snippetFromFile")
    content_ids: Things = field(default=None, name="software_contentIdentifier")
    supplied_by: Things = field(default=None, name="suppliedBy")
    originated_by: Things = field(default=None, name="originatedBy")
    released: Text = field(default=None, name="releaseTime")
    built: Text = field(default=None, name="builtTime")
    valid_until: Text = field(default=None, name="validUntilTime")
    outside_ids: Things = field(default=None, name="externalIdentifier")
    more_ids: Things = field(default=None, name="externalIdentifiers")
    outside_refs: Things = field(default=None, name="externalRef")
    hashes: Things = field(default=None, name="verifiedUsing")
    origin: Things = field(default=None, name="from")
    targets: Things = field(default=None, name="to")
    word: Text = field(default=None, name="relationshipType")
    scope: Text = None
    since: Text = field(default=None, name="startTime")
    until: Text = field(default=None, name="endTime")
    created: Text = None
    created_by: Things = field(default=None, name="createdBy")
    created_using: Things = field(default=None, name="createdUsing")
    spec: Text = field(default=None, name="specVersion")
    creation: Things = field(default=None, name="creationInfo")
    roots: Things = field(default=None, name="rootElement")
    imports: Things = field(default=None, name="import")
    outside_id: Text = field(default=None, name="externalSpdxId")
    id_type: Text = field(default=None, name="externalIdentifierType")
    identifier: Text = None
    content_value: Text = field(default=None, name="software_contentIdentifierValue")
    algorithm: Text = None
    hash_value: Text = field(default=None, name="hashValue")
    ref_type: Text = field(default=None, name="externalRefType")
    locators: list[str] | str | None = field(default=None, name="locator")
    licence: Text = field(default=None, name="simplelicensing_licenseExpression")
    subject: Things = None
    statement: Text = None

    @property
    def id(self) -> str:
        """The id by which others name it; blank nodes have one too."""
        return self.spdx_id or self.node_id or ""

    @property
    def cls(self) -> str:
        """Class name without profile: `software_Package` is `Package`."""
        kind = self.kind or self.ld_kind or ""
        return class_name(kind if isinstance(kind, str) else next(iter(kind), ""))


class Graph(Struct):
    """A document."""

    graph: list[Thing] | None = field(default=None, name="@graph")


@lru_cache(maxsize=1024)
def class_name(kind: str) -> str:
    """Last part of `software_Package`, `software:Package` or a full URI."""
    return re.split(r"[/#:_]", kind)[-1]


def several(things: Things) -> list[Thing | str]:
    """One or several as a list."""
    if things is None:
        return []
    return things if isinstance(things, list) else [things]


def ids_of(things: Things) -> list[str]:
    """The ids of elements, however they are given."""
    return [one if isinstance(one, str) else one.id for one in several(things)]


def texts(value: list[str] | str | None) -> list[str]:
    """One or several texts as a list."""
    return [value] if isinstance(value, str) else value or []
