"""Who disturbs is asked for a message; who is in danger always rings."""

import datetime as dt

import pytest

from tests.conftest import MONDAY
from tests.support.calls import CALLER, answered, rang, told
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.calls import HandedOver
from ticketing.domain.errors import Invalid, NotAllowed, NotFound
from ticketing.domain.vocabulary import Role
from ticketing.services import nuisance
from ticketing.services.history import Act

WEEK = dt.timedelta(days=7)
OTHER = "+8613900000000"


def boss(name: str = "boss") -> Act:
    return Act(actor(name, Grant(Role.SUPERVISOR)), MONDAY)


def storm(count: int, caller: str = CALLER) -> None:
    for n in range(count):
        told(rang(f"{caller}-{n}", caller=caller, at=MONDAY - dt.timedelta(seconds=n)))


def test_everybody_rings_until_somebody_disturbs() -> None:
    storm(nuisance.MOST)
    assert nuisance.verdict(CALLER, MONDAY).rings
    assert nuisance.verdict("", MONDAY).rings


def test_a_blocked_number_is_asked_for_a_message_until_its_day() -> None:
    nuisance.block("139 0451 0021", "整夜拨打不说话", MONDAY + WEEK, boss())
    told_now = nuisance.verdict(CALLER, MONDAY)
    assert (told_now.rings, told_now.why, told_now.until) == (False, "blocked", MONDAY + WEEK)
    assert nuisance.verdict(OTHER, MONDAY).rings
    assert nuisance.verdict(CALLER, MONDAY + WEEK).rings


def test_a_storm_of_calls_is_asked_for_a_message_for_a_while() -> None:
    storm(nuisance.MOST + 1)
    assert nuisance.verdict(CALLER, MONDAY).why == "throttled"
    assert nuisance.verdict(OTHER, MONDAY).rings
    assert nuisance.verdict(CALLER, MONDAY + nuisance.WINDOW).rings


def test_a_line_round_the_clock_is_never_throttled() -> None:
    storm(nuisance.MOST + 5)
    assert nuisance.verdict(CALLER, MONDAY, round_the_clock=True).rings


@pytest.mark.parametrize("urgency", ["critical", "pressing"])
def test_who_has_an_urgent_ticket_open_rings_whatever_was_decided(urgency: str) -> None:
    nuisance.block(CALLER, "骚扰", MONDAY + WEEK, boss())
    storm(nuisance.MOST + 1)
    sent(urgency=urgency)
    assert nuisance.verdict(CALLER, MONDAY).rings


def test_an_ordinary_ticket_or_anothers_urgent_one_changes_nothing() -> None:
    nuisance.block(CALLER, "骚扰", MONDAY + WEEK, boss())
    sent(urgency="normal")
    sent(urgency="critical", phone="13900000000")
    assert not nuisance.verdict(CALLER, MONDAY).rings


def test_who_was_handed_over_to_an_emergency_service_rings_for_a_day() -> None:
    nuisance.block(CALLER, "骚扰", MONDAY + WEEK, boss())
    handed = HandedOver(exchange="test", call="1", key="h", at=MONDAY, service="119")
    told(rang("1"), answered("1"), handed)
    assert nuisance.verdict(CALLER, MONDAY + dt.timedelta(hours=23)).rings
    assert not nuisance.verdict(CALLER, MONDAY + dt.timedelta(hours=25)).rings


def test_a_second_person_reviews_and_a_number_is_let_go() -> None:
    one, other = boss("one"), boss("other")
    row = nuisance.block(CALLER, "骚扰", MONDAY + WEEK, one)
    with pytest.raises(NotAllowed):
        nuisance.review(row.id, one)
    nuisance.review(row.id, other)
    nuisance.lift(row.id, one)
    assert (row.reviewed_by_id, nuisance.verdict(CALLER, MONDAY).rings) == (other.actor.account_id, True)
    with pytest.raises(NotFound):
        nuisance.lift(row.id, one)


def test_a_number_is_blocked_once_at_a_time_and_again_when_it_is_over() -> None:
    act = boss()
    nuisance.block(CALLER, "骚扰", MONDAY + WEEK, act)
    with pytest.raises(Invalid):
        nuisance.block(CALLER, "骚扰", MONDAY + WEEK, act)
    later = Act(act.actor, MONDAY + WEEK)
    nuisance.block(CALLER, "又来了", MONDAY + 2 * WEEK, later)
    assert [(row.reason, runs) for row, _by, _who, _n, runs in nuisance.listed(later.now)] == [
        ("又来了", True), ("骚扰", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "reason", "days"),
    [("12", "骚扰", 7), (CALLER, "", 7), (CALLER, "骚扰", 0), (CALLER, "骚扰", 91)],
)
def test_a_block_needs_a_number_a_reason_and_an_end(number: str, reason: str, days: int) -> None:
    with pytest.raises(Invalid):
        nuisance.block(number, reason, MONDAY + dt.timedelta(days=days), boss())
