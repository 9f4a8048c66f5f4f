"""Hold, transfer, hand over: asked of the exchange from the desk, and the hooks that it then asks of us."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support import calls as signals
from tests.support import duty
from tests.support.calls import ALWAYS, BY_DAY, rang
from tests.support.contract import Contract
from tests.support.people import colleague
from tests.support.steering import CENTRE, installed
from tests.support.twilio import ask, form, leg, over, sid
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, Call, CallCommand, CallEvent

CALLER_LEG, DESK_LEG = sid("CA", 1), sid("CA", 10**6 + 1)


@pytest.fixture
def contract(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Contract:
    contract = Contract()
    installed(app, contract, monkeypatch)
    return contract


@pytest.fixture
def operator(client: FlaskClient, contract: Contract) -> FlaskClient:
    """An operator on duty, who talks with the first caller; a second one rings."""
    row = colleague("op", Grant(Role.OPERATOR), client=client)
    row.desk_phone = "client:op"
    duty.always(duty.group("组", row, lines=(ALWAYS, BY_DAY)), row)
    db.session.flush()
    for number in (1, 2):
        ask(client, "voice", form(number))
    ask(client, "leg", leg())
    return client


def call() -> Call:
    db.session.expire_all()
    return db.session.scalars(select(Call).where(Call.provider_id == CALLER_LEG)).one()


def press(client: FlaskClient, verb: str, to: str = "") -> str:
    page = client.post(f"/desk/calls/{call().id}/line", data={"verb": verb, "to": to}, follow_redirects=True)
    return page.text


def hook(url: str) -> tuple[str, dict[str, str]]:
    """Return the name of a hook and what it is given."""
    parts = urlsplit(url)
    return parts.path.rsplit("/", 1)[1], {name: values[0] for name, values in parse_qs(parts.query).items()}


def follow(client: FlaskClient, url: str, **told: str) -> ET.Element:
    """Ask a hook as the exchange does, and return what it answers."""
    name, given = hook(url)
    return ET.fromstring(ask(client, name, form() | told, **given).get_data())  # noqa: S314  what we wrote ourselves


def told(client: FlaskClient, url: str, status: str) -> None:
    """Tell what became of a service that was rung."""
    name, given = hook(url)
    answer = ask(client, name, form() | {"CallSid": sid("CA", 9), "CallStatus": status}, **given)
    assert answer.status_code == 204


def bridge_over(client: FlaskClient) -> ET.Element:
    """The bridge to the telephone ends, as it does when either is moved or put down."""
    answer = ask(client, "dialed", form(status="in-progress", DialCallStatus="completed", DialCallSid=DESK_LEG,
                                        DialCallDuration="20"), language="zh", turn="group")  # fmt: skip
    return ET.fromstring(answer.get_data())  # noqa: S314


def test_a_first_hold_moves_the_telephone_into_a_room_and_the_caller_to_hold(
    operator: FlaskClient, contract: Contract
) -> None:
    page = press(operator, "hold")
    assert "保持：交换机已执行" in page
    assert contract.asked == [f"POST {DESK_LEG}.json"]
    assert hook(contract.sent[0]["Url"]) == (
        "room", {"call": CALLER_LEG, "room": "quiet", "side": "desk"},
    )  # fmt: skip
    room = follow(operator, contract.sent[0]["Url"], CallSid=DESK_LEG)[0][0]
    assert (room.text, room.get("endConferenceOnExit")) == (f"quiet-{CALLER_LEG}", "true")
    [then] = bridge_over(operator)
    held = follow(operator, then.text)
    assert [one.tag for one in held] == ["Say", "Pause", "Redirect"]
    assert call().state == "held"


def test_resuming_brings_the_caller_into_the_room_and_a_second_hold_out_of_it(
    operator: FlaskClient, contract: Contract, clock: FrozenClock
) -> None:
    for verb in ("hold", "resume", "hold"):
        press(operator, verb)
        clock.forward(seconds=10)
    assert contract.asked[1:] == [f"POST {CALLER_LEG}.json"] * 2
    back, again = (hook(sent["Url"]) for sent in contract.sent[1:])
    assert back == ("room", {"call": CALLER_LEG, "room": "quiet", "side": "caller"})
    assert (again[0], again[1]["leg"]) == ("held", DESK_LEG)
    assert call().held_seconds == 10


def test_who_is_left_on_hold_is_rung_through_again(operator: FlaskClient, contract: Contract) -> None:
    press(operator, "hold")
    [then] = bridge_over(operator)
    ask(operator, "leg", leg(status="completed"))
    again = follow(operator, then.text)
    assert [one.tag for one in again] == ["Dial"]
    assert call().state == "talking"


def test_a_call_that_nobody_held_ends_with_its_bridge(operator: FlaskClient, contract: Contract) -> None:
    assert [one.tag for one in bridge_over(operator)] == ["Hangup"]


def test_a_transfer_rings_the_other_line_and_goes_on_as_its(
    operator: FlaskClient, contract: Contract
) -> None:
    press(operator, "transfer", BY_DAY)
    [sent] = contract.sent
    assert contract.asked == [f"POST {CALLER_LEG}.json"]
    answer = follow(operator, sent["Url"])
    assert [one.tag for one in answer] == ["Say", "Dial"]
    assert hook(answer[1].get("action"))[1]["line"] == BY_DAY
    assert (call().transferred_to, call().hotline_number) == (BY_DAY, ALWAYS)


def test_a_call_that_was_put_through_rings_and_no_longer_holds_its_operators_desk(
    operator: FlaskClient, contract: Contract, app: Flask, clock: FrozenClock
) -> None:
    assert "您正在通话" in operator.get("/desk").text
    clock.forward(seconds=30)
    press(operator, "transfer", BY_DAY)
    page = operator.get("/desk").text
    assert ("您正在通话" in page, page.count("接听")) == (False, 2)
    other = app.test_client()
    row = colleague("other", Grant(Role.OPERATOR), client=other)
    clock.forward(seconds=5)
    other.post(f"/desk/calls/{call().id}/take")
    assert (call().state, call().account_id) == ("talking", row.id)


def test_a_transfer_from_a_room_puts_the_telephone_down(
    operator: FlaskClient, contract: Contract, clock: FrozenClock
) -> None:
    press(operator, "hold")
    clock.forward(seconds=5)
    press(operator, "transfer", BY_DAY)
    assert contract.asked[1:] == [f"POST {CALLER_LEG}.json", f"POST {DESK_LEG}.json"]
    assert contract.sent[2] == {"Status": "completed"}


def test_a_service_joins_caller_and_operator_and_nobodys_leaving_ends_it(
    operator: FlaskClient, contract: Contract
) -> None:
    assert "正在呼叫" in press(operator, "emergency", "119")
    assert contract.asked == [f"POST {DESK_LEG}.json", "POST Calls.json"]
    moved, fetched = contract.sent
    assert fetched["To"] == CENTRE
    [caller] = bridge_over(operator)
    rooms = [follow(operator, url)[0][0] for url in (moved["Url"], caller.text, fetched["Url"])]
    assert {(one.text, one.get("endConferenceOnExit")) for one in rooms} == {
        (f"danger-{CALLER_LEG}", "false")
    }
    told(operator, fetched["StatusCallback"], "in-progress")
    assert call().handed_over_to == "119"
    assert "已接通，三方通话中" in operator.get(f"/desk/calls/{call().id}").text


def test_what_is_recorded_in_a_room_belongs_to_the_call(operator: FlaskClient, contract: Contract) -> None:
    press(operator, "hold")
    room = follow(operator, contract.sent[0]["Url"], CallSid=DESK_LEG)[0][0]
    name, given = hook(room.get("recordingStatusCallback"))
    tape = {"RecordingSid": sid("RE", 5), "RecordingStatus": "completed", "RecordingDuration": "30"}
    told_of = {
        "AccountSid": form()["AccountSid"],
        "ConferenceSid": sid("CF", 1),
        "RecordingSource": "Conference",
    }
    assert ask(operator, name, told_of | tape, **given).status_code == 204
    assert (call().recording, call().recording_seconds) == (sid("RE", 5), 30)


def test_a_service_that_does_not_answer_stands_on_the_desk(operator: FlaskClient, contract: Contract) -> None:
    press(operator, "emergency", "119")
    for status in ("ringing", "busy", "in-progress"):
        told(operator, contract.sent[1]["StatusCallback"], status)
    page = operator.get(f"/desk/calls/{call().id}").text
    assert "没有成功：占线" in page


def test_a_service_that_the_provider_does_not_reach_is_pressed_on_the_telephone(
    operator: FlaskClient, contract: Contract
) -> None:
    assert "请在话机上操作" in press(operator, "emergency", "110")
    assert contract.asked == []
    assert call().handed_over_to == "110"


def test_a_refusal_stands_on_the_desk_and_the_call_is_not_said_to_be_held(
    operator: FlaskClient, contract: Contract
) -> None:
    contract.answers = [(404, {"code": 21220, "message": "Call is not in-progress", "status": 404})]
    page = press(operator, "hold")
    assert "保持没有成功：404 (21220)" in page
    assert call().state == "talking"
    assert [one.tag for one in bridge_over(operator)] == ["Hangup"]


def test_an_answer_that_was_lost_leaves_no_caller_behind(
    operator: FlaskClient, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(contract, "request", lost)
    assert "没有收到交换机的答复" in press(operator, "hold")
    assert [one.tag for one in bridge_over(operator)] == ["Redirect"]


def test_two_presses_in_a_second_are_one_request(operator: FlaskClient, contract: Contract) -> None:
    press(operator, "transfer", BY_DAY)
    press(operator, "transfer", BY_DAY)
    assert len(contract.asked) == 1
    assert len(db.session.scalars(select(CallCommand)).all()) == 1


def test_an_answer_that_never_came_is_a_failure(
    operator: FlaskClient, contract: Contract, clock: FrozenClock
) -> None:
    press(operator, "hold")
    db.session.scalars(select(CallCommand)).one().status = "sending"
    db.session.commit()
    assert "正在请交换机保持" in operator.get(f"/desk/calls/{call().id}").text
    clock.forward(seconds=30)
    assert "没有收到交换机的答复" in operator.get(f"/desk/calls/{call().id}").text


def test_an_exchange_that_cannot_be_asked_is_pressed_and_noted(
    operator: FlaskClient, contract: Contract
) -> None:
    me = db.session.scalars(select(Account).where(Account.username == "op")).one()
    other = signals.told(rang("other"))
    operator.post(f"/desk/calls/{other.id}/take")
    page = operator.post(f"/desk/calls/{other.id}/line", data={"verb": "hold"}, follow_redirects=True).text
    assert "不听工作台指挥" in page
    assert contract.asked == []
    kinds = db.session.scalars(select(CallEvent.kind).where(CallEvent.call_id == other.id)).all()
    assert "Held" in kinds
    assert me.id == db.session.get(Call, other.id).account_id


def test_the_demos_account_asks_nobody_for_anything(app: Flask, client: FlaskClient) -> None:
    assert app.extensions["voice"].out is None


def test_what_is_over_is_not_asked_for(operator: FlaskClient, contract: Contract) -> None:
    ask(operator, "status", over())
    press(operator, "hold")
    assert contract.asked == []
