"""会商纪要: who met, and what was decided; each decision becomes a step with an owner and a due time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ticketing.domain.case_workflow import CaseAction
from ticketing.domain.errors import Invalid
from ticketing.domain.text import BODY_MAX, NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseMinutes, CoordinationCase
from ticketing.services import case_planning, case_steps, cases
from ticketing.services.case_planning import NewStep
from ticketing.services.history import Act, Said
from ticketing.services.province import Province


@dataclass(frozen=True)
class Meeting:
    """A meeting as it is written down. `attendance`: for each party who came, or nobody."""

    held_at: dt.datetime
    place: str
    text: str
    attendance: dict[int, str]
    decisions: tuple[NewStep, ...] = ()


def record(case: CoordinationCase, meeting: Meeting, act: Act, province: Province) -> CaseMinutes:
    """Write minutes; every decision becomes a step, so that none is only paper.

    Raises:
        Invalid: no place or words, a meeting in the future, a decision without an owner or time.
    """
    text = require(meeting.text, field="text", most=BODY_MAX)
    if meeting.held_at > act.now:
        raise Invalid(N_("会商时间不能晚于现在。"), field="held_at")
    minutes = CaseMinutes(
        case_id=case.id,
        held_at=meeting.held_at,
        place=require(meeting.place, field="place", most=NAME_MAX),
        text=text,
        attendance=_attendance(case, meeting),
        written_by=act.actor.name,
        written_at=act.now,
    )
    data = {"held_at": cases.instant(meeting.held_at), "decisions": [one.name for one in meeting.decisions]}
    cases.move(case, CaseAction.MEET, act, Said(text, data), about=cases.facts(case, province))
    db.session.add(minutes)
    db.session.flush()
    _decide(case, minutes, meeting.decisions, act, province)
    return minutes


def _attendance(case: CoordinationCase, meeting: Meeting) -> list[dict[str, object]]:
    return [
        {
            "party_id": party.id,
            "name": party.name,
            "who": meeting.attendance.get(party.id, "").strip()[:NAME_MAX],
        }
        for party in cases.parties(case)
    ]


def _decide(
    case: CoordinationCase, minutes: CaseMinutes, decisions: Sequence[NewStep], act: Act, province: Province
) -> None:
    last = cases.steps(case)[-1:]
    before = case_planning.finish(case, act.now, province)
    for one in decisions:
        row = case_planning.insert(case, one, act.now, minutes_id=minutes.id)
        for closing in last:
            if row.number not in closing.depends_on:
                closing.depends_on = [*closing.depends_on, row.number]
    if decisions:
        case_planning.refit(case, before, act.now, province)
        case_steps.advance(case, act, province)


def of_case(case: CoordinationCase) -> list[CaseMinutes]:
    """Return the minutes of a case, oldest first."""
    wanted = select(CaseMinutes).where(CaseMinutes.case_id == case.id).order_by(CaseMinutes.held_at)
    return list(db.session.scalars(wanted))
