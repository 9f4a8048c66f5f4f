"""Pages of cases: the board, a case for its people, the list page that shows a name to nobody else."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support.cases import NAMES, UNITS, Bridge, bridge, five
from tests.support.people import PASSWORD, colleague
from tests.support.requests import PASSWORD as TICKET_PASSWORD
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import CaseEntry, Delivery
from ticketing.services import case_links, case_planning, cases, coordination, notifications


@pytest.fixture
def one(rolled_back: Flask, clock: FrozenClock) -> Bridge:
    case = bridge()
    clock.now = case.now
    db.session.commit()
    return case


def log_in(client: FlaskClient, username: str) -> FlaskClient:
    answer = client.post("/login", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def as_(rolled_back: Flask, username: str) -> FlaskClient:
    return log_in(rolled_back.test_client(), username)


def as_party(one: Bridge, app: Flask, role: str) -> FlaskClient:
    """Open the personal link of a party with its code."""
    client, party = app.test_client(), one.parties[role]
    link = f"/case/{case_links._token(party)}"
    assert client.post(link, data={"send": "1"}).status_code == 200
    body = db.session.scalars(select(Delivery.body).order_by(Delivery.id.desc())).first()
    code = "".join(c for c in body if c.isdigit())[:6]
    assert client.post(link, data={"code": code}).headers["Location"] == "/party"
    return client


def rows(records: object, *, draw: bool) -> dict[str, str]:
    """Return a list as the form sends it."""
    data = {"hand_in": "1"}
    for place, record in enumerate(records):
        for name in ("pool_number", "name", "unit", "speciality"):
            data[f"{name}-{place}"] = getattr(record, name)
    more = {"pool": "省库", "pool_size": "1860", "drawn_at": "2020-06-08T10:00", "witness": "甲"}
    return data | (more if draw else {})


def test_the_board_shows_what_stands_and_what_comes(one: Bridge, rolled_back: Flask) -> None:
    page = as_(rolled_back, "watcher").get("/cases").text
    assert "远程组建评标委员会" in page
    assert "线下随机抽取专家" in page


def test_a_case_is_nobodys_to_whom_it_is_not(one: Bridge, rolled_back: Flask) -> None:
    colleague("stranger", Grant(Role.HANDLER, "HRB-SWJ"))
    colleague("operator", Grant(Role.OPERATOR))
    db.session.commit()
    where = f"/cases/{one.case.number}"
    assert as_(rolled_back, "stranger").get(where).status_code == 404
    assert as_(rolled_back, "operator").get(where).status_code == 403
    assert rolled_back.test_client().get(where).status_code == 302
    assert as_(rolled_back, "convener").get(where).status_code == 200


def test_the_page_of_a_case_draws_its_steps(one: Bridge, rolled_back: Flask) -> None:
    page = as_(rolled_back, "bidsupervisor").get(f"/cases/{one.case.number}").text
    assert page.count("<rect") >= 9
    assert "两方比对" in page
    assert 'style="' not in page


def test_a_plan_is_changed_from_the_page_with_its_reason(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "watcher")
    form = {
        "add_step-name": "请第三方见证", "add_step-owner_id": str(one.parties["convener"].id),
        "add_step-amount": "60", "add_step-unit": "minutes", "add_step-after": "3", "add_step-before": "",
        "add_step-reason": "更稳妥", "version": str(one.case.log_seq),
    }  # fmt: skip
    answer = client.post(f"/cases/{one.case.number}/do/add_step", data=form)
    assert answer.status_code == 302
    assert "请第三方见证" in client.get(f"/cases/{one.case.number}").text


def do(client: FlaskClient, one: Bridge, verb: str, **typed: str) -> object:
    """Send the form of a verb as a browser without JavaScript does."""
    form = {f"{verb}-{name}": value for name, value in typed.items()} | {"version": str(one.case.log_seq)}
    return client.post(f"/cases/{one.case.number}/do/{verb}", data=form)


def test_another_ticket_joins_by_its_number_and_keeps_its_promise(one: Bridge, rolled_back: Flask) -> None:
    second, client = sent(one.now, type="help", subject="同一座桥的第二家"), as_(rolled_back, "watcher")
    promised = notifications.promised(second)
    assert do(client, one, "join", number=second.number).status_code == 302
    assert "同一座桥的第二家" in client.get(f"/cases/{one.case.number}").text
    assert (second.state, second.bureau_code) == ("coordinating", "QQHR-FGW")
    assert notifications.promised(second) == promised


@pytest.mark.parametrize(
    ("number", "told"), [("123", "13"), ("2006080000229", "请核对"), ("", "不能为空"), ("own", "已在协调中")]
)
def test_a_ticket_that_cannot_join_is_told_at_its_field(
    one: Bridge, rolled_back: Flask, number: str, told: str
) -> None:
    typed = one.ticket.number if number == "own" else number
    answer = do(as_(rolled_back, "watcher"), one, "join", number=typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_head_joins_no_ticket_that_is_not_theirs(one: Bridge, rolled_back: Flask) -> None:
    second = sent(one.now, type="help")
    assert do(as_(rolled_back, "leadhead"), one, "join", number=second.number).status_code == 422
    assert second.state == "dispatched"


def test_a_step_moves_with_its_reason_and_keeps_what_it_waits_for(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "watcher")
    before = list(cases.step(one.case, 8).depends_on)
    answer = do(client, one, "reorder", step="8", after="", place="6", reason="先定日子再测试")
    assert answer.status_code == 302
    assert [row.number for row in cases.steps(one.case)][-3:] == [8, 7, 9]
    assert cases.step(one.case, 8).depends_on == before
    assert "先定日子再测试" in client.get(f"/cases/{one.case.number}").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"step": "8", "after": "9"}, "互相等待"),
        ({"step": "8", "after": "七"}, "环节编号"),
        ({"step": "8", "after": "77"}, "不存在"),
        ({"step": "5", "after": "3"}, "不能拆开"),
        ({"step": "8", "place": "6", "reason": ""}, "不能为空"),
    ],
)
def test_a_step_that_cannot_move_says_why(
    one: Bridge, rolled_back: Flask, typed: dict[str, str], told: str
) -> None:
    answer = do(as_(rolled_back, "watcher"), one, "reorder", **({"place": "", "reason": "试试"} | typed))
    assert answer.status_code == 422
    assert told in answer.text
    assert cases.step(one.case, 8).depends_on == [7]


def test_a_step_is_skipped_with_its_reason_and_only_by_a_supervisor(one: Bridge, rolled_back: Flask) -> None:
    head = as_(rolled_back, "leadhead")
    assert "略过环节" not in head.get(f"/cases/{one.case.number}").text
    assert do(head, one, "skip", step="7", reason="已测试").status_code == 403
    client = as_(rolled_back, "watcher")
    assert do(client, one, "skip", step="7", reason="").status_code == 422
    assert do(client, one, "skip", step="7", reason="上周已测试").status_code == 302
    page = client.get(f"/cases/{one.case.number}").text
    assert "略过理由：上周已测试" in page


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "watcher")
    form = {"change_lead-lead_code": "没有这个局", "change_lead-reason": "写了很久的理由"}
    answer = client.post(f"/cases/{one.case.number}/do/change_lead", data=form)
    assert answer.status_code == 422
    assert "写了很久的理由" in answer.text
    assert "没有这个承办单位" in answer.text


def test_who_saw_an_older_page_is_told_and_keeps_the_words(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "watcher")
    form = {"dissolve-reason": "写了很久", "version": "1"}
    answer = client.post(f"/cases/{one.case.number}/do/dissolve", data=form)
    assert (answer.status_code, "写了很久" in answer.text) == (409, True)


def test_a_committee_against_the_law_comes_back_to_its_field(rolled_back: Flask, clock: FrozenClock) -> None:
    one = bridge()
    row = cases.step(one.case, 3)
    row.state, row.ended_at = "ready", None
    db.session.commit()
    clock.now = one.now
    client = as_party(one, rolled_back, "tenderer")
    form = {"members": "6", "experts": "4", "specialities": "桥梁工程 4", "avoid": "", "place": "三楼"}
    answer = client.post("/party/steps/3", data=form)
    assert (answer.status_code, "五人以上单数" in answer.text, "桥梁工程 4" in answer.text) == (
        422,
        True,
        True,
    )
    answer = client.post("/party/steps/3", data=form | {"members": "7", "experts": "4"})
    assert "三分之二" in answer.text


def test_two_sides_enter_dispute_correct_and_confirm(one: Bridge, rolled_back: Flask) -> None:
    tenderer, operator = (as_party(one, rolled_back, role) for role in ("tenderer", "platform_operator"))
    assert tenderer.post("/party/steps/4/list", data=rows(five(), draw=True)).status_code == 302
    assert NAMES[0] in tenderer.get("/party/steps/4/list").text
    page = operator.get("/party/steps/5/list").text
    assert not any(name in page for name in NAMES)
    wrong = rows(five(), draw=False) | {"name-0": "欧阳静按"}
    assert operator.post("/party/steps/5/list", data=wrong).status_code == 302
    page = operator.get("/party/steps/5/list").text
    assert "不一致的项目：姓名" in page
    assert operator.post("/party/steps/5/list", data=rows(five(), draw=False)).status_code == 302
    db.session.expire_all()
    digest = (
        cases.steps(one.case)
        and operator.get("/party/steps/5/list").text.split('name="confirm" value="')[1][:64]
    )
    for client, number in ((tenderer, 4), (operator, 5)):
        assert client.post(f"/party/steps/{number}/list", data={"confirm": digest}).status_code == 302
    assert "已确认" in tenderer.get("/party/steps/4/list").text


def test_a_party_sees_its_own_steps_alone(one: Bridge, rolled_back: Flask) -> None:
    client = as_party(one, rolled_back, "tenderer")
    page = client.get("/party").text
    assert "线下随机抽取专家" in page
    assert "平台线上实时录入" not in page
    assert client.get("/party/steps/5/list").status_code == 404
    assert client.get(f"/cases/{one.case.number}").status_code == 302


def test_a_revoked_link_ends_the_session(one: Bridge, rolled_back: Flask) -> None:
    client = as_party(one, rolled_back, "tenderer")
    case_links.revoke(one.case, one.parties["tenderer"].id, one.act("head"), one.province)
    db.session.commit()
    assert client.get("/party").status_code == 404


def test_a_party_that_stayed_too_long_is_told_to_open_its_link_and_keeps_its_words(
    one: Bridge, rolled_back: Flask, clock: FrozenClock
) -> None:
    client = as_party(one, rolled_back, "tenderer")
    clock.forward(minutes=61)
    typed = {"text": "三楼评标室已经准备好，专家名单另附。"}
    answer = client.post("/party/steps/3", data=typed, headers={"Origin": "http://localhost"})
    assert answer.status_code == 404
    assert "您的登录已经结束，请再打开短信里的链接" in answer.text
    assert typed["text"] in answer.text
    assert "这个链接无效" in client.get("/party").text


def test_a_refused_list_keeps_its_lines_and_names_no_one(one: Bridge, rolled_back: Flask) -> None:
    client = as_party(one, rolled_back, "tenderer")
    answer = client.post("/party/steps/4/list", data=rows(five()[:4], draw=True))
    assert answer.status_code == 422
    assert NAMES[0] in answer.text
    assert not db.session.scalars(select(CaseEntry).where(CaseEntry.action == "hand_in")).all()


@pytest.mark.parametrize(
    "who", ["watcher", "leadhead", "convener", "admin", "operator", "stranger", "nobody"]
)
def test_no_page_shows_a_name_to_anybody_else(
    one: Bridge, rolled_back: Flask, clock: FrozenClock, who: str
) -> None:
    one.draw()
    one.enter()
    clock.now = one.now
    colleague("admin", Grant(Role.ADMIN))
    colleague("operator", Grant(Role.OPERATOR))
    colleague("stranger", Grant(Role.HEAD, "QQHR-ZJJ"))
    db.session.commit()
    client = rolled_back.test_client() if who == "nobody" else as_(rolled_back, who)
    no, ticket = one.case.number, one.ticket.number
    pages = [
        "/cases", f"/cases/{no}", f"/cases/{no}/record", f"/cases/{no}/record.json", f"/cases/{no}/screen",
        f"/cases/{no}/meet",
        f"/cases/{no}/steps/4/list", f"/cases/{no}/steps/5/list", f"/cases/{no}/steps/6", f"/tickets/{ticket}",
        "/notices", f"/desk/tickets?q={NAMES[0]}", f"/watch/record?q={NAMES[0]}", "/admin/deliveries", "/status",
    ]  # fmt: skip
    for page in pages:
        shown = client.get(page, follow_redirects=True).text.replace(f'value="{NAMES[0]}"', "")
        asked = page.endswith(NAMES[0])
        words = (*NAMES[1:], *UNITS) if asked else (*NAMES, *UNITS)
        assert not any(word in shown for word in words), page


def test_the_record_is_handed_out_whole(one: Bridge, rolled_back: Flask) -> None:
    answer = as_(rolled_back, "bidsupervisor").get(f"/cases/{one.case.number}/record.json")
    assert answer.get_json()["anchor"] == one.case.log_hash


def test_minutes_with_decisions_are_written_on_their_page(one: Bridge, rolled_back: Flask) -> None:
    client, party = as_(rolled_back, "bidsupervisor"), one.parties["convener"]
    form = {
        "held_at": "2020-06-08T10:05", "place": "302", "text": "商定如下。", f"seat_{party.id}": "王科长",
        "decision_0": "补一份说明", "owner_0": str(party.id), "amount_0": "2", "unit_0": "working_days",
    }  # fmt: skip
    for place in (1, 2, 3):
        form |= {f"owner_{place}": str(party.id), f"unit_{place}": "minutes"}
    assert client.post(f"/cases/{one.case.number}/meet", data=form).status_code == 302
    page = client.get(f"/cases/{one.case.number}").text
    assert "补一份说明" in page
    assert "王科长" in page


@pytest.mark.parametrize("page", ["/cases", "/cases/{no}", "/cases/{no}/screen"])
def test_pages_ask_few_questions(one: Bridge, rolled_back: Flask, statements: list[str], page: str) -> None:
    client = as_(rolled_back, "bidsupervisor")
    db.session.commit()
    statements.clear()
    assert client.get(page.format(no=one.case.number)).status_code == 200
    assert len(statements) <= 25, "\n".join(statements)


@pytest.fixture
def closed(one: Bridge, clock: FrozenClock) -> Bridge:
    """The bridge case, answered: a precedent."""
    one.draw()
    one.enter()
    one.confirm()
    one.to_award()
    one.answer()
    clock.now = one.now
    db.session.commit()
    return one


LIKE = {
    "subject": "又一座跨线桥",
    "body": "跨线桥工程后天开标，评标委员会组不成，专家抽不够，请协调各方远程组建。",
}


def test_an_operator_who_types_a_like_request_is_shown_what_was_done(
    closed: Bridge, rolled_back: Flask
) -> None:
    colleague("operator", Grant(Role.OPERATOR))
    client = as_(rolled_back, "operator")
    page = client.post("/desk/register/beside", data=LIKE).text
    assert "办成过的同类事项" in page
    assert "牵头，用了 1 天：评标委员会已依法组建" in page
    where = f"/precedents/{closed.case.number}"
    assert where in page
    shown = client.get(where).text
    assert "线下随机抽取专家" in shown
    assert not any(word in shown for word in (*NAMES, *UNITS, "李招标", "王平台"))
    plain = {"subject": "出口退税", "body": "海关手续很慢，请问还要等多久，需要哪些材料？"}
    assert where not in client.post("/desk/register/beside", data=plain).text


def test_a_ticket_like_it_is_started_like_it(closed: Bridge, rolled_back: Flask) -> None:
    second = sent(closed.now, type="help", region_code="230202", **LIKE)
    client = as_(rolled_back, "watcher")
    page = client.get(f"/tickets/{second.number}").text
    assert f"/precedents/{closed.case.number}" in page
    assert f'<option value="{closed.case.id}">' in page
    typed = {
        "template_code": "bid-committee",
        "bureau": "QQHR-FGW",
        "aim": "按期开标",
        "reason": "和上次一样",
    }
    form = {f"open_case-{name}": value for name, value in typed.items()}
    form |= {"open_case-like": str(closed.case.id), "version": str(second.history_seq)}
    assert client.post(f"/tickets/{second.number}/do/open_case", data=form).status_code == 302
    case = coordination.current_case(second)
    assert case is not None
    assert (case.like_case_id, case.way) == (closed.case.id, "supervisor")


def test_the_enterprise_sees_steps_and_the_next_date_and_no_name(one: Bridge, rolled_back: Flask) -> None:
    client = rolled_back.test_client()
    client.post("/status", data={"number": one.ticket.number, "password": TICKET_PASSWORD})
    page = client.get("/status/request").text
    progress = page.split('id="case"')[1].split("</section>")[0]
    assert "线下随机抽取专家" in progress
    assert "6月11日" in progress
    assert not any(word in page for word in ("鹤城城建公司", "李招标", "王平台", "交易中心", "bidsupervisor"))


def filled(page: str) -> list[str]:
    """Return the words of the filled buttons of a page."""
    return re.findall(r'class="button fill"[^>]*>([^<]+)<', page)


def test_a_plan_offers_what_it_lacks_and_then_its_confirmation(
    rolled_back: Flask, clock: FrozenClock
) -> None:
    one = bridge(confirmed=False)
    clock.now = one.now
    db.session.commit()
    where = f"/cases/{one.case.number}"
    head, watcher = as_(rolled_back, "leadhead"), as_(rolled_back, "watcher")
    assert filled(head.get(where).text) == ["约定时间"]
    page = watcher.get(where).text
    assert "第 4 个环节还没有约定时间" in page
    assert 'id="do-confirm_plan"' not in page
    for number, days in ((4, 3), (7, 4), (8, 5)):
        moment = one.now.replace(hour=6) + dt.timedelta(days=days)
        case_planning.agree(one.case, number, moment, one.act("head"), one.province)
    db.session.commit()
    assert filled(watcher.get(where).text) == ["确认方案"]
    assert filled(head.get(where).text) == ["确认方案"]
    assert do(watcher, one, "confirm_plan").status_code == 302
    assert filled(watcher.get(where).text) == []
    assert filled(as_(rolled_back, "convener").get(where).text) == ["办理这一环节"]


def test_parties_are_called_in_english_by_the_directory(one: Bridge, rolled_back: Flask) -> None:
    client = as_(rolled_back, "watcher")
    client.set_cookie("lang", "en")
    for path in ("/cases", f"/cases/{one.case.number}", f"/cases/{one.case.number}/screen"):
        page = client.get(path).text
        assert "Qiqihar Development and Reform Commission" in page
        assert "齐齐哈尔市发展和改革委员会" not in page
    assert "鹤城城建公司" in client.get(f"/cases/{one.case.number}").text


def test_what_a_step_wants_is_named_in_english_to_who_reads_english(one: Bridge, rolled_back: Flask) -> None:
    client, party = as_(rolled_back, "bidsupervisor"), as_party(one, rolled_back, "tenderer")
    for reader in (client, party):
        reader.set_cookie("lang", "en")
    page = client.get(f"/cases/{one.case.number}").text
    assert "Plan of the committee" in page
    assert "组建方案" not in page
    page = party.get("/party").text
    assert "Plan of the committee" in page
    assert "组建方案" not in page
