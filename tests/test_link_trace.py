"""Linking and tracing on hand-made records: the join across kinds, tiers, counts, order."""

import pyarrow as pa
import pytest

from oust.columns import SIGHTING_SCHEMA, link_table, record_table
from oust.data.dossier import Dossier
from oust.link import link
from oust.model import Link, Record, Sighting
from oust.store import Store
from oust.trace import trace

ACME = Dossier(id="acme", vendor="Acme")


class Desk:
    """Puts records of made-up sources into a store and links them."""

    def __init__(self, folder):
        self.store = Store.open(folder, create=True)
        self.sid = 0

    def source(self, path, records, links=()):
        self.sid += 1
        sid = self.sid
        self.store.add_records(record_table([sid] * len(records), range(len(records)), records), 1)
        if links:
            self.store.add_rows("link", link_table([sid] * len(links), range(len(links)), links))
        row = {"sid": sid, "path": path, "location": path, "sha256": f"{sid:064}"}
        row |= {"format": "made", "bytes": 1, "records": len(records), "quarantined": 0}
        row |= {"status": "read", "message": "", "counts": "{}", "collected": "", "bulk": False}
        self.store.add_sources(
            [row | {"sought": "", "outer_path": path, "current": True, "run": 1, "gone_in": None}]
        )

    def see(self, name, **fields):
        """A sighting of Acme on the things called `name`."""
        item = self.store.table("item")
        for row in self.store.rows(item.filter(item.name == name)):
            seen = {"key": row["key"], "vendor": "acme", "field": "name", "start": 0, "end": 4}
            seen |= {
                "text": name,
                "identifier": "word:acme",
                "strength": "name",
                "features": ["word"],
            }
            seen |= {"relation": "published-by", "mention": ""} | fields
            self.store.add_rows("sighting", pa.Table.from_pylist([seen], SIGHTING_SCHEMA))

    def find(self, carriers):
        """Carriers by exact name and beginning of the version."""
        for row in self.store.rows(self.store.table("item")):
            for one in carriers:
                if row["name"] == one.name and row["version"].startswith(one.version):
                    yield (
                        row["key"],
                        Sighting(one.key, "name", 0, 1, row["name"], "carrier:" + one.name, "name"),
                    )

    def exposures(self, own=()):
        linked = link(self.store, [ACME], self.find)
        return trace(linked.graph, {"acme": "vendor:acme"}, own), linked


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "case")
    yield made
    made.store.close()


def product(name, version="", **fields):
    return Record(
        "component",
        "#/metadata/component",
        ref=name,
        role="subject",
        name=name,
        version=version,
        **fields,
    )


def part(name, version="", n=0, **fields):
    return Record("component", f"#/components/{n}", ref=name, name=name, version=version, **fields)


def walked(exposure, n=0):
    nodes = [exposure.paths[n].hops[0].origin, exposure.paths[n].hops[0].target]
    return {node.name for hop in exposure.paths[n].hops for node in (hop.origin, hop.target)}, nodes


def chain(desk):
    desk.source(
        "a.json",
        [product("ScanCore", "3.1"), part("kavsdk", "8.9")],
        [Link("contains", "ScanCore", ("kavsdk",), "#/dependencies/0")],
    )
    desk.source(
        "b.json",
        [product("GateWard", "4.2"), part("ScanCore", "3.1")],
        [Link("contains", "GateWard", ("ScanCore",), "#/relationships/1")],
    )
    desk.source(
        "hosts.csv",
        [
            Record("program", "row 1 byte 20", name="GateWard", version="4.2.1", host="gw-03"),
            Record("program", "row 2 byte 40", name="GateWard", version="5.0", host="gw-11"),
        ],
    )
    desk.see("kavsdk", relation="supplies")


def test_an_engine_within_a_library_within_a_product_reaches_the_host(desk):
    chain(desk)
    (one,), _ = desk.exposures()
    assert (one.tier, one.asset.kind, one.asset.name) == ("embedded", "host", "gw-03")
    assert [hop.relation for hop in one.paths[0].hops] == [
        "supplies",
        "contains",
        "contains",
        "installed-on",
    ]
    assert {e.source for hop in one.paths[0].hops for e in hop.evidence} == {
        "a.json",
        "b.json",
        "hosts.csv",
    }
    assert one.paths[0].quality == "complete"


def test_an_operator_that_is_not_ours_makes_the_tier_contractor(desk):
    chain(desk)
    desk.source(
        "relations.csv",
        [
            Record("host", "row 1 byte 0", ref="gw-03", name="gw-03"),
            Record("party", "row 1 byte 0", ref="Orrin", name="Orrin Services"),
        ],
        [Link("operated-by", "gw-03", ("Orrin",), "row 1 byte 0")],
    )
    (one,), _ = desk.exposures()
    assert one.tier == "contractor"
    assert one.asset.detail == "Orrin Services"
    assert len(one.paths[0].hops) == 5
    (one,), _ = desk.exposures(own={"party:orrin services"})
    assert one.tier == "embedded"


def test_a_component_with_no_stated_way_up_is_present_path_unknown(desk):
    desk.source("a.json", [product("App", "1"), part("lib", "2")])
    desk.see("lib")
    (one,), _ = desk.exposures()
    assert one.paths[0].quality == "present, path unknown"
    assert one.asset.name == "App"


def test_awards_are_direct_from_the_vendor_and_resold_through_others(desk):
    desk.source(
        "awards.csv",
        [
            Record(
                "award",
                "row 1 byte 0",
                name="A-1",
                seller="Acme, Inc.",
                buyer="Office",
                since="2017-01-02",
            ),
            Record(
                "award",
                "row 2 byte 9",
                name="A-2",
                seller="Reseller",
                buyer="Office",
                description="ACME SUITE",
            ),
        ],
    )
    desk.see("A-1", field="seller", relation="is", text="Acme, Inc.")
    desk.see("A-2", field="description", relation="resells", text="ACME")
    found, _ = desk.exposures()
    assert [(one.tier, one.asset.name, one.asset.detail) for one in found] == [
        ("direct", "A-1", "Office"),
        ("resold", "A-2", "Office"),
    ]
    assert [hop.relation for hop in found[1].paths[0].hops] == ["resells", "awarded"]


def test_another_award_of_the_same_reseller_is_no_exposure(desk):
    desk.source(
        "awards.csv",
        [
            Record("award", "row 1 byte 0", name="A-1", seller="Reseller", description="ACME"),
            Record("award", "row 2 byte 5", name="A-2", seller="Reseller", description="PENCILS"),
        ],
    )
    desk.see("A-1", field="description", relation="resells")
    found, _ = desk.exposures()
    assert [one.asset.name for one in found] == ["A-1"]


def test_an_award_to_an_owned_party_counts_while_it_was_owned(desk):
    desk.source(
        "owners.csv",
        [
            Record("party", "row 1 byte 0", ref="Acme Corp", name="Acme Corp"),
            Record("party", "row 1 byte 0", ref="Beta", name="Beta Tools s.r.o."),
        ],
        [
            Link(
                "owns",
                "Acme Corp",
                ("Beta",),
                "row 1 byte 0",
                since="2016-03-01",
                until="2019-12-31",
                share="51",
            )
        ],
    )
    desk.source(
        "awards.csv",
        [
            Record(
                "award", "row 1 byte 0", name="B-1", seller="BETA TOOLS S.R.O.", since="2018-01-01"
            ),
            Record("award", "row 2 byte 9", name="B-2", seller="BETA TOOLS", since="2021-01-01"),
        ],
    )
    desk.see("Acme Corp", relation="is")
    found, linked = desk.exposures()
    assert [(one.tier, one.asset.name) for one in found] == [("owned", "B-1")]
    assert found[0].paths[0].hops[0].share == "51"
    assert [m.record for m in linked.mentions if "ended" in m.reason] == ["B-2"]


def test_every_path_is_counted_and_the_shortest_shown(desk):
    names = [f"m{i}" for i in range(6)]
    links = [Link("depends-on", "App", tuple(names), "#/dependencies/0")]
    links += [
        Link("depends-on", name, ("lib",), f"#/dependencies/{i + 1}")
        for i, name in enumerate(names)
    ]
    desk.source(
        "a.json",
        [product("App", "1"), part("lib", "2"), *(part(n, "1", i) for i, n in enumerate(names))],
        links,
    )
    desk.see("lib")
    (one,), _ = desk.exposures()
    assert one.path_count == 6
    assert len(one.paths) == 3


def test_a_cycle_ends(desk):
    links = [
        Link("depends-on", "App", ("a",), "l0"),
        Link("depends-on", "a", ("b", "lib"), "l1"),
        Link("depends-on", "b", ("a", "lib"), "l2"),
        Link("depends-on", "lib", ("a",), "l3"),
    ]
    desk.source("a.json", [product("App", "1"), part("a"), part("b"), part("lib", "2")], links)
    desk.see("lib")
    (one,), _ = desk.exposures()
    assert one.asset.name == "App"
    assert one.path_count == 2


def test_a_tool_or_removed_program_is_a_mention_with_its_reason(desk):
    desk.source(
        "a.json",
        [product("App"), Record("component", "#/metadata/tools/0", role="tool", name="acme-sbom")],
    )
    desk.source(
        "b.csv",
        [
            Record(
                "program",
                "row 1 byte 0",
                name="acme-agent",
                host="h",
                extra='{"state":"removed, configuration left"}',
            )
        ],
    )
    desk.see("acme-sbom")
    desk.see("acme-agent")
    found, linked = desk.exposures()
    assert found == []
    assert [m.reason for m in linked.mentions] == [
        "a tool that made the document",
        "the evidence itself says: removed, configuration left",
    ]


def test_findings_do_not_depend_on_the_order_of_sources(tmp_path):
    def run(folder, order):
        made = Desk(folder)
        parts = {
            "a": lambda: made.source(
                "a.json",
                [product("ScanCore", "3.1"), part("kavsdk", "8.9")],
                [Link("contains", "ScanCore", ("kavsdk",), "x")],
            ),
            "b": lambda: made.source(
                "b.json",
                [product("GateWard", "4.2"), part("ScanCore", "3.1")],
                [Link("contains", "GateWard", ("ScanCore",), "y")],
            ),
            "c": lambda: made.source(
                "c.csv",
                [Record("program", "row 1", name="GateWard", version="4.2.1", host="gw-03")],
            ),
        }
        for name in order:
            parts[name]()
        made.see("kavsdk")
        found, _ = made.exposures()
        made.store.close()
        return [
            (
                one.id,
                one.tier,
                [[hop.relation, hop.origin.name, hop.target.name] for hop in one.paths[0].hops],
            )
            for one in found
        ]

    assert run(tmp_path / "1", "abc") == run(tmp_path / "2", "cba")
