"""Deadlines that prove themselves: export, the stand-alone checker, tampering found, shares that add up."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

import config
from sla.arithmetic import used_seconds
from tests.conftest import MONDAY
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db
from ticketing.models import Ticket, TicketClock
from ticketing.services import dispatch, handling, proof, province
from ticketing.services.history import Act

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


def hours(n: float) -> dt.datetime:
    return MONDAY + dt.timedelta(hours=n)


def returned(*, upheld: bool) -> Ticket:
    """A ticket that a bureau had for two hours and the centre for one."""
    one, dispatcher = sent(type="help"), actor("dispatcher", Grant(Role.DISPATCHER))
    handler = actor("handler", Grant(Role.HANDLER, SWJ))
    handling.accept(one, Act(handler, hours(0.5)))
    dispatch.return_ticket(
        one, "not_our_duty", "权责清单第三条", SCJG, Act(handler, hours(2)), province.current()
    )
    to = SCJG if upheld else SWJ
    dispatch.adjudicate(one, to, Act(dispatcher, hours(3)), province.current(), reason="按权责清单")
    return one


def export(tmp_path: Path) -> Path:
    db.session.flush()
    path = tmp_path / "clocks.jsonl"
    path.write_text("".join(proof.export(hours(30))), encoding="utf-8")
    return path


def verified(path: Path) -> tuple[int, str]:
    """Run the checker as anybody would: a process without database, settings or network."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "sla.verify", str(path)],
        cwd=config.ROOT, capture_output=True, text=True, env={"PYTHONPATH": str(config.ROOT)}, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_an_export_recomputes_with_nothing_but_the_library(tmp_path: Path) -> None:
    returned(upheld=True)
    sent(type="complaint", urgency="critical")
    path = export(tmp_path)
    clocks = len(path.read_text().splitlines()) - 2
    assert clocks >= 9
    assert verified(path) == (0, f"{clocks} clocks, 0 differences\n")


def _changed(path: Path, change: Any) -> None:
    lines = path.read_text().splitlines()
    row = json.loads(lines[1])
    change(row)
    lines[1] = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")


def _later(row: dict[str, Any]) -> None:
    row["shown"]["due_at"] = "2026-12-31T09:00:00+00:00"


def _earlier(row: dict[str, Any]) -> None:
    row["entries"][0]["at"] = "2020-06-01T01:00:00+00:00"


def _another(row: dict[str, Any]) -> None:
    row["entries"][0]["actor"] = "somebody else"


@pytest.mark.parametrize("change", [_later, _earlier, _another, lambda row: row["entries"].clear()])
def test_one_changed_row_is_found(tmp_path: Path, change: Any) -> None:
    sent(type="help")
    path = export(tmp_path)
    _changed(path, change)
    status, said = verified(path)
    assert status == 1
    assert ", 0 differences" not in said


def test_a_row_changed_in_the_database_is_found(tmp_path: Path) -> None:
    one = sent(type="help")
    answer = (TicketClock.ticket_id == one.id) & (TicketClock.kind == ClockKind.ANSWER)
    db.session.execute(update(TicketClock).where(answer).values(due_at=hours(999)))
    status, said = verified(export(tmp_path))
    assert (status, "due_at was shown as" in said) == (1, True)


def test_a_file_that_was_cut_is_found(tmp_path: Path) -> None:
    sent(type="help")
    path = export(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert verified(path)[0] == 1
    path.write_text("nothing of the kind")
    assert verified(path)[0] == 2


@pytest.mark.parametrize(
    ("upheld", "bearers"), [(True, ["HLJ-YSJ", "HLJ-YSJ", SCJG]), (False, [SWJ, SWJ, SWJ])]
)
def test_who_used_how_much_is_told_and_adds_up(upheld: bool, bearers: list[str]) -> None:
    one = returned(upheld=upheld)
    [answer] = [
        told for told in proof.tell(one, province.current(), hours(30)) if told.kind is ClockKind.ANSWER
    ]
    assert [part.bearer for part in answer.parts] == bearers
    assert [part.returned for part in answer.parts] == [True, False, False]
    assert answer.parts[0].until == hours(2)
    assert sum(part.seconds for part in answer.parts) == used_seconds(
        province.current().calendar, answer.explanation.start, hours(30), unit=answer.explanation.target.unit
    )


def cli(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["sla", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_explain_says_each_day_and_each_stay(app: Flask) -> None:
    one = returned(upheld=True)
    said = cli(app, "explain", one.number)
    assert "2020-06-09 Tue   1  counted  工作日" in said
    assert "2020-06-13 Sat      skipped  周末" in said
    assert "working days, returned" in said
    told = json.loads(cli(app, "explain", one.number, "--json"))
    [answer] = [clock for clock in told if clock["clock"] == "answer"]
    assert answer["due_at"] == "2020-06-15T17:00:00+08:00"
    assert [line["kind"] for line in answer["ledger"]] == ["started", "handed_over", "handed_over"]


def test_a_number_that_is_none_is_told(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["sla", "explain", "123"])
    assert (done.exit_code, "Error" in done.output) == (1, True)


def test_the_calendar_of_a_year_is_shown(app: Flask) -> None:
    said = cli(app, "calendar", "show", "2020")
    assert "2020-01-19 Sun  works  调休上班" in said
    assert "2020-01-31 Fri  off    春节" in said
    days = json.loads(cli(app, "calendar", "show", "2020", "--json"))["days"]
    assert len(days) == 366
    assert [one["works"] for one in days if one["day"] in ("2020-01-31", "2020-06-28")] == [False, True]


def test_the_export_command_writes_what_the_checker_reads(app: Flask, tmp_path: Path) -> None:
    sent(type="help")
    db.session.flush()
    path = tmp_path / "clocks.jsonl"
    assert "clocks written" in cli(app, "export", str(path))
    assert cli(app, "verify", str(path)).endswith("clocks, 0 differences\n")
