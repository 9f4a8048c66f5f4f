"""来电: a row from the first signal on, everything that the exchange told of it, and the duty that it may leave."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class Exchange(Model):
    """A telephone system of ours: which provider speaks for it, and the digest of the token that it shows."""

    __tablename__ = "exchange"

    name: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    #: Keyed digest (`vault.mac`); None where the provider signs its requests.
    token_mac: Mapped[str | None] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class Call(Model):
    """One call. What the exchange told is read out of its events; what people add lies in columns of its own."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("exchange", "provider_id"),
        Index("ix_call_open", "rang_at", "id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_call_rang", text("rang_at DESC"), text("id DESC")),
        Index("ix_call_hotline", "hotline_number", text("rang_at DESC")),
        Index("ix_call_caller", "caller", text("rang_at DESC"), postgresql_where=text("caller <> ''")),
        Index(
            "ix_call_account",
            "account_id",
            text("rang_at DESC"),
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("ix_call_ticket", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    exchange: Mapped[str]
    provider_id: Mapped[str]

    state: Mapped[str]
    direction: Mapped[str]
    #: As the exchange told it; `hotline_number` is the line of the pack that it means, the central one if none.
    called: Mapped[str]
    hotline_number: Mapped[str] = mapped_column(ForeignKey("hotline.number"))
    #: E.164, empty where it was withheld.
    caller: Mapped[str]
    language: Mapped[str]
    rang_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(default="")
    queue_position: Mapped[int | None]
    callback_asked: Mapped[bool] = mapped_column(default=False)
    recording: Mapped[str | None]
    recording_seconds: Mapped[int | None]
    voicemail: Mapped[str | None]
    voicemail_seconds: Mapped[int | None]
    transferred_to: Mapped[str | None]
    transfers: Mapped[int] = mapped_column(SmallInteger, default=0)
    held_seconds: Mapped[int] = mapped_column(default=0)
    handed_over_to: Mapped[str | None]

    #: The bureau whose group the line rings.
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: What the operator types while talking, saved as typed.
    notes: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[dt.datetime | None]
    filed_at: Mapped[dt.datetime | None]

    created_at: Mapped[dt.datetime]
    heard_at: Mapped[dt.datetime]
    #: When the sweep last asked the exchange what became of it.
    asked_at: Mapped[dt.datetime | None]


class CallEvent(Model):
    """One signal of an exchange, as told: append-only, once for each key, without secrets."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    key: Mapped[str]
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    exact: Mapped[bool]
    data: Mapped[dict[str, Any]]
    heard_at: Mapped[dt.datetime]


class Callback(Model):
    """回拨: what a call leaves to be done, by whom and until when; made in the transaction that ended the call."""

    __tablename__ = "callback"
    __table_args__ = (
        Index("ix_callback_open", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index(
            "ix_callback_done",
            text("opened_at DESC"),
            text("id DESC"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
        Index(
            "ix_callback_hotline_open", "hotline_number", "due_at", postgresql_where=text("done_at IS NULL")
        ),
        Index("ix_callback_due_at", "due_at", "id"),
        Index("ix_callback_caller_open", "caller", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    #: missed, asked, voicemail: to be called back; unfiled: answered, and nobody said yet what it was about.
    kind: Mapped[str]
    hotline_number: Mapped[str] = mapped_column(ForeignKey("hotline.number"))
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    caller: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: After a try that reached nobody: when the next one is sensible.
    next_at: Mapped[dt.datetime | None]
    #: When a supervisor was told that nobody has done it in time.
    escalated_at: Mapped[dt.datetime | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    done_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]


class CallCommand(Model):
    """What a colleague asked an exchange to do with a call, and what it said: sent once at most, never late."""

    __tablename__ = "call_command"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    #: The same for two presses within a second.
    key: Mapped[str]
    verb: Mapped[str]
    to: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    #: The exchange's id of the operator's own telephone in this call, empty where it has not told one.
    leg: Mapped[str] = mapped_column(default="")
    #: sending, sent, joined (the emergency service picked up), failed
    status: Mapped[str]
    error: Mapped[str] = mapped_column(default="")
    #: The exchange took at least a part of it: the telephone is in the room.
    moved: Mapped[bool] = mapped_column(default=False)


class InboundText(Model):
    """A text message that came in, so that the same one is answered once; what it said held a password."""

    __tablename__ = "inbound_text"

    provider_id: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str]
    at: Mapped[dt.datetime]


class CallbackTry(Model):
    """Somebody called back: reached or not, and what was said."""

    __tablename__ = "callback_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callback.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    reached: Mapped[bool]
    text: Mapped[str] = mapped_column(default="")


class CallReveal(Model):
    """Somebody looked behind the mask of a caller's number: who, why, when."""

    __tablename__ = "call_reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    at: Mapped[dt.datetime]


class CallerBlock(Model):
    """A number that is asked for a message instead of ringing: for a reason, until a day, looked at by two."""

    __tablename__ = "caller_block"
    __table_args__ = (
        Index("uq_caller_block_running", "number", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    reason: Mapped[str]
    blocked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    #: A second person has looked at it and agrees.
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[dt.datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[dt.datetime | None]
