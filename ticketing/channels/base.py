"""What a channel is: it takes one message for one address, or says why not and whether to try again."""

from typing import Protocol

from ticketing.domain.messages import Outbound


class Retry(Exception):
    """The provider cannot take the message now."""


class Refused(Exception):
    """The provider will never take this message; the reason is for the deliveries page."""


class Missing:
    """Stands where no channel is set up any more."""

    def send(self, _message: Outbound) -> str | None:
        """Refuse."""
        raise Refused("this channel is not set up")


class Channel(Protocol):
    """One way out of the house."""

    def send(self, message: Outbound) -> str | None:
        """Hand the message over and return the provider's id for it.

        Raises:
            Retry: not now.
            Refused: never.
        """
