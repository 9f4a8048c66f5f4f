"""WeChat's login code for a token of ours; a request sent with it is told of by subscription messages."""

from typing import Any

import structlog
from flask import current_app

from ticketing.channels.base import Refused, Retry
from ticketing.domain.errors import Invalid, Unavailable
from ticketing.domain.text import require
from ticketing.domain.words import N_
from ticketing.web.api import tokens
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.guard import open_to_all
from ticketing.web.schemas.own import LoginCode, Subscription, Token

wechat = Blueprint("wechat", __name__, description="The mini-program's login")
log = structlog.get_logger()
CODE_MOST = 128


@wechat.post("/wechat/sessions")
@open_to_all
@wechat.response(201, Token)
@refuses(wechat, 503, *BODY)
@wechat.arguments(LoginCode)
def log_in(body: dict[str, str]) -> dict[str, Any]:
    """Exchange a login code; WeChat's session key stays on the server and is not kept."""
    code = require(body["code"], field="code", most=CODE_MOST)
    try:
        openid = current_app.extensions["channels"]["wechat"].openid(code)
    except Refused as refusal:
        log.info("login code refused", reason=str(refusal))
        raise Invalid(N_("微信登录码不对或已用过，请再登录一次。"), field="code") from None
    except Retry as trouble:
        log.warning("WeChat is away", reason=str(trouble))
        raise Unavailable(N_("微信暂时没有响应，请稍后再试。")) from None
    return tokens.issue(tokens.WECHAT, {"openid": openid})


@wechat.get("/wechat/subscription")
@open_to_all
@wechat.response(200, Subscription)
def subscription() -> dict[str, str]:
    """Name the message that tells of news; each consent lets one be sent."""
    return {"template_id": current_app.extensions["channels"]["wechat"].template_id}
