"""Servers that are measured, and the forms by which a bench gets in."""

import contextlib
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench import data
from bench.load import fetch

ROOT = Path(__file__).resolve().parent.parent
APP_CONF = "ticketing/web/gunicorn_conf.py"
FORM = "application/x-www-form-urlencoded"


@contextlib.contextmanager
def serving(conf: str, port: int, environment: dict[str, str], *, known: str = "/healthz") -> Iterator[None]:
    """Serve on a port of loopback; `known`: the path that answers once the server does."""
    command = [sys.executable, "-m", "gunicorn", "--config", conf, "--bind", f"127.0.0.1:{port}",
               "--workers", environment["WEB_WORKERS"], "--threads", environment["WEB_THREADS"],
               "--log-level", "error"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port, known, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"the server on {port} ended with {process.returncode}")
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError), contextlib.closing(line):
            if fetch(line, "GET", path)[0] == 200:
                return
        time.sleep(0.2)
    raise SystemExit(f"nobody answers on {port}")


def login(port: int, username: str) -> str:
    """Return the cookie of a colleague who has seen a page: its form token stays in the session."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    _status, headers, body = fetch(line, "GET", "/login")
    form = urlencode({"csrf_token": token(body), "username": username, "password": data.PASSWORD})
    status, headers, _body = fetch(line, "POST", "/login", form, Cookie=cookie(headers), Content_Type=FORM)
    assert status == 302, status
    entered = cookie(headers)
    _status, headers, _body = fetch(line, "GET", "/notices", Cookie=entered)
    line.close()
    return cookie(headers) or entered


def token(body: bytes) -> str:
    """Return the form token of a page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', body.decode()).group(1)  # type: ignore[union-attr]


def cookie(headers: http.client.HTTPMessage) -> str:
    """Return what a browser would send back."""
    return "; ".join(value.split(";")[0] for value in headers.get_all("Set-Cookie") or [])
