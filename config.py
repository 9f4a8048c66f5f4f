"""Settings of the program, typed and read from the environment (and `.env`), told wrong all at once.

Only `wsgi` and `ticketing.app` read this module; everything below is handed values. The names of the
variables are the names of the fields in capitals. Relative paths count from the project's folder, so a
command means the same wherever it is called.
"""

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
GROUPS = {
    "twilio_from": ("twilio_account_sid", "twilio_auth_token"),
    "tencent_sms_sign": ("tencent_secret_id", "tencent_secret_key", "tencent_sms_app_id"),
    "wechat_template_id": ("wechat_app_id", "wechat_app_secret"),
    "mail_from": ("mail_host",),
}


class SettingsError(Exception):
    """One sentence for each variable that is missing or wrong; never its value, which may be a secret."""


def _anchored(path: Path) -> Path:
    return (ROOT / path.expanduser()).resolve()


def _postgres(url: str) -> str:
    """Check a database URL and name its driver; pydantic's own type refuses URLs of Unix sockets."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("is not a database URL (postgresql://user:password@host/name)") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("must name a PostgreSQL server; no other database is supported")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _redis(url: str) -> str:
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return url


def _web_address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")


AnchoredPath = Annotated[Path, AfterValidator(_anchored)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Count = Annotated[int, Field(ge=1, le=256)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", env_ignore_empty=True, extra="forbid", frozen=True, validate_default=True,
        hide_input_in_errors=True,
    )  # fmt: skip

    database_url: Annotated[str, AfterValidator(_postgres)] | None = None
    redis_url: Annotated[str, AfterValidator(_redis)] | None = None
    demo: bool = Field(default_factory=lambda earlier: earlier.get("database_url") is None)
    secret_key: SecretStr = SecretStr("")
    password_pepper: SecretStr = SecretStr("")

    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: WebAddress | None = None
    proxies: Annotated[int, Field(ge=0, le=9)] = 0
    web_workers: Count = 4
    web_threads: Count = 2
    workers: Count = 1
    streams: Annotated[int, Field(ge=0, le=255)] = 1

    province_pack: AnchoredPath = Path("provinces/heilongjiang")
    var_dir: AnchoredPath = Path("var")
    real_messages_dir: AnchoredPath | None = None
    submissions_per_hour: Annotated[int, Field(ge=1)] = 120
    figures_age: Annotated[int, Field(ge=0, le=600)] = 10
    upload_max_bytes: Annotated[int, Field(ge=1)] = 10 * 1024 * 1024
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_from: str | None = None
    twilio_emergency: dict[Literal["110", "119", "120"], str] = Field(default_factory=dict)

    tencent_secret_id: str | None = None
    tencent_secret_key: SecretStr | None = None
    tencent_sms_app_id: str | None = None
    tencent_sms_sign: str | None = None
    tencent_sms_templates: dict[str, list[str]] = Field(default_factory=dict)

    wechat_app_id: str | None = None
    wechat_app_secret: SecretStr | None = None
    wechat_template_id: str | None = None
    wechat_api_base: WebAddress = "https://api.weixin.qq.com"

    mail_host: str | None = None
    mail_port: Port = 587
    mail_user: str | None = None
    mail_password: SecretStr | None = None
    mail_from: str | None = None

    @property
    def embedded(self) -> bool:
        """Whether the program has to bring at least one engine of its own."""
        return self.database_url is None or self.redis_url is None

    @property
    def address(self) -> str:
        """The address that people type and that notices carry."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def with_engines(self, database_url: str, redis_url: str) -> "Settings":
        """Return the settings with the embedded engines where no server was named."""
        found = {"database_url": self.database_url or database_url, "redis_url": self.redis_url or redis_url}
        return self.model_copy(update=found)

    def environment(self) -> dict[str, str]:
        """Return what a child process must be told: what was found out here and is not in the environment."""
        return {
            "DATABASE_URL": self.database_url or "",
            "REDIS_URL": self.redis_url or "",
            "DEMO": str(self.demo),
            "SECRET_KEY": self.secret_key.get_secret_value(),
            "PASSWORD_PEPPER": self.password_pepper.get_secret_value(),
        }

    @field_validator("secret_key", "password_pepper")
    @classmethod
    def _long_and_ours(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        """Demand own secrets of a real installation: two hosts with two keys refuse each other's sessions."""
        alone = info.data.get("demo") or not (info.data.get("database_url") and info.data.get("redis_url"))
        if not value and not alone:
            raise ValueError(
                "is missing; beside own servers it must be set, to one long random text for all hosts"
            )
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return value

    @field_validator(*GROUPS)
    @classmethod
    def _whole_group(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Half an account sends nothing and says so only at the first notice: refuse it at the start."""
        rest = GROUPS[info.field_name or ""]
        absent = [name.upper() for name in rest if name in info.data and info.data[name] is None]
        if value is None and len(absent) < len(rest):
            raise ValueError(f"is missing; {' and '.join(n.upper() for n in rest)} are of no use without it")
        if value is not None and absent:
            raise ValueError(f"is of no use without {' and '.join(absent)}")
        return value


def load(**values: object) -> Settings:
    """Read the settings; generate and keep the two secrets where the installation is one machine.

    `values` go before the environment (tests use them). Raises SettingsError with one line per variable.
    """
    try:
        settings = Settings(**values)
    except ValidationError as error:
        told = [dict(e) for e in error.errors() if e["type"] != "default_factory_not_called"]
        raise SettingsError("\n".join(map(_sentence, told))) from None
    kept = {
        name: SecretStr(_kept(settings.var_dir / name))
        for name in ("secret_key", "password_pepper")
        if not getattr(settings, name)
    }
    return settings.model_copy(update=kept)


def _sentence(error: dict[str, object]) -> str:
    """Tell a variable and its trouble, without the value: it may be a password."""
    location = error["loc"]
    name = str(location[0]).upper() if isinstance(location, tuple) and location else "?"
    if error["type"] == "extra_forbidden":
        return f"{name} in .env is not a setting of this program."
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name} {message}." if message[:1].islower() else f"{name}: {message}."


def _kept(path: Path) -> str:
    """Read a generated secret or make it; the hard link lets exactly one of two starters win."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
