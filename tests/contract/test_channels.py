"""What leaves the house: text messages by Twilio's own description, WeChat's codes, letters over SMTP."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.conftest import settings_for
from tests.support.contract import Contract
from ticketing.channels.base import Refused, Retry
from ticketing.channels.mail import Mailer
from ticketing.channels.sms_twilio import TwilioSms
from ticketing.channels.wechat import WeChat, WeChatAccount, fitting
from ticketing.domain.messages import Outbound
from ticketing.engines import Lease
from ticketing.extensions import store

MESSAGE = Outbound("7", "sms", "+8613904510021", "标题", "您的诉求已答复。")
ACCOUNT = "AC" + "0" * 32
SENT = (201, {"sid": "SM" + "1" * 32})


def sms(contract: Contract) -> TwilioSms:
    return TwilioSms(ACCOUNT, "t" * 32, "+15005550006", http_client=contract)


def test_a_text_message_fits_the_providers_description() -> None:
    contract = Contract(SENT)
    assert sms(contract).send(MESSAGE) == "SM" + "1" * 32
    assert contract.sent == [{"To": MESSAGE.address, "From": "+15005550006", "Body": MESSAGE.body}]


@pytest.mark.parametrize(("status", "kind"), [(429, Retry), (503, Retry), (400, Refused), (404, Refused)])
def test_what_may_be_tried_again_and_what_not(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        sms(Contract((status, {"code": 21211, "message": "no", "status": status}))).send(MESSAGE)


def test_the_provider_is_told_where_to_say_what_became_of_a_message() -> None:
    contract = Contract()
    sender = TwilioSms(
        ACCOUNT, "t" * 32, "+15005550006", receipts="https://desk.example/r", http_client=contract
    )
    assert sender.send(MESSAGE)
    assert contract.sent[0]["StatusCallback"] == "https://desk.example/r?delivery=7"


@contextlib.contextmanager
def wechat_server(answers: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Serve the provider's published answers on loopback: errors come with HTTP 200."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(answers.pop(0)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  the base class's name

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def subscription(lease: Lease) -> Outbound:
    store.client = type(store.client).from_url(settings_for(lease, "postgres").redis_url or "")
    store.client.delete("wechat:access-token")
    return Outbound("8", "wechat", "openid", "标题", "", {"page": "p", "fields": {"thing2": "长" * 40}})


TOKEN = {"access_token": "T", "expires_in": 7200}


def account(base: str) -> WeChat:
    return WeChat(WeChatAccount("wx", "secret", "template", base), store.client)


def test_a_subscription_message_is_sent_and_the_token_kept(subscription: Outbound) -> None:
    with wechat_server([TOKEN, {"errcode": 0, "msgid": 5}, {"errcode": 0, "msgid": 6}]) as (base, asked):
        wechat = account(base)
        assert [wechat.send(subscription), wechat.send(subscription)] == ["5", "6"]
    assert [path.split("?")[0] for path in asked] == [
        "/cgi-bin/token",
        "/cgi-bin/message/subscribe/send",
        "/cgi-bin/message/subscribe/send",
    ]


@pytest.mark.parametrize(("field", "value", "fits"), [
    ("thing2", "长" * 40, "长" * 19 + "…"),
    ("thing2", "办结\n请您评价", "办结 请您评价"),
    ("character_string1", "200607-000123-8", "200607-000123-8"),
    ("character_string1", "200607 000123，8", "2006070001238"),
    ("time3", "2020-06-08 10:00", "2020-06-08 10:00"),
    ("phrase4", "承办单位已经答复", "承办单位已"),
])  # fmt: skip
def test_a_value_is_as_the_providers_contract_wants_it(field: str, value: str, fits: str) -> None:
    assert fitting(field, value) == fits


@pytest.mark.parametrize(
    ("field", "value"), [("thing2", " \n"), ("character_string1", "编码"), ("amount5", "1元")]
)
def test_a_value_that_cannot_fit_is_refused_before_it_is_sent(field: str, value: str) -> None:
    with pytest.raises(Refused, match=field):
        fitting(field, value)


def test_a_stale_token_is_fetched_anew_once(subscription: Outbound) -> None:
    answers = [
        TOKEN,
        {"errcode": 42001},
        {"access_token": "U", "expires_in": 7200},
        {"errcode": 0, "msgid": 5},
    ]
    with wechat_server(answers) as (base, asked):
        assert account(base).send(subscription) == "5"
    assert asked[-1].endswith("access_token=U")


@pytest.mark.parametrize(("code", "kind"), [(43101, Refused), (47003, Refused), (-1, Retry)])
def test_the_providers_codes_decide(subscription: Outbound, code: int, kind: type[Exception]) -> None:
    with wechat_server([TOKEN, {"errcode": code}]) as (base, _asked), pytest.raises(kind):
        account(base).send(subscription)


def test_a_login_code_becomes_an_openid_and_nothing_else(subscription: Outbound) -> None:
    with wechat_server([{"openid": "o1", "session_key": "s"}, {"errcode": 40029}]) as (base, _asked):
        assert account(base).openid("code") == "o1"
        with pytest.raises(Refused):
            account(base).openid("used")


def test_a_provider_that_is_away_is_tried_again(subscription: Outbound) -> None:
    with pytest.raises(Retry):
        account("http://127.0.0.1:1").send(subscription)


@contextlib.contextmanager
def mail_server(refuse: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Take letters by SMTP on loopback."""
    letters: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 hello")
            while line := self.rfile.readline().decode().strip():
                word = line[:4].upper()
                if word == "DATA":
                    self.say("354 go on")
                    letters.append("".join(iter(lambda: self.rfile.readline().decode(), ".\r\n")))
                self.say(
                    "550 nobody" if refuse and word == "RCPT" else "221 bye" if word == "QUIT" else "250 ok"
                )
                if word == "QUIT":
                    break

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], letters
        server.shutdown()
        thread.join()


def test_a_letter_has_one_id_however_often_it_is_tried() -> None:
    letter = Outbound("9", "mail", "boss@example.com", "已答复", "请查看。")
    with mail_server() as (port, letters):
        mailer = Mailer("127.0.0.1", port, "desk@example.org")
        assert mailer.send(letter) == mailer.send(letter) == "<9@example.org>"
    assert len(letters) == 2
    assert "Message-ID: <9@example.org>" in letters[0]


def test_an_address_that_the_server_refuses_is_final() -> None:
    with mail_server(refuse=True) as (port, _letters), pytest.raises(Refused):
        Mailer("127.0.0.1", port, "desk@example.org").send(Outbound("9", "mail", "x@example.com", "s", "b"))


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(Retry):
        Mailer("127.0.0.1", 1, "desk@example.org").send(Outbound("9", "mail", "x@example.com", "s", "b"))
