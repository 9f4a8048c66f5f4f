"""Articles as the mini-program lists and reads them."""

from marshmallow import Schema, fields, validate

from ticketing.domain.knowledge import OPEN_KINDS
from ticketing.web.requests import LAST_ID

KINDS = sorted(kind.value for kind in OPEN_KINDS)


class Wanted(Schema):
    """Which articles."""

    q = fields.String(validate=validate.Length(max=80), metadata={"description": "words to look for"})
    kind = fields.String(validate=validate.OneOf(KINDS))
    before = fields.Integer(
        validate=validate.Range(min=0, max=LAST_ID),
        metadata={"description": "the last id of the page before"},
    )


class ArticleLine(Schema):
    """An article in a list."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    kind_words = fields.String(required=True)
    source = fields.String(required=True)
    issued_on = fields.Date(required=True, allow_none=True)


class Article(Schema):
    """An article as a whole."""

    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    kind_words = fields.String(required=True)
    body = fields.String(required=True)
    source = fields.String(required=True)
    source_url = fields.String(required=True)
    issued_on = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    topic_code = fields.String(required=True, allow_none=True)
