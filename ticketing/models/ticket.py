"""诉求工单: the request of an enterprise, its history, attachments and links."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from ticketing.extensions import Model


class Ticket(Model):
    """One request. `bureau_code` is never empty: undispatched tickets are the centre's."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "ix_ticket_bureau_open", "bureau_code", "due_at", "id", postgresql_where=text("state <> 'closed'")
        ),
        Index("ix_ticket_due_open", "due_at", "id", postgresql_where=text("state <> 'closed'")),
        Index("ix_ticket_state_due", "state", "due_at", "id", postgresql_where=text("state <> 'closed'")),
        Index("ix_ticket_wake", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
        Index(
            "ix_ticket_phone", "phone", text("received_at DESC"), postgresql_where=text("phone IS NOT NULL")
        ),
        Index(
            "ix_ticket_register",
            "register_code",
            text("received_at DESC"),
            postgresql_where=text("register_code <> ''"),
        ),
        Index(
            "ix_ticket_assignee",
            "assignee_id",
            "due_at",
            postgresql_where=text("assignee_id IS NOT NULL AND state <> 'closed'"),
        ),
        Index("ix_ticket_number_end", text('"right"(number, 7)')),
        Index("ix_ticket_received", text("received_at DESC"), text("id DESC")),
        Index("ix_ticket_head", "head_id", postgresql_where=text("head_id IS NOT NULL")),
        Index(
            "ix_ticket_search",
            "terms",
            text("array_append(touched_bureaus, bureau_code)"),
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 512},
        ),
        Index(
            "uq_ticket_source",
            "source",
            "source_id",
            unique=True,
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        CheckConstraint("state = 'closed' OR close_reason IS NULL", name="reason_only_when_closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    history_seq: Mapped[int] = mapped_column(default=0)

    state: Mapped[str]
    came_from: Mapped[str | None]
    type: Mapped[str]
    urgency: Mapped[str]
    door: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    terms: Mapped[Any] = deferred(mapped_column(TSVECTOR))

    topic_code: Mapped[str | None] = mapped_column(ForeignKey("topic.code"))
    line: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    hotline_number: Mapped[str | None] = mapped_column(ForeignKey("hotline.number"))
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    first_receiver_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Every bureau that ever had it; they go on seeing what they did.
    touched_bureaus: Mapped[list[str]] = mapped_column(default=list)
    #: Bureaus whose return was refused: they cannot return it again.
    barred_returns: Mapped[list[str]] = mapped_column(default=list)

    enterprise: Mapped[str] = mapped_column(default="")
    register_code: Mapped[str] = mapped_column(default="")
    #: The enterprise lists that held it when it spoke; a policy may look at them.
    enterprise_lists: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    requester: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    phone_extension: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    openid: Mapped[str | None]
    #: By what the enterprise chose to be told; None: by every address that it left.
    told_by: Mapped[list[str] | None]
    locale: Mapped[str] = mapped_column(default="zh")

    received_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    dispatched_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    contacted_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    #: The nearest due time of its running clocks; derived from them, stored for lists only.
    due_at: Mapped[dt.datetime | None]
    #: When the clockwork looks again: an unanswered question, a suspension's end, an answer's silence.
    wake_at: Mapped[dt.datetime | None]

    result: Mapped[str | None]
    close_reason: Mapped[str | None]
    ratings: Mapped[dict[str, Any] | None]
    questions: Mapped[int] = mapped_column(SmallInteger, default=0)
    returns: Mapped[int] = mapped_column(SmallInteger, default=0)
    hops: Mapped[int] = mapped_column(SmallInteger, default=0)
    contests: Mapped[int] = mapped_column(SmallInteger, default=0)
    extended: Mapped[bool] = mapped_column(default=False)
    suspended_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    follow_ups: Mapped[int] = mapped_column(SmallInteger, default=0)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))

    source: Mapped[str | None]
    source_id: Mapped[str | None]
    extra: Mapped[dict[str, Any] | None]

    __mapper_args__ = {"version_id_col": version}


class HistoryEntry(Model):
    """One line of a ticket's history: append-only, in one canonical form, numbered within its ticket."""

    __tablename__ = "history_entry"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    bureau_code: Mapped[str | None]
    door: Mapped[str]
    public: Mapped[bool]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str | None]


class Attachment(Model):
    """A file of a ticket or of a draft; its bytes lie in `blob`, once for equal content."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_ticket_id", "ticket_id"),
        Index("ix_attachment_draft_id", "draft_id", postgresql_where=text("draft_id IS NOT NULL")),
        CheckConstraint("(ticket_id IS NULL) <> (draft_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    public: Mapped[bool]
    added_by: Mapped[str]
    added_at: Mapped[dt.datetime]


class Blob(Model):
    """The bytes of an attachment, in the same transaction and backup as the ticket."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class TicketLink(Model):
    """关联: two tickets have to do with each other; merging is `Ticket.head_id`."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="ordered"),
        Index("ix_ticket_link_high_id", "high_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    linked_at: Mapped[dt.datetime]
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Reveal(Model):
    """Somebody looked behind a mask: who, what, why, when."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    at: Mapped[dt.datetime]
