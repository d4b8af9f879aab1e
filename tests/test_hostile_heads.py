"""What a hostile beginning of a file can cost while its format is told.

Not how long it takes: whether what the patterns are given is bounded, and that it ends. Patterns
that try every place against every other took half a minute for each of these heads.
"""

import multiprocessing
import resource

import pytest

from oust.formats import FORMATS, all_formats, delimited_table, listing, package_columns, pick
from oust.formats.seam import HEAD_BYTES, Head, NoNeedles, Opened, Unreadable

PATIENCE = 100
"""Seconds of processor for all of them; they need about five."""

MARKS = (
    *(b'"', b"[", b":", b"a:", b"00:", b",", b'",', b"a;", b"\n", b"\r\n", b" ", b"\t", b"%"),
    *(b"a ", b"<a ", b"<!--", b"<!DOCTYPE [", b"<!ENTITY a ", b"a=", b'"\\'),
    *(b"TCP_A", b"1505000000.123 ", b"12/Sep/2017:", b"2017-09-12T1", b'a a a [12345678] "GET '),
    *(b"client 1.1.1.1#1: ", b"client 1.1.1.1#1/key ", b"client 1.1.1.1#1 ("),
    *(b"unbound info: ", b"dnsmasq: ", b"dnsmasq: query[", b"dnsmasq: DHCPACK("),
    *(b"1.1.1.1 dev a ", b"44:47:cc:1:2:3 ", b"a/b 1 amd64 [", b"lease 1", b"a. IN A "),
)


def head(mark, name="x"):
    data = (mark * (HEAD_BYTES // len(mark) + 1))[:HEAD_BYTES]
    return Head(name, data, 3 * HEAD_BYTES)


def ask():
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    for mark in MARKS:
        pick(head(mark), all_formats())
        for fmt in FORMATS:
            fmt.claims(head(mark))


def read():
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    lines = ("bind-log", "unbound-log", "dnsmasq-log", "squid-access", "arp-table", "dns-records")
    for fmt in (one for one in FORMATS if one.name in lines):
        for mark in MARKS:
            try:
                list(fmt.read(Opened("x", head(mark).data), NoNeedles()))
            except Unreadable:
                continue


@pytest.mark.parametrize("work", [ask, read])
def test_hostile_heads_end(work):
    process = multiprocessing.get_context("spawn").Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == 0  # negative: stopped by the limit


class Noting:
    """A pattern that notes how much it was given."""

    def __init__(self):
        self.longest = 0

    def match(self, text):
        self.longest = max(self.longest, len(text))


def test_patterns_for_lines_are_given_no_endless_line():
    noting = Noting()
    listing.share(noting, ["x" * HEAD_BYTES])
    assert 0 < noting.longest <= listing.LONGEST
    assert len(listing.entries(["x" * HEAD_BYTES])[0]) == listing.LONGEST


def test_a_line_of_many_fields_is_no_list_of_packages():
    few = "bash\t5.1\tamd64"
    assert package_columns.guess([few]) is not None
    assert package_columns.guess([few + "\tx" * package_columns.MOST_COLUMNS]) is None


def test_a_row_of_very_many_cells_is_asked_of_nothing():
    asked = []

    def meant(cells, above, below, mapping):
        asked.append(len(cells))

    given = Head("x", b"a," * 30_000 + b"\n1,2\n", 70_000)
    assert delimited_table.table_in(given, meant) is None
    assert asked and max(asked) <= delimited_table.MOST_COLUMNS


def test_one_doctype_is_left_out_and_the_root_still_found():
    text = b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ELEMENT b (c)>]>\n<ns:root x="1">'
    assert Head("x", text, len(text)).xml_root == ("root", ' x="1"')
    assert head(b"<!DOCTYPE [").xml_root == ("", "")
