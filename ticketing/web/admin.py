"""Administrators: accounts, and what was sent."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.actors import Grant
from ticketing.domain.contact import mask_email, mask_phone, mask_text
from ticketing.domain.errors import DomainError, Invalid, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import ROLE_WORDS, Role
from ticketing.domain.words import N_
from ticketing.extensions import db, transaction
from ticketing.models import Account, Delivery
from ticketing.services import accounts as service
from ticketing.services.accounts import NewAccount
from ticketing.web import bureaus
from ticketing.web.context import now, province
from ticketing.web.forms.admin import AccountForm
from ticketing.web.guard import needs
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment
from ticketing.web.requests import row_id

admin = Blueprint("admin", __name__)
PAGE = 50
AT_BUREAU = frozenset({Role.HANDLER, Role.HEAD})
Page = str | tuple[str, int] | Redirect


@admin.get("/admin/accounts")
@needs(Permission.SEE_ADMIN)
def accounts() -> str:
    """List the accounts by user name."""
    after = request.args.get("after", "")
    wanted = select(Account).where(Account.username > after).order_by(Account.username).limit(PAGE + 1)
    found = list(db.session.scalars(wanted))
    older = url_for("admin.accounts", after=found[PAGE - 1].username) if len(found) > PAGE else ""
    return render_template(
        "admin/accounts.html",
        rows=[_row(account) for account in found[:PAGE]],
        add_url=url_for("admin.add"),
        newer=url_for("admin.accounts") if after else "",
        older=older,
    )


def _row(account: Account) -> dict[str, Any]:
    archive = province().archive
    codes = sorted({grant.bureau_code for grant in account.grants if grant.bureau_code})
    locked = account.locked_until is not None and account.locked_until > now()
    state = (
        (_("已停用"), "none")
        if not account.active
        else (_("已锁定"), "over")
        if locked
        else (_("正常"), "ok")
    )
    return {
        "username": account.username,
        "name": account.name,
        "roles": list(dict.fromkeys(words(ROLE_WORDS[Role(grant.role)]) for grant in account.grants)),
        "bureau": _("、").join(named(archive.bureaus[code]) for code in codes),
        "last": moment(account.last_login_at, now()) if account.last_login_at else None,
        "state_word": state[0],
        "level": state[1],
        "url": url_for("admin.edit", username=account.username),
    }


@admin.route("/admin/accounts/new", methods=["GET", "POST"])
@needs(Permission.SEE_ADMIN)
def add() -> Page:
    """Make an account."""
    form = AccountForm()
    if form.validate_on_submit():
        try:
            new = NewAccount(form.username.data.strip(), form.name.data, form.password.data or "")
            with transaction():
                service.create(new, _grants(form), now())
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
    account = service.by_username(username)
    if account is None:
        raise NotFound
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
    return _draw(form, account.name, account)


def _change(account: Account, form: AccountForm) -> None:
    account.name = form.name.data
    if form.password.data:
        service.set_password(account, form.password.data)
    wanted = _grants(form)
    if {(g.role.value, g.bureau_code) for g in wanted} != {
        (g.role, g.bureau_code) for g in account.grants if g.deputy_for_id is None
    }:
        service.set_grants(account, wanted)
    if account.active != form.active.data:
        service.set_active(account, active=form.active.data)


def _values(account: Account) -> dict[str, Any]:
    codes = [grant.bureau_code for grant in account.grants if grant.bureau_code]
    return {
        "username": account.username,
        "name": account.name,
        "roles": [grant.role for grant in account.grants],
        "bureau": province().archive.bureaus[codes[0]].short_name_zh if codes else "",
        "active": account.active,
    }


def _grants(form: AccountForm) -> list[Grant]:
    roles = [Role(role) for role in form.roles.data]
    if AT_BUREAU & set(roles) and not form.bureau.data:
        raise Invalid(N_("承办人和负责人要有单位。"), field="bureau")
    code = bureaus.resolve(form.bureau.data, province(), field="bureau") if form.bureau.data else None
    return [Grant(role, code if role in AT_BUREAU else None) for role in roles]


def _draw(form: AccountForm, heading: str, account: Account | None) -> Page:
    locked = account is not None and account.locked_until is not None and account.locked_until > now()
    page = render_template(
        "admin/account.html",
        heading=heading,
        form=form,
        url=url_for("admin.edit", username=account.username) if account else url_for("admin.add"),
        back={"words": _("账号"), "url": url_for("admin.accounts")},
        unlock_url=url_for("admin.unlock", username=account.username) if account and locked else "",
        bureaus=bureaus.listed(province()),
    )
    return (page, 422) if form.errors or form.form_errors else page


@admin.post("/admin/accounts/<username>/unlock")
@needs(Permission.SEE_ADMIN)
def unlock(username: str) -> Redirect:
    """Let a locked-out colleague in again."""
    account = service.by_username(username)
    if account is None:
        raise NotFound
    with transaction():
        service.unlock(account)
    return redirect(url_for("admin.edit", username=username))


STATES = {
    "waiting": N_("等待发送"),
    "sending": N_("正在发送"),
    "sent": N_("已发送"),
    "failed": N_("没有送达"),
}
LEVELS = {"waiting": "none", "sending": "none", "sent": "ok", "failed": "over"}
CHANNEL_WORDS = {"sms": N_("短信"), "wechat": N_("微信"), "mail": N_("邮件")}


@admin.get("/admin/deliveries")
@needs(Permission.SEE_ADMIN)
def deliveries() -> str:
    """Show what was sent, with addresses masked; in the demo what would have been."""
    before, state = request.args.get("before", type=row_id), request.args.get("state", "")
    wanted = select(Delivery).order_by(Delivery.id.desc()).limit(PAGE + 1)
    if before is not None:
        wanted = wanted.where(Delivery.id < before)
    if state in STATES:
        wanted = wanted.where(Delivery.status == state)
    found = list(db.session.scalars(wanted))
    tabs = [
        {"words": _("全部"), "url": url_for("admin.deliveries"), "here": state not in STATES, "count": ""}
    ]
    tabs += [
        {
            "words": words(word),
            "url": url_for("admin.deliveries", state=name),
            "here": name == state,
            "count": "",
        }
        for name, word in STATES.items()
    ]
    older = (
        url_for("admin.deliveries", before=found[PAGE - 1].id, state=state or None)
        if len(found) > PAGE
        else ""
    )
    return render_template(
        "admin/deliveries.html",
        console=current_app.config["DEMO"],
        tabs=tabs,
        rows=[_delivery(row) for row in found[:PAGE]],
        newer=url_for("admin.deliveries", state=state or None) if before else "",
        older=older,
    )


def _delivery(row: Delivery) -> dict[str, Any]:
    masks = {"sms": mask_phone, "mail": mask_email}
    return {
        "channel": words(CHANNEL_WORDS.get(row.channel, row.channel)),
        "to": masks.get(row.channel, lambda text: f"{text[:4]}…")(row.address),
        "body": mask_text(row.body),
        "event": row.subject,
        "at": moment(row.sent_at or row.created_at, now()),
        "state_word": words(STATES[row.status]),
        "level": LEVELS[row.status],
        "tries": row.attempts,
        "error": row.error or "",
        "retry_url": url_for("admin.retry", delivery_id=row.id) if row.status == "failed" else "",
        "ticket_url": "",
    }


@admin.post("/admin/deliveries/<int:delivery_id>/retry")
@needs(Permission.SEE_ADMIN)
def retry(delivery_id: int) -> Redirect:
    """Let a failed delivery be tried again."""
    with transaction():
        row = db.session.get(Delivery, delivery_id, with_for_update=True)
        if row is None or row.status != "failed":
            raise NotFound
        row.status, row.due_at, row.attempts = "waiting", now(), 0
    return redirect(url_for("admin.deliveries"))
