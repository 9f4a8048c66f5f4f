"""SMS in mainland China: its own kit signs by the published rule, and its answers are read."""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import MONDAY, settings_for
from tests.support.requests import PASSWORD, sent
from ticketing.app import set_up
from ticketing.channels.base import Fetched, Receipt, Refused, Reply, Retry
from ticketing.channels.recording import RecordingChannel
from ticketing.channels.sms_by_country import SmsByCountry
from ticketing.channels.sms_tencent import TencentAccount, TencentSms
from ticketing.channels.sms_twilio import TwilioSms
from ticketing.domain.messages import Outbound
from ticketing.engines import Lease
from ticketing.extensions import db
from ticketing.jobs import deliver, relay, texts
from ticketing.models import Delivery, InboundText

ID, SECRET = "AKIDexample", "a secret of ours"
TEMPLATES = {
    "TicketOpened": ["1001", "number", "promise"],
    "TicketDispatched.en": ["1002", "bureau"],
    "Code": ["1003", "code"],
}
LETTER = {
    "letter": "TicketOpened",
    "locale": "zh",
    "values": {"number": "200608-000001-4", "promise": "6月15日"},
}
MESSAGE = Outbound("7", "sms", "+8613904510021", "", "", LETTER)
Asked = list[tuple[str, dict[str, Any]]]


def signature(headers: Any, body: bytes) -> str:
    """Return what the provider's documentation says that the signature has to be (TC3-HMAC-SHA256)."""
    at = int(headers["X-TC-Timestamp"])
    day = dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%d")
    canonical = (
        f"POST\n/\n\ncontent-type:{headers['Content-Type']}\nhost:{headers['Host']}\n\ncontent-type;host\n"
        + hashlib.sha256(body).hexdigest()
    )
    scope = f"{day}/sms/tc3_request"
    text = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{SECRET}".encode()
    for part in (day, "sms", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.new(key, text.encode(), "sha256").hexdigest()
    return f"TC3-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders=content-type;host, Signature={proof}"


@contextlib.contextmanager
def provider(*answers: dict[str, Any]) -> Iterator[tuple[TencentSms, Asked]]:
    """Answer on loopback, to requests that are signed as they must be; errors come with HTTP 200."""
    asked: Asked = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hmac.compare_digest(self.headers["Authorization"], signature(self.headers, body)):
                asked.append((self.headers["X-TC-Action"], json.loads(body)))
                told = left.pop(0)
            else:
                told = {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}}
            answer = json.dumps({"Response": told | {"RequestId": "r"}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        account = TencentAccount(ID, SECRET, "1400000000", "企业诉求", TEMPLATES)
        place = f"127.0.0.1:{server.server_address[1]}"
        yield TencentSms(account, endpoint=place, protocol="http"), asked
        server.shutdown()
        thread.join()


def status(code: str) -> dict[str, Any]:
    one = {
        "SerialNo": "S1",
        "PhoneNumber": MESSAGE.address,
        "Fee": 1,
        "Code": code,
        "Message": "",
        "IsoCode": "CN",
    }
    return {"SendStatusSet": [one]}


def test_a_letter_goes_out_by_its_approved_template() -> None:
    with provider(status("Ok")) as (sms, asked):
        assert sms.send(MESSAGE) == "S1"
    [(action, told)] = asked
    assert action == "SendSms"
    assert told == {
        "PhoneNumberSet": ["+8613904510021"],
        "SmsSdkAppId": "1400000000",
        "SignName": "企业诉求",
        "TemplateId": "1001",
        "TemplateParamSet": ["200608-000001-4", "6月15日"],
        "SessionContext": "7",
    }


def test_a_language_may_have_a_template_of_its_own() -> None:
    english = Outbound("8", "sms", "+8613904510021", "", "",
                       {"letter": "TicketDispatched", "locale": "en", "values": {"bureau": "B"}})  # fmt: skip
    with provider(status("Ok")) as (sms, asked):
        sms.send(english)
        with pytest.raises(Refused, match="no approved template for TicketDispatched"):
            sms.send(Outbound("9", "sms", "+86", "", "", {"letter": "TicketDispatched", "locale": "zh"}))
    assert asked[0][1]["TemplateId"] == "1002"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (status("LimitExceeded.DeliveryFrequencyLimit"), Retry),
        (status("FailedOperation.PhoneNumberInBlacklist"), Refused),
        ({"Error": {"Code": "InternalError.Timeout", "Message": "no"}}, Retry),
        ({"Error": {"Code": "RequestLimitExceeded", "Message": "no"}}, Retry),
        ({"Error": {"Code": "InvalidParameterValue.TemplateParameterFormatError", "Message": "no"}}, Refused),
    ],
)
def test_what_may_be_tried_again_and_what_not(answer: dict[str, Any], kind: type[Exception]) -> None:
    with provider(answer) as (sms, _asked), pytest.raises(kind):
        sms.send(MESSAGE)


def test_a_wrong_key_is_refused_by_the_provider() -> None:
    with provider(status("Ok")) as (sms, asked):
        sms._client.credential.secret_key = "another"
        with pytest.raises(Refused, match="AuthFailure"):
            sms.send(MESSAGE)
    assert asked == []


def test_a_provider_that_is_away_is_tried_again() -> None:
    account = TencentAccount(ID, SECRET, "1", "s", TEMPLATES)
    with pytest.raises(Retry):
        TencentSms(account, endpoint="127.0.0.1:1", protocol="http").send(MESSAGE)


RECEIPT = {"UserReceiveTime": 1591581600, "CountryCode": "86", "SubscriberNumber": "13904510021", "SerialNo": "S1",
           "PhoneNumber": "+8613904510021",
           "ReportStatus": "FAIL", "Description": "MK:0001", "SessionContext": "7"}  # fmt: skip
REPLY = {"ExtendCode": "", "CountryCode": "86", "PhoneNumber": "+8613904510021", "SignName": "s",
         "ReplyContent": "x", "ReplyTime": 1591581600, "SubscriberNumber": "13904510021"}  # fmt: skip


def test_receipts_and_replies_are_fetched() -> None:
    answers = {"PullSmsSendStatusSet": [RECEIPT]}, {"PullSmsReplyStatusSet": [REPLY]}
    with provider(*answers) as (sms, asked):
        fetched = sms.fetch()
    assert fetched.receipts == (Receipt("7", "undelivered", "MK:0001"),)
    assert [(one.sender, one.body) for one in fetched.replies] == [("+8613904510021", "x")]
    assert [(name, told["SmsSdkAppId"]) for name, told in asked] == [
        ("PullSmsSendStatus", "1400000000"),
        ("PullSmsReplyStatus", "1400000000"),
    ]


class Fetcher(RecordingChannel):
    """A twin that has something to fetch."""

    def __init__(self, *turns: Fetched | Exception) -> None:
        super().__init__()
        self.turns = list(turns)

    def fetch(self) -> Fetched:
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn


def test_what_is_fetched_is_noted_and_answered_once(
    rolled_back: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sent()
    relay.run()
    lost, arrived = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    reply = Reply("identity", one.phone, f"{one.number} {PASSWORD}")
    told = (
        Receipt(str(lost.id), "undelivered", "MK:0001"),
        Receipt(str(arrived.id), "delivered"),
        Receipt("", "x"),
    )
    sms = Fetcher(Fetched(told, (reply,)), Fetched(replies=(reply,)), Retry("away"))
    monkeypatch.setitem(rolled_back.extensions, "channels", {"sms": sms})
    assert [texts.run() for _ in range(3)] == [4, 1, 0]
    db.session.expire_all()
    assert (lost.status, lost.error, arrived.receipt) == ("failed", "not delivered: MK:0001", "delivered")
    seen = db.session.scalars(select(InboundText)).one()
    assert (seen.at, "identity" in seen.provider_id) == (MONDAY, False)
    answers = db.session.scalars(select(Delivery).where(Delivery.event_id.is_(None))).all()
    assert [row.data["letter"] for row in answers] == ["Status"]


def test_letters_carry_what_a_template_needs_and_a_secret_is_forgotten(
    rolled_back: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent()
    relay.run()
    row = db.session.scalars(select(Delivery)).first()
    assert row.data["letter"] == "TicketOpened"
    assert set(TEMPLATES["TicketOpened"][1:]) <= set(row.data["values"])
    row.data = {"secret": True, "letter": "Code", "values": {"code": "123456"}}
    db.session.flush()
    monkeypatch.setitem(rolled_back.extensions, "channels", {"sms": RecordingChannel()})
    deliver.run()
    db.session.expire_all()
    assert (row.body, row.data) == ("", {"secret": True})


def test_a_message_goes_by_the_country_of_its_number(lease: Lease, rolled_back: Flask) -> None:
    elsewhere = RecordingChannel()
    with provider(status("Ok")) as (mainland, asked):
        sms = SmsByCountry(mainland, elsewhere)
        assert sms.send(MESSAGE) == "S1"
        abroad = Outbound("9", "sms", "+79241234567", "", "text")
        assert sms.send(abroad) == "recorded-1"
        with pytest.raises(Refused):
            SmsByCountry(mainland, None).send(abroad)
    assert (len(asked), elsewhere.sent) == (1, [abroad])


def test_the_settings_set_it_up(lease: Lease, rolled_back: Flask) -> None:
    keys = {"tencent_secret_id": ID, "tencent_secret_key": SECRET, "tencent_sms_app_id": "1", "tencent_sms_sign": "s",
            "tencent_sms_templates": TEMPLATES, "demo": False}  # fmt: skip
    twilio = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "t", "twilio_from": "+1"}
    alone = set_up(settings_for(lease, "postgres", **keys), lambda: MONDAY)["sms"]
    both = set_up(settings_for(lease, "postgres", **keys, **twilio), lambda: MONDAY)["sms"]
    assert isinstance(alone, SmsByCountry)
    assert alone.elsewhere is None
    assert isinstance(both.elsewhere, TwilioSms)
