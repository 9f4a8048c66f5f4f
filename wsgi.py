"""The door for web servers and the `flask` command: settings, engines where none are named, the app."""

import atexit
import os

import config
from ticketing import engines
from ticketing.app import create_app
from ticketing.domain.clock import system_clock
from ticketing.up import Machine, up


def _ready_settings() -> tuple[config.Settings, engines.Lease | None]:
    """Read the settings; bring up the embedded engines for the life of this process where they are needed."""
    try:
        settings = config.load()
        if not settings.embedded:
            return settings, None
        lease = engines.acquire(settings.var_dir)
    except (config.SettingsError, engines.EngineError) as error:
        raise SystemExit(str(error)) from error
    atexit.register(lease.release)
    return settings.with_engines(lease.database_url, lease.redis_url), lease


settings, lease = _ready_settings()
os.environ.update(settings.environment())
app = create_app(settings, clock=system_clock)
app.cli.add_command(up)
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
