"""What an enterprise reads of its promise: provisional until the notice is out, why it moved, nothing of a refusal."""

import datetime as dt

from flask.testing import FlaskClient
from sqlalchemy import select

from sla.instants import ZONE
from tests.conftest import FrozenClock
from tests.support import policies as told
from tests.support.api import OWN, bearer
from tests.support.people import actor
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.models import Approval, Ticket
from ticketing.services import decisions, handling, province
from ticketing.services.history import Act

TAG = '<span class="tag">暂定</span>'


def page(client: FlaskClient, one: Ticket) -> str:
    client.post("/status", data={"number": numbers.shown(one.number), "password": PASSWORD})
    return client.get("/status/request").text


def decided(one: Ticket, clock: FrozenClock, *, approve: bool) -> None:
    waiting = db.session.scalars(select(Approval).where(Approval.decision.is_(None))).one()
    act = Act(actor(f"supervisor{approve}", Grant(Role.SUPERVISOR)), clock.now)
    decisions.decide(one, waiting, act, province.current(), approve=approve, reason="内部的理由")


def test_beyond_the_last_year_announced_it_is_provisional_until_the_notice_is_applied(
    client: FlaskClient, clock: FrozenClock
) -> None:
    clock.now = dt.datetime(2026, 12, 29, 10, 0, tzinfo=ZONE)
    one, soon = sent(clock.now, type="help"), sent(clock.now, type="help", urgency="critical")
    assert TAG in page(client, one)
    assert TAG not in page(client, soon)
    assert client.get(OWN, headers=bearer(client, one)).get_json()["deadline"]["provisional"] is True
    told.publish("calendar", told.YEAR_2027, told.pair(), clock)
    jobs.roll_out()
    assert TAG not in page(client, one)
    assert client.get(OWN, headers=bearer(client, one)).get_json()["deadline"]["provisional"] is False


def test_the_enterprise_reads_why_its_promise_moved_and_until_when(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = sent(clock.now, type="help")
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.ask_extension(one, 2, "检测要多两天。", act, province.current())
    decided(one, clock, approve=True)
    extended = page(client, one)
    assert "检测要多两天。" in extended
    assert "新的时限：2020年6月17日 周三 17:00" in extended
    assert "内部的理由" not in extended


def test_a_suspension_says_its_reason_and_its_end_and_a_refusal_nothing(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = sent(clock.now, type="help")
    handler = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, handler)
    handling.ask_extension(one, 2, "想多要两天。", handler, province.current())
    decided(one, clock, approve=False)
    assert "想多要两天。" not in page(client, one)
    handling.ask_suspension(
        one, handler, province.current(), ground="inspection", days=3, reason="法定检验。"
    )
    decided(one, clock, approve=True)
    shown = page(client, one)
    assert "法定检验。" in shown
    assert "截止：2020年6月11日 周四 17:00" in shown
    assert "内部的理由" not in shown
