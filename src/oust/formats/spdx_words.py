"""What SPDX 2 and 3 have in common: parties, identifiers and the words for relationships."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from oust.model import Relation

SILENT = frozenset({"", "NOASSERTION", "NONE"})
"""Values by which a field says that it says nothing."""

OWN_SCHEMES = frozenset({"sha256", "sha1", "sha512", "md5"})
_AGENT = re.compile(r"\s*(organi[sz]ation|person|tool)\s*:\s*(.*)", re.I | re.S)
_CONTACT = re.compile(r"\s*\(([^()]*)\)\s*$")
_URL = re.compile(r"\b[a-z][a-z+]{1,14}://[^\s<>\"')]+", re.I)
_ADDRESS = re.compile(r"(https?|ftp|git|svn|hg|ssh|git\+\w+)://", re.I)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")


class Agent(NamedTuple):
    """Who: `kind` is Organization, Person, Tool or empty; `mail` is mail or web address."""

    kind: str
    name: str
    mail: str


@lru_cache(maxsize=8192)
def agent(text: str) -> Agent:
    """`Organization: Acme (info@acme.test)` taken apart. Brackets in a name stay in it."""
    match = _AGENT.match(text)
    kind, name = (match[1].capitalize(), match[2]) if match else ("", text)
    mail = ""
    contact = _CONTACT.search(name)
    if contact and (not contact[1].strip() or "@" in contact[1] or "://" in contact[1]):
        name, mail = name[: contact.start()], contact[1].strip()
    name = name.strip()
    if name.upper() in SILENT:
        name = ""
    return Agent("Organization" if kind == "Organisation" else kind, name, mail)


def said(text: str | None) -> str:
    """The text, or empty where it is NOASSERTION or NONE."""
    return "" if text is None or text.strip().upper() in SILENT else text


def web_addresses(text: str) -> list[str]:
    """Addresses with a scheme that stand in free text."""
    return [found.rstrip(".,;") for found in _URL.findall(text)] if "://" in text else []


def is_date(text: str) -> bool:
    """Whether it is an ISO 8601 date, as far as it goes."""
    return _DATE.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _scheme(algorithm: str) -> str:
    """`checksumAlgorithm_sha256`, `SHA256` as `sha256:`; one without a scheme as `id:sha384:`."""
    word = algorithm.removeprefix("checksumAlgorithm_").lower().replace("_", "-")
    scheme = word.replace("-", "")
    return f"{scheme}:" if scheme in OWN_SCHEMES else f"id:{word}:"


def hash_id(algorithm: str | None, value: str | None) -> str:
    """`sha256:...` in lower case; empty if either part is missing."""
    if not value or not algorithm or value.isspace():
        return ""
    return _scheme(algorithm) + value.strip().lower()


@lru_cache(maxsize=1024)
def _reference_word(kind: str) -> str:
    """`http://spdx.org/rdf/references/cpe23Type`, `cpe23Type` and `packageUrl` in one spelling."""
    word = re.split(r"[/#]", kind)[-1].lower()
    return "cpe" if word.startswith("cpe") else "purl" if word == "packageurl" else word


def outside_id(kind: str, locator: str) -> tuple[str, str]:
    """An external reference as (`purl`, `id` or `url`, value).

    `kind` is SPDX's type of reference in any spelling: cpe23Type, packageUrl, a full URI, ...
    """
    word = _reference_word(kind)
    if word == "purl" or locator.startswith("pkg:"):
        return "purl", locator
    if word == "cpe" or locator.startswith("cpe:"):
        return "id", f"cpe:{locator}"
    if word == "swid":
        return "id", f"swid:{locator}"
    if _ADDRESS.match(locator):
        return "url", locator
    return "id", f"id:{locator}" if locator.startswith(f"{word}:") else f"id:{word}:{locator}"


class Sense(NamedTuple):
    """A relationship word in our terms; `backwards` if its sentence has to be turned round."""

    relation: Relation
    backwards: bool = False
    scope: str = ""


SENSES: dict[str, Sense] = {
    "contains": Sense("contains"),
    "containedby": Sense("contains", True),
    "packageof": Sense("contains", True),
    "packagedby": Sense("contains", True),
    "optionalcomponentof": Sense("contains", True, "optional"),
    "hasoptionalcomponent": Sense("contains", False, "optional"),
    "expandedfromarchive": Sense("contains", True),
    "expandsto": Sense("contains"),
    "staticlink": Sense("contains", False, "static link"),
    "hasstaticlink": Sense("contains", False, "static link"),
    "dynamiclink": Sense("depends-on", False, "dynamic link"),
    "hasdynamiclink": Sense("depends-on", False, "dynamic link"),
    "dependson": Sense("depends-on"),
    "dependencyof": Sense("depends-on", True),
    "builddependencyof": Sense("depends-on", True, "build"),
    "devdependencyof": Sense("depends-on", True, "development"),
    "optionaldependencyof": Sense("depends-on", True, "optional"),
    "hasoptionaldependency": Sense("depends-on", False, "optional"),
    "provideddependencyof": Sense("depends-on", True, "provided"),
    "hasprovideddependency": Sense("depends-on", False, "provided"),
    "testdependencyof": Sense("depends-on", True, "test"),
    "runtimedependencyof": Sense("depends-on", True, "runtime"),
    "prerequisitefor": Sense("depends-on", True, "prerequisite"),
    "hasprerequisite": Sense("depends-on", False, "prerequisite"),
}
"""Relationship words of SPDX 2 and 3 that say contains or depends-on, in lower case without `_`.

The rest (VARIANT_OF, GENERATED_FROM, PATCH_FOR, BUILD_TOOL_OF, ...) say neither.
"""


@lru_cache(maxsize=1024)
def plain_word(word: str) -> str:
    """`DEPENDS_ON`, `dependsOn` and `relationshipType_dependsOn` as `dependson`."""
    word = re.split(r"[/#]", word)[-1].removeprefix("relationshipType_")
    return word.replace("_", "").replace("-", "").lower()
