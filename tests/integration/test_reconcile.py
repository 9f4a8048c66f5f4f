"""Down for ten minutes in a storm of calls: afterwards everything is accounted for. And calls that never ended."""

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.calls import ALWAYS, BY_DAY, answered, ended, named, rang, told
from ticketing.channels.base import Retry
from ticketing.domain.signals import Answered, Ended, Ringing, Signal
from ticketing.extensions import db
from ticketing.jobs import sweep
from ticketing.models import Call, Callback, CallEvent
from ticketing.services import calls, cdr, exchanges, province, reconcile

DOWN = (MONDAY + dt.timedelta(minutes=5), MONDAY + dt.timedelta(minutes=15))


class Provider:
    """An exchange that knows all its calls, and can be away."""

    account_sid = "AC" + "7" * 32

    def __init__(self, signals: list[Signal], away: bool = False) -> None:
        self.signals, self.away = signals, away

    def calls_since(self, since: dt.datetime) -> Iterator[Signal]:
        began = {one.call for one in self.signals if isinstance(one, Ringing) and one.at >= since}
        yield from (one for one in self.signals if one.call in began)

    def call(self, provider_id: str) -> list[Signal]:
        if self.away:
            raise Retry("away")
        return [one for one in self.signals if one.call == provider_id]


def storm(number: int, dice: random.Random) -> list[Signal]:
    """Calls of twenty minutes; some answered, some not, some given up."""
    found: list[Signal] = []
    for index in range(number):
        begins, call = dice.uniform(0, 1200), f"c{index}"
        lasts = dice.uniform(5, 240)
        where = dice.choice([ALWAYS, BY_DAY])
        found.append(rang(call, where, at=MONDAY + dt.timedelta(seconds=int(begins))))
        if dice.random() < 0.6:
            found.append(Answered(**named(call, "answer", int(begins + 4)), by=""))
        found.append(Ended(**named(call, "end", int(begins + lasts))))
    return found


def heard(signals: list[Signal], now: dt.datetime, dice: random.Random) -> None:
    """Tell signals as webhooks do: one by one, some twice, some too late, and none while we are down."""
    up = [one for one in signals if not DOWN[0] <= one.at < DOWN[1]]
    for one in [*dice.sample(up, len(up)), *dice.choices(up, k=len(up) // 5)]:
        calls.record([one], now, province.current(), provider="test")


def total(model: type[object], *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_ten_minutes_down_in_a_storm_lose_nobody(clock: FrozenClock) -> None:
    dice = random.Random(59)
    signals = storm(150, dice)
    now = clock.forward(minutes=30)
    heard(signals, now, dice)
    before = reconcile.account()
    assert before.calls < 150
    assert before.going_on > 0
    for again in range(2):
        done = [
            reconcile.repair(batch, now, province.current(), provider="test")
            for batch in reconcile.batches(Provider(signals).calls_since(MONDAY))
        ]
        assert sum(one.new for one in done) == (0 if again else 150 - before.calls)
        assert reconcile.account() == reconcile.Account(150, 0, 0)
    assert total(CallEvent) == len(signals)
    unanswered = 150 - len({one.call for one in signals if isinstance(one, Answered)})
    assert total(Callback, Callback.kind == "missed") == unanswered
    assert total(Callback, Callback.kind == "unfiled") == 150 - unanswered


def test_a_silent_call_is_asked_for_and_ends(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, fresh = [rang("1"), answered("1"), ended("1")], rang("2")
    for one in (lost[0], fresh):
        calls.record([one], clock.now, province.current(), provider="twilio")
    monkeypatch.setitem(app.extensions, "voice", Provider(lost))
    clock.forward(minutes=9)
    assert sweep.run() == 0
    clock.forward(minutes=2)
    assert sweep.run() == 1
    assert reconcile.account() == reconcile.Account(2, 1, 0)


def test_a_provider_that_is_away_is_asked_again_later(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls.record([rang("1")], clock.now, province.current(), provider="twilio")
    provider = Provider([rang("1"), ended("1")], away=True)
    monkeypatch.setitem(app.extensions, "voice", provider)
    clock.forward(minutes=11)
    assert sweep.run() == 0
    provider.away = False
    assert sweep.run() == 0
    clock.forward(minutes=11)
    assert sweep.run() == 1


def test_a_call_that_nobody_can_be_asked_about_is_over_after_hours(app: Flask, clock: FrozenClock) -> None:
    told(rang("1"))
    clock.forward(hours=5)
    assert sweep.run() == 0
    clock.forward(hours=2)
    assert sweep.run() == 1
    call = db.session.scalars(select(Call)).one()
    assert (call.end_reason, call.outcome, call.ended_at) == ("lost", "abandoned", MONDAY)
    assert total(Callback, Callback.kind == "missed") == 1


ASTERISK = (
    '"","13904510021","045187005502","from-trunk","""x"" <139>","PJSIP/trunk-1","PJSIP/8001-0000002a","Dial","",'
    '"2020-06-08 10:00:00","2020-06-08 10:00:07","2020-06-08 10:01:00",60,53,"ANSWERED","DOCUMENTATION","158.7",""\n'
    '"","13904510022","045187005502","from-trunk","x","PJSIP/trunk-2","","Queue","",'
    '"2020-06-08 10:02:00","","2020-06-08 10:02:40",40,0,"NO ANSWER","DOCUMENTATION","158.8",""\n'
    '"","8001","8002","internal","x","PJSIP/8001-1","PJSIP/8002-1","Dial","",'
    '"2020-06-08 10:03:00","","2020-06-08 10:03:09",9,0,"NO ANSWER","DOCUMENTATION","158.9",""\n'
    '"","13904510023","045187005502","from-trunk","x","PJSIP/trunk-3","","Queue","",'
    '"yesterday","","2020-06-08 10:02:40",40,0,"NO ANSWER","DOCUMENTATION","158.10",""\n'
)


def imported(app: Flask, file: Path, *more: str) -> str:
    result = app.test_cli_runner().invoke(args=["calls", "import-cdr", str(file), "--exchange", "sip", *more])
    return result.output


@pytest.fixture
def records(tmp_path: Path) -> Path:
    exchanges.add("sip", "cti", MONDAY)
    file = tmp_path / "Master.csv"
    file.write_text(ASTERISK)
    return file


def test_the_records_of_an_exchange_are_taken_over_once(app: Flask, records: Path) -> None:
    output = imported(app, records)
    assert "2 calls looked at: 2 were missing" in output
    assert "2 rows refused" in output
    refused = (records.parent / "Master.refused.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in refused[1:]] == [
        ["3", "neither number is one of the hotlines"],
        ["4", "a time that cannot be read"],
    ]
    assert "2 calls looked at: 0 were missing, 0 had gone on" in imported(app, records)
    row = db.session.scalars(select(Call).order_by(Call.rang_at)).first()
    assert (row.caller, row.answered_by, row.rang_at) == ("+8613904510021", "8001", MONDAY)
    assert reconcile.account() == reconcile.Account(2, 0, 0)


def test_what_the_webhook_told_and_the_record_of_it_are_one_call(app: Flask, records: Path) -> None:
    late = MONDAY + dt.timedelta(seconds=3)
    name = {"exchange": "sip", "call": "158.8", "exact": False}
    told(Ringing(**name, key="ring", at=late, called=BY_DAY, caller="+8613904510022"), now=late)
    assert "1 were missing, 1 had gone on unheard" in imported(app, records)
    call = db.session.scalars(select(Call).where(Call.provider_id == "158.8")).one()
    assert call.rang_at == MONDAY + dt.timedelta(minutes=2)
    assert call.outcome == "missed"


def test_times_of_an_exchange_may_be_utc_and_columns_may_have_names(app: Flask, records: Path) -> None:
    records.write_text(
        "start,end,uniqueid,disposition,src,dst\n2020-06-08 02:00:00,2020-06-08 02:00:30,1,BUSY,,045187005502\n"
    )
    assert "1 were missing" in imported(app, records, "--utc")
    assert db.session.scalars(select(Call)).one().rang_at == MONDAY


@pytest.mark.parametrize(
    ("text", "said"), [("uniqueid,src\n1,2\n", "lacks the columns: dst"), ("", "0 calls looked at")]
)
def test_a_file_that_is_none_is_told(app: Flask, records: Path, text: str, said: str) -> None:
    records.write_text(text)
    assert said in imported(app, records)


def test_only_a_known_exchange_has_records(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(ASTERISK)
    assert "There is no exchange sip" in imported(app, file)


def test_a_record_that_ended_before_it_began_is_refused() -> None:
    cells = dict(zip(cdr.ASTERISK, [""] * 18, strict=True)) | {
        "uniqueid": "1",
        "start": "2020-06-08 10:00:00",
    }
    row = cdr.Row(1, cells | {"end": "2020-06-08 09:00:00"})
    refused = cdr.read(row, "sip", province.current())
    assert isinstance(refused, cdr.Refused)
    assert refused.reason == "it ended before it began"
