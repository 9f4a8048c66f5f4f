"""The demo's storm: every call is told as a provider would, and what goes wrong on the way goes wrong."""

import collections
import datetime as dt
import itertools
import random

from tests.conftest import MONDAY
from ticketing.channels import voice_twilio
from ticketing.channels.voice_twilio import Heard
from ticketing.domain.calls import CallState, replay
from ticketing.services import demo_storm
from ticketing.services.demo_storm import ANSWERED, Story

LINES = [f"+86451870055{number:02d}" for number in range(59)]
OUTCOMES = {
    "answered": None, "missed": "missed", "message": "voicemail", "callback": "missed", "given_up": "abandoned",
}  # fmt: skip
READ = {
    "voice": voice_twilio.incoming, "leg": voice_twilio.leg, "dialed": voice_twilio.dialed,
    "wait": voice_twilio.waiting, "message": voice_twilio.message, "recording": voice_twilio.recording,
    "status": voice_twilio.status,
}  # fmt: skip


def invented(number: int, seed: int = 59) -> list[Story]:
    return list(demo_storm.stories(number, LINES, ["client:a"], MONDAY, random.Random(seed)))


def test_each_story_ends_as_it_was_meant() -> None:
    kinds = set()
    for story in invented(60):
        told = [READ[hook.name](Heard(hook.form, story.began)) for hook in story.hooks() if hook.name in READ]
        if story.kind == "callback":
            told.append(voice_twilio.callback(Heard(story.form("in-progress"), story.began)))
        facts = replay(itertools.chain(*told))
        assert (facts.state, facts.outcome) == (CallState.ENDED, OUTCOMES[story.kind])
        assert (facts.ended_at, facts.caller) == (story.ended, story.caller)
        kinds.add(story.kind)
    assert kinds == set(OUTCOMES)


def test_all_lines_ring_in_turn_and_ids_are_those_of_a_run() -> None:
    told = invented(118)
    assert collections.Counter(story.line for story in told) == dict.fromkeys(LINES, 2)
    assert len({story.sid for story in told}) == 118
    assert {story.sid[:14] for story in told}.isdisjoint(story.sid[:14] for story in invented(3, seed=1))
    assert all(len(story.sid) == 34 and story.began < MONDAY - dt.timedelta(minutes=5) for story in told)


def test_what_can_go_wrong_goes_wrong() -> None:
    told = invented(400)
    hooks = demo_storm.on_the_way(told, random.Random(1))
    genuine = [
        (hook.form["CallSid"], hook.name, hook.form.get("RecordingSource", ""))
        for hook in hooks
        if not hook.forged
    ]
    meant = sum(len(story.hooks()) for story in told)
    assert len(set(genuine)) < meant
    assert len(genuine) > len(set(genuine))
    assert sum(hook.forged for hook in hooks) > meant * demo_storm.FORGED / 2
    first = {sid: name for sid, name, _ in reversed(genuine)}
    assert set(first.values()) > {"voice", "status"}


def test_a_forgery_names_no_call_or_says_something_else() -> None:
    [story] = invented(1)
    forgeries = [demo_storm._forgery(story.hooks()[0], random.Random(seed)) for seed in range(8)]
    assert {one.form["CallSid"] for one in forgeries} == {story.sid, demo_storm.forged(story.sid)}
    assert all(one.form != story.hooks()[0].form for one in forgeries)


def test_the_providers_list_has_the_legs_of_answered_calls() -> None:
    for story in invented(40):
        assert len(story.rows()) == (2 if story.kind == ANSWERED else 1)
        assert [row["parent_call_sid"] for row in story.rows()] == [None, story.sid][: len(story.rows())]
