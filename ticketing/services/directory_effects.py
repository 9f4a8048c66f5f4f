"""What hangs on a hotline, a bureau or a topic: looked at before a change of it is published."""

from typing import Any

from sqlalchemy import func, select

from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Callback, DutyLine, RoleGrant, Ticket
from ticketing.services.directory_edits import HOTLINE, TOPIC, Edit
from ticketing.services.province import Province

COUNTED = 10_000


def effect(one: Edit, province: Province) -> list[tuple[str, int]]:
    """Return what hangs on the row that changes: words and how many, `COUNTED` at most."""
    if one.kind == HOTLINE:
        return [
            (N_("件在办工单从这条热线来"), _count(Ticket.id, Ticket.hotline_number == one.key, _open())),
            (N_("个回拨还没有打"), _count(Callback.id, Callback.hotline_number == one.key, Callback.done_at.is_(None))),
            (N_("个值班组接这条热线"), _count(DutyLine.group_id, DutyLine.hotline_number == one.key)),
        ]  # fmt: skip
    if one.kind == TOPIC:
        asks = sum(one.key in template.trigger.topics for template in province.templates.values())
        return [
            (N_("件在办工单属于这个主题"), _count(Ticket.id, Ticket.topic_code == one.key, _open())),
            (N_("个协调模板由它触发"), asks),
            (N_("个表单问题只问它"), len(province.form.of(one.key))),
        ]  # fmt: skip
    lines = sum(line.bureau_code == one.key for line in province.directory.hotlines.values())
    below = sum(bureau.parent_code == one.key for bureau in province.directory.bureaus.values())
    return [
        (N_("件在办工单由它承办"), _count(Ticket.id, Ticket.bureau_code == one.key, _open())),
        (N_("条热线由它接听"), lines),
        (N_("个下级单位"), below),
        (N_("个账号在这个单位"), _count(RoleGrant.account_id, RoleGrant.bureau_code == one.key)),
    ]  # fmt: skip


def _open() -> Any:
    return Ticket.state != State.CLOSED.value


def _count(column: Any, *conditions: Any) -> int:
    capped = select(column.label("one")).where(*conditions).distinct().limit(COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0
