"""Plans as arithmetic: when everything happens, which steps decide, what is refused and why."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar
from sla.instants import ZONE
from sla.values import Target, Unit
from ticketing.domain.case_plan import (
    PlanStep,
    PlanTooLong,
    check_hours,
    check_limit,
    check_order,
    circle,
    schedule,
)
from ticketing.domain.errors import Invalid

START = dt.datetime(2020, 6, 8, 10, 0, tzinfo=ZONE)


def days(count: int) -> Target:
    return Target(Unit.WORKING_DAYS, count)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


CHAIN = [
    PlanStep(1, Target(Unit.MINUTES, 120)),
    PlanStep(2, days(1), (1,)),
    PlanStep(3, days(3), (1,)),
    PlanStep(4, days(1), (2, 3)),
]


def test_a_step_begins_when_the_last_it_waits_for_has_ended(calendar: Calendar) -> None:
    plan = schedule(CHAIN, start=START, calendar=calendar)
    assert plan.slots[1].end == at("2020-06-08 12:00")
    assert plan.slots[2].end == at("2020-06-09 17:00")
    assert plan.slots[4].begin == at("2020-06-11 17:00")
    assert plan.finish == at("2020-06-12 17:00")


def test_the_critical_path_leaves_out_what_has_time(calendar: Calendar) -> None:
    assert schedule(CHAIN, start=START, calendar=calendar).critical == (1, 3, 4)


def test_a_plan_over_its_limit_is_refused_with_the_path(calendar: Calendar) -> None:
    plan = schedule(CHAIN, start=START, calendar=calendar)
    check_limit(plan, at("2020-06-12 17:00"))
    check_limit(plan, None)
    with pytest.raises(PlanTooLong, match="1（06-08 12:00） → 3（06-11 17:00） → 4（06-12 17:00）"):
        check_limit(plan, at("2020-06-12 16:59"))


def test_an_hour_before_its_step_can_begin_is_refused(calendar: Calendar) -> None:
    steps = [PlanStep(1, days(2)), PlanStep(2, at("2020-06-09 09:00"), (1,))]
    plan = schedule(steps, start=START, calendar=calendar)
    with pytest.raises(Invalid, match="2020-06-10 17:00"):
        check_hours(plan, steps)
    fine = [steps[0], PlanStep(2, at("2020-06-11 09:00"), (1,))]
    check_hours(schedule(fine, start=START, calendar=calendar), fine)


def test_what_is_done_counts_as_it_happened(calendar: Calendar) -> None:
    done = PlanStep(1, days(1), (), START, at("2020-06-08 11:00"))
    plan = schedule([done, PlanStep(2, days(1), (1,))], start=at("2020-06-10 09:00"), calendar=calendar)
    assert plan.slots[1].end == at("2020-06-08 11:00")
    assert plan.slots[2].begin == at("2020-06-10 09:00")


@pytest.mark.parametrize(
    ("depends", "found"),
    [
        ({1: (2,), 2: (1,)}, (1, 2, 1)),
        ({1: (), 2: (1, 4), 3: (2,), 4: (3,)}, (2, 4, 3, 2)),
        ({1: (1,)}, (1, 1)),
    ],
)
def test_circles_are_shown(depends: dict[int, tuple[int, ...]], found: tuple[int, ...]) -> None:
    assert circle(depends) == found
    with pytest.raises(Invalid, match=" → ".join(map(str, found))):
        check_order(depends)


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(Invalid, match="9"):
        check_order({1: (), 2: (9,)})


@given(st.dictionaries(st.integers(1, 8), st.lists(st.integers(1, 8), max_size=3).map(tuple), max_size=8))
def test_a_circle_is_found_exactly_where_no_order_exists(depends: dict[int, tuple[int, ...]]) -> None:
    inside = {n: tuple(o for o in others if o in depends) for n, others in depends.items()}
    left = dict(inside)
    while free := [n for n, others in left.items() if not set(others) & left.keys()]:
        for number in free:
            del left[number]
    assert (circle(inside) is None) == (not left)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_a_longer_step_never_ends_a_plan_sooner(calendar: Calendar, amounts: list[int]) -> None:
    def chain(more: int) -> list[PlanStep]:
        return [
            PlanStep(n, days(a + more), (n - 1,) if n > 1 else ()) for n, a in enumerate(amounts, start=1)
        ]

    short, long = (schedule(chain(more), start=START, calendar=calendar).finish for more in (0, 1))
    assert short < long
