"""Splitting delimited text: the same as the csv module on sound text, contained on damaged text."""

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats import delimited, delimited_marks
from oust.formats.delimited import Dialect
from oust.formats.delimited_split import Span, Splitter, look_of
from oust.formats.seam import Unreadable

QUOTING = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
CELL = st.text(st.sampled_from('ab,;\t|"\n\r é漢\0\u2028x1'), max_size=12)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=25))
    dialect = Dialect(draw(st.sampled_from(delimited.DELIMITERS)))
    quoting = draw(st.sampled_from(QUOTING))
    out = io.StringIO(newline="")
    end = draw(st.sampled_from(("\n", "\r\n", "\r")))
    csv.writer(out, delimiter=dialect.delimiter, quoting=quoting, lineterminator=end).writerows(
        rows
    )
    text = out.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(end)
    # the writer leaves a lone \r unquoted, so what it wrote is not always what it was given
    again = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    return [row for row in again if row], text.encode(), dialect, width


def split(data, dialect, look, start=0):
    splitter = Splitter(data, start, dialect, look)
    blocks = list(splitter.blocks())
    spans = [
        Span(int(a), int(b), int(a) in block.damaged)
        for block in blocks
        for a, b in zip(block.starts, block.ends, strict=True)
    ]
    assert not blocks or (blocks[0].start == start and blocks[-1].end == len(data))
    assert all(one.end == two.start for one, two in pairwise(blocks))
    return [(splitter.row(span), span) for span in spans]


@given(tables(), st.sampled_from((7, 64, 2**21)))
@settings(max_examples=300, deadline=None)
def test_sound_tables_read_as_the_csv_module_reads_them(table, block):
    rows, data, dialect, width = table
    before, delimited_marks.PIECE = delimited_marks.PIECE, block
    try:
        got = split(data, dialect, look_of(rows, width))
    finally:
        delimited_marks.PIECE = before
    if block == 2**21:
        assert [cells for (cells, _), _ in got] == rows
        assert not any(span.damaged for _, span in got)
    # a block too small to hold a record is a reason for care, which must not lose a byte
    read = b"".join(data[span.start : span.end] for _, span in got)
    assert read.translate(None, b"\r\n") == data.translate(None, b"\r\n")


@given(st.binary(max_size=400), st.sampled_from(delimited.DELIMITERS), st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_any_bytes_split_into_spans_that_cover_them(data, delimiter, width):
    got = split(data, Dialect(delimiter), look_of([["a1", "b"]] * 3, width))
    spans = [span for _, span in got]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert sum(span.end - span.start for span in spans) >= len(
        data.replace(b"\r", b"").replace(b"\n", b"")
    )


def wide_rows(count):
    return [
        [f"CONT_{n:04}", f"Seller {n}, Inc.", "2016-01-02", f"line one\nline {n}", f"{n}.00", "z"]
        for n in range(count)
    ]


def written(rows):
    lines = []
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow(row)
        lines.append(out.getvalue().encode())
    return lines


DIRT = {
    "stray-quote": lambda line: line.replace(b"2016-", b'20"16-'),
    "stray-quote-in-quotes": lambda line: line.replace(b"line one", b'li"ne one'),
    "unclosed-quote": lambda line: line.replace(b"2016-", b'"2016-'),
    "quote-never-closed": lambda line: line.replace(b'",2016', b",2016"),
    "unclosed-last-field": lambda line: line.replace(b",z\n", b',"z\n'),
    "short-row": lambda line: line.rsplit(b",", 2)[0] + b"\n",
    "latin-1": lambda line: line.replace(b"Seller", b"S\xe9ller"),
    "nul": lambda line: line.replace(b"Seller", b"Sel\0ler"),
    "field-count": lambda line: line.replace(b",z\n", b",z,y,x\n"),
    "cr-lf": lambda line: line[:-1] + b"\r\n",
    "cr": lambda line: line[:-1] + b"\r",
}


@pytest.mark.parametrize("dirt", DIRT)
@given(st.sets(st.integers(0, 39), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_damage_stays_in_its_record(dirt, where):
    rows = wide_rows(40)
    lines = written(rows)
    dirty = [DIRT[dirt](line) if n in where else line for n, line in enumerate(lines)]
    assert dirty != lines
    got = split(b"".join(dirty), Dialect(), look_of(rows, 6))
    assert len(got) == 40
    for n, ((cells, _), span) in enumerate(got):
        assert span.end - span.start == len(dirty[n])
        if n not in where:
            assert cells == rows[n]
        else:
            assert cells[0] == rows[n][0]


@pytest.mark.parametrize("dirt", ["unclosed-quote", "stray-quote", "nul", "latin-1", "cr"])
def test_damaged_fields_are_repaired_where_the_width_tells_how(dirt):
    rows = wide_rows(9)
    lines = written(rows)
    lines[4] = DIRT[dirt](lines[4])
    cells, _ = split(b"".join(lines), Dialect(), look_of(rows, 6))[4][0]
    assert cells[1].startswith("S") and cells[3] == rows[4][3] and len(cells) == 6


def test_an_unclosed_quote_in_a_narrow_table_costs_one_record():
    rows = [[str(n), f"item {n}"] for n in range(30)]
    lines = written(rows)
    lines[10] = b'10,"item 10\n'
    got = split(b"".join(lines), Dialect(), look_of(rows, 2))
    assert [cells for (cells, _), _ in got] == rows


def test_a_quote_that_opens_near_the_end_is_not_followed_to_the_end():
    rows = wide_rows(5)
    lines = written(rows)
    lines[3] = DIRT["unclosed-quote"](lines[3]).replace(b'"Seller 3, Inc."', b"Seller")
    lines[4] = lines[4].replace(b'"', b"").replace(b"\nline", b" line").replace(b", Inc", b" Inc")
    assert len(split(b"".join(lines), Dialect(), look_of(rows, 6))) == 5


def test_blank_lines_are_no_records():
    got = split(b"a,b\n\n1,2\r\n\r\n\r3,4", Dialect(), look_of([["1", "2"]], 2))
    assert [cells for (cells, _), _ in got] == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_a_record_longer_than_a_block_is_one_record():
    rows = [[f"K{n}", "x" * (3 * 2**20 if n == 2 else 5), "end"] for n in range(5)]
    got = split(b"".join(written(rows)), Dialect(), look_of(rows, 3))
    assert [len(cells[1]) for (cells, _), _ in got] == [5, 5, 3 * 2**20, 5, 5]


def test_a_file_cut_while_read_is_told():
    class Cut(bytes):
        def __len__(self):
            return super().__len__() + 100

    with pytest.raises(Unreadable, match="became shorter"):
        list(Splitter(Cut(b"a,b\n1,2\n"), 0, Dialect(), look_of([], 2)).blocks())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,6;2,6;3,6\n", Dialect(";")),
        ("a\tb\n1, 2, 3\t4\n5, 6, 7\t8\n", Dialect("\t")),
        ('a|b\n"x|y"|2\n', Dialect("|")),
        ('a, "b"\n1, "x, y"\n2, "z"\n3, "q"\n', Dialect(",", spaced=True)),
        ('a\tb\n6" pipe\t1\n8" pipe\t2\n9" x 4" bar\t3\n', Dialect("\t", quoting=False)),
        ('a,b\n"x \\"y\\" z",1\n"\\"q\\"",2\n', Dialect(",", escape="\\")),
    ],
)
def test_dialect_is_told_by_content(text, first):
    assert delimited.dialects(text)[0] == first


def test_bytes_that_are_no_utf_8_are_read_as_western():
    assert delimited.decode("ü漢".encode() + b"\xe9\x80") == "ü漢é€"


def test_quotes_that_never_close_are_text():
    text = "a,b\n" + "".join(f'"{n},item\n' for n in range(50))
    assert delimited.dialects(text)[0] == Dialect(quoting=False)


def test_one_open_quote_before_rows_of_another_width_costs_little():
    data = b'a,"b,c\n' + b"x,\n" * 5000
    got = split(data, Dialect(), look_of([["a", "b", "c"]] * 3, 3))
    assert len(got) == 5001
