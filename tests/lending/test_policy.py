"""Packs, creditors' files, and what comes of laying one over the other."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.lending.policy import Policies, UnknownSpeaker
from bot.lending.policy_files import PACKS, load_files, read_yaml
from bot.lending.policy_rules import HOLD_REASONS, PRODUCTS, STOPS
from tests.lending.files import DEMO, changed, demo

POLICIES = demo()
PLACES = sorted(POLICIES.packs)
ALL = sorted(POLICIES.creditors)
FILES, AGENCIES = load_files(DEMO)
RESPONSES = {
    name: text[0]["text"]
    for path in sorted((DEMO.parents[3] / "dialogues" / "domain").glob("*.yml"))
    for name, text in (read_yaml(path).get("responses") or {}).items()
}
# What the actions put into these sentences.
GIVEN = {"cannot": {"opens", "closes"}, "limitation": {"years"}, "disclosure": {"speaker", "creditor"}}


def test_every_jurisdiction_that_the_product_serves_has_a_pack() -> None:
    assert PLACES == ["cn", "gb", "in", "tw", "us"]


@pytest.mark.parametrize("creditor", ALL)
@pytest.mark.parametrize("product", [None, *PRODUCTS])
def test_every_policy_has_a_rule_for_every_reason_to_hold(creditor: str, product: Any) -> None:
    policy = POLICIES._policies[creditor, product]
    assert set(policy.holds) == set(HOLD_REASONS)
    assert all(rule.lifted_by for rule in policy.holds.values())
    # What nobody would look at again is only what the borrower alone decides.
    assert [reason for reason, rule in policy.holds.items() if rule.review_days is None] == ["stop_contact"]


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_somebody_to_turn_to_and_every_law_a_source(place: str) -> None:
    pack = POLICIES.packs[place]
    residence = POLICIES.residence(place)
    assert residence.crisis
    assert residence.emergency
    assert residence.advice
    assert all(set(line.name) == {"en", "zh_Hans", "zh_Hant"} for line in residence.crisis + residence.advice)
    assert all(law.source.url.startswith("https://") for law in pack.laws)


def test_crisis_and_emergency_numbers_are_those_of_the_place() -> None:
    numbers = {
        place: [line.number for line in (*POLICIES.residence(place).crisis, *POLICIES.residence(place).emergency)]
        for place in PLACES
    }
    assert numbers == {
        "cn": ["12356", "120", "110"],
        "tw": ["1925", "1995", "119", "110"],
        "us": ["988", "911"],
        "gb": ["116 123", "999"],
        "in": ["14416", "112"],
    }


@pytest.mark.parametrize("place", PLACES)
def test_what_a_law_lets_the_bot_say_is_in_the_domain_and_has_its_values(place: str) -> None:
    for law in POLICIES.packs[place].laws:
        if law.says:
            assert law.says.response in RESPONSES, law.key
            wanted = set(re.findall(r"\{(\w+)\}", RESPONSES[law.says.response]))
            assert wanted <= GIVEN.get(law.says.about, set()), law.key
    assert POLICIES.packs[place].registry in RESPONSES


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["bank", "online_lender", "lender", "agency"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_sentence_with_hours_always_has_a_law_that_gives_them(place: str, kind: Any, product: Any) -> None:
    laws = [law for law in POLICIES.packs[place].laws if law.binds.covers(frozenset({kind}), product)]
    with_hours = {law.says.response for law in laws if law.says and law.hours}
    for law in laws:
        if law.says and "{opens}" in RESPONSES[law.says.response]:
            assert law.says.response in with_hours


@pytest.mark.parametrize("creditor", ALL)
def test_every_step_of_a_demo_lender_is_in_the_domain(creditor: str) -> None:
    for step in POLICIES.for_creditor(creditor).consequences.steps:
        assert step.says in RESPONSES
        assert "{" not in RESPONSES[step.says]  # what may follow; the day stands around it


def test_laws_bind_whom_they_name() -> None:
    agency, own = POLICIES.for_creditor("northwind"), POLICIES.for_creditor("prairie")
    assert agency.law("contact_hours")
    assert not own.law("contact_hours")
    assert agency.holds["refusal"].stops == "collection"
    assert own.holds["refusal"].stops == "reminders"
    card, loan = POLICIES._policies["harbour", "card"], POLICIES._policies["harbour", "loan"]
    assert card.law("card_plan_term")
    assert not loan.law("card_plan_term")
    assert POLICIES._policies["swiftlend", "online_loan"].law("online_credit_collection")


def test_speakers_are_creditors_that_speak_for_themselves_and_agencies() -> None:
    names = {speaker.id: speaker.creditors for speaker in POLICIES.speakers()}
    assert set(names) == {"harbour", "swiftlend", "chuntian", "prairie", "fairway", "thames", "sagar"}
    assert names["fairway"] == ("northwind", "oakline")
    assert POLICIES.speaker_of_creditor("oakline").id == "fairway"
    assert POLICIES.speaker_of_creditor("harbour").id == "harbour"
    with pytest.raises(UnknownSpeaker):
        POLICIES.speaker("northwind")


def test_an_agency_s_office_and_identity_rules_are_those_of_its_creditors() -> None:
    policy = POLICIES.for_speaker("fairway")
    assert policy.office_hours.time_zone == "America/New_York"
    assert policy.identity.verified_minutes == 20


def test_the_version_is_that_of_the_content(tmp_path: Path) -> None:
    same = Policies.load(changed(tmp_path, "harbour", lambda data: data))
    assert same.for_creditor("harbour").version == POLICIES.for_creditor("harbour").version
    other = Policies.load(changed(tmp_path, "harbour", lambda data: data["plans"].update(grace_days="6")))
    assert other.for_creditor("harbour").plans.grace_days == 6
    assert other.for_creditor("harbour").version != POLICIES.for_creditor("harbour").version


def test_no_refined_table_is_weaker_than_the_house_s() -> None:
    house = read_yaml(PACKS / "house.yml")["holds"]
    for creditor in ALL:
        for reason, rule in POLICIES.for_creditor(creditor).holds.items():
            assert STOPS.index(rule.stops) >= STOPS.index(house[reason]["stops"])
