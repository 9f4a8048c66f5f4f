"""What was recorded at the provider, handed through as it comes: nothing of it is kept here."""

from collections.abc import Iterator
from dataclasses import dataclass

import requests

from ticketing.channels.base import Refused, Retry

TIMEOUT = (4, 10)
PIECE = 64 * 1024
API = "https://api.twilio.com"
#: What a player needs in order to jump within a recording.
KEPT = ("Content-Length", "Content-Range", "Accept-Ranges")


@dataclass(frozen=True)
class Sound:
    """A recording, or the stretch of it that was asked for; `pieces` are read as they are played."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


@dataclass(frozen=True)
class TwilioRecordings:
    """The recordings of one account."""

    account_sid: str
    auth_token: str
    api: str = API

    def hear(self, recording: str, stretch: str = "") -> Sound:
        """Return a recording; `stretch` is the player's own `Range`.

        Raises:
            Refused: the provider has none of that name, or no longer.
            Retry: it cannot be asked now.
        """
        url = f"{self.api}/2010-04-01/Accounts/{self.account_sid}/Recordings/{recording}.mp3"
        headers = {"Range": stretch} if stretch else {}
        try:
            answer = requests.get(
                url, auth=(self.account_sid, self.auth_token), headers=headers, timeout=TIMEOUT, stream=True
            )
        except requests.RequestException as error:
            raise Retry(type(error).__name__) from error
        if answer.status_code not in (200, 206):
            answer.close()
            kind = Retry if answer.status_code >= 500 else Refused
            raise kind(f"Twilio answered {answer.status_code}")
        kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        return Sound(answer.status_code, kept, answer.iter_content(PIECE))
