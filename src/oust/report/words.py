"""Wording shared by the reports: names read aloud, safe text, counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from oust import shares
from oust.model import Exposure, Hop, Mention, Node, Path, Source

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

GROUPS = {
    "contracts": "contracts and purchases",
    "sbom": "SBOMs",
    "inventory": "software inventories",
    "relations": "ownership and relations",
    "agreements": "access agreements",
    "approvals": "approvals and exclusions",
    "network": "network traffic",
    "files": "files on disk",
}
"""Groups of evidence formats as a reader calls them."""


def safe(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters are shown as `�`."""
    return _UNSAFE.sub("\ufffd", text)


def clip(text: str, width: int) -> str:
    """One line of at most `width` characters."""
    flat = " ".join(safe(text.replace("\n", " ").replace("\t", " ")).split())
    return flat if len(flat) <= width else flat[: max(width - 1, 0)] + "…"


def clip_path(text: str, width: int) -> str:
    """A path cut in the middle, so that the file's own name stays."""
    flat = clip(text, len(text))
    half = (width - 1) // 3
    return flat if len(flat) <= width else f"{flat[:half]}…{flat[-(width - 1 - half) :]}"


def called(node: Node) -> str:
    """A node as read aloud: its name, and its version unless the name ends with it."""
    if node.version and not node.name.endswith(node.version):
        return f"{node.name} {node.version}"
    return node.name


def asset_name(exposure: Exposure) -> str:
    """`award HX-0412 (Field Office)`."""
    asset = exposure.asset
    detail = f" ({asset.detail})" if asset.detail else ""
    return f"{asset.kind} {called(asset)}{detail}"


def stations(path: Path) -> list[Node]:
    """The nodes of a path from the vendor on, whichever way its links are worded."""
    nodes: list[Node] = []
    for hop in path.hops:
        ends = [hop.origin, hop.target]
        if not nodes:
            first = hop.origin if hop.origin.kind == "vendor" else hop.target
            nodes.append(first)
        nodes.append(ends[1] if ends[0] == nodes[-1] else ends[0])
    return nodes


def walked(path: Path, arrow: str = "→") -> str:
    """`Kaspersky → kavsdk 8.9 → GateWard 4.2 → gw-03`, dates of ownership included."""
    nodes = stations(path)
    parts = [called(nodes[0])]
    for hop, node in zip(path.hops, nodes[1:], strict=True):
        if hop.relation in ("owns", "controls", "consolidates", "succeeds"):
            parts[-1] += _holding(hop)
        parts.append(
            f"operated by {called(node)}" if hop.relation == "operated-by" else called(node)
        )
    return f" {arrow} ".join(parts)


def _holding(hop: Hop) -> str:
    share = f" {shares.aloud(hop.share)}" if hop.share else ""
    if hop.relation == "consolidates":
        share = " (consolidates in its accounts)"
    dates = f" ({hop.since[:4]}–{hop.until[:4]})" if hop.since or hop.until else ""
    return share + dates


def plural(count: int, word: str) -> str:
    """`1 exposure`, `7 exposures`, `2 entries`, `3 days`."""
    if count == 1:
        return f"1 {word}"
    ies = word.endswith("y") and word[-2:-1] not in "aeiou"
    many = word[:-1] + "ies" if ies else word + "s"
    return f"{count:,} {many}"


def reasons(mentions: Iterable[Mention]) -> list[tuple[str, int]]:
    """Reasons of mentions without their detail, most frequent first."""
    heads = (mention.reason.split(":", 1)[0].strip() for mention in mentions)
    counted = Counter("known confusion" if head == "not evidence" else head for head in heads)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def short_ids(exposures: Sequence[Exposure]) -> dict[str, str]:
    """For each exposure id the shortest form that names it alone: `KAS-3f9a`."""
    digests = [one.id.rsplit("-", 1)[1] for one in exposures]
    length = next(n for n in range(4, 14) if len({d[:n] for d in digests}) == len(set(digests)))
    return {
        one.id: f"{one.vendor[:3].upper()}-{digest[:length]}"
        for one, digest in zip(exposures, digests, strict=True)
    }


def unread(sources: Iterable[Source]) -> list[Source]:
    """Sources that were not read, or not to their end."""
    return [s for s in sources if s.status in ("not read", "partly read", "no reader")]


SHOWN_BYTES_ONLY = 6
"""Files searched as bytes only that are named one by one; more are counted by their ending."""


def told_apart(unread: Sequence[Source]) -> tuple[list[Source], str]:
    """Unread sources to name one by one, and the count of those searched as bytes only, if many."""
    blind = [one for one in unread if one.message.startswith("searched as bytes only")]
    if len(blind) <= SHOWN_BYTES_ONLY:
        return list(unread), ""
    known = {one.path for one in blind}
    endings = Counter(_ending(one.path) for one in blind)
    most = ", ".join(f"{n:,} {ending}" for ending, n in endings.most_common(5))
    more = f", and {len(endings) - 5:,} other endings" if len(endings) > 5 else ""
    text = (
        f"searched as bytes only, for want of a reader: {plural(len(blind), 'file')} ({most}{more})"
    )
    return [one for one in unread if one.path not in known], text


def _ending(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem and len(ending) <= 10 else "without ending"


CONTAINERS = frozenset(
    {"zip", "tar", "gzip", "bzip2", "xz", "zstd", "pbzx", "envelope", "ar", "cpio", "cab"}
    | {"7z", "iso", "xar", "lha", "rar", "rar5", "dmg", "image"}
)


def files(sources: Iterable[Source]) -> list[Source]:
    """Sources that hold evidence themselves: archives are only their members."""
    return [s for s in sources if not (s.format in CONTAINERS and s.status == "read")]
