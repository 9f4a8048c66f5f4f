"""The JSON door as a mini-program uses it."""

import io
from typing import Any

from flask.testing import FlaskClient

from tests.conftest import FrozenClock
from tests.support.people import actor
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Ticket
from ticketing.services import handling, province
from ticketing.services.history import Act

V1 = "/api/v1"
OWN = f"{V1}/requests/current"
BODY = {"subject": "复工备案", "body": "餐饮复工备案还缺什么材料？", "phone": "13904510021"}


def log_in(client: FlaskClient, one: Ticket, password: str = PASSWORD, **more: str) -> Any:
    """Ask for a token with number and password."""
    pair = {"number": numbers.shown(one.number), "password": password}
    return client.post(f"{V1}/sessions", json=pair | more)


def bearer(client: FlaskClient, one: Ticket) -> dict[str, str]:
    """Return the headers that open the request."""
    return {"Authorization": f"Bearer {log_in(client, one).get_json()['token']}"}


def accepted(clock: FrozenClock, **values: Any) -> tuple[Ticket, Act]:
    """Return a ticket that its bureau works on, and the act of its handler."""
    one = sent(clock.now, type="help", **values)
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    return one, act


def asked(clock: FrozenClock) -> Ticket:
    """Return a ticket that waits for its enterprise."""
    one, act = accepted(clock)
    handling.ask_requester(one, "请补营业执照。", act, province.current())
    return one


def answered(clock: FrozenClock) -> Ticket:
    """Return a ticket that was answered."""
    one, act = accepted(clock)
    handling.note(one, "内部的话", act)
    handling.propose_answer(one, act, province.current(), result="solved", text="已经办好。", basis="")
    return one


def upload(content: bytes = b"a plain text", name: str = "note.txt") -> dict[str, Any]:
    """Return a form with one file."""
    return {"data": {"file": (io.BytesIO(content), name)}, "content_type": "multipart/form-data"}
