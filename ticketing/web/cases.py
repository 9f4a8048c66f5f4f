"""Coordination cases: the board, the page of a case, and everything that its parties with accounts do there."""

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.case_workflow import CASE_TABLE, CaseAction
from ticketing.domain.errors import Conflict, DomainError, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db, transaction
from ticketing.models import CaseFile, CoordinationCase
from ticketing.services import case_board, case_files, case_steps, cases
from ticketing.web import (
    bureaus,
    case_actions,
    case_board_view,
    case_next,
    case_papers_view,
    case_sides,
    case_steps_view,
    case_view,
)
from ticketing.web.case_actions import VERBS, Scene
from ticketing.web.context import act, now, province
from ticketing.web.errors import status_of
from ticketing.web.files import serve_bytes
from ticketing.web.forms import cases as forms
from ticketing.web.forms.base import Form
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import for_paper
from ticketing.web.requests import row_id

cases_room = Blueprint("cases", __name__)
Page = str | tuple[str, int] | Redirect
View = Callable[..., Any]


def of_case(view: View) -> View:
    """Hand a view the case of its address, where the colleague may read it; else there is none."""

    @functools.wraps(view)
    def guarded(case_no: int, **values: Any) -> Any:
        case = case_board.by_number(case_no)
        if case is None or not may(act().actor, Permission.READ_CASE, cases.facts(case, province())):
            raise NotFound
        return view(case=case, **values)

    return guarded


@cases_room.get("/cases")
@needs(Permission.SEE_CASES)
def board() -> str:
    """Show the cases that the colleague may read: stages, what is due next, what stands and why."""
    actor, at = act().actor, now()
    found = case_board.board(actor, at)
    state, lead = request.args.get("state"), request.args.get("lead")
    rows = case_board.listed(actor, state=state, lead=lead, before=request.args.get("before", type=row_id))
    older = None
    if len(rows) > case_board.PAGE:
        rows = rows[: case_board.PAGE]
        older = url_for("cases.board", state=state, lead=lead, before=rows[-1].number)
    return render_template(
        "cases/board.html",
        figures=case_board_view.figures(found),
        tabs=case_board_view.tabs(state),
        due_next=[case_board_view.step(row) for row in found.due_next],
        blocked=[case_board_view.step(row) for row in found.blocked],
        leads=[case_board_view.lead(*row) for row in found.leads],
        rows=[case_board_view.case(row) for row in rows],
        older=older,
    )


def scene(case: CoordinationCase) -> Scene:
    """Return what a page of a case reads once."""
    return Scene(case, cases.steps(case), cases.parties(case), province())


@cases_room.get("/cases/<int:case_no>")
@needs(Permission.SEE_CASES)
@of_case
def show(case: CoordinationCase) -> str:
    """Show a case."""
    return _draw(case)


@cases_room.post("/cases/<int:case_no>/do/<name>")
@needs(Permission.SEE_CASES)
@of_case
def do(case: CoordinationCase, name: str) -> Page:
    """Take a step of the case's table; a refusal comes back to its field."""
    action = next((one for one in VERBS if one.value == name), None)
    if action is None:
        raise NotFound
    form = case_actions.offer(VERBS[action].form(prefix=name), scene(case))
    if not form.validate_on_submit():
        return _draw(case, typed=(action, form)), 422
    identifier = case.id
    try:
        with transaction():
            locked = cases.locked(identifier, seen=request.form.get("version", type=row_id))
            VERBS[action].run(locked, form, act(), province())
    except DomainError as error:
        form.show(error)
        return _draw(
            _again(identifier), typed=(action, form), changed=isinstance(error, Conflict)
        ), status_of(error)
    flash(_("%(verb)s：已完成。", verb=words(CASE_TABLE[action].word)), "ok")
    return redirect(url_for("cases.show", case_no=_again(identifier).number))


def _again(case_id: int) -> CoordinationCase:
    db.session.expire_all()
    return db.session.get_one(CoordinationCase, case_id)


def _draw(
    case: CoordinationCase, *, typed: tuple[CaseAction, Form] | None = None, changed: bool = False
) -> str:
    for_paper()
    here, actor = scene(case), act().actor
    possible = case_actions.possible(here, act())
    if typed and typed[0] not in possible:
        possible = [typed[0], *possible]
    facts = cases.facts(case, province(), known=list(here.parties))
    coming = case_next.of(here, possible, actor)
    if coming.why and not typed:
        possible = [one for one in possible if one is not CaseAction.CONFIRM_PLAN]
    possible.sort(key=lambda one: one is not coming.verb)
    return render_template(
        "cases/show.html",
        case=case_view.head(case, province()),
        version=case.log_seq,
        plan_due=case_view.plan_due(case),
        facts=case_view.facts(case),
        answer=case.answer or "",
        steps=case_view.steps(here, actor),
        graph=case_view.graph(here),
        parties=case_view.parties(here),
        tickets=case_view.tickets(case),
        minutes=case_papers_view.minutes(here),
        log=case_papers_view.log(case),
        actions=[_action(one, here, typed) | {"first": one is coming.verb} for one in possible],
        own_step=case_view.own_step(case, coming.step),
        lacking=coming.why,
        changed=changed,
        meet_url=url_for("cases.meet", case_no=case.number)
        if case.state in cases.OPEN_STATES and may(actor, Permission.LEAD_CASE, facts)
        else "",
        record_url=url_for("case_records.show", case_no=case.number),
        screen_url=url_for("cases.screen", case_no=case.number),
        bureaus=bureaus.listed(province()),
    )


def _action(action: CaseAction, here: Scene, typed: tuple[CaseAction, Form] | None) -> dict[str, Any]:
    mine = typed is not None and typed[0] is action
    blank = VERBS[action].form(formdata=None, prefix=action.value)
    return {
        "id": action.value,
        "verb": words(CASE_TABLE[action].word),
        "url": url_for("cases.do", case_no=here.case.number, name=action.value),
        "form": typed[1] if typed is not None and mine else case_actions.offer(blank, here),
        "typed": mine,
        "grave": VERBS[action].grave,
        "draft": action is not CaseAction.ANSWER,
    }


@cases_room.route("/cases/<int:case_no>/steps/<int:step_no>", methods=["GET", "POST"])
@needs(Permission.SEE_CASES)
@of_case
def step(case: CoordinationCase, step_no: int) -> Page:
    """Let the owner complete a step, or file something for it."""
    row = cases.step(case, step_no)
    cases.require(act(), Permission.OWN_STEP, cases.facts(case, province(), row))
    form = case_steps_view.form_of(case, row)
    code = 200
    if request.method == "POST":
        filing = "file" in request.form
        if filing or form.validate():
            identifier = case.id
            try:
                with transaction():
                    run = case_steps.file if filing else case_steps.complete
                    run(cases.locked(identifier), step_no, case_steps_view.proof(form), act(), province())
                flash(_("已提交。") if filing else _("环节已完成。"), "ok")
                return redirect(
                    url_for("cases.show", case_no=_again(identifier).number, _anchor=f"step-{step_no}")
                )
            except DomainError as error:
                form.show(error)
                case, code = _again(identifier), status_of(error)
                row = cases.step(case, step_no)
        else:
            code = 422
    return render_template(
        "cases/step.html",
        case=case_view.head(case, province()),
        step={
            "number": row.number,
            "name": case_actions.step_name(row),
            "wanted": case_actions.wanted(case, row, province()),
            "secret": row.secret,
        },
        due=case_view.due_of(case, row),
        form=form,
    ), code


@cases_room.route("/cases/<int:case_no>/steps/<int:step_no>/list", methods=["GET", "POST"])
@needs(Permission.SEE_CASES)
@of_case
def sides(case: CoordinationCase, step_no: int) -> Page:
    """Hand a list in, see how both compare, confirm, redraw; for the parties of this case alone."""
    about = cases.facts(case, province(), cases.step(case, step_no))
    if not may(act().actor, Permission.OWN_STEP, about):
        cases.require(act(), Permission.READ_SECRET, about)
    back = url_for("cases.sides", case_no=case.number, step_no=step_no)
    return case_sides.serve(case, step_no, act(), back=back, layout="layouts/desk.html")


@cases_room.get("/cases/<int:case_no>/files/<int:file_id>")
@needs(Permission.SEE_CASES)
@of_case
def file(case: CoordinationCase, file_id: int) -> Response:
    """Hand out a file; what is secret only to those who may read it."""
    row = db.session.get(CaseFile, file_id)
    if row is None or row.case_id != case.id:
        raise NotFound
    if case_files.is_secret(case, row):
        cases.require(act(), Permission.READ_SECRET, cases.facts(case, province()))
    name, content = case_files.content_of(case, row)
    return serve_bytes(name, row.content_type, content)


@cases_room.get("/cases/<int:case_no>/screen")
@needs(Permission.SEE_CASES)
@of_case
def screen(case: CoordinationCase) -> str:
    """Show a case on the wall of a meeting room: large, without anything to click."""
    here = scene(case)
    return render_template(
        "cases/screen.html",
        case=case_view.head(case, province()),
        plan_due=case_view.plan_due(case),
        steps=case_view.steps(here, act().actor),
        graph=case_view.graph(here),
        minutes=case_papers_view.minutes(here)[-1:],
    )


@cases_room.route("/cases/<int:case_no>/meet", methods=["GET", "POST"])
@needs(Permission.SEE_CASES)
@of_case
def meet(case: CoordinationCase) -> Page:
    """Write the minutes of a meeting: who was there, and decisions that become steps."""
    cases.require(act(), Permission.LEAD_CASE, cases.facts(case, province()))
    here = scene(case)
    form = forms.meeting([(party.id, case_actions.party_name(party, province())) for party in here.parties])
    code = 200
    if request.method == "POST":
        identifier = case.id
        code = 422
        if form.validate():
            try:
                with transaction():
                    case_actions.record_meeting(cases.locked(identifier), form, act(), province())
                flash(_("纪要已记录，决定已成为环节。"), "ok")
                return redirect(url_for("cases.show", case_no=_again(identifier).number, _anchor="minutes"))
            except DomainError as error:
                form.show(error)
                code = status_of(error)
                case = _again(identifier)
    return render_template("cases/meet.html", case=case_view.head(case, province()), form=form), code
