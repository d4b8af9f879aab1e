"""What is an exposure, what a mention, what nothing: on labelled lines and on single records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from oust.data.load import load_dossiers
from oust.identify import FEATURES, CarrierProduct, carrier_matcher, compile_dossiers, cues
from oust.identify.hits import MADE_DOCUMENT
from oust.identify.matcher import DossierMatcher
from oust.identify.textfields import HOST_NAME, NAMED_AFTER
from oust.model import Record, Sighting

LINES = yaml.safe_load(
    (Path(__file__).parent / "identify" / "descriptions.yaml").read_text("utf-8")
)
CARRIERS = carrier_matcher(
    [
        CarrierProduct(key="GateWard", name="GateWard", version="4.2", publisher="Norvik Systems"),
        CarrierProduct(key="Agent", name="Agent", publisher="Norvik Systems"),
    ]
)
LABELS = {
    cues.CLAUSE: {"clause"},
    cues.REMOVAL: {"removal"},
    cues.EXCLUDED: {"removal", "clause"},  # "no TikTok" is either
    cues.ACCESSORY: {"accessory"},
    cues.ABOUT: {"about"},
    cues.PERSON: {"person"},
    cues.PLACE: {"place"},
}


@pytest.fixture(scope="module")
def vendors() -> DossierMatcher:
    return compile_dossiers(load_dossiers())


def labels(vendor: str, found: Sequence[Sighting]) -> set[str]:
    """The labels that a line's sightings of one vendor agree with."""
    mine = [one for one in found if one.vendor == vendor]
    if not mine:
        return {"nothing"}
    if any(not one.mention for one in mine):
        return {"purchase"}
    reason = mine[0].mention
    if reason.startswith("weak value alone"):
        return {"weak", "nothing"}  # shown, but never as more than a word
    if reason.startswith("not evidence"):
        return {"other", "nothing"}
    return LABELS.get(reason, {"unclear"})


def judged(vendors: DossierMatcher, part: str) -> list[tuple[str, str, set[str], str]]:
    out = []
    for vendor, label, text in LINES[part]:
        matcher = CARRIERS if vendor.startswith("carrier:") else vendors
        record = Record(kind="award", locator="row 1 byte 0", description=text)
        found = [one for _, one in matcher.identify([record])]
        out.append((vendor, label, labels(vendor.removeprefix("carrier:"), found), text))
    return out


@pytest.mark.parametrize("part", LINES)
def test_no_labelled_line_is_wrongly_an_exposure(vendors: DossierMatcher, part: str) -> None:
    assert not [r for r in judged(vendors, part) if "purchase" in r[2] and r[1] != "purchase"]


def test_the_purchases_that_are_missed_are_known(vendors: DossierMatcher) -> None:
    rows = [row for part in LINES for row in judged(vendors, part)]
    missed = [row[3] for row in rows if row[1] == "purchase" and "purchase" not in row[2]]
    assert missed == ["HIKVISION HARD DRIVE REPLACEMENT FOR EXISTING NVR"]  # reads either way


@pytest.mark.parametrize("part", LINES)
def test_labelled_lines_get_their_reason(vendors: DossierMatcher, part: str) -> None:
    rows = judged(vendors, part)
    wrong = [row for row in rows if row[1] not in row[2]]
    assert len(wrong) <= max(1, 0.02 * len(rows)), wrong


def test_labelled_set_is_large_and_covers_every_vendor() -> None:
    rows = [row for part in LINES.values() for row in part]
    assert len(rows) >= 400
    assert {d.id for d in load_dossiers()} <= {row[0] for row in rows}


def see(vendors: DossierMatcher, kind: str = "component", **fields: object) -> list[Sighting]:
    record = Record(kind=kind, locator="#/0", **fields)  # type: ignore[arg-type]
    return [one for _, one in vendors.identify([record])]


def evidence(found: Sequence[Sighting]) -> list[tuple[str, str, str]]:
    return [(one.field, one.identifier, one.relation) for one in found if not one.mention]


@pytest.mark.parametrize(
    ("fields", "field", "identifier", "relation"),
    [
        ({"purl": "pkg:golang/github.com/bytedance/sonic@v1.10.1"}, "purl", "github_org:bytedance", "published-by"),
        ({"purl": "pkg:golang/github.com%2Fbytedance/sonic@v1"}, "purl", "github_org:bytedance", "published-by"),
        ({"purl": "pkg:npm/@rspack/core@1.0"}, "purl", "npm_scope:@rspack", "published-by"),
        ({"purl": "pkg:npm/%40rspack/core@1.0"}, "purl", "npm_scope:@rspack", "published-by"),
        ({"ids": ("cpe:2.3:a:huawei:openssl:1:*:*:*:*:*:*:*",)}, "ids", "cpe_vendor:huawei", "supplies"),
        ({"ids": ("cpe:cpe:/a:kaspersky:engine:8",)}, "ids", "cpe_vendor:kaspersky", "supplies"),
        ({"ids": ("team:ZU2TV78AA6",), "kind": "program"}, "ids", "apple_team_id:ZU2TV78AA6", "signed-by"),
        ({"ids": ("signer:AO Kaspersky Lab",)}, "ids", "signer_common_name:AO Kaspersky Lab", "signed-by"),
        ({"ids": ("mac:4447CC001122",), "kind": "host"}, "ids", "mac_oui:4447CC", "supplies"),
        ({"ids": ("uei:Y3NYMV2P5446",), "kind": "award"}, "ids", "uei:Y3NYMV2P5446", "is"),
        ({"path": "C:\\Windows\\System32\\drivers\\klif.sys"}, "path", "windows_minifilter_driver:klif.sys", "published-by"),
        ({"urls": ("https://github.com/KasperskyLab/klara.git",), "name": "klara"}, "urls", "github_org:KasperskyLab", "published-by"),
        ({"supplier": "Organization: Kaspersky Labs Ltd (info@kaspersky.com)"}, "supplier", "name:Kaspersky Labs Limited", "supplies"),
        ({"name": 'АО "ЛАБОРАТОРИЯ КАСПЕРСКОГО"', "kind": "party"}, "name", "name:АО «Лаборатория Касперского»", "is"),
        ({"name": "杭州海康威视数字技术股份有限公司", "kind": "party"}, "name", "name:杭州海康威视数字技术股份有限公司", "is"),
        ({"name": "Kaperski Lab UK Limited", "kind": "party"}, "name", "word:kaspersky", "is"),
        ({"name": "Sepura PLC", "kind": "party"}, "name", "owned:Sepura", "is"),
        ({"name": "Kaspersky Endpoint Security 10", "kind": "program"}, "name", "product:Kaspersky Endpoint Security", "supplies"),
        ({"name": "Parallels Internet Security Powered by Kaspersky", "kind": "program", "publisher": "Parallels"}, "name", "word:kaspersky", "licensed-from"),
        ({"name": "Kaspersky Anti-Virus SDK"}, "name", "product:Kaspersky Anti-Virus", "supplies"),
    ],
)  # fmt: skip
def test_evidence(
    vendors: DossierMatcher, fields: dict[str, object], field: str, identifier: str, relation: str
) -> None:
    assert (field, identifier, relation) in evidence(see(vendors, **fields))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "hikvision-api", "purl": "pkg:npm/hikvision-api@1"}, "not evidence"),
        ({"name": "kaspersky-exporter", "purl": "pkg:golang/github.com/foo/kaspersky-exporter@v1"}, NAMED_AFTER),
        ({"name": "terraform-provider-huaweicloud", "purl": "pkg:golang/github.com/x/terraform-provider-huaweicloud@v1"}, NAMED_AFTER),
        ({"name": "djitellopy", "purl": "pkg:pypi/djitellopy@2.5"}, "not evidence"),
        ({"name": "kaspersky.py", "kind": "program", "path": "/var/ossec/active-response/bin/kaspersky.py"}, "not evidence"),
        ({"name": "Kandji", "kind": "program"}, "not evidence"),
        ({"name": "Lark", "kind": "program"}, "weak value alone"),
        ({"name": "Kaspersky connector for Splunk", "kind": "program", "publisher": "Acme"}, cues.ACCESSORY),
        ({"name": "Kaspersky Endpoint Security 10", "kind": "program", "publisher": "Acme"}, NAMED_AFTER),
        ({"name": "x", "author": "Eugene Kaspersky <e@example.org>"}, cues.PERSON),
        ({"name": "x", "packager": "Huawei Technologies Co., Ltd."}, "packaged it"),
        ({"name": "x", "description": "Client for Kaspersky Security Center"}, "named in a description"),
        ({"name": "x", "urls": ("https://www.kaspersky.com/blog/x",)}, "weak value alone"),
        ({"name": "x", "urls": ("https://github.com/KasperskyLab/klara",)}, "weak value alone"),
        ({"name": "kaspersky-srv01", "kind": "host"}, HOST_NAME),
        ({"name": "SBOM", "kind": "document", "author": "Kaspersky Lab"}, MADE_DOCUMENT),
        ({"name": "scanner", "role": "tool", "supplier": "Huawei"}, MADE_DOCUMENT),
        ({"name": "DAHUA ELECTRONICS CORPORATION", "kind": "party"}, "not evidence"),
        ({"name": "Dahua Logistics LLC", "kind": "party"}, "unclear"),
    ],
)  # fmt: skip
def test_mention(vendors: DossierMatcher, fields: dict[str, object], reason: str) -> None:
    found = see(vendors, **fields)
    assert found
    assert all(one.mention.startswith(reason) for one in found), found


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "lark", "kind": "award"},
        {"name": "DJI-2020-01", "kind": "award", "description": "office chairs"},
        {"name": "Spring LLC", "kind": "party"},
        {"name": "libfoo", "publisher": "Yandex"},
        {"name": "Aztec Theme Editor", "kind": "program"},
        {"buyer": "Huawei Technologies Co., Ltd.", "kind": "award", "description": "chairs"},
        {"name": "x", "purl": "pkg:golang/github.com/bytedancer/sonic@v1"},
        {"name": "x", "purl": "pkg:pypi/lark-oapi-tools@1"},
        {"ids": ("domain:kaspersky.com.example.org",), "kind": "service"},
        {"ids": ("cpe:2.3:a:acme:huawei_client:1:*:*:*:*:*:*:*",)},
        {"name": "klif.system"},
    ],
)
def test_nothing(vendors: DossierMatcher, fields: dict[str, object]) -> None:
    assert not see(vendors, **fields)


def test_weak_value_becomes_evidence_beside_another_one(vendors: DossierMatcher) -> None:
    found = see(vendors, kind="program", name="Lark", ids=("bundle:com.bytedance.lark.helper",))
    weak = [one for one in found if one.strength == "weak"]
    assert weak
    assert all(not one.mention and "supported" in one.features[-1] for one in weak)


def test_clause_and_purchase_are_both_told(vendors: DossierMatcher) -> None:
    text = "KASPERSKY ENDPOINT SECURITY RENEWAL. ADD FAR 52.204-23 PROHIBITION ON KASPERSKY LAB"
    found = see(vendors, kind="award", description=text)
    assert [one.mention for one in found] == ["", cues.CLAUSE]
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]


def test_every_feature_named_is_in_the_table(vendors: DossierMatcher) -> None:
    known = {feature.name for feature in FEATURES}
    for _, label, text in LINES["tune"]:
        found = see(vendors, kind="award", description=text)
        assert {one.features[0] for one in found} <= known, label


def test_key_changes_with_the_dossiers_and_not_with_their_order() -> None:
    every = load_dossiers()
    keys = [compile_dossiers(some).key for some in (every, every[::-1], every[1:])]
    assert keys[0] == keys[1] != keys[2]
