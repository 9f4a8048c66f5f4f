"""WeChat: log-in codes and subscription messages of the mini-program.

Errors arrive with HTTP 200; `errcode` decides. The access token is one for the whole system and lives in Valkey.
"""

from dataclasses import dataclass
from typing import Any

import redis
import requests

from ticketing.channels.base import Refused, Retry
from ticketing.domain.messages import Outbound

TIMEOUT = 10
TOKEN_KEY = "wechat:access-token"  # noqa: S105  the name of a key
STALE = frozenset({40001, 40014, 42001})
FINAL = {
    43101: "the user did not subscribe",
    47003: "the template's fields are wrong",
    40003: "unknown openid",
}
#: How long a value may be by what the template calls it before its digits; WeChat refuses the message for one more.
MOST = {"thing": 20, "character_string": 32, "number": 32, "letter": 32, "time": 40, "date": 40, "phrase": 5}


@dataclass(frozen=True)
class WeChatAccount:
    """The mini-program and its template."""

    app_id: str
    app_secret: str
    template_id: str
    base: str


def fitting(name: str, value: object) -> str:
    """Return a value as the template's field takes it: one line, never longer than its kind may be, never empty.

    Raises:
        Refused: nothing is left of it, or the kind of the field is none that we fill.
    """
    kind = name.rstrip("0123456789")
    line = " ".join(str(value).split())
    if kind == "character_string":
        line = "".join(char for char in line if "!" <= char <= "~")
    if kind not in MOST or not line:
        raise Refused(f"nothing fits the template's field {name}")
    cut = f"{line[: MOST[kind] - 1]}…" if kind == "thing" else line[: MOST[kind]]
    return line if len(line) <= MOST[kind] else cut


class WeChat:
    """Speaks the three endpoints that the product needs."""

    def __init__(self, account: WeChatAccount, store: "redis.Redis[Any]") -> None:
        self._account, self._store = account, store

    @property
    def template_id(self) -> str:
        """The message that an enterprise agrees to in the mini-program."""
        return self._account.template_id

    def openid(self, code: str) -> str:
        """Return who logged in with a code of the mini-program; the session key never leaves this function.

        Raises:
            Refused: the code is wrong or used.
            Retry: the provider is busy.
        """
        account = self._account
        query = {
            "appid": account.app_id,
            "secret": account.app_secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = self._call("GET", "/sns/jscode2session", params=query)
        if "openid" not in answer:
            raise Refused(f"the code was not accepted ({answer.get('errcode')})")
        return str(answer["openid"])

    def send(self, message: Outbound) -> str | None:
        """Send one subscription message; a stale token is fetched anew once."""
        body = {
            "touser": message.address,
            "template_id": self._account.template_id,
            "page": message.data.get("page", ""),
            "data": {name: {"value": fitting(name, value)} for name, value in message.data["fields"].items()},
        }
        for fresh in (False, True):
            query = {"access_token": self._token(fresh=fresh)}
            answer = self._call("POST", "/cgi-bin/message/subscribe/send", params=query, json=body)
            code = answer.get("errcode", 0)
            if code not in STALE:
                break
        if code == 0:
            return str(answer.get("msgid", ""))
        if code in FINAL:
            raise Refused(FINAL[code])
        raise Retry(f"WeChat answered {code}")

    def _token(self, *, fresh: bool) -> str:
        kept = None if fresh else self._store.get(TOKEN_KEY)
        if kept:
            return str(kept.decode())
        account = self._account
        query = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
        answer = self._call("GET", "/cgi-bin/token", params=query)
        if "access_token" not in answer:
            raise Retry(f"WeChat gave no access token ({answer.get('errcode')})")
        self._store.set(TOKEN_KEY, answer["access_token"], ex=max(60, int(answer["expires_in"]) - 300))
        return str(answer["access_token"])

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = requests.request(method, self._account.base + path, timeout=TIMEOUT, **more)
            answer.raise_for_status()
            return dict(answer.json())
        except (requests.RequestException, ValueError) as error:
            raise Retry(f"WeChat cannot be reached: {type(error).__name__}") from error
