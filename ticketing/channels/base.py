"""What a channel is: it takes one message for one address, or says why not and whether to try again."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

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


@dataclass(frozen=True)
class Receipt:
    """What became of a message; `key` is its delivery's, `told` a word of `services.receipts`."""

    key: str
    told: str
    error: str = ""


@dataclass(frozen=True)
class Reply:
    """A message that came in; `identity` is the same however often it is fetched, and may hold what was said."""

    identity: str
    sender: str
    body: str


@dataclass(frozen=True)
class Fetched:
    """What a provider has to be asked for."""

    receipts: tuple[Receipt, ...] = ()
    replies: tuple[Reply, ...] = ()


@runtime_checkable
class Fetching(Protocol):
    """A channel whose provider has to be asked for receipts and replies."""

    def fetch(self) -> Fetched:
        """Return what was not fetched before.

        Raises:
            Retry: not now.
        """
