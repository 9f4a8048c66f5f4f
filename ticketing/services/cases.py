"""The one function that moves a case or a step through their tables, and what everything about a case needs."""

import datetime as dt

from sqlalchemy import exists, select

from ticketing.domain.actors import SYSTEM
from ticketing.domain.case_record import digest
from ticketing.domain.case_template import CaseTemplate
from ticketing.domain.case_workflow import (
    OPEN_CASE_STATES,
    SETTLED,
    CaseAction,
    CaseState,
    StepState,
    case_move,
    step_move,
)
from ticketing.domain.errors import Conflict, NotAllowed, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.predicates import CaseFacts
from ticketing.extensions import db
from ticketing.models import CaseEntry, CaseList, CaseParty, CaseStep, CaseTicket, CoordinationCase, Ticket
from ticketing.services import case_words
from ticketing.services.history import Act, Said
from ticketing.services.province import Province
from ticketing.services.trace import request_id

OPEN_STATES = tuple(state.value for state in OPEN_CASE_STATES)


def locked(case_id: int, *, seen: int | None = None) -> CoordinationCase:
    """Return the case, locked until the transaction ends; a case is locked before its tickets.

    `seen` is the number of the last log line that the person saw while writing.

    Raises:
        NotFound: no such case.
        Conflict: it changed since by something other than a note.
    """
    wanted = select(CoordinationCase).where(CoordinationCase.id == case_id).with_for_update()
    case = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if case is None:
        raise NotFound
    if seen is not None and seen < case.log_seq:
        newer = select(CaseEntry.action).where(CaseEntry.case_id == case.id, CaseEntry.seq > seen)
        if any(action != CaseAction.NOTE for action in db.session.scalars(newer)):
            raise Conflict
    return case


def parties(case: CoordinationCase) -> list[CaseParty]:
    """Return the parties in the order in which they were named."""
    return list(
        db.session.scalars(select(CaseParty).where(CaseParty.case_id == case.id).order_by(CaseParty.id))
    )


def steps(case: CoordinationCase) -> list[CaseStep]:
    """Return the steps in their order."""
    wanted = select(CaseStep).where(CaseStep.case_id == case.id)
    return list(db.session.scalars(wanted.order_by(CaseStep.position, CaseStep.number)))


def step(case: CoordinationCase, number: int) -> CaseStep:
    """Return one step.

    Raises:
        NotFound: the case has none with this number.
    """
    wanted = select(CaseStep).where(CaseStep.case_id == case.id, CaseStep.number == number)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def open_steps(case: CoordinationCase, *, but: int | None = None) -> list[CaseStep]:
    """Return the steps that are not settled, without the one named."""
    return [row for row in steps(case) if StepState(row.state) not in SETTLED and row.number != but]


def tickets(case: CoordinationCase, *, lock: bool = False) -> list[Ticket]:
    """Return the tickets that the case carries."""
    carried = select(CaseTicket.ticket_id).where(CaseTicket.case_id == case.id)
    wanted = select(Ticket).where(Ticket.id.in_(carried)).order_by(Ticket.id)
    if lock:
        return list(
            db.session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True})
        )
    return list(db.session.scalars(wanted))


def template(case: CoordinationCase, province: Province) -> CaseTemplate:
    """Return the template by which the case runs."""
    return province.template_of(case.template_code, case.template_version)


def facts(
    case: CoordinationCase,
    province: Province,
    one: CaseStep | None = None,
    known: list[CaseParty] | None = None,
) -> CaseFacts:
    """Return what the permission map looks at; `one` is the step in question."""
    everybody = parties(case) if known is None else known
    secrecy = template(case, province).secrecy
    readers = [party for party in everybody if secrecy is not None and party.role in secrecy.readers]
    owner = next((party for party in everybody if one is not None and party.id == one.owner_id), None)
    return CaseFacts(
        id=case.id,
        type="",
        bureau_code=case.lead_bureau_code,
        touched_bureaus=[party.bureau_code for party in everybody if party.bureau_code],
        parties=frozenset(party.id for party in everybody),
        readers=frozenset(party.account_id for party in readers if party.account_id is not None),
        reader_parties=frozenset(party.id for party in readers if party.bureau_code is None),
        plan_by_supervisor=case.plan_by_supervisor,
        step_secret=one is not None and one.secret,
        step_bureau=owner.bureau_code if owner else None,
        step_party=owner.id if owner and owner.bureau_code is None else None,
        step_account=owner.account_id if owner else None,
    )


def require(act: Act, permission: Permission, about: CaseFacts) -> None:
    """Raise NotAllowed when the actor lacks the permission on the case."""
    if not may(act.actor, permission, about):
        raise NotAllowed


def move(
    case: CoordinationCase,
    action: CaseAction,
    act: Act,
    said: Said | None = None,
    *,
    about: CaseFacts,
    one: CaseStep | None = None,
) -> CaseEntry:
    """Take one row of the tables: check rights and states, set the states, write the chained log.

    Raises:
        NotAllowed, WrongCaseState: as the tables say.
        Invalid, TooMany: the words carry a name that is secret.
    """
    row = case_move(CaseState(case.state), action)
    require(act, row.permission, about)
    said = said or Said()
    case_words.check(case, [said.text, *case_words.strings(said.data)], case_words.who_is(act.actor))
    return _carry_out(case, action, act, said, one)


def follow(
    case: CoordinationCase, action: CaseAction, now: dt.datetime, said: Said | None = None,
    *, one: CaseStep | None = None,
) -> CaseEntry:  # fmt: skip
    """Take a row that follows from another by itself: a step begins, two lists are equal."""
    case_move(CaseState(case.state), action)
    return _carry_out(case, action, Act(SYSTEM, now), said or Said(), one)


def _carry_out(
    case: CoordinationCase, action: CaseAction, act: Act, said: Said, one: CaseStep | None
) -> CaseEntry:
    target, was = case_move(CaseState(case.state), action).target, case.state
    case.state = (target or CaseState(was)).value
    step_was = one.state if one else None
    if one is not None:
        step_target = step_move(StepState(one.state), action).target
        one.state = (step_target or StepState(one.state)).value
    return write(case, action, act, said, states=(was, step_was), one=one)


def write(
    case: CoordinationCase,
    action: CaseAction,
    act: Act,
    said: Said,
    *,
    states: tuple[str | None, str | None],
    one: CaseStep | None = None,
) -> CaseEntry:
    """Append a line to the log and move the chain's anchor."""
    case.log_seq += 1
    line = {
        "case_id": case.id,
        "seq": case.log_seq,
        "at": act.now,
        "action": action.value,
        "from_state": states[0],
        "to_state": case.state,
        "step_number": one.number if one else None,
        "step_from": states[1],
        "step_to": one.state if one else None,
        "actor_kind": act.actor.kind.value,
        "actor_id": act.actor.account_id,
        "actor_name": act.actor.name,
        "party_id": min(act.actor.party_ids, default=None),
        "text": said.text,
        "data": said.data,
    }
    case.log_hash = digest(case.log_hash, {**line, "at": instant(act.now)})
    entry = CaseEntry(**line, hash=case.log_hash, request_id=request_id())
    db.session.add(entry)
    return entry


def instant(moment: dt.datetime) -> str:
    """Return an instant as the chain and the filed record write it."""
    return moment.astimezone(dt.UTC).isoformat()


def entries(case: CoordinationCase) -> list[CaseEntry]:
    """Return the log, oldest first."""
    return list(
        db.session.scalars(select(CaseEntry).where(CaseEntry.case_id == case.id).order_by(CaseEntry.seq))
    )


def note(case: CoordinationCase, text: str, act: Act, province: Province) -> CaseEntry:
    """备注: for those who read the case."""
    return move(case, CaseAction.NOTE, act, Said(text), about=facts(case, province))


def has_lists(case: CoordinationCase) -> bool:
    """Tell whether anything secret was ever handed in."""
    return bool(db.session.scalar(select(exists().where(CaseList.case_id == case.id))))
