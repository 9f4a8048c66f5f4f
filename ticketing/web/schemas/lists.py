"""Topics and regions as the mini-program lists them, in both languages."""

from marshmallow import Schema, fields


class Topic(Schema):
    """What requests are about."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    line = fields.String(required=True, metadata={"description": "department whose line it is"})
    line_zh = fields.String(required=True, metadata={"description": "what that department is called"})
    line_en = fields.String(required=True)
    type_default = fields.String(required=True)
    needs_region = fields.Boolean(required=True)


class Region(Schema):
    """Province, prefecture or county, by GB/T 2260 code."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(required=True, allow_none=True)
