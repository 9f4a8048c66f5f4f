"""The page that hands back words which an ended session had cut off, and sends them where they were meant to go."""

from flask import Blueprint, redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Draft
from ticketing.services import drafts
from ticketing.web import membership, unsent
from ticketing.web.context import now
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.status import KEY

unsent_page = Blueprint("unsent_page", __name__)
ENDED = N_("刚才登录已经结束，没能提交。请看一遍，再提交一次。")
#: The browser posts the same body again, to the address for which it was written.
SAME_AGAIN = 307


def _owners() -> list[str]:
    """Return as whom this browser acts now."""
    opened, who, found = session.get(KEY), membership.person(), []
    if opened and opened["until"] >= now().timestamp():
        found.append(f"ticket:{opened['id']}")
    if who is not None:
        found.append(f"person:{who.id}")
    if current_user.is_authenticated:
        found.append(f"staff:{current_user.account.id}")
    return found


def _waiting() -> Draft | None:
    found = (unsent.waiting(owner) for owner in _owners())
    return next((one for one in found if one is not None), None)


@unsent_page.get("/unsent")
@open_to_all
def show() -> str | Response:
    """Show the words, with one button to send them."""
    draft = _waiting()
    if draft is None:
        return redirect(url_for("public.home"))
    return render_template(
        "public/unsent.html", unsent=unsent.of_draft(draft), url=url_for("unsent_page.send"), why=_(ENDED)
    )


@unsent_page.post("/unsent")
@open_to_all
def send() -> Response:
    """Let the browser post them where they belong; what is wrong with them is told there."""
    draft = _waiting()
    if draft is None:
        return redirect(url_for("public.home"))
    answer = redirect(unsent.of_draft(draft).path, SAME_AGAIN)
    with transaction():
        drafts.drop(draft)
    answer.delete_cookie(unsent.COOKIE)
    return answer
