"""Accounts and deliveries as the administrators' pages show them; persons' data are masked."""

import datetime as dt
from typing import Any

from flask import url_for

from ticketing.domain.clock import local
from ticketing.domain.contact import mask_email, mask_phone, mask_text
from ticketing.domain.vocabulary import ROLE_WORDS, Role
from ticketing.domain.words import N_
from ticketing.models import Account, Delivery, RoleGrant
from ticketing.services import deputies
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import day, moment

STATE_WORDS = {
    "waiting": N_("等待发送"),
    "sending": N_("正在发送"),
    "sent": N_("已发送"),
    "failed": N_("没有送达"),
}
LEVELS = {"waiting": "none", "sending": "none", "sent": "ok", "failed": "over"}
CHANNEL_WORDS = {"sms": N_("短信"), "wechat": N_("微信"), "mail": N_("邮件")}
MASKS = {"sms": mask_phone, "mail": mask_email}


def account(row: Account) -> dict[str, Any]:
    """Return a line of the list of accounts."""
    archive = province().archive
    codes = sorted({grant.bureau_code for grant in row.grants if grant.bureau_code})
    word, level = _state(row)
    return {
        "username": row.username,
        "name": row.name,
        "roles": list(dict.fromkeys(words(ROLE_WORDS[Role(grant.role)]) for grant in row.grants)),
        "bureau": _("、").join(named(archive.bureaus[code]) for code in codes),
        "last": moment(row.last_login_at, now()) if row.last_login_at else None,
        "state_word": word,
        "level": level,
        "url": url_for("admin.edit", username=row.username),
    }


def _state(row: Account) -> tuple[str, str]:
    if not row.active:
        return _("已停用"), "none"
    return (_("已锁定"), "over") if _locked(row) else (_("正常"), "ok")


def _locked(row: Account) -> bool:
    return row.locked_until is not None and row.locked_until > now()


def unlock_url(row: Account) -> str:
    """Return where a locked account is unlocked, nothing for others."""
    return url_for("admin.unlock", username=row.username) if _locked(row) else ""


def deputyships(row: Account) -> list[dict[str, str]]:
    """Return whom the colleague stands in for, as what, from when to when."""
    archive = province().archive
    shown = []
    for grant, absent in deputies.of(row, now()):
        role = words(ROLE_WORDS[Role(grant.role)])
        bureau = named(archive.bureaus[grant.bureau_code]) if grant.bureau_code else ""
        shown.append(
            {
                "words": _(
                    "代理%(who)s：%(role)s", who=absent, role=f"{bureau} · {role}" if bureau else role
                ),
                "days": _days(grant),
                "end_url": url_for("admin.end_deputy", username=row.username, grant_id=grant.id),
            }
        )
    return shown


def _days(grant: RoleGrant) -> str:
    """Return the first and the last whole day: a deputyship ends at the midnight after it."""
    if grant.starts_at is None or grant.ends_at is None:
        return ""
    return f"{day(local(grant.starts_at).date())} – {day(local(grant.ends_at).date() - dt.timedelta(days=1))}"


def delivery_tabs(chosen: str | None) -> list[dict[str, Any]]:
    """Return the tabs of the states."""
    every = [{"words": _("全部"), "url": url_for("admin.deliveries"), "here": chosen is None, "count": ""}]
    return every + [
        {
            "words": words(word),
            "url": url_for("admin.deliveries", state=name),
            "here": name == chosen,
            "count": "",
        }
        for name, word in STATE_WORDS.items()
    ]


def delivery(row: Delivery, *, with_words: bool) -> dict[str, Any]:
    """Return a line of the record of sending.

    Without its words outside the demo: they may carry a one-time code, which opens a request.
    """
    return {
        "channel": words(CHANNEL_WORDS.get(row.channel, row.channel)),
        "to": MASKS.get(row.channel, lambda text: f"{text[:4]}…")(row.address),
        "body": mask_text(row.body) if with_words else "",
        "event": mask_text(row.subject),
        "at": moment(row.sent_at or row.created_at, now()),
        "state_word": words(STATE_WORDS[row.status]),
        "level": LEVELS[row.status],
        "tries": row.attempts,
        "error": mask_text(row.error or ""),
        "retry_url": url_for("admin.retry", delivery_id=row.id) if row.status == "failed" else "",
        "ticket_url": "",
    }
