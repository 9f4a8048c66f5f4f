"""The people of an enterprise's account: invited, joined, given a role, ended."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ticketing.domain.errors import DomainError, NotAllowed
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import transaction
from ticketing.models import Membership, Person
from ticketing.services import enterprises, invitations
from ticketing.web import membership, my_view
from ticketing.web.context import now
from ticketing.web.errors import status_of
from ticketing.web.forms import my as forms
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence
from ticketing.web.membership import member_needs, signed_in

my_people = Blueprint("my_people", __name__)
Page = str | tuple[str, int] | Response


@my_people.get("/my/people")
@member_needs(Permission.SEE_OWN_ENTERPRISE)
def show(member: Membership) -> str:
    """Show who acts for the enterprise and what happened to its account."""
    return _draw(member, forms.Invite(formdata=None))


def _draw(member: Membership, form: forms.Invite) -> str:
    return render_template("my/people.html", **my_view.people_page(member, form))


@my_people.post("/my/people")
@member_needs(Permission.MANAGE_OWN_PEOPLE)
def invite(member: Membership) -> Page:
    """Send a colleague a link."""
    form = forms.Invite()
    if not form.validate():
        return _draw(member, form), 422
    try:
        with transaction():
            made = invitations.invite(
                member,
                form.phone.data,
                form.name.data,
                form.role.data,
                now(),
                address=current_app.config["ADDRESS"],
            )
    except DomainError as error:
        form.show(error)
        return _draw(member, form), status_of(error)
    flash(_("邀请已发给%(name)s，七天内有效。", name=made.name), "ok")
    return redirect(url_for("my_people.show"))


@my_people.post("/my/people/<int:membership_id>")
@member_needs(Permission.SEE_OWN_ENTERPRISE)
def change(member: Membership, membership_id: int) -> Response:
    """Give somebody another role, or end their access; to leave oneself needs no right over others."""
    role = request.form.get("role") or None
    leaves = role is None and membership_id == member.id
    if not leaves and not may(membership.actor_of(member), Permission.MANAGE_OWN_PEOPLE):
        raise NotAllowed
    try:
        with transaction():
            changed = enterprises.change(member, membership_id, now(), role=role)
            own = changed.person_id == member.person_id
    except DomainError as error:
        flash(sentence(error), "over")
        return redirect(url_for("my_people.show"))
    flash(_("您已退出企业账号。") if leaves else _("已保存。"), "ok")
    return redirect(url_for("my.requests" if own else "my_people.show"))


@my_people.post("/my/invitations/<int:invitation_id>/revoke")
@member_needs(Permission.MANAGE_OWN_PEOPLE)
def revoke(member: Membership, invitation_id: int) -> Response:
    """Take an invitation back; its link opens nothing any more."""
    with transaction():
        invitations.revoke(member, invitation_id, now())
    flash(_("邀请已撤回，链接不再有效。"), "ok")
    return redirect(url_for("my_people.show"))


@my_people.get("/my/invited/<token>")
@open_to_all
def invited(token: str) -> str:
    """Show who invites; nothing of the enterprise's requests."""
    found = invitations.invited(token, now())
    return render_template("my/invited.html", **my_view.invited_page(found, membership.person(), token))


@my_people.post("/my/invited/<token>")
@signed_in
def accept(who: Person, token: str) -> Page:
    """Join."""
    try:
        with transaction():
            found = invitations.accept(token, who, now())
    except DomainError as error:
        flash(sentence(error), "over")
        return redirect(url_for("my_people.invited", token=token))
    flash(_("您已加入“%(name)s”的企业账号。", name=found.name), "ok")
    return redirect(url_for("my.requests"))
