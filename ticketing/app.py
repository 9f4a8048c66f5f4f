"""The composition root: the one place that knows everyone."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import ticketing.models  # noqa: F401  the mappers must know every table before the first query
from config import Settings
from ticketing.domain.clock import Clock
from ticketing.extensions import csrf, db, login, migrate, vault

ROOT = Path(__file__).resolve().parent.parent


def create_app(
    settings: Settings,
    *,
    clock: Clock,
    channels: Mapping[str, object] | None = None,
    testing: bool = False,
) -> Flask:
    """Build the application from settings, a clock and the channels to send through."""
    app = Flask("ticketing", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(flask_config(settings), TESTING=testing)
    app.extensions["clock"] = clock
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login.init_app(app)
    csrf.init_app(app)
    vault.init_app(app, pepper=settings.password_pepper.get_secret_value(), cheap=testing)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """Translate our settings into the names that Flask, its extensions and our own layers read."""
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": True,
            "pool_size": settings.web_threads,
            "max_overflow": 5,
            "pool_timeout": 5,
            "connect_args": {
                "options": "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC",
                "application_name": "ticketing",
            },
        },
        "REDIS_URL": settings.redis_url,
        "DEMO": settings.demo,
        "ADDRESS": settings.address,
        "PROVINCE_PACK": settings.province_pack,
        "UPLOAD_MAX_BYTES": settings.upload_max_bytes,
        "LOG_LEVEL": settings.log_level,
    }
