"""Text messages by where they go: mainland China by a provider there, everywhere else by another."""

from dataclasses import dataclass

from ticketing.channels.base import Channel, Fetched, Missing
from ticketing.channels.sms_tencent import TencentSms
from ticketing.domain.messages import Outbound

MAINLAND = "+86"


@dataclass(frozen=True)
class SmsByCountry:
    """Two providers as one channel; a country for which there is none is refused."""

    mainland: TencentSms
    elsewhere: Channel | None

    def send(self, message: Outbound) -> str | None:
        """Hand the message to the provider of its country."""
        here = message.address.startswith(MAINLAND)
        channel: Channel = self.mainland if here else self.elsewhere or Missing()
        return channel.send(message)

    def fetch(self) -> Fetched:
        """Return what the provider that has to be asked knows."""
        return self.mainland.fetch()
