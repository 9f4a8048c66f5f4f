"""Other exchanges: three events, in a form or as JSON, with a token of which a digest alone is kept."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.calls import BY_DAY, CALLER
from tests.support.people import colleague
from ticketing.domain.errors import Invalid, NotFound
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallEvent, Exchange
from ticketing.services import exchanges

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
