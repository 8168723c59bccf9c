"""What a conversation is found and counted by, folded from a record as the bot and the desk write it."""

from datetime import date, timedelta
from typing import Any, get_args

import pytest

from bot.actions.effects import RIGHTS as EXERCISED
from bot.lending.hardship import SENSITIVE
from bot.record.events import Event, EventKind
from bot.review.documents import Material, document, facet_token
from bot.review.facts import APART, FACETS, RIGHTS, Facet, Filter, Known, PlanSoFar, fold
from tests.storage.samples import NOW, lin_wei

PLAN = PlanSoFar("plan-1", "completed", "monthly", date(2026, 12, 1), first_kept=True)
ANOTHER = PlanSoFar("plan-2", "broken", "weekly", date(2026, 12, 1), first_kept=False)


def events(*told: tuple[float, EventKind, dict[str, Any]]) -> list[Event]:
    """Each with the minutes after NOW at which it happened."""
    return [
        Event("c", seq, kind, NOW + timedelta(minutes=minutes), body, b"", b"", b"")
        for seq, (minutes, kind, body) in enumerate(told, start=1)
    ]


def known(**more: Any) -> Known:
    return Known("web:harbour", "harbour", "en", "harbour", None, NOW, **more)


def of(facet: Facet, *told: tuple[float, EventKind, dict[str, Any]], **more: Any) -> set[str]:
    return {value for name, value in fold(known(**more), events(*told)) if name == facet}


def case(event: str, **more: str) -> dict[str, Any]:
    return {"case": "k1", "event": event, **more}


def turn(**more: Any) -> dict[str, Any]:
    return {"input": 1, "commands": [], "trace": [], **more}


def test_waiting_and_closing_are_timed_from_the_moment_it_was_asked() -> None:
    told: list[tuple[float, EventKind, dict[str, Any]]] = [
        (0, "case", case("opened", reason="dispute")),
        (1, "case", case("raised", reason="distress")),
        (2, "case", case("taken")),
        (6, "case", case("answered")),
        (9, "case", case("answered")),
        (90, "case", case("resolved", outcome="informed")),
    ]
    assert of("case", *told) == {"dispute", "distress"}
    assert (of("waited", *told), of("solved", *told)) == ({"15m"}, {"4h"})
    assert of("exactly", *told) == {"wait:0:360", "solve:0:5400"}
    assert of("waited", *told[:3]) == set(), "nobody has said a word yet"


@pytest.mark.parametrize(
    ("done", "answered", "seconds"),
    [({"hold": "h"}, True, "0"), ({"hold": "h", "case": "k1"}, True, "0"), ({"case": "k1"}, True, "240"),
     ({"case": "k1"}, False, "open"), ({}, False, "0")],
)  # fmt: skip
def test_a_right_is_honoured_by_a_hold_at_once_or_by_a_persons_first_word(
    done: dict[str, str], answered: bool, seconds: str
) -> None:
    told: list[tuple[float, EventKind, dict[str, Any]]] = [
        (0, "turn", turn(facts={"rights": {"request_human": done}})),
        (0, "case", case("opened", reason="request")),
    ]
    told += [(4, "case", case("answered"))] if answered else []
    assert of("right", *told) == {"request_human"}
    assert f"right:1:request_human:{seconds}" in of("exactly", *told)


def test_every_right_that_can_be_exercised_can_be_looked_for() -> None:
    assert set(RIGHTS) == EXERCISED.keys()


def test_a_reason_of_health_is_counted_but_not_told() -> None:
    def slot(reason: str) -> tuple[float, EventKind, dict[str, Any]]:
        return 0, "turn", turn(trace=[{"event": "slot", "name": "hardship_reason", "value": reason}])

    assert of("hardship", slot("job_loss")) == {"job_loss"}
    assert {value for reason in SENSITIVE for value in of("hardship", slot(reason))} == {APART}
    assert of("hardship", slot("rather not say")) == set()


def test_what_was_not_understood_is_told_by_what_was_nearest() -> None:
    read = {"intents": [["check_balance", 0.4], ["greet", 0.1]], "band": "reject"}
    lost = turn(commands=[{"command": "CannotHandle"}], understood=read)
    assert of("unclear", (0, "turn", lost)) == {"check_balance"}
    assert of("unclear", (0, "turn", turn(commands=[{"command": "CannotHandle"}]))) == {"none"}
    assert of("flag", (0, "turn", lost)) == {"not_understood"}


def test_the_hour_is_the_borrowers_own_and_nobodys_while_they_are_unknown() -> None:
    wrote: tuple[float, EventKind, dict[str, Any]] = (0, "user", {"kind": "text", "text": "hi"})
    assert of("hour", wrote, time_zone="Asia/Shanghai") == {"12"}
    assert of("hour", wrote) == set()


def test_only_the_plans_agreed_in_this_conversation_are_its_own() -> None:
    agreed = turn(facts={"agreement": "plan-1"})
    told: list[tuple[float, EventKind, dict[str, Any]]] = [
        (0, "access", {"what": "verified"}),
        (1, "bot", {"response": "utter_debt_row", "text": "…"}),
        (2, "turn", agreed),
    ]
    assert of("plan", *told, plans=(PLAN, ANOTHER)) == {"agreed", "first_kept", "completed"}
    assert of("kept", *told, plans=(PLAN, ANOTHER)) == {"monthly:completed"}
    assert of("first_due", *told, plans=(PLAN, ANOTHER)) == {"2026-12-01"}
    assert of("flag", *told) == {"verified", "saw_balance"}


def test_what_is_kept_for_the_figures_alone_is_in_no_index() -> None:
    told = events((0, "turn", turn(facts={"rights": {"request_human": {}}})))
    made = document(Material("c", 1, 0, known(time_zone="Asia/Shanghai"), lin_wei(), told))
    assert ("exactly", "right:1:request_human:0") in made.facets
    assert facet_token("exactly", "right:1:request_human:0") not in made.tokens
    assert facet_token("right", "request_human") in made.tokens
    assert set(FACETS) == set(get_args(Filter))
