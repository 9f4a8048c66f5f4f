"""代理人: who acts for an absent head or supervisor, between two days; nothing waits for somebody on leave."""

import datetime as dt

from sqlalchemy import select

from ticketing.domain.audit import AuditKind
from ticketing.domain.clock import LOCAL
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, RoleGrant
from ticketing.services import accounts, audit
from ticketing.services.audit import Whom
from ticketing.services.history import Act

#: Whose decisions others wait for.
DEPUTISED = frozenset({Role.HEAD, Role.SUPERVISOR})


def stand_in(deputy: Account, absent: str, first: dt.date, last: dt.date, act: Act) -> None:
    """Let somebody hold the deciding rights of an absent colleague from the first day to the last, both whole.

    Raises:
        Invalid: nobody of that user name, nothing to decide for them, or days that are over or upside down.
    """
    other = accounts.by_username(absent.strip())
    if other is None or other.id == deputy.id:
        raise Invalid(N_("没有这个账号，请填写被代理同事的账号名。"), field="absent")
    rights = [row for row in other.grants if row.role in DEPUTISED and row.deputy_for_id is None]
    if not rights:
        raise Invalid(N_("这位同事不是单位负责人，也不是督办员，不需要代理。"), field="absent")
    starts, ends = _midnight(first), _midnight(last + dt.timedelta(days=1))
    if ends <= max(starts, act.now):
        raise Invalid(N_("结束日期要在开始日期之后，并且还没有过去。"), field="last")
    deputy.grants += [
        RoleGrant(
            role=row.role, bureau_code=row.bureau_code, deputy_for_id=other.id, starts_at=starts, ends_at=ends
        )
        for row in rights
    ]
    days = {"for": other.username, "first": first.isoformat(), "last": last.isoformat()}
    audit.record(AuditKind.DEPUTY, act, Whom(account=deputy), days)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)


def end(deputy: Account, grant_id: int, act: Act) -> None:
    """End a deputyship at once.

    Raises:
        NotFound: it is not one of this colleague's.
    """
    row = next((one for one in deputy.grants if one.id == grant_id and one.deputy_for_id is not None), None)
    if row is None:
        raise NotFound
    deputy.grants.remove(row)
    db.session.delete(row)
    absent = db.session.get_one(Account, row.deputy_for_id)
    audit.record(
        AuditKind.DEPUTY_ENDED, act, Whom(account=deputy), {"for": absent.username, "role": row.role}
    )


def of(deputy: Account, now: dt.datetime) -> list[tuple[RoleGrant, str]]:
    """Return the deputyships that run or are to come, each with the name of the absent colleague."""
    rows = [
        row for row in deputy.grants if row.deputy_for_id is not None and row.ends_at and row.ends_at > now
    ]
    absent = select(Account.id, Account.name).where(Account.id.in_([row.deputy_for_id for row in rows]))
    names = {found.id: found.name for found in db.session.execute(absent)} if rows else {}
    return [(row, names[row.deputy_for_id]) for row in rows]
