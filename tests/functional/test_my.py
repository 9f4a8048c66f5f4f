"""The enterprise's account: proved first, people invited, own requests alone, nothing that tells a stranger."""

import datetime as dt
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.functional.test_submit import CONTACT, PNG, fill
from tests.support.people import colleague
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import (
    Attachment,
    CheckedCall,
    Delivery,
    EnterpriseEntry,
    HistoryEntry,
    Membership,
    Person,
    Ticket,
)
from ticketing.services import enterprises, guesses, people

CODE, OTHER = "91230103MA1DEMX02P", "92230103MA1DEMX01H"
LEGAL, OWN, COLLEAGUE = "13604501234", "13604505678", "13604509999"
SECRET = "a password of mine"


@pytest.fixture(autouse=True)
def register(app: Flask) -> None:
    """Two enterprises that the register knows; the second is the noise of every test."""
    rows = [
        {"register_code": CODE, "name": "昌盛食品", "phone": LEGAL},
        {"register_code": OTHER, "name": "老灶火锅店", "phone": "13904510021"},
    ]
    enterprises.load_register(rows, MONDAY)


def texted(phone: str) -> str:
    """Return the newest text message to a telephone."""
    wanted = select(Delivery.body).where(Delivery.address == f"+86{phone}").order_by(Delivery.id.desc())
    return db.session.scalars(wanted.limit(1)).one()


def code_to(phone: str) -> str:
    return re.search(r"(?<!\d)\d{6}(?!\d)", texted(phone)).group(0)


def sign_in(client: FlaskClient, phone: str = OWN) -> None:
    assert client.post("/my/login", data={"phone": phone}).location == "/my/login/code"
    answer = client.post("/my/login/code", data={"code": code_to(phone)})
    assert answer.location == "/my"


def proved(client: FlaskClient, phone: str = OWN) -> None:
    sign_in(client, phone)
    client.post("/my/prove", data={"register_code": CODE})
    assert client.post("/my/prove/code", data={"code": code_to(LEGAL)}).location == "/my"


def member(app: Flask, phone: str, role: str, code: str = CODE) -> FlaskClient:
    """Return the browser of somebody who acts for an enterprise."""
    person = people.by_phone(f"+86{phone}") or people.begin(f"+86{phone}", MONDAY, name=f"某{phone[-2:]}")
    people.set_password(person, SECRET)
    enterprises.proved(person, code, "昌盛食品", "register_phone", MONDAY, role=EnterpriseRole(role))
    client = app.test_client()
    assert client.post("/my/login", data={"phone": phone, "password": SECRET}).status_code == 302
    return client


def test_a_stranger_is_led_to_the_login_and_back(client: FlaskClient) -> None:
    for path in ("/my", "/my/people", "/my/claim", "/my/settings", "/my/prove"):
        assert client.get(path).location == f"/my/login?next={path}"


def test_nothing_is_shown_before_the_enterprise_is_proved(client: FlaskClient) -> None:
    sent(register_code=CODE, enterprise="昌盛食品")
    sign_in(client)
    assert client.get("/my").location == "/my/prove"
    assert client.get("/my/people").location == "/my/prove"


def test_register_code_and_the_legal_persons_code_open_the_account(client: FlaskClient) -> None:
    one, noise = sent(register_code=CODE), sent(register_code=OTHER, subject="别家的事")
    proved(client)
    page = client.get("/my").text
    assert numbers.shown(one.number) in page
    assert numbers.shown(noise.number) not in page
    assert "别家的事" not in page
    assert Membership.query.one().role == "manager"


def test_the_legal_person_is_told_who_asks(client: FlaskClient) -> None:
    sign_in(client)
    client.post("/my/prove", data={"register_code": CODE})
    assert "手机尾号 5678" in texted(LEGAL)
    assert "昌盛食品" in texted(LEGAL)


@pytest.mark.parametrize("code", [CODE, "91230200MA1DEMX03L"])
def test_asking_never_tells_what_the_register_knows(client: FlaskClient, code: str) -> None:
    sign_in(client)
    answer = client.post("/my/prove", data={"register_code": code})
    page = client.get(answer.location).text
    assert "如果登记机关留有" in page
    assert "昌盛食品" not in page


def test_a_code_for_one_person_proves_nobody_else(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    client.post("/my/prove", data={"register_code": CODE})
    stranger = app.test_client()
    sign_in(stranger, COLLEAGUE)
    stranger.post("/my/prove", data={"register_code": OTHER})
    answer = stranger.post("/my/prove/code", data={"code": code_to(LEGAL)})
    assert answer.status_code == 422
    assert Membership.query.all() == []


def test_a_wrong_password_locks_the_password_and_the_code_still_opens(
    app: Flask, client: FlaskClient
) -> None:
    member(app, OWN, "manager")
    for place in range(people.GUESSES):
        client.post("/my/login", data={"phone": OWN, "password": "wrong wrong wrong"},
                    environ_base={"REMOTE_ADDR": f"10.0.0.{place}"})  # fmt: skip
    answer = client.post("/my/login", data={"phone": OWN, "password": SECRET})
    assert answer.status_code == 429
    assert "用短信验证码登录" in answer.text
    sign_in(client)


def test_unknown_and_wrong_look_the_same(app: Flask, client: FlaskClient) -> None:
    member(app, OWN, "manager")
    texts = []
    for phone in (OWN, COLLEAGUE):
        answer = client.post("/my/login", data={"phone": phone, "password": "wrong wrong wrong"})
        texts.append(re.sub(r"[0-9a-f]{16}|\d{11}|csrf_token\" value=\"[^\"]+", "", answer.text))
    assert texts[0] == texts[1]


def test_an_enterprises_session_is_no_colleagues_and_the_other_way_round(
    app: Flask, client: FlaskClient
) -> None:
    ours = member(app, OWN, "manager")
    assert ours.get("/watch").location.startswith("/login")
    colleague("s.li", Grant(Role.SUPERVISOR), client=client)
    assert client.get("/my").location == "/my/login?next=/my"


def test_a_colleague_joins_by_a_link_to_the_own_telephone(app: Flask) -> None:
    owner = member(app, OWN, "manager")
    owner.post("/my/people", data={"name": "白雪", "phone": COLLEAGUE, "role": "clerk"})
    link = re.search(r"/my/invited/\S+", texted(COLLEAGUE)).group(0)
    guest = app.test_client()
    assert "昌盛食品" in guest.get(link).text
    sign_in(guest, COLLEAGUE)
    assert guest.post(link).location == "/my"
    assert guest.get("/my").status_code == 200
    assert guest.get(link).status_code == 404
    assert [one.what for one in EnterpriseEntry.query.order_by("id")] == ["proved", "invited", "joined"]


def test_a_link_opens_for_no_other_telephone_and_not_once_it_was_taken_back(app: Flask) -> None:
    owner = member(app, OWN, "manager")
    owner.post("/my/people", data={"name": "白雪", "phone": COLLEAGUE, "role": "clerk"})
    link = re.search(r"/my/invited/\S+", texted(COLLEAGUE)).group(0)
    stranger = app.test_client()
    sign_in(stranger, "13904510099")
    stranger.post(link)
    assert "发给另一个手机号" in stranger.get(link).text
    revoke = re.search(r"/my/invitations/\d+/revoke", owner.get("/my/people").text).group(0)
    owner.post(revoke)
    assert stranger.get(link).status_code == 404
    assert Membership.query.count() == 1


def test_a_link_ends_after_a_week(app: Flask, client: FlaskClient, clock: FrozenClock) -> None:
    member(app, OWN, "manager").post("/my/people", data={"name": "白雪", "phone": COLLEAGUE, "role": "clerk"})
    link = re.search(r"/my/invited/\S+", texted(COLLEAGUE)).group(0)
    clock.forward(days=7)
    assert client.get(link).status_code == 404


def test_a_clerk_sees_the_people_and_manages_nobody(app: Flask) -> None:
    member(app, OWN, "manager")
    clerk = member(app, COLLEAGUE, "clerk")
    page = clerk.get("/my/people").text
    assert "136****5678" in page
    assert OWN not in page
    assert "邀请同事" not in page
    for path in ("/my/people", f"/my/people/{Membership.query.first().id}", "/my/invitations/1/revoke"):
        assert clerk.post(path, data={"role": ""}).status_code == 403


def test_a_clerk_leaves_without_asking_anybody(app: Flask) -> None:
    member(app, OWN, "manager")
    clerk = member(app, COLLEAGUE, "clerk")
    own = Membership.query.filter_by(role="clerk").one().id
    page = clerk.get("/my/people").text
    assert page.count("确定退出") == 1
    assert f'action="/my/people/{own}"' in page
    assert clerk.post(f"/my/people/{own}", data={"role": "manager"}).status_code == 403
    assert (
        "您已退出企业账号。" in clerk.post(f"/my/people/{own}", data={"role": ""}, follow_redirects=True).text
    )
    assert Membership.query.filter_by(ended_at=None).count() == 1


def test_a_request_is_taken_over_on_the_page_while_the_telephone_is_asked_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "SYSTEM_BUDGET", 0)
    owner, one = member(app, OWN, "manager"), sent(phone="13904510021")
    pair = {"number": one.number, "password": PASSWORD}
    assert "phone_tail" not in owner.get("/my/claim").text
    assert 'href="#phone_tail"' in owner.post("/my/claim", data=pair).text
    assert owner.post("/my/claim", data=pair | {"phone_tail": "0021"}).location == "/my"


def test_whose_access_ended_sees_nothing_at_the_next_click(app: Flask) -> None:
    one = sent(register_code=CODE)
    owner, clerk = member(app, OWN, "manager"), member(app, COLLEAGUE, "clerk")
    assert clerk.get(f"/my/requests/{one.number}").location == "/status/request"
    assert clerk.get("/status/request").status_code == 200
    last = Membership.query.filter_by(role="clerk").one().id
    owner.post(f"/my/people/{last}", data={"role": ""})
    assert clerk.get("/my").location == "/my/prove"
    assert clerk.get("/status/request").status_code == 302
    assert clerk.get(f"/my/requests/{one.number}").status_code == 302


def test_the_last_manager_stays(app: Flask) -> None:
    owner = member(app, OWN, "manager")
    member(app, COLLEAGUE, "clerk")
    own = Membership.query.filter_by(role="manager").one().id
    for role in ("", "clerk"):
        owner.post(f"/my/people/{own}", data={"role": role})
    assert "至少要有一位管理人" in owner.get("/my/people").text
    assert Membership.query.filter_by(role="manager", ended_at=None).count() == 1


def test_nobody_manages_the_people_of_another_enterprise(app: Flask) -> None:
    owner = member(app, OWN, "manager")
    member(app, COLLEAGUE, "manager", code=OTHER)
    foreign = Membership.query.join(Person).filter(Person.phone.endswith(COLLEAGUE)).one().id
    assert "没有找到" in owner.post(f"/my/people/{foreign}", data={"role": ""}, follow_redirects=True).text
    assert Membership.query.filter_by(ended_at=None).count() == 2


def test_another_enterprises_request_is_not_there(app: Flask) -> None:
    one = sent(register_code=OTHER)
    owner = member(app, OWN, "manager")
    assert owner.get(f"/my/requests/{one.number}").status_code == 404


def test_a_report_that_names_the_employer_is_not_shown_to_the_employer(app: Flask) -> None:
    one = sent(register_code=CODE, type="report", subject="举报本厂偷排")
    owner = member(app, OWN, "manager")
    assert "举报本厂偷排" not in owner.get("/my").text
    assert owner.get(f"/my/requests/{one.number}").status_code == 404
    answer = owner.post("/my/claim", data={"number": one.number, "password": PASSWORD})
    assert "举报要保密" in answer.text


def test_an_earlier_request_is_taken_over_once_with_number_and_password(app: Flask) -> None:
    one, noise = sent(), sent(subject="别家的事")
    owner, clerk = member(app, OWN, "manager"), member(app, COLLEAGUE, "clerk")
    for _ in range(2):
        assert owner.post("/my/claim", data={"number": one.number, "password": PASSWORD}).location == "/my"
    assert numbers.shown(one.number) in clerk.get("/my").text
    assert numbers.shown(noise.number) not in clerk.get("/my").text
    assert EnterpriseEntry.query.filter_by(what="claimed").count() == 1
    assert "不对" in owner.post("/my/claim", data={"number": noise.number, "password": "000000"}).text


def test_a_request_of_another_register_code_cannot_be_taken_over(app: Flask) -> None:
    one = sent(register_code=OTHER)
    answer = member(app, OWN, "manager").post("/my/claim", data={"number": one.number, "password": PASSWORD})
    assert "另一家企业" in answer.text


def test_what_a_member_does_stands_in_the_history_by_name(app: Flask) -> None:
    one = sent(register_code=CODE)
    clerk = member(app, COLLEAGUE, "clerk")
    clerk.get(f"/my/requests/{one.number}")
    clerk.post("/status/request/remind")
    line = HistoryEntry.query.filter_by(ticket_id=one.id, action="remind").one()
    assert (line.actor_kind, line.actor_name) == ("requester", "某99")
    assert Ticket.query.one().requester == "张建国"


def test_a_new_password_ends_other_sessions(app: Flask) -> None:
    here, there = member(app, OWN, "manager"), app.test_client()
    there.post("/my/login", data={"phone": OWN, "password": SECRET})
    here.post("/my/settings/password", data={"password": "another password"})
    assert here.get("/my").status_code == 200
    assert there.get("/my").status_code == 302


def test_a_session_ends_with_the_day(app: Flask, clock: FrozenClock) -> None:
    owner = member(app, OWN, "manager")
    clock.forward(hours=13)
    assert owner.get("/my").status_code == 302


def test_each_chooses_how_to_be_told(app: Flask) -> None:
    owner = member(app, OWN, "manager")
    answer = owner.post("/my/settings", data={"name": "吴丹", "told_by": ["mail"], "email": ""})
    assert "请填写邮箱地址" in answer.text
    owner.post("/my/settings", data={"name": "吴丹", "told_by": ["mail"], "email": "wu@example.com"})
    one = sent()
    owner.post("/my/claim", data={"number": one.number, "password": PASSWORD})
    relay.run()
    told = Delivery.query.filter(Delivery.recipient.startswith("person:"), Delivery.ticket_id == one.id)
    assert {(row.channel, row.address) for row in told} == {("mail", "wu@example.com")}


def test_managers_hear_of_new_people(app: Flask) -> None:
    member(app, OWN, "manager")
    member(app, COLLEAGUE, "clerk")
    db.session.commit()
    relay.run()
    assert "接受邀请加入" in texted(OWN)


def test_a_checked_call_opens_the_account_too(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    client.post("/my/prove/call", data={"register_code": CODE, "name": "昌盛食品"})
    assert "正在等待电话核实" in client.get("/my/prove").text
    desk = app.test_client()
    colleague("w.wei", Grant(Role.OPERATOR), client=desk)
    page = desk.get("/desk/proofs").text
    assert "昌盛食品" in page
    assert OWN not in page
    call = CheckedCall.query.one().id
    said = {f"c{call}-verdict": "yes", f"c{call}-note": "拨打 114 查到的总机，财务科确认。"}
    assert desk.post(f"/desk/proofs/{call}", data=said).status_code == 302
    assert desk.post(f"/desk/proofs/{call}", data=said).status_code == 409
    assert client.get("/my").status_code == 200
    assert "已核实" in texted(OWN)


def test_a_refused_call_opens_nothing_and_says_why(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    client.post("/my/prove/call", data={"register_code": CODE, "name": "昌盛食品"})
    desk = app.test_client()
    colleague("w.wei", Grant(Role.OPERATOR), client=desk)
    call = CheckedCall.query.one().id
    desk.post(f"/desk/proofs/{call}", data={f"c{call}-verdict": "no", f"c{call}-note": "企业说不认识此人。"})
    assert client.get("/my").location == "/my/prove"
    assert "企业说不认识此人" in texted(OWN)


def test_the_list_costs_the_same_for_many_requests(app: Flask, statements: list[str]) -> None:
    owner = member(app, OWN, "manager")
    sent(register_code=CODE)
    owner.get("/my")
    statements.clear()
    owner.get("/my")
    few = len(statements)
    for place in range(25):
        sent(MONDAY - dt.timedelta(hours=place), register_code=CODE)
    statements.clear()
    page = owner.get("/my").text
    assert len(statements) <= few <= 25
    older = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    assert page.count('class="card"') == 20
    assert owner.get(older).text.count('class="card"') == 6


def test_a_request_sent_signed_in_is_the_enterprises_own(app: Flask) -> None:
    clerk, owner = member(app, COLLEAGUE, "clerk"), member(app, OWN, "manager")
    page = clerk.get("/submit/contact").text
    assert 'value="昌盛食品"' in page
    assert f'value="{COLLEAGUE}"' in page
    contact = {**CONTACT, "register_code": "", "phone": COLLEAGUE, "told_by": ["sms"]}
    fill(clerk, contact=contact)
    clerk.post("/submit/check")
    one = Ticket.query.one()
    assert numbers.shown(one.number) in owner.get("/my").text
    relay.run()
    told = [row.recipient for row in Delivery.query.filter_by(ticket_id=one.id, address=f"+86{COLLEAGUE}")]
    assert set(told) == {"requester"}  # nobody is told twice at one number


def test_a_report_sent_signed_in_stays_out_of_the_account(app: Flask) -> None:
    clerk = member(app, COLLEAGUE, "clerk")
    fill(clerk, what={"type": "report", "topic": ""}, contact=CONTACT | {"register_code": CODE})
    clerk.post("/submit/check")
    assert numbers.shown(Ticket.query.one().number) not in clerk.get("/my").text


def test_a_member_adds_a_file_unasked(app: Flask) -> None:
    one, clerk = sent(register_code=CODE), member(app, COLLEAGUE, "clerk")
    clerk.get(f"/my/requests/{one.number}")
    assert "请选择文件" in clerk.post("/status/request/attach", data={}).text
    file = {"attach-files": (io.BytesIO(PNG), "现场.png")}
    assert clerk.post("/status/request/attach", data=file).status_code == 302
    assert [row.name for row in Attachment.query.all()] == ["现场.png"]
