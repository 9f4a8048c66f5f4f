"""The steps of the web form: their order, their forms, what each of them checks before the next."""

from collections.abc import Callable
from typing import Any

from ticketing.domain import text
from ticketing.domain.contact import parse_email, parse_phone
from ticketing.domain.errors import Invalid, InvalidFields
from ticketing.domain.register_code import parse_register_code
from ticketing.domain.words import N_
from ticketing.services.notifications import is_mobile
from ticketing.services.province import Province
from ticketing.web import choices
from ticketing.web.forms import submit as forms
from ticketing.web.forms.base import NOTHING, Form

STEPS = ("what", "where", "matter", "contact", "check")
FORMS: dict[str, type[Form]] = {
    "what": forms.What,
    "where": forms.Where,
    "matter": forms.Matter,
    "contact": forms.Contact,
    "check": forms.Check,
}
#: Field of a request -> the step that asks for it.
STEP_OF = {
    "type": "what", "topic_code": "what", "region_code": "where", "subject": "matter", "body": "matter",
    "files": "matter", "enterprise": "contact", "register_code": "contact", "requester": "contact",
    "phone": "contact", "email": "contact",
}  # fmt: skip


def _reachable(told_by: list[str], email: str, phone: str) -> None:
    """Refuse a way to be told for which no address was left.

    Raises:
        Invalid: field `email`, `told_by`.
    """
    if "mail" in told_by and not email.strip():
        raise Invalid(N_("选了电子邮件，请填写邮箱地址。"), field="email")
    if "sms" in told_by and phone.strip() and not is_mobile(parse_phone(phone).e164):
        raise Invalid(N_("座机收不到短信，请填写手机号，或者换一种通知方式。"), field="told_by")


CHECKS: dict[str, tuple[Callable[[Any], object], ...]] = {
    "where": (lambda f: text.limited(f.place.data, field="place", most=text.NAME_MAX),),
    "matter": (
        lambda f: text.require(f.subject.data, field="subject", most=text.SUBJECT_MAX),
        lambda f: text.require(f.body.data, field="body", most=text.BODY_MAX),
    ),
    "contact": (
        lambda f: text.require(f.enterprise.data, field="enterprise", most=text.NAME_MAX),
        lambda f: text.require(f.name.data, field="name", most=text.NAME_MAX),
        lambda f: parse_register_code(f.register_code.data or ""),
        lambda f: parse_phone(f.phone.data or ""),
        lambda f: parse_email(f.email.data or ""),
        lambda f: _reachable(f.told_by.data or [], f.email.data or "", f.phone.data or ""),
    ),
}


ASKED = "ask_"


def of(values: dict[str, Any], province: Province) -> list[str]:
    """Return the steps that a request needs: where it happened is not asked of a topic that is the same anywhere."""
    topic = province.directory.topics.get(values.get("topic") or "")
    return [name for name in STEPS if name != "where" or topic is None or topic.needs_region]


def asked(values: dict[str, Any], province: Province) -> dict[str, str]:
    """Return what was answered to the questions of the topic, by their Chinese words."""
    found = {one.words_zh: values.get(f"{ASKED}{one.key}") for one in province.form.of(values.get("topic"))}
    return {words: answer for words, answer in found.items() if answer}


def form(name: str, province: Province, topic: str | None = None, **values: Any) -> Form:
    """Return the form of a step with the province's choices in it, and what the topic asks besides."""
    kind = FORMS[name]
    if name == "matter" and (questions := province.form.of(topic)):
        kind = type("Matter", (kind,), {f"{ASKED}{one.key}": forms.asking(one) for one in questions})
    drawn = kind(**values)
    if isinstance(drawn, forms.What):
        drawn.topic.choices = [NOTHING, *choices.topics(province)]
    if isinstance(drawn, forms.Where):
        drawn.region.choices = [NOTHING, *choices.regions(province)]
    return drawn


def check(name: str, filled: Form) -> None:
    """Check a step by the rules of the domain, all of its fields at once.

    Raises:
        InvalidFields: what is wrong; fields that the form itself refused are told there already.
    """
    fits = filled.validate()
    problems = []
    for rule in CHECKS.get(name, ()):
        try:
            rule(filled)
        except Invalid as problem:
            if not filled[problem.field or ""].errors:
                problems.append(problem)
    if problems or not fits:
        raise InvalidFields(problems)
