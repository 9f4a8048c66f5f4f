"""The board of cases in words."""

from typing import Any

from ticketing.domain.case_workflow import CASE_STATE_WORDS, CaseState
from ticketing.services import case_board
from ticketing.web import case_actions, case_view
from ticketing.web.addresses import address
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment, reading


def figures(found: case_board.Board) -> list[dict[str, Any]]:
    """Return the figures on top."""
    shown = (
        (found.stages.get("planning", 0), _("拟定方案"), address("cases.board", state="planning"), "none"),
        (found.stages.get("running", 0), _("推进中"), address("cases.board", state="running"), "none"),
        (found.overdue, _("超时的环节"), "#blocked", "over"),
        (found.disputed, _("两方不一致"), "#blocked", "over"),
    )
    return [{"value": v, "words": w, "url": u, "level": level if v else "none"} for v, w, u, level in shown]


def tabs(state: str | None) -> list[dict[str, Any]]:
    """Return the tabs of the list."""
    tabs = [
        {"words": _("进行中的"), "url": address("cases.board"), "here": state not in frozenset(CaseState)}
    ]
    return tabs + [
        {"words": words(word), "url": address("cases.board", state=one.value), "here": state == one.value}
        for one, word in CASE_STATE_WORDS.items()
    ]


def step(row: Any) -> dict[str, Any]:
    """Return a step as the board lists it."""
    calendar = province().calendars.at(province().around(row.region_code))
    why = _("两方名单不一致") if row.state == "disputed" else ""
    return {
        "url": f"{case_view.address_of(row.number)}#step-{row.step_number}",
        "aim": row.aim,
        "name": f"{row.step_number}. {case_actions.step_name(row)}",
        "owner": case_actions.party_name(row, province()),
        "due": reading(row.due_at, now(), calendar),
        "why": why,
    }


def lead(code: str, count: int) -> dict[str, Any]:
    """Return how many open cases a bureau leads."""
    return {
        "name": named(province().archive.bureaus[code]),
        "open": count,
        "url": address("cases.board", lead=code),
    }


def case(row: Any) -> dict[str, Any]:
    """Return a case as the list shows it."""
    return {
        **case_view.head(row, province()),
        "due": case_view.plan_due(row),
        "opened": moment(row.opened_at, now()),
    }
