"""Hotlines, bureaus and topics: a draft changes nothing, a second person publishes, a later pack does not undo it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import ROOT
from tests.conftest import MONDAY
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import AuditEntry, Bureau, Hotline, PolicyDraft, RoleGrant, Topic
from ticketing.services import pack, pack_load, province
from ticketing.services.pinyin import order

LINE, SWJ = "+8645184664000", "HRB-SWJ"


@pytest.fixture
def second(app: Flask, admin: FlaskClient) -> FlaskClient:
    other = app.test_client()
    colleague("second", Grant(Role.ADMIN), client=other)
    return other


def any_line() -> str:
    central = province.current().sheet["central_line"]
    return next(number for number in province.current().directory.hotlines if number != central)


def typed(client: FlaskClient, url: str) -> dict[str, str]:
    """What a browser sends back of a form that nobody touched."""
    page = client.get(url).text
    form = page[page.index('name="csrf_token"', page.index("<h1>")) :]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            values[name[1]] = value[1] if value else ""
    chosen = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S)
    values |= {name: re.search(r'<option selected value="([^"]*)"', body)[1] for name, body in chosen}
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.S):
        values[name] = body
    return values


def drafted(client: FlaskClient, kind: str, key: str, **more: str) -> int:
    url = f"/admin/directory/{kind}/{key}"
    answer = client.post(url, data=typed(client, url) | more)
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def publish(client: FlaskClient, draft: int) -> str:
    return client.post(f"/admin/directory/drafts/{draft}/publish", follow_redirects=True).text


def test_a_form_that_nobody_touched_changes_nothing(admin: FlaskClient) -> None:
    for key in (f"hotline/{any_line()}", f"bureau/{SWJ}", "topic/T0101"):
        url = f"/admin/directory/{key}"
        answer = admin.post(url, data=typed(admin, url))
        assert answer.status_code == 422
        assert "没有改动" in answer.text


def test_a_draft_shows_what_hangs_on_it_and_a_second_person_publishes(
    admin: FlaskClient, second: FlaskClient
) -> None:
    sent()
    sent(region_code="230200", topic_code="T1503")
    number = any_line()
    line = db.session.get_one(Hotline, number)
    draft = drafted(admin, "hotline", number, label_zh="新的名称", hours="24h")
    assert line.label_zh != "新的名称"
    page = admin.get(f"/admin/directory/drafts/{draft}").text
    assert "新的名称" in page
    assert "您是起草人" in page
    assert "起草人不能发布" in publish(admin, draft)
    assert "已发布" in publish(second, draft)
    assert (line.label_zh, line.hours) == ("新的名称", "24h")
    assert province.current().directory.hotlines[number].label_zh == "新的名称"
    assert db.session.scalars(select(AuditEntry.subject).where(AuditEntry.kind == "published")).all() == [
        number
    ]


def test_what_a_bureau_carries_is_counted(admin: FlaskClient) -> None:
    sent()
    colleague("head", Grant(Role.HEAD, SWJ))
    colleague("noise", Grant(Role.HEAD, "QQHR-FGW"))
    draft = drafted(admin, "bureau", SWJ, duties_zh="新的职责。")
    page = admin.get(f"/admin/directory/drafts/{draft}").text
    assert "<dd><b>1</b></dd><dt>件在办工单由它承办</dt>" in page
    assert "<dd><b>1</b></dd><dt>个账号在这个单位</dt>" in page


def test_heads_are_appointed_and_dismissed_by_publishing(admin: FlaskClient, second: FlaskClient) -> None:
    colleague("old.head", Grant(Role.HEAD, SWJ), Grant(Role.OPERATOR))
    new = colleague("new.head", Grant(Role.HANDLER, SWJ))
    publish(second, drafted(admin, "bureau", SWJ, heads="new.head"))
    held = db.session.execute(
        select(RoleGrant.account_id, RoleGrant.role).where(RoleGrant.bureau_code == SWJ)
    ).all()
    assert sorted(held) == [(new.id, "handler"), (new.id, "head")]
    kinds = db.session.scalars(select(AuditEntry.kind).where(AuditEntry.subject == "old.head")).all()
    assert kinds[-1] == "revoked"


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("hotline", {"hours": "all day"}, "写法不对"),
        ("hotline", {"number": "12345"}, "写法不对"),
        ("bureau", {"bureau": "哈尔滨市商务局"}, "不能是自己"),
        ("bureau", {"heads": "nobody"}, "没有账号“nobody”"),
        ("bureau", {"short_name_zh": ""}, "这一项不能为空"),
        ("topic", {"keywords_zh": "乱收费、重复检查"}, "“重复检查”已经是主题“执法不公与重复检查”的关键词"),
        ("topic", {"keywords_zh": "乱"}, "关键词至少两个字"),
        ("topic", {"name_en": ""}, "这一项不能为空"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    admin: FlaskClient, kind: str, more: dict[str, str], said: str
) -> None:
    key = {"hotline": any_line(), "bureau": SWJ, "topic": "T0101"}[kind]
    url = f"/admin/directory/{kind}/{key}"
    answer = admin.post(url, data=typed(admin, url) | more)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_draft_on_what_has_changed_since_is_not_published(admin: FlaskClient, second: FlaskClient) -> None:
    draft = drafted(admin, "bureau", SWJ, duties_zh="甲。")
    db.session.get_one(Bureau, SWJ).duties_zh = "乙。"
    db.session.commit()
    assert "资料又变了" in publish(second, draft)
    assert db.session.get_one(Bureau, SWJ).duties_zh == "乙。"


def test_others_do_not_even_look(client: FlaskClient) -> None:
    colleague("worker", Grant(Role.HANDLER, SWJ), client=client)
    assert client.get("/admin/directory").status_code == 403
    assert client.get(f"/admin/directory/bureau/{SWJ}").status_code == 403


def heilongjiang() -> pack.Pack:
    return pack.read(ROOT / "provinces" / "heilongjiang")


def test_the_next_pack_keeps_the_edit_and_says_so(admin: FlaskClient, second: FlaskClient) -> None:
    publish(second, drafted(admin, "bureau", SWJ, duties_zh="在页面上改的职责。"))
    found = heilongjiang()
    next(row for row in found.tables["bureaus"] if row["code"] == "HRB-SCJG")["duties_zh"] = "数据包改的。"
    told = pack_load.diff(found)
    assert [line.split(":")[0] for line in told.kept()] == [f"keep    bureaus   {SWJ} duties_zh"]
    assert told.changed == {"bureaus": ["HRB-SCJG"]}
    pack_load.load(found, MONDAY)
    assert db.session.get_one(Bureau, SWJ).duties_zh == "在页面上改的职责。"
    assert db.session.get_one(Bureau, "HRB-SCJG").duties_zh == "数据包改的。"


def test_the_pack_takes_over_when_it_is_told_to_and_stays_quiet_after(
    admin: FlaskClient, second: FlaskClient
) -> None:
    before = db.session.get_one(Bureau, SWJ).duties_zh
    publish(second, drafted(admin, "bureau", SWJ, duties_zh="在页面上改的职责。"))
    changes = pack_load.load(heilongjiang(), MONDAY, overwrite=True)
    assert changes.kept()[0].startswith("overwrite bureaus")
    assert db.session.get_one(Bureau, SWJ).duties_zh == before
    assert not pack_load.diff(heilongjiang()).kept()
    assert not pack_load.load(heilongjiang(), MONDAY)


def test_a_new_number_lives_on_beside_the_old_and_through_a_load(
    admin: FlaskClient, second: FlaskClient
) -> None:
    old = any_line()
    publish(second, drafted(admin, "hotline", old, number="+8645188889999"))
    assert old not in province.current().directory.hotlines
    assert "+8645188889999" in province.current().directory.hotlines
    assert not pack_load.load(heilongjiang(), MONDAY).retired
    assert [db.session.get_one(Hotline, one).active for one in (old, "+8645188889999")] == [False, True]


def test_the_list_is_by_sound_and_found_by_initials(admin: FlaskClient) -> None:
    page = admin.get("/admin/directory?kind=bureau").text
    names = re.findall(r'<a class="title" href="/admin/directory/bureau/[^"]+">([^<]+)</a>', page)
    assert len(names) == 50
    assert names == sorted(names, key=order)
    found = admin.get("/admin/directory?kind=bureau&q=hebsswj").text
    assert "哈尔滨市商务局" in found
    assert found.count("data-row") < 5


def test_lists_say_hours_numbers_and_lines_in_words(admin: FlaskClient) -> None:
    lines = admin.get("/admin/directory?kind=hotline").text
    assert "工作日 08:30–17:00" in lines
    assert "Mon-Fri" not in lines
    assert "0451-8700" in lines
    assert "+8645187005501</td>" not in lines
    found = admin.get("/admin/directory?kind=bureau&q=hebsswj").text
    assert "<td>省商务厅</td>" in found


def test_each_template_stands_under_its_name(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies?kind=coordination").text
    assert re.search(r'class="title"[^>]*>复工复产联办</a> <span class="quiet num">第 \d+ 版', page)


def test_a_topic_is_drafted_with_what_hangs_on_it_and_published_by_another(
    admin: FlaskClient, second: FlaskClient
) -> None:
    sent(topic_code="T1503")
    sent(topic_code="T0101")
    draft = drafted(admin, "topic", "T0101", keywords_zh="乱收费、过路费乱收", type_default="report")
    page = admin.get(f"/admin/directory/drafts/{draft}").text
    assert "<dd><b>1</b></dd><dt>件在办工单属于这个主题</dt>" in page
    assert "<b>举报</b>" in page
    assert "起草人不能发布" in publish(admin, draft)
    assert "已发布" in publish(second, draft)
    topic = province.current().directory.topics["T0101"]
    assert (topic.keywords_zh, topic.type_default) == (("乱收费", "过路费乱收"), "report")


def test_a_published_topic_outlives_the_next_pack(admin: FlaskClient, second: FlaskClient) -> None:
    publish(second, drafted(admin, "topic", "T0101", keywords_zh="乱收费、过路费乱收"))
    told = pack_load.load(heilongjiang(), MONDAY)
    assert [line.split(":")[0] for line in told.kept()] == ["keep    topics    T0101 keywords_zh"]
    assert db.session.get_one(Topic, "T0101").keywords_zh == ["乱收费", "过路费乱收"]
    pack_load.load(heilongjiang(), MONDAY, overwrite=True)
    assert "摊派" in db.session.get_one(Topic, "T0101").keywords_zh


def test_topics_are_found_and_retired(admin: FlaskClient, second: FlaskClient) -> None:
    assert "行政机关乱收费与摊派" in admin.get("/admin/directory?kind=topic&q=lsf").text
    url = "/admin/directory/topic/T0101"
    values = {name: value for name, value in typed(admin, url).items() if name != "active"}
    draft = admin.post(url, data=values).location
    publish(second, int(draft.rsplit("/", 1)[1]))
    assert "T0101" not in province.current().directory.topics


def test_a_template_is_drafted_tried_and_published_like_a_policy(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies?kind=coordination").text
    base = re.search(r'name="base" value="(\d+)"', page)[1]
    draft = admin.post("/admin/policies/drafts", data={"base": base}).location
    assert "内容没有错误" in admin.get(draft).text
    text = db.session.scalars(select(PolicyDraft.text)).one()
    broken = admin.post(draft, data={"text": text.replace("steps:", "stops:")}, follow_redirects=True).text
    assert "处错误" in broken
