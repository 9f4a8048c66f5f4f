"""The record of a case on real paper: the order of events with its digests, names only where they may be."""

import io
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.conftest import FrozenClock
from tests.functional.conftest import Browser
from tests.support.cases import NAMES, UNITS, Bridge, bridge
from tests.support.people import PASSWORD, colleague
from ticketing.domain import case_record
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import papers


@pytest.fixture
def one(rolled_back: Flask, clock: FrozenClock) -> Bridge:
    rolled_back.test_client_class = Browser
    rolled_back.config["WTF_CSRF_ENABLED"] = False
    case = bridge()
    case.draw()
    case.enter()
    case.confirm()
    case.to_award()
    clock.now = case.now
    db.session.commit()
    return case


def as_(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", data={"username": username, "password": PASSWORD}).status_code == 302
    return client


def words(client: FlaskClient, one: Bridge) -> str:
    assert client.post(f"/cases/{one.case.number}/record").status_code == 302
    assert papers.run() == 1
    answer = client.get(f"/cases/{one.case.number}/record.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_the_paper_has_every_line_with_its_digest_and_the_anchor(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "bidsupervisor")
    record = client.get(f"/cases/{one.case.number}/record.json").get_json()
    paper = words(client, one)
    assert all(line["hash"] in paper for line in record["log"])
    assert record["anchor"] in paper
    assert record["digest"] in paper
    assert "协调事项归档记录" in paper


def test_no_name_is_on_paper_before_secrecy_is_lifted_whoever_asks(one: Bridge, rolled_back: Flask) -> None:
    paper = words(as_(rolled_back, "bidsupervisor"), one)
    assert not any(word in paper for word in (*NAMES, *UNITS))


def test_afterwards_readers_find_the_names_and_others_find_them_masked(
    one: Bridge, rolled_back: Flask
) -> None:
    one.answer()
    db.session.commit()
    paper = words(as_(rolled_back, "bidsupervisor"), one)
    assert all(word in paper for word in (*NAMES, *UNITS))
    paper = words(as_(rolled_back, "watcher"), one)
    assert not any(word in paper for word in (*NAMES, *UNITS))
    assert f"{NAMES[0][0]}**" in paper


def test_the_paper_is_nobodys_to_whom_the_case_is_not(one: Bridge, rolled_back: Flask) -> None:
    colleague("stranger", Grant(Role.HANDLER, "HRB-SWJ"))
    db.session.commit()
    assert as_(rolled_back, "stranger").get(f"/cases/{one.case.number}/record.pdf").status_code == 404


def test_a_filed_record_is_checked_without_the_application(
    one: Bridge, rolled_back: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.json"
    record = as_(rolled_back, "bidsupervisor").get(f"/cases/{one.case.number}/record.json").get_json()
    path.write_text(json.dumps(record, ensure_ascii=False))
    assert case_record.main(str(path)) == 0
    record["steps"][2]["ended_at"] = "2020-06-01T00:00:00+00:00"
    record["log"].pop()
    path.write_text(json.dumps(record, ensure_ascii=False))
    assert case_record.main(str(path)) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3
