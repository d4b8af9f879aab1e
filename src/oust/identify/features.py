"""The policy of identification as a list that can be read and argued with.

Each feature says which fields it looks at, what it compares there, how strong a sighting it makes
and what relation the field states. Identifiers come first, then names, then weak text.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.model import Relation, Strength

Says = Relation | Literal["is", ""]


class Feature(Struct, frozen=True):
    """One way in which a record can show a vendor."""

    name: str
    fields: str
    compares: str
    strength: Strength
    relation: Says = ""


FEATURES: tuple[Feature, ...] = (
    # identifiers, each in its own field
    Feature("package-namespace", "purl", "type, namespace and name", "identifier", "published-by"),
    Feature("cpe-vendor", "ids cpe", "vendor part", "identifier", "supplies"),
    Feature("party-number", "ids uei cage lei reg duns", "whole", "identifier", "is"),
    Feature("parent-number", "ids parent-uei parent-duns", "whole", "identifier", "owns"),
    Feature("signer", "ids signer signer-dn team", "whole", "identifier", "signed-by"),
    Feature(
        "program-id",
        "ids msi uninstall appx winget cask bundle android",
        "as its kind says",
        "identifier",
        "published-by",
    ),
    Feature("file-hash", "ids sha256 sha1 md5", "whole", "identifier", "published-by"),
    Feature(
        "content-magic", "ids magic of a file", "its first bytes", "identifier", "published-by"
    ),
    Feature(
        "content-text",
        "ids string of a program",
        "text or package that only the vendor's code holds",
        "identifier",
        "contains",
    ),
    Feature("version-resource", "ids company", "whole", "identifier", "published-by"),
    Feature("os-name", "ids service process deb rpm av", "whole", "identifier", "published-by"),
    Feature(
        "file-or-path",
        "path, name of a file",
        "folder or last segment",
        "identifier",
        "published-by",
    ),
    Feature("network-name", "ids domain ip", "by label or prefix", "identifier", "connects-to"),
    Feature(
        "dns-alias",
        "ids cname mx ns",
        "by label: the name asked for is served by the vendor",
        "identifier",
        "connects-to",
    ),
    Feature(
        "update-content",
        "urls path, ids mime",
        "path or content that travels with an engine, whatever the host",
        "identifier",
        "connects-to",
    ),
    Feature(
        "mac-block",
        "ids mac",
        "24, 28 or 36 bits assigned by the IEEE; never a random or group address",
        "identifier",
        "supplies",
    ),
    Feature("device-id", "ids usb", "vendor part", "identifier", "supplies"),
    Feature(
        "repository",
        "urls of a component",
        "owner of the repository that it is called after",
        "identifier",
        "published-by",
    ),
    # names, in fields that hold names
    Feature(
        "party-name",
        "supplier manufacturer publisher author seller ...",
        "whole name without legal form",
        "name",
    ),
    Feature(
        "party-word", "the same", "vendor's word in an otherwise known or neutral name", "name"
    ),
    Feature("party-misspelt", "the same", "the same within the accepted edits", "misspelt"),
    Feature("owned-party", "the same", "whole name of a company that the dossier lists", "name"),
    Feature(
        "product-name", "name, award text", "product with the vendor's word", "name", "supplies"
    ),
    Feature(
        "vendor-word",
        "name, award text",
        "the vendor's word, in names at the beginning",
        "name",
        "supplies",
    ),
    Feature("powered-by", "name", "'powered by' and the vendor's word", "name", "licensed-from"),
    Feature(
        "product-alone",
        "name, award text",
        "distinctive product, in text only with context",
        "name",
        "supplies",
    ),
    Feature(
        "short-word",
        "name, award text",
        "three letters, in capitals, with context",
        "name",
        "supplies",
    ),
    # misspelt
    Feature("misspelt", "name, award text", "see spelling.py", "misspelt", "supplies"),
    Feature("split", "name, award text", "the word written as two", "misspelt", "supplies"),
    Feature(
        "doubtful",
        "name, award text",
        "misspelling of a short word, with context",
        "misspelt",
        "supplies",
    ),
    # never evidence alone
    Feature("link", "urls", "host of a link; documentation links to everybody", "weak"),
    Feature("certificate-name", "ids san", "a host in a certificate of several owners", "weak"),
    Feature("hosting", "ids asn", "network of an address; others may rent there", "weak"),
    Feature(
        "content-mention",
        "ids string certificate of a file",
        "copyright line, update file or certificate among its bytes",
        "weak",
        "contains",
    ),
    Feature("user-agent", "ids user-agent", "word of what a client says of itself", "weak"),
    Feature("weak-value", "any", "value or product that the dossier calls weak", "weak"),
    Feature("named-in-text", "description of a thing", "any name", "weak"),
)
"""In order: where several fire on one span, the first names the sighting."""

BY_NAME = {feature.name: feature for feature in FEATURES}

PARTY_RELATION: dict[str, Says] = {
    "supplier": "supplies",
    "manufacturer": "supplies",
    "publisher": "published-by",
    "author": "published-by",
    "packager": "",
    "seller": "is",
    "seller_parent": "owns",
}
"""What a party field says of the thing whose record it stands in."""
