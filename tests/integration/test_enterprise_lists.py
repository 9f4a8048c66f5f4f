"""Enterprise lists as a segment: checked with file and line, kept at intake, matched, foreseen and named."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import ROOT
from sla.values import Target, Unit
from tests.conftest import MONDAY, FrozenClock
from tests.support import policies as told
from tests.support.requests import sent
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.models import PolicyEffect, Ticket, TicketClock
from ticketing.services import clocks, pack, pack_load, policy_texts, proof, province
from ticketing.services.clock_rows import Ledger
from ticketing.services.pack_files import PackInvalid

#: On the list of the demo; on another list; on none, though it gives its code; and one that gives none.
LISTED, OTHER, NOISE = "91230103MA1DEMX02P", "91230200MA1DEMX03L", "92230103MA1DEMX01H"
TINY = ROOT / "tests" / "data" / "packs" / "tiny"
ROW = "  - {clock: answer, when: {tag: secured_supply, type: help}, target: {working_days: 2}}\n"


def tagged(row: str = ROW, reaches: str = "") -> str:
    return told.policy_text().replace("limits:\n", f"{reaches}limits:\n{row}")


def answer_of(ticket: Ticket) -> Ledger:
    return next(one for one in clocks.ledgers(ticket) if one.kind is ClockKind.ANSWER)


def help_of(register_code: str, **values: Any) -> Ticket:
    return sent(type="help", register_code=register_code, **values)


@pytest.fixture
def in_force(rolled_back: Flask, clock: FrozenClock) -> None:
    told.publish(told.SLA, tagged(), told.pair(), clock)


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize(
    ("register_code", "days"), [(LISTED, 2), (OTHER, 5), (NOISE, 5), ("", 5)]
)  # fmt: skip
def test_a_row_for_a_list_is_for_those_on_it_alone(register_code: str, days: int) -> None:
    ticket = help_of(register_code)
    assert answer_of(ticket).state.target == Target(Unit.WORKING_DAYS, days)


@pytest.mark.usefixtures("rolled_back")
def test_a_ticket_keeps_the_lists_of_its_intake() -> None:
    early = help_of(NOISE)
    found = pack.read(ROOT / "provinces" / "heilongjiang")
    lists = next(one for one in found.documents if one.kind == "enterprise_lists")
    body = json.loads(json.dumps(lists.body)) | {"version": "next"}
    body["lists"][0]["register_codes"] = [NOISE]
    found.documents[found.documents.index(lists)] = pack.Document(
        lists.kind, lists.code, "next", lists.author, lists.published_on, body
    )
    assert "publish enterprise_lists enterprise_lists next" in pack_load.load(found, MONDAY).lines()
    assert (early.enterprise_lists, help_of(NOISE).enterprise_lists) == ([], ["secured_supply"])
    assert help_of(LISTED).enterprise_lists == []


def test_a_policy_reaches_open_clocks_of_those_on_the_list(rolled_back: Flask, clock: FrozenClock) -> None:
    on_it, others = help_of(LISTED), [help_of(OTHER), help_of(NOISE), help_of("")]
    db.session.commit()
    draft = told.publish(told.SLA, tagged(reaches="reaches_open: [answer]\n"), told.pair(), clock)
    moved = select(TicketClock.ticket_id).join(PolicyEffect, PolicyEffect.clock_id == TicketClock.id)
    assert list(db.session.scalars(moved.where(PolicyEffect.draft_id == draft.id))) == [on_it.id]
    jobs.roll_out()
    db.session.expire_all()
    assert [answer_of(one).state.target.amount for one in (on_it, *others)] == [2, 5, 5, 5]


def test_an_unknown_list_is_refused_in_a_draft_with_its_line(rolled_back: Flask) -> None:
    text = tagged(ROW.replace("secured_supply", "secret_supply"))
    read = policy_texts.read(told.SLA, text, province.current())
    line = 1 + text.splitlines().index(next(one for one in text.splitlines() if "secret_supply" in one))
    assert [(one.line, one.message) for one in read.problems] == [
        (line, "limits.0.when.tag: secret_supply is not known in this province")
    ]


def edited(tmp_path: Path, file: str, change: Callable[[str], str]) -> list[str]:
    folder = Path(shutil.copytree(TINY, tmp_path / "a pack"))
    (folder / file).write_text(change((folder / file).read_text()))
    with pytest.raises(PackInvalid) as refused:
        pack.read(folder)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("NY02K", "NY02X", "9: lists.0.register_codes.0: 91990100MA1TANY02X is no register code"),
        ("02K]", "02K, 91990100MA1TANY02K]", "9: lists.0.register_codes.1: 91990100MA1TANY02K stands twice"),
        ("    source: 虚构\n", "", "5: lists.0: missing: source"),
        ("version: yh-lists-1\n", "version: yh-lists-1\nsize: 1\n", "2: size: unknown key"),
    ],
)  # fmt: skip
def test_mistakes_in_the_lists_are_told_with_their_line(
    tmp_path: Path, old: str, new: str, mistake: str
) -> None:
    found = edited(tmp_path, "enterprise_lists.yaml", lambda text: text.replace(old, new))
    assert [one.startswith(f"enterprise_lists.yaml:{mistake}") for one in found] == [True]


def test_a_policy_of_a_pack_names_only_lists_of_the_pack(tmp_path: Path) -> None:
    row = "limits:\n  - {clock: answer, when: {tag: [supplies, surprise]}, target: {working_days: 1}}\n"
    assert edited(tmp_path, "sla/policy.yaml", lambda text: text.replace("limits:\n", row)) == [
        "sla/policy.yaml:5: limits.0.when.tag: surprise is not known in this province"
    ]


@pytest.mark.usefixtures("in_force")
def test_the_explanation_names_the_list_that_made_the_target(rolled_back: Flask) -> None:
    on_it, other = help_of(LISTED), help_of(OTHER)
    db.session.flush()
    now = MONDAY + dt.timedelta(hours=1)
    found = {one.kind: one.lists for one in proof.tell(on_it, province.current(), now)}
    assert found[ClockKind.ANSWER] == ("secured_supply",)
    assert [kind for kind, lists in found.items() if lists] == [ClockKind.ANSWER]
    assert not any(one.lists for one in proof.tell(other, province.current(), now))
    db.session.commit()
    run = rolled_back.test_cli_runner().invoke
    assert (
        "by enterprise list secured_supply 重点保供企业" in run(args=["sla", "explain", on_it.number]).output
    )
    assert "enterprise list" not in run(args=["sla", "explain", other.number]).output


def test_a_target_from_before_the_row_is_not_laid_at_the_list(rolled_back: Flask, clock: FrozenClock) -> None:
    early = help_of(LISTED)
    told.publish(told.SLA, tagged(), told.pair(), clock)
    assert early.enterprise_lists == ["secured_supply"]
    assert not any(one.lists for one in proof.tell(early, province.current(), clock.now))
