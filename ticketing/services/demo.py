"""The demo: accounts that everybody may try, and a day of tickets lived through the real verbs.

A pack may bring `demo/day.yaml`; its steps are told backwards from now. Nothing here writes a row of its own:
every ticket goes through intake and the verbs, each at its own past instant.
"""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ticketing.domain.actors import SYSTEM, Actor, ActorKind, Grant
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import ROLE_WORDS, Door, Role
from ticketing.extensions import db
from ticketing.models import Account, Approval, Ticket
from ticketing.services import (
    accounts,
    coordination,
    decisions,
    demo_calls,
    demo_case,
    demo_duty,
    demo_enterprises,
    dispatch,
    handling,
    intake,
    judging,
    knowledge_load,
    linking,
    saved_views,
    snippets,
    supervision,
)
from ticketing.services.history import Act
from ticketing.services.province import Province

PASSWORD = "demo-2020-demo"  # noqa: S105  printed at the start and on the login page; the demo alone has it
QUERY_PASSWORD = "246810"  # noqa: S105  likewise, for the demo's tickets
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
Verb = Callable[[Ticket, dict[str, Any], Act, Province], object]


def accounts_of(folder: Path) -> list[dict[str, Any]]:
    """Return the demo's accounts as the pack tells them; none where it brings no demo."""
    return _day(folder).get("accounts", [])


def shown_accounts(folder: Path, province: Province) -> list[dict[str, str]]:
    """Return the accounts as the login page lists them."""
    bureaus = province.directory.bureaus
    return [
        {
            "username": one["username"],
            "role": "、".join(ROLE_WORDS[Role(role)] for role in one["roles"]),
            "bureau": bureaus[one["bureau"]].short_name_zh if "bureau" in one else "",
        }
        for one in accounts_of(folder)
    ]


def load(folder: Path, now: dt.datetime, province: Province) -> int:
    """Make the demo's accounts and live its day; return how many tickets it made, 0 where it was there."""
    day = _day(folder)
    if not day or accounts.by_username(day["accounts"][0]["username"]) is not None:
        return 0
    people = {one["username"]: _account(one, now - dt.timedelta(days=60)) for one in day["accounts"]}
    knowledge_load.load_folder(folder / "demo", Act(SYSTEM, now - dt.timedelta(days=40)), province)
    _snippets(folder, people, now)
    _views(folder, people, now)
    tickets: dict[str, Ticket] = {}
    for told in sorted(day["tickets"], key=lambda one: -_ago(one["received"]).total_seconds()):
        tickets[told["ref"]] = _open(told, people, now, province)
    for told in day["tickets"]:
        _live(told, tickets, people, now, province)
    demo_duty.load(folder, people, now, province)
    demo_enterprises.load(folder, tickets, PASSWORD, now)
    demo_calls.load(tickets.values(), now, province)
    return len(tickets)


def _snippets(folder: Path, people: dict[str, Account], now: dt.datetime) -> None:
    path = folder / "demo" / "snippets.yaml"
    keeper = next(one for one in people.values() if any(grant.role == Role.ADMIN for grant in one.grants))
    for told in yaml.safe_load(path.read_text()) if path.exists() else []:
        wanted = snippets.Wanted(told["name"], told["short"], told["text"], snippets.ALL)
        snippets.save(wanted, accounts.actor(keeper, now), now)


def _views(folder: Path, people: dict[str, Account], now: dt.datetime) -> None:
    path = folder / "demo" / "views.yaml"
    for told in yaml.safe_load(path.read_text()) if path.exists() else []:
        owner = accounts.actor(people[told.pop("by")], now)
        saved_views.save(saved_views.Wanted(**told), owner, now)


def _day(folder: Path) -> dict[str, Any]:
    path = folder / "demo" / "day.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else {}


def _account(told: dict[str, Any], now: dt.datetime) -> Account:
    grants = [Grant(Role(role), told.get("bureau")) for role in told["roles"]]
    account = accounts.create(accounts.NewAccount(told["username"], told["name"], PASSWORD), grants, now)
    if any(grant.role is Role.OPERATOR for grant in grants):
        accounts.set_telephone(account, f"client:{account.username}")
    return account


def _ago(text: str) -> dt.timedelta:
    days, hours, minutes = (int(part or 0) for part in _SPAN.fullmatch(text).groups())  # type: ignore[union-attr]
    return dt.timedelta(days=days, hours=hours, minutes=minutes)


def _open(told: dict[str, Any], people: dict[str, Account], now: dt.datetime, province: Province) -> Ticket:
    at = now - _ago(told["received"])
    door = Door(told["door"])
    by_phone = door in (Door.TELEPHONE, Door.ASSISTED)
    inbound = Inbound(
        door=door,
        body=told["body"],
        subject=told["subject"],
        received_at=at,
        type=told.get("type"),
        urgency=told.get("urgency"),
        topic_code=told.get("topic"),
        region_code=told.get("region"),
        hotline_number=told.get("hotline"),
        enterprise=told["enterprise"],
        register_code=told.get("register_code", ""),
        requester=told["requester"],
        phone=told["phone"],
    )
    operator = next(a for a in people.values() if any(g.role == Role.OPERATOR for g in a.grants))
    actor = accounts.actor(operator, at) if by_phone else Actor(ActorKind.REQUESTER, told["requester"], door)
    act = Act(actor, at)
    on_call = told.get("on_call")
    options = intake.Options(dispatch=on_call is None, new_password=lambda: QUERY_PASSWORD)
    receipt = intake.receive(inbound, act, province, options)
    ticket = db.session.get_one(Ticket, receipt.ticket_id)
    if on_call is not None:
        judging.answer_on_call(ticket, on_call["text"], on_call["cited"], act)
    return ticket


def _live(
    told: dict[str, Any],
    tickets: dict[str, Ticket],
    people: dict[str, Account],
    now: dt.datetime,
    province: Province,
) -> None:
    ticket = tickets[told["ref"]]
    start = now - _ago(told["received"])
    if "owner" in told and ticket.bureau_code != told["owner"]:
        at = start + dt.timedelta(minutes=6)
        dispatch.dispatch(ticket, told["owner"], Act(_who("dispatcher", ticket, people, at), at), province)
    for ago, who, verb, *values in told.get("steps", []):
        at = now - _ago(ago)
        VERBS[verb](ticket, values[0] if values else {}, Act(_who(who, ticket, people, at), at), province)
    if "merged_into" in told:
        at = now - dt.timedelta(minutes=10)
        linking.merge(ticket, tickets[told["merged_into"]], Act(_who("dispatcher", ticket, people, at), at))


def _who(name: str, ticket: Ticket, people: dict[str, Account], at: dt.datetime) -> Actor:
    if name == "system":
        return SYSTEM
    if name == "requester":
        return Actor(ActorKind.REQUESTER, ticket.requester, Door.WEB, ticket_ids=frozenset({ticket.id}))
    if name == "dispatcher":
        account = next(a for a in people.values() if any(g.role == Role.DISPATCHER for g in a.grants))
        return accounts.actor(account, at)
    return accounts.actor(people[name], at)


def _decide(ticket: Ticket, values: dict[str, Any], act: Act, province: Province, *, approve: bool) -> None:
    wanted = select(Approval).where(Approval.ticket_id == ticket.id, Approval.decision.is_(None))
    approval = db.session.scalars(wanted).one()
    decisions.decide(ticket, approval, act, province, approve=approve, reason=values.get("reason", ""))


VERBS: dict[str, Verb] = {
    "accept": lambda t, _v, a, _p: handling.accept(t, a),
    "contact": lambda t, v, a, _p: handling.contact(t, a, **v),
    "note": lambda t, v, a, _p: handling.note(t, v["text"], a),
    "ask": lambda t, v, a, p: handling.ask_requester(t, v["text"], a, p),
    "supply": lambda t, v, a, _p: handling.supply(t, v["text"], a),
    "suspend": lambda t, v, a, p: handling.ask_suspension(t, a, p, **v),
    "extend": lambda t, v, a, p: handling.ask_extension(t, v["amount"], v["reason"], a, p),
    "answer": lambda t, v, a, p: handling.propose_answer(t, a, p, **v),
    "approve": lambda t, v, a, p: _decide(t, v, a, p, approve=True),
    "refuse": lambda t, v, a, p: _decide(t, v, a, p, approve=False),
    "return": lambda t, v, a, p: dispatch.return_ticket(t, v["reason"], v["basis"], v["proposed"], a, p),
    "reject": lambda t, v, a, p: judging.ask_rejection(t, a, p, **v),
    "case": lambda t, v, a, p: coordination.open_case(
        t, coordination.Opening(v["template"], v["lead"], v["aim"], v["reason"]), a, p
    ),
    "case_party": demo_case.name_party,
    "case_agree": demo_case.agree,
    "case_confirm": demo_case.confirm,
    "case_step": demo_case.step,
    "supervise": lambda t, v, a, p: supervision.supervise(t, v["reason"], a, p),
    "remind": lambda t, v, a, _p: supervision.remind(t, v["text"], a),
    "contest": lambda t, v, a, p: judging.contest(t, v["text"], a, p),
    "confirm": lambda t, v, a, _p: judging.confirm(t, a, ratings=v["ratings"], text=v["text"]),
    "withdraw": lambda t, v, a, _p: judging.withdraw(t, v["text"], a),
}
