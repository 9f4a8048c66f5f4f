"""The ticket as its page shows it; a fixed number of statements, whatever hangs on it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Row, bindparam, exists, select, union_all

from sla.ledger import evaluate
from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.contact import mask_email, mask_name, mask_phone
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import (
    CLOCK_WORDS,
    CLOSE_WORDS,
    DOOR_WORDS,
    STATE_WORDS,
    TYPE_WORDS,
    URGENCY_WORDS,
    ClockKind,
    CloseReason,
    Door,
    State,
    TicketType,
    Urgency,
)
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import (
    Account,
    Approval,
    Attachment,
    HistoryEntry,
    RoleGrant,
    RoutingDecision,
    SupervisionOrder,
    Ticket,
    TicketLink,
)
from ticketing.services import attachments, clocks
from ticketing.services.clock_rows import Ledger
from ticketing.services.kept import Kept
from ticketing.services.visibility import readable
from ticketing.web import moments, personal, reasons
from ticketing.web.calendar_strip import strip
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, named, words
from ticketing.web.rows import due_of

#: The clock whose days are drawn: a rework's own, else the promise.
DRAWN = (ClockKind.REWORK, ClockKind.ANSWER)
MEGABYTE = 1024 * 1024
# Statements that each page runs are put together once.
#: Whether who did it is of the bureau that had the ticket then: the centre's people act on it too.
AT_BUREAU = exists().where(
    RoleGrant.account_id == HistoryEntry.actor_id, RoleGrant.bureau_code == HistoryEntry.bureau_code
)
HISTORY = Kept(
    select(*HistoryEntry.__table__.c, AT_BUREAU.label("at_bureau"))
    .where(HistoryEntry.ticket_id == bindparam("ticket"))
    .order_by(HistoryEntry.seq)
)
NEWEST_REASONS = (
    select(RoutingDecision.reasons)
    .where(RoutingDecision.ticket_id == bindparam("ticket"))
    .order_by(RoutingDecision.id.desc())
    .limit(1)
)
#: Most tickets have nothing of these; one look says which are worth a statement of their own.
HANGING = Kept(
    select(
        NEWEST_REASONS.scalar_subquery().label("reasons"),
        exists()
        .where(Approval.ticket_id == bindparam("ticket"), Approval.decision.is_(None))
        .label("waiting"),
        exists().where(TicketLink.low_id == bindparam("ticket")).label("links_up"),
        exists().where(TicketLink.high_id == bindparam("ticket")).label("links_down"),
        exists().where(Ticket.head_id == bindparam("ticket")).label("followers"),
        exists().where(Attachment.ticket_id == bindparam("ticket")).label("files"),
        exists()
        .where(SupervisionOrder.ticket_id == bindparam("ticket"), SupervisionOrder.replied_at.is_(None))
        .label("ordered"),
    )
)
WAITING = (
    select(Approval, Account.name)
    .join(Account, Account.id == Approval.asked_by_id)
    .where(Approval.ticket_id == bindparam("ticket"), Approval.decision.is_(None))
    .order_by(Approval.id)
)
#: What is linked to a ticket; each part by its own index: an OR over them reads the whole table.
RELATED = union_all(
    select(TicketLink.high_id).where(TicketLink.low_id == bindparam("ticket")),
    select(TicketLink.low_id).where(TicketLink.high_id == bindparam("ticket")),
)


def history_of(ticket_id: int) -> Sequence[Row[Any]]:
    """Return the lines of a ticket, oldest first."""
    return HISTORY.rows(ticket=ticket_id)


def hanging(ticket: Ticket) -> Row[Any]:
    """Return why the ticket came here, and what else hangs on it: waiting, links, followers, files, an order."""
    return HANGING.rows(ticket=ticket.id)[0]


def present(ticket: Ticket, actor: Actor, hangs: Row[Any]) -> dict[str, Any]:
    """Return the head, the clocks and the facts of a ticket as this person may see them."""
    archive = province().archive
    due = due_of(ticket)
    running = clocks.read(ticket)
    drawn = drawn_clock(running)
    person = db.session.get(Account, ticket.assignee_id) if ticket.assignee_id else None
    return {
        "number": numbers.shown(ticket.number),
        "subject": ticket.subject,
        "body": ticket.body,
        "personal": personal.told(ticket.body),
        "state_word": state_word(ticket),
        "level": due.level,
        "type_word": words(TYPE_WORDS[TicketType(ticket.type)]),
        "urgency_word": words(URGENCY_WORDS[Urgency(ticket.urgency)]),
        "hot": ticket.urgency != Urgency.NORMAL,
        "holder": named(archive.bureaus[ticket.bureau_code]),
        "person": person.name if person else "",
        "due": due if ticket.state != State.CLOSED else None,
        "strip": strip(drawn.state, province().calendar_of(drawn.state), now()) if drawn else None,
        "clocks": [_clock(ledger) for ledger in running],
        "proof_url": url_for("tickets.deadline", number=ticket.number),
        "provisional": any(ledger.clock.provisional for ledger in running),
        "reasons": reasons.in_words(hangs.reasons or []),
        "facts": facts(ticket, actor),
        "reveal_url": url_for("tickets.reveal", number=ticket.number) if _may_reveal(ticket, actor) else "",
        "files": files(attachments.of_ticket(ticket), "tickets.file", number=ticket.number)
        if hangs.files
        else [],
        "version": ticket.history_seq,
    }


def state_word(ticket: Ticket) -> str:
    """Return the state, and of a closed ticket why it is."""
    word = words(STATE_WORDS[State(ticket.state)])
    return f"{word} · {words(CLOSE_WORDS[CloseReason(ticket.close_reason)])}" if ticket.close_reason else word


def drawn_clock(running: list[Ledger]) -> Ledger | None:
    """Return the clock whose days the strip shows."""
    by_kind = {ledger.kind: ledger for ledger in running}
    return next((by_kind[kind] for kind in DRAWN if kind in by_kind), None)


def _clock(ledger: Ledger) -> dict[str, Any]:
    bureau = province().archive.bureaus.get(ledger.clock.bureau_code or "")
    word = words(CLOCK_WORDS[ledger.kind])
    return {
        "words": f"{word} · {named(bureau)}" if ledger.kind is ClockKind.SHARE and bureau else word,
        "due": reading_of(ledger),
    }


def reading_of(ledger: Ledger) -> moments.Reading:
    """Return what a clock says: how it ended, or what is left."""
    clock, calendar = ledger.clock, province().calendar_of(ledger.state)
    if clock.stopped_at is not None:
        due = evaluate(ledger.state, calendar, clock.stopped_at).due
        return moments.stopped(clock.stopped_at, due, now(), calendar)
    paused = clock.paused_at is not None
    told = moments.reading(clock.due_at, now(), calendar, paused=paused, since=clock.started_at)
    return dataclasses.replace(told, provisional=clock.provisional)


def facts(ticket: Ticket, actor: Actor, *, revealed: bool = False) -> list[tuple[str, str]]:
    """Return the facts as a list; persons are masked, and of a report the bureau is not told who reported."""
    archive = province().archive
    topic, region = archive.topics.get(ticket.topic_code or ""), archive.regions.get(ticket.region_code or "")
    hotline = archive.hotlines.get(ticket.hotline_number or "")
    return [
        *people(ticket, actor, revealed=revealed),
        (_("事项主题"), named(topic) if topic else ""),
        (_("所在地"), named(region) if region else ""),
        (_("来源"), words(DOOR_WORDS[Door(ticket.door)])),
        (_("拨打的热线"), labelled(hotline) if hotline else ""),
        (_("收到时间"), moments.moment(ticket.received_at, now()).words),
    ]


def people(ticket: Ticket, actor: Actor, *, revealed: bool = False) -> list[tuple[str, str]]:
    """Return who asks; a reporter stays unknown to everybody who may not know all of the ticket."""
    if ticket.type == TicketType.REPORT and not may(actor, Permission.DISPATCH):
        return [(_("诉求人"), _("举报人信息已保密"))]
    show = (lambda text, _mask: text) if revealed else (lambda text, mask: mask(text))
    phone = show(ticket.phone or "", mask_phone) if ticket.phone else ""
    return [
        (_("企业"), ticket.enterprise),
        (_("统一社会信用代码"), ticket.register_code),
        (_("联系人"), show(ticket.requester, mask_name)),
        (
            _("电话"),
            f"{phone} {_('转')} {ticket.phone_extension}" if ticket.phone_extension and phone else phone,
        ),
        (_("电子邮箱"), show(ticket.email or "", mask_email)),
    ]


def _may_reveal(ticket: Ticket, actor: Actor) -> bool:
    hidden = ticket.type == TicketType.REPORT and not may(actor, Permission.DISPATCH)
    return not hidden and may(actor, Permission.REVEAL, ticket)


def files(rows: list[Attachment], endpoint: str, **where: Any) -> list[dict[str, Any]]:
    """Return files as lists of them are drawn."""
    return [
        {
            "url": url_for(endpoint, file_id=row.id, **where),
            "name": row.name,
            "kind": attachments.KINDS[row.content_type],
            "size": f"{row.size / MEGABYTE:.1f} MB"
            if row.size >= MEGABYTE // 10
            else f"{-(-row.size // 1024)} KB",
        }
        for row in rows
    ]


def waiting(ticket: Ticket, actor: Actor) -> list[dict[str, Any]]:
    """Return the requests for approval that wait on this ticket."""
    found = db.session.execute(WAITING, {"ticket": ticket.id})
    return [
        {
            "id": approval.id,
            "kind": Action(approval.kind),
            "words": words(TABLE[Action(approval.kind)].word),
            "by": name,
            "asked": approval.reason,
            "due": moments.reading(approval.due_at, now(), province().calendar_at(ticket.region_code)),
            "url": url_for("tickets.decide", number=ticket.number, approval_id=approval.id),
            "mine": may(actor, Permission(approval.permission), ticket)
            and approval.asked_by_id != actor.account_id,
        }
        for approval, name in found
    ]


def links(ticket: Ticket, actor: Actor) -> list[dict[str, Any]]:
    """Return what was linked, as far as the person may read it."""
    related = list(db.session.scalars(RELATED, {"ticket": ticket.id}))
    if not related:
        return []
    wanted = select(Ticket).where(Ticket.id.in_(related), readable(actor)).order_by(Ticket.id).limit(20)
    found = db.session.scalars(wanted)
    return [
        {
            "relation": _("关联"),
            "number": numbers.shown(other.number),
            "url": url_for("tickets.show", number=other.number),
            "subject": other.subject,
            "state_word": words(STATE_WORDS[State(other.state)]),
            "level": due_of(other).level,
        }
        for other in found
    ]
