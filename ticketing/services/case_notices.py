"""Who is told what happens in a case: owners of steps, the lead, the supervisor; nobody is told a name."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.actors import SYSTEM
from ticketing.domain.clock import local
from ticketing.domain.events import CaseClosed, Event, StepDisputed, StepRungReached, TicketClosed
from ticketing.domain.vocabulary import RUNG_ROLES, Role, State
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import (
    Account,
    CaseParty,
    CaseStep,
    CoordinationCase,
    Delivery,
    Notice,
    RoleGrant,
    Ticket,
)
from ticketing.services import cases, coordination
from ticketing.services import province as provinces
from ticketing.services.history import Act
from ticketing.services.notifications import Told
from ticketing.services.trace import request_id
from ticketing.services.wording import NOTICES, PARTY_STEP, STEP_NOTICES

WITHDRAWN = N_("企业已撤回，协调事项没有待办的工单。")
AT_STEP = (Role.HANDLER, Role.HEAD)


def tell_owner(event: Event, told: Told) -> None:
    """A step has begun, or a rung of its ladder came: its owner hears of it, in the house or by text message."""
    step = db.session.get_one(CaseStep, event.step_id)  # type: ignore[attr-defined]
    case = db.session.get_one(CoordinationCase, step.case_id)
    owner = db.session.get_one(CaseParty, step.owner_id)
    text = STEP_NOTICES[event.act] if isinstance(event, StepRungReached) else NOTICES[event.name]
    people = _of_party(owner, step, told)
    if isinstance(event, StepRungReached):
        people |= _watchers(event, case, told)
    _leave(event, told, text, people, case, step)
    if owner.bureau_code is None:
        _write_to(owner, case, step, told)


def tell_lead(event: Event, told: Told) -> None:
    """Two lists differ, or the case is closed: the lead bureau hears of it."""
    case = db.session.get_one(CoordinationCase, event.case_id)  # type: ignore[attr-defined]
    step = db.session.get_one(CaseStep, event.step_id) if isinstance(event, StepDisputed) else None
    roles = (*AT_STEP, Role.SUPERVISOR) if isinstance(event, CaseClosed) else AT_STEP
    _leave(event, told, NOTICES[event.name], _people(roles, case.lead_bureau_code, told), case, step)


def after_closing(event: Event, told: Told) -> None:
    """The enterprise withdrew: a case that carries no open ticket any more is dissolved."""
    if not isinstance(event, TicketClosed):
        return
    ticket = db.session.get_one(Ticket, event.ticket_id)
    found = coordination.current_case(ticket)
    if found is None:
        return
    case = cases.locked(found.id)
    if case.ended_at is None and all(one.state == State.CLOSED for one in cases.tickets(case)):
        coordination.dissolve_case(case, WITHDRAWN, Act(SYSTEM, told.now), provinces.current())


def _of_party(owner: CaseParty, step: CaseStep, told: Told) -> set[int]:
    """Return who at a bureau is told: of a secret step the colleague named alone."""
    if owner.account_id is not None:
        return {owner.account_id}
    if step.secret or owner.bureau_code is None:
        return set()
    return _people(AT_STEP, owner.bureau_code, told)


def _watchers(event: StepRungReached, case: CoordinationCase, told: Told) -> set[int]:
    roles = {RUNG_ROLES[role] for role in event.roles} & {Role.SUPERVISOR, Role.HEAD}
    return _people(roles, case.lead_bureau_code, told) if roles else set()


def _people(roles: Iterable[Role], bureau_code: str, told: Told) -> set[int]:
    """Return the accounts with a role at the bureau, supervisors everywhere, deputies of today included."""
    wanted = [role.value for role in roles]
    here = or_(RoleGrant.bureau_code == bureau_code, RoleGrant.role == Role.SUPERVISOR.value)
    grants = (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Account.active,
            RoleGrant.role.in_(wanted),
            here,
            or_(RoleGrant.starts_at.is_(None), RoleGrant.starts_at <= told.now),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > told.now),
        )
    )
    return set(db.session.scalars(grants))


def _leave(
    event: Event, told: Told, text: str, people: set[int], case: CoordinationCase, step: CaseStep | None
) -> None:
    values: dict[str, Any] = {"subject": case.aim, "number": str(case.number), "case": case.id}
    if step is not None:
        values["step"] = step.name_zh
    rows = [
        {
            "event_id": told.event_id,
            "account_id": account,
            "ticket_id": event.ticket_id,
            "text": text,
            "values": values,
            "at": told.now,
        }
        for account in sorted(people)
    ]
    if rows:
        db.session.execute(insert(Notice.__table__).on_conflict_do_nothing(), rows)


def _write_to(owner: CaseParty, case: CoordinationCase, step: CaseStep, told: Told) -> None:
    if "sms" not in told.channels or not owner.phone or owner.link_nonce is None:
        return
    due = local(step.due_at)
    subject, body = PARTY_STEP.said(
        "zh", {"aim": case.aim, "step": step.name_zh, "due": f"{due.month}月{due.day}日 {due:%H:%M}"}
    )
    row = {
        "event_id": told.event_id,
        "ticket_id": None,
        "recipient": f"party:{owner.id}",
        "channel": "sms",
        "address": owner.phone,
        "subject": subject,
        "body": body,
        "data": {},
        "urgent": False,
        "status": "waiting",
        "attempts": 0,
        "due_at": told.now,
        "created_at": told.now,
        "request_id": request_id(),
    }
    db.session.execute(insert(Delivery.__table__).on_conflict_do_nothing(), [row])
