"""The composition root: the one place that knows everyone."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import ticketing.models  # noqa: F401  the mappers must know every table before the first query
from config import Settings
from ticketing import cli, logs
from ticketing.domain.clock import Clock
from ticketing.extensions import babel, csrf, db, login, migrate, vault
from ticketing.web import assets, errors, i18n, requests, site
from ticketing.web.admin import admin
from ticketing.web.auth import auth
from ticketing.web.bureau import bureau
from ticketing.web.desk import desk
from ticketing.web.dispatch import dispatch
from ticketing.web.health import health
from ticketing.web.notices import notices
from ticketing.web.preferences import preferences
from ticketing.web.public import public
from ticketing.web.status import status
from ticketing.web.submit import submit
from ticketing.web.tickets import tickets
from ticketing.web.watch import watch

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    public, submit, status, auth, preferences, health,
    desk, tickets, dispatch, bureau, watch, admin, notices,
)  # fmt: skip
COMMANDS = (cli.pack, cli.sla, cli.imports, cli.tickets, cli.demo)
#: One field of text; a page of 1 MB must reach the form that says that it is too long.
LONGEST_TEXT = 4 * 1024 * 1024
FILES_AT_ONCE = 6


def create_app(
    settings: Settings,
    *,
    clock: Clock,
    channels: Mapping[str, object] | None = None,
    testing: bool = False,
) -> Flask:
    """Build the application from settings, a clock and the channels to send through."""
    logs.configure(settings.log_level)
    app = Flask("ticketing", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(flask_config(settings), TESTING=testing)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["clock"] = clock
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(
        app, locale_selector=i18n.choose, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai"
    )
    vault.init_app(app, pepper=settings.password_pepper.get_secret_value(), cheap=testing)
    for part in (requests, errors, assets, site):
        part.init_app(app)
    for blueprint in ROOMS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """Translate our settings into the names that Flask, its extensions and our own layers read."""
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.address.startswith("https://"),
        "MAX_CONTENT_LENGTH": settings.upload_max_bytes * FILES_AT_ONCE + LONGEST_TEXT,
        "MAX_FORM_MEMORY_SIZE": LONGEST_TEXT,
        "WTF_CSRF_TIME_LIMIT": None,  # a desk is open all day; the token ends with the session
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "ticketing" / "translations"),
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
