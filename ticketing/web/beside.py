"""What stands beside the operator's form: this caller's past, what the words suggest, danger."""

from typing import Any

from flask import url_for

from routing.decision import Candidate
from ticketing.domain import numbers
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import STATE_WORDS, TYPE_WORDS, URGENCY_WORDS, State, TicketType, Urgency
from ticketing.services import search
from ticketing.services.similar import Asked
from ticketing.services.triage import Triage, triage
from ticketing.web import alike, case_links_view, knowledge_view, personal
from ticketing.web.context import act, now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment
from ticketing.web.rows import due_of

#: Fewer characters than this suggest nothing.
LEAST = 4
SHOWN_CANDIDATES = 2


def beside(inbound: Inbound) -> dict[str, Any]:
    """Return the context of desk/beside.html for what is typed so far."""
    phone = inbound.phone.strip()
    past = search.past_of(phone, act().actor) if phone else []
    silent = len(inbound.body.strip()) < LEAST
    read = None if silent else triage(inbound, province())
    return {
        "asked": bool(phone),
        "past": [_past(row) for row in past],
        "past_url": url_for("desk.tickets", q=phone) if past else "",
        "hints": _hints(read) if read else [],
        "danger_note": _danger(read) if read else "",
        "personal": "" if silent else personal.told(inbound.body),
        "alike": None if silent else alike.of_typed(_asked(inbound)),
        "precedents": [] if silent else case_links_view.like(inbound.subject, inbound.body),
        "knowledge": [] if read is None else knowledge_view.suggestions(_words(inbound), read.topic_code),
    }


def _words(inbound: Inbound) -> str:
    return f"{inbound.subject}\n{inbound.body}"


def _asked(inbound: Inbound) -> Asked:
    return Asked(
        inbound.subject,
        inbound.body,
        enterprise=inbound.enterprise,
        register_code=inbound.register_code,
        phone=inbound.phone,
    )


def _past(row: Any) -> dict[str, Any]:
    due = due_of(row)
    return {
        "number": numbers.shown(row.number),
        "url": url_for("tickets.show", number=row.number),
        "subject": row.subject,
        "state_word": words(STATE_WORDS[State(row.state)]),
        "level": due.level,
        "due": due if row.state != State.CLOSED else None,
        "at": moment(row.received_at, now()),
    }


def _danger(read: Triage) -> str:
    if read.hint is None or read.hint.says != Urgency.CRITICAL:
        return ""
    return _("内容里有“%(words)s”。有危险时先热转 110、119 或 120，记录照常保留。", words=read.hint.because)


def _hints(read: Triage) -> list[tuple[str, str]]:
    topic = province().directory.topics.get(read.topic_code or "")
    urgency = words(URGENCY_WORDS[Urgency(read.urgency)])
    likely = _("、").join(_likely(one) for one in read.decision.candidates[:SHOWN_CANDIDATES])
    return [
        (_("类型"), words(TYPE_WORDS[TicketType(read.type)])),
        (_("紧急程度"), _("%(what)s（“%(because)s”）", what=urgency, because=read.hint.because)
            if read.hint else urgency),
        (_("事项主题"), named(topic) if topic else ""),
        (_("可能承办"), likely or _("还看不出来，会由派单员决定")),
    ]  # fmt: skip


def _likely(candidate: Candidate) -> str:
    return named(province().directory.bureaus[candidate.bureau_code])
