"""Flask extensions, unbound, and the one owner of transactions."""

import datetime as dt
import functools
import hashlib
import hmac
import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
import redis
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from psycopg.pq import TransactionStatus
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import BigInteger, Connection, DateTime, Engine, MetaData, Text, event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import Pool


class Base(DeclarativeBase):
    """Typed base: instants carry a zone, dicts are JSONB, text has no length limit in the database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            dt.datetime: DateTime(timezone=True),
            dict[str, Any]: JSONB(none_as_null=True),
            list[str]: ARRAY(Text),
            str: Text,
            int: BigInteger,
        },
    )


VALUE_ERRORS = "22"
"""The class of PostgreSQL's errors whose first sentence quotes the value that did not fit."""


@event.listens_for(Engine, "handle_error")
def _keep_rows_out_of_errors(context: ExceptionContext) -> None:
    """Shorten what PostgreSQL says to its sentence: DETAIL and CONTEXT quote rows, and errors end in logs.

    The names of table, column and constraint stay in `diag`.
    """
    original, outer = context.original_exception, context.sqlalchemy_exception
    if not isinstance(original, psycopg.Error) or not original.sqlstate:
        return
    short = plain(original)
    if outer is not None:
        outer.args = (str(outer.args[0]).replace(str(original), short),)
    original.args = (short,)


def plain(error: psycopg.Error) -> str:
    """Return what PostgreSQL says without the rows that it quotes."""
    quotes = (error.sqlstate or "").startswith(VALUE_ERRORS)
    return f"{error.sqlstate} {'' if quotes else error.diag.message_primary or ''}".strip()


@event.listens_for(Pool, "checkout")
def _leave_dead_connections(dbapi: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Take no connection on which the server has said something unasked: it said good-bye, or hung up.

    This asks the socket, not the server: a restart is noticed at the cost of one system call instead of a
    round trip before each request. The pool then tries a fresh connection.
    """
    if has_hung_up(dbapi):
        raise DisconnectionError


def has_hung_up(dbapi: Any) -> bool:
    """Tell whether a connection is of no use any more."""
    return dbapi.closed or bool(select.select([dbapi.fileno()], [], [], 0)[0])


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


READING = "reading"


def reading() -> None:
    """Let what this session asks next stand alone, until a `transaction()`: a page that only reads spares two trips.

    At READ COMMITTED each statement sees what is committed when it starts, in a transaction or out of one.
    """
    db.session.info[READING] = True


@event.listens_for(Session, "after_begin")
def _leave_alone(session: Session, _transaction: object, connection: Connection) -> None:
    driver = driver_of(connection)
    if READING in session.info and driver.info.transaction_status == TransactionStatus.IDLE:
        driver.autocommit = True


@event.listens_for(Pool, "checkin")
def _come_back_usual(dbapi: psycopg.Connection[Any] | None, _record: object) -> None:
    if dbapi is not None and not dbapi.closed and dbapi.autocommit:
        dbapi.autocommit = False


def driver_of(connection: Connection) -> psycopg.Connection[Any]:
    """Return the driver's own connection."""
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


@contextmanager
def planned_anew() -> Iterator[None]:
    """Let what the block asks be planned by its values each time: a plan for any value reads by the wrong index."""
    driver = driver_of(db.session.connection())
    before, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = before


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or nothing of it; web, jobs and cli use it and nobody else commits."""
    if db.session.info.pop(READING, False) and db.session().in_transaction():
        _come_back_usual(driver_of(db.session.connection()), None)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


class Vault:
    """Hashes what people know: argon2id over an HMAC with a pepper kept outside the database.

    Six digits alone fall to anyone who holds the table; with the pepper elsewhere they do not.
    Query passwords cost about 5 ms, staff passwords the library's default.
    """

    _QUERY = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)

    def __init__(self) -> None:
        self._pepper = b""
        self._staff = PasswordHasher()

    def init_app(self, app: Flask, *, pepper: str, cheap: bool = False) -> None:
        """Take the pepper; `cheap` makes staff hashes fast enough for tests that log in a hundred times."""
        self._pepper = pepper.encode()
        self._staff = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()
        app.extensions["vault"] = self

    def seal(self, secret: str, *, staff: bool = False) -> str:
        """Return the hash to store."""
        return (self._staff if staff else self._QUERY).hash(self._peppered(secret))

    def fits(self, sealed: str | None, secret: str, *, staff: bool = False) -> bool:
        """Tell whether `secret` opens `sealed`; a missing hash costs the same time and never fits."""
        hasher = self._staff if staff else self._QUERY
        try:
            return hasher.verify(sealed or self._decoy(hasher), self._peppered(secret)) and sealed is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def mac(self, text: str) -> str:
        """Return a keyed digest, for tokens and codes that are looked up by equality."""
        return hmac.new(self._pepper, text.encode(), hashlib.sha256).hexdigest()

    def key(self, purpose: str, salt: bytes) -> bytes:
        """Return a key for one purpose and one thing, from the pepper: the database alone does not give it."""
        return HKDF(hashes.SHA256(), length=32, salt=salt, info=purpose.encode()).derive(self._pepper)

    def _peppered(self, secret: str) -> bytes:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).digest()

    @staticmethod
    @functools.cache
    def _decoy(hasher: PasswordHasher) -> str:
        return hasher.hash(b"nobody's")


vault = Vault()


class Store:
    """Valkey for counters that may be lost: guesses, codes. `prefix` keeps applications on one server apart."""

    def __init__(self) -> None:
        self.client: redis.Redis[Any] = redis.Redis()
        self.prefix = "appeals:"
        self.age = 0

    def init_app(self, app: Flask, *, url: str, age: int = 0) -> None:
        """Take the server's address; nothing is connected before the first use. `age`: seconds, see `lately`.

        One retry at once for a connection that the server dropped; a person waits for no server that is away.
        """
        self.client = redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1)
        )
        self.age = age
        app.extensions["store"] = self

    def key(self, *parts: str) -> str:
        """Return a key of ours."""
        return self.prefix + ":".join(parts)


store = Store()
