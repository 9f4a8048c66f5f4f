"""Who acts for an enterprise, for programs: the services of the pages under `/my/people`."""

from typing import Any

from flask import current_app

from ticketing.domain.contact import mask_phone
from ticketing.domain.enterprise import ENTERPRISE_ROLE_WORDS, EnterpriseRole
from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db, transaction
from ticketing.models import Invitation, Membership, Person
from ticketing.services import enterprises, invitations
from ticketing.web import membership
from ticketing.web.api import tokens
from ticketing.web.api.account import SECURED, Body, allowed, enterprise_line, member_of
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.context import now
from ticketing.web.i18n import words
from ticketing.web.schemas import account as schemas

account_people = Blueprint("account people", __name__, description="Who acts for the enterprise")


@account_people.get("/my/people")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(200, schemas.People)
@refuses(account_people, 401, 403, 404)
@account_people.arguments(schemas.Which, location="query")
def colleagues(wanted: Body, who: Person) -> dict[str, Any]:
    """Say who acts for the enterprise, and who was invited."""
    member = member_of(who, wanted["enterprise"], Permission.SEE_OWN_ENTERPRISE)
    manages = may(membership.actor_of(member), Permission.MANAGE_OWN_PEOPLE)
    waiting = invitations.open_invitations(member.enterprise, now()) if manages else []
    return {
        "manages": manages,
        "members": [_colleague(one, who) for one in enterprises.members(member.enterprise)],
        "invitations": [_invitation(one) for one in waiting],
    }


def _colleague(one: Membership, who: Person) -> dict[str, Any]:
    role = EnterpriseRole(one.role)
    return {
        "id": one.id,
        "name": one.person.name,
        "phone": mask_phone(one.person.phone),
        "role": role,
        "role_words": words(ENTERPRISE_ROLE_WORDS[role]),
        "yourself": one.person_id == who.id,
    }


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "phone": mask_phone(one.phone),
        "role": EnterpriseRole(one.role),
        "ends_at": one.ends_at,
    }


@account_people.post("/my/people")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(201, schemas.Invited)
@refuses(account_people, 401, 403, 404, *BODY)
@account_people.arguments(schemas.Invite)
def invite(body: Body, who: Person) -> dict[str, Any]:
    """Send a colleague a link that opens for that telephone alone, for a week."""
    member = member_of(who, body["enterprise"], Permission.MANAGE_OWN_PEOPLE)
    with transaction():
        made = invitations.invite(
            member, body["phone"], body["name"], body["role"], now(), address=current_app.config["ADDRESS"]
        )
    return _invitation(made)


def _beside(who: Person, membership_id: int, *, leaving: bool) -> Membership:
    """Return one's own membership in the enterprise of another's; managing is needed but to leave oneself."""
    target = db.session.get(Membership, membership_id)
    own = enterprises.membership_of(who.id, target.enterprise_id) if target is not None else None
    if target is None or own is None:
        raise NotFound
    own_leave = leaving and target.id == own.id
    return own if own_leave else allowed(own, Permission.MANAGE_OWN_PEOPLE)


@account_people.post("/my/people/<int:membership_id>/roles")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(200, schemas.Member)
@refuses(account_people, 401, 403, 404, *BODY)
@account_people.arguments(schemas.NewRole)
def change(body: Body, who: Person, membership_id: int) -> dict[str, Any]:
    """Give somebody another role."""
    own = _beside(who, membership_id, leaving=False)
    with transaction():
        changed = enterprises.change(own, membership_id, now(), role=body["role"])
    return _colleague(changed, who)


@account_people.delete("/my/people/<int:membership_id>")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(204)
@refuses(account_people, 401, 403, 404, 422)
def leave(who: Person, membership_id: int) -> None:
    """End somebody's access, or leave oneself; an enterprise keeps at least one manager."""
    own = _beside(who, membership_id, leaving=True)
    with transaction():
        enterprises.change(own, membership_id, now(), role=None)


@account_people.delete("/my/invitations/<int:invitation_id>")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(204)
@refuses(account_people, 401, 403, 404)
def revoke(who: Person, invitation_id: int) -> None:
    """Take an invitation back; its link opens nothing any more."""
    invitation = db.session.get(Invitation, invitation_id)
    own = enterprises.membership_of(who.id, invitation.enterprise_id) if invitation is not None else None
    if own is None:
        raise NotFound
    with transaction():
        invitations.revoke(allowed(own, Permission.MANAGE_OWN_PEOPLE), invitation_id, now())


@account_people.post("/my/memberships")
@tokens.signed_in
@account_people.doc(security=SECURED)
@account_people.response(201, schemas.OwnEnterprise)
@refuses(account_people, 401, 404, *BODY)
@account_people.arguments(schemas.Joining)
def join(body: Body, who: Person) -> dict[str, Any]:
    """Join by the link that came to one's telephone."""
    with transaction():
        found = invitations.accept(body["token"], who, now())
        member = enterprises.membership_of(who.id, found.id)
    return enterprise_line(found, member.role if member else EnterpriseRole.CLERK)
