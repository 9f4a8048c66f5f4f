"""The forms of the ticket page: as posted, and blank ones, which are drawn once and kept."""

import functools

from flask import current_app
from markupsafe import Markup
from sqlalchemy import bindparam, exists, select

from ticketing.domain.vocabulary import Role
from ticketing.domain.workflow import Action
from ticketing.models import Account, RoleGrant, Ticket
from ticketing.services import case_openings, precedents
from ticketing.services.kept import Kept
from ticketing.services.pinyin import order
from ticketing.services.province import Province
from ticketing.web.actions import VERBS
from ticketing.web.forms import actions as forms
from ticketing.web.forms.base import NOTHING, Form, option
from ticketing.web.i18n import language

WORKS_THERE = Kept(
    select(Account.id, Account.name)
    .where(
        Account.active,
        exists().where(
            RoleGrant.account_id == Account.id,
            RoleGrant.bureau_code == bindparam("bureau"),
            RoleGrant.role.in_([Role.HANDLER.value, Role.HEAD.value]),
        ),
    )
    .order_by(Account.name)
)
Given = tuple[tuple[str, str], ...]


def posted(action: Action, ticket: Ticket, province: Province) -> Form:
    """Return the form of a verb with what the person sent."""
    form = VERBS[action].form(prefix=action.value)
    _offer(form, given(action, ticket, province))
    return form


def blank(action: Action, ticket: Ticket, province: Province) -> Markup:
    """Return the fields of a verb's form before anybody has typed.

    A page carries a dozen of them; they differ by what the ticket gives them and nothing else.
    """
    return _drawn(action, given(action, ticket, province), language())


@functools.lru_cache(maxsize=2048)
def _drawn(action: Action, of_ticket: Given, _language: str) -> Markup:
    form = VERBS[action].form(formdata=None, prefix=action.value)
    _offer(form, of_ticket)
    if isinstance(form, forms.Reclassify):
        for name, value in of_ticket:
            form[name].data = value
    macros = current_app.jinja_env.get_template("macros/forms.html").module
    return Markup(macros.fields(form))  # type: ignore[attr-defined]  # noqa: S704  the template escapes


def _offer(form: Form, choices: Given) -> None:
    if isinstance(form, forms.Assign):
        form.account_id.choices = [option(*one) for one in choices]
    if isinstance(form, forms.Case):
        form.template_code.choices = [option(*one) for one in choices if not one[0].isdigit()]
        form.like.choices = [NOTHING, *(option(*one) for one in choices if one[0].isdigit())]


def given(action: Action, ticket: Ticket, province: Province) -> Given:
    """Return what only the ticket knows of a form: the choices it offers, or the values it begins with."""
    if action is Action.ASSIGN:
        return colleagues(ticket.bureau_code)
    if action is Action.OPEN_CASE:
        return (*_templates(ticket, province), *_precedents(ticket))
    if action is Action.RECLASSIFY:
        return (("type", ticket.type), ("urgency", ticket.urgency))
    return ()


def _templates(ticket: Ticket, province: Province) -> Given:
    """Return the kinds of cases, first those that the request's topic or words ask for."""
    text, lines = f"{ticket.subject}\n{ticket.body}", len(case_openings.lines_of(ticket, province))
    kinds = sorted(province.templates.values(), key=lambda one: not one.meant(ticket.topic_code, text, lines))
    return tuple((one.code, one.name_en if language() == "en" else one.name_zh) for one in kinds)


def _precedents(ticket: Ticket) -> Given:
    """Return the closed cases that are like this request, as (case id, words)."""
    return tuple((str(one.case_id), one.aim) for one in precedents.like(ticket.subject, ticket.body))


def colleagues(bureau_code: str) -> Given:
    """Return the people of a bureau to whom a ticket can be assigned, as (account id, name), by sound."""
    people = sorted(WORKS_THERE.rows(bureau=bureau_code), key=lambda row: order(row.name))
    return tuple((str(account_id), name) for account_id, name in people)
