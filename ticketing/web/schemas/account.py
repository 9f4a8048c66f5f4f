"""The enterprise's account for programs: who has signed in, for whom, its own requests, its people."""

from marshmallow import Schema, fields, validate

from ticketing.domain.enterprise import CHANNEL_WORDS, EnterpriseRole
from ticketing.domain.text import NAME_MAX
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.services.own_requests import CONDITIONS
from ticketing.web.schemas.base import EMPTY, TAIL, Body, Text

WHICH = "register code of the enterprise; without it the first that the person acts for"


class Telephone(Body):
    """Where the code goes."""

    phone = Text(required=True, told="a mobile number")


class SignIn(Telephone):
    """The code that came to the telephone."""

    code = Text(required=True, told="six digits, good for ten minutes and once")


class Proof(Body):
    """The enterprise that is to be proved; a code goes to its legal person."""

    register_code = Text(required=True, told="unified social credit code, 18 characters")


class Proved(Proof):
    """The code that the legal person passed on."""

    code = Text(required=True)


class AskCall(Proof):
    """The wish for a checked call, where the legal person's telephone takes no code."""

    name = Text(required=True, most=NAME_MAX, told="what the enterprise is called")


class Call(Schema):
    """A checked call that the person waits for; what it showed comes by text message."""

    register_code = fields.String(required=True)
    name = fields.String(required=True)
    asked_at = fields.DateTime(required=True)


class OwnEnterprise(Schema):
    """An enterprise that the person acts for."""

    register_code = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.Enum(EnterpriseRole, by_value=True, required=True)
    role_words = fields.String(required=True)


class Account(Schema):
    """Who has signed in."""

    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "masked"})
    enterprises = fields.List(fields.Nested(OwnEnterprise), required=True)
    call = fields.Nested(
        Call, required=True, allow_none=True, metadata={"description": "the checked call that is waited for"}
    )


class Way(Schema):
    """A way to be told."""

    way = fields.String(required=True)
    words = fields.String(required=True)


class Settings(Schema):
    """What the person says of themselves, and how they want to be told."""

    name = fields.String(required=True, metadata={"description": "empty before it was ever said"})
    email = fields.String(required=True, metadata={"description": "empty where there is none"})
    told_by = fields.List(fields.String(), required=True, metadata={"description": "of `ways`; may be empty"})
    ways = fields.List(fields.Nested(Way), required=True, metadata={"description": "what can be chosen"})


class Ways(fields.List):
    """The chosen ways; none is a choice too."""

    default_error_messages = {
        "required": EMPTY,
        "null": EMPTY,
        "invalid": N_("这一项要填通知方式的列表。"),
    }


class NewSettings(Body):
    """All of it anew; what is left out is empty from then on, so `told_by` has to be there."""

    name = Text(required=True, most=NAME_MAX)
    email = Text(most=NAME_MAX, load_default="", told="needed where mail is chosen")
    told_by = Ways(Text(), required=True, metadata={"description": " or ".join(CHANNEL_WORDS)})
    wechat = Text(
        load_default="",
        told="a token of `POST /wechat/sessions`: ties this WeChat to the person, so that it can be chosen",
    )


class Which(Schema):
    """Of which enterprise."""

    enterprise = fields.String(
        load_default="", validate=validate.Length(max=18), metadata={"description": WHICH}
    )


class Wanted(Which):
    """Which requests."""

    which = fields.String(load_default="", validate=validate.OneOf(["", *CONDITIONS]))
    before = fields.String(load_default="", metadata={"description": "`older` of the page before"})


class Line(Schema):
    """A request of the enterprise in a list."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    sentence = fields.String(required=True, metadata={"description": "the state in plain words"})
    bureau = fields.String(required=True, metadata={"description": "empty until one is found"})
    received_at = fields.DateTime(required=True)
    yours = fields.Boolean(required=True, metadata={"description": "whether it waits for the enterprise"})


class Requests(Schema):
    """A page of own requests, the newest first."""

    waiting = fields.Integer(required=True, metadata={"description": "how many wait for the enterprise"})
    requests = fields.List(fields.Nested(Line), required=True)
    older = fields.String(
        required=True, metadata={"description": "goes into `before`; empty on the last page"}
    )


class Number(Body):
    """A request of the enterprise."""

    number = Text(required=True, told="13 digits, dashes and blanks are forgiven")


class Claim(Number):
    """An earlier request, with its query password."""

    password = Text(required=True, told="six digits")
    phone_tail = Text(load_default="", told=TAIL)
    enterprise = Text(load_default="", told=WHICH)


class Somebody(Schema):
    """Who acts for an enterprise, or is to."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "masked"})
    role = fields.Enum(EnterpriseRole, by_value=True, required=True)


class Member(Somebody):
    """Somebody who acts for the enterprise."""

    role_words = fields.String(required=True)
    yourself = fields.Boolean(required=True)


class Invited(Somebody):
    """An invitation that still opens."""

    ends_at = fields.DateTime(required=True)


class People(Schema):
    """Who acts for the enterprise; invitations are shown to its managers."""

    manages = fields.Boolean(required=True, metadata={"description": "whether one may change anything here"})
    members = fields.List(fields.Nested(Member), required=True)
    invitations = fields.List(fields.Nested(Invited), required=True)


class Invite(Telephone):
    """A colleague, who gets a link by text message."""

    name = Text(required=True)
    role = Text(required=True, told=" or ".join(sorted(role.value for role in EnterpriseRole)))
    enterprise = Text(load_default="", told=WHICH)


class NewRole(Body):
    """What somebody may do from now on."""

    role = Text(required=True, told=" or ".join(sorted(role.value for role in EnterpriseRole)))


class Joining(Body):
    """The last part of the link that came by text message."""

    token = Text(required=True)
