"""Products that carry a vendor's code, found in installed programs, SBOMs and award lines."""

from __future__ import annotations

import pytest

from oust.data.load import load_dossiers
from oust.identify import CarrierProduct, carrier_matcher, carriers_of
from oust.identify.carriers import EVERYDAY_NAME, OTHER_PUBLISHER, OTHER_VERSION
from oust.model import Record

GATEWARD = CarrierProduct(
    key="gw",
    name="GateWard",
    names=("GateWard Mail Gateway",),
    version="4.2",
    publisher="Norvik Systems Inc.",
    purl="pkg:generic/norvik/gateward@4.2",
)
AGENT = CarrierProduct(key="agent", name="Security Agent", publisher="Norvik Systems Inc.")
ROUTER = CarrierProduct(
    key="srx",
    name="SRX210",
    version_from="9.5",
    version_until="15.1X49-D10",
    publisher="Juniper Networks",
)
MATCHER = carrier_matcher([GATEWARD, AGENT, ROUTER])


def see(**fields: object) -> list[tuple[str, str]]:
    record = Record(**{"kind": "program", "locator": "line 1", **fields})  # type: ignore[arg-type]
    return [(one.identifier, one.mention) for _, one in MATCHER.identify([record])]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "GateWard", "version": "4.2.1"},
        {"name": "GateWard 4.2"},
        {"name": "GateWard Mail Gateway", "publisher": "Norvik Systems"},
        {"name": "GATEWARD (64-bit)", "version": "4.2"},
        {"name": "whatever", "purl": "pkg:generic/norvik/gateward@4.2.3"},
        {"kind": "award", "description": "GATEWARD 4.2 SUPPORT RENEWAL"},
        {"kind": "award", "description": "Purchase of 2 Gateward appliances"},
        {"kind": "award", "description": "NORVIK GATEWARD 4.2 MAIL GATEWAY, QTY 2, WITH SUPPORT"},
    ],
)
def test_carrier_is_found(fields: dict[str, object]) -> None:
    assert ("carrier:GateWard", "") in see(**fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "GateWard", "version": "5.0"}, OTHER_VERSION),
        ({"name": "GateWard 3"}, OTHER_VERSION),
        ({"name": "GateWard", "version": "4.2", "publisher": "Acme Ltd"}, OTHER_PUBLISHER),
        ({"name": "Security Agent", "version": "1.0"}, EVERYDAY_NAME),
        ({"kind": "award", "description": "REMOVAL OF GATEWARD APPLIANCES"}, "removal"),
        ({"kind": "award", "description": "GATEWARD 6.1 LICENSES"}, OTHER_VERSION),
        ({"name": "SRX210", "version": "17.3R1"}, OTHER_VERSION),
    ],
)
def test_carrier_is_mentioned(fields: dict[str, object], reason: str) -> None:
    found = see(**fields)
    assert found
    assert all(mention.startswith(reason) for _, mention in found), found


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "award", "description": "SECURITY AGENT SERVICES AT POST ONE"},
        {"kind": "award", "description": "HARGATE WARD 4 CLEANING"},
        {"name": "Travel Agent Desktop"},
        {"name": "Uninstall helper for things like GateWardrobe Planner"},
    ],
)
def test_carrier_is_not_there(fields: dict[str, object]) -> None:
    assert see(**fields) == []


def test_everyday_name_counts_with_its_publisher() -> None:
    assert see(name="Security Agent", publisher="Norvik Systems, Inc.") == [
        ("carrier:Security Agent", "")
    ]


def test_range_and_key() -> None:
    assert see(name="SRX210", version="12.1X46") == [("carrier:SRX210", "")]
    assert MATCHER.key == carrier_matcher([ROUTER, GATEWARD, AGENT]).key
    assert MATCHER.key != carrier_matcher([ROUTER]).key


def test_no_carriers_at_all() -> None:
    nothing = carrier_matcher([])
    assert nothing.identify([Record(kind="program", locator="", name="GateWard")]) == []
    assert not nothing.needles().wants("GateWard")


def test_embeddings_of_the_dossiers_are_carriers_and_weak_ones_are_not() -> None:
    kaspersky = next(d for d in load_dossiers() if d.id == "kaspersky")
    products = {product.name: product for product in carriers_of(kaspersky)}
    assert products["SRX100"].version_until == "15.1X49-D10"
    assert not any("Axigen" in product.publisher for product in products.values())
