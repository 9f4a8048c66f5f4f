"""The steps of the web form: their order, their forms, what each of them checks before the next."""

from collections.abc import Callable
from typing import Any

from ticketing.domain import text
from ticketing.domain.contact import parse_email, parse_phone
from ticketing.domain.errors import Invalid, InvalidFields
from ticketing.domain.register_code import parse_register_code
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
    ),
}


def form(name: str, province: Province, **values: Any) -> Form:
    """Return the form of a step with the province's choices in it."""
    drawn = FORMS[name](**values)
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
