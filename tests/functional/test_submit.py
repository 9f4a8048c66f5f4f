"""The web form: five plain posts, nothing lost, sent exactly once."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from ticketing.domain import numbers
from ticketing.extensions import db, vault
from ticketing.models import Attachment, Draft, HistoryEntry, Ticket
from ticketing.services import notifications

WHAT = {"type": "help", "topic": "T1503"}
WHERE = {"region": "230103", "place": "中央大街 12 号"}
MATTER = {"subject": "复工备案缺材料", "body": "系统提示材料不全，没有写明缺哪一项。"}
CONTACT = {
    "enterprise": "南岗区老灶火锅店",
    "register_code": "",
    "name": "张建国",
    "phone": "０４５１－８７００１２３４",
    "email": "",
    "consent": "y",
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63f8cfc00000030101007f1d4b2c0000000049454e44ae426082"
)


def fill(client: FlaskClient, **other: dict[str, str]) -> None:
    for name, values in {"what": WHAT, "where": WHERE, "matter": MATTER, "contact": CONTACT, **other}.items():
        assert client.post(f"/submit/{name}", data=values).status_code == 302, name


def newest() -> Ticket:
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()


def test_five_steps_lead_to_a_receipt_with_number_and_password(client: FlaskClient) -> None:
    fill(client)
    assert "6月15日" in client.get("/submit/check").text
    page = client.get(client.post("/submit/check").location).text
    one = newest()
    assert numbers.shown(one.number) in page
    password = re.search(r'<b class="code">(\d{6})</b>', page).group(1)
    assert vault.fits(one.password_hash, password)
    assert (one.door, one.phone, one.state) == ("web", "+8645187001234", "dispatched")


def test_the_receipt_can_be_read_in_another_year(client: FlaskClient) -> None:
    fill(client)
    assert "2020年" not in client.get("/submit/check").text.split("<main")[1].split('class="printed"')[0]
    page = client.get(client.post("/submit/check").location).text
    assert page.count("2020年6月8日 周一 10:00") >= 2  # received, and printed
    assert not re.search("(?<!年)6月", page)


def test_sent_twice_is_one_ticket_with_one_password(client: FlaskClient) -> None:
    fill(client)
    pages = [client.get(client.post("/submit/check").location).text for _ in range(2)]
    assert pages[0].split("查询密码")[1][:80] == pages[1].split("查询密码")[1][:80]
    assert db.session.scalar(select(func.count(Ticket.id))) == 1


def test_who_comes_back_after_a_lost_connection_goes_on_where_it_broke(client: FlaskClient) -> None:
    client.post("/submit/what", data=WHAT)
    client.post("/submit/where", data=WHERE)
    assert client.get("/submit").location == "/submit/matter"
    client.post("/submit/draft", data={"body": "打了一半的字"})
    assert "打了一半的字</textarea>" in client.get("/submit/matter").text


def test_another_visitor_sees_nothing_of_it(client: FlaskClient) -> None:
    client.post("/submit/matter", data=MATTER)
    stranger = client.application.test_client()
    assert MATTER["subject"] not in stranger.get("/submit/matter").text


@pytest.mark.parametrize(
    ("step", "values", "field"),
    [
        ("what", {"type": ""}, "type"),
        ("matter", MATTER | {"body": "  \x00 "}, "body"),
        ("matter", MATTER | {"body": "很" * 350_000}, "body"),
        ("matter", MATTER | {"subject": "长" * 201}, "subject"),
        ("contact", CONTACT | {"phone": "123"}, "phone"),
        ("contact", CONTACT | {"phone": ""}, "phone"),
        ("contact", CONTACT | {"phone": "电话"}, "phone"),
        ("contact", CONTACT | {"phone": "139\x0004510021"}, "phone"),
        ("contact", CONTACT | {"phone": "9" * 1_000}, "phone"),
        ("contact", CONTACT | {"email": "没有这种邮箱"}, "email"),
        ("contact", CONTACT | {"enterprise": " \u200b "}, "enterprise"),
        ("contact", CONTACT | {"name": "长" * 101}, "name"),
        ("what", {"type": "help", "topic": "T9999"}, "topic"),
        ("where", {"region": "<b>", "place": ""}, "region"),
        ("where", WHERE | {"place": "长" * 101}, "place"),
        ("contact", CONTACT | {"register_code": "91230100MA1B12345"}, "register_code"),
        ("contact", {k: v for k, v in CONTACT.items() if k != "consent"}, "consent"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: FlaskClient, step: str, values: dict[str, str], field: str
) -> None:
    answer = client.post(f"/submit/{step}", data=values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_is_a_whole_sentence(client: FlaskClient, lang: str) -> None:
    answer = client.post("/submit/what", data={"type": ""}, headers={"Accept-Language": lang})
    told = "请选择一项。" if lang == "zh" else "Please choose one."
    assert answer.text.count(told) == 2  # in the summary and at the field


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+86 139 0451 0021", "+8613904510021"),
        ("0451-87001234-802", "+8645187001234"),
        ("(0451) 8700 1234 转 802", "+8645187001234"),
        ("１３９０４５１００２１", "+8613904510021"),
    ],
)
def test_numbers_are_understood_as_people_write_them(client: FlaskClient, typed: str, kept: str) -> None:
    fill(client, contact=CONTACT | {"phone": typed})
    client.post("/submit/check")
    assert newest().phone == kept


def test_odd_characters_are_words_like_others(client: FlaskClient) -> None:
    odd = {"subject": "😀 <b>１２３</b>", "body": "一\x00二三 <script>alert(1)</script> 🏮"}
    fill(client, matter=odd)
    check = client.get("/submit/check").text
    assert "<script>alert" not in check
    client.post("/submit/check")
    assert newest().subject == "😀 <b>１２３</b>"
    assert newest().body == "一二三 <script>alert(1)</script> 🏮"


def test_text_that_is_too_long_is_still_there(client: FlaskClient) -> None:
    answer = client.post("/submit/matter", data={"subject": "短", "body": "很" * 20_001})
    assert "很" * 20_001 in answer.text
    assert "最多 20000 个字，现在有 20001 个" in answer.text


def test_files_are_kept_through_a_wrong_step_and_go_to_the_ticket(client: FlaskClient) -> None:
    client.post("/submit/what", data=WHAT)
    upload = MATTER | {"files": (io.BytesIO(PNG), "店面照片.png")}
    assert client.post("/submit/matter", data=upload, content_type="multipart/form-data").status_code == 302
    assert "店面照片.png" in client.get("/submit/matter").text
    client.post("/submit/where", data=WHERE)
    client.post("/submit/contact", data=CONTACT)
    client.post("/submit/check")
    assert db.session.scalars(select(Attachment.ticket_id)).one() == newest().id


def test_a_file_that_only_pretends_is_refused(client: FlaskClient) -> None:
    upload = MATTER | {"files": (io.BytesIO(b"MZ\x90\x00 program"), "照片.png")}
    answer = client.post("/submit/matter", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "照片.png" in answer.text


def test_a_file_is_taken_out_and_the_words_stay(client: FlaskClient) -> None:
    upload = MATTER | {"files": (io.BytesIO(PNG), "店面照片.png")}
    client.post("/submit/matter", data=upload, content_type="multipart/form-data")
    remove = re.search(r'name="remove" value="(\d+)"', client.get("/submit/matter").text).group(1)
    client.post("/submit/matter", data=MATTER | {"remove": remove, "body": "改过的话"})
    page = client.get("/submit/matter").text
    assert "店面照片.png" not in page
    assert "改过的话" in page


def test_sending_half_a_form_leads_back_to_what_is_missing(client: FlaskClient) -> None:
    client.post("/submit/what", data=WHAT)
    answer = client.post("/submit/check")
    assert answer.status_code == 422
    assert 'id="body-error"' in answer.text


def test_whose_receipt_was_lost_on_the_way_finds_it_by_coming_back(client: FlaskClient) -> None:
    fill(client)
    client.post("/submit/check")  # the answer never came through
    page = client.get("/submit", follow_redirects=True).text
    assert numbers.shown(newest().number) in page
    assert re.search(r'<b class="code">\d{6}</b>', page)


def test_the_receipt_is_put_away_for_another_request(client: FlaskClient) -> None:
    fill(client)
    client.post("/submit/check")
    assert client.post("/submit").location == "/submit/what"
    assert client.get("/submit").location == "/submit/what"
    assert client.get("/submit/receipt").location == "/status"


def test_beginning_another_loses_no_draft(client: FlaskClient) -> None:
    client.post("/submit/matter", data=MATTER)
    client.post("/submit")
    assert MATTER["body"] in client.get("/submit/matter").text


def test_the_password_is_in_no_address_and_no_row(client: FlaskClient) -> None:
    fill(client)
    sent = client.post("/submit/check")
    password = re.search(r'<b class="code">(\d{6})</b>', client.get(sent.location).text).group(1)
    rows = [str(draft.data) + draft.token for draft in db.session.scalars(select(Draft))]
    rows += [str(line.data) + line.text for line in db.session.scalars(select(HistoryEntry))]
    assert all(password not in row for row in [*rows, sent.location, newest().password_hash])


def test_the_receipt_is_not_for_ever(client: FlaskClient, clock: FrozenClock) -> None:
    fill(client)
    client.post("/submit/check")
    clock.forward(minutes=31)
    assert client.get("/submit/receipt").location.startswith("/status?number=")
    assert client.get("/submit").location == "/submit/what"


def test_the_form_is_light_enough_for_a_slow_telephone(client: FlaskClient) -> None:
    page = client.get("/submit/matter")
    total = len(page.data)
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        with client.get(address.replace("&amp;", "&")) as answer:
            total += len(answer.data)
    assert total < 100_000


@pytest.mark.parametrize("path", ["/", "/?q=评标委员会", "/topics", "/privacy", "/submit/what", "/status"])
def test_pages_speak_both_languages_and_cost_little(
    client: FlaskClient, statements: list[str], path: str
) -> None:
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Accept-Language": "en"}).status_code == 200
    assert len(statements) <= 10


def test_searching_first_finds_the_topic(client: FlaskClient) -> None:
    page = client.get("/?q=评标专家抽不齐").text
    assert "评标委员会组建与专家抽取" in page.split("找到这些")[1].split("</ul>")[0]


def test_checking_and_the_receipt_cost_little(client: FlaskClient, statements: list[str]) -> None:
    fill(client)
    statements.clear()
    client.get("/submit/check")
    assert len(statements) <= 10
    client.post("/submit/check")
    statements.clear()
    client.get("/submit/receipt")
    assert len(statements) <= 12


def test_who_is_stopped_for_a_while_keeps_what_was_typed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "SUBMISSIONS_PER_HOUR", 0)
    fill(client)
    answer = client.post("/submit/check", environ_base={"REMOTE_ADDR": "10.9.0.3"})
    assert (answer.status_code, db.session.scalar(select(func.count(Ticket.id)))) == (429, 0)
    assert MATTER["body"] in client.get("/submit/matter").get_data(as_text=True)


def test_a_topic_brings_its_own_questions_and_no_other(client: FlaskClient) -> None:
    client.post("/submit/what", data={"type": "complaint", "topic": "T1104"})
    page = client.get("/submit/matter").text
    assert "谁拖欠" in page
    assert "户号" not in page
    answer = client.post("/submit/matter", data=MATTER)
    assert 'id="ask_debtor-error"' in answer.text
    assert client.post("/submit/matter", data=MATTER | {"ask_debtor": "某建设局"}).status_code == 302
    client.post("/submit/contact", data=CONTACT)
    assert "某建设局" in client.get("/submit/check").text


def test_a_topics_answer_of_another_kind_is_told_at_its_field_and_stays(client: FlaskClient) -> None:
    client.post("/submit/what", data={"type": "complaint", "topic": "T1104"})
    typed = MATTER | {"ask_debtor": "某建设局", "ask_amount": "八十六万", "ask_due_on": "上个月底"}
    page = client.post("/submit/matter", data=typed).text
    assert all(f'id="{name}-error"' in page for name in ("ask_amount", "ask_due_on"))
    assert 'value="八十六万"' in page


def test_nothing_is_checked_before_it_was_said(client: FlaskClient) -> None:
    assert client.get("/submit/check").location == "/submit/what"
    client.post("/submit/what", data=WHAT)
    client.post("/submit/where", data=WHERE)
    assert client.get("/submit/check").location == "/submit/matter"


def test_what_a_topic_asked_stands_with_the_request(client: FlaskClient) -> None:
    fill(
        client,
        what={"type": "complaint", "topic": "T1104"},
        matter=MATTER | {"ask_debtor": "某建设局", "ask_amount": "860000", "ask_account_number": "别的"},
    )
    client.post("/submit/check")
    assert newest().extra == {
        "项目、街道或门店": "中央大街 12 号",
        "谁拖欠": "某建设局",
        "金额（元）": "860000",
    }


def test_a_topic_that_is_the_same_anywhere_is_not_asked_where(client: FlaskClient) -> None:
    answer = client.post("/submit/what", data={"type": "consultation", "topic": "T2601"})
    assert answer.location == "/submit/matter"
    page = client.get("/submit/matter").text
    assert "在哪里" not in page
    client.post("/submit/matter", data=MATTER)
    client.post("/submit/contact", data=CONTACT)
    client.post("/submit/check")
    assert (newest().topic_code, Ticket.query.count()) == ("T2601", 1)


def test_the_way_to_be_told_is_chosen(client: FlaskClient) -> None:
    mobile = CONTACT | {"phone": "13904510021"}
    answer = client.post("/submit/contact", data=mobile | {"told_by": ["mail"]})
    assert "请填写邮箱地址" in answer.text
    answer = client.post("/submit/contact", data=CONTACT | {"told_by": ["sms"]})
    assert "座机收不到短信" in answer.text
    fill(client, contact=mobile | {"told_by": ["mail"], "email": "zhang@example.com"})
    client.post("/submit/check")
    assert newest().told_by == ["mail"]
    assert notifications.addresses(newest()) == [("mail", "zhang@example.com")]


def test_who_wants_no_news_gets_none(client: FlaskClient) -> None:
    fill(client, contact=CONTACT | {"phone": "13904510021", "email": "zhang@example.com"})
    assert "不通知，自己查询" in client.get("/submit/check").text
    client.post("/submit/check")
    assert notifications.addresses(newest()) == []
