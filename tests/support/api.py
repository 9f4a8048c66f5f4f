"""The JSON door as a mini-program uses it."""

import io
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Delivery, Ticket
from ticketing.services import enterprises, handling, province
from ticketing.services.history import Act

V1 = "/api/v1"
OWN = f"{V1}/requests/current"
BODY = {"subject": "复工备案", "body": "餐饮复工备案还缺什么材料？", "phone": "13904510021"}

#: An enterprise that the register knows, its legal person's telephone, and the telephone of somebody who works there.
CODE, LEGAL, MOBILE = "91230103MA1DEMX02P", "13604501234", "13604505678"


def register() -> None:
    """Let the register know the enterprise, and another one as noise."""
    rows = [
        {"register_code": CODE, "name": "昌盛食品", "phone": LEGAL},
        {"register_code": "92230103MA1DEMX01H", "name": "老灶火锅店", "phone": "13904510021"},
    ]
    enterprises.load_register(rows, MONDAY)


def texted(phone: str) -> str:
    """Return the newest text message to a telephone."""
    wanted = select(Delivery.body).where(Delivery.address == f"+86{phone}").order_by(Delivery.id.desc())
    return db.session.scalars(wanted.limit(1)).one()


def code_to(phone: str) -> str:
    """Return the six digits that were sent there last."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", texted(phone))
    assert found is not None
    return found.group(0)


def signed_in(client: FlaskClient, phone: str = MOBILE) -> Any:
    """Ask for a code and give it back."""
    assert client.post(f"{V1}/my/codes", json={"phone": phone}).status_code == 204
    return client.post(f"{V1}/my/sessions", json={"phone": phone, "code": code_to(phone)})


def person_bearer(client: FlaskClient, phone: str = MOBILE) -> dict[str, str]:
    """Return the headers of somebody who has signed in."""
    return {"Authorization": f"Bearer {signed_in(client, phone).get_json()['token']}"}


def pair(one: Ticket) -> dict[str, str]:
    """Return what the receipt said."""
    return {"number": numbers.shown(one.number), "password": PASSWORD}


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
