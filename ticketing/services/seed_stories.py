"""How the life of a seeded ticket goes on: who does what after how long, and in how many of a hundred cases."""

import datetime as dt
import random
from dataclasses import dataclass

from sla.arithmetic import after
from sla.ledger import Handing
from sla.values import Target, Unit
from ticketing.domain.actors import SYSTEM, Actor, ActorKind
from ticketing.domain.vocabulary import (
    CloseReason,
    Door,
    RejectReason,
    Result,
    ReturnReason,
    State,
    TicketType,
)
from ticketing.domain.workflow import Action
from ticketing.services.history import Said
from ticketing.services.seed_lives import Life
from ticketing.services.seed_world import World

SILENCE = dt.timedelta(days=7)
RESULTS = (
    (Result.SOLVED,) * 55 + (Result.EXPLAINED,) * 30 + (Result.PARTLY,) * 10 + (Result.NOT_POSSIBLE,) * 5
)
RATINGS = (5, 5, 5, 4, 4, 3, 2, 1)
#: Steps of which each of a hundred tickets takes so many.
ON_CALL, REJECTED, WITHDRAWN, RETURNED, UPHELD, ASKED, SUPPLIED, SUSPENDED = 9, 1, 2, 5, 70, 7, 80, 2
VISITED, CONFIRMED, CONTESTED, LATE, NOTED = 65, 52, 6, 9, 25
#: Working minutes until something happens: the mean of an exponential delay.
DISPATCHED_AFTER, ACCEPTED_AFTER, CONTACTED_AFTER, SUPPLIED_AFTER, VISITED_AFTER = 35, 110, 130, 500, 180
#: The answer clock of each type in working days, for the pace of the work alone.
PACE = {"consultation": 3, "help": 5, "complaint": 10, "suggestion": 15, "report": 15}
DAY = 390


class Over(Exception):
    """The next step lies in the future."""


@dataclass
class Story:
    """A life being told: the present of the story moves on with each step."""

    life: Life
    world: World
    chance: random.Random
    at: dt.datetime
    handler: Actor
    account_id: int

    def happens(self, percent: float) -> bool:
        """Decide something that happens to `percent` of a hundred."""
        return self.chance.random() * 100 < percent

    def work(self, mean: float) -> None:
        """Let working time pass."""
        minutes = max(1, min(30 * DAY, int(self.chance.expovariate(1 / mean))))
        moment = after(self.world.province.calendar, self.at, Target(Unit.WORKING_MINUTES, minutes))
        self.until(moment or self.world.until)

    def wait(self, span: dt.timedelta) -> None:
        """Let time pass around the clock."""
        self.until(self.at + span)

    def until(self, moment: dt.datetime) -> None:
        """Move the present, or stop telling."""
        if moment > self.world.until:
            raise Over
        self.at = moment

    def say(self, kind: str) -> str:
        """Return one of the pack's sentences."""
        return self.chance.choice(self.world.names[kind])

    @property
    def desk(self) -> Actor:
        """The dispatchers' desk."""
        return Actor(ActorKind.STAFF, self.world.names["families"][0] + "派", Door.DESK)

    @property
    def asker(self) -> Actor:
        """The enterprise."""
        return Actor(ActorKind.REQUESTER, self.life.ticket["requester"], Door.WEB)


def tell(story: Story) -> None:
    """Tell a ticket's life as far as today."""
    try:
        if _ended_early(story):
            return
        _to_the_bureau(story)
        _at_the_bureau(story)
        _answer(story)
        _after_the_answer(story)
    except Over:
        return


def _ended_early(story: Story) -> bool:
    life, ticket = story.life, story.life.ticket
    if life.state is State.NEW and ticket["door"] == Door.TELEPHONE and story.happens(ON_CALL):
        story.wait(dt.timedelta(minutes=2))
        life.step(Action.ANSWER_ON_CALL, story.desk, story.at, Said(story.say("answers"), {"cited": ""}),
                  answered_at=story.at, result=Result.EXPLAINED.value)  # fmt: skip
        life.close(story.at, CloseReason.ANSWERED_ON_CALL.value)
        return True
    if story.happens(REJECTED):
        story.work(DAY)
        reason = story.chance.choice(list(RejectReason)).value
        said = Said("不属于受理范围，已告知企业向有权机关提出。", {"reason": reason, "right_door": "court"})
        life.step(Action.REJECT, story.desk, story.at, said, answered_at=story.at)
        life.close(story.at, CloseReason.NOT_ACCEPTED.value)
        return True
    return False


def _to_the_bureau(story: Story) -> None:
    if story.life.state is State.NEW:
        story.work(DISPATCHED_AFTER)
        _dispatch(story, _bureau(story))
    if story.happens(WITHDRAWN):
        story.work(DAY)
        story.life.step(Action.WITHDRAW, story.asker, story.at, Said("问题已经解决，撤回。"))
        story.life.close(story.at, CloseReason.WITHDRAWN.value)
        raise Over


def _bureau(story: Story) -> str:
    """Return where the matter belongs: the line's bureau at the place, else at the province."""
    directory, ticket = story.world.province.directory, story.life.ticket
    found = directory.local_bureau(ticket["line"] or "", ticket["region_code"])
    found = found or directory.provincial_bureau(ticket["line"] or "")
    return found.code if found else story.world.province.centre_code


def _dispatch(story: Story, code: str) -> None:
    life = story.life
    life.at_bureau(code)
    life.step(Action.DISPATCH, story.desk, story.at, Said(data={"bureau": code}), dispatched_at=story.at)
    life.hand_over(Handing.DISPATCH, story.desk, story.at)


def _at_the_bureau(story: Story) -> None:
    life = story.life
    if story.happens(RETURNED):
        _return(story)
    story.work(ACCEPTED_AFTER)
    life.step(Action.ACCEPT, story.handler, story.at, accepted_at=story.at)
    story.work(CONTACTED_AFTER)
    said = Said(story.say("notes"), {"how": "电话", "whom": ""})
    life.step(Action.CONTACT, story.handler, story.at, said, contacted_at=story.at)
    if story.happens(NOTED):
        story.work(DAY / 2)
        life.step(Action.NOTE, story.handler, story.at, Said(story.say("notes")))
    if story.happens(ASKED):
        _ask(story)
    elif story.happens(SUSPENDED):
        _suspend(story)


def _return(story: Story) -> None:
    """Hand the ticket back, and let the desk decide."""
    life, province = story.life, story.world.province
    story.work(ACCEPTED_AFTER)
    was, other = life.ticket["bureau_code"], story.chance.choice(list(province.directory.bureaus))
    reason = story.chance.choice(list(ReturnReason)).value
    row = {
        "ticket_id": life.ticket["id"], "bureau_code": was, "reason_code": reason, "basis": "权责清单未列此项。",
        "proposed_bureau_code": other, "asked_by_id": story.account_id, "asked_at": story.at,
        "due_at": after(province.calendar, story.at, Target(Unit.WORKING_MINUTES, 240)), "decision": None,
        "decided_by_id": None, "decided_at": None, "decision_reason": "",
    }  # fmt: skip
    life.returns.append(row)
    life.ticket |= {"bureau_code": province.centre_code, "returns": life.ticket["returns"] + 1}
    life.step(
        Action.RETURN, story.handler, story.at, Said(row["basis"], {"reason": reason, "proposed": other})
    )
    life.hand_over(Handing.RETURN, story.handler, story.at)
    story.work(DISPATCHED_AFTER)
    upheld = story.happens(UPHELD) and other != was
    code = other if upheld else was
    row |= {"decision": "upheld" if upheld else "refused", "decided_by_id": story.account_id,
            "decided_at": story.at, "decision_reason": "按权责清单裁定。"}  # fmt: skip
    said = Said("按权责清单裁定。", {"upheld": upheld, "bureau": code})
    if upheld:
        life.at_bureau(code)
        life.ticket["dispatched_at"] = story.at
    else:
        life.ticket |= {"bureau_code": code, "barred_returns": [code]}
    life.step(Action.ADJUDICATE, story.desk, story.at, said)
    life.hand_over(Handing.UPHELD if upheld else Handing.REFUSED, story.desk, story.at)
    if upheld:
        life.restart_at_bureau(story.desk, story.at)


def _ask(story: Story) -> None:
    life = story.life
    end = after(story.world.province.calendar, story.at, Target(Unit.WORKING_DAYS, 5))
    said = Said(story.say("questions"), {"until": end.isoformat() if end else ""})
    life.step(Action.ASK_REQUESTER, story.handler, story.at, said, questions=1, wake_at=end,
              came_from=State.IN_PROGRESS.value)  # fmt: skip
    supplied = story.happens(SUPPLIED)
    if supplied:
        story.work(SUPPLIED_AFTER)
    if supplied and (end is None or story.at < end):
        action, actor, words = Action.SUPPLY, story.asker, Said("材料已补充。")
    else:
        story.at = end or story.at
        story.wait(dt.timedelta())
        action, actor, words = Action.RESUME_UNSUPPLIED, SYSTEM, Said()
    life.step(action, actor, story.at, words, wake_at=None, state=State.IN_PROGRESS.value)


def _suspend(story: Story) -> None:
    life, days = story.life, story.chance.randrange(1, 6)
    end = after(story.world.province.calendar, story.at, Target(Unit.WORKING_DAYS, days))
    data = {"ground": "inspection", "days": days, "until": end.isoformat() if end else ""}
    life.step(Action.SUSPEND, story.handler, story.at, Said("送检等待报告。", data), suspended_days=days,
              wake_at=end, came_from=State.IN_PROGRESS.value)  # fmt: skip
    story.until(end or story.at)
    life.step(Action.RESUME, SYSTEM, story.at, wake_at=None)


def _answer(story: Story) -> None:
    """Work on it and answer; complaints and reports pass the head."""
    life, kind = story.life, TicketType(story.life.ticket["type"])
    pace = PACE[kind] * DAY * (1.6 if story.happens(LATE) else 0.35)
    story.work(pace)
    result = story.chance.choice(RESULTS).value
    said = Said(story.say("answers"), {"result": result, "basis": ""})
    if kind in (TicketType.COMPLAINT, TicketType.REPORT):
        asked = story.at
        life.step(Action.SUBMIT, story.handler, story.at, _to_the_head(said))
        row = _approval(story, said, asked)
        story.work(60)
        row |= {"decision": "approved", "decided_by_id": story.account_id, "decided_at": story.at}
        life.step(Action.APPROVE, story.handler, story.at, Said(data={"kind": Action.ANSWER.value}))
    life.step(Action.ANSWER, story.handler, story.at, said, answered_at=story.at, result=result,
              wake_at=story.at + SILENCE)  # fmt: skip


def _to_the_head(said: Said) -> Said:
    return Said(said.text, {"kind": Action.ANSWER.value, **said.data})


def _approval(story: Story, said: Said, at: dt.datetime) -> dict[str, object]:
    due = after(story.world.province.calendar, at, Target(Unit.WORKING_MINUTES, 240))
    row: dict[str, object] = {
        "ticket_id": story.life.ticket["id"], "kind": Action.ANSWER.value, "asked_by_id": story.account_id,
        "asked_at": at, "due_at": due, "permission": "approve_at_bureau", "reason": said.text,
        "data": said.data, "decision": None, "decided_by_id": None, "decided_at": None, "decision_reason": "",
    }  # fmt: skip
    story.life.approvals.append(row)
    return row


def _after_the_answer(story: Story) -> None:
    life, ends = story.life, story.at + SILENCE
    if story.happens(VISITED):
        story.work(VISITED_AFTER)
        if story.at < ends:
            life.step(Action.FOLLOW_UP, story.desk, story.at, Said("", {"reached": True}))
            life.stop_follow_up(story.desk, story.at)
    if story.happens(CONTESTED) and not life.ticket["contests"] and story.at < ends:
        _contest(story)
        return
    if story.happens(CONFIRMED) and story.at < ends:
        story.wait(min(ends - story.at, dt.timedelta(hours=story.chance.randrange(1, 60))))
        ratings = {name: story.chance.choice(RATINGS) for name in ("promptness", "attitude", "result")}
        life.step(Action.CONFIRM, story.asker, story.at, Said("", {"ratings": ratings}), ratings=ratings)
        life.close(story.at, CloseReason.CONFIRMED.value)
        return
    story.until(max(ends, story.at))
    life.step(Action.SILENCE, SYSTEM, story.at)
    life.close(story.at, CloseReason.NO_OBJECTION.value)


def _contest(story: Story) -> None:
    """Let the enterprise refuse the answer, and the bureau answer once more."""
    life = story.life
    story.work(DAY / 2)
    said = Said(story.say("contests"), {"times": 1})
    life.step(Action.CONTEST, story.asker, story.at, said, state=State.IN_PROGRESS.value, contests=1,
              wake_at=None, result=None)  # fmt: skip
    life.reopen(story.asker, story.at)
    _answer(story)
    _after_the_answer(story)
