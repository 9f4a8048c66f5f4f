"""Requests as doors hand them in, and tickets made of them through the real intake."""

import datetime as dt
from typing import Any

from tests.conftest import MONDAY
from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import intake, province
from ticketing.services.history import Act

WEB = Actor(ActorKind.REQUESTER, "张建国", Door.WEB)
#: What the router is sure of: a restaurant in Harbin's Nangang district.
SURE = {"topic_code": "T1503", "region_code": "230103"}
PASSWORD = "246810"


def inbound(**values: Any) -> Inbound:
    """Return a plain request by web form."""
    plain = {
        "door": Door.WEB,
        "subject": "火锅店复工备案还缺什么材料",
        "body": "我们在南岗区开了一家火锅店，餐饮复工备案提示材料不全，请告诉我们还要补什么。",
        "enterprise": "南岗区老灶火锅店",
        "requester": "张建国",
        "phone": "13904510021",
    }
    return Inbound(**(plain | values))


def ticket(now: dt.datetime = MONDAY, *, dispatch: bool = True, **values: Any) -> Ticket:
    """Return a ticket that came in at `now`."""
    options = intake.Options(dispatch=dispatch, new_password=lambda: PASSWORD)
    receipt = intake.receive(inbound(**values), Act(WEB, now), province.current(), options)
    return db.session.get_one(Ticket, receipt.ticket_id)


def sent(now: dt.datetime = MONDAY, **values: Any) -> Ticket:
    """Return a ticket that the router sent to its bureau at once."""
    return ticket(now, **(SURE | values))
