"""Values compared in their own place: package URLs, ids by scheme, hosts, paths, file names.

What is compared where, and how, is data: oust.data.kinds.IDENTIFIER_KINDS.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from oust.data.dossier import Dossier, Identifier
from oust.data.kinds import IDENTIFIER_KINDS, purl_beginnings

_CPE_VENDOR = re.compile(r"cpe:(?:2\.3:[aoh*-]|/[aoh]?):([^:]*):", re.I)
_DRIVE = re.compile(r"^[a-z]:(?=/)")
_MAC_DIGITS = (9, 7, 6)


class Fact(Struct, frozen=True):
    """One identifier value of one vendor."""

    vendor: str
    kind: str
    value: str
    weak: bool = False
    why: str = ""
    mention: str = ""

    @property
    def identifier(self) -> str:
        """As shown: `kind:value`."""
        return f"{self.kind}:{self.value}"


def facts_of(dossier: Dossier) -> Iterator[tuple[Fact, Identifier]]:
    """Every identifier value of `dossier` that is compared somewhere."""
    for identifier in dossier.identifiers:
        kind = IDENTIFIER_KINDS.get(identifier.kind)
        if kind is None or not kind.places:
            continue
        weak = identifier.strength == "weak"
        for value in identifier.values:
            fact = Fact(dossier.id, identifier.kind, value, weak, identifier.why, kind.mention)
            yield fact, identifier
    yield from _update_hosts(dossier)


def _update_hosts(dossier: Dossier) -> Iterator[tuple[Fact, Identifier]]:
    """Hosts from which licensees serve the vendor's updates: weak, since other engines use them."""
    for one in dossier.embeddings:
        if one.update_host:
            why = f"a host of {one.licensee}, which serves whatever engine its product has now"
            identifier = Identifier(
                kind="licensee_update_host",
                values=(one.update_host,),
                source=one.source,
                tier=one.tier,
                strength="weak",
                why=why,
            )
            yield Fact(dossier.id, identifier.kind, one.update_host, True, why), identifier


def slashed(path: str) -> str:
    """`path` in lower case with forward slashes."""
    return path.replace("\\", "/").lower()


def canonical_purl(purl: str) -> str:
    """`purl` in lower case, scope sign encoded and slashes not, so that beginnings compare."""
    text = purl.strip().lower().replace("%2f", "/")
    return text.replace("pkg:npm/@", "pkg:npm/%40", 1).replace("pkg://", "pkg:", 1)


def path_of(url: str) -> str:
    """Path of `url` as written, without query; empty if it has none."""
    rest = url.partition("://")[2] or url
    slash = rest.find("/")
    return re.split("[?#]", rest[slash:], maxsplit=1)[0] if slash >= 0 else ""


def host_of(url: str) -> str:
    """Host of `url`, lower case; empty if it has none or cannot be read."""
    try:
        return (urlsplit(url if "://" in url else f"//{url}").hostname or "").rstrip(".")
    except ValueError:
        return ""


class Place:
    """All values compared in one place."""

    def __init__(self) -> None:
        self.exact: dict[str, list[Fact]] = defaultdict(list)
        self.suffix: dict[str, list[Fact]] = defaultdict(list)
        self.prefix: list[tuple[str, Fact]] = []
        self.regex: list[tuple[re.Pattern[str], Fact]] = []
        self.folder: list[tuple[str, Fact]] = []
        self.nets: list[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, Fact]] = []
        self.inside: list[tuple[re.Pattern[str], Fact]] = []  # of lower case
        self.special: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))

    def add(self, comparison: str, value: str, fact: Fact) -> None:
        """Compare `value` here. Unreadable regular expressions and networks are left out."""
        text = value.lower()
        if comparison in ("exact", "appx") and text.endswith("*"):
            comparison, text = "prefix", text.rstrip("*")
        if comparison in ("exact", "suffix"):
            getattr(self, comparison)[text].append(fact)
        elif comparison == "prefix":
            self.prefix.append((text, fact))
        elif comparison == "folder":
            self.folder.append((slashed(value).rstrip("/"), fact))
        elif comparison == "regex":
            self.regex.append((re.compile(value, re.I), fact))
        elif comparison in ("token", "segments"):
            self.inside.append((_inside(comparison, text), fact))
        elif comparison == "cidr":
            self.nets.append((ipaddress.ip_network(value, strict=False), fact))
        else:
            self.special[comparison][text].append(fact)

    def meets(self, value: str) -> Iterator[tuple[Fact, int, int]]:
        """Facts that `value` meets, with the characters of `value` that show it."""
        text = value.lower()
        exact = self.exact.get(text, ())
        for fact in exact:
            yield fact, 0, len(value)
        if self.suffix and not exact:
            yield from self._suffixes(text)
        for prefix, fact in self.prefix:
            if text.startswith(prefix):
                yield fact, 0, len(prefix)
        for pattern, fact in self.regex:
            if match := pattern.search(value):
                yield fact, match.start(), match.end()
        for pattern, fact in self.inside:
            if match := pattern.search(text):
                yield fact, match.start(), match.end()
        if self.folder:
            yield from self._folders(slashed(value))
        if self.nets:
            yield from self._networks(text)
        if self.special:
            yield from self._specials(text)

    def _suffixes(self, host: str) -> Iterator[tuple[Fact, int, int]]:
        """The longest value that ends the host by label decides: it is the more exact one."""
        at = 0
        while at >= 0:
            facts = self.suffix.get(host[at:], ())
            for fact in facts:
                yield fact, at, len(host)
            dot = -1 if facts else host.find(".", at)
            at = dot + 1 if dot >= 0 else -1

    def _folders(self, path: str) -> Iterator[tuple[Fact, int, int]]:
        bare = _DRIVE.sub("", path)
        shift = len(path) - len(bare)
        for folder, fact in self.folder:
            for text, skipped in ((path, 0), (bare, shift)):
                if text == folder or text.startswith(f"{folder}/"):
                    yield fact, skipped, skipped + len(folder)
                    break

    def _networks(self, text: str) -> Iterator[tuple[Fact, int, int]]:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return
        for net, fact in self.nets:
            if address.version == net.version and address in net:
                yield fact, 0, len(text)

    def _blocks(self, mac: str) -> Iterator[tuple[Fact, int, int]]:
        """The narrowest block decides: a part of a 24-bit block may be somebody else's."""
        for digits in _MAC_DIGITS:
            facts = self.special["mac"].get(mac[:digits], ())
            for fact in facts:
                yield fact, 0, digits
            if facts:
                return

    def _specials(self, text: str) -> Iterator[tuple[Fact, int, int]]:
        if "mac" in self.special and is_assigned(text):
            yield from self._blocks(text)
        for fact in self.special["usb"].get(text.partition(":")[0], ()):
            yield fact, 0, text.find(":") if ":" in text else len(text)
        for fact in self.special["appx"].get(text.partition("_")[0], ()):
            yield fact, 0, len(text.partition("_")[0])
        if (match := _CPE_VENDOR.match(text)) and "cpe-vendor" in self.special:
            for fact in self.special["cpe-vendor"].get(match[1], ()):
                yield fact, match.start(1), match.end(1)


def is_assigned(mac: str) -> bool:
    """Whether a MAC address lies in a block that the IEEE assigned: no random or group address."""
    return len(mac) == 12 and mac[1:2] in "048c"


def _inside(comparison: str, text: str) -> re.Pattern[str]:
    """Where `text`, in lower case, stands by itself: as a word, or as segments of a path."""
    if comparison == "token":  # braces of a GUID may be written as they are or encoded
        return re.compile(rf"(?:(?<![^\W_])|(?<=%7b)){re.escape(text.strip('{}'))}(?![^\W_])")
    return re.compile(rf"(?<=/){re.escape(text.strip('/'))}(?![^/])")


class Purls:
    """Beginnings of package URLs."""

    def __init__(self) -> None:
        self._below: list[tuple[str, Fact]] = []
        self._whole: dict[str, list[Fact]] = defaultdict(list)

    def add(self, beginning: str, fact: Fact) -> None:
        """Compare `beginning`, written as oust.data.kinds.purl_beginnings says."""
        text = canonical_purl(beginning)
        if text.endswith(("/", "*")):
            self._below.append((text.rstrip("*"), fact))
        else:
            self._whole[text].append(fact)

    def meets(self, purl: str) -> Iterator[tuple[Fact, int, int]]:
        """Facts that `purl` meets; the span is counted in the purl as written."""
        text = canonical_purl(purl)
        name = re.split(r"(?<!^)(?<!/)[@?#]", text, maxsplit=1)[0]
        longer = len(text) - len(purl.strip())  # by encoding, always within the beginning
        for fact in self._whole.get(name, ()):
            yield fact, 0, min(len(name) - longer, len(purl))
        for beginning, fact in self._below:
            if text.startswith(beginning):
                yield fact, 0, min(len(beginning) - longer, len(purl))


class Places:
    """Every place and what is compared there."""

    def __init__(self, facts: Iterable[tuple[Fact, Identifier]]) -> None:
        self.at: dict[str, Place] = defaultdict(Place)
        self.purls = Purls()
        self.owners: dict[str, list[Fact]] = defaultdict(list)  # of code repositories
        for fact, identifier in facts:
            self._add(fact, identifier)

    def _add(self, fact: Fact, identifier: Identifier) -> None:
        kind = IDENTIFIER_KINDS[fact.kind]
        for place in kind.places:
            if place != "purl":
                self.at[place].add(identifier.match or kind.compare, fact.value, fact)
        if kind.compare == "purl" and fact.kind == "purl_prefix":
            self._own(fact.value.split("github.com/", 1)[-1], "github.com/" in fact.value, fact)
        if fact.kind in ("github_org", "go_module_prefix"):
            owner = fact.value.removeprefix("github.com/")
            self._own(owner, fact.kind == "github_org" or owner != fact.value, fact)
        for beginning in purl_beginnings(fact.kind, fact.value) if "purl" in kind.places else ():
            self.purls.add(beginning, fact)

    def _own(self, owner: str, on_github: bool, fact: Fact) -> None:
        name = owner.strip("/").split("/")[0].lower()
        if on_github and name and owner.strip("/").count("/") == 0:
            self.owners[name].append(fact)

    def meets(self, place: str, value: str) -> Iterator[tuple[Fact, int, int]]:
        """Facts that `value` meets in `place`."""
        found = self.at.get(place)
        return found.meets(value) if found else iter(())
