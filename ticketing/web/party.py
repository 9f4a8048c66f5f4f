"""The door of people outside: a personal link, a code to their telephone, then their own steps and nothing else."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.case_workflow import SETTLED, STEP_STATE_WORDS, StepState
from ticketing.domain.contact import mask_phone
from ticketing.domain.errors import DomainError, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import db, transaction
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import case_links, case_steps, cases
from ticketing.services.history import Act
from ticketing.web import case_sides, case_steps_view, case_view
from ticketing.web.case_actions import step_name, wanted
from ticketing.web.context import now, province
from ticketing.web.errors import status_of
from ticketing.web.forms import cases as forms
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words

party_room = Blueprint("party", __name__)
KEY = "party"
OPEN_FOR = dt.timedelta(minutes=60)
ENDED = N_("您的登录已经结束，请再打开短信里的链接，输入新的验证码。")
Page = str | tuple[str, int] | Redirect
View = Callable[..., Any]


def entered(view: View) -> View:
    """Let in the party that opened its link and entered its code, as long as the link holds; visits prolong it."""

    @functools.wraps(view)
    def guarded(**values: Any) -> Any:
        kept = session.get(KEY) or {}
        if kept.get("until", 0) < now().timestamp():
            raise NotFound(ENDED if session.pop(KEY, None) else case_links.WRONG_LINK)
        party = case_links.opened(int(kept["id"]), str(kept["nonce"]), now())
        _remember(party)
        return view(party=party, **values)

    guarded.permission = "party"  # type: ignore[attr-defined]
    return guarded


def _remember(party: CaseParty) -> None:
    until = int((now() + OPEN_FOR).timestamp())
    session[KEY] = {"id": party.id, "nonce": party.link_nonce, "until": until}


@party_room.route("/case/<token>", methods=["GET", "POST"])
@open_to_all
def enter(token: str) -> Page:
    """Ask for the code; sending it and entering it are two buttons of one page."""
    party = case_links.of_token(token, now())
    form, code, sent = forms.Code(), 200, False
    address = request.remote_addr or ""
    if request.method == "POST":
        try:
            if "send" in request.form:
                with transaction():
                    case_links.ask_code(party, address, now())
                sent = True
            elif form.validate():
                with transaction():
                    case_links.enter_code(party, form.code.data, address, now())
                _remember(party)
                return redirect(url_for("party.own"))
            else:
                code = 422
        except DomainError as error:
            form.show(error)
            code = status_of(error)
    case = db.session.get_one(CoordinationCase, party.case_id)
    return render_template(
        "party/enter.html",
        aim=case.aim,
        name=party.name,
        phone=mask_phone(party.phone or ""),
        form=form,
        sent=sent or bool(form.code.data),
    ), code


@party_room.get("/party")
@entered
def own(party: CaseParty) -> str:
    """Show a party its own steps, and of the others only how far the case is."""
    case = db.session.get_one(CoordinationCase, party.case_id)
    rows = cases.steps(case)
    mine = [row for row in rows if row.owner_id == party.id]
    return render_template(
        "party/own.html",
        case=case_view.head(case, province()),
        name=party.name,
        settled=sum(StepState(row.state) in SETTLED for row in rows),
        total=len(rows),
        steps=[_own_step(case, row, rows[-1].number) for row in mine],
        leave_url=url_for("party.leave"),
    )


def _own_step(case: CoordinationCase, row: CaseStep, last: int) -> dict[str, Any]:
    state, url = StepState(row.state), ""
    if row.two_sided_with is not None and state not in (StepState.WAITING, StepState.SKIPPED):
        url = url_for("party.sides", step_no=row.number)
    elif state is StepState.READY and row.number != last:
        url = url_for("party.step", step_no=row.number)
    return {
        "number": row.number,
        "name": step_name(row),
        "state_word": words(STEP_STATE_WORDS[state]),
        "level": case_view.LEVELS[state],
        "due": case_view.due_of(case, row),
        "wanted": wanted(case, row, province()),
        "url": url,
    }


def _mine(party: CaseParty, number: int) -> tuple[CoordinationCase, CaseStep, Act]:
    """Return a step of the party; of another's steps it is told that there is none."""
    case = db.session.get_one(CoordinationCase, party.case_id)
    row = cases.step(case, number)
    if row.owner_id != party.id:
        raise NotFound
    act = Act(case_links.actor(party), now())
    cases.require(act, Permission.OWN_STEP, cases.facts(case, province(), row))
    return case, row, act


@party_room.route("/party/steps/<int:step_no>", methods=["GET", "POST"])
@entered
def step(party: CaseParty, step_no: int) -> Page:
    """Let a party complete its step."""
    case, row, act = _mine(party, step_no)
    form, code = case_steps_view.form_of(case, row), 200
    if request.method == "POST":
        code = 422
        if form.validate():
            identifier = case.id
            try:
                with transaction():
                    done = case_steps_view.proof(form)
                    case_steps.complete(cases.locked(identifier), step_no, done, act, province())
                flash(_("环节已完成。"), "ok")
                return redirect(url_for("party.own"))
            except DomainError as error:
                form.show(error)
                code = status_of(error)
                db.session.expire_all()
                case, row, act = _mine(party, step_no)
    return render_template(
        "party/step.html",
        case=case_view.head(case, province()),
        step={
            "number": row.number,
            "name": step_name(row),
            "wanted": wanted(case, row, province()),
        },
        due=case_view.due_of(case, row),
        form=form,
        back_url=url_for("party.own"),
    ), code


@party_room.route("/party/steps/<int:step_no>/list", methods=["GET", "POST"])
@entered
def sides(party: CaseParty, step_no: int) -> Page:
    """Let a party hand in its list, compare and confirm."""
    case, _row, act = _mine(party, step_no)
    back = url_for("party.sides", step_no=step_no)
    return case_sides.serve(case, step_no, act, back=back, layout="party/layout.html")


@party_room.post("/party/leave")
@entered
def leave(party: CaseParty) -> Redirect:  # noqa: ARG001  the guard hands it to every view
    """End the session; the link still opens with another code."""
    session.pop(KEY, None)
    return redirect(url_for("public.home"))
