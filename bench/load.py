"""A closed loop of a few clients over loopback; prints nothing, returns milliseconds."""

import http.client
import threading
import time
from collections.abc import Callable

Ask = Callable[[http.client.HTTPConnection, int], None]


def measure(port: int, ask: Ask, *, clients: int, requests: int) -> list[float]:
    """Let `clients` ask `requests` times in all; return how long each took, in milliseconds, sorted.

    All begin at once, each on a line that is open already: a short run would else be over before the last had begun.
    """
    took: list[float] = []
    failures: list[BaseException] = []
    start = threading.Barrier(clients)

    def loop(share: range) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            line.connect()
            start.wait()
            for place in share:
                began = time.perf_counter()
                ask(line, place)
                took.append((time.perf_counter() - began) * 1000)
        except BaseException as error:  # noqa: BLE001  told to the caller, whose thread this is not
            failures.append(error)
            start.abort()
        finally:
            line.close()

    shares = [range(n, requests, clients) for n in range(clients)]
    threads = [threading.Thread(target=loop, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sorted(took)


def fetch(
    line: http.client.HTTPConnection, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send one request and read its answer."""
    line.request(
        method, path, body.encode() if body else None, {k.replace("_", "-"): v for k, v in headers.items()}
    )
    answer = line.getresponse()
    return answer.status, answer.headers, answer.read()
