"""A request as the mini-program sends it, and its receipt."""

from marshmallow import Schema, fields, validate

from ticketing.domain.text import BODY_MAX, NAME_MAX, SUBJECT_MAX
from ticketing.domain.vocabulary import State, TicketType
from ticketing.domain.words import N_
from ticketing.web.schemas.account import WHICH
from ticketing.web.schemas.base import Body, Text

LOCALES = ("zh", "en")


class Repeats(Body):
    """The header that makes every try of one request the same request."""

    key = Text(
        data_key="Idempotency-Key",
        told="any text of yours, the same for each try of one request and never used for another",
        validate=validate.Regexp(r"^[!-~]{8,128}$", error=N_("这里要 8 到 128 个字符，不含空格和汉字。")),
    )


class NewRequest(Body):
    """The enterprise's words; codes come from the lists. Without a WeChat login a telephone is needed."""

    subject = Text(most=SUBJECT_MAX, load_default="", told="left out: the first words of the body")
    body = Text(most=BODY_MAX, required=True)
    type = Text(
        told="left out: by topic and words",
        validate=validate.OneOf(list(TicketType), error=N_("没有这种诉求类型，请从列表中选择。")),
    )
    topic_code = Text(told="code of a topic")
    region_code = Text(told="code of the place that it is about")
    enterprise = Text(most=NAME_MAX, load_default="")
    register_code = Text(load_default="", told="unified social credit code, 18 characters")
    requester = Text(most=NAME_MAX, load_default="", told="the person to speak to")
    phone = Text(load_default="", told="mobile, or landline with area code")
    email = Text(most=NAME_MAX, load_default="")
    account = Text(
        load_default="",
        told="a token of `POST /my/sessions`: the request is the enterprise's own then, unless it is a report",
    )
    account_enterprise = Text(load_default="", told=WHICH)
    locale = Text(
        told="language of notices; left out: that of the request",
        validate=validate.OneOf(LOCALES, error=N_("语言只能是 zh 或 en。")),
    )


class Receipt(Schema):
    """Number and password; the password is said once, a repeated request gets null."""

    number = fields.String(required=True)
    password = fields.String(required=True, allow_none=True)
    state = fields.Enum(State, by_value=True, required=True)
    sentence = fields.String(required=True)
    bureau = fields.String(required=True, metadata={"description": "empty until one is found"})
    due_at = fields.DateTime(required=True, allow_none=True)
    duplicate = fields.Boolean(required=True)
    own = fields.Boolean(
        required=True, metadata={"description": "whether the enterprise of `account` sees it among its own"}
    )
