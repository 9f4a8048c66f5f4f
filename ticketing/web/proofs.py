"""Checked calls: an operator telephones an enterprise that wants its account, at a number found elsewhere."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ticketing.domain.contact import mask_name, mask_phone
from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import CheckedCall
from ticketing.services import enterprises
from ticketing.web import moments
from ticketing.web.context import act, now
from ticketing.web.errors import status_of
from ticketing.web.forms.my import DecideCall
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

proofs = Blueprint("proofs", __name__)
SHOWN = 50
Page = str | tuple[str, int] | Response


@proofs.get("/desk/proofs")
@needs(Permission.CHECK_ENTERPRISES)
def waiting() -> str:
    """List who waits for a checked call, the longest first."""
    return _draw(None, None)


@proofs.post("/desk/proofs/<int:call_id>")
@needs(Permission.CHECK_ENTERPRISES)
def decide(call_id: int) -> Page:
    """Say what the call showed."""
    form = DecideCall(prefix=f"c{call_id}")
    if not form.validate():
        return _draw(call_id, form), 422
    link = f"{current_app.config['ADDRESS']}/my"
    try:
        with transaction():
            enterprises.decide_call(
                call_id, act(), accepted=form.verdict.data == "yes", note=form.note.data, link=link
            )
    except DomainError as error:
        form.show(error)
        return _draw(call_id, form), status_of(error)
    flash(_("已记录，申请人会收到短信。"), "ok")
    return redirect(url_for("proofs.waiting"))


def _draw(typed_for: int | None, typed: DecideCall | None) -> str:
    rows = [
        _row(call, typed if typed is not None and call.id == typed_for else None)
        for call in enterprises.calls_waiting(SHOWN)
    ]
    return render_template("my/checked_calls.html", rows=rows, forms_shown=[row["form"] for row in rows])


def _row(call: CheckedCall, typed: DecideCall | None) -> dict[str, object]:
    return {
        "name": call.name,
        "code": call.register_code,
        "person": mask_name(call.person.name),
        "phone": mask_phone(call.person.phone),
        "asked": moments.moment(call.asked_at, now()),
        "form": typed or DecideCall(formdata=None, prefix=f"c{call.id}"),
        "url": url_for("proofs.decide", call_id=call.id),
    }
