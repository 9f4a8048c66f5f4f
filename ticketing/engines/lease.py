"""Shared use of the engines: whoever comes first starts them, whoever goes last stops them.

Each user holds a shared `flock` on `engines.users` for its life. The kernel keeps the count: a fork or a
child that inherits the open file counts as a user, and a process killed hard stops counting. Starting and
stopping happen under `engines.lock`, so nobody joins servers that are on their way out.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticketing.engines import postgres, valkey
from ticketing.engines.folders import EngineError


@dataclass
class Lease(contextlib.AbstractContextManager["Lease", None]):
    """The right to use the engines under `var`; leave it with `release` or at the end of `with`."""

    var: Path
    database_url: str
    redis_url: str
    _users: int | None

    def fileno(self) -> int:
        """Return the open file that counts as use: hand it to children who must outlive their parent."""
        if self._users is None:
            raise ValueError("the lease was released")
        return self._users

    def release(self) -> bool:
        """Give the engines back; whoever was the last stops them and gets True. Twice does no harm."""
        if self._users is None:
            return False
        os.close(self._users)
        self._users = None
        with _locked(self.var):
            return _stop_unused(self.var)

    def __exit__(self, *_: object) -> None:
        self.release()


def acquire(var: Path) -> Lease:
    """Start the engines whose data live under `var`, or join them. Raises EngineError with a sentence."""
    var = var.resolve()
    try:
        var.mkdir(parents=True, exist_ok=True)
        with _locked(var), contextlib.ExitStack() as failed:
            users = os.open(var / "engines.users", os.O_RDWR | os.O_CREAT, 0o600)
            failed.callback(_stop_unused, var)
            failed.callback(os.close, users)
            fcntl.flock(users, fcntl.LOCK_SH)
            lease = Lease(var, postgres.start(var / "postgres"), valkey.start(var / "valkey"), users)
            failed.pop_all()
            return lease
    except PermissionError as error:
        raise EngineError(
            f"{error.filename} is another user's; use that account or another VAR_DIR."
        ) from error


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    file = os.open(var / "engines.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _stop_unused(var: Path) -> bool:
    """Stop both engines if nobody uses them. A fresh opening of the file sees our own forks as others too."""
    file = os.open(var / "engines.users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        valkey.stop(var / "valkey")
        postgres.stop(var / "postgres")
        return True
    finally:
        os.close(file)
