"""Every fact of the fact files stands in the bundled dossiers, with its source and strength."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from msgspec.structs import asdict

from oust.data import bundled_ids, load_dossiers
from oust.data.dossier import Dossier
from oust.data.kinds import IDENTIFIER_KINDS

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts" / "dossiers"

RENAMED = {
    "former_affiliate_mac_oui": "mac_oui",
    "former_affiliate_domain": "domain",
    "former_affiliate_android_package_prefix": "android_package_prefix",
    "wmi_av_product_name_regex": "wmi_av_product_name",
    "squid_log_example": "proxy_log_example",
    "ipv6_prefix": "ip_prefix",
}
NAMED = {"brand", "affiliate", "former_affiliate", "joint_venture_name", "application"}
REWRITTEN = {  # a value as the fact file writes it, and as the dossier does
    "/Kaspersky/i": "Kaspersky",
    "KasperskyLab.KasperskyNow*": "KasperskyLab.KasperskyNow",
    "AVP*": "AVP",
    "C:\\ProgramData\\Kaspersky Lab\\ ": "C:\\ProgramData\\Kaspersky Lab",
    "Cybersec for kaspersky.com and kaspersky-labs.com": "Cybersec",
    "Anzu Raptor, Raptor T": "Anzu Raptor",
    "Cogito Specta Air, Specta Mini": "Cogito Specta Air",
    "Hiksemi (HikStorage)": "Hiksemi",
    "Kaspersky Cloud Security (Enterprise)": "Kaspersky Cloud Security",
}


@pytest.fixture(scope="module")
def nine() -> dict[str, Dossier]:
    return {dossier.id: dossier for dossier in load_dossiers()}


@pytest.fixture(scope="module", params=bundled_ids())
def pair(request: pytest.FixtureRequest, nine: dict[str, Dossier]) -> tuple[dict, Dossier]:  # type: ignore[type-arg]
    path = FACTS / f"{request.param}.yaml"
    if not path.exists():
        pytest.skip("the fact files are not here")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader), nine[request.param]


def _sources(fact: dict) -> list[str]:  # type: ignore[type-arg]
    """The addresses and repositories that a fact's source names."""
    given = fact.get("sources") or [fact["source"]]
    found = []
    for text in given:
        if "repository not recorded" in text:
            found.append("public source code")
        found += re.findall(r"https?://[^\s;)]+|(?<=github )[\w.-]+/[\w.-]+", text)
    return found


def _carried(fact: dict, kept: dict) -> None:  # type: ignore[type-arg]
    assert (fact.get("strength") == "weak") == (kept["strength"] == "weak"), fact
    for source in _sources(fact):
        assert any(source in text for text in kept["source"]), (fact, kept["source"])


def test_every_identifier_carries_over(pair: tuple[dict, Dossier]) -> None:  # type: ignore[type-arg]
    facts, dossier = pair
    kept: dict[tuple[str, str], dict] = {}  # type: ignore[type-arg]
    for identifier in dossier.identifiers:
        for value in identifier.values:
            kept[identifier.kind, value.casefold()] = asdict(identifier)
    for fact in facts["facts"]:
        kind = RENAMED.get(fact["kind"], fact["kind"])
        value = REWRITTEN.get(str(fact["value"]), str(fact["value"])).casefold()
        if fact["kind"] in NAMED or kind == "forged_signer_warning":
            continue
        if kind == "zeek_policy":
            value = value.partition(":")[0]
        one = kept[kind, value]
        _carried(fact, one)
        assert not one["product"] or one["product"] == fact.get("product")
        assert fact.get("registrant", "") == one["detail"].get("registrant", "")
        if "altitude" in fact:
            altitude = str(fact["altitude"]).removesuffix(".0")
            assert altitude in " ".join(one["detail"].values()).split()
        match = fact.get("match")
        if match in ("exact", "regex") and IDENTIFIER_KINDS[kind].compare != match:
            assert one["match"] == match


def test_every_named_party_and_product_carries_over(pair: tuple[dict, Dossier]) -> None:  # type: ignore[type-arg]
    facts, dossier = pair
    spoken: dict[str, dict] = {}  # type: ignore[type-arg]
    for holding in dossier.ownership:
        spoken |= {name: asdict(holding) for name in (holding.party, *holding.names)}
    for fact in (*dossier.names, *dossier.products):
        spoken |= {name: asdict(fact) for name in (fact.value, *fact.aliases)}
    named = [fact for fact in facts["facts"] if fact["kind"] in NAMED]
    for fact in (*facts["names"], *facts["products"], *named):
        one = spoken[REWRITTEN.get(fact["value"], fact["value"])]
        if fact["kind"] not in NAMED:
            _carried(fact, one)
        for alias in fact.get("aliases", ()):
            assert alias in spoken
    for fact in facts["ownership"]:
        assert any(name.split()[0] in fact["value"] for name in spoken), fact


def test_embeddings_removals_and_confusions_carry_over(pair: tuple[dict, Dossier]) -> None:  # type: ignore[type-arg]
    facts, dossier = pair
    assert len(dossier.embeddings) == len(facts.get("embeddings", ()))
    assert len(dossier.removal) >= len(facts.get("removal", ()))
    assert len(dossier.not_evidence) >= len(facts["not_evidence"])
    lists = {
        "embeddings": dossier.embeddings,
        "removal": dossier.removal,
        "not_evidence": dossier.not_evidence,
        "ownership": dossier.ownership,
    }
    for key, kept in lists.items():
        told = {source for fact in kept for source in fact.source}
        for fact in facts.get(key, ()):
            for source in _sources(fact):
                assert any(source in text for text in told), (key, source)
