"""SMS by Twilio. By the provider's own pages none comes back from mainland China, and not all of it goes there: see
docs/telephone.md."""

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ticketing.channels.base import Refused, Retry
from ticketing.domain.messages import Outbound

TIMEOUT = 10
TOO_MANY = 429


class TwilioSms:
    """Sends text messages from one number of ours."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        receipts: str | None = None,
        http_client: TwilioHttpClient | None = None,
    ) -> None:
        """`receipts`: the public address at which the provider tells what became of a message."""
        client = http_client or TwilioHttpClient(timeout=TIMEOUT)
        self._client = Client(account_sid, auth_token, http_client=client)
        self._sender, self._receipts = sender, receipts

    def send(self, message: Outbound) -> str | None:
        """Send one text message; 429 and 5xx may be tried again, other refusals not."""
        told = {"status_callback": f"{self._receipts}?delivery={message.key}"} if self._receipts else {}
        try:
            sent = self._client.messages.create(
                to=message.address, from_=self._sender, body=message.body, **told
            )
        except TwilioRestException as error:
            if error.status == TOO_MANY or error.status >= 500:
                raise Retry(f"Twilio answered {error.status}") from error
            raise Refused(f"Twilio refused it ({error.code}): {error.msg}") from error
        except OSError as error:
            raise Retry(f"Twilio cannot be reached: {type(error).__name__}") from error
        return sent.sid
