"""What we ask the provider about its calls fits its own description, and its own examples are understood."""

import datetime as dt
import json

import pytest

from tests.conftest import MONDAY
from tests.support.contract import Contract
from ticketing.channels.base import Retry
from ticketing.channels.voice_twilio import TwilioVoice
from ticketing.domain.calls import replay
from ticketing.domain.signals import Answered, Ended, Recorded, Ringing

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32
DAY = "Mon, 08 Jun 2020 0%s +0000"


def voice(contract: Contract) -> TwilioVoice:
    return TwilioVoice(ACCOUNT, "t" * 32, "https://desk.example", http_client=contract)


def row(contract: Contract, **values: object) -> dict[str, object]:
    """Return a row of the list: the description's own example, with these values."""
    example = contract.example(
        contract.document["paths"]["/2010-04-01/Accounts/{AccountSid}/Calls.json"]["get"]
    )
    return (
        example[1]["calls"][0]
        | {"parent_call_sid": None, "direction": "inbound", "forwarded_from": None}
        | values
    )


def test_the_examples_of_the_provider_are_read() -> None:
    told = list(voice(contract := Contract()).calls_since(MONDAY))
    assert contract.asked == ["GET Calls.json", "GET Recordings.json"]
    assert {type(one) for one in told} >= {Recorded} | {Answered}
    assert all(one.call.startswith("CA") and one.at.tzinfo for one in told)


def test_a_recording_of_a_room_makes_no_call_of_a_leg() -> None:
    contract = Contract()
    path = "/2010-04-01/Accounts/{AccountSid}/Recordings.json"
    own = contract.example(contract.document["paths"][path]["get"])[1]["recordings"][0] | {
        "source": "DialVerb"
    }
    tapes = [own | {"call_sid": CALL}, own | {"call_sid": None}, own | {"source": "Conference"}]
    contract.answers = [
        (200, {"calls": [], "next_page_uri": None}),
        (200, {"recordings": tapes, "next_page_uri": None}),
    ]
    assert [one.call for one in voice(contract).calls_since(MONDAY)] == [CALL]


def test_pages_follow_each_other() -> None:
    contract = Contract()
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json?PageSize=1000&Page=1&PageToken=PA1"
    first = {"calls": [row(contract, sid=CALL)], "next_page_uri": uri}
    second = {"calls": [row(contract, sid="CA" + "2" * 32)], "next_page_uri": None}
    contract.answers = [(200, first), (200, second), (200, {"recordings": [], "next_page_uri": None})]
    told = list(voice(contract).calls_since(MONDAY))
    assert {one.call for one in told} == {CALL, "CA" + "2" * 32}
    assert len(contract.asked) == 3


def test_a_call_is_read_out_of_its_legs() -> None:
    contract = Contract()
    own = row(contract, sid=CALL, start_time=DAY % "2:00:00", end_time=DAY % "2:01:30", status="completed",
              **{"from": "+8613904510021", "to": "+8645187005501"})  # fmt: skip
    leg = row(contract, sid="CA" + "3" * 32, parent_call_sid=CALL, direction="outbound-dial", duration="80",
              end_time=DAY % "2:01:30", status="completed", to="client:op")  # fmt: skip
    unanswered = leg | {"sid": "CA" + "4" * 32, "status": "no-answer", "duration": "0", "to": "client:other"}
    contract.answers = [(200, own), (200, {"calls": [leg, unanswered], "next_page_uri": None})]
    told = voice(contract).call(CALL)
    assert [type(one) for one in told] == [Ringing, Ended, Answered]
    facts = replay(told)
    assert (facts.answered_by, facts.answered_at) == ("client:op", MONDAY + dt.timedelta(seconds=10))
    assert (facts.caller, facts.called, facts.rang_at) == ("+8613904510021", "+8645187005501", MONDAY)


def test_a_call_that_the_provider_does_not_know_tells_nothing() -> None:
    assert voice(Contract((404, {"code": 20404, "message": "no", "status": 404}))).call(CALL) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_is_away_is_asked_again(status: int) -> None:
    no = (status, {"code": status, "message": "no", "status": status})
    with pytest.raises(Retry):
        voice(Contract(no)).call(CALL)
    with pytest.raises(Retry):
        list(voice(Contract(no)).calls_since(MONDAY))


def test_the_contract_refuses_what_the_provider_does_not_know() -> None:
    contract = Contract()
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    with pytest.raises(AssertionError):
        contract.request("GET", url, params={"Colour": "red"}, headers={}, auth=(ACCOUNT, "t"))
    assert json.loads(contract.request("GET", url, headers={}, auth=(ACCOUNT, "t")).text)["calls"]
