"""What a draft would do, as its page shows it: three figures, and each clock that it moves."""

import datetime as dt
from typing import Any

from flask import url_for

from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.models import PolicyDraft
from ticketing.services import policies as service
from ticketing.services import policy_lists
from ticketing.services.foresight import BREACHES, MOVES, UNBREACHES, UNREADABLE
from ticketing.services.policy_texts import COORDINATION
from ticketing.web import policies_view as view
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words
from ticketing.web.moments import Moment, moment
from ticketing.web.policies_words import template_figures

CHANGE_WORDS = {BREACHES: N_("变为超时"), UNBREACHES: N_("不再超时"), MOVES: N_("只移动时间")}
LEVELS = {BREACHES: "over", UNBREACHES: "ok", MOVES: "none"}


def shown_change(one: PolicyDraft, asked: str) -> str:
    """Return which list of a what-if is shown: the one asked for, else the first that has something in it."""
    if asked in CHANGE_WORDS:
        return asked
    counts = _counts(one)
    return next((change for change in CHANGE_WORDS if counts[change]), MOVES)


def _counts(one: PolicyDraft) -> dict[str, int]:
    return {
        BREACHES: one.breached,
        UNBREACHES: one.unbreached,
        MOVES: one.moved - one.breached - one.unbreached,
    }


def effect(one: PolicyDraft, page: policy_lists.Page, change: str, actor: Actor) -> dict[str, Any]:
    """Return the page of a what-if."""
    counts, current = _counts(one), service.current_look(one, province())
    mine = one.author_id == actor.account_id
    return {
        "heading": view.title(one),
        "draft_url": url_for("policies.draft", draft_id=one.id),
        "waiting": one.wanted_at is not None,
        "looked": moment(one.looked_at, now()) if one.looked_at else None,
        "current": current,
        "open": one.state == service.OPEN,
        "state_word": "" if one.state == service.OPEN else view.ended(one),
        "document_url": url_for("policies.version", document_id=one.document_id) if one.document_id else "",
        "clocks": one.clocks,
        "figures": template_figures(one) if one.kind == COORDINATION else [
            {"value": one.moved, "words": _("个时限移动"), "level": "none"},
            {"value": one.unbreached, "words": _("个不再超时"), "level": "ok" if one.unbreached else "none"},
            {"value": one.breached, "words": _("个变为超时"), "level": "over" if one.breached else "none"},
        ],
        "tabs": [
            {"words": words(word), "url": url_for("policies.effect", draft_id=one.id, change=name),
             "here": name == change, "count": counts[name]}
            for name, word in CHANGE_WORDS.items()
        ],
        "rows": [_effect(row, actor) for row in page.rows],
        "mine": mine,
        "unread": unread(one, actor),
        "seen": one.looked_at.isoformat() if one.looked_at else "",
        "verbs": {verb: url_for("policies.do", draft_id=one.id, verb=verb) for verb in ("what-if", "publish")},
    }  # fmt: skip


def unread(one: PolicyDraft, actor: Actor) -> dict[str, Any]:
    """Return the clocks that the what-if could not read, as the pages of a draft name them; `more`: not all of them."""
    page = policy_lists.effects(one.id, UNREADABLE, None)
    return {"rows": [_effect(row, actor) for row in page.rows], "more": page.after is not None}


def _effect(row: Any, actor: Actor) -> dict[str, Any]:
    return _of_ticket(row, actor) if row.case_no is None else _of_step(row, actor)


def _of_step(row: Any, actor: Actor) -> dict[str, Any]:
    readable = actor.has(Role.SUPERVISOR)
    url = url_for("case_deadlines.step", case_no=row.case_no, step_no=row.step_no)
    return {
        "number": f"{row.case_no}/{row.step_no}",
        "url": url if readable else "",
        "subject": (row.name_en if language() == "en" else row.name_zh) if readable else "",
        "clock": _("协调环节时限"),
        "was": _moment(row.was_due_at),
        "becomes": _moment(row.due_at),
    }


def _of_ticket(row: Any, actor: Actor) -> dict[str, Any]:
    readable = may(actor, Permission.READ_TICKET, row)
    return {
        "number": numbers.shown(row.number),
        "url": url_for("tickets.deadline", number=row.number) if readable else "",
        "subject": row.subject if readable else "",
        "clock": view.clock_word(row.kind),
        "was": _moment(row.was_due_at),
        "becomes": _moment(row.due_at),
    }


def _moment(at: dt.datetime | None) -> Moment | None:
    return moment(at, now()) if at else None


def seen(text: str) -> dt.datetime | None:
    """Return when the what-if was made that the person looked at; nonsense is none."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
