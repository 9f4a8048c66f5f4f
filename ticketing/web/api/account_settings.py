"""How a person of an enterprise is told, for programs: the services of the page `/my/settings`."""

from typing import Any

from ticketing.domain.enterprise import CHANNEL_WORDS
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Person
from ticketing.services import people
from ticketing.web.api import tokens
from ticketing.web.api.account import SECURED, Body
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.i18n import words
from ticketing.web.schemas import account as schemas

account_settings = Blueprint("account settings", __name__, description="How the person is told")
WECHAT_ENDED = N_("微信登录已经过期，请再试一次。")


@account_settings.get("/my/settings")
@tokens.signed_in
@account_settings.doc(security=SECURED)
@account_settings.response(200, schemas.Settings)
@refuses(account_settings, 401)
def read(who: Person) -> dict[str, Any]:
    """Say what the person is called and how he or she wants to be told of own requests."""
    return _settings(who)


def _settings(who: Person) -> dict[str, Any]:
    return {
        "name": who.name,
        "email": who.email or "",
        "told_by": [way for way in CHANNEL_WORDS if way in who.told_by],
        "ways": [{"way": way, "words": words(word)} for way, word in CHANNEL_WORDS.items()],
    }


@account_settings.put("/my/settings")
@tokens.signed_in
@account_settings.doc(security=SECURED)
@account_settings.response(200, schemas.Settings)
@refuses(account_settings, 401, *BODY)
@account_settings.arguments(schemas.NewSettings)
def settle(body: Body, who: Person) -> dict[str, Any]:
    """Choose how to be told; WeChat can be chosen once it is tied, by its token or by a request taken over."""
    with transaction():
        if body["wechat"]:
            people.tie_wechat(who, _openid(body["wechat"]))
        people.settle(who, name=body["name"], email=body["email"], told_by=body["told_by"])
    return _settings(who)


def _openid(token: str) -> str:
    said = tokens.read(tokens.WECHAT, token)
    if said is None:
        raise Invalid(WECHAT_ENDED, field="wechat")
    return str(said["openid"])
