"""Values of dossiers in bytes: where they count, and that no piece of a large file hides one."""

from __future__ import annotations

import random

import pytest

from oust.data import load_dossiers
from oust.data.dossier import Dossier, Identifier
from oust.formats import content
from oust.formats.content import Patterns, found, marked, patterns_of
from oust.model import Record


def patterns(**kinds: str) -> Patterns:
    facts = tuple(
        Identifier(kind=kind, values=(value,), source=("made up",), tier="primary")
        for kind, value in kinds.items()
    )
    return patterns_of([Dossier(id="acme", vendor="Acme", identifiers=facts)])


EVERY = patterns(
    file_magic="ACDB",
    file_string="acme: base is too old",
    android_sdk_package="com.acme.scan",
    signer_common_name="Acme Oy",
).text


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (b"ACDB\0\1", {"magic:ACDB": [0]}),
        (b"\0ACDB\0\1", {}),
        (b"x acme: base is too old", {"string:acme: base is too old": [2]}),
        ("acme: base is too old".encode("utf-16-le"), {"string:acme: base is too old": [0]}),
        (b"Acme: base is too old", {}),  # bytes are compared as they are
        (b"Lcom/acme/scan/Core;", {"string:com.acme.scan": [1]}),
        (b"com.acme.scan", {}),  # a mere name
        (b"\x06\x03\x55\x04\x03\x0c\x07Acme Oy", {"certificate:Acme Oy": [0]}),
        (b"\x06\x03\x55\x04\x03\x0c\x09Acme Oy A", {}),  # another, longer name
        (b"Acme Oy", {}),
        (b"", {}),
    ],
)
def test_where_a_value_counts(data: bytes, ids: dict[str, list[int]]) -> None:
    assert found(data, EVERY) == ids


def test_bytes_in_hexadecimal_with_gaps() -> None:
    text = patterns(file_magic="{4C 45 4E ?? 01}").text
    assert found(b"LEN\x77\x01", text) == {"magic:{4C 45 4E ?? 01}": [0]}
    assert found(b"LEN\x77\x02", text) == {}


def test_no_border_between_pieces_hides_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "PIECE", 64)
    value = b"acme: base is too old"
    for at in range(150):
        data = bytes(at) + value + bytes(200 - at)
        assert found(data, EVERY) == {"string:acme: base is too old": [at]}
    assert found(bytes(64) + b"ACDB" + bytes(90), EVERY) == {}


def test_a_value_met_often_is_told_a_few_times() -> None:
    (offsets,) = found(b"acme: base is too old " * 50, EVERY).values()
    assert offsets == [0, 22, 44, 66, 88]


def test_ids_and_places_stand_with_the_file_s_record() -> None:
    record = Record(kind="file", locator="file", name="a.bin", ids=("sha256:00",))
    other = Record(kind="component", locator="x", name="part")
    first, second = marked([record, other], b"ACDB\0", EVERY)
    assert first.ids == ("sha256:00", "magic:ACDB")
    assert first.extra == '{"found magic:ACDB": "byte 0"}'
    assert second is other


def test_a_certificate_of_the_signer_itself_says_nothing_more() -> None:
    record = Record(kind="file", locator="file", ids=("signer:Acme Oy",))
    assert marked([record], b"\x06\x03\x55\x04\x03\x0c\x07Acme Oy", EVERY) == [record]


def test_patterns_of_the_bundled_dossiers_meet_no_noise() -> None:
    every = patterns_of(load_dossiers())
    assert {"magic:KLZF", "magic:KLD2", "string:com.kavsdk"} <= {one.id for one in every.every}
    assert found(random.Random(7).randbytes(20_000_000), every.text) == {}
    assert every.key != patterns().key == ""
