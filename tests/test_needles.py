"""Needles: whatever way is taken to look for literals, none is missed."""

import random
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust import needles as module
from oust.data.load import load_dossiers
from oust.fragments import Fragments, _interleaved, _Usage
from oust.identify import compile_dossiers
from oust.needles import FOLD, LiteralNeedles, minimal

WORD = st.text(st.sampled_from("abcdeAB1. -ж中"), min_size=3, max_size=9).filter(str.strip)


def folded(data):
    return np.frombuffer(data, np.uint8) | FOLD


def naive(literals, data):
    """Spans at which a literal stands, by looking everywhere."""
    low = bytes(byte | FOLD for byte in data)
    return {
        (at, at + len(one)) for one in literals for at in range(len(low)) if low.startswith(one, at)
    }


def touched(spans, hits, literals):
    """Whether each span begins or holds a hit, or one begun just before overlaps it."""
    low = max(map(len, literals), default=0)
    return all(any(start - low < hit < end for hit in hits) for start, end in spans)


def lists(words):
    return minimal({bytes(b | FOLD for b in word.encode()) for word in words})


@given(st.lists(WORD, min_size=1, max_size=60), st.data())
@settings(max_examples=200, deadline=None)
def test_fragments_find_what_the_plain_search_finds(words, data):
    literals = lists(words)
    mixed = st.lists(st.one_of(st.sampled_from(words), st.binary(max_size=30)), max_size=12)
    head = b"".join(p.encode() if isinstance(p, str) else p for p in data.draw(mixed))
    tail = b"".join(p.encode() if isinstance(p, str) else p for p in data.draw(mixed))
    raw = head + b"\0" * 20_000 + tail
    found = Fragments(literals, folded(raw)).hits(folded(raw), wide=True)
    if found is not None:
        hits = found.tolist()
        assert hits == sorted(set(hits))
        assert touched(naive(literals, head + b"\0" * 60 + tail), moved(hits, head, raw), literals)
        low = bytes(b | FOLD for b in raw)
        assert all(any(low.startswith(one, hit) for one in literals) for hit in hits)


def moved(hits, head, raw):
    """Offsets as they would be with 60 bytes between head and tail."""
    return [hit if hit < len(head) + 60 else hit - 19_940 for hit in hits]


@given(st.sets(st.binary(min_size=3, max_size=9).map(lambda b: bytes(x | FOLD for x in b))))
@settings(max_examples=100, deadline=None)
def test_every_literal_holds_a_fragment_and_every_fragment_is_searched(words):
    literals = minimal(words)
    usage = _Usage(folded(b"the quick brown fox jumps over the lazy dog" * 20))
    fragments = usage.cover(literals)
    assert all(any(part in literal for part in fragments) for literal in literals)
    assert {one for group in usage.packed(fragments) for one in group} == set(fragments)
    assert all(len(group) <= 32 for group in usage.packed(fragments))


def test_alike_patterns_share_the_bucket_they_were_put_in():
    group = _interleaved([[b"a1", b"a2", b"a3"], [b"b1"], [b"c1", b"c2"]])
    assert group == [b"a1", b"b1", b"c1", b"a2", b"b1", b"c2", b"a3", b"b1", b"c2"]


@pytest.fixture(scope="module")
def real():
    return compile_dossiers(load_dossiers()).needles()


def words_of(literals, count, seed):
    chance = random.Random(seed)
    return [literals[chance.randrange(len(literals))] for _ in range(count)]


def text(size, seed):
    chance = random.Random(seed)
    words = ("SUPPLY", "of", "office", "chairs,", "1000.00,", "f,f,t,", "Delivery", "order\n")
    return " ".join(chance.choice(words) for _ in range(size // 6)).encode()[:size]


def test_large_pieces_are_searched_by_fragments_without_a_miss(real, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 8192)
    size = module.LARGE + 1000
    for _ in range(module.SAMPLES):
        real.hits(text(size, 1))
    assert real._learner._fragments is not None
    plain, planted = text(size, 2), words_of(real.literals, 900, 3)
    for number, literal in enumerate(planted):
        at = (0, size - len(literal), 4096 * (number % 60) + number)[number % 3]
        raw = plain[:at] + literal.upper() + plain[at + len(literal) :]
        hits = real.hits(raw[:size])
        assert any(at - 40 < hit < at + len(literal) for hit in hits), literal


def test_data_full_of_hits_are_searched_plainly_and_then_learnt_from(real, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 8192)
    other = LiteralNeedles(one.decode("latin-1") for one in real.literals[:300])
    for _ in range(module.SAMPLES):
        other.hits(text(module.LARGE, 1))
    first = other._learner._fragments
    full = b" ".join(other.literals) * 100
    for _ in range(module.PATIENCE + module.SAMPLES):
        assert other.hits(full)
    assert first is not None and other._learner._fragments is not first


def test_threads_share_needles(real):
    raw = text(module.LARGE, 5) + b"kaspersky" + text(module.LARGE, 6)
    want = LiteralNeedles(["kaspersky"]).hits(raw)
    got = []
    threads = [
        threading.Thread(target=lambda: got.extend(real.hits(raw) for _ in range(8)))
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(got) == 24 and all(any(abs(h - want[0]) < 40 for h in hits) for hits in got)
