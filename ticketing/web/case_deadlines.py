"""Why the deadline of a step of a case is what it is, for all who may read the case."""

from flask import Blueprint, render_template, url_for

from ticketing.domain.permissions import Permission
from ticketing.models import CoordinationCase
from ticketing.services import cases
from ticketing.web import case_actions, proof_view
from ticketing.web.cases import of_case
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

case_deadlines = Blueprint("case_deadlines", __name__)


@case_deadlines.get("/cases/<int:case_no>/steps/<int:step_no>/deadline")
@needs(Permission.SEE_CASES)
@of_case
def step(case: CoordinationCase, step_no: int) -> str:
    """Say what the deadline of a step rests on, day by day."""
    row = cases.step(case, step_no)
    return render_template(
        "ticket/proof.html",
        number=_("协调 %(case)s 号 第 %(step)s 环节", case=case.number, step=row.number),
        subject=case_actions.step_name(row),
        back={
            "words": _("回到协调事项"),
            "url": url_for("cases.show", case_no=case.number, _anchor=f"step-{row.number}"),
        },
        clocks=proof_view.present_step(row),
    )
