"""The door for web servers and the `flask` command: settings, engines where none are named, the app."""

import atexit
import os

import config
from ticketing import engines
from ticketing.app import COMMANDS, create_app
from ticketing.domain.clock import system_clock
from ticketing.fresh import Database, guard
from ticketing.up import Machine, up


def _ready_settings() -> tuple[config.Settings, engines.Lease | None, bool]:
    """Read the settings; bring up the embedded engines for the life of this process where they are needed.

    The last tells whether the database is one of them.
    """
    try:
        settings = config.load()
        if not settings.embedded:
            return settings, None, False
        lease = engines.acquire(settings.var_dir)
    except (config.SettingsError, engines.EngineError) as error:
        raise SystemExit(str(error)) from error
    atexit.register(lease.release)
    own = settings.database_url is None
    return settings.with_engines(lease.database_url, lease.redis_url), lease, own


settings, lease, own_database = _ready_settings()
os.environ.update(settings.environment())
app = create_app(settings, clock=system_clock)
app.cli.add_command(up)
guard(Database(app, own_database, settings.var_dir), [command.name or "" for command in COMMANDS])
app.extensions["machine"] = Machine(
    host=settings.host,
    port=settings.port,
    address=settings.address,
    demo=settings.demo,
    web_workers=settings.web_workers,
    web_threads=settings.web_threads,
    workers=settings.workers,
    held=lease.fileno() if lease else None,
)
