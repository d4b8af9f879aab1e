"""GLEIF files: three packagings of one record, files searched piece by piece, damage."""

import csv
import io
import json
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, gleif_scan, pick
from oust.formats.gleif import GleifLeiCsv, GleifLeiJson, GleifLeiXml, GleifParentsXml
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Link, Quarantine, Record, Tally
from oust.needles import LiteralNeedles

LEVEL1 = (GleifLeiCsv(), GleifLeiXml(), GleifLeiJson())

TEXT = st.text("abÄя &<>'-.,", min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and text.lower() not in ("null", "none")
)
ENTITY = st.fixed_dictionaries(
    {
        "lei": st.from_regex(r"[A-Z0-9]{18}[0-9]{2}", fullmatch=True),
        "name": TEXT,
        "other": st.lists(TEXT, max_size=3),
        "country": st.sampled_from(["", "DE", "RU"]),
        "number": st.sampled_from(["", "HRB 40 718", "0123"]),
        "successor": st.sampled_from(["", "5299000TOP0000000056"]),
    }
)


def as_csv(entities):
    names = ["LEI", "Entity.LegalName"]
    names += [f"Entity.OtherEntityNames.OtherEntityName.{n}" for n in (1, 2, 3)]
    names += ["Entity.LegalAddress.Country"]
    names += ["Entity.RegistrationAuthority.RegistrationAuthorityEntityID"]
    names += ["Entity.SuccessorEntity.1.SuccessorLEI"]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    for one in entities:
        other = (one["other"] + [""] * 3)[:3]
        tail = (one["country"], one["number"], one["successor"])
        writer.writerow([one["lei"], one["name"], *other, *tail])
    return out.getvalue().encode()


def _element(name, inner):
    return f"<lei:{name}>{inner}</lei:{name}>" if inner else ""


def as_xml(entities):
    body = ""
    for one in entities:
        other = "".join(_element("OtherEntityName", escape(name)) for name in one["other"])
        number = _element("RegistrationAuthorityEntityID", one["number"])
        entity = (
            _element("LegalName", escape(one["name"]))
            + _element("OtherEntityNames", other)
            + _element("LegalAddress", _element("Country", one["country"]))
            + _element("RegistrationAuthority", number)
            + _element("SuccessorEntity", _element("SuccessorLEI", one["successor"]))
        )
        body += _element("LEIRecord", _element("LEI", one["lei"]) + _element("Entity", entity))
    space = "http://www.gleif.org/data/schema/leidata/2016"
    return f'<lei:LEIData xmlns:lei="{space}"><lei:LEIRecords>{body}</lei:LEIRecords></lei:LEIData>'.encode()


def as_json(entities):
    def text(value):
        return {"$": value}

    records = [
        {
            "LEI": text(one["lei"]),
            "Entity": {
                "LegalName": text(one["name"]),
                "OtherEntityNames": {"OtherEntityName": [text(name) for name in one["other"]]},
                "LegalAddress": {"Country": text(one["country"])},
                "RegistrationAuthority": {"RegistrationAuthorityEntityID": text(one["number"])},
                "SuccessorEntity": [{"SuccessorLEI": text(one["successor"])}],
            },
        }
        for one in entities
    ]
    return json.dumps({"records": records}).encode()


WRITERS = (as_csv, as_xml, as_json)


def told(fmt, data, needles=None):
    return list(fmt.read(Opened("input", data), needles or NoNeedles()))


def unplaced(said):
    return [msgspec.structs.replace(one, locator="") for one in said]


@given(st.lists(ENTITY, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_three_packagings_of_a_record_say_the_same(entities):
    for fmt, write in zip(LEVEL1, WRITERS, strict=True):
        assert pick(Opened("input", write(entities)).head, FORMATS).name == fmt.name
    first, *others = (
        unplaced(told(fmt, write(entities))) for fmt, write in zip(LEVEL1, WRITERS, strict=True)
    )
    assert [one.name for one in first if isinstance(one, Record)] == [e["name"] for e in entities]
    assert all(other == first for other in others)


@pytest.mark.parametrize("index", [0, 1, 2], ids=["csv", "xml", "json"])
@given(entities=st.lists(ENTITY, min_size=1, max_size=30), piece=st.integers(50, 4000))
@settings(max_examples=40, deadline=None)
def test_a_search_finds_what_reading_all_finds_and_counts_the_rest(index, entities, piece):
    fmt, write = LEVEL1[index], WRITERS[index]
    sought = entities[len(entities) // 2]
    every = told(fmt, write(entities))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gleif_scan, "KEEP_ALL_BELOW", 1)
        patched.setattr(gleif_scan, "PIECE", piece)
        found = told(fmt, write(entities), LiteralNeedles([sought["lei"]]))
    rest = sum(one.count for one in found if isinstance(one, Tally))
    kept = [one for one in found if isinstance(one, Record)]
    assert kept == [one for one in every if isinstance(one, Record) and sought["lei"] in one.ref]
    assert len(kept) + rest == len(entities)


def test_a_hit_elsewhere_in_a_row_keeps_nothing(monkeypatch):
    monkeypatch.setattr(gleif_scan, "KEEP_ALL_BELOW", 1)
    data = b'"LEI","Entity.LegalName","Entity.LegalAddress.City"\n'
    data += b'"5299000TOP0000000056","Mill","Harbour"\n"5299000CHILD00000012","Harbour","Ulm"\n'
    kept, rest = told(GleifLeiCsv(), data, LiteralNeedles(["harbour"]))
    assert isinstance(kept, Record) and kept.name == "Harbour"
    assert rest == Tally("party", 1)


@pytest.mark.parametrize(
    ("fmt", "data", "message"),
    [
        (GleifLeiXml(), b"<LEIData><LEIRecords></LEIRecords></LEIData>", "no record"),
        (GleifLeiXml(), b"<!DOCTYPE x []><LEIData><LEIRecord/></LEIData>", "document type"),
        (GleifLeiJson(), b'{"records":[]}', "no record"),
    ],
)
def test_what_cannot_be_read_is_told(fmt, data, message):
    with pytest.raises(Unreadable, match=message):
        told(fmt, data)


def test_deep_nesting_is_told_and_costs_one_record():
    deep = b'{"LEI":{"$":"5299000TOP0000000056"},"Entity":' + b'{"a":' * 5000 + b"1" + b"}" * 5001
    good = b'{"LEI":{"$":"5299000CHILD00000012"},"Entity":{"LegalName":{"$":"Mill"}}}'
    said = told(GleifLeiJson(), b'{"records":[' + deep + b"," + good + b"]}")
    assert isinstance(said[0], Quarantine) and "deep" in said[0].reason
    assert isinstance(said[1], Record) and said[1].name == "Mill"


def test_an_element_of_another_name_is_no_record():
    inner = "<rr:RelationshipRecords><rr:RelationshipRecordX/>"
    inner += "<rr:RelationshipRecord><rr:Relationship>"
    inner += "<rr:StartNode><rr:NodeID>5299000CHILD00000012</rr:NodeID></rr:StartNode>"
    inner += "<rr:EndNode><rr:NodeID>5299000TOP0000000056</rr:NodeID></rr:EndNode>"
    inner += "<rr:RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</rr:RelationshipType>"
    inner += "</rr:Relationship></rr:RelationshipRecord></rr:RelationshipRecords>"
    (link,) = told(
        GleifParentsXml(), f"<rr:RelationshipData>{inner}</rr:RelationshipData>".encode()
    )
    assert isinstance(link, Link) and link.relation == "consolidates" and not link.share
    assert (link.origin, *link.targets) == ("lei:5299000TOP0000000056", "lei:5299000CHILD00000012")
