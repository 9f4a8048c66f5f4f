"""The supervisor with small programs: it restarts the dead, gives up on the hopeless, stops in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

START = """
import os, sys
from pathlib import Path
from ticketing.supervisor import Child, Step, Supervisor, SupervisorError
keeper = Supervisor(os.environ, Path.cwd(), sys.stdout, pause=PAUSE)
try:
    keeper.prepare(STEPS)
    keeper.run(CHILDREN, ready=lambda: READY, announce="all is up")
except SupervisorError as error:
    print("gave up:", error)
"""
SERVE = """
import signal, sys, time
def leave(*_):
    print("leaving", flush=True); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("serving", flush=True)
time.sleep(600)
"""
DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Run a supervisor in a process of its own; whatever a failing test leaves behind is ended."""
    started: list[subprocess.Popen[str]] = []

    def begin(
        children: str, *, steps: str = "[]", ready: str = "True", pause: float = 0.5
    ) -> subprocess.Popen[str]:
        text = START.replace("STEPS", steps).replace("CHILDREN", children).replace("READY", ready)
        text = text.replace("PAUSE", str(pause))
        command = [sys.executable, "-W", "error", "-c", text]
        environment = os.environ | {"SERVE": SERVE, "DEAF": DEAF, "FALL": "raise SystemExit(3)"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def child(name: str, program: str, grace: float = 10) -> str:
    return f"Child({name!r}, [sys.executable, '-c', os.environ[{program!r}]], {grace})"


def read_until(process: subprocess.Popen[str], *words: str) -> list[str]:
    """Collect lines until each of `words` stood in one."""
    missing, lines = set(words), []
    for line in process.stdout or ():
        lines.append(line.strip())
        missing -= {word for word in missing if word in line}
        if not missing:
            break
    assert not missing, lines
    return lines


def rest(process: subprocess.Popen[str]) -> list[str]:
    return process.communicate(timeout=30)[0].splitlines()


def test_children_stop_in_the_order_given(start: Start) -> None:
    served = ", ".join(child(name, "SERVE") for name in ("web", "worker", "scheduler"))
    process = start(f"[{served}]")
    read_until(process, "web       | serving", "worker    | serving", "scheduler | serving", "all is up")
    process.send_signal(signal.SIGINT)
    assert [line.split()[0] for line in rest(process) if "leaving" in line] == ["web", "worker", "scheduler"]
    assert process.returncode == 0


def test_a_child_killed_hard_is_started_again(start: Start) -> None:
    process = start(f"[{child('web', 'SERVE')}]")
    read_until(process, "serving")
    psutil.Process(process.pid).children()[0].kill()
    assert "web       | ended with -9; it is started again in 0.5 s" in read_until(
        process, "started again", "serving"
    )


def test_a_child_that_cannot_stay_up_ends_all_with_a_sentence(start: Start) -> None:
    process = start(f"[{child('web', 'SERVE')}, {child('worker', 'FALL')}]", pause=0.01)
    lines = rest(process)
    assert lines[-1] == "gave up: worker ended 6 times in a row (code 3)."
    assert "web       | leaving" in lines
    pauses = [line.rpartition(" in ")[2] for line in lines if "started again" in line]
    assert pauses == ["0.01 s", "0.02 s", "0.04 s", "0.08 s", "0.16 s"]


def test_a_deaf_child_and_what_it_started_are_ended_after_its_grace(start: Start) -> None:
    process = start(f"[{child('web', 'DEAF', 0.3)}]")
    grandchild = int(read_until(process, "deaf")[-1].split()[-1])
    process.send_signal(signal.SIGTERM)
    rest(process)
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE


def test_a_second_call_to_stop_does_not_wait_for_the_deaf(start: Start) -> None:
    process = start(f"[{child('web', 'DEAF', 500)}]")
    read_until(process, "deaf")
    process.send_signal(signal.SIGINT)
    read_until(process, "Stopping")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0


def test_nothing_starts_when_a_preparation_fails(start: Start) -> None:
    steps = "[Step('Counting.', [sys.executable, '-c', '']), Step('Falling.', ['false']), Step('Never.', [])]"
    process = start(f"[{child('web', 'SERVE')}]", steps=steps)
    assert rest(process) == ["Counting.", "Falling.", "gave up: “Falling.” failed (1); the reason is above."]


def test_nothing_is_announced_before_the_web_answers(start: Start, tmp_path: Path) -> None:
    mark = tmp_path / "ready"
    process = start(f"[{child('web', 'SERVE')}]", ready=f"os.path.exists({str(mark)!r})")
    assert not [line for line in read_until(process, "serving") if "all is up" in line]
    mark.touch()
    assert read_until(process, "all is up")
