"""Names that are secret stay out of words, files and the tickets of a case; asking name by name is soon over."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
import redis
import structlog
from flask import Flask
from sqlalchemy import select

from tests.support.cases import NAMES, Bridge, bridge, drawn, five, record
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Invalid, NotAllowed, TooMany, Unavailable
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Role
from ticketing.domain.workflow import Action
from ticketing.extensions import db, store
from ticketing.models import CaseEntry, HistoryEntry
from ticketing.services import (
    accounts,
    attachments,
    case_filing,
    case_minutes,
    case_planning,
    case_steps,
    case_two_sided,
    case_words,
    cases,
    coordination,
    deputies,
    handling,
    moves,
)
from ticketing.services.attachments import Added, Upload
from ticketing.services.case_files import Paper
from ticketing.services.case_steps import Proof
from ticketing.services.history import Said

NAME = NAMES[2]
SAID = f"已请{NAME}到场。"


@pytest.fixture
def one(rolled_back: Flask) -> Bridge:
    case = bridge()
    case.draw(drawn(*five(), declined=(record(0, name="公孙未到", pool_number="QQ20209999"),)))
    return case


def docx(text: str) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "word/document.xml", f"<w:p><w:t>{text[:2]}</w:t></w:p><w:p><w:t>{text[2:]}</w:t></w:p>"
        )
    return box.getvalue()


def note(one: Bridge, text: str, who: str = "watcher") -> None:
    cases.note(one.case, text, one.act(who), one.province)


def minutes(one: Bridge, **changed: object) -> None:
    told = {"held_at": one.now, "place": "302", "text": "商定。", "attendance": {}, "decisions": ()} | changed
    case_minutes.record(one.case, case_minutes.Meeting(**told), one.act("supervisor", hours=1), one.province)


def decision(one: Bridge) -> case_planning.NewStep:
    return case_planning.NewStep(f"通知{NAME}", one.parties["convener"].id, one.now.replace(year=2021))


def on_ticket(one: Bridge, text: str, **data: str) -> None:
    moves.move(one.ticket, Action.NOTE, one.act("watcher"), Said(text, dict(data)))


def attach(one: Bridge, name: str, content: bytes) -> None:
    attachments.add(one.ticket, Upload(name, content), Added("甲", one.now, public=False), most_bytes=99_999)


def file_of_step(one: Bridge, name: str, content: bytes) -> None:
    row = cases.step(one.case, 7)
    row.state = "ready"
    proof = Proof("", {}, (Paper(Upload(name, content), 99_999),))
    case_steps.file(one.case, 7, proof, one.act("operator"), one.province)


def field_of_step(one: Bridge) -> None:
    cases.step(one.case, 8).state = "ready"
    one.finish(8, "tenderer", reference=f"{NAME} 2020-017")


def ask_more(one: Bridge) -> None:
    handling.ask_requester(one.ticket, SAID, one.act("supervisor"), one.province)


PLACES: dict[str, Callable[[Bridge], None]] = {
    "note": lambda one: note(one, SAID),
    "note of a reader": lambda one: note(one, SAID, "supervisor"),
    "minutes": lambda one: minutes(one, text=SAID),
    "decision": lambda one: minutes(one, decisions=(decision(one),)),
    "new step": lambda one: case_planning.add(
        one.case, decision(one), "要", one.act("watcher"), one.province
    ),
    "reason of dissolving": lambda one: coordination.dissolve(
        one.ticket, SAID, one.act("watcher"), one.province
    ),
    "note on the ticket": lambda one: on_ticket(one, SAID),
    "value on the ticket": lambda one: on_ticket(one, "见附", whom=NAME),
    "question to the enterprise": ask_more,
    "name of a file": lambda one: attach(one, f"{NAME}.txt", b"x"),
    "text of a file": lambda one: attach(one, "a.txt", SAID.encode()),
    "office document": lambda one: attach(one, "a.docx", docx(NAME)),
    "field of a step": field_of_step,
    "file of a step": lambda one: file_of_step(one, "a.txt", SAID.encode()),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_place_takes_a_name(one: Bridge, place: str) -> None:
    lines = len(cases.entries(one.case))
    with pytest.raises(Invalid) as refused:
        PLACES[place](one)
    assert refused.value.message == case_words.NAMES_A_MEMBER
    assert refused.value.field in ("text", "files")
    assert len(cases.entries(one.case)) == lines
    texts = [*db.session.scalars(select(CaseEntry.text)), *db.session.scalars(select(HistoryEntry.text))]
    assert not any(NAME in text for text in texts)


@pytest.mark.parametrize("text", ["诸 葛 慕 白", "诸·葛·慕·白", "诸\u200b葛慕白", "QQ20200002", "公孙未到"])
def test_a_name_is_found_however_it_is_written_and_whoever_it_was(one: Bridge, text: str) -> None:
    with pytest.raises(Invalid):
        note(one, f"听说有{text}")


@pytest.mark.parametrize("text", ["专家名单已经确定。", "诸葛亮的诸葛", "2020-06-08 14:00，电话 13904520001"])
def test_ordinary_words_are_taken(one: Bridge, text: str) -> None:
    note(one, text)
    on_ticket(one, text)
    attach(one, "说明.txt", text.encode())


def test_the_same_words_elsewhere_are_nobodys_business(one: Bridge) -> None:
    other = sent(type="help")
    moves.move(other, Action.NOTE, one.act("watcher"), Said(SAID))
    assert other.history_seq


def test_everybody_hears_the_same_and_asking_on_is_soon_over(one: Bridge) -> None:
    with structlog.testing.capture_logs() as told:
        for name in ("公孙未到", NAMES[0], NAMES[1]):
            with pytest.raises(Invalid, match="没有接受的也一样"):
                note(one, name)
        for text in (NAMES[3], "今天天气很好。"):
            with pytest.raises(TooMany):
                note(one, text)
    note(one, "我写别的。", "convener")
    assert [line["refusals"] for line in told if line["event"] == "secret words refused"] == [1, 2, 3]
    assert not any(name in str(told) for name in NAMES)


def test_without_the_counter_nobody_may_ask(one: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(store.client, "get", away)
    with pytest.raises(Unavailable):
        note(one, "专家名单已经确定。")


def test_a_deputy_of_the_lead_reads_no_list(one: Bridge) -> None:
    account = colleague("deputy", Grant(Role.HANDLER, "QQHR-ZJJ"))
    for absent in ("leadhead", "watcher"):
        deputies.stand_in(
            account, absent, one.now.date(), one.now.date() + dt.timedelta(days=9), one.act("watcher")
        )
    deputy = accounts.actor(account, one.now + dt.timedelta(hours=1))
    facts = cases.facts(one.case, one.province)
    assert may(deputy, Permission.READ_CASE, facts)
    assert may(deputy, Permission.DIRECT_CASE, facts)
    assert not may(deputy, Permission.READ_SECRET, facts)
    [listed] = case_two_sided.lists(case_two_sided.current_round(one.case, 4))
    with pytest.raises(NotAllowed):
        case_two_sided.read(one.case, listed, deputy, one.province)
    assert not may(one.people["head"], Permission.READ_SECRET, facts)


def test_the_record_carries_no_name_for_a_reader_either(one: Bridge) -> None:
    filed = str(case_filing.record(one.case, one.province, one.people["supervisor"]))
    assert not any(name in filed for name in NAMES)
