"""SMS inside mainland China by Tencent Cloud, through its own kit: approved templates, receipts and replies to fetch.

The carriers let no free text through, so each kind of letter has a template of its own, approved beforehand; a message
without one is refused here, and shown among the failed ones, before anybody counts on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from ticketing.channels.base import Fetched, Receipt, Refused, Reply, Retry
from ticketing.domain.messages import Outbound

TIMEOUT = 10
REGION = "ap-guangzhou"
AT_ONCE = 100
OK = "Ok"
#: Codes, by their beginnings, that may be different a little later.
LATER = (
    "ClientNetworkError", "ServerNetworkError", "InternalError", "RequestLimitExceeded",
    "LimitExceeded.DeliveryFrequencyLimit", "LimitExceeded.AppGlobalDailyLimit",
    "LimitExceeded.DailyLimit", "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
)  # fmt: skip


@dataclass(frozen=True)
class TencentAccount:
    """Keys, the application, the approved signature, and for each letter the template and its places in order."""

    secret_id: str
    secret_key: str
    app_id: str
    sign: str
    templates: Mapping[str, Sequence[str]]


class TencentSms:
    """Sends by template; fetches what became of messages and what was answered."""

    def __init__(
        self, account: TencentAccount, *, endpoint: str | None = None, protocol: str = "https"
    ) -> None:
        """`endpoint` and `protocol`: another place of the provider's API than its own."""
        self._account = account
        http = HttpProfile(protocol=protocol, endpoint=endpoint, reqTimeout=TIMEOUT)
        credential = Credential(account.secret_id, account.secret_key)
        self._client = SmsClient(credential, REGION, ClientProfile(httpProfile=http))

    def send(self, message: Outbound) -> str | None:
        """Send one message by the template of its letter; the delivery's key comes back with its receipt."""
        template = self._template(message)
        values = message.data.get("values", {})
        asked = models.SendSmsRequest()
        asked.PhoneNumberSet, asked.SmsSdkAppId = [message.address], self._account.app_id
        asked.SignName, asked.TemplateId = self._account.sign, template[0]
        asked.TemplateParamSet = [str(values.get(name, "")) for name in template[1:]]
        asked.SessionContext = message.key
        [sent] = self._ask(self._client.SendSms, asked).SendStatusSet
        if sent.Code == OK:
            return str(sent.SerialNo)
        if sent.Code.startswith(LATER):
            raise Retry(f"Tencent Cloud answered {sent.Code}")
        raise Refused(f"Tencent Cloud refused it ({sent.Code})")

    def _template(self, message: Outbound) -> Sequence[str]:
        letter, locale = message.data.get("letter", ""), message.data.get("locale", "zh")
        templates = self._account.templates
        found = templates.get(f"{letter}.{locale}") or templates.get(letter)
        if not found:
            raise Refused(f"no approved template for {letter or 'this message'}")
        return found

    def fetch(self) -> Fetched:
        """Return receipts and replies that were not fetched before; the provider forgets what it handed over.

        Raises:
            Retry: not now.
        """
        wanted = {"SmsSdkAppId": self._account.app_id, "Limit": AT_ONCE}
        receipts = self._pull(self._client.PullSmsSendStatus, models.PullSmsSendStatusRequest(), wanted)
        replies = self._pull(self._client.PullSmsReplyStatus, models.PullSmsReplyStatusRequest(), wanted)
        return Fetched(
            tuple(_receipt(one) for one in receipts.PullSmsSendStatusSet or ()),
            tuple(_reply(one) for one in replies.PullSmsReplyStatusSet or ()),
        )

    def _pull(self, verb: Any, asked: Any, wanted: dict[str, Any]) -> Any:
        for name, value in wanted.items():
            setattr(asked, name, value)
        try:
            return self._ask(verb, asked)
        except Refused as refusal:
            raise Retry(str(refusal)) from refusal

    @staticmethod
    def _ask(verb: Any, asked: Any) -> Any:
        try:
            return verb(asked)
        except TencentCloudSDKException as error:
            if str(error.code).startswith(LATER):
                raise Retry(f"Tencent Cloud cannot be asked: {error.code}") from error
            raise Refused(f"Tencent Cloud refused it ({error.code})") from error


def _receipt(one: Any) -> Receipt:
    arrived = one.ReportStatus == "SUCCESS"
    return Receipt(
        str(one.SessionContext or ""), "delivered" if arrived else "undelivered", one.Description or ""
    )


def _reply(one: Any) -> Reply:
    identity = f"{one.PhoneNumber}|{one.ReplyTime}|{one.ReplyContent}"
    return Reply(identity, str(one.PhoneNumber), str(one.ReplyContent))
