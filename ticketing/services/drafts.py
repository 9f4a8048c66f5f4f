"""Typed but not yet sent: kept on the server for a colleague's page or a visitor's secret token."""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.text import clean
from ticketing.extensions import db, vault
from ticketing.models import Attachment, Draft
from ticketing.services import attachments

KEPT = dt.timedelta(days=7)
#: An answer may be written for as long as its promise runs.
KEPT_OF_STAFF = dt.timedelta(days=60)
VALUE_MOST = 25_000
VALUES_MOST = 40


def for_account(account_id: int, page: str) -> Draft | None:
    """Return what a colleague has typed on a page."""
    return db.session.scalar(_of_account(account_id, page))


def _of_account(account_id: int, page: str) -> Select[tuple[Draft]]:
    return select(Draft).where(Draft.account_id == account_id, Draft.page == page)


def for_visitor(token: str, *, lock: bool = False) -> Draft | None:
    """Return the draft that a visitor's token opens; `lock` lets only one request finish it."""
    wanted = select(Draft).where(Draft.token == vault.mac(token))
    return db.session.scalar(wanted.with_for_update() if lock else wanted)


def begin(now: dt.datetime, *, page: str = "submit") -> tuple[Draft, str]:
    """Return a visitor's new draft and the token for its cookie; only a keyed digest of it is stored."""
    token = secrets.token_urlsafe(24)
    draft = Draft(token=vault.mac(token), page=page, data={}, updated_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft, token


def save(draft: Draft, values: dict[str, Any], now: dt.datetime) -> None:
    """Keep values beside those that are there."""
    cleaned = {name: _kept(value) for name, value in list(values.items())[:VALUES_MOST]}
    draft.data = {**draft.data, **cleaned}
    draft.updated_at = now


def save_for_account(account_id: int, page: str, values: dict[str, Any], now: dt.datetime) -> Draft:
    """Keep what a colleague types; the page has one draft."""
    draft = for_account(account_id, page)
    if draft is None:
        new = {"token": secrets.token_hex(16), "account_id": account_id, "page": page, "data": {}}
        db.session.execute(insert(Draft.__table__).values(updated_at=now, **new).on_conflict_do_nothing())
        draft = db.session.scalars(_of_account(account_id, page)).one()
    save(draft, values, now)
    db.session.flush()
    return draft


def drop(draft: Draft) -> None:
    """Forget a draft with the files that are still in it."""
    attachments.drop(attachments.of_draft(draft))
    db.session.delete(draft)
    db.session.flush()


def drop_old(now: dt.datetime) -> int:
    """Forget drafts that nobody touched for a week, those of colleagues for two months; return how many."""
    visitors = and_(Draft.account_id.is_(None), Draft.updated_at < now - KEPT)
    untouched = select(Draft.id).where(or_(visitors, Draft.updated_at < now - KEPT_OF_STAFF))
    old = list(db.session.scalars(untouched.with_for_update(skip_locked=True)))
    if old:
        attachments.drop(list(db.session.scalars(select(Attachment).where(Attachment.draft_id.in_(old)))))
        db.session.execute(delete(Draft).where(Draft.id.in_(old)))
    return len(old)


def _kept(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value[:VALUES_MOST]]
    return clean(value)[:VALUE_MOST] if isinstance(value, str) else value
