"""Staff come in and go."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from ticketing.domain.errors import Invalid, TooMany
from ticketing.domain.permissions import may
from ticketing.domain.words import N_
from ticketing.extensions import login, transaction
from ticketing.services import accounts, colleagues
from ticketing.services import demo as demo_day
from ticketing.web import unsent
from ticketing.web.context import StaffUser, act, now, province
from ticketing.web.forms.auth import LoginForm
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.site import ROOMS, home_of

auth = Blueprint("auth", __name__)
WRONG = N_("账号或密码不对，请再试一次。")


@login.user_loader  # type: ignore[untyped-decorator]
def load_user(kept: str) -> StaffUser | None:
    """Return the user of a session cookie, unless the password or a right has changed since."""
    identifier, _, key = kept.partition(":")
    account = colleagues.find(int(identifier)) if identifier.isdigit() else None
    if account is None or not account.active or account.session_key != key:
        return None
    return StaffUser(account)


@auth.route("/login", endpoint="login", methods=["GET", "POST"])
@open_to_all
def login_page() -> str | Response:
    """Ask for name and password; wrong pairs get one sentence, locked accounts are told how long."""
    if current_user.is_authenticated:
        return redirect(home_of_current())
    form = LoginForm()
    if form.validate_on_submit():
        try:
            with transaction():
                username, password = form.username.data.strip(), form.password.data
                account = accounts.authenticate(username, password, now(), address=request.remote_addr or "")
        except TooMany as locked:
            form.show(locked)
            account = None
        else:
            if account is None:
                form.show(Invalid(WRONG))
        if account is not None:
            session.clear()
            login_user(StaffUser(account))
            target = _inside(request.args.get("next", "")) or home_of_current()
            return redirect(unsent.way_on(f"staff:{account.id}", target))
    demo = current_app.config["DEMO"]
    shown = demo_day.shown_accounts(current_app.config["PROVINCE_PACK"], province()) if demo else []
    status = 422 if form.errors or form.form_errors else 200
    hint = _("演示账号的密码都是 %(password)s", password=demo_day.PASSWORD) if shown else ""
    return render_template("auth/login.html", form=form, demo_accounts=shown, demo_hint=hint), status


@auth.post("/logout")
@open_to_all
def logout() -> Response:
    """End the session."""
    if current_user.is_authenticated:
        with transaction():
            accounts.leave(act())
    logout_user()
    session.clear()
    return redirect(url_for("auth.login"))


def home_of_current() -> str:
    """Return the room in which this person's day begins."""
    actor = accounts.actor(current_user.account, now())
    return url_for(home_of([room for room in ROOMS if may(actor, room.permission)]))


def _inside(address: str) -> str | None:
    """Return an address of ours to go on to; anything that could lead elsewhere is dropped."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and not parts.netloc else None
