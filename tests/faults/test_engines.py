"""The embedded engines under kills, races and strangers: they come back whole, and stop only when unused."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.engine import make_url

from ticketing import engines

USE = """
import sys
from pathlib import Path
from ticketing import engines
with engines.acquire(Path(sys.argv[1])) as lease:
    print(lease.database_url, lease.redis_url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def bare() -> Iterator[Path]:
    """A place with a space in its name, which the server's user may reach; nothing is there yet."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "a place" / "var"


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """The folder of engines that were started once and stopped."""
    with tempfile.TemporaryDirectory() as folder:
        with engines.acquire(Path(folder) / "var"):
            pass
        yield Path(folder) / "var"


@pytest.fixture
def var(bare: Path, made: Path) -> Path:
    """A copy of that folder, owners and all: to make it anew takes ten times as long."""
    bare.parent.mkdir()
    subprocess.run(["cp", "-a", made, bare], check=True)
    return bare


@pytest.fixture
def lease(var: Path) -> Iterator[engines.Lease]:
    """Engines of the test's own."""
    with engines.acquire(var) as held:
        yield held


def database(url: str) -> psycopg.Connection:
    where = make_url(url)
    return psycopg.connect(
        host=where.query["host"], user=where.username, dbname=where.database, autocommit=True
    )


def user_of(var: Path) -> subprocess.Popen[str]:
    """Start another process that uses the engines until its stdin ends."""
    command = [sys.executable, "-W", "error", "-c", USE, str(var)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def postmaster(var: Path) -> int:
    return int((var / "postgres/postmaster.pid").read_text().split()[0])


def kill_hard(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    process = psutil.Process(pid)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def valkey_pid(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return client.info("server")["process_id"]


def running(var: Path) -> bool:
    return (var / "postgres/postmaster.pid").exists()


def test_both_engines_answer(lease: engines.Lease) -> None:
    with database(lease.database_url) as connection, redis.Redis.from_url(lease.redis_url) as client:
        assert connection.execute("select current_database(), version() like '%18%'").fetchone() == (
            "ticketing",
            True,
        )
        assert client.ping()


def test_valkey_refuses_without_its_password(lease: engines.Lease) -> None:
    path = lease.redis_url.partition("@")[2].replace("%20", " ")
    with (
        redis.Redis(unix_socket_path=path, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_data_stay_when_the_last_user_goes_and_another_comes(var: Path) -> None:
    with (
        engines.acquire(var) as lease,
        database(lease.database_url) as connection,
        redis.Redis.from_url(lease.redis_url) as client,
    ):
        connection.execute("create table kept as select 7 as n")
        client.set("kept", "7")
    assert not running(var)
    with (
        engines.acquire(var) as lease,
        database(lease.database_url) as connection,
        redis.Redis.from_url(lease.redis_url) as client,
    ):
        assert connection.execute("select n from kept").fetchone() == (7,)
        assert client.get("kept") == b"7"


def test_both_killed_hard_come_back_with_their_data(var: Path, lease: engines.Lease) -> None:
    with database(lease.database_url) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")
    kill_hard(valkey_pid(lease.redis_url))
    kill_hard(postmaster(var))
    with engines.acquire(var) as again, database(again.database_url) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (1000,)
        assert valkey_pid(again.redis_url)


def test_a_stranger_with_the_old_process_id_is_not_taken_for_the_server(
    var: Path, lease: engines.Lease
) -> None:
    kill_hard(postmaster(var))
    left = (var / "postgres/postmaster.pid").read_text().splitlines()
    (var / "postgres/postmaster.pid").write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")
    with engines.acquire(var) as again, database(again.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_two_starting_at_once_share_one_server(bare: Path) -> None:
    users = [user_of(bare), user_of(bare)]
    answers = {user.stdout.readline() for user in users if user.stdout}
    assert len(answers) == 1
    assert "ticketing" in answers.pop()
    assert [user.communicate("go\n")[1] for user in users] == [None, None]
    assert [user.returncode for user in users] == [0, 0]
    assert not running(bare)


def test_the_first_to_go_stops_nothing_under_the_other(var: Path, lease: engines.Lease) -> None:
    other = user_of(var)
    assert other.stdout
    assert other.stdout.readline()
    other.communicate("go\n")
    with database(lease.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert lease.release()
    assert not running(var)


def test_a_user_killed_hard_counts_no_more(var: Path, lease: engines.Lease) -> None:
    other = user_of(var)
    assert other.stdout
    other.stdout.readline()
    other.kill()
    other.communicate()
    assert lease.release()


def test_a_child_that_holds_the_lease_keeps_the_engines_up(var: Path, lease: engines.Lease) -> None:
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[lease.fileno()], text=True) as child:
        assert not lease.release()
        assert running(var)
        child.communicate("go\n")
    with engines.acquire(var) as last:
        assert last.release()


def test_a_start_cut_short_is_begun_again(bare: Path) -> None:
    (bare / "postgres.new").mkdir(parents=True)
    (bare / "postgres.new/PG_VERSION").write_text("18\n")
    with engines.acquire(bare) as lease, database(lease.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_path_too_long_for_a_socket(var: Path) -> None:
    with engines.acquire(var / ("long" * 30)) as lease, database(lease.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert valkey_pid(lease.redis_url)


def test_a_broken_server_is_told_with_the_name_of_its_log(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engines.acquire(var):
        pass
    (var / "postgres/PG_VERSION").write_text("9.6\n")
    with pytest.raises(engines.EngineError, match=r"pg_ctl failed"):
        engines.acquire(var)


def test_chinese_is_text_to_the_server(lease: engines.Lease) -> None:
    with database(lease.database_url) as connection:
        connection.execute("create extension pg_trgm")
        assert connection.execute("select show_trgm('拖欠') = show_trgm('供暖')").fetchone() == (False,)


def test_a_worker_can_tell_who_it_is_from_a_path_with_a_space(lease: engines.Lease) -> None:
    with redis.Redis.from_url(lease.redis_url) as client:
        assert "addr" in client.client_info()
