"""A call is what all its signals mean together: no order, no repetition and no gap changes it."""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain import signals
from ticketing.domain.calls import NEXT, CallState, Outcome, replay
from ticketing.domain.signals import (
    SIGNALS,
    Answered,
    CallbackAsked,
    Ended,
    HandedOver,
    Held,
    LanguageChosen,
    Queued,
    Recorded,
    Resumed,
    Ringing,
    Signal,
    Transferred,
    Voicemail,
)

BEGAN = dt.datetime(2020, 6, 8, 2, 0, tzinfo=dt.UTC)
NAME = {"exchange": "e", "call": "1"}


def at(seconds: int, key: str) -> dict[str, object]:
    return {**NAME, "key": key, "at": BEGAN + dt.timedelta(seconds=seconds)}


RANG = Ringing(**at(0, "ring"), called="+8645187005501", caller="+8613904510021")
LIFE = [
    RANG,
    LanguageChosen(**at(3, "lang"), language="en"),
    Queued(**at(20, "queue"), position=2),
    Answered(**at(40, "answer"), by="client:a"),
    Held(**at(60, "hold"), exact=False),
    Resumed(**at(90, "resume")),
    Transferred(**at(100, "move"), to="client:b"),
    Answered(**at(105, "answer-2"), by="client:b"),
    HandedOver(**at(120, "over"), service="119"),
    Recorded(**at(130, "tape"), recording="RE1", seconds=90),
    Ended(**at(130, "end"), reason="completed"),
]


def outcome(*signals: Signal) -> Outcome | None:
    return replay(signals).outcome


@given(st.lists(st.sampled_from(LIFE), min_size=1), st.randoms())
def test_any_order_and_any_repetition_mean_the_same(told: list[Signal], dice: random.Random) -> None:
    again = [*told, *dice.choices(told, k=3)]
    dice.shuffle(again)
    assert replay(again) == replay(told)


@given(st.permutations(LIFE), st.integers(1, len(LIFE) - 1))
def test_what_is_known_half_way_never_contradicts_the_end(order: list[Signal], half: int) -> None:
    known, whole = replay(order[:half]), replay(order)
    assert known.state is not CallState.ENDED or whole.state is CallState.ENDED
    assert known.rang_at >= whole.rang_at
    assert whole == replay(LIFE)


def test_a_whole_life_is_read() -> None:
    facts = replay(LIFE)
    assert (facts.state, facts.language, facts.answered_by) == (CallState.ENDED, "en", "client:b")
    assert (facts.held_seconds, facts.transfers, facts.handed_over_to) == (30, 1, "119")
    assert (facts.answered_at - facts.rang_at).seconds == 40
    assert facts.outcome is None


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(SIGNALS.values(), [None, *CallState])))
def test_every_signal_has_a_meaning_in_every_state(kind: type[Signal], state: CallState | None) -> None:
    assert NEXT[kind][state] in CallState
    if state is CallState.ENDED:
        assert NEXT[kind][state] is CallState.ENDED


def test_who_gives_up_at_once_has_given_up_and_who_waited_was_missed() -> None:
    assert outcome(RANG, Ended(**at(14, "end"))) is Outcome.ABANDONED
    assert outcome(RANG, Ended(**at(15, "end"))) is Outcome.MISSED
    assert outcome(RANG, CallbackAsked(**at(3, "key")), Ended(**at(5, "end"))) is Outcome.MISSED


def test_a_message_is_an_outcome_and_an_answer_waits_for_a_person() -> None:
    message = Voicemail(**at(40, "tape"), recording="RE9", seconds=7)
    assert outcome(RANG, message, Ended(**at(50, "end"))) is Outcome.VOICEMAIL
    assert outcome(RANG, Answered(**at(9, "a")), Ended(**at(50, "end"))) is None
    assert outcome(RANG, message) is None
    assert outcome(Ringing(**at(0, "r"), called="1", caller="2", direction="out"), Ended(**at(9, "e"))) is (
        Outcome.OUTGOING
    )


def test_an_end_without_a_beginning_is_a_call() -> None:
    facts = replay([Ended(**at(50, "end"), reason="no-answer")])
    assert (facts.state, facts.rang_at, facts.caller) == (
        CallState.ENDED,
        BEGAN + dt.timedelta(seconds=50),
        "",
    )


def test_an_exact_instant_goes_before_one_that_we_only_heard() -> None:
    heard = Answered(**at(30, "heard"), exact=False, by="client:a")
    exact = Answered(**at(33, "told"))
    facts = replay([heard, exact, RANG])
    assert facts.answered_at == exact.at
    assert facts.answered_by == "client:a"


def test_nothing_told_is_no_call() -> None:
    with pytest.raises(ValueError, match="nothing was told"):
        replay([])


def test_what_is_stored_of_a_signal_makes_it_again() -> None:
    for signal in LIFE:
        again = SIGNALS[signal.kind](
            **NAME, key=signal.key, at=signal.at, exact=signal.exact, **signal.data()
        )
        assert again == signal
    assert {"exchange", "call", "key", "at", "exact"} == signals.COMMON
