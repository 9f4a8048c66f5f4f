"""The dispatcher's decision as its page shows it: candidates, what came back, how similar matters ended."""

from typing import Any

from flask import url_for
from flask_babel import ngettext

from ticketing.domain import numbers
from ticketing.domain.permissions import may
from ticketing.domain.vocabulary import RESULT_WORDS, RETURN_WORDS, Result, ReturnReason
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.models import RoutingDecision, Ticket, TicketReturn
from ticketing.services import similar
from ticketing.services.similar import Alike, Asked
from ticketing.web import moments, reasons
from ticketing.web.context import act, now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words

SURE = ((0.85, N_("很可能")), (0.6, N_("可能")), (0.0, N_("不确定")))
MOST_CANDIDATES = 9
#: What else can be done, on the ticket's own page: step -> key.
OTHERS = {Action.REJECT: "r", Action.RECLASSIFY: "t", Action.MERGE: "m", Action.OPEN_CASE: "c"}


def others(ticket: Ticket) -> list[dict[str, str]]:
    """Return what else can be done, with the keys."""
    page = url_for("tickets.show", number=ticket.number)
    return [
        {"verb": words(TABLE[action].word), "key": key, "url": f"{page}#do-{action.value}"}
        for action, key in OTHERS.items()
        if may(act().actor, TABLE[action].permission, ticket)
    ] + [{"verb": _("打开工单"), "key": "o", "url": page}]


def candidates(decision: RoutingDecision | None, returned: TicketReturn | None) -> list[dict[str, Any]]:
    """Return the candidates, best first; of a return the bureau that was proposed and the one that returned it."""
    archive = province().archive
    shown = [
        {
            "value": one["bureau_code"],
            "bureau": named(archive.bureaus[one["bureau_code"]]),
            "sure": next(words(word) for least, word in SURE if one["probability"] >= least),
            "share": round(one["probability"] * 100),
            "percent": _percent(one["probability"]),
            "reasons": reasons.in_words(one["reasons"]),
            "note": "",
        }
        for one in (decision.candidates if decision else [])
        if one["bureau_code"] in archive.bureaus
    ]
    if returned is not None:
        shown = [
            one for one in shown if one["value"] not in (returned.bureau_code, returned.proposed_bureau_code)
        ]
        named_ones = (
            (returned.proposed_bureau_code, _("退单单位建议")),
            (returned.bureau_code, _("退单不成立")),
        )
        shown = [_named(code, note) for code, note in named_ones if code] + shown
    return shown[:MOST_CANDIDATES]


def _percent(probability: float) -> str:
    """Return a probability as a number that claims neither never nor always."""
    share = round(probability * 100)
    return "<1%" if share < 1 else ">99%" if share > 99 else f"{share}%"


def _named(code: str, note: str) -> dict[str, Any]:
    bureau = named(province().archive.bureaus[code])
    return {"value": code, "bureau": bureau, "sure": "", "share": 0, "reasons": [], "note": note}


def returned_facts(returned: TicketReturn, ticket: Ticket) -> dict[str, Any]:
    """Return what came back, why, until when it is to be adjudicated, and how often it came back before."""
    archive = province().archive
    proposed = archive.bureaus.get(returned.proposed_bureau_code or "")
    again = (
        _("已退单 %(times)s 次，第三次将自动启动协调。", times=ticket.returns) if ticket.returns > 1 else ""
    )
    return {
        "by": named(archive.bureaus[returned.bureau_code]),
        "reason_word": words(RETURN_WORDS[ReturnReason(returned.reason_code)]),
        "basis": returned.basis,
        "proposed": named(proposed) if proposed else "",
        "due": moments.reading(
            returned.due_at, now(), province().calendar_at(ticket.region_code), since=returned.asked_at
        ),
        "again": again,
        "hops": ngettext("已转手 %(num)s 次", "已转手 %(num)s 次", ticket.hops) if ticket.hops else "",
    }


def precedents(ticket: Ticket) -> list[dict[str, Any]]:
    """Return how similar matters ended: who answered them, and how."""
    asked = Asked(ticket.subject, ticket.body, but=ticket.id)
    return [_precedent(one) for one in similar.precedents(asked, act().actor, now())]


def _precedent(one: Alike) -> dict[str, Any]:
    row = one.row
    return {
        "url": url_for("tickets.show", number=row.number),
        "number": numbers.shown(row.number),
        "subject": row.subject,
        "bureau": named(province().archive.bureaus[row.bureau_code]),
        "result": words(RESULT_WORDS[Result(row.result)]) if row.result else "",
        "share": round(one.likeness * 100),
    }


def versions(decision: RoutingDecision | None) -> str:
    """Return which rules and which model the router decided by."""
    if decision is None:
        return ""
    rules, model = decision.versions.get("rules", ""), decision.versions.get("model", "")
    if model:
        return _("路由规则第 %(version)s 版，模型 %(model)s", version=rules, model=model)
    return _("路由规则第 %(version)s 版", version=rules)
