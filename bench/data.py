"""Fills a database with tickets through the real intake, in two processes, once."""

import datetime as dt
import os
import random
import sys
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text
from tqdm import tqdm

import config
from ticketing.app import create_app
from ticketing.domain.actors import SYSTEM, Grant
from ticketing.domain.clock import system_clock
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db, transaction
from ticketing.models import Ticket
from ticketing.services import accounts, intake, pack, pack_load, province
from ticketing.services.history import Act

BATCH = 500
PASSWORD = "bench-password-1"
BUREAU = "HRB-SWJ"


def application(settings: config.Settings) -> Flask:
    """Return the application, silent but for errors."""
    return create_app(settings.model_copy(update={"log_level": "ERROR"}), clock=system_clock)


def prepare(app: Flask, tickets: int) -> None:
    """Migrate, load the pack, make the people, fill up to `tickets`."""
    with app.app_context():
        upgrade()
        with transaction():
            pack_load.load(pack.read(app.config["PROVINCE_PACK"]), system_clock())
            if accounts.by_username("bench") is None:
                new = accounts.NewAccount("bench", "承办人", PASSWORD)
                accounts.create(new, [Grant(Role.HANDLER, BUREAU), Grant(Role.HEAD, BUREAU)], system_clock())
        there = db.session.scalar(select(func.count(Ticket.id))) or 0
        db.session.remove()
        db.engine.dispose()
    missing = tickets - there
    if missing > 0:
        print(f"Filling in {missing} tickets …", flush=True)
        half = missing // 2
        child = os.fork()
        if child == 0:
            fill(app, half, seed=there + 1, shown=False)
            os._exit(0)
        fill(app, missing - half, seed=there, shown=True)
        os.waitpid(child, 0)
        with app.app_context():
            settle()


def settle() -> None:
    """Give the planner its statistics now; the server's own visit comes a minute later."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("set statement_timeout = 0"))
        connection.execute(text("vacuum analyze"))
    db.engine.dispose()


def fill(app: Flask, count: int, *, seed: int, shown: bool) -> None:
    """Take in `count` requests in batches, spread over the last ninety days."""
    chance = random.Random(seed)
    options = intake.Options(notify=False, new_password=None)
    with app.app_context(), tqdm(total=count, unit="ticket", file=sys.stderr, disable=not shown) as bar:
        for begin in range(0, count, BATCH):
            size = min(BATCH, count - begin)
            now = system_clock() - dt.timedelta(minutes=chance.randrange(90 * 24 * 60))
            with transaction():
                current = province.current()
                batch = [request(chance, current.directory, now) for _ in range(size)]
                intake.receive_many(batch, Act(SYSTEM, now), current, options)
            db.session.remove()
            bar.update(size)


def request(chance: random.Random, directory: object, now: dt.datetime) -> Inbound:
    """Return a made-up request; sentences of several topics, as long as real ones."""
    topics = list(directory.topics.values())  # type: ignore[attr-defined]
    topic = chance.choice(topics)
    body = "".join(chance.choice((topic, topic, chance.choice(topics))).example_zh for _ in range(4))
    return Inbound(
        door=Door.IMPORT,
        subject=topic.name_zh,
        body=body,
        received_at=now,
        topic_code=topic.code,
        region_code=chance.choice(list(directory.regions)),  # type: ignore[attr-defined]
        enterprise=f"企业{chance.randrange(30_000)}",
        requester="张三",
        phone=f"139{chance.randrange(10**8):08d}",
    )


def folder(settings: config.Settings) -> Path:
    """Return where the bench keeps its own engines."""
    return settings.var_dir / "bench"
