"""What the schemas share: strict bodies, sentences in our own words, the one shape of a refusal."""

from typing import Any

import marshmallow
from marshmallow import fields, validate

from ticketing.domain.words import N_

EMPTY = N_("这一项不能为空。")
#: History numbers are small; anything beyond is a mistake and must not reach the database.
VERSION_MOST = 2**31 - 1


TAIL = "the last four digits of its telephone: asked for when there are many attempts in the whole system"
NOT_AN_OBJECT = N_("请求的内容应是一个 JSON 对象。")


def described(**said: Any) -> dict[str, Any]:
    """Return what there is to say of a field."""
    return {name: value for name, value in said.items() if value}


class Body(marshmallow.Schema):
    """A request body: what is not known is refused, for it is a typing error more often than not."""

    error_messages = {"unknown": N_("没有这一项。"), "type": NOT_AN_OBJECT}


class Text(fields.String):
    """Words; how long they may be is the domain's to say, and only told here."""

    default_error_messages = {
        "required": EMPTY,
        "null": EMPTY,
        "invalid": N_("这一项要填文字。"),
        "invalid_utf8": N_("这一项要填文字。"),
    }

    def __init__(self, *, most: int | None = None, told: str = "", **more: Any) -> None:
        super().__init__(metadata=described(description=told, maxLength=most), **more)

    def _deserialize(self, value: Any, *where: Any, **named: Any) -> Any:
        """Drop the half of a pair that a client cut through: no encoder takes it."""
        text = super()._deserialize(value, *where, **named)
        return text.encode(errors="ignore").decode()


class Number(fields.Integer):
    """A whole number between two bounds; 3.0 and "3" are not taken for 3."""

    default_error_messages = {
        "required": EMPTY,
        "null": EMPTY,
        "invalid": N_("这一项要填整数。"),
        "too_large": N_("数字超出范围。"),
    }

    def __init__(self, *, least: int, most: int, told: str = "", **more: Any) -> None:
        bounds = validate.Range(least, most, error=N_("数字超出范围。"))
        super().__init__(strict=True, validate=bounds, metadata=described(description=told), **more)


class Part(fields.Nested):
    """An object within the body."""

    default_error_messages = {"type": NOT_AN_OBJECT, "null": EMPTY, "required": EMPTY}


class Step(Body):
    """The version that the enterprise saw, to be told when something new came in while it was writing."""

    version = Number(least=0, most=VERSION_MOST, told="`version` of the request as it was read")


class Problem(marshmallow.Schema):
    """Every refusal: `code` for programs, `message` for people in their language, `fields` where one is wrong."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, data_key="fields", attribute="fields"
    )
    reference = fields.String(required=True, allow_none=True, metadata={"description": "id in our log"})
