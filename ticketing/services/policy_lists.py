"""What the pages of policies list: versions with where they came from, drafts in hand, what a draft would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from ticketing.domain.errors import NotFound
from ticketing.extensions import db
from ticketing.models import (
    Account,
    CaseClock,
    CaseStep,
    CoordinationCase,
    PolicyDocument,
    PolicyDraft,
    PolicyEffect,
    PolicyRollout,
    Ticket,
    TicketClock,
)
from ticketing.services.policies import OPEN

PAGE = 50
NAMED = [PolicyDocument.body[field].astext.label(field) for field in ("name_zh", "name_en")]
AUTHOR, PUBLISHER = aliased(Account), aliased(Account)
#: Each version with the draft that it was, its people, and its way to the open clocks; until when it was the newest.
VERSIONS = (
    select(
        PolicyDocument.id,
        PolicyDocument.kind,
        PolicyDocument.version,
        *NAMED,
        PolicyDocument.author,
        PolicyDocument.published_on,
        PolicyDocument.loaded_at,
        func.lead(PolicyDocument.loaded_at)
        .over(partition_by=(PolicyDocument.kind, PolicyDocument.code), order_by=PolicyDocument.id)
        .label("until"),
        PolicyDraft.id.label("draft_id"),
        AUTHOR.name.label("drafted_by"),
        PUBLISHER.name.label("published_by"),
        PolicyRollout.whole,
        PolicyRollout.looked,
        PolicyRollout.superseded,
        PolicyRollout.moved,
        PolicyRollout.unbreached,
        PolicyRollout.breached,
        PolicyRollout.finished_at,
        PolicyRollout.id.label("rollout_id"),
    )
    .outerjoin(PolicyDraft, PolicyDraft.document_id == PolicyDocument.id)
    .outerjoin(AUTHOR, AUTHOR.id == PolicyDraft.author_id)
    .outerjoin(PUBLISHER, PUBLISHER.id == PolicyDraft.ended_by_id)
    .outerjoin(PolicyRollout, PolicyRollout.document_id == PolicyDocument.id)
)


@dataclass(frozen=True)
class Page:
    """Some rows, where the next page begins, and the newest version of all."""

    rows: Sequence[Row[Any]]
    after: int | None
    newest: int | None = None


def versions(kind: str, before: int | None) -> Page:
    """Return the versions of a kind, the newest first."""
    told = _of_kind(kind).subquery()
    wanted = select(told).order_by(told.c.id.desc()).limit(PAGE + 1)
    rows = db.session.execute(wanted if before is None else wanted.where(told.c.id < before)).all()
    newest = db.session.scalar(select(func.max(PolicyDocument.id)).where(PolicyDocument.kind == kind))
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None, newest)


def newest_templates() -> Sequence[Row[Any]]:
    """Return the newest template of each kind of coordination case: its document and its name in both languages."""
    wanted = (
        select(PolicyDocument.id, *NAMED)
        .where(PolicyDocument.kind == "coordination")
        .order_by(PolicyDocument.code, PolicyDocument.id.desc())
        .ext(distinct_on(PolicyDocument.code))
    )
    return db.session.execute(wanted).all()


def cases_of(text: str) -> tuple[int, int]:
    """Return how many cases run, and how many have run, by the template that a text names."""
    code = (
        next((line for line in text.splitlines() if line.startswith("code:")), "").partition(":")[2].strip()
    )
    closed = CoordinationCase.state == "closed"
    wanted = select(func.count().filter(~closed), func.count().filter(closed))
    row = db.session.execute(wanted.where(CoordinationCase.template_code == code.strip("\"'"))).one()
    return row[0], row[1]


def _of_kind(kind: str) -> Select[Any]:
    return VERSIONS.where(PolicyDocument.kind == kind)


def version(document_id: int) -> Row[Any]:
    """Return one version.

    Raises:
        NotFound: there is none.
    """
    kind = db.session.scalar(select(PolicyDocument.kind).where(PolicyDocument.id == document_id))
    told = _of_kind(kind or "").subquery()
    row = db.session.execute(select(told).where(told.c.id == document_id)).first()
    if row is None:
        raise NotFound
    return row


def drafts(kind: str, state: str = OPEN) -> Sequence[Row[Any]]:
    """Return the drafts in hand, or those that were discarded, with their authors, the newest first."""
    wanted = (
        select(PolicyDraft, Account.name)
        .join(Account, Account.id == PolicyDraft.author_id)
        .where(PolicyDraft.kind == kind, PolicyDraft.state == state)
    )
    return db.session.execute(wanted.order_by(PolicyDraft.id.desc()).limit(PAGE)).all()


def effects(draft_id: int, change: str, after: int | None) -> Page:
    """Return the clocks to which a draft would do one thing, the earliest due first."""
    wanted = (
        select(
            PolicyEffect.id,
            PolicyEffect.change,
            PolicyEffect.was_due_at,
            PolicyEffect.due_at,
            TicketClock.kind,
            CoordinationCase.number.label("case_no"),
            CaseStep.number.label("step_no"),
            CaseStep.name_zh,
            CaseStep.name_en,
            Ticket.id.label("ticket_id"),
            Ticket.number,
            Ticket.subject,
            Ticket.type,
            Ticket.bureau_code,
            Ticket.touched_bureaus,
        )
        .outerjoin(TicketClock, TicketClock.id == PolicyEffect.clock_id)
        .outerjoin(Ticket, Ticket.id == TicketClock.ticket_id)
        .outerjoin(CaseClock, CaseClock.id == PolicyEffect.case_clock_id)
        .outerjoin(CaseStep, CaseStep.id == CaseClock.step_id)
        .outerjoin(CoordinationCase, CoordinationCase.id == CaseClock.case_id)
        .where(
            PolicyEffect.draft_id == draft_id, PolicyEffect.change == change, PolicyEffect.id > (after or 0)
        )
        .order_by(PolicyEffect.id)
        .limit(PAGE + 1)
    )
    rows = db.session.execute(wanted).all()
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)
