"""Identifiers in their own fields: purl, ids, urls, path, file names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.identify.hits import Hit, hit, ruled_out
from oust.identify.places import Fact, Places, host_of, path_of
from oust.model import Record

_BY_SCHEME = {
    **dict.fromkeys(("uei", "cage", "duns", "lei", "reg"), "party-number"),
    **dict.fromkeys(("parent-uei", "parent-duns"), "parent-number"),
    **dict.fromkeys(("signer", "signer-dn", "team"), "signer"),
    **dict.fromkeys(("sha256", "sha1", "sha512", "md5"), "file-hash"),
    **dict.fromkeys(("service", "process", "deb", "rpm", "av"), "os-name"),
    **dict.fromkeys(("domain", "ip"), "network-name"),
    **dict.fromkeys(("cname", "mx", "ns"), "dns-alias"),
    "mime": "update-content",
    "san": "certificate-name",
    "asn": "hosting",
    "user-agent": "user-agent",
    "mac": "mac-block",
    "usb": "device-id",
    "cpe": "cpe-vendor",
    "company": "version-resource",
    "magic": "content-magic",
    "string": "content-text",
    "certificate": "content-mention",
}
_SAID_BY_OTHERS = {
    "copyright_string": "notices and licence lists name the makers of what they are about",
    "update_index_file": "proxies, firewalls and mirrors name it, too",
    "signer_common_name": "a certificate among the bytes: lists of trusted signers hold such, too",
}
"""Kinds whose values stand in the bytes of others' programs, too, with the reason."""

TEXT_FILE = "written in a script or text, which is no program of the vendor"
_WRITTEN = frozenset(("script", "text"))
_GOLANG = "pkg:golang/"
_MODULE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/[^\s@]+$", re.I)
"""A Go module path, which is itself the package's identifier where a purl is missing."""
_FORGES = ("github.com", "gitlab.com", "gitee.com", "www.github.com")
_LINK = "a link to a site of the vendor does not say who made the thing"
_WHY = {
    "certificate-name": "the certificate names hosts of several owners, as shared services do",
    "hosting": "an address in this network may be rented by somebody else",
    "user-agent": "a client says of itself what it likes, and may be a visitor's",
}
"""Why a feature is weak by itself, where the dossier does not say more."""
_FORK = "a link to a repository of the vendor, which is not called like this thing"


def id_hits(record: Record, places: Places) -> Iterator[Hit]:
    """Every identifier of every vendor that `record` carries."""
    if record.purl:
        for fact, start, end in places.purls.meets(record.purl):
            yield _fact(fact, ("purl", record.purl, start, end), "package-namespace")
    elif record.kind == "component" and _MODULE.match(record.name):
        for fact, start, end in places.purls.meets(_GOLANG + record.name):
            where = ("name", record.name, max(start - len(_GOLANG), 0), end - len(_GOLANG))
            yield _fact(fact, where, "package-namespace")
    for value in record.ids:
        scheme, _, bare = value.partition(":")
        shift = len(scheme) + 1
        # CPE names carry their own scheme word
        text, shift = (value, 0) if bare.startswith(("2.3:", "/")) else (bare, shift)
        for fact, start, end in places.meets(f"ids:{scheme}", text):
            where = ("ids", value, start + shift, end + shift)
            if record.kind == "file":
                yield _in_file(record, fact, where, scheme)
            else:
                yield _fact(fact, where, _BY_SCHEME.get(scheme, "program-id"))
    yield from _urls(record, places)
    yield from _paths(record, places)


def _in_file(record: Record, fact: Fact, where: tuple[str, str, int, int], scheme: str) -> Hit:
    """An id of a file: what its signer is registered as signs it; words in a text are no code."""
    feature = _BY_SCHEME.get(scheme, "program-id")
    if scheme == "reg":
        return _fact(fact, where, "signer")
    if not feature.startswith("content-"):
        return _fact(fact, where, feature)
    found = _fact(fact, where, "content-mention" if fact.kind in _SAID_BY_OTHERS else feature)
    return ruled_out(found, TEXT_FILE) if record.type in _WRITTEN else found


def _fact(fact: Fact, where: tuple[str, str, int, int], feature: str) -> Hit:
    said = _SAID_BY_OTHERS.get(fact.kind, "") if feature == "content-mention" else ""
    why = fact.why or said or _WHY.get(feature, "")
    one = hit(fact.vendor, where, fact.identifier, feature, why=why, mention=fact.mention)
    if not fact.weak:
        return one
    weak = hit(fact.vendor, where, fact.identifier, "weak-value", feature, relation=one.relation,
               why=why, mention=fact.mention)  # fmt: skip
    return weak


def _urls(record: Record, places: Places) -> Iterator[Hit]:
    for url in record.urls:
        host = host_of(url)
        at = max(url.lower().find(host), 0) if host else 0
        for fact, start, end in places.meets("urls:host", host):
            where = ("urls", url, at + start, at + end)
            if record.kind == "service":  # the address is the service itself, not a reference
                yield _fact(fact, where, "network-name")
            else:
                yield hit(fact.vendor, where, fact.identifier, "link", why=fact.why or _LINK)
        for fact, start, end in places.meets("urls", url):
            yield _fact(fact, ("urls", url, start, end), "network-name")
        last = url.partition("?")[0].rstrip("/").rpartition("/")[2]
        for fact, _, _ in places.meets("urls:last", last):
            begin = url.rfind(last)
            yield _fact(fact, ("urls", url, begin, begin + len(last)), "update-content")
        path = path_of(url)
        for fact, start, end in places.meets("urls:path", path):
            begin = url.find(path) + start
            yield _fact(fact, ("urls", url, begin, begin + end - start), "update-content")
        if host in _FORGES:
            yield from _repository(record, url, host, places)


def _repository(record: Record, url: str, host: str, places: Places) -> Iterator[Hit]:
    """A component called after its repository comes from the owner of that repository."""
    lower = url.lower()
    begin = lower.find(host) + len(host) + 1
    owner, _, rest = lower[begin:].partition("/")
    name = rest.partition("/")[0].partition("#")[0].removesuffix(".git")
    own_name = record.name.lower().rpartition("/")[2]
    for fact in places.owners.get(owner, ()):
        where = ("urls", url, begin, begin + len(owner))
        if name and name == own_name and not fact.weak:
            yield _fact(fact, where, "repository")
        else:
            yield hit(fact.vendor, where, fact.identifier, "link", why=fact.why or _FORK)


def _inside(path: str) -> tuple[str, int]:
    """The path of a file within its container or tree, and where it begins in `path`."""
    at = path.rfind("!/") + 1 or path.find("/")
    shown = path[at:] if at >= 0 else path
    return shown, len(path) - len(shown)


def _paths(record: Record, places: Places) -> Iterator[Hit]:
    for field, text in (("path", record.path), ("name", record.name)):
        if not text:
            continue
        last = text.replace("\\", "/").rstrip("/").rpartition("/")[2]
        at = text.rfind(last) if last else 0
        whole, begin = _inside(text) if record.kind == "file" and field == "path" else (text, 0)
        for place, value, shift in ((field, whole, begin), (f"{field}:last", last, at)):
            for fact, start, end in places.meets(place, value):
                yield _fact(fact, (field, text, start + shift, end + shift), "file-or-path")
    if record.path and "path:segment" in places.at:
        for segment in record.path.replace("\\", "/").split("/"):
            for fact, _, _ in places.meets("path:segment", segment):
                at = record.path.find(segment)
                yield _fact(fact, ("path", record.path, at, at + len(segment)), "file-or-path")
