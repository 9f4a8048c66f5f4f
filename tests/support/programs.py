"""Programs of ours in processes of their own, which a test can speak with, stop and kill.

They are forked from a process that has read every module, once for a worker's tests: each begins in a tenth of a
second instead of three, and is from there on what `python …` with the same words would be.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from flask import Flask

from config import ROOT
from tests.conftest import KEYS

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["ticketing.app", "gunicorn.app.wsgiapp"])
#: How long a test leaves the processor to a program before it asks again whether something is so, in seconds.
PAUSE = 0.01


class Program:
    """`python` with these words and this environment, in a session of its own; its output comes to `line`."""

    def __init__(self, *command: str, environment: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self._process = _CONTEXT.Process(target=_become, args=(command, environment, theirs))
        self._process.start()
        theirs.close()
        self.line = ours.makefile("rw")
        ours.close()

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._process.pid or 0

    def ended(self, within: float = 0) -> bool:
        """Tell whether it ends within so many seconds."""
        self._process.join(within)
        return self._process.exitcode is not None

    def wait(self) -> int:
        """Return how it ended: its exit code, or the number of the signal that killed it, negative."""
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def output(self) -> str:
        """Return the rest of what it says, once it and all that it began have ended."""
        said = self.line.read()
        self.wait()
        return said

    def asked(self, words: str) -> str:
        """Say a line to it and return the line that it answers."""
        self.line.write(f"{words}\n")
        self.line.flush()
        return self.line.readline()

    def until(self, so: Callable[[], object]) -> bool:
        """Wait until something is so and return True, or False when the program ends first."""
        while not so():
            if self.ended(PAUSE):
                return False
        return True

    def stopped(self) -> bool:
        """Tell whether a signal has stopped it in its tracks."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with everything that it began, and wait for its end."""
        for kill in (os.kill, os.killpg):
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()
        self.line.close()


Start = Callable[..., Program]


def starting(app: Flask, folder: Path, **always: str) -> Iterator[Start]:
    """Return how to begin programs on an application's database; they are killed when the test is over."""
    environment = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": app.config["REDIS_URL"],
        "DEMO": "1",
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        **{name.upper(): value for name, value in KEYS.items()},
        **always,
    }
    with contextlib.ExitStack() as stack:
        yield lambda *command, **more: stack.enter_context(
            Program(*command, environment={**environment, **more})
        )


def _become(command: tuple[str, ...], environment: dict[str, str], line: socket.socket) -> None:
    """Be that program; multiprocessing turns what ends it into the exit code."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number, source in enumerate((line.fileno(), line.fileno(), nowhere)):
        os.dup2(source, number)
    line.close()
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115  the program's own
    kind, what, *more = command
    sys.argv = [what, *more]
    if kind == "-c":
        exec(compile(what, "<program>", "exec"), {"__name__": "__main__"})  # noqa: S102  as `python -c` does
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)
