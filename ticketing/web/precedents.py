"""Closed cases as advice to every bureau: what was done, how long it took, who led; never a person."""

from flask import Blueprint, render_template

from ticketing.domain.case_workflow import CaseState
from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission
from ticketing.services import case_board, precedents
from ticketing.web import case_actions, case_view
from ticketing.web.context import province
from ticketing.web.guard import needs

precedents_room = Blueprint("precedents", __name__)


@precedents_room.get("/precedents/<int:case_no>")
@needs(Permission.SEARCH)
def show(case_no: int) -> str:
    """Show a closed case to everybody who may look for past requests."""
    case = case_board.by_number(case_no)
    if case is None or case.state != CaseState.CLOSED:
        raise NotFound
    return render_template(
        "cases/precedent.html",
        case=case_view.head(case, province()),
        took=case_view.took(case),
        answer=case.answer,
        steps=[case_actions.step_name(row) for row in precedents.steps_done(case.id)],
    )
