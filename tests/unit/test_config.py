"""Settings say everything that is wrong at once, keep secrets to themselves, generate only what they may."""

import stat
from pathlib import Path

import pytest

import config

OWN = {"database_url": "postgresql://u:p@h/n", "redis_url": "redis://h"}
LONG = "x" * 40


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(config.Settings.model_config, "env_file", None)


def refusal(**values: object) -> list[str]:
    with pytest.raises(config.SettingsError) as told:
        config.load(**values)
    return str(told.value).splitlines()


def test_everything_wrong_is_told_at_once() -> None:
    told = refusal(port="many", database_url="mysql://h/n", redis_url="amqp://h", upload_max_bytes=1)
    assert [line.split()[0].rstrip(":") for line in told] == ["DATABASE_URL", "REDIS_URL", "PORT"]


def test_a_refused_value_is_not_repeated() -> None:
    assert "geheim" not in " ".join(refusal(**OWN, secret_key="geheim", password_pepper="geheim"))


def test_own_servers_demand_own_secrets() -> None:
    told = refusal(**OWN)
    assert [line.split()[0] for line in told] == ["SECRET_KEY", "PASSWORD_PEPPER"]


def test_a_machine_alone_generates_secrets_once_and_keeps_them(tmp_path: Path) -> None:
    first, second = config.load(var_dir=tmp_path), config.load(var_dir=tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert first.password_pepper != first.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["password_pepper", "secret_key"]


def test_what_children_are_told_makes_the_same_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = config.load(var_dir=tmp_path).with_engines("postgresql://h/embedded", "unix:///v.sock")
    for name, value in parent.environment().items():
        monkeypatch.setenv(name, value)
    child = config.load(var_dir=tmp_path)
    assert (child.demo, child.secret_key, child.embedded) == (True, parent.secret_key, False)


def test_a_named_server_is_not_replaced_by_the_embedded_one(tmp_path: Path) -> None:
    settings = config.load(var_dir=tmp_path, redis_url="redis://h").with_engines(
        "postgresql://e/n", "unix:///e"
    )
    assert settings.redis_url == "redis://h"


@pytest.mark.parametrize(("values", "demo"), [({}, True), (OWN, False), ({**OWN, "demo": "1"}, True)])
def test_the_demo_is_for_machines_without_a_database_of_their_own(
    values: dict[str, str], demo: bool, tmp_path: Path
) -> None:
    keys = {"secret_key": LONG, "password_pepper": LONG}
    assert config.load(**values, **keys, var_dir=tmp_path).demo is demo


def test_the_driver_is_ours_whatever_the_url_says() -> None:
    settings = config.load(**OWN, secret_key=LONG, password_pepper=LONG)
    assert settings.database_url == "postgresql+psycopg://u:p@h/n"


def test_half_an_account_is_refused() -> None:
    told = refusal(twilio_auth_token="t", mail_from="a@example.org", wechat_app_id="w", wechat_app_secret="s")
    assert told == [
        "TWILIO_FROM is missing; TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are of no use without it.",
        "WECHAT_TEMPLATE_ID is missing; WECHAT_APP_ID and WECHAT_APP_SECRET are of no use without it.",
        "MAIL_FROM is of no use without MAIL_HOST.",
    ]


def test_a_misspelt_line_of_the_env_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PROT=8001\nPORT=8002\n")
    monkeypatch.setitem(config.Settings.model_config, "env_file", tmp_path / ".env")
    assert refusal() == ["PROT in .env is not a setting of this program."]


def test_relative_paths_count_from_the_project() -> None:
    assert config.Settings(province_pack="provinces/x").province_pack == config.ROOT / "provinces/x"
