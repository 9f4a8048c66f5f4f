"""`flask sla` for those who change what deadlines rest on, and the spring of 2020 told again."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import FrozenClock
from tests.support import policies as told
from tests.support.requests import sent
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.models import ClockRung, OutboxEvent, Ticket, TicketClock

HARBIN, QIQIHAR = "230103", "230202"


def run(app: Flask, *arguments: str, exit_code: int = 0) -> Result:
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == exit_code, done.output
    return done


def said(app: Flask, *arguments: str, exit_code: int = 0) -> str:
    return run(app, *arguments, exit_code=exit_code).stdout


def test_verify_recomputes_the_database_and_finds_a_changed_row(app: Flask) -> None:
    one = sent(type="help")
    db.session.commit()
    clocks = db.session.scalar(select(func.count(TicketClock.id)))
    assert said(app, "sla", "verify") == f"{clocks} clocks, 0 differences\n"
    answer = (TicketClock.ticket_id == one.id) & (TicketClock.kind == ClockKind.ANSWER.value)
    db.session.execute(update(TicketClock).where(answer).values(provisional=True))
    db.session.commit()
    found = json.loads(said(app, "sla", "verify", "--json", exit_code=1))
    assert (found["differences"], found["list"][0]["field"]) == (1, "provisional")


def test_a_dry_sweep_says_what_the_sweep_then_does(app: Flask, clock: FrozenClock) -> None:
    sent(type="help")
    clock.forward(hours=5)
    db.session.commit()
    planned = json.loads(said(app, "sla", "sweep", "--dry-run", "--json"))
    assert db.session.scalar(select(func.count(ClockRung.id))) == 0
    assert "rungs would be climbed" in said(app, "sla", "sweep", "--dry-run")
    run(app, "sla", "sweep")
    climbed = db.session.execute(select(ClockRung.rung, ClockRung.outcome).order_by(ClockRung.id))
    assert sorted((row["rung"], row["outcome"]) for row in planned) == sorted(map(tuple, climbed))
    assert json.loads(said(app, "sla", "sweep", "--dry-run", "--json")) == []


def test_what_if_of_a_notice_names_the_clocks_and_changes_nothing(app: Flask, tmp_path: Path) -> None:
    one = sent(type="help", region_code=HARBIN)
    sent(type="help", region_code=QIQIHAR)
    db.session.commit()
    path = tmp_path / "flood.yaml"
    path.write_text(told.FLOOD)
    found = json.loads(said(app, "sla", "what-if", "--calendar", str(path), "--json"))
    assert {row["number"] for row in found["list"]} == {one.number}
    assert (found["moves"], found["breaches"], found["unbreaches"]) == (len(found["list"]), 0, 0)
    assert "moves 2, un-breaches 0, breaches 0" in said(app, "sla", "what-if", "--calendar", str(path))
    assert (
        db.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.name == "PromiseMoved")) == 0
    )


def test_what_if_names_a_clock_that_cannot_be_read_and_tells_the_others(app: Flask, tmp_path: Path) -> None:
    lost, one = sent(type="help", region_code=HARBIN), sent(type="help", region_code=HARBIN)
    told.lose(lost)
    path = tmp_path / "flood.yaml"
    path.write_text(told.FLOOD)
    done = run(app, "sla", "what-if", "--calendar", str(path), "--json", exit_code=1)
    found = json.loads(done.stdout)
    assert one.number in {row["number"] for row in found["list"]}
    [sentence] = found["unreadable"]
    assert sentence.startswith(f"{lost.number}: the answer clock cannot be read")
    assert "never-published" in done.stderr


def test_what_if_since_a_day_asks_stopped_clocks_too(app: Flask, tmp_path: Path, clock: FrozenClock) -> None:
    sent(type="help")
    db.session.execute(update(Ticket).values(type="consultation"))
    db.session.commit()
    path = tmp_path / "policy.yaml"
    path.write_text(told.policy_text())
    assert "moves 0" in said(app, "sla", "what-if", "--policy", str(path))
    assert "moves 1" in said(app, "sla", "what-if", "--policy", str(path), "--since", "2020-06-01")
    assert "0 clocks" in said(app, "sla", "what-if", "--policy", str(path), "--since", "2020-07-01")


def test_what_if_tells_mistakes_with_their_lines(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "flood.yaml"
    path.write_text(told.FLOOD.replace("230100", "1"))
    assert (
        "line 7: regions.0: 1 is not known"
        in run(app, "sla", "what-if", "--calendar", str(path), exit_code=1).output
    )
    run(app, "sla", "what-if", exit_code=2)


def test_apply_takes_what_was_published_to_the_open_clocks(app: Flask, clock: FrozenClock) -> None:
    sent(type="help", region_code=HARBIN)
    told.publish("calendar", told.FLOOD, told.pair(), clock)
    done = json.loads(said(app, "sla", "apply", "--json"))
    assert (done["superseded"] > 0, done["last_look_at"]) == (True, "2020-06-08T10:01:00+08:00")
    clock.forward(minutes=2)
    assert "Nothing to apply" in said(app, "sla", "apply")


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        (("--start", "2020-06-24T10:00", "--days", "5"), "2020-07-02T17:00+08:00"),
        (("--start", "2020-06-24T16:00", "--working-minutes", "240"), "2020-06-28T11:30+08:00"),
        (("--start", "2020-06-03T10:00", "--days", "3", "--pause", "2020-06-05T16:00/2020-06-08T10:00"),
         "2020-06-09T17:00+08:00"),
        (("--start", "2020-06-03T10:00", "--minutes", "30"), "2020-06-03T10:30+08:00"),
        (("--start", "2020-06-03T10:00", "--days", "3", "--pause", "2020-06-05T16:00/"), "open"),
    ],
)  # fmt: skip
def test_one_deadline_is_reckoned_from_options(app: Flask, arguments: tuple[str, ...], due: str) -> None:
    assert said(app, "sla", "due", *arguments).strip() == due


def test_one_deadline_at_a_place_goes_by_its_overlay(app: Flask, clock: FrozenClock) -> None:
    told.publish("calendar", told.FLOOD, told.pair(), clock)
    one = ("sla", "due", "--start", "2020-06-08T10:00", "--days", "5", "--json")
    assert json.loads(said(app, *one))["due"] == "2020-06-15T17:00+08:00"
    assert json.loads(said(app, *one, "--region", HARBIN))["due"] == "2020-06-16T17:00+08:00"
    assert "2020-06-10 Wed  off    防汛停工" in said(
        app, "sla", "calendar", "show", "2020", "--region", HARBIN
    )
    assert "no place" in run(app, *one, "--region", "1", exit_code=1).output


def test_an_incomplete_question_is_told(app: Flask) -> None:
    assert "--csv" in run(app, "sla", "due", "--start", "2020-06-24T10:00", exit_code=2).output


@pytest.mark.parametrize("keep", [False, True])
def test_the_spring_of_2020_is_told_with_both_truths(app: Flask, keep: bool) -> None:
    before = db.session.scalar(select(func.count(Ticket.id)))
    story = said(app, "demo", "spring-2020", *(["--keep"] if keep else []))
    assert "5 working days are due Sat 2020-02-01 17:00" in story
    assert "due Tue 2020-02-04 17:00" in story
    assert [line.split("rung ")[1].split(":")[0] for line in story.splitlines() if "rung " in line] == [
        "half",
        "near",
    ]
    assert "Sat 2020-02-01 17:00  broken" in story
    assert "Tue 2020-02-04 17:00  kept" in story
    assert (db.session.scalar(select(func.count(Ticket.id))) or 0) - (before or 0) == int(keep)
    assert said(app, "sla", "verify").endswith("clocks, 0 differences\n")
