"""`flask routing`: lessons, replay, publish, rollback, outcomes, as programs read them."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from routing.examples import of_pack
from routing.training import train
from tests.conftest import MONDAY, FrozenClock, administer, make_app, settings_for
from tests.support.people import actor
from tests.support.requests import ticket
from ticketing import engines
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import RoutingOutcome, RoutingTally, Ticket
from ticketing.services import dispatch, handling, outcomes, province, runs, shelf
from ticketing.services.history import Act

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


def ran(app: Flask, *arguments: str, code: int = 0) -> Any:
    result = app.test_cli_runner().invoke(args=["routing", *arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if code == 0 else result.output


@pytest.fixture(scope="session")
def examples() -> list[Any]:
    return of_pack(Path("provinces/heilongjiang"))


def shelve(examples: list[Any], count: int) -> Any:
    current = province.current()
    return shelf.put(train(examples[:count], current.directory, current.rules), {}, MONDAY)


def answered(bureau: str = SWJ, **values: Any) -> Ticket:
    """A ticket that the router sent to one bureau and that another answered, where they differ."""
    one = ticket(topic_code="T1503", region_code="230103", type="help", **values)
    if bureau != one.bureau_code:
        dispatch.dispatch(
            one, bureau, Act(actor(f"d{one.id}", Grant(Role.DISPATCHER)), MONDAY), province.current()
        )
    handler = Act(actor(f"h{one.id}", Grant(Role.HANDLER, bureau)), MONDAY)
    handling.accept(one, handler)
    handling.propose_answer(one, handler, province.current(), result="solved", text="好了。", basis="")
    return one


def test_lessons_are_counted_by_kind(app: Flask) -> None:
    answered(SCJG)
    answered()
    told = ran(app, "lessons")
    assert told == {"correction": 1, "upheld": 0, "refused": 0, "teach": 1}


def test_publishing_and_rolling_back(app: Flask, examples: list[Any]) -> None:
    first, second = shelve(examples, 300), shelve(examples, 350)
    assert ran(app, "publish", first.version) == {"version": first.version, "before": None}
    assert ran(app, "publish", second.version)["before"] == first.version
    assert ran(app, "rollback") == {"version": first.version, "withdrawn": second.version}
    assert "no other model" in ran(app, "rollback", code=1)
    assert "nonsense" in ran(app, "publish", "nonsense", code=1)


def test_a_replay_says_what_would_have_moved(app: Flask, examples: list[Any]) -> None:
    shelf.publish(shelve(examples, 300), MONDAY)
    for _ in range(3):
        answered()
    ticket(body="没有派出去的。")
    newer = shelve(examples, 350)
    told = ran(app, "replay", newer.version, "--months", "1")
    assert (told["version"], told["looked"], told["outcome"]) == (newer.version, 3, "ready")
    assert told["moved"] >= told["to_end"] + told["from_end"]


def test_a_replay_waits_for_a_training_under_way(app: Flask, examples: list[Any]) -> None:
    shelve(examples, 300)
    runs.ask(MONDAY)
    assert "training" in ran(app, "replay", code=1)


def test_outcomes_are_noted_once(app: Flask) -> None:
    right, wrong = answered(), answered(SCJG)
    ticket(body="还没有答复的。")
    for _ in range(2):
        assert ran(app, "outcomes") == {"outcomes": 2}
    noted = {one.ticket_id: (one.first_code, one.ended_code) for one in db.session.query(RoutingOutcome)}
    assert noted == {right.id: (SWJ, SWJ), wrong.id: (SWJ, SCJG)}
    assert sorted(one.count for one in db.session.query(RoutingTally)) == [1, 1]


def test_answered_anew_elsewhere_takes_the_old_sum_back(app: Flask) -> None:
    one = answered()
    outcomes.note([one.id])
    one.bureau_code = SCJG
    db.session.flush()
    outcomes.note([one.id])
    tallies = {row.ended_code: row.count for row in db.session.query(RoutingTally)}
    assert tallies == {SWJ: 0, SCJG: 1}


GOOD = {
    "id": "1",
    "text": "食品经营许可证怎么延续",
    "line": "market-regulation",
    "also_ok": [],
    "region": None,
}


def of(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "2", ', "not JSON"),
        (b"[1, 2]", "no object"),
        (b'{"id": "2", "text": "x", "region": null}', "line missing"),
        (of(line="no-such-line"), "no line no-such-line"),
        (of(also_ok=["no-such-line"]), "no line no-such-line"),
        (of(also_ok=7), "also_ok"),
        (of(text=" "), "text is empty"),
        (of(region=230100), "region"),
        ("怎么办".encode("gb18030"), "not UTF-8"),
    ],
)
def test_a_wrong_line_is_named_by_file_and_number(app: Flask, tmp_path: Path, line: bytes, said: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\n".join([of(), b"", line]))
    told = ran(app, "evaluate", str(file), code=1)
    assert "cases.jsonl, line 3: " in told
    assert said in told
    assert len(told.splitlines()) == 1


def test_an_empty_file_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf\n")
    assert "holds no case" in ran(app, "evaluate", str(file), code=1)


def test_evaluating_prints_the_promised_figures(app: Flask, examples: list[Any], tmp_path: Path) -> None:
    shelf.publish(shelve(examples, 300), MONDAY)
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + of() + b"\r\n" + of(line=None, region="999999") + b"\r\n")
    told = app.test_cli_runner().invoke(args=["routing", "evaluate", str(file), "--json"])
    assert list(json.loads(told.stdout)) == [
        *("top1", "top3", "auto_coverage", "auto_precision", "abstained", "region_accuracy", "ece"),
        *("urgent_recall", "urgent_precision", "p50_ms", "p95_ms"),
    ]
    assert "no 999999" in told.stderr


def test_deciding_understands_numbers_as_people_write_them(app: Flask, examples: list[Any]) -> None:
    shelf.publish(shelve(examples, 300), MONDAY)
    told = ran(app, "decide", "--text", "想问一个事", "--hotline", "0451-87005515", "--topic", "T1503")
    assert "+8645187005515" in [reason.get("hotline") for reason in told["reasons"]]
    assert told["topic"] == "T1503"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--text", " "), "--text is empty"),
        (("--text", "x", "--hotline", "0451-1"), "--hotline 0451-1"),
        (("--text", "x", "--hotline", "13812345678"), "--hotline 13812345678"),
        (("--text", "x", "--topic", "T0"), "--topic T0"),
    ],
)
def test_what_the_directory_does_not_know_is_said(app: Flask, options: tuple[str, ...], said: str) -> None:
    told = ran(app, "decide", *options, code=1)
    assert said in told
    assert len(told.splitlines()) == 1


def test_without_tables_or_without_a_database_one_sentence_says_so(lease: engines.Lease) -> None:
    administer(lease, "create database bare")
    bare = settings_for(lease, "bare")
    nowhere = bare.model_copy(update={"database_url": "postgresql+psycopg://127.0.0.1:1/none"})
    for settings, said in ((bare, "no tables yet"), (nowhere, "does not answer")):
        application = make_app(settings, FrozenClock(MONDAY))
        with application.app_context():
            told = ran(application, "rollback", code=1)
            db.session.remove()
            db.engine.dispose()
        assert said in told
        assert len(told.splitlines()) == 1
    administer(lease, "drop database bare with (force)")
