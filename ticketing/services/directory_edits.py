"""Hotlines, bureaus and topics changed on a page: drafted, looked at, published by a second person.

A draft is a `policy_draft` like every other; it keeps what stood there when it was begun, so that nothing changed
meanwhile is overwritten. What is published becomes a `policy_document` of kind `directory`, by which a later load
of the pack knows that a person has changed the row, and the number by which all processes see it at once.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import func, select, update

from ticketing.domain.actors import Grant
from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import Conflict, Invalid, NotFound
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import (
    Account,
    Bureau,
    DutyLine,
    Hotline,
    PolicyDocument,
    PolicyDraft,
    RoleGrant,
    Topic,
)
from ticketing.services import accounts, audit, policies
from ticketing.services import province as provinces
from ticketing.services.audit import Whom
from ticketing.services.directory_checks import BUREAU, HEADS, HOTLINE, TABLE_OF, TOPIC, check
from ticketing.services.history import Act
from ticketing.services.policies import OPEN, PUBLISHED
from ticketing.services.province import Province

DIRECTORY = "directory"
KINDS = (HOTLINE, BUREAU, TOPIC)
MODELS: dict[str, type[Any]] = {HOTLINE: Hotline, BUREAU: Bureau, TOPIC: Topic}
#: What a page may change of a row; the codes of bureaus and topics are named everywhere and stay.
FIELDS = {
    HOTLINE: ("number", "label_zh", "label_en", "bureau_code", "region_code", "kind", "hours", "languages", "priority",
              "active"),
    BUREAU: ("name_zh", "short_name_zh", "name_en", "parent_code", "region_code", "line", "duties_zh", "active"),
    TOPIC: ("name_zh", "name_en", "line", "type_default", "needs_region", "typical_bureau_level", "keywords_zh",
            "example_zh", "active"),
}  # fmt: skip
CHANGED = N_("起草以后资料又变了，请作废这份草稿，重新起草。")


@dataclass(frozen=True)
class Edit:
    """What a draft changes: of which row, each field with what stood there and what becomes of it."""

    kind: str
    key: str
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]


def row(kind: str, key: str) -> Any:
    """Return a hotline, a bureau or a topic.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(MODELS[kind], key) if kind in MODELS else None
    if found is None:
        raise NotFound
    return found


def now_of(kind: str, key: str) -> dict[str, Any]:
    """Return what stands there today, the user names of a bureau's heads included."""
    one = row(kind, key)
    values = {name: getattr(one, name) for name in FIELDS[kind]}
    return values | ({HEADS: heads(key)} if kind == BUREAU else {})


def heads(bureau_code: str) -> list[str]:
    """Return the user names of a bureau's standing heads."""
    wanted = (
        select(Account.username)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.bureau_code == bureau_code,
            RoleGrant.role == Role.HEAD.value,
            RoleGrant.deputy_for_id.is_(None),
        )
        .order_by(Account.username)
    )
    return list(db.session.scalars(wanted))


def draft(draft_id: int, *, lock: bool = False) -> PolicyDraft:
    """Return a draft of this kind.

    Raises:
        NotFound: there is none.
    """
    return policies.draft(draft_id, lock=lock, kinds=KINDS)


def begin(kind: str, key: str, values: Mapping[str, Any], act: Act, province: Province) -> PolicyDraft:
    """Draft what becomes of a row.

    Raises:
        Invalid: nothing changes, or a value cannot be.
        NotFound: no such row.
    """
    current = now_of(kind, key)
    becomes = {name: values[name] for name in current if name in values and values[name] != current[name]}
    if not becomes:
        raise Invalid(N_("没有改动。"))
    check(kind, key, becomes, province)
    was = {name: current[name] for name in becomes}
    text = yaml.safe_dump({"was": was, "becomes": becomes}, allow_unicode=True, sort_keys=False)
    return policies.begin(kind, text, act, base=key)


def edit_of(one: PolicyDraft) -> Edit:
    """Return what a draft changes."""
    told = yaml.safe_load(one.text)
    return Edit(one.kind, one.base_version or "", told["was"], told["becomes"])


def stale(one: Edit) -> bool:
    """Tell whether a field has changed since the draft was begun."""
    current = now_of(one.kind, one.key)
    return any(current[name] != value for name, value in one.was.items())


def publish(one: PolicyDraft, act: Act, province: Province) -> PolicyDocument:
    """Put a draft in force.

    Raises:
        NotAllowed: the author publishes nothing of their own.
        Conflict: the row has changed since.
    """
    policies.require_publisher(one, act)
    told = edit_of(one)
    locked = select(MODELS[told.kind]).where(MODELS[told.kind].__mapper__.primary_key[0] == told.key)
    db.session.scalars(locked.with_for_update(), execution_options={"populate_existing": True}).one()
    if stale(told):
        raise Conflict(CHANGED)
    check(told.kind, told.key, told.becomes, province)
    _carry(told, act)
    code = f"{TABLE_OF[told.kind]}/{told.key}"
    body = {"was": dict(told.was), "becomes": dict(told.becomes)}
    row_of = _document(code, act.actor.name, act.now, body)
    db.session.add(row_of)
    db.session.flush()
    one.state, one.ended_by_id, one.ended_at = PUBLISHED, act.actor.account_id, act.now
    one.document_id = row_of.id
    audit.record(AuditKind.PUBLISHED, act, Whom(told.key), {"kind": told.kind, "fields": list(told.becomes)})
    provinces.forget()
    return row_of


def _document(code: str, author: str, now: dt.datetime, body: dict[str, Any]) -> PolicyDocument:
    earlier = select(func.count()).where(PolicyDocument.kind == DIRECTORY, PolicyDocument.code == code)
    version = str((db.session.scalar(earlier) or 0) + 1)
    return PolicyDocument(
        kind=DIRECTORY,
        code=code,
        version=version,
        author=author,
        published_on=now.date(),
        loaded_at=now,
        body=body,
    )


def _carry(one: Edit, act: Act) -> None:
    target = row(one.kind, one.key)
    if "number" in one.becomes:
        target = _renumbered(target, one.becomes["number"])
    for name, value in one.becomes.items():
        if name not in (HEADS, "number"):
            setattr(target, name, value)
    if HEADS in one.becomes:
        _appoint(one.key, set(one.becomes[HEADS]), act)
    db.session.flush()


def _renumbered(old: Hotline, number: str) -> Hotline:
    """Return the hotline under its new number; the old one is retired, calls and tickets go on naming it."""
    columns = [name for name in Hotline.__table__.columns.keys() if name != "number"]  # noqa: SIM118  columns, not a dict
    new = Hotline(number=number, **{name: getattr(old, name) for name in columns})
    db.session.add(new)
    old.active = False
    db.session.flush()
    moved = update(DutyLine).where(DutyLine.hotline_number == old.number).values(hotline_number=number)
    db.session.execute(moved)
    return new


def _appoint(bureau_code: str, wanted: set[str], act: Act) -> None:
    office = Grant(Role.HEAD, bureau_code)
    for username in sorted(wanted ^ set(heads(bureau_code))):
        account = accounts.named(username)
        held = {Grant(Role(one.role), one.bureau_code) for one in account.grants if one.deputy_for_id is None}
        accounts.set_grants(account, held | {office} if username in wanted else held - {office}, act)


def discard(one: PolicyDraft, act: Act) -> None:
    """End a draft without publishing it."""
    policies.discard(one, act)


def open_drafts() -> list[tuple[PolicyDraft, str]]:
    """Return the drafts in hand with the names of their authors, the newest first."""
    wanted = (
        select(PolicyDraft, Account.name)
        .join(Account, Account.id == PolicyDraft.author_id)
        .where(PolicyDraft.kind.in_(KINDS), PolicyDraft.state == OPEN)
    )
    return [
        (found[0], found[1])
        for found in db.session.execute(wanted.order_by(PolicyDraft.id.desc()).limit(100))
    ]


def by_row() -> dict[str, dict[str, Any]]:
    """Return of every row that was changed on its page, as `table/key`, what its fields were made."""
    found: dict[str, dict[str, Any]] = {}
    wanted = select(PolicyDocument).where(PolicyDocument.kind == DIRECTORY).order_by(PolicyDocument.id)
    for one in db.session.scalars(wanted):
        table, _slash, key = one.code.partition("/")
        if one.body.get("dropped"):
            found.pop(one.code, None)
            continue
        becomes = {name: value for name, value in one.body["becomes"].items() if name != HEADS}
        if number := becomes.pop("number", None):
            before = found.pop(one.code, {})
            found[one.code] = {"active": False}
            found[f"{table}/{number}"] = {**before, **becomes, "active": becomes.get("active", True)}
        elif becomes:
            found[f"{table}/{key}"] = {**found.get(f"{table}/{key}", {}), **becomes}
    return found


def forget(codes: Iterable[str], now: dt.datetime) -> None:
    """Note that a pack has taken rows back: what people made of them on their pages counts no more."""
    for code in sorted(set(codes)):
        db.session.add(_document(code, "pack", now, {"becomes": {}, "dropped": True}))
        db.session.flush()
