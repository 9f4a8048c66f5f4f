"""The composer of answers: kept drafts, the look before sending, snippets, two people at one answer."""

import html
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import SYSTEM, Actor, ActorKind, Grant
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.models import Account, Attachment, Draft, Snippet, Ticket
from ticketing.services import accounts, answer_drafts, handling, knowledge, snippets
from ticketing.services.history import Act
from ticketing.services.knowledge import Written
from ticketing.services.snippets import Wanted

HANDLER = Grant(Role.HANDLER, "HRB-SWJ")
BODY = "请问复工备案还缺什么材料？多久能批下来？"
WHOLE = "复工备案还缺营业执照复印件。三个工作日内批下来。"


@pytest.fixture
def handler(client: FlaskClient) -> FlaskClient:
    colleague("handler", HANDLER, client=client)
    return client


def accepted(client: FlaskClient, **values: object) -> Ticket:
    one = sent(**({"type": "help", "body": BODY} | values))
    client.post(f"/tickets/{one.number}/do/accept", data={"version": one.history_seq})
    return one


def answer(client: FlaskClient, one: Ticket, text: str, *, seen: int | None = None, **more: object) -> object:
    db.session.expire_all()
    version = one.history_seq if seen is None else seen
    data = {"answer-result": "solved", "answer-text": text, "answer-basis": "", "answer-cited": ""}
    return client.post(
        f"/tickets/{one.number}/do/answer", data=data | {"version": version, "checked": ""} | more
    )


def checked(answered: object) -> str:
    return answered.text.split('name="checked" value="')[1].split('"')[0]


def test_the_page_names_what_was_asked_before_anything_is_typed(handler: FlaskClient) -> None:
    page = handler.get(f"/tickets/{accepted(handler).number}").text
    for said in ("企业问了 2 件事", "多久能批下来？"):
        assert said in page


def test_what_stays_unanswered_stops_once_and_is_sent_with_one_more_press(handler: FlaskClient) -> None:
    one = accepted(handler)
    stopped = answer(handler, one, "复工备案还缺营业执照复印件。")
    assert stopped.status_code == 422
    assert "<li>多久能批下来？</li>" in stopped.text
    assert "复工备案还缺营业执照复印件。</textarea>" in stopped.text
    assert one.state == "in_progress"
    again = answer(handler, one, "复工备案还缺营业执照复印件。", checked=checked(stopped))
    assert (again.status_code, one.state) == (302, "answered")


def test_an_answer_to_everything_goes_out_at_once(handler: FlaskClient) -> None:
    one = accepted(handler)
    assert answer(handler, one, WHOLE).status_code == 302


def test_something_new_stops_again(handler: FlaskClient) -> None:
    one = accepted(handler)
    key = checked(answer(handler, one, "复工备案还缺营业执照复印件。"))
    stopped = answer(handler, one, "复工备案还缺营业执照复印件，请于XX日前补齐。", checked=key)
    assert stopped.status_code == 422
    assert "<li>XX</li>" in stopped.text


def test_looking_alone_sends_nothing(handler: FlaskClient) -> None:
    one = accepted(handler)
    looked = answer(handler, one, WHOLE, step="check")
    assert (looked.status_code, one.state) == (200, "in_progress")
    assert "看过了" in looked.text
    assert looked.text.count(">说到了<") == 2


def test_what_the_enterprise_adds_later_is_asked_too(handler: FlaskClient) -> None:
    one = accepted(handler)
    handler.post(
        f"/tickets/{one.number}/do/ask_requester",
        data={"ask_requester-text": "请补充面积。", "version": one.history_seq},
    )
    enterprise = Actor(ActorKind.REQUESTER, "张建国", Door.WEB, ticket_ids=frozenset({one.id}))
    handling.supply(one, "面积八十平方米。另外排烟管道由谁验收？", Act(enterprise, MONDAY))
    stopped = answer(handler, one, WHOLE)
    assert stopped.status_code == 422
    assert "<li>另外排烟管道由谁验收？</li>" in html.unescape(stopped.text)


def test_other_peoples_names_and_numbers_are_pointed_out(handler: FlaskClient) -> None:
    one = accepted(handler)
    stopped = answer(handler, one, WHOLE + "可以问李大成先生，电话 13800001111。")
    assert stopped.status_code == 422
    for said in ("<li>李大成先生</li>", "<li>13800001111</li>"):
        assert said in stopped.text
    assert "13904510021" not in stopped.text


def test_a_draft_survives_the_browser_and_what_others_do(handler: FlaskClient) -> None:
    one = accepted(handler)
    data = {"answer-text": "写了一半", "answer-cited": "K1"}
    assert handler.post(f"/tickets/{one.number}/draft/answer", data=data).status_code == 204
    handler.post(f"/tickets/{one.number}/do/note", data={"note-text": "备注", "version": one.history_seq})
    page = handler.get(f"/tickets/{one.number}").text
    assert "写了一半</textarea>" in page
    assert 'value="K1"' in page
    answer(handler, one, WHOLE)
    assert db.session.query(Draft).count() == 0


def test_files_stay_with_the_draft_and_go_out_with_the_answer(handler: FlaskClient) -> None:
    one = accepted(handler)
    file = (io.BytesIO(b"a plain note"), "note.txt")
    stopped = answer(handler, one, "复工备案还缺执照。", **{"answer-files": file})
    assert stopped.status_code == 422
    assert "note.txt" in stopped.text
    answer(handler, one, WHOLE)
    [kept] = db.session.query(Attachment).all()
    assert (kept.ticket_id, kept.draft_id, kept.public) == (one.id, None, True)


def test_a_file_is_taken_off_the_draft_again(handler: FlaskClient) -> None:
    one = accepted(handler)
    answer(handler, one, "半句", step="check", **{"answer-files": (io.BytesIO(b"a note"), "note.txt")})
    [kept] = db.session.query(Attachment).all()
    assert handler.get(f"/tickets/{one.number}/draft/files/{kept.id}").data == b"a note"
    assert "note.txt" not in answer(handler, one, "半句", step=f"drop-{kept.id}").text


def test_a_draft_is_dropped_when_asked(handler: FlaskClient) -> None:
    one = accepted(handler)
    answer(handler, one, "不要的话", step="keep")
    page = handler.get(f"/tickets/{one.number}").text
    assert "不要的话</textarea>" in page
    answer(handler, one, "", step="discard")
    page = handler.get(f"/tickets/{one.number}").text
    assert "不要的话" not in page
    assert 'data-draft-done="' in page


def test_strangers_see_no_draft(handler: FlaskClient, app: Flask) -> None:
    one = accepted(handler)
    answer(handler, one, "写了一半", step="keep")
    draft = db.session.query(Draft).one()
    watcher = app.test_client()
    colleague("boss", Grant(Role.SUPERVISOR), client=watcher)
    assert watcher.get(f"/tickets/{one.number}").status_code == 200
    assert watcher.get(f"/tickets/{one.number}/compare/d{draft.id}").status_code == 404
    assert watcher.post(f"/tickets/{one.number}/draft/answer", data={"answer-text": "x"}).status_code == 404


# Two at one answer


def other_draft(one: Ticket, text: str) -> Account:
    account = colleague("wangfang", HANDLER)
    answer_drafts.save(one, {"text": text}, Act(accounts.actor(account, MONDAY), MONDAY))
    db.session.flush()
    return account


def test_who_else_writes_is_told_and_looked_at_before_sending(handler: FlaskClient) -> None:
    one = accepted(handler)
    other_draft(one, WHOLE + "请带公章。")
    page = handler.get(f"/tickets/{one.number}").text
    assert "wangfang先生 也在写这件工单的答复" in page
    stopped = answer(handler, one, WHOLE)
    assert stopped.status_code == 422
    assert "同事也写了一份" in stopped.text


def test_two_drafts_are_put_together_piece_by_piece(handler: FlaskClient) -> None:
    one = accepted(handler)
    account = other_draft(one, "备案缺营业执照。五个工作日内批下来。请带公章。")
    answer(handler, one, "备案缺营业执照。三个工作日内批下来。", step="keep")
    draft = db.session.query(Draft).filter_by(account_id=account.id).one()
    url = f"/tickets/{one.number}/compare/d{draft.id}"
    page = handler.get(url).text
    assert "<del>三</del><ins>五</ins>个工作日" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert handler.post(url, data={"seen": seen, "part-1": "mine", "part-2": "theirs"}).status_code == 302
    page = handler.get(f"/tickets/{one.number}").text
    assert "备案缺营业执照。三个工作日内批下来。请带公章。</textarea>" in page


def test_a_choice_between_texts_that_have_changed_is_asked_again(handler: FlaskClient) -> None:
    one = accepted(handler)
    account = other_draft(one, "甲。")
    draft = db.session.query(Draft).filter_by(account_id=account.id).one()
    url = f"/tickets/{one.number}/compare/d{draft.id}"
    seen = handler.get(url).text.split('name="seen" value="')[1].split('"')[0]
    draft.data = {"text": "乙。"}
    changed = handler.post(url, data={"seen": seen, "whole": "theirs"})
    assert changed.status_code == 409
    assert "其中一份又改过了" in changed.text
    seen = changed.text.split('name="seen" value="')[1].split('"')[0]
    handler.post(url, data={"seen": seen, "whole": "theirs"})
    assert "乙。</textarea>" in handler.get(f"/tickets/{one.number}").text


def test_who_was_too_late_sees_both_texts_with_what_differs(handler: FlaskClient, app: Flask) -> None:
    one = accepted(handler)
    seen = one.history_seq
    other = app.test_client()
    colleague("wangfang", HANDLER, client=other)
    answer(other, one, "备案缺营业执照。三个工作日内批下来。", checked="")
    late = answer(handler, one, "备案缺营业执照。五个工作日内批下来。", seen=seen)
    if late.status_code == 422:
        late = answer(handler, one, "备案缺营业执照。五个工作日内批下来。", seen=seen, checked=checked(late))
    assert late.status_code == 409
    assert "<del>五</del><ins>三</ins>个工作日" in late.text
    assert answer_drafts.text_of(db.session.query(Draft).one()) == "备案缺营业执照。五个工作日内批下来。"


# Snippets


def snippet(account: Account, text: str, short: str = "bzcl", **more: object) -> Snippet:
    return snippets.save(Wanted(f"名{short}", short, text, **more), accounts.actor(account, MONDAY), MONDAY)


def test_a_snippet_is_put_in_without_javascript(client: FlaskClient) -> None:
    account = colleague("handler", HANDLER, client=client)
    one = accepted(client)
    row = snippet(account, "{企业}：{enterprise}请补充材料，{日期}前交齐。")
    page = answer(client, one, "您好。", step="snippet", snippet=row.id)
    assert page.status_code == 200
    assert "您好。\n\n南岗区老灶火锅店：南岗区老灶火锅店请补充材料，{日期}前交齐。</textarea>" in page.text
    told = client.get(f"/tickets/{one.number}/snippet?id={row.id}").get_json()
    assert told == {"text": "南岗区老灶火锅店：南岗区老灶火锅店请补充材料，{日期}前交齐。"}


def test_each_sees_own_the_bureaus_and_everybodys(client: FlaskClient) -> None:
    me = colleague("handler", HANDLER, client=client)
    head = colleague("head", Grant(Role.HEAD, "HRB-SWJ"))
    stranger = colleague("far.head", Grant(Role.HEAD, "QQHR-FGW"))
    boss = colleague("boss", Grant(Role.SUPERVISOR))
    snippet(me, "我的", "wd")
    snippet(head, "本单位的", "bdw", scope="bureau", bureau_code="HRB-SWJ")
    snippet(boss, "大家的", "dj", scope="all")
    hidden = [
        snippet(head, "别人自己的", "zj"),
        snippet(stranger, "外单位的", "wdw", scope="bureau", bureau_code="QQHR-FGW"),
    ]
    page = client.get("/snippets").text
    assert [word in page for word in ("我的", "本单位的", "大家的", "别人自己的", "外单位的")] == [
        True
    ] * 3 + [False] * 2
    for row in hidden:
        assert client.get(f"/snippets/{row.id}").status_code == 404


def test_a_handler_writes_for_nobody_else(handler: FlaskClient) -> None:
    data = {"name": "材料", "short": "cl", "text": "请补材料。", "circle": "all"}
    assert handler.post("/snippets/new", data=data).status_code == 422
    assert handler.post("/snippets/new", data=data | {"circle": "own"}).status_code == 302
    taken = handler.post("/snippets/new", data=data | {"circle": "own"})
    assert taken.status_code == 422
    assert "已经用于" in taken.text


def test_a_shared_one_is_changed_by_those_who_keep_it_alone(handler: FlaskClient) -> None:
    row = snippet(colleague("boss", Grant(Role.SUPERVISOR)), "大家的", scope="all")
    data = {"name": "改", "short": "g", "text": "改了。", "circle": "own"}
    assert handler.post(f"/snippets/{row.id}", data=data).status_code == 403
    assert handler.post(f"/snippets/{row.id}/drop").status_code == 403


def test_an_answer_that_rests_on_a_text_that_changed_since_says_so(
    handler: FlaskClient, clock: FrozenClock
) -> None:
    act = Act(SYSTEM, clock.now)
    changed = knowledge.write(Written("policy", "复工备案办法", "要营业执照复印件。"), act)
    kept = knowledge.write(Written("policy", "营业执照办法", "不变。"), act)
    db.session.commit()
    one = accepted(handler)
    codes = f"K{changed.number} K{kept.number}"
    assert answer(handler, one, WHOLE, **{"answer-cited": codes}).status_code == 302
    assert "请看看答复是否还成立" not in handler.get(f"/tickets/{one.number}").text
    text = Written("policy", "复工备案办法", "不要复印件了。", change="取消复印件")
    knowledge.revise(changed, text, Act(SYSTEM, clock.forward(days=6)), seen=1)
    db.session.commit()
    page = handler.get(f"/tickets/{one.number}").text
    assert "《复工备案办法》" in page.split("请看看答复是否还成立")[0]
    assert page.count("请看看答复是否还成立") == 1
