"""The enterprise's account: sign in, prove the enterprise once, see all of its own requests, take earlier ones over."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from ticketing.domain.errors import DomainError, Invalid, NotFound
from ticketing.domain.permissions import Permission
from ticketing.extensions import db, transaction
from ticketing.models import Membership, Person, Ticket
from ticketing.services import enterprises, own_requests, people
from ticketing.web import membership, my_view, unsent
from ticketing.web import status as status_page
from ticketing.web.context import now
from ticketing.web.errors import status_of
from ticketing.web.forms import my as forms
from ticketing.web.forms.base import Form
from ticketing.web.guard import by_number, open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language
from ticketing.web.membership import member_needs, signed_in

my = Blueprint("my", __name__)
#: The telephone that a code was sent to, and where to go on: kept out of addresses and logs.
SIGNING = "signing"
PROVING = "proving"
Page = str | tuple[str, int] | Response


def address() -> str:
    """Return where a request comes from."""
    return request.remote_addr or ""


def inside(target: str) -> str | None:
    """Return an address of the account to go on to; anything else is dropped."""
    return target if target.startswith("/my") and "\\" not in target and "//" not in target else None


@my.route("/my/login", methods=["GET", "POST"])
@open_to_all
def login() -> Page:
    """Ask for the telephone; a password opens at once, else a code is sent."""
    if membership.person() is not None:
        return redirect(url_for("my.requests"))
    form, code = forms.SignIn(), 200
    if form.validate_on_submit():
        try:
            return _with_password(form) if form.password.data else _send_code(form)
        except DomainError as error:
            form.show(error)
            code = status_of(error)
    code = 422 if code == 200 and (form.errors or form.form_errors) else code
    return render_template("my/login.html", form=form, demo=my_view.demo_people()), code


def _with_password(form: forms.SignIn) -> Response:
    with transaction():
        found = people.with_password(form.phone.data, form.password.data, address(), now())
    if found is None:
        raise Invalid(my_view.WRONG_PAIR)
    return _entered(found, request.args.get("next", ""))


def _send_code(form: forms.SignIn) -> Response:
    with transaction():
        phone = people.ask_code(form.phone.data, address(), now(), locale=language())
    session[SIGNING] = {"phone": phone, "next": request.args.get("next", "")}
    return redirect(url_for("my.code"))


@my.route("/my/login/code", methods=["GET", "POST"])
@open_to_all
def code() -> Page:
    """Take the code; whoever holds the telephone is in."""
    signing = session.get(SIGNING)
    if not signing:
        return redirect(url_for("my.login"))
    form, status = forms.Code(), 200
    if form.validate_on_submit():
        try:
            with transaction():
                found = people.with_code(
                    signing["phone"], form.code.data, address(), now(), locale=language()
                )
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            return _entered(found, signing["next"])
    status = 422 if status == 200 and form.errors else status
    return render_template("my/code.html", **my_view.code_page(form, signing["phone"])), status


def _entered(found: Person, target: str) -> Response:
    membership.sign_in(found)
    return redirect(unsent.way_on(f"person:{found.id}", inside(target) or url_for("my.requests")))


@my.post("/my/logout")
@open_to_all
def logout() -> Response:
    """End the session."""
    membership.sign_out()
    return redirect(url_for("public.home"))


@my.route("/my/prove", methods=["GET", "POST"])
@signed_in
def prove(who: Person) -> Page:
    """Name the enterprise; a code goes to its legal person."""
    form, status = forms.Prove(), 200
    if form.validate_on_submit():
        try:
            with transaction():
                session[PROVING] = enterprises.ask_proof(who, form.register_code.data, address(), now())
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            return redirect(url_for("my.proof_code"))
    status = 422 if status == 200 and form.errors else status
    return render_template("my/prove.html", **my_view.prove_page(who, form)), status


@my.route("/my/prove/code", methods=["GET", "POST"])
@signed_in
def proof_code(who: Person) -> Page:
    """Take the code that the legal person passed on."""
    register_code = session.get(PROVING)
    if not register_code:
        return redirect(url_for("my.prove"))
    form, status = forms.Code(), 200
    if form.validate_on_submit():
        try:
            with transaction():
                found = enterprises.prove(who, register_code, form.code.data, address(), now())
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            session.pop(PROVING)
            session[membership.CHOSEN] = found.id
            flash(_("企业已核实。您可以看到企业的全部诉求，也可以邀请同事。"), "ok")
            return redirect(url_for("my.requests"))
    status = 422 if status == 200 and form.errors else status
    return render_template("my/proof_code.html", **my_view.proof_page(form, register_code)), status


@my.route("/my/prove/call", methods=["GET", "POST"])
@signed_in
def call(who: Person) -> Page:
    """Ask for a checked call, for whom the register has no telephone or an old one."""
    form, status = forms.AskCall(), 200
    if form.validate_on_submit():
        try:
            with transaction():
                enterprises.ask_call(who, form.register_code.data, form.name.data, now())
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            return redirect(url_for("my.prove"))
    elif request.method == "GET":
        form.register_code.data = session.get(PROVING, "")
    status = 422 if status == 200 and form.errors else status
    return render_template("my/call.html", form=form, back_url=url_for("my.prove")), status


@my.get("/my")
@member_needs(Permission.SEE_OWN_ENTERPRISE)
def requests(member: Membership) -> str:
    """List the enterprise's own requests, the newest first."""
    which = request.args.get("which", "")
    which = which if which in own_requests.CONDITIONS else ""
    found = own_requests.listed(member.enterprise, which, place(request.args.get("before", "")))
    return render_template("my/requests.html", **my_view.requests_page(member, found, which))


def place(typed: str) -> own_requests.Place | None:
    """Read where a page begins; a mistyped place begins at the newest."""
    instant, _comma, identifier = typed.partition(",")
    try:
        moment = dt.datetime.fromisoformat(instant)
        return (moment, int(identifier)) if moment.tzinfo and abs(int(identifier)) < 2**63 else None
    except ValueError:
        return None


@my.post("/my/enterprise")
@signed_in
def choose(who: Person) -> Response:
    """Go on with another enterprise that one acts for."""
    wanted = request.form.get("enterprise", type=int)
    if any(one.enterprise_id == wanted for one in membership.standing(who)):
        session[membership.CHOSEN] = wanted
    return redirect(url_for("my.requests"))


@my.get("/my/requests/<number>")
@member_needs(Permission.SEE_OWN_ENTERPRISE)
def open_request(member: Membership, number: str) -> Response:
    """Open a request of the enterprise without its password."""
    ticket: Ticket = by_number(number)
    if not own_requests.may_see(member.person, ticket):
        raise NotFound
    status_page.open_session(ticket, member.person)
    return redirect(unsent.way_on(f"ticket:{ticket.id}", url_for("status.show")))


@my.route("/my/claim", methods=["GET", "POST"])
@member_needs(Permission.SEE_OWN_ENTERPRISE)
def claim(member: Membership) -> Page:
    """Take an earlier request over."""
    form, status = forms.Claim(), 200
    if form.validate_on_submit():
        try:
            with transaction():
                pair, tail = (form.number.data, form.password.data), form.phone_tail.data or ""
                own_requests.claim(member, *pair, address(), now(), tail=tail)
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            flash(_("已归到企业账号，同事也能看到。"), "ok")
            return redirect(url_for("my.requests"))
    status = 422 if status == 200 and form.errors else status
    if not form.phone_tail.errors and not form.phone_tail.data:
        del form.phone_tail
    return render_template("my/claim.html", **my_view.claim_page(member, form)), status


@my.route("/my/settings", methods=["GET", "POST"])
@signed_in
def settings(who: Person) -> Page:
    """Say who one is and how one wants to be told."""
    kept = {"name": who.name, "email": who.email or "", "told_by": who.told_by}
    form, status = forms.Settings(data=kept if request.method == "GET" else None), 200
    if form.validate_on_submit():
        try:
            with transaction():
                people.settle(
                    who, name=form.name.data, email=form.email.data or "", told_by=form.told_by.data or []
                )
        except DomainError as error:
            form.show(error)
            status = status_of(error)
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("my.settings"))
    status = 422 if status == 200 and form.errors else status
    return _settings_page(who, form, forms.NewPassword(formdata=None)), status


@my.post("/my/settings/password")
@signed_in
def password(who: Person) -> Page:
    """Set a password of one's own; every other session ends."""
    form = forms.NewPassword()
    try:
        if not form.validate():
            return _settings_page(who, _kept_settings(who), form), 422
        with transaction():
            people.set_password(who, form.password.data)
    except DomainError as error:
        form.show(error)
        return _settings_page(who, _kept_settings(who), form), status_of(error)
    membership.sign_in(who)
    flash(_("密码已设置，别处的登录已经退出。"), "ok")
    return redirect(url_for("my.settings"))


@my.post("/my/settings/leave")
@signed_in
def leave_everywhere(who: Person) -> Response:
    """Sign out on every device."""
    with transaction():
        people.end_sessions(who)
    membership.sign_out()
    flash(_("所有设备上的登录都已退出。"), "ok")
    return redirect(url_for("my.login"))


def _kept_settings(who: Person) -> Form:
    kept: dict[str, Any] = {"name": who.name, "email": who.email or "", "told_by": who.told_by}
    return forms.Settings(formdata=None, data=kept)


def _settings_page(who: Person, form: Form, new_password: Form) -> str:
    db.session.refresh(who)
    return render_template("my/settings.html", **my_view.settings_page(who, form, new_password))
