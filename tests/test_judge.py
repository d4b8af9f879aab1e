"""Verdicts: dates in part, wordings by stage, suppositions, facts, who is barred, and bulk."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.data import load_dossiers, load_facts, load_profiles, load_rules, load_tags
from oust.data.rule import Rule
from oust.errors import OustError
from oust.judge import Judge, Ownership, Subject, Supposition
from oust.judge.dates import before, first_day, last_day, passed, reached
from oust.judge.trials import failures
from oust.model import GRAVITY, Evidence, Exposure, Holding, Hop, Node, Path, Verdict
from oust.party_keys import PartyKeys

DOSSIERS = load_dossiers()
RULES = load_rules()
party_key = PartyKeys(DOSSIERS)
PROFILES = load_profiles()
SOURCE = [{"id": "s", "url": "https://example.org/law", "what": "text", "tier": "primary"}]


def rule(**changes: Any) -> Rule:
    """A made-up statute that bars a civilian agency from using Kaspersky from 2018-10-01."""
    said: dict[str, Any] = {
        "id": "made-up",
        "name": "Made-up Act",
        "kind": "statute",
        "jurisdiction": "US",
        "authority": "Congress",
        "citations": ["sec. 1"],
        "about": "For tests.",
        "obliged": "agencies",
        "bars": [{"relation": "named", "name": "Kaspersky Lab", "vendor": "kaspersky"}],
        "stages": [
            {
                "id": "bill",
                "date": "2017-06-01",
                "step": "committee",
                "event": "reported",
                "source": ["s"],
            },
            {
                "id": "act",
                "date": "2017-12-12",
                "step": "enacted",
                "event": "signed",
                "source": ["s"],
            },
        ],
        "provisions": [
            provision("bill", forms=["software"]),
            provision("act", since="2018-10-01"),
        ],
        "sources": SOURCE,
        "trials": [],
    }
    return msgspec.convert({**said, **changes}, Rule)


def provision(stage: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{stage}-use",
        "stage": stage,
        "text": "using it",
        "citation": f"sec. 1 ({stage})",
        "obliges": ["us-civilian-agency"],
        "acts": ["use"],
        "embedded_code": "no",
        "source": ["s"],
        **changes,
    }


def judge(
    *rules: Rule,
    profile: str = "civilian-agency",
    suppose: Supposition | None = None,
    holdings: tuple[Holding, ...] = (),
) -> Judge:
    return Judge(
        rules or RULES,
        PROFILES[profile],
        DOSSIERS,
        tags=load_tags(),
        facts=load_facts(),
        ownership=Ownership.of(holdings),
        suppositions=[suppose] if suppose else [],
    )


def verdict(
    day: str, one: Rule | None = None, *, subject: Subject | None = None, **how: Any
) -> Verdict:
    law = one or rule()
    about = subject or Subject("kaspersky", form="software")
    return judge(law, **how).verdict(about, law, day)


@pytest.mark.parametrize(
    ("day", "date", "answer"),
    [
        ("2018-09-30", "2018-10-01", "no"),
        ("2018-10-01", "2018-10-01", "yes"),
        ("2018-10-15", "2018-10", "unknown"),
        ("2018-10-31", "2018-10", "yes"),
        ("2018-09-30", "2018-10", "no"),
        ("2020-02-29", "2020-02", "yes"),
        ("2017-06-01", "2017", "unknown"),
        ("2017-12-31", "2017", "yes"),
    ],
)
def test_a_date_in_part_is_reached_only_when_it_surely_is(day: str, date: str, answer: str) -> None:
    assert reached(day, date) == answer


def test_the_last_day_still_counts() -> None:
    assert passed("2021-08-13", "2021-08-13") == "no"
    assert passed("2021-08-14", "2021-08-13") == "yes"
    assert passed("2021-08-14", "2021-08") == "unknown"
    assert passed("2021-08-14", "") == "no"


def test_acquired_before_needs_a_date() -> None:
    assert before("", "2027-12-23") == "unknown"
    assert before("2027", "2027-12-23") == "unknown"
    assert before("2027-12-22", "2027-12-23") == "yes"
    assert before("2027-12-23", "2027-12-23") == "no"


@given(st.dates(), st.dates())
def test_whole_dates_are_never_unknown(one: Any, other: Any) -> None:
    assert reached(str(one), str(other)) == ("yes" if one >= other else "no")
    assert first_day(str(one)) == last_day(str(one)) == str(one)


def test_a_bill_binds_nobody_and_says_what_would_make_it() -> None:
    found = verdict("2017-07-12")
    assert found.word == "permitted"
    assert "--suppose made-up@bill" in found.changes


def test_an_enacted_rule_ahead_of_its_date() -> None:
    assert verdict("2017-12-12").word == "prohibited-from"
    assert verdict("2017-12-12").since == "2018-10-01"
    assert verdict("2018-09-30").word == "prohibited-from"
    assert verdict("2018-10-01").word == "prohibited"


def test_before_its_first_stage_the_verdict_says_when_it_will_bar() -> None:
    found = verdict("2016-01-01")
    assert found.word == "permitted"
    assert found.changes == "Made-up Act, from 2018-10-01"


@pytest.mark.parametrize(
    ("suppose", "since"),
    [
        (Supposition("made-up"), "2017-07-12"),
        (Supposition("made-up", "bill", "2017-09-01"), "2017-09-01"),
        (Supposition("made-up", "act"), "2018-10-01"),
    ],
)
def test_suppositions_apply_the_wording_of_their_stage(suppose: Supposition, since: str) -> None:
    found = verdict("2017-07-12", suppose=suppose)
    assert (found.word, found.since, found.supposed) == ("would-be-prohibited", since, True)


def test_a_supposed_wording_keeps_its_own_scope() -> None:
    hardware = Subject("kaspersky", form="hardware")
    for stage, word in (("bill", "permitted"), ("act", "would-be-prohibited")):
        suppose = Supposition("made-up", stage)
        assert verdict("2017-07-12", subject=hardware, suppose=suppose).word == word


def test_supposing_what_is_law_already_changes_nothing() -> None:
    assert verdict("2019-01-01", suppose=Supposition("made-up", "act")).word == "prohibited"


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(OustError) as caught:
        judge(rule(), suppose=Supposition("made-up", "conference")).check_suppositions("2017-07-12")
    assert "conference" in caught.value.message
    assert "bill, act" in caught.value.hint


def test_embedded_code_left_out_is_permitted_and_says_why() -> None:
    inside = Subject("kaspersky", form="software", embedded=True)
    found = verdict("2019-01-01", subject=inside)
    assert found.word == "permitted"
    assert "leaves code inside other makers' products out" in found.because


@pytest.mark.parametrize(
    ("embedded_code", "fact", "before_told"),
    [
        ("unknown", "rule-reaches-embedded-code", "not known"),
        ("substantial", "substantial-component", "not known"),
    ],
)
def test_an_open_reach_names_its_fact_and_takes_the_answer(
    embedded_code: str, fact: str, before_told: str
) -> None:
    law = rule(provisions=[provision("act", embedded_code=embedded_code)])
    words = {}
    for said in ("", "yes", "no"):
        facts = ((fact, said),) if said else ()
        inside = Subject("kaspersky", embedded=True, facts=facts)
        found = verdict("2019-01-01", law, subject=inside)
        words[said] = found.word
        assert found.missing == ("" if said else fact)
    assert words == {"": before_told, "yes": "prohibited", "no": "permitted"}


def test_a_tag_left_open_in_the_profile_is_a_missing_fact() -> None:
    law = rule(provisions=[provision("act", obliges=["us-dod-contractor"])])
    assert verdict("2019-01-01", law, profile="contractor").missing == "us-dod-contractor"
    told = Subject("kaspersky", facts=(("us-dod-contractor", "yes"),))
    assert verdict("2019-01-01", law, subject=told, profile="contractor").word == "prohibited"
    assert verdict("2019-01-01", law, profile="us-person").word == "permitted"


def test_exceptions_by_fact_and_by_date_of_acquisition() -> None:
    excused = [
        {"text": "research", "fact": "used-in-performance", "source": ["s"]},
        {"text": "older things", "acquired_before": "2018-01-01", "source": ["s"]},
    ]
    law = rule(provisions=[provision("act", exceptions=excused)])
    for since, facts, word in (
        ("2019-01-01", (), "prohibited"),
        ("2017-05-01", (), "exempt"),
        ("", (), "not known"),
        ("2019-01-01", (("used-in-performance", "yes"),), "exempt"),
    ):
        subject = Subject("kaspersky", since=since, facts=facts)
        assert verdict("2020-01-01", law, subject=subject).word == word, since


def test_advice_forbids_nothing_and_is_told() -> None:
    law = rule(force="advice", provisions=[provision("act")])
    found = verdict("2019-01-01", law)
    assert (found.word, found.advised) == ("permitted", True)


def test_an_award_that_has_ended_shows_no_use() -> None:
    law = rule(provisions=[provision("act", acts=["use"])])
    award = Subject("kaspersky", asset="award", until="2018-05-23")
    assert verdict("2018-05-23", law, subject=award).word == "prohibited"
    assert verdict("2018-05-24", law, subject=award).missing == "still-in-use"
    told = msgspec.structs.replace(award, facts=(("still-in-use", "yes"),))
    assert verdict("2018-05-24", law, subject=told).word == "prohibited"
    law = rule(provisions=[provision("act", acts=["use", "buy"])])
    assert verdict("2018-05-24", law, subject=award).word == "prohibited"


def test_an_ended_rule_no_longer_binds() -> None:
    stages = [*msgspec.to_builtins(rule().stages)]
    stages.append({"date": "2020-01-01", "step": "ended", "event": "repealed", "source": ["s"]})
    law = rule(stages=stages)
    assert verdict("2019-12-31", law).word == "prohibited"
    assert verdict("2020-01-01", law).word == "permitted"


HOLDINGS = (
    Holding(
        owner="vendor:kaspersky",
        owned=party_key("Ostrava Tools s.r.o."),
        low=0.51,
        high=0.51,
        since="2016-01-01",
        until="2019-12-31",
        evidence=(Evidence("owners.csv", "row 3", sha256="ab"),),
    ),
    Holding(owner="vendor:kaspersky", owned=party_key("Vltava Systems"), low=0.25, high=0.75),
)


@pytest.mark.parametrize(
    ("entity", "day", "word"),
    [
        ("Ostrava Tools s.r.o.", "2018-12-01", "prohibited"),
        ("Ostrava Tools s.r.o.", "2020-06-01", "permitted"),
        ("Vltava Systems", "2018-12-01", "not known"),
        ("Moldau Works", "2018-12-01", "permitted"),
    ],
)
def test_majority_ownership_decides_on_its_date(entity: str, day: str, word: str) -> None:
    bars = [*msgspec.to_builtins(rule().bars), {"relation": "majority-owned"}]
    law = rule(bars=bars)
    subject = Subject("kaspersky", entity=entity)
    found = verdict(day, law, subject=subject, holdings=HOLDINGS)
    assert found.word == word, found.because
    if word == "prohibited":
        proof = next(check for check in found.checks if check.test == "entity")
        assert proof.evidence == HOLDINGS[0].evidence
    if word == "not known":
        assert "25 %" in found.because and "75 %" in found.because


@pytest.mark.parametrize(
    ("shares", "answer"),
    [
        ((0.3, 0.3), "yes"),
        ((0.25, 0.25), "yes"),
        ((0.25, 0.24), "no"),
        ((0.25, None), "unknown"),
    ],
)
def test_blocked_persons_are_counted_together(
    shares: tuple[float, float | None], answer: str
) -> None:
    law = next(one for one in RULES if one.id == "us-ofac-kaspersky-execs-2024")
    owners = [bar.name for bar in law.bars if bar.name][:2]
    company = party_key("Moldau Works")
    holdings = tuple(
        Holding(owner=party_key(owner), owned=company, low=share or 0.0, high=share or 0.6)
        for owner, share in zip(owners, shares, strict=True)
    )
    subject = Subject("", entity="Moldau Works", asset="party", act="deal")
    asked = judge(law, profile="us-person", holdings=holdings)
    found = asked.verdict(subject, law, "2024-07-01")
    assert next(c.answer for c in found.checks if c.test == "entity") == answer, found.because


def named(rule_id: str, company: str) -> str:
    law = next(one for one in RULES if one.id == rule_id)
    subject = Subject("", entity=company, asset="party", act=law.provisions[0].acts[0])
    found = judge(law, profile="us-person").verdict(subject, law, "2025-03-01")
    return next(check.answer for check in found.checks if check.test == "entity")


@pytest.mark.parametrize(
    ("rule_id", "barred", "not_barred"),
    [
        (
            "us-bis-entity-list-kaspersky-2024",
            ["AO Kaspersky Lab", "OOO Kaspersky Group", "Kaspersky Labs Limited"],
            ["Kaspersky Lab, Inc."],
        ),
        ("au-pspf-direction-002-2025", ["Kaspersky Lab, Inc."], ["AO Kaspersky Lab"]),
        (
            "us-ofac-kaspersky-execs-2024",
            ["Andrei Gennadyevich Tikhonov"],
            ["Kaspersky Lab", "Eugene Kaspersky"],
        ),
    ],
)
def test_the_same_group_is_barred_differently_by_each_rule(
    rule_id: str, barred: list[str], not_barred: list[str]
) -> None:
    assert {name: named(rule_id, name) for name in barred} == dict.fromkeys(barred, "yes")
    assert {name: named(rule_id, name) for name in not_barred} == dict.fromkeys(not_barred, "no")


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.id)
def test_every_rule_decides_its_own_cases(one: Rule) -> None:
    wrong = failures(one, PROFILES.__getitem__, DOSSIERS, load_tags(), load_facts())
    assert list(wrong) == []


def test_every_fact_file_became_a_rule() -> None:
    assert len(RULES) == 43


SUBJECTS = st.builds(
    Subject,
    vendor=st.sampled_from([d.id for d in DOSSIERS]),
    entity=st.sampled_from(["", "", "Ostrava Tools s.r.o.", "Vltava Systems", "Nobody Known"]),
    company=st.sampled_from(["", "AO Kaspersky Lab", "Some Reseller"]),
    asset=st.sampled_from(["program", "award", "host", "offer", "party", "component"]),
    form=st.sampled_from(["", "software", "hardware", "service"]),
    embedded=st.booleans(),
    products=st.sampled_from([frozenset[str](), frozenset({"TikTok"})]),
    product_named=st.booleans(),
    since=st.sampled_from(["", "2015-05-05", "2019", "2028-01-01"]),
    until=st.sampled_from(["", "", "2018-05-23", "2020"]),
    facts=st.sampled_from(
        [
            (),
            (("substantial-component", "yes"),),
            (("clause-in-contract", "no"),),
            (("clause-in-contract", "no"), ("us-far-52-204-23/clause-in-contract", "yes")),
            (("is-listed-product", "yes"),),
        ]
    ),
)
DAYS = st.sampled_from(
    [
        "2016-01-01",
        "2017-09-13",
        "2018-10-01",
        "2020-08-13",
        "2024-09-29",
        "2026-11-22",
        "2028-01-01",
    ]
)


@settings(deadline=None)
@given(st.lists(SUBJECTS, min_size=1, max_size=6), DAYS, st.sampled_from(sorted(PROFILES)))
def test_many_at_once_fare_as_each_alone(subjects: list[Subject], day: str, profile: str) -> None:
    together = judge(profile=profile, holdings=HOLDINGS)
    for rule_id, on, codes in together.words(subjects, [day]):
        law = next(one for one in RULES if one.id == rule_id)
        alone = [GRAVITY.index(together.verdict(s, law, on).word) for s in subjects]
        assert codes.tolist() == alone, rule_id


def exposure(hops: tuple[Hop, ...], tier: Any, asset: Node) -> Exposure:
    return Exposure(
        id="kaspersky-000000000001",
        vendor="kaspersky",
        tier=tier,
        strength="name",
        asset=asset,
        why="",
        paths=(Path("complete", hops),),
        path_count=1,
    )


def subject_of(one: Exposure, facts: Mapping[str, Mapping[str, str]] | None = None) -> Subject:
    return next(iter(judge().subjects([one], facts)))[1]


def test_an_exposure_is_read_as_the_law_asks() -> None:
    vendor, host = Node("vendor", "Kaspersky", "kaspersky"), Node("host", "fo-021")
    program = Node("program", "Kaspersky Endpoint Security", version="10.3")
    seen = (
        Evidence("hosts.csv", "row 1", "publisher", "AO Kaspersky Lab", "name:AO Kaspersky Lab"),
    )
    hops = (
        Hop("published-by", program, vendor, seen),
        Hop("installed-on", program, host, seen, since="2017-03-02"),
    )
    found = subject_of(exposure(hops, "direct", host), {"": {"is-software": "yes"}})
    assert (found.asset, found.form, found.embedded) == ("host", "software", False)
    assert found.company == "AO Kaspersky Lab"
    assert found.facts == (("is-software", "yes"),)


def test_code_inside_another_product_is_embedded_whatever_the_tier() -> None:
    vendor, host = Node("vendor", "Kaspersky", "kaspersky"), Node("host", "gw-03", detail="Orrin")
    engine, product = Node("component", "kavsdk"), Node("product", "GateWard")
    hops = (
        Hop("supplies", vendor, engine, (Evidence("a", "1"),)),
        Hop("contains", product, engine, (Evidence("a", "2"),)),
        Hop("installed-on", product, host, (Evidence("a", "3"),)),
    )
    assert subject_of(exposure(hops, "contractor", host)).embedded
