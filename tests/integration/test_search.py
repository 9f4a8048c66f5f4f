"""Search on real rows: what is found by what, how far back, and what stays hidden from whom."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from tests.conftest import MONDAY
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.query import Query, read
from ticketing.domain.query_fields import FIELDS
from ticketing.domain.register_code import check_character
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import dispatch, handling, province, search, worklists
from ticketing.services.history import Act
from ticketing.services.search import Found
from ticketing.services.worklists import Cursor
from ticketing.web.lexicon import lexicon

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


@pytest.fixture(autouse=True)
def page(rolled_back: Flask) -> None:
    """Names are read in the language of a request."""
    with rolled_back.test_request_context("/desk/tickets"):
        yield


def staff(*grants: Grant) -> Actor:
    return Actor(ActorKind.STAFF, "某人", Door.DESK, account_id=1, grants=frozenset(grants))


OPERATOR, BOSS, WORKER = (
    staff(Grant(Role.OPERATOR)), staff(Grant(Role.SUPERVISOR)), staff(Grant(Role.HANDLER, SWJ)),
)  # fmt: skip


def asked(line: str) -> Query:
    query = read(line, lexicon(), MONDAY)
    assert query.mistakes == ()
    return query


def look(line: str, who: Actor = OPERATOR, after: Cursor | None = None) -> Found:
    return search.found(asked(line), who, after, MONDAY)


def ids(line: str, who: Actor = OPERATOR) -> list[int]:
    return [row.id for row in look(line, who).page.rows]


@pytest.mark.parametrize(
    "line",
    ["评标", "內容:評標", "评标委员会 消防", "老灶", "lzhg", "ZJG", "张建国", "0021", "13904510021", "04510021",
     "尾号:0021", "企业:火锅店", "enterprise:lzhg", "联系人:张建", "地区:南岗区", "region:哈尔滨 评标",
     "line:商务 评标", "来源:网页 评标", "类型:求助 评标", "承办:哈尔滨市商务局 评标", "is:open 评标", "状态:待签收",
     "received:today 评标", "评标 受理<3天"],
)  # fmt: skip
def test_a_request_is_found_by(line: str) -> None:
    one = sent(type="help", subject="评标委员会组不起来，消防验收", enterprise="老灶火锅店", requester="张建国",
               phone="13904510021")  # fmt: skip
    sent(type="consultation", subject="别的事情", body="无关的内容。", enterprise="北方机械厂", requester="李四",
         phone="13800138000", topic_code=None, region_code="230204")  # fmt: skip
    found = ids(line.replace("內容", "内容"))
    assert one.id in found
    assert len(found) == 1 or line == "状态:待签收"


def test_what_lies_long_ago_is_found_in_order_and_nothing_twice() -> None:
    days = [0, 1, 2, 3, 9, 10, 11, 30, 45, 200, 700, 1500]
    made = [sent(MONDAY - dt.timedelta(days=day), subject="消防验收") for day in days]
    sent(subject="别的")
    assert ids("消防") == [one.id for one in made]


def test_pages_hold_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    made = [sent(MONDAY - dt.timedelta(days=day), subject="消防") for day in (0, 0, 0, 3, 3, 40, 400)]
    seen, after = [], None
    while True:
        page = look("消防", after=after).page
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(one.id for one in made)
    assert len(seen) == len(made)


def test_a_search_that_has_looked_enough_says_how_far_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ENOUGH", 0)
    near = sent(MONDAY - dt.timedelta(days=1), subject="消防")
    far = sent(MONDAY - dt.timedelta(days=300), subject="消防")
    first = look("消防")
    assert ([row.id for row in first.page.rows], first.back_to is not None) == ([near.id], True)
    assert [row.id for row in look("消防", after=first.page.after).page.rows] == [far.id]


def test_a_morning_without_the_word_does_not_send_a_search_through_the_whole_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for days in range(1, 10, 2):
        sent(MONDAY - dt.timedelta(days=days), subject="公司注销")
    sent(MONDAY, subject="热线打不通")
    began = []
    look_through = search.stretches.look

    def noted(asked: Any, who: Actor, stretch: search.stretches.Stretch, *more: Any) -> Any:
        began.append(stretch.since)
        return look_through(asked, who, stretch, *more)

    monkeypatch.setattr(search, "PAGE", 2)
    monkeypatch.setattr(search.stretches, "look", noted)
    assert len(look("注销").page.rows) == 2
    assert len(began) == 2
    assert None not in began


def test_the_total_is_exact_where_everything_was_looked_at() -> None:
    for _ in range(3):
        sent(subject="消防")
    assert look("消防").total == "3"


def reported() -> Ticket:
    return sent(type="report", subject="评标有人打招呼", requester="赵举报", phone="13904519999")


@pytest.mark.parametrize("line", ["赵举报", "zjb", "9999", "13904519999", "电话:9999", "联系人:赵举报"])
def test_who_reported_is_found_by_nobody_at_the_bureau(line: str) -> None:
    one = reported()
    assert one.id in ids("评标", WORKER)
    assert ids(line, WORKER) == ids(line, OPERATOR) == []


def test_a_ticket_that_becomes_a_report_hides_its_person() -> None:
    one = sent(requester="赵举报", phone="13904519999")
    act = Act(actor("desk", Grant(Role.DISPATCHER)), MONDAY)
    assert ids("赵举报", WORKER) == [one.id]
    dispatch.reclassify(one, "report", "normal", act, province.current())
    assert ids("赵举报", WORKER) == ids("9999", BOSS) == []


def test_reports_stay_hidden_from_operators_and_strangers_from_bureaus() -> None:
    report, elsewhere = reported(), ticket(subject="评标还没有人管", body="希望关心。")
    assert ids("评标", OPERATOR) == [elsewhere.id]
    assert ids("评标", WORKER) == [report.id]
    assert set(ids("评标", BOSS)) == {report.id, elsewhere.id}


def test_a_bureau_goes_on_finding_what_it_had() -> None:
    one = sent(subject="评标")
    mover = Act(actor("mover", Grant(Role.DISPATCHER)), MONDAY)
    dispatch.dispatch(one, SCJG, mover, province.current())
    assert ids("评标", WORKER) == ids("评标", staff(Grant(Role.HANDLER, SCJG))) == [one.id]
    assert ids("评标", staff(Grant(Role.HANDLER, "HRB-ZJJ"))) == []
    assert ids("评标 承办:哈尔滨市商务局") == []


def test_open_ones_come_by_due_time() -> None:
    late, early = sent(type="suggestion"), sent(type="consultation", urgency="critical")
    done = sent()
    handling.accept(done, Act(actor("w", Grant(Role.HANDLER, SWJ)), MONDAY))
    assert ids("状态:待签收 期限<90天") == [early.id, late.id]
    assert ids("is:overdue") == []


def test_nothing_is_asked_of_the_database_for_words_that_find_nothing(statements: list[str]) -> None:
    assert look("！！").page.rows == []
    assert not [one for one in statements if "FROM ticket" in one]


def test_terms_of_an_older_version_are_written_anew(rolled_back: Flask) -> None:
    one, other = sent(subject="消防验收"), sent(subject="别的事")
    one.terms = "'old'"
    db.session.flush()
    known, beside = one.id, other.id
    assert ids("消防") == []
    done = rolled_back.test_cli_runner().invoke(args=["search", "reindex"])
    assert done.exit_code == 0, done.output
    assert (ids("消防"), beside in ids("别的事")) == ([known], True)


def test_counts_stop() -> None:
    assert worklists.shown_count(worklists.COUNTED + 1) == "500+"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("消防 -评标", "b"), ("消防 NOT 评标", "b"), ("消防 -类型:求助", "b"), ("消防 -企业:火锅", "b"),
        ("消防 -是:重办", "ab"),
        ("-评标 -别的", "b"), ("消防 -状态:已办结", "ab"), ("消防 -尾号:0021", "b"), ("-承办:市商务局 消防", ""),
        ("消防 -due<99d", ""), ("-！！ 消防", "ab"),
    ],
)  # fmt: skip
def test_what_is_not_wanted_is_left_out(line: str, found: str) -> None:
    made = {
        "a": sent(type="help", subject="消防验收和评标", enterprise="老灶火锅店", phone="13904510021"),
        "b": sent(type="consultation", subject="消防验收", enterprise="北方机械厂", phone="13904510022"),
        "c": sent(subject="别的事情", enterprise="某某厂", phone="13904510023"),
    }
    names = {one.id: name for name, one in made.items()}
    assert "".join(sorted(names[one] for one in ids(line))) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("类型:求助,咨询", "ab"), ("类型:咨询、投诉 消防", "b"), ("-类型:求助,咨询 事情", "c"),
        ("urgency:critical,pressing", "a"), ("-紧急:特急，紧急", "bc"),
        ("承办:哈尔滨市营商局,齐齐哈尔市发改委", "bc"), ("地区:富拉尔基区,龙沙", "c"),
        ("地区:南岗区,富拉尔基区", "abc"),
        ("主题:乱收费,投标保证金", "bc"), ("topic:fees", "b"), ("内容:评标,别的", "ac"),
        ("企业:火锅,bfjx", "ab"), ("-企业:火锅,某某", "b"), ("企业:！！,火锅", "a"),
        ("联系人:张三，李四 消防", "ab"), ("电话:0021,0023", "ac"),
        ("是:重办,超时", ""), ("-is:mine,closed", "abc"),
        ("状态:待签收,办理中 类型:求助,投诉", "c"), ("-状态:已办结,已答复 类型:咨询,求助", "ab"),
    ],
)  # fmt: skip
def test_any_of_the_values_of_a_field_will_do(line: str, found: str) -> None:
    made = {
        "a": sent(type="help", subject="消防验收和评标", enterprise="老灶火锅店", phone="13904510021", requester="张三",
                  urgency="critical", region_code="230103", topic_code=None),
        "b": sent(type="consultation", subject="消防验收", enterprise="北方机械厂", phone="13904510022",
                  requester="李四", topic_code="T0101"),
        "c": sent(type="complaint", subject="别的事情", enterprise="某某厂", phone="13904510023", requester="王五",
                  region_code="230206", topic_code="T0203"),
    }  # fmt: skip
    names = {one.id: name for name, one in made.items()}
    assert "".join(sorted(names[one] for one in ids(line))) == found


@pytest.mark.parametrize("said", ["zh", "en"])
def test_the_example_of_each_field_is_right(rolled_back: Flask, said: str) -> None:
    with rolled_back.test_request_context("/find", headers={"Cookie": f"lang={said}"}):
        examples = [spec.said(english=said == "en").example for spec in FIELDS.values()]
        assert [one for one in examples if read(one, lexicon(), MONDAY).mistakes] == []


def test_of_many_circumstances_that_of_open_tickets_finds_no_closed_one() -> None:
    done, late = sent(subject="办结了的"), sent(subject="超时的")
    done.state, done.close_reason, done.due_at = "closed", "confirmed", MONDAY - dt.timedelta(days=1)
    late.due_at = MONDAY - dt.timedelta(days=1)
    db.session.flush()
    assert ids("is:overdue,contested") == [late.id]
    assert set(ids("is:overdue,closed")) == {done.id, late.id}


def test_many_people_asked_for_at_once_tell_nobody_who_reported() -> None:
    one = reported()
    assert ids("联系人:赵举报,王五", WORKER) == ids("电话:9999,0021", OPERATOR) == []
    assert ids("-联系人:赵举报,王五 评标", WORKER) == [one.id]


def test_leaving_out_a_telephone_tells_nobody_who_reported() -> None:
    one = reported()
    for line in ("评标 -9999", "评标 -电话:9999", "评标 -联系人:赵举报"):
        assert ids(line, WORKER) == [one.id]


def test_a_ticket_is_found_by_a_part_of_its_number() -> None:
    one, other = sent(subject="消防"), sent(subject="消防")
    for part in (one.number[6:], one.number[6:12], one.number[:12], f"{one.number[:6]}-{one.number[6:12]}"):
        assert ids(part) == [one.id], part
    assert set(ids(one.number[:8])) == {one.id, other.id}
    assert ids("7777777") == []


def test_a_part_of_a_number_and_the_end_of_a_telephone_are_both_found() -> None:
    one = sent(subject="消防", phone="13900000021")
    other = sent(subject="别的", phone=f"13904{one.number[6:12]}")
    sent(subject="再别的", phone="13904510023")
    assert ids(one.number[6:12]) == [one.id, other.id]


def code(stem: str) -> str:
    return stem + check_character(stem)


@pytest.mark.parametrize("typed", ["{}", " {} ", "wide", "lower"])
def test_an_enterprise_is_found_by_its_register_code(typed: str) -> None:
    own, other = code("91230103MA19LKF07"), code("91230103MA19LKF08")
    one = sent(subject="消防", register_code=own)
    sent(subject="消防", register_code=other, body=f"我们的代码不是 {own[:-1]}。")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in own)
    line = {"wide": wide, "lower": own.lower()}.get(typed, typed.format(own))
    assert ids(line.strip()) == [one.id]
