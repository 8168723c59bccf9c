"""Files that are laxer than the law, impossible or broken are refused, by file and key."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.lending import policy_merge
from bot.lending.policy import Policies
from bot.lending.policy_files import load_files, read_yaml
from bot.lending.policy_rules import Hours, IdentityRules
from tests.lending.files import DEMO, changed, demo, write

POLICIES = demo()
FILES, AGENCIES = load_files(DEMO)


def _plans(**values: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["plans"].update(values)


_SOURCE = {"title": "A statute", "article": "1", "url": "https://law.example/1"}
STRICTER = [
    ("harbour", lambda data: data["contact"].update(hours={"opens": "07:00", "closes": "20:00"}), "contact.hours"),
    ("sagar", lambda data: data["contact"].update(hours={"opens": "09:00", "closes": "19:01"}), "contact.hours"),
    ("harbour", _plans(longest_months="61"), "plans.longest_months"),
    ("harbour", lambda data: data["staff_plans"].update(longest_months="61"), "staff_plans.longest_months"),
    ("thames", lambda data: data.update(disputes={"fees": "57"}), "disputes.fees"),
    ("harbour", lambda data: data.update(disputes={"fees": "0"}), "disputes.fees"),
    (
        "harbour",
        lambda data: data.update(holds={"distress": {"stops": "plans", "lifted_by": ["collector"]}}),
        "holds.distress.stops",
    ),
    (
        "harbour",
        lambda data: data.update(holds={"death": {"stops": "collection", "lifted_by": ["borrower"]}}),
        "holds.death.lifted_by",
    ),
    (
        "thames",
        lambda data: data.update(
            limitation={"years": "7", "revived_by": ["payment", "acknowledgement"], "source": _SOURCE}
        ),
        "limitation.years",
    ),
    (
        "thames",
        lambda data: data.update(limitation={"years": "5", "revived_by": ["payment"], "source": _SOURCE}),
        "limitation.revived_by",
    ),
    (
        "northwind",
        lambda data: data.update(retention={"conversation_months": "12"}),
        "retention.conversation_months",
    ),
    ("harbour", lambda data: data.update(residence={"crisis": []}), "residence"),
    ("harbour", lambda data: data.update(laws=[]), "laws"),
]


@pytest.mark.parametrize(("name", "change", "key"), STRICTER, ids=[f"{name} {key}" for name, _, key in STRICTER])
def test_a_file_laxer_than_the_law_is_refused_by_file_and_key(
    tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object], key: str
) -> None:
    with pytest.raises(BadInput) as refused:
        Policies.load(changed(tmp_path, name, change))
    assert refused.value.place == f"{name}.yml, {key}"


def test_an_agency_s_file_is_held_to_the_law_too(tmp_path: Path) -> None:
    changed(tmp_path, "northwind", lambda data: data)
    agency = read_yaml(DEMO / "fairway.yml")
    agency["contact"]["hours"] = {"opens": "08:00", "closes": "21:30"}
    write(tmp_path / "fairway.yml", agency)
    with pytest.raises(BadInput, match=re.escape("§ 1006.6(b)(1)")) as refused:
        Policies.load(tmp_path)
    assert refused.value.place == "fairway.yml, contact.hours"


def test_a_shorter_limitation_period_is_stricter_and_taken(tmp_path: Path) -> None:
    source = {
        "title": "Prescription and Limitation (Scotland) Act 1973",
        "article": "s. 6",
        "url": "https://l.example",
    }
    own = {"years": "5", "revived_by": ["payment", "acknowledgement"], "source": source}
    loaded = Policies.load(changed(tmp_path, "thames", lambda data: data.update(limitation=own)))
    assert loaded.for_creditor("thames").limitation.years == 5


IMPOSSIBLE = [
    (_plans(longest_months="0"), "plans.longest_months"),
    (_plans(least_instalment="-5"), "plans.least_instalment"),
    (_plans(down_payment_percent="100"), "plans.down_payment_percent"),
    (_plans(step="ten"), "plans.step"),
    (_plans(frequencies="daily"), "plans.frequencies"),
    (lambda data: data["contact"].update(hours={"opens": "20:00", "closes": "09:00"}), "contact.hours"),
    (lambda data: data["contact"].update(hours={"opens": "09:00", "closes": "25:00"}), "contact.hours.closes"),
    (lambda data: data.update(identity={"lock_minutes": ["60", "15"]}), "identity"),
    (lambda data: data["office_hours"].update(time_zone="Mars/Base"), "office_hours.time_zone"),
    (lambda data: data["office_hours"].update(holidays="ZZ"), "office_hours.holidays"),
    (lambda data: data["waivers"].update(fees_percent="101"), "waivers.fees_percent"),
    (lambda data: data["waivers"].update(fees_percent="40"), "waivers"),
    (lambda data: data["waivers"].update(most="299"), "waivers"),
    (lambda data: data["referrals"].update(dark_room={"from_days": "1"}), "referrals.dark_room"),
    (lambda data: data.update(allocation=["fees", "fees", "interest"]), ""),
    (lambda data: data["consequences"]["steps"].reverse(), "consequences"),
    (lambda data: data["consequences"]["steps"][0].update(from_days="-1"), "consequences.steps.0.from_days"),
    (lambda data: data.update(jurisdiction="atlantis"), "jurisdiction"),
    (lambda data: data.update(agency="nobody"), ""),
    (lambda data: data.update(colour="blue"), "colour"),
    (lambda data: data.update(id="other"), "id"),
    (lambda data: data.update(favourite_number="7"), "favourite_number"),
    (lambda data: data["names"].pop("zh_Hant"), ""),
]


@pytest.mark.parametrize(
    ("change", "key"), IMPOSSIBLE, ids=[f"{number} {key}" for number, (_, key) in enumerate(IMPOSSIBLE)]
)
def test_an_impossible_value_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], key: str
) -> None:
    with pytest.raises(BadInput) as refused:
        Policies.load(changed(tmp_path, "harbour", change))
    assert refused.value.place.startswith(f"harbour.yml, {key}" if key else "harbour.yml")


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("id: harbour\nid: other\n", "harbour.yml, line 2", "the key 'id' stands twice"),
        ("plans:\n  step: 1\n  step: 2\n", "harbour.yml, line 3", "the key 'step' stands twice"),
        ("a: [1,\n", "harbour.yml, line 2", ""),
        ("- one\n", "harbour.yml", "must be a mapping of keys"),
        ("? [a, b]\n: 1\n", "harbour.yml, line 1", ""),
        ("a: !!python/object/apply:os.getcwd []\n", "harbour.yml", ""),
    ],
)
def test_yaml_that_is_broken_names_the_line(tmp_path: Path, text: str, place: str, problem: str) -> None:
    (tmp_path / "harbour.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        Policies.load(tmp_path)
    assert refused.value.place.startswith(place)
    assert problem in refused.value.problem


def test_a_file_in_another_encoding_or_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no creditor's file"):
        Policies.load(tmp_path)
    with pytest.raises(BadInput, match="is no folder"):
        Policies.load(tmp_path / "none")
    (tmp_path / "harbour.yml").write_bytes("id: 海港\n".encode("gb18030"))
    with pytest.raises(BadInput, match="cannot be read") as refused:
        Policies.load(tmp_path)
    assert refused.value.place == "harbour.yml"


def test_unquoted_times_and_truth_words_stay_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text("at: 22:00\ncountry: no\nnumber: 012\n", encoding="utf-8")
    assert read_yaml(path) == {"at": "22:00", "country": "no", "number": "012"}


# Properties -----------------------------------------------------------------------------------
hours = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(hours, st.sampled_from(sorted(FILES)))
def test_no_file_can_widen_the_hours_of_the_law(pair: tuple[Any, Any], creditor: str) -> None:
    file = FILES[creditor]
    chosen = Hours(opens=pair[0], closes=pair[1])
    own = file.contact or AGENCIES["fairway"].contact
    assert own
    wish = file.model_copy(update={"contact": own.model_copy(update={"hours": chosen})})
    policy, pack = POLICIES.for_creditor(creditor), POLICIES.packs[file.jurisdiction]
    bound = [law.hours for law in policy.laws if law.hours]
    if not all(chosen.within(law) for law in bound) or not _meet(chosen, pack.contact.hours):
        with pytest.raises(BadInput, match=r"must stay within|leaves no hour"):
            policy_merge.contact(pack, policy.laws, [wish])
        return
    merged = policy_merge.contact(pack, policy.laws, [wish])
    assert merged.hours.within(chosen)
    assert all(merged.hours.within(law) for law in bound)


def _meet(one: Hours, other: Hours) -> bool:
    opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
    return opens < closes


@given(st.lists(st.integers(-10, 5000), min_size=1, max_size=5))
def test_locks_always_grow(minutes: list[int]) -> None:
    grows = minutes[0] >= 1 and all(a < b for a, b in pairwise(minutes))
    if grows:
        assert IdentityRules(lock_minutes=tuple(minutes)).lock_minutes == tuple(minutes)
    else:
        with pytest.raises(ValueError, match="must grow"):
            IdentityRules(lock_minutes=tuple(minutes))
