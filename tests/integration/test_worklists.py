"""Lists and searches: whole, in order, and never more than a person may read."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support import policies as told
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.clock import LOCAL
from ticketing.domain.permissions import Permission, may
from ticketing.domain.query import Query
from ticketing.domain.register_code import check_character
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import approval_lists, dispatch, figures, handling, province, search, worklists
from ticketing.services.history import Act
from ticketing.services.visibility import readable
from ticketing.services.worklists import Cursor, Page

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"
GRANTS = [
    (),
    *[(Grant(role),) for role in Role],
    *[(Grant(role, bureau),) for role in (Role.HANDLER, Role.HEAD) for bureau in (SWJ, SCJG)],
    (Grant(Role.HEAD, SWJ), Grant(Role.HANDLER, SCJG)),
    (Grant(Role.OPERATOR), Grant(Role.HANDLER, SCJG)),
    (Grant(Role.ADMIN), Grant(Role.OPERATOR)),
]


def staff(*grants: Grant) -> Actor:
    return Actor(ActorKind.STAFF, "某人", Door.DESK, account_id=1, grants=frozenset(grants))


def handler(bureau: str, name: str = "handler") -> Act:
    return Act(actor(name, Grant(Role.HANDLER, bureau)), MONDAY)


def moved_on() -> Ticket:
    """A ticket that the first bureau had and the second has."""
    one = sent()
    dispatch.dispatch(one, SCJG, Act(actor("mover", Grant(Role.DISPATCHER)), MONDAY), province.current())
    return one


@pytest.mark.parametrize(
    "grants", GRANTS, ids=lambda grants: "+".join(f"{g.role}@{g.bureau_code}" for g in grants)
)
def test_queries_read_exactly_what_the_permission_map_allows(grants: tuple[Grant, ...]) -> None:
    everything = [sent(), sent(type="report"), ticket(body="希望关心。"), moved_on()]
    somebody = staff(*grants)
    db.session.flush()
    found = set(db.session.scalars(select(Ticket.id).where(readable(somebody))))
    assert found == {one.id for one in everything if may(somebody, Permission.READ_TICKET, one)}


def walk(condition: worklists.Condition, size: int) -> list[int]:
    page = worklists.by_due(condition, None, size=size)
    seen = [row.id for row in page.rows]
    while page.after is not None:
        page = worklists.by_due(condition, Cursor.read(str(page.after)), size=size)
        seen += [row.id for row in page.rows]
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_hold_everything_once_the_waiting_last(size: int) -> None:
    act, waiting = handler(SWJ), []
    timed = [sent(MONDAY + dt.timedelta(days=day)) for day in (3, 1, 1, 2)]
    for _ in range(3):
        one = sent()
        handling.accept(one, act)
        handling.contact(one, act, how="电话", whom="", text="问了")
        handling.ask_requester(one, "缺什么", act, province.current())
        waiting.append(one)
    db.session.flush()
    in_order = [one.id for one in sorted(timed, key=lambda one: (one.due_at, one.id))]
    assert walk(worklists.of_bureau(SWJ), size) == in_order + [one.id for one in waiting]


def test_a_cursor_that_nobody_gave_out_is_the_first_page() -> None:
    for nonsense in ("", "x", "1.", ".x", "1.2.3", "9" * 30 + ".1", None):
        assert Cursor.read(nonsense) is None or Cursor.read(nonsense).at is None


def asked_for_answer(bureau_head: bool) -> Page:
    one = sent(type="complaint")
    act = handler(SWJ)
    handling.accept(one, act)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了", basis="")
    grants = (Grant(Role.HEAD, SWJ),) if bureau_head else (Grant(Role.HEAD, SCJG), Grant(Role.HANDLER, SWJ))
    return approval_lists.page(actor("somebody", *grants), Permission.APPROVE_AT_BUREAU)


def test_a_head_decides_where_they_are_head() -> None:
    assert len(asked_for_answer(bureau_head=True).rows) == 1


def test_a_head_elsewhere_who_handles_here_decides_nothing_here() -> None:
    assert asked_for_answer(bureau_head=False).rows == []


@pytest.mark.parametrize(
    "query", ["12345", "-", "。", "！！", "a" * 80, "'; drop table ticket", "﷽", "1" * 40]
)
def test_odd_searches_find_nothing_and_break_nothing(query: str) -> None:
    sent()
    assert search.found(Query(query, (query,)), staff(Grant(Role.SUPERVISOR)), None, MONDAY).page.rows == []


def test_a_register_code_finds_the_enterprise() -> None:
    stem = "91230100MA18WXY21"
    one = sent(register_code=stem + check_character(stem))
    sent()
    code = one.register_code.lower()
    found = search.found(Query(code, (code,)), staff(Grant(Role.SUPERVISOR)), None, MONDAY)
    assert [row.id for row in found.page.rows] == [one.id]


def test_a_place_in_the_queue() -> None:
    first, second = ticket(body="希望关心。"), ticket(MONDAY + dt.timedelta(hours=1), body="希望关心。")
    waiting = worklists.waiting_for_dispatch()
    assert worklists.place(waiting, first.due_at, first.id) == (1, 2)
    assert worklists.place(waiting, second.due_at, second.id) == (2, 2)


def test_soon_is_told_by_the_days_that_are_worked_at_the_place(clock: FrozenClock) -> None:
    told.publish("calendar", told.FLOOD, told.pair(), clock)  # Harbin does not work on the 10th
    here = sent(MONDAY, type="help", region_code="230103", subject="哈尔滨的")
    there = sent(MONDAY, type="help", region_code="230202", subject="齐齐哈尔的")
    evening = dt.datetime(2020, 6, 9, 17, 30, tzinfo=LOCAL)
    for one in (here, there):
        one.due_at = dt.datetime(2020, 6, 11, 17, tzinfo=LOCAL)
    db.session.flush()
    found, count = figures.page("soon", "", None, figures.of_moment(evening, province.current()))
    assert ([row.id for row in found.rows], count) == ([here.id], 1)
