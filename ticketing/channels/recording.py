"""The twin for tests: remembers what it was given, fails as told."""

from dataclasses import dataclass, field

from ticketing.domain.messages import Outbound


@dataclass
class RecordingChannel:
    """Keeps messages; `failures` are raised first, one a message."""

    sent: list[Outbound] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, message: Outbound) -> str | None:
        """Remember the message."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return f"recorded-{len(self.sent)}"
