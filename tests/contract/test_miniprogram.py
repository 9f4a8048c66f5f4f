"""What the mini-program asks of the desk, held against the desk's own description; its colours and words too."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.pofile import read_po

from config import ROOT
from tests.conftest import FrozenClock, _clone, administer, make_app, settings_for
from ticketing import engines
from ticketing.cli.catalog import ENGLISH
from ticketing.extensions import db
from ticketing.web.api.parts import PREFIX

FOLDER = ROOT / "miniprogram"
DOOR: dict[str, dict[str, Any]] = json.loads(
    (FOLDER / "utils" / "door.js").read_text().split("module.exports =", 1)[1]
)
WECHAT = {"wechat_app_id": "wx1", "wechat_app_secret": "s", "wechat_template_id": "t"}
#: Fields that a step may leave out, and the program does.
OPTIONAL = frozenset({"register_code", "email"})


@pytest.fixture(scope="module")
def document(lease: engines.Lease) -> Iterator[dict[str, Any]]:
    name = _clone(lease)
    application = make_app(settings_for(lease, name, **WECHAT), FrozenClock())
    yield application.test_client().get(f"{PREFIX}/openapi.json").get_json()
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    administer(lease, f"drop database {name} with (force)")


def described(document: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    return document["paths"][PREFIX + asked["path"]][asked["method"].lower()]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references, lists and `or null` down to the object."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif "items" in schema:
            schema = schema["items"]
        elif parts := schema.get("allOf") or schema.get("anyOf"):
            schema = next(part for part in parts if part.get("type") != "null")
        else:
            return schema


def has(document: dict[str, Any], schema: dict[str, Any], name: str) -> bool:
    for part in name.split("."):
        fields = resolved(document, schema).get("properties", {})
        if part not in fields:
            return False
        schema = fields[part]
    return True


@pytest.mark.parametrize("name", DOOR)
def test_what_is_asked_is_described(document: dict[str, Any], name: str) -> None:
    asked, there = DOOR[name], described(document, DOOR[name])
    told = {one["name"] for one in there.get("parameters", []) if one.get("in") == "query"}
    assert set(asked["query"]) <= told
    tokens = {scheme for way in there.get("security", []) for scheme in way}
    assert ({asked["token"]} if asked["token"] else set()) == tokens


@pytest.mark.parametrize("name", [name for name, asked in DOOR.items() if asked["reads"]])
def test_what_is_read_is_promised(document: dict[str, Any], name: str) -> None:
    answers = described(document, DOOR[name])["responses"]
    content = next(answers[status]["content"] for status in ("200", "201") if status in answers)
    schema = content["application/json"]["schema"]
    assert [field for field in DOOR[name]["reads"] if not has(document, schema, field)] == []


@pytest.mark.parametrize("name", [name for name, asked in DOOR.items() if asked["sends"]])
def test_what_is_sent_is_taken_and_nothing_needed_is_missing(document: dict[str, Any], name: str) -> None:
    (body,) = described(document, DOOR[name])["requestBody"]["content"].values()
    sends = DOOR[name]["sends"]
    assert [field for field in sends if not has(document, body["schema"], field)] == []
    schema = resolved(document, body["schema"])
    assert set(schema.get("required", [])) <= set(sends)
    left_out = set(schema["properties"]) - {field.split(".")[0] for field in sends}
    assert left_out <= OPTIONAL


def test_every_step_that_the_desk_offers_can_be_taken(document: dict[str, Any]) -> None:
    start = f"{PREFIX}/requests/current/"
    steps = {path for path, verbs in document["paths"].items() if path.startswith(start) and "post" in verbs}
    assert steps == {PREFIX + one["path"] for one in DOOR.values() if PREFIX + one["path"] in steps}
    markup = (FOLDER / "pages" / "request" / "index.wxml").read_text()
    assert [path for path in steps if f"can.{path.removeprefix(start)}" not in markup] == []


def test_the_key_of_a_request_is_a_header_of_the_desk(document: dict[str, Any]) -> None:
    parameters = described(document, DOOR["submit"])["parameters"]
    assert "Idempotency-Key" in {one["name"] for one in parameters if one.get("in") == "header"}


def colours(text: str) -> list[dict[str, str]]:
    """Return the colours of each block that has any, in order."""
    blocks = re.findall(r"\{([^{}]*)\}", text)
    found = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return [block for block in found if block]


def test_the_colours_are_those_of_the_pages() -> None:
    pages = colours((ROOT / "static" / "css" / "tokens.css").read_text())
    assert colours((FOLDER / "app.wxss").read_text()) == pages[:2]
    theme = json.loads((FOLDER / "theme.json").read_text())
    for said, kept in zip((theme["light"], theme["dark"]), pages[:2], strict=True):
        assert [said[name] for name in ("paper", "surface", "ink2", "accent")] == [
            kept[name] for name in ("--paper", "--surface", "--ink-2", "--accent")
        ]


def test_what_the_pages_say_too_is_the_same_in_english() -> None:
    with ENGLISH.open("rb") as stream:
        english = {message.id: message.string for message in read_po(stream) if isinstance(message.id, str)}
    table = re.findall(
        r"^  \w+: \['([^']+)', '((?:[^'\\]|\\.)+)'\]", (FOLDER / "utils" / "words.js").read_text(), re.M
    )
    shared = {zh: en.replace("\\'", "'") for zh, en in table if zh in english}
    assert len(shared) > 50
    assert shared == {zh: english[zh] for zh in shared}


def test_a_message_leads_to_a_page_that_is_there() -> None:
    code = (ROOT / "ticketing" / "services" / "notifications.py").read_text()
    (page,) = re.findall(r'"page": f"(pages/\w+/index)\?number=', code)
    assert page in json.loads((FOLDER / "app.json").read_text())["pages"]
