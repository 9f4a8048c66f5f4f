"""The twin for the demo: what would have been sent is kept to be shown, once for each message."""

from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.clock import Clock
from ticketing.domain.messages import Outbound
from ticketing.extensions import db
from ticketing.models import ConsoleMessage


class ConsoleChannel:
    """Writes to a table instead of to people."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def send(self, message: Outbound) -> str | None:
        """Keep the message; the same key a second time changes nothing, as with a provider that knows it."""
        row = {
            "delivery_key": message.key,
            "channel": message.channel,
            "address": message.address,
            "subject": message.subject,
            "body": message.body,
            "at": self._clock(),
        }
        with db.engine.begin() as connection:
            connection.execute(insert(ConsoleMessage.__table__).values(row).on_conflict_do_nothing())
        return f"console-{message.key}"
