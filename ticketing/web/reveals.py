"""Looking behind the mask of a request's contact."""

from flask import render_template, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import Ticket
from ticketing.services import reveals
from ticketing.web import ticket_view
from ticketing.web.context import act
from ticketing.web.forms import actions as forms
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.tickets import tickets


@tickets.route("/tickets/<number>/reveal", methods=["GET", "POST"])
@needs(Permission.REVEAL)
def reveal(ticket: Ticket) -> str | tuple[str, int] | Redirect:
    """Show the contact unmasked, once, to somebody who says why; it is written down."""
    form = forms.Reveal()
    revealed: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                reveals.of_ticket(ticket, form.reason.data, act())
        except Invalid as error:
            form.show(error)
        else:
            revealed = ticket_view.people(ticket, act().actor, revealed=True)
    back = {"words": _("回到工单"), "url": url_for("tickets.show", number=ticket.number)}
    page = render_template(
        "ticket/reveal.html", form=form, revealed=revealed, back=back, number=ticket.number
    )
    return (page, 422) if form.errors else page
