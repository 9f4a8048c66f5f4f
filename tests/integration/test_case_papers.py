"""The record of a case on paper: printed once for who asked, kept sealed, forgotten after a week."""

import datetime as dt
import subprocess

import pytest
from flask import Flask

from tests.conftest import FrozenClock
from tests.support.cases import NAMES, Bridge, bridge
from ticketing.channels import press
from ticketing.domain.errors import Unavailable
from ticketing.extensions import db
from ticketing.jobs import papers
from ticketing.models import CasePaper
from ticketing.services import case_papers

PAGE = f"<p>{NAMES[0]}</p>"


@pytest.fixture
def one(rolled_back: Flask) -> Bridge:
    return bridge(confirmed=False)


def ask(one: Bridge, who: str = "supervisor") -> int:
    account = one.accounts[who].id
    case_papers.ask(one.case, account, PAGE, one.now, whole=True)
    return account


def test_the_page_lies_sealed_and_is_bound_to_who_asked(one: Bridge) -> None:
    mine, other = ask(one), ask(one, "watcher")
    row, second = case_papers.of(one.case, mine), case_papers.of(one.case, other)
    assert row is not None
    assert second is not None
    assert NAMES[0].encode() not in row.sealed
    assert case_papers.page(row) == PAGE
    row.sealed = second.sealed
    with pytest.raises(Unavailable):
        case_papers.page(row)


def test_a_paper_is_there_when_the_press_is_through_and_asking_again_replaces_it(
    one: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "pdf", str.encode)
    account = ask(one)
    row = case_papers.of(one.case, account)
    assert row is not None
    assert case_papers.content(row) is None
    assert (papers.run(), papers.run()) == (1, 0)
    assert case_papers.content(row) == PAGE.encode()
    ask(one)
    db.session.expire_all()
    assert case_papers.content(row) is None


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (press.NoPress(), "缺少 Pango"),
        (RuntimeError("no memory"), "没有生成成功"),
        (subprocess.TimeoutExpired("press", 300), "没有生成成功"),
    ],
)
def test_where_the_press_fails_the_row_says_so_and_is_not_tried_for_ever(
    fault: Exception, told: str, one: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def jammed(_page: str) -> bytes:
        raise fault

    monkeypatch.setattr(press, "pdf", jammed)
    row = case_papers.of(one.case, ask(one))
    assert row is not None
    assert (papers.run(), papers.run()) == (1, 0)
    assert told in row.problem
    assert case_papers.content(row) is None


def test_papers_of_a_week_ago_are_forgotten(one: Bridge, clock: FrozenClock) -> None:
    ask(one)
    assert case_papers.drop_old(one.now + dt.timedelta(days=6)) == 0
    assert case_papers.drop_old(one.now + dt.timedelta(days=7)) == 1
    assert db.session.scalars(db.select(CasePaper)).all() == []
