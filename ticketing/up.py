"""The command `flask up`: prepare the database, run web, workers and scheduler, say where to look."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import with_appcontext

from ticketing.fresh import FLASK, MIGRATE, PACK, ROOT
from ticketing.supervisor import Child, Step, Supervisor, SupervisorError

PYTHON = (sys.executable, "-m")
EVERYWHERE = ("", "0.0.0.0")  # noqa: S104  compared with, not bound
ROUTER = Step("Training the router …", (*FLASK, "routing", "train", "--first"))
DEMO = Step("Loading the demo day …", (*FLASK, "demo", "load"))


@dataclass(frozen=True)
class Machine:
    """What one machine runs; `wsgi` fills it from the settings. `held` is the engines' lease, if any."""

    host: str
    port: int
    address: str
    demo: bool
    web_workers: int
    web_threads: int
    workers: int
    held: int | None


@click.command("up")
@with_appcontext
def up() -> None:
    """Run everything: web, workers and scheduler, until Ctrl-C."""
    machine: Machine = current_app.extensions["machine"]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    if taken(machine):
        other = machine.port + 1
        raise click.ClickException(
            f"Port {machine.port} is taken by another program; try: make run PORT={other}"
        )
    held = () if machine.held is None else (machine.held,)
    keeper = Supervisor(os.environ, ROOT, sys.stdout, held)
    try:
        keeper.prepare((MIGRATE, PACK, ROUTER, DEMO) if machine.demo else (MIGRATE, PACK, ROUTER))
        keeper.run(children(machine), ready=lambda: healthy(machine), announce=greeting(machine))
    except SupervisorError as error:
        raise click.ClickException(str(error)) from error


def children(machine: Machine) -> list[Child]:
    """Return the programs of one machine in the order in which they stop: no request outlives its web."""
    gunicorn = (
        *PYTHON, "gunicorn", "--config", "ticketing/web/gunicorn_conf.py",
        "--bind", f"{machine.host}:{machine.port}",
        "--workers", str(machine.web_workers), "--threads", str(machine.web_threads),
    )  # fmt: skip
    workers = [Child(f"worker-{n}", (*FLASK, "worker"), grace=60) for n in range(1, machine.workers + 1)]
    return [Child("web", gunicorn, grace=35), *workers, Child("scheduler", (*FLASK, "scheduler"))]


def greeting(machine: Machine) -> str:
    """Return what is said when the web answers: where to look, and in the demo as whom."""
    accounts = ""
    if machine.demo:
        asked = (*FLASK, "demo", "accounts")
        accounts = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout  # noqa: S603  our own command
    return f"\nReady: {machine.address}\n{accounts}Ctrl-C stops everything.\n"


def taken(machine: Machine) -> bool:
    """Tell whether somebody serves the port already; gunicorn would try five times and say it five times."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((machine.host, machine.port))
        except OSError:
            return True
    return False


def healthy(machine: Machine) -> bool:
    """Tell whether the web answers; asked on this machine whatever address it listens on."""
    host = "127.0.0.1" if machine.host in EVERYWHERE else machine.host
    line = http.client.HTTPConnection(host, machine.port, timeout=2)
    with contextlib.closing(line):
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False


def _leave(number: int, _frame: object) -> None:
    """Turn a signal that comes before the children into an orderly exit: the engines are given back."""
    raise SystemExit(128 + number)
