"""What we ask the provider to do with a call fits its own description; what it refuses is told."""

import pytest

from tests.support.contract import Contract
from tests.support.steering import CENTRE, OURS, account
from ticketing.channels.base import Refused, Retry
from ticketing.domain.voice import Drop, Fetch, Move, Next, Send

CALL, LEG = "CA" + "1" * 32, "CA" + "2" * 32
HOOKS = "https://desk.example.org/hooks/twilio"


def no(status: int) -> Contract:
    return Contract((status, {"code": 21220, "message": "Call is not in-progress", "status": status}))


def test_a_leg_is_sent_to_a_hook_of_ours() -> None:
    contract = Contract()
    account(contract).ask(Send(LEG, Next("room", {"side": "desk"})))
    assert contract.asked == [f"POST {LEG}.json"]
    assert contract.sent == [{"Url": f"{HOOKS}/room?side=desk", "Method": "POST"}]


def test_a_leg_is_put_down() -> None:
    contract = Contract()
    account(contract).ask(Drop(LEG))
    assert contract.sent == [{"Status": "completed"}]


def test_a_service_is_rung_from_our_number_and_tells_what_became_of_it() -> None:
    contract = Contract()
    account(contract).ask(Fetch(CENTRE, Next("room", {"call": CALL}), Next("fetched", {"command": "7"})))
    [sent] = contract.sent
    assert (sent["To"], sent["From"], sent["Url"]) == (CENTRE, OURS, f"{HOOKS}/room?call={CALL}")
    assert sent["StatusCallback"] == f"{HOOKS}/fetched?command=7"
    assert sent["StatusCallbackEvent"] == ["answered", "completed"]


@pytest.mark.parametrize("move", [Send(LEG, Next("held")), Fetch(CENTRE, Next("room"), Next("fetched"))])
def test_a_refusal_is_told_with_its_reason(move: Move) -> None:
    with pytest.raises(Refused, match=r"21220.*not in-progress"):
        account(no(404)).ask(move)


def test_a_telephone_that_is_down_already_is_no_trouble() -> None:
    account(no(404)).ask(Drop(LEG))
    with pytest.raises(Refused):
        account(no(503)).ask(Drop(LEG))


def test_a_line_to_the_provider_that_breaks_leaves_it_open_what_was_done() -> None:
    class Broken(Contract):
        def request(self, *_: object, **__: object) -> None:
            raise ConnectionError

    with pytest.raises(Retry):
        account(Broken()).ask(Drop(LEG))
