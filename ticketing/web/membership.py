"""Who has signed in for an enterprise: a session of its own beside the staff's, looked at anew at each request."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from flask import g, redirect, session, url_for

from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.errors import NotAllowed
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db
from ticketing.models import Membership, Person, Ticket
from ticketing.services import own_requests
from ticketing.services.history import Act
from ticketing.web import unsent
from ticketing.web.context import now

KEY = "person"
CHOSEN = "enterprise"
#: Everybody of an office may sit at the same computer: the session ends with the working day.
SIGNED_IN_FOR = dt.timedelta(hours=12)
View = Callable[..., Any]


def sign_in(person: Person) -> None:
    """Begin a session; whatever the browser had opened before is closed, a colleague's own login too."""
    session.clear()
    until = int((now() + SIGNED_IN_FOR).timestamp())
    session[KEY] = {"id": person.id, "key": person.session_key, "until": until}


def sign_out() -> None:
    """End the session in this browser."""
    session.clear()


def person() -> Person | None:
    """Return who has signed in; a new password or a sign-out everywhere ends older sessions."""
    if "person" not in g:
        kept = session.get(KEY)
        found = db.session.get(Person, kept["id"]) if kept and kept["until"] >= now().timestamp() else None
        g.person = found if found is not None and found.session_key == kept["key"] else None
    return g.person  # type: ignore[no-any-return]


def standing(who: Person) -> list[Membership]:
    """Return for which enterprises a person acts at this moment."""
    return [one for one in who.memberships if one.ended_at is None]


def by_code(who: Person, register_code: str) -> Membership | None:
    """Return by which membership a person acts for the enterprise with a code; without a code, for their first."""
    fitting = (one for one in standing(who) if register_code in ("", one.enterprise.register_code))
    return next(fitting, None)


def membership() -> Membership | None:
    """Return the membership that this session works with: the chosen enterprise's, else the first."""
    who = person()
    found = standing(who) if who is not None else []
    chosen = session.get(CHOSEN)
    return next((one for one in found if one.enterprise_id == chosen), found[0] if found else None)


def actor_of(member: Membership) -> Actor:
    """Return a member as permissions know them."""
    role = EnterpriseRole(member.role)
    return Actor(ActorKind.REQUESTER, member.person.name, Door.WEB, enterprise_role=role)


def signed_in(view: View) -> View:
    """Let in who has signed in, proved or not, and hand the view that `who`."""

    @functools.wraps(view)
    def guarded(**values: Any) -> Any:
        who = person()
        if who is None:
            return unsent.keep(redirect(url_for("my.login", next=unsent.here())), unsent.owner("person", KEY))
        return view(who=who, **values)

    guarded.permission = "signed in"  # type: ignore[attr-defined]
    return guarded


def member_needs(permission: Permission) -> Callable[[View], View]:
    """Let in members with the permission and hand the view that `member`; who has none yet is led to the proof."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(who: Person, **values: Any) -> Any:
            del who
            member = membership()
            if member is None:
                return redirect(url_for("my.prove"))
            if not may(actor_of(member), permission):
                raise NotAllowed
            return view(member=member, **values)

        inner = signed_in(guarded)
        inner.permission = permission  # type: ignore[attr-defined]
        return inner

    return wrap


def act_on(ticket: Ticket) -> Act | None:
    """Return an act of the person who has signed in on a request of theirs; None where it is not."""
    who = person()
    if who is None or not own_requests.may_see(who, ticket):
        return None
    actor = Actor(ActorKind.REQUESTER, who.name, Door.WEB, ticket_ids=frozenset({ticket.id}))
    return Act(actor, now())
