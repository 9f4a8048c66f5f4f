"""Administrators: accounts and their rights, deputies, and what was sent."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.actors import Grant
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import DomainError, Invalid, InvalidFields, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Account
from ticketing.services import accounts as service
from ticketing.services import deliveries as sending
from ticketing.services import deputies
from ticketing.services.accounts import NewAccount
from ticketing.web import admin_view, bureaus
from ticketing.web.context import act, now, province
from ticketing.web.forms.admin import AccountForm, StandIn
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, sentence
from ticketing.web.requests import row_id

admin = Blueprint("admin", __name__)
PAGE = 50
AT_BUREAU = frozenset({Role.HANDLER, Role.HEAD})
BLANK = 2
Page = str | tuple[str, int] | Redirect


@admin.get("/admin/accounts")
@needs(Permission.SEE_ADMIN)
def accounts() -> str:
    """List the accounts by user name, or those whose name a search finds."""
    after, query = request.args.get("after", ""), request.args.get("q", "").strip()
    found = service.listed(query, after, PAGE + 1)
    older = found[PAGE - 1].username if len(found) > PAGE else ""
    return render_template(
        "admin/accounts.html",
        rows=[admin_view.account(one) for one in found[:PAGE]],
        query=query,
        search_url=url_for("admin.accounts"),
        add_url=url_for("admin.add"),
        newer=url_for("admin.accounts", q=query or None) if after else "",
        older=url_for("admin.accounts", after=older, q=query or None) if older else "",
    )


@admin.route("/admin/accounts/new", methods=["GET", "POST"])
@needs(Permission.SEE_ADMIN)
def add() -> Page:
    """Make an account."""
    form = AccountForm()
    form.password.description = _("至少 10 个字符。")
    if form.validate_on_submit():
        try:
            new = NewAccount(
                form.username.data.strip(), form.name.data, form.password.data or "", phone=_phone(form)
            )
            with transaction():
                account = service.create(new, _grants(form), now(), by=act())
                service.set_telephone(account, form.desk_phone.data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("账号已建立。"), "ok")
            return redirect(url_for("admin.accounts"))
    return _draw(form, _("新建账号"), None)


@admin.route("/admin/accounts/<username>", methods=["GET", "POST"])
@needs(Permission.SEE_ADMIN)
def edit(username: str) -> Page:
    """Change an account; its sessions end when its rights or its password change."""
    account = _account(username)
    form = AccountForm(data=None if request.method == "POST" else _values(account))
    if form.validate_on_submit():
        try:
            with transaction():
                _change(account, form)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("admin.accounts"))
    return _draw(form, _account(username).name, account)


def _account(username: str) -> Account:
    account = service.by_username(username)
    if account is None:
        raise NotFound
    return account


def _change(account: Account, form: AccountForm) -> None:
    wanted = _grants(form)
    if account.id == act().actor.account_id and (not form.active.data or Grant(Role.ADMIN) not in wanted):
        raise Invalid(N_("不能停用自己，也不能去掉自己的管理员角色；请让另一位管理员来做。"), field="active")
    service.describe(account, form.name.data, _phone(form), act())
    service.set_telephone(account, form.desk_phone.data)
    if form.password.data:
        service.set_password(account, form.password.data, act())
    if wanted != {Grant(Role(g.role), g.bureau_code) for g in account.grants if g.deputy_for_id is None}:
        service.set_grants(account, wanted, act())
    if account.active != form.active.data:
        service.set_active(account, act(), active=form.active.data)


def _values(account: Account) -> dict[str, Any]:
    known = province().archive.bureaus
    standing = [grant for grant in account.grants if grant.deputy_for_id is None]
    rights = [
        {"role": one.role, "bureau": named(known[one.bureau_code]) if one.bureau_code else ""}
        for one in standing
    ]
    return {
        "username": account.username,
        "name": account.name,
        "phone": account.phone or "",
        "desk_phone": account.desk_phone or "",
        "rights": rights + [{"role": "", "bureau": ""}] * BLANK,
        "active": account.active,
    }


def _phone(form: AccountForm) -> str | None:
    typed = (form.phone.data or "").strip()
    return parse_phone(typed).e164 if typed else None


def _grants(form: AccountForm) -> set[Grant]:
    """Return the rights that were chosen; what is wrong is told at its line.

    Raises:
        InvalidFields: a line without its bureau, or with one that nobody knows; or no line at all.
    """
    chosen, problems = set(), []
    for line in form.rights:
        if not line.form.role.data:
            continue
        try:
            chosen.add(_grant(Role(line.form.role.data), (line.form.bureau.data or "").strip()))
        except Invalid as problem:
            line.form.bureau.errors = [sentence(problem)]
            problems.append(problem)
    if not chosen and not problems:
        problems.append(Invalid(N_("请至少选择一个角色。"), field="rights"))
    if problems:
        raise InvalidFields(problems[:1])
    return chosen


def _grant(role: Role, bureau: str) -> Grant:
    if role not in AT_BUREAU:
        return Grant(role)
    if not bureau:
        raise Invalid(N_("承办人和负责人要有单位。"), field="rights")
    return Grant(role, bureaus.resolve(bureau, province(), field="rights"))


def _draw(form: AccountForm, heading: str, account: Account | None, stand_in: StandIn | None = None) -> Page:
    stand_in = stand_in or StandIn(formdata=None)
    wrong = any(one.errors or one.form_errors for one in (form, stand_in))
    page = render_template(
        "admin/account.html",
        heading=heading,
        form=form,
        url=url_for("admin.edit", username=account.username) if account else url_for("admin.add"),
        back={"words": _("账号管理"), "url": url_for("admin.accounts")},
        unlock_url=admin_view.unlock_url(account) if account else "",
        bureaus=bureaus.listed(province()),
        stand_in=stand_in if account else None,
        stand_in_url=url_for("admin.stand_in", username=account.username) if account else "",
        deputyships=admin_view.deputyships(account) if account else [],
    )
    return (page, 422) if wrong else page


@admin.post("/admin/accounts/<username>/unlock")
@needs(Permission.SEE_ADMIN)
def unlock(username: str) -> Redirect:
    """Let a locked-out colleague in again."""
    with transaction():
        service.unlock(_account(username), act())
    return redirect(url_for("admin.edit", username=username))


@admin.post("/admin/accounts/<username>/deputy")
@needs(Permission.SEE_ADMIN)
def stand_in(username: str) -> Page:
    """Let the colleague decide for somebody who is absent."""
    account, form = _account(username), StandIn()
    if form.validate():
        try:
            with transaction():
                deputies.stand_in(account, form.absent.data, form.first.data, form.last.data, act())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("代理已登记。"), "ok")
            return redirect(url_for("admin.edit", username=username))
    return _draw(AccountForm(formdata=None, data=_values(account)), account.name, account, form)


@admin.post("/admin/accounts/<username>/deputy/<int:grant_id>/end")
@needs(Permission.SEE_ADMIN)
def end_deputy(username: str, grant_id: int) -> Redirect:
    """End a deputyship at once."""
    with transaction():
        deputies.end(_account(username), grant_id, act())
    flash(_("代理已结束。"), "ok")
    return redirect(url_for("admin.edit", username=username))


@admin.get("/admin/deliveries")
@needs(Permission.SEE_ADMIN)
def deliveries() -> str:
    """Show what was sent, to masked addresses; the words themselves only in the demo, where nobody got them."""
    before, state = request.args.get("before", type=row_id), request.args.get("state", "")
    chosen = state if state in sending.STATES else None
    found = sending.newest(chosen, before, PAGE + 1)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    console = bool(current_app.config["DEMO"])
    return render_template(
        "admin/deliveries.html",
        console=console,
        tabs=admin_view.delivery_tabs(chosen),
        rows=[admin_view.delivery(row, with_words=console) for row in found[:PAGE]],
        newer=url_for("admin.deliveries", state=chosen) if before else "",
        older=url_for("admin.deliveries", before=older, state=chosen) if older else "",
    )


@admin.post("/admin/deliveries/<int:delivery_id>/retry")
@needs(Permission.SEE_ADMIN)
def retry(delivery_id: int) -> Redirect:
    """Let a failed delivery be tried again."""
    with transaction():
        sending.retry(delivery_id, act())
    flash(_("会再发一次。"), "ok")
    return redirect(url_for("admin.deliveries", state="failed"))
