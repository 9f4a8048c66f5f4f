"""Saying that two requests have to do with each other."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import Ticket
from ticketing.services import moves
from ticketing.web import alike
from ticketing.web.context import act
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

links = Blueprint("links", __name__)


@links.post("/tickets/<number>/links")
@needs(Permission.LINK)
def link(ticket: Ticket) -> Redirect:
    """Link the ticket with what was chosen on its page."""
    with transaction():
        alike.link_ticked(moves.locked(ticket.id), act())
    flash(_("已关联。"), "ok")
    return redirect(url_for("tickets.show", number=ticket.number))
