"""The demo's coordination case: its parties, hours and first steps, through the real verbs."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from ticketing.domain.errors import NotFound
from ticketing.extensions import db
from ticketing.models import Account, CaseParty, CoordinationCase, Ticket
from ticketing.services import (
    case_links,
    case_parties,
    case_planning,
    case_schedule,
    case_steps,
    cases,
    coordination,
)
from ticketing.services.case_steps import Proof
from ticketing.services.history import Act
from ticketing.services.province import Province

Values = dict[str, Any]


def _case(ticket: Ticket) -> CoordinationCase:
    found = coordination.current_case(ticket)
    if found is None:
        raise NotFound
    return cases.locked(found.id)


def name_party(ticket: Ticket, values: Values, act: Act, province: Province) -> None:
    """Name a party; `account`: the user name of the colleague, alone where it is the lead's."""
    case, told = _case(ticket), dict(values)
    username = told.pop("account", None)
    wanted = select(Account.id).where(Account.username == username)
    account_id = db.session.scalars(wanted).one() if username else None
    if "role" not in told and account_id is not None:
        case_parties.name_colleague(case, account_id, act, province)
        return
    party = case_parties.name(case, case_parties.NewParty(account_id=account_id, **told), act, province)
    if party.phone:
        case_links.invite(case, party.id, act, province, address="")


def agree(ticket: Ticket, values: Values, act: Act, province: Province) -> None:
    """Agree on an hour, so many hours ahead on the whole hour, but not before the step can begin."""
    case, number = _case(ticket), values["step"]
    wanted = act.now.replace(minute=0, second=0) + dt.timedelta(hours=values["hours"])
    begin = case_schedule.plan(case, cases.steps(case), act.now, province).slots[number].begin
    case_planning.agree(case, number, max(wanted, begin + dt.timedelta(hours=1)), act, province)


def confirm(ticket: Ticket, _values: Values, act: Act, province: Province) -> None:
    """Confirm the plan."""
    case_planning.confirm(_case(ticket), act, province)


def step(ticket: Ticket, values: Values, act: Act, province: Province) -> None:
    """Complete a step; `party`: the role outside that does it through its link."""
    case = _case(ticket)
    if "party" in values:
        wanted = select(CaseParty).where(CaseParty.case_id == case.id, CaseParty.role == values["party"])
        act = Act(case_links.actor(db.session.scalars(wanted).one()), act.now)
    proof = Proof(values.get("text", ""), values.get("values", {}))
    case_steps.complete(case, values["step"], proof, act, province)
