"""Status by text message: number and password in, the state out, under the guessing limits of the status page.

What was sent holds a password and is kept nowhere; that it came is, so that the same message is answered once.
"""

import datetime as dt
import re

from sqlalchemy.dialects.postgresql import insert

from ticketing.domain import numbers
from ticketing.domain.clock import local
from ticketing.domain.errors import DomainError, TooMany, Unavailable
from ticketing.domain.vocabulary import OPEN_STATES, State
from ticketing.extensions import db
from ticketing.models import Delivery, InboundText, Ticket
from ticketing.services import guesses, status
from ticketing.services.notifications import promised
from ticketing.services.trace import request_id

_PARTS = re.compile(r"\d+(?:-\d+)*", re.ASCII)
TAIL = 4
HOW = (
    "请发送：事项编码 空格 查询密码，例如 200607-000123-8 123456。",
    "Please send: number, space, query password, such as 200607-000123-8 123456.",
)
WRONG = (
    "事项编码或查询密码不对，请对照回执再看一遍。",
    "The number or the password is wrong; please compare them with your receipt.",
)
SAID: dict[State, tuple[str, str]] = {
    State.NEW: ("已收到，正在确定承办单位", "received, a bureau is being found"),
    State.DISPATCHED: ("已转给承办单位", "with a bureau"),
    State.IN_PROGRESS: ("承办单位正在办理", "being handled"),
    State.AWAITING_REQUESTER: ("等您补充材料", "waiting for something from you"),
    State.SUSPENDED: ("依法暂停计时", "suspended by law"),
    State.COORDINATING: ("多个单位正在协调解决", "several bureaus are solving it together"),
    State.ANSWERED: ("已答复，请您评价", "answered, please judge the answer"),
    State.CLOSED: ("已办结", "closed"),
}


def receive(provider_id: str, sender: str, body: str, now: dt.datetime) -> str | None:
    """Answer a message once; return what was answered, None where it was known or has to wait its turn."""
    row = {"provider_id": provider_id, "sender": sender, "at": now}
    fresh = insert(InboundText.__table__).values(row).on_conflict_do_nothing()
    if db.session.execute(fresh.returning(InboundText.provider_id)).first() is None:
        return None
    answer = _answer(sender, body, now)
    if answer is not None:
        db.session.add(_delivery(sender, answer, now))
    return answer


def _answer(sender: str, body: str, now: dt.datetime) -> str | None:
    """Open the request and tell its state; who has to wait hears nothing, so that nobody makes us write for ever."""
    parts = _PARTS.findall(body)
    if len(parts) < 2:
        return _not_understood(sender, now)
    tail = parts[2] if len(parts) > 2 else sender[-TAIL:]
    try:
        ticket = status.open_request(parts[0], parts[1], tail, sender, now)
    except (TooMany, Unavailable):
        return None
    except DomainError:
        return " ".join(WRONG)
    return told(ticket)


def _not_understood(sender: str, now: dt.datetime) -> str | None:
    """Say how it is done; counted as an attempt, or two machines would write to each other without end."""
    try:
        guesses.check("", sender, now)
        guesses.failed("", sender, now)
    except (TooMany, Unavailable):
        return None
    return " ".join(HOW)


def told(ticket: Ticket) -> str:
    """Return the state of a request in its enterprise's language."""
    state = State(ticket.state)
    zh, en = SAID[state]
    due = promised(ticket) if state in OPEN_STATES - {State.ANSWERED} else None
    here = local(due) if due else None
    shown = numbers.shown(ticket.number)
    if ticket.locale == "en":
        return f"{shown}: {en}" + (f"; due {here:%Y-%m-%d %H:%M}." if here else ".")
    return f"事项{shown}：{zh}" + (f"，期限{here.month}月{here.day}日{here:%H:%M}。" if here else "。")


def _delivery(sender: str, body: str, now: dt.datetime) -> Delivery:
    return Delivery(
        recipient="requester",
        channel="sms",
        address=sender,
        subject="",
        body=body,
        data={"letter": "Status", "values": {"text": body}},
        urgent=True,
        due_at=now,
        created_at=now,
        request_id=request_id(),
    )
