"""The two-sided step: what one party did offline and another entered online, blind to each other, must be equal.

Lists are sealed as they come in. When both are there they are compared as sets; equal ones get one keyed digest
that both confirm, a difference blocks the pair, names the field and tells the lead. A redraw is a new round.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from ticketing.domain import committee, events
from ticketing.domain.actors import Actor
from ticketing.domain.case_template import Check
from ticketing.domain.case_workflow import CaseAction, StepState
from ticketing.domain.committee import DECLINE_REASONS, Difference, Drawn, Record
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.permissions import Permission, may
from ticketing.domain.text import NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseList, CaseRound, CaseStep, CoordinationCase
from ticketing.services import case_checks, case_clocks, case_secrets, case_steps, cases, outbox
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

FIRST_ROUND = "first"


@dataclass(frozen=True)
class HandedIn:
    """A list as one side hands it in, and of a draw how it was made: pool, its size, when, who witnessed."""

    lines: tuple[Drawn, ...]
    pool: str = ""
    pool_size: int = 0
    drawn_at: dt.datetime | None = None
    witness: str = ""


def hand_in(case: CoordinationCase, number: int, handed: HandedIn, act: Act, province: Province) -> CaseRound:
    """提交名单: seal it; where the other side's is there already, compare.

    Raises:
        Invalid: field `records`; the list breaks the law or the plan, or the step has one side only.
    """
    row = cases.step(case, number)
    other = _partner(case, row)
    about = cases.facts(case, province, row)
    cases.require(act, Permission.OWN_STEP, about)
    data = _checked(case, row, handed, act.now)
    current = _round(case, row, other, act.now)
    listed = _keep(case, row, current, handed, act)
    data |= {"round": current.round, "digest": listed.digest, "members": len(_members(handed.lines))}
    cases.move(case, CaseAction.HAND_IN, act, Said(data=data), about=about, one=row)
    case_steps.advance(case, act, province)
    _compare(case, current, (row, other), act.now)
    return current


def _partner(case: CoordinationCase, row: CaseStep) -> CaseStep:
    if row.two_sided_with is None:
        raise Invalid(N_("这一环节不需要两方提交名单。"))
    return cases.step(case, row.two_sided_with)


def _checked(case: CoordinationCase, row: CaseStep, handed: HandedIn, now: dt.datetime) -> dict[str, Any]:
    """Check a list against law and plan; return what the log may say of it: how it was made, never who."""
    if not handed.lines:
        raise Invalid(N_("请至少填写一行。"), field="records")
    if len(handed.lines) > case_checks.MOST_ROWS:
        raise Invalid(N_("最多 %(most)s 行。"), field="records", most=case_checks.MOST_ROWS)
    plan = case_checks.committee_plan(case) if {Check.DRAW, Check.ENTRY} & set(row.checks) else None
    if Check.DRAW not in row.checks or plan is None:
        committee.check_records([line.record for line in handed.lines])
        if plan is not None and len(handed.lines) != plan.experts:
            raise Invalid(
                N_("方案要求 %(wanted)s 名专家，名单中有 %(found)s 名。"),
                field="records", wanted=plan.experts, found=len(handed.lines),
            )  # fmt: skip
        return {}
    committee.check_draw(handed.lines, plan)
    if handed.drawn_at is None or handed.drawn_at > now:
        raise Invalid(N_("请填写抽取时间，不能晚于现在。"), field="drawn_at")
    if handed.pool_size < len(handed.lines):
        raise Invalid(N_("专家库人数不能少于抽取的人数。"), field="pool_size")
    return {
        "pool": require(handed.pool, field="pool", most=NAME_MAX),
        "pool_size": handed.pool_size,
        "drawn_at": cases.instant(handed.drawn_at),
        "witness": require(handed.witness, field="witness", most=NAME_MAX),
        "drawn": len(handed.lines),
        "declined": [line.reason for line in handed.lines if not line.accepted],
    }


def _members(lines: Sequence[Drawn]) -> list[Record]:
    return [line.record for line in lines if line.accepted]


def current_round(case: CoordinationCase, number: int) -> CaseRound | None:
    """Return the round of the pair that counts now."""
    wanted = select(CaseRound).where(
        CaseRound.case_id == case.id,
        (CaseRound.first_step == number) | (CaseRound.second_step == number),
        CaseRound.superseded_at.is_(None),
    )
    return db.session.scalar(wanted)


def _round(case: CoordinationCase, row: CaseStep, other: CaseStep, now: dt.datetime) -> CaseRound:
    found = current_round(case, row.number)
    return found or _open_round(case, (row.number, other.number), FIRST_ROUND, now)


def _open_round(case: CoordinationCase, pair: tuple[int, int], reason: str, now: dt.datetime) -> CaseRound:
    first, second = sorted(pair)
    passed = select(CaseRound.round).where(CaseRound.case_id == case.id, CaseRound.first_step == first)
    number = max(db.session.scalars(passed), default=0) + 1
    row = CaseRound(
        case_id=case.id, first_step=first, second_step=second, round=number, reason=reason, opened_at=now
    )
    db.session.add(row)
    db.session.flush()
    return row


def _keep(case: CoordinationCase, row: CaseStep, current: CaseRound, handed: HandedIn, act: Act) -> CaseList:
    for before in lists(current):
        if before.step_number == row.number:
            before.superseded_at = act.now
    db.session.flush()
    lines = [
        {**asdict(line.record), "order": line.order, "accepted": line.accepted, "reason": line.reason}
        for line in handed.lines
    ]
    listed = CaseList(
        case_id=case.id,
        round_id=current.id,
        step_number=row.number,
        party_id=row.owner_id,
        by=act.actor.name,
        at=act.now,
        sealed=case_secrets.seal(case, lines, case_secrets.list_place(row.number)),
        digest=case_secrets.digest(case, _members(handed.lines)),
    )
    db.session.add(listed)
    db.session.flush()
    return listed


def lists(current: CaseRound) -> list[CaseList]:
    """Return the lists of a round that count, the first side's first."""
    wanted = select(CaseList).where(CaseList.round_id == current.id, CaseList.superseded_at.is_(None))
    return list(db.session.scalars(wanted.order_by(CaseList.step_number)))


def _compare(
    case: CoordinationCase, current: CaseRound, pair: tuple[CaseStep, CaseStep], now: dt.datetime
) -> None:
    """Compare once both are there; nobody sees more of the outcome than fields and counts."""
    found = lists(current)
    if len(found) < len(pair):
        return
    left, right = (_records(case, one) for one in found)
    difference = committee.compare(left, right)
    action = CaseAction.MATCH if difference.equal else CaseAction.DISPUTE
    current.difference = _told(difference)
    current.digest = found[0].digest if difference.equal else None
    data = {"round": current.round, **(current.difference or {}), "digest": current.digest}
    for row in pair:
        cases.follow(case, action, now, Said(data=data), one=row)
    ticket = case_steps.first_ticket(case)
    if not difference.equal and ticket is not None:
        outbox.record(events.StepDisputed(ticket, case.id, pair[0].id), now)


def _told(difference: Difference) -> dict[str, Any]:
    return {**dataclasses.asdict(difference), "fields": list(difference.fields)}


def _records(case: CoordinationCase, listed: CaseList) -> list[Record]:
    return [line.record for line in opened(case, listed) if line.accepted]


def opened(case: CoordinationCase, listed: CaseList) -> list[Drawn]:
    """Return a list as it was handed in; who may ask is the caller's to check.

    Raises:
        Unavailable: sealed under another server secret.
    """
    place = case_secrets.list_place(listed.step_number)
    return [
        Drawn(
            line["order"],
            Record(line["pool_number"], line["name"], line["unit"], line["speciality"]),
            line["accepted"],
            line["reason"],
        )
        for line in case_secrets.opened(case, listed.sealed, place)
    ]


def read(case: CoordinationCase, listed: CaseList, actor: Actor, province: Province) -> list[Drawn]:
    """Return a list to one who may read it: its own side always, the others once both have handed in.

    Raises:
        NotAllowed: to everybody else, however high the office.
    """
    row = cases.step(case, listed.step_number)
    own = may(actor, Permission.OWN_STEP, cases.facts(case, province, row))
    current = db.session.get_one(CaseRound, listed.round_id)
    both = current.difference is not None
    if not may(actor, Permission.READ_SECRET, cases.facts(case, province)) or not (own or both):
        raise NotAllowed
    return opened(case, listed)


def confirm(case: CoordinationCase, number: int, digest: str, act: Act, province: Province) -> None:
    """确认名单: both sides put their name to the same keyed digest; with the second the pair is done.

    Raises:
        Invalid: another digest than the one compared, or confirmed already.
    """
    row = cases.step(case, number)
    other = _partner(case, row)
    cases.move(
        case,
        CaseAction.CONFIRM,
        act,
        Said(data={"digest": digest}),
        about=cases.facts(case, province, row),
        one=row,
    )
    current = current_round(case, number)
    if current is None or current.digest is None or current.digest != digest:
        raise Invalid(N_("名单已有变化，请刷新后核对再确认。"))
    found = {one.step_number: one for one in lists(current)}
    if found[number].confirmed_at is not None:
        raise Invalid(N_("您已经确认过这份名单。"))
    found[number].confirmed_at, found[number].confirmed_by = act.now, act.actor.name
    found[number].confirmed_digest = digest
    if all(one.confirmed_digest == digest for one in found.values()):
        current.settled_at = act.now
        for side in sorted((row, other), key=lambda one: one.number):
            cases.follow(case, CaseAction.SETTLE, act.now, Said(data={"digest": digest}), one=side)
            case_steps.settle(side, act, province)
        case_steps.advance(case, act, province)


def redraw(case: CoordinationCase, number: int, reason: str, act: Act, province: Province) -> CaseRound:
    """补抽: a new round that supersedes both confirmations; what had begun behind the pair waits again.

    Raises:
        Invalid: no listed reason, nothing drawn yet, or a later step is done already.
    """
    if reason not in DECLINE_REASONS:
        raise Invalid(N_("请选择补抽的原因。"), field="reason")
    row = cases.step(case, number)
    other = _partner(case, row)
    first, second = sorted((row, other), key=lambda one: one.number)
    current = current_round(case, number)
    if current is None:
        raise Invalid(N_("还没有提交过名单，直接提交即可。"))
    behind = _behind(case, second.number)
    if any(one.state == StepState.DONE for one in behind):
        raise Invalid(N_("后面的环节已经完成，不能再补抽。"))
    said = Said(data={"reason": reason, "round": current.round})
    cases.move(case, CaseAction.REDRAW, act, said, about=cases.facts(case, province, first), one=first)
    current.superseded_at = act.now
    db.session.flush()
    opened = _open_round(case, (first.number, second.number), reason, act.now)
    _wait_again([second, *behind], case, act, province)
    first.ended_at = None
    case_clocks.begin(case, first, act, province)
    return opened


def _wait_again(rows: Sequence[CaseStep], case: CoordinationCase, act: Act, province: Province) -> None:
    for row in rows:
        if row.state not in (StepState.WAITING, StepState.SKIPPED):
            cases.follow(case, CaseAction.HOLD, act.now, one=row)
            row.ended_at = None
            case_clocks.hold(row, act, province)


def _behind(case: CoordinationCase, number: int) -> list[CaseStep]:
    """Return the steps that wait for this one, directly or through others."""
    rows, found = cases.steps(case), {number}
    while more := {row.number for row in rows if found & set(row.depends_on)} - found:
        found |= more
    return [row for row in rows if row.number in found - {number}]
