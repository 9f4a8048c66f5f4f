"""What somebody typed is handed back where a session or a form's token had ended meanwhile, and to nobody else."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.functional.test_status import answered, enter
from tests.functional.test_submit import MATTER
from tests.support.people import PASSWORD as OF_STAFF
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Draft, HistoryEntry
from ticketing.services import drafts
from ticketing.web.status import OPEN_FOR

HERE = {"Origin": "http://localhost"}
WORDS = "仍然提示材料不全，缺的那一项还是没有写明。"


def contested() -> int:
    return db.session.scalar(select(func.count()).where(HistoryEntry.action == "contest"))


def late(client: FlaskClient, clock: FrozenClock, **more: object) -> object:
    """Contest an answer when the half hour of the session is over."""
    one = answered(clock)
    enter(client, one)
    clock.forward(minutes=OPEN_FOR.seconds // 60 + 1)
    given = {"data": {"contest-text": WORDS}, "headers": HERE} | more
    assert client.post("/status/request/contest", **given).location == "/status"
    return one


def test_words_wait_for_the_password_and_go_where_they_were_meant(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = late(client, clock)
    assert enter(client, one).location == "/unsent"
    page = client.get("/unsent").text
    assert f'<p class="notice said">{WORDS}</p>' in page
    field = {"contest-text": re.search(r'name="contest-text" value="([^"]+)"', page).group(1)}
    led = client.post("/unsent", data=field)
    assert (led.status_code, led.location) == (307, "/status/request/contest")
    client.post(led.location, data=field)
    assert contested() == 1
    assert enter(client, one).location == "/status/request"
    assert db.session.scalar(select(func.count(Draft.id))) == 0


def test_words_are_not_shown_to_who_opens_another_request(client: FlaskClient, clock: FrozenClock) -> None:
    late(client, clock)
    assert enter(client, sent()).location == "/status/request"
    assert client.get("/unsent").location == "/"
    assert client.post("/unsent").location == "/"


def test_words_do_not_wait_longer_than_half_an_hour(client: FlaskClient, clock: FrozenClock) -> None:
    one = late(client, clock)
    clock.forward(minutes=31)
    assert enter(client, one).location == "/status/request"


@pytest.mark.parametrize(
    "more", [{"headers": {"Origin": "https://evil.example"}}, {"data": {"contest-text": " "}}]
)
def test_nothing_waits_that_nobody_wrote_here(
    client: FlaskClient, clock: FrozenClock, more: dict[str, object]
) -> None:
    late(client, clock, **more)
    assert db.session.scalar(select(func.count(Draft.id))) == 0


def test_a_colleague_finds_what_the_end_of_a_session_cut_off(client: FlaskClient, app: Flask) -> None:
    colleague("w.wei", Grant(Role.OPERATOR))
    there = HERE | {"Referer": "http://localhost/snippets/new"}
    led = client.post("/snippets/new", data={"title": "复工", "text": WORDS}, headers=there)
    assert led.location == "/login?next=/snippets/new"
    back = client.post(led.location, data={"username": "w.wei", "password": OF_STAFF})
    assert back.location == "/unsent"
    assert WORDS in client.get("/unsent").text


def test_a_fault_of_ours_shows_the_words_that_it_cost(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.delattr(drafts, "save")
    answer = client.post("/submit/matter", data=MATTER, headers=HERE)
    assert answer.status_code == 500
    assert f'<p class="notice said">{MATTER["body"]}</p>' in answer.text


def test_files_beyond_measure_cost_the_files_and_not_the_words(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000)
    large = (io.BytesIO(b"%PDF" + bytes(300_000)), "plan.pdf")
    answer = client.post("/submit/matter", data=MATTER | {"files": large, "csrf_token": "x"}, headers=HERE)
    assert answer.status_code == 413
    assert f'<p class="notice said">{MATTER["body"]}</p>' in answer.text
    assert '<input type="file" multiple id="again-1" name="files"' in answer.text
    assert 'value="x"' not in answer.text


@pytest.mark.parametrize(
    "body", [b"no form at all" * 300, b"--x\r\nContent-Disposition: form-data\r\n\r\n" + bytes(3_000)]
)
def test_a_body_beyond_measure_that_is_no_form_is_refused_as_one(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000)
    answer = client.post(
        "/submit/matter", data=body, headers=HERE, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


def test_files_beyond_measure_from_elsewhere_hand_nothing_back(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000)
    large = (io.BytesIO(bytes(3_000)), "plan.pdf")
    answer = client.post("/submit/matter", data=MATTER | {"files": large})
    assert answer.status_code == 413
    assert MATTER["body"] not in answer.text


def test_a_page_whose_token_is_stale_hands_its_words_back(client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/submit/matter", data=MATTER, headers=HERE)
    assert answer.status_code == 400
    assert MATTER["body"] in answer.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text).group(1)
    assert client.post("/submit/matter", data=MATTER | {"csrf_token": token}).status_code == 302


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (MATTER, {"Origin": "https://evil.example"}),
        (MATTER, {}),
        ({"number": "2006070001238", "password": "123456"}, HERE),
    ],
)
def test_a_stale_token_hands_back_neither_secrets_nor_what_came_from_elsewhere(
    client: FlaskClient, app: Flask, data: dict[str, str], headers: dict[str, str]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/status", data=data, headers=headers)
    assert answer.status_code == 400
    assert not any(value in answer.text for value in data.values())
