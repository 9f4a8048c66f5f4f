"""Facts go out: told once to each handler, delivered or tried again, at hours that people bear."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor, colleague
from tests.support.requests import sent, ticket
from ticketing import handlers
from ticketing.channels.base import Refused, Retry
from ticketing.channels.recording import RecordingChannel
from ticketing.domain import events
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.jobs import deliver, relay
from ticketing.models import Delivery, HandlerReceipt, Notice, OutboxEvent
from ticketing.services import handling, province
from ticketing.services.history import Act


@pytest.fixture
def sms(app: Flask) -> RecordingChannel:
    channel = RecordingChannel()
    app.extensions["channels"] = {"sms": channel, "mail": RecordingChannel(), "wechat": RecordingChannel()}
    return channel


def deliveries() -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def test_a_new_request_is_acknowledged_by_text_message(sms: RecordingChannel) -> None:
    one = sent()
    assert relay.run() == 2
    assert deliver.run() == 2
    assert sms.sent[0].address == one.phone
    assert "事项编码" in sms.sent[0].body
    assert "6月15日 17:00" in sms.sent[0].body


def test_english_callers_read_english(sms: RecordingChannel) -> None:
    sent(locale="en")
    relay.run()
    assert deliveries()[0].body.startswith("We have received your request")


def test_a_landline_gets_no_text_message_and_an_address_gets_mail(sms: RecordingChannel) -> None:
    sent(phone="0451-87001234", email="boss@example.com")
    relay.run()
    assert {row.channel for row in deliveries()} == {"mail"}


def test_told_twice_is_told_once(sms: RecordingChannel) -> None:
    sent()
    relay.run()
    db.session.execute(db.update(OutboxEvent).values(relayed_at=None))
    relay.run()
    assert len(deliveries()) == 2
    assert db.session.scalar(select(func.count()).select_from(HandlerReceipt)) == 7


def test_a_handler_that_fails_is_tried_again_and_holds_nobody_up(
    sms: RecordingChannel, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_event: events.Event, _told: object) -> None:
        raise RuntimeError("no")

    sent()
    working = handlers.SUBSCRIBERS[events.TicketOpened]
    monkeypatch.setitem(handlers.SUBSCRIBERS, events.TicketOpened, (working[0], fail))
    relay.run()
    opened, dispatched = db.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))
    assert (opened.attempts, opened.error, opened.relayed_at) == (1, "RuntimeError: no", None)
    assert dispatched.relayed_at is not None
    monkeypatch.setitem(handlers.SUBSCRIBERS, events.TicketOpened, working)
    clock.forward(seconds=6)
    relay.run()
    assert opened.relayed_at is not None
    assert len(deliveries()) == 2


@pytest.mark.parametrize(
    ("failure", "status", "attempts"), [(Retry("busy"), "waiting", 1), (Refused("unknown"), "failed", 1)]
)
def test_what_the_provider_says_decides(
    sms: RecordingChannel, failure: Exception, status: str, attempts: int
) -> None:
    sent()
    relay.run()
    sms.failures = [failure]
    deliver.run()
    first = deliveries()[0]
    assert (first.status, first.attempts, first.error) == (status, attempts, str(failure))


def test_trying_again_ends_after_eight_times(sms: RecordingChannel, clock: FrozenClock) -> None:
    sent()
    relay.run()
    for _ in range(deliver.TRIES + 1):
        sms.failures = [Retry("busy")] * 2
        deliver.run()
        clock.forward(hours=3)
    assert {row.status for row in deliveries()} == {"failed"}


def test_a_claim_that_died_ends_by_itself(sms: RecordingChannel, clock: FrozenClock) -> None:
    sent()
    relay.run()
    deliver._claim(clock.now)
    assert deliver.run() == 0
    clock.forward(minutes=6)
    assert deliver.run() == 2


@pytest.mark.parametrize(
    ("hour", "urgency", "due"),
    [
        (22, "normal", dt.datetime(2020, 6, 9, 0, 0, tzinfo=dt.UTC)),
        (22, "critical", None),
        (3, "normal", dt.datetime(2020, 6, 8, 0, 0, tzinfo=dt.UTC)),
        (20, "normal", None),
    ],
)
def test_nights_are_quiet_unless_it_is_critical(
    sms: RecordingChannel, clock: FrozenClock, hour: int, urgency: str, due: dt.datetime | None
) -> None:
    clock.now = dt.datetime(2020, 6, 8, hour, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))).astimezone(dt.UTC)
    sent(clock.now, urgency=urgency)
    relay.run()
    assert deliveries()[0].due_at == (due or clock.now)


def test_imported_requests_stay_silent(sms: RecordingChannel) -> None:
    sent(door=Door.IMPORT)
    relay.run()
    assert deliveries() == []


def test_the_bureau_finds_a_notice_and_others_do_not(sms: RecordingChannel) -> None:
    mine = colleague("mine", Grant(Role.HANDLER, "HRB-SWJ"))
    colleague("other", Grant(Role.HANDLER, "QQHR-FGW"))
    sent()
    relay.run()
    assert db.session.scalars(select(Notice.account_id)).all() == [mine.id]


def test_dispatchers_hear_of_what_nobody_has(sms: RecordingChannel) -> None:
    desk = colleague("desk", Grant(Role.DISPATCHER))
    ticket(subject="一点情况", body="希望关心。")
    relay.run()
    assert db.session.scalars(select(Notice.account_id)).all() == [desk.id]


def test_a_deputy_hears_in_the_heads_place(sms: RecordingChannel, clock: FrozenClock) -> None:
    head = colleague("head", Grant(Role.HEAD, "HRB-SWJ"))
    deputy = colleague("deputy", Grant(Role.HANDLER, "HRB-SCJG"))
    deputy.grants.append(
        type(head.grants[0])(role="head", bureau_code="HRB-SWJ", deputy_for_id=head.id,
                             starts_at=MONDAY, ends_at=MONDAY + dt.timedelta(days=2))
    )  # fmt: skip
    one = sent(type="complaint")
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    relay.run()
    told = select(Notice.account_id).where(Notice.text.like("待您审核%"))
    assert set(db.session.scalars(told)) == {head.id, deputy.id}


def test_a_secret_is_forgotten_once_it_was_sent(sms: RecordingChannel, clock: FrozenClock) -> None:
    row = Delivery(
        recipient="requester", channel="sms", address="+8613900000000", subject="s", body="code 123456",
        data={"secret": True}, due_at=clock.now, created_at=clock.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    deliver.run()
    assert sms.sent[0].body == "code 123456"
    db.session.refresh(row)
    assert row.body == ""
