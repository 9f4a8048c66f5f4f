"""`.env.example` tells every setting, with the default that the program has, and none besides."""

import config

EXAMPLE = config.ROOT / ".env.example"


def told() -> dict[str, str]:
    lines = (line.lstrip("#") for line in EXAMPLE.read_text().splitlines() if not line.startswith("# "))
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_the_example_names_every_setting_in_the_order_of_the_code() -> None:
    assert list(told()) == [name.upper() for name in config.Settings.model_fields]


def test_the_example_shows_the_defaults() -> None:
    plain = {
        name.upper(): str(default)
        for name, field in config.Settings.model_fields.items()
        if isinstance(default := field.default, str | int)
    }
    shown = told()
    assert {name: shown[name] for name in plain} == plain
