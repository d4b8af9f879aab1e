"""Formats that are not asked would have claimed nothing."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, SURE, pick
from oust.formats.seam import HEAD_BYTES, Format, Head, Opened
from oust.formats.sift import NEEDS, Look
from oust.formats.sift_tables import may_be_table

HERE = Path(__file__).parent
GOLDEN = sorted((HERE / "formats").glob("*/*/input*"))
ENDS = ("\n", "\r\n", "\r", "\x0b", "\u2028")


def asked_one_by_one(head: Head) -> Format | None:
    """What `pick` promises, without any look beforehand."""
    able = [
        fmt
        for fmt in FORMATS
        if not head.opaque or fmt.group == "files" or getattr(fmt, "binary", False)
    ]
    claims = [(fmt.claims(head), fmt) for fmt in able]
    sure = [fmt for claim, fmt in claims if claim >= SURE]
    if sure:
        return sure[0]
    best = max(claims, key=lambda one: one[0])
    return best[1] if best[0] > 0 else None


def agrees(name: str, data: bytes) -> None:
    """No need rules out a format that claims something; the same format wins."""
    head = Opened(name, data).head
    if not head.opaque:
        look = Look(head)
        ruled_out = [fmt for fmt in FORMATS if fmt.name in NEEDS and not NEEDS[fmt.name](look)]
        assert [fmt.name for fmt in ruled_out if fmt.claims(head)] == []
    assert pick(head, FORMATS) is asked_one_by_one(head)


def test_every_need_is_of_a_format():
    assert NEEDS.keys() <= {fmt.name for fmt in FORMATS}


@pytest.mark.parametrize("place", GOLDEN, ids=lambda place: "/".join(place.parts[-3:-1]))
def test_golden_inputs_are_claimed_as_before(place):
    agrees(place.name, place.read_bytes()[: 4 * HEAD_BYTES])


def test_corpus_is_claimed_as_before(corpus):
    files = sorted(path for path in corpus.rglob("*") if path.is_file())
    for path in random.Random(1).sample(files, min(300, len(files))):
        with path.open("rb") as file:
            agrees(path.name, file.read(4 * HEAD_BYTES))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_inputs_are_claimed_as_before(data):
    """Lines left out, doubled, mixed with those of another format, ended and encoded otherwise."""
    place, other = (data.draw(st.sampled_from(GOLDEN)) for _ in range(2))
    lines = place.read_bytes()[:8000].decode("utf-8", "replace").splitlines()
    lines = lines[data.draw(st.integers(0, 3)) :] or [""]
    if data.draw(st.booleans()):
        more = other.read_bytes()[:2000].decode("utf-8", "replace").splitlines()
        at = data.draw(st.integers(0, len(lines)))
        lines[at:at] = more[: data.draw(st.integers(0, 40))]
    lines = [
        data.draw(st.sampled_from(("", "", "  ", "\x1b[0m", "web01: "))) + lines[0],
        *lines[1:],
    ]
    text = data.draw(st.sampled_from(ENDS)).join(lines)
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8", "utf-16", "cp1252")))
    agrees(place.name, text.encode(encoding, "replace"))


@given(
    st.lists(
        st.lists(
            st.sampled_from(["Vendor", "Award ID", "amount", "Software", "x", "", "Version0"])
        ),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_a_row_of_known_headers_is_met_whatever_cuts_it(rows, cut):
    text = "\n".join(cut.join(row) for row in rows)
    known = [sum(cell not in ("x", "") for cell in row) for row in rows if len(row) > 1]
    assert may_be_table(Opened("a", text.encode()).head) is any(n > 1 for n in known)


def test_quotes_in_the_first_rows_leave_the_question_open():
    assert may_be_table(Opened("a", b'say "so", then\n').head)
    assert not may_be_table(Opened("a", b"say so, then\n" * 40 + b'and "so"\n').head)


def test_prose_is_no_table():
    text = b"We read, wrote and slept; then, as ever, the rain came | and went.\n" * 50
    assert not may_be_table(Opened("notes", text).head)


@given(st.text(alphabet='ab \n\r\t\x0b\u2028é漢{"', max_size=12_000), st.integers(0, 9000))
@settings(max_examples=60, deadline=None)
def test_start_and_lines_are_those_of_the_whole_head(text, blanks):
    for encoding in ("utf-8", "utf-16", "utf-32"):
        data = (" " * blanks + text).encode(encoding)[:HEAD_BYTES]
        head = Head("a", data, len(data))
        assert head.start == head.text.lstrip()[:2000]
        assert head.lines == head.text.splitlines()[:50]
