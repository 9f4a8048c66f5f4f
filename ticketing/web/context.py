"""What every view needs of its request: the present, the actor, the province; each looked up once."""

import datetime as dt

from flask import current_app, g
from flask_login import UserMixin, current_user

from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.vocabulary import Door
from ticketing.models import Account, Ticket
from ticketing.services import accounts
from ticketing.services import province as provinces
from ticketing.services.colleagues import Colleague
from ticketing.services.history import Act
from ticketing.services.province import Province


class StaffUser(UserMixin):
    """An account as Flask-Login carries it; the session dies with the password or a right."""

    def __init__(self, account: Account | Colleague) -> None:
        self.account = account

    def get_id(self) -> str:
        """Return what the session cookie keeps."""
        return f"{self.account.id}:{self.account.session_key}"


def now() -> dt.datetime:
    """Return the instant of this request, read once."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    return g.now


def staff() -> Actor | None:
    """Return the colleague who is logged in, with the rights of this moment."""
    if not current_user.is_authenticated:
        return None
    if "staff" not in g:
        g.staff = accounts.actor(current_user.account, now())
    return g.staff


def act() -> Act:
    """Return the colleague's act of this request; only guarded views may ask."""
    actor = staff()
    if actor is None:
        raise RuntimeError("an act without anybody logged in: the view is not guarded")
    return Act(actor, now())


def requester_act(ticket: Ticket, door: Door = Door.WEB) -> Act:
    """Return an act of the enterprise that opened this ticket with number and password."""
    actor = Actor(
        ActorKind.REQUESTER, ticket.requester or ticket.enterprise, door, ticket_ids=frozenset({ticket.id})
    )
    return Act(actor, now())


def province() -> Province:
    """Return the province as loaded."""
    return provinces.current()
