"""The composition root: the one place that knows everyone."""

from collections.abc import Mapping
from pathlib import Path

import redis
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import ticketing.models  # noqa: F401  the mappers must know every table before the first query
from config import Settings
from ticketing import cli, logs
from ticketing.channels.base import Channel
from ticketing.channels.console import ConsoleChannel
from ticketing.channels.mail import Mailer
from ticketing.channels.recordings_twilio import TwilioRecordings
from ticketing.channels.sms_by_country import SmsByCountry
from ticketing.channels.sms_tencent import TencentAccount, TencentSms
from ticketing.channels.sms_twilio import TwilioSms
from ticketing.channels.voice_twilio import DEMO_ACCOUNT, CallsOut, TwilioVoice
from ticketing.channels.wechat import WeChat, WeChatAccount
from ticketing.domain.clock import Clock
from ticketing.extensions import babel, csrf, db, login, migrate, store, vault
from ticketing.web import api, assets, errors, i18n, performance, requests, sessions, site, stream
from ticketing.web.admin import admin
from ticketing.web.answers import answers
from ticketing.web.audit import audits
from ticketing.web.auth import auth
from ticketing.web.board import board
from ticketing.web.bureau import bureau
from ticketing.web.bureaus import names
from ticketing.web.call_desk_rooms import calls
from ticketing.web.case_deadlines import case_deadlines
from ticketing.web.case_records import case_records
from ticketing.web.cases import cases_room
from ticketing.web.directory import directory
from ticketing.web.dispatch import dispatch
from ticketing.web.exports import exports
from ticketing.web.follow_up import desk
from ticketing.web.health import health
from ticketing.web.hooks import cti, twilio_sms, twilio_voice
from ticketing.web.imports import imports
from ticketing.web.jobs import jobs
from ticketing.web.knowledge import knowledge
from ticketing.web.links import links
from ticketing.web.listings import listings
from ticketing.web.many import many
from ticketing.web.my import my
from ticketing.web.my_people import my_people
from ticketing.web.notices import notices
from ticketing.web.offline import offline
from ticketing.web.party import party_room
from ticketing.web.policies import policies
from ticketing.web.policy_replays import policy_replays
from ticketing.web.precedents import precedents_room
from ticketing.web.preferences import preferences
from ticketing.web.proofs import proofs
from ticketing.web.public import public
from ticketing.web.reports import reports
from ticketing.web.reveals import tickets
from ticketing.web.routing import routing
from ticketing.web.shifts import duty
from ticketing.web.snippets import snippets
from ticketing.web.status import status
from ticketing.web.submit import submit
from ticketing.web.telephone import watch
from ticketing.web.unsent_page import unsent_page
from ticketing.web.views import views

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    public, board, submit, status, auth, preferences, health, desk, tickets, links, dispatch, bureau,
    watch, admin, policies, policy_replays, notices, knowledge, views, duty, listings, performance.figures, reports,
    cases_room, case_deadlines, precedents_room, party_room, calls, offline, many, routing, audits, answers,
    snippets, directory, jobs, my, my_people, proofs, imports, exports, case_records, unsent_page, names,
)  # fmt: skip
HOOKS = (twilio_voice, twilio_sms, cti)
CHANNELS = ("sms", "wechat", "mail")
COMMANDS = (
    cli.catalog, cli.pack, cli.routing, cli.sla, cli.imports, cli.tickets, cli.demo, cli.figures,
    cli.worker, cli.scheduler, cli.knowledge, cli.calls, cli.search, cli.enterprises,
)  # fmt: skip
#: One field of text; a page of 1 MB must reach the form that says that it is too long.
LONGEST_TEXT = 4 * 1024 * 1024
FILES_AT_ONCE = 6


def create_app(
    settings: Settings,
    *,
    clock: Clock,
    channels: Mapping[str, Channel] | None = None,
    testing: bool = False,
) -> Flask:
    """Build the application from settings, a clock and the channels to send through."""
    logs.configure(
        settings.log_level,
    )
    app = Flask("ticketing", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(flask_config(settings), TESTING=testing)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["clock"] = clock
    app.extensions["channels"] = dict(channels if channels is not None else set_up(settings, clock))
    app.session_interface = sessions.Sessions()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login.init_app(app, add_context_processor=False)  # no template asks who looks: a view tells it
    csrf.init_app(app)
    babel.init_app(
        app, locale_selector=i18n.choose, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai"
    )
    stream.init_app(app, most=settings.streams)
    vault.init_app(app, pepper=settings.password_pepper.get_secret_value(), cheap=testing)
    store.init_app(app, url=settings.redis_url or "", age=settings.figures_age)
    app.extensions["voice"] = set_up_voice(settings)
    app.extensions["recordings"] = set_up_recordings(settings)
    for part in (requests, errors, assets, i18n, site):
        part.init_app(app)
    for blueprint in (*ROOMS, *HOOKS):
        app.register_blueprint(blueprint)
    api.init_app(app, with_wechat=settings.wechat_app_id is not None)
    for command in COMMANDS:
        app.cli.add_command(command)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def set_up(settings: Settings, clock: Clock) -> dict[str, Channel]:
    """Return the channels that the settings name; in the demo a console twin stands in for each other one."""
    found: dict[str, Channel] = dict.fromkeys(CHANNELS, ConsoleChannel(clock)) if settings.demo else {}
    if settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from:
        token = settings.twilio_auth_token.get_secret_value()
        receipts = f"{settings.address}/hooks/twilio/receipt" if settings.public_url else None
        found["sms"] = TwilioSms(settings.twilio_account_sid, token, settings.twilio_from, receipts=receipts)
    if settings.tencent_secret_id and settings.tencent_secret_key and settings.tencent_sms_sign:
        account = TencentAccount(
            settings.tencent_secret_id, settings.tencent_secret_key.get_secret_value(),
            settings.tencent_sms_app_id or "", settings.tencent_sms_sign, settings.tencent_sms_templates,
        )  # fmt: skip
        found["sms"] = SmsByCountry(TencentSms(account), found.get("sms"))
    if settings.wechat_app_id and settings.wechat_app_secret and settings.wechat_template_id:
        secret, base = settings.wechat_app_secret.get_secret_value(), settings.wechat_api_base
        wechat = WeChatAccount(settings.wechat_app_id, secret, settings.wechat_template_id, base)
        found["wechat"] = WeChat(wechat, redis.Redis.from_url(settings.redis_url or ""))
    if settings.mail_host and settings.mail_from:
        password = settings.mail_password.get_secret_value() if settings.mail_password else None
        found["mail"] = Mailer(
            settings.mail_host, settings.mail_port, settings.mail_from, settings.mail_user, password
        )
    return found


def set_up_voice(settings: Settings) -> TwilioVoice | None:
    """Return the telephone account; the demo has one of its own, whose token no provider knows."""
    if settings.twilio_account_sid and settings.twilio_auth_token:
        token = settings.twilio_auth_token.get_secret_value()
        out = CallsOut(settings.twilio_from or "", settings.twilio_emergency)
        return TwilioVoice(settings.twilio_account_sid, token, settings.address, out=out)
    return TwilioVoice(DEMO_ACCOUNT, vault.mac(DEMO_ACCOUNT), settings.address) if settings.demo else None


def set_up_recordings(settings: Settings) -> TwilioRecordings | None:
    """Return where calls are heard again; the demo's invented ones were never recorded."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return None
    return TwilioRecordings(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())


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
            "hide_parameters": True,  # an error names the statement, never the people in it
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
        "SUBMISSIONS_PER_HOUR": settings.submissions_per_hour,
        "UPLOAD_MAX_BYTES": settings.upload_max_bytes,
        "LOG_LEVEL": settings.log_level,
    }
