"""Other exchanges: three events, in a form or as JSON, with a token of which a digest alone is kept."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support import duty
from tests.support.calls import BY_DAY, CALLER
from tests.support.people import actor, colleague
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallEvent, Exchange
from ticketing.services import exchanges, nuisance
from ticketing.services.history import Act

EVENT = {"from": "13904510021", "to": "045187005502", "direction": "in", "callId": "1591581600.7"}


@pytest.fixture
def token() -> str:
    exchanges.add("other", "cti", MONDAY)
    return exchanges.add("harbin", "cti", MONDAY)


def tell(client: FlaskClient, token: str, event: str, **more: object) -> int:
    return client.post(f"/hooks/cti/{token}", json=EVENT | {"event": event} | more).status_code


def one() -> Call:
    db.session.expire_all()
    return db.session.scalars(select(Call)).one()


def test_three_events_are_a_call(client: FlaskClient, token: str, clock: FrozenClock) -> None:
    operator = colleague("op")
    operator.desk_phone = "8001"
    assert tell(client, token, "newCall", user=["前台"]) == 200
    clock.forward(seconds=9)
    assert tell(client, token, "answer", answeringNumber="8001") == 200
    clock.forward(seconds=60)
    assert tell(client, token, "hangup", cause="normalClearing") == 200
    call = one()
    assert (call.exchange, call.provider, call.hotline_number) == ("harbin", "cti", BY_DAY)
    assert (call.caller, call.account_id, call.end_reason) == (CALLER, operator.id, "normalClearing")
    assert (call.answered_at - call.rang_at).seconds == 9
    assert db.session.scalars(select(Callback)).one().kind == "unfiled"


def advice(client: FlaskClient, token: str, **more: object) -> dict[str, object]:
    answer = client.post(f"/hooks/cti/{token}", json=EVENT | {"event": "newCall"} | more)
    return dict(answer.get_json())


def test_a_new_call_is_answered_with_whom_to_ring(
    client: FlaskClient, token: str, clock: FrozenClock
) -> None:
    here, night, off = (duty.operator(name) for name in ("here", "night", "off"))
    for one, phone in ((here, "8001"), (night, "8002"), (off, "8003")):
        one.desk_phone = phone
    duty.always(duty.group("组", here, off, lines=(BY_DAY,)), here)
    duty.always(duty.group("席", night, is_desk=True), night)
    db.session.commit()
    told = advice(client, token)
    assert (told["do"], told["line"], told["ring"], told["then"]) == ("ring", BY_DAY, ["8001"], ["8002"])
    assert "被录音" in told["say"][0]
    clock.forward(hours=12)
    assert advice(client, token, callId="2")["ring"] == ["8002"]
    assert "action" not in told


def test_a_blocked_number_is_answered_with_a_message_first_and_never_with_a_refusal(
    client: FlaskClient, token: str
) -> None:
    act = Act(actor("boss", Grant(Role.SUPERVISOR)), MONDAY)
    nuisance.block(CALLER, "整夜拨打", MONDAY + dt.timedelta(days=7), act)
    told = advice(client, token)
    assert (told["do"], told["ring"]) == ("message", [])
    assert "110、119或120" in told["say"][0]
    assert one().state == "ringing"
    assert advice(client, token, **{"from": "13904510099"}, callId="2")["do"] == "ring"


def test_other_events_and_calls_of_ours_ask_for_nothing(client: FlaskClient, token: str) -> None:
    assert advice(client, token, event="answer") == {}
    assert advice(client, token, direction="out", callId="2") == {}
    assert advice(client, token, event="hangup", callId="3") == {}
    assert advice(client, token, callId="3") == {}


def test_a_bridge_may_send_a_form(client: FlaskClient, token: str) -> None:
    told = EVENT | {"event": "answer", "user[]": ["Alice", "Bob"]}
    assert client.post(f"/hooks/cti/{token}", data=told).get_json() == {}
    assert one().answered_by == "Alice"


def test_a_call_that_nobody_took_is_a_duty_however_it_is_told(
    client: FlaskClient, token: str, clock: FrozenClock
) -> None:
    tell(client, token, "newCall")
    clock.forward(seconds=40)
    for event in ("hangup", "newCall", "hangup"):
        tell(client, token, event, cause="cancel")
    assert (one().outcome, db.session.scalars(select(Callback)).one().kind) == ("missed", "missed")


def test_a_call_of_ours_is_no_missed_one(client: FlaskClient, token: str) -> None:
    out = {"direction": "out", "from": "045187005502", "to": "13904510021"}
    tell(client, token, "newCall", **out)
    tell(client, token, "hangup", **out)
    assert (one().outcome, one().hotline_number) == ("outgoing", BY_DAY)
    assert db.session.scalar(select(func.count()).select_from(Callback)) == 0


def test_two_exchanges_may_count_alike(client: FlaskClient, token: str) -> None:
    tell(client, token, "newCall")
    tell(client, exchanges.renew("other"), "newCall")
    assert db.session.scalar(select(func.count()).select_from(Call)) == 2


def test_a_withheld_number_is_nobodys(client: FlaskClient, token: str) -> None:
    tell(client, token, "newCall", **{"from": "anonymous"})
    assert one().caller == ""


def test_only_a_right_token_opens(client: FlaskClient, token: str) -> None:
    old, token = token, exchanges.renew("harbin")
    kept = db.session.get(Exchange, "harbin").token_mac
    for wrong in ("x", old, kept, token[:-1], token.lower()):
        assert tell(client, wrong, "newCall") == 403
    exchanges.shut("harbin")
    assert tell(client, token, "newCall") == 403
    assert db.session.scalar(select(func.count()).select_from(CallEvent)) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"event": "dial"}, {"callId": ""}, {"callId": "9" * 300}, {"direction": "sideways"}, {"event": None}],
)
def test_what_makes_no_sense_is_told(client: FlaskClient, token: str, wrong: dict[str, object]) -> None:
    answer = client.post(f"/hooks/cti/{token}", json=EVENT | {"event": "newCall"} | wrong)
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith(next(iter(wrong)))


def test_no_event_at_all_is_refused(client: FlaskClient, token: str) -> None:
    for body in ("[1]", "{", "7"):
        kind = {"content_type": "application/json"}
        assert client.post(f"/hooks/cti/{token}", data=body, **kind).status_code == 422


def test_names_of_exchanges_are_their_own() -> None:
    exchanges.add("harbin", "cti", MONDAY)
    with pytest.raises(Invalid):
        exchanges.add("harbin", "cti", MONDAY)
    with pytest.raises(NotFound):
        exchanges.renew("nowhere")
