"""The telephone under fire: many at once, the web, the worker and Valkey killed; every call is accounted for."""

import concurrent.futures
import dataclasses
import datetime as dt
import json
import os
import random
import signal
import socket
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import KEYS, MONDAY, FrozenClock
from tests.faults.test_workers import JOB, killed_after, total
from tests.support import duty
from tests.support.calls import ALWAYS, ended, rang
from tests.support.programs import Program, Start, starting
from tests.support.twilio import form, sid
from ticketing.channels.voice_twilio import DEMO_ACCOUNT, PROVIDER, TwilioVoice
from ticketing.cli import demo_provider
from ticketing.cli.calls import take
from ticketing.engines import valkey
from ticketing.extensions import db, transaction, vault
from ticketing.models import Call, Callback, CallEvent, HandlerReceipt, Notice, OutboxEvent
from ticketing.services import calls, demo_storm, province, reconcile
from ticketing.services.demo_storm import Hook, Story

PATIENCE = 60


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def run(committed: Flask, tmp_path: Path, port: int) -> Iterator[Start]:
    """Run a program of ours on the test's database, in a group of its own that can be killed as one."""
    yield from starting(committed, tmp_path, PORT=str(port))


@pytest.fixture
def web(run: Start, port: int) -> Start:
    """Start the web as a machine does, and wait until it answers."""

    def begin(**more: str) -> Program:
        program = run("-m", "gunicorn", "--config", "ticketing/web/gunicorn_conf.py", "--bind", f"127.0.0.1:{port}",
                      "--workers", "2", "--threads", "2", **more)  # fmt: skip
        assert program.until(lambda: answers(port))
        return program

    return begin


def answers(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def storm(run: Start, number: int, speed: int, **more: str) -> Program:
    """Begin the demo's storm of calls."""
    told = ("--calls", str(number), "--speed", str(speed), "--seed", "7", "--json")
    return run("-m", "flask", "--app", "wsgi", "demo", "calls", "--lines", "59", *told, **more)


def books(raging: Program) -> dict[str, float]:
    """Return what the storm says at its end."""
    return dict(json.loads(raging.output().splitlines()[-1]))


def accounted_for(found: dict[str, float], number: int) -> bool:
    """Tell whether every call is there, once, with an outcome or an open duty, and no forgery is."""
    assert found["forgeries_sent"] > 0
    wanted = {
        "calls_sent": number, "calls_recorded": number, "without_outcome_or_duty": 0, "forgeries_accepted": 0,
    }  # fmt: skip
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Call)) == number
    return {name: found[name] for name in wanted} == wanted


def recorded() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Call)) or 0


def test_110_callbacks_at_once_are_one_row_a_call_and_the_unsigned_are_refused(
    committed: Flask, web: Start, port: int
) -> None:
    voice = TwilioVoice(form()["AccountSid"], KEYS["secret_key"], f"http://127.0.0.1:{port}")
    web(
        TWILIO_ACCOUNT_SID=voice.account_sid, TWILIO_AUTH_TOKEN=KEYS["secret_key"], TWILIO_FROM="+15005550006"
    )
    url = voice.url("voice")
    asked = [(number % 45, True) for number in range(90)] + [(45 + number, False) for number in range(20)]

    def ask(one: tuple[int, bool]) -> int:
        number, signed = one
        told = form(number)
        header = {"X-Twilio-Signature": voice.sign(url, told) if signed else "AAAA",
                  "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request("POST", "/hooks/twilio/voice", urlencode(told), header)
        status = line.getresponse().status
        line.close()
        return status

    with concurrent.futures.ThreadPoolExecutor(110) as pool:
        statuses = list(pool.map(ask, asked))
    assert statuses == [200] * 90 + [403] * 20
    ids = db.session.scalars(select(Call.provider_id)).all()
    assert sorted(ids) == [sid("CA", number) for number in range(45)]
    assert db.session.scalar(select(func.count()).select_from(CallEvent)) == 45


def test_a_killed_web_loses_no_call(committed: Flask, web: Start, run: Start) -> None:
    first = web()
    raging = storm(run, 60, 40)
    assert raging.until(lambda: recorded() >= 15)
    first.kill()
    web()
    assert accounted_for(books(raging), 60)


def test_a_killed_valkey_does_not_stop_the_telephone(
    committed: Flask, web: Start, run: Start, tmp_path: Path
) -> None:
    data = tmp_path / "valkey"
    data.mkdir()
    url = valkey.start(data)
    with redis.Redis.from_url(url) as client:
        server = int(client.info("server")["process_id"])
    web(REDIS_URL=url)
    raging = storm(run, 40, 40, REDIS_URL=url)
    assert raging.until(lambda: recorded() >= 10)
    os.kill(server, signal.SIGKILL)
    found = books(raging)
    assert found["events_unanswered"] == 0
    assert accounted_for(found, 40)


def many_missed(number: int) -> None:
    with transaction():
        people = [duty.operator(name) for name in ("a", "b")]
        duty.always(duty.group("组", *people, lines=(ALWAYS,)), *people)
        signals = [one for index in range(number) for one in (rang(f"c{index}"), ended(f"c{index}", 40))]
        calls.record(signals, MONDAY, province.current(), provider="test")


def test_a_worker_killed_among_missed_calls_tells_everybody_once(committed: Flask, run: Start) -> None:
    many_missed(60)
    told = total(OutboxEvent.relayed_at.is_not(None))
    killed_after(run("-c", JOB, "relay"), lambda: told() > 5)
    assert 5 < told() < 60
    run("-c", JOB, "relay").output()
    db.session.rollback()
    assert (told(), total(Notice.id > 0)()) == (60, 120)
    assert db.session.scalar(select(func.count()).select_from(HandlerReceipt)) == 60
    assert reconcile.account() == reconcile.Account(60, 0, 0)


def test_a_sweep_killed_half_way_goes_on_after_its_claim(
    committed: Flask, run: Start, clock: FrozenClock
) -> None:
    with transaction():
        signals = [rang(f"c{index}") for index in range(120)]
        calls.record(signals, MONDAY, province.current(), provider="test")
    over = total(Call.ended_at.is_not(None))
    killed_after(run("-c", JOB, "sweep"), lambda: over() > 5)
    assert 5 < over() < 120
    with transaction():
        db.session.execute(db.text("update call set asked_at = null"))
    run("-c", JOB, "sweep").output()
    db.session.rollback()
    assert reconcile.account() == reconcile.Account(120, 0, 0)
    assert total(Callback.done_at.is_(None))() == 120


def hooks_by_time(stories: Sequence[Story]) -> list[tuple[dt.datetime, Hook]]:
    """Return the webhooks of a storm with the instant of each: the end at the end, everything else before it."""
    told = [
        (story.ended if hook.name == "status" else story.began + dt.timedelta(seconds=place), hook)
        for story in stories
        for place, hook in enumerate(story.hooks())
    ]
    return sorted(told, key=lambda one: one[0])


def test_a_web_tier_down_for_ten_minutes_of_a_storm_loses_nobody(
    committed: Flask, web: Start, port: int, clock: FrozenClock
) -> None:
    lines = list(province.current().directory.hotlines)
    invented = demo_storm.stories(150, lines, ["client:op"], clock.now, random.Random(59))
    stories = [dataclasses.replace(one, account=DEMO_ACCOUNT) for one in invented]
    voice = TwilioVoice(DEMO_ACCOUNT, vault.mac(DEMO_ACCOUNT), f"http://127.0.0.1:{port}")
    down = min(one.began for one in stories) + dt.timedelta(minutes=20)
    up = down + dt.timedelta(minutes=10)
    hooks = hooks_by_time(stories)
    before, during, after = (
        [hook for at, hook in hooks if at < down],
        [hook for at, hook in hooks if down <= at < up],
        [hook for at, hook in hooks if at >= up],
    )
    server = f"http://127.0.0.1:{port}"
    first = web()
    assert demo_provider.send(before, voice, server, 1_000).unanswered == 0
    first.kill()
    assert demo_provider.send(during, voice, server, 1_000).unanswered == len(during)
    web()
    assert demo_provider.send(after, voice, server, 1_000).unanswered == 0
    heard = {hook.form.get("ParentCallSid", hook.form["CallSid"]) for hook in (*before, *after)}
    assert recorded() == len(heard) < 150
    assert reconcile.account().going_on > 0
    with demo_provider.own_list(stories) as api:
        listed = TwilioVoice(DEMO_ACCOUNT, "t" * 32, server, api=api).calls_since(
            down - dt.timedelta(hours=1)
        )
        repaired = take(listed, PROVIDER)
    assert repaired.new == 150 - len(heard)
    db.session.rollback()
    assert reconcile.account() == reconcile.Account(150, 0, 0)
