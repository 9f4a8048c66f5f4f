"""The enterprise follows its request: who is on it, by when, and what it can do itself."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.errors import DomainError, NotFound
from ticketing.extensions import db, transaction, vault
from ticketing.models import Attachment, Person, Ticket
from ticketing.services import attachments, handling, judging, moves, supervision
from ticketing.services import status as service
from ticketing.services.attachments import Added, Upload
from ticketing.services.history import Act
from ticketing.services.province import Province
from ticketing.web import handed, membership, rows, spoken, status_view, unsent
from ticketing.web.context import now, province, requester_act
from ticketing.web.errors import status_of
from ticketing.web.files import serve
from ticketing.web.forms import actions as forms
from ticketing.web.forms.base import Form
from ticketing.web.forms.status import AskCode, Open, UseCode
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.requests import row_id

status = Blueprint("status", __name__)
KEY = "opened"
OPEN_FOR = dt.timedelta(minutes=30)
DIGEST = 16
Page = str | tuple[str, int] | Redirect
View = Callable[..., Any]


def opened(view: View) -> View:
    """Let in who opened a request a short while ago; each visit prolongs it."""

    @functools.wraps(view)
    def guarded(**values: Any) -> Any:
        kept = session.get(KEY)
        ticket = db.session.get(Ticket, kept["id"]) if kept and kept["until"] >= now().timestamp() else None
        by_account = bool(kept and kept.get("person"))
        own = membership.act_on(ticket) if by_account and ticket is not None else None
        if (
            ticket is None
            or kept.get("password") != password_print(ticket)
            or (by_account and (own is None or kept["person"] != session[membership.KEY]["id"]))
        ):
            led = redirect(url_for("my.requests" if by_account else "status.login"))
            kept_for = unsent.owner("ticket", KEY)
            session.pop(KEY, None)
            return unsent.keep(led, kept_for)
        open_session(ticket, membership.person() if by_account else None)
        return view(ticket=ticket, **values)

    guarded.permission = "opened"  # type: ignore[attr-defined]
    return guarded


def open_session(ticket: Ticket, person: Person | None = None) -> None:
    """Remember that this browser may see the ticket, for half an hour or until the password is another.

    `person`: it was opened through the enterprise's account, and stays open only as long as the account shows it.
    """
    until = int((now() + OPEN_FOR).timestamp())
    session[KEY] = {"id": ticket.id, "until": until, "password": password_print(ticket)}
    if person is not None:
        session[KEY]["person"] = person.id


def _act(ticket: Ticket) -> Act:
    """Return the act of who opened the request: the person of the account by name, else the requester."""
    own = membership.act_on(ticket) if session.get(KEY, {}).get("person") else None
    return own or requester_act(ticket)


def password_print(ticket: Ticket) -> str:
    """Return what tells one query password from the next, and nothing about either."""
    return vault.mac(ticket.password_hash or "")[:DIGEST]


def _address() -> str:
    return request.remote_addr or ""


@status.route("/status", methods=["GET", "POST"])
@open_to_all
def login() -> Page:
    """Ask for number and password."""
    form = Open(data={"number": request.args.get("number", "")} if request.method == "GET" else None)
    code = 200
    if form.validate_on_submit():
        try:
            tail = form.phone_tail.data or ""
            ticket = service.open_request(form.number.data, form.password.data, tail, _address(), now())
        except DomainError as error:
            form.show(error)
            code = status_of(error)
        else:
            open_session(ticket)
            return redirect(unsent.way_on(f"ticket:{ticket.id}", url_for("status.show")))
    code = 422 if code == 200 and form.errors else code
    if not form.phone_tail.errors and not form.phone_tail.data:
        del form.phone_tail
    return render_template(
        "public/status_login.html", form=form, new_password_url=url_for("status.lost")
    ), code


@status.route("/status/password", methods=["GET", "POST"])
@open_to_all
def lost() -> Page:
    """Send a code to the telephone on file; the answer never tells whether there is such a request."""
    form = AskCode(data={"number": request.args.get("number", "")} if request.method == "GET" else None)
    code = 200
    if form.validate_on_submit():
        try:
            with transaction():
                service.ask_code(form.number.data, _address(), now())
        except DomainError as error:
            form.show(error)
            code = status_of(error)
        else:
            flash(_("如果编码登记了手机号，验证码已发出。没有收到请过几分钟再试，或者拨打电话。"), "ok")
            return redirect(url_for("status.code", number=numbers.parse(form.number.data)))
    return render_template("public/password.html", form=form, verb=_("发送验证码"), step=1), code


@status.route("/status/password/code", methods=["GET", "POST"])
@open_to_all
def code() -> Page:
    """Take the code and say a new password."""
    form = UseCode(data={"number": request.args.get("number", "")} if request.method == "GET" else None)
    answer = 200
    if form.validate_on_submit():
        try:
            with transaction():
                ticket, password = service.new_password(form.number.data, form.code.data, _address(), now())
        except DomainError as error:
            form.show(error)
            answer = status_of(error)
        else:
            handed.keep(ticket.number, password, now())
            open_session(ticket)
            return redirect(url_for("status.new_password"))
    return render_template("public/password.html", form=form, verb=_("取得新密码"), step=2), answer


@status.get("/status/password/new")
@opened
def new_password(ticket: Ticket) -> Page:
    """Show the new password."""
    password = handed.find(ticket.number, now())
    if password is None:
        return redirect(url_for("status.show"))
    shown = {
        "number": numbers.shown(ticket.number),
        "spoken": spoken.number(ticket.number),
        "password": password,
    }
    return render_template("public/new_password.html", receipt=shown, status_url=url_for("status.show"))


@status.get("/status/request")
@opened
def show(ticket: Ticket) -> str:
    """Show the request as the enterprise may read it."""
    return _draw(ticket)


def _draw(ticket: Ticket, typed: tuple[str, Form] | None = None) -> str:
    return render_template("public/status.html", **status_view.present(ticket, province(), typed))


Run = Callable[[Ticket, Any, Act, Province], object]
VERBS: dict[str, tuple[type[Form], Run]] = {
    "supply": (forms.Supply, lambda t, f, a, _p: handling.supply(t, f.text.data, a)),
    "confirm": (
        forms.Confirm,
        lambda t, f, a, _p: judging.confirm(t, a, ratings=f.ratings(), text=f.remark.data or ""),
    ),
    "contest": (forms.Contest, lambda t, f, a, p: judging.contest(t, f.text.data, a, p)),
    "attach": (forms.Attach, lambda _t, _f, _a, _p: None),
    "remind": (forms.Plain, lambda t, _f, a, _p: supervision.remind(t, "", a)),
    "withdraw": (forms.Withdraw, lambda t, f, a, _p: judging.withdraw(t, f.text.data or "", a)),
}


def _done(name: str) -> str:
    return {
        "supply": _("已收到您的补充，办理时限继续计算。"),
        "confirm": _("谢谢您的评价，这件诉求已办结。"),
        "contest": _("已要求重新办理，原来的承诺时限继续计算。"),
        "attach": _("附件已收到，承办单位会看到。"),
        "remind": _("已催办，承办单位会收到提醒。"),
        "withdraw": _("已撤回。"),
    }[name]


@status.post("/status/request/<name>")
@opened
def do(ticket: Ticket, name: str) -> Page:
    """Supply, confirm, contest, remind or withdraw."""
    if name not in VERBS:
        raise NotFound
    kind, run = VERBS[name]
    form, identifier = kind(prefix=name), ticket.id
    if not form.validate_on_submit():
        return _draw(ticket, (name, form)), 422
    try:
        with transaction():
            locked = moves.locked(identifier)
            act = _act(locked)
            run(locked, form, act, province())
            _keep_files(locked, form, act)
    except DomainError as error:
        form.show(error)
        if kind is forms.Plain:
            flash(form.form_errors[0], "over")
            return redirect(url_for("status.show"))
        return _draw(db.session.get_one(Ticket, identifier), (name, form)), status_of(error)
    flash(_done(name), "ok")
    return redirect(url_for("status.show"))


def _keep_files(ticket: Ticket, form: Form, act: Act) -> None:
    """Keep the files of a step; files are the step where nothing was asked."""
    uploads = form.files.data or () if "files" in form else ()
    for upload in uploads:
        if upload and upload.filename:
            content, most = Upload(upload.filename, upload.read()), current_app.config["UPLOAD_MAX_BYTES"]
            if isinstance(form, forms.Attach):
                handling.attach(ticket, content, act, most_bytes=most)
            else:
                attachments.add(ticket, content, Added(_("企业"), now(), public=True), most_bytes=most)


@status.get("/status/request/files/<int:file_id>")
@opened
def file(ticket: Ticket, file_id: int) -> Response:
    """Hand out a file that the enterprise may see."""
    row = db.session.get(Attachment, file_id)
    if row is None or row.ticket_id != ticket.id or not row.public:
        raise NotFound
    return serve(row)


@status.get("/status/request/news")
@opened
def news(ticket: Ticket) -> Response:
    """Say how many public entries came since the page was drawn."""
    since = request.args.get("since", 0, type=row_id)
    return rows.news(lambda: sum(line.public for line in moves.changes_since(ticket, since)))


@status.post("/status/leave")
@open_to_all
def leave() -> Redirect:
    """Close the request in this browser."""
    session.pop(KEY, None)
    return redirect(url_for("public.home"))
