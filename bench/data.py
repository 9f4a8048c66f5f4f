"""A database for benches: the pack, the people, and the seeded year of `flask demo seed`."""

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

import config
from ticketing.app import create_app
from ticketing.cli import seeding
from ticketing.domain.actors import Grant
from ticketing.domain.clock import system_clock
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.services import accounts, pack, pack_load

PASSWORD = "bench-password-1"
BUREAU = "HRB-SWJ"
ROLES = {Role.OPERATOR: None, Role.DISPATCHER: None, Role.SUPERVISOR: None, Role.ADMIN: None,
         Role.HANDLER: BUREAU, Role.HEAD: BUREAU}  # fmt: skip


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
            for role, bureau in ROLES.items():
                if accounts.by_username(f"bench-{role}") is None:
                    new = accounts.NewAccount(f"bench-{role}", "查看", PASSWORD)
                    accounts.create(new, [Grant(role, bureau)], system_clock())
        db.session.remove()
        db.engine.dispose()
    seeding.fill(app, tickets)


def folder(settings: config.Settings) -> Path:
    """Return where the bench keeps its own engines."""
    return settings.var_dir / "bench"
