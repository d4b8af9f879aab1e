"""Shares: what people write, what is kept of it, and what a test may conclude from it."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oust import shares


@pytest.mark.parametrize(
    ("written", "kept", "aloud"),
    [
        ("51", "51", "51 %"),
        ("51,50 %", "51.5", "51.5 %"),
        ("25-50 %", "[25,50]", "25–50 %"),
        ("25 – 50%", "[25,50]", "25–50 %"),
        ("25% to 50%", "[25,50]", "25–50 %"),
        ("25..50", "[25,50]", "25–50 %"),
        ("between 25 and 50", "[25,50]", "25–50 %"),
        (">25-50", "(25,50]", "25–50 %"),
        ("> 50 %", "(50,100]", "more than 50 %"),
        ("≥ 20 %", "[20,100]", "at least 20 %"),
        ("50+", "[50,100]", "at least 50 %"),
        ("75 % or more", "[75,100]", "at least 75 %"),
        ("<5", "[0,5)", "less than 5 %"),
        ("up to 10 %", "[0,10]", "at most 10 %"),
        ("Majority", "(50,100]", "more than 50 %"),
        ("minority", "[0,50)", "less than 50 %"),
        ("wholly owned", "100", "100 %"),
        ("more than 25 % but not more than 50 %", "(25,50]", "25–50 %"),
        ("[25,50)", "[25,50)", "25–50 %"),
        ("0", "0", "0 %"),
        ("", "", ""),
        ("a lot", "", ""),
        ("5 1", "", ""),
    ],
)
def test_what_people_write_is_read(written, kept, aloud):
    assert shares.read(written) == kept
    assert shares.aloud(kept) == aloud


@pytest.mark.parametrize("written", ["120", "100.01 %", "50-25", "[60,40]", "(50,50]", "99999"])
def test_what_nobody_can_hold_is_refused_with_a_remedy(written):
    with pytest.raises(shares.Impossible, match="write "):
        shares.read(written)


@pytest.mark.parametrize(
    ("nature", "band"),
    [
        ("ownership-of-shares-25-to-50-percent", "(25,50]"),
        ("voting-rights-50-to-75-percent-as-trust", "(50,75)"),
        ("ownership-of-shares-75-to-100-percent-as-firm", "[75,100]"),
        ("voting-rights-more-than-25-percent-registered-overseas-entity", "(25,100]"),
        ("right-to-appoint-and-remove-directors", ""),
        ("significant-influence-or-control", ""),
    ],
)
def test_natures_of_control_are_the_bands_of_the_act(nature, band):
    assert shares.nature(nature) == band


def test_an_exclusive_bound_is_never_reached():
    low, high = shares.fractions("(50,100]")
    assert low > 0.5 and low == math.nextafter(0.5, 1) and high == 1.0
    assert shares.fractions("[50,100]")[0] == 0.5
    assert shares.fractions("[25,50)")[1] < 0.5
    assert shares.fractions("") == shares.fractions("nonsense") == (0.0, 1.0)
    assert shares.fractions("38.88") == (0.3888, 0.3888)


PER_CENT = st.decimals(0, 100, places=4)


@given(PER_CENT, PER_CENT, st.booleans(), st.booleans())
def test_what_is_written_is_read_back_and_bounds_hold(one, other, low_open, high_open):
    low, high = min(one, other), max(one, other)
    if low == high:
        low_open = high_open = False
    text = shares.write(shares.Bounds(low, high, low_open, high_open))
    assert shares.read(text) == text
    found = shares.bounds(text)
    assert (found.low, found.high) == (low, high)
    assert (found.low_open, found.high_open) == (low_open, high_open)
    least, most = shares.fractions(text)
    assert 0 <= least <= most <= 1
    assert (least > float(low / 100)) == low_open and (most < float(high / 100)) == high_open


@given(st.text(max_size=60) | st.from_regex(r"[<>=\[\(]{0,2}\d{0,7}[.,%\- ]{0,2}\d{0,7}[%\])]?"))
def test_no_text_breaks_the_reader(text):
    try:
        kept = shares.read(text)
    except shares.Impossible as problem:
        assert str(problem)
        return
    assert kept == "" or shares.bounds(kept) is not None
    assert isinstance(shares.aloud(text), str) and isinstance(shares.nature(text), str)


@given(st.sampled_from(["1e999999", "1e-999999", "nan", "inf", "-5", "1" * 400]))
def test_absurd_numbers_say_nothing(text):
    assert shares.fractions(text) == (0.0, 1.0)
    with pytest.raises(ValueError, match=r"not a|share"):
        shares.write(shares.Bounds(shares.number(text), Decimal(100)))
