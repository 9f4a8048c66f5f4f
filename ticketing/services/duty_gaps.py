"""A number with nobody on duty is an alarm before it is a missed call."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.clock import local
from ticketing.domain.events import DutyGapFound, Event
from ticketing.domain.roster import Span
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, DutyGap, DutyGroup, Notice, RoleGrant
from ticketing.services import duty as rosters
from ticketing.services import outbox
from ticketing.services.duty import AHEAD
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.notifications import Told
from ticketing.services.province import Province

NOBODY = N_("%(group)s：%(start)s 起无人值班，请安排人员")
OF_NOBODY = N_("有热线不属于任何班组，也没有总值班席：打来没有人接，请安排")
DESK_ALONE = N_("%(group)s：%(start)s 起本组无人值班，来电由总值班席接听")
KNOWN = Kept(
    select(DutyGap.desk_takes_it, DutyGap.starts_at, DutyGroup.id, DutyGroup.name_zh, DutyGroup.name_en)
    .outerjoin(DutyGroup, DutyGroup.id == DutyGap.group_id)
    .where(DutyGap.closed_at.is_(None), DutyGap.ends_at > bindparam("now", type_=INSTANT))
    .order_by(DutyGap.desk_takes_it, DutyGap.starts_at, DutyGap.id)
    .limit(100)
)


def watch(now: dt.datetime, province: Province) -> int:
    """Look `AHEAD`; note new gaps with a fact each, and close those that are filled or over. Return the new ones.

    A gap is known by its group and beginning; one that has begun keeps its row while the hours pass.
    """
    duty = rosters.load(now, now + AHEAD, province)
    open_rows = _open(DutyGap.group_id.is_not(None))
    still: set[int] = set()
    new = 0
    for group in duty.groups.values():
        for gap in duty.gaps(group, now, now + AHEAD):
            row = _known(open_rows, group.id, gap, now)
            if row is None:
                row = _note(group.id, gap, now)
                new += row is not None
            if row is not None:
                row.ends_at, row.desk_takes_it = gap.span.end, gap.desk_takes_it
                still.add(row.id)
    for row in open_rows:
        if row.id not in still:
            row.closed_at = now
    return new


def watch_lines(now: dt.datetime, province: Province) -> int:
    """Note, once, that lines belong to no group while there is no duty desk; return 1 where that is new."""
    [row] = _open(DutyGap.group_id.is_(None)) or [None]
    if not rosters.load(now, now, province).of_nobody():
        if row is not None:
            row.closed_at = now
        return 0
    if row is not None:
        row.ends_at = now + AHEAD
        return 0
    _note(None, rosters.Gap(Span(now, now + AHEAD), desk_takes_it=False), now)
    return 1


def _open(condition: ColumnElement[bool]) -> Sequence[DutyGap]:
    return db.session.scalars(
        select(DutyGap).where(DutyGap.closed_at.is_(None), condition).with_for_update()
    ).all()


def _known(
    rows: Sequence[DutyGap], group_id: int | None, gap: rosters.Gap, now: dt.datetime
) -> DutyGap | None:
    """Return the open row that this gap continues; one that turned from covered to bare is told anew."""
    for row in rows:
        begun = row.starts_at <= now and gap.span.start <= now
        if row.group_id != group_id or not (begun or row.starts_at == gap.span.start):
            continue
        return row if row.desk_takes_it <= gap.desk_takes_it else None
    return None


def _note(group_id: int | None, gap: rosters.Gap, now: dt.datetime) -> DutyGap | None:
    values = {
        "group_id": group_id, "starts_at": gap.span.start, "ends_at": gap.span.end,
        "desk_takes_it": gap.desk_takes_it, "found_at": now, "closed_at": None,
    }  # fmt: skip
    statement = insert(DutyGap.__table__).values(values)
    again = {name: values[name] for name in ("ends_at", "desk_takes_it", "found_at", "closed_at")}
    statement = statement.on_conflict_do_update(index_elements=["group_id", "starts_at"], set_=again)
    identifier = db.session.scalar(statement.returning(DutyGap.id))
    outbox.record(DutyGapFound(None, identifier), now)  # type: ignore[arg-type]
    return db.session.get(DutyGap, identifier, populate_existing=True)


def open_gaps(now: dt.datetime) -> list[tuple[Any, Any]]:
    """Return the known gaps, each with its group's names, the worst first: without the desk, then the nearest."""
    return [(row, row if row.id is not None else None) for row in KNOWN.rows(now=now)]


def tell_keepers(event: Event, told: Told) -> None:
    """Leave a notice with the supervisors, who keep the roster."""
    gap = db.session.get_one(DutyGap, event.gap_id)  # type: ignore[attr-defined]
    group = db.session.get(DutyGroup, gap.group_id) if gap.group_id is not None else None
    here = local(max(gap.starts_at, gap.found_at))
    values = {"group": group.name_zh if group else "", "start": f"{here:%m-%d %H:%M}"}
    words = OF_NOBODY if group is None else DESK_ALONE if gap.desk_takes_it else NOBODY
    rows = [
        {
            "event_id": told.event_id,
            "account_id": account,
            "text": words,
            "values": values,
            "at": told.now,
        }
        for account in db.session.scalars(supervisors(told.now))
    ]
    if rows:
        db.session.execute(insert(Notice.__table__).on_conflict_do_nothing(), rows)


def supervisors(now: dt.datetime) -> Select[tuple[int]]:
    """Return the query for the supervisors of the moment, deputies included."""
    return (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Account.active,
            RoleGrant.role == Role.SUPERVISOR.value,
            or_(RoleGrant.starts_at.is_(None), RoleGrant.starts_at <= now),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        )
        .distinct()
    )
