"""What the pages of an enterprise's account show."""

from typing import Any

from flask import current_app, url_for

from ticketing.domain import numbers
from ticketing.domain.contact import mask_phone
from ticketing.domain.enterprise import ENTERPRISE_ROLE_WORDS, HAPPENED_WORDS, EnterpriseRole, Happened
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.models import EnterpriseEntry, Invitation, Membership, Person, Ticket
from ticketing.services import demo as demo_day
from ticketing.services import demo_enterprises, enterprises, invitations, own_requests
from ticketing.services.own_requests import Listed
from ticketing.web import membership, moments, status_view
from ticketing.web.context import now, province
from ticketing.web.forms.base import Form
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words

WRONG_PAIR = N_("手机号或密码不对，请再试一次；也可以把密码留空，用短信验证码登录。")


def demo_people() -> dict[str, Any] | None:
    """Return whom one may sign in as where everything is invented."""
    folder = current_app.config["PROVINCE_PACK"]
    shown = demo_enterprises.shown(folder) if current_app.config["DEMO"] else []
    return {"rows": shown, "password": demo_day.PASSWORD} if shown else None


def code_page(form: Form, phone: str) -> dict[str, Any]:
    """Return the page that takes a code for signing in."""
    return {
        "form": form,
        "lead": _("验证码已发到 %(phone)s。没有收到，请过几分钟重新获取。", phone=mask_phone(phone)),
        "again_url": url_for("my.login"),
    }


def proof_page(form: Form, register_code: str) -> dict[str, Any]:
    """Return the page that takes the legal person's code; it tells nothing of what the register knows."""
    return {
        "form": form,
        "register_code": register_code,
        "again_url": url_for("my.prove"),
        "call_url": url_for("my.call"),
    }


def prove_page(who: Person, form: Form) -> dict[str, Any]:
    """Return the page where an enterprise is named."""
    call = enterprises.call_waits(who)
    return {
        "form": form,
        "waits": {"name": call.name, "at": moments.moment(call.asked_at, now())} if call else None,
        "call_url": url_for("my.call"),
        "account": _account(None),
    }


def _account(member: Membership | None, here: str = "") -> dict[str, Any]:
    """Return the head of each page: for whom, where to go, the way out."""
    who = membership.person()
    mine = membership.standing(who) if who is not None else []
    places = [
        ("requests", _("企业的诉求"), "my.requests"),
        ("claim", _("归入以前的诉求"), "my.claim"),
        ("people", _("账号成员"), "my_people.show"),
        ("settings", _("通知和密码"), "my.settings"),
    ]
    shown = [one for one in places if member is not None or one[0] == "settings"]
    return {
        "name": member.enterprise.name if member else "",
        "code": member.enterprise.register_code if member else "",
        "role": words(ENTERPRISE_ROLE_WORDS[EnterpriseRole(member.role)]) if member else "",
        "tabs": [{"words": word, "url": url_for(to), "here": name == here} for name, word, to in shown],
        "others": [
            {"id": one.enterprise_id, "name": one.enterprise.name}
            for one in mine
            if member is not None and one.enterprise_id != member.enterprise_id
        ],
        "switch_url": url_for("my.choose"),
        "prove_url": url_for("my.prove"),
        "logout_url": url_for("my.logout"),
    }


def claim_page(member: Membership, form: Form) -> dict[str, Any]:
    """Return the form that takes an earlier request over."""
    return {"account": _account(member, "claim"), "form": form}


def requests_page(member: Membership, found: Listed, which: str) -> dict[str, Any]:
    """Return a page of the enterprise's requests."""
    waiting = own_requests.count_waiting(member.enterprise)
    tabs = [("", _("全部")), ("waiting", _("等您处理")), ("open", _("办理中")), ("closed", _("已办结"))]
    older = f"{found.older[0].isoformat()},{found.older[1]}" if found.older else None
    return {
        "account": _account(member, "requests"),
        "waiting": waiting,
        "waiting_url": url_for("my.requests", which="waiting"),
        "filters": [
            {"words": word, "url": url_for("my.requests", which=name or None), "here": name == which}
            for name, word in tabs
        ],
        "which": which,
        "rows": [_request(ticket) for ticket in found.tickets],
        "claim_url": url_for("my.claim"),
        "older": url_for("my.requests", which=which or None, before=older) if older else "",
    }


def _request(ticket: Ticket) -> dict[str, Any]:
    state = State(ticket.state)
    bureau = "" if state is State.NEW else named(province().archive.bureaus[ticket.bureau_code])
    return {
        "url": url_for("my.open_request", number=ticket.number),
        "number": numbers.shown(ticket.number),
        "subject": ticket.subject,
        "sentence": status_view.sentence(ticket),
        "level": status_view.LEVELS.get(state, "none"),
        "bureau": bureau,
        "at": moments.moment(ticket.received_at, now()),
        "yours": ticket.state in own_requests.WAITING,
    }


def people_page(member: Membership, form: Form) -> dict[str, Any]:
    """Return who acts for the enterprise; telephones are masked for everybody."""
    manages = may(membership.actor_of(member), Permission.MANAGE_OWN_PEOPLE)
    return {
        "account": _account(member, "people"),
        "manages": manages,
        "form": form,
        "invite_url": url_for("my_people.invite"),
        "rows": [_member(one, member, manages=manages) for one in enterprises.members(member.enterprise)],
        "invitations": [_invitation(one) for one in invitations.open_invitations(member.enterprise, now())]
        if manages
        else [],
        "log": [_entry(one) for one in enterprises.newest(member.enterprise)],
    }


def _member(one: Membership, viewer: Membership, *, manages: bool) -> dict[str, Any]:
    role = EnterpriseRole(one.role)
    other = EnterpriseRole.CLERK if role is EnterpriseRole.MANAGER else EnterpriseRole.MANAGER
    return {
        "name": one.person.name or _("还没有填姓名"),
        "phone": mask_phone(one.person.phone),
        "role": words(ENTERPRISE_ROLE_WORDS[role]),
        "own": one.id == viewer.id,
        "since": moments.moment(one.began_at, now()),
        "url": url_for("my_people.change", membership_id=one.id) if manages or one.id == viewer.id else "",
        "other_role": other.value,
        "other_words": words(ENTERPRISE_ROLE_WORDS[other]),
    }


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "name": one.name,
        "phone": mask_phone(one.phone),
        "role": words(ENTERPRISE_ROLE_WORDS[EnterpriseRole(one.role)]),
        "until": moments.moment(one.ends_at, now()),
        "revoke_url": url_for("my_people.revoke", invitation_id=one.id),
    }


def _entry(one: EnterpriseEntry) -> dict[str, Any]:
    return {
        "at": moments.moment(one.at, now()),
        "who": one.who,
        "what": words(HAPPENED_WORDS[Happened(one.what)], **one.data),
    }


def invited_page(found: Invitation, who: Person | None, token: str) -> dict[str, Any]:
    """Return the page behind an invitation's link."""
    target = url_for("my_people.invited", token=token)
    return {
        "name": found.enterprise.name,
        "role": words(ENTERPRISE_ROLE_WORDS[EnterpriseRole(found.role)]),
        "phone": mask_phone(found.phone),
        "until": moments.moment(found.ends_at, now()),
        "fits": who is not None and who.phone == found.phone,
        "login_url": url_for("my.login", next=target),
        "accept_url": url_for("my_people.accept", token=token),
        "other": who is not None and who.phone != found.phone,
        "logout_url": url_for("my.logout"),
    }


def settings_page(who: Person, form: Form, new_password: Form) -> dict[str, Any]:
    """Return what a person may say of themselves."""
    member = membership.membership()
    return {
        "account": _account(member, "settings"),
        "form": form,
        "new_password": new_password,
        "phone": mask_phone(who.phone),
        "has_password": who.password_hash is not None,
        "settings_url": url_for("my.settings"),
        "password_url": url_for("my.password"),
        "leave_url": url_for("my.leave_everywhere"),
    }
