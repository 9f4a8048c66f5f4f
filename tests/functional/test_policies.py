"""The pages of calendars and policies: drafted with mistakes told by line, looked at, published by another person."""

import ast
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import ROOT
from tests.conftest import FrozenClock
from tests.support import policies as told
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.models import PolicyDocument, PolicyDraft
from ticketing.services.pack_files import Report, parse_yaml
from ticketing.web import policies_words

HARBIN = "230103"


def begun(client: FlaskClient, text: str, start: str = "overlay") -> str:
    """Begin a draft and type something; return its address."""
    url = client.post("/admin/policies/drafts", data={"start": start}).location
    assert client.post(url, data={"text": text}).status_code == 302
    return url


def foreseen(client: FlaskClient, text: str) -> str:
    url = begun(client, text)
    client.post(f"{url}/what-if")
    jobs.foresee()
    return url


def published(admin: FlaskClient, other: FlaskClient, text: str) -> str:
    """Return the page of what a second person published."""
    url = foreseen(admin, text)
    seen = re.search(r'name="seen" value="([^"]+)"', other.get(f"{url}/effect").text)
    assert seen is not None
    return other.post(f"{url}/publish", data={"seen": seen.group(1)}).location


def test_a_blank_notice_says_at_each_line_what_is_missing(admin: FlaskClient) -> None:
    url = admin.post("/admin/policies/drafts", data={"start": "overlay"}).location
    page = admin.get(url).text
    assert "第 1 行" in page
    assert "version：这里要写文字，不能为空" in page
    assert 'value="overlay"' in admin.get("/admin/policies").text


def test_what_was_typed_stays_with_its_mistake(admin: FlaskClient) -> None:
    url = begun(admin, told.FLOOD.replace("230100", "999999"))
    page = admin.get(url).text
    assert "第 7 行" in page
    assert "regions.0：本省数据里没有 999999" in page
    assert "防汛停工通知" in page
    assert "<code>regions: [&#34;999999&#34;]</code>" in page
    assert "请先复制" not in page
    refused = admin.post(url, data={"text": told.FLOOD.replace("230100", "99"), "what-if": "1"})
    assert "还有 1 处错误" in admin.get(refused.location).text
    assert "&#34;99&#34;" in admin.get(url).text


def test_what_is_being_typed_is_kept_without_being_sent(admin: FlaskClient, supervisor: FlaskClient) -> None:
    url = begun(admin, told.FLOOD)
    assert f'data-autosave-url="{url}/text"' in admin.get(url).text
    assert admin.post(f"{url}/text", data={"text": "version: half"}).status_code == 204
    assert "version: half" in admin.get(url).text
    assert supervisor.post(f"{url}/text", data={"text": "version: another"}).status_code == 403
    assert admin.post(f"{url}/text", data={"text": "x" * 60_001}).status_code == 422
    assert "version: half" in admin.get(url).text


def test_a_text_beyond_all_measure_is_refused_and_handed_back(admin: FlaskClient) -> None:
    url = admin.post("/admin/policies/drafts", data={"start": "year"}).location
    answer = admin.post(url, data={"text": "x" * 60_001})
    assert (answer.status_code, "x" * 1000 in answer.text) == (422, True)


def test_the_author_is_told_who_publishes_and_has_no_button(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    sent(type="help", region_code=HARBIN)
    url = foreseen(admin, told.FLOOD)
    own, other = admin.get(f"{url}/effect").text, supervisor.get(f"{url}/effect").text
    assert ("请另一位管理员或督办员来发布" in own, f"{url}/publish" in own) == (True, False)
    assert f"{url}/publish" in other
    answer = admin.post(f"{url}/publish", follow_redirects=True)
    assert "起草人不能发布自己的草稿" in answer.text
    assert db.session.scalar(select(PolicyDocument.id).where(PolicyDocument.version == "flood-2020")) is None


def test_a_clock_that_cannot_be_read_is_named_beside_those_that_move(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    lost, one = (
        sent(type="help", region_code=HARBIN, subject="读不出来的"),
        sent(type="help", region_code=HARBIN),
    )
    url = foreseen(admin, told.FLOOD)
    assert "有时限读不出来" not in admin.get(url).text
    told.lose(lost)
    admin.post(f"{url}/what-if")
    jobs.foresee()
    for page in (admin.get(url).text, admin.get(f"{url}/effect").text, supervisor.get(f"{url}/effect").text):
        said = page.partition("有时限读不出来")[2].partition("</section>")[0]
        assert numbers.shown(lost.number) in said
        assert "答复" in said
        assert numbers.shown(one.number) not in said
    assert "读不出来的" in supervisor.get(url).text
    assert "读不出来的" not in admin.get(url).text


def test_who_reads_no_tickets_sees_their_numbers_alone(admin: FlaskClient, supervisor: FlaskClient) -> None:
    one = sent(type="help", region_code=HARBIN, subject="别处不该看到的标题")
    url = foreseen(admin, told.FLOOD)
    assert "别处不该看到的标题" not in admin.get(f"{url}/effect").text
    page = supervisor.get(f"{url}/effect").text
    assert "别处不该看到的标题" in page
    assert f"/tickets/{one.number}/" in page


def test_published_by_another_person_it_reaches_the_clocks_and_says_how_far(
    admin: FlaskClient, supervisor: FlaskClient, clock: FrozenClock
) -> None:
    sent(type="help", region_code=HARBIN)
    where = published(admin, supervisor, told.FLOOD)
    assert "正在应用" in admin.get(where).text
    jobs.roll_out()
    clock.forward(minutes=2)
    jobs.roll_out()
    page = supervisor.get(where).text
    assert "已应用" in page
    assert "admin先生 起草，sun先生 发布" in page
    assert "防汛停工通知" in page
    assert "flood-2020" in admin.get("/admin/policies").text


def test_a_look_that_is_old_cannot_be_published(admin: FlaskClient, supervisor: FlaskClient) -> None:
    url = foreseen(admin, told.YEAR_2027)
    published(admin, supervisor, told.FLOOD)
    page = supervisor.get(f"{url}/effect").text
    assert ("请重新试算" in page, f"{url}/publish" in page) == (True, False)
    assert (
        "发布前要先试算" in supervisor.post(f"{url}/publish", data={"seen": ""}, follow_redirects=True).text
    )


def test_a_draft_of_somebody_else_is_read_copied_or_ended_but_not_changed(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    url = begun(admin, told.FLOOD)
    assert "<textarea" not in supervisor.get(url).text
    assert supervisor.post(url, data={"text": "别人的"}).status_code == 422
    draft = url.rsplit("/", 1)[1]
    copy = supervisor.post("/admin/policies/drafts", data={"draft": draft}).location
    assert "<textarea" in supervisor.get(copy).text
    supervisor.post(f"{url}/discard")
    assert "已作废" in admin.get(url).text
    listed = admin.get("/admin/policies").text
    assert listed.index("作废的草稿") < listed.index(f'href="{url}"')
    assert db.session.scalar(select(PolicyDraft.text).where(PolicyDraft.id == int(draft))) == told.FLOOD


def test_the_policy_in_force_is_copied_under_its_next_version_with_its_overlaps(admin: FlaskClient) -> None:
    page = admin.get("/admin/policies?kind=sla").text
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base is not None
    url = admin.post("/admin/policies/drafts", data={"base": base.group(1)}).location
    text = admin.get(url).text
    assert "hlj-2026-2" in text
    shadow = told.policy_text().replace("limits:\n", "limits:\n  - {clock: ring, target: {seconds: 20}}\n")
    admin.post(url, data={"text": shadow})
    assert "后一行永远轮不到" in admin.get(url).text


def test_a_version_shows_its_text_and_when_it_was_in_force(admin: FlaskClient) -> None:
    row = db.session.scalars(select(PolicyDocument).where(PolicyDocument.version == "cn-2020")).one()
    page = admin.get(f"/admin/policies/{row.id}").text
    assert "国办发明电〔2019〕16号" in page
    assert "- {date: 2020-01-24, name: 春节}" in page
    assert "随省份数据包装入" in page


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER, Role.HANDLER])
def test_nobody_else_sees_or_drafts(client: FlaskClient, role: Role) -> None:
    colleague("other", Grant(role, "HRB-SWJ" if role is Role.HANDLER else None), client=client)
    assert client.get("/admin/policies").status_code == 403
    assert client.post("/admin/policies/drafts", data={"start": "year"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/admin/policies/999999", "/admin/policies/drafts/999999", "/admin/policies/1"]
)
def test_what_is_not_there_is_not_found(admin: FlaskClient, path: str) -> None:
    document = db.session.scalars(select(PolicyDocument).where(PolicyDocument.kind == "pack")).first()
    assert document is not None
    path = path.replace("/1", f"/{document.id}") if path.endswith("/1") else path
    assert admin.get(path).status_code == 404


def test_the_news_bar_says_when_the_look_is_there(admin: FlaskClient) -> None:
    url = begun(admin, told.FLOOD)
    admin.post(f"{url}/what-if")
    assert admin.get(f"{url}/news").get_json() == {"count": 0}
    page = admin.get(f"{url}/effect").text
    assert "正在试算" in page
    assert f'href="{url}/effect"' in page  # not the list that happens to be shown while all are empty
    jobs.foresee()
    assert admin.get(f"{url}/news").get_json() == {"count": 1}


def test_the_pages_cost_the_same_however_many_rows(
    admin: FlaskClient, supervisor: FlaskClient, statements: list[str], clock: FrozenClock
) -> None:
    costs = []
    for n in range(2):
        for _ in range(3):
            sent(type="help", region_code=HARBIN)
        url = foreseen(admin, told.FLOOD.replace("flood-2020", f"flood-{n}"))
        row = []
        for path in ("/admin/policies", url, f"{url}/effect"):
            statements.clear()
            assert supervisor.get(path).status_code == 200
            row.append(len(statements))
        costs.append(row)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 25


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("limits.3.target.weeks: unknown key", "limits.3.target.weeks：没有这个名称，请检查拼写"),
        ("holidays.1: 2020-01-01 is named twice", "holidays.1：2020-01-01 写了两次"),
        ("year stands twice", "year 写了两次"),
        ("nested too deeply", "列表套列表太深了，这里用不到这么多层"),
        ("did not find expected X", "这里读不懂，请检查冒号、引号、括号和缩进"),
    ],
)
def test_a_loaders_words_are_put_into_the_readers_language(app: Flask, message: str, shown: str) -> None:
    with app.test_request_context():
        assert policies_words.said(message) == shown


def test_saving_and_looking_is_one_press(admin: FlaskClient) -> None:
    url = admin.post("/admin/policies/drafts", data={"start": "overlay"}).location
    answer = admin.post(url, data={"text": told.FLOOD, "what-if": "1"})
    assert answer.location == f"{url}/effect"
    jobs.foresee()
    assert "个时限移动" in admin.get(f"{url}/effect").text


def _messages() -> list[str]:
    """What the loaders can say, each with something in its places."""
    found = []
    files = [f"sla/{name}.py" for name in ("documents", "notices", "policy", "rungs", "calendar")]
    files += ["routing/document.py", "routing/rules.py"]
    files += ["ticketing/domain/case_template.py", "ticketing/domain/case_trigger.py"]
    for name in files:
        tree = ast.parse((ROOT / name).read_text())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
            said = call.args[-1]
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if called in ("fail", "CalendarError") and isinstance(said, ast.Constant | ast.JoinedStr):
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                found.append(
                    "".join(
                        getattr(part, "value", "x") if isinstance(part, ast.Constant) else "x"
                        for part in parts
                    )
                )
    return found


def test_everything_that_a_loader_says_has_words_in_chinese(app: Flask) -> None:
    beyond = ("no calendar reaches day", "a deadline after")  # of instants, not of a text
    messages = [message for message in _messages() if not message.startswith(beyond)]
    assert len(messages) > 25
    with app.test_request_context():
        assert [
            message for message in messages if policies_words.said(f"a.1: {message}") == f"a.1: {message}"
        ] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: a: b", "多了一个冒号"),
        ("version: [a, b", "括号"),
        ("version: 'a", "引号没有写完"),
        ("a: 1\n  b: 2\n", "多了一个冒号"),
        ("- a\nb: 1", "缩进"),
        ("version: @a", "文字加引号"),
        ("published_on: 2026-02-30", "没有这一天"),
        ("a: !x y", "这里读不懂"),
        ("just words", "名称: 值"),
    ],
)
def test_what_is_no_yaml_is_said_without_the_words_of_yaml(app: Flask, text: str, said: str) -> None:
    report = Report()
    parse_yaml(text, "rules", report)
    with app.test_request_context():
        told = policies_words.said(report.problems[0].message)
    assert said in told
    assert not re.search("[a-z]{4}", told)
