"""Packs: every mistake with its file and line, loading twice changes nothing, another province is another folder."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import ROOT
from sla.instants import ZONE
from tests.conftest import MONDAY, FrozenClock, administer, make_app, settings_for
from tests.support.requests import WEB, inbound
from ticketing.engines import Lease
from ticketing.extensions import db, transaction
from ticketing.models import Bureau, Hotline, PolicyDocument, Ticket, TicketClock
from ticketing.services import intake, pack, pack_load, province
from ticketing.services.history import Act
from ticketing.services.pack_files import PackInvalid

TINY = ROOT / "tests" / "data" / "packs" / "tiny"
Edit = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "a pack"))


def change(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return edit


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (change("bureaus.csv", "MH-GY,明湖市工业局,明湖市工业局,Minghu Industry Bureau,prefecture,990100", "MH-GY,明湖市工业局,明湖市工业局,Minghu Industry Bureau,prefecture,990300"), "bureaus.csv:4: region_code: 990300 is not in regions.csv"),
        (change("bureaus.csv", "YH-HG,", "YH-GY,"), "bureaus.csv:5: code YH-GY stands on line 3 already"),
        (change("hotlines.csv", "+862155500002", "021-5550002"), "hotlines.csv:3: number: 021-5550002 is not like"),
        (change("hotlines.csv", "Mon-Fri 09:00-18:00", "always"), "hotlines.csv:3: hours: always is not like"),
        (change("topics.csv", "通关|报关单", "通关|开工备案"), "topics.csv:3: keywords_zh: 开工备案 belongs to A1 already"),
        (change("topics.csv", "customs,help,no", "customs,help,maybe"), "topics.csv:3: needs_region: must be yes or no"),
        (change("topics.csv", "example_zh", "beispiel"), "topics.csv:1: columns missing"),
        (change("regions.csv", "990101,石桥县,石桥,Shiqiao County,county,990100", "990101,石桥县,石桥,Shiqiao County,county,"), "regions.csv:5: parent_code"),
        (change("pack.yaml", "first_receiver: YH-ZX", "first_receiver: YH-XX"), "pack.yaml:7: first_receiver: YH-XX is not in"),
        (change("pack.yaml", "timezone: Asia/Shanghai\n", ""), "pack.yaml:2: timezone: missing"),
        (change("pack.yaml", "default_template: together", "default_template: alone"), "pack.yaml:11: default_template"),
        (change("sla/policy.yaml", "working_minutes: 120", "weeks: 2"), "sla/policy.yaml:6: limits.1.target"),
        (change("calendar/2020.yaml", "year: 2020", "year: 2020\nyear: 2021"), "calendar/2020.yaml:6: year stands twice"),
        (change("calendar/2020.yaml", "work: [2020-06-13]", "work: [2020-06-12]"), "calendar/2020.yaml:8: work.0"),
        (change("routing/rules.yaml", "auto: 0.75", "auto: 7"), "routing/rules.yaml:5: thresholds.auto"),
        (change("coordination/together.yaml", "owner: lead", "owner: nobody"), "coordination/together.yaml:9: steps.0.owner"),
        (change("coordination/together.yaml", "owner: lead,", "owner: lead, depends_on: [1],"), "coordination/together.yaml:9: steps.0.depends_on"),
        (change("coordination/together.yaml", "due: {working_days: 2}", "due: {working_days: 0}"), "coordination/together.yaml:9: steps.0.due.working_days"),
        (change("coordination/together.yaml", "due: {working_days: 2}", "due: {working_days: 12}"), "coordination/together.yaml:9: steps.0.due"),
        (lambda folder: (folder / "topics.csv").unlink(), "topics.csv:1: the file is missing"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_file_and_line(folder: Path, edit: Edit, told: str) -> None:
    edit(folder)
    with pytest.raises(PackInvalid) as refused:
        pack.read(folder)
    assert any(str(problem).startswith(told) for problem in refused.value.problems), str(refused.value)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    change("topics.csv", "customs,help,no", "customs,help,maybe")(folder)
    change("pack.yaml", "first_receiver: YH-ZX", "first_receiver: YH-XX")(folder)
    with pytest.raises(PackInvalid) as refused:
        pack.read(folder)
    assert {problem.file for problem in refused.value.problems} == {"topics.csv", "pack.yaml"}


def heilongjiang() -> pack.Pack:
    return pack.read(ROOT / "provinces" / "heilongjiang")


def test_loading_twice_changes_nothing_and_publishes_nothing() -> None:
    sheets = select(func.count()).where(PolicyDocument.kind == "pack")
    before = db.session.scalar(sheets)
    assert not pack_load.load(heilongjiang(), MONDAY)
    assert db.session.scalar(sheets) == before


def test_a_row_that_left_is_retired_and_comes_back() -> None:
    found = heilongjiang()
    gone = found.tables["hotlines"].pop()
    changes = pack_load.load(found, MONDAY)
    assert changes.retired == {"hotlines": [gone["number"]]}
    current = province.current()
    assert gone["number"] not in current.directory.hotlines
    assert gone["number"] in current.archive.hotlines
    assert pack_load.load(heilongjiang(), MONDAY).changed == {"hotlines": [gone["number"]]}
    assert db.session.get_one(Hotline, gone["number"]).active


def test_a_difference_is_shown_and_nothing_done() -> None:
    found = heilongjiang()
    found.tables["bureaus"][0]["duties_zh"] = "别的职责。"
    assert pack_load.diff(found).lines() == ["change  bureaus   HLJ-YSJ"]
    assert db.session.get_one(Bureau, "HLJ-YSJ").duties_zh != "别的职责。"


def test_a_published_document_cannot_be_changed_under_its_version() -> None:
    found = heilongjiang()
    next(one for one in found.documents if one.kind == "sla").body["limits"].pop()
    with pytest.raises(PackInvalid, match="raise its version"):
        pack_load.load(found, MONDAY)


def test_the_commands_say_what_they_did(app: Flask, folder: Path) -> None:
    run = app.test_cli_runner().invoke
    assert "139 regions, 359 bureaus, 59 hotlines, 110 topics" in run(args=["pack", "check"]).output
    assert run(args=["pack", "diff"]).output == "Nothing to change.\n"
    change("topics.csv", "customs,help,no", "customs,help,maybe")(folder)
    refused = run(args=["pack", "check", str(folder)])
    assert refused.exit_code == 1
    assert "topics.csv:3: needs_region: must be yes or no" in refused.output


def test_deadlines_of_a_table_are_printed_in_its_order(app: Flask, tmp_path: Path) -> None:
    table = tmp_path / "a table.csv"
    table.write_text(
        "\ufeffid,unit,target,start,pauses,note\nb,minutes,30,2020-06-08T10:00,,x\na,working_days,1,2020-06-08T10:00,2020-06-09T10:00/,\n"
    )
    done = app.test_cli_runner().invoke(args=["sla", "due", "--csv", str(table)])
    assert done.output.splitlines() == ["id,due", "b,2020-06-08T10:30+08:00", "a,"]


def test_another_province_is_another_folder(lease: Lease) -> None:
    administer(lease, "create database tiny")
    application = make_app(settings_for(lease, "tiny", province_pack=TINY), FrozenClock())
    with application.app_context():
        from_empty(application)
        act = Act(WEB, MONDAY)
        body = "明湖的工厂开工备案卡住了，工厂开工等着。"
        with transaction():
            receipt = intake.receive(inbound(subject="开工备案", body=body), act, province.current())
        one = db.session.get_one(Ticket, receipt.ticket_id)
        due = db.session.scalar(select(TicketClock.due_at).where(TicketClock.kind == "answer"))
        page = application.test_client().get("/").text
        db.session.remove()
        db.engine.dispose()
    administer(lease, "drop database tiny with (force)")
    assert (receipt.state, receipt.bureau_code, one.region_code) == ("dispatched", "MH-GY", "990100")
    assert due == dt.datetime(2020, 6, 11, 18, 0, tzinfo=ZONE)
    assert "云海省企业诉求" in page


def from_empty(application: Flask) -> None:
    application.test_cli_runner().invoke(args=["db", "upgrade"])
    with transaction():
        pack_load.load(pack.read(TINY), MONDAY)
