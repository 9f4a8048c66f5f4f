"""`flask calls`: exchanges, telephones, the provider's list; and where the demo's storm may not blow."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import KEYS, MONDAY, settings_for
from tests.support.calls import ended, rang
from tests.support.people import colleague
from ticketing.app import create_app
from ticketing.channels.base import Retry
from ticketing.engines import Lease
from ticketing.extensions import db
from ticketing.models import Call
from ticketing.services import exchanges

Flask_ = Callable[..., tuple[int, str]]


@pytest.fixture
def flask(app: Flask) -> Flask_:
    def run(*words: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=list(words))
        return done.exit_code, done.output

    return run


def test_an_exchange_is_let_in_and_shut_out(flask: Flask_) -> None:
    code, told = flask("calls", "add-exchange", "harbin")
    token = told.splitlines()[0].rpartition("/")[2]
    assert (code, exchanges.by_token(token).name) == (0, "harbin")
    assert flask("calls", "add-exchange", "harbin")[0] == 1
    assert token not in flask("calls", "renew-token", "harbin")[1]
    assert exchanges.by_token(token) is None
    assert flask("calls", "shut-out", "harbin") == (0, "")
    assert "shut out" in flask("calls", "exchanges")[1]
    assert flask("calls", "shut-out", "nowhere")[0] == 1


def test_a_telephone_stands_on_one_desk(flask: Flask_) -> None:
    first, second = colleague("first"), colleague("second")
    assert flask("calls", "telephone", "first", "client:first") == (0, "")
    assert flask("calls", "telephone", "first", "client:first") == (0, "")
    assert flask("calls", "telephone", "second", "client:first")[0] == 1
    assert flask("calls", "telephone", "first") == (0, "")
    assert flask("calls", "telephone", "second", "client:first") == (0, "")
    assert (first.desk_phone, second.desk_phone) == (None, "client:first")
    assert flask("calls", "telephone", "nobody", "8001") == (1, "Error: there is no account nobody\n")


class Provider:
    def __init__(self, *told: object) -> None:
        self.told, self.since = told, None

    def calls_since(self, since: object) -> object:
        self.since = since
        for one in self.told:
            if isinstance(one, Exception):
                raise one
            yield one


def test_the_provider_is_asked_and_the_books_are_told(
    app: Flask, flask: Flask_, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider(rang("1"), ended("1"), rang("2"))
    monkeypatch.setitem(app.extensions, "voice", provider)
    code, told = flask("calls", "reconcile", "--since", "2020-06-08 10:00")
    assert (code, provider.since) == (0, MONDAY)
    assert "2 were missing" in told
    assert "2 calls recorded, 1 going on, 0 without an outcome or an open duty." in told


def test_a_provider_that_falls_silent_half_way_is_told_and_what_was_read_stays(
    app: Flask, flask: Flask_, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [rang(str(number)) for number in range(200)]
    monkeypatch.setitem(app.extensions, "voice", Provider(*many, Retry("Twilio is away")))
    code, told = flask("calls", "reconcile", "--since", "2020-06-08")
    assert (code, "run it again" in told) == (1, True)
    assert len(db.session.scalars(select(Call)).all()) == 200


def test_without_a_provider_nobody_is_asked(
    app: Flask, flask: Flask_, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "voice", None)
    assert flask("calls", "reconcile", "--since", "2020-06-08")[0] == 1


@pytest.mark.parametrize(
    "more",
    [
        {"demo": False},
        {"demo": True, "twilio_account_sid": "AC" + "1" * 32, "twilio_auth_token": "t", "twilio_from": "+1"},
    ],
)
def test_a_storm_blows_in_a_demo_alone(lease: Lease, app: Flask, more: dict[str, object]) -> None:
    real = create_app(settings_for(lease, "postgres", **KEYS, **more), clock=lambda: MONDAY, testing=True)
    with real.app_context():
        done = real.test_cli_runner().invoke(args=["demo", "calls", "--calls", "1"])
    assert done.exit_code == 1
    assert "Invented calls are for the demo" in done.output
