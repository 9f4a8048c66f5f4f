"""SMS by Twilio. By the provider's own pages it carries no SMS to mainland China for everybody: see docs."""

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
        self, account_sid: str, auth_token: str, sender: str, http_client: TwilioHttpClient | None = None
    ) -> None:
        client = http_client or TwilioHttpClient(timeout=TIMEOUT)
        self._client = Client(account_sid, auth_token, http_client=client)
        self._sender = sender

    def send(self, message: Outbound) -> str | None:
        """Send one text message; 429 and 5xx may be tried again, other refusals not."""
        try:
            sent = self._client.messages.create(to=message.address, from_=self._sender, body=message.body)
        except TwilioRestException as error:
            if error.status == TOO_MANY or error.status >= 500:
                raise Retry(f"Twilio answered {error.status}") from error
            raise Refused(f"Twilio refused it ({error.code}): {error.msg}") from error
        except OSError as error:
            raise Retry(f"Twilio cannot be reached: {type(error).__name__}") from error
        return sent.sid
