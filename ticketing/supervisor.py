"""Keeps a handful of programs running in one terminal: starts, names their lines, restarts, stops in order.

It knows nothing of the web or of queues: it is handed commands. A child that dies is started again, ever
later, and one that cannot stay up ends the whole with a sentence instead of failing quietly for ever.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

TICK = 0.2
LONG_ENOUGH = 30.0
"""Seconds of life after which a child's earlier deaths are forgiven."""
MOST_DEATHS = 6
"""Deaths in a row that end the whole: a quarter of a minute of trying, by the pauses between them."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SupervisorError(Exception):
    """A preparation failed or a child cannot stay up; the message is one sentence."""


@dataclass(frozen=True)
class Step:
    """A command that must succeed before the children start, and what it does in plain words."""

    words: str
    argv: Sequence[str]


@dataclass(frozen=True)
class Child:
    """A program to keep running; `grace` is how many seconds it may take to stop."""

    name: str
    argv: Sequence[str]
    grace: float = 15.0


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[str]
    since: float
    deaths: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """Children of one environment; `keep_open` are files that they hold for life, as the engines' lease.

    `pause`: seconds between a child's first death and its next start, doubled with each death in a row.
    """

    environment: Mapping[str, str]
    folder: Path
    out: TextIO
    keep_open: Sequence[int] = ()
    pause: float = 0.5
    _calls_to_stop: int = 0
    _running: list[_Running] = field(default_factory=list)

    def prepare(self, steps: Iterable[Step]) -> None:
        """Run each step to its end, saying what it does. Raises SupervisorError at the first that fails."""
        for step in steps:
            print(step.words, file=self.out, flush=True)
            done = subprocess.run(step.argv, env=self.environment, cwd=self.folder, check=False)  # noqa: S603  our own commands
            if done.returncode:
                raise SupervisorError(f"“{step.words}” failed ({done.returncode}); the reason is above.")

    def run(self, children: Iterable[Child], *, ready: Callable[[], bool], announce: str) -> None:
        """Keep the children running until a signal asks to stop, then stop them in the order given.

        `announce` is printed once `ready` says so. Raises SupervisorError when a child cannot stay up.
        """
        with self._listening():
            try:
                for child in children:
                    self._running.append(_Running(child, self._spawn(child), time.monotonic()))
                self._watch(ready, announce)
            finally:
                self._stop_all()

    def _watch(self, ready: Callable[[], bool], announce: str) -> None:
        announced = False
        while not self._calls_to_stop:
            for running in self._running:
                self._tend(running)
            if not announced and ready():
                print(announce, file=self.out, flush=True)
                announced = True
            time.sleep(min(TICK, self.pause))
        print("Stopping; the same once more ends everything at once.", file=self.out, flush=True)

    def _tend(self, running: _Running) -> None:
        """Note a death, and start the child again when its pause is over."""
        now = time.monotonic()
        if running.again_at is None and running.process.poll() is not None:
            running.deaths = 1 if now - running.since > LONG_ENOUGH else running.deaths + 1
            code, name = running.process.returncode, running.child.name
            if running.deaths >= MOST_DEATHS:
                raise SupervisorError(f"{name} ended {MOST_DEATHS} times in a row (code {code}).")
            pause = self.pause * 2 ** (running.deaths - 1)
            running.again_at = now + pause
            self._say(running.child, f"ended with {code}; it is started again in {pause:g} s")
        elif running.again_at is not None and now >= running.again_at:
            running.process, running.since, running.again_at = self._spawn(running.child), now, None

    def _spawn(self, child: Child) -> subprocess.Popen[str]:
        """Start a child in a session of its own, so that Ctrl-C reaches it through us and in order."""
        process = subprocess.Popen(  # noqa: S603  our own commands
            child.argv, env=self.environment, cwd=self.folder, pass_fds=self.keep_open,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, text=True, errors="replace",
        )  # fmt: skip
        threading.Thread(target=self._forward, args=(child, process), daemon=True).start()
        return process

    def _forward(self, child: Child, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    self._say(child, line.rstrip("\n"))

    def _say(self, child: Child, line: str) -> None:
        print(f"{child.name:<9} | {line}\n", end="", file=self.out, flush=True)

    def _stop_all(self) -> None:
        for running in self._running:
            self._stop(running)
        self._running.clear()

    def _stop(self, running: _Running) -> None:
        """Ask a child to end, wait, then end it and whatever it left behind; a second call hurries."""
        process = running.process
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        deadline = time.monotonic() + running.child.grace
        while process.poll() is None and time.monotonic() < deadline and self._calls_to_stop < 2:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._note) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, _number: int, _frame: object) -> None:
        self._calls_to_stop += 1
