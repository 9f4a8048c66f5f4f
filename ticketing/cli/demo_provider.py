"""The demo's provider: sends its webhooks at a pace, and answers on loopback what it is asked of its calls."""

import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from ticketing.channels.voice_twilio import TwilioVoice
from ticketing.services.demo_storm import Hook, Story

SENDERS = 8
TRIES = 3
PATIENCE = 15
WRONG = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
REFUSED = 403


@dataclass
class Sent:
    """What became of the webhooks."""

    milliseconds: list[float] = field(default_factory=list)
    forgeries: int = 0
    accepted: int = 0
    unanswered: int = 0
    seconds: float = 0.0

    @property
    def p95(self) -> float:
        """The time within which 95 of 100 genuine webhooks were answered."""
        found = sorted(self.milliseconds)
        return found[int(len(found) * 0.95)] if found else 0.0


def send(hooks: Sequence[Hook], voice: TwilioVoice, server: str, speed: float) -> Sent:
    """Send webhooks, so many a second, from several lines at once; a server that is away is tried as providers do."""
    sent, lock = Sent(), threading.Lock()
    waiting: queue.SimpleQueue[tuple[float, Hook] | None] = queue.SimpleQueue()
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=_sender, args=(waiting, voice, server, lambda: _locked(lock, sent)), daemon=True
        )
        for _ in range(SENDERS)
    ]
    for number, hook in enumerate(hooks):
        waiting.put((began + number / speed, hook))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.seconds = time.perf_counter() - began
    return sent


@contextlib.contextmanager
def _locked(lock: threading.Lock, sent: Sent) -> Iterator[Sent]:
    with lock:
        yield sent


def _sender(
    waiting: "queue.SimpleQueue[tuple[float, Hook] | None]",
    voice: TwilioVoice,
    server: str,
    books: Callable[[], contextlib.AbstractContextManager[Sent]],
) -> None:
    place = urlsplit(server)
    line = HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)
    while (next_one := waiting.get()) is not None:
        when, hook = next_one
        time.sleep(max(0.0, when - time.perf_counter()))
        url = voice.url(hook.name, hook.given)
        signature = WRONG if hook.forged else voice.sign(url, hook.form)
        status, took = _post(line, url.partition("/hooks/")[2], hook.form, signature)
        with books() as sent:
            sent.forgeries += hook.forged
            sent.accepted += hook.forged and status not in (0, REFUSED)
            sent.unanswered += status == 0
            if status and not hook.forged:
                sent.milliseconds.append(took)
    line.close()


def _post(line: HTTPConnection, path: str, form: dict[str, str], signature: str) -> tuple[int, float]:
    """Post a form; return the status, 0 where there was no answer, and the milliseconds that it took."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    for attempt in range(TRIES):
        began = time.perf_counter()
        try:
            line.request("POST", f"/hooks/{path}", urlencode(form), headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, HTTPException):
            line.close()
            time.sleep(0.2 * attempt)
        else:
            return answer.status, (time.perf_counter() - began) * 1000
    return 0, 0.0


@contextlib.contextmanager
def own_list(stories: Sequence[Story], page: int = 500) -> Iterator[str]:
    """Answer on loopback what the provider's API answers; yield its address."""
    lists = {
        "Calls.json": ("calls", [row for story in stories for row in story.rows()]),
        "Recordings.json": ("recordings", [row for story in stories for row in story.tapes()]),
    }

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            name, rows = lists[asked.path.rsplit("/", 1)[1]]
            number = int(parse_qs(asked.query).get("Page", ["0"])[0])
            cut = rows[number * page : (number + 1) * page]
            more = f"{asked.path}?Page={number + 1}" if (number + 1) * page < len(rows) else None
            self._answer({name: cut, "next_page_uri": more})

        def _answer(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
