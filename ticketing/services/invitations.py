"""People of an enterprise are invited: a link for one telephone, good for a week, that can be taken back."""

import datetime as dt
import secrets

from sqlalchemy import select

from ticketing.domain.contact import mask_phone
from ticketing.domain.enterprise import EnterpriseRole, Happened
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.text import NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import Enterprise, Invitation, Membership, Person
from ticketing.services import people
from ticketing.services.enterprises import join, log, membership_of
from ticketing.services.wording import INVITATION

INVITED_FOR = dt.timedelta(days=7)
INVITED_MOST = 50


def invite(
    member: Membership, phone: str, name: str, role: str, now: dt.datetime, *, address: str
) -> Invitation:
    """Send a link to a colleague's telephone; it opens for whoever holds that telephone.

    Raises:
        Invalid: fields `phone`, `name`, `role`; somebody who is there already; too many at once.
    """
    enterprise, number = member.enterprise, people.parse_mobile(phone)
    if role not in frozenset(EnterpriseRole):
        raise Invalid(N_("请选择身份。"), field="role")
    known = people.by_phone(number)
    if known is not None and membership_of(known.id, enterprise.id) is not None:
        raise Invalid(N_("这个手机号已经在企业账号里。"), field="phone")
    if len(open_invitations(enterprise, now)) >= INVITED_MOST:
        raise Invalid(N_("还没有接受的邀请太多，请先撤回几个。"), field="phone")
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        token=vault.mac(token),
        enterprise=enterprise,
        phone=number,
        name=require(name, field="name", most=NAME_MAX),
        role=role,
        invited_by_id=member.person_id,
        created_at=now,
        ends_at=now + INVITED_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    who = member.person.name or mask_phone(member.person.phone)
    values = {"who": who, "enterprise": enterprise.name, "link": f"{address}/my/invited/{token}"}
    people.text(number, INVITATION, values, now, locale=member.person.locale, name="Invitation")
    log(enterprise, Happened.INVITED, who, now, whom=invitation.name)
    return invitation


def open_invitations(enterprise: Enterprise, now: dt.datetime) -> list[Invitation]:
    """Return the invitations that still open."""
    wanted = (
        select(Invitation)
        .where(
            Invitation.enterprise_id == enterprise.id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.ends_at > now,
        )
        .order_by(Invitation.id)
        .limit(INVITED_MOST)
    )
    return list(db.session.scalars(wanted))


def invited(token: str, now: dt.datetime, *, lock: bool = False) -> Invitation:
    """Return the invitation of a link.

    Raises:
        NotFound: none, used, revoked or too old.
    """
    wanted = select(Invitation).where(Invitation.token == vault.mac(token))
    found = db.session.scalar(wanted.with_for_update(of=Invitation) if lock else wanted)
    if found is None or found.used_at is not None or found.revoked_at is not None or found.ends_at <= now:
        raise NotFound
    return found


def accept(token: str, person: Person, now: dt.datetime) -> Enterprise:
    """Join by invitation; the link alone is not enough, its telephone is needed.

    Raises:
        NotFound: as `invited`. Invalid: another telephone.
    """
    invitation = invited(token, now, lock=True)
    if invitation.phone != person.phone:
        raise Invalid(N_("这个邀请是发给另一个手机号的，请用收到短信的手机号登录。"))
    invitation.used_at = now
    person.name = person.name or invitation.name
    join(person, invitation.enterprise, EnterpriseRole(invitation.role), now)
    log(invitation.enterprise, Happened.JOINED, person.name, now)
    return invitation.enterprise


def revoke(member: Membership, invitation_id: int, now: dt.datetime) -> None:
    """Take an invitation back.

    Raises:
        NotFound: none of this enterprise that still opens.
    """
    found = db.session.get(Invitation, invitation_id, with_for_update={"of": Invitation})
    if found is None or found.enterprise_id != member.enterprise_id or found.used_at or found.revoked_at:
        raise NotFound
    found.revoked_at = now
    log(member.enterprise, Happened.REVOKED, member.person.name, now, whom=found.name)
