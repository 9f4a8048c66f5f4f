"""Routing rules are drafted, held against the last months beside the published ones, published by another."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from config import ROOT
from tests.conftest import MONDAY
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.models import AuditEntry, PolicyDocument, PolicyDraft, PolicyReplay, Ticket
from ticketing.services import handling, pack, pack_load, province
from ticketing.services.history import Act

#: Nothing but the word tells where it belongs.
TEXT = "乱收费的事，请查处。"


def begun(client: FlaskClient) -> tuple[str, str]:
    """Begin a draft on the rules in force; return its address and its text."""
    page = client.get("/admin/policies?kind=routing").text
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base is not None
    url = client.post("/admin/policies/drafts", data={"base": base.group(1)}).location
    return url, db.session.scalars(select(PolicyDraft.text).order_by(PolicyDraft.id.desc())).first() or ""


def saved(client: FlaskClient, *, was: str, becomes: str) -> str:
    url, text = begun(client)
    assert was in text
    assert client.post(url, data={"text": text.replace(was, becomes)}).status_code == 302
    return url


def accepted(**more: str) -> Ticket:
    """A ticket that a bureau has accepted: it has found where it belongs."""
    one = ticket(subject="", body=TEXT, region_code="230103", **more)
    handler = actor("handler", Grant(Role.HANDLER, one.bureau_code or ""))
    handling.accept(one, Act(handler, MONDAY))
    db.session.commit()
    return one


def replayed(client: FlaskClient, url: str) -> str:
    client.post(f"{url}/what-if")
    jobs.replay()
    return client.get(f"{url}/replay").text


def test_the_rules_in_force_are_sound_as_text_and_the_draft_says_what_it_changed(admin: FlaskClient) -> None:
    url, text = begun(admin)
    page = admin.get(url).text
    assert "内容没有错误" in page
    admin.post(url, data={"text": text.replace("auto: 0.75", "auto: 0.8")})
    page = admin.get(url).text
    assert "和底稿相比改了什么" in page
    assert "<ins>0.8</ins>" in page


def test_mistakes_in_rules_are_told_at_their_line_in_the_language_of_the_page(admin: FlaskClient) -> None:
    url = saved(admin, was="auto: 0.75", becomes="auto: 7.5")
    page = admin.get(url).text
    assert "thresholds.auto：要在 0 和 1 之间" in page
    assert "还有 1 处错误" in admin.post(f"{url}/what-if", follow_redirects=True).text
    admin.post("/preferences", data={"lang": "en", "next": "/"})
    assert "thresholds.auto: must lie between 0 and 1" in admin.get(url).text


def test_a_line_that_nobody_has_is_a_mistake(admin: FlaskClient) -> None:
    url = saved(admin, was="coordinating_line: business-environment", becomes="coordinating_line: busy-ness")
    assert "coordinating_line：本省数据里没有 busy-ness" in admin.get(url).text


def test_a_replay_says_what_would_go_elsewhere_and_another_person_publishes(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    accepted()
    sent()
    url = saved(admin, was="unknown: province", becomes="unknown: ask")
    assert "发布前要先试算" in supervisor.post(f"{url}/publish", follow_redirects=True).text
    page = replayed(admin, url)
    assert "近三个月已有去向的 1 件诉求" in page
    assert "您是起草人" in page
    seen = re.search(r'name="seen" value="([^"]+)"', supervisor.get(f"{url}/replay").text)
    assert seen is not None
    before = province.current().rules.version
    said = supervisor.post(f"{url}/publish", data={"seen": seen.group(1)}, follow_redirects=True).text
    assert "新来的诉求按它派单" in said
    assert (province.current().rules.version, province.current().rules.regions.unknown) == (before + 1, "ask")
    assert db.session.scalars(select(AuditEntry.subject).where(AuditEntry.kind == "published")).all() == [
        "rules"
    ]
    assert "admin" in admin.get("/admin/policies?kind=routing").text


def test_tickets_that_move_are_listed_for_those_who_may_read_them(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    one = accepted(topic_code="T0101")
    draft = drafted_topic(admin, line="commerce")
    url = f"/admin/policies/drafts/{draft}"
    admin.post(f"{url}/replay")
    jobs.replay()
    page = supervisor.get(f"{url}/replay").text
    assert re.search(r"<b>1</b></dd><dt>件会改派", page)
    assert f"/tickets/{one.number}" in page
    assert f"/tickets/{one.number}" not in admin.get(f"{url}/replay").text


def drafted_topic(client: FlaskClient, *, line: str) -> int:
    topic = province.current().directory.topics["T0101"]
    values = {
        "name_zh": topic.name_zh, "name_en": topic.name_en, "line": line, "type_default": topic.type_default,
        "needs_region": "y", "typical_bureau_level": topic.typical_bureau_level, "active": "y",
        "keywords_zh": "、".join(topic.keywords_zh), "example_zh": topic.example_zh,
    }  # fmt: skip
    return int(client.post("/admin/directory/topic/T0101", data=values).location.rsplit("/", 1)[1])


def test_a_replay_of_a_text_that_was_changed_meanwhile_is_dropped(admin: FlaskClient) -> None:
    accepted()
    url = saved(admin, was="unknown: province", becomes="unknown: ask")
    admin.post(f"{url}/what-if")
    text = db.session.scalars(select(PolicyDraft.text)).one()
    admin.post(f"{url}/text", data={"text": text + "\n"})
    assert jobs.replay() == 0
    assert "还没有试算" in admin.get(f"{url}/replay").text
    replayed(admin, url)
    assert db.session.scalars(select(PolicyReplay.figures)).one()["looked"] == 1


def test_a_pack_of_the_same_version_leaves_published_rules_and_a_later_one_says_so(
    admin: FlaskClient, supervisor: FlaskClient
) -> None:
    url = saved(admin, was="unknown: province", becomes="unknown: ask")
    replayed(admin, url)
    seen = re.search(r'name="seen" value="([^"]+)"', supervisor.get(f"{url}/replay").text)
    supervisor.post(f"{url}/publish", data={"seen": seen.group(1) if seen else ""})
    found = pack.read(ROOT / "provinces" / "heilongjiang")
    pack_load.load(found, MONDAY)
    assert province.current().rules.regions.unknown == "ask"
    rules = next(one for one in found.documents if one.kind == "routing")
    later = str(int(rules.version) + 5)
    found.documents[found.documents.index(rules)] = type(rules)(
        rules.kind, rules.code, later, rules.author, rules.published_on, {**rules.body, "version": int(later)}
    )
    assert any("supersede routing rules" in line for line in pack_load.diff(found).lines())
    assert db.session.scalars(select(PolicyDocument.version).where(PolicyDocument.kind == "routing")).all()
