"""The provider's webhooks: only signed ones, each known once, and a way for every caller."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock, settings_for
from tests.support import duty
from tests.support.calls import ALWAYS, BY_DAY, CALLER
from tests.support.twilio import ask, form, leg, over, sid
from ticketing.app import create_app
from ticketing.engines import Lease
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallEvent, DutyGroup
from ticketing.web.hooks.signed import HEADER

RUSSIAN = "+8645187005527"


def one() -> Call:
    db.session.expire_all()
    return db.session.scalars(select(Call)).one()


def verbs(answer: object) -> list[str]:
    tree = ET.fromstring(answer.get_data())  # noqa: S314  what we wrote ourselves
    return [child.tag for child in tree]


def words(answer: object) -> str:
    return "".join(ET.fromstring(answer.get_data()).itertext())  # noqa: S314


def operators(*phones: str) -> list[int]:
    """Put colleagues with these telephones on duty, for every line and at the desk."""
    people = [duty.operator(f"op{number}") for number in range(len(phones))]
    for one, phone in zip(people, phones, strict=True):
        one.desk_phone = phone
    lines = (ALWAYS, BY_DAY, RUSSIAN)
    for row in (duty.group("组", *people, lines=lines), duty.group("席", *people, is_desk=True)):
        duty.always(row, *people)
    db.session.flush()
    return [one.id for one in people]


def operator() -> int:
    return operators("client:op")[0]


def test_a_new_call_is_greeted_told_that_it_is_recorded_and_rung_everywhere_at_once(
    client: FlaskClient,
) -> None:
    operators("client:op", "+8645187009999", "sip:third@example.org")
    answer = ask(client, "voice", form(To=BY_DAY))
    assert answer.content_type == "text/xml; charset=utf-8"
    assert verbs(answer) == ["Say", "Dial"]
    assert "被录音" in words(answer)
    dial = ET.fromstring(answer.get_data())[1]  # noqa: S314
    assert [child.tag for child in dial] == ["Client", "Number", "Sip"]
    assert dial.get("action").endswith("/hooks/twilio/dialed?language=zh&turn=group")
    assert (one().state, one().caller, one().hotline_number) == ("ringing", CALLER, BY_DAY)


def test_a_whole_call_becomes_one_row_with_the_duty_to_file_it(
    client: FlaskClient, clock: FrozenClock
) -> None:
    mine = operator()
    ask(client, "voice", form())
    ask(client, "leg", leg(status="ringing"))
    ask(client, "leg", leg())
    told = {"RecordingSid": sid("RE", 1), "RecordingStatus": "completed", "RecordingDuration": "40"}
    ask(client, "recording", form(RecordingSource="DialVerb", **told))
    clock.forward(minutes=2)
    ended = ask(client, "dialed", form(status="in-progress", DialCallStatus="completed", DialCallSid=sid("CA", 9),
                                       DialCallDuration="52"), language="zh", turn="group")  # fmt: skip
    assert verbs(ended) == ["Hangup"]
    assert ask(client, "status", over()).status_code == 204
    call = one()
    assert (call.state, call.account_id, call.recording) == ("ended", mine, sid("RE", 1))
    assert (call.answered_at - call.rang_at, call.ended_at - call.rang_at) == (
        dt.timedelta(seconds=8),
        dt.timedelta(seconds=60),
    )
    assert db.session.scalars(select(Callback)).one().kind == "unfiled"


def test_the_caller_chooses_a_language_and_is_greeted_in_it(client: FlaskClient) -> None:
    first = ask(client, "voice", form(To=RUSSIAN))
    assert verbs(first) == ["Gather", "Redirect"]
    assert "русского" in words(first)
    operator()
    chosen = ask(client, "language", form(To=RUSSIAN, Digits="3"))
    assert "Разговор записывается" in words(chosen)
    assert one().language == "ru"
    assert "language=ru" in chosen.get_data(as_text=True)


def test_no_key_goes_on_in_the_first_language(client: FlaskClient) -> None:
    operator()
    assert verbs(ask(client, "language", form(To=RUSSIAN))) == ["Dial"]
    assert one().language == "zh"


def test_where_nobody_has_a_telephone_there_is_a_choice_and_no_waiting(client: FlaskClient) -> None:
    answer = ask(client, "voice", form(To=BY_DAY))
    assert verbs(answer) == ["Say", "Gather", "Redirect"]
    assert "没有人接听" in words(answer)
    assert verbs(ask(client, "choice", form(), language="zh")) == ["Say", "Record", "Hangup"]


def test_nobody_picks_up_and_the_caller_waits_is_told_the_place_and_asks_for_a_call_back(
    client: FlaskClient,
) -> None:
    operator()
    ask(client, "voice", form())
    rung = ask(client, "dialed", form(DialCallStatus="no-answer"), language="zh", turn="group")
    assert verbs(rung) == ["Gather", "Redirect"]
    queued = ask(client, "choice", form(), language="zh", wait="1")
    assert verbs(queued) == ["Enqueue"]
    heard = ask(client, "wait", form(QueuePosition="3", QueueTime="4"), language="zh")
    assert "第3位" in words(heard)
    assert verbs(heard) == ["Gather", "Pause"]
    assert verbs(ask(client, "waiting", form(Digits="1"), language="zh")) == ["Say", "Hangup"]
    ask(client, "status", over())
    left = db.session.scalars(select(Callback)).one()
    assert (one().outcome, left.kind, one().queue_position, left.owner_id) == ("missed", "asked", 3, None)


def test_the_first_in_the_queue_leaves_it_when_a_colleague_is_free(client: FlaskClient) -> None:
    operator()
    ask(client, "leg", leg(2))
    assert verbs(ask(client, "wait", form(1, QueuePosition="1"), language="zh")) == ["Gather", "Pause"]
    ask(client, "status", over(2))
    assert verbs(ask(client, "wait", form(1, QueuePosition="2"), language="zh")) == ["Gather", "Pause"]
    assert verbs(ask(client, "wait", form(1, QueuePosition="1"), language="zh")) == ["Leave"]
    assert verbs(ask(client, "left", form(1, QueueResult="leave", QueueTime="20"), language="zh")) == ["Dial"]


def test_the_duty_desk_follows_where_it_is_somebody_else(client: FlaskClient) -> None:
    operator()
    other = duty.operator("night")
    other.desk_phone = "client:night"
    desk = db.session.scalars(select(DutyGroup).where(DutyGroup.is_desk)).one()
    duty.keeping.set_members(desk, [other.id])
    duty.always(desk, other)
    rung = ask(client, "dialed", form(DialCallStatus="no-answer"), language="zh", turn="group")
    assert "night" in words(rung)
    assert "turn=duty" in rung.get_data(as_text=True)
    late = ask(client, "dialed", form(DialCallStatus="no-answer"), language="zh", turn="duty")
    assert verbs(late) == ["Gather", "Redirect"]


def test_nobody_waits_for_ever_and_a_full_queue_takes_a_message(client: FlaskClient) -> None:
    operator()
    assert verbs(ask(client, "wait", form(QueuePosition="2", QueueTime="600"), language="zh")) == ["Leave"]
    late = ask(client, "left", form(QueueResult="leave", QueueTime="600"), language="zh")
    full = ask(client, "left", form(QueueResult="queue-full"), language="en")
    assert verbs(late) == verbs(full) == ["Say", "Record", "Hangup"]
    assert verbs(ask(client, "left", form(QueueResult="hangup"), language="zh")) == []


def test_a_message_is_a_duty(client: FlaskClient) -> None:
    assert verbs(ask(client, "choice", form(Digits="2"), language="en", wait="1")) == [
        "Say",
        "Record",
        "Hangup",
    ]
    spoken = form(RecordingSid=sid("RE", 7), RecordingDuration="12", RecordingUrl="https://api.example/RE7")
    assert "We have your message" in words(ask(client, "message", spoken, language="en"))
    ask(client, "status", over())
    assert (one().outcome, one().voicemail) == ("voicemail", sid("RE", 7))
    assert db.session.scalars(select(Callback)).one().kind == "voicemail"


def test_a_line_of_working_days_rings_the_duty_desk_at_night(client: FlaskClient, clock: FrozenClock) -> None:
    operator()
    assert "turn=group" in ask(client, "voice", form(1, To=BY_DAY)).get_data(as_text=True)
    clock.forward(hours=12)
    assert "turn=duty" in ask(client, "voice", form(2, To=BY_DAY)).get_data(as_text=True)
    assert "turn=group" in ask(client, "language", form(3, To=ALWAYS)).get_data(as_text=True)


def test_a_forwarded_line_keeps_its_number_and_a_withheld_caller_is_nobody(client: FlaskClient) -> None:
    ask(client, "voice", form(To="+15005550006", ForwardedFrom=BY_DAY, From="anonymous"))
    assert (one().hotline_number, one().caller) == (BY_DAY, "")


@pytest.mark.parametrize("signature", ["", "AAAA", "x" * 500])
def test_what_is_not_signed_changes_nothing(client: FlaskClient, signature: str) -> None:
    for hook in ("voice", "status", "sms", "recording", "leg", "receipt"):
        answer = ask(client, hook, form(), signature=signature)
        assert (answer.status_code, answer.get_data()) == (403, b"refused")
    assert client.post("/hooks/twilio/voice", data=form()).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(CallEvent)) == 0


def test_a_signature_is_for_one_address_one_form_and_one_account(
    client: FlaskClient, rolled_back: Flask
) -> None:
    voice = rolled_back.extensions["voice"]
    told, foreign = form(), form(AccountSid="AC" + "1" * 32)
    good = voice.sign(voice.url("voice"), told)
    assert ask(client, "status", told, signature=good).status_code == 403
    assert ask(client, "voice", told, signature=good, language="en").status_code == 403
    assert ask(client, "voice", told | {"From": "+8613900000000"}, signature=good).status_code == 403
    assert ask(client, "voice", foreign).status_code == 403
    assert ask(client, "voice", told, signature=good).status_code == 200


def test_a_request_sent_again_tells_nothing_new(client: FlaskClient, clock: FrozenClock) -> None:
    ask(client, "voice", form())
    ask(client, "status", over())
    known = db.session.scalar(select(func.count()).select_from(CallEvent))
    clock.forward(hours=5)
    for hook, told in (("voice", form()), ("status", over())):
        assert ask(client, hook, told).status_code in (200, 204)
    assert db.session.scalar(select(func.count()).select_from(CallEvent)) == known
    assert one().ended_at < clock.now - dt.timedelta(hours=4)


def test_without_an_account_there_is_no_door(lease: Lease, rolled_back: Flask) -> None:
    settings = settings_for(lease, "postgres", demo=False)
    app = create_app(settings, clock=FrozenClock(), testing=True)
    assert app.test_client().post("/hooks/twilio/voice", data=form()).status_code == 404


def test_the_public_address_is_what_is_signed_whatever_the_proxy_says(
    lease: Lease, rolled_back: Flask
) -> None:
    settings = settings_for(lease, "postgres", public_url="https://desk.example.org")
    app = create_app(settings, clock=FrozenClock(), testing=True)
    voice = app.extensions["voice"]
    url = "https://desk.example.org/hooks/twilio/status"
    assert voice.genuine("/hooks/twilio/status", form(), voice.sign(url, form()))
    behind = {HEADER: voice.sign("http://localhost/hooks/twilio/status", form())}
    assert app.test_client().post("/hooks/twilio/status", data=form(), headers=behind).status_code == 403


def test_a_webhook_costs_few_statements(client: FlaskClient, statements: list[str]) -> None:
    operator()
    ask(client, "voice", form())
    statements.clear()
    ask(client, "voice", form(2))
    ringing = 10
    assert len(statements) <= ringing + 5
    statements.clear()
    ask(client, "status", over(2))
    assert len(statements) <= 8
