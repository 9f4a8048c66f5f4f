"""Messages and conversations are heard where they lie, by who may, and it is written down."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support import calls as signals
from tests.support.calls import answered, ended, named, rang
from tests.support.people import colleague
from tests.support.twilio import sid
from ticketing.channels.recordings_twilio import TwilioRecordings
from ticketing.domain.actors import Grant
from ticketing.domain.signals import Recorded, Voicemail
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, Call, CallReveal

TALK, MESSAGE, GONE = sid("RE", 1), sid("RE", 2), sid("RE", 3)
SOUND = b"ID3" + bytes(range(256)) * 400


@dataclass
class Archive:
    """The provider's recordings on loopback: one account, one token, stretches as a player asks for them."""

    url: str = ""
    away: bool = False
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def archive(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    found, key = Archive(), base64.b64encode(b"AC1:token").decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            known = self.path in {f"/2010-04-01/Accounts/AC1/Recordings/{one}.mp3" for one in (TALK, MESSAGE)}
            stretch = self.headers.get("Range", "")
            status = 401 if self.headers["Authorization"] != f"Basic {key}" else 200 if known else 404
            body = SOUND[10:20] if stretch == "bytes=10-19" else SOUND
            self.send_response(503 if found.away else 206 if stretch and status == 200 else status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setitem(app.extensions, "recordings", TwilioRecordings("AC1", "token", found.url))
        yield found
        server.shutdown()


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    """The operator of a call that was recorded; a caller left a message, another's exchange keeps its own."""
    colleague("op", Grant(Role.OPERATOR), client=client).desk_phone = "client:op"
    db.session.flush()
    tapes = (
        Recorded(**named("talk", "tape", 60), recording=TALK, seconds=52),
        Recorded(**named("talk", "more", 70), recording=GONE, seconds=5),
    )
    talk = signals.told(rang("talk"), answered("talk"), *tapes, ended("talk"))
    left = signals.told(
        rang("left"), Voicemail(**named("left", "tape", 60), recording=MESSAGE, seconds=12), ended("left")
    )
    for one in (talk, left):
        one.provider = "twilio"
    signals.told(
        rang("own"), Voicemail(**named("own", "tape", 60), recording="spool/7.wav", seconds=3), ended("own")
    )
    db.session.commit()
    return client


def call(name: str) -> Call:
    return db.session.scalars(select(Call).where(Call.provider_id == name)).one()


def address(name: str, recording: str) -> str:
    return f"/desk/calls/{call(name).id}/recordings/{recording}"


def other(app: Flask, username: str, role: Role) -> FlaskClient:
    client = app.test_client()
    colleague(username, Grant(role), client=client)
    return client


def test_what_was_recorded_is_heard_and_that_it_was_is_kept(operator: FlaskClient, archive: Archive) -> None:
    page = operator.get(f"/desk/calls/{call('talk').id}").text
    assert f'src="{address("talk", TALK)}"' in page
    answer = operator.get(address("talk", TALK))
    assert (answer.status_code, answer.content_type, answer.data) == (200, "audio/mpeg", SOUND)
    assert answer.headers["Cache-Control"] == "private, no-store"
    row = db.session.scalars(select(CallReveal)).one()
    me = db.session.scalars(select(Account.id).where(Account.username == "op")).one()
    assert (row.call_id, row.account_id, row.reason) == (call("talk").id, me, f"recording {TALK}")


def test_a_player_may_jump_and_is_written_down_once(operator: FlaskClient, archive: Archive) -> None:
    for stretch in ("bytes=0-", "bytes=10-19"):
        answer = operator.get(address("talk", TALK), headers={"Range": stretch})
        assert answer.status_code == 206
    assert answer.data == SOUND[10:20]
    assert len(db.session.scalars(select(CallReveal)).all()) == 1


def test_a_conversation_is_its_operators_and_the_supervisors_a_message_everybodys(
    operator: FlaskClient, archive: Archive, app: Flask
) -> None:
    colleague_, boss = other(app, "other", Role.OPERATOR), other(app, "boss", Role.SUPERVISOR)
    assert colleague_.get(address("talk", TALK)).status_code == 403
    assert "<audio" not in colleague_.get(f"/desk/calls/{call('talk').id}").text
    assert colleague_.get(address("left", MESSAGE)).status_code == 200
    assert boss.get(address("talk", TALK)).status_code == 200
    assert other(app, "head", Role.ADMIN).get(address("left", MESSAGE)).status_code == 403
    assert len(archive.asked) == 2


@pytest.mark.parametrize("name", [MESSAGE, "RE1", "..%2f..%2fBalance", "spool/7.wav"])
def test_only_a_recording_of_the_call_itself_is_asked_for(
    operator: FlaskClient, archive: Archive, name: str
) -> None:
    assert operator.get(address("talk", name)).status_code == 404
    assert archive.asked == []


def test_one_that_is_gone_and_a_provider_that_is_away_are_told(
    operator: FlaskClient, archive: Archive
) -> None:
    assert operator.get(address("talk", GONE)).status_code == 404
    archive.away = True
    answer = operator.get(address("talk", TALK))
    assert (answer.status_code, "稍后再试" in answer.text) == (502, True)


def test_a_reference_of_another_exchange_is_shown_and_not_played(
    operator: FlaskClient, archive: Archive
) -> None:
    page = operator.get(f"/desk/calls/{call('own').id}").text
    assert ("spool/7.wav" in page, "<audio" in page) == (True, False)
