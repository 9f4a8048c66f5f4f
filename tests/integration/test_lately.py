"""Answers of some seconds ago: reckoned once, shown with their instant, reckoned by each where nothing can be kept."""

import datetime as dt

import pytest
from flask import Flask

from tests.conftest import FrozenClock
from tests.support.requests import sent
from ticketing.extensions import store
from ticketing.services import performance, period_figures, province
from ticketing.services.lately import Lately, lately
from ticketing.services.performance import Asked

JUNE = Asked(dt.date(2020, 6, 1), dt.date(2020, 6, 30))


@pytest.fixture
def aged(rolled_back: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers be ten seconds old."""
    monkeypatch.setattr(store, "age", 10)


class Counter:
    """Says how often it was asked."""

    times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return [self.times]


def test_it_is_reckoned_once_for_all_who_ask_in_time(aged: None, clock: FrozenClock) -> None:
    count, began = Counter(), clock.now
    assert lately("n", began, count) == Lately([1], began)
    assert lately("n", clock.forward(seconds=9), count) == Lately([1], began)
    assert lately("another", clock.now, count) == Lately([2], clock.now)
    assert lately("n", clock.forward(seconds=1), count) == Lately([3], clock.now)


def test_who_comes_while_another_reckons_is_shown_what_was_kept(aged: None, clock: FrozenClock) -> None:
    count, began = Counter(), clock.now
    lately("n", began, count)
    later = clock.forward(seconds=30)

    def slow() -> list[int]:
        assert lately("n", later, count) == Lately([1], began)
        return count()

    assert lately("n", later, slow) == Lately([2], later)
    assert lately("n", later, count) == Lately([2], later)


def test_without_counters_each_reckons(
    aged: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "client", store.client.from_url("unix:///nowhere/valkey.sock"))
    count = Counter()
    assert [lately("n", clock.now, count).value for _ in range(2)] == [[1], [2]]


def test_what_cannot_be_kept_is_reckoned_once_all_the_same(
    aged: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Counter()

    def while_the_counters_go_away() -> list[int]:
        monkeypatch.setattr(store, "client", store.client.from_url("unix:///nowhere/valkey.sock"))
        return count()

    assert lately("n", clock.now, while_the_counters_go_away) == Lately([1], clock.now)
    assert count.times == 1


def test_without_an_age_each_reckons(rolled_back: Flask, clock: FrozenClock) -> None:
    count = Counter()
    assert [lately("n", clock.now, count).value for _ in range(2)] == [[1], [2]]


def test_what_is_kept_of_a_period_says_what_was_reckoned(aged: None, clock: FrozenClock) -> None:
    for kind in ("help", "complaint"):
        sent(clock.now, type=kind)
    here = province.current()
    first, again = (period_figures.shown(JUNE, "type", clock.now, here) for _ in range(2))
    assert first == again
    assert first.table == performance.table(JUNE, "type", here)
    assert first.table.total.numbers["all"] == 2
    assert first.before == performance.total(JUNE.before(), here)
