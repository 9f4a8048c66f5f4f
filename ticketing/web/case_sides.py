"""The page of a two-sided step, the same for colleagues and for people with a link: enter, compare, confirm, redraw.

Nothing typed here is kept as a draft, in this browser or on the server, and the page is never stored.
"""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.case_template import Check
from ticketing.domain.case_workflow import STEP_STATE_WORDS, StepState
from ticketing.domain.committee import DECLINE_REASONS, FIELD_WORDS, Drawn
from ticketing.domain.errors import DomainError, Invalid, NotAllowed, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db, transaction
from ticketing.models import CaseRound, CaseStep, CoordinationCase
from ticketing.services import case_checks, case_two_sided, cases
from ticketing.services.history import Act
from ticketing.web import case_steps_view, case_view
from ticketing.web.case_actions import step_name
from ticketing.web.case_steps_view import Typed
from ticketing.web.context import now, province
from ticketing.web.errors import status_of
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence, words
from ticketing.web.moments import moment

Page = str | tuple[str, int] | Redirect
#: Without a plan to say how many there are.
LINES = 8


def serve(case: CoordinationCase, number: int, act: Act, *, back: str, layout: str) -> Page:
    """Show the step or do what was posted; the caller has checked that this person takes part."""
    row = cases.step(case, number)
    if row.two_sided_with is None:
        raise NotFound
    draw, count = Check.DRAW in row.checks, _count(case)
    typed = case_steps_view.blank(count, draw=draw)
    if request.method == "GET":
        return _page(case, row, act, layout=layout, typed=_before(case, row, act, typed))
    identifier = case.id
    if "hand_in" in request.form:
        typed = case_steps_view.typed(request.form, count, draw=draw)
    try:
        with transaction():
            _do(cases.locked(identifier), number, typed, act)
    except DomainError as error:
        db.session.expire_all()
        case = db.session.get_one(CoordinationCase, identifier)
        row = cases.step(case, number)
        return _page(case, row, act, layout=layout, typed=typed, problem=error), status_of(error)
    flash(_("已提交。"), "ok")
    return redirect(back)


def _before(case: CoordinationCase, row: CaseStep, act: Act, blank: Typed) -> Typed:
    """Return what this side handed in last, to be corrected; the blank list where it has not or may not."""
    current = case_two_sided.current_round(case, row.number)
    own = _own(current, row)
    if own is None or not may(act.actor, Permission.OWN_STEP, cases.facts(case, province(), row)):
        return blank
    return case_steps_view.again(case_two_sided.read(case, own, act.actor, province()), blank)


def _do(case: CoordinationCase, number: int, typed: Typed, act: Act) -> None:
    if "hand_in" in request.form:
        case_two_sided.hand_in(case, number, case_steps_view.handed_in(typed), act, province())
    elif "confirm" in request.form:
        case_two_sided.confirm(case, number, request.form["confirm"], act, province())
    elif "redraw" in request.form:
        case_two_sided.redraw(case, number, request.form.get("reason", ""), act, province())
    else:
        raise Invalid


def _count(case: CoordinationCase) -> int:
    try:
        return case_checks.committee_plan(case).experts
    except Invalid:
        return LINES


def _page(
    case: CoordinationCase,
    row: CaseStep,
    act: Act,
    *,
    layout: str,
    typed: Typed,
    problem: DomainError | None = None,
) -> str:
    current = case_two_sided.current_round(case, row.number)
    about = cases.facts(case, province(), row)
    owner, state = may(act.actor, Permission.OWN_STEP, about), StepState(row.state)
    other = cases.step(case, row.two_sided_with or 0)
    own = _own(current, row)
    return render_template(
        "cases/sides.html",
        layout=layout,
        case=case_view.head(case, province()),
        step={"number": row.number, "name": step_name(row), "state_word": words(STEP_STATE_WORDS[state])},
        other={
            "number": other.number,
            "name": step_name(other),
            "state_word": words(STEP_STATE_WORDS[StepState(other.state)]),
        },
        due=case_view.due_of(case, row),
        draw=Check.DRAW in row.checks,
        typed=typed,
        columns=[(name, words(FIELD_WORDS[name])) for name in case_steps_view.COLUMNS],
        reasons=[(code, words(word)) for code, word in DECLINE_REASONS.items()],
        can_enter=owner and state in (StepState.READY, StepState.HANDED_IN, StepState.DISPUTED),
        digest=current.digest if current else None,
        can_confirm=owner and state is StepState.MATCHED and own is not None and own.confirmed_at is None,
        can_redraw=current is not None
        and may(act.actor, Permission.READ_SECRET, about)
        and case.state == "running",
        difference=case_view.difference(current),
        lists=_lists(case, current, act) if current else [],
        round=current.round if current else 1,
        problem=sentence(problem) if problem else "",
        problem_field=problem.field or "" if problem else "",
    )


def _own(current: CaseRound | None, row: CaseStep) -> Any:
    found = case_two_sided.lists(current) if current else []
    return next((one for one in found if one.step_number == row.number), None)


def _lists(case: CoordinationCase, current: CaseRound, act: Act) -> list[dict[str, Any]]:
    """Return the lists of the round that this person may read; of the other's that it is there."""
    shown = []
    for listed in case_two_sided.lists(current):
        try:
            lines: list[Drawn] | None = case_two_sided.read(case, listed, act.actor, province())
        except NotAllowed:
            lines = None
        shown.append(
            {
                "step": listed.step_number,
                "by": listed.by,
                "at": moment(listed.at, now()),
                "confirmed": listed.confirmed_at is not None,
                "lines": [_line(one) for one in lines] if lines is not None else None,
            }
        )
    return shown


def _line(one: Drawn) -> dict[str, Any]:
    reason = "" if one.accepted else words(DECLINE_REASONS[one.reason])
    record = one.record
    return {
        "order": one.order,
        "cells": [record.pool_number, record.name, record.unit, record.speciality],
        "declined": reason,
    }
