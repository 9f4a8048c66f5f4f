"""What an enterprise reads of its own request, and what it says to it."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from ticketing.domain.text import BODY_MAX
from ticketing.domain.vocabulary import Result, State, TicketType
from ticketing.web.schemas.base import EMPTY, TAIL, Body, Number, Part, Step, Text


class Pair(Body):
    """What the receipt says; the last four digits of the telephone only where they were asked for."""

    number = Text(required=True, told="13 digits, dashes and blanks are forgiven")
    password = Text(required=True, told="six digits")
    phone_tail = Text(load_default="", told=TAIL)


class Token(Schema):
    """Goes into `Authorization: Bearer …`; short-lived."""

    token = fields.String(required=True)
    expires_at = fields.DateTime(required=True)


class Lost(Body):
    """The request whose query password is lost."""

    number = Text(required=True, told="13 digits, dashes and blanks are forgiven")


class Found(Lost):
    """The code that went to the telephone on file."""

    code = Text(required=True, told="six digits, good for ten minutes and once")


class NewPair(Schema):
    """A new query password; the old one no longer opens, and tokens that it opened have ended."""

    number = fields.String(required=True)
    password = fields.String(required=True)


class LoginCode(Body):
    """What `wx.login` gave."""

    code = Text(required=True, most=128)


class Subscription(Schema):
    """What the mini-program asks the enterprise to agree to."""

    template_id = fields.String(required=True, metadata={"description": "for `wx.requestSubscribeMessage`"})


class Remark(Step):
    """A step with or without words."""

    text = Text(most=BODY_MAX, load_default="")


class Statement(Step):
    """A step that needs words."""

    text = Text(most=BODY_MAX, required=True)


class Ratings(Body):
    """Satisfaction, 1 (not at all) to 5; each may be left out."""

    promptness = Number(least=1, most=5)
    attitude = Number(least=1, most=5)
    result = Number(least=1, most=5)


class Confirmation(Remark):
    """The enterprise accepts the answer."""

    ratings = Part(Ratings, load_default=dict)


class NewFile(Body):
    """One file of a form."""

    file = Upload(required=True, error_messages={"required": EMPTY, "null": EMPTY})


class Deadline(Schema):
    """The promise: `level` is ok, soon, over, paused or none; `words` say it for people."""

    at = fields.DateTime(required=True, allow_none=True)
    level = fields.String(required=True)
    words = fields.String(required=True)
    provisional = fields.Boolean(
        required=True, metadata={"description": "rests on days that no notice has announced yet"}
    )


class Entry(Schema):
    """One line of the public history."""

    id = fields.Integer(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})
    who = fields.String(required=True)
    verb = fields.String(required=True)
    body = fields.String(required=True)


class Question(Schema):
    """What the bureau needs to know; `until` ends the pause."""

    text = fields.String(required=True)
    until = fields.DateTime(required=True, allow_none=True)


class Answer(Schema):
    """The answer that waits for the enterprise's word."""

    text = fields.String(required=True)
    result = fields.Enum(Result, by_value=True, required=True, allow_none=True)
    result_words = fields.String(required=True)
    bureau = fields.String(required=True)
    at = fields.DateTime(required=True)
    contest_until = fields.DateTime(required=True, allow_none=True)


class File(Schema):
    """A file of the request."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    url = fields.String(required=True)
    added_at = fields.DateTime(required=True)


class Request(Schema):
    """A request as its enterprise may read it."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    sentence = fields.String(required=True, metadata={"description": "the state in plain words"})
    type = fields.Enum(TicketType, by_value=True, required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    received_at = fields.DateTime(required=True)
    bureau = fields.String(required=True, metadata={"description": "empty until one is found"})
    deadline = fields.Nested(Deadline, required=True)
    reasons = fields.List(
        fields.String(), required=True, metadata={"description": "why the deadline stands or has moved"}
    )
    question = fields.Nested(Question, required=True, allow_none=True)
    answer = fields.Nested(Answer, required=True, allow_none=True)
    timeline = fields.List(fields.Nested(Entry), required=True, metadata={"description": "newest first"})
    files = fields.List(fields.Nested(File), required=True)
    steps = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "what may be posted now, by the last part of its address"},
    )
